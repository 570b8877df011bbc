//! Webhooks: who is told what. `outbox` notes what is to be told, in the commit of what it is about; `sending` makes messages of it and
//! notes what became of them; `body` is what they say; `log` is what stands in the list.
//!
//! Acts here make messages; handing them to a receiver is `outbound`'s.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::fields::Fields;
use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::id::WebhookId;
use crate::domain::limits;
use crate::domain::sso::Authority;
use crate::domain::text::Name;
use crate::domain::webhook::{EventSet, FormerSecret, Webhook, WebhookAct, WebhookEvent, WebhookSecret, WebhookUrl};
use crate::store::Batch;

mod body;
mod log;
mod outbox;
mod sending;

pub use log::{Listed, forget_secrets, list, make_room, repeat};
pub use outbox::note_submission;
pub(super) use outbox::{LastId, held, note_closing, note_message, note_purging};
pub use sending::{Due, delivered, next, not_delivered, trial, waiting};

/// A webhook as a form holds it.
#[derive(Debug, Clone, Default)]
pub struct WebhookForm {
    pub name: String,
    /// Empty for all sites.
    pub site: String,
    pub url: Zeroizing<String>,
    pub authority: String,
    /// By the words of the events.
    pub events: Vec<String>,
    pub with_transcript: bool,
    pub is_on: bool,
}

impl WebhookForm {
    #[must_use]
    pub fn of(it: &Webhook) -> Self {
        let events = WebhookEvent::OFFERED.into_iter().filter(|event| it.events.contains(*event));
        Self {
            name: it.name.as_str().to_owned(),
            site: it.site.map(|site| site.to_string()).unwrap_or_default(),
            url: Zeroizing::new(it.url.expose().to_owned()),
            authority: it.authority.as_ref().map(|pem| pem.as_str().to_owned()).unwrap_or_default(),
            events: events.map(|event| event.word().to_owned()).collect(),
            with_transcript: it.with_transcript,
            is_on: it.is_on,
        }
    }
}

/// All of them, by name.
///
/// # Errors
/// `Denied` to those who do not look after how the installation is set up.
pub fn all(ctx: &Ctx) -> Result<Vec<Arc<Webhook>>, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let mut all: Vec<_> = ctx.store.house().webhooks.values().cloned().collect();
    all.sort_by_cached_key(|it| (it.name.as_str().to_lowercase(), it.id));
    Ok(all)
}

/// # Errors
/// `Denied` to those who do not manage privacy, `NotFound`.
pub fn get(ctx: &Ctx, id: WebhookId) -> Result<Arc<Webhook>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.store.house().webhooks.get(&id).cloned().ok_or(Failure::NotFound)
}

/// Adds one. Gives back its secret, which is shown this once.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `InvalidFields`, `Conflict` when there are too many.
pub fn add(ctx: &Ctx, form: &WebhookForm) -> Result<(WebhookId, Zeroizing<String>), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let id = WebhookId::from_bytes(ctx.random_bytes());
    let secret = WebhookSecret(ctx.random_bytes());
    let shown = text_of(&secret);
    let it = read(ctx, form, |parsed| Webhook {
        id,
        site: parsed.site,
        name: parsed.name,
        url: parsed.url,
        authority: parsed.authority,
        secret,
        former: None,
        events: parsed.events,
        with_transcript: form.with_transcript,
        is_on: form.is_on,
        created_at: ctx.now,
    })?;
    if ctx.store.house().webhooks.len() >= limits::WEBHOOKS {
        return Err(Failure::Conflict(format!("There are {} webhooks, and no more fit. Remove one first.", limits::WEBHOOKS)));
    }
    let mut batch = ctx.store.batch();
    batch.put_webhook(&it);
    commit(ctx, batch, id, WebhookAct::Added)?;
    Ok((id, shown))
}

/// What waits for it goes where it says from now on; switched off, nothing waits for it any more.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `NotFound`, `InvalidFields`.
pub fn change(ctx: &Ctx, id: WebhookId, form: &WebhookForm) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let after = read(ctx, form, |parsed| Webhook {
        site: parsed.site,
        name: parsed.name,
        url: parsed.url,
        authority: parsed.authority,
        events: parsed.events,
        with_transcript: form.with_transcript,
        is_on: form.is_on,
        ..Webhook::clone(&before)
    })?;
    if after == *before {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_webhook(&after);
    if !after.is_on {
        outbox::end_all(ctx, &mut batch, id)?;
    }
    commit(ctx, batch, id, WebhookAct::Changed)
}

/// Gives back another secret, which is shown this once; the one before signs too for another day.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `NotFound`.
pub fn renew_secret(ctx: &Ctx, id: WebhookId) -> Result<Zeroizing<String>, Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let secret = WebhookSecret(ctx.random_bytes());
    let shown = text_of(&secret);
    let former = Some(FormerSecret { secret: before.secret.clone(), until: ctx.now.plus(limits::WEBHOOK_SECRET_OVERLAP) });
    let mut batch = ctx.store.batch();
    batch.put_webhook(&Webhook { secret, former, ..Webhook::clone(&before) });
    commit(ctx, batch, id, WebhookAct::SecretRenewed)?;
    Ok(shown)
}

/// With all that was noted for it.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `NotFound`.
pub fn remove(ctx: &Ctx, id: WebhookId) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    get(ctx, id)?;
    let mut batch = ctx.store.batch();
    batch.delete_webhook(id);
    outbox::delete_all(ctx, &mut batch, id)?;
    commit(ctx, batch, id, WebhookAct::Removed)
}

/// Whoever may have chats sent elsewhere may read them all, so it is asked for as much.
fn may_change(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()
}

fn commit(ctx: &Ctx, mut batch: Batch, webhook: WebhookId, act: WebhookAct) -> Result<(), Failure> {
    ctx.audit(&mut batch, AuditAction::Webhook(webhook, act));
    ctx.settle(batch)
}

/// What a form says, parsed.
struct Parsed {
    name: Name,
    site: Option<crate::domain::id::SiteId>,
    url: WebhookUrl,
    authority: Option<Authority>,
    events: EventSet,
}

fn read(ctx: &Ctx, form: &WebhookForm, made: impl FnOnce(Parsed) -> Webhook) -> Result<Webhook, Failure> {
    let house = ctx.store.house();
    let mut fields = Fields::default();
    let name = fields.take("name", Name::parse(&form.name));
    let site = match form.site.as_str() {
        "" => Some(None),
        text => {
            let known = text.parse().ok().filter(|site| house.sites.contains_key(site));
            fields.take("site", known.ok_or("This site is not here any more. Choose again.")).map(Some)
        }
    };
    let url = fields.take("url", WebhookUrl::parse(&form.url));
    let authority = match form.authority.trim() {
        "" => Some(None),
        text => fields.take("authority", Authority::parse(text)).map(Some),
    };
    let offered = WebhookEvent::OFFERED.into_iter().filter(|event| form.events.iter().any(|word| word == event.word()));
    let events = offered.fold(EventSet::default(), EventSet::with);
    if events.is_empty() {
        fields.refuse("events", "Choose at least one thing to tell.");
    }
    let (Some(name), Some(site), Some(url), Some(authority), false) = (name, site, url, authority, events.is_empty()) else {
        return Err(fields.failure());
    };
    Ok(made(Parsed { name, site, url, authority, events }))
}

/// The secret as the libraries of Standard Webhooks take it.
fn text_of(secret: &WebhookSecret) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(6 + 44));
    text.push_str("whsec_");
    data_encoding::BASE64.encode_append(&secret.0, &mut text);
    text
}

#[cfg(test)]
#[path = "../tests/webhooks.rs"]
mod tests;
