//! `GET /widget/{site}`: the chat window itself, as the frame on a customer's page shows it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use serde_json::json;

use super::questions::Questions;
use super::texts::{self, WindowTexts};
use crate::domain::clocks::Clocks;
use crate::domain::department::Department;
use crate::domain::id::SiteId;
use crate::domain::language::Language;
use crate::domain::look::{Look, Scheme};
use crate::domain::retention::PurgePolicy;
use crate::domain::site::{Site, WebOrigin};
use crate::domain::switches::BeforeConsent;
use crate::store::House;
use crate::texts::Voice;
use crate::web::{Answer, App, Error, page};

/// The panel needs its own files and the way back to this server, pictures that it has fetched with the visitor's token, and nothing that
/// could turn text into code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; \
    form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors";

#[derive(Template)]
#[template(path = "widget/panel.html")]
struct Panel<'a> {
    site: &'a Site,
    voice: Voice<'a>,
    texts: WindowTexts,
    look: &'a Look,
    pre_chat: Questions<'a>,
    offline: Questions<'a>,
    /// Whether visitors may have their chat mailed to them, and somebody takes the mail.
    copies: bool,
    /// The clock of messages that are left, where it is another one than that of chats.
    messages: Option<PurgePolicy>,
    /// Who could answer right now, in the words of the live channel.
    here: String,
    /// Drawn beside the settings: it takes no input.
    is_preview: bool,
    /// There are forms that its visitors can be asked for.
    has_forms: bool,
}

impl<'a> Panel<'a> {
    fn new(site: &'a Site, voice: Voice<'a>, departments: &'a [Arc<Department>], here: String) -> Self {
        Self {
            copies: false,
            messages: None,
            site,
            voice,
            texts: WindowTexts::new(site, voice.language),
            look: &site.look,
            pre_chat: Questions::new("", voice, &site.pre_chat, departments, site.consent.is_some()),
            offline: Questions::new("leave-", voice, &site.offline, departments, site.consent.is_some()),
            here,
            is_preview: false,
            has_forms: false,
        }
    }

    /// When the chat is deleted: the text that says so, and what it says it of.
    fn promise(clock: &PurgePolicy) -> (&'static str, String) {
        match clock {
            PurgePolicy::AtClose => ("promise-at-close", "{}".to_owned()),
            PurgePolicy::HoursAfterClose(hours) => ("promise-hours", json!({ "n": hours }).to_string()),
            PurgePolicy::DaysAfterClose(days) => ("promise-days", json!({ "n": days }).to_string()),
            PurgePolicy::Daily { hour, zone } => {
                ("promise-daily", json!({ "time": format!("{hour:02}:00"), "zone": zone.as_str() }).to_string())
            }
        }
    }

    fn site_name(&self) -> String {
        json!({ "site": self.site.name.as_str() }).to_string()
    }

    fn scheme(&self) -> &'static str {
        match self.look.scheme {
            Scheme::Auto => "auto",
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }

    /// Whether the tab may keep what is typed before the visitor has sent anything.
    fn keeps_drafts(&self) -> bool {
        self.site.switches.before_consent == BeforeConsent::Session
    }

    /// Whether a message can be left where nobody is there.
    fn takes_messages(&self) -> bool {
        self.site.routing.leave_message_after_seconds.is_some()
    }

    /// Whether files may come: unasked, or when an operator asks for one.
    fn has_files(&self) -> bool {
        self.site.switches.visitor_files || self.site.switches.operator_files
    }

    fn peeks(&self) -> bool {
        self.site.switches.sneak_peek
    }
}

#[derive(Template)]
#[template(path = "widget/missing.html")]
struct Missing {
    voice: Voice<'static>,
}

pub async fn show(request: HttpRequest, app: App) -> Answer {
    let house = app.store.house();
    let id: Option<SiteId> = request.match_info().get("site").and_then(|text| text.parse().ok());
    let Some(site) = id.and_then(|id| house.sites.get(&id)) else {
        return missing(&request);
    };
    let departments = departments_of(&house, site.id);
    let voice = Voice::of(site, texts::language(&request, site.language));
    let copies = site.switches.visitor_transcripts && app.post.is_some();
    let here = app.hub.presence_frame(site.id).to_string();
    let window = page::query(&request, "window").parse().ok();
    let messages = Some(Clocks::of(Some(site), &house.retention, house.reporting).messages).filter(|it| *it != site.purge);
    let has_forms = house.forms.values().any(|form| form.is_for(site.id));
    let look = site.look_of(window);
    let panel = Panel { copies, messages, has_forms, look, ..Panel::new(site, voice, &departments, here) };
    Ok(framed_by(page::show_packed(&request, &panel)?, &frame_ancestors(site)))
}

/// The window of a site as it is not saved yet, with the policy under which the page of its settings may frame it: it takes no
/// input and connects to nothing. `real` is the site that it is of; the draft may go by another id.
pub fn preview(app: &App, request: &HttpRequest, real: SiteId, draft: &Site) -> Result<(HttpResponse, String), Error> {
    let departments = departments_of(&app.store.house(), real);
    let voice = Voice::of(draft, texts::language(request, draft.language));
    let here = app.hub.presence_frame(real).to_string();
    let panel = Panel { is_preview: true, ..Panel::new(draft, voice, &departments, here) };
    let policy = POLICY.replace("connect-src 'self'", "connect-src 'none'");
    Ok((page::show(&panel)?, format!("{policy} 'self'")))
}

/// By name, as people look for them.
pub fn departments_of(house: &House, site: SiteId) -> Vec<Arc<Department>> {
    let mut all: Vec<_> = house.departments.values().filter(|it| it.site == site).cloned().collect();
    all.sort_by_cached_key(|it| (it.name.as_str().to_lowercase(), it.id));
    all
}

/// Any page may show that there is nothing: the frame would stay blank otherwise, and its visitor would wait.
pub fn missing(request: &HttpRequest) -> Answer {
    let voice = Voice::plain(texts::language(request, Language::default()));
    Ok(framed_by(page::show_with(StatusCode::NOT_FOUND, &Missing { voice })?, "*"))
}

/// The websites of the site, and the demo page while it is on.
pub(super) fn frame_ancestors(site: &Site) -> String {
    let own = site.demo.then_some("'self'");
    let all: Vec<&str> = site.origins.iter().map(WebOrigin::as_str).chain(own).collect();
    if all.is_empty() { "'none'".to_owned() } else { all.join(" ") }
}

pub(super) fn framed_by(mut response: HttpResponse, ancestors: &str) -> HttpResponse {
    // An origin is plain ASCII; should it ever not be, the strict default policy stands in.
    if let Ok(policy) = format!("{POLICY} {ancestors}").parse() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::form::{Consent, Field, FieldKind, Form};
    use crate::domain::text::{FieldId, Label, Name, Notice};
    use crate::domain::time::Timestamp;

    fn site() -> Site {
        let origin = WebOrigin::parse("https://shop.example").unwrap();
        Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![origin], Timestamp::default())
    }

    fn draw(site: &Site) -> String {
        Panel::new(site, Voice::of(site, Language::English), &[], String::new()).render().unwrap()
    }

    #[test]
    fn only_the_sites_own_pages_may_frame_it() {
        let mut it = site();
        assert_eq!(frame_ancestors(&it), "https://shop.example 'self'");
        it.demo = false;
        assert_eq!(frame_ancestors(&it), "https://shop.example");
        it.origins.clear();
        assert_eq!(frame_ancestors(&it), "'none'");
    }

    #[test]
    fn the_panel_asks_for_what_the_site_asks_and_escapes_its_texts() {
        let mut it = site();
        it.pre_chat.fields.clear();
        it.offline.fields.clear();
        let html = draw(&it);
        assert!(
            !html.contains("name=\"name\"") && !html.contains("name=\"consent\"") && html.contains("data-t=\"promise-days\"")
        );

        let hostile = "<script>alert(1)</script>\"'";
        let field = |id: &str, label: &str, kind| Field {
            id: FieldId::parse(id).unwrap(),
            label: Label::parse(label).unwrap(),
            kind,
            is_required: true,
        };
        it.pre_chat = Form {
            fields: vec![
                Field::email(),
                field("phone", hostile, FieldKind::Phone),
                field("topic", "Topic", FieldKind::Choice(vec![Label::parse(hostile).unwrap()])),
                field("department", "Department", FieldKind::Department),
            ],
        };
        it.consent = Some(Consent { text: Notice::parse(hostile).unwrap(), version: 1, since: Timestamp::default() });
        it.welcome = Notice::parse(hostile).unwrap();
        let html = draw(&it);
        assert!(
            html.contains("name=\"email\"") && html.contains("name=\"consent\"") && !html.contains("<script>alert"),
            "{html}"
        );
        assert!(html.contains("data-t=\"field-email\"") && html.contains("name=\"topic\""), "{html}");
        assert!(!html.contains("name=\"department\""), "there is none to choose: {html}");

        it.texts.insert((Language::Arabic, "send".to_owned()), "\"><script>alert(1)</script>".to_owned());
        let html = Panel::new(&it, Voice::of(&it, Language::Arabic), &[], String::new()).render().unwrap();
        assert!(
            html.contains("<html lang=\"ar\" dir=\"rtl\"")
                && html.contains("/assets/texts.ar.")
                && !html.contains("<script>alert")
        );
    }
}
