//! Correcting what is known about somebody, locking it away, and noting that they took back what they had agreed to. Each chat is one
//! commit with its own row in the audit log, so that one which is purged meanwhile stops none of the others.

use std::sync::Arc;

use super::find::{Found, Question, look};
use super::{reindex, restriction};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::id::ConversationId;
use crate::domain::news::News;
use crate::domain::purge_rule::Happening;
use crate::domain::subject::{Mark, SubjectKey};
use crate::domain::text::{EmailAddress, Line, Name, PhoneNumber};
use crate::service::fields::Fields;
use crate::service::{Ctx, Failure, purge_rules, redaction};
use crate::store::Batch;

/// What is to stand in the place of what is there, as typed; what is empty stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CorrectionForm {
    pub name: String,
    pub email: String,
    pub phone: String,
}

#[derive(Debug, Default)]
struct Correction {
    name: Option<Name>,
    email: Option<EmailAddress>,
    phone: Option<PhoneNumber>,
}

impl CorrectionForm {
    fn read(&self, ctx: &Ctx) -> Result<Correction, Failure> {
        let mut fields = Fields::default();
        for (field, typed) in [("name", &self.name), ("email", &self.email), ("phone", &self.phone)] {
            fields.object(field, redaction::objection(ctx, None, typed));
        }
        let given = |text: &str| !text.trim().is_empty();
        let mut it = Correction::default();
        if given(&self.name) {
            it.name = fields.take("name", Name::parse(&self.name));
        }
        if given(&self.email) {
            it.email = fields.take("email", EmailAddress::parse(&self.email));
        }
        if given(&self.phone) {
            it.phone = fields.take("phone", PhoneNumber::parse(&self.phone));
        }
        if ![&self.name, &self.email, &self.phone].into_iter().any(|text| given(text)) {
            fields.refuse("name", "Write what is to stand there from now on, in one of these fields.");
        }
        fields.check()?;
        Ok(it)
    }
}

/// What was corrected.
#[derive(Debug)]
pub struct Corrected {
    pub chats: usize,
    /// Under a legal hold, and so left as they are: what was there before would be gone.
    pub held: usize,
    /// They are found by the new address or number from now on, and not by the one that was asked for.
    pub is_moved: bool,
}

/// Puts name, e-mail address and telephone number right in everything that is found. What was said in the chats stays as it was said, and
/// what is under a legal hold as it is.
///
/// # Errors
/// `Denied`; `InvalidFields`; `Conflict` when there is nothing, or all of it is held.
pub fn rectify(ctx: &Ctx, question: &Question, form: &CorrectionForm) -> Result<Corrected, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let correction = form.read(ctx)?;
    let found = look(ctx, question)?;
    let held: Vec<_> = found.chats.iter().filter_map(|chat| chat.held.as_ref().map(|why| (chat.head.id, why.clone()))).collect();
    if let Some((_, why)) = held.first()
        && held.len() == found.chats.len()
    {
        return Err(Failure::Conflict(format!("Nothing was changed, because all of it is held: {why}")));
    }
    let chats = each(ctx, found, AuditAction::SubjectRectified, |_, head| {
        let before = head.clone();
        if held.iter().all(|(id, _)| *id != head.id) {
            correction.put(head, &question.mark);
        }
        *head != before
    })?;
    let is_moved = match question.mark.key() {
        SubjectKey::Email => correction.email.is_some(),
        SubjectKey::Phone => correction.phone.is_some(),
        _ => false,
    };
    Ok(Corrected { chats, held: held.len(), is_moved })
}

impl Correction {
    fn put(&self, head: &mut Conversation, found_by: &Mark) {
        let visitor = &mut head.visitor;
        if let Some(name) = &self.name {
            visitor.name = Some(name.clone());
        }
        if let Some(email) = &self.email
            && visitor.email.as_ref() != Some(email)
        {
            visitor.email = Some(email.clone());
            // Mail goes to a proven address without asking again, and nobody has proven this one.
            if let Some(identity) = &mut head.about.identity {
                identity.email_is_proven = false;
            }
        }
        if let Some(phone) = &self.phone {
            visitor.phone = Some(phone.clone());
        }
        // The same where it stands in an answer, or in what the website said.
        let right = match found_by.key() {
            SubjectKey::Email => self.email.as_ref().map(EmailAddress::as_str),
            SubjectKey::Phone => self.phone.as_ref().map(PhoneNumber::as_str),
            _ => None,
        };
        if let Some(right) = right.and_then(|text| Line::parse(text).ok()) {
            let about = &mut head.about;
            let values = about.answers.iter_mut().map(|it| &mut it.value);
            for value in values.chain(about.attributes.iter_mut().map(|it| &mut it.value)) {
                if Mark::read(value.as_str()).as_ref() == Some(found_by) {
                    *value = right.clone();
                }
            }
        }
    }
}

/// From now on all that is found is kept and not used: nobody but administrators sees it, and nothing purges it. In an open chat that
/// begins when it is closed.
///
/// # Errors
/// `Denied`; `Conflict` when there is nothing.
pub fn restrict(ctx: &Ctx, question: &Question) -> Result<usize, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    each(ctx, look(ctx, question)?, AuditAction::SubjectRestricted, |batch, head| lock_away(ctx, batch, head))
}

fn lock_away(ctx: &Ctx, batch: &mut Batch, head: &mut Conversation) -> bool {
    batch.index_subject(head.id, restriction(ctx.store));
    !std::mem::replace(&mut head.about.is_restricted, true)
}

/// What was restricted since a backup was made is restricted in what is restored from it as well; else it would go with what is due.
///
/// # Errors
/// `Denied`; when the store does not write.
pub(in crate::service) fn bring_along(ctx: &Ctx, chats: &[ConversationId]) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    for id in chats {
        put(ctx, *id, AuditAction::SubjectRestricted(*id), |batch, head| lock_away(ctx, batch, head))?;
    }
    Ok(())
}

/// It is used again, and its clocks count from when it was closed, as if nothing had been.
///
/// # Errors
/// `Denied`; `Conflict` when there is nothing.
pub fn lift(ctx: &Ctx, question: &Question) -> Result<usize, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    each(ctx, look(ctx, question)?, AuditAction::SubjectRestrictionLifted, |batch, head| {
        batch.unindex_subject(head.id, restriction(ctx.store));
        std::mem::take(&mut head.about.is_restricted)
    })
}

/// They take back what they agreed to; rules may purge what was kept because of it.
///
/// # Errors
/// `Denied`; `Conflict` when there is nothing.
pub fn withdraw(ctx: &Ctx, question: &Question) -> Result<usize, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let ids = look(ctx, question)?.chats.into_iter().map(|chat| chat.head.id).collect::<Vec<_>>();
    withdraw_in(ctx, &ids)
}

/// Whoever calls this has asked whether the actor may.
pub(super) fn withdraw_in(ctx: &Ctx, chats: &[ConversationId]) -> Result<usize, Failure> {
    let mut count = 0;
    for id in chats {
        let withdrawn = put(ctx, *id, AuditAction::ConsentWithdrawn(*id), |batch, head| {
            if head.visitor.consent.is_none() || head.about.consent_withdrawn_at.is_some() {
                return false;
            }
            head.about.consent_withdrawn_at = Some(ctx.now);
            purge_rules::happened_to(ctx, batch, head, Happening::ConsentWithdrawn);
            true
        })?;
        count += usize::from(withdrawn);
    }
    Ok(count)
}

/// Changes the head of everything that is found; in how many chats something changed.
fn each(
    ctx: &Ctx,
    found: Found,
    what: fn(ConversationId) -> AuditAction,
    change: impl Fn(&mut Batch, &mut Conversation) -> bool,
) -> Result<usize, Failure> {
    if found.chats.is_empty() {
        return Err(Failure::Conflict("No chat of this person is kept, so nothing was changed.".to_owned()));
    }
    let mut count = 0;
    for chat in found.chats {
        count += usize::from(put(ctx, chat.head.id, what(chat.head.id), &change)?);
    }
    Ok(count)
}

/// One of them, open or closed. `false` when it says so already, or is gone.
fn put(
    ctx: &Ctx,
    id: ConversationId,
    what: AuditAction,
    change: impl FnOnce(&mut Batch, &mut Conversation) -> bool,
) -> Result<bool, Failure> {
    let mut batch = ctx.store.batch();
    let Some(open) = ctx.store.open_conversation(id) else {
        let mut is_on_its_way = ctx.memory.amending();
        if std::mem::take(&mut *is_on_its_way) {
            ctx.store.commit(ctx.store.batch()).wait()?;
        }
        let Some(before) = ctx.store.conversation(id)? else { return Ok(false) };
        let mut head = before.clone();
        if !change(&mut batch, &mut head) {
            return Ok(false);
        }
        batch.amend_closed(&head);
        finish(ctx, batch, &before, head, what).wait()?;
        return Ok(true);
    };
    let commit = {
        let mut open = open.lock();
        let before = open.head.clone();
        if !change(&mut batch, &mut open.head) {
            return Ok(false);
        }
        // One that is closed, and about to be folded, takes its new head with it.
        if open.head.closed_at().is_some() {
            batch.amend_closed(&open.head)
        } else {
            batch.put_conversation(&open.head)
        }
        // Queued under the lock, so that no older head comes behind it.
        finish(ctx, batch, &before, open.head.clone(), what)
    };
    commit.wait()?;
    Ok(true)
}

fn finish(ctx: &Ctx, mut batch: Batch, before: &Conversation, head: Conversation, what: AuditAction) -> crate::store::Commit {
    reindex(ctx, &mut batch, before, &head);
    ctx.audit(&mut batch, what);
    batch.tell(News::About(Arc::new(head)));
    ctx.store.commit(batch)
}
