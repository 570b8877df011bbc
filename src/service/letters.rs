//! Letters to staff about their own account: a link to choose a password, and what they should hear of. What is owed is stored with the
//! act that it is about; the link's secret is made when the letter is, so that it stands in the letter and nowhere else.
//!
//! Acts here make letters and note what became of them; handing them to a mail server is `outbound`'s.

use std::time::Duration;

use super::sign_in::reset;
use super::{Ctx, Failure, people};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::id::OperatorId;
use crate::domain::letter::{LetterKind, OwedLetter};
use crate::domain::limits;
use crate::domain::mail::Letter;
use crate::domain::news::News;
use crate::domain::operator::{Operator, Standing};
use crate::store::Batch;

/// After this long nobody tries any more.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A letter that is due, and who it is for.
pub struct Due {
    pub operator: OperatorId,
    pub owed: OwedLetter,
    pub letter: Letter,
}

/// Adds to the batch that somebody is to be written to; without a mail server nothing is owed. The caller holds the change lock, and owes
/// one person one letter in one batch.
pub(super) fn owe_in(ctx: &Ctx, batch: &mut Batch, operator: OperatorId, kind: LetterKind) {
    if !ctx.memory.sends_mail || (kind.has_link() && ctx.memory.links_lead_to.is_none()) {
        return;
    }
    let mut owed = owed_to(ctx, operator);
    owed.retain(|older| !kind.replaces(older.kind));
    owed.push(OwedLetter::new(kind, ctx.now));
    batch.put_letters(operator, owed);
    batch.tell(News::LetterOwed);
}

/// Whether links can be mailed: there is a server that takes mail, and an address that is surely ours.
#[must_use]
pub fn can_mail_links(ctx: &Ctx) -> bool {
    ctx.memory.sends_mail && ctx.memory.links_lead_to.is_some()
}

/// Whether an invitation or a reset for this person is still on its way to the mail server.
#[must_use]
pub fn is_on_its_way(ctx: &Ctx, operator: OperatorId) -> bool {
    owed_to(ctx, operator).iter().any(|owed| owed.kind.has_link())
}

fn owed_to(ctx: &Ctx, operator: OperatorId) -> Vec<OwedLetter> {
    ctx.store.house().letters.get(&operator).cloned().unwrap_or_default()
}

/// What is to be sent now, in letters. What nobody has any use for any more is cleared away.
///
/// # Errors
/// `Denied` for anybody but the appliance itself; when the store does not write.
pub fn due(ctx: &Ctx) -> Result<Vec<Due>, Failure> {
    ctx.authorize(Action::Purge)?;
    let mut due = Vec::new();
    let all: Vec<_> = ctx.store.house().letters.iter().map(|(id, owed)| (*id, owed.clone())).collect();
    for (operator, owed) in all {
        for owed in owed.into_iter().filter(|owed| owed.next_at <= ctx.now) {
            match letter(ctx, operator, owed.kind)? {
                Some(letter) => due.push(Due { operator, owed, letter }),
                None => settle(ctx, operator, &owed, None)?,
            }
        }
    }
    Ok(due)
}

/// It was taken.
///
/// # Errors
/// When that cannot be stored: then it is sent again.
pub fn sent(ctx: &Ctx, operator: OperatorId, owed: &OwedLetter) -> Result<(), Failure> {
    settle(ctx, operator, owed, Some(AuditAction::LetterSent(operator)))
}

/// It was not. It is tried again later and later, and given up when it is of no use any more.
///
/// # Errors
/// When that cannot be stored.
pub fn not_sent(ctx: &Ctx, operator: OperatorId, owed: &OwedLetter, is_final: bool) -> Result<(), Failure> {
    let patience = if owed.kind == LetterKind::PasswordReset { limits::PASSWORD_RESET_LIFE } else { GIVE_UP_AFTER };
    if is_final || ctx.now.since(owed.since) >= patience {
        return settle(ctx, operator, owed, Some(AuditAction::LetterGivenUp(operator)));
    }
    let tries = owed.tries.saturating_add(1);
    let wait = Duration::from_secs(60 << u32::from(owed.tries.min(5)));
    replace(ctx, operator, owed, Some(OwedLetter { tries, next_at: ctx.now.plus(wait), ..*owed }), None)
}

fn settle(ctx: &Ctx, operator: OperatorId, owed: &OwedLetter, what: Option<AuditAction>) -> Result<(), Failure> {
    replace(ctx, operator, owed, None, what)
}

/// Puts a letter in the place of one that is owed, unless a newer one has taken it meanwhile.
fn replace(
    ctx: &Ctx,
    operator: OperatorId,
    owed: &OwedLetter,
    with: Option<OwedLetter>,
    what: Option<AuditAction>,
) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let mut all = owed_to(ctx, operator);
    let Some(at) = all.iter().position(|it| it == owed) else { return Ok(()) };
    all.remove(at);
    all.extend(with);
    let mut batch = ctx.store.batch();
    batch.put_letters(operator, all);
    if let Some(what) = what {
        ctx.audit(&mut batch, what);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// The letter itself; `None` when it has lost its point.
fn letter(ctx: &Ctx, id: OperatorId, kind: LetterKind) -> Result<Option<Letter>, Failure> {
    let house = ctx.store.house();
    let Some(operator) = house.operators.get(&id).filter(|it| it.standing != Standing::Disabled) else { return Ok(None) };
    let link = match kind {
        LetterKind::Invitation => link(ctx, "/join", people::link_for_letter(ctx, id)?),
        LetterKind::PasswordReset => link(ctx, "/login/password", reset::link_for_letter(ctx, id)?),
        _ => Some(String::new()),
    };
    let Some(link) = link else { return Ok(None) };
    let house_name = house.organisation.as_ref().map_or("Parlor", |it| it.name.as_str());
    let (subject, body) = words(kind, house_name, &link);
    let text = format!("Hello {},\n\n{body}\n\n{house_name}\n", operator.name.as_str());
    Ok(Some(Letter { to: to(operator), subject, text }))
}

fn to(operator: &Operator) -> crate::domain::text::EmailAddress {
    operator.email.clone()
}

fn link(ctx: &Ctx, path: &str, token: Option<super::tokens::Token>) -> Option<String> {
    let base = ctx.memory.links_lead_to.as_deref()?;
    // Behind the #, where no server and no log on the way sees it.
    token.map(|token| format!("{base}{path}#{}", token.expose()))
}

const TELL_US: &str = "If that was you, there is nothing to do. If it was not, tell your administrator at once.";

fn words(kind: LetterKind, house: &str, link: &str) -> (String, String) {
    match kind {
        LetterKind::Invitation => (
            format!("You are invited to {house}"),
            format!(
                "you are invited to answer chats for {house}. Choose a password here; the link works once, and for three days:\n\n{link}"
            ),
        ),
        LetterKind::PasswordReset => (
            "Choose a new password".to_owned(),
            format!(
                "somebody asked for a new password for your account. Choose it here; the link works once, and for half an hour:\n\n{link}\n\nIf that was not you, do nothing: your password stays as it is."
            ),
        ),
        LetterKind::PasswordChanged => {
            ("Your password was changed".to_owned(), format!("the password of your account was changed. {TELL_US}"))
        }
        LetterKind::SecondFactorRemoved => {
            ("A second factor was removed".to_owned(), format!("a second factor of your account was removed. {TELL_US}"))
        }
        LetterKind::RecoveryCodeUsed { left } => (
            "A recovery code was used".to_owned(),
            format!("somebody signed in to your account with one of your recovery codes; {left} are left. {TELL_US}"),
        ),
        LetterKind::Alert => (
            "Something needs a look".to_owned(),
            "an alert has come that nobody has seen yet. Sign in and look under Security, Alerts: what happened and what to do stands there, and in no letter.".to_owned(),
        ),
        LetterKind::CodesRefused => (
            "Somebody knows your password".to_owned(),
            format!(
                "somebody entered the right password for your account and then several wrong codes. They did not get in. {TELL_US} And choose another password."
            ),
        ),
    }
}

#[cfg(test)]
#[path = "tests/letters.rs"]
mod tests;
