//! The line of HTML that puts a site's chat on its website; also where setup ends.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::id::SiteId;
use crate::domain::site::Site;
use crate::service::sites;
use crate::web::extract::{Admin, Id};
use crate::web::page::{self, Chrome};
use crate::web::widget::snippet::Snippet;
use crate::web::{Answer, App, Error};

#[derive(Template)]
#[template(path = "admin/snippet.html")]
struct Page {
    chrome: Chrome,
    site: Arc<Site>,
    snippet: String,
    pinned: String,
    /// Where this page stands in: `ready` right after setup, `new` for a new site, else empty.
    moment: &'static str,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let site = staff.look(&app, |ctx| sites::get(ctx, id))?;
    let own = page::own_address(&app, &request);
    let snippet = Snippet::new(&own, &site).render().map_err(|_| Error::internal())?;
    let pinned = Snippet::pinned(&own, &site).render().map_err(|_| Error::internal())?;
    let moment = ["ready", "new"].into_iter().find(|moment| page::says(&request, moment)).unwrap_or_default();
    page::show(&Page { chrome: Chrome::new(&app, &staff, "sites"), site, snippet, pinned, moment })
}
