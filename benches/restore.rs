//! Backing up and restoring an installation of 1 GB (or PARLOR_BENCH_MB): closed conversations of 20 messages, sealed as always.
//! Restoring counts from the command to the moment at which the new directory could take the place of the old one: proven, made,
//! opened, verified. Run with `cargo bench --bench restore`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use parlor::domain::conversation::{Conversation, State};
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::{ConversationId, SiteId, base32};
use parlor::domain::text::MessageText;
use parlor::domain::time::Timestamp;
use parlor::domain::visitor::Visitor;
use parlor::service::Random;
use parlor::service::restoration::{Restoration, Since};
use parlor::store::{Destination, Store};
use parlor::vault::container::Kind;
use parlor::vault::{Key, RootKey, SigningKey};

const MESSAGES: u32 = 20;
/// Random bytes of a message, which are written as base32: text that hardly compresses, so that a gigabyte is reached soon.
const TEXT_BYTES: usize = 90;

struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

struct ToFile(BufWriter<File>);

impl Write for ToFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Destination for ToFile {}

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let short = std::env::args().any(|argument| argument == "--test");
    let megabytes = std::env::var("PARLOR_BENCH_MB").map_or(if short { 2 } else { 1_000 }, |text| text.parse().unwrap());
    let dir = std::env::var_os("PARLOR_BENCH_DIR").map_or_else(|| std::env::current_dir().unwrap(), Into::into);
    let dir = tempfile::Builder::new().prefix("parlor-bench-").tempdir_in(dir).unwrap();
    let root = RootKey::generate().unwrap();
    let signer = || SigningKey::from_seed(&Key::from_bytes([7; 32])).unwrap();

    let store = Store::open(&dir.path().join("data"), &root, Box::new(|_| {})).unwrap();
    let since = Instant::now();
    let conversations = fill(&store, megabytes * 1_000_000);
    println!("{conversations} conversations of {MESSAGES} messages written in {:.1} s", since.elapsed().as_secs_f64());
    let file = dir.path().join("backup.parlor");
    let since = Instant::now();
    let out = ToFile(BufWriter::with_capacity(1 << 20, File::create(&file).unwrap()));
    let (out, copied) = store.back_up(Kind::Backup, signer(), Timestamp::from_millis(3), out).unwrap();
    out.0.into_inner().unwrap().sync_all().unwrap();
    report("backed up", copied.bytes, since);
    store.close();
    drop(store);

    let restoration = Restoration {
        backup: &file,
        open: &|unopened| unopened.open(&root),
        into: &dir.path().join("restored"),
        root: &root,
        now: Timestamp::from_millis(4),
        random: &OsRandom,
    };
    let whole = Instant::now();
    restoration.prove(&mut |_, _, _| {}).unwrap();
    report("proven", copied.bytes, whole);
    let since = Instant::now();
    let mut steps = Vec::new();
    let mut progress = |step, _, _| {
        if steps.last().is_none_or(|(last, _)| *last != step) {
            steps.push((step, since.elapsed().as_secs_f64()));
        }
    };
    let outcome = restoration.carry_out(|_| Ok(Since::default()), &mut progress).unwrap();
    assert_eq!(outcome.contents.conversations, conversations);
    println!("steps began after (s): {steps:?}");
    report("restored altogether", copied.bytes, whole);
    println!("the restored database takes {} MB", size_of(&dir.path().join("restored")) / 1_000_000);
}

#[expect(clippy::cast_precision_loss, reason = "megabytes to a tenth")]
fn report(what: &str, bytes: u64, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    let megabytes = bytes as f64 / 1e6;
    println!("{what}: {megabytes:.0} MB in {seconds:.1} s, {:.0} MB/s", megabytes / seconds);
}

fn size_of(path: &Path) -> u64 {
    if path.is_dir() {
        std::fs::read_dir(path).unwrap().map(|entry| size_of(&entry.unwrap().path())).sum()
    } else {
        path.metadata().unwrap().len()
    }
}

/// Conversations until the database holds so many bytes; how many there are.
fn fill(store: &Store, bytes: u64) -> u64 {
    let mut number = 0_u64;
    while number == 0 || !number.is_multiple_of(4_096) || store.live_bytes().unwrap() < bytes {
        let open = start(store, number);
        let mut open = open.lock();
        let mut batch = store.batch();
        for seq in 1..=MESSAGES {
            let mut text = [0; TEXT_BYTES];
            getrandom::fill(&mut text).unwrap();
            let kind = EventKind::Message(MessageText::parse(&base32(&text)).unwrap());
            let event = Event { seq, at: Timestamp::from_millis(1), author: Author::Visitor, kind, client_id: None };
            batch.put_event(open.head.id, &event);
        }
        open.head.close(Timestamp::from_millis(2));
        batch.put_conversation(&open.head);
        let commit = store.commit(batch);
        drop(open);
        number += 1;
        if number.is_multiple_of(256) {
            commit.wait().unwrap();
        }
    }
    store.commit(store.batch()).wait().unwrap();
    number
}

fn start(store: &Store, number: u64) -> Arc<parking_lot::Mutex<parlor::store::OpenConversation>> {
    let mut id = [9; 16];
    id[4..12].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let mut token_index = [0; 32];
    token_index[..16].copy_from_slice(&id);
    let head = Conversation {
        id: ConversationId::from_bytes(id),
        site: SiteId::from_bytes([1; 16]),
        visitor: Visitor::default(),
        token_index,
        state: State::Waiting,
        started_at: Timestamp::from_millis(0),
        about: parlor::domain::about::About::default(),
    };
    let mut batch = store.batch();
    let open = batch.start_conversation(&head);
    drop(store.commit(batch));
    open
}
