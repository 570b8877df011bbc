//! What can go wrong, in sentences for the person who has to act on them.

use std::path::PathBuf;

use crate::vault::VaultError;

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("the store no longer writes: {0}")]
    NotWritable(String),
    #[error("the copy could not be written: {0}")]
    NotCopied(String),
    #[error("the disk is full, so nothing more can be stored until there is room")]
    NoRoom,
    #[error("a record could not be read: {0}")]
    Damaged(String),
    #[error("a value is larger than the store takes")]
    TooLarge,
    #[error("the conversation does not exist any more")]
    Gone,
    #[error("the store is closed")]
    Closed,
    #[error("all {} places for conversations are taken", crate::vault::SLOTS)]
    Full,
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NoRandomness | VaultError::NoMemory { .. } => Self::NotWritable(error.to_string()),
            VaultError::TooLarge => Self::TooLarge,
            VaultError::DoesNotOpen | VaultError::NewerVersion | VaultError::NodeMissing => Self::Damaged(error.to_string()),
        }
    }
}

/// A failed read. Sled's own words name offsets and files, never content.
impl From<sled::Error> for StoreError {
    fn from(error: sled::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Why the store does not open: each with its own sentence and exit code (see the command line).
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("Another Parlor is using the data directory {0}. Stop it first, or wait until it has ended, and try again.")]
    Busy(PathBuf),
    #[error(
        "The root key does not fit the data directory {0}: it belongs to another installation, or was replaced. Give the key that was made together with this data. Nothing was changed."
    )]
    WrongKey(PathBuf),
    #[error(
        "The data directory {path} was written by a newer Parlor (format {found}, this one knows up to {known}). Start the newer version. Nothing was changed."
    )]
    NewerFormat { path: PathBuf, found: u16, known: u16 },
    #[error(
        "The data directory {path} is damaged: {what}. Keep a copy of it as it is, then run `parlor rescue`, or restore the newest backup."
    )]
    Damaged { path: PathBuf, what: String },
    #[error(
        "The audit log in {path} is not whole: {}. Keep a copy of the directory as it is, then run `parlor verify audit` for all that is wrong, \
         and `parlor rescue`, or restore the newest backup.",
        super::audit::check::summed_up(faults).unwrap_or_default()
    )]
    Audit { path: PathBuf, faults: Vec<String> },
    #[error(
        "{path} cannot be used: {reason}. Check the disk and that the directory belongs to the user that runs Parlor. Nothing was changed."
    )]
    Unusable { path: PathBuf, reason: String },
    #[error(
        "{path} cannot be read: {reason}. Look at the disk and at the machine's log. When the disk reads again, a start finds all as it was; otherwise keep a copy of what reads, and run `parlor rescue` on a disk that works. Nothing was changed."
    )]
    Unreadable { path: PathBuf, reason: String },
    #[error("The operating system gives no random bytes, so no keys can be made.")]
    NoRandomness,
}

impl OpenError {
    /// What is wrong with what is stored, if that is why.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        match self {
            Self::Damaged { what, .. } => Some(what.clone()),
            Self::Audit { faults, .. } => super::audit::check::summed_up(faults),
            Self::Unreadable { path, reason } => Some(format!("the disk does not read {}: {reason}", path.display())),
            _ => None,
        }
    }

    /// 1 refused, 3 damage found, 4 busy: the exit codes of every command.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Busy(_) => 4,
            Self::Damaged { .. } | Self::Audit { .. } | Self::Unreadable { .. } => 3,
            Self::WrongKey(_) | Self::NewerFormat { .. } | Self::Unusable { .. } | Self::NoRandomness => 1,
        }
    }
}
