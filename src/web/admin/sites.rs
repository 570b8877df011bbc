//! All sites.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::site::Site;
use crate::service::sites;
use crate::web::extract::Admin;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "admin/sites.html")]
struct Page {
    chrome: Chrome,
    sites: Vec<Arc<Site>>,
}

pub async fn list(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let sites = staff.look(&app, sites::list)?;
    let said = if page::says(&request, "saved") { "The site was saved." } else { "" };
    page::show(&Page { chrome: Chrome::new(&app, &staff, "sites").saying(said), sites })
}
