//! The secret with which the customer's server proves who a visitor is. It is shown in the one answer that made it, and never again.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;
use zeroize::Zeroizing;

use crate::domain::id::SiteId;
use crate::domain::site::Site;
use crate::service::{identity, sites};
use crate::web::extract::{Admin, CsrfForm, Id, Staff};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "admin/identity.html")]
struct Page {
    chrome: Chrome,
    site: Arc<Site>,
    /// Empty, but in the answer that made it.
    secret: Zeroizing<String>,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let said = if page::says(&request, "dropped") {
        "Switched off. Visitors are anonymous again, whatever the website says."
    } else {
        ""
    };
    draw(&app, &staff, id, Zeroizing::default(), said)
}

pub async fn renew(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let secret = staff.act(&app, move |ctx| identity::renew_secret(ctx, id)).await??;
    draw(&app, &staff, id, secret, "")
}

pub async fn remove(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| identity::drop_secret(ctx, id)).await??;
    Ok(page::see_other(&format!("/admin/sites/{id}/identity?dropped")))
}

fn draw(app: &App, staff: &Staff, id: SiteId, secret: Zeroizing<String>, said: &'static str) -> Answer {
    let site = staff.look(app, |ctx| sites::get(ctx, id))?;
    page::show(&Page { chrome: Chrome::new(app, staff, "sites").saying(said), site, secret })
}
