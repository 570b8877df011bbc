//! A file in a conversation, as its event tells of it. The bytes lie in a drawer of their own and go when the chat closes.

use super::id::FileId;
use super::text::FileName;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    pub id: FileId,
    /// Cleaned of all that could lead a browser or a reader astray.
    pub name: FileName,
    pub kind: FileKind,
    pub bytes: u64,
}

/// Why a file is not taken, for the person who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    #[error("Files cannot be sent in this chat.")]
    NotAllowed,
    #[error("This file is too large: at most 20 MB fit.")]
    TooLarge,
    #[error("No more files fit into this chat: there are 20 already.")]
    TooMany,
    #[error("The file did not arrive as a whole. Please send it again.")]
    Incomplete,
    #[error("This picture cannot be read. It may be damaged; please try another one.")]
    Unreadable,
    #[error("This picture is too large: at most 25 megapixels fit. Please make it smaller and send it again.")]
    TooManyPixels,
    #[error("There is no room for files at the moment. Please try again later.")]
    NoRoom,
}

impl FileRefusal {
    /// The word of the live protocol for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAllowed => "file_not_allowed",
            Self::TooLarge => "file_too_large",
            Self::TooMany => "file_too_many",
            Self::Incomplete => "file_incomplete",
            Self::Unreadable => "picture_unreadable",
            Self::TooManyPixels => "picture_too_large",
            Self::NoRoom => "file_no_room",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture that was drawn anew, so that nothing but its pixels is left.
    Picture { width: u32, height: u32 },
    /// Anything else: for downloading alone.
    Other,
}
