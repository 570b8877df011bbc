//! Frames over HTTP long-polling, for the networks that let no WebSocket through. The secret that names the connection
//! travels in a header, never in the address; an answer that got lost is given again until its frames are acknowledged.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, rt};
use bytestring::ByteString;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout};

use crate::domain::id::base32;
use crate::domain::limits;
use crate::live::frames::{self, Bye};
use crate::web::extract::{Json, Peer};
use crate::web::{Answer, App, Error, guard};

use super::dialogue::Dialogue;

/// The polling connections of one appliance, by their secret.
#[derive(Default)]
pub struct Polls(Mutex<HashMap<String, Arc<Poll>>>);

struct Poll {
    dialogue: Dialogue,
    sent: Mutex<Sent>,
}

/// What was given out and not yet acknowledged.
struct Sent {
    frames: VecDeque<ByteString>,
    /// The number of the first of them; numbers start at 1.
    first: u64,
    heard_at: Instant,
    /// The last frames are there; the connection ends once they are fetched.
    over: bool,
}

#[derive(Serialize)]
struct Opened {
    poll: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    after: u64,
}

/// `POST /live/commands`: frames of the client, in order. The first batch of all begins with hello.
pub async fn commands(
    request: HttpRequest,
    app: App,
    peer: Peer,
    polls: Data<Polls>,
    Json(commands): Json<Vec<Box<RawValue>>>,
) -> Answer {
    guard::origin::check(&request)?;
    if let Some(secret) = secret_of(&request) {
        let poll = polls.find(secret, peer)?;
        poll.sent.lock().heard_at = Instant::now();
        poll.hear(&commands);
        return Ok(HttpResponse::NoContent().finish());
    }
    guard::count_line(&request)?;
    if polls.0.lock().len() >= limits::POLLS {
        return Err(Error::unavailable("Too many are connected this way at the moment. Try again in a minute."));
    }
    let (hello, rest) = commands.split_first().ok_or_else(|| Error::bad_request("Send at least one frame."))?;
    let dialogue = Dialogue::open(&app, hello.get(), peer).map_err(Error::bye)?;
    let poll = Arc::new(Poll {
        dialogue,
        sent: Mutex::new(Sent { frames: VecDeque::new(), first: 1, heard_at: Instant::now(), over: false }),
    });
    poll.hear(rest);
    let mut bytes = [0; 32];
    app.random.fill(&mut bytes);
    let secret = base32(&bytes);
    polls.0.lock().insert(secret.clone(), Arc::clone(&poll));
    rt::spawn(watch_over(polls, secret.clone(), poll));
    Ok(HttpResponse::Ok().json(Opened { poll: secret }))
}

/// `GET /live/events?after=N`: the frames behind number N, as soon as there are any.
pub async fn events(request: HttpRequest, peer: Peer, polls: Data<Polls>, after: Query<After>) -> Answer {
    guard::origin::check(&request)?;
    let secret = secret_of(&request).ok_or_else(Error::bad_token)?;
    let poll = polls.find(secret, peer)?;
    poll.acknowledge(after.after);
    if poll.take_new() == 0 {
        // The time-out is the normal end of a quiet wait.
        let _ = timeout(limits::POLL_HOLD, poll.dialogue.outbox.filled()).await;
        poll.take_new();
    }
    let (body, over) = poll.answer();
    if over {
        polls.0.lock().remove(secret);
    }
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(body))
}

fn secret_of(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Poll ")
}

impl Polls {
    fn find(&self, secret: &str, from: Peer) -> Result<Arc<Poll>, Error> {
        let gone = || Error::gone("poll_ended", "This connection has ended. Ask for a new ticket and say hello again.");
        let poll = self.0.lock().get(secret).cloned();
        poll.filter(|poll| poll.dialogue.may_come_from(from)).ok_or_else(gone)
    }
}

impl Poll {
    fn hear(&self, commands: &[Box<RawValue>]) {
        for command in commands {
            // A socket is not read from while its answers are not taken. Here a client could ask on and never fetch.
            if self.waiting_bytes() > limits::POLL_BYTES {
                self.dialogue.outbox.end(Bye::Lagging);
                return;
            }
            if let Err(bye) = self.dialogue.hear(command.get()) {
                self.dialogue.outbox.end(bye);
                return;
            }
        }
    }

    fn waiting_bytes(&self) -> usize {
        self.sent.lock().frames.iter().map(|frame| frame.len()).sum::<usize>() + self.dialogue.outbox.bytes()
    }

    fn acknowledge(&self, after: u64) {
        let mut sent = self.sent.lock();
        sent.heard_at = Instant::now();
        while sent.first <= after && sent.frames.pop_front().is_some() {
            sent.first += 1;
        }
    }

    /// Moves what is new behind what was given out; returns how many frames wait altogether.
    fn take_new(&self) -> usize {
        let (frames, bye) = self.dialogue.outbox.drain();
        let mut sent = self.sent.lock();
        sent.frames.extend(frames);
        if let Some(bye) = bye
            && !sent.over
        {
            sent.frames.push_back(frames::bye(bye));
            sent.over = true;
        }
        if sent.frames.len() > 2 * limits::QUEUED_FRAMES && !sent.over {
            self.dialogue.outbox.end(Bye::Lagging);
        }
        sent.frames.len()
    }

    fn answer(&self) -> (String, bool) {
        let sent = self.sent.lock();
        let mut body = String::from("{\"frames\":[");
        for (position, frame) in sent.frames.iter().enumerate() {
            if position > 0 {
                body.push(',');
            }
            body.push_str(frame);
        }
        let next = sent.first + sent.frames.len() as u64 - 1;
        body.push_str(&format!("],\"next\":{next}}}"));
        (body, sent.over)
    }
}

/// Ends a connection nobody has polled for a minute: then its person is gone, as with a socket.
async fn watch_over(polls: Data<Polls>, secret: String, poll: Arc<Poll>) {
    loop {
        let silent = poll.sent.lock().heard_at.elapsed();
        if silent >= limits::DEAD_AFTER || poll.sent.lock().over {
            polls.0.lock().remove(&secret);
            return;
        }
        sleep(limits::DEAD_AFTER - silent).await;
    }
}
