//! Reading what was filled in: masked, for whoever serves the chat or the site; one answer in clear for a reason, or all of them once and
//! never again, as the form says. The reason is on record and the answer is not.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Ctx, Failure, purging};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::card::CardNumber;
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, SubmissionId};
use crate::domain::permission::Permission;
use crate::domain::purge_rule::Happening;
use crate::domain::secure_form::{KeptSubmission, SecureForm, Submission, SubmittedAnswer};
use crate::domain::text::Label;
use crate::service::{purge_rules, redaction, subjects};
use crate::store::Batch;

/// Letters that a reason has to share with an answer to count as quoting it.
const QUOTED: usize = 4;

/// What was filled in, for somebody who may see it.
pub struct Reading {
    pub submission: Submission,
    /// None: the form is not here any more.
    pub form: Option<Arc<SecureForm>>,
    pub may_reveal: bool,
    /// A legal hold keeps it.
    pub is_held: bool,
}

impl Reading {
    /// Whether it is shown once and destroyed.
    #[must_use]
    pub fn goes_on_view(&self) -> bool {
        self.form.as_ref().is_some_and(|form| form.purge_on_first_view)
    }
}

/// One answer in clear, or all.
#[derive(Debug)]
pub enum Shown {
    Answer(SubmittedAnswer),
    All { answers: Vec<SubmittedAnswer>, is_destroyed: bool },
}

/// What was filled in in a chat, newest first; nothing for who does not serve it.
///
/// # Errors
/// When one of them cannot be read.
pub fn of_conversation(ctx: &Ctx, head: &Conversation) -> Result<Vec<Submission>, Failure> {
    if !matches!(ctx.actor, Actor::Staff { .. }) || ctx.authorize(Action::ServeConversation(head)).is_err() {
        return Ok(Vec::new());
    }
    let mut kept: Vec<_> = ctx.store.submissions().into_iter().filter(|it| it.of == Some(head.id)).collect();
    kept.sort_by_key(|it| std::cmp::Reverse((it.at, it.id)));
    let mut all = Vec::new();
    for it in kept {
        all.extend(ctx.store.submission(it.id)?);
    }
    Ok(all)
}

/// What was filled in on the sites that the actor serves as a whole, newest first, without opening any of it. What belongs to a chat that is
/// kept and not used any more is for administrators, like the chat.
///
/// # Errors
/// When it cannot be read which chats these are.
pub fn of_sites(ctx: &Ctx) -> Result<Vec<KeptSubmission>, Failure> {
    let restricted = match ctx.authorize(Action::ManagePrivacy) {
        Ok(()) => HashSet::new(),
        Err(Denied) => subjects::restricted(ctx.store)?,
    };
    let is_withheld = |of: ConversationId| restricted.contains(&of) && ctx.store.open_conversation(of).is_none();
    let may = |it: &KeptSubmission| ctx.authorize(Action::ServePart(it.site, None)).is_ok() && !it.of.is_some_and(is_withheld);
    let mut kept: Vec<_> = ctx.store.submissions().into_iter().filter(may).collect();
    kept.sort_by_key(|it| std::cmp::Reverse((it.at, it.id)));
    Ok(kept)
}

/// # Errors
/// `NotFound` for what is not theirs, and for what was purged.
pub fn read(ctx: &Ctx, id: SubmissionId) -> Result<Reading, Failure> {
    let (submission, head) = found(ctx, id)?;
    if let Some(row) = crate::service::readings::note_submission(ctx, id) {
        row.wait()?;
    }
    Ok(Reading {
        may_reveal: may_reveal(ctx, &submission, head.as_ref()),
        form: ctx.store.house().forms.get(&submission.form).cloned(),
        is_held: purging::is_held(ctx, &submission)?,
        submission,
    })
}

/// One answer in clear.
///
/// # Errors
/// `NotFound`; `Denied` where the role does not allow it; `Invalid` for a reason that is none, or quotes an answer; `Conflict` where all
/// is shown at once.
pub fn reveal(ctx: &Ctx, id: SubmissionId, field: &str, reason: &str) -> Result<Shown, Failure> {
    let _changing = ctx.memory.changing();
    let (mut submission, head) = found(ctx, id)?;
    if !may_reveal(ctx, &submission, head.as_ref()) {
        return Err(Denied.into());
    }
    if ctx.store.house().forms.get(&submission.form).is_some_and(|form| form.purge_on_first_view) {
        return Err(Failure::Conflict("These answers are shown once, all together.".to_owned()));
    }
    let reason = checked(ctx, reason, &submission)?;
    let answer = submission.answers.iter().find(|it| it.field.as_str() == field).cloned().ok_or(Failure::NotFound)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::AnswerRevealed { submission: id, field: answer.field.as_str().to_owned(), reason });
    note_view(ctx, &mut batch, &mut submission)?;
    // Only who is on record gets to see it.
    ctx.store.commit(batch).wait()?;
    Ok(Shown::Answer(answer))
}

/// All answers in clear, of a form that is destroyed with that: they are destroyed before they are handed out, so that nobody sees them
/// again whatever happens meanwhile. What a hold keeps stays.
///
/// # Errors
/// As with `reveal`; `Conflict` for a form that stays, and when somebody else was quicker.
pub fn show_once(ctx: &Ctx, id: SubmissionId, reason: &str) -> Result<Shown, Failure> {
    let submission = mark_as_shown(ctx, id, reason)?;
    let erased = purging::destroy(ctx, &submission, PurgeRule::Form)?;
    Ok(Shown::All { answers: submission.answers, is_destroyed: erased.held == 0 })
}

/// From here on nobody else is shown it, and the timer destroys it should the power go.
fn mark_as_shown(ctx: &Ctx, id: SubmissionId, reason: &str) -> Result<Submission, Failure> {
    let _changing = ctx.memory.changing();
    let (mut submission, head) = found(ctx, id)?;
    if !may_reveal(ctx, &submission, head.as_ref()) {
        return Err(Denied.into());
    }
    if !ctx.store.house().forms.get(&submission.form).is_some_and(|form| form.purge_on_first_view) {
        return Err(Failure::Conflict("This form is not one that is shown once.".to_owned()));
    }
    if submission.viewed_at.is_some() && !purging::is_held(ctx, &submission)? {
        return Err(Failure::Conflict("Somebody else has just seen these answers, and they are being destroyed.".to_owned()));
    }
    let reason = checked(ctx, reason, &submission)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubmissionShown { submission: id, reason });
    note_view(ctx, &mut batch, &mut submission)?;
    ctx.store.commit(batch).wait()?;
    Ok(submission)
}

/// The first time that anything of it was seen in clear is noted with it, and rules may wait for that.
fn note_view(ctx: &Ctx, batch: &mut Batch, submission: &mut Submission) -> Result<(), Failure> {
    if submission.viewed_at.is_none() {
        submission.viewed_at = Some(ctx.now);
        batch.put_submission(submission);
    }
    purge_rules::happened_to_submission(ctx, batch, submission.id, Happening::Viewed)
}

/// Whether this member of staff may see answers in clear.
#[must_use]
pub fn may_reveal(ctx: &Ctx, submission: &Submission, head: Option<&Conversation>) -> bool {
    let may = match head {
        Some(head) => ctx.authorize(Action::UseIn(Permission::RevealAnswers, head)),
        None => ctx.authorize(Action::Use(Permission::RevealAnswers, submission.site)),
    };
    may.is_ok()
}

/// Loads through the actor, for the staff alone. Who serves the chat may see what was filled in in it; what belongs to no chat, or to one that was purged, is
/// for those who serve the site.
pub(super) fn found(ctx: &Ctx, id: SubmissionId) -> Result<(Submission, Option<Conversation>), Failure> {
    if !matches!(ctx.actor, Actor::Staff { .. }) {
        return Err(Failure::NotFound);
    }
    let kept = ctx.store.kept_submission(id).ok_or(Failure::NotFound)?;
    let head = head_of(ctx, kept.of)?;
    let may = match &head {
        Some(head) => ctx.authorize(Action::ServeConversation(head)),
        None => ctx.authorize(Action::ServePart(kept.site, None)),
    };
    may.map_err(|Denied| Failure::NotFound)?;
    let submission = ctx.store.submission(id)?.ok_or(Failure::NotFound)?;
    Ok((submission, head))
}

fn head_of(ctx: &Ctx, id: Option<ConversationId>) -> Result<Option<Conversation>, Failure> {
    Ok(match id {
        Some(id) => ctx.store.conversation(id)?,
        None => None,
    })
}

/// A reason stays in the audit log when the answers are long gone, so it may hold none of them.
fn checked(ctx: &Ctx, reason: &str, submission: &Submission) -> Result<String, Failure> {
    let refused = |message: &str| Failure::Invalid { field: "reason", message: message.to_owned() };
    let reason = Label::parse(reason).map_err(|error| refused(&error.to_string()))?;
    if reason.as_str().chars().filter(|c| c.is_alphabetic()).count() < QUOTED {
        return Err(refused("Say in a few words what you need it for."));
    }
    let said = plain(reason.as_str());
    let is_quoted = |it: &SubmittedAnswer| {
        let value = plain(it.value.as_str());
        value.chars().count() >= QUOTED && said.contains(&value)
    };
    let digits: String = reason.as_str().chars().filter(char::is_ascii_digit).collect();
    if submission.answers.iter().any(is_quoted) || CardNumber::parse(&digits).is_some() {
        return Err(refused("This quotes an answer. The reason stays in the audit log, so say it without."));
    }
    if let Some(why) = redaction::objection(ctx, None, reason.as_str()) {
        return Err(refused(&why));
    }
    Ok(reason.as_str().to_owned())
}

/// Letters and digits alone, in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
