//! Who is asked to take a waiting conversation: candidates in, one choice out. The same candidates give the same choice, in
//! whatever order they come.

use super::id::OperatorId;
use super::routing::Assignment;

/// Somebody who accepts chats at this moment and was not asked in vain for this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub operator: OperatorId,
    /// Chats that they have, those they are being asked about included.
    pub chats: usize,
    pub capacity: u8,
    /// The number of the last time they were asked: the larger, the more recently; 0 for never.
    pub asked: u64,
}

/// `None` when nobody has room, and always where operators choose for themselves.
#[must_use]
pub fn choose(assignment: Assignment, candidates: impl Iterator<Item = Candidate>) -> Option<OperatorId> {
    let free = candidates.filter(|candidate| candidate.chats < usize::from(candidate.capacity));
    let chosen = match assignment {
        Assignment::Manual => None,
        Assignment::LeastBusy => free.min_by_key(|it| (it.chats, it.asked, it.operator)),
        Assignment::RoundRobin => free.min_by_key(|it| (it.asked, it.operator)),
    };
    chosen.map(|candidate| candidate.operator)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
        let one = (0..6_usize, 0..6_u8, 0..20_u64);
        proptest::collection::vec(one, 0..12).prop_map(|all| {
            let number = |index: usize| OperatorId::from_bytes([u8::try_from(index).unwrap(); 16]);
            all.into_iter()
                .enumerate()
                .map(|(index, (chats, capacity, asked))| Candidate { operator: number(index), chats, capacity, asked })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn whoever_has_room_is_found_and_nobody_else(all in candidates()) {
            let free = |it: &Candidate| it.chats < usize::from(it.capacity);
            for assignment in [Assignment::LeastBusy, Assignment::RoundRobin] {
                let chosen = choose(assignment, all.iter().copied());
                prop_assert_eq!(chosen.is_some(), all.iter().any(free));
                if let Some(chosen) = all.iter().find(|it| Some(it.operator) == chosen) {
                    prop_assert!(free(chosen));
                    if assignment == Assignment::LeastBusy {
                        prop_assert!(all.iter().filter(|it| free(it)).all(|it| chosen.chats <= it.chats));
                    } else {
                        prop_assert!(all.iter().filter(|it| free(it)).all(|it| chosen.asked <= it.asked));
                    }
                }
            }
            prop_assert_eq!(choose(Assignment::Manual, all.iter().copied()), None);
        }

        #[test]
        fn the_order_of_the_candidates_does_not_matter(all in candidates()) {
            for assignment in [Assignment::LeastBusy, Assignment::RoundRobin] {
                prop_assert_eq!(choose(assignment, all.iter().copied()), choose(assignment, all.iter().rev().copied()));
            }
        }

        #[test]
        fn in_turn_everybody_is_asked_before_anybody_is_asked_again(count in 1..10_u8, rounds in 1..4_u64) {
            let mut all: Vec<_> = (0..count)
                .map(|number| Candidate { operator: OperatorId::from_bytes([number; 16]), chats: 0, capacity: 50, asked: 0 })
                .collect();
            for turn in 1..=rounds * u64::from(count) {
                let chosen = choose(Assignment::RoundRobin, all.iter().copied()).unwrap();
                let chosen = all.iter_mut().find(|it| it.operator == chosen).unwrap();
                chosen.asked = turn;
                chosen.chats += 1;
            }
            prop_assert!(all.iter().all(|it| it.chats as u64 == rounds));
        }
    }
}
