//! People in front of real browsers.

mod audit;
mod break_glass;
mod canned;
mod chatting;
mod desk;
mod drafts;
mod files;
mod forms;
mod haste;
mod hostile;
mod hours;
mod interruptions;
mod networks;
mod pages;
mod panel;
mod papers;
mod passkeys;
mod profiles;
mod purge_rules;
mod redaction;
mod retention;
mod roles;
mod search;
mod settings;
mod sign_in;
mod space;
mod sso;
mod subjects;
mod tabs;
mod visiting;
mod webhooks;
mod website;
mod without_script;

use crate::harness::screen::{In, Screen};

/// Writes a message in the visitor's window.
async fn visitor_says(screen: &Screen, place: In, text: &str) {
    screen.fill(place, "#text", text).await;
    screen.key("Enter").await;
}

/// Writes a reply in the operator's open conversation.
async fn operator_says(screen: &Screen, text: &str) {
    screen.fill(In::Page, ".composer textarea", text).await;
    screen.key("Enter").await;
}

async fn visitor_hears(screen: &Screen, place: In, text: &str) {
    screen.until_text(place, "#log .bubble", text).await;
}

async fn operator_hears(screen: &Screen, text: &str) {
    screen.until_text(In::Page, ".event .bubble", text).await;
}

/// Opens the newest waiting chat from the list and accepts it.
async fn accept_first(screen: &Screen) {
    screen.until_there(In::Page, ".console[data-ready]").await;
    screen.click(In::Page, "[data-group=waiting] .queue-link").await;
    screen.click(In::Page, "[data-act=accept]").await;
    screen.until_there(In::Page, ".composer textarea").await;
}
