//! Files in chats, if the site and the role allow them. `send` takes one in while it arrives, `read` gives it out to the people in that
//! chat, `request` asks the visitor for one, `picture` draws pictures anew, `gate` bounds what goes on at the same time.
//!
//! A file is there for as long as its chat is open; see `store/attachments`.

mod gate;
pub mod picture;
mod read;
mod request;
mod send;

pub use gate::Gate;
pub use read::open;
pub use request::request;
pub use send::{Begun, Sending, Upload, begin};

use super::conversations::entries;
use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor};
use crate::domain::event::Author;
use crate::domain::file::FileRefusal;
use crate::domain::permission::Permission;
use crate::store::OpenConversation;

/// Who sends a file, if they may at this moment.
fn sender(ctx: &Ctx, open: &OpenConversation) -> Result<Author, Failure> {
    entries::may_see(ctx, &open.head)?;
    match ctx.actor {
        Actor::Visitor { site, .. } => {
            open.head.may_visitor_write()?;
            let house = ctx.store.house();
            let allows = |is_asked: bool| {
                let site = house.sites.get(site).map(|site| &site.switches);
                site.is_some_and(|it| it.visitor_files || (is_asked && it.operator_files))
            };
            // Whoever is asked for a file may send one, for as long as the site lets operators ask.
            if allows(open.is_asked_for_file) { Ok(Author::Visitor) } else { Err(FileRefusal::NotAllowed.into()) }
        }
        _ => {
            let me = entries::staff(ctx)?;
            open.head.may_operator_write(me.id)?;
            staff_may(ctx, open)?;
            Ok(me.into())
        }
    }
}

fn staff_may(ctx: &Ctx, open: &OpenConversation) -> Result<(), Failure> {
    let house = ctx.store.house();
    let site = house.sites.get(&open.head.site).ok_or(Failure::NotFound)?;
    if site.switches.operator_files && ctx.authorize(Action::UseIn(Permission::SendFiles, &open.head)).is_ok() {
        Ok(())
    } else {
        Err(FileRefusal::NotAllowed.into())
    }
}

#[cfg(test)]
#[path = "../tests/files.rs"]
mod tests;
