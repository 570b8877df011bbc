//! The real widget beside its settings, drawn with what was typed and is not saved: a page as strict as a customer's may be, with
//! the real loader on it and the real panel in its frame. It reaches nobody and keeps nothing: its panel is of a site that no
//! browser has a visitor's token for, takes no input, and its policy lets it connect to nothing.

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HOST, HeaderValue, X_FRAME_OPTIONS};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::id::SiteId;
use crate::domain::look::{Accent, Launcher, Look, Scheme};
use crate::domain::site::Site;
use crate::domain::text::Line;
use crate::service::sites::{self, LookForm};
use crate::web::extract::{Admin, Fields, FromFields, Id};
use crate::web::widget::panel as widget;
use crate::web::widget::snippet::Snippet;
use crate::web::{Answer, App, Error, guard, page};

#[derive(Template)]
#[template(path = "admin/site/preview.html")]
struct Page<'a> {
    is_dark: bool,
    snippet: Snippet<'a>,
}

/// Lets a page of settings show the preview in a frame.
pub fn beside(response: HttpResponse) -> Answer {
    with_policy(response, &format!("{}; frame-src 'self'; frame-ancestors 'none'", guard::POLICY))
}

/// `GET …/preview`: a website with nothing on it but the widget.
pub async fn page(request: HttpRequest, app: App, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let site = staff.look(&app, |ctx| sites::get(ctx, id))?;
    let draft = draft(&request, &site);
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).ok_or_else(Error::not_found)?;
    let image = match &draft.look.launcher {
        Launcher::Image(address) => url::Url::parse(address.as_str()).ok().map(|url| url.origin().ascii_serialization()),
        _ => None,
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {}; frame-src 'self'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'self'",
        image.unwrap_or_default()
    );
    let snippet = Snippet::preview(&format!("https://{host}"), &draft);
    framed(page::show(&Page { is_dark: draft.look.scheme == Scheme::Dark, snippet })?, &policy)
}

/// `GET …/preview/{accent}`: the chat window in it, as the loader asks for it.
pub async fn panel(request: HttpRequest, app: App, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    let site = staff.look(&app, |ctx| sites::get(ctx, id))?;
    let digits = request.match_info().get("accent").unwrap_or_default();
    let accent = Accent::parse(&format!("#{digits}")).map_err(|_| Error::not_found())?;
    let scheme = match page::query(&request, "scheme").as_str() {
        "light" => Scheme::Light,
        "dark" => Scheme::Dark,
        _ => Scheme::Auto,
    };
    let look = Look { accent, scheme, ..site.look.clone() };
    let nobodys = Site { id: SiteId::from_bytes([0; 16]), look, ..Site::clone(&site) };
    let (response, policy) = widget::preview(&app, &request, id, &nobodys)?;
    framed(response, &policy)
}

/// The site as it would be with what was typed.
fn draft(request: &HttpRequest, site: &Site) -> Site {
    let typed = LookForm::from_fields(&mut Fields::parse(request.query_string().as_bytes()));
    let look = typed.draft(&site.look);
    let launcher = reachable(look.launcher, site);
    let mut draft = Site { look: Look { launcher, ..look }, ..site.clone() };
    // Nobody browses here.
    draft.switches.monitoring = false;
    draft
}

/// A picture that is named by its path is looked for on the first website of the site.
fn reachable(launcher: Launcher, site: &Site) -> Launcher {
    match launcher {
        Launcher::Image(path) if path.as_str().starts_with('/') => {
            let address = site.origins.first().and_then(|it| Line::parse(&format!("{}{}", it.as_str(), path.as_str())).ok());
            address.map_or(Launcher::Icon, Launcher::Image)
        }
        other => other,
    }
}

fn framed(mut response: HttpResponse, policy: &str) -> Answer {
    response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    with_policy(response, policy)
}

fn with_policy(mut response: HttpResponse, policy: &str) -> Answer {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy.parse().map_err(|_| Error::internal())?);
    Ok(response)
}
