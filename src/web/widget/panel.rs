//! `GET /widget/{site}`: the chat window itself, as the frame on a customer's page shows it.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::form::Field;
use crate::domain::id::SiteId;
use crate::domain::language::Language;
use crate::domain::site::{Site, WebOrigin};
use crate::texts::Voice;
use crate::web::{Answer, App, page};

use super::texts::{self, WindowTexts};

/// The panel needs its own files and the way back to this server, and nothing that could turn text into code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors";

#[derive(Template)]
#[template(path = "widget/panel.html")]
struct Panel<'a> {
    site: &'a Site,
    voice: Voice<'a>,
    texts: WindowTexts,
    ask_name: bool,
    ask_email: bool,
    /// Follows "This chat is deleted".
    promise: String,
    /// Whether somebody can answer right now.
    online: bool,
    /// Whether new chats are declined, because the disk is nearly full.
    declining: bool,
}

impl<'a> Panel<'a> {
    fn new(site: &'a Site, voice: Voice<'a>, online: bool, declining: bool) -> Self {
        let asks = |id| site.pre_chat.field(id).is_some();
        let (ask_name, ask_email) = (asks(Field::NAME), asks(Field::EMAIL));
        let texts = WindowTexts::new(site, voice.language);
        Self { site, voice, texts, ask_name, ask_email, promise: site.purge.promise(), online, declining }
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
    let online = app.hub.operators_online(site.id) > 0;
    let voice = Voice::of(site, texts::language(&request, site.language));
    let panel = Panel::new(site, voice, online, !app.store.space().room().takes_new_chats());
    Ok(framed_by(page::show(&panel)?, &frame_ancestors(site)))
}

/// Any page may show that there is nothing: the frame would stay blank otherwise, and its visitor would wait.
fn missing(request: &HttpRequest) -> Answer {
    let voice = Voice::plain(texts::language(request, Language::default()));
    Ok(framed_by(page::show_with(StatusCode::NOT_FOUND, &Missing { voice })?, "*"))
}

/// The websites of the site, and the demo page while it is on.
fn frame_ancestors(site: &Site) -> String {
    let own = site.demo.then_some("'self'");
    let all: Vec<&str> = site.origins.iter().map(WebOrigin::as_str).chain(own).collect();
    if all.is_empty() { "'none'".to_owned() } else { all.join(" ") }
}

fn framed_by(mut response: HttpResponse, ancestors: &str) -> HttpResponse {
    // An origin is plain ASCII; should it ever not be, the strict default policy stands in.
    if let Ok(policy) = format!("{POLICY} {ancestors}").parse() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{Name, Notice};
    use crate::domain::time::Timestamp;

    fn site() -> Site {
        let origin = WebOrigin::parse("https://shop.example").unwrap();
        Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![origin], Timestamp::default())
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
        let draw = |site: &Site| Panel::new(site, Voice::of(site, Language::English), false, false).render().unwrap();
        let html = draw(&it);
        assert!(
            !html.contains("name=\"name\"") && !html.contains("name=\"consent\"") && html.contains("1 day after it is closed")
        );

        it.pre_chat.fields.push(crate::domain::form::Field::email());
        let text = Notice::parse("<script>alert(1)</script>").unwrap();
        it.consent = Some(crate::domain::form::Consent { text, version: 1, since: Timestamp::default() });
        let html = draw(&it);
        assert!(html.contains("name=\"email\"") && html.contains("name=\"consent\"") && !html.contains("<script>alert"));

        it.texts.insert((Language::Arabic, "send".to_owned()), "\"><script>alert(1)</script>".to_owned());
        let html = Panel::new(&it, Voice::of(&it, Language::Arabic), false, false).render().unwrap();
        assert!(
            html.contains("<html lang=\"ar\" dir=\"rtl\"")
                && html.contains("/assets/texts.ar.")
                && !html.contains("<script>alert")
        );
    }
}
