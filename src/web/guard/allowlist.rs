//! Staff surfaces answer only addresses of the allowlist; anybody else learns which address to ask for, and nothing more.

use actix_web::HttpRequest;

use crate::domain::network::permits;
use crate::web::error::Error;
use crate::web::{App, extract};

/// # Errors
/// 403 naming the peer's address, when the list in force does not have it.
pub fn check(request: &HttpRequest) -> Result<(), Error> {
    let (Some(app), Some(peer)) = (request.app_data::<App>(), extract::peer_of(request)) else { return Err(Error::internal()) };
    let list = &app.store.house().allowlist;
    if list.permits(peer.0, app.now()) {
        return Ok(());
    }
    // Whoever could come in before the trial began may know that it ends by itself; a stranger learns nothing.
    let on_trial = list.trial.is_some() && permits(&list.networks, peer.0);
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
