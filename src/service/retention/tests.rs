use std::sync::Arc;

use super::due;
use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::id::{DeliveryId, WebhookId};
use crate::domain::news::News;
use crate::domain::preset::Preset;
use crate::domain::retention::{ClosedKind, PurgePolicy, RetentionClass, RetentionPlan};
use crate::domain::site::Site;
use crate::domain::text::{MessageText, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::Allowance;
use crate::domain::webhook::{Delivery, DeliveryOutcome, WebhookEvent};
use crate::service::conversations::{self, Leave};
use crate::service::holds::{self, HoldForm};
use crate::service::receipts;
use crate::service::sites::{self, GeneralForm, PrivacyForm, Section};
use crate::service::stage::{Stage, origin};
use crate::store::{ClosedConversation, House};

const HOUR: Duration = Duration::from_secs(3_600);

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
    let first = stage.talk(finished.site, 1);
    stage.advance(Duration::from_secs(1_800));
    let second = stage.talk(finished.site, 2);
    let overview_now = |stage: &Stage| overview(&stage.ctx(&admin)).unwrap();
    let receipts_now = |stage: &Stage| receipts::list(&stage.ctx(&admin), None).unwrap().receipts;
    let before = overview_now(&stage);
    assert_eq!((before[0].chats.count, receipts_now(&stage).len()), (2, 0));
    assert_eq!(before[0].chats.next_due, Some(stage.now.plus(Duration::from_secs(1_800))));
    assert_eq!(purge_due(&stage.ctx(&Actor::Timer)).unwrap().gone, 0);
    assert_eq!(purge_at_close(&stage.ctx(&Actor::Timer)).unwrap().gone, 0);

    stage.advance(Duration::from_secs(1_800));
    stage.take_news();
    assert_eq!(purge_due(&stage.ctx(&Actor::Timer)).unwrap().gone, 1);
    assert!(matches!(stage.take_news()[..], [News::Purged { conversation, .. }] if conversation == first));
    assert!(stage.store.conversation(first).unwrap().is_none());
    assert!(stage.store.conversation(second).unwrap().is_some());
    let AuditAction::Purged(receipt) = receipts_now(&stage)[0].action else { panic!("a purge leaves a receipt") };
    assert_eq!((receipt.site, receipt.rule, receipt.drawers, receipt.events), (finished.site, PurgeRule::Policy, 1, 3));
    assert_eq!((receipt.class, receipt.epoch), (RetentionClass::Transcripts, Some(2)));
    assert_eq!(overview_now(&stage)[0].chats.count, 1);
}

#[test]
fn a_site_that_keeps_nothing_is_purged_at_the_close() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
    keep(&stage, &admin, finished.site, "at_close");
    let (mine, others) = (stage.talk(finished.site, 1), stage.talk(other, 2));
    assert_eq!(purge_at_close(&stage.ctx(&Actor::Timer)).unwrap().gone, 1);
    assert!(stage.store.conversation(mine).unwrap().is_none());
    assert!(stage.store.conversation(others).unwrap().is_some());
}

#[test]
fn an_administrator_erases_by_hand_and_an_operator_does_not() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    stage.talk(finished.site, 1);
    assert!(matches!(purge_now(&stage.ctx(&bert), None), Err(Failure::Denied(_))));
    assert!(matches!(purge_now(&stage.ctx(&admin), Some(SiteId::from_bytes([9; 16]))), Err(Failure::NotFound)));
    assert_eq!(purge_now(&stage.ctx(&admin), Some(finished.site)).unwrap().gone, 1);
    let AuditAction::Purged(receipt) = stage.last_audit() else { panic!("a purge leaves a receipt") };
    assert_eq!((receipt.rule, receipt.drawers), (PurgeRule::ByHand, 1));
    assert_eq!(purge_now(&stage.ctx(&admin), None).unwrap().gone, 0);
}

#[test]
fn each_site_keeps_by_its_own_policy() {
    let sites = [site(1, PurgePolicy::HoursAfterClose(2)), site(2, PurgePolicy::AtClose)];
    let house = House { sites: sites.into(), ..House::default() };
    let all = [closed(1, 1, 0), closed(2, 2, 0), closed(3, 1, 1), closed(4, 1, 2), closed(5, 2, 3), closed(6, 9, 3)];
    let now = Timestamp::from_millis(3 * 3_600_000);
    let ids = |due: Drawers| -> Vec<u8> { due.into_values().flatten().map(|id| id.as_bytes()[0]).collect() };
    let listed = || {
        [1, 2, 9].into_iter().map(|site| {
            let site = SiteId::from_bytes([site; 16]);
            ((site, ClosedKind::Chat), all.into_iter().filter(move |it| it.site == site))
        })
    };
    assert_eq!(ids(due::closed(&house, listed(), now, |_| true)), [1, 3, 2, 5]);
    assert_eq!(ids(due::closed(&house, listed(), now, |policy| *policy == PurgePolicy::AtClose)), [2, 5]);
    let next_day = now.plus(Duration::from_secs(24 * 3_600));
    assert_eq!(ids(due::closed(&house, listed(), next_day, |_| true)), [1, 3, 4, 2, 5, 6], "an orphan goes too");
}

/// A visitor leaves a message, which somebody closes.
fn message(stage: &Stage, admin: &Actor, site: SiteId, visitor: u8) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let leave = Leave {
        text: MessageText::parse("call me back").ok(),
        answers: [("email", "maria@example.org")].map(|(field, value)| (field.to_owned(), value.to_owned())).into(),
        consented: false,
        language: None,
        told: Default::default(),
    };
    let id = conversations::leave(&stage.ctx(&actor), &Allowance::default(), leave, origin("a")).unwrap();
    let ctx = stage.ctx(admin);
    conversations::accept(&ctx, id, origin("b")).unwrap();
    conversations::close(&ctx, id, origin("c")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

fn timer(stage: &Stage) -> Erased {
    purge_due(&stage.ctx(&Actor::Timer)).unwrap()
}

fn last_receipt(stage: &Stage, class: RetentionClass) -> Option<u32> {
    stage.audit().into_iter().rev().find_map(|action| match action {
        AuditAction::Purged(receipt) if receipt.class == class => Some(receipt.drawers),
        _ => None,
    })
}

#[test]
fn messages_have_a_clock_of_their_own() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    keep(&stage, &admin, finished.site, "at_close");
    let mut form = PlanForm::of(&plan(&stage.ctx(&admin)).unwrap());
    (form.messages.purge, form.messages.purge_hours) = ("hours".to_owned(), "2".to_owned());
    change_plan(&stage.ctx(&admin), &form).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::RetentionChanged);
    let rows = stage.audit().len();
    change_plan(&stage.ctx(&admin), &form).unwrap();
    assert_eq!(stage.audit().len(), rows, "nothing was changed");

    let (chat, left) = (stage.talk(finished.site, 1), message(&stage, &admin, finished.site, 2));
    assert_eq!(purge_at_close(&stage.ctx(&Actor::Timer)).unwrap().gone, 1);
    assert!(!stage.is_there(chat) && stage.is_there(left));
    stage.advance(HOUR);
    assert_eq!(timer(&stage), Erased::default());
    let kept = &overview(&stage.ctx(&admin)).unwrap()[0];
    assert_eq!((kept.messages.count, kept.messages.next_due), (1, Some(stage.now.plus(HOUR))));

    // A site says otherwise.
    let mut form = PrivacyForm::of(&sites::get(&stage.ctx(&admin), finished.site).unwrap());
    assert_eq!(form.messages.purge, "same");
    form.messages.purge = "at_close".to_owned();
    sites::change(&stage.ctx(&admin), finished.site, &form).unwrap();
    assert_eq!(timer(&stage).gone, 1);
    assert!(!stage.is_there(left));
    assert_eq!(last_receipt(&stage, RetentionClass::Messages), Some(1));
}

#[test]
fn filled_in_forms_go_by_their_clock() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let alone = stage.filled_in(finished.site, 1, None);
    assert_eq!(timer(&stage).gone, 0);
    let kept = overview(&stage.ctx(&admin)).unwrap().remove(0).submissions;
    assert_eq!((kept.count, kept.next_due), (1, Some(stage.now.plus(HOUR * 24))));
    stage.advance(HOUR * 24);
    assert_eq!(timer(&stage).gone, 1);
    assert!(stage.store.submission(alone).unwrap().is_none());
    assert_eq!(last_receipt(&stage, RetentionClass::Submissions), Some(1));

    let mut form = PlanForm::of(&plan(&stage.ctx(&admin)).unwrap());
    form.submissions.purge = "at_close".to_owned();
    change_plan(&stage.ctx(&admin), &form).unwrap();
    let chat = stage.talk(finished.site, 1);
    let (asked, alone) = (stage.filled_in(finished.site, 2, Some(chat)), stage.filled_in(finished.site, 3, None));
    assert_eq!(timer(&stage).gone, 1);
    assert!(stage.store.submission(asked).unwrap().is_none(), "its chat is closed");
    assert!(stage.store.submission(alone).unwrap().is_some(), "nobody could have read it");
}

#[test]
fn what_was_told_to_webhooks_is_forgotten_once_it_is_over() {
    let (mut stage, finished) = Stage::set_up();
    let delivery = |number: u8, outcome| Delivery {
        id: DeliveryId::from_bytes([number; 16]),
        webhook: WebhookId::from_bytes([1; 16]),
        event: WebhookEvent::ConversationClosed,
        site: Some(finished.site),
        conversation: None,
        submission: None,
        purged: std::sync::Arc::default(),
        since: stage.now,
        tries: 1,
        next_at: stage.now,
        outcome,
    };
    let mut batch = stage.store.batch();
    batch.put_delivery(delivery(1, DeliveryOutcome::Waiting));
    batch.put_delivery(delivery(2, DeliveryOutcome::Delivered { at: stage.now, status: 200 }));
    batch.put_delivery(delivery(3, DeliveryOutcome::GivenUp { at: stage.now, status: None }));
    stage.store.commit(batch).wait().unwrap();
    timer(&stage);
    assert_eq!(stage.store.house().deliveries.len(), 3);
    stage.advance(HOUR * 24 * 30);
    timer(&stage);
    assert_eq!(stage.store.house().deliveries.len(), 1, "one is still on its way");
    let AuditAction::Purged(receipt) = stage.last_audit() else { panic!("a receipt is left") };
    assert_eq!((receipt.class, receipt.events, receipt.epoch), (RetentionClass::Deliveries, 2, None));
}

#[test]
fn a_preset_sets_every_clock_and_says_before_what_goes() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
    let (mine, others) = (stage.talk(finished.site, 1), stage.talk(other, 2));
    let held = stage.talk(other, 3);
    holds::place(&stage.ctx(&admin), &hold_on(held)).unwrap();
    let foreseen = foresee(&stage.ctx(&admin)).unwrap();
    let goes: Vec<_> = foreseen.iter().map(|it| (it.preset, it.goes, it.is_set)).collect();
    assert_eq!(goes, [(Preset::NothingKept, 2, false), (Preset::Standard, 0, false), (Preset::Extended, 0, false)]);

    apply_preset(&stage.ctx(&admin), Preset::Extended).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::RetentionPreset(Preset::Extended));
    let house = stage.store.house();
    assert!(house.sites.values().all(|site| site.purge == PurgePolicy::DaysAfterClose(730)));
    assert_eq!(house.retention.messages, Some(PurgePolicy::DaysAfterClose(1_825)));
    assert_eq!((house.reporting.get(), &house.retention.submissions), (1_095, &RetentionPlan::default().submissions));
    assert!(foresee(&stage.ctx(&admin)).unwrap()[2].is_set);

    apply_preset(&stage.ctx(&admin), Preset::NothingKept).unwrap();
    assert_eq!(timer(&stage), Erased { gone: 2, held: 1 });
    assert!(!stage.is_there(mine) && !stage.is_there(others) && stage.is_there(held));
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(apply_preset(&stage.ctx(&bert), Preset::Standard), Err(Failure::Denied(_))));
}

#[test]
fn the_table_says_what_is_set() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let row = |class| table(&stage.ctx(&admin)).unwrap().into_iter().find(|row| row.class == class).unwrap();
    assert_eq!(row(KeptClass::Chats).kept, "Until 1 day after it is closed");
    assert_eq!(row(KeptClass::Messages).kept, "As long as the chats of their site");
    let mut form = PrivacyForm::of(&sites::get(&stage.ctx(&admin), finished.site).unwrap());
    (form.messages.purge, form.messages.purge_days) = ("days".to_owned(), "730".to_owned());
    sites::change(&stage.ctx(&admin), finished.site, &form).unwrap();
    let messages = row(KeptClass::Messages);
    assert_eq!(
        messages.own.iter().map(|(site, kept)| (site.id, kept.as_str())).collect::<Vec<_>>(),
        [(finished.site, "Until 2 years after it is closed")]
    );
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() });
    keep(&stage, &admin, other.unwrap(), "at_close");
    assert_eq!((row(KeptClass::Chats).kept.as_str(), row(KeptClass::Chats).own.len()), ("As each site says", 2));
}

fn hold_on(chat: ConversationId) -> HoldForm {
    HoldForm { on: "chat".to_owned(), chat: chat.to_string(), reason: "A court asks".to_owned(), ..HoldForm::default() }
}

#[test]
fn a_clock_that_is_set_in_the_middle_of_a_run_counts_from_then_on() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    keep(&stage, &admin, finished.site, "at_close");
    let chat = stage.talk(finished.site, 1);
    let actor = Actor::Timer;
    let timer = stage.ctx(&actor);
    let due = due::closed(&stage.store.house(), due::listed(&stage.store, None), stage.now, |_| true);
    assert_eq!(due.values().flatten().count(), 1);
    keep(&stage, &admin, finished.site, "hours");
    let still = |site, piece| due::still_due(&timer, site, piece);
    assert_eq!(erase_while(&timer, due.clone(), PurgeRule::Policy, still).unwrap(), Erased::default());
    assert!(stage.is_there(chat));
    keep(&stage, &admin, finished.site, "at_close");
    assert_eq!(erase_while(&timer, due, PurgeRule::Policy, still).unwrap().gone, 1);
}
