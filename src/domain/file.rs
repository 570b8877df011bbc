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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture that was drawn anew, so that nothing but its pixels is left.
    Picture { width: u32, height: u32 },
    /// Anything else: for downloading alone.
    Other,
}
