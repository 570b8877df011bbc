//! Who is visiting: the token of the cookie, or the one that waits in the form for a first message.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::domain::access::Actor;
use crate::domain::id::{SiteId, base32};
use crate::domain::limits;
use crate::service::subjects;
use crate::service::visitors::{self, HostPage};
use crate::web::extract::same;
use crate::web::{App, Error};

/// Before the id of the site: a chat of one site says nothing to the page of another.
const COOKIE: &str = "__Host-parlor-chat-";

pub struct Visit {
    site: SiteId,
    token: String,
    pub actor: Actor,
}

impl Visit {
    /// Of a browser that has written here before.
    #[must_use]
    pub fn of_cookie(app: &App, request: &HttpRequest, site: SiteId) -> Option<Self> {
        let cookie = request.cookie(&name(site))?;
        Self::recognised(app, site, cookie.value())
    }

    #[must_use]
    pub fn recognised(app: &App, site: SiteId, token: &str) -> Option<Self> {
        let actor = visitors::recognise(&app.store, site, token)?;
        Some(Self { site, token: token.to_owned(), actor })
    }

    /// A token for somebody new. Nothing is stored, here or there.
    ///
    /// # Errors
    /// When there is no such site.
    pub fn mint(app: &App, site: SiteId) -> Result<String, Error> {
        Ok(visitors::admit(&app.store, &*app.random, site, &HostPage::Own)?)
    }

    /// By which they ask for their data.
    #[must_use]
    pub fn code(&self, app: &App) -> Option<String> {
        let Actor::Visitor { token_index, .. } = &self.actor else { return None };
        Some(subjects::code_of(&app.store, token_index).written())
    }

    /// What forms of this visitor carry, and forms of other websites cannot know.
    #[must_use]
    pub fn csrf(&self, app: &App) -> String {
        base32(&app.store.keyed_hash("form of the chat page", self.token.as_bytes()))
    }

    #[must_use]
    pub fn is_form_of(&self, app: &App, sent: &str) -> bool {
        same(&self.csrf(app), sent)
    }

    /// Lets the browser find the way back. A link on a website leads here, so that the cookie has to come with it (`Lax`); what
    /// changes anything asks for more than the cookie.
    #[must_use]
    pub fn cookie(&self) -> Cookie<'static> {
        let life = Duration::try_from(limits::CHAT_COOKIE_LIFE).unwrap_or(Duration::ZERO);
        Cookie::build(name(self.site), self.token.clone())
            .path("/")
            .secure(true)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(life)
            .finish()
    }
}

fn name(site: SiteId) -> String {
    format!("{COOKIE}{site}")
}
