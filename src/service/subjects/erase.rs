//! Erasing everything about somebody, at once. What is under a legal hold stays, and its reason is said.

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
    carry_out(ctx, look(ctx, question)?)
}

/// Whoever calls this has asked whether the actor may.
pub(super) fn carry_out(ctx: &Ctx, found: Found) -> Result<Erased, Failure> {
    let kept = kept(&found);
    let chats = found.chats.iter().filter(|it| it.held.is_none()).map(|it| (it.head.site, it.head.id));
    let forms = found.submissions.iter().filter(|it| it.held.is_none());
    let forms = forms.map(|it| (it.submission.site, holds::drawer_of(it.submission.id)));
    let (conversations, submissions) = (chats.clone().count(), forms.clone().count());
    if conversations + submissions == 0 {
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
    let mut sites = Drawers::new();
    for (site, drawer) in chats.chain(forms) {
        sites.entry(site).or_default().push(drawer);
    }
    retention::erase_but_held_by_law(ctx, sites, PurgeRule::ByHand)?;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let what = SubjectErasure {
        subject: found.subject,
        conversations: number(conversations),
        submissions: number(submissions),
        kept: number(kept.len()),
    };
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectErased(what));
    ctx.store.commit(batch).wait()?;
    let receipt = ctx.memory.erased.newest(ctx, found.subject)?.ok_or(Failure::NotFound)?;
    Ok(Erased { receipt, is_repeated: false, kept })
}

fn kept(found: &Found) -> Vec<Kept> {
    let chats = found.chats.iter().map(|it| (it.head.id.to_string(), &it.held));
    let forms = found.submissions.iter().map(|it| (it.submission.id.to_string(), &it.held));
    chats.chain(forms).filter_map(|(what, held)| Some(Kept { what, reason: held.clone()? })).collect()
}
