//! Secure forms: built by those who look after privacy, sent by operators into a chat or as a link, filled in on a page of our own, and
//! read masked. What was filled in lies in a drawer of its own; no search, transcript, letter, webhook or log has a way to it.
//!
//! `building` makes forms and `translating` says them in other languages, `asking` sends one, `filling` takes what somebody filled in,
//! `reading` shows it, `purging` destroys it. `links` is what a link consists of.

use std::sync::Arc;

use super::fields::Fields;
use super::{Ctx, Failure};
use crate::domain::access::{Action, Denied};
use crate::domain::id::FormId;
use crate::domain::secure_form::SecureForm;

mod asking;
mod building;
mod filling;
mod links;
mod purging;
mod reading;
mod translating;

pub use asking::{Asking, ask, ask_by_link, asked_in, asked_of, link_into, sendable, withdraw};
pub(super) use building::CARD_CODE;
pub use building::{Kind, SecureFieldDraft, SecureFormDraft, archive, change, create, restore};
pub use filling::{Opened, Standing, open, submit, was_ours};
pub use links::Link;
pub use purging::{erase, purge_due, sweep};
pub use reading::{Reading, Shown, may_reveal, of_conversation, of_sites, read, reveal, show_once};
pub use translating::{FieldTextsDraft, TextsDraft, translate};

/// All forms, those in use first, by name.
///
/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn list(ctx: &Ctx) -> Result<Vec<Arc<SecureForm>>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let mut forms: Vec<_> = ctx.store.house().forms.values().cloned().collect();
    forms.sort_by_cached_key(|form| (form.is_archived, form.name.as_str().to_lowercase(), form.id));
    Ok(forms)
}

/// # Errors
/// `NotFound`, to those who may not manage privacy too.
pub fn get(ctx: &Ctx, id: FormId) -> Result<Arc<SecureForm>, Failure> {
    ctx.authorize(Action::ManagePrivacy).map_err(|Denied| Failure::NotFound)?;
    ctx.store.house().forms.get(&id).cloned().ok_or(Failure::NotFound)
}

#[cfg(test)]
#[path = "../tests/secure_forms.rs"]
mod tests;
