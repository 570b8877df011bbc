//! Legal holds: what nobody may purge, neither a clock nor a rule nor somebody by hand, until the hold is lifted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fields::Fields;
use super::{Ctx, Failure, redaction, subjects};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{ConversationId, HoldId, OperatorId, SiteId, SubmissionId};
use crate::domain::limits;
use crate::domain::subject::{Mark, SubjectHash};
use crate::domain::text::Notice;
use crate::domain::time::Timestamp;
use crate::store::{ClosedGroup, Store, StoreError};

/// What is held at one moment.
#[derive(Debug, Default)]
pub struct Held {
    sites: BTreeMap<SiteId, Arc<Hold>>,
    /// With the filled-in forms of conversations that are held. Files end with their chat, held or not.
    drawers: BTreeMap<ConversationId, Arc<Hold>>,
    /// Somebody is held whose chats cannot all be found yet, so everything is.
    unknown: Option<Arc<Hold>>,
}

impl Held {
    /// What restrictions bear in the place of the id of a hold.
    pub(super) const RESTRICTION: HoldId = HoldId::from_bytes([0; 16]);

    /// What a legal hold keeps, and what is restricted because somebody asked for it (see `subjects::change`): neither goes by itself.
    ///
    /// # Errors
    /// When the index of persons cannot be read.
    pub fn now(store: &Store) -> Result<Self, StoreError> {
        let mut held = Self::by_law(store)?;
        let restricted = subjects::restricted(store)?;
        if !restricted.is_empty()
            && let Ok(reason) = Notice::parse("Restricted, as somebody asked who it is about.")
        {
            let (id, by, at) = (Self::RESTRICTION, OperatorId::from_bytes([0; 16]), Timestamp::default());
            for drawer in restricted {
                let restriction = Hold { id, on: HeldThing::Conversation(drawer), reason: reason.clone(), by, at };
                held.drawers.entry(drawer).or_insert_with(|| Arc::new(restriction));
            }
            held.follow(store);
        }
        Ok(held)
    }

    /// What a legal hold keeps, even from whom it is about.
    ///
    /// # Errors
    /// When the index of persons cannot be read.
    pub fn by_law(store: &Store) -> Result<Self, StoreError> {
        let house = store.house();
        let mut held = Self::default();
        for hold in house.holds.values() {
            held.add(store, hold)?;
            // What is not in the index yet may be theirs.
            if matches!(hold.on, HeldThing::Person(_)) && !house.backlog.is_done {
                held.unknown = Some(Arc::clone(hold));
            }
        }
        if !held.drawers.is_empty() {
            held.follow(store);
        }
        Ok(held)
    }

    /// Whether everything of this site is held.
    #[must_use]
    pub fn has_site(&self, site: SiteId) -> bool {
        self.unknown.is_some() || self.sites.contains_key(&site)
    }

    /// How many closed conversations are held for themselves, of each site and kind.
    #[must_use]
    pub fn closed(&self, store: &Store) -> BTreeMap<ClosedGroup, usize> {
        let mut count = BTreeMap::new();
        for it in self.drawers.keys().filter_map(|drawer| store.closed_conversation(*drawer)) {
            *count.entry((it.site, it.kind)).or_default() += 1;
        }
        count
    }

    /// Why this drawer may not go.
    #[must_use]
    pub fn by(&self, site: SiteId, drawer: ConversationId) -> Option<&Arc<Hold>> {
        self.drawers.get(&drawer).or_else(|| self.sites.get(&site)).or(self.unknown.as_ref())
    }

    fn add(&mut self, store: &Store, hold: &Arc<Hold>) -> Result<(), StoreError> {
        let mut keep = |drawer| drop(self.drawers.insert(drawer, Arc::clone(hold)));
        match hold.on {
            HeldThing::Conversation(id) => keep(id),
            HeldThing::Submission(id) => keep(drawer_of(id)),
            HeldThing::Person(hash) => store.drawers_of_subject(hash)?.into_iter().for_each(keep),
            HeldThing::Site(id) => drop(self.sites.insert(id, Arc::clone(hold))),
        }
        Ok(())
    }

    /// What belongs to a conversation that stays stays with it.
    fn follow(&mut self, store: &Store) {
        for it in store.submissions() {
            if let Some(hold) = it.of.and_then(|of| self.drawers.get(&of)).cloned() {
                self.drawers.entry(drawer_of(it.id)).or_insert(hold);
            }
        }
    }
}

/// Whether a hold keeps this conversation. Why is told to those who manage privacy.
///
/// # Errors
/// When the index of persons cannot be read.
pub fn is_held(ctx: &Ctx, head: &Conversation) -> Result<bool, Failure> {
    Ok(Held::by_law(ctx.store)?.by(head.site, head.id).is_some())
}

/// A submission bears the id of its drawer.
pub(super) fn drawer_of(submission: SubmissionId) -> ConversationId {
    ConversationId::from_bytes(*submission.as_bytes())
}

/// What is to be held, as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldForm {
    /// `chat`, `person` or `site`
    pub on: String,
    /// The number of a chat or of a filled-in form, or an address in which it stands.
    pub chat: String,
    /// An e-mail address, a telephone number or a visitor's code.
    pub person: String,
    pub site: String,
    pub reason: String,
}

/// Nothing of this goes any more until the hold is lifted.
///
/// # Errors
/// `Denied` to those who do not manage privacy, and to the command line, which is nobody; `InvalidFields` for what is not there, not
/// there any more, or held already.
pub fn place(ctx: &Ctx, form: &HoldForm) -> Result<HoldId, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let Actor::Staff { id: by, .. } = *ctx.actor else { return Err(Denied.into()) };
    let mut fields = Fields::default();
    let reason = fields.take("reason", Notice::parse(&form.reason));
    fields.object("reason", redaction::objection(ctx, None, &form.reason));
    // Before what is there is looked at: else it might be gone before the hold is durable.
    let _erasing = ctx.memory.erasing();
    let _changing = ctx.memory.changing();
    let on = match form.on.as_str() {
        "chat" => drawer(ctx, &form.chat)?.map_err(|said| fields.refuse("chat", said)).ok(),
        "person" => {
            let hash = person(ctx.store, &form.person);
            fields
                .take("person", hash.ok_or("Write an e-mail address, a telephone number or a visitor’s code."))
                .map(HeldThing::Person)
        }
        "site" => {
            let site = form.site.parse().ok().filter(|id| ctx.store.house().sites.contains_key(id));
            fields.take("site", site.ok_or("Choose a site. This one is not here any more.")).map(HeldThing::Site)
        }
        _ => {
            fields.refuse("on", "Choose what is to be held.");
            None
        }
    };
    let house = ctx.store.house();
    if let Some(same) = house.holds.values().find(|hold| Some(hold.on) == on) {
        let field = match same.on {
            HeldThing::Conversation(_) | HeldThing::Submission(_) => "chat",
            HeldThing::Person(_) => "person",
            HeldThing::Site(_) => "site",
        };
        fields.refuse(field, format!("This is held already, since {}. Nothing was changed.", day_of(same.at)));
    }
    if house.holds.len() >= limits::HOLDS {
        fields.refuse("on", format!("At most {} holds fit. Lift one that is over.", limits::HOLDS));
    }
    let (Some(reason), Some(on)) = (reason, on) else { return Err(fields.failure()) };
    fields.check()?;
    let hold = Hold { id: HoldId::from_bytes(ctx.random_bytes()), on, reason, by, at: ctx.now };
    let mut batch = ctx.store.batch();
    batch.put_hold(&hold);
    ctx.audit(&mut batch, AuditAction::HoldPlaced(hold.id));
    ctx.settle(batch)?;
    Ok(hold.id)
}

/// The clocks and rules run again: what is due by now goes within a minute.
///
/// # Errors
/// `NotFound` for one that is not there (any more); `ProofNeeded`, since nothing brings back what goes then.
pub fn lift(ctx: &Ctx, id: HoldId) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    if !ctx.store.house().holds.contains_key(&id) {
        return Err(Failure::NotFound);
    }
    let mut batch = ctx.store.batch();
    batch.delete_hold(id);
    ctx.audit(&mut batch, AuditAction::HoldLifted(id));
    ctx.settle(batch)?;
    Ok(())
}

/// Holds that were placed since a backup was made hold in what is restored from it as well. One that was lifted since comes back with the
/// backup: what is kept too long can still go.
///
/// # Errors
/// `Denied` to those who do not manage privacy; when the store does not write.
pub(super) fn bring_along(ctx: &Ctx, holds: &[Arc<Hold>]) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let mut batch = ctx.store.batch();
    for hold in holds.iter().filter(|hold| !house.holds.contains_key(&hold.id)) {
        batch.put_hold(hold);
        ctx.audit(&mut batch, AuditAction::HoldPlaced(hold.id));
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A hold as it is shown.
#[derive(Debug, Clone)]
pub struct HoldShown {
    pub hold: Arc<Hold>,
    /// Closed conversations and filled-in forms that it keeps at this moment. They may be held by another one as well.
    pub keeps: usize,
}

/// The newest first.
///
/// # Errors
/// `Denied` to those who do not manage privacy; when the index of persons cannot be read.
pub fn list(ctx: &Ctx) -> Result<Vec<HoldShown>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let mut shown = Vec::new();
    for hold in ctx.store.house().holds.values() {
        shown.push(HoldShown { hold: Arc::clone(hold), keeps: keeps(ctx.store, hold)? });
    }
    shown.sort_by_key(|it| std::cmp::Reverse((it.hold.at, it.hold.id)));
    Ok(shown)
}

fn keeps(store: &Store, hold: &Arc<Hold>) -> Result<usize, Failure> {
    let mut held = Held::default();
    held.add(store, hold)?;
    held.follow(store);
    let of_sites: usize =
        store.closed_groups().into_iter().filter(|((site, _), _)| held.has_site(*site)).map(|(_, count)| count).sum();
    let closed = of_sites + held.closed(store).into_values().sum::<usize>();
    let forms = store.submissions().into_iter().filter(|it| held.by(it.site, drawer_of(it.id)).is_some()).count();
    Ok(closed + forms)
}

/// The chat or the filled-in form whose number stands in this text, or a sentence that says why there is none.
fn drawer(ctx: &Ctx, typed: &str) -> Result<Result<HeldThing, String>, Failure> {
    let is_end = |c: char| matches!(c, '/' | '#' | '?' | '&' | '=') || c.is_whitespace();
    let mut words = typed.split(is_end);
    let found = words.find_map(|word| {
        let chat = word.parse().ok().map(HeldThing::Conversation);
        chat.or_else(|| word.parse().ok().map(HeldThing::Submission))
    });
    let (drawer, is_there) = match found {
        Some(HeldThing::Conversation(id)) => (id, ctx.store.conversation(id)?.is_some()),
        Some(HeldThing::Submission(id)) => (drawer_of(id), ctx.store.submission(id)?.is_some()),
        _ => {
            return Ok(Err("Paste the address of the chat in the console, or its number, which begins with cnv_.".to_owned()));
        }
    };
    match found {
        Some(on) if is_there => Ok(Ok(on)),
        _ => Ok(Err(match purged_at(ctx.store, drawer)? {
            Some(at) => format!("This was purged already, on {}. Nothing is left of it that could be held.", day_of(at)),
            None => "There is nothing under this number. Look whether it is whole.".to_owned(),
        })),
    }
}

/// Under what the blind index finds whoever this is.
fn person(store: &Store, typed: &str) -> Option<SubjectHash> {
    Mark::read(typed).map(|mark| subjects::hash_of(store, &mark))
}

fn day_of(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn purged_at(store: &Store, drawer: ConversationId) -> Result<Option<Timestamp>, StoreError> {
    Ok(store.tombstones()?.into_iter().find(|it| it.drawers.contains(&drawer)).map(|it| it.at))
}

#[cfg(test)]
#[path = "tests/holds.rs"]
mod tests;
