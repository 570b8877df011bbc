//! Asking the visitor for a file.

use super::staff_may;
use crate::domain::event::EventKind;
use crate::domain::id::ConversationId;
use crate::domain::news::Origin;
use crate::service::conversations::entries::{add, may_see, over, repeat, staff, writable};
use crate::service::{Ctx, Failure};

/// From here on the visitor may send one file, whatever the site allows otherwise.
///
/// # Errors
/// `NotFound` for a chat of somebody else's site, `Illegal` when it is not theirs to answer, `File` where the site or the role does
/// not allow it.
pub fn request(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let me = staff(ctx)?;
    if let Some(&first) = open.client_ids.get(&(Some(me.id), origin.client_id.clone())) {
        repeat(ctx, id, first, origin);
        return Ok(());
    }
    open.head.may_operator_write(me.id)?;
    staff_may(ctx, &open)?;
    let mut batch = ctx.store.batch();
    add(ctx, &mut batch, &mut open, me.into(), EventKind::FileRequested, Some(origin));
    ctx.store.commit(batch);
    Ok(())
}
