//! Reading a request's body: never more than the limit, never longer than half a minute. actix itself would wait for ever. It
//! may hold a password, so it is wiped; the library's own buffers, through which it comes, are not ours to wipe.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;
use zeroize::Zeroizing;

use crate::domain::limits;
use crate::web::App;
use crate::web::error::Error;

/// What is known of a body before it comes.
pub(super) struct Awaited {
    within: Duration,
    most_bytes: usize,
    announced_bytes: usize,
}

impl Awaited {
    pub fn of(request: &HttpRequest, most_bytes: usize) -> Self {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let within = request.app_data::<App>().map_or(limits::BODY_WAIT, |app| app.config.patience.body);
        Self { within, most_bytes, announced_bytes: length.unwrap_or(most_bytes).min(most_bytes) }
    }

    pub async fn read(self, mut payload: Payload) -> Result<Zeroizing<Vec<u8>>, Error> {
        let whole = async {
            // As large as it will get at once: what grows leaves copies of itself behind.
            let mut body = Zeroizing::new(Vec::with_capacity(self.announced_bytes));
            while let Some(part) = payload.next().await {
                let part = part.map_err(|_| Error::bad_request("The request broke off before it was complete."))?;
                if body.len() + part.len() > self.most_bytes {
                    return Err(Error::too_large());
                }
                body.extend_from_slice(&part);
            }
            Ok(body)
        };
        tokio::time::timeout(self.within, whole).await.unwrap_or_else(|_| Err(Error::too_slow()))
    }
}
