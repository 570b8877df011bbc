//! The live channel as each of the people has it, or has not.

use serde_json::{Value, json};

use super::people::{Person, World};
use crate::harness::actors::Visitor;
use crate::harness::line::{Heard, Line};

/// A conversation that never was.
pub const NOBODYS: &str = "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// One connection, and whether it has come to its end.
pub struct Ear {
    line: Line,
    pub has_ended: bool,
    /// What came with the welcome.
    first: Vec<Value>,
}

impl Ear {
    /// `None` for who gets no ticket.
    pub async fn of(world: &World, person: &Person) -> Option<Self> {
        let bearer = person.bearer.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![("x-parlor-csrf", person.csrf.as_str())];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        let body = if person.bearer.is_some() { json!({"site": person.site}) } else { json!({}) };
        let answer = person.browser.post_json("/live/ticket", &body, &headers).await;
        if answer.status != 200 {
            return None;
        }
        Some(Self::with(world, answer.json()["ticket"].as_str().unwrap()).await)
    }

    pub async fn of_visitor(world: &World, visitor: &Visitor) -> Self {
        Self::with(world, &visitor.ticket().await).await
    }

    async fn with(world: &World, ticket: &str) -> Self {
        let door = &world.app.door;
        let line = Line::socket(door, &door.origin(), None).await.expect("the socket opens");
        let mut ear = Self { line, has_ended: false, first: Vec::new() };
        ear.say(&json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
        // Whatever follows from their coming is over then.
        ear.first = ear.hear().await;
        ear
    }

    pub async fn say(&mut self, frame: &Value) {
        if !self.has_ended {
            self.line.send(frame).await;
        }
    }

    /// Everything up to the answer to a question that has only one.
    pub async fn hear(&mut self) -> Vec<Value> {
        self.say(&json!({"t": "resume", "conversation": NOBODYS, "after": 0})).await;
        self.hear_until(|frame| frame["t"] == "refused" && frame["conversation"] == NOBODYS).await
    }

    pub async fn hear_until(&mut self, is_last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut heard = std::mem::take(&mut self.first);
        while !self.has_ended {
            match self.line.hear().await {
                Heard::Frame(frame) if is_last(&frame) => {
                    heard.push(frame);
                    break;
                }
                Heard::Frame(frame) => heard.push(frame),
                Heard::Closed { .. } => self.has_ended = true,
            }
        }
        heard
    }
}
