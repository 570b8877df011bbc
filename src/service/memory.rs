//! What the acts of one appliance remember between each other and never write down: who was active a moment ago, who has
//! tried too many passwords, how many hashes are being computed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::factors::totp::Enrolments;
use super::files;
use super::hashing::Gate;
use super::identity::Identities;
use super::passkeys::Challenges;
use super::purge_rules;
use super::readings::Readings;
use super::redaction::Ready;
use super::refusals::Refusals;
use super::sessions::Activity;
use super::sign_in::{reset, steps};
use super::sso::Once;
use super::subjects::Trail;
use super::subjects::dossier::Desk;
use super::suspicion::Suspicions;
use super::throttle::Throttle;
use super::visits::Visits;
use super::webhooks::LastId;
use crate::domain::alert::Alert;
use crate::domain::id::AlertId;

#[derive(Default)]
pub struct Memory {
    pub(super) activity: Activity,
    pub(super) waiting: steps::Waiting,
    pub(super) enrolments: Enrolments,
    pub(super) resets_asked: reset::Asked,
    /// What is left of everybody's stocks.
    pub throttle: Throttle,
    /// What was odd lately, and who is kept out for it.
    pub suspicions: Suspicions,
    /// Held while an alert is raised or marked as seen; has those that are not durable yet.
    pub(super) alerts: Mutex<HashMap<AlertId, Alert>>,
    pub(super) hashing: Gate,
    /// Ways back from a provider that were walked, and its notices that were heard.
    pub(super) sso_ways: Once,
    pub(super) sso_notices: Once,
    pub(super) passkeys: Challenges,
    pub(super) identities: Arc<Identities>,
    pub(super) files: Arc<files::Gate>,
    pub(super) refusals: Refusals,
    pub(super) readings: Readings,
    /// Archives about people that are on their way.
    pub(super) desk: Desk,
    /// What the audit log says about people.
    pub(super) trail: Trail,
    pub(super) purge_rules: purge_rules::Looked,
    pub(super) detectors: Ready,
    /// Whether there is a server that takes mail: without one nothing is noted to be mailed.
    pub sends_mail: bool,
    /// `https://chat.example.org`, where links in letters lead. From the settings alone: what a request says about where it was sent to
    /// could lead somebody astray. Without it no links are mailed.
    pub links_lead_to: Option<String>,
    /// Whether anything may be connected to: with an air gap nothing is noted to be told.
    pub reaches_out: bool,
    pub(super) last_delivery: LastId,
    /// Who browses.
    pub visits: Visits,
    changes: Mutex<()>,
    starts: Mutex<()>,
    searches: Mutex<()>,
    timers: Mutex<()>,
    backing_up: Mutex<()>,
    erasures: Mutex<()>,
    amends: Mutex<bool>,
}

impl Memory {
    /// For whoever hears what is purged.
    #[must_use]
    pub fn identities(&self) -> Arc<Identities> {
        Arc::clone(&self.identities)
    }

    /// Held from reading staff, sites or the allowlist until their change is durable: without it two changes at the same
    /// moment could each leave the other as the last administrator, and remove both.
    pub(super) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changes.lock()
    }

    /// Held from looking for a visitor's open conversation until a new one can be found.
    pub(super) fn starting(&self) -> MutexGuard<'_, ()> {
        self.starts.lock()
    }

    /// Held while somebody searches: it takes all cores for a moment, and two at once would only be slower.
    pub(super) fn searching(&self) -> MutexGuard<'_, ()> {
        self.searches.lock()
    }

    /// Held while a backup or a snapshot is made, or a restore rehearsed: each takes the disk for a while, so one at a time. `None` while
    /// another is under way.
    pub(super) fn try_backing_up(&self) -> Option<MutexGuard<'_, ()>> {
        self.backing_up.try_lock()
    }

    /// Held from looking at what is held until a piece of an erasure is gone, and while a hold is placed: a hold that was acknowledged is
    /// never too late for what goes afterwards.
    pub(super) fn erasing(&self) -> MutexGuard<'_, ()> {
        self.erasures.lock()
    }

    /// Held from reading the head of a closed conversation until its new head is queued: of two who change the same one at the same moment
    /// neither undoes what the other did. It says whether one is on its way that nobody has waited for, and so cannot be read yet.
    pub(super) fn amending(&self) -> MutexGuard<'_, bool> {
        self.amends.lock()
    }

    /// Held while timers run, so that a slow run and the next one never overlap.
    pub fn timers(&self) -> MutexGuard<'_, ()> {
        self.timers.lock()
    }

    /// `None` while timers are running already.
    pub fn try_timers(&self) -> Option<MutexGuard<'_, ()>> {
        self.timers.try_lock()
    }
}
