//! `/console`: who waits, who is mine, who is with others.

use std::sync::Arc;

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::id::OperatorId;
use crate::live::partials::RowPartial;
use crate::service::conversations::{self, Listed};
use crate::store::House;
use crate::web::error::Error;
use crate::web::extract::Staff;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

use super::conversation::ConversationPartial;

/// The whole page, with one conversation open or none.
#[derive(Template)]
#[template(path = "console/page.html")]
struct ConsolePage<'a> {
    chrome: Chrome,
    me: OperatorId,
    groups: [Group<'a>; 3],
    opened: Option<ConversationPartial<'a>>,
}

struct Group<'a> {
    key: &'static str,
    title: &'static str,
    /// What stands there while nobody does.
    empty: &'static str,
    rows: Vec<RowPartial<'a>>,
}

pub async fn show(app: App, staff: Staff) -> Answer {
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
    page::show(&ConsolePage {
        chrome: Chrome::new(
            app,
            staff,
            if opened.as_ref().is_some_and(ConversationPartial::is_closed) { "closed" } else { "chats" },
        ),
        me: staff.operator.id,
        groups: groups(list, house, staff.operator.id),
        opened,
    })
}

fn groups<'a>(list: &'a [Listed], house: &'a House, me: OperatorId) -> [Group<'a>; 3] {
    let mut waiting = Group { key: "waiting", title: "Waiting", empty: "Nobody is waiting.", rows: Vec::new() };
    let mut mine = Group { key: "mine", title: "Mine", empty: "Chats that you accept stand here.", rows: Vec::new() };
    let mut others = Group { key: "others", title: "Others", empty: "Your colleagues have no chats.", rows: Vec::new() };
    for listed in list {
        let conversation = &listed.conversation;
        let site = house.sites.get(&conversation.site).map_or("", |site| site.name.as_str());
        let group = match conversation.assignee() {
            None => &mut waiting,
            Some(operator) if operator.id == me => &mut mine,
            Some(_) => &mut others,
        };
        group.rows.push(RowPartial::new(conversation, site));
    }
    [waiting, mine, others]
}
