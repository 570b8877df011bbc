//! The words of the chat window: which language it speaks, and `GET /widget/{site}/texts?lang=de`, all its texts in another one
//! for a website that changes it.

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::id::SiteId;
use crate::domain::language::Language;
use crate::domain::site::Site;
use crate::texts::{self, choice, grammar, own};
use crate::web::extract::Id;
use crate::web::{Answer, App, Error, assets, page};

/// What the window's page says of its words.
pub struct WindowTexts {
    /// The script with the built-in texts of the language.
    pub script: &'static str,
    /// What the site says otherwise, as JSON; empty when that is nothing.
    pub own: String,
}

impl WindowTexts {
    #[must_use]
    pub fn new(site: &Site, language: Language) -> Self {
        let own = own::of_window(site, language);
        let own = if own.is_empty() { String::new() } else { grammar::json(&own) };
        Self { script: assets::url(&format!("texts.{}.js", language.tag())), own }
    }
}

/// The language that a request asks for with `?lang=`, else the one that the browser likes best, else the site's own.
#[must_use]
pub fn language(request: &HttpRequest, fallback: Language) -> Language {
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    choice::choose(&page::query(request, "lang"), accepted, fallback)
}

#[derive(Serialize)]
struct Texts {
    lang: &'static str,
    dir: &'static str,
    texts: Box<RawValue>,
}

pub async fn show(request: HttpRequest, app: App, site: Id<SiteId>) -> Answer {
    let house = app.store.house();
    let site = house.sites.get(&site.0).ok_or_else(Error::not_found)?;
    let language = Language::of_tag(&page::query(&request, "lang")).ok_or_else(Error::not_found)?;
    let mut texts = texts::built_in(language);
    texts.retain(|key, _| grammar::is_for_the_window(key));
    texts.extend(own::of_window(site, language));
    let texts = RawValue::from_string(grammar::json(&texts)).map_err(|_| Error::internal())?;
    Ok(actix_web::HttpResponse::Ok().json(Texts { lang: language.tag(), dir: language.direction(), texts }))
}
