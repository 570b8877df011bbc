//! Asking the visitor for a file.

use super::staff_may;
use crate::domain::event::EventKind;
use crate::domain::id::ConversationId;
use crate::domain::news::Origin;
use crate::service::conversations::entries::add;
use crate::service::conversations::serve::as_staff;
use crate::service::{Ctx, Failure};

/// From here on the visitor may send one file, whatever the site allows otherwise.
///
/// # Errors
/// `NotFound` for a chat of somebody else's site, `Illegal` when it is not theirs to answer, `File` where the site or the role does
/// not allow it.
pub fn request(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        open.head.may_operator_write(me.id)?;
        staff_may(ctx, open)?;
        let mut batch = ctx.store.batch();
        add(ctx, &mut batch, open, me.into(), EventKind::FileRequested, Some(origin));
        ctx.store.commit(batch);
        Ok(())
    })
}
