//! Sites: the websites that show a chat window, and how it looks and behaves there. The settings come in sections, one form and
//! one file each; saving a section leaves all others as they are at that moment, whoever changed them meanwhile.

use std::sync::Arc;

use super::fields::Fields;
use super::{Ctx, Failure, posture};
use crate::domain::access::{Action, Denied};
use crate::domain::audit::{AuditAction, SiteSection};
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::site::Site;
use crate::domain::text::Name;

mod chat;
mod forms;
mod general;
mod hours;
mod invitations;
mod look;
mod privacy;
mod queue;
mod redaction;
mod texts;
mod visitors;
mod windows;

pub use super::purging::PurgeForm;
pub use chat::ChatForm;
pub use forms::{Adding, BuilderForm, FieldForm, OfflineForm, PreChatForm};
pub use general::GeneralForm;
pub(super) use general::parse_origins;
pub use hours::{HolidayForm, HoursForm, Mode, SpanForm};
pub use invitations::{InvitationsForm, RuleForm};
pub use look::LookForm;
pub use privacy::PrivacyForm;
pub use queue::QueueForm;
pub use redaction::RedactionForm;
pub use texts::TextsForm;
pub use visitors::VisitorsForm;
pub use windows::{WindowForm, add_window, change_window, remove_window, window};

/// One section of a site's settings as its form holds it: text as typed, so that a form that failed shows it again.
pub trait Section: Sized {
    /// What the audit log calls it.
    const NAME: SiteSection;

    /// The form as it shows a site.
    fn of(site: &Site) -> Self;

    /// Puts what was typed into the site, and touches nothing that is not in the form.
    ///
    /// # Errors
    /// `InvalidFields` for all that cannot be taken.
    fn apply(&self, ctx: &Ctx, site: &mut Site) -> Result<(), Failure>;
}

/// All sites, by name, for those who manage them.
///
/// # Errors
/// `Denied` to those who do not.
pub fn list(ctx: &Ctx) -> Result<Vec<Arc<Site>>, Failure> {
    ctx.authorize(Action::ManageSites)?;
    Ok(by_name(ctx.store.house().sites.values().cloned()))
}

/// The sites whose conversations the actor serves, by name.
#[must_use]
pub fn served(ctx: &Ctx) -> Vec<Arc<Site>> {
    let house = ctx.store.house();
    by_name(house.sites.values().filter(|site| ctx.authorize(Action::ServeSite(site.id)).is_ok()).cloned())
}

/// # Errors
/// `NotFound`, to those who may not manage sites too.
pub fn get(ctx: &Ctx, id: SiteId) -> Result<Arc<Site>, Failure> {
    ctx.authorize(Action::ManageSites).map_err(|Denied| Failure::NotFound)?;
    ctx.store.house().sites.get(&id).cloned().ok_or(Failure::NotFound)
}

/// Makes a site; whatever the form does not ask stands as setup would have it.
///
/// # Errors
/// `InvalidFields` for all that cannot be taken.
pub fn create(ctx: &Ctx, form: &GeneralForm) -> Result<SiteId, Failure> {
    ctx.authorize(Action::ManageSites)?;
    let id = SiteId::from_bytes(ctx.random_bytes());
    let _changing = ctx.memory.changing();
    if ctx.store.house().sites.len() >= limits::SITES {
        return Err(Failure::Conflict(format!("At most {} sites fit.", limits::SITES)));
    }
    let mut site = Site::new(id, unnamed(), Vec::new(), ctx.now);
    form.apply(ctx, &mut site)?;
    posture::conform(ctx, &mut site);
    save(ctx, &site, AuditAction::SiteCreated(id))?;
    Ok(id)
}

/// Saves one section.
///
/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change<F: Section>(ctx: &Ctx, id: SiteId, form: &F) -> Result<(), Failure> {
    alter(ctx, (id, F::NAME), |site| form.apply(ctx, site))
}

/// Changes a site as it is at this moment; nobody else changes it meanwhile.
///
/// # Errors
/// `NotFound`, and whatever the change refuses: then nothing is changed.
pub(super) fn alter(
    ctx: &Ctx,
    (id, section): (SiteId, SiteSection),
    change: impl FnOnce(&mut Site) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let mut site = Site::clone(&before);
    change(&mut site)?;
    if site == *before { Ok(()) } else { save(ctx, &site, AuditAction::SiteSectionChanged(id, section)) }
}

fn save(ctx: &Ctx, site: &Site, what: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_site(site);
    ctx.audit(&mut batch, what);
    batch.tell(News::Site(site.id));
    ctx.settle(batch)?;
    Ok(())
}

fn by_name(sites: impl Iterator<Item = Arc<Site>>) -> Vec<Arc<Site>> {
    let mut sites: Vec<_> = sites.collect();
    sites.sort_by_cached_key(|site| (site.name.as_str().to_lowercase(), site.id));
    sites
}

/// The name of a site before it has one.
#[expect(clippy::expect_used, reason = "a constant name, which the tests exercise")]
fn unnamed() -> Name {
    Name::parse("-").expect("a constant name is valid")
}

/// A whole number that somebody typed.
fn number(text: &str) -> Option<u16> {
    text.trim().parse().ok()
}

#[cfg(test)]
#[path = "../tests/sites.rs"]
mod tests;
