//! The end of what was filled in: when its chat closes, once it was shown, by hand. What is due by a clock or a rule is theirs.

use super::reading::found;
use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::PurgeRule;
use crate::domain::id::{RequestId, SubmissionId};
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::secure_form::{KeptSubmission, Submission};
use crate::domain::time::Timestamp;
use crate::service::holds::{Held, drawer_of};
use crate::service::purge_rules;
use crate::service::retention::{self, Drawers, Erased};

/// Destroys what the forms say: answers in chats that are closed, and answers that were shown and are still there, because a hold kept
/// them or the power went.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn purge_due(ctx: &Ctx) -> Result<Erased, Failure> {
    ctx.authorize(Action::Purge)?;
    // While the clock is not believed nothing goes by itself.
    if purge_rules::is_paused(ctx) {
        return Ok(Erased::default());
    }
    let house = ctx.store.house();
    let mut due = Drawers::new();
    for it in ctx.store.submissions() {
        let Some(form) = house.forms.get(&it.form) else { continue };
        // Without a chat there is no close: then it goes by its clock, or by hand.
        let is_over = form.purge_at_close && it.of.is_some_and(|of| ctx.store.open_conversation(of).is_none());
        if is_over || (form.purge_on_first_view && was_shown(ctx, &it)?) {
            due.entry(it.site).or_default().push(drawer_of(it.id));
        }
    }
    retention::erase(ctx, due, PurgeRule::Form)
}

fn was_shown(ctx: &Ctx, it: &KeptSubmission) -> Result<bool, Failure> {
    Ok(ctx.store.submission(it.id)?.is_some_and(|it| it.viewed_at.is_some()))
}

/// Destroys one by hand.
///
/// # Errors
/// `NotFound`; `Denied` where the role does not allow it; `Conflict` while a hold keeps it.
pub fn erase(ctx: &Ctx, id: SubmissionId) -> Result<(), Failure> {
    let (submission, head) = found(ctx, id)?;
    match &head {
        Some(head) => ctx.authorize(Action::UseIn(Permission::RevealAnswers, head))?,
        None => ctx.authorize(Action::Use(Permission::RevealAnswers, submission.site))?,
    }
    let erased = destroy(ctx, &submission, PurgeRule::ByHand)?;
    if erased.held > 0 {
        return Err(Failure::Conflict(
            "A legal hold keeps this, so nothing was erased. Ask whoever looks after privacy.".to_owned(),
        ));
    }
    Ok(())
}

/// Forgets requests that nobody can fill in any more.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn sweep(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let is_stale = |at: Timestamp| at.plus(limits::FORM_LINK_KEPT) <= ctx.now;
    let stale = house.requests.values().filter(|it| is_stale(it.used_at.unwrap_or(it.expires_at)));
    let stale: Vec<RequestId> = stale.map(|it| it.id).collect();
    if stale.is_empty() {
        return Ok(0);
    }
    let mut batch = ctx.store.batch();
    for id in &stale {
        batch.delete_request(*id);
    }
    ctx.store.commit(batch).wait()?;
    Ok(stale.len())
}

/// Whether a legal hold keeps it, or its chat, or its site.
pub(super) fn is_held(ctx: &Ctx, submission: &Submission) -> Result<bool, Failure> {
    Ok(Held::now(ctx.store)?.by(submission.site, drawer_of(submission.id)).is_some())
}

/// Destroys its drawer, unless a hold keeps it.
pub(super) fn destroy(ctx: &Ctx, submission: &Submission, rule: PurgeRule) -> Result<Erased, Failure> {
    retention::erase(ctx, Drawers::from([(submission.site, vec![drawer_of(submission.id)])]), rule)
}
