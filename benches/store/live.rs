//! Messages that come in at a steady rate while something else goes on: how long each takes from the moment it was meant to be sent
//! to being durable. So a store that stands still for a while is seen in all the messages that waited meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use parlor::store::{Commit, Store};

use crate::Fallible;
use crate::report::milliseconds;
use crate::talks::{self, Talk};
use crate::text::Writer;

/// Conversations that go on meanwhile.
const TALKS: usize = 50;
/// How long they go on before anything is measured.
const SETTLES: Duration = Duration::from_millis(500);

/// Visitors and operators who write.
pub struct Live<'a> {
    store: &'a Store,
    writer: Writer,
    talks: Vec<Talk>,
    per_second: f64,
}

/// What they saw.
pub struct Seen {
    pub latency: Histogram<u64>,
    /// By how much the bench itself missed the moments meant.
    late: Histogram<u64>,
}

impl Seen {
    pub fn p99(&self) -> f64 {
        milliseconds(&self.latency, 0.99)
    }

    pub fn longest(&self) -> f64 {
        milliseconds(&self.latency, 1.0)
    }

    pub fn late_p99(&self) -> f64 {
        milliseconds(&self.late, 0.99)
    }
}

impl<'a> Live<'a> {
    /// `number` is another one each time in the same data directory.
    pub fn begin(store: &'a Store, number: usize, per_second: f64) -> Fallible<Self> {
        let mut writer = Writer::new("live", number);
        let talks = (0..TALKS).map(|_| Talk::begin(store, &mut writer, talks::now())).collect::<Fallible<_>>()?;
        let mut live = Self { store, writer, talks, per_second };
        live.alone(SETTLES)?;
        Ok(live)
    }

    /// They write while `work` is done, and for as long as `at_least`.
    pub fn during<T: Send>(&mut self, at_least: Duration, work: impl FnOnce() -> Fallible<T> + Send) -> Fallible<(T, Seen)> {
        let ended = AtomicBool::new(false);
        let (sent, durable) = mpsc::channel::<(Instant, Commit)>();
        std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let outcome = work();
                ended.store(true, Ordering::Relaxed);
                outcome
            });
            // They become durable in the order in which they were sent.
            let waiter = scope.spawn(move || -> Fallible<Histogram<u64>> {
                let mut latency = Histogram::new(3)?;
                for (meant, commit) in durable {
                    commit.wait()?;
                    latency.record(nanoseconds(meant.elapsed()))?;
                }
                Ok(latency)
            });
            let late = self.send(at_least, &ended, &sent);
            drop(sent);
            let latency = waiter.join().map_err(|_| "the thread that waits for messages panicked")??;
            let done = worker.join().map_err(|_| "what was done beside messages panicked")??;
            Ok((done, Seen { latency, late: late? }))
        })
    }

    /// They write and nothing else goes on.
    pub fn alone(&mut self, length: Duration) -> Fallible<Seen> {
        self.during(length, || Ok(())).map(|((), seen)| seen)
    }

    fn send(
        &mut self,
        at_least: Duration,
        ended: &AtomicBool,
        sent: &mpsc::Sender<(Instant, Commit)>,
    ) -> Fallible<Histogram<u64>> {
        let mut late = Histogram::new(3)?;
        let begun = Instant::now();
        let pause = Duration::from_secs_f64(1.0 / self.per_second);
        let mut meant = begun;
        let mut turn = 0;
        while !ended.load(Ordering::Relaxed) || begun.elapsed() < at_least {
            std::thread::sleep(meant.saturating_duration_since(Instant::now()));
            late.record(nanoseconds(meant.elapsed()))?;
            let text = talks::message(&mut self.writer)?;
            let at = turn % self.talks.len();
            let commit = self.talks[at].say(self.store, &text, self.writer.dice())?;
            // The waiter ends early only when it failed, and says so itself.
            let _ = sent.send((meant, commit));
            turn += 1;
            meant += pause;
        }
        Ok(late)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
