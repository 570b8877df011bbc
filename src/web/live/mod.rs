//! The live channel at the edge: a page gets a ticket, opens a socket (or polls, where a proxy blocks sockets), says hello,
//! and then both sides speak frames. `commands` is what a client may say, `dialogue` what follows from it, `socket` and
//! `poll` are the two ways the frames travel. ARCHITECTURE.md describes the protocol.

mod commands;
mod dialogue;
mod files;
mod frame_heads;
#[cfg(any(test, fuzzing))]
pub(in crate::web) mod fuzzing;
mod parting;
pub mod poll;
pub mod socket;
mod ticket;

use super::routes::{Face, Route, to};

pub const ROUTES: &[Route] = &[
    Route::post(Face::Live, "/live/ticket", || to(ticket::issue)),
    Route::get(Face::Live, "/live", || to(socket::open)),
    Route::post(Face::Live, "/live/commands", || to(poll::commands)),
    Route::get(Face::Live, "/live/events", || to(poll::events)),
    Route::post(Face::Live, "/live/files", || to(files::send)),
    Route::get(Face::Live, "/live/files/{conversation}/{file}", || to(files::show)),
];
