//! Where one is signed in, and ending that.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::id::SessionId;
use crate::domain::session::SignInMethod;
use crate::domain::time::Timestamp;
use crate::service::sessions::listing::{self, Seen};
use crate::web::extract::{CsrfForm, Id, Staff};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

/// A session as a page shows it.
pub struct Row {
    pub id: SessionId,
    pub is_this: bool,
    pub started_at: Timestamp,
    pub active_at: Timestamp,
    seen: Seen,
}

impl Row {
    #[must_use]
    pub fn of(seen: Seen) -> Self {
        Self { id: seen.id, is_this: seen.is_this, started_at: seen.started_at, active_at: seen.active_at, seen }
    }

    /// "Firefox on Linux, 203.0.113.7"
    #[must_use]
    pub fn place(&self) -> String {
        let agent = self.seen.agent.as_ref().map_or("Unknown browser", |agent| agent.as_str());
        self.seen.address.map_or_else(|| agent.to_owned(), |address| format!("{agent}, {address}"))
    }

    #[must_use]
    pub fn how(&self) -> &'static str {
        match self.seen.by {
            SignInMethod::Password => "with a password",
            SignInMethod::Totp => "with a password and a code",
            SignInMethod::RecoveryCode => "with a password and a recovery code",
            SignInMethod::SecondPasskey => "with a password and a passkey",
            SignInMethod::Passkey => "with a passkey",
            SignInMethod::SingleSignOn => "through single sign-on",
            SignInMethod::Directory => "with the password of the directory",
            SignInMethod::Link => "with a link",
        }
    }
}

#[derive(Template)]
#[template(path = "auth/sessions.html")]
struct Page {
    chrome: Chrome,
    rows: Vec<Row>,
    /// "15 minutes without activity, and after 12 hours in any case"
    lasting: String,
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = if page::says(&request, "ended") {
        "The session has ended."
    } else if page::says(&request, "ended-others") {
        "All your other sessions have ended."
    } else {
        ""
    };
    let this = staff.session;
    let rows = staff.act(&app, move |ctx| listing::own(ctx, &this)).await??;
    let policy = app.store.house().policy;
    let lasting = format!(
        "{} without activity, and after {} in any case",
        page::counted(policy.idle_minutes.into(), "minute"),
        page::counted(policy.absolute_hours.into(), "hour"),
    );
    let chrome = Chrome::new(&app, &staff, "account").saying(said);
    page::show(&Page { chrome, rows: rows.into_iter().map(Row::of).collect(), lasting })
}

pub async fn end(app: App, staff: Staff, Id(id): Id<SessionId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| listing::end_own(ctx, id)).await??;
    Ok(page::see_other(&format!("{}?ended", urls::SESSIONS)))
}

pub async fn end_others(app: App, staff: Staff, CsrfForm(()): CsrfForm<()>) -> Answer {
    let this = staff.session;
    staff.act(&app, move |ctx| listing::end_own_others(ctx, &this)).await??;
    Ok(page::see_other(&format!("{}?ended-others", urls::SESSIONS)))
}
