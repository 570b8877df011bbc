//! Group commit of small events, beside the same bytes group-committed into a prewritten file by the same number of callers in
//! the same run; then purging, opening and memory. Run with `cargo bench --bench store`; figures depend on the disk, the
//! ratio to the raw file much less.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hdrhistogram::Histogram;
use parking_lot::{Condvar, Mutex};
use parlor::domain::audit::{AuditActor, PurgeRule};
use parlor::domain::conversation::{Conversation, State};
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::{ConversationId, SiteId};
use parlor::domain::text::MessageText;
use parlor::domain::time::Timestamp;
use parlor::domain::visitor::Visitor;
use parlor::store::{Purge, Store};
use parlor::vault::RootKey;
use tokio::sync::oneshot;

/// Characters of a typical chat message.
const TEXT: usize = 100;
/// What one event of that length is on disk, key included.
const EVENT_BYTES: usize = 190;
const LASTS: Duration = Duration::from_secs(3);
/// Callers are async tasks on this many threads, as in the running appliance.
const THREADS: usize = 2;

fn main() {
    // `cargo test --benches` only asks whether it runs.
    let short = std::env::args().any(|argument| argument == "--test");
    let lasts = if short { Duration::from_millis(50) } else { LASTS };
    let callers: &[usize] = if short { &[4] } else { &[1, 16, 64, 100, 256] };
    let dir = std::env::var_os("PARLOR_BENCH_DIR").map_or_else(|| std::env::current_dir().unwrap(), Into::into);
    let dir = tempfile::Builder::new().prefix("parlor-bench-").tempdir_in(dir).unwrap();

    // First of all: later, the process has grown from its own load.
    let empty = Bench::new(&dir.path().join("empty"));
    println!("memory with an empty store: {:.1} MiB\n", resident_mib());
    empty.store.close();
    println!(
        "callers      store/s   p50 µs   p99 µs  p99.9 µs  CPU µs/event |  raw file/s   p50 µs   p99 µs | store/raw | others busy"
    );
    for &count in callers {
        let busy = Busy::start();
        let store = Bench::new(&dir.path().join(format!("store-{count}")));
        let ours = run(count, lasts, |caller| store.caller(caller));
        store.store.close();
        let raw = Raw::start(&dir.path().join(format!("raw-{count}")));
        let ceiling = run(count, lasts, |_| || raw.commit());
        raw.end();
        let micros = |figures: &Figures, quantile: f64| figures.latency.value_at_quantile(quantile) / 1_000;
        println!(
            "{count:>7} {:>12.0} {:>8} {:>8} {:>9} {:>13.1} | {:>11.0} {:>8} {:>8} | {:>9.2} | {:>5.0} %",
            ours.per_second,
            micros(&ours, 0.5),
            micros(&ours, 0.99),
            micros(&ours, 0.999),
            ours.cpu_micros,
            ceiling.per_second,
            micros(&ceiling, 0.5),
            micros(&ceiling, 0.99),
            ours.per_second / ceiling.per_second,
            busy.percent(),
        );
    }
    purging(&dir.path().join("purging"), if short { 20 } else { 20_000 });
}

struct Figures {
    per_second: f64,
    cpu_micros: f64,
    latency: Histogram<u64>,
}

/// `count` tasks that each commit, wait, and commit again.
fn run<F: AsyncFn()>(count: usize, lasts: Duration, caller: impl Fn(usize) -> F + Sync) -> Figures {
    let latency = Mutex::new(Histogram::<u64>::new(3).unwrap());
    let done = AtomicU64::new(0);
    let (started, cpu) = (Instant::now(), cpu_seconds());
    std::thread::scope(|scope| {
        for thread in 0..THREADS.min(count) {
            let (caller, latency, done) = (&caller, &latency, &done);
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                let tasks = (thread..count).step_by(THREADS).map(async |number| {
                    let commit = caller(number);
                    let mut mine = Histogram::<u64>::new(3).unwrap();
                    while started.elapsed() < lasts {
                        let since = Instant::now();
                        commit().await;
                        mine.record(u64::try_from(since.elapsed().as_nanos()).unwrap()).unwrap();
                    }
                    done.fetch_add(mine.len(), Ordering::Relaxed);
                    latency.lock().add(mine).unwrap();
                });
                runtime.block_on(join_all(tasks));
            });
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a count of events in a few seconds")]
    let events = done.into_inner() as f64;
    Figures {
        per_second: events / started.elapsed().as_secs_f64(),
        cpu_micros: (cpu_seconds() - cpu) * 1e6 / events,
        latency: latency.into_inner(),
    }
}

struct Bench {
    store: Store,
}

impl Bench {
    fn new(dir: &Path) -> Self {
        Self { store: Store::open(dir, &RootKey::generate().unwrap(), Box::new(|_| {})).unwrap() }
    }

    /// One conversation, in which event follows event.
    fn caller(&self, number: usize) -> impl AsyncFn() + use<> {
        let store = self.store.clone();
        let open = start(&store, number);
        let text = MessageText::parse(&"x".repeat(TEXT)).unwrap();
        async move || {
            let commit = {
                let mut open = open.lock();
                open.last += 1;
                let kind = EventKind::Message(text.clone());
                let event =
                    Event { seq: open.last, at: Timestamp::from_millis(1), author: Author::Visitor, kind, client_id: None };
                let mut batch = store.batch();
                batch.put_event(open.head.id, &event);
                store.commit(batch)
            };
            commit.durable().await.unwrap();
        }
    }
}

fn start(store: &Store, number: usize) -> Arc<Mutex<parlor::store::OpenConversation>> {
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
    };
    let mut batch = store.batch();
    let open = batch.start_conversation(&head);
    drop(store.commit(batch));
    open
}

/// The ceiling: the same bytes, a preallocated and prewritten file, one thread, one fdatasync for all that wait.
struct Raw {
    shared: Arc<RawShared>,
    thread: std::thread::JoinHandle<()>,
}

#[derive(Default)]
struct RawShared {
    waiting: Mutex<Vec<oneshot::Sender<()>>>,
    arrived: Condvar,
    ended: AtomicBool,
}

impl Raw {
    fn start(path: &Path) -> Self {
        const BYTES: usize = 64 * 1024 * 1024;
        let file = OpenOptions::new().create(true).truncate(true).write(true).open(path).unwrap();
        file.write_all_at(&vec![0x5a; BYTES], 0).unwrap();
        file.sync_all().unwrap();
        let shared = Arc::new(RawShared::default());
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || Self::write(&shared, &file, BYTES)
        });
        Self { shared, thread }
    }

    fn write(shared: &RawShared, file: &File, bytes: usize) {
        let mut end = 0;
        loop {
            let group = {
                let mut waiting = shared.waiting.lock();
                while waiting.is_empty() {
                    if shared.ended.load(Ordering::Relaxed) {
                        return;
                    }
                    shared.arrived.wait_for(&mut waiting, Duration::from_millis(50));
                }
                std::mem::take(&mut *waiting)
            };
            let frame = vec![0xa5; group.len() * EVENT_BYTES];
            if end + frame.len() > bytes {
                end = 0;
            }
            file.write_all_at(&frame, end as u64).unwrap();
            file.sync_data().unwrap();
            end += frame.len();
            for answer in group {
                let _ = answer.send(());
            }
        }
    }

    async fn commit(&self) {
        let (answer, durable) = oneshot::channel();
        self.shared.waiting.lock().push(answer);
        self.shared.arrived.notify_one();
        durable.await.unwrap();
    }

    fn end(self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

fn purging(dir: &Path, conversations: usize) {
    let root = RootKey::generate().unwrap();
    let store = Store::open(dir, &root, Box::new(|_| {})).unwrap();
    println!();
    let mut ids = Vec::new();
    for number in 0..conversations {
        let open = start(&store, number);
        let mut open = open.lock();
        let mut batch = store.batch();
        for seq in 1..=20 {
            let kind = EventKind::Message(MessageText::parse(&"x".repeat(TEXT)).unwrap());
            let event = Event { seq, at: Timestamp::from_millis(1), author: Author::Visitor, kind, client_id: None };
            batch.put_event(open.head.id, &event);
        }
        open.head.close(Timestamp::from_millis(2));
        batch.put_conversation(&open.head);
        let commit = store.commit(batch);
        ids.push(open.head.id);
        drop(open);
        if number % 512 == 511 || number + 1 == conversations {
            commit.wait().unwrap();
        }
    }
    store.close();
    drop(store);
    let since = Instant::now();
    let store = Store::open(dir, &root, Box::new(|_| {})).unwrap();
    println!(
        "opening {conversations} closed conversations of 20 messages: {:.0} ms, {:.0} bytes on disk a message",
        since.elapsed().as_secs_f64() * 1e3,
        disk_bytes(dir) / (conversations * 20) as f64
    );
    for count in [1, 100.min(conversations / 2), conversations / 4] {
        let doomed: Vec<_> = ids.split_off(ids.len() - count);
        let purge = Purge {
            site: SiteId::from_bytes([1; 16]),
            conversations: doomed,
            rule: PurgeRule::Policy,
            actor: AuditActor::Timer,
            now: Timestamp::from_millis(3),
        };
        let since = Instant::now();
        store.purge(purge).wait().unwrap();
        let took = since.elapsed().as_secs_f64();
        println!("purging {count} of them: {:.1} ms, {:.0}/s", took * 1e3, count as f64 / took);
    }
}

fn disk_bytes(dir: &Path) -> f64 {
    std::fs::metadata(dir.join("index-1/db")).map_or(0.0, |file| file.len() as f64)
}

/// A figure of /proc/self/status, in MiB.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1_024.0
}

/// User and system time of this process so far. Linux counts it in hundredths of a second (proc(5)).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// How busy the rest of the machine was.
struct Busy {
    all: f64,
    idle: f64,
    own: f64,
}

impl Busy {
    fn start() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").unwrap();
        let fields: Vec<f64> =
            stat.lines().next().unwrap().split_whitespace().skip(1).take(8).map(|it| it.parse().unwrap()).collect();
        Self { all: fields.iter().sum::<f64>() / 100.0, idle: (fields[3] + fields[4]) / 100.0, own: cpu_seconds() }
    }

    fn percent(&self) -> f64 {
        let now = Self::start();
        let (all, idle, own) = (now.all - self.all, now.idle - self.idle, now.own - self.own);
        ((all - idle - own) / all * 100.0).max(0.0)
    }
}
