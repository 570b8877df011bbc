//! What goes on at the same time: files that arrive, pictures that wait in memory, pictures that are drawn. None of it may use up the
//! appliance, and one side of one chat may not use up the others' share.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::service::Failure;

/// One side of one chat: a member of staff, or its visitor.
type Side = (ConversationId, Option<OperatorId>);

/// Seconds after which it is worth another try.
const TRY_AGAIN: u32 = 5;

#[derive(Default)]
pub struct Gate {
    under_way: Mutex<UnderWay>,
    drawing: Mutex<Drawing>,
    drawn: Condvar,
}

#[derive(Default)]
struct UnderWay {
    sides: HashMap<Side, usize>,
    files: usize,
    picture_bytes: u64,
}

#[derive(Default)]
struct Drawing {
    now: usize,
    waiting: usize,
}

/// The right to send one file; given back when dropped.
pub(super) struct Turn {
    gate: Arc<Gate>,
    side: Side,
    picture_bytes: u64,
}

/// The right to draw one picture.
pub(super) struct Easel<'a>(&'a Gate);

impl Gate {
    /// # Errors
    /// `TooMany` while too many files arrive.
    pub(super) fn turn(self: &Arc<Self>, side: Side) -> Result<Turn, Failure> {
        let mut under_way = self.under_way.lock();
        let of_side = under_way.sides.get(&side).copied().unwrap_or(0);
        if under_way.files >= limits::PARALLEL_UPLOADS || of_side >= limits::PARALLEL_UPLOADS_PER_SIDE {
            return Err(Failure::TooMany { seconds: TRY_AGAIN });
        }
        under_way.files += 1;
        under_way.sides.insert(side, of_side + 1);
        Ok(Turn { gate: Arc::clone(self), side, picture_bytes: 0 })
    }

    /// How many files of this chat are arriving.
    pub(super) fn under_way(&self, conversation: ConversationId) -> usize {
        let under_way = self.under_way.lock();
        under_way.sides.iter().filter(|((it, _), _)| *it == conversation).map(|(_, count)| count).sum()
    }

    /// Blocks until it is this picture's turn.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub(super) fn easel(&self) -> Result<Easel<'_>, Failure> {
        let mut drawing = self.drawing.lock();
        if drawing.now >= limits::PARALLEL_PICTURES {
            if drawing.waiting >= limits::WAITING_PICTURES {
                return Err(Failure::TooMany { seconds: TRY_AGAIN });
            }
            drawing.waiting += 1;
            while drawing.now >= limits::PARALLEL_PICTURES {
                self.drawn.wait(&mut drawing);
            }
            drawing.waiting -= 1;
        }
        drawing.now += 1;
        Ok(Easel(self))
    }
}

impl Turn {
    /// Room in memory for a picture that has to be whole before it can be drawn.
    ///
    /// # Errors
    /// `TooMany` while others take it.
    pub(super) fn hold_picture(&mut self, bytes: u64) -> Result<(), Failure> {
        let mut under_way = self.gate.under_way.lock();
        if under_way.picture_bytes.saturating_add(bytes) > limits::PICTURES_WAITING_BYTES {
            return Err(Failure::TooMany { seconds: TRY_AGAIN });
        }
        under_way.picture_bytes += bytes;
        self.picture_bytes += bytes;
        Ok(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.gate.under_way.lock();
        under_way.files -= 1;
        under_way.picture_bytes -= self.picture_bytes;
        if let Some(of_side) = under_way.sides.get_mut(&self.side) {
            *of_side -= 1;
            if *of_side == 0 {
                under_way.sides.remove(&self.side);
            }
        }
    }
}

impl Drop for Easel<'_> {
    fn drop(&mut self) {
        self.0.drawing.lock().now -= 1;
        self.0.drawn.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(number: u8) -> ConversationId {
        ConversationId::from_bytes([number; 16])
    }

    #[test]
    fn no_side_takes_more_than_its_share_and_all_is_given_back() {
        let gate = Arc::new(Gate::default());
        let visitor = (chat(1), None);
        let turns: Vec<_> = (0..limits::PARALLEL_UPLOADS_PER_SIDE).map(|_| gate.turn(visitor).unwrap()).collect();
        assert!(matches!(gate.turn(visitor), Err(Failure::TooMany { .. })));
        let other = gate.turn((chat(1), Some(OperatorId::from_bytes([1; 16])))).unwrap();
        assert_eq!((gate.under_way(chat(1)), gate.under_way(chat(2))), (turns.len() + 1, 0));
        drop((turns, other));
        let crowd: Vec<_> = (0..limits::PARALLEL_UPLOADS).map(|n| gate.turn((chat(n as u8), None)).unwrap()).collect();
        assert!(gate.turn((chat(200), None)).is_err());
        drop(crowd);
        assert_eq!(gate.under_way.lock().sides.len(), 0);
    }

    #[test]
    fn pictures_in_memory_are_bounded() {
        let gate = Arc::new(Gate::default());
        let mut one = gate.turn((chat(1), None)).unwrap();
        let mut two = gate.turn((chat(2), None)).unwrap();
        one.hold_picture(limits::PICTURES_WAITING_BYTES).unwrap();
        assert!(two.hold_picture(1).is_err());
        drop(one);
        assert!(two.hold_picture(1).is_ok());
    }

    #[test]
    fn only_so_many_are_drawn_and_only_so_many_wait() {
        let gate = Gate::default();
        let drawing: Vec<_> = (0..limits::PARALLEL_PICTURES).map(|_| gate.easel().unwrap()).collect();
        let waited = std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..limits::WAITING_PICTURES).map(|_| scope.spawn(|| gate.easel().is_ok())).collect();
            while gate.drawing.lock().waiting < limits::WAITING_PICTURES {
                std::thread::yield_now();
            }
            assert!(matches!(gate.easel(), Err(Failure::TooMany { .. })));
            drop(drawing);
            waiting.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(waited.into_iter().all(|it| it));
    }
}
