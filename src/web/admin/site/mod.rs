//! One site: its settings in sections, each with an address, a form and a save bar of its own. A new section is a file here, two
//! routes in `routes.rs` and a line in `TABS`.

use std::sync::Arc;

use actix_web::HttpRequest;

use crate::domain::id::{SiteId, WindowId};
use crate::domain::site::Site;
use crate::service::sites::{self, LookForm, Section};
use crate::web::extract::{FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

pub mod chat;
pub mod departments;
pub mod forms;
pub mod general;
pub mod hours;
pub mod invitations;
pub mod look;
pub mod new;
pub mod preview;
pub mod privacy;
pub mod redaction;
pub mod snippet;
pub mod texts;
pub mod visitors;
pub mod window;

/// A section as the row of tabs lists it.
pub struct Tab {
    /// What follows the site's address; empty for the first.
    pub path: &'static str,
    pub title: &'static str,
}

const fn tab(path: &'static str, title: &'static str) -> Tab {
    Tab { path, title }
}

/// In the order in which they are shown.
pub const TABS: &[Tab] = &[
    tab("", "General"),
    tab("look", "Look and windows"),
    tab("chat", "Chat"),
    tab("hours", "Hours"),
    tab("departments", "Departments"),
    tab("form", "Form"),
    tab("texts", "Texts"),
    tab("invitations", "Invitations"),
    tab("visitors", "Visitors"),
    tab("privacy", "Privacy"),
    tab("redaction", "Redaction"),
    tab("snippet", "HTML"),
];

/// What stands above every section.
pub struct Head {
    pub site: Arc<Site>,
    /// The path of the section that is shown.
    pub path: &'static str,
}

impl Head {
    pub fn new(app: &App, staff: &Staff, id: SiteId, path: &'static str) -> Result<Self, Error> {
        Ok(Self { site: staff.look(app, |ctx| sites::get(ctx, id))?, path })
    }

    #[must_use]
    pub fn title(&self) -> &'static str {
        TABS.iter().find(|tab| tab.path == self.path).map_or("", |tab| tab.title)
    }

    /// Where a section is; the first has an empty path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        urls::site_section(self.site.id, path)
    }

    #[must_use]
    pub fn window_address(&self, id: &WindowId) -> String {
        urls::window(self.site.id, *id)
    }

    /// The widget as a look that may not be saved yet would have it. Nothing in this address is about anybody.
    #[must_use]
    pub fn preview(&self, look: &LookForm) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("accent", &look.accent).append_pair("scheme", &look.scheme).append_pair("position", &look.position);
        query.append_pair("launcher", &look.launcher);
        query.append_pair("launcher_text", &look.launcher_text).append_pair("launcher_image", &look.launcher_image);
        format!("{}?{}", self.address("preview"), query.finish())
    }

    /// Each tab with its address, and whether it is the one that is shown.
    #[must_use]
    pub fn tabs(&self) -> Vec<(&'static Tab, String, bool)> {
        TABS.iter().map(|tab| (tab, self.address(tab.path), tab.path == self.path)).collect()
    }
}

/// A section whose form is one page and nothing more.
pub trait SectionPage: Section + FromFields + Clone + Send + 'static {
    /// As in `TABS`.
    const PATH: &'static str;

    /// Draws the page.
    ///
    /// # Errors
    /// When something that it shows cannot be read.
    fn draw(&self, app: &App, staff: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer;
}

/// `GET`: what is saved.
pub fn show<S: SectionPage>(app: &App, request: &HttpRequest, staff: &Staff, id: SiteId) -> Answer {
    let head = Head::new(app, staff, id, S::PATH)?;
    let said = if page::says(request, "saved") { "Saved. Open chat windows follow at their next visit." } else { "" };
    S::of(&head.site).draw(app, staff, Chrome::new(app, staff, "sites").saying(said), head, &Errors::default())
}

/// `POST`: saves the section, or shows again what was typed and what is wrong with it.
pub async fn save<S: SectionPage>(app: &App, staff: &Staff, id: SiteId, form: S) -> Answer {
    let head = Head::new(app, staff, id, S::PATH)?;
    let typed = form.clone();
    match staff.act(app, move |ctx| sites::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::site_section(id, S::PATH)))),
        Err(failure) => typed.draw(app, staff, Chrome::new(app, staff, "sites"), head, &Errors::from(failure)?),
    }
}
