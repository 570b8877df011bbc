//! Starts, stops and the clock are on record, with names and never with values.

use super::*;
use crate::domain::access::Actor;
use crate::service::stage::Stage;

const SECRET_VALUE: &str = "smtp.marker.example:587";

fn settings(server: &str) -> Vec<(&'static str, String)> {
    vec![("mail.server", server.to_owned()), ("log.level", "info".to_owned())]
}

#[test]
fn a_start_names_the_settings_that_changed_and_no_value() {
    let stage = Stage::bare();
    let ctx = stage.ctx(&Actor::Timer);
    started(&ctx, &settings("a")).unwrap();
    stopped(&ctx).unwrap();
    started(&ctx, &settings("a")).unwrap();
    started(&ctx, &settings(SECRET_VALUE)).unwrap();
    started(&ctx, &settings(SECRET_VALUE)[..1]).unwrap();
    let named = |name: &str| AuditAction::SettingsChanged(vec![name.to_owned()]);
    let expected = [
        AuditAction::Started,
        AuditAction::Stopped,
        AuditAction::Started,
        AuditAction::Started,
        named("mail.server"),
        AuditAction::Started,
        named("log.level"),
    ];
    assert_eq!(stage.audit(), expected);
    let kept = ctx.store.last_start().unwrap().unwrap();
    assert!(kept.version == VERSION && !format!("{kept:?}").contains(SECRET_VALUE));
}

#[test]
fn another_version_is_told() {
    let stage = Stage::bare();
    let ctx = stage.ctx(&Actor::Timer);
    let mut batch = ctx.store.batch();
    batch.put_start(&Start { version: "0.0.1".to_owned(), settings: Vec::new() });
    ctx.store.commit(batch).wait().unwrap();
    started(&ctx, &[]).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::VersionChanged { from: "0.0.1".to_owned(), to: VERSION.to_owned() });
}

#[test]
fn a_clock_that_was_set_is_told() {
    let mut stage = Stage::bare();
    let minute = Duration::from_secs(60);
    let before = stage.now;
    stage.advance(minute);
    look_at_clock(&stage.ctx(&Actor::Timer), before, minute).unwrap();
    assert_eq!(stage.audit(), []);
    look_at_clock(&stage.ctx(&Actor::Timer), before, minute * 3).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::ClockJumped { seconds: -120 });
    look_at_clock(&stage.ctx(&Actor::Timer), before.minus(minute * 60), minute).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::ClockJumped { seconds: 3_600 });
    // While nothing ran: the newest row is of a time to come.
    stage.now = stage.now.minus(minute * 10);
    started(&stage.ctx(&Actor::Timer), &[]).unwrap();
    assert_eq!(stage.audit()[2..], [AuditAction::ClockJumped { seconds: -600 }, AuditAction::Started]);
}
