//! Sending a form: into a chat, where the visitor's window opens it, or as a link that somebody hands on.

use std::sync::Arc;

use super::links::Link;
use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::event::{EventKind, FormAsk};
use crate::domain::id::{ConversationId, FormId, OperatorId, RequestId, SiteId};
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::permission::Permission;
use crate::domain::secure_form::{FormRequest, SecureForm};
use crate::service::conversations::entries::add;
use crate::service::conversations::serve::as_staff;

/// A request as the staff see it.
#[derive(Debug, Clone)]
pub struct Asking {
    pub request: FormRequest,
    pub form: Arc<SecureForm>,
    pub is_over: bool,
}

/// The forms that may be sent to visitors of this site, by name.
#[must_use]
pub fn sendable(ctx: &Ctx, site: SiteId) -> Vec<Arc<SecureForm>> {
    let house = ctx.store.house();
    let mut forms: Vec<_> = house.forms.values().filter(|form| form.is_for(site)).cloned().collect();
    forms.sort_by_cached_key(|form| (form.name.as_str().to_lowercase(), form.id));
    forms
}

/// Asks the visitor of a chat. The window gets a link with the event.
///
/// # Errors
/// `NotFound` for a chat of somebody else's site, `Denied` where the role does not allow it, `Illegal` when it is not theirs to answer,
/// `Invalid` for a form that is not for this site.
pub fn ask(ctx: &Ctx, id: ConversationId, form: &str, origin: Origin) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let mut asked = None;
    as_staff(ctx, id, origin, |open, me, origin| {
        open.head.may_operator_write(me.id)?;
        ctx.authorize(Action::UseIn(Permission::SendForms, &open.head))?;
        let form = chosen(ctx, form, open.head.site)?;
        let request = request(ctx, &form, (open.head.site, me.id, Some(id)))?;
        let mut batch = ctx.store.batch();
        batch.put_request(&request);
        ctx.audit(&mut batch, AuditAction::FormAsked(request.form, request.id));
        let ask = FormAsk { request: request.id, name: form.name.clone() };
        add(ctx, &mut batch, open, me.into(), EventKind::FormAsked(ask), Some(origin));
        asked = Some(ctx.store.commit(batch));
        Ok(())
    })?;
    if let Some(asked) = asked {
        asked.wait()?;
    }
    Ok(())
}

/// Makes a link for somebody who is in no chat. It is shown once and stored nowhere.
///
/// # Errors
/// `NotFound` for a site that is not theirs, `Denied` where the role does not allow it, `Invalid` for a form that is not for this site.
pub fn ask_by_link(ctx: &Ctx, site: SiteId, form: &str) -> Result<Link, Failure> {
    ctx.authorize(Action::ServeSite(site)).map_err(|_| Failure::NotFound)?;
    ctx.authorize(Action::Use(Permission::SendForms, site))?;
    let Actor::Staff { id: me, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let _changing = ctx.memory.changing();
    let form = chosen(ctx, form, site)?;
    let request = request(ctx, &form, (site, *me, None))?;
    let mut batch = ctx.store.batch();
    batch.put_request(&request);
    ctx.audit(&mut batch, AuditAction::FormAsked(request.form, request.id));
    ctx.store.commit(batch).wait()?;
    Ok(Link::of(ctx.store, request.id))
}

/// The link of a request in a chat, for its visitor alone.
#[must_use]
pub fn link_into(ctx: &Ctx, head: &Conversation, request: RequestId) -> Option<Link> {
    let is_theirs = matches!(ctx.actor, Actor::Visitor { .. }) && ctx.authorize(Action::ServeConversation(head)).is_ok();
    let is_of_it = ctx.store.house().requests.get(&request).is_some_and(|it| it.conversation == Some(head.id));
    (is_theirs && is_of_it).then(|| Link::of(ctx.store, request))
}

/// A link leads nowhere from now on.
///
/// # Errors
/// `NotFound` for a request that is not theirs to see, `Conflict` when it was filled in meanwhile.
pub fn withdraw(ctx: &Ctx, id: RequestId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let request = ctx.store.house().requests.get(&id).cloned().ok_or(Failure::NotFound)?;
    may_see(ctx, &request)?;
    if request.used_at.is_some() {
        return Err(Failure::Conflict("This form was filled in meanwhile, so there is nothing to withdraw.".to_owned()));
    }
    let mut batch = ctx.store.batch();
    batch.delete_request(id);
    ctx.audit(&mut batch, AuditAction::FormWithdrawn(request.form, id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// What was asked in a chat and is not answered, newest first.
#[must_use]
pub fn asked_in(ctx: &Ctx, id: ConversationId) -> Vec<Asking> {
    listed(ctx, |it| it.conversation == Some(id))
}

/// What was asked by links on the sites that the actor serves, newest first.
#[must_use]
pub fn asked_of(ctx: &Ctx) -> Vec<Asking> {
    listed(ctx, |it| it.conversation.is_none() && ctx.authorize(Action::ServeSite(it.site)).is_ok())
}

fn listed(ctx: &Ctx, concerns: impl Fn(&FormRequest) -> bool) -> Vec<Asking> {
    let house = ctx.store.house();
    let asking = |it: &FormRequest| {
        let form = house.forms.get(&it.form)?.clone();
        Some(Asking { request: it.clone(), form, is_over: it.expires_at <= ctx.now })
    };
    let mut all: Vec<_> =
        house.requests.values().filter(|it| it.used_at.is_none() && concerns(it)).filter_map(|it| asking(it)).collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.request.at, it.request.id)));
    all
}

fn may_see(ctx: &Ctx, request: &FormRequest) -> Result<(), Failure> {
    let head = match request.conversation {
        Some(id) => ctx.store.conversation(id)?,
        None => None,
    };
    let may = match &head {
        Some(head) => ctx.authorize(Action::UseIn(Permission::SendForms, head)),
        None => ctx.authorize(Action::Use(Permission::SendForms, request.site)),
    };
    may.map_err(|_| Failure::NotFound)
}

fn chosen(ctx: &Ctx, form: &str, site: SiteId) -> Result<Arc<SecureForm>, Failure> {
    let found = form.parse::<FormId>().ok().and_then(|id| ctx.store.house().forms.get(&id).cloned());
    let message = "This form cannot be sent here. Choose another one.";
    found.filter(|form| form.is_for(site)).ok_or_else(|| Failure::Invalid { field: "form", message: message.to_owned() })
}

fn request(
    ctx: &Ctx,
    form: &SecureForm,
    (site, by, conversation): (SiteId, OperatorId, Option<ConversationId>),
) -> Result<FormRequest, Failure> {
    if ctx.store.house().requests.len() >= limits::FORM_REQUESTS {
        return Err(Failure::Conflict(
            "Too many forms are out at the moment. Withdraw some that nobody will fill in.".to_owned(),
        ));
    }
    Ok(FormRequest {
        id: RequestId::from_bytes(ctx.random_bytes()),
        form: form.id,
        site,
        conversation,
        by,
        at: ctx.now,
        expires_at: ctx.now.plus(limits::FORM_LINK_LIFE),
        used_at: None,
    })
}
