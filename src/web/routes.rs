//! The table of all routes. `configure` is the only thing that registers handlers, and it registers this table: a route that
//! is not here does not exist, and the access matrix in the tests walks the same list. (While the store cannot be opened there is
//! no appliance, and `rescue` answers in its place.)

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{Handler, HttpRequest, Responder, guard as when};

use crate::app::App;
use crate::domain::access::Action;

use super::error::Error;
use super::{admin, auth, console, fill, guard, leads, live, public, widget};

/// One way in.
#[derive(Clone, Copy)]
pub struct Route {
    pub method: Method,
    /// As actix writes patterns: `/admin/sites/{id}`.
    pub path: &'static str,
    pub face: Face,
    handler: fn() -> actix_web::Route,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Also answers HEAD.
    Get,
    Post,
}

/// Who a route is for. It decides which guards stand before the handler; see `guard::gate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// Anyone: health, assets, the loader, the demo page, the authority's certificate.
    Public,
    /// Visitors inside a host page's frame.
    Widget,
    /// Tickets, sockets and polls of visitors and staff alike. Behind the allowlist only for staff: its handlers ask
    /// `guard::check_allowlist` once they know who is talking.
    Live,
    /// Setup, signing in and one's own account.
    Auth,
    /// The organisation's provider of identities, which calls by itself: no cookie counts, and its signature says who it is. Not behind
    /// the staff's allowlist, since it is no workplace; the networks it may call from are a setting of its own.
    Provider,
    /// Staff who answer chats.
    Console,
    /// Who left an address, for those for whom a site is run.
    Leads,
    /// Staff who run the installation, and auditors.
    Admin,
}

impl Face {
    /// Staff surfaces stand behind the IP allowlist.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Auth | Self::Console | Self::Leads | Self::Admin)
    }

    /// What a member of staff has to be allowed before anything here exists for them. Where nothing is named, each page asks for itself.
    #[must_use]
    pub const fn entrance(self) -> Option<Action<'static>> {
        match self {
            Self::Console => Some(Action::UseConsole),
            Self::Admin => Some(Action::ReadPosture),
            Self::Public | Self::Widget | Self::Live | Self::Auth | Self::Provider | Self::Leads => None,
        }
    }

    /// Whether errors are always JSON, whatever the client says it likes.
    #[must_use]
    pub const fn speaks_json(self) -> bool {
        matches!(self, Self::Live | Self::Provider)
    }
}

impl Route {
    /// `Route::get(Face::Admin, "/admin/sites", || to(sites::list))`
    #[must_use]
    pub const fn get(face: Face, path: &'static str, handler: fn() -> actix_web::Route) -> Self {
        Self { method: Method::Get, path, face, handler }
    }

    #[must_use]
    pub const fn post(face: Face, path: &'static str, handler: fn() -> actix_web::Route) -> Self {
        Self { method: Method::Post, path, face, handler }
    }
}

/// A handler as the table takes it.
pub fn to<F, Args>(handler: F) -> actix_web::Route
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::to(handler)
}

/// Each face's table. A new face adds its line here.
const ALL: &[&[Route]] = &[
    public::ROUTES,
    widget::ROUTES,
    fill::ROUTES,
    live::ROUTES,
    auth::routes::ROUTES,
    console::ROUTES,
    leads::ROUTES,
    admin::routes::ROUTES,
];

/// Every route there is.
#[must_use]
pub fn routes() -> Vec<Route> {
    ALL.concat()
}

/// What each worker of the server calls. `names` are those of the appliance: it answers to no others.
pub fn configure(app: Arc<App>, names: guard::host::Names) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let polls = Data::new(live::poll::Polls::default());
    move |config| {
        let mut scope = web::scope("");
        for ((_, path), group) in by_path() {
            let face = group[0].face;
            let mut resource = web::resource(path);
            for route in group {
                let route_of = (route.handler)();
                resource = resource.route(match route.method {
                    Method::Get => route_of.guard(when::Any(when::Get()).or(when::Head())),
                    Method::Post => route_of.guard(when::Post()),
                });
            }
            let resource = resource
                .default_service(web::to(wrong_method))
                .wrap(from_fn(move |request, next| guard::gate(face, request, next)));
            scope = scope.service(resource);
        }
        let scope = scope.default_service(web::to(nothing_here)).wrap(from_fn(guard::surround));
        config.app_data(Data::from(Arc::clone(&app))).app_data(names.clone()).app_data(polls.clone()).service(scope);
    }
}

/// Routes by path, fixed paths before patterns, so that `/admin/sites/new` is never taken for an id.
fn by_path() -> BTreeMap<(bool, &'static str), Vec<Route>> {
    let mut paths: BTreeMap<_, Vec<Route>> = BTreeMap::new();
    for route in routes() {
        paths.entry((route.path.contains('{'), route.path)).or_default().push(route);
    }
    paths
}

async fn nothing_here(request: HttpRequest) -> Result<&'static str, Error> {
    guard::check_ban(&request)?;
    Err(Error::not_found())
}

async fn wrong_method(request: HttpRequest) -> Result<&'static str, Error> {
    let allowed = routes()
        .iter()
        .filter(|route| request.match_pattern().as_deref() == Some(route.path))
        .map(|route| match route.method {
            Method::Get => "GET, HEAD",
            Method::Post => "POST",
        })
        .collect::<Vec<_>>()
        .join(", ");
    Err(Error::method_not_allowed(allowed))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_route_stands_once_and_a_path_belongs_to_one_face() {
        let mut seen = BTreeSet::new();
        for route in routes() {
            assert!(seen.insert((route.method, route.path)), "{:?} {} twice", route.method, route.path);
        }
        for ((_, path), group) in by_path() {
            assert!(group.iter().all(|route| route.face == group[0].face), "{path} has two faces");
        }
    }
}
