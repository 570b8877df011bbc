//! Tests: what nobody has seen stays, is told by mail now and then, and is seen by administrators.

use std::time::Duration;

use super::*;
use crate::domain::suspicion::{Precautions, Suspicion};
use crate::service::stage::Stage;

fn raise(stage: &Stage, suspicion: Suspicion, from: &str) {
    let host = Actor::Host;
    let ctx = stage.ctx(&host);
    let asked = super::super::Asked { from: Some(from.parse().unwrap()), ..ctx.asked };
    notice(&Ctx { asked, ..ctx }, AlertKind::Suspicious(suspicion), 1, true, |_| {});
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

fn owed(stage: &Stage) -> usize {
    tell_by_mail(&stage.ctx(&Actor::Timer)).unwrap();
    let mut batch = stage.store.batch();
    let owed: Vec<_> = stage.store.house().letters.iter().map(|(id, owed)| (*id, owed.len())).collect();
    for (id, _) in &owed {
        batch.put_letters(*id, Vec::new());
    }
    stage.store.commit(batch).wait().unwrap();
    owed.iter().map(|(_, count)| count).sum()
}

#[test]
fn administrators_are_told_by_mail_at_most_once_an_hour_for_each_kind() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    stage.join(&admin, "Bert", "operator");
    stage.join(&admin, "Cleo", "admin");
    raise(&stage, Suspicion::Scan, "192.0.2.1");
    assert_eq!(owed(&stage), 0, "without a mail server");
    stage.memory.sends_mail = true;
    assert_eq!(owed(&stage), 0, "nobody has switched it on");
    let mut batch = stage.store.batch();
    batch.put_precautions(&Precautions { mails_alerts: true, ..Precautions::default() });
    stage.store.commit(batch).wait().unwrap();
    assert_eq!(owed(&stage), 2, "both administrators, and nobody else");
    raise(&stage, Suspicion::Scan, "192.0.2.2");
    assert_eq!(owed(&stage), 0, "the same kind within the hour");
    raise(&stage, Suspicion::Spray, "192.0.2.2");
    assert_eq!(owed(&stage), 2, "another kind");
    stage.advance(Duration::from_secs(3_600));
    assert_eq!(owed(&stage), 2, "what came meanwhile");
    stage.advance(Duration::from_secs(3_600));
    assert_eq!(owed(&stage), 0);
    raise(&stage, Suspicion::Wave, "192.0.2.3");
    acknowledge_all(&stage.ctx(&admin)).unwrap();
    assert_eq!(owed(&stage), 0, "what somebody has seen needs no letter");
}

#[test]
fn one_is_seen_or_all_are_and_who_did_stands_in_the_log() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for n in 0..3 {
        raise(&stage, Suspicion::Scan, &format!("192.0.2.{n}"));
    }
    let open = |stage: &Stage| {
        let all = list(&stage.ctx(&admin)).unwrap();
        all.into_iter().filter(|alert| alert.acknowledged.is_none()).map(|alert| alert.id).collect::<Vec<_>>()
    };
    let first = open(&stage)[0];
    acknowledge(&stage.ctx(&admin), first).unwrap();
    acknowledge(&stage.ctx(&admin), first).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::AlertAcknowledged(first));
    assert_eq!(open(&stage).len(), 2);
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(acknowledge_all(&stage.ctx(&bert)), Err(Failure::Denied(_))));
    acknowledge_all(&stage.ctx(&admin)).unwrap();
    assert!(open(&stage).is_empty());
    // It goes on: that is another one.
    raise(&stage, Suspicion::Scan, "192.0.2.0");
    assert_eq!(open(&stage).len(), 1);
}
