//! `/console/closed`: what is closed and not yet deleted, and when each will be.

use askama::Template;

use crate::domain::conversation::Conversation;
use crate::domain::time::Timestamp;
use crate::live::partials::visitor_name;
use crate::service::conversations;
use crate::web::extract::Staff;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

/// The newest that one page shows.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "console/closed.html")]
struct ClosedPage<'a> {
    chrome: Chrome,
    chats: Vec<Chat<'a>>,
    now: Timestamp,
    limit: usize,
}

struct Chat<'a> {
    conversation: &'a Conversation,
    site: &'a str,
    closed_at: Timestamp,
    due_at: Timestamp,
}

pub async fn show(app: App, staff: Staff) -> Answer {
    let list = {
        let (app, staff) = (app.clone(), staff.clone());
        page::block(move || conversations::closed_list(&staff.ctx(&app), SHOWN)).await?
    };
    let house = app.store.house();
    let chats = list
        .iter()
        .map(|listed| Chat {
            conversation: &listed.conversation,
            site: house.sites.get(&listed.conversation.site).map_or("", |site| site.name.as_str()),
            closed_at: listed.closed_at,
            due_at: listed.purge_due_at,
        })
        .collect();
    page::show(&ClosedPage { chrome: Chrome::new(&app, &staff, "closed"), chats, now: app.now(), limit: SHOWN })
}

impl Chat<'_> {
    fn name(&self) -> &str {
        visitor_name(self.conversation)
    }

    /// The next purge takes it; a time in the past would read as a broken promise.
    fn is_due(&self, now: &Timestamp) -> bool {
        self.due_at <= *now
    }
}
