//! The page itself. Every answer is drawn for the form that asked for it: nothing is remembered in between, in the browser or here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::access::Actor;
use crate::domain::language::Language;
use crate::service::subjects::dossier::Facts;
use crate::service::subjects::find::{Chat, Found};
use crate::service::subjects::{Receipt, own};
use crate::service::{Ctx, Failure};
use crate::store::House;
use crate::texts::Voice;
use crate::web::extract::{Fields, OpenForm, Peer};
use crate::web::refusal::Refusal;
use crate::web::widget::{chat, texts};
use crate::web::{Answer, App, Error, page};

/// What was typed, and what came of it.
#[derive(Default)]
struct Typed {
    code: String,
    /// Where something is wrong, and what.
    fault: Option<(&'static str, String)>,
    /// What was just done.
    done: Option<&'static str>,
    status: StatusCode,
}

#[derive(Template)]
#[template(path = "widget/data/page.html")]
struct Page<'a> {
    voice: Voice<'a>,
    /// The language as it was asked for, for the addresses of the forms.
    lang: &'a str,
    typed: &'a Typed,
    rows: Vec<Row<'a>>,
    found: Option<&'a Found>,
    receipt: Option<&'a Receipt>,
}

struct Row<'a> {
    chat: &'a Chat,
    facts: Facts<'a>,
}

impl Page<'_> {
    fn fault(&self, field: &str) -> &str {
        self.typed.fault.as_ref().filter(|(of, _)| *of == field).map_or("", |(_, message)| message.as_str())
    }

    /// An address of this page that keeps the language.
    fn to(&self, path: &str) -> String {
        let query = if self.lang.is_empty() { String::new() } else { format!("?lang={}", self.lang) };
        format!("/your-data{path}{query}")
    }

    fn can_withdraw(&self) -> bool {
        self.rows.iter().any(|row| row.facts.agreement.as_ref().is_some_and(|it| it.withdrawn_at.is_none()))
    }
}

/// `GET /your-data`
pub async fn ask(request: HttpRequest, app: App) -> Answer {
    draw(&app, &request, &Typed::default(), None)
}

/// `POST /your-data`
pub async fn show(request: HttpRequest, app: App, peer: Peer, OpenForm(fields): OpenForm) -> Answer {
    again(&app, &request, peer, Typed { code: code(fields), ..Typed::default() }).await
}

/// `POST /your-data/file`
pub async fn file(request: HttpRequest, app: App, peer: Peer, OpenForm(fields): OpenForm) -> Answer {
    let (code, language) = (code(fields), texts::language(&request, Language::default()));
    let typed = code.clone();
    match act(&app, peer, move |ctx| own::export(ctx, &typed)).await? {
        Ok(dossier) => Ok(super::archive(&app, dossier, language)),
        Err(failure) => refuse(&app, &request, code, failure),
    }
}

/// `POST /your-data/withdrawal`
pub async fn withdraw(request: HttpRequest, app: App, peer: Peer, OpenForm(fields): OpenForm) -> Answer {
    let code = code(fields);
    let typed = code.clone();
    match act(&app, peer, move |ctx| own::withdraw(ctx, &typed)).await? {
        Ok(_) => again(&app, &request, peer, Typed { code, done: Some("page-data-withdrawn-now"), ..Typed::default() }).await,
        Err(failure) => refuse(&app, &request, code, failure),
    }
}

/// `POST /your-data/erasure`
pub async fn erase(request: HttpRequest, app: App, peer: Peer, OpenForm(fields): OpenForm) -> Answer {
    let is_sure = fields.ticked("confirm");
    let code = code(fields);
    if !is_sure {
        let voice = Voice::plain(texts::language(&request, Language::default()));
        let fault = Some(("confirm", voice.say("page-data-erase-tick")));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return again(&app, &request, peer, Typed { code, fault, status, ..Typed::default() }).await;
    }
    let typed = code.clone();
    match act(&app, peer, move |ctx| own::erase(ctx, &typed)).await? {
        Ok(erased) => {
            let done = if erased.kept.is_empty() { "page-data-erased" } else { "page-data-erased-but" };
            again(&app, &request, peer, Typed { code, done: Some(done), ..Typed::default() }).await
        }
        Err(Failure::Conflict(_)) => {
            let voice = Voice::plain(texts::language(&request, Language::default()));
            let whom = page::organisation(&app);
            let fault = Some(("confirm", voice.tell("page-data-held", &[("site", whom.into())])));
            again(&app, &request, peer, Typed { code, fault, status: StatusCode::CONFLICT, ..Typed::default() }).await
        }
        Err(failure) => refuse(&app, &request, code, failure),
    }
}

fn code(mut fields: Fields) -> String {
    fields.take("mark")
}

async fn act<T: Send + 'static>(
    app: &App,
    peer: Peer,
    act: impl FnOnce(&Ctx) -> Result<T, Failure> + Send + 'static,
) -> Result<Result<T, Failure>, Error> {
    page::act(app, Actor::Stranger, peer.asked(), act).await
}

/// What is kept, as things stand now.
async fn again(app: &App, request: &HttpRequest, peer: Peer, typed: Typed) -> Answer {
    let code = typed.code.clone();
    match act(app, peer, move |ctx| own::show(ctx, &code)).await? {
        Ok(found) => draw(app, request, &typed, Some(&found)),
        Err(failure) => refuse(app, request, typed.code, failure),
    }
}

fn refuse(app: &App, request: &HttpRequest, code: String, failure: Failure) -> Answer {
    let voice = Voice::plain(texts::language(request, Language::default()));
    let (status, message) = match failure {
        Failure::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, voice.say("page-data-wrong")),
        // It went a moment ago.
        Failure::NotFound | Failure::Conflict(_) => (StatusCode::UNPROCESSABLE_ENTITY, voice.say("page-data-nothing")),
        Failure::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, Refusal::from(failure).said(voice)),
        other => return Err(other.into()),
    };
    draw(app, request, &Typed { code, fault: Some(("mark", message)), status, ..Typed::default() }, None)
}

fn draw(app: &App, request: &HttpRequest, typed: &Typed, found: Option<&Found>) -> Result<HttpResponse, Error> {
    let house: &House = &app.store.house();
    let voice = Voice::plain(texts::language(request, Language::default()));
    let lang = Language::of_tag(&page::query(request, "lang")).map_or("", Language::tag);
    let chats = found.map_or(&[][..], |found| &found.chats);
    let drawn = Page {
        voice,
        lang,
        typed,
        rows: chats.iter().map(|chat| Row { chat, facts: Facts::of(house, chat) }).collect(),
        found: found.filter(|found| !found.is_nothing()),
        receipt: found.and_then(|found| found.receipt.as_ref()),
    };
    Ok(chat::dressed(page::show_with(typed.status, &drawn)?, "'none'"))
}
