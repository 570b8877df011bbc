//! The ceiling: a bare actix-ws server over the same TLS that sends every frame back and does nothing else. `load echo`.

use std::path::Path;
use std::sync::Arc;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use actix_ws::Message;
use futures_util::StreamExt as _;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::{Fallible, tls};

/// Serves until killed. Writes its certificate beside, so that the client can trust it.
pub fn serve(port: u16, workers: usize, certificate_to: &Path) -> Fallible<()> {
    raise_limits();
    let key = rcgen::KeyPair::generate()?;
    let certificate = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
    std::fs::write(certificate_to, certificate.pem())?;
    let mut config = rustls::ServerConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))?;
    config.ignore_client_order = true;
    let config = Arc::new(config);
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(|| {
            App::new()
                .route("/healthz", web::get().to(async || "ok"))
                .route("/live/ticket", web::post().to(ticket))
                .route("/live", web::get().to(live))
        })
        .workers(workers)
        .tcp_nodelay(true)
        .bind_rustls_0_23(("127.0.0.1", port), Arc::unwrap_or_clone(config))?
        .run()
        .await
    })?;
    Ok(())
}

/// Takes the body, since actix closes a connection that leaves one unread.
async fn ticket(_: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().body("{\"ticket\":\"none\"}")
}

async fn live(request: HttpRequest, body: web::Payload) -> actix_web::Result<HttpResponse> {
    let (response, mut session, mut stream) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(message)) = stream.next().await {
            let sent = match message {
                Message::Text(text) => session.text(text).await,
                Message::Ping(bytes) => session.pong(&bytes).await,
                Message::Close(_) => break,
                _ => Ok(()),
            };
            if sent.is_err() {
                break;
            }
        }
    });
    Ok(response)
}

fn raise_limits() {
    crate::machine::raise_file_limit();
}
