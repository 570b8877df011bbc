//! Telling: what is new reaches those who may see it, in memory and at once.
//!
//! `hub` turns each durable `News` into frames, rendered once and shared; `table` knows who is connected; `outbox` is the bounded
//! queue between the hub and one connection; `tickets` lets a page in; `frames` is the vocabulary towards the client, and
//! `partials` the HTML that the console's pages and frames share. Nothing here is stored, and nothing here decides what a
//! person may see: that is asked of `service` when a connection opens or watches something.

pub mod frames;
pub mod hub;
mod offers;
pub mod outbox;
pub mod partials;
mod queue;
mod reception;
pub mod staffing;
mod table;
pub mod tickets;

pub use hub::Hub;
