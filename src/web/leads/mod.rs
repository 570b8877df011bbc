//! `/leads`: who left an address or a number, for customers for whom a site is run and for who may look after them. Everything is
//! drawn here and works without a script.

mod file;
mod page;

use super::routes::{Face, Route, to};

pub const ROUTES: &[Route] =
    &[Route::get(Face::Leads, "/leads", || to(page::show)), Route::get(Face::Leads, "/leads/file", || to(page::file))];
