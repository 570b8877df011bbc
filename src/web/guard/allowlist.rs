//! Staff surfaces answer only addresses of the allowlist; anybody else learns which address to ask for, and nothing more.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::domain::allowlist::Lists;
use crate::domain::operator::Role;
use crate::web::error::Error;
use crate::web::{App, extract};

/// For whoever it is.
///
/// # Errors
/// 403 naming the peer's address, when the lists in force do not have it.
pub fn check(request: &HttpRequest) -> Result<(), Error> {
    judge(request, Lists::permits)
}

/// For somebody with this role, once it is known who asks.
///
/// # Errors
/// The same.
pub fn check_of(request: &HttpRequest, role: Role) -> Result<(), Error> {
    judge(request, |lists, address| lists.permits_role(role, address))
}

fn judge(request: &HttpRequest, permits: impl Fn(&Lists, IpAddr) -> bool) -> Result<(), Error> {
    let (Some(app), Some(peer)) = (request.app_data::<App>(), extract::peer_of(request)) else { return Err(Error::internal()) };
    let list = &app.store.house().allowlist;
    if permits(list.in_force(app.now()), peer.0) {
        return Ok(());
    }
    // Whoever could come in before the trial began may know that it ends by itself; a stranger learns nothing.
    let on_trial = list.trial.is_some() && permits(&list.lists, peer.0);
    let message = if on_trial {
        format!(
            "A new list of addresses is being tried, and {} is not on it. Wait two minutes: unless it is confirmed, the list before holds again.",
            peer.0
        )
    } else {
        format!("This address may not sign in. Ask your administrator to add {}.", peer.0)
    };
    Err(Error::forbidden("address_not_allowed", message))
}
