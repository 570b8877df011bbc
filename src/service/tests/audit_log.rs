//! The log page by page, as a file, and for as long as it is kept.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::AuditEvent;
use crate::domain::retention::AuditDays;
use crate::service::stage::Stage;
use crate::service::{Asked, sites};
use crate::vault::PublicKey;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// Some rows of different kinds, written one a day.
fn lived() -> (Stage, Actor) {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for (n, action) in (1_u8..).zip([
        AuditAction::SignInRefused,
        AuditAction::SiteChanged(finished.site),
        AuditAction::BackedUp,
        AuditAction::ConversationOpened(crate::domain::id::ConversationId::from_bytes([7; 16])),
    ]) {
        stage.advance(DAY);
        let ctx = Ctx { asked: Asked { from: Some(IpAddr::from([192, 0, 2, n])), ..Asked::default() }, ..stage.ctx(&admin) };
        let mut batch = ctx.store.batch();
        match action {
            AuditAction::SignInRefused => {
                Ctx { actor: &Actor::Stranger, ..ctx }.audit_refused(&mut batch, action);
            }
            AuditAction::BackedUp => batch.audit_event(AuditEvent::done(ctx.now, AuditActor::Timer, action)),
            action => ctx.audit(&mut batch, action),
        }
        stage.store.commit(batch).wait().unwrap();
    }
    (stage, admin)
}

fn actions(stage: &Stage, admin: &Actor, filter: &Filter) -> Vec<AuditAction> {
    let mut rows = page(&stage.ctx(admin), filter, None).unwrap().rows;
    rows.retain(|row| row.action != AuditAction::AuditRead);
    rows.into_iter().map(|row| row.event.action).collect()
}

#[test]
fn each_filter_lets_its_rows_through() {
    let (stage, admin) = lived();
    let Actor::Staff { id: anna, .. } = admin else { panic!("staff") };
    let all = actions(&stage, &admin, &Filter::default());
    assert!(matches!(all[..3], [AuditAction::ConversationOpened(_), AuditAction::BackedUp, AuditAction::SiteChanged(_)]));
    let with = |filter: Filter| actions(&stage, &admin, &filter);
    assert_eq!(with(Filter { outcome: Some(Outcome::Refused), ..Filter::default() }), [AuditAction::SignInRefused]);
    assert_eq!(with(Filter { who: Some(AuditActor::Timer), ..Filter::default() }), [AuditAction::BackedUp]);
    assert_eq!(with(Filter { kind: Some(Kind::Backups), ..Filter::default() }), [AuditAction::BackedUp]);
    let opened = |filter: Filter| matches!(with(filter)[..], [AuditAction::ConversationOpened(_)]);
    assert!(opened(Filter { about: Some([7; 16]), ..Filter::default() }));
    assert!(opened(Filter { from: Some(Network::parse("192.0.2.4").unwrap()), ..Filter::default() }));
    assert_eq!(with(Filter { from: Some(Network::parse("192.0.2.0/30").unwrap()), ..Filter::default() }).len(), 2);
    assert_eq!(with(Filter { about: Some(*anna.as_bytes()), ..Filter::default() }).len(), 2, "what she did");
    let since = stage.now.minus(DAY);
    assert_eq!(with(Filter { since: Some(since), ..Filter::default() }).len(), 2);
    assert_eq!(with(Filter { until: Some(since), ..Filter::default() })[0], all[2]);
    assert_eq!(with(Filter { since: Some(stage.now.plus(DAY)), ..Filter::default() }), []);
}

#[test]
fn pages_go_on_where_the_last_one_ended_and_look_through_a_bounded_number_of_rows() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let mut batch = stage.store.batch();
    for n in 0..30_000_u32 {
        batch.audit(stage.now, AuditActor::Host, AuditAction::AllowlistChanged { networks: n });
    }
    stage.store.commit(batch).wait().unwrap();
    let ctx = stage.ctx(&admin);
    let first = page(&ctx, &Filter::default(), None).unwrap();
    assert_eq!(first.rows.len(), limits::AUDIT_ROWS_SHOWN);
    let next = page(&ctx, &Filter::default(), first.next).unwrap();
    assert_eq!(first.rows.last().unwrap().number, next.rows[0].number + 1);
    // Something that is at the very beginning alone.
    let rare = Filter { kind: Some(Kind::System), ..Filter::default() };
    let none = page(&ctx, &rare, None).unwrap();
    assert!(none.rows.is_empty() && none.looked_back_to.is_some());
    let found = page(&ctx, &rare, none.next).unwrap();
    assert_eq!((found.rows.len(), found.next), (1, None), "set up, and that is all");
}

#[test]
fn who_may_not_read_it_does_not_and_who_does_is_in_it_once() {
    let (mut stage, admin) = lived();
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(page(&stage.ctx(&bert), &Filter::default(), None), Err(Failure::Denied(_))));
    assert!(matches!(export(&stage.ctx(&bert), &Filter::default(), 0, Format::Csv), Err(Failure::Denied(_))));
    assert!(matches!(keep_for(&stage.ctx(&bert), "90"), Err(Failure::Denied(_))));
    for _ in 0..3 {
        page(&stage.ctx(&admin), &Filter::default(), None).unwrap();
    }
    let read = |stage: &Stage| stage.audit().iter().filter(|action| **action == AuditAction::AuditRead).count();
    assert_eq!(read(&stage), 1);
    stage.advance(limits::AUDIT_READ_AGAIN);
    page(&stage.ctx(&admin), &Filter::default(), None).unwrap();
    assert_eq!(read(&stage), 2);
}

#[test]
fn an_export_needs_a_fresh_proof_and_is_on_record() {
    let (stage, admin) = lived();
    let stale = Ctx { asked: Asked::default(), ..stage.ctx(&admin) };
    for format in [Format::Csv, Format::Json] {
        assert!(matches!(export(&stale, &Filter::default(), 0, format), Err(Failure::ProofNeeded)));
    }
    assert!(matches!(keep_for(&stale, "90"), Err(Failure::ProofNeeded)));
    let exported = export(&stage.ctx(&admin), &Filter::default(), 0, Format::Csv).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::AuditExported { rows: u32::try_from(exported.rows).unwrap() });
    let mut lines = exported.text.lines();
    assert_eq!(lines.next(), Some("row,time (UTC),who,who (id),from,what,details,about,about (id),result,times"));
    let refused = lines.find(|line| line.contains("refused")).unwrap();
    assert!(refused.contains(",Nobody known,,192.0.2.1,Sign-in with a wrong password or address,,,,refused,1"), "{refused}");
}

#[test]
fn a_name_is_no_formula_in_the_file() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let form = sites::GeneralForm { name: "=cmd|x".to_owned(), ..sites::GeneralForm::default() };
    sites::create(&stage.ctx(&admin), &form).unwrap();
    let exported = export(&stage.ctx(&admin), &Filter::default(), 0, Format::Csv).unwrap();
    assert!(exported.text.contains("\"'=cmd|x\"") && !exported.text.contains(",=cmd"));
}

#[test]
fn a_signed_file_holds_and_whatever_is_done_to_it_is_named() {
    let (stage, admin) = lived();
    let exported = export(&stage.ctx(&admin), &Filter::default(), 0, Format::Json).unwrap();
    let whole = check(&exported.text, None);
    assert_eq!((whole.faults.as_slice(), whole.rows), (&[][..], exported.rows));
    let key = whole.public_key.unwrap();
    let document: Value = serde_json::from_str(&exported.text).unwrap();
    let faults = |alter: &dyn Fn(&mut Vec<Value>)| {
        let mut document = document.clone();
        alter(document["rows"].as_array_mut().unwrap());
        check(&document.to_string(), Some(&key)).faults
    };
    assert_eq!(faults(&|_| {}), [""; 0]);
    let altered = |row: u64| format!("Row {row} was altered: its record is not the one that was signed.");
    let removed = |row: u64| format!("Row {row} was removed: the statement lists it, and the file does not have it.");
    assert_eq!(faults(&|rows| drop(rows.remove(1))), [removed(2)]);
    assert_eq!(faults(&|rows| drop(rows.pop())), [removed(exported.rows as u64)]);
    // The words that people read are signed like the record.
    for (field, value) in
        [("who", json!("Somebody else")), ("what", json!("Signed out")), ("times", json!(9)), ("from", json!(null))]
    {
        assert_eq!(faults(&|rows| rows[2][field] = value.clone()), [altered(3)], "{field}");
    }
    let swapped = faults(&|rows| rows.swap(0, 1));
    assert_eq!(swapped, ["Row 1 stands behind row 2: the rows were reordered or repeated."]);
    let stranger = PublicKey::parse(&"ab".repeat(32)).unwrap();
    assert_eq!(check(&exported.text, Some(&stranger)).faults.len(), 1);
    // What is left out by a filter is no hole.
    let some = export(&stage.ctx(&admin), &Filter { kind: Some(Kind::Backups), ..Filter::default() }, 0, Format::Json).unwrap();
    let checked = check(&some.text, Some(&key));
    assert_eq!((checked.rows, checked.faults.len()), (1, 0));
}

#[test]
fn rows_go_when_their_time_is_over_and_the_rest_is_one_chain() {
    let (mut stage, admin) = lived();
    let all = stage.audit().len() as u64;
    assert_eq!(trim_old(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    keep_for(&stage.ctx(&admin), "30").unwrap();
    assert_eq!(stage.last_audit(), AuditAction::AuditKeptFor { days: 30 });
    for wrong in ["29", "3651", "", "x"] {
        assert!(matches!(keep_for(&stage.ctx(&admin), wrong), Err(Failure::InvalidFields(_))), "{wrong}");
    }
    assert_eq!(kept_for(&stage.ctx(&admin)).unwrap(), 30);
    stage.advance(DAY * 29);
    let left = |stage: &Stage| stage.store.audit_ends().unwrap().unwrap().0;
    // Those of the first days, not the last two.
    assert_eq!(trim_old(&stage.ctx(&Actor::Timer)).unwrap(), all - 2);
    assert_eq!(left(&stage), all - 1);
    assert!(matches!(stage.last_audit(), AuditAction::AuditTrimmed { rows, up_to, .. } if rows == all - 2 && up_to == all - 2));
    let whole = stage.store.verify(crate::store::Scope::Audit, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(whole.faults, 0);
    // The newest row stays for ever, so that the chain goes on.
    stage.advance(DAY * 4_000);
    trim_old(&stage.ctx(&Actor::Timer)).unwrap();
    let (first, last) = stage.store.audit_ends().unwrap().unwrap();
    assert!(last - first <= 1, "{first} {last}");
    assert_eq!(AuditDays::default().get(), 400);
}

#[test]
fn every_kind_has_a_code_and_is_found_by_it() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_code(kind.code()), Some(kind));
    }
    assert_eq!(Kind::from_code("?"), None);
}
