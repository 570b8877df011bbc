//! Doing: each act once, for every face. Functions are named after acts and take the context: who, when, randomness, store.
//! Synchronous; a function that returns has made its change durable, but for the live path, which says so.

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::access::{Action, Actor, Denied, authorize};
use crate::domain::agent::Agent;
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent, Outcome};
use crate::domain::conversation::IllegalMove;
use crate::domain::file::FileRefusal;
use crate::domain::filled::Fault;
use crate::domain::id::SessionId;
use crate::domain::limits;
use crate::domain::posture::LockedBy;
use crate::domain::sso::SsoRefusal;
use crate::domain::time::Timestamp;
use crate::store::{Batch, Store, StoreError};

pub mod account;
pub mod alerts;
pub mod allowlist;
pub mod archive;
pub mod audit_log;
pub mod backups;
pub mod blocks;
pub mod break_glass;
pub mod builder;
pub mod canned;
pub mod conversations;
pub mod csv;
pub mod departments;
pub mod devices;
pub mod dormancy;
pub mod drafts;
pub mod evidence;
pub mod export;
pub mod factors;
mod fields;
pub mod files;
mod hashing;
pub mod holds;
pub mod identity;
pub mod leads;
pub mod letters;
pub mod mailing;
mod memory;
pub mod paper;
pub mod paperwork;
pub mod passkeys;
pub mod people;
pub mod permissions;
pub mod policy;
pub mod posture;
mod proof;
pub mod purge_rules;
mod purging;
pub mod readings;
pub mod receipts;
pub mod redaction;
pub mod refusals;
pub mod reports;
pub mod restoration;
pub mod retention;
pub mod root_key;
pub mod search;
pub mod secure_forms;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod signing;
pub mod sites;
pub mod space;
pub mod sso;
pub mod starts;
pub mod subjects;
pub mod surroundings;
pub mod suspicion;
pub mod throttle;
pub mod tokens;
pub mod told;
pub mod transcripts;
pub mod verify;
pub mod visitors;
pub mod visits;
pub mod webhooks;

pub use fields::FieldError;
pub use memory::Memory;

/// Randomness, so that tests can seed ids. Keys never come from here: the vault asks the operating system.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// What an act needs to know: who is acting, when, and where it is remembered.
pub struct Ctx<'a> {
    pub actor: &'a Actor,
    pub now: Timestamp,
    pub random: &'a dyn Random,
    pub store: &'a Store,
    /// What the acts remember between each other and nowhere else: one value per appliance.
    pub memory: &'a Memory,
    pub asked: Asked,
}

/// How an act was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// From where, if it came over the network.
    pub from: Option<IpAddr>,
    /// When the member of staff who asks last proved that it is them.
    pub proved_at: Option<Timestamp>,
    /// In what browser, if it says so and we know it.
    pub agent: Option<Agent>,
    /// The device that the browser says it is.
    pub device: Option<devices::Device>,
    /// In which session.
    pub session: Option<SessionId>,
}

impl Ctx<'_> {
    /// # Errors
    /// `Failure::NotFound`-like denial of the domain's rules.
    pub fn authorize(&self, action: Action) -> Result<(), Denied> {
        authorize(self.actor, action)
    }

    /// For what would be worth much to whoever finds an unlocked screen.
    ///
    /// # Errors
    /// `ProofNeeded` when a member of staff has not proven for a while that it is them.
    pub fn require_proof(&self) -> Result<(), Failure> {
        let is_fresh = |at: Timestamp| self.now < at.plus(limits::PROOF_LIFE);
        match self.actor {
            Actor::Staff { .. } if !self.asked.proved_at.is_some_and(is_fresh) => Err(Failure::ProofNeeded),
            _ => Ok(()),
        }
    }

    /// From where it was asked for, as far as that may be written down: of visitors their site says how far.
    fn recorded_from(&self) -> Option<IpAddr> {
        let Actor::Visitor { site, .. } = self.actor else { return self.asked.from };
        let policy = self.store.house().sites.get(site)?.switches.address;
        self.asked.from.and_then(|address| policy.recorded(address))
    }

    /// Adds to the batch that the actor did this.
    pub fn audit(&self, batch: &mut Batch, action: AuditAction) {
        self.audit_as(batch, self.audit_actor(), action);
    }

    /// The same of somebody who has only just shown who they are.
    pub fn audit_as(&self, batch: &mut Batch, actor: AuditActor, action: AuditAction) {
        let (at, from) = (self.now, self.recorded_from());
        batch.audit_event(AuditEvent { at, actor, from, outcome: Outcome::Done, times: 1, action });
    }

    /// Adds to the batch that the actor wanted this and did not get it, unless the same was refused a moment ago: then it is counted,
    /// so that nobody fills the disk with refusals.
    pub fn audit_refused(&self, batch: &mut Batch, action: AuditAction) {
        let (at, actor, from) = (self.now, self.audit_actor(), self.recorded_from());
        let event = AuditEvent { at, actor, from, outcome: Outcome::Refused, times: 1, action };
        if self.memory.refusals.is_row(&event) {
            batch.audit_event(event);
        }
    }

    /// The same of somebody who has shown only half of who they are.
    pub fn audit_refused_as(&self, batch: &mut Batch, actor: AuditActor, action: AuditAction) {
        let (at, from) = (self.now, self.recorded_from());
        let event = AuditEvent { at, actor, from, outcome: Outcome::Refused, times: 1, action };
        if self.memory.refusals.is_row(&event) {
            batch.audit_event(event);
        }
    }

    /// Commits a change of settings, unless it would break what an enforced profile locks. Every act that changes settings ends here.
    ///
    /// # Errors
    /// `Locked`; when the store does not write.
    pub fn settle(&self, mut batch: Batch) -> Result<(), Failure> {
        posture::guard(self, &mut batch)?;
        self.store.commit(batch).wait()?;
        Ok(())
    }

    /// The actor as the audit log writes them.
    #[must_use]
    pub fn audit_actor(&self) -> AuditActor {
        AuditActor::from(self.actor)
    }

    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

/// Why an act was not done. Knows no HTTP: one match at the edge turns it into a page or a frame.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not there, or not yours: the same answer.
    #[error("There is nothing here.")]
    NotFound,
    #[error("You may not do this.")]
    Denied(#[from] Denied),
    /// What was typed cannot be taken; the field it stands in, and a sentence.
    #[error("{message}")]
    Invalid { field: &'static str, message: String },
    /// Several fields of a form cannot be taken; all of them are named at once. `Failure::fields` reads this and `Invalid`.
    #[error("Some of this cannot be taken. Look at the fields that are marked.")]
    InvalidFields(Vec<FieldError>),
    /// What a visitor answered does not fit what the site asks.
    #[error("Some of these answers cannot be taken.")]
    InvalidAnswers(Vec<Fault>),
    /// They have to show once more that it is them, and may then ask again.
    #[error("Confirm that it is you, and try again.")]
    ProofNeeded,
    /// One answer for a wrong password, an unknown address, an invited and a disabled account, so that nobody learns which.
    #[error("E-mail address or password is wrong.")]
    WrongCredentials,
    /// Somebody does not come in through their organisation's provider or directory.
    #[error("{0}")]
    Sso(#[from] SsoRefusal),
    /// The thing is in a state that does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// Enforced profiles forbid these settings.
    #[error("{}", .0.iter().map(LockedBy::to_string).collect::<Vec<_>>().join(" "))]
    Locked(Vec<LockedBy>),
    /// `Conflict` of a conversation, which visitors are told in their language.
    #[error(transparent)]
    Illegal(#[from] IllegalMove),
    #[error("{0}")]
    File(#[from] FileRefusal),
    /// The disk is nearly full. Said to a visitor whose text their window keeps.
    #[error("We cannot take new chats at the moment. What you wrote stays here; please try again in a few minutes.")]
    NoRoom,
    /// Said to a visitor who is kept out; not why, and not for how long.
    #[error("You cannot write here at the moment. Please contact us in another way.")]
    Blocked,
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    TooMany { seconds: u32 },
    #[error("Nothing can be stored at the moment, so nothing was changed. Ask your administrator to look at the server.")]
    Store(#[from] StoreError),
}

impl Failure {
    /// What is wrong with which field, for the form that is shown again; empty for all other failures.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid { field, message } => vec![FieldError { field: (*field).into(), message: message.clone() }],
            Self::InvalidFields(fields) => fields.clone(),
            _ => Vec::new(),
        }
    }
}

/// A shared handle to the clock and randomness of one appliance.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

pub type SharedRandom = Arc<dyn Random>;

#[cfg(test)]
#[path = "tests/scopes.rs"]
mod scopes;
#[cfg(test)]
#[path = "tests/stage.rs"]
mod stage;
