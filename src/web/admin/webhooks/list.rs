//! Who is told.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::webhook::{Webhook, WebhookEvent};
use crate::service::webhooks;
use crate::store::House;
use crate::web::extract::Overseer;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

#[derive(Template)]
#[template(path = "admin/webhooks/list.html")]
struct Page {
    chrome: Chrome,
    head: Head,
    webhooks: Vec<Arc<Webhook>>,
    house: Arc<House>,
}

impl Page {
    fn site(&self, it: &Webhook) -> &str {
        match it.site {
            None => "all sites",
            Some(site) => self.house.sites.get(&site).map_or("a site that is gone", |site| site.name.as_str()),
        }
    }

    fn events(it: &Webhook) -> String {
        let told = WebhookEvent::OFFERED.into_iter().filter(|event| it.events.contains(*event));
        told.map(WebhookEvent::word).collect::<Vec<_>>().join(", ")
    }

    fn waiting(&self, it: &Webhook) -> usize {
        self.house.deliveries.values().filter(|delivery| delivery.webhook == it.id && delivery.is_waiting()).count()
    }
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let webhooks = staff.look(&app, webhooks::all)?;
    let said = [("saved", "Saved. It is in force now."), ("removed", "Removed, with all that was noted for it.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    let chrome = Chrome::new(&app, &staff, "webhooks").saying(said);
    page::show(&Page { chrome, head: Head::new(&app, "list"), webhooks, house: app.store.house() })
}
