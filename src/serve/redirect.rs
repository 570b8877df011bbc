//! Plain http: one answer to everything, the way to https.

use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONNECTION, HOST, HeaderValue, LOCATION, STRICT_TRANSPORT_SECURITY};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::http::{self, Manner};
use crate::app::App;
use crate::domain::patience::Patience;
use crate::web::{ArrivedAt, Names, set_headers};

/// Where https is to be found.
#[derive(Clone)]
pub(super) struct Target {
    /// The address people use, when the owner named one: then nothing that the client says decides where it is sent.
    pub public_url: Option<String>,
    pub port: u16,
    /// Whoever asks for another name is not sent there.
    pub names: Names,
    /// Knows the names in the certificate; there is none in rescue mode.
    pub app: Option<Arc<App>>,
}

pub(super) fn server(listeners: Vec<TcpListener>, target: Target, patience: Patience) -> std::io::Result<Server> {
    let manner = Manner {
        workers: 1,
        blocking_threads: 1,
        connections: 256,
        keep_alive: None,
        disconnect: Duration::from_secs(1),
        shutdown_seconds: 1,
        patience,
    };
    let configure = move |config: &mut ServiceConfig| {
        let target = target.clone();
        config.default_service(web::to(move |request: HttpRequest| std::future::ready(answer(&target, &request))));
    };
    http::server(manner, listeners.into_iter().map(|listener| (listener, None)).collect(), configure)
}

fn answer(target: &Target, request: &HttpRequest) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let arrived_at = request.conn_data::<ArrivedAt>().and_then(|it| it.0);
    let mut response = match location(target, host, arrived_at, path) {
        Some(location) => HttpResponse::PermanentRedirect().insert_header((LOCATION, location)).finish(),
        None => HttpResponse::build(StatusCode::MISDIRECTED_REQUEST).finish(),
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    set_headers(None, response.headers_mut());
    // In clear it would count for nothing (RFC 6797, section 7.2).
    response.headers_mut().remove(STRICT_TRANSPORT_SECURITY);
    response
}

fn location(target: &Target, host: Option<&str>, arrived_at: Option<IpAddr>, path: &str) -> Option<String> {
    // `*` and absolute forms are no paths; two slashes would name another host.
    let path = if path.starts_with('/') && !path.starts_with("//") { path } else { "/" };
    if let Some(url) = &target.public_url {
        return Some(format!("{url}{path}"));
    }
    let certificate = target.app.as_ref().and_then(|app| app.certificate.load_full());
    let certificate = certificate.as_ref().map_or(&[][..], |it| &it.names);
    let host = host.filter(|host| target.names.know(host, arrived_at, certificate))?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let port = if target.port == 443 { String::new() } else { format!(":{}", target.port) };
    Some(format!("https://{name}{port}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_sent_to_https_and_nowhere_else() {
        let names = Names::new(["desk", "::1"].map(str::to_owned));
        let here = Target { public_url: None, port: 8443, names, app: None };
        let at = |host, path| location(&here, Some(host), "192.0.2.7".parse().ok(), path);
        assert_eq!(at("desk:80", "/demo?x=1").as_deref(), Some("https://desk:8443/demo?x=1"));
        assert_eq!(at("[::1]", "/").as_deref(), Some("https://[::1]:8443/"));
        assert_eq!(at("[::1]:80", "/").as_deref(), Some("https://[::1]:8443/"));
        assert_eq!(at("desk", "//evil.example/").as_deref(), Some("https://desk:8443/"));
        assert_eq!(at("192.0.2.7", "/").as_deref(), Some("https://192.0.2.7:8443/"));
        for other in ["desk/@evil", "evil.example", "desk.evil.example", "192.0.2.8", ""] {
            assert_eq!(at(other, "/"), None, "{other}");
        }
        assert_eq!(location(&here, None, None, "/"), None);
        let named = Target { public_url: Some("https://chat.example.org".to_owned()), port: 443, ..here };
        assert_eq!(location(&named, Some("evil.example"), None, "/a").as_deref(), Some("https://chat.example.org/a"));
    }
}
