//! `/console`: who waits, who is mine, who is with others.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::about::Channel;
use crate::domain::access::Action;
use crate::domain::conversation::State;
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::live::partials::RowPartial;
use crate::service::conversations::{self, Listed};
use crate::store::House;
use crate::web::error::Error;
use crate::web::extract::{MaybeStaff, Staff};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

use super::conversation::ConversationPartial;

/// The whole page, with one conversation open or none.
#[derive(Template)]
#[template(path = "console/page.html")]
struct ConsolePage<'a> {
    chrome: Chrome,
    me: OperatorId,
    /// `accepting` or `away`.
    availability: &'static str,
    groups: Vec<Group<'a>>,
    /// What the list can be narrowed to: the sites that the reader serves, and those of their departments that they do.
    sites: Vec<(SiteId, &'a str)>,
    departments: Vec<(DepartmentId, &'a str)>,
    opened: Option<ConversationPartial<'a>>,
}

struct Group<'a> {
    key: &'static str,
    title: &'static str,
    /// What stands there while nobody does; a group without these words is not shown then.
    empty: &'static str,
    rows: Vec<RowPartial<'a>>,
}

pub async fn show(app: App, request: HttpRequest, staff: MaybeStaff) -> Answer {
    let staff = staff.0.ok_or_else(Error::sign_in)?;
    staff.check_place(&request)?;
    // Everybody who signs in is led here first.
    if staff.ctx(&app).authorize(Action::UseConsole).is_err() {
        return Ok(page::see_other(urls::home(staff.operator.role)));
    }
    let list = list(&app, &staff).await?;
    let house = app.store.house();
    draw(&app, &staff, &list, &house, None)
}

/// The open conversations of the actor's sites.
pub(super) async fn list(app: &App, staff: &Staff) -> Result<Vec<Listed>, Error> {
    let (app, staff) = (app.clone(), staff.clone());
    page::block(move || conversations::open_list(&staff.ctx(&app))).await
}

pub(super) fn draw<'a>(
    app: &App,
    staff: &Staff,
    list: &'a [Listed],
    house: &'a Arc<House>,
    opened: Option<ConversationPartial<'a>>,
) -> Result<HttpResponse, Error> {
    let ctx = staff.ctx(app);
    let may = |action: Action<'_>| ctx.authorize(action).is_ok();
    let is_closed = opened.as_ref().is_some_and(ConversationPartial::is_closed);
    page::show(&ConsolePage {
        chrome: Chrome::new(app, staff, if is_closed { "closed" } else { "chats" }),
        me: staff.operator.id,
        availability: if app.hub.is_away(staff.operator.id) { "away" } else { "accepting" },
        groups: groups(list, house, staff.operator.id),
        sites: house
            .sites
            .values()
            .filter(|site| may(Action::ServeSite(site.id)))
            .map(|site| (site.id, site.name.as_str()))
            .collect(),
        departments: house
            .departments
            .values()
            .filter(|it| may(Action::ServePart(it.site, Some(it.id))))
            .map(|it| (it.id, it.name.as_str()))
            .collect(),
        opened,
    })
}

fn groups<'a>(list: &'a [Listed], house: &'a House, me: OperatorId) -> Vec<Group<'a>> {
    let group = |key, title, empty| Group { key, title, empty, rows: Vec::new() };
    // What is offered to somebody is told on the live channel, and the script puts it there.
    let offered = group("offered", "Offered to you", "");
    let mut waiting = group("waiting", "Waiting", "Nobody is waiting.");
    let mut mine = group("mine", "Mine", "Chats that you accept stand here.");
    let mut others = group("others", "Others", "Your colleagues have no chats.");
    let mut messages = group("messages", "Messages", "");
    for listed in list {
        let conversation = &listed.conversation;
        let group = match (&conversation.state, conversation.assignee()) {
            (State::Waiting, _) if conversation.about.channel == Channel::Message => &mut messages,
            (_, None) => &mut waiting,
            (_, Some(operator)) if operator.id == me => &mut mine,
            (_, Some(_)) => &mut others,
        };
        group.rows.push(RowPartial::new(conversation, house, listed.active_at));
    }
    vec![offered, waiting, mine, others, messages]
}
