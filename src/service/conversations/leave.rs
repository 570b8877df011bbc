//! A message instead of a chat: for a visitor who does not want to wait, or comes while nobody is there.

use super::entries::{add, change_head, repeat, repeated, tell_found};
use super::send::{allow_message, say};
use super::start::{Beginning, about, agreed, arrive, begin, read};
use crate::domain::about::Channel;
use crate::domain::conversation::State;
use crate::domain::event::{Author, EventKind};
use crate::domain::filled::{Fault, Filled, Given, Problem};
use crate::domain::id::ConversationId;
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::site::Site;
use crate::domain::text::{FieldId, MessageText};
use crate::domain::told::Told;
use crate::domain::visitor::Allowance;
use crate::service::redaction::Masker;
use crate::service::{Ctx, Failure, space, subjects, webhooks};
use crate::store::OpenConversation;

/// What a visitor leaves.
#[derive(Debug, Clone)]
pub struct Leave {
    /// Who waits already has written something, and need not write more.
    pub text: Option<MessageText>,
    /// To what the site asks who leaves a message.
    pub answers: Given,
    pub consented: bool,
    pub language: Option<Language>,
    pub told: Told,
}

/// A visitor leaves a message. The conversation in which they wait becomes one; otherwise a new one begins. One in which somebody
/// answers by now simply goes on.
///
/// # Errors
/// As `start`; `InvalidAnswers` also when nothing was ever written.
pub fn leave(ctx: &Ctx, allowance: &Allowance, leave: Leave, origin: Origin) -> Result<ConversationId, Failure> {
    let (site, token_index) = arrive(ctx)?;
    let _starting = ctx.memory.starting();
    if let Some(earlier) = ctx.store.conversation_of(&token_index) {
        if let Some(open) = ctx.store.open_conversation(earlier) {
            let mut open = open.lock();
            if let Some(&first) = open.client_ids.get(&(None, origin.client_id.clone())) {
                repeat(ctx, earlier, first, origin);
                return Ok(earlier);
            }
            if open.head.may_visitor_write().is_ok() {
                turn(ctx, allowance, &site, &mut open, leave, origin)?;
                return Ok(earlier);
            }
        } else if let Some(event) = repeated(ctx, earlier, &origin)? {
            repeat(ctx, earlier, (event.seq, event.at), origin);
            return Ok(earlier);
        }
    }
    space::check(ctx)?;
    let consent = agreed(ctx, &site, leave.consented)?;
    let mut masker = Masker::of(ctx, site.id);
    let filled = read(ctx, site.id, &site.offline, &leave.answers, &mut masker)?;
    let text = leave.text.ok_or_else(nothing_written)?;
    let mut told = leave.told;
    masker.told(&mut told);
    let about = about(&site, Channel::Message, leave.language, &told);
    begin(ctx, allowance, Beginning { filled, consent, about, text, told, found: masker.found }, origin)
}

/// The chat in which the visitor waits becomes a message.
fn turn(
    ctx: &Ctx,
    allowance: &Allowance,
    site: &Site,
    open: &mut OpenConversation,
    leave: Leave,
    origin: Origin,
) -> Result<(), Failure> {
    if open.head.state != State::Waiting {
        let text = leave.text.ok_or_else(nothing_written)?;
        return say(ctx, allowance, open, Author::Visitor, text, origin);
    }
    let consent = match open.head.visitor.consent {
        Some(given) => Some(given),
        None => agreed(ctx, site, leave.consented)?,
    };
    let mut masker = Masker::of(ctx, site.id);
    let filled = read(ctx, site.id, &site.offline, &leave.answers, &mut masker)?;
    if leave.text.is_some() {
        allow_message(ctx, allowance, &mut open.allowance)?;
    }
    let before = open.head.clone();
    open.head.visitor.consent = consent;
    open.head.about.channel = Channel::Message;
    take(open, filled);
    let mut batch = ctx.store.batch();
    subjects::reindex(ctx, &mut batch, &before, &open.head);
    webhooks::note_message(ctx, &mut batch, &open.head);
    let Some(text) = leave.text else {
        change_head(ctx, batch, open, origin);
        let mut batch = ctx.store.batch();
        tell_found(ctx, &mut batch, open, masker.found);
        ctx.store.commit(batch);
        return Ok(());
    };
    batch.put_conversation(&open.head);
    add(ctx, &mut batch, open, Author::Visitor, EventKind::Message(text), Some(origin));
    tell_found(ctx, &mut batch, open, masker.found);
    ctx.store.commit(batch);
    Ok(())
}

/// What is said now counts; what is not asked again stays.
fn take(open: &mut OpenConversation, filled: Filled) {
    let Filled { name, email, phone, department, answers } = filled;
    let visitor = &mut open.head.visitor;
    visitor.name = name.or(visitor.name.take());
    // An address that is proven stays: mail goes there because of that, and to no other.
    if !open.head.about.identity.as_ref().is_some_and(|identity| identity.email_is_proven) {
        visitor.email = email.or(visitor.email.take());
    }
    visitor.phone = phone.or(visitor.phone.take());
    let known = &mut open.head.about;
    known.department = department.or(known.department);
    known.answers.retain(|before| answers.iter().all(|now| now.field != before.field));
    known.answers.extend(answers);
}

fn nothing_written() -> Failure {
    // The window's field for the words has this name.
    let faults = FieldId::parse("text").map(|field| Fault { field, problem: Problem::Empty });
    Failure::InvalidAnswers(faults.into_iter().collect())
}
