//! Looking whether everything that is kept is whole.

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::store::{Scope, Verdict, Watch};

/// Reads everything that the scope names, while all goes on. What is damaged is told and counted.
///
/// # Errors
/// `Denied` to those who may not read the system's state; when nobody listens any more.
pub fn verify(ctx: &Ctx, scope: Scope, watch: Watch) -> Result<Verdict, Failure> {
    ctx.authorize(Action::ReadSystem)?;
    Ok(ctx.store.verify(scope, watch)?)
}
