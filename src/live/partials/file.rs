//! A file as the staff see it in a conversation: the picture itself, and a way to download; once the chat is closed, that it was deleted.

use crate::domain::conversation::Conversation;
use crate::domain::event::EventKind;
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::{ConversationId, FileId};

pub struct FilePart<'a> {
    conversation: ConversationId,
    id: FileId,
    pub name: &'a str,
    bytes: u64,
    /// Width and height.
    pub picture: Option<(u32, u32)>,
    pub is_gone: bool,
}

impl<'a> FilePart<'a> {
    pub fn of(conversation: &Conversation, kind: &'a EventKind) -> Option<Self> {
        let EventKind::File(FileRef { id, name, kind, bytes }) = kind else { return None };
        let picture = match kind {
            FileKind::Picture { width, height } => Some((*width, *height)),
            FileKind::Other => None,
        };
        let (name, is_gone) = (name.as_str(), conversation.closed_at().is_some());
        Some(Self { conversation: conversation.id, id: *id, name, bytes: *bytes, picture, is_gone })
    }

    pub fn address(&self) -> String {
        format!("/live/files/{}/{}", self.conversation, self.id)
    }

    /// As people count: in kilobytes or megabytes of a thousand each.
    pub fn size(&self) -> String {
        match self.bytes {
            bytes @ 0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
            bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        }
    }
}
