//! The page itself: what was said, the form for what comes next, and the log alone, which renews itself inside the page for those
//! who ask for it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::talk::Talk;
use super::visit::Visit;
use crate::domain::access::Actor;
use crate::domain::clocks::Clocks;
use crate::domain::conversation::State;
use crate::domain::department::Department;
use crate::domain::filled::Given;
use crate::domain::form::{Field, FieldKind, Form};
use crate::domain::id::{SiteId, base32};
use crate::domain::language::Language;
use crate::domain::opening::Opening;
use crate::domain::retention::PurgePolicy;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::service::Asked;
use crate::texts::Voice;
use crate::web::extract::Id;
use crate::web::widget::{panel, texts};
use crate::web::{Answer, App, Error, page, urls};

/// No script at all, and nobody frames it but the page its own log.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors";
/// How often the log renews itself, once somebody has asked for that.
const RENEWED_AFTER_SECONDS: &str = "10";

/// What was typed and not taken.
#[derive(Default)]
pub struct Typed {
    pub text: String,
    pub answers: Given,
    pub consented: bool,
    pub faults: Vec<Fault>,
}

/// The field, and what is wrong with it in the visitor's language. Without a field it concerns all of it.
pub struct Fault {
    pub field: String,
    pub message: String,
}

#[derive(Template)]
#[template(path = "widget/chat/page.html")]
struct Page<'a> {
    site: &'a Site,
    voice: Voice<'a>,
    /// Where this page is, with the language that was asked for and the way of showing news.
    here: Address<'a>,
    presence: String,
    talk: Option<&'a Talk>,
    questions: Vec<Question<'a>>,
    typed: &'a Typed,
    /// A token for somebody new; empty for a returning visitor, whose browser brings it.
    visitor: String,
    csrf: String,
    /// By which a form that is sent twice is known.
    id: String,
    promise: String,
    declining: bool,
    /// Nobody can answer, and a message is taken in place of a chat.
    leaving: bool,
    /// Whether the visitor may leave one in place of waiting.
    may_leave: bool,
    drawn_at: Timestamp,
    /// By which this visitor asks for their data, once there may be some.
    code: Option<String>,
}

#[derive(Template)]
#[template(path = "widget/chat/log.html")]
struct Log<'a> {
    voice: Voice<'a>,
    talk: &'a Talk,
    here: Address<'a>,
}

/// Addresses of this chat that keep what the visitor has chosen.
#[derive(Clone, Copy)]
pub struct Address<'a> {
    pub site: SiteId,
    /// As asked for in the address; empty when the browser decides.
    pub lang: &'a str,
    pub is_live: bool,
}

impl Address<'_> {
    #[must_use]
    pub fn to(&self, path: &str) -> String {
        self.with(path, self.is_live)
    }

    #[must_use]
    pub fn quiet(&self) -> String {
        self.with("", false)
    }

    /// The form for a message in place of waiting.
    #[must_use]
    pub fn leave(&self) -> String {
        self.asking("leave")
    }

    /// This page once more. A link to the very address that is open, mark and all, would only be jumped to and not loaded.
    #[must_use]
    pub fn again(&self, drawn_at: &Timestamp) -> String {
        self.asking(&format!("after={}#newest", drawn_at.as_millis()))
    }

    fn asking(&self, what: &str) -> String {
        let here = self.quiet();
        format!("{here}{}{what}", if here.contains('?') { '&' } else { '?' })
    }

    #[must_use]
    pub fn live(&self) -> String {
        self.with("", true)
    }

    fn with(&self, path: &str, is_live: bool) -> String {
        let mut query = Vec::new();
        if !self.lang.is_empty() {
            query.push(format!("lang={}", self.lang));
        }
        if is_live {
            query.push("live".to_owned());
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{}", urls::chat(self.site), query.join("&"))
    }
}

/// One field of the form before the first message.
struct Question<'a> {
    field: &'a Field,
    label: String,
    options: Vec<(String, &'a str)>,
    value: &'a str,
}

impl Question<'_> {
    fn id(&self) -> &str {
        self.field.id.as_str()
    }

    fn is_choice(&self) -> bool {
        matches!(self.field.kind, FieldKind::Choice(_) | FieldKind::Department)
    }

    fn input(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Email => "email",
            FieldKind::Phone => "tel",
            _ => "text",
        }
    }

    fn autocomplete(&self) -> &'static str {
        match (&self.field.kind, self.id()) {
            (FieldKind::Email, _) => "email",
            (FieldKind::Phone, _) => "tel",
            (_, Field::NAME) => "name",
            _ => "off",
        }
    }
}

impl Page<'_> {
    fn fault(&self, field: &str) -> &str {
        self.typed.faults.iter().find(|fault| fault.field == field).map_or("", |fault| fault.message.as_str())
    }

    fn field_name(&self, question: &Question) -> String {
        format!("field-{}", question.id())
    }

    /// Whether the visitor goes on with a talk.
    fn goes_on(&self) -> bool {
        !self.leaving && self.talk.is_some_and(Talk::is_open)
    }
}

/// `GET /chat/{site}`
pub async fn show(request: HttpRequest, app: App) -> Answer {
    let id = request.match_info().get("site").and_then(|text| text.parse().ok());
    let Some(id) = id else { return panel::missing(&request) };
    draw(&request, &app, id, Typed::default()).await
}

/// `GET /chat/{site}/log`: what was said, and again every few seconds.
pub async fn log(request: HttpRequest, app: App, site: Id<SiteId>) -> Answer {
    let Some(site) = app.store.house().sites.get(&site.0).cloned() else { return panel::missing(&request) };
    let lang = page::query(&request, "lang");
    let voice = Voice::of(&site, texts::language(&request, site.language));
    let visit = Visit::of_cookie(&app, &request, site.id).ok_or_else(Error::not_found)?;
    let talk = talk_of(&app, visit.actor, &site, voice.language).await?.ok_or_else(Error::not_found)?;
    let here = Address { site: site.id, lang: known(&lang), is_live: true };
    let mut response = page::show(&Log { voice, talk: &talk, here })?;
    if talk.is_open() {
        response.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static(RENEWED_AFTER_SECONDS));
    }
    Ok(dressed(response, "'self'"))
}

/// Draws the page, with what was typed and not taken.
pub async fn draw(request: &HttpRequest, app: &App, site: SiteId, typed: Typed) -> Answer {
    let house = app.store.house();
    let Some(site) = house.sites.get(&site).cloned() else { return panel::missing(request) };
    let departments = panel::departments_of(&house, site.id);
    let lang = page::query(request, "lang");
    let voice = Voice::of(&site, texts::language(request, site.language));
    let visit = Visit::of_cookie(app, request, site.id);
    let talk = match &visit {
        Some(visit) => talk_of(app, visit.actor.clone(), &site, voice.language).await?,
        None => None,
    };
    let served = Here::now(app, &site);
    let takes_messages = site.routing.leave_message_after_seconds.is_some();
    let waits = talk.as_ref().is_some_and(|talk| talk.state == State::Waiting && !talk.is_message);
    let leaving = takes_messages
        && match &talk {
            Some(talk) if talk.is_open() => waits && page::says(request, "leave"),
            _ => !served.can_answer(),
        };
    let is_message = leaving || talk.as_ref().is_some_and(|talk| talk.is_message);
    let clocks = Clocks::of(Some(&site), &house.retention, house.reporting);
    let mut id = [0; 16];
    app.random.fill(&mut id);
    let drawn = Page {
        site: &site,
        voice,
        here: Address { site: site.id, lang: known(&lang), is_live: page::says(request, "live") },
        presence: presence(&served, voice, talk.as_ref()),
        questions: questions(if leaving { &site.offline } else { &site.pre_chat }, voice, &departments, &typed),
        visitor: if visit.is_none() { Visit::mint(app, site.id)? } else { String::new() },
        csrf: visit.as_ref().map(|visit| visit.csrf(app)).unwrap_or_default(),
        id: base32(&id),
        promise: promise(if is_message { &clocks.messages } else { &clocks.chats }, voice),
        declining: !served.taking,
        leaving,
        may_leave: takes_messages && waits,
        drawn_at: served.now,
        code: visit.as_ref().and_then(|visit| visit.code(app)),
        talk: talk.as_ref(),
        typed: &typed,
    };
    let status = if typed.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(dressed(page::show_with(status, &drawn)?, "'none'"))
}

/// The tag of a language that there is; nothing else of an address gets back into one.
fn known(lang: &str) -> &'static str {
    Language::of_tag(lang).map_or("", Language::tag)
}

async fn talk_of(app: &App, actor: Actor, site: &Arc<Site>, language: Language) -> Result<Option<Talk>, Error> {
    let Actor::Visitor { token_index, .. } = actor else { return Ok(None) };
    let site = site.clone();
    Ok(page::act(app, actor, Asked::default(), move |ctx| Talk::of(ctx, &token_index, Voice::of(&site, language))).await??)
}

/// How the site is served at this moment.
struct Here {
    online: usize,
    opening: Opening,
    taking: bool,
    now: Timestamp,
}

impl Here {
    fn now(app: &App, site: &Site) -> Self {
        let now = app.now();
        Self {
            online: app.hub.operators_online(site.id),
            opening: site.hours.opening(now),
            taking: app.store.space().room().takes_new_chats(),
            now,
        }
    }

    fn can_answer(&self) -> bool {
        self.online > 0 && self.opening.is_open()
    }

    /// Why nobody answers, and from when on somebody will; in hours or days from now, since the reader's time zone is not known.
    fn absence(&self, voice: Voice) -> String {
        let hour = 3_600_000;
        match self.opening {
            Opening::Open => voice.say("presence-nobody"),
            Opening::Closed { opens_at: None } => voice.say("presence-hours"),
            Opening::Closed { opens_at: Some(at) } => {
                let hours = (at.as_millis() - self.now.as_millis() + hour - 1) / hour;
                let (key, n) = if hours < 24 { ("page-opens-hours", hours.max(1)) } else { ("page-opens-days", hours / 24) };
                voice.tell(key, &[("n", n.into())])
            }
        }
    }
}

fn presence(here: &Here, voice: Voice, talk: Option<&Talk>) -> String {
    match talk.map(|talk| (&talk.state, talk.place)) {
        None if !here.taking => voice.say("presence-declining"),
        None if here.can_answer() => voice.say("presence-online"),
        None => here.absence(voice),
        Some((State::Waiting, _)) if !here.can_answer() => here.absence(voice),
        Some((State::Waiting, 1)) => voice.say("presence-next"),
        Some((State::Waiting, place)) => voice.tell("presence-place", &[("n", place.into())]),
        Some((State::Active { operator }, _)) => {
            voice.tell("presence-here", &[("name", operator.name.as_str().to_owned().into())])
        }
        Some((State::Wrapping { .. } | State::Closed { .. }, _)) => voice.say("presence-ended"),
    }
}

fn questions<'a>(form: &'a Form, voice: Voice, departments: &'a [Arc<Department>], typed: &'a Typed) -> Vec<Question<'a>> {
    let question = |field: &'a Field| {
        let options = match &field.kind {
            FieldKind::Choice(options) => options.iter().map(|it| (it.as_str().to_owned(), it.as_str())).collect(),
            FieldKind::Department => departments.iter().map(|it| (it.id.to_string(), it.name.as_str())).collect(),
            _ => Vec::new(),
        };
        let value = typed.answers.get(field.id.as_str()).map_or("", String::as_str);
        Question { field, label: voice.say(&format!("field-{}", field.id.as_str())), options, value }
    };
    // Without any department there is nothing to choose.
    let is_shown = |field: &&Field| field.kind != FieldKind::Department || !departments.is_empty();
    form.fields.iter().filter(is_shown).map(question).collect()
}

fn promise(clock: &PurgePolicy, voice: Voice) -> String {
    match clock {
        PurgePolicy::AtClose => voice.say("promise-at-close"),
        PurgePolicy::HoursAfterClose(hours) => voice.tell("promise-hours", &[("n", (*hours).into())]),
        PurgePolicy::DaysAfterClose(days) => voice.tell("promise-days", &[("n", (*days).into())]),
        PurgePolicy::Daily { hour, zone } => {
            voice.tell("promise-daily", &[("time", format!("{hour:02}:00").into()), ("zone", zone.as_str().to_owned().into())])
        }
    }
}

/// With the policy of pages without any script, and those who may frame them.
pub(in crate::web::widget) fn dressed(mut response: HttpResponse, ancestors: &str) -> HttpResponse {
    let headers = response.headers_mut();
    if let Ok(policy) = format!("{POLICY} {ancestors}").parse() {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    // Without a referrer browsers blank the origin of our own forms, which is asked for before anything is done.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
