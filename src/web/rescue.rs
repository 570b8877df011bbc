//! What is answered while the store cannot be opened: one page, the same for every address, and quiet answers for the websites
//! that show the chat. Nothing here asks the store, since there is none.
//!
//! Who may come in from where stands in the store as well. So only somebody on the machine itself reads what is wrong; to all
//! others the chat is closed for maintenance.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use askama::Template;

use super::guard::host::{self, Names};
use super::guard::peer::{self, Peer};
use super::routes::Face;
use super::{Error, assets, guard, page};
use crate::domain::network::Network;

/// What is wrong, for those who have to mend it.
#[derive(Debug, Clone)]
pub struct Damage {
    pub what: String,
    pub data_dir: String,
}

impl Damage {
    /// What is wrong, as a sentence.
    fn sentence(&self) -> String {
        let mut letters = self.what.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    }
}

/// All that is known while the store is closed.
#[derive(Debug)]
pub struct Rescue {
    pub damage: Damage,
    pub trusted_proxies: Vec<Network>,
    pub names: Names,
    /// Those in the certificate that is shown.
    pub certificate: Vec<String>,
}

#[derive(Template)]
#[template(path = "rescue/page.html")]
struct Page<'a> {
    /// For whoever came from the machine itself.
    damage: Option<&'a Damage>,
}

#[derive(Template)]
#[template(path = "rescue/panel.html")]
struct Panel;

/// When clients may ask again, in seconds: a person has to do something first.
const AGAIN_SECONDS: u32 = 300;
/// What the widget's script becomes: pages that call it go on, and show no chat.
const QUIET: &str = "window.Parlor ??= () => {};\n";
/// The panel may be framed anywhere, since it is not known any more which websites it belongs to; it holds nothing.
const PANEL_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
const CLOSED: &str = "The chat is closed for maintenance. Please come back later.";

/// The whole appliance in rescue mode, for each worker of the server.
pub fn configure(rescue: Arc<Rescue>) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    move |config| {
        let scope = web::scope("")
            .service(web::resource("/healthz").to(healthz))
            .service(web::resource("/readyz").to(readyz))
            .service(web::resource("/favicon.ico").to(assets::show_favicon))
            .service(web::resource("/assets/{name}").to(assets::show))
            .service(web::resource("/widget.js").to(loader))
            .service(web::resource("/widget/{site}").to(panel))
            .default_service(web::to(closed))
            .wrap(from_fn(surround));
        config.app_data(Data::from(Arc::clone(&rescue))).service(scope);
    }
}

async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let peer = request.app_data::<Data<Rescue>>().map(|rescue| peer::find(&request, &rescue.trusted_proxies));
    if let Some(peer) = peer {
        request.extensions_mut().insert(peer);
    }
    let face = request.path().starts_with("/widget/").then_some(Face::Widget);
    let is_for_us = request
        .app_data::<Data<Rescue>>()
        .map_or_else(|| Err(Error::internal()), |rescue| host::check(request.request(), &rescue.names, &rescue.certificate));
    let mut response = match is_for_us {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => {
            let answer = page::error(request.request(), &error, page::wants_json(request.request()));
            request.into_response(answer)
        }
    };
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, AGAIN_SECONDS.into());
    }
    guard::set_headers(face, response.headers_mut());
    Ok(response)
}

/// The process lives.
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

async fn readyz() -> HttpResponse {
    HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body("not ready\n")
}

/// Not to be kept by anybody, so that the chat is back as soon as the appliance is.
async fn loader() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .body(QUIET)
}

async fn panel() -> HttpResponse {
    let mut response = drawn(&Panel);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(PANEL_POLICY));
    response
}

async fn closed(request: HttpRequest, rescue: Data<Rescue>) -> HttpResponse {
    if page::wants_json(&request) || request.path().starts_with("/live") {
        return page::error(&request, &Error::unavailable(CLOSED), true);
    }
    drawn(&Page { damage: is_on_the_machine(&request).then_some(&rescue.damage) })
}

/// A proxy on this machine is not a person on it, whether it is listed in the settings or not.
fn is_on_the_machine(request: &HttpRequest) -> bool {
    const OF_PROXIES: [&str; 4] = ["x-forwarded-for", "x-real-ip", "forwarded", "via"];
    let is_passed_on = OF_PROXIES.iter().any(|name| request.headers().contains_key(*name));
    !is_passed_on && request.extensions().get::<Peer>().is_some_and(|peer| peer.is_this_machine())
}

fn drawn(template: &impl Template) -> HttpResponse {
    page::show_with(StatusCode::SERVICE_UNAVAILABLE, template)
        .unwrap_or_else(|_| HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body(CLOSED))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use actix_web::test::{TestRequest, call_service, init_service, read_body};

    use super::*;
    use crate::domain::network::parse_networks;

    const WHAT: &str = "ommits 5 to 9 are missing.";

    /// Status, headers as text, body.
    async fn ask(request: TestRequest, from: &str) -> (u16, String, String) {
        let damage = Damage { what: "commits 5 to 9 are missing".to_owned(), data_dir: "/var/lib/parlor".to_owned() };
        let names = Names::new(["chat.example.org".to_owned()]);
        let rescue = Rescue { damage, trusted_proxies: parse_networks("10.0.0.0/8").unwrap(), names, certificate: Vec::new() };
        let app = init_service(actix_web::App::new().configure(configure(Arc::new(rescue)))).await;
        let from: SocketAddr = from.parse().unwrap();
        let host = (header::HOST, "chat.example.org");
        let response = call_service(&app, request.insert_header(host).peer_addr(from).to_request()).await;
        let headers = format!("{:?}", response.headers()).to_lowercase();
        let status = response.status().as_u16();
        (status, headers, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    }

    fn get(path: &str) -> TestRequest {
        TestRequest::get().uri(path).insert_header(("accept", "text/html"))
    }

    #[actix_web::test]
    async fn who_is_on_the_machine_reads_what_to_do() {
        for path in ["/", "/console", "/admin/privacy", "/nowhere"] {
            let (status, headers, body) = ask(get(path), "127.0.0.1:4711").await;
            assert_eq!(status, 503);
            assert!(body.contains(WHAT) && body.contains("parlor rescue --data-dir /var/lib/parlor"), "{body}");
            for piece in ["default-src 'none'", "frame-ancestors 'none'", "no-store", "retry-after", "nosniff"] {
                assert!(headers.contains(piece), "{piece} is not in {headers}");
            }
            assert!(!body.contains("<script") && !body.contains("style="));
        }
    }

    #[actix_web::test]
    async fn strangers_learn_that_it_is_closed_and_nothing_else() {
        let through = |name: &'static str, value: &'static str| get("/").insert_header((name, value));
        let strangers = [
            (get("/"), "203.0.113.7:4711"),
            (through("x-forwarded-for", "203.0.113.7"), "10.0.0.1:80"),
            // A proxy on this very machine, which is not in the settings.
            (through("x-forwarded-for", "127.0.0.1"), "127.0.0.1:80"),
            (through("forwarded", "for=127.0.0.1"), "127.0.0.1:80"),
        ];
        for (request, from) in strangers {
            let (status, _, body) = ask(request, from).await;
            assert!(status == 503 && body.contains("Closed for maintenance"), "{body}");
            assert!(!body.contains(WHAT) && !body.contains("/var/lib") && !body.contains("parlor rescue"), "{body}");
        }
    }

    #[actix_web::test]
    async fn websites_are_not_disturbed() {
        let (status, headers, body) = ask(TestRequest::get().uri("/widget.js"), "203.0.113.7:4711").await;
        assert!(status == 200 && body == QUIET && headers.contains("no-store") && headers.contains("javascript"), "{headers}");
        let (status, headers, body) = ask(get("/widget/sit_x"), "203.0.113.7:4711").await;
        assert!(status == 503 && body.contains("closed") && headers.contains("frame-ancestors *"), "{headers}");
        assert!(!headers.contains("x-frame-options"), "{headers}");
        let (status, headers, body) = ask(TestRequest::post().uri("/live/ticket"), "203.0.113.7:4711").await;
        assert!(status == 503 && headers.contains("application/json") && body.contains("unavailable"), "{body}");
    }

    #[actix_web::test]
    async fn whoever_watches_over_it_sees_that_it_lives_and_is_not_ready() {
        for (path, expected) in [("/healthz", 200), ("/readyz", 503), (assets::url("pages.css"), 200)] {
            assert_eq!(ask(TestRequest::get().uri(path), "203.0.113.7:4711").await.0, expected, "{path}");
        }
    }
}
