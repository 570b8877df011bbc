//! The visitor's face: the loader that customers paste into their pages, the panel that it shows in a frame, and the demo page
//! on which it can be tried. What is said in the chat travels on the live channel; nothing here stores anything.

mod chat;
pub mod data;
mod demo;
pub mod panel;
mod questions;
mod session;
pub mod snippet;
#[cfg(test)]
mod tests;
pub mod texts;
mod visits;

use super::assets;
use super::routes::{Face, Route, to};

pub const ROUTES: &[Route] = &[
    Route::get(Face::Public, "/widget.js", || to(assets::show_loader)),
    Route::get(Face::Public, "/visits.js", || to(assets::show_visits)),
    Route::get(Face::Public, "/assets/{name}", || to(assets::show)),
    Route::get(Face::Public, "/demo", || to(demo::show)),
    // Without JavaScript
    Route::get(Face::Public, "/chat/{site}", || to(chat::show)),
    Route::post(Face::Public, "/chat/{site}", || to(chat::start)),
    Route::get(Face::Widget, "/chat/{site}/log", || to(chat::log)),
    Route::post(Face::Public, "/chat/{site}/messages", || to(chat::send)),
    Route::post(Face::Public, "/chat/{site}/closure", || to(chat::end)),
    // What is kept of a visitor
    Route::get(Face::Public, "/your-data", || to(data::ask)),
    Route::post(Face::Public, "/your-data", || to(data::show)),
    Route::post(Face::Public, "/your-data/file", || to(data::file)),
    Route::post(Face::Public, "/your-data/withdrawal", || to(data::withdraw)),
    Route::post(Face::Public, "/your-data/erasure", || to(data::erase)),
    // In a frame on the website
    Route::get(Face::Widget, "/widget/{site}", || to(panel::show)),
    Route::get(Face::Widget, "/widget/{site}/texts", || to(texts::show)),
    Route::get(Face::Widget, "/widget/{site}/visit", || to(visits::frame)),
    Route::post(Face::Widget, "/widget/{site}/visits", || to(visits::hear)),
    Route::post(Face::Widget, "/widget/{site}/invitation", || to(visits::welcome)),
    Route::post(Face::Widget, "/widget/{site}/session", || to(session::begin)),
];
