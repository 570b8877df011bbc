//! The lines of HTML that put a site's chat windows on its website; also where setup ends.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::id::SiteId;
use crate::web::extract::{Admin, Id};
use crate::web::page::{self, Chrome, Errors};
use crate::web::widget::snippet::Snippet;
use crate::web::{Answer, App, Error};

/// One window with its line, and the same line for a fixed version.
struct Line {
    /// What the page calls it by: `default`, or the window's id.
    id: String,
    /// Empty for the default window.
    name: String,
    plain: String,
    pinned: String,
}

#[derive(Template)]
#[template(path = "admin/site/snippet.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    lines: Vec<Line>,
    /// Where this page stands in: `ready` right after setup, `new` for a new site, else empty.
    moment: &'static str,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let head = Head::new(&app, &staff, id, "snippet")?;
    let own = page::own_address(&app, &request);
    let lines = lines(&own, &head)?;
    let moment = ["ready", "new"].into_iter().find(|moment| page::says(&request, moment)).unwrap_or_default();
    page::show(&Page { chrome: Chrome::new(&app, &staff, "sites"), head, lines, moment, errors: &Errors::default() })
}

fn lines(own: &str, head: &Head) -> Result<Vec<Line>, Error> {
    let site = &*head.site;
    let render = |snippet: Snippet| snippet.to_string();
    let windows = site.windows.iter().map(Some);
    let line = |window: Option<&crate::domain::look::Window>| Line {
        id: window.map_or_else(|| "default".to_owned(), |it| it.id.to_string()),
        name: window.map(|it| it.name.as_str().to_owned()).unwrap_or_default(),
        plain: render(Snippet::new(own, site, window)),
        pinned: render(Snippet::pinned(own, site, window)),
    };
    Ok(std::iter::once(None).chain(windows).map(line).collect())
}
