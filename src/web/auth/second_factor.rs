//! `/account/second-factor`: what somebody proves themselves with besides the password. Who has to have a second factor and has none gets
//! no further than here.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::factor::Factors;
use crate::service::{factors, policy};
use crate::web::extract::Enrolling;
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "auth/second_factor.html")]
struct Page<'a> {
    chrome: Chrome,
    factors: &'a Factors,
    /// Nothing else opens until they have added one.
    must_enrol: bool,
    is_asked_for: bool,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Enrolling(staff): Enrolling) -> Answer {
    let said = [
        ("removed", "The authenticator app was removed."),
        (
            "recovered",
            "You signed in with a recovery code, which is used up. Is your authenticator lost? Remove it and add another.",
        ),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, said, &Errors::default())
}

pub(super) fn draw(app: &App, staff: &crate::web::extract::Staff, said: &'static str, errors: &Errors) -> Answer {
    let found = staff.look(app, factors::own)?;
    let house = app.store.house();
    let page = Page {
        chrome: Chrome::new(app, staff, "account").saying(said),
        factors: &found,
        must_enrol: policy::must_enrol(&house, &staff.operator, staff.by),
        is_asked_for: policy::asks_for_second_factor(&house, &staff.operator),
        errors,
    };
    page::form(&page, errors)
}
