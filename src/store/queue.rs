//! What waits for the writer, in the order in which it will be durable.

use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::StoreError;
use super::batch::Contents;
use super::commit::{Commit, Outcome};
use super::parts::Write;

/// What waits for an answer.
pub(super) enum Job {
    Batch(Box<Contents>, oneshot::Sender<Outcome>),
    /// Writes of the store itself, such as a new leaf of the key tree.
    Own(Vec<Write>),
}

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// What the writer got when it asked for work.
pub(super) enum Work {
    Jobs(VecDeque<Job>),
    /// Nothing came for a while.
    Idle,
    /// Nothing will come any more.
    Closed,
}

impl Queue {
    pub(super) fn push_batch(&self, contents: Contents) -> Commit {
        let (answer, commit) = Commit::queued();
        self.push(Job::Batch(Box::new(contents), answer)).map_or_else(Commit::refused, |()| commit)
    }

    pub(super) fn push_writes(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        self.push(Job::Own(writes))
    }

    fn push(&self, job: Job) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(StoreError::Closed);
        }
        state.jobs.push_back(job);
        let first = state.jobs.len() == 1;
        drop(state);
        if first {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Everything that waits, as soon as something does.
    pub(super) fn take(&self, wait: Option<Duration>) -> Work {
        let mut state = self.state.lock();
        while state.jobs.is_empty() {
            if state.closed {
                return Work::Closed;
            }
            match wait {
                None => self.arrived.wait(&mut state),
                Some(wait) => {
                    if self.arrived.wait_for(&mut state, wait).timed_out() && state.jobs.is_empty() && !state.closed {
                        return Work::Idle;
                    }
                }
            }
        }
        Work::Jobs(std::mem::take(&mut state.jobs))
    }

    /// Takes no more; what waits already is still written.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.arrived.notify_all();
    }
}
