//! What was told, what waits, and what nobody took.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::id::DeliveryId;
use crate::domain::limits;
use crate::domain::webhook::{Delivery, DeliveryOutcome};
use crate::service::webhooks::{self, Listed};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Id, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

#[derive(Template)]
#[template(path = "admin/webhooks/deliveries.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    listed: Listed,
    house: Arc<House>,
    is_newest: bool,
    errors: &'a Errors,
}

impl Page<'_> {
    fn receiver(&self, it: &Delivery) -> &str {
        self.house.webhooks.get(&it.webhook).map_or("one that is gone", |webhook| webhook.name.as_str())
    }

    /// What stands in the badge, and how it looks.
    fn outcome(it: &Delivery) -> (&'static str, &'static str) {
        match it.outcome {
            DeliveryOutcome::Waiting if it.tries > 0 => ("Is tried again", "badge-warning"),
            DeliveryOutcome::Waiting => ("Waits", "badge-info"),
            DeliveryOutcome::Delivered { .. } => ("Taken", "badge-success"),
            DeliveryOutcome::GivenUp { .. } => ("Given up", "badge-danger"),
            DeliveryOutcome::Lapsed { .. } => ("Nothing left to tell", ""),
        }
    }

    fn answer(it: &Delivery) -> String {
        match it.outcome {
            DeliveryOutcome::Delivered { status, .. } | DeliveryOutcome::GivenUp { status: Some(status), .. } => {
                format!("answer {status}")
            }
            DeliveryOutcome::GivenUp { status: None, .. } => "no answer".to_owned(),
            DeliveryOutcome::Waiting | DeliveryOutcome::Lapsed { .. } => String::new(),
        }
    }

    fn failed(it: &Delivery) -> String {
        match it.tries {
            0 => String::new(),
            1 => "1 failed try".to_owned(),
            many => format!("{many} failed tries"),
        }
    }

    fn is_given_up(it: &Delivery) -> bool {
        matches!(it.outcome, DeliveryOutcome::GivenUp { .. })
    }
}

pub async fn list(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    draw(&app, &request, &staff, &Errors::default())
}

pub async fn repeat(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Id(id): Id<DeliveryId>,
    CsrfForm(()): CsrfForm<()>,
) -> Answer {
    match staff.act(&app, move |ctx| webhooks::repeat(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?again", urls::DELIVERIES))),
        Err(failure) => draw(&app, &request, &staff, &Errors::from(failure)?),
    }
}

fn draw(app: &App, request: &HttpRequest, staff: &Staff, errors: &Errors) -> Answer {
    let before = page::query(request, "before").parse().ok();
    let listed = staff.look(app, |ctx| webhooks::list(ctx, before))?;
    let said = if page::says(request, "again") { "It is sent again." } else { "" };
    let chrome = Chrome::new(app, staff, "webhooks").saying(said);
    let (head, house) = (Head::new(app, "deliveries"), app.store.house());
    page::form(&Page { chrome, head, listed, house, is_newest: before.is_none(), errors }, errors)
}
