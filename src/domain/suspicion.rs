//! What looks as if somebody tried what they should not, and what an installation does about it by itself.

use std::collections::BTreeMap;

use super::id::OperatorId;
use super::throttle::{Limit, Rate};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// Passwords for many accounts from one address.
    Spray,
    /// The same, from several addresses of one network.
    WideSpray,
    /// Passwords for one account from many places.
    Stuffing(OperatorId),
    /// More wrong passwords than the staff would type, from so many places and for so many accounts that neither stands out.
    Wave,
    /// Codes of a second factor, one after the other: whoever does it has the password.
    Codes(OperatorId),
    /// Addresses that are not there, or not for strangers.
    Scan,
    /// Ids of sites, chats and files that never were.
    Enumeration,
    /// Tickets, tokens and links that are not ours.
    Tokens,
    /// Somebody who is signed in asks again and again for what is not theirs.
    Overreach(OperatorId),
}

/// What is kept from somebody for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Whatever is for the staff, and addresses that are not there. Visitors behind the same address still chat.
    Staff,
    /// The chat as well.
    Everything,
}

impl Suspicion {
    /// From what its source is kept for a time, where that is switched on. The others have no one source, or one that innocent
    /// people share too often.
    #[must_use]
    pub const fn banned_from(self) -> Option<Reach> {
        match self {
            Self::Spray | Self::Scan => Some(Reach::Staff),
            Self::Enumeration => Some(Reach::Everything),
            Self::WideSpray | Self::Stuffing(_) | Self::Wave | Self::Codes(_) | Self::Tokens | Self::Overreach(_) => None,
        }
    }
}

/// What an installation does about haste and worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precautions {
    /// Limits that are not as usual.
    pub limits: BTreeMap<Limit, Rate>,
    /// Whether who scans or sprays is kept out for a time.
    pub bans: bool,
    /// For how long the first time; each further time within a day it is four times as long, up to twelve hours.
    pub ban_minutes: u16,
    /// Whether administrators get mail about alerts.
    pub mails_alerts: bool,
}

impl Default for Precautions {
    fn default() -> Self {
        Self { limits: BTreeMap::new(), bans: true, ban_minutes: 15, mails_alerts: false }
    }
}
