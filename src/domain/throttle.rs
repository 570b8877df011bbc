//! How often something may be done: a number at once, and how many an hour after that. Every such limit is one line here, with
//! what it is unless the installation has changed it.

use std::time::Duration;

use super::limits;
use super::visitor::Allowance;

/// What is counted, and for whom: an account, an address (a /64 for IPv6, since that is what one customer gets), a chat, a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Limit {
    /// Passwords for one account from places that are not known; each device that is known has a stock of its own.
    Passwords,
    /// Codes of a second factor for one account, in the same way.
    Codes,
    /// Passwords and codes from one address, whichever account they are for.
    Guesses,
    /// Letters with a new password's link, to one account.
    Resets,
    /// The same, asked for from one address.
    ResetsFrom,
    /// Links of invitations, resets and the setup that are tried from one address.
    Links,
    /// Visitors' tokens from one address.
    Visitors,
    /// Chats and messages that one visitor begins.
    Chats,
    /// The same from one address.
    ChatsFrom,
    /// What one visitor writes in a chat.
    Messages,
    /// What all visitors of one address write.
    MessagesFrom,
    /// Files that one visitor sends in a chat.
    Files,
    /// Files from all visitors of one address.
    FilesFrom,
    /// Tickets, sockets and lines of polling from one address.
    Lines,
    /// Searches of one member of staff.
    Searches,
    /// Letters that one member of staff sends.
    Letters,
    /// Requests of any kind from one address.
    Requests,
    /// Requests of any kind in one session of the staff, which does not depend on what others do at its address.
    StaffRequests,
    /// Codes of visitors who ask for their data, from one address.
    DataCodes,
}

/// How many are in stock, and how many come back in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub per_hour: u32,
}

impl Rate {
    const fn new(burst: u32, per_hour: u32) -> Self {
        Self { burst, per_hour }
    }

    /// How long one takes to come back, in microseconds; rounded up, so that never more come back than the rate says.
    #[must_use]
    pub fn every_micros(self) -> i64 {
        i64::from(3_600_000_000_u32.div_ceil(self.per_hour.max(1)))
    }

    /// The same for people.
    #[must_use]
    pub fn every(self) -> Duration {
        Duration::from_micros(self.every_micros().unsigned_abs())
    }

    /// For what is counted with the chat itself.
    #[must_use]
    pub fn allowance(self) -> Allowance {
        Allowance { burst: self.burst, per_second: f64::from(self.per_hour) / 3_600.0 }
    }
}

impl From<Allowance> for Rate {
    fn from(it: Allowance) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
        let per_hour = (it.per_second * 3_600.0).round().clamp(1.0, f64::from(u32::MAX)) as u32;
        Self { burst: it.burst, per_hour }
    }
}

impl Limit {
    pub const ALL: [Self; 19] = [
        Self::Passwords,
        Self::Codes,
        Self::Guesses,
        Self::Resets,
        Self::ResetsFrom,
        Self::Links,
        Self::Visitors,
        Self::Chats,
        Self::ChatsFrom,
        Self::Messages,
        Self::MessagesFrom,
        Self::Files,
        Self::FilesFrom,
        Self::Lines,
        Self::Searches,
        Self::Letters,
        Self::Requests,
        Self::StaffRequests,
        Self::DataCodes,
    ];

    /// Unless it was changed. SECURITY.md says how these numbers were chosen.
    #[must_use]
    pub const fn usual(self) -> Rate {
        match self {
            Self::Passwords => Rate::new(limits::SIGN_IN_BURST, 120),
            Self::Codes => Rate::new(limits::SIGN_IN_BURST, 30),
            Self::Guesses => Rate::new(4 * limits::SIGN_IN_BURST, 720),
            Self::Resets => Rate::new(3, 6),
            Self::ResetsFrom => Rate::new(10, 60),
            Self::Links => Rate::new(20, 240),
            Self::Visitors => Rate::new(100, 1_200),
            Self::Chats => Rate::new(5, 60),
            Self::ChatsFrom => Rate::new(30, 360),
            Self::Messages => Rate::new(limits::VISITOR_MESSAGE_BURST, 7_200),
            Self::MessagesFrom => Rate::new(300, 36_000),
            Self::Files => Rate::new(limits::VISITOR_FILE_BURST, 720),
            Self::FilesFrom => Rate::new(60, 1_440),
            Self::Lines => Rate::new(300, 7_200),
            Self::Searches => Rate::new(60, 1_800),
            Self::Letters => Rate::new(20, 60),
            Self::Requests => Rate::new(1_000, 180_000),
            Self::StaffRequests => Rate::new(1_000, 72_000),
            Self::DataCodes => Rate::new(20, 120),
        }
    }

    /// What somebody guesses who has no right to be here. These hold for everybody, this very machine included.
    #[must_use]
    pub const fn is_of_guessing(self) -> bool {
        matches!(
            self,
            Self::Passwords | Self::Codes | Self::Guesses | Self::Resets | Self::ResetsFrom | Self::Links | Self::DataCodes
        )
    }

    /// The least and the most that it can be set to: never so little that it shuts people out, and against guessing never so much
    /// that it is none.
    #[must_use]
    pub const fn bounds(self) -> (Rate, Rate) {
        let Rate { burst, per_hour } = self.usual();
        let (down, up) = if self.is_of_guessing() { (2, 4) } else { (5, 50) };
        (Rate::new(burst.div_ceil(down), per_hour.div_ceil(down)), Rate::new(burst * up, per_hour * up))
    }

    #[must_use]
    pub fn allows(self, rate: Rate) -> bool {
        let (least, most) = self.bounds();
        (least.burst..=most.burst).contains(&rate.burst) && (least.per_hour..=most.per_hour).contains(&rate.per_hour)
    }

    /// Its name in forms, addresses and records.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passwords => "passwords",
            Self::Codes => "codes",
            Self::Guesses => "guesses",
            Self::Resets => "resets",
            Self::ResetsFrom => "resets-from",
            Self::Links => "links",
            Self::Visitors => "visitors",
            Self::Chats => "chats",
            Self::ChatsFrom => "chats-from",
            Self::Messages => "messages",
            Self::MessagesFrom => "messages-from",
            Self::Files => "files",
            Self::FilesFrom => "files-from",
            Self::Lines => "lines",
            Self::Searches => "searches",
            Self::Letters => "letters",
            Self::Requests => "requests",
            Self::StaffRequests => "staff-requests",
            Self::DataCodes => "data-codes",
        }
    }

    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_a_name_and_can_be_what_it_usually_is() {
        for (position, limit) in Limit::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, position);
            assert_eq!(Limit::of_word(limit.word()), Some(limit));
            assert!(limit.allows(limit.usual()), "{limit:?}");
            let (least, most) = limit.bounds();
            assert!(least.burst > 0 && least.per_hour > 0 && limit.allows(least) && limit.allows(most));
            assert!(!limit.allows(Rate { burst: most.burst + 1, ..most }));
        }
        assert_eq!(Limit::of_word("nothing"), None);
    }

    #[test]
    fn the_settings_file_speaks_of_seconds() {
        let allowance = Allowance::default();
        assert_eq!(Rate::from(allowance), Limit::Messages.usual());
        assert_eq!(Rate::from(allowance).allowance(), allowance);
        assert_eq!(Rate::from(Allowance { burst: 1, per_second: 1_000_000.0 }).every_micros(), 1);
        assert_eq!(Rate::new(1, 7).every_micros(), 514_285_715);
    }
}
