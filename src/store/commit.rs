//! The promise that a batch becomes durable. It can be awaited, waited for, or dropped by those who need no answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use tokio::sync::oneshot;

use super::{CommitNumber, StoreError};

pub(super) type Outcome = Result<CommitNumber, StoreError>;

pub struct Commit(State);

enum State {
    Refused(StoreError),
    Queued(oneshot::Receiver<Outcome>),
}

impl Commit {
    pub(super) fn refused(error: StoreError) -> Self {
        Self(State::Refused(error))
    }

    pub(super) fn queued() -> (oneshot::Sender<Outcome>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(State::Queued(receiver)))
    }

    /// Blocks until the batch is durable. Works in any thread; one that runs async tasks should rather await `durable`.
    ///
    /// # Errors
    /// When it did not become durable.
    pub fn wait(self) -> Outcome {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut durable = std::pin::pin!(self.durable());
        loop {
            match Pin::as_mut(&mut durable).poll(&mut context) {
                Poll::Ready(outcome) => return outcome,
                Poll::Pending => std::thread::park(),
            }
        }
    }

    /// # Errors
    /// When it did not become durable.
    pub async fn durable(self) -> Outcome {
        match self.0 {
            State::Refused(error) => Err(error),
            // The writer answers everything it takes; without it, nothing was written.
            State::Queued(receiver) => receiver.await.unwrap_or(Err(StoreError::Closed)),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
