use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::alert::Alert;
use crate::domain::audit::Outcome;
use crate::domain::suspicion::{Precautions, Reach};
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage};
use crate::service::throttle::account;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn wrong_password(stage: &Stage, from: &str, name: &str, whose: Option<OperatorId>) {
    let account = account(name);
    note(&stage.ctx(&Actor::Stranger), address(from), Sign::Password { account: &account, whose });
}

fn alerts_of(stage: &Stage) -> Vec<Alert> {
    stage.store.commit(stage.store.batch()).wait().unwrap();
    stage.store.house().alerts.values().map(|alert| Alert::clone(alert)).collect()
}

/// The one alert there is.
fn alert(stage: &Stage, suspicion: Suspicion) -> Alert {
    let alerts = alerts_of(stage);
    assert_eq!(alerts.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Suspicious(suspicion)]);
    alerts[0].clone()
}

fn refused(stage: &Stage, from: &str, reach: Reach) -> Option<u32> {
    stage.memory.suspicions.bans.refuses(address(from), reach, stage.now)
}

#[test]
fn passwords_for_many_accounts_from_one_address_are_a_spray() {
    let (mut stage, _) = Stage::set_up();
    for n in 0..9 {
        wrong_password(&stage, "2001:db8::1", &format!("name-{n}@example.org"), None);
        wrong_password(&stage, "192.0.2.8", "always.the.same@example.org", None);
    }
    assert!(alerts_of(&stage).is_empty() && refused(&stage, "2001:db8::1", Reach::Staff).is_none());
    wrong_password(&stage, "2001:db8::77", "name-9@example.org", None);
    let alert = alert(&stage, Suspicion::Spray);
    assert_eq!((alert.from, alert.count, alert.acknowledged), (Some(address("2001:db8::")), 10, None));
    let row = stage.store.audit_rows(None, 2).unwrap();
    assert_eq!(row[1].action, AuditAction::AlertRaised(AlertKind::Suspicious(Suspicion::Spray)));
    assert_eq!(row[0].action, AuditAction::AddressBanned { address: address("2001:db8::"), minutes: 15 });
    assert!(row.iter().all(|row| row.from == Some(address("2001:db8::")) && row.outcome == Outcome::Done));

    assert_eq!(refused(&stage, "2001:db8::ffff", Reach::Staff), Some(900));
    assert_eq!(refused(&stage, "2001:db8::ffff", Reach::Everything), None, "visitors of that address still chat");
    assert_eq!(refused(&stage, "2001:db8:0:1::1", Reach::Staff), None, "the neighbours are not touched");
    stage.advance(Duration::from_secs(900));
    assert_eq!(refused(&stage, "2001:db8::ffff", Reach::Staff), None);
}

#[test]
fn an_office_where_people_mistype_and_then_come_in_is_none() {
    let (stage, _) = Stage::set_up();
    for n in 0..40 {
        let name = format!("name-{n}@example.org");
        wrong_password(&stage, "192.0.2.1", &name, None);
        forgive(&stage.ctx(&Actor::Stranger), address("192.0.2.1"), &account(&name));
    }
    assert!(alerts_of(&stage).is_empty());
}

#[test]
fn what_takes_its_time_is_none_and_an_hour_later_it_is_a_new_one() {
    let (mut stage, _) = Stage::set_up();
    for n in 0..100 {
        wrong_password(&stage, "192.0.2.1", &format!("name-{n}@example.org"), None);
        stage.advance(Duration::from_secs(120));
    }
    assert!(alerts_of(&stage).is_empty());
    let spray = |stage: &Stage, count: u32| {
        for n in 0..count {
            wrong_password(stage, "192.0.2.1", &format!("name-{n}@example.org"), None);
        }
    };
    spray(&stage, 35);
    assert_eq!(alert(&stage, Suspicion::Spray).count, 20, "told when it was enough, and when it had doubled");
    let raised = || stage.audit().iter().filter(|action| matches!(action, AuditAction::AlertRaised(_))).count();
    assert_eq!(raised(), 1);
    stage.advance(Duration::from_secs(3_600));
    spray(&stage, 10);
    assert_eq!(alert(&stage, Suspicion::Spray).count, 30, "nobody has seen it, so it is the same one");
    let raised = stage.audit().iter().filter(|action| matches!(action, AuditAction::AlertRaised(_))).count();
    assert_eq!(raised, 2);
}

#[test]
fn many_addresses_of_one_network_are_told_about_and_none_is_kept_out() {
    let (stage, _) = Stage::set_up();
    for n in 0..30 {
        wrong_password(&stage, &format!("192.0.2.{n}"), &format!("name-{n}@example.org"), None);
    }
    assert_eq!(alert(&stage, Suspicion::WideSpray).from, Some(address("192.0.2.0")));
    assert!(bans(&stage.ctx(&Actor::Host)).unwrap().is_empty());
}

#[test]
fn one_account_from_many_places_is_stuffing() {
    let (stage, finished) = Stage::set_up();
    for n in 0..10 {
        wrong_password(&stage, &format!("198.51.{n}.7"), ADMIN_EMAIL, Some(finished.operator));
    }
    assert_eq!(alert(&stage, Suspicion::Stuffing(finished.operator)).from, None);
}

#[test]
fn so_many_that_nothing_stands_out_are_a_wave() {
    let (stage, _) = Stage::set_up();
    for n in 0..200 {
        wrong_password(&stage, &format!("198.{n}.100.7"), &format!("name-{n}@example.org"), None);
    }
    assert_eq!(alert(&stage, Suspicion::Wave).count, 200);
}

#[test]
fn codes_tokens_ids_and_what_is_not_theirs_are_noticed() {
    let id = OperatorId::from_bytes([5; 16]);
    let noticed = |times: u32, sign: &dyn Fn(&Stage, &str)| {
        let (stage, _) = Stage::set_up();
        for n in 0..times - 1 {
            sign(&stage, &n.to_string());
            sign(&stage, "0");
        }
        let before = alerts_of(&stage).len();
        sign(&stage, "last");
        let alerts = alerts_of(&stage);
        (
            before,
            alerts.first().map(|alert| alert.kind),
            stage.memory.suspicions.bans.in_force(stage.now).first().map(|ban| ban.reach),
        )
    };
    let here = address("203.0.113.9");
    let suspicious = |suspicion| Some(AlertKind::Suspicious(suspicion));
    let page = noticed(25, &|stage, what| note(&stage.ctx(&Actor::Stranger), here, Sign::Page(what)));
    assert_eq!(page, (0, suspicious(Suspicion::Scan), Some(Reach::Staff)));
    let ids = noticed(25, &|stage, what| note(&stage.ctx(&Actor::Stranger), here, Sign::Id(what)));
    assert_eq!(ids, (0, suspicious(Suspicion::Enumeration), Some(Reach::Everything)));
    let tokens = noticed(20, &|stage, what| note(&stage.ctx(&Actor::Stranger), here, Sign::Token(what)));
    assert_eq!(tokens, (0, suspicious(Suspicion::Tokens), None));
    let denied = noticed(20, &|stage, what| note(&stage.ctx(&Actor::Stranger), here, Sign::Denied(id, what)));
    assert_eq!(denied, (0, suspicious(Suspicion::Overreach(id)), None));
    let codes = noticed(11, &|stage, what| {
        if what != "0" {
            note(&stage.ctx(&Actor::Stranger), here, Sign::Code(id));
        }
    });
    assert_eq!(codes, (0, suspicious(Suspicion::Codes(id)), None));
}

fn scan(stage: &Stage, from: &str) {
    for n in 0..25 {
        note(&stage.ctx(&Actor::Stranger), address(from), Sign::Page(&format!("/{n}.php")));
    }
}

#[test]
fn nobody_is_kept_out_who_must_not_be() {
    let (mut stage, _) = Stage::set_up();
    stage.memory.suspicions.spared = crate::domain::network::parse_networks("10.0.0.0/8").unwrap();
    stage.sign_in(ADMIN_EMAIL, PASSWORD, "198.51.100.1").unwrap();
    for spared in ["127.0.0.1", "::1", "10.1.2.3", "198.51.100.1"] {
        scan(&stage, spared);
        assert_eq!(refused(&stage, spared, Reach::Staff), None, "{spared}");
    }
    assert_eq!(alerts_of(&stage).len(), 4, "but administrators are told");
    scan(&stage, "198.51.100.2");
    assert!(refused(&stage, "198.51.100.2", Reach::Staff).is_some());
    // Nobody of the staff has been there for a day.
    stage.advance(Duration::from_secs(25 * 3_600));
    scan(&stage, "198.51.100.1");
    assert!(refused(&stage, "198.51.100.1", Reach::Staff).is_some());
}

#[test]
fn bans_can_be_switched_off_and_lifted() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    scan(&stage, "203.0.113.9");
    assert_eq!(bans(&stage.ctx(&admin)).unwrap()[0].address, address("203.0.113.9"));
    lift(&stage.ctx(&admin), address("203.0.113.9")).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::BanLifted(address("203.0.113.9")));
    assert!(bans(&stage.ctx(&admin)).unwrap().is_empty());
    assert!(matches!(lift(&stage.ctx(&admin), address("203.0.113.9")), Err(Failure::NotFound)));
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(lift(&stage.ctx(&bert), address("203.0.113.9")), Err(Failure::Denied(_))));
    assert!(matches!(bans(&stage.ctx(&bert)), Err(Failure::Denied(_))));

    let mut batch = stage.store.batch();
    batch.put_precautions(&Precautions { bans: false, ..Precautions::default() });
    stage.store.commit(batch).wait().unwrap();
    scan(&stage, "203.0.113.10");
    assert_eq!(refused(&stage, "203.0.113.10", Reach::Staff), None);
}

#[test]
fn many_sources_do_not_push_other_alerts_out() {
    let (stage, finished) = Stage::set_up();
    let mut batch = stage.store.batch();
    alerts::raise_in(&stage.ctx(&Actor::Host), &mut batch, AlertKind::UserReset(finished.operator));
    stage.store.commit(batch).wait().unwrap();
    for n in 0..1_000_u32 {
        scan(&stage, &IpAddr::V4((0x0a00_0000 + n).into()).to_string());
    }
    let alerts = alerts_of(&stage);
    assert!(alerts.iter().any(|alert| matches!(alert.kind, AlertKind::UserReset(_))));
    let scans: Vec<_> = alerts.iter().filter(|alert| alert.kind == AlertKind::Suspicious(Suspicion::Scan)).collect();
    assert_eq!(scans.len(), limits::ALERTS_OF_A_KIND + 1);
    assert_eq!(scans.iter().map(|alert| alert.count).sum::<u32>(), 25_000);
    assert_eq!(scans.iter().filter(|alert| alert.from.is_none()).count(), 1, "the rest is counted together");
}
