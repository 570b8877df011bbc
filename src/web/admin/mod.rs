//! Running the installation: sites, people, privacy, security, the system. Every page works without JavaScript.

pub(in crate::web) mod alerts;
mod audit;
mod backups;
mod builder;
mod checklist;
mod identity;
mod limits;
mod people;
mod permissions;
mod person;
mod privacy;
pub mod routes;
mod security;
mod sessions;
mod sign_in;
mod site;
mod sites;
mod sso;
mod system;
pub mod webhooks;
