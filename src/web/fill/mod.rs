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
use crate::domain::secure_form::SecureForm;
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
            page::draw(&app.store, &opened, &link, language, &Typed::default())
        }
        Err(failure) => lost(&app, &request, &link, &Given::new(), failure),
    }
}

/// `POST /form/answers`
async fn send(request: HttpRequest, app: App, PlainForm(mut fields): PlainForm) -> Answer {
    let link = fields.take("link");
    let mut given: Given =
        fields.names(FIELD).into_iter().map(|name| (name.clone(), fields.take(&format!("{FIELD}{name}")))).collect();
    let opened = match opened(&app, &request, &link).await? {
        Ok(opened) => opened,
        Err(failure) => return lost(&app, &request, &link, &given, failure),
    };
    let (speaks, wanted) = (fields.take("act") == "speak", fields.take("speak"));
    let spoken = Language::of_tag(&fields.take("lang"));
    let language = Language::of_tag(&wanted).filter(|_| speaks).or(spoken);
    let language = language.unwrap_or_else(|| language_of(&request, &opened));
    if fields.ticked("consent") {
        given.insert(SecureForm::CONSENT.to_owned(), String::new());
    }
    if speaks {
        return page::draw(&app.store, &opened, &link, language, &Typed { given, faults: Vec::new() });
    }
    if fields.ticked(SecureForm::ASKED) {
        given.insert(SecureForm::ASKED.to_owned(), fields.take(SecureForm::ASKED));
    }
    let (sent, typed) = (link.clone(), given.clone());
    let done = pages::act(&app, Actor::Stranger, asked(&request), move |ctx| secure_forms::submit(ctx, &sent, &typed, language));
    let voice = Voice::of(&opened.site, language);
    let faults = match done.await? {
        Ok(()) => return page::done(&opened, language),
        Err(Failure::InvalidAnswers(faults)) => faults.iter().map(|fault| Fault::of(&voice, fault)).collect(),
        Err(Failure::Conflict(_)) => return again(&app, &request, &link, language, given).await,
        Err(Failure::NotFound) => return lost(&app, &request, &link, &given, Failure::NotFound),
        Err(other) => vec![Fault::of_all(Refusal::from(other).said(voice))],
    };
    page::draw(&app.store, &opened, &link, language, &Typed { given, faults })
}

/// The form as it is by now, with what was typed into the one before, and why that was not taken. Nothing typed is lost with the link.
async fn again(app: &App, request: &HttpRequest, link: &str, language: Language, given: Given) -> Answer {
    let opened = match opened(app, request, link).await? {
        Ok(opened) => opened,
        Err(failure) => return lost(app, request, link, &given, failure),
    };
    let mut given = given;
    if opened.standing.is_open() {
        // Whoever agreed has not read this, and what stands at a place in a list may be something else.
        given.remove(SecureForm::CONSENT);
        for field in opened.form.fields.iter().filter(|field| !field.options().is_empty()) {
            given.remove(field.id.as_str());
        }
    }
    let faults = vec![Fault::of_all(page::not_taken(&Voice::of(&opened.site, language), opened.standing))];
    page::draw(&app.store, &opened, link, language, &Typed { given, faults })
}

/// The link leads nowhere any more, so nobody knows what was asked: what was typed is shown all the same, to whoever had a link.
fn lost(app: &App, request: &HttpRequest, link: &str, given: &Given, failure: Failure) -> Answer {
    let is_ours = secure_forms::was_ours(&app.store, link);
    let typed = given.values().filter(|text| is_ours && !text.trim().is_empty()).map(String::as_str).collect();
    match failure {
        Failure::NotFound => page::nowhere(Voice::plain(texts::language(request, Language::English)), typed),
        other => Err(other.into()),
    }
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

impl Standing {
    fn is_open(self) -> bool {
        self == Self::Open
    }
}
