//! The queue of frames towards one connection: bounded, so that a slow reader costs its own connection and nothing else.

use std::collections::VecDeque;

use bytestring::ByteString;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::frames::Bye;
use crate::domain::limits;

/// Frames for one connection. An idle one costs about a hundred bytes.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<ByteString>,
    /// Live frames wait here while the connection is still being told what it missed.
    held: Option<VecDeque<ByteString>>,
    bye: Option<Bye>,
}

impl Outbox {
    /// A box that holds live frames back until `release`.
    #[must_use]
    pub fn holding() -> Self {
        Self { queue: Mutex::new(Queue { held: Some(VecDeque::new()), ..Queue::default() }), filled: Notify::new() }
    }

    /// Adds a live frame; a full queue ends the connection, which resynchronises when it returns.
    pub fn push(&self, frame: ByteString) {
        self.put(frame);
        self.ring();
    }

    /// As `push`, but the connection only hears of it at the next `push` or `ring`: what belongs together then leaves together.
    pub fn put(&self, frame: ByteString) {
        let mut queue = self.queue.lock();
        if queue.bye.is_some() {
            return;
        }
        let line = match &mut queue.held {
            Some(held) => held,
            None => &mut queue.frames,
        };
        if line.len() >= limits::QUEUED_FRAMES {
            queue.frames.clear();
            queue.held = None;
            queue.bye = Some(Bye::Lagging);
        } else {
            line.push_back(frame);
        }
    }

    /// Wakes the connection if there is something to drain.
    pub fn ring(&self) {
        let queue = self.queue.lock();
        let is_filled = !queue.frames.is_empty() || queue.bye.is_some();
        drop(queue);
        if is_filled {
            self.filled.notify_one();
        }
    }

    /// Adds a frame that answers this very connection: it goes before what is held and is bounded by what was asked.
    pub fn answer(&self, frame: ByteString) {
        let mut queue = self.queue.lock();
        if queue.bye.is_none() {
            queue.frames.push_back(frame);
            drop(queue);
            self.filled.notify_one();
        }
    }

    /// Lets the held frames go, behind what has been answered so far.
    pub fn release(&self) {
        let mut queue = self.queue.lock();
        if let Some(mut held) = queue.held.take() {
            queue.frames.append(&mut held);
            drop(queue);
            self.filled.notify_one();
        }
    }

    /// Ends the connection, with a reason. What is queued is still sent first.
    pub fn end(&self, bye: Bye) {
        self.queue.lock().bye.get_or_insert(bye);
        self.filled.notify_one();
    }

    /// What is there now, and whether the connection ends after it.
    pub fn drain(&self) -> (VecDeque<ByteString>, Option<Bye>) {
        let mut queue = self.queue.lock();
        (std::mem::take(&mut queue.frames), queue.bye)
    }

    /// Bytes that wait, those that are held back included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let queue = self.queue.lock();
        queue.frames.iter().chain(queue.held.iter().flatten()).map(|frame| frame.len()).sum()
    }

    /// Resolves when there is something to drain. One waiter at a time.
    pub async fn filled(&self) {
        self.filled.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_reader_is_cut_and_told_why() {
        let outbox = Outbox::default();
        for _ in 0..limits::QUEUED_FRAMES {
            outbox.push("x".into());
        }
        assert!(outbox.queue.lock().bye.is_none());
        outbox.push("one too many".into());
        let (frames, bye) = outbox.drain();
        assert!(frames.is_empty());
        assert_eq!(bye, Some(Bye::Lagging));
    }

    #[test]
    fn what_was_missed_comes_before_what_is_new() {
        let outbox = Outbox::holding();
        outbox.push("new".into());
        outbox.answer("old".into());
        outbox.release();
        outbox.push("newer".into());
        let (frames, _) = outbox.drain();
        assert_eq!(frames, ["old", "new", "newer"]);
    }

    #[test]
    fn what_belongs_together_wakes_the_connection_once() {
        let outbox = Outbox::default();
        let is_rung = || futures_util::FutureExt::now_or_never(outbox.filled()).is_some();
        outbox.put("ack".into());
        assert!(!is_rung());
        outbox.push("event".into());
        assert!(is_rung());
        assert_eq!(outbox.drain().0, ["ack", "event"]);
        outbox.ring();
        assert!(!is_rung(), "there is nothing to drain");
    }
}
