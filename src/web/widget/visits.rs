//! Sites that watch their visitors. `GET /widget/{site}/visit`: the frame that a page keeps hidden, and shows an invitation in.
//! `POST /widget/{site}/visits`: which page is looked at, again and again while it is. `POST /widget/{site}/invitation`: the words
//! that brought a visitor into the window. None of it is stored.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::domain::access::Actor;
use crate::domain::id::SiteId;
use crate::domain::language::Language;
use crate::domain::site::{Site, WebOrigin};
use crate::domain::switches::BeforeConsent;
use crate::domain::told;
use crate::domain::visit::Invitation;
use crate::service::visitors::HostPage;
use crate::service::visits::{self, Answered, Heard};
use crate::texts::Voice;
use crate::web::extract::{Id, Json, Peer};
use crate::web::{Answer, App, Error, guard, page};

use super::{panel, texts};

#[derive(Template)]
#[template(path = "widget/visit.html")]
struct Frame<'a> {
    site: &'a Site,
    voice: Voice<'a>,
    /// What the browser may keep before a chat: `nothing` or `session`.
    keep: &'static str,
    /// The rules in use, as JSON.
    rules: String,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: String,
    text: &'a str,
    page: Option<&'a str>,
    referrer: Option<&'a str>,
    seconds: Option<u16>,
    pages: Option<u16>,
    scrolled: Option<u8>,
    exit: bool,
    days: u16,
}

pub async fn frame(request: HttpRequest, app: App, site: Id<SiteId>) -> Answer {
    let house = app.store.house();
    let Some(site) = house.sites.get(&site.0).filter(|site| site.switches.monitoring) else {
        return Err(Error::not_found());
    };
    let keep = match site.switches.before_consent {
        BeforeConsent::Nothing => "nothing",
        BeforeConsent::Session => "session",
    };
    let rules: Vec<Rule> = site
        .invitations
        .iter()
        .filter(|rule| rule.is_on)
        .map(|rule| Rule {
            id: rule.id.to_string(),
            text: rule.text.as_str(),
            page: rule.page.as_ref().map(|it| it.as_str()),
            referrer: rule.referrer.as_ref().map(|it| it.as_str()),
            seconds: rule.seconds_on_page,
            pages: rule.pages_seen,
            scrolled: rule.scrolled_percent,
            exit: rule.exit_intent,
            days: rule.again_after_days,
        })
        .collect();
    let rules = serde_json::to_string(&rules).map_err(|_| Error::internal())?;
    let voice = Voice::of(site, texts::language(&request, site.language));
    Ok(panel::framed_by(page::show(&Frame { site, voice, keep, rules })?, &panel::frame_ancestors(site)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct Said {
    origin: String,
    visit: String,
    load: bool,
    page: String,
    title: String,
    referrer: String,
    returning: bool,
    /// An invitation stands before them.
    shown: bool,
    dismissed: bool,
    /// A rule's id, or empty for an operator's invitation.
    accepted: Option<String>,
    /// The page was left.
    left: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    visit: String,
    pages: u16,
    /// Whether somebody could answer.
    online: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<Words<'a>>,
}

#[derive(Serialize)]
struct Words<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> From<&'a Invitation> for Words<'a> {
    fn from(it: &'a Invitation) -> Self {
        Self { text: it.text.as_str(), name: it.by.as_ref().map(|by| by.name.as_str()) }
    }
}

pub async fn hear(request: HttpRequest, app: App, peer: Peer, site: Id<SiteId>, Json(said): Json<Said>) -> Answer {
    guard::origin::check(&request)?;
    let site = site.0;
    let ctx = app.ctx(&Actor::Stranger);
    let visit = said.visit.parse().ok();
    if said.left {
        if let Some(visit) = visit {
            visits::leave(&ctx, site, visit);
        }
        return Ok(HttpResponse::NoContent().finish());
    }
    let host_page = if guard::origin::is_own(&request, &said.origin) {
        HostPage::Demo
    } else {
        HostPage::Website(WebOrigin::parse(&said.origin).map_err(|_| Error::not_found())?)
    };
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let answer = match &said.accepted {
        Some(rule) => Some(rule.parse().map_or(Answered::Accepted, Answered::AcceptedRule)),
        None if said.dismissed => Some(Answered::Dismissed),
        None => said.shown.then_some(Answered::Shown),
    };
    let heard = Heard {
        visit,
        is_load: said.load,
        page: told::web_address(&said.page),
        title: told::shortened(&said.title),
        referrer: told::web_address(&said.referrer),
        language: Some(texts::language(&request, Language::default())),
        browser: told::browser(header(USER_AGENT)),
        address: Some(peer.0),
        is_returning: said.returning,
        answer,
    };
    let standing = visits::hear(&ctx, site, &host_page, heard)?;
    Ok(HttpResponse::Ok().json(Told {
        visit: standing.visit.to_string(),
        pages: standing.pages,
        online: app.hub.operators_online(site) > 0,
        invitation: standing.invitation.as_ref().map(Words::from),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    visit: String,
}

pub async fn welcome(request: HttpRequest, app: App, site: Id<SiteId>, Json(ask): Json<Ask>) -> Answer {
    guard::origin::check(&request)?;
    let visit = ask.visit.parse().map_err(|_| Error::not_found())?;
    let invitation = visits::welcome(&app.ctx(&Actor::Stranger), site.0, visit)?;
    Ok(HttpResponse::Ok().json(Words::from(&invitation)))
}
