//! The admin panel, section by section as its menu lists them.

use crate::web::routes::{Face, Route, to};

use super::site::{
    chat, departments, forms, general, hours, invitations, look, new, preview, privacy as site_privacy, snippet, texts, visitors,
    window,
};
use super::{backups, checklist, identity, people, permissions, person, privacy, receipts, security, sessions, sites, system};

pub const ROUTES: &[Route] = &[
    Route::get(Face::Admin, "/admin", || to(checklist::show)),
    // Sites
    Route::get(Face::Admin, "/admin/sites", || to(sites::list)),
    Route::get(Face::Admin, "/admin/sites/new", || to(new::show)),
    Route::post(Face::Admin, "/admin/sites/new", || to(new::create)),
    // One site, section by section (`site::TABS`)
    Route::get(Face::Admin, "/admin/sites/{id}", || to(general::show)),
    Route::post(Face::Admin, "/admin/sites/{id}", || to(general::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/look", || to(look::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/look", || to(look::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/windows/new", || to(window::blank)),
    Route::post(Face::Admin, "/admin/sites/{id}/windows/new", || to(window::add)),
    Route::get(Face::Admin, "/admin/sites/{id}/windows/{window}", || to(window::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/windows/{window}", || to(window::save)),
    Route::post(Face::Admin, "/admin/sites/{id}/windows/{window}/removal", || to(window::remove)),
    Route::get(Face::Admin, "/admin/sites/{id}/preview", || to(preview::page)),
    Route::get(Face::Admin, "/admin/sites/{id}/preview/{accent}", || to(preview::panel)),
    Route::get(Face::Admin, "/admin/sites/{id}/chat", || to(chat::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/chat", || to(chat::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/hours", || to(hours::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/hours", || to(hours::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/departments", || to(departments::list)),
    Route::post(Face::Admin, "/admin/sites/{id}/departments", || to(departments::save_queue)),
    Route::get(Face::Admin, "/admin/sites/{id}/departments/new", || to(departments::blank)),
    Route::post(Face::Admin, "/admin/sites/{id}/departments/new", || to(departments::create)),
    Route::get(Face::Admin, "/admin/sites/{id}/departments/{department}", || to(departments::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/departments/{department}", || to(departments::change)),
    Route::get(Face::Admin, "/admin/sites/{id}/departments/{department}/hours", || to(hours::show_of_department)),
    Route::post(Face::Admin, "/admin/sites/{id}/departments/{department}/hours", || to(hours::save_of_department)),
    Route::post(Face::Admin, "/admin/sites/{id}/departments/{department}/removal", || to(departments::remove)),
    Route::get(Face::Admin, "/admin/sites/{id}/form", || to(forms::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/form", || to(forms::build)),
    Route::get(Face::Admin, "/admin/sites/{id}/form/offline", || to(forms::show_offline)),
    Route::post(Face::Admin, "/admin/sites/{id}/form/offline", || to(forms::build_offline)),
    Route::get(Face::Admin, "/admin/sites/{id}/texts", || to(texts::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/texts", || to(texts::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/invitations", || to(invitations::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/invitations", || to(invitations::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/visitors", || to(visitors::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/visitors", || to(visitors::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/privacy", || to(site_privacy::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/privacy", || to(site_privacy::save)),
    Route::get(Face::Admin, "/admin/sites/{id}/snippet", || to(snippet::show)),
    Route::get(Face::Admin, "/admin/sites/{id}/identity", || to(identity::show)),
    Route::post(Face::Admin, "/admin/sites/{id}/identity", || to(identity::renew)),
    Route::post(Face::Admin, "/admin/sites/{id}/identity/removal", || to(identity::remove)),
    // People
    Route::get(Face::Admin, "/admin/people", || to(people::list)),
    Route::get(Face::Admin, "/admin/people/new", || to(person::blank)),
    Route::post(Face::Admin, "/admin/people/new", || to(person::invite)),
    Route::get(Face::Admin, "/admin/people/permissions", || to(permissions::show)),
    Route::post(Face::Admin, "/admin/people/permissions", || to(permissions::save)),
    Route::get(Face::Admin, "/admin/people/{id}", || to(person::show)),
    Route::post(Face::Admin, "/admin/people/{id}", || to(person::change)),
    Route::post(Face::Admin, "/admin/people/{id}/invitation", || to(person::renew_invitation)),
    Route::post(Face::Admin, "/admin/people/{id}/disablement", || to(person::disable)),
    Route::post(Face::Admin, "/admin/people/{id}/enablement", || to(person::enable)),
    Route::post(Face::Admin, "/admin/people/{id}/sessions/closure", || to(sessions::end_all)),
    Route::post(Face::Admin, "/admin/people/{id}/sessions/{session}/closure", || to(sessions::end)),
    // Privacy
    Route::get(Face::Admin, "/admin/privacy", || to(privacy::show)),
    Route::post(Face::Admin, "/admin/privacy/purge", || to(privacy::purge)),
    Route::post(Face::Admin, "/admin/privacy/reporting", || to(privacy::keep_counters)),
    Route::get(Face::Admin, "/admin/privacy/receipts", || to(receipts::list)),
    Route::get(Face::Admin, "/admin/privacy/receipts/file", || to(receipts::file)),
    // Security
    Route::get(Face::Admin, "/admin/security", || to(security::show)),
    Route::post(Face::Admin, "/admin/security", || to(security::replace)),
    Route::post(Face::Admin, "/admin/security/confirmation", || to(security::confirm)),
    // Backups
    Route::get(Face::Admin, "/admin/backups", || to(backups::show)),
    Route::post(Face::Admin, "/admin/backups", || to(backups::make)),
    Route::post(Face::Admin, "/admin/backups/rehearsal", || to(backups::rehearse)),
    // System
    Route::get(Face::Admin, "/admin/system", || to(system::show)),
];
