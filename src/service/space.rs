//! The room on the disk, as the house lives with it: looked at every two seconds, told when it changes.

use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::space::{Reading, Room};

use super::{Ctx, Failure};

/// Takes in a look at the disk: from here on new chats are taken or declined, and the ballast is there or given up. `true`
/// when that is another state than before; then it is in the log and in the audit log too.
///
/// # Errors
/// `Denied` unless a timer or the host asks.
pub fn take_in(ctx: &Ctx, reading: Reading) -> Result<bool, Failure> {
    ctx.authorize(Action::ReadSystem)?;
    if !ctx.store.space().settle(reading) {
        return Ok(false);
    }
    let standing = ctx.store.space().standing();
    let free_mib = standing.free_mib();
    match standing.room {
        Room::Plenty => tracing::info!(free_mib, "there is room on the disk again: new chats are taken"),
        Room::Low => tracing::warn!(free_mib, "the disk is nearly full: new chats are declined; make room"),
        Room::Critical => tracing::error!(free_mib, "the disk is full: new chats are declined, messages may soon be; make room"),
    }
    let mut batch = ctx.store.batch();
    let free_mib = u32::try_from(free_mib).unwrap_or(u32::MAX);
    ctx.audit(&mut batch, AuditAction::RoomChanged { room: standing.room, free_mib });
    // Not waited for: on a disk that takes nothing the row would be late, and staff have to know now.
    let _row = ctx.store.commit(batch);
    Ok(true)
}

/// # Errors
/// `NoRoom` while new chats are declined.
pub(super) fn check(ctx: &Ctx) -> Result<(), Failure> {
    if ctx.store.space().room().takes_new_chats() { Ok(()) } else { Err(Failure::NoRoom) }
}

#[cfg(test)]
#[path = "tests/space.rs"]
mod tests;
