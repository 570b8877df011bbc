//! The operators' console: the list of chats, the chats themselves, and those that are closed.
//!
//! The pages stand on their own and show how things are at this moment; the script that they load opens the live channel and
//! keeps them so. Every look-up goes through the actor, so what is not theirs is not there. Start at `page`.

mod blocks;
mod canned;
mod card;
mod colleagues;
mod conversation;
mod drafts;
mod forms;
mod mail;
mod page;
mod reports;
mod search;
mod submission;
mod transcript;
mod visitors;

use super::routes::{Face, Route, to};

pub const ROUTES: &[Route] = &[
    Route::get(Face::Console, "/console", || to(page::show)),
    Route::get(Face::Console, "/console/conversations/{id}", || to(conversation::show)),
    Route::get(Face::Console, "/console/conversations/{id}/print", || to(transcript::print)),
    Route::post(Face::Console, "/console/conversations/{id}/export", || to(transcript::export)),
    Route::get(Face::Console, "/console/conversations/{id}/canned", || to(canned::for_chat)),
    Route::get(Face::Console, "/console/conversations/{id}/drafts", || to(drafts::show)),
    Route::post(Face::Console, "/console/conversations/{id}/drafts", || to(drafts::keep)),
    Route::get(Face::Console, "/console/canned", || to(canned::list)),
    Route::get(Face::Console, "/console/canned/new", || to(canned::blank)),
    Route::post(Face::Console, "/console/canned/new", || to(canned::create)),
    Route::get(Face::Console, "/console/canned/{id}", || to(canned::show)),
    Route::post(Face::Console, "/console/canned/{id}", || to(canned::change)),
    Route::post(Face::Console, "/console/canned/{id}/deletion", || to(canned::delete)),
    Route::get(Face::Console, "/console/conversations/{id}/colleagues", || to(colleagues::show)),
    Route::get(Face::Console, "/console/conversations/{id}/block", || to(blocks::ask)),
    Route::post(Face::Console, "/console/conversations/{id}/block", || to(blocks::block)),
    Route::get(Face::Console, "/console/conversations/{id}/mail", || to(mail::ask)),
    Route::post(Face::Console, "/console/conversations/{id}/mail", || to(mail::send)),
    Route::get(Face::Console, "/console/conversations/{id}/forms", || to(forms::ask)),
    Route::post(Face::Console, "/console/conversations/{id}/forms", || to(forms::send)),
    Route::get(Face::Console, "/console/forms", || to(forms::list)),
    Route::post(Face::Console, "/console/forms", || to(forms::link)),
    Route::post(Face::Console, "/console/forms/requests/{id}/withdrawal", || to(forms::withdraw)),
    Route::get(Face::Console, "/console/submissions/{id}", || to(submission::show)),
    Route::post(Face::Console, "/console/submissions/{id}/answers", || to(submission::reveal)),
    Route::post(Face::Console, "/console/submissions/{id}/view", || to(submission::show_once)),
    Route::post(Face::Console, "/console/submissions/{id}/erasure", || to(submission::erase)),
    Route::get(Face::Console, "/console/visitors", || to(visitors::list)),
    Route::get(Face::Console, "/console/visitors/{id}/invitation", || to(visitors::ask)),
    Route::post(Face::Console, "/console/visitors/{id}/invitation", || to(visitors::invite)),
    Route::get(Face::Live, "/live/visits", || to(visitors::rows)),
    Route::get(Face::Console, "/console/blocks", || to(blocks::list)),
    Route::post(Face::Console, "/console/blocks", || to(blocks::add)),
    Route::post(Face::Console, "/console/blocks/{id}/lifting", || to(blocks::lift)),
    Route::get(Face::Console, "/console/reports", || to(reports::show)),
    Route::get(Face::Console, "/console/reports/file", || to(reports::file)),
    Route::get(Face::Console, "/console/closed", || to(search::show)),
    Route::post(Face::Console, "/console/closed/matches", || to(search::find)),
];
