//! By what a person is found who asks for what is kept about them.

/// Which of their marks somebody is looked up by. The number goes into the blind index and is never another one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKey {
    Email,
    Phone,
    /// The code that the chat window shows to its visitor.
    Code,
}

impl SubjectKey {
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Email => 1,
            Self::Phone => 2,
            Self::Code => 3,
        }
    }
}

/// The keyed hash of one mark of one person: 16 bytes under a key of the installation.
pub type SubjectHash = [u8; 16];
