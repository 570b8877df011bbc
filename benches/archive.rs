//! What lies closed: how much disk a message takes, how long a start takes and how much memory it holds with so many, how fast
//! words are found in all of them, and how fast all of them are read. Run with `cargo bench --bench archive -- [CONVERSATIONS]`;
//! each has 20 messages of about 143 bytes, of words as people use them.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use parlor::domain::conversation::{Conversation, State};
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::{ConversationId, SiteId};
use parlor::domain::text::{ClientId, MessageText};
use parlor::domain::time::Timestamp;
use parlor::domain::visitor::Visitor;
use parlor::store::Store;
use parlor::vault::RootKey;

const MESSAGES: usize = 20;
const TEXT: usize = 143;
const ROOT: [u8; 32] = [7; 32];
/// Stands in one conversation of a thousand.
const RARE: &str = "Umbrella stand";

const WORDS: &str = "the be to of and a in that have I it for not on with he as you do at this but his by from they we say \
    her she or an will my one all would there their what so up out if about who get which go me when make can like time no just \
    him know take people into year your good some could them see other than then now look only come its over think also back \
    after use two how our work first well way even new want because any these give day most us appointment doctor insurance card \
    phone number address tomorrow morning afternoon please thank hello welcome question order delivery invoice payment refund \
    account password website page error message email address street house Monday Tuesday Wednesday Thursday Friday waiting \
    minutes possible certainly unfortunately available practice reception prescription medicine tablets pain knee shoulder";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--open") {
        return opened(Path::new(&arguments[at + 1]));
    }
    // `cargo test --benches` only asks whether it runs.
    let short = arguments.iter().any(|argument| argument == "--test");
    let given = arguments.iter().find_map(|argument| argument.parse().ok());
    let conversations = given.unwrap_or(if short { 100 } else { 50_000 });
    let dir = std::env::var_os("PARLOR_BENCH_DIR").map_or_else(|| std::env::current_dir().unwrap(), Into::into);
    let dir = tempfile::Builder::new().prefix("parlor-archive-").tempdir_in(dir).unwrap();
    let data = dir.path().join("data");
    fill(&data, conversations);
    let child = Command::new(std::env::current_exe().unwrap()).arg("--open").arg(&data).status().unwrap();
    assert!(child.success());
}

fn open(dir: &Path) -> Store {
    Store::open(dir, &RootKey::from_bytes(ROOT), Box::new(|_| {})).unwrap()
}

/// Random enough, and the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    /// Common words are common.
    fn text(&mut self, words: &[&str]) -> String {
        let mut text = String::new();
        while text.len() < TEXT {
            let at = self.roll(words.len()).min(self.roll(words.len()));
            text.push_str(words[at]);
            text.push(' ');
        }
        text
    }
}

fn fill(dir: &Path, conversations: usize) {
    let (words, mut dice) = (WORDS.split_whitespace().collect::<Vec<_>>(), Dice(1));
    let store = open(dir);
    let started = Instant::now();
    let mut bytes = 0;
    for number in 0..conversations {
        let mut id = [9; 16];
        id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let mut token_index = [0; 32];
        token_index[..16].copy_from_slice(&id);
        let head = Conversation {
            id: ConversationId::from_bytes(id),
            site: SiteId::from_bytes([1; 16]),
            visitor: Visitor::default(),
            token_index,
            state: State::Waiting,
            started_at: Timestamp::from_millis(0),
        };
        let mut batch = store.batch();
        let talk = batch.start_conversation(&head);
        let mut talk = talk.lock();
        for seq in 1..=u32::try_from(MESSAGES).unwrap() {
            let mut text = dice.text(&words);
            if number % 1_000 == 7 && seq == 5 {
                text.push_str(RARE);
            }
            bytes += text.len();
            let client_id = ClientId::parse(&format!("{:016x}", dice.roll(usize::MAX))).ok();
            let kind = EventKind::Message(MessageText::parse(&text).unwrap());
            batch.put_event(
                head.id,
                &Event { seq, at: Timestamp::from_millis(i64::from(seq)), author: Author::Visitor, kind, client_id },
            );
        }
        drop(store.commit(batch));
        let mut batch = store.batch();
        talk.head.close(Timestamp::from_millis(i64::try_from(number).unwrap()));
        batch.put_conversation(&talk.head);
        let commit = store.commit(batch);
        if number % 500 == 0 {
            commit.wait().unwrap();
        }
    }
    store.commit(store.batch()).wait().unwrap();
    let messages = conversations * MESSAGES;
    println!(
        "{messages} messages of {} bytes in {conversations} conversations, written and closed in {:.1} s",
        bytes / messages,
        seconds(started.elapsed())
    );
    let compacting = Instant::now();
    let compacted = store.compact().unwrap();
    println!("compacted in {:.1} s: {compacted:?}", seconds(compacting.elapsed()));
    store.close();
    let database = size(dir, "index-");
    println!(
        "on disk: {:.0} bytes a message in the database, {:.1} MiB beside it",
        per(database, messages),
        per(size(dir, "") - database, 1 << 20)
    );
}

/// In a process of its own, so that memory is what opening needs.
fn opened(dir: &Path) {
    let before = resident_mib();
    let started = Instant::now();
    let store = open(dir);
    println!(
        "opened {} closed conversations in {:.0} ms; memory {:.1} MiB, {before:.1} before",
        store.closed_count(),
        millis(started.elapsed()),
        resident_mib()
    );
    for threads in [1, 2, 4] {
        let threads = NonZero::new(threads).unwrap();
        let mut best = Duration::MAX;
        let mut hits = 0;
        for _ in 0..3 {
            let started = Instant::now();
            hits = store.search(&RARE.to_lowercase(), 1_000, threads, |_, _| true).unwrap().len();
            best = best.min(started.elapsed());
        }
        println!("{threads} threads: {hits} conversations found in {:.0} ms", millis(best));
        let started = Instant::now();
        let mut messages = 0;
        let take = |events| {
            messages += events;
            ControlFlow::Continue(())
        };
        store.each_conversation(threads, |_, events| events.len(), take).unwrap();
        println!(
            "{threads} threads: {messages} messages read, {:.0} a second",
            per(messages as u64, 1) / seconds(started.elapsed())
        );
    }
    println!("memory {:.1} MiB", resident_mib());
    store.close();
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[expect(clippy::cast_precision_loss, reason = "figures of at most some billions")]
fn per(count: u64, of: usize) -> f64 {
    count as f64 / of as f64
}

/// Bytes of all files below whose first directory begins so.
fn size(dir: &Path, prefix: &str) -> u64 {
    let mut waiting: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap()).collect();
    waiting.retain(|entry| entry.file_name().to_str().unwrap().starts_with(prefix));
    let mut bytes = 0;
    while let Some(entry) = waiting.pop() {
        if entry.file_type().unwrap().is_dir() {
            waiting.extend(std::fs::read_dir(entry.path()).unwrap().map(|entry| entry.unwrap()));
        } else {
            bytes += entry.metadata().unwrap().len();
        }
    }
    bytes
}

fn resident_mib() -> f64 {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    per(pages * 4_096, 1 << 20)
}
