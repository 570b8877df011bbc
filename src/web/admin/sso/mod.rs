//! `/admin/security/sso`: the organisation's provider of identities, its directory, and whom they let in. Secrets go in here and never
//! come out again.

pub mod admission;
pub mod directory;
pub mod provider;

use actix_web::HttpRequest;

use crate::domain::sso::Source;
use crate::service::sso::{self, View};
use crate::web::extract::{Admin, CsrfForm, Staff};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, Error, urls};

/// What stands above all three pages.
pub struct Head {
    view: View,
    here: &'static str,
    /// Whether its author came in through it, and so may enforce it.
    came_through: bool,
}

impl Head {
    fn new(app: &App, staff: &Staff, here: &'static str) -> Result<Self, Error> {
        let view = staff.look(app, sso::view)?;
        let came_through = app.store.session(&staff.session)?.is_some_and(|session| session.sso.is_some());
        Ok(Self { view, here, came_through })
    }

    fn has_any(&self) -> bool {
        self.view.sso.provider.is_some() || self.view.sso.directory.is_some()
    }
}

/// What was just done, by what stands in the address.
fn said(request: &HttpRequest) -> &'static str {
    let said = [
        ("saved", "Saved. It is in force now."),
        ("removed", "Removed."),
        ("on", "Single sign-on is in use again."),
        ("enforced", "Everybody signs in this way from now on. Whoever had come in another way was signed out."),
        ("not-enforced", "Passwords and passkeys count again."),
    ];
    said.into_iter().find(|(name, _)| page::says(request, name)).map_or("", |(_, said)| said)
}

/// `POST /admin/security/sso/enforcement`
pub async fn enforce(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    let session = staff.session;
    match staff.act(&app, move |ctx| sso::enforce(ctx, &session)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?enforced", urls::SSO))),
        Err(failure) => provider::again(&app, &request, &staff, &Errors::from(failure)?),
    }
}

/// `POST /admin/security/sso/enforcement/removal`
pub async fn stop_enforcing(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, sso::stop_enforcing).await??;
    Ok(page::see_other(&format!("{}?not-enforced", urls::SSO)))
}

/// `POST /admin/security/sso/activation`
pub async fn switch_on(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, sso::switch_on).await??;
    Ok(page::see_other(&format!("{}?on", urls::SSO)))
}

async fn remove(app: &App, staff: &Staff, what: Source, to: &str) -> Answer {
    staff.act(app, move |ctx| sso::remove(ctx, what)).await??;
    Ok(page::see_other(&format!("{to}?removed")))
}
