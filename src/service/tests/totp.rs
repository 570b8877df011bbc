//! Tests: one-time passwords against the vectors of RFC 6238, and each good once.

use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::service::stage::{Stage, TOTP_SECRET, refused};

fn of_rfc(last_step: u64) -> Totp {
    Totp { secret: TotpSecret(Zeroizing::new(b"12345678901234567890".to_vec())), since: Timestamp::from_millis(0), last_step }
}

#[test]
fn the_codes_are_those_of_rfc_6238() {
    // Appendix B, the last six of its eight digits.
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let step = u64::try_from(seconds / 30).unwrap();
        let at = |later: i64| Timestamp::from_millis((seconds + later) * 1_000);
        assert_eq!(step_of(&of_rfc(0), code, at(0)), Some(step), "{seconds}");
        assert_eq!(step_of(&of_rfc(0), code, at(30)), Some(step), "one step late");
        assert_eq!(step_of(&of_rfc(0), code, at(-30)), Some(step), "one step early");
        assert_eq!(step_of(&of_rfc(0), code, at(60)), None, "two steps late");
        assert_eq!(step_of(&of_rfc(step), code, at(0)), None, "used");
        assert_eq!(step_of(&of_rfc(step - 1), code, at(0)), Some(step));
    }
    let spaced = step_of(&of_rfc(0), " 287 082 ", Timestamp::from_millis(59_000));
    assert_eq!(spaced, Some(1));
    for wrong in ["", "28708", "2870822", "+28708", "28708a", "２８７０８２"] {
        assert_eq!(step_of(&of_rfc(0), wrong, Timestamp::from_millis(59_000)), None, "{wrong}");
    }
}

#[test]
fn an_authenticator_counts_once_it_has_shown_that_it_works() {
    let (mut stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let (here, elsewhere) = (stage.admin_session(), stage.admin_session());
    let shown = enrol(&stage.ctx(&actor), &here.secret.hash()).unwrap();
    assert_eq!(shown.typed.replace(' ', "").len(), 32);
    assert!(shown.address.starts_with("otpauth://totp/Clinic%20Nord:anna%40example%2Eorg?secret="), "{}", *shown.address);
    assert_eq!(enrol(&stage.ctx(&actor), &here.secret.hash()).unwrap().typed, shown.typed, "the same when loaded again");
    assert!(!of(&stage.ctx(&actor), admin.operator).is_second(), "not yet");

    let secret = data_encoding::BASE32_NOPAD.decode(shown.typed.replace(' ', "").as_bytes()).unwrap();
    let confirm = |stage: &Stage, code: &str| confirm(&stage.from(&actor, "192.0.2.1"), &here.secret.hash(), code);
    assert_eq!(refused(confirm(&stage, "000000")), ["code"]);
    let code = Stage::code_of(&secret, stage.now);
    let renewed = confirm(&stage, &code).unwrap();
    assert!(of(&stage.ctx(&actor), admin.operator).is_second());
    assert!(stage.is_valid(&renewed) && !stage.is_valid(&here) && !stage.is_valid(&elsewhere), "no session without it is left");
    // The code that confirmed it is used up too.
    let totp = of(&stage.ctx(&actor), admin.operator).totp.clone().unwrap();
    assert_eq!(step_of(&totp, &code, stage.now), None);
    assert!(matches!(confirm(&stage, &code), Err(Failure::Conflict(_))), "and the picture is");
    stage.advance(Duration::from_secs(30));
    assert!(step_of(&totp, &Stage::code_of(&secret, stage.now), stage.now).is_some());
}

#[test]
fn a_picture_runs_out_and_wants_a_proof() {
    let (mut stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let here = stage.admin_session();
    let unproven = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&actor) };
    assert!(matches!(enrol(&unproven, &here.secret.hash()), Err(Failure::ProofNeeded)));
    enrol(&stage.ctx(&actor), &here.secret.hash()).unwrap();
    stage.advance(limits::ENROLMENT_LIFE);
    assert!(matches!(confirm(&stage.ctx(&actor), &here.secret.hash(), "000000"), Err(Failure::Conflict(_))));
}

#[test]
fn taking_it_away_takes_the_recovery_codes_along() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    let actor = stage.actor(admin.operator);
    stage.give_totp(admin.operator);
    let unproven = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&actor) };
    assert!(matches!(remove(&unproven), Err(Failure::ProofNeeded)));
    remove(&stage.ctx(&actor)).unwrap();
    assert_eq!(*of(&stage.ctx(&actor), admin.operator), Factors::default());
    assert!(stage.audit().contains(&crate::domain::audit::AuditAction::FactorRemoved(admin.operator, FactorKind::Totp)));
    assert_eq!(stage.store.house().letters[&admin.operator].len(), 1);
    assert!(remove(&stage.ctx(&actor)).is_ok(), "nothing is left to remove");
    assert!(matches!(remove(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
}

#[test]
fn one_code_lets_one_in_however_many_come_with_it() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let doors: Vec<_> = (0..4).map(|_| stage.halfway()).collect();
    let code = stage.code();
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = doors
            .iter()
            .map(|door| {
                scope.spawn(|| steps::with_code(&stage.from(&Actor::Stranger, "192.0.2.1"), door.secret.expose(), &code).is_ok())
            })
            .collect();
        tries.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
    });
    assert_eq!(won, 1);
    assert_eq!(TOTP_SECRET.len(), SECRET_BYTES);
}
