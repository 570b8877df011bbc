//! Giving a file out.

use crate::domain::event::EventKind;
use crate::domain::file::FileRef;
use crate::domain::id::{ConversationId, FileId};
use crate::service::conversations::entries::may_see;
use crate::service::{Ctx, Failure, readings};
use crate::store::FileReader;

/// A file of an open chat, for the people in it. That the staff were given it is on record before its first byte.
///
/// # Errors
/// `NotFound` for everybody else, and for everybody once the chat is closed: the same answer; when the store does not write.
pub fn open(ctx: &Ctx, conversation: ConversationId, file: FileId) -> Result<(FileRef, FileReader), Failure> {
    let open = ctx.store.open_conversation(conversation).ok_or(Failure::NotFound)?;
    let seq = {
        let open = open.lock();
        may_see(ctx, &open.head)?;
        open.files.iter().find(|(id, _)| *id == file).map(|(_, seq)| *seq).ok_or(Failure::NotFound)?
    };
    let told = ctx.store.events(conversation, seq - 1, 1)?.pop();
    let reader = ctx.store.file(conversation, file)?.ok_or(Failure::NotFound)?;
    match told.map(|event| event.kind) {
        Some(EventKind::File(it)) if it.id == file => {
            if let Some(row) = readings::note_file(ctx, conversation, &it) {
                row.wait()?;
            }
            Ok((it, reader))
        }
        _ => Err(Failure::NotFound),
    }
}
