//! Conversations as the appliance stores them: begun, written to by both sides, closed.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use parlor::domain::conversation::{Assignee, Conversation, State};
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::{ConversationId, OperatorId, SiteId};
use parlor::domain::text::{ClientId, MessageText, Name};
use parlor::domain::time::Timestamp;
use parlor::domain::visitor::Visitor;
use parlor::store::{Commit, OpenConversation, Store};
use parlor::vault::RootKey;

use crate::Fallible;
use crate::text::{Dice, Writer};

pub const SITE: SiteId = SiteId::from_bytes([1; 16]);
/// Messages of one conversation.
pub const MESSAGES: usize = 20;
/// What is looked for later stands in one of so many conversations.
const RARE_EVERY: usize = 1_000;
pub const RARE: &str = "heliotrope parasol";
/// Conversations that one thread keeps open at a time while it fills a store.
const AT_A_TIME: usize = 64;
/// Batches that one thread has on their way while it fills a store.
const ON_THEIR_WAY: usize = 256;
const THREADS: usize = 3;

/// A store of our own, without an appliance around it.
pub fn open(data_dir: &Path) -> Fallible<Store> {
    Ok(Store::open(data_dir, &RootKey::from_bytes([7; 32]), Box::new(|_| {}))?)
}

/// A store that an appliance may have made: with the key beside it.
pub fn open_with_key_file(data_dir: &Path) -> Fallible<Store> {
    let text = std::fs::read_to_string(data_dir.with_extension("key"))?;
    let root = RootKey::parse(&text).ok_or("the key file holds no key")?;
    Ok(Store::open(data_dir, &root, Box::new(|_| {}))?)
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub fn message(writer: &mut Writer) -> Fallible<MessageText> {
    let mut text = String::new();
    writer.message(&mut text);
    Ok(MessageText::parse(&text)?)
}

/// How many times smaller zstd makes the text of one conversation, at the level that the store uses.
pub fn zstd_ratio() -> Fallible<f64> {
    let mut writer = Writer::new("ratio", 0);
    let (mut plain, mut packed) = (0, 0);
    for _ in 0..100 {
        let texts: Vec<MessageText> = (0..MESSAGES).map(|_| message(&mut writer)).collect::<Fallible<_>>()?;
        let text: String = texts.iter().map(MessageText::as_str).collect();
        plain += text.len();
        packed += zstd::bulk::compress(text.as_bytes(), 3)?.len();
    }
    Ok(crate::files::per(plain, packed))
}

/// A conversation that goes on.
pub struct Talk {
    pub id: ConversationId,
    open: Arc<Mutex<OpenConversation>>,
    operator: Author,
}

impl Talk {
    pub fn begin(store: &Store, writer: &mut Writer, at: Timestamp) -> Fallible<Self> {
        let mut batch = store.batch();
        let talk = Self::begin_in(&mut batch, writer, at)?;
        drop(store.commit(batch));
        Ok(talk)
    }

    fn begin_in(batch: &mut parlor::store::Batch, writer: &mut Writer, at: Timestamp) -> Fallible<Self> {
        let dice = writer.dice();
        let id = ConversationId::from_bytes(dice.bytes());
        let operator = Assignee { id: OperatorId::from_bytes([4; 16]), name: Name::parse("Anna")? };
        let head = Conversation {
            id,
            site: SITE,
            visitor: Visitor::default(),
            token_index: dice.bytes(),
            state: State::Active { operator: operator.clone() },
            started_at: at,
            about: parlor::domain::about::About::default(),
        };
        let open = batch.start_conversation(&head);
        Ok(Self { id, open, operator: Author::Operator { id: operator.id, name: operator.name } })
    }

    /// Both sides write in turn.
    pub fn say(&mut self, store: &Store, text: &MessageText, dice: &mut Dice) -> Fallible<Commit> {
        let mut open = self.open.lock();
        let mut batch = store.batch();
        let event = Self::event(&mut open, &self.operator, text.clone(), dice)?;
        batch.put_event(self.id, &event);
        // While the lock is held, so that the order of the numbers is that of the writes.
        Ok(store.commit(batch))
    }

    fn event(open: &mut OpenConversation, operator: &Author, text: MessageText, dice: &mut Dice) -> Fallible<Event> {
        open.last += 1;
        // Some seconds apart.
        let at = open.head.started_at.as_millis() + i64::from(open.last) * 9_000 + i64::try_from(dice.below(8_000))?;
        let author = if open.last % 2 == 1 { Author::Visitor } else { operator.clone() };
        let client_id = Some(ClientId::parse(&dice.uuid())?);
        Ok(Event { seq: open.last, at: Timestamp::from_millis(at), author, kind: EventKind::Message(text), client_id })
    }

    fn close(self, store: &Store) -> Commit {
        let mut open = self.open.lock();
        open.head.close(now());
        let mut batch = store.batch();
        batch.put_conversation(&open.head);
        store.commit(batch)
    }
}

/// What a store was filled with.
pub struct Filled {
    /// In no order that the store knows.
    pub ids: Vec<ConversationId>,
    pub messages: usize,
    pub text_bytes: usize,
    pub seconds: f64,
}

/// `count` conversations of `MESSAGES`, message by message, many of them at the same time, each closed at its end.
pub fn fill(store: &Store, count: usize) -> Fallible<Filled> {
    fill_with(store, count, |store, writer, texts, commits| {
        let begun = now();
        let mut rest = texts;
        while !rest.is_empty() {
            let (now, later) = rest.split_at_mut(rest.len().min(AT_A_TIME));
            rest = later;
            let mut talks: Vec<Talk> = now.iter().map(|_| Talk::begin(store, writer, begun)).collect::<Fallible<_>>()?;
            for turn in 0..MESSAGES {
                for (talk, (number, id, bytes)) in talks.iter_mut().zip(now.iter_mut()) {
                    let text = text_of(writer, *number, turn)?;
                    *bytes += text.as_str().len();
                    *id = talk.id;
                    commits.push(talk.say(store, &text, writer.dice())?)?;
                }
            }
            talks.into_iter().try_for_each(|talk| commits.push(talk.close(store)))?;
        }
        Ok(())
    })
    .map(|filled| Filled { messages: filled.messages * MESSAGES, ..filled })
}

/// `count` conversations with one message, each begun and closed in one write: drawers, made fast.
pub fn fill_small(store: &Store, count: usize) -> Fallible<Filled> {
    fill_with(store, count, |store, writer, texts, commits| {
        let begun = now();
        for (number, id, bytes) in texts {
            let mut batch = store.batch();
            let talk = Talk::begin_in(&mut batch, writer, begun)?;
            let text = text_of(writer, *number, 0)?;
            *bytes += text.as_str().len();
            *id = talk.id;
            let mut open = talk.open.lock();
            let event = Talk::event(&mut open, &talk.operator, text, writer.dice())?;
            batch.put_event(talk.id, &event);
            open.head.close(now());
            batch.put_conversation(&open.head);
            commits.push(store.commit(batch))?;
        }
        Ok(())
    })
}

fn text_of(writer: &mut Writer, conversation: usize, turn: usize) -> Fallible<MessageText> {
    let mut text = String::new();
    writer.message(&mut text);
    if conversation % RARE_EVERY == 7 && turn == MESSAGES / 2 {
        text.push(' ');
        text.push_str(RARE);
    }
    Ok(MessageText::parse(&text)?)
}

/// The number of a conversation, and what becomes known of it.
type Made = (usize, ConversationId, usize);

fn fill_with(
    store: &Store,
    count: usize,
    fill: impl Fn(&Store, &mut Writer, &mut [Made], &mut OnTheirWay) -> Fallible<()> + Sync,
) -> Fallible<Filled> {
    let started = std::time::Instant::now();
    let mut made: Vec<Made> = (0..count).map(|number| (number, ConversationId::from_bytes([0; 16]), 0)).collect();
    std::thread::scope(|scope| -> Fallible<()> {
        let fill = &fill;
        let threads: Vec<_> = made
            .chunks_mut(count.div_ceil(THREADS).max(1))
            .enumerate()
            .map(|(thread, part)| {
                scope.spawn(move || {
                    let mut commits = OnTheirWay::default();
                    let mut writer = Writer::new("filled", thread);
                    fill(store, &mut writer, part, &mut commits)?;
                    commits.wait_for_all()
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread that fills the store panicked")?)
    })?;
    let mut dice = Dice::new(11);
    let mut ids: Vec<ConversationId> = made.iter().map(|(_, id, _)| *id).collect();
    for at in (1..ids.len()).rev() {
        ids.swap(at, dice.below(at + 1));
    }
    Ok(Filled {
        ids,
        messages: count,
        text_bytes: made.iter().map(|(_, _, bytes)| bytes).sum(),
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Keeps what waits for the disk within bounds.
#[derive(Default)]
struct OnTheirWay(std::collections::VecDeque<Commit>);

impl OnTheirWay {
    fn push(&mut self, commit: Commit) -> Fallible<()> {
        self.0.push_back(commit);
        if self.0.len() >= ON_THEIR_WAY
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.wait()?;
        }
        Ok(())
    }

    fn wait_for_all(self) -> Fallible<()> {
        self.0.into_iter().try_for_each(|commit| commit.wait().map(drop)).map_err(Into::into)
    }
}
