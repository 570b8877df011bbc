//! `/console/visitors`: who browses the websites at this moment, and inviting them. The list is drawn anew every few seconds from
//! `/live/visits`, which keeps no session alive in front of an empty chair.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Action;
use crate::domain::id::{SiteId, VisitId};
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::visit::{Answer as Answered, Visit};
use crate::service::{sites, visits};
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, MaybeStaff, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, guard};

/// The rows, within the page or by themselves.
#[derive(Template)]
#[template(path = "console/_visitors.html")]
pub struct Rows {
    visits: Vec<Row>,
    /// How many there are beyond those that are shown.
    more: usize,
}

impl askama::filters::HtmlSafe for Rows {}

struct Row {
    visit: Visit,
    site: String,
    /// As far as the reader may see it.
    address: String,
}

#[derive(Template)]
#[template(path = "console/visitors.html")]
struct Page {
    chrome: Chrome,
    rows: Rows,
    /// Sites that watch their visitors and on which the reader may invite.
    sites: Vec<(SiteId, String)>,
    only: Option<SiteId>,
}

#[derive(Template)]
#[template(path = "console/invite.html")]
struct Ask<'a> {
    chrome: Chrome,
    row: Row,
    text: &'a str,
    errors: &'a Errors,
}

pub struct Form {
    text: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { text: fields.take("text") }
    }
}

impl Row {
    fn new(app: &App, staff: &Staff, visit: Visit) -> Self {
        let house = app.store.house();
        let site = house.sites.get(&visit.site);
        let may_see = staff.ctx(app).authorize(Action::Use(Permission::SeeAddress, visit.site)).is_ok();
        let address =
            visit.address.filter(|_| may_see).zip(site).and_then(|(address, site)| site.switches.address.shows(address));
        Self {
            site: site.map(|site| site.name.as_str().to_owned()).unwrap_or_default(),
            address: address.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            visit,
        }
    }

    /// What they are called by, since nobody knows more.
    fn kind(&self) -> &'static str {
        if self.visit.is_returning { "Returning visitor" } else { "New visitor" }
    }

    fn state(&self) -> &'static str {
        match (&self.visit.conversation, self.visit.invitation.as_ref().map(|it| it.answer)) {
            (Some(_), _) => "In a chat",
            (None, None) => "Browsing",
            (None, Some(Answered::Sent)) => "Invitation on its way",
            (None, Some(Answered::Shown)) => "Invited",
            (None, Some(Answered::Accepted)) => "Has come to the chat",
            (None, Some(Answered::Dismissed)) => "Did not want to chat",
        }
    }

    fn may_be_invited(&self) -> bool {
        let open = self.visit.invitation.as_ref().is_none_or(|it| it.answer == Answered::Dismissed);
        open && self.visit.conversation.is_none()
    }

    fn facts(&self) -> String {
        let browser = self.visit.browser.as_ref().map(|it| it.as_str());
        let language = self.visit.language.map(|it| it.name());
        [language, browser, Some(self.address.as_str())]
            .into_iter()
            .flatten()
            .filter(|it| !it.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    }
}

impl Rows {
    fn new(app: &App, staff: &Staff, only: Option<SiteId>) -> Result<Self, Error> {
        let all = visits::list(&staff.ctx(app), only)?;
        let more = all.len().saturating_sub(limits::VISITS_SHOWN);
        let visits = all.into_iter().take(limits::VISITS_SHOWN).map(|visit| Row::new(app, staff, visit)).collect();
        Ok(Self { visits, more })
    }
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = if page::says(&request, "invited") { "Invited. If they come, the chat is yours." } else { "" };
    let only = page::query(&request, "site").parse().ok();
    let ctx = staff.ctx(&app);
    let may = |site: SiteId| ctx.authorize(Action::Use(Permission::InviteVisitors, site)).is_ok();
    let sites: Vec<_> = sites::served(&ctx)
        .iter()
        .filter(|it| it.switches.monitoring && may(it.id))
        .map(|it| (it.id, it.name.as_str().to_owned()))
        .collect();
    let chrome = Chrome::new(&app, &staff, "visitors").saying(said);
    page::show(&Page { chrome, rows: Rows::new(&app, &staff, only)?, sites, only })
}

/// `GET /live/visits`
pub async fn rows(request: HttpRequest, app: App, staff: MaybeStaff) -> Answer {
    guard::check_allowlist(&request)?;
    let staff = staff.0.ok_or_else(Error::sign_in)?;
    staff.check_place(&request)?;
    staff.check_csrf_header(&request)?;
    page::show(&Rows::new(&app, &staff, page::query(&request, "site").parse().ok())?)
}

pub async fn ask(app: App, staff: Staff, Id(id): Id<VisitId>) -> Answer {
    draw(&app, &staff, id, "Hello. May I help you?", &Errors::default())
}

pub async fn invite(app: App, staff: Staff, Id(id): Id<VisitId>, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let text = form.text.clone();
    match staff.act(&app, move |ctx| visits::invite(ctx, id, &text)).await? {
        Ok(()) => Ok(page::see_other("/console/visitors?invited")),
        Err(failure) => draw(&app, &staff, id, &form.text, &Errors::from(failure)?),
    }
}

fn draw(app: &App, staff: &Staff, id: VisitId, text: &str, errors: &Errors) -> Answer {
    let row = Row::new(app, staff, visits::get(&staff.ctx(app), id)?);
    page::form(&Ask { chrome: Chrome::new(app, staff, "visitors"), row, text, errors }, errors)
}
