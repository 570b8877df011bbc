//! Tests: what is counted when, for whose eyes, and for how long.

use super::*;
use crate::domain::access::Actor;
use crate::domain::id::ConversationId;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::retention;
use crate::service::sites::{self, GeneralForm, Section};
use crate::service::stage::{Stage, refused};

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn begin(stage: &Stage, site: SiteId, visitor: u8) -> (Actor, ConversationId) {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let text = MessageText::parse("my foot hurts").unwrap();
    let start = Start::saying(text);
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin("a")).unwrap();
    (actor, id)
}

fn settle(stage: &Stage) {
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

/// A talk that the operator answers after a while and closes after another.
fn answered(stage: &mut Stage, by: &Actor, site: SiteId, visitor: u8) -> ConversationId {
    let (_, id) = begin(stage, site, visitor);
    stage.advance(Duration::from_secs(12));
    conversations::accept(&stage.ctx(by), id, origin("b")).unwrap();
    stage.advance(Duration::from_secs(300));
    conversations::close(&stage.ctx(by), id, origin("c")).unwrap();
    settle(stage);
    id
}

fn missed(stage: &mut Stage, site: SiteId, visitor: u8) -> ConversationId {
    let (actor, id) = begin(stage, site, visitor);
    stage.advance(Duration::from_secs(40));
    conversations::end(&stage.ctx(&actor), id, origin("d")).unwrap();
    settle(stage);
    id
}

fn all_of(stage: &Stage, actor: &Actor) -> Report {
    report(&stage.ctx(actor), &everything(stage, actor)).unwrap()
}

fn everything(stage: &Stage, actor: &Actor) -> Question {
    let ctx = stage.ctx(actor);
    let today = today(&ctx, &super::sites(&ctx).unwrap());
    Question { first: today.plus(-700), last: today.plus(2), site: None, department: None, operator: None }
}

#[test]
fn a_chat_counts_when_it_is_closed_and_its_purge_changes_nothing() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (_, open) = begin(&stage, finished.site, 9);
    settle(&stage);
    assert_eq!(all_of(&stage, &admin), Report::default(), "an open chat counts nothing");
    let first = answered(&mut stage, &admin, finished.site, 1);
    let second = missed(&mut stage, finished.site, 2);

    let counted = all_of(&stage, &admin);
    assert_eq!((counted.all.answered, counted.all.missed, counted.all.chats()), (1, 1, 2));
    assert_eq!((counted.all.waiting.median(), counted.all.handling.median()), (Some(12), Some(360)));
    assert_eq!(counted.operators.keys().copied().collect::<Vec<_>>(), [None, Some(finished.operator)]);
    // The same comes out when it is recomputed from the conversations.
    let mut again = Report::default();
    for id in [first, second] {
        let head = stage.store.conversation(id).unwrap().unwrap();
        let ctx = stage.ctx(&admin);
        let (outcome, zone) = outcome(&ctx, &head).unwrap();
        let (counted, tally) = outcome.counted(&zone);
        again.add(&counted, &tally);
    }
    assert_eq!(counted, again);

    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap().gone, 2);
    assert!(stage.store.conversation(first).unwrap().is_none() && stage.store.open_conversation(open).is_some());
    assert_eq!(all_of(&stage, &admin), counted);
}

#[test]
fn counters_are_added_to() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for visitor in 1..=5 {
        answered(&mut stage, &admin, finished.site, visitor);
    }
    // Several in one commit, too.
    let heads: Vec<_> = (6..=9).map(|visitor| begin(&stage, finished.site, visitor)).collect();
    for (actor, id) in &heads {
        conversations::end(&stage.ctx(actor), *id, origin("d")).unwrap();
    }
    settle(&stage);
    let all = all_of(&stage, &admin).all;
    assert_eq!((all.answered, all.missed), (5, 4));
    assert_eq!(stage.store.all_counters().unwrap().len(), 2, "one for the operator, one for nobody");
}

#[test]
fn a_report_is_of_the_sites_that_its_reader_works_for() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
    answered(&mut stage, &admin, finished.site, 1);
    missed(&mut stage, other, 2);
    let id = crate::domain::id::OperatorId::from_bytes([9; 16]);
    let membership = crate::domain::operator::Membership::of_sites([other]);
    let role = crate::domain::operator::Role::Supervisor;
    let supervisor = |permissions| Actor::Staff { id, role, membership: membership.clone(), permissions };
    let none = crate::domain::permission::Permissions::NONE;
    let supervisor_may = supervisor(none.with(Permission::SeeReports));
    let theirs = all_of(&stage, &supervisor_may);
    assert_eq!((theirs.all.answered, theirs.all.missed), (0, 1));
    assert_eq!(theirs.sites.keys().copied().collect::<Vec<_>>(), [other]);
    let question = Question { site: Some(finished.site), ..everything(&stage, &supervisor_may) };
    assert!(matches!(report(&stage.ctx(&supervisor_may), &question), Err(Failure::NotFound)));
    assert_eq!(report(&stage.ctx(&admin), &question).unwrap().all.chats(), 1);
    let question = Question { operator: Some(finished.operator), ..everything(&stage, &admin) };
    assert_eq!(report(&stage.ctx(&admin), &question).unwrap().all.chats(), 1);
    assert!(matches!(super::sites(&stage.ctx(&supervisor(none))), Err(Failure::NotFound)));
}

#[test]
fn a_day_is_one_of_the_site_and_old_counters_go_with_a_receipt() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let mut form = GeneralForm::of(&sites::get(&stage.ctx(&admin), finished.site).unwrap());
    form.zone = "Pacific/Kiritimati".to_owned();
    sites::change(&stage.ctx(&admin), finished.site, &form).unwrap();
    missed(&mut stage, finished.site, 1);
    let zone = ZoneName::parse("Pacific/Kiritimati").unwrap();
    let counted = all_of(&stage, &admin);
    assert_eq!(counted.days.keys().copied().collect::<Vec<_>>(), [Moment::of(stage.now, &zone).day]);

    assert_eq!(retention_days(&stage.ctx(&admin)).unwrap(), 365);
    for wrong in ["", "6", "3651", "a year"] {
        assert_eq!(refused(keep_for(&stage.ctx(&admin), wrong)), ["reporting_days"], "{wrong}");
    }
    keep_for(&stage.ctx(&admin), "30").unwrap();
    assert_eq!(stage.last_audit(), AuditAction::ReportingKeptFor { days: 30 });
    stage.advance(Duration::from_secs(30 * 24 * 3_600));
    assert_eq!(remove_old(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    stage.advance(Duration::from_secs(3 * 24 * 3_600));
    assert_eq!(remove_old(&stage.ctx(&Actor::Timer)).unwrap(), 1);
    let AuditAction::Purged(receipt) = stage.last_audit() else { panic!("it leaves a receipt") };
    assert_eq!((receipt.class, receipt.drawers, receipt.events, receipt.epoch), (RetentionClass::Reporting, 0, 1, None));
    assert_eq!(receipt.site, finished.site);
    assert_eq!(all_of(&stage, &admin), Report::default());
    assert!(matches!(keep_for(&stage.ctx(&Actor::Stranger), "30"), Err(Failure::Denied(_))));
}
