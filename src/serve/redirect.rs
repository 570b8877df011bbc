//! Plain http: one answer to everything, the way to https.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONNECTION, LOCATION};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

/// Where https is to be found.
#[derive(Clone)]
pub(super) struct Target {
    /// The address people use, when the owner named one: then nothing that the client says decides where it is sent.
    pub public_url: Option<String>,
    pub port: u16,
}

pub(super) fn server(listeners: Vec<TcpListener>, target: Target) -> std::io::Result<Server> {
    let mut server = HttpServer::new(move || {
        let target = target.clone();
        App::new().default_service(web::to(move |request: HttpRequest| std::future::ready(answer(&target, &request))))
    })
    .workers(1)
    .worker_max_blocking_threads(1)
    .max_connections(256)
    .client_request_timeout(Duration::from_secs(5))
    .client_disconnect_timeout(Duration::from_secs(1))
    .keep_alive(actix_web::http::KeepAlive::Disabled)
    .shutdown_timeout(1)
    .disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

fn answer(target: &Target, request: &HttpRequest) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let host = request.headers().get("host").and_then(|host| host.to_str().ok());
    match location(target, host, path) {
        Some(location) => HttpResponse::PermanentRedirect()
            .insert_header((LOCATION, location))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONNECTION, "close"))
            .finish(),
        None => HttpResponse::BadRequest().insert_header((CONNECTION, "close")).finish(),
    }
}

fn location(target: &Target, host: Option<&str>, path: &str) -> Option<String> {
    // `*` and absolute forms are no paths; two slashes would name another host.
    let path = if path.starts_with('/') && !path.starts_with("//") { path } else { "/" };
    if let Some(url) = &target.public_url {
        return Some(format!("{url}{path}"));
    }
    let host = host?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let is_name = !name.is_empty()
        && name.len() <= 255
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
    let port = if target.port == 443 { String::new() } else { format!(":{}", target.port) };
    is_name.then(|| format!("https://{name}{port}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_sent_to_https_and_nowhere_else() {
        let here = Target { public_url: None, port: 8443 };
        let at = |host, path| location(&here, Some(host), path);
        assert_eq!(at("desk:80", "/demo?x=1").as_deref(), Some("https://desk:8443/demo?x=1"));
        assert_eq!(at("[::1]", "/").as_deref(), Some("https://[::1]:8443/"));
        assert_eq!(at("[::1]:80", "/").as_deref(), Some("https://[::1]:8443/"));
        assert_eq!(at("desk", "//evil.example/").as_deref(), Some("https://desk:8443/"));
        assert_eq!(at("desk/@evil", "/"), None);
        assert_eq!(location(&here, None, "/"), None);
        let named = Target { public_url: Some("https://chat.example.org".to_owned()), port: 443 };
        assert_eq!(location(&named, Some("evil.example"), "/a").as_deref(), Some("https://chat.example.org/a"));
    }
}
