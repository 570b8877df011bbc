//! `/form`: where somebody fills in a secure form, on a page of the appliance itself and without a byte from elsewhere.
//!
//! A link's secret stands behind the `#`, where no server and no log sees it: the page moves it into a form and sends that. The chat's
//! window and its page without JavaScript send a form right away, so there no address holds anything. The page with the fields has no
//! script at all, and no cookie: what was sent is judged by the secret in it alone.

mod page;

use actix_web::HttpRequest;
use askama::Template;

use self::page::{Fault, Typed};
use super::extract::{Fields, PlainForm, asked};
use super::refusal::Refusal;
use super::routes::{Face, Route, to};
use super::widget::texts;
use super::{Answer, App, Error};
use crate::domain::access::Actor;
use crate::domain::filled::Given;
use crate::domain::id::{ConversationId, RequestId, SiteId};
use crate::domain::language::Language;
use crate::service::secure_forms::{self, Opened, Standing};
use crate::service::{Failure, conversations, visitors};
use crate::texts::Voice;
use crate::web::page as pages;

pub const ROUTES: &[Route] = &[
    Route::get(Face::Public, "/form", || to(show)),
    Route::post(Face::Public, "/form", || to(open)),
    Route::post(Face::Public, "/form/answers", || to(send)),
];

/// Before the name of a form's field, so that none is mistaken for a field of ours.
const FIELD: &str = "field-";

#[derive(Template)]
#[template(path = "widget/form/link.html")]
struct LinkPage<'a> {
    voice: Voice<'a>,
}

/// `GET /form#…`
async fn show(request: HttpRequest) -> Answer {
    pages::show(&LinkPage { voice: Voice::plain(texts::language(&request, Language::English)) })
}

/// `POST /form`: with the secret of a link, or with what shows that it is the visitor of a chat.
async fn open(request: HttpRequest, app: App, PlainForm(mut fields): PlainForm) -> Answer {
    let wanted = Language::of_tag(&fields.take("lang"));
    let link = match link_of_visitor(&app, &request, &mut fields).await? {
        Some(link) => link,
        None => fields.take("link"),
    };
    match opened(&app, &request, &link).await? {
        Ok(opened) => {
            let language = wanted.unwrap_or_else(|| language_of(&request, &opened));
            page::draw(&opened, &link, language, &Typed::default())
        }
        Err(failure) => nowhere(&request, failure),
    }
}

/// `POST /form/answers`
async fn send(request: HttpRequest, app: App, PlainForm(mut fields): PlainForm) -> Answer {
    let link = fields.take("link");
    let opened = match opened(&app, &request, &link).await? {
        Ok(opened) => opened,
        Err(failure) => return nowhere(&request, failure),
    };
    let (speaks, wanted) = (fields.take("act") == "speak", fields.take("speak"));
    let spoken = Language::of_tag(&fields.take("lang"));
    let language = Language::of_tag(&wanted).filter(|_| speaks).or(spoken);
    let language = language.unwrap_or_else(|| language_of(&request, &opened));
    let mut given: Given =
        fields.names(FIELD).into_iter().map(|name| (name.clone(), fields.take(&format!("{FIELD}{name}")))).collect();
    if fields.ticked("consent") {
        given.insert(crate::domain::secure_form::SecureForm::CONSENT.to_owned(), String::new());
    }
    if speaks {
        return page::draw(&opened, &link, language, &Typed { given, faults: Vec::new() });
    }
    let (sent, typed) = (link.clone(), given.clone());
    let done = pages::act(&app, Actor::Stranger, asked(&request), move |ctx| secure_forms::submit(ctx, &sent, &typed, language));
    let voice = Voice::of(&opened.site, language);
    let faults = match done.await? {
        Ok(()) => return page::done(&opened, language),
        Err(Failure::InvalidAnswers(faults)) => faults.iter().map(|fault| Fault::of(&voice, fault)).collect(),
        // What was typed stays on the page, so that nothing is lost with the link.
        Err(Failure::Conflict(_)) => vec![Fault::of_all(page::standing(&voice, opened.standing))],
        Err(Failure::NotFound) => return nowhere(&request, Failure::NotFound),
        Err(other) => vec![Fault::of_all(Refusal::from(other).said(voice))],
    };
    page::draw(&opened, &link, language, &Typed { given, faults })
}

async fn opened(app: &App, request: &HttpRequest, link: &str) -> Result<Result<Opened, Failure>, Error> {
    let link = link.to_owned();
    pages::act(app, Actor::Stranger, asked(request), move |ctx| secure_forms::open(ctx, &link)).await
}

/// The visitor of a chat shows the token of their browser and says which form they were asked for.
async fn link_of_visitor(app: &App, request: &HttpRequest, fields: &mut Fields) -> Result<Option<String>, Error> {
    let site = fields.take("site").parse::<SiteId>().ok();
    let conversation = fields.take("conversation").parse::<ConversationId>().ok();
    let asked_for = fields.take("request").parse::<RequestId>().ok();
    let token = fields.take("visitor");
    let (Some(site), Some(conversation), Some(asked_for)) = (site, conversation, asked_for) else { return Ok(None) };
    let Some(visitor) = visitors::recognise(&app.store, site, &token) else { return Ok(None) };
    let link = pages::act(app, visitor, asked(request), move |ctx| {
        let head = conversations::view(ctx, conversation, 0, 0)?.conversation;
        Ok(secure_forms::link_into(ctx, &head, asked_for).map(|link| link.expose().to_owned()))
    });
    Ok(link.await?.unwrap_or_default())
}

/// The language of the chat that it was asked in, or the one that the browser likes best.
fn language_of(request: &HttpRequest, opened: &Opened) -> Language {
    opened.language.unwrap_or_else(|| texts::language(request, opened.site.language))
}

/// What leads to no form.
fn nowhere(request: &HttpRequest, failure: Failure) -> Answer {
    match failure {
        Failure::NotFound => page::nowhere(Voice::plain(texts::language(request, Language::English))),
        other => Err(other.into()),
    }
}

impl Standing {
    fn is_open(self) -> bool {
        self == Self::Open
    }
}
