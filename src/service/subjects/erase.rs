//! Erasing everything about somebody, at once. What is under a legal hold stays, and its reason is said.

use std::collections::BTreeSet;

use super::Receipt;
use super::find::{Found, Question, look};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, PurgeRule, SubjectErasure};
use crate::service::retention::{self, Drawers};
use crate::service::{Ctx, Failure, holds};

/// What became of a wish to be erased.
pub struct Erased {
    pub receipt: Receipt,
    /// There was nothing left to erase: this is the receipt of the time before.
    pub is_repeated: bool,
    /// What stays, and why.
    pub kept: Vec<Kept>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id, in words.
    pub what: String,
    pub reason: String,
}

/// Everything about this person goes: closed chats, open ones in the middle of a sentence, messages, files and what was filled in.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `Conflict` when there is nothing, or all of it is held.
pub fn erase(ctx: &Ctx, question: &Question) -> Result<Erased, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.authorize(Action::Purge)?;
    ctx.require_proof()?;
    carry_out(ctx, question)
}

/// Whoever calls this has asked whether the actor may. One at a time, so that two who ask at the same moment get the same receipt.
pub(super) fn carry_out(ctx: &Ctx, question: &Question) -> Result<Erased, Failure> {
    let _alone = ctx.memory.trail.alone();
    let found = look(ctx, question)?;
    let sites = drawers(&found);
    if sites.is_empty() {
        let kept = kept(&found);
        return match (found.receipt, kept.first()) {
            (Some(receipt), _) => Ok(Erased { receipt, is_repeated: true, kept }),
            (None, Some(first)) => {
                Err(Failure::Conflict(format!("Nothing was erased, because all of it is held: {}", first.reason)))
            }
            (None, None) => {
                Err(Failure::Conflict("Nothing is kept about this person, so there was nothing to erase.".to_owned()))
            }
        };
    }
    retention::erase_but_held_by_law(ctx, sites, PurgeRule::Request)?;
    // A hold may have been placed meanwhile: the receipt tells of what is gone, and of nothing that stayed.
    let stayed = look(ctx, question)?;
    let (chats, forms) = (ids(&found.chats, |it| it.head.id), ids(&found.submissions, |it| it.submission.id));
    let (chats_left, forms_left) = (ids(&stayed.chats, |it| it.head.id), ids(&stayed.submissions, |it| it.submission.id));
    let kept = kept(&stayed);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let what = SubjectErasure {
        subject: found.subject,
        conversations: number(chats.difference(&chats_left).count()),
        submissions: number(forms.difference(&forms_left).count()),
        kept: number(kept.len()),
    };
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectErased(what));
    ctx.store.commit(batch).wait()?;
    let receipt = ctx.memory.trail.receipt(ctx, found.subject)?.ok_or(Failure::NotFound)?;
    Ok(Erased { receipt, is_repeated: false, kept })
}

/// What may go.
fn drawers(found: &Found) -> Drawers {
    let chats = found.chats.iter().filter(|it| it.held.is_none()).map(|it| (it.head.site, it.head.id));
    let forms = found.submissions.iter().filter(|it| it.held.is_none());
    let forms = forms.map(|it| (it.submission.site, holds::drawer_of(it.submission.id)));
    let mut sites = Drawers::new();
    for (site, drawer) in chats.chain(forms) {
        sites.entry(site).or_default().push(drawer);
    }
    sites
}

fn ids<T, I: Ord>(of: &[T], id: impl Fn(&T) -> I) -> BTreeSet<I> {
    of.iter().map(id).collect()
}

fn kept(found: &Found) -> Vec<Kept> {
    let chats = found.chats.iter().map(|it| (it.head.id.to_string(), &it.held));
    let forms = found.submissions.iter().map(|it| (it.submission.id.to_string(), &it.held));
    chats.chain(forms).filter_map(|(what, held)| Some(Kept { what, reason: held.clone()? })).collect()
}
