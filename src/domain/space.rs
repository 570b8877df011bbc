//! How much room the disk has left, and what follows from it.
//!
//! The ballast is a file that holds nothing: room kept back for the day on which everything else is full, so that the house can
//! still be opened and purged. While it is given up, what it needs to come back is not counted as free. So giving it up never
//! makes the disk look roomy, and making it again never makes it look tight.

use super::limits;

/// What the appliance does for lack of room. The less there is, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Room {
    /// Everything goes on.
    #[default]
    Plenty,
    /// New chats are declined, and staff are told; all else goes on.
    Low,
    /// The ballast is given up too, for the store's own writes: messages of running chats, purges, checkpoints.
    Critical,
}

impl Room {
    pub const ALL: [Self; 3] = [Self::Plenty, Self::Low, Self::Critical];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plenty => "plenty",
            Self::Low => "low",
            Self::Critical => "critical",
        }
    }

    #[must_use]
    pub const fn takes_new_chats(self) -> bool {
        matches!(self, Self::Plenty)
    }
}

/// A look at the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What this process may still write.
    pub free_bytes: u64,
    /// What the ballast holds; 0 while it is given up.
    pub ballast_bytes: u64,
}

/// Room as people are told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub room: Room,
    pub free_bytes: u64,
}

impl Standing {
    #[must_use]
    pub const fn free_mib(self) -> u64 {
        self.free_bytes >> 20
    }
}

/// What is to be done with the ballast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ballast {
    Keep,
    Make,
    GiveUp,
}

/// Where the lines are drawn on one disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Below it new chats are declined.
    pub floor_bytes: u64,
    /// How large the ballast is.
    pub ballast_bytes: u64,
}

impl Bounds {
    /// A disk so small that these would be most of it gives up an eighth of itself for each.
    #[must_use]
    pub fn of_disk(total_bytes: u64) -> Self {
        let part = total_bytes / 8;
        Self { floor_bytes: limits::FREE_FLOOR_BYTES.min(part), ballast_bytes: limits::BALLAST_BYTES.min(part) }
    }

    /// Below it the ballast is given up.
    #[must_use]
    pub const fn critical_bytes(self) -> u64 {
        self.floor_bytes / 4
    }

    /// What it takes to open an installation and to purge in it.
    #[must_use]
    pub const fn start_bytes(self) -> u64 {
        self.critical_bytes() / 2
    }

    /// How much more than the bound there has to be before a lack is over: without it a few messages would switch back and forth.
    const fn margin_bytes(self) -> u64 {
        self.floor_bytes / 4
    }

    /// What the reading means after `before`.
    #[must_use]
    pub fn decide(self, before: Room, reading: Reading) -> (Room, Ballast) {
        let owed = self.ballast_bytes.saturating_sub(reading.ballast_bytes);
        let spare = reading.free_bytes.saturating_sub(owed);
        let roomy = self.floor_bytes + if before == Room::Plenty { 0 } else { self.margin_bytes() };
        let safe = self.critical_bytes() + if before == Room::Critical { self.margin_bytes() } else { 0 };
        if spare >= roomy {
            (Room::Plenty, if owed > 0 { Ballast::Make } else { Ballast::Keep })
        } else if spare >= safe {
            (Room::Low, if owed > 0 { Ballast::Make } else { Ballast::Keep })
        } else {
            (Room::Critical, if reading.ballast_bytes > 0 { Ballast::GiveUp } else { Ballast::Keep })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const DISK: Bounds = Bounds { floor_bytes: 64 * MIB, ballast_bytes: 32 * MIB };

    fn held(free_mib: u64) -> Reading {
        Reading { free_bytes: free_mib * MIB, ballast_bytes: DISK.ballast_bytes }
    }

    fn given_up(free_mib: u64) -> Reading {
        Reading { free_bytes: free_mib * MIB, ballast_bytes: 0 }
    }

    #[test]
    fn each_state_has_its_bounds_and_a_lack_ends_later_than_it_began() {
        use Ballast::{GiveUp, Keep, Make};
        use Room::{Critical, Low, Plenty};
        for (before, reading, expected) in [
            (Plenty, held(1_000), (Plenty, Keep)),
            (Plenty, held(64), (Plenty, Keep)),
            (Plenty, held(63), (Low, Keep)),
            (Low, held(64), (Low, Keep)),
            (Low, held(79), (Low, Keep)),
            (Low, held(80), (Plenty, Keep)),
            (Low, held(16), (Low, Keep)),
            (Low, held(15), (Critical, GiveUp)),
            (Plenty, held(0), (Critical, GiveUp)),
            (Critical, given_up(0), (Critical, Keep)),
            (Critical, given_up(47), (Critical, Keep)),
            (Critical, given_up(63), (Critical, Keep)),
            (Critical, given_up(64), (Low, Make)),
            (Critical, given_up(111), (Low, Make)),
            (Critical, given_up(112), (Plenty, Make)),
            // A first start: the ballast was never made.
            (Plenty, given_up(1_000), (Plenty, Make)),
            (Plenty, given_up(40), (Critical, Keep)),
        ] {
            assert_eq!(DISK.decide(before, reading), expected, "{before:?} {reading:?}");
        }
    }

    /// Whatever the disk says and whoever writes on it, doing what was decided leads to a reading that decides the same again.
    #[test]
    fn what_was_decided_stands_while_nothing_else_happens() {
        for total_mib in [1, 40, 120, 512, 100_000] {
            let bounds = Bounds::of_disk(total_mib * MIB);
            for before in Room::ALL {
                for free in (0..200 * 4).map(|quarter| quarter * MIB / 4) {
                    for ballast_bytes in [0, bounds.ballast_bytes / 2, bounds.ballast_bytes] {
                        let reading = Reading { free_bytes: free, ballast_bytes };
                        let (room, ballast) = bounds.decide(before, reading);
                        let after = match ballast {
                            Ballast::Keep => reading,
                            Ballast::Make => Reading {
                                // Never made of what is not there.
                                free_bytes: free.checked_sub(bounds.ballast_bytes - ballast_bytes).unwrap(),
                                ballast_bytes: bounds.ballast_bytes,
                            },
                            Ballast::GiveUp => Reading { free_bytes: free + ballast_bytes, ballast_bytes: 0 },
                        };
                        assert_eq!(bounds.decide(room, after), (room, Ballast::Keep), "{bounds:?} {before:?} {reading:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_small_disk_gives_up_no_more_than_a_quarter() {
        let small = Bounds::of_disk(120 * MIB);
        assert_eq!((small.floor_bytes, small.ballast_bytes), (15 * MIB, 15 * MIB));
        assert_eq!(Bounds::of_disk(1 << 40), DISK);
        assert_eq!(Bounds::of_disk(0).decide(Room::Plenty, Reading { free_bytes: 0, ballast_bytes: 0 }).0, Room::Plenty);
    }
}
