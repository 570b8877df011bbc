//! Reading a request's body: never more than the limit, never longer than half a minute. actix itself would wait for ever.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use futures_util::StreamExt;

use crate::web::error::Error;

const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

pub(super) async fn read(mut payload: Payload, most_bytes: usize) -> Result<BytesMut, Error> {
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
    tokio::time::timeout(ARRIVES_WITHIN, whole).await.unwrap_or_else(|_| Err(Error::too_slow()))
}
