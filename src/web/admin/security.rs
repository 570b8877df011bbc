//! From where staff may come in. A list without one's own address is tried for two minutes and reverts unless confirmed.

use std::net::IpAddr;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::network::{Allowlist, Network, permits};
use crate::domain::time::Timestamp;
use crate::service::allowlist::{self, Lockout, Replaced};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Peer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

pub struct Form {
    networks: String,
    /// The warning was read.
    wants_trial: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { networks: fields.take("networks"), wants_trial: fields.ticked("trial") }
    }
}

#[derive(Template)]
#[template(path = "admin/security.html")]
struct Page<'a> {
    chrome: Chrome,
    typed: &'a str,
    address: IpAddr,
    list: Allowlist,
    errors: &'a Errors,
}

impl Page<'_> {
    fn may_confirm(&self) -> bool {
        self.list.trial.as_ref().is_some_and(|trial| permits(&trial.networks, self.address))
    }
}

/// Between the form and a list that does not have its author's address: what will happen, and how to come back.
#[derive(Template)]
#[template(path = "admin/lockout.html")]
struct LockoutPage<'a> {
    chrome: Chrome,
    typed: &'a str,
    address: IpAddr,
    until: Option<Timestamp>,
    own: String,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Peer(address): Peer) -> Answer {
    let said = [("saved", "Saved. The list is in force now."), ("confirmed", "Confirmed. The new list stays in force.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    let list = staff.look(&app, allowlist::view)?;
    let typed = text_of(&list.networks);
    draw(&app, &staff, &typed, address, &Errors::default(), said)
}

pub async fn replace(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Peer(address): Peer,
    CsrfForm(form): CsrfForm<Form>,
) -> Answer {
    let lockout = if form.wants_trial { Lockout::Try } else { Lockout::Warn };
    let networks = form.networks.clone();
    let until = match staff.act(&app, move |ctx| allowlist::replace(ctx, address, &networks, lockout)).await? {
        Ok(Replaced::InForce) => return Ok(page::see_other(&format!("{}?saved", urls::SECURITY))),
        Ok(Replaced::WouldLockOut) => None,
        Ok(Replaced::OnTrial { until }) => Some(until),
        Err(failure) => return draw(&app, &staff, &form.networks, address, &Errors::from(failure)?, ""),
    };
    // Not a redirect: from this address the next page may already be closed.
    let (chrome, own) = (Chrome::new(&app, &staff, "security"), page::own_address(&app, &request));
    page::show(&LockoutPage { chrome, typed: &form.networks, address, until, own })
}

pub async fn confirm(app: App, Admin(staff): Admin, Peer(address): Peer, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, move |ctx| allowlist::confirm(ctx, address)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?confirmed", urls::SECURITY))),
        Err(failure) => {
            let typed = text_of(&staff.look(&app, allowlist::view)?.networks);
            draw(&app, &staff, &typed, address, &Errors::from(failure)?, "")
        }
    }
}

fn draw(app: &App, staff: &Staff, typed: &str, address: IpAddr, errors: &Errors, said: &'static str) -> Answer {
    let list = staff.look(app, allowlist::view)?;
    let chrome = Chrome::new(app, staff, "security").saying(said);
    page::form(&Page { chrome, typed, address, list, errors }, errors)
}

fn text_of(networks: &[Network]) -> String {
    networks.iter().map(Network::to_string).collect::<Vec<_>>().join("\n")
}
