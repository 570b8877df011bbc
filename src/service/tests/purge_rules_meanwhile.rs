//! What comes in between: runs that something happens to in the middle, clocks that are set, and what is left afterwards of whom it was about.

use std::time::Duration;

use super::tests::*;
use super::*;
use crate::domain::about::{About, Attribute, CameFrom, Identity};
use crate::domain::access::Actor;
use crate::domain::audit::PurgeRule;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::department::{Department, Members};
use crate::domain::event::{Rating, Stars};
use crate::domain::form::Answer;
use crate::domain::hold::HeldThing;
use crate::domain::id::{ConversationId, DepartmentId, HoldId, OperatorId, SiteId, WindowId};
use crate::domain::mail::PendingMail;
use crate::domain::purge_rule::{Happening, How};
use crate::domain::text::{EmailAddress, FieldId, Label, Line, Name, Notice, PhoneNumber, Tag};
use crate::domain::visitor::{ConsentGiven, Visitor};
use crate::service::setup::Finished;
use crate::service::stage::Stage;
use crate::service::webhooks::WebhookForm;
use crate::service::{retention, subjects, webhooks};

/// As something of it were still to be mailed.
fn mailing(stage: &Stage, site: SiteId, conversation: ConversationId) {
    let (since, next_at) = (stage.now, stage.now);
    let mut batch = stage.store.batch();
    batch.put_mail(PendingMail { conversation, site, to_visitor: true, to_mailboxes: false, since, tries: 0, next_at });
    stage.store.commit(batch).wait().unwrap();
}

fn mailed(stage: &Stage, conversation: ConversationId) {
    let mut batch = stage.store.batch();
    batch.delete_mail(conversation);
    stage.store.commit(batch).wait().unwrap();
}

#[test]
fn what_a_run_had_to_leave_does_not_cost_the_next_run() {
    let (mut stage, finished, admin) = set_up();
    armed(&stage, &admin, &RuleForm { every: "hour".to_owned(), ..form("schedule") });
    let late = stage.talk(finished.site, 1);
    stage.advance(HOUR - Duration::from_secs(60));
    mailing(&stage, finished.site, late);
    stage.advance(Duration::from_secs(60));
    assert_eq!((run(&stage), stage.is_there(late)), (0, true));
    // It is mailed right before the next full hour, when there is something else to be taken.
    let next = stage.talk(finished.site, 2);
    mailed(&stage, late);
    stage.advance(HOUR);
    assert_eq!((run(&stage), stage.is_there(late), stage.is_there(next)), (2, false, false));
}

#[test]
fn what_a_schedule_had_to_leave_is_not_made_less_of() {
    let (mut stage, finished, admin) = set_up();
    armed(&stage, &admin, &form("withdrawn"));
    armed(&stage, &admin, &RuleForm { every: "hour".to_owned(), how: "anonymise".to_owned(), ..form("schedule") });
    let it = stage.talk(finished.site, 1);
    stage.advance(HOUR - Duration::from_secs(60));
    mailing(&stage, finished.site, it);
    let mut batch = stage.store.batch();
    happened(&stage.ctx(&Actor::Timer), &mut batch, it, Happening::ConsentWithdrawn).unwrap();
    stage.store.commit(batch).wait().unwrap();
    stage.advance(Duration::from_secs(60));
    assert_eq!(run(&stage), 0);
    assert_eq!(stage.store.house().due[&it].how, How::Erase);
    mailed(&stage, it);
    assert_eq!((run(&stage), stage.store.closed().count()), (1, 0));
}

#[test]
fn a_clock_that_is_set_back_by_hours_costs_no_run() {
    let (mut stage, finished, admin) = set_up();
    let id = armed(&stage, &admin, &RuleForm { every: "hour".to_owned(), ..form("schedule") });
    stage.advance(HOUR * 20);
    run(&stage);
    stage.now = stage.now.minus(HOUR * 19);
    run(&stage);
    let it = stage.talk(finished.site, 1);
    stage.advance(HOUR);
    assert!(get(&stage.ctx(&admin), id).unwrap().next.unwrap() <= stage.now);
    assert_eq!((run(&stage), stage.is_there(it)), (1, false));
}

#[test]
fn what_is_put_on_hold_in_the_middle_of_a_run_stays_due() {
    let (stage, finished, admin) = set_up();
    armed(&stage, &admin, &form("close"));
    let (it, other) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
    let gathered = run::gather(&stage.ctx(&Actor::Timer)).unwrap();
    hold(&stage, &finished, HeldThing::Conversation(it));
    let went = run::take(&stage.ctx(&Actor::Timer), gathered).unwrap();
    assert_eq!((went.gone, went.held, stage.is_there(it), stage.is_there(other)), (1, 1, true, false));
    let mut batch = stage.store.batch();
    batch.delete_hold(HoldId::from_bytes([9; 16]));
    stage.store.commit(batch).wait().unwrap();
    assert_eq!((run(&stage), stage.is_there(it), stage.store.house().due.len()), (1, false, 0));
}

#[test]
fn what_is_taken_out_of_force_in_the_middle_of_a_run_takes_nothing_more() {
    for how in ["erase", "anonymise"] {
        let (stage, finished, admin) = set_up();
        let id = armed(&stage, &admin, &RuleForm { how: how.to_owned(), ..form("close") });
        let it = stage.talk(finished.site, 1);
        let gathered = run::gather(&stage.ctx(&Actor::Timer)).unwrap();
        disarm(&stage.ctx(&admin), id).unwrap();
        let went = run::take(&stage.ctx(&Actor::Timer), gathered).unwrap();
        assert_eq!((went.gone, stage.is_there(it), stage.store.closed().count()), (0, true, 1), "{how}");
    }
}

#[test]
fn what_is_erased_in_the_middle_of_a_run_is_counted_and_told_once() {
    let (mut stage, finished, admin) = set_up();
    stage.memory.reaches_out = true;
    armed(&stage, &admin, &form("close"));
    stage.talk(finished.site, 1);
    let gathered = run::gather(&stage.ctx(&Actor::Timer)).unwrap();
    let hook = WebhookForm {
        name: "Desk".to_owned(),
        url: zeroize::Zeroizing::new("https://desk.example.org/".to_owned()),
        events: vec!["conversation.purged".to_owned()],
        is_on: true,
        ..WebhookForm::default()
    };
    webhooks::add(&stage.ctx(&admin), &hook).unwrap();
    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap().gone, 1);
    assert_eq!(run::take(&stage.ctx(&Actor::Timer), gathered).unwrap().gone, 0);
    assert_eq!((stage.store.house().deliveries.len(), stage.store.house().due.len()), (1, 0));
}

#[test]
fn a_rule_that_is_changed_in_the_middle_of_a_run_knows_nothing_of_what_it_was() {
    let (mut stage, finished, admin) = set_up();
    let id = armed(&stage, &admin, &RuleForm { tag: "vip".to_owned(), ..form("hours") });
    let it = tagged(&stage, finished.site, 1, "vip");
    hold(&stage, &finished, HeldThing::Conversation(it));
    stage.advance(HOUR);
    assert_eq!((run(&stage), stage.is_there(it)), (0, true));
    let of_the_run = stage.memory.purge_rules.take(id);
    disarm(&stage.ctx(&admin), id).unwrap();
    change(&stage.ctx(&admin), id, &RuleForm { tag: "spam".to_owned(), ..form("hours") }).unwrap();
    arm(&stage.ctx(&admin), id).unwrap();
    stage.memory.purge_rules.put(id, of_the_run);
    let mut batch = stage.store.batch();
    batch.delete_hold(HoldId::from_bytes([9; 16]));
    stage.store.commit(batch).wait().unwrap();
    assert_eq!((run(&stage), stage.is_there(it)), (0, true));
}

#[test]
fn a_shell_is_found_by_a_rule_that_had_looked_into_its_time() {
    let (mut stage, finished, admin) = set_up();
    let mut form_of_department = form("days");
    form_of_department.department = department(&stage, &finished).to_string();
    armed(&stage, &admin, &form_of_department);
    let it = stage.begin(finished.site, 1);
    stage.store.open_conversation(it).unwrap().lock().head.about.department = form_of_department.department.parse().ok();
    stage.end(finished.site, 1, it);
    hold(&stage, &finished, HeldThing::Conversation(it));
    stage.advance(DAY * 2);
    assert_eq!((run(&stage), stage.is_there(it)), (0, true));
    // Anonymised before the other rule sees that nobody holds it any more.
    let mut batch = stage.store.batch();
    batch.delete_hold(HoldId::from_bytes([9; 16]));
    stage.store.commit(batch).wait().unwrap();
    let timer = stage.ctx(&Actor::Timer);
    let left = anonymise::leave_shells(&timer, &[it]).unwrap();
    retention::erase(&timer, [(finished.site, left)].into(), PurgeRule::ByHand).unwrap();
    assert_eq!(stage.store.closed().count(), 1, "the shell");
    assert_eq!((run(&stage), stage.store.closed().count()), (1, 0));
}

fn department(stage: &Stage, finished: &Finished) -> DepartmentId {
    let department = Department {
        id: DepartmentId::from_bytes([4; 16]),
        site: finished.site,
        name: Name::parse("Claims").unwrap(),
        members: Members::AllOfSite,
        hours: None,
        routing: None,
        created_at: stage.now,
    };
    let mut batch = stage.store.batch();
    batch.put_department(&department);
    stage.store.commit(batch).wait().unwrap();
    department.id
}

#[test]
fn a_rule_about_a_department_that_is_no_more_is_not_armed() {
    let (stage, finished, admin) = set_up();
    let gone = department(&stage, &finished);
    let id = create(&stage.ctx(&admin), &RuleForm { department: gone.to_string(), ..form("days") }).unwrap();
    let mut batch = stage.store.batch();
    batch.delete_department(gone);
    stage.store.commit(batch).wait().unwrap();
    let Err(Failure::Conflict(why)) = arm(&stage.ctx(&admin), id) else { panic!("it was armed") };
    assert!(why.contains("not here any more"), "{why}");
}

#[test]
fn a_shell_says_the_hour_and_the_minutes_and_nothing_of_whom_it_was_about() {
    let (mut stage, finished, admin) = set_up();
    stage.advance(Duration::from_millis(17 * 60_000 + 12_345));
    let it = stage.begin(finished.site, 1);
    stage.advance(Duration::from_millis(3 * 60_000 + 7_891));
    {
        let open = stage.store.open_conversation(it).unwrap();
        let mut open = open.lock();
        everything_known(&mut open.head, stage.now);
        let mut batch = stage.store.batch();
        batch.put_conversation(&open.head);
        stage.store.commit(batch).wait().unwrap();
    }
    stage.advance(Duration::from_millis(9_999));
    stage.end(finished.site, 1, it);
    stage.advance(HOUR);
    armed(&stage, &admin, &RuleForm { how: "anonymise".to_owned(), ..form("hours") });
    assert_eq!(run(&stage), 1);
    let shell = stage.store.closed().next().unwrap();
    let head = stage.store.conversation(shell.id).unwrap().unwrap();
    let hour = Timestamp::from_millis(1_800_000_000_000);
    let after = |minutes: u64| hour.plus(Duration::from_secs(minutes * 60));
    let about = About {
        is_anonymised: true,
        answered_at: Some(after(3)),
        rating: Some(Rating { stars: Stars::new(4).unwrap(), comment: None }),
        window: Some(WindowId::from_bytes([6; 16])),
        department: Some(DepartmentId::from_bytes([4; 16])),
        ..About::default()
    };
    let bare = Conversation {
        id: shell.id,
        site: finished.site,
        visitor: Visitor::default(),
        token_index: [0; 32],
        state: State::Closed { operator: None, at: after(3) },
        started_at: hour,
        about,
    };
    assert_eq!(head, bare, "nothing else");
    assert!(stage.store.subjects_of_drawer(shell.id).unwrap().is_empty());
    assert_eq!(stage.store.conversation_of(&[1; 32]), None);
}

/// All that can be known of somebody and of their chat.
fn everything_known(head: &mut Conversation, now: Timestamp) {
    let line = |text: &str| Line::parse(text).unwrap();
    let colleague = |id| Assignee { id: OperatorId::from_bytes([id; 16]), name: Name::parse("Bert").unwrap() };
    head.visitor = Visitor {
        name: Name::parse("Maria").ok(),
        email: EmailAddress::parse("maria@example.org").ok(),
        phone: PhoneNumber::parse("+49 30 901820").ok(),
        consent: Some(ConsentGiven { version: 3, at: now }),
    };
    head.about = About {
        department: Some(DepartmentId::from_bytes([4; 16])),
        window: Some(WindowId::from_bytes([6; 16])),
        answers: vec![Answer { field: FieldId::parse("ward").unwrap(), label: Label::parse("Ward").unwrap(), value: line("7b") }],
        came_from: CameFrom {
            page: Some(line("https://example.org/maria")),
            title: Some(line("Maria’s page")),
            referrer: Some(line("https://example.net/")),
            browser: Some(line("Firefox 140")),
            address: Some(line("192.0.2.7")),
            host: Some(line("maria.example.net")),
        },
        identity: Some(Identity { id: line("customer 7"), email_is_proven: true }),
        attributes: vec![Attribute { name: Name::parse("Plan").unwrap(), value: line("gold") }],
        tags: [Tag::parse("maria").unwrap()].into(),
        guests: vec![colleague(8)],
        invited: [OperatorId::from_bytes([9; 16])].into(),
        rating: Some(Rating { stars: Stars::new(4).unwrap(), comment: Notice::parse("Bert was kind").ok() }),
        answered_at: Some(now),
        consent_withdrawn_at: Some(now),
        ..head.about.clone()
    };
}

#[test]
fn a_dry_run_says_where_a_clock_comes_first_and_what_is_restricted() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let it = stage.talk(finished.site, 1);
    subjects::change::bring_along(&stage.ctx(&Actor::Host), &[it]).unwrap();
    stage.advance(DAY);
    let dry = |form: &RuleForm| {
        let id = create(&stage.ctx(&admin), form).unwrap();
        dry_run(&stage.ctx(&admin), id).unwrap()
    };
    // The clock of a new site is a day.
    assert_eq!(dry(&RuleForm { how: "anonymise".to_owned(), ..form("days") }).too_late, [finished.site]);
    let earlier = dry(&form("hours"));
    assert!(earlier.too_late.is_empty());
    assert_eq!((earlier.held.len(), earlier.held[0].since, earlier.held[0].drawers), (1, None, 1));
}
