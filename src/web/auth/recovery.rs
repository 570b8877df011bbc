//! `/account/recovery-codes`: made, shown once, and never again.

use askama::Template;

use crate::service::factors::recovery::{self, Codes};
use crate::service::sessions::NewSession;
use crate::web::extract::{CsrfForm, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "auth/recovery_codes.html")]
struct Page<'a> {
    chrome: Chrome,
    codes: &'a Codes,
    is_first: bool,
}

pub async fn make(app: App, staff: Staff, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, recovery::make).await? {
        Ok(codes) => page::show(&Page { chrome: Chrome::new(&app, &staff, "account"), codes: &codes, is_first: false }),
        Err(failure) => super::second_factor::draw(&app, &staff, "", &Errors::from(failure)?),
    }
}

/// The first codes, on the page that says that the factor was added. The session goes on under another secret from here on.
pub(super) fn show(app: &App, staff: &Staff, renewed: &NewSession, codes: &Codes) -> Answer {
    let mut response = page::show(&Page { chrome: Chrome::new(app, staff, "account"), codes, is_first: true })?;
    super::renew(app, &mut response, renewed);
    Ok(response)
}
