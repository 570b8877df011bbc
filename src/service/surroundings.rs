//! What papers say about the process and its settings, which the store does not know. The assembly fills it in.

use crate::domain::posture::Machine;
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// None until a listener has one.
    pub certificate: Option<Certificate>,
    /// The server that takes mail; none where none is sent.
    pub mail_host: Option<String>,
    /// No connection to anywhere is ever opened.
    pub air_gap: bool,
    /// When backups are made and how long they are kept, in words; none without a place for them.
    pub backup_plan: Option<String>,
    /// Where the root key is, in words without a path, since papers go to others; and since when it is the one.
    pub root_key: String,
    pub root_key_since: Option<Timestamp>,
    /// How far the process has shut itself in, in words.
    pub confinement: String,
    /// The same for the profiles to look at.
    pub machine: Machine,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub names: Vec<String>,
    pub fingerprint: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// Made by the appliance's own authority, and not by one of the owner's choice.
    pub is_own: bool,
}
