//! What the forms of the page do. Each answers with the page by GET, so that a reload sends nothing again.

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;

use super::page::{self as chat_page, Address, Fault, Typed};
use super::visit::Visit;
use crate::domain::access::Actor;
use crate::domain::filled::Given;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::throttle::Limit;
use crate::domain::told::{self, Told};
use crate::service::conversations::{self, Leave, Start};
use crate::service::{Ctx, Failure, blocks, throttle};
use crate::texts::Voice;
use crate::web::extract::{Fields, Id, OpenForm, Peer};
use crate::web::refusal::Refusal;
use crate::web::widget::texts;
use crate::web::{Answer, App, Error, page};

/// Before the name of a form's field, so that none is mistaken for a field of ours.
const FIELD: &str = "field-";
/// No connection waits for the acknowledgement: the answer to the form is it.
const NO_CONNECTION: u64 = 0;

/// `POST /chat/{site}`: the first message.
pub async fn start(request: HttpRequest, app: App, peer: Peer, site: Id<SiteId>, OpenForm(mut fields): OpenForm) -> Answer {
    let Some(visit) = starting(&app, &request, site.0, &mut fields) else { return Ok(back(&request, site.0)) };
    let answers: Given =
        fields.names(FIELD).into_iter().map(|name| (name.clone(), fields.take(&format!("{FIELD}{name}")))).collect();
    let typed = Typed { text: fields.take("text"), answers, consented: fields.ticked("consent"), faults: Vec::new() };
    let language = Language::of_tag(&fields.take("language"));
    let (text, given, consented) = (typed.text.clone(), typed.answers.clone(), typed.consented);
    let (told, is_message) = (told(&request, peer), fields.ticked("leave"));
    let done = act(&app, peer, &visit.actor, &mut fields, move |ctx, origin| {
        let allowance = &throttle::allowance(ctx, Limit::Messages);
        if is_message {
            // Who waits already has said what it is about.
            let text = if text.trim().is_empty() { None } else { Some(MessageText::parse(&text)?) };
            conversations::leave(ctx, allowance, Leave { text, answers: given, consented, language, told }, origin)?;
        } else {
            let text = MessageText::parse(&text)?;
            conversations::start(ctx, allowance, Start { text, answers: given, consented, language, told }, origin)?;
        }
        Ok(())
    });
    match done.await? {
        Ok(()) => {
            let mut response = back(&request, site.0);
            // A cookie is text of ours; should it ever not fit a header, the visitor is merely not recognised.
            let _kept = response.add_cookie(&visit.cookie());
            Ok(response)
        }
        Err(refusal) => again(&request, &app, site.0, typed, &refusal).await,
    }
}

/// `POST /chat/{site}/messages`
pub async fn send(request: HttpRequest, app: App, peer: Peer, site: Id<SiteId>, OpenForm(mut fields): OpenForm) -> Answer {
    let Some((visit, conversation)) = returning(&app, &request, site.0, &mut fields) else { return Ok(back(&request, site.0)) };
    let typed = Typed { text: fields.take("text"), ..Typed::default() };
    let text = typed.text.clone();
    let done = act(&app, peer, &visit.actor, &mut fields, move |ctx, origin| {
        Ok(conversations::send(
            ctx,
            &throttle::allowance(ctx, Limit::Messages),
            conversation,
            MessageText::parse(&text)?,
            origin,
        )?)
    });
    match done.await? {
        Ok(()) => Ok(back(&request, site.0)),
        Err(refusal) => again(&request, &app, site.0, typed, &refusal).await,
    }
}

/// `POST /chat/{site}/closure`
pub async fn end(request: HttpRequest, app: App, peer: Peer, site: Id<SiteId>, OpenForm(mut fields): OpenForm) -> Answer {
    let Some((visit, conversation)) = returning(&app, &request, site.0, &mut fields) else { return Ok(back(&request, site.0)) };
    let done = act(&app, peer, &visit.actor, &mut fields, move |ctx, origin| Ok(conversations::end(ctx, conversation, origin)?));
    match done.await? {
        Ok(()) => Ok(back(&request, site.0)),
        Err(refusal) => again(&request, &app, site.0, Typed::default(), &refusal).await,
    }
}

/// Who sends a first message: the visitor of the cookie, else the one whom the form was made for.
fn starting(app: &App, request: &HttpRequest, site: SiteId, fields: &mut Fields) -> Option<Visit> {
    let (sent, csrf) = (fields.take("visitor"), fields.take("csrf"));
    let new = Visit::recognised(app, site, &sent);
    match Visit::of_cookie(app, request, site) {
        // A form that was drawn before the first message of another tab is as much theirs.
        Some(visit) => (visit.is_form_of(app, &csrf) || new.is_some()).then_some(visit),
        None => new,
    }
}

/// Who goes on with a talk, and with which.
fn returning(app: &App, request: &HttpRequest, site: SiteId, fields: &mut Fields) -> Option<(Visit, ConversationId)> {
    let visit = Visit::of_cookie(app, request, site)?;
    visit.is_form_of(app, &fields.take("csrf")).then_some(())?;
    // What is not the visitor's own is refused by the service; what is no id was not sent by our form.
    Some((visit, fields.take("conversation").parse().ok()?))
}

/// Does one act and waits until it is durable: the page that follows shows it.
async fn act(
    app: &App,
    peer: Peer,
    actor: &Actor,
    fields: &mut Fields,
    act: impl FnOnce(&Ctx, Origin) -> Result<(), Refusal> + Send + 'static,
) -> Result<Result<(), Refusal>, Error> {
    let client_id = ClientId::parse(&fields.take("id"));
    let done = page::act(app, actor.clone(), peer.asked(), move |ctx| {
        let done = client_id.map_err(Refusal::from).and_then(|client_id| {
            blocks::check(ctx, Some(peer.0), None)?;
            act(ctx, Origin { connection: NO_CONNECTION, client_id })?;
            ctx.store.commit(ctx.store.batch()).wait().map_err(Failure::from)?;
            Ok(())
        });
        Ok(done)
    });
    Ok(done.await??)
}

/// What is known of them beside what they write.
fn told(request: &HttpRequest, peer: Peer) -> Told {
    let agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    Told { browser: agent.and_then(told::browser), address: Some(peer.0), ..Told::default() }
}

fn back(request: &HttpRequest, site: SiteId) -> actix_web::HttpResponse {
    let lang = page::query(request, "lang");
    let lang = Language::of_tag(&lang).map_or("", Language::tag);
    let here = Address { site, lang, is_live: page::says(request, "live") };
    page::see_other(&format!("{}#newest", here.to("")))
}

/// The page with what was typed and what is wrong with it.
async fn again(request: &HttpRequest, app: &App, site: SiteId, typed: Typed, refusal: &Refusal) -> Answer {
    let house = app.store.house();
    let Some(settings) = house.sites.get(&site) else { return chat_page::draw(request, app, site, typed).await };
    let voice = Voice::of(settings, texts::language(request, settings.language));
    let faults = if refusal.fields.is_empty() {
        let field = match refusal.code {
            "consent_needed" => "consent",
            "empty" | "too_long" => "text",
            _ => "",
        };
        vec![Fault { field: field.to_owned(), message: refusal.said(voice) }]
    } else {
        refusal
            .fields
            .iter()
            .map(|(field, word)| {
                // The words themselves are a field as well, of a message that is left.
                let id = if field == "text" { field.clone() } else { format!("{FIELD}{field}") };
                Fault { field: id, message: voice.say(&format!("error-{word}")) }
            })
            .collect()
    };
    chat_page::draw(request, app, site, Typed { faults, ..typed }).await
}
