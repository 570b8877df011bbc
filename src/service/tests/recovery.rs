//! Tests: recovery codes are good once, and for their owner alone.

use super::*;
use crate::domain::access::Actor;
use crate::service::sign_in::steps;
use crate::service::stage::{Stage, refused};

#[test]
fn ten_codes_each_good_once() {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    let actor = stage.actor(admin.operator);
    assert!(matches!(make(&stage.ctx(&actor)), Err(Failure::Conflict(_))), "there is nothing to stand in for");
    stage.give_totp(admin.operator);
    let codes = make(&stage.ctx(&actor)).unwrap();
    assert_eq!(codes.0.len(), 10);
    assert!(codes.0.iter().all(|code| code.len() == 14 && code.matches('-').count() == 2));

    let try_code = |code: &str| {
        let pending = stage.halfway();
        steps::with_code(&stage.from(&Actor::Stranger, "192.0.2.1"), pending.secret.expose(), code)
    };
    let typed = format!(" {} ", codes.0[3].to_uppercase().replace('-', " "));
    assert_eq!(try_code(&typed).unwrap().by, SignInMethod::RecoveryCode, "as people type it");
    assert_eq!(of(&stage.ctx(&actor), admin.operator).recovery.len(), 9);
    assert!(stage.audit().contains(&AuditAction::RecoveryCodeUsed(admin.operator)));
    assert_eq!(stage.store.house().letters[&admin.operator][0].kind, LetterKind::RecoveryCodeUsed { left: 9 });
    assert_eq!(refused(try_code(&codes.0[3])), ["code"]);
    assert!(try_code(&codes.0[4]).is_ok());

    let newer = make(&stage.ctx(&actor)).unwrap();
    assert_eq!(refused(try_code(&codes.0[5])), ["code"], "those before are worthless");
    assert!(try_code(&newer.0[0]).is_ok());
    assert!(make_first(&stage.ctx(&actor)).unwrap().is_none(), "who has codes keeps them");
}

#[test]
fn somebody_elses_code_is_none() {
    let (stage, admin) = Stage::set_up();
    let boss = stage.actor(admin.operator);
    let bert = stage.join(&boss, "Bert", "operator");
    stage.give_totp(admin.operator);
    stage.give_totp(bert);
    let codes = make(&stage.ctx(&stage.actor(bert))).unwrap();
    let pending = stage.halfway();
    let tried = steps::with_code(&stage.from(&Actor::Stranger, "192.0.2.1"), pending.secret.expose(), &codes.0[0]);
    assert_eq!(refused(tried), ["code"]);
}

#[test]
fn what_is_kept_of_a_code_tells_nothing() {
    let (stage, admin) = Stage::set_up();
    stage.give_totp(admin.operator);
    let codes = make_first(&stage.ctx(&stage.actor(admin.operator))).unwrap().unwrap();
    let kept = of(&stage.ctx(&Actor::Host), admin.operator).recovery.clone();
    assert_eq!(kept.len(), 10);
    use sha2::{Digest, Sha256};
    let plain: [u8; 32] = Sha256::digest(cleaned(&codes.0[0]).as_bytes()).into();
    assert!(!kept.contains(&plain), "no hash that could be guessed without the key");
    assert_eq!(cleaned("AB01-8c de"), "abolbcde");
}
