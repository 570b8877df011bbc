//! One receiver: what it is told, its secret, and whether it answers.

use std::sync::Arc;

use askama::Template;
use zeroize::Zeroizing;

use crate::domain::id::WebhookId;
use crate::domain::limits;
use crate::domain::site::Site;
use crate::domain::webhook::WebhookEvent;
use crate::outbound::is_authority;
use crate::service::webhooks::{self, WebhookForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for WebhookForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("name"),
            site: fields.take("site"),
            url: Zeroizing::new(fields.take("url")),
            authority: fields.take("authority"),
            events: fields.take_all("events"),
            with_transcript: fields.ticked("with_transcript"),
            is_on: fields.ticked("is_on"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/webhooks/one.html")]
struct Page<'a> {
    chrome: Chrome,
    /// None: it is not there yet.
    id: Option<WebhookId>,
    form: &'a WebhookForm,
    sites: Vec<Arc<Site>>,
    shown: Shown,
    errors: &'a Errors,
}

/// What only this answer says.
#[derive(Default)]
struct Shown {
    /// Empty, but in the answer that made it.
    secret: Zeroizing<String>,
    tried: Option<Tried>,
}

/// How a try went.
enum Tried {
    Taken(u16),
    NotTaken(u16),
    /// It wants to have it sent elsewhere.
    Redirected(u16),
    Failed(String),
}

impl Page<'_> {
    fn action(&self) -> String {
        self.id.map_or_else(|| urls::NEW_WEBHOOK.to_owned(), urls::webhook)
    }

    fn tells(&self, event: WebhookEvent) -> bool {
        self.form.events.iter().any(|word| word == event.word())
    }
}

pub async fn blank(app: App, Admin(staff): Admin) -> Answer {
    let events = vec![WebhookEvent::ConversationClosed.word().to_owned()];
    let form = WebhookForm { events, is_on: true, ..WebhookForm::default() };
    draw(&app, &staff, None, &form, Shown::default(), &Errors::default())
}

pub async fn add(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<WebhookForm>) -> Answer {
    let mut errors = refused(&form);
    if errors.is_empty() {
        let typed = form.clone();
        match staff.act(&app, move |ctx| webhooks::add(ctx, &typed)).await? {
            Ok((id, secret)) => return again(&app, &staff, id, Shown { secret, ..Shown::default() }),
            Err(failure) => errors.take(failure)?,
        }
    }
    draw(&app, &staff, None, &form, Shown::default(), &errors)
}

pub async fn show(app: App, Admin(staff): Admin, Id(id): Id<WebhookId>) -> Answer {
    again(&app, &staff, id, Shown::default())
}

pub async fn change(app: App, Admin(staff): Admin, Id(id): Id<WebhookId>, CsrfForm(form): CsrfForm<WebhookForm>) -> Answer {
    let mut errors = refused(&form);
    if errors.is_empty() {
        let typed = form.clone();
        match staff.act(&app, move |ctx| webhooks::change(ctx, id, &typed)).await? {
            Ok(()) => return Ok(page::see_other(&format!("{}?saved", urls::WEBHOOKS))),
            Err(failure) => errors.take(failure)?,
        }
    }
    draw(&app, &staff, Some(id), &form, Shown::default(), &errors)
}

/// Sends a message that says that it is a test, and waits for the answer.
pub async fn try_out(app: App, Admin(staff): Admin, Id(id): Id<WebhookId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let message = staff.act(&app, move |ctx| webhooks::trial(ctx, id)).await??;
    let tried = match app.receivers.tell(message).await {
        Ok(status @ 200..300) => Tried::Taken(status),
        Ok(status @ 300..400) => Tried::Redirected(status),
        Ok(status) => Tried::NotTaken(status),
        Err(trouble) => Tried::Failed(trouble.to_string()),
    };
    again(&app, &staff, id, Shown { tried: Some(tried), ..Shown::default() })
}

pub async fn renew_secret(app: App, Admin(staff): Admin, Id(id): Id<WebhookId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let secret = staff.act(&app, move |ctx| webhooks::renew_secret(ctx, id)).await??;
    again(&app, &staff, id, Shown { secret, ..Shown::default() })
}

pub async fn remove(app: App, Admin(staff): Admin, Id(id): Id<WebhookId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| webhooks::remove(ctx, id)).await??;
    Ok(page::see_other(&format!("{}?removed", urls::WEBHOOKS)))
}

/// What can be said before anybody asks the service.
fn refused(form: &WebhookForm) -> Errors {
    let mut errors = Errors::default();
    if !form.authority.trim().is_empty() && !is_authority(&form.authority) {
        errors.add("authority", "This is no certificate that can be read. Paste it with its first and last line.");
    }
    errors
}

/// The page of one as it is stored.
fn again(app: &App, staff: &Staff, id: WebhookId, shown: Shown) -> Answer {
    let form = WebhookForm::of(&*staff.look(app, |ctx| webhooks::get(ctx, id))?);
    draw(app, staff, Some(id), &form, shown, &Errors::default())
}

fn draw(app: &App, staff: &Staff, id: Option<WebhookId>, form: &WebhookForm, shown: Shown, errors: &Errors) -> Answer {
    let mut sites: Vec<_> = app.store.house().sites.values().cloned().collect();
    sites.sort_by_cached_key(|site| site.name.as_str().to_lowercase());
    page::form(&Page { chrome: Chrome::new(app, staff, "webhooks"), id, form, sites, shown, errors }, errors)
}
