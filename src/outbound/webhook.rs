//! Telling receivers of webhooks what happened. All that is of interest of their answer is its number.

use std::sync::Arc;

use super::Trouble;
use super::http::{Http, Parcel};
use crate::domain::webhook::Message;

pub struct Receivers(Arc<Http>);

impl Receivers {
    #[must_use]
    pub const fn new(http: Arc<Http>) -> Self {
        Self(http)
    }

    /// The number of its answer, whatever that is.
    ///
    /// # Errors
    /// When there was none.
    pub async fn tell(&self, message: Message) -> Result<u16, Trouble> {
        let Message { url, authority, id, timestamp, signature, body } = message;
        let headers = [("webhook-id", &*id), ("webhook-timestamp", &*timestamp), ("webhook-signature", &*signature)];
        let authority = authority.as_ref().map(|pem| pem.as_str());
        self.0.deliver(Parcel { url: url.expose(), authority, headers: &headers, json: body }).await
    }
}
