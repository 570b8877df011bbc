//! Tests: whom a device is known of, and for how long.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::operator::PasswordHash;
use crate::service::Asked;
use crate::service::stage::Stage;

fn person(stage: &Stage, id: OperatorId) -> Operator {
    Operator::clone(&stage.store.house().operators[&id])
}

/// As it comes back in a cookie.
fn shown(device: Device) -> Option<Device> {
    let again = Device::parse(&device.to_cookie());
    assert_eq!(again, Some(device));
    again
}

fn is_known(stage: &Stage, device: Option<Device>, operator: &Operator) -> bool {
    let asked = Asked { device, ..Asked::default() };
    known(&Ctx { asked, ..stage.ctx(&Actor::Stranger) }, operator).is_some()
}

#[test]
fn a_device_is_known_of_its_owner_and_of_nobody_else() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    let anna = person(&stage, finished.operator);
    let device = shown(remember(&stage.ctx(&Actor::Stranger), &anna));
    assert!(is_known(&stage, device, &anna));
    assert!(!is_known(&stage, device, &person(&stage, bert)));
    assert!(!is_known(&stage, None, &anna));
}

#[test]
fn it_is_known_for_so_long_and_until_the_password_changes() {
    let (mut stage, finished) = Stage::set_up();
    let anna = person(&stage, finished.operator);
    let device = shown(remember(&stage.ctx(&Actor::Stranger), &anna));
    let changed = Operator { password_hash: Some(PasswordHash("another".to_owned())), ..anna.clone() };
    assert!(!is_known(&stage, device, &changed));
    stage.advance(limits::DEVICE_LIFE - Duration::from_secs(1));
    assert!(is_known(&stage, device, &anna));
    stage.advance(Duration::from_secs(1));
    assert!(!is_known(&stage, device, &anna));
}

#[test]
fn what_is_changed_in_it_makes_it_worthless() {
    let (stage, finished) = Stage::set_up();
    let anna = person(&stage, finished.operator);
    let cookie = remember(&stage.ctx(&Actor::Stranger), &anna).to_cookie();
    for at in 0..cookie.len() {
        let mut letters = cookie.clone().into_bytes();
        letters[at] = if letters[at] == b'a' { b'b' } else { b'a' };
        let changed = String::from_utf8(letters).unwrap();
        let Some(device) = Device::parse(&changed) else { continue };
        assert!(!is_known(&stage, Some(device), &anna) || device.to_cookie() == cookie, "{at}");
    }
    for wrong in ["", "a", &"a".repeat(116), &cookie.to_uppercase(), &format!("{cookie}a")] {
        assert!(!Device::parse(wrong).is_some_and(|device| is_known(&stage, Some(device), &anna)), "{wrong}");
    }
}
