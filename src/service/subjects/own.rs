//! What visitors do themselves, who show their code. The code is all that they have to show: it is derived from the token in their
//! browser, has 80 bits, and how often somebody may try one is bounded.

use std::collections::BTreeSet;

use super::change::withdraw_in;
use super::dossier::{self, Dossier};
use super::erase::{self, Erased};
use super::find::{Found, Question, Reach, look};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::id::SiteId;
use crate::domain::subject::{Mark, VisitorCode};
use crate::domain::throttle::Limit;
use crate::service::suspicion::{self, Sign};
use crate::service::throttle::{self, By};
use crate::service::transcripts::Notes;
use crate::service::{Asked, Ctx, Failure};

/// What is kept of whoever has this code, or the receipt of what was. That it was shown is in the audit log.
///
/// # Errors
/// `Invalid` for what is no code; `NotFound` when there is nothing and never was; `TooMany`.
pub fn show(ctx: &Ctx, typed: &str) -> Result<Found, Failure> {
    let found = found(ctx, typed)?;
    let ctx = &written_down(ctx, &found);
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectLooked { subject: found.subject, found: found.count() });
    ctx.store.commit(batch).wait()?;
    Ok(found)
}

fn found(ctx: &Ctx, typed: &str) -> Result<Found, Failure> {
    let question = question(typed)?;
    if let Some(address) = ctx.asked.from {
        throttle::take(ctx, Limit::DataCodes, By::Address(address))?;
    }
    let found = look(ctx, &question)?;
    if found.is_nothing() && found.receipt.is_none() {
        if let Some(address) = ctx.asked.from {
            suspicion::note(ctx, address, Sign::Token(typed));
        }
        return Err(Failure::NotFound);
    }
    // The code is made of the token, so whoever shows it is the visitor of these chats and of no others.
    for chat in &found.chats {
        let visitor = Actor::Visitor { site: chat.head.site, token_index: chat.head.token_index };
        Ctx { actor: &visitor, ..*ctx }.authorize(Action::AskForOwnData(&chat.head))?;
    }
    Ok(found)
}

/// All of it, to be taken along, without what the staff note among themselves.
///
/// # Errors
/// As `show`; `Conflict` when there is nothing any more.
pub fn export(ctx: &Ctx, typed: &str) -> Result<Dossier, Failure> {
    let found = found(ctx, typed)?;
    dossier::hand_out(&written_down(ctx, &found), found, Notes::LeftOut)
}

/// All of it goes.
///
/// # Errors
/// As `show`; `Conflict` when all of it is held.
pub fn erase(ctx: &Ctx, typed: &str) -> Result<Erased, Failure> {
    let found = found(ctx, typed)?;
    erase::carry_out(&written_down(ctx, &found), &question(typed)?)
}

/// They take back what they agreed to; in how many chats.
///
/// # Errors
/// As `show`.
pub fn withdraw(ctx: &Ctx, typed: &str) -> Result<usize, Failure> {
    let found = found(ctx, typed)?;
    withdraw_in(&written_down(ctx, &found), &found.chats.iter().map(|chat| chat.head.id).collect::<Vec<_>>())
}

fn question(typed: &str) -> Result<Question, Failure> {
    let message = "A code has 16 letters and digits, such as ABCD-EFGH-IJKL-MNOP.";
    let code = VisitorCode::parse(typed).ok_or_else(|| Failure::Invalid { field: "mark", message: message.to_owned() })?;
    Ok(Question { mark: Mark::code(&code), reach: Reach::Mark })
}

/// The act as the audit log may have it: who shows a code is a visitor of these sites, of whose address no more is written down than each of
/// them lets. Where nothing is left that says which sites these were, what all of them let.
fn written_down<'a>(ctx: &Ctx<'a>, found: &Found) -> Ctx<'a> {
    let house = ctx.store.house();
    let chats = found.chats.iter().map(|it| it.head.site);
    let mut sites: BTreeSet<SiteId> = chats.chain(found.submissions.iter().map(|it| it.submission.site)).collect();
    if sites.is_empty() {
        sites.extend(house.sites.keys().copied());
    }
    let from = ctx.asked.from.and_then(|address| {
        let mut policies = sites.iter().map(|site| house.sites.get(site).map(|site| site.switches.address));
        policies.try_fold(address, |address, policy| policy?.recorded(address))
    });
    Ctx { asked: Asked { from, ..ctx.asked }, ..*ctx }
}
