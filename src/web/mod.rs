//! Showing: the only place that says actix. Handlers read what was asked, call one service act and show the result; no rule
//! of the product is decided here.
//!
//! Start at `routes`: the table of all ways in. A face (`public`, `auth`, `admin`, …) keeps its part of the table in its own
//! `routes.rs` (or at the top of its only file) as `pub const ROUTES: &[Route]`, and `routes::ALL` lists the faces. To add a
//! page: write a handler, add one line to the face's table, one row to the access matrix. What comes around every handler
//! for nothing: the peer's address, the setup gate, the staff allowlist, body limits, security headers, error pages.
//!
//! A handler is `async fn(…extractors…) -> Result<HttpResponse, Error>` and takes what it needs:
//! `Data<App>`, `Staff` or `Admin` (who is signed in), `CsrfForm` (a form that surely came from our own page), `Json<T>`
//! (bounded, strict), `Id<SiteId>` (the id in the path), `Peer` (from where).

pub mod admin;
mod archive;
pub mod assets;
pub mod auth;
mod clock;
pub mod console;
#[cfg(test)]
mod contrast_tests;
pub mod error;
pub mod extract;
pub mod fill;
pub mod form;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub mod guard;
mod leads;
pub mod live;
mod notices;
pub mod page;
pub mod public;
mod refusal;
pub mod rescue;
pub mod routes;
pub mod urls;
pub mod widget;

pub use error::Error;
pub use guard::host::{ArrivedAt, Names};
pub use guard::{bare_answer, set_headers};
pub use routes::{Face, Route, configure, routes};

/// The appliance as handlers receive it.
pub type App = actix_web::web::Data<crate::app::App>;
/// What every handler answers.
pub type Answer = Result<actix_web::HttpResponse, Error>;
