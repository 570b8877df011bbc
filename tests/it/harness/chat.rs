//! What a visitor and an operator have in common: a line, commands with ids of their own, and what they heard so far.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::disk::Markers;
use super::line::{Heard, Line};

/// A command that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acked {
    pub id: String,
    pub conversation: String,
    pub seq: u64,
}

/// A command that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub code: String,
    pub message: String,
}

pub struct Chat {
    line: Option<Line>,
    /// Frames that arrived while something else was awaited.
    inbox: Vec<Value>,
    /// Every event, by conversation and number, and how often it came on this line.
    pub events: BTreeMap<String, BTreeMap<u64, Value>>,
    pub doubled: Vec<Value>,
    markers: Markers,
    who: String,
    commands: u64,
}

impl Chat {
    pub fn new(who: &str, markers: Markers) -> Self {
        Self {
            line: None,
            inbox: Vec::new(),
            events: BTreeMap::new(),
            doubled: Vec::new(),
            markers,
            who: who.to_owned(),
            commands: 0,
        }
    }

    pub fn new_id(&mut self) -> String {
        self.commands += 1;
        format!("{}-{}", self.who, self.commands)
    }

    pub fn note(&self, text: &str) {
        self.markers.note(text);
    }

    /// Says hello on a new line with the last number seen of each conversation, and waits to be welcomed.
    pub async fn hello(&mut self, line: Line, ticket: &str) -> Value {
        let after: BTreeMap<&String, u64> =
            self.events.keys().map(|conversation| (conversation, self.whole_up_to(conversation))).collect();
        let hello = json!({"t": "hello", "v": 1, "ticket": ticket, "after": after});
        self.line = Some(line);
        self.inbox.clear();
        self.send_frame(&hello).await;
        self.expect("a welcome", |frame| frame["t"] == "welcome").await
    }

    /// The highest number up to which nothing is missing.
    pub fn whole_up_to(&self, conversation: &str) -> u64 {
        let Some(events) = self.events.get(conversation) else { return 0 };
        // An event may say which one came before it for this side: those between are none of its business.
        events.iter().fold(0, |whole, (seq, event)| {
            let before = event["after"].as_u64().unwrap_or(seq - 1);
            if before <= whole { *seq } else { whole }
        })
    }

    pub fn line(&mut self) -> &mut Line {
        self.line.as_mut().expect("connected")
    }

    pub fn take_line(&mut self) -> Line {
        self.line.take().expect("connected")
    }

    /// Every frame that came on this line and nobody asked for yet, and every event.
    pub fn all_frames(&self) -> Vec<Value> {
        self.inbox.iter().chain(self.events.values().flat_map(BTreeMap::values)).cloned().collect()
    }

    /// Frames that nobody asked for yet are not asked for any more.
    pub fn forget_frames(&mut self) {
        self.inbox.clear();
    }

    /// The line goes without a farewell, as when a laptop is closed.
    pub fn drop_line(&mut self) {
        self.line = None;
        self.inbox.clear();
    }

    pub async fn send_frame(&mut self, frame: &Value) {
        self.line().send(frame).await;
    }

    /// Reads until a frame fits; the others stay for later.
    #[track_caller]
    pub fn expect(&mut self, what: impl Into<String>, fits: impl Fn(&Value) -> bool) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        let what = what.into();
        async move {
            if let Some(at) = self.inbox.iter().position(&fits) {
                return self.inbox.remove(at);
            }
            loop {
                let heard =
                    super::world::must_come(&format!("{caller}: {} waits for {what}", self.who), self.line().hear()).await;
                match heard {
                    Heard::Frame(frame) => {
                        self.keep(&frame);
                        if fits(&frame) {
                            return frame;
                        }
                        self.inbox.push(frame);
                    }
                    Heard::Closed { code, reason } => {
                        panic!(
                            "{caller}: {} waited for {what}, but the line closed: {code} {reason}; heard {:?}",
                            self.who, self.inbox
                        )
                    }
                }
            }
        }
    }

    fn keep(&mut self, frame: &Value) {
        if frame["t"] != "event" {
            return;
        }
        let conversation = frame["conversation"].as_str().unwrap().to_owned();
        let seq = frame["seq"].as_u64().unwrap();
        if let Some(before) = self.events.entry(conversation).or_default().insert(seq, frame.clone()) {
            self.doubled.push(before);
        }
    }

    /// How the line ends; frames before that are kept.
    pub async fn expect_end(&mut self) -> (u16, Option<Value>) {
        loop {
            match self.line().hear().await {
                Heard::Frame(frame) => {
                    self.keep(&frame);
                    self.inbox.push(frame);
                }
                Heard::Closed { code, .. } => {
                    let bye = self.inbox.iter().rposition(|frame| frame["t"] == "bye").map(|at| self.inbox.remove(at));
                    return (code, bye);
                }
            }
        }
    }

    /// Asks for what is missing, piece by piece, until nothing is missing up to `last`.
    pub async fn catch_up(&mut self, conversation: &str, last: u64) {
        let piece = u64::try_from(parlor::domain::limits::REPLAY_EVENTS).unwrap();
        loop {
            let whole = self.whole_up_to(conversation);
            if whole >= last {
                return;
            }
            self.send_frame(&json!({"t": "resume", "conversation": conversation, "after": whole})).await;
            while self.whole_up_to(conversation) < last.min(whole + piece) {
                let what = format!("{} catches up behind {whole}", self.who);
                match super::world::must_come(&what, self.line().hear()).await {
                    Heard::Frame(frame) => self.keep(&frame),
                    Heard::Closed { code, .. } => panic!("{what}, but the line closed: {code}"),
                }
            }
        }
    }

    /// Waits until the line ends or a command is refused, whichever comes.
    pub async fn expect_end_or_refusal(&mut self) {
        loop {
            match self.line().hear().await {
                Heard::Frame(frame) if frame["t"] == "refused" => return,
                Heard::Frame(frame) => self.keep(&frame),
                Heard::Closed { .. } => return,
            }
        }
    }

    /// Sends a command and waits for its answer.
    pub async fn command(&mut self, frame: Value) -> Result<Acked, Refused> {
        let id = frame["id"].as_str().expect("a command has an id").to_owned();
        self.send_frame(&frame).await;
        let answer = self
            .expect(format!("an answer to {frame}"), |it| (it["t"] == "ack" || it["t"] == "refused") && it["id"] == id.as_str())
            .await;
        outcome(id, &answer)
    }

    /// Sends a command whose answer may never come, because the other side dies; `None` then.
    pub async fn attempt(&mut self, frame: &Value) -> Option<Result<Acked, Refused>> {
        let id = frame["id"].as_str().expect("a command has an id").to_owned();
        if !self.line().try_send(frame).await {
            return None;
        }
        loop {
            match self.line().hear().await {
                Heard::Closed { .. } => return None,
                Heard::Frame(frame) => {
                    self.keep(&frame);
                    if frame["id"] == id.as_str() && frame["t"] != "event" {
                        return Some(outcome(id, &frame));
                    }
                }
            }
        }
    }

    pub async fn send_as(&mut self, id: &str, conversation: &str, text: &str) -> Result<Acked, Refused> {
        self.note(text);
        self.command(json!({"t": "send", "id": id, "conversation": conversation, "text": text})).await
    }

    /// The event with this text, once it came.
    #[track_caller]
    pub fn hears(&mut self, text: &str) -> impl Future<Output = Value> {
        let wanted = text.to_owned();
        self.expect(format!("the message {text:?}"), move |frame| frame["t"] == "event" && frame["text"] == wanted.as_str())
    }

    #[track_caller]
    pub fn hears_kind(&mut self, conversation: &str, kind: &str) -> impl Future<Output = Value> {
        let (conversation, kind) = (conversation.to_owned(), kind.to_owned());
        self.expect(format!("the event {kind}"), move |frame| {
            frame["t"] == "event" && frame["kind"] == kind.as_str() && frame["conversation"] == conversation.as_str()
        })
    }

    #[track_caller]
    pub fn sees_state(&mut self, conversation: &str, fits: impl Fn(&Value) -> bool) -> impl Future<Output = Value> {
        let conversation = conversation.to_owned();
        self.expect("a state", move |frame| {
            frame["t"] == "state" && frame["conversation"] == conversation.as_str() && fits(frame)
        })
    }

    /// The texts of a conversation in the order of their numbers, as this side has them.
    pub fn texts(&self, conversation: &str) -> Vec<String> {
        self.events
            .get(conversation)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|event| event["text"].as_str().map(str::to_owned))
            .collect()
    }
}

/// What an answer to a command says.
fn outcome(id: String, answer: &Value) -> Result<Acked, Refused> {
    let word = |name: &str| answer[name].as_str().unwrap().to_owned();
    if answer["t"] == "ack" {
        Ok(Acked { id, conversation: word("conversation"), seq: answer["seq"].as_u64().unwrap() })
    } else {
        Err(Refused { code: word("code"), message: word("message") })
    }
}
