//! Purge rules from the draft to the receipt, on a real store.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{ConversationId, DepartmentId, HoldId, SiteId};
use crate::domain::purge_rule::{Happening, How};
use crate::domain::retention::{ClosedKind, PurgePolicy, RetentionClass};
use crate::domain::site::Site;
use crate::domain::text::{Notice, Tag};
use crate::service::conversations;
use crate::service::setup::Finished;
use crate::service::sites::{self, GeneralForm};
use crate::service::stage::{Stage, refused};
use crate::service::{retention, starts};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A stage whose site keeps everything for ten years, so that rules alone take something.
pub(super) fn set_up() -> (Stage, Finished, Actor) {
    let (stage, finished) = Stage::set_up();
    keep(&stage, finished.site);
    let admin = stage.actor(finished.operator);
    (stage, finished, admin)
}

fn keep(stage: &Stage, site: SiteId) {
    let site = Site { purge: PurgePolicy::DaysAfterClose(3_650), ..Site::clone(&stage.store.house().sites[&site]) };
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
}

pub(super) fn tagged(stage: &Stage, site: SiteId, visitor: u8, tag: &str) -> ConversationId {
    let id = stage.begin(site, visitor);
    stage.store.open_conversation(id).unwrap().lock().head.about.tags.insert(Tag::parse(tag).unwrap());
    stage.end(site, visitor, id);
    id
}

pub(super) fn form(when: &str) -> RuleForm {
    RuleForm { name: "A rule".to_owned(), when: when.to_owned(), ..RuleForm::default() }
}

pub(super) fn armed(stage: &Stage, admin: &Actor, form: &RuleForm) -> OrderId {
    let id = create(&stage.ctx(admin), form).unwrap();
    arm(&stage.ctx(admin), id).unwrap();
    id
}

pub(super) fn run(stage: &Stage) -> usize {
    run_due(&stage.ctx(&Actor::Timer)).unwrap().gone
}

pub(super) fn hold(stage: &Stage, by: &Finished, on: HeldThing) -> HoldId {
    let id = HoldId::from_bytes([9; 16]);
    let reason = Notice::parse("The case of March").unwrap();
    let mut batch = stage.store.batch();
    batch.put_hold(&Hold { id, on, reason, by: by.operator, at: stage.now });
    stage.store.commit(batch).wait().unwrap();
    id
}

#[test]
fn a_rule_is_made_looked_at_armed_and_leaves_a_receipt() {
    let (mut stage, finished, admin) = set_up();
    let (old, held) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
    stage.advance(HOUR);
    let young = stage.talk(finished.site, 3);
    hold(&stage, &finished, HeldThing::Conversation(held));
    let id = create(&stage.ctx(&admin), &RuleForm { hours: "1".to_owned(), ..form("hours") }).unwrap();

    let dry = dry_run(&stage.ctx(&admin), id).unwrap();
    assert_eq!((dry.goes, dry.later, dry.waits, dry.is_partial), (1, 1, 0, false));
    assert_eq!((dry.sites, dry.oldest), (vec![(finished.site, 1)], Some(stage.now.minus(HOUR))));
    assert_eq!((dry.held[0].drawers, dry.held[0].reason.as_ref().unwrap().as_str()), (1, "The case of March"));
    let auditor = stage.join(&admin, "Otto", "auditor");
    let seen = dry_run(&stage.ctx(&stage.actor(auditor)), id).unwrap();
    assert_eq!(
        (seen.goes, seen.held[0].drawers, seen.held[0].reason.is_none()),
        (1, 1, true),
        "why is told to administrators alone"
    );
    assert_eq!(run(&stage), 0, "a draft takes nothing");

    arm(&stage.ctx(&admin), id).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::PurgeRuleArmed(id));
    assert_eq!(run(&stage), 1);
    assert_eq!([old, held, young].map(|it| stage.is_there(it)), [false, true, true]);
    let [AuditAction::Purged(receipt), AuditAction::PurgeRuleRan { order, drawers: 1, held: 1 }] =
        &stage.audit()[stage.audit().len() - 2..]
    else {
        panic!("a receipt and a run: {:?}", stage.audit())
    };
    assert_eq!((receipt.rule, receipt.class, receipt.drawers), (PurgeRule::Order(id), RetentionClass::Transcripts, 1));
    assert_eq!(*order, id);
    let listed = get(&stage.ctx(&admin), id).unwrap();
    assert_eq!(listed.order.last.map(|last| (last.at, last.drawers, last.held)), Some((stage.now, 1, 1)));

    // Nothing new: no row, however often it looks.
    let rows = stage.audit().len();
    assert_eq!((run(&stage), stage.audit().len()), (0, rows));
    // The hold is lifted, and what it kept goes.
    let mut batch = stage.store.batch();
    batch.delete_hold(HoldId::from_bytes([9; 16]));
    stage.store.commit(batch).wait().unwrap();
    assert_eq!((run(&stage), stage.is_there(held)), (1, false));
}

#[test]
fn a_schedule_makes_up_for_what_it_missed_once_and_leaves_a_row_each_time() {
    let (mut stage, finished, admin) = set_up();
    let schedule =
        RuleForm { every: "day".to_owned(), hour: "3".to_owned(), zone: "Europe/Berlin".to_owned(), ..form("schedule") };
    let id = armed(&stage, &admin, &schedule);
    let first = stage.talk(finished.site, 1);
    assert_eq!(run(&stage), 0);
    let due = get(&stage.ctx(&admin), id).unwrap().next.unwrap();
    stage.advance(due.since(stage.now) + DAY * 3 + HOUR);
    let after_the_last = stage.talk(finished.site, 2);
    assert!(get(&stage.ctx(&admin), id).unwrap().is_overdue);
    assert_eq!((run(&stage), stage.is_there(first), stage.is_there(after_the_last)), (1, false, true));
    let listed = get(&stage.ctx(&admin), id).unwrap();
    assert_eq!((listed.is_overdue, listed.next), (false, Some(due.plus(DAY * 4))));
    assert_eq!(run(&stage), 0);
    // A run that finds nothing is on record as well.
    stage.advance(DAY);
    assert_eq!(run(&stage), 1);
    stage.advance(DAY);
    assert_eq!(run(&stage), 0);
    assert_eq!(stage.last_audit(), AuditAction::PurgeRuleRan { order: id, drawers: 0, held: 0 });
}

#[test]
fn department_and_tag_are_read_inside_and_nothing_is_read_twice() {
    let (mut stage, finished, admin) = set_up();
    let (plain, vip) = (stage.talk(finished.site, 1), tagged(&stage, finished.site, 2, "vip"));
    stage.advance(HOUR);
    armed(&stage, &admin, &RuleForm { tag: "vip".to_owned(), ..form("hours") });
    assert_eq!((run(&stage), stage.is_there(plain), stage.is_there(vip)), (1, true, false));
    // One that closes later is looked into as well.
    let next = tagged(&stage, finished.site, 3, "vip");
    stage.advance(HOUR);
    assert_eq!((run(&stage), stage.is_there(plain), stage.is_there(next)), (1, true, false));
    // What is held is remembered, and goes when nobody holds it any more.
    let held = tagged(&stage, finished.site, 4, "vip");
    hold(&stage, &finished, HeldThing::Site(finished.site));
    stage.advance(HOUR * 5);
    assert_eq!((run(&stage), stage.is_there(held)), (0, true));
    let mut batch = stage.store.batch();
    batch.delete_hold(HoldId::from_bytes([9; 16]));
    stage.store.commit(batch).wait().unwrap();
    assert_eq!((run(&stage), stage.is_there(held)), (1, false));
}

#[test]
fn what_is_closed_goes_at_once_by_a_rule_for_its_site_alone() {
    let (stage, finished, admin) = set_up();
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
    keep(&stage, other);
    let before = stage.talk(finished.site, 1);
    armed(&stage, &admin, &RuleForm { site: finished.site.to_string(), ..form("close") });
    let (mine, others) = (stage.talk(finished.site, 2), stage.talk(other, 3));
    assert_eq!(run_happened(&stage.ctx(&Actor::Timer)).unwrap().gone, 1);
    assert_eq!([before, mine, others].map(|it| stage.is_there(it)), [true, false, true]);
    assert!(stage.store.house().due.is_empty());
}

#[test]
fn reading_mailing_delivering_and_taking_back_each_make_it_due() {
    let events = [
        ("viewed", Happening::Viewed),
        ("mailed", Happening::Mailed),
        ("delivered", Happening::Delivered),
        ("withdrawn", Happening::ConsentWithdrawn),
    ];
    for (when, what) in events {
        let (stage, finished, admin) = set_up();
        let id = armed(&stage, &admin, &form(when));
        let (it, other) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
        assert_eq!(run(&stage), 0, "{when}");
        let mut batch = stage.store.batch();
        happened(&stage.ctx(&Actor::Timer), &mut batch, it, what).unwrap();
        stage.store.commit(batch).wait().unwrap();
        assert_eq!(get(&stage.ctx(&admin), id).unwrap().due, 1);
        assert_eq!((run(&stage), stage.is_there(it), stage.is_there(other)), (1, false, true), "{when}");
        assert_eq!(get(&stage.ctx(&admin), id).unwrap().due, 0);
    }
}

#[test]
fn a_transcript_that_is_read_goes_after_its_reader_has_it() {
    let (stage, finished, admin) = set_up();
    armed(&stage, &admin, &form("viewed"));
    let it = stage.talk(finished.site, 1);
    let view = conversations::read_transcript(&stage.ctx(&admin), it).unwrap();
    assert!(!view.events.is_empty());
    assert_eq!((run(&stage), stage.is_there(it)), (1, false));
}

#[test]
fn consent_taken_back_in_an_open_chat_waits_until_it_is_closed() {
    let (stage, finished, admin) = set_up();
    armed(&stage, &admin, &form("withdrawn"));
    let it = stage.begin(finished.site, 1);
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let mut batch = stage.store.batch();
    happened(&stage.ctx(&Actor::Timer), &mut batch, it, Happening::ConsentWithdrawn).unwrap();
    stage.store.commit(batch).wait().unwrap();
    assert_eq!((run(&stage), stage.is_there(it)), (0, true));
    stage.end(finished.site, 1, it);
    assert_eq!((run(&stage), stage.is_there(it)), (1, false));
}

#[test]
fn what_a_rule_made_due_is_due_no_more_when_it_is_out_of_force() {
    let (stage, finished, admin) = set_up();
    let id = armed(&stage, &admin, &form("close"));
    let it = stage.talk(finished.site, 1);
    assert_eq!(stage.store.house().due.len(), 1);
    disarm(&stage.ctx(&admin), id).unwrap();
    assert_eq!((run(&stage), stage.is_there(it), stage.store.house().due.len()), (0, true, 0));
    remove(&stage.ctx(&admin), id).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::PurgeRuleRemoved(id));
    assert!(matches!(get(&stage.ctx(&admin), id), Err(Failure::NotFound)));
}

#[test]
fn an_anonymised_chat_leaves_a_shell_without_words_or_names() {
    let (mut stage, finished, admin) = set_up();
    let it = tagged(&stage, finished.site, 1, "vip");
    let closed_at = stage.now;
    stage.advance(HOUR);
    let rule = RuleForm { how: "anonymise".to_owned(), ..form("hours") };
    let id = armed(&stage, &admin, &rule);
    assert_eq!(run(&stage), 1);
    assert!(!stage.is_there(it));
    let shells: Vec<_> = stage.store.closed().collect();
    let [shell] = shells[..] else { panic!("one shell: {shells:?}") };
    assert_eq!((shell.kind, shell.closed_at, shell.site), (ClosedKind::Anonymised, closed_at, finished.site));
    let head = stage.store.conversation(shell.id).unwrap().unwrap();
    assert!(head.about.is_anonymised && head.about.tags.is_empty() && head.visitor == Default::default());
    assert_eq!((head.token_index, stage.store.events(shell.id, 0, 10).unwrap().len()), ([0; 32], 0));
    let AuditAction::Purged(receipt) = &stage.audit()[stage.audit().len() - 2] else { panic!("a receipt") };
    assert_eq!((receipt.rule, receipt.drawers), (PurgeRule::Order(id), 1));
    // It is anonymous already.
    stage.advance(DAY);
    assert_eq!((run(&stage), stage.store.closed().count()), (0, 1));
    // And goes with the rest by a rule that erases.
    armed(&stage, &admin, &RuleForm { days: "1".to_owned(), ..form("days") });
    assert_eq!((run(&stage), stage.store.closed().count()), (1, 0));
}

#[test]
fn a_crash_between_the_shell_and_the_purge_makes_no_second_shell() {
    let (mut stage, finished, admin) = set_up();
    let it = stage.talk(finished.site, 1);
    let left = anonymise::leave_shells(&stage.ctx(&Actor::Timer), &[it]).unwrap();
    // Here the power went: both are there.
    assert_eq!((left, stage.store.closed().count()), (vec![it], 2));
    stage.advance(HOUR);
    armed(&stage, &admin, &RuleForm { how: "anonymise".to_owned(), ..form("hours") });
    assert_eq!(run(&stage), 1);
    assert_eq!((stage.is_there(it), stage.store.closed().count()), (false, 1));
}

#[test]
fn rules_that_contradict_or_never_find_anything_are_not_armed() {
    let (stage, finished, admin) = set_up();
    let ctx = stage.ctx(&admin);
    armed(&stage, &admin, &RuleForm { name: "All of it".to_owned(), ..form("days") });
    let refusal = |form: &RuleForm| {
        let id = create(&ctx, form).unwrap();
        let Err(Failure::Conflict(why)) = arm(&ctx, id) else { panic!("it was armed") };
        assert!(why.contains("“All of it”"), "{why}");
        assert!(!get(&ctx, id).unwrap().order.is_armed());
        why
    };
    let site = finished.site.to_string();
    assert!(refusal(&RuleForm { how: "anonymise".to_owned(), ..form("days") }).contains("the opposite"));
    assert!(refusal(&RuleForm { days: "2".to_owned(), site, ..form("days") }).contains("never find anything."));
    assert!(refusal(&form("hours")).contains("takes all of it first"));
}

#[test]
fn what_cannot_be_is_refused_beside_its_field() {
    let (stage, finished, admin) = set_up();
    let ctx = stage.ctx(&admin);
    let schedule = || form("schedule");
    for (form, fields) in [
        (
            RuleForm { name: " ".to_owned(), class: "all".to_owned(), how: String::new(), ..form("x") },
            vec!["name", "class", "when", "how"],
        ),
        (RuleForm { hours: "0".to_owned(), ..form("hours") }, vec!["hours"]),
        (RuleForm { days: "-1".to_owned(), ..form("days") }, vec!["days"]),
        (RuleForm { hour: "24".to_owned(), ..schedule() }, vec!["hour"]),
        (RuleForm { zone: "Mars/Olympus".to_owned(), ..schedule() }, vec!["zone"]),
        (RuleForm { every: "week".to_owned(), weekday: "8".to_owned(), ..schedule() }, vec!["weekday"]),
        (RuleForm { every: "month".to_owned(), month_day: "32".to_owned(), ..schedule() }, vec!["month_day"]),
        (RuleForm { every: "fortnight".to_owned(), ..schedule() }, vec!["every"]),
        (RuleForm { class: "attachments".to_owned(), ..form("close") }, vec!["class"]),
        (RuleForm { class: "submissions".to_owned(), how: "anonymise".to_owned(), ..form("close") }, vec!["how"]),
        (RuleForm { class: "submissions".to_owned(), ..form("mailed") }, vec!["when"]),
        (
            RuleForm { site: "sit_x".to_owned(), department: DepartmentId::from_bytes([1; 16]).to_string(), ..form("days") },
            vec!["site", "department"],
        ),
    ] {
        assert_eq!(refused(create(&ctx, &form)), fields, "{form:?}");
    }
    assert!(create(&ctx, &RuleForm { every: "hour".to_owned(), hour: String::new(), ..schedule() }).is_ok());
    // The form shows what was saved.
    let rule = RuleForm { site: finished.site.to_string(), every: "month".to_owned(), month_day: "31".to_owned(), ..schedule() };
    let id = create(&ctx, &rule).unwrap();
    assert_eq!(RuleForm::of(&get(&ctx, id).unwrap().order), rule);
    arm(&ctx, id).unwrap();
    assert!(matches!(change(&ctx, id, &rule), Err(Failure::Conflict(_))), "one in force is not changed");
}

#[test]
fn only_administrators_change_rules_and_with_a_fresh_proof() {
    let (stage, _, admin) = set_up();
    let bert = stage.join(&admin, "Bert", "operator");
    let (bert, id) = (stage.actor(bert), create(&stage.ctx(&admin), &form("days")).unwrap());
    let ctx = stage.ctx(&bert);
    assert!(matches!(create(&ctx, &form("days")), Err(Failure::Denied(_))));
    assert!(matches!(list(&ctx), Err(Failure::Denied(_))));
    assert!(matches!(get(&ctx, id), Err(Failure::NotFound)));
    assert!(matches!(dry_run(&ctx, id), Err(Failure::NotFound)));
    for act in [arm, disarm, remove] {
        assert!(matches!(act(&ctx, id), Err(Failure::Denied(_))));
    }
    assert!(matches!(resume(&ctx), Err(Failure::Denied(_))));
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(arm(&stale, id), Err(Failure::ProofNeeded)));
    assert!(matches!(resume(&stale), Err(Failure::ProofNeeded)));
    arm(&stage.ctx(&admin), id).unwrap();
    assert!(matches!(remove(&stale, id), Err(Failure::ProofNeeded)));
    assert!(matches!(disarm(&stale, id), Err(Failure::ProofNeeded)));
}

#[test]
fn a_clock_that_jumps_over_a_day_purges_nothing_until_somebody_says_so() {
    let (mut stage, finished, admin) = set_up();
    let site = Site { purge: PurgePolicy::DaysAfterClose(1), ..Site::clone(&stage.store.house().sites[&finished.site]) };
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    armed(&stage, &admin, &form("hours"));
    let it = stage.talk(finished.site, 1);
    let before = stage.now;
    stage.advance(DAY * 40);
    starts::look_at_clock(&stage.ctx(&Actor::Timer), before, Duration::from_secs(60)).unwrap();
    let seconds = 40 * 24 * 3_600 - 60;
    assert!(stage.audit().contains(&AuditAction::PurgingPaused { seconds }));
    assert!(stage.store.house().alerts.values().any(|it| it.kind == crate::domain::alert::AlertKind::PurgingPaused));
    let timer = stage.ctx(&Actor::Timer);
    assert_eq!(retention::purge_due(&timer).unwrap().gone, 0, "the clocks of the sites stand as well");
    assert_eq!(retention::purge_at_close(&timer).unwrap().gone, 0);
    assert_eq!((run(&stage), stage.is_there(it)), (0, true));
    resume(&stage.ctx(&admin)).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::PurgingResumed);
    assert_eq!((run(&stage), stage.is_there(it)), (1, false));
}

#[test]
fn a_clock_that_is_set_back_by_days_pauses_and_its_schedules_begin_anew() {
    let (mut stage, _, admin) = set_up();
    let id = armed(&stage, &admin, &RuleForm { every: "day".to_owned(), ..form("schedule") });
    stage.advance(DAY * 10);
    run(&stage);
    let before = stage.now;
    stage.now = before.minus(DAY * 8);
    starts::look_at_clock(&stage.ctx(&Actor::Timer), before, Duration::ZERO).unwrap();
    assert!(is_paused(&stage.ctx(&Actor::Timer)));
    resume(&stage.ctx(&admin)).unwrap();
    let next = get(&stage.ctx(&admin), id).unwrap().next.unwrap();
    assert!(next > stage.now && next <= stage.now.plus(DAY), "{next}");
    // An hour is no day.
    starts::look_at_clock(&stage.ctx(&Actor::Timer), stage.now, HOUR * 20).unwrap();
    assert!(!is_paused(&stage.ctx(&Actor::Timer)));
}

#[test]
fn a_start_after_a_very_long_time_asks_and_one_after_a_week_does_not() {
    for (days, pauses) in [(7, false), (29, false), (31, true), (4_000, true)] {
        let (mut stage, _, _) = set_up();
        look_alive(&stage.ctx(&Actor::Timer)).unwrap();
        stage.advance(DAY * days);
        starts::started(&stage.ctx(&Actor::Timer), &[]).unwrap();
        assert_eq!(is_paused(&stage.ctx(&Actor::Timer)), pauses, "{days}");
    }
}

#[test]
fn an_erasing_rule_wins_over_one_that_anonymises() {
    let (stage, finished, admin) = set_up();
    armed(&stage, &admin, &RuleForm { how: "anonymise".to_owned(), ..form("viewed") });
    armed(&stage, &admin, &form("withdrawn"));
    let it = stage.talk(finished.site, 1);
    for what in [Happening::Viewed, Happening::ConsentWithdrawn, Happening::Viewed] {
        let mut batch = stage.store.batch();
        happened(&stage.ctx(&Actor::Timer), &mut batch, it, what).unwrap();
        stage.store.commit(batch).wait().unwrap();
    }
    assert_eq!(stage.store.house().due[&it].how, How::Erase);
    assert_eq!((run(&stage), stage.store.closed().count()), (1, 0));
}
