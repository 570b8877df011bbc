//! Reading a request's body: never more than the limit, never longer than half a minute. actix itself would wait for ever.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use futures_util::StreamExt;

use crate::domain::limits;
use crate::web::App;
use crate::web::error::Error;

/// How long a request's body may take here.
pub(super) fn patience(request: &HttpRequest) -> Duration {
    request.app_data::<App>().map_or(limits::BODY_WAIT, |app| app.config.patience.body)
}

pub(super) async fn read(mut payload: Payload, most_bytes: usize, within: Duration) -> Result<BytesMut, Error> {
    let whole = async {
        let mut body = BytesMut::new();
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| Error::bad_request("The request broke off before it was complete."))?;
            if body.len() + part.len() > most_bytes {
                return Err(Error::too_large());
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    };
    tokio::time::timeout(within, whole).await.unwrap_or_else(|_| Err(Error::too_slow()))
}
