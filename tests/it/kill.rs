//! `kill -9` in the middle of talks, again and again: every acknowledged message is there afterwards, exactly once, under the
//! number it was acknowledged with, and nothing that was sent once stands there twice.
//!
//! `tests/kill-loop 200` runs the long form. The seed is printed; the same seed cuts after the same numbers of messages.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use parlor::service::Random;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::chat::{Acked, Chat};
use crate::harness::disk;
use crate::harness::http::{Browser, Door};
use crate::harness::process::{ADMIN, PASSWORD, Server, set_up};
use crate::harness::world::{SeededRandom, must_come};

const VISITORS: usize = 6;
const ROUNDS_IN_SHORT: u32 = 3;

/// One side of one talk: what it was told is safe, and what it does not know about.
#[derive(Default)]
struct Ledger {
    acked: Vec<(Acked, String)>,
    /// Sent, and the answer never came: it may be there or not, but never twice.
    pending: Option<Value>,
}

/// A visitor with their talk and both sides' ledgers, as they stood when the server was killed.
struct Talk {
    site: String,
    token: String,
    who: String,
    conversation: String,
    visitor: Ledger,
    operator: Ledger,
}

/// Shared by all writers of a round: counts acknowledgements and rings when there were enough.
struct Round {
    acked: Cell<u32>,
    enough: u32,
    rung: Notify,
}

impl Round {
    fn count(&self) {
        self.acked.set(self.acked.get() + 1);
        if self.acked.get() == self.enough {
            self.rung.notify_one();
        }
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn every_acknowledged_message_survives_kill_9_once_and_in_order() {
    let rounds = setting("PARLOR_KILL_ROUNDS").map_or(ROUNDS_IN_SHORT, |rounds| u32::try_from(rounds).unwrap());
    let seed = setting("PARLOR_KILL_SEED").unwrap_or_else(|| {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).unwrap();
        u32::from_le_bytes(bytes).into()
    });
    println!("kill -9: {rounds} rounds, seed {seed} (repeat with: tests/kill-loop {rounds} {seed})");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Counts { passed, failed, messages } = LocalSet::new().block_on(&runtime, all_rounds(rounds, seed));
    println!("{passed} passed, {failed} failed ({messages} acknowledged messages looked for)");
    assert_eq!(failed, 0, "seed {seed}");
}

#[derive(Default)]
struct Counts {
    passed: u32,
    failed: u32,
    messages: usize,
}

async fn all_rounds(rounds: u32, seed: u64) -> Counts {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = set_up(&data).site;
    let random = SeededRandom::new(seed);
    let below = |bound: u32| {
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        u32::from_le_bytes(bytes) % bound
    };
    let mut counts = Counts::default();
    let mut talks: Vec<Talk> = Vec::new();
    let mut texts = BTreeSet::new();
    // One start more than rounds: what the last kill left is checked as well.
    for round in 0..=rounds {
        let server = start(&data);
        let door = server.door().await;
        if round > 0 {
            let wrong = check_all(&door, &mut talks).await;
            counts.messages += acknowledged(&talks);
            if wrong.is_empty() {
                counts.passed += 1;
            } else {
                counts.failed += 1;
                println!("round {round}: {} acknowledged, wrong:\n  {}", acknowledged(&talks), wrong.join("\n  "));
            }
        }
        if round == rounds {
            break;
        }
        let enough = 1 + below(400);
        talks = write_until_killed(server, &door, &site, round, enough, below(200)).await;
        texts.extend(
            talks
                .iter()
                .flat_map(|talk| talk.visitor.acked.iter().chain(&talk.operator.acked))
                .map(|(_, text)| text.clone())
                .take(20),
        );
    }
    let leaks = disk::search(&data, &texts.into_iter().collect::<Vec<_>>());
    assert!(leaks.is_empty(), "in clear on the disk: {leaks:?}");
    counts
}

fn acknowledged(talks: &[Talk]) -> usize {
    talks.iter().map(|talk| talk.visitor.acked.len() + talk.operator.acked.len()).sum()
}

fn start(data: &Path) -> Server {
    Server::start(data, &["--visitor-burst", "1000000", "--visitor-per-second", "1000000", "--log-level", "warn"])
}

/// New visitors and one operator write as fast as answers come, until so many messages are acknowledged; then the server is
/// killed, at whatever the rest are in the middle of.
async fn write_until_killed(server: Server, door: &Door, site: &str, round: u32, enough: u32, later: u32) -> Vec<Talk> {
    let shared = Rc::new(Round { acked: Cell::new(0), enough, rung: Notify::new() });
    let mut operator = Operator::signed_in(door, ADMIN, PASSWORD).await;
    operator.connect().await;
    let mut writers = Vec::new();
    let mut conversations = Vec::new();
    for number in 0..VISITORS {
        let who = format!("r{round}v{number}");
        let mut visitor = Visitor::new(door, site, &who).await;
        visitor.connect().await;
        let text = format!("the first message of {who}");
        let started = visitor.start(&text).await;
        operator.accept(&started.conversation).await;
        conversations.push(started.conversation.clone());
        writers.push((visitor, started, text));
    }
    let ledgers: Rc<RefCell<BTreeMap<usize, (Visitor, Ledger)>>> = Rc::default();
    let mut tasks = Vec::new();
    for (number, (mut visitor, started, text)) in writers.into_iter().enumerate() {
        let (shared, ledgers) = (Rc::clone(&shared), Rc::clone(&ledgers));
        tasks.push(tokio::task::spawn_local(async move {
            let mut ledger = Ledger { acked: vec![(started.clone(), text)], pending: None };
            write(&mut visitor, &mut ledger, &[started.conversation], &shared).await;
            ledgers.borrow_mut().insert(number, (visitor, ledger));
        }));
    }
    let operators: Rc<RefCell<Ledger>> = Rc::default();
    {
        let (shared, operators, conversations) = (Rc::clone(&shared), Rc::clone(&operators), conversations.clone());
        tasks.push(tokio::task::spawn_local(async move {
            let mut ledger = Ledger::default();
            write(&mut operator, &mut ledger, &conversations, &shared).await;
            *operators.borrow_mut() = ledger;
        }));
    }
    must_come("enough acknowledgements", shared.rung.notified()).await;
    // The rest go on for a little while, so that the cut does not always come right behind an answer.
    for _ in 0..later {
        tokio::task::yield_now().await;
    }
    server.kill();
    for task in tasks {
        must_come("the writers notice", task).await.unwrap();
    }
    let mut by_conversation: BTreeMap<String, Ledger> = BTreeMap::new();
    let Ledger { acked, pending } = operators.take();
    for (acked, text) in acked {
        by_conversation.entry(acked.conversation.clone()).or_default().acked.push((acked, text));
    }
    if let Some(pending) = pending {
        let conversation = pending["conversation"].as_str().unwrap().to_owned();
        by_conversation.entry(conversation).or_default().pending = Some(pending);
    }
    ledgers
        .take()
        .into_iter()
        .map(|(number, (visitor, ledger))| Talk {
            site: site.to_owned(),
            token: visitor.token.clone(),
            who: format!("r{round}v{number}"),
            operator: by_conversation.remove(&conversations[number]).unwrap_or_default(),
            conversation: conversations[number].clone(),
            visitor: ledger,
        })
        .collect()
}

/// Sends one message after the other, each once the one before is acknowledged, until the line is cut.
async fn write(chat: &mut Chat, ledger: &mut Ledger, conversations: &[String], round: &Round) {
    for conversation in conversations.iter().cycle() {
        let id = chat.new_id();
        let text = format!("{id}: words that must not get lost");
        let frame = json!({"t": "send", "id": id, "conversation": conversation, "text": text});
        ledger.pending = Some(frame.clone());
        let Some(acked) = chat.attempt(&frame).await else { return };
        ledger.pending = None;
        ledger.acked.push((acked, text));
        round.count();
    }
}

/// Everybody returns and sends again what they do not know about; then all is held against the ledgers.
async fn check_all(door: &Door, talks: &mut [Talk]) -> Vec<String> {
    let mut operator = Operator::signed_in(door, ADMIN, PASSWORD).await;
    operator.connect().await;
    let mut wrong = Vec::new();
    for talk in talks {
        if let Some(pending) = talk.operator.pending.take() {
            resend(&mut operator, &mut talk.operator, pending, &mut wrong).await;
        }
        let mut visitor = Visitor::new(door, &talk.site, &talk.who).await;
        visitor.token.clone_from(&talk.token);
        visitor.browser = Browser::new(door);
        visitor.connect().await;
        let last = visitor.sees_state(&talk.conversation, |_| true).await["last"].as_u64().unwrap();
        if let Some(pending) = talk.visitor.pending.take() {
            resend(&mut visitor, &mut talk.visitor, pending, &mut wrong).await;
        }
        check(&mut visitor, talk, last, &mut wrong).await;
        // Closed talks make room: the next round's list is about the next round.
        operator.close(&talk.conversation).await;
    }
    wrong
}

async fn resend(chat: &mut Chat, ledger: &mut Ledger, pending: Value, wrong: &mut Vec<String>) {
    match chat.attempt(&pending).await {
        Some(acked) => ledger.acked.push((acked, pending["text"].as_str().unwrap().to_owned())),
        None => wrong.push(format!("{pending} was not acknowledged after the restart")),
    }
}

async fn check(visitor: &mut Visitor, talk: &Talk, last: u64, wrong: &mut Vec<String>) {
    let it = &talk.conversation;
    let known = talk.visitor.acked.iter().chain(&talk.operator.acked).map(|(acked, _)| acked.seq).max().unwrap_or(0);
    visitor.catch_up(it, last.max(known)).await;
    let mut found: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (seq, event) in &visitor.events[it] {
        if let Some(text) = event["text"].as_str() {
            found.entry(text).or_default().push(*seq);
        }
    }
    for (side, ledger) in [("visitor", &talk.visitor), ("operator", &talk.operator)] {
        let mut before = 0;
        for (acked, text) in &ledger.acked {
            match found.get(text.as_str()).map(Vec::as_slice) {
                Some([seq]) if *seq == acked.seq => {}
                other => wrong.push(format!("{} {side} {}: acknowledged as {}, found {other:?}", talk.who, acked.id, acked.seq)),
            }
            if acked.seq <= before {
                wrong.push(format!("{} {side} {}: {} does not follow {before}", talk.who, acked.id, acked.seq));
            }
            before = acked.seq;
        }
    }
    if let Some((text, seqs)) = found.iter().find(|(_, seqs)| seqs.len() > 1) {
        wrong.push(format!("{} {text:?} stands there twice: {seqs:?}", talk.who));
    }
}
