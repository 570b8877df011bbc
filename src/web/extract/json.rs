//! A bounded JSON body. The type says with `#[serde(deny_unknown_fields)]` that it takes nothing else.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::body::Awaited;
use crate::domain::limits;
use crate::web::error::Error;

pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // Only this type makes a browser ask before it sends the request across origins.
        let typed = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let (payload, awaited) = (payload.take(), Awaited::of(request, limits::FORM_BYTES));
        Box::pin(async move {
            if !typed {
                return Err(Error::bad_request("Send JSON, with the content type application/json."));
            }
            let body = awaited.read(payload).await?;
            serde_json::from_slice(&body).map(Self).map_err(|_| Error::bad_request("The JSON is not what this address takes."))
        })
    }
}
