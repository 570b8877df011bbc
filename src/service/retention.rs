//! Purging: what is due by each site's policy, and what an administrator erases by hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Ctx, Failure, purge_rules};
use crate::domain::access::Action;
use crate::domain::audit::PurgeRule;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::retention::PurgePolicy;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::store::{ClosedConversation, House, Purge};

/// How far back the purge that follows a close looks.
const LATELY: Duration = Duration::from_secs(120);

/// What is kept of one site, and when it goes.
#[derive(Debug, Clone)]
pub struct SiteRetention {
    pub site: Arc<Site>,
    pub closed_kept: usize,
    /// When the next closed conversation is purged, if any is kept.
    pub next_due: Option<Timestamp>,
}

/// Purges whatever is due, however late: a run that was missed is caught up. Gives back how many conversations went.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub fn purge_due(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(0);
    }
    let house = ctx.store.house();
    let due = due(&house, ctx.store.closed(), ctx.now, |_| true);
    carry_out(ctx, due, PurgeRule::Policy)
}

/// Purges the closed conversations of those sites that keep nothing. Cheap enough to follow each close.
///
/// # Errors
/// When the store does not write.
pub fn purge_at_close(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    if purge_rules::is_paused(ctx) {
        return Ok(0);
    }
    let house = ctx.store.house();
    let at_close = |policy: &PurgePolicy| *policy == PurgePolicy::AtClose;
    if !house.sites.values().any(|site| at_close(&site.purge)) {
        return Ok(0);
    }
    // What closed earlier went then, or goes with all that is due.
    let mut closed: Vec<_> = ctx.store.closed().rev().take_while(|it| ctx.now.since(it.closed_at) <= LATELY).collect();
    closed.reverse();
    let due = due(&house, closed, ctx.now, at_close);
    carry_out(ctx, due, PurgeRule::Policy)
}

/// Destroys the files of conversations that are not open any more, whatever the policy says of their transcripts. Gives back in how
/// many conversations there were some.
///
/// # Errors
/// When the store does not write; what went before that stays gone.
pub fn erase_files(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    let mut sites: BTreeMap<SiteId, Vec<ConversationId>> = BTreeMap::new();
    for (site, drawer) in ctx.store.files_left_behind() {
        sites.entry(site).or_default().push(drawer);
    }
    carry_out(ctx, sites, PurgeRule::Policy)
}

/// Erases all closed conversations, of one site or of all, whatever the policy says.
///
/// # Errors
/// `NotFound` for a site that is not there; `ProofNeeded`.
pub fn purge_now(ctx: &Ctx, site: Option<SiteId>) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    ctx.require_proof()?;
    if site.is_some_and(|site| !ctx.store.house().sites.contains_key(&site)) {
        return Err(Failure::NotFound);
    }
    let closed = ctx.store.closed().filter(|it| site.is_none_or(|site| it.site == site));
    carry_out(ctx, by_site(closed), PurgeRule::ByHand)
}

/// By name of the site.
///
/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn overview(ctx: &Ctx) -> Result<Vec<SiteRetention>, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let house = ctx.store.house();
    let mut kept: BTreeMap<SiteId, (usize, Timestamp)> = BTreeMap::new();
    for it in ctx.store.closed() {
        // The oldest comes first, and what closed earlier is never due later.
        kept.entry(it.site).or_insert((0, it.closed_at)).0 += 1;
    }
    let of_site = |site: &Arc<Site>| {
        let kept = kept.get(&site.id);
        let next_due = kept.map(|(_, oldest)| site.purge.due_at(*oldest));
        SiteRetention { site: Arc::clone(site), closed_kept: kept.map_or(0, |(count, _)| *count), next_due }
    };
    let mut sites: Vec<_> = house.sites.values().map(of_site).collect();
    sites.sort_by_cached_key(|it| (it.site.name.as_str().to_lowercase(), it.site.id));
    Ok(sites)
}

/// What is due, by site. Pure. What belongs to no site any more has nobody who wants it kept, and goes after a day.
fn due(
    house: &House,
    closed: impl IntoIterator<Item = ClosedConversation>,
    now: Timestamp,
    concerns: impl Fn(&PurgePolicy) -> bool,
) -> BTreeMap<SiteId, Vec<ConversationId>> {
    const ORPHANED: PurgePolicy = PurgePolicy::DaysAfterClose(1);
    // Due times rise with closing times within a site, so the first that is not due spares the rest their calculation.
    let mut not_yet = BTreeMap::new();
    by_site(closed.into_iter().filter(|it| {
        let policy = house.sites.get(&it.site).map_or(&ORPHANED, |site| &site.purge);
        if !concerns(policy) || not_yet.get(&it.site).is_some_and(|since| it.closed_at >= *since) {
            return false;
        }
        if house.mails.get(&it.id).is_some_and(|mail| now.since(mail.since) < limits::MAIL_HOLD) {
            return false;
        }
        let is_due = policy.due_at(it.closed_at) <= now;
        if !is_due {
            not_yet.insert(it.site, it.closed_at);
        }
        is_due
    }))
}

fn by_site(closed: impl Iterator<Item = ClosedConversation>) -> BTreeMap<SiteId, Vec<ConversationId>> {
    let mut sites: BTreeMap<SiteId, Vec<ConversationId>> = BTreeMap::new();
    for it in closed {
        sites.entry(it.site).or_default().push(it.id);
    }
    sites
}

fn carry_out(ctx: &Ctx, sites: BTreeMap<SiteId, Vec<ConversationId>>, rule: PurgeRule) -> Result<usize, Failure> {
    let mut purged = 0;
    for (site, conversations) in sites {
        for conversations in conversations.chunks(limits::PURGE_BATCH) {
            let purge = Purge { site, conversations: conversations.to_vec(), rule, actor: ctx.audit_actor(), now: ctx.now };
            ctx.store.purge(purge).wait()?;
            purged += conversations.len();
        }
    }
    Ok(purged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Name;

    fn site(id: u8, purge: PurgePolicy) -> (SiteId, Arc<Site>) {
        let id = SiteId::from_bytes([id; 16]);
        let site = Site::new(id, Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        (id, Arc::new(Site { purge, ..site }))
    }

    fn closed(id: u8, site: u8, hours: i64) -> ClosedConversation {
        ClosedConversation {
            id: ConversationId::from_bytes([id; 16]),
            site: SiteId::from_bytes([site; 16]),
            closed_at: Timestamp::from_millis(hours * 3_600_000),
            kind: ClosedKind::Chat,
        }
    }

    use crate::domain::access::Actor;
    use crate::domain::audit::AuditAction;
    use crate::domain::news::{News, Origin};
    use crate::domain::retention::ClosedKind;
    use crate::domain::retention::RetentionClass;
    use crate::domain::text::{ClientId, MessageText};
    use crate::domain::visitor::Allowance;
    use crate::service::conversations::{self, Start};
    use crate::service::receipts;
    use crate::service::sites::{self, GeneralForm, PrivacyForm, Section};
    use crate::service::stage::Stage;

    /// A visitor writes once and leaves, which closes the conversation.
    fn talk(stage: &Stage, site: SiteId, visitor: u8) -> ConversationId {
        let actor = Actor::Visitor { site, token_index: [visitor; 32] };
        let ctx = stage.ctx(&actor);
        let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
        let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
        let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
        conversations::end(&ctx, id, origin("b")).unwrap();
        stage.store.commit(stage.store.batch()).wait().unwrap();
        id
    }

    fn keep(stage: &Stage, admin: &Actor, site: SiteId, purge: &str) {
        let ctx = stage.ctx(admin);
        let mut form = PrivacyForm::of(&sites::get(&ctx, site).unwrap());
        form.purging.purge = purge.to_owned();
        sites::change(&ctx, site, &form).unwrap();
    }

    #[test]
    fn what_is_due_is_gone_and_counted() {
        let (mut stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        keep(&stage, &admin, finished.site, "hours");
        let first = talk(&stage, finished.site, 1);
        stage.advance(Duration::from_secs(1_800));
        let second = talk(&stage, finished.site, 2);
        let overview_now = |stage: &Stage| overview(&stage.ctx(&admin)).unwrap();
        let receipts_now = |stage: &Stage| receipts::list(&stage.ctx(&admin), None).unwrap().receipts;
        let before = overview_now(&stage);
        assert_eq!((before[0].closed_kept, receipts_now(&stage).len()), (2, 0));
        assert_eq!(before[0].next_due, Some(stage.now.plus(Duration::from_secs(1_800))));
        assert_eq!(purge_due(&stage.ctx(&Actor::Timer)).unwrap(), 0);
        assert_eq!(purge_at_close(&stage.ctx(&Actor::Timer)).unwrap(), 0);

        stage.advance(Duration::from_secs(1_800));
        stage.take_news();
        assert_eq!(purge_due(&stage.ctx(&Actor::Timer)).unwrap(), 1);
        assert!(matches!(stage.take_news()[..], [News::Purged { conversation, .. }] if conversation == first));
        assert!(stage.store.conversation(first).unwrap().is_none());
        assert!(stage.store.conversation(second).unwrap().is_some());
        let AuditAction::Purged(receipt) = receipts_now(&stage)[0].action else { panic!("a purge leaves a receipt") };
        assert_eq!((receipt.site, receipt.rule, receipt.drawers, receipt.events), (finished.site, PurgeRule::Policy, 1, 3));
        assert_eq!((receipt.class, receipt.epoch), (RetentionClass::Transcripts, Some(2)));
        assert_eq!(overview_now(&stage)[0].closed_kept, 1);
    }

    #[test]
    fn a_site_that_keeps_nothing_is_purged_at_the_close() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let other =
            sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
        keep(&stage, &admin, finished.site, "at_close");
        let (mine, others) = (talk(&stage, finished.site, 1), talk(&stage, other, 2));
        assert_eq!(purge_at_close(&stage.ctx(&Actor::Timer)).unwrap(), 1);
        assert!(stage.store.conversation(mine).unwrap().is_none());
        assert!(stage.store.conversation(others).unwrap().is_some());
    }

    #[test]
    fn an_administrator_erases_by_hand_and_an_operator_does_not() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let bert = stage.join(&admin, "Bert", "operator");
        let bert = stage.actor(bert);
        talk(&stage, finished.site, 1);
        assert!(matches!(purge_now(&stage.ctx(&bert), None), Err(Failure::Denied(_))));
        assert!(matches!(purge_now(&stage.ctx(&admin), Some(SiteId::from_bytes([9; 16]))), Err(Failure::NotFound)));
        assert_eq!(purge_now(&stage.ctx(&admin), Some(finished.site)).unwrap(), 1);
        let AuditAction::Purged(receipt) = stage.last_audit() else { panic!("a purge leaves a receipt") };
        assert_eq!((receipt.rule, receipt.drawers), (PurgeRule::ByHand, 1));
        assert_eq!(purge_now(&stage.ctx(&admin), None).unwrap(), 0);
    }

    #[test]
    fn each_site_keeps_by_its_own_policy() {
        let sites = [site(1, PurgePolicy::HoursAfterClose(2)), site(2, PurgePolicy::AtClose)];
        let house = House { sites: sites.into(), ..House::default() };
        let all = [closed(1, 1, 0), closed(2, 2, 0), closed(3, 1, 1), closed(4, 1, 2), closed(5, 2, 3), closed(6, 9, 3)];
        let now = Timestamp::from_millis(3 * 3_600_000);
        let ids = |due: BTreeMap<SiteId, Vec<ConversationId>>| -> Vec<u8> {
            due.into_values().flatten().map(|id| id.as_bytes()[0]).collect()
        };
        assert_eq!(ids(due(&house, all, now, |_| true)), [1, 3, 2, 5]);
        assert_eq!(ids(due(&house, all, now, |policy| *policy == PurgePolicy::AtClose)), [2, 5]);
        let next_day = now.plus(Duration::from_secs(24 * 3_600));
        assert_eq!(ids(due(&house, all, next_day, |_| true)), [1, 3, 4, 2, 5, 6], "an orphan goes too");
    }
}
