//! What a test controls: the time, and the randomness that names things.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use parlor::domain::time::Timestamp;
use parlor::service::{Clock, Random};
use rustls::pki_types::UnixTime;

/// A clock that only the test moves. Certificates are judged by it too, or a leap of a month would end every connection.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A Monday morning. Any other moment would do as well; this one is the same in every run.
    pub fn new() -> Self {
        Self::starting_at("2026-06-15T09:00:00Z")
    }

    pub fn starting_at(text: &str) -> Self {
        let at: jiff::Timestamp = text.parse().unwrap();
        Self(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// The machine's own time to begin with, where a browser compares it with its own.
    pub fn of_the_machine() -> Self {
        Self(Arc::new(AtomicI64::new(jiff::Timestamp::now().as_millisecond())))
    }

    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl rustls::time_provider::TimeProvider for ManualClock {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.load(Ordering::SeqCst)).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(millis)))
    }
}

/// The same ids in the same order in every run of one test. Keys never come from here.
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64: short, and good enough to name things.
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// How long a test waits for something that must come. Generous: it is only ever used up by a failure.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Awaits what must come; says what did not.
#[track_caller]
pub fn must_come<T>(what: &str, future: impl Future<Output = T>) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    let what = what.to_owned();
    async move {
        match tokio::time::timeout(DEADLINE, future).await {
            Ok(value) => value,
            Err(_) => panic!("{caller}: nothing came within {DEADLINE:?}: {what}"),
        }
    }
}
