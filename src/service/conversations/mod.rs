//! The acts of the live chat. The writing ones queue their change and return: the acknowledgement travels as `News` once
//! the change is durable, so that a socket never waits and never speaks too early.
//!
//! `start` begins a conversation, `leave` leaves a message, `send` says something, `serve` takes and ends it, `handing_on` moves it
//! among the staff, `notes` marks it, `rate` judges it, `reading` shows it, `idle` ends what nobody writes in; `entries` is what
//! they have in common.

pub(super) mod entries;
mod handing_on;
mod idle;
mod leave;
mod notes;
mod rate;
mod reading;
mod send;
pub(super) mod serve;
mod start;
#[cfg(test)]
#[path = "../tests/visiting.rs"]
mod tests;

pub use handing_on::{Destination, decline, depart, invite, join, transfer};
pub use idle::close_idle;
pub use leave::{Leave, leave};
pub use notes::{note, tag};
pub use rate::rate;
pub use reading::{Listed, View, open_list, read_transcript, replay, view};
pub use send::send;
pub use serve::{accept, close, end, is_left_alone, is_mine};
pub use start::{Start, start};
