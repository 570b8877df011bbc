//! `/admin/webhooks`: who is told what happens here, and what became of it. A secret stands in the one answer that made it, and never
//! again; an address only on the page of those who may change it, since many have a secret in their path.

pub mod deliveries;
pub mod list;
pub mod one;

use crate::web::App;

/// What stands above the list and the deliveries.
pub struct Head {
    here: &'static str,
    /// Nothing is sent and nothing noted to be sent.
    is_closed: bool,
}

impl Head {
    fn new(app: &App, here: &'static str) -> Self {
        Self { here, is_closed: app.config.air_gap }
    }
}
