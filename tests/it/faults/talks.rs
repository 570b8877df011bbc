//! Visitors and an operator who write to a real server until it dies, and come back afterwards.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::history::{Act, Answer, Entry, History, Seen};
use crate::harness::actors::{Operator, Visitor};
use crate::harness::chat::Chat;
use crate::harness::http::{Browser, Door};
use crate::harness::process::{ADMIN, PASSWORD, Server};
use crate::harness::world::must_come;

const VISITORS: usize = 6;
/// After so many acknowledgements people fall silent: what they said is read again, which takes as long.
const PER_ROUND: u64 = 2_000;

/// The history, as several people write it at the same time.
pub struct Record<'a> {
    history: RefCell<&'a mut History>,
    asked: Cell<u64>,
    acknowledged: Cell<u64>,
    enough: u64,
    rung: Notify,
}

/// One talk, and what both sides sent without ever hearing of it again.
pub struct Talk {
    site: String,
    token: String,
    who: String,
    conversation: String,
    visitor_waits: Option<Value>,
    operator_waits: Option<Value>,
}

pub const SERVED_WITH: [&str; 6] = ["--visitor-burst", "1000000", "--visitor-per-second", "1000000", "--log-level", "warn"];

pub fn serve(data: &Path) -> Server {
    Server::start(data, &SERVED_WITH)
}

impl<'a> Record<'a> {
    /// Rings each time that so many more were acknowledged. `run` tells the numbers of this round from those of the others.
    pub fn new(history: &'a mut History, run: u64, enough: u64) -> Self {
        let asked = Cell::new(run * super::worker::ACTS_PER_RUN);
        Self { history: RefCell::new(history), asked, acknowledged: Cell::new(0), enough, rung: Notify::new() }
    }

    pub async fn enough(&self) {
        must_come("enough acknowledgements", self.rung.notified()).await;
    }

    pub fn ask(&self, act: Act) -> u64 {
        let number = self.asked.get() + 1;
        self.asked.set(number);
        self.history.borrow_mut().note(Entry::Asked { number, act });
        number
    }

    pub fn answer(&self, number: u64, answer: Answer) {
        self.history.borrow_mut().note(Entry::Answered { number, answer });
        if matches!(answer, Answer::Ok { .. }) {
            self.acknowledged.set(self.acknowledged.get() + 1);
            if self.acknowledged.get().is_multiple_of(self.enough) {
                self.rung.notify_one();
            }
        }
    }

    fn acknowledge(&self, number: u64, seq: u64) {
        self.answer(number, Answer::Ok { seq: Some(u32::try_from(seq).unwrap()) });
    }

    fn look(&self, talks: Vec<Seen>) -> Vec<String> {
        self.history.borrow_mut().note(Entry::Looked { talks, whole: false, house: BTreeSet::new() })
    }

    /// Whatever was closed.
    pub fn closed(&self) -> Vec<String> {
        self.history.borrow().book.closed()
    }

    /// Sends a message and notes what became of it: whether it was acknowledged.
    async fn send(&self, chat: &mut Chat, frame: &Value) -> bool {
        let talk = frame["conversation"].as_str().unwrap().to_owned();
        let number = self.ask(Act::Send { talk, text: frame["text"].as_str().unwrap().to_owned() });
        match chat.attempt(frame).await {
            Some(Ok(acked)) => {
                self.acknowledge(number, acked.seq);
                true
            }
            // It says that it could not be stored: nobody knows how far it came.
            Some(Err(_)) | None => false,
        }
    }
}

/// Where everybody is before the harm begins: new visitors with a talk each, and one operator who accepted them.
pub struct Scene {
    operator: Operator,
    talks: Vec<(Visitor, Talk)>,
}

impl Scene {
    pub async fn begin(door: &Door, site: &str, round: u64, record: &Record<'_>) -> Self {
        let mut operator = Operator::signed_in(door, ADMIN, PASSWORD).await;
        operator.connect().await;
        let mut talks = Vec::new();
        for number in 0..VISITORS {
            let who = format!("r{round}v{number}");
            let mut visitor = Visitor::new(door, site, &who).await;
            visitor.connect().await;
            let text = format!("the first message of {who}");
            let started = visitor.start(&text).await;
            let conversation = started.conversation;
            // Its name is known only now; nothing breaks before everybody is there.
            let number = record.ask(Act::Start { talk: conversation.clone(), text });
            record.acknowledge(number, started.seq);
            operator.accept(&conversation).await;
            let token = visitor.token.clone();
            let talk = Talk { site: site.to_owned(), token, who, conversation, visitor_waits: None, operator_waits: None };
            talks.push((visitor, talk));
        }
        Self { operator, talks }
    }

    /// All write as fast as answers come, until the end comes and every line is cut, or all is said.
    pub async fn write(self, record: &Record<'_>, end: impl Future<Output = ()>) -> Vec<Talk> {
        let Self { mut operator, talks } = self;
        let conversations: Vec<String> = talks.iter().map(|(_, talk)| talk.conversation.clone()).collect();
        let visitors = join_all(talks.into_iter().map(async |(mut visitor, mut talk)| {
            let it = [talk.conversation.clone()];
            talk.visitor_waits = write_on(&mut visitor, &it, record).await;
            talk
        }));
        let everybody = join(visitors, write_on(&mut operator, &conversations, record));
        let ((mut talks, operator_waits), ()) = join(everybody, end).await;
        if let Some(frame) = operator_waits
            && let Some(talk) = talks.iter_mut().find(|talk| frame["conversation"] == talk.conversation.as_str())
        {
            talk.operator_waits = Some(frame);
        }
        talks
    }
}

/// Sends one message after the other, each once the one before is acknowledged; the one that never was.
async fn write_on(chat: &mut Chat, conversations: &[String], record: &Record<'_>) -> Option<Value> {
    let mut turns = conversations.iter().cycle();
    while record.acknowledged.get() < PER_ROUND {
        let (id, conversation) = (chat.new_id(), turns.next()?);
        let text = format!("{id}: words that must not get lost");
        let frame = json!({"t": "send", "id": id, "conversation": conversation, "text": text});
        if !record.send(chat, &frame).await {
            return Some(frame);
        }
    }
    None
}

/// Everybody comes back, reads, sends again what they do not know about, and reads once more; then the talks are closed, so
/// that the next round's list is about the next round. What is wrong with any of it.
pub async fn come_back(door: &Door, talks: Vec<Talk>, record: &Record<'_>) -> Vec<String> {
    let mut operator = Operator::signed_in(door, ADMIN, PASSWORD).await;
    operator.connect().await;
    let mut returned = Vec::new();
    for talk in talks {
        let mut visitor = Visitor::new(door, &talk.site, &talk.who).await;
        visitor.token.clone_from(&talk.token);
        visitor.browser = Browser::new(door);
        visitor.connect().await;
        returned.push((visitor, talk));
    }
    let mut wrong = read_all(&mut returned, record).await;
    for (visitor, talk) in &mut returned {
        let sides: [(&mut Chat, _); 2] =
            [(&mut *visitor, talk.visitor_waits.take()), (&mut operator, talk.operator_waits.take())];
        for (chat, waits) in sides {
            if let Some(frame) = waits
                && !record.send(chat, &frame).await
            {
                wrong.push(format!("{frame} was not acknowledged after the restart"));
            }
        }
    }
    wrong.extend(read_all(&mut returned, record).await);
    for (_, talk) in &returned {
        let number = record.ask(Act::Close { talk: talk.conversation.clone() });
        // An id of its own: the numbers of this operator's ids began again at 1, and a repeated id is a repeated command.
        let frame = json!({"t": "close", "id": format!("close-{}", talk.who), "conversation": talk.conversation});
        match operator.command(frame).await {
            Ok(_) => record.answer(number, Answer::Ok { seq: None }),
            Err(why) => wrong.push(format!("{} could not be closed: {why:?}", talk.conversation)),
        }
    }
    wrong
}

async fn read_all(returned: &mut [(Visitor, Talk)], record: &Record<'_>) -> Vec<String> {
    let mut seen = Vec::new();
    for (visitor, talk) in returned {
        let it = &talk.conversation;
        // On a new line, or what this one has heard already would count.
        visitor.connect().await;
        let last = visitor.sees_state(it, |_| true).await["last"].as_u64().unwrap();
        visitor.catch_up(it, last).await;
        let text = |event: &Value| event["text"].as_str().map(str::to_owned);
        let events = visitor.events[it].iter().map(|(seq, event)| (u32::try_from(*seq).unwrap(), text(event))).collect();
        seen.push(Seen { talk: it.clone(), closed: false, events, unreadable: None });
    }
    record.look(seen)
}
