//! What a worker does to a store: people who start talks, write, close and purge, chosen by a seed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use parlor::domain::audit::{AuditAction, AuditActor, PurgeRule};
use parlor::domain::conversation::{Conversation, State};
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::{ConversationId, SiteId};
use parlor::domain::text::MessageText;
use parlor::domain::time::Timestamp;
use parlor::domain::visitor::Visitor;
use parlor::store::{Batch, Commit, OpenConversation, Purge, Store};

use super::dice::Dice;
use super::history::{Act, Answer, Entry, Seen};

/// Talks that one person has open at most, and how many of the closed ones are kept at most.
const OPEN: usize = 6;
const CLOSED: usize = 8;
/// Once in so many times, somebody has the store compacted.
const COMPACTS: u64 = 100;

/// One person with talks of their own; several work at the same time, so that writes gather in groups.
pub struct Person<'a> {
    pub store: &'a Store,
    pub dice: Dice,
    /// Distinguishes the texts of this person in this run from all others.
    pub name: String,
    pub open: Vec<ConversationId>,
    pub closed: Vec<ConversationId>,
    pub tell: &'a (dyn Fn(Entry) + Sync),
    pub numbers: &'a AtomicU64,
    pub said: u64,
    pub writes: Writes,
}

/// How much people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    Chats,
    /// As long as it goes: what is measured in megabytes happens sooner.
    Novels,
}

/// An act on its way.
type Waiting = (u64, Option<u32>, Commit);

impl Person<'_> {
    /// Acts until so many acts are done; an error when the store takes no more.
    pub fn act(&mut self, acts: u64) -> Result<(), String> {
        let mut done = 0;
        while done < acts {
            let mut waiting = Vec::new();
            // Several at once: what one person has in flight may end up in one write or in several.
            for _ in 0..=self.dice.below(3) {
                // Nothing to do with: a talk whose start failed is taken back.
                let Some(act) = self.one_act() else { break };
                waiting.push(act);
                done += 1;
            }
            if self.dice.below(COMPACTS) == 0 {
                // Everything moves while the others go on. Nothing is acknowledged by it, so it may fail.
                let _ = self.store.compact();
            }
            let mut trouble = waiting.is_empty().then(|| "a talk is gone that nobody purged".to_owned());
            for (number, seq, commit) in waiting {
                let answer = match commit.wait() {
                    Ok(_) => Answer::Ok { seq },
                    Err(error) => {
                        trouble = Some(error.to_string());
                        Answer::Unknown
                    }
                };
                (self.tell)(Entry::Answered { number, answer });
            }
            if let Some(trouble) = trouble {
                self.insist();
                return Err(trouble);
            }
        }
        Ok(())
    }

    /// Tries once more after a failure: from a store that says that it does not write, nothing may come of it.
    fn insist(&mut self) {
        let refuses = self.store.not_writable().is_some();
        if let Some((number, seq, commit)) = self.send() {
            let answer = match commit.wait() {
                Ok(_) => Answer::Ok { seq },
                Err(_) if refuses => Answer::Failed,
                Err(_) => Answer::Unknown,
            };
            (self.tell)(Entry::Answered { number, answer });
        }
    }

    fn one_act(&mut self) -> Option<Waiting> {
        if self.open.is_empty() {
            return Some(self.start());
        }
        match self.dice.below(20) {
            0..3 if self.open.len() < OPEN => Some(self.start()),
            3..5 => self.close(),
            5..7 if !self.closed.is_empty() => Some(self.purge()),
            _ if self.closed.len() > CLOSED => Some(self.purge()),
            _ => self.send(),
        }
    }

    fn ask(&self, act: Act) -> u64 {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        (self.tell)(Entry::Asked { number, act });
        number
    }

    fn start(&mut self) -> Waiting {
        let head = Conversation {
            id: ConversationId::from_bytes(self.dice.bytes()),
            site: site(),
            visitor: Visitor::default(),
            token_index: self.dice.bytes(),
            state: State::Waiting,
            started_at: now(),
            about: parlor::domain::about::About::default(),
        };
        let text = self.text();
        let number = self.ask(Act::Start { talk: head.id.to_string(), text: text.clone() });
        let mut batch = self.store.batch();
        let open = batch.start_conversation(&head);
        let mut open = open.lock();
        put(&mut batch, &mut open, EventKind::Started, Author::System);
        let seq = put(&mut batch, &mut open, message(&text), Author::Visitor);
        self.open.push(head.id);
        (number, Some(seq), self.store.commit(batch))
    }

    fn send(&mut self) -> Option<Waiting> {
        let (id, conversation) = self.an_open_one()?;
        let text = self.text();
        let number = self.ask(Act::Send { talk: id.to_string(), text: text.clone() });
        let mut open = conversation.lock();
        let mut batch = self.store.batch();
        let seq = put(&mut batch, &mut open, message(&text), Author::Visitor);
        Some((number, Some(seq), self.store.commit(batch)))
    }

    fn close(&mut self) -> Option<Waiting> {
        let (id, conversation) = self.an_open_one()?;
        self.open.retain(|it| *it != id);
        self.closed.push(id);
        let number = self.ask(Act::Close { talk: id.to_string() });
        let mut open = conversation.lock();
        let mut batch = self.store.batch();
        put(&mut batch, &mut open, EventKind::Closed, Author::System);
        open.head.close(now());
        batch.put_conversation(&open.head);
        batch.audit(now(), AuditActor::Host, AuditAction::TranscriptRead(id));
        Some((number, None, self.store.commit(batch)))
    }

    fn purge(&mut self) -> Waiting {
        let doomed: Vec<_> = {
            let many = 1 + self.dice.below(self.closed.len() as u64);
            self.closed.drain(..usize::try_from(many).unwrap()).collect()
        };
        let number = self.ask(Act::Purge { talks: doomed.iter().map(ToString::to_string).collect() });
        let purge = Purge { site: site(), conversations: doomed, rule: PurgeRule::Policy, actor: AuditActor::Timer, now: now() };
        (number, None, self.store.purge(purge))
    }

    fn an_open_one(&mut self) -> Option<(ConversationId, Arc<Mutex<OpenConversation>>)> {
        let id = *self.dice.some_of(&self.open)?;
        Some((id, self.store.open_conversation(id)?))
    }

    /// Mostly short, sometimes as long as a message may be: several parts on the disk.
    fn text(&mut self) -> String {
        self.said += 1;
        let characters = match (self.writes, self.dice.below(12)) {
            (Writes::Novels, _) | (Writes::Chats, 0) => 500 + self.dice.below(3_400),
            (Writes::Chats, _) => 10 + self.dice.below(200),
        };
        let letter = self.dice.one_of(&["x", "ü", "字", "🙂"]);
        format!("{}-{} {}", self.name, self.said, letter.repeat(usize::try_from(characters).unwrap()))
    }
}

fn put(batch: &mut Batch, open: &mut OpenConversation, kind: EventKind, author: Author) -> u32 {
    open.last += 1;
    batch.put_event(open.head.id, &Event { seq: open.last, at: now(), author, kind, client_id: None });
    open.last
}

fn message(text: &str) -> EventKind {
    EventKind::Message(MessageText::parse(text).unwrap())
}

fn site() -> SiteId {
    SiteId::from_bytes([2; 16])
}

/// The time of day does not matter to a store.
fn now() -> Timestamp {
    Timestamp::from_millis(1_781_000_000_000)
}

/// Everything that the store shows.
pub fn look(store: &Store) -> Vec<Seen> {
    let open = store.open_conversations().into_iter().map(|it| (it.lock().head.id, false));
    let closed = store.closed().map(|it| (it.id, true));
    // An entry in both lists is seen twice, and found wrong.
    open.chain(closed).map(|(id, closed)| look_at(store, id, closed)).collect()
}

fn look_at(store: &Store, id: ConversationId, closed: bool) -> Seen {
    let mut seen = Seen { talk: id.to_string(), closed, events: Vec::new(), unreadable: None };
    match store.conversation(id) {
        Ok(Some(head)) => seen.closed = head.closed_at().is_some(),
        Ok(None) => seen.unreadable = Some("it is listed and has no head".to_owned()),
        Err(error) => seen.unreadable = Some(error.to_string()),
    }
    match store.events(id, 0, usize::MAX) {
        Ok(events) => {
            let text = |event: &Event| match &event.kind {
                EventKind::Message(text) => Some(text.as_str().to_owned()),
                _ => None,
            };
            seen.events = events.iter().map(|event| (event.seq, text(event))).collect();
        }
        Err(error) => seen.unreadable = Some(error.to_string()),
    }
    seen
}

/// Which talks belong to which of so many people, open and closed ones.
pub fn share_out(store: &Store, people: usize) -> Vec<(Vec<ConversationId>, Vec<ConversationId>)> {
    let mut shares: BTreeMap<usize, (Vec<ConversationId>, Vec<ConversationId>)> = BTreeMap::new();
    let whose = |id: &ConversationId| usize::from(id.as_bytes()[0]) % people;
    for conversation in store.open_conversations() {
        let id = conversation.lock().head.id;
        shares.entry(whose(&id)).or_default().0.push(id);
    }
    for closed in store.closed() {
        shares.entry(whose(&closed.id)).or_default().1.push(closed.id);
    }
    (0..people).map(|person| shares.remove(&person).unwrap_or_default()).collect()
}
