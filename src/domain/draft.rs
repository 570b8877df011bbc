//! What a member of staff has typed in a chat and not sent: theirs alone, and gone when it is sent or the chat closes.

use super::text::MessageText;
use super::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum DraftKind {
    Reply = 0,
    Note = 1,
}

impl DraftKind {
    pub const ALL: [Self; 2] = [Self::Reply, Self::Note];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub text: MessageText,
    pub written_at: Timestamp,
}
