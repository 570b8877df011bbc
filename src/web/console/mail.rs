//! `/console/conversations/{id}/mail`: the transcript to an address that an operator types, where site and role allow it. The answer
//! waits for the mail server, so that what is said about it is true.

use askama::Template;

use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::live::partials::visitor_name;
use crate::outbound::PostError;
use crate::service::{conversations, mailing};
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error};

#[derive(Default)]
pub struct Form {
    email: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { email: fields.take("email") }
    }
}

#[derive(Template)]
#[template(path = "console/mail.html")]
struct Page<'a> {
    chrome: Chrome,
    id: ConversationId,
    name: String,
    site: String,
    /// Whether there is a server that takes mail.
    has_server: bool,
    form: &'a Form,
    errors: &'a Errors,
}

pub async fn ask(app: App, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let head = staff.act(&app, move |ctx| conversations::view(ctx, id, Seq::MAX, 0)).await??.conversation;
    let email = head.visitor.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default();
    draw(&app, &staff, id, &Form { email }, &Errors::default(), "").await
}

pub async fn send(app: App, staff: Staff, Id(id): Id<ConversationId>, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let to = form.email.clone();
    let mut errors = Errors::default();
    match (staff.act(&app, move |ctx| mailing::by_hand(ctx, id, &to)).await?, &app.post) {
        (Ok(_), None) => errors.add("", "No mail server is set up. Ask your administrator."),
        (Ok(letter), Some(post)) => match post.send(&letter).await {
            Ok(()) => {
                staff.act(&app, move |ctx| mailing::sent_by_hand(ctx, id)).await??;
                return draw(&app, &staff, id, &Form::default(), &errors, "Sent.").await;
            }
            Err(PostError::Never) => {
                errors.add("email", "The mail server refuses this address. Look whether it is written right.")
            }
            Err(error @ PostError::Later(_)) => {
                tracing::warn!(%error, conversation = %id, "a transcript was not mailed");
                errors.add("", "The mail server cannot be reached or is busy, so nothing was sent. Try again in a few minutes.");
            }
        },
        (Err(failure), _) => errors.take(failure)?,
    }
    draw(&app, &staff, id, &form, &errors, "").await
}

async fn draw(app: &App, staff: &Staff, id: ConversationId, form: &Form, errors: &Errors, said: &'static str) -> Answer {
    let head = staff.act(app, move |ctx| conversations::view(ctx, id, Seq::MAX, 0)).await??.conversation;
    let house = app.store.house();
    let site = house.sites.get(&head.site).ok_or_else(Error::not_found)?;
    if !mailing::may_mail(&staff.ctx(app), site, &head) {
        return Err(Error::not_found());
    }
    let page = Page {
        chrome: Chrome::new(app, staff, "chats").saying(said),
        id,
        name: visitor_name(&head).to_owned(),
        site: site.name.as_str().to_owned(),
        has_server: app.post.is_some(),
        form,
        errors,
    };
    page::form(&page, errors)
}
