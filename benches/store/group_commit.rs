//! Small events, made durable by group commit, beside the same bytes group-committed into a file that was written before, by the
//! same number of callers. Callers are async tasks, as in the running appliance.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hdrhistogram::Histogram;
use parking_lot::{Condvar, Mutex};
use parlor::store::Store;
use tokio::sync::oneshot;

use crate::report::{Goal, milliseconds};
use crate::talks::{self, Talk};
use crate::text::Writer;
use crate::{Bench, Fallible};

/// The callers' threads.
const THREADS: usize = 2;
/// What one message of the mean length is in the journal: its key, its seal and its client's id included.
const MESSAGE_BYTES: usize = 260;

pub fn measure(bench: &mut Bench) -> Fallible<()> {
    let length = Duration::from_secs_f64(bench.extent.seconds);
    for writers in bench.extent.writers.clone() {
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..bench.extent.rounds {
            ours.push(bench.beside_others(|bench| {
                let directory = bench.new_directory()?;
                let store = talks::open(directory.path())?;
                let round = run("caller", writers, length, |number| caller(&store, number));
                store.close();
                round
            })?);
            raw.push(bench.beside_others(|bench| {
                let raw = Raw::start(bench.directory.path())?;
                let round = run("raw-caller", writers, length, |_| Ok(async || raw.commit().await));
                raw.end();
                round
            })?);
        }
        let goal = if [16, 256].contains(&writers) { Goal::RatioAtLeast(0.5) } else { Goal::None };
        let per_second = |rounds: &[Round]| rounds.iter().map(|round| round.per_second).collect();
        bench.report.add(format!("Durable writes, {writers} writers"), "/s", per_second(&ours), per_second(&raw), goal);
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            let latency =
                |rounds: &[Round]| rounds.iter().map(|round| milliseconds(&round.latency, quantile)).collect::<Vec<_>>();
            bench.report.add(format!("… {name}"), "ms", latency(&ours), latency(&raw), Goal::None);
        }
        let cost = |rounds: &[Round]| rounds.iter().map(|round| round.cpu_micros).collect();
        bench.report.add("… processor time of a write and its caller", "µs", cost(&ours), cost(&raw), Goal::None);
    }
    Ok(())
}

/// Many callers, for as long as the process lives.
pub fn write_until_killed(store: &Store, writers: usize) -> Fallible<()> {
    run("caller", writers, Duration::MAX, |number| caller(store, number)).map(drop)
}

struct Round {
    per_second: f64,
    cpu_micros: f64,
    latency: Histogram<u64>,
}

/// `count` tasks that each commit, wait, and commit again.
fn run<F: AsyncFnMut() -> Fallible<()> + Send>(
    name: &str,
    count: usize,
    length: Duration,
    caller: impl Fn(usize) -> Fallible<F> + Sync,
) -> Fallible<Round> {
    let callers: Vec<F> = (0..count).map(caller).collect::<Fallible<_>>()?;
    let mut threads: Vec<Vec<F>> = (0..THREADS.min(count)).map(|_| Vec::new()).collect();
    for (number, caller) in callers.into_iter().enumerate() {
        let thread = number % threads.len();
        threads[thread].push(caller);
    }
    let latency = Mutex::new(Histogram::<u64>::new(3)?);
    let done = AtomicU64::new(0);
    let (started, cpu) = (Instant::now(), crate::machine::cpu_seconds(std::process::id())?);
    let one = async |mut commit: F| {
        let mut mine = Histogram::<u64>::new(2)?;
        while started.elapsed() < length {
            let since = Instant::now();
            commit().await?;
            mine.record(u64::try_from(since.elapsed().as_nanos())?)?;
        }
        done.fetch_add(mine.len(), Ordering::Relaxed);
        latency.lock().add(mine)?;
        Fallible::Ok(())
    };
    std::thread::scope(|scope| -> Fallible<()> {
        let running: Vec<_> = threads
            .into_iter()
            .map(|callers| {
                std::thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, || -> Fallible<()> {
                    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
                    runtime.block_on(join_all(callers.into_iter().map(&one))).into_iter().collect()
                })
            })
            .collect::<Result<_, _>>()?;
        running.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread of callers panicked")?)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a count of writes in a few seconds")]
    let writes = done.into_inner() as f64;
    Ok(Round {
        per_second: writes / started.elapsed().as_secs_f64(),
        cpu_micros: (crate::machine::cpu_seconds(std::process::id())? - cpu) * 1e6 / writes,
        latency: latency.into_inner(),
    })
}

/// One conversation, in which message follows message.
fn caller(store: &Store, number: usize) -> Fallible<impl AsyncFnMut() -> Fallible<()> + Send + use<>> {
    let mut writer = Writer::new("group commit", number);
    let mut talk = Talk::begin(store, &mut writer, talks::now())?;
    let messages: Vec<_> = (0..32).map(|_| talks::message(&mut writer)).collect::<Fallible<_>>()?;
    let store = store.clone();
    let mut next = 0;
    Ok(async move || {
        next += 1;
        let commit = talk.say(&store, &messages[next % messages.len()], writer.dice())?;
        commit.durable().await?;
        Ok(())
    })
}

/// The reference: one thread, one write and one fdatasync for all that wait.
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
    const BYTES: usize = 64 * 1024 * 1024;

    fn start(directory: &Path) -> Fallible<Self> {
        let file = prewritten(&directory.join("raw"), Self::BYTES)?;
        let shared = Arc::new(RawShared::default());
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || Self::write(&shared, &file)
        });
        Ok(Self { shared, thread })
    }

    /// Ends when a write fails; the callers notice.
    fn write(shared: &RawShared, file: &File) {
        let mut end = 0;
        let mut frame = Vec::new();
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
            frame.resize(group.len() * MESSAGE_BYTES, 0xa5);
            if end + frame.len() > Self::BYTES {
                end = 0;
            }
            if file.write_all_at(&frame, end as u64).and_then(|()| file.sync_data()).is_err() {
                return;
            }
            end += frame.len();
            for answer in group {
                let _ = answer.send(());
            }
        }
    }

    async fn commit(&self) -> Fallible<()> {
        let (answer, durable) = oneshot::channel();
        self.shared.waiting.lock().push(answer);
        self.shared.arrived.notify_one();
        Ok(durable.await?)
    }

    fn end(self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // A panic in it has shown already.
        let _ = self.thread.join();
    }
}

/// A file that was written before, so that only the bytes themselves have to go to the disk.
fn prewritten(path: &Path, bytes: usize) -> Fallible<File> {
    let file = OpenOptions::new().create(true).truncate(true).write(true).open(path)?;
    file.write_all_at(&vec![0x5a; bytes], 0)?;
    file.sync_all()?;
    Ok(file)
}

/// How many milliseconds so many small writes take that are synced one after the other.
pub fn syncs_in_turn(directory: &Path, count: usize) -> Fallible<f64> {
    let file = prewritten(&directory.join("raw"), 1024 * 1024)?;
    let since = Instant::now();
    for number in 0..count {
        file.write_all_at(&[0xa5; 4_096], number as u64 * 4_096)?;
        file.sync_data()?;
    }
    Ok(since.elapsed().as_secs_f64() * 1e3)
}
