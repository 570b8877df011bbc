//! What the clocks say has to go. Pure but for reading what there is.

use std::collections::BTreeMap;

use super::Drawers;
use crate::domain::audit::{AuditAction, PurgeReceipt, PurgeRule};
use crate::domain::clocks::{Chat, Clocks};
use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, DeliveryId, SiteId};
use crate::domain::limits;
use crate::domain::retention::{PurgePolicy, RetentionClass};
use crate::domain::secure_form::KeptSubmission;
use crate::domain::time::Timestamp;
use crate::domain::webhook::Delivery;
use crate::service::{Ctx, Failure, holds, webhooks};
use crate::store::{ClosedConversation, ClosedGroup, House, Store};

/// The clocks of the sites that are asked for, each worked out once.
pub(super) struct AllClocks<'a> {
    house: &'a House,
    sites: BTreeMap<SiteId, Clocks>,
}

impl<'a> AllClocks<'a> {
    pub fn new(house: &'a House) -> Self {
        Self { house, sites: BTreeMap::new() }
    }

    pub fn of(&mut self, site: SiteId) -> &Clocks {
        let house = self.house;
        self.sites
            .entry(site)
            .or_insert_with(|| Clocks::of(house.sites.get(&site).map(|site| &**site), &house.retention, house.reporting))
    }
}

/// The clock that runs for this conversation, or will once it is closed.
#[must_use]
pub fn clock_of(house: &House, head: &Conversation) -> PurgePolicy {
    AllClocks::new(house).of(head.site).of_closed(head.closed_kind()).clone()
}

pub(super) fn is_at_close(policy: &PurgePolicy) -> bool {
    *policy == PurgePolicy::AtClose
}

pub(super) fn anything_goes_at_close(house: &House) -> bool {
    let mut clocks = AllClocks::new(house);
    house.sites.keys().any(|site| {
        let clocks = clocks.of(*site);
        is_at_close(&clocks.chats) || is_at_close(&clocks.messages)
    })
}

/// All closed conversations by what clock runs for them; with `after`, those that closed at that moment or later.
pub(super) fn listed(
    store: &Store,
    after: Option<Timestamp>,
) -> impl Iterator<Item = (ClosedGroup, impl DoubleEndedIterator<Item = ClosedConversation> + use<>)> {
    store.closed_groups().into_iter().map(move |(group, _)| (group, store.closed_of(group, after)))
}

/// Closed conversations that are due, of those whose clock is of concern. Of each group they come in the order in which they were closed.
pub(super) fn closed(
    house: &House,
    listed: impl Iterator<Item = (ClosedGroup, impl Iterator<Item = ClosedConversation>)>,
    now: Timestamp,
    concerns: impl Fn(&PurgePolicy) -> bool,
) -> Drawers {
    let mut clocks = AllClocks::new(house);
    let told = webhooks::held(house, now);
    let mut due = Drawers::new();
    for ((site, kind), closed) in listed {
        let clock = clocks.of(site).of_closed(kind);
        if !concerns(clock) {
            continue;
        }
        // Due times rise with closing times by the same clock, so the first that is not due spares the rest a look.
        let closed = closed.take_while(|it| clock.due_at(it.closed_at) <= now);
        let closed = closed.filter(|it| !told.contains(&it.id) && !waits_for_mail(house, it.id, now));
        let mut closed = closed.map(|it| it.id).peekable();
        if closed.peek().is_some() {
            due.entry(site).or_default().extend(closed);
        }
    }
    due
}

/// Those of a piece that are due by what is set at this moment: a run may take long, and somebody may have set a clock meanwhile.
pub(super) fn still_due(ctx: &Ctx, site: SiteId, mut piece: Vec<ConversationId>) -> Vec<ConversationId> {
    let house = ctx.store.house();
    let mut clocks = AllClocks::new(&house);
    let clocks = clocks.of(site);
    piece.retain(|id| {
        let closed = ctx.store.closed_conversation(*id);
        closed.is_some_and(|it| clocks.of_closed(it.kind).due_at(it.closed_at) <= ctx.now)
    });
    piece
}

/// Whether its transcript is still to be mailed, and may wait for that.
fn waits_for_mail(house: &House, id: ConversationId, now: Timestamp) -> bool {
    house.mails.get(&id).is_some_and(|mail| now.since(mail.since) < limits::MAIL_HOLD)
}

/// What was filled in in secure forms and is due.
pub(super) fn submissions(store: &Store, house: &House, now: Timestamp) -> Drawers {
    let mut clocks = AllClocks::new(house);
    let mut due = Drawers::new();
    for it in store.submissions() {
        if submission_due_at(store, &mut clocks, &it).is_some_and(|at| at <= now) {
            due.entry(it.site).or_default().push(holds::drawer_of(it.id));
        }
    }
    due
}

/// `None` while it waits for a chat to be closed.
pub(super) fn submission_due_at(store: &Store, clocks: &mut AllClocks, it: &KeptSubmission) -> Option<Timestamp> {
    let chat = match it.of {
        None => Chat::None,
        Some(id) if store.open_conversation(id).is_some() => Chat::Open,
        Some(_) => Chat::Over,
    };
    clocks.of(it.site).submission_due_at(it.at, chat)
}

/// When a delivery is to be forgotten; `None` while it is on its way.
pub(super) fn delivery_due_at(plan: &PurgePolicy, delivery: &Delivery) -> Option<Timestamp> {
    delivery.ended_at().map(|at| plan.due_at(at))
}

/// Forgets what was told to webhooks and what became of it, with a receipt for each site; and the oldest when there are too many.
pub(super) fn forget_deliveries(ctx: &Ctx) -> Result<(), Failure> {
    // Nobody has one of them sent again meanwhile.
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let over = house.deliveries.len().saturating_sub(limits::DELIVERIES);
    let ended = house.deliveries.values().filter_map(|it| Some((it, delivery_due_at(&house.retention.deliveries, it)?)));
    let due = ended.enumerate().filter(|(n, (_, due_at))| *n < over || *due_at <= ctx.now);
    let mut sites: BTreeMap<Option<SiteId>, Vec<DeliveryId>> = BTreeMap::new();
    for (_, (delivery, _)) in due {
        sites.entry(delivery.site).or_default().push(delivery.id);
    }
    for (site, deliveries) in sites {
        for deliveries in deliveries.chunks(limits::DELIVERIES_FORGOTTEN) {
            let mut batch = ctx.store.batch();
            deliveries.iter().for_each(|id| batch.delete_delivery(*id));
            // One that tried a webhook out is about nothing, and leaves no receipt.
            if let Some(site) = site {
                let (rule, class) = (PurgeRule::Policy, RetentionClass::Deliveries);
                let events = deliveries.len() as u64;
                ctx.audit(&mut batch, AuditAction::Purged(PurgeReceipt { site, rule, class, drawers: 0, events, epoch: None }));
            }
            ctx.store.commit(batch).wait()?;
        }
    }
    Ok(())
}
