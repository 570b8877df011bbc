//! What one part of the visitors does to all others: thousands who come back at the same moment, as after a restart of a router, and
//! one who floods. Beside it, talks that go on and should not notice.

use std::collections::HashMap;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::Fallible;
use crate::machine::{self, now_ns};
use crate::server::Subject;
use crate::socket::{Credential, Frame, Socket};

/// Visitors that one client thread lets begin at the same time; they come back all at once.
const AT_ONCE: usize = 64;
/// After a refused connection, as the widget waits: half of it and a random part of the rest.
const AGAIN: Duration = Duration::from_millis(500);
/// Connections of one visitor that may fail before they count as lost.
const TRIES: u32 = 60;

/// A visitor with an open chat whose line broke while a message was on its way.
struct Left {
    credential: Credential,
    conversation: String,
    number: usize,
}

#[derive(Debug)]
pub struct Returned {
    pub seconds: f64,
    /// Connections that did not work at first.
    pub retries: u64,
    /// Visitors who never came back, and those whose chat was not as they had left it, with the first reason.
    pub lost: usize,
    pub wrong: usize,
    pub first_trouble: Option<String>,
    pub server_cpu_us_each: Option<f64>,
}

/// Visitors who wait to come back.
pub struct Away(Vec<Left>);

/// Lets `count` visitors begin a chat and lose their line.
pub fn leave(subject: &Subject, count: usize) -> Fallible<Away> {
    let site = subject.site().ok_or("the reference has no chats")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let tokens = subject.visitor_tokens(count).await?;
        let mut left = Vec::with_capacity(count);
        for (chunk, some) in tokens.chunks(AT_ONCE).enumerate() {
            let begun = some.iter().enumerate().map(|(at, token)| {
                let credential = Credential::Visitor { token: token.clone(), site: site.to_owned() };
                begin(subject, credential, chunk * AT_ONCE + at)
            });
            left.extend(futures_util::future::try_join_all(begun).await?);
        }
        Ok(Away(left))
    })
}

async fn begin(subject: &Subject, credential: Credential, number: usize) -> Fallible<Left> {
    let mut socket = Socket::open(subject.target(), &credential, source(number)).await?;
    let start = format!("{{\"t\":\"start\",\"id\":\"start\",\"text\":\"{number} begins\"}}");
    let ack = socket.ask(start, "ack").await?;
    let frame: Frame = serde_json::from_str(&ack)?;
    let conversation = frame.conversation.ok_or("an ack without its conversation")?.into_owned();
    // Nobody waits for the answer to this one: whether it has arrived is not known, so it comes again.
    socket.queue(send("kept", &conversation, number)).await?;
    socket.flush().await?;
    Ok(Left { credential, conversation, number })
}

fn send(id: &str, conversation: &str, number: usize) -> String {
    format!("{{\"t\":\"send\",\"id\":\"{id}\",\"conversation\":\"{conversation}\",\"text\":\"{number} {id}\"}}")
}

fn source(number: usize) -> u8 {
    u8::try_from(number % 8 + 1).unwrap_or(1)
}

impl Away {
    /// All come back at once, catch up, say again what was on its way, and something new.
    pub fn come_back(self, subject: &Subject, threads: usize) -> Fallible<Returned> {
        let count = self.0.len();
        let mut shares: Vec<Vec<Left>> = (0..threads).map(|_| Vec::new()).collect();
        for left in self.0 {
            shares[left.number % threads].push(left);
        }
        let cpu = subject.pid().map(machine::cpu_seconds).transpose()?;
        let go = Arc::new(Barrier::new(threads + 1));
        let handles: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let (go, target) = (Arc::clone(&go), subject.target().clone());
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                    go.wait();
                    let back = LocalSet::new().block_on(&runtime, async {
                        futures_util::future::join_all(share.iter().map(|left| come_back(&target, left))).await
                    });
                    Fallible::Ok(back)
                })
            })
            .collect();
        go.wait();
        let began = Instant::now();
        let mut returned =
            Returned { seconds: 0.0, retries: 0, lost: 0, wrong: 0, first_trouble: None, server_cpu_us_each: None };
        for handle in handles {
            for back in handle.join().map_err(|_| "a client thread panicked")?? {
                match back {
                    Ok(Back { retries, trouble }) => {
                        returned.retries += u64::from(retries);
                        returned.wrong += usize::from(trouble.is_some());
                        returned.first_trouble = returned.first_trouble.take().or(trouble);
                    }
                    Err(error) => {
                        returned.lost += 1;
                        returned.first_trouble.get_or_insert(error.to_string());
                    }
                }
            }
        }
        returned.seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a count of visitors")]
        if let (Some(pid), Some(before)) = (subject.pid(), cpu) {
            returned.server_cpu_us_each = Some((machine::cpu_seconds(pid)? - before) * 1e6 / count as f64);
        }
        Ok(returned)
    }
}

struct Back {
    retries: u32,
    trouble: Option<String>,
}

async fn come_back(target: &crate::http::Target, left: &Left) -> Fallible<Back> {
    let mut retries = 0;
    loop {
        match once(target, left).await {
            Ok(trouble) => return Ok(Back { retries, trouble }),
            Err(error) if retries == TRIES => return Err(error),
            Err(_) => {
                retries += 1;
                let part = u64::try_from(left.number).unwrap_or_default().wrapping_mul(7_919).wrapping_add(now_ns()) % 250;
                tokio::time::sleep(AGAIN / 2 + Duration::from_millis(part)).await;
            }
        }
    }
}

/// One connection, until everything has been caught up with and acknowledged. Says what is not as it should be.
async fn once(target: &crate::http::Target, left: &Left) -> Fallible<Option<String>> {
    let after = format!("{{\"{}\":0}}", left.conversation);
    let mut socket = Socket::open_after(target, &left.credential, source(left.number), &after).await?;
    for id in ["kept", "new"] {
        socket.queue(send(id, &left.conversation, left.number)).await?;
    }
    socket.flush().await?;
    let mut events: HashMap<u32, String> = HashMap::new();
    let mut acked: HashMap<String, u32> = HashMap::new();
    while acked.len() < 2 || acked.values().any(|seq| !events.contains_key(seq)) {
        let text = socket.next().await?;
        let frame: Frame = serde_json::from_str(&text)?;
        match (&*frame.t, frame.seq) {
            ("event", Some(seq)) => {
                events.insert(seq, frame.text.unwrap_or_default().into_owned());
            }
            ("ack", Some(seq)) => {
                acked.insert(frame.id.unwrap_or_default().into_owned(), seq);
            }
            ("refused" | "bye", _) => return Err(text.to_string().into()),
            _ => {}
        }
    }
    let last = events.keys().copied().max().unwrap_or_default();
    if let Some(hole) = (1..=last).find(|seq| !events.contains_key(seq)) {
        return Ok(Some(format!("visitor {}: number {hole} of {last} is missing", left.number)));
    }
    for (id, text) in [("start", "begins"), ("kept", "kept"), ("new", "new")] {
        let said = format!("{} {text}", left.number);
        let times = events.values().filter(|it| **it == said).count();
        if times != 1 {
            return Ok(Some(format!("visitor {}: {id} stands there {times} times", left.number)));
        }
    }
    Ok(None)
}

#[derive(Debug, Default)]
pub struct Flooded {
    pub sent: u64,
    pub acked: u64,
    pub refused: u64,
}

/// One visitor who sends this many messages a second for this long, whatever is answered. A server may hang up on them.
pub fn flood(subject: &Subject, per_second: u32, lasting: Duration) -> Fallible<Flooded> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let site = subject.site().ok_or("the reference has no chats")?.to_owned();
        let token = subject.visitor_token(9).await?;
        let mut socket = Socket::open(subject.target(), &Credential::Visitor { token, site }, 9).await?;
        let ack = socket.ask("{\"t\":\"start\",\"id\":\"start\",\"text\":\"flood\"}".to_owned(), "ack").await?;
        let frame: Frame = serde_json::from_str(&ack)?;
        let conversation = frame.conversation.ok_or("an ack without its conversation")?.into_owned();
        let mut flooded = Flooded::default();
        let until = Instant::now() + lasting;
        let mut tick = tokio::time::interval(Duration::from_secs(1) / per_second);
        while Instant::now() < until {
            tokio::select! {
                _ = tick.tick() => {
                    flooded.sent += 1;
                    let frame = format!("{{\"t\":\"send\",\"id\":\"f{}\",\"conversation\":\"{conversation}\",\"text\":\"flood\"}}", flooded.sent);
                    socket.queue(frame).await?;
                    socket.flush().await?;
                }
                text = socket.next() => {
                    let text = text?;
                    match &*serde_json::from_str::<Frame>(&text)?.t {
                        "ack" => flooded.acked += 1,
                        "refused" => flooded.refused += 1,
                        _ => {}
                    }
                }
            }
        }
        Ok(flooded)
    })
}
