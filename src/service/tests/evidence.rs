//! Tests: what a report says is so, it holds, and it comes once a month.

use std::time::Duration;

use super::*;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::paper::check;
use crate::service::retention;
use crate::service::stage::Stage;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn purge_one(stage: &Stage, site: crate::domain::id::SiteId) {
    let actor = Actor::Visitor { site, token_index: [1; 32] };
    let ctx = stage.ctx(&actor);
    let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
    let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
    let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
    conversations::end(&ctx, id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    assert_eq!(retention::purge_now(&stage.ctx(&Actor::Host), None).unwrap().gone, 1);
}

fn rows<'a>(paper: &'a Paper, section: &str) -> &'a [Vec<String>] {
    &paper.sections.iter().find(|it| it.id == section).unwrap().rows
}

#[test]
fn a_report_holds_and_says_what_was_erased_since_the_one_before() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    stage.advance(DAY);
    purge_one(&stage, finished.site);
    stage.advance(DAY);
    let surroundings = Surroundings::default();
    let id = make(&stage.ctx(&admin), &surroundings).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::EvidenceMade);
    let kept = get(&stage.ctx(&admin), id).unwrap();
    let key = paper::public_key(&stage.ctx(&admin)).unwrap();
    assert_eq!(check(&kept.json, Some(&key)).faults, [""; 0]);
    let document = open(&stage.ctx(&admin), id).unwrap();
    assert_eq!(rows(&document.paper, "erased").len(), 1);
    let audit = rows(&document.paper, "audit");
    let last = audit.iter().find(|row| row[0] == "Last row").unwrap()[1].parse::<u64>().unwrap();
    let row = stage.store.audit_rows_after(last - 1).unwrap().next().unwrap().unwrap();
    let hash = data_encoding::HEXLOWER.encode(&row.hash());
    assert!(audit.iter().any(|row| row[1] == hash), "{audit:?}");
    for word in ["foot", "anna@", "cnv_"] {
        assert!(!kept.json.contains(word), "{word}");
    }
    assert!(kept.json.contains("no certification"));

    stage.advance(DAY);
    let next = look(&stage.ctx(&admin), &surroundings).unwrap();
    assert_eq!(rows(&next, "erased").len(), 0, "that was told in the report before");
}

#[test]
fn it_comes_once_a_month_and_old_ones_go() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let surroundings = Surroundings::default();
    let due = |stage: &Stage| make_due(&stage.ctx(&Actor::Timer), &surroundings).unwrap();
    assert!(!due(&stage), "there is nothing to tell of the month of the setup yet");
    stage.advance(31 * DAY);
    assert!(due(&stage) && !due(&stage));
    // Three months in which nothing ran: one report, of now.
    stage.advance(92 * DAY);
    assert!(due(&stage) && !due(&stage));
    assert_eq!(list(&stage.ctx(&admin)).unwrap().len(), 2);
    for _ in 0..limits::EVIDENCE_KEPT {
        stage.advance(DAY);
        make(&stage.ctx(&admin), &surroundings).unwrap();
    }
    let kept = list(&stage.ctx(&admin)).unwrap();
    assert_eq!(kept.len(), limits::EVIDENCE_KEPT);
    assert!(kept.windows(2).all(|pair| pair[0].at > pair[1].at), "the newest first");
    assert!(kept.iter().all(|it| get(&stage.ctx(&admin), it.id).is_ok()));
}

#[test]
fn auditors_read_and_administrators_make() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let auditor = stage.actor(stage.join(&admin, "Olga", "auditor"));
    let operator = stage.actor(stage.join(&admin, "Bert", "operator"));
    let surroundings = Surroundings::default();
    let id = make(&stage.ctx(&admin), &surroundings).unwrap();
    assert!(open(&stage.ctx(&auditor), id).is_ok() && look(&stage.ctx(&auditor), &surroundings).is_ok());
    assert!(matches!(make(&stage.ctx(&auditor), &surroundings), Err(Failure::Denied(_))));
    assert!(matches!(open(&stage.ctx(&operator), id), Err(Failure::Denied(_))));
    assert!(matches!(list(&stage.ctx(&operator)), Err(Failure::Denied(_))));
    assert!(matches!(open(&stage.ctx(&admin), EvidenceId::from_bytes([1; 16])), Err(Failure::NotFound)));
}
