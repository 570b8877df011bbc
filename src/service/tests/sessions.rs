//! Tests: when a session ends, and that it stays ended.

use super::*;
use crate::domain::id::base32;
use crate::service::stage::Stage;

const MINUTE: Duration = Duration::from_secs(60);

fn ended(news: &[News]) -> usize {
    news.iter().filter(|it| matches!(it, News::SessionEnded(_))).count()
}

#[test]
fn a_session_ends_without_activity() {
    let (mut stage, _) = Stage::set_up();
    let session = stage.admin_session();
    stage.advance(14 * MINUTE);
    touch(&stage.store, &stage.memory, &session.secret.hash(), stage.now);
    stage.advance(14 * MINUTE);
    assert!(stage.is_valid(&session), "the activity counted");
    stage.advance(MINUTE);
    assert!(!stage.is_valid(&session));
    touch(&stage.store, &stage.memory, &session.secret.hash(), stage.now);
    assert!(!stage.is_valid(&session), "too late");
}

#[test]
fn a_session_ends_after_half_a_day_whatever_happens() {
    let (mut stage, _) = Stage::set_up();
    let session = stage.admin_session();
    for _ in 0..12 * 6 - 1 {
        stage.advance(10 * MINUTE);
        touch(&stage.store, &stage.memory, &session.secret.hash(), stage.now);
        assert!(stage.is_valid(&session));
    }
    stage.advance(10 * MINUTE);
    assert_eq!(stage.now, session.ends_at);
    assert!(!stage.is_valid(&session));
}

#[test]
fn activity_is_written_once_a_minute() {
    let (mut stage, _) = Stage::set_up();
    let session = stage.admin_session();
    let hash = session.secret.hash();
    let written = |stage: &Stage| {
        stage.store.commit(stage.store.batch()).wait().unwrap();
        stage.store.session(&hash).unwrap().unwrap().active_at
    };
    let mut writes = std::collections::BTreeSet::new();
    for _ in 0..180 {
        stage.advance(Duration::from_secs(1));
        touch(&stage.store, &stage.memory, &hash, stage.now);
        writes.insert(written(&stage));
    }
    assert_eq!(writes.len(), 3, "{writes:?}");
    // A restart forgets what is in memory, and with it a minute at most.
    let restarted = Memory::default();
    let (_, info) = resolve(&stage.store, &restarted, session.secret.expose(), stage.now).unwrap().unwrap();
    assert!(stage.now.since(info.active_at) <= MINUTE);
}

#[test]
fn an_ended_session_stays_ended() {
    let (mut stage, admin) = Stage::set_up();
    let session = stage.admin_session();
    let actor = stage.actor(admin.operator);
    stage.take_news();
    end(&stage.ctx(&actor), &session.secret.hash()).unwrap();
    assert_eq!(ended(&stage.take_news()), 1);
    assert_eq!(stage.last_audit(), AuditAction::SignedOut);
    stage.advance(2 * MINUTE);
    touch(&stage.store, &stage.memory, &session.secret.hash(), stage.now);
    assert!(!stage.is_valid(&session));
    assert!(
        resolve(&stage.store, &Memory::default(), session.secret.expose(), stage.now).unwrap().is_none(),
        "after a restart too"
    );
    end(&stage.ctx(&actor), &session.secret.hash()).unwrap();
}

#[test]
fn no_secret_but_the_right_one_resolves() {
    let (stage, _) = Stage::set_up();
    let session = stage.admin_session();
    let hash_as_secret = base32(&session.secret.hash());
    for wrong in ["", "x", &"a".repeat(52), &hash_as_secret, &session.secret.expose().to_uppercase()] {
        assert!(resolve(&stage.store, &stage.memory, wrong, stage.now).unwrap().is_none());
    }
}

#[test]
fn the_oldest_of_too_many_sessions_makes_room() {
    let (mut stage, admin) = Stage::set_up();
    let mut sessions = Vec::new();
    for _ in 0..=limits::SESSIONS_PER_OPERATOR {
        stage.advance(Duration::from_secs(1));
        sessions.push(crate::service::sign_in::admit(&stage.ctx(&Actor::Host), admin.operator).unwrap());
    }
    let valid = sessions.iter().filter(|it| stage.is_valid(it)).count();
    assert_eq!(valid, limits::SESSIONS_PER_OPERATOR);
    assert!(!stage.is_valid(&sessions[0]));
}

#[test]
fn the_sweep_takes_what_has_expired_and_nothing_else() {
    let (mut stage, _) = Stage::set_up();
    let old = stage.admin_session();
    stage.advance(10 * MINUTE);
    let new = stage.admin_session();
    stage.advance(6 * MINUTE);
    stage.take_news();
    for expected in [1, 0] {
        sweep(&stage.ctx(&Actor::Timer)).unwrap();
        assert_eq!(ended(&stage.take_news()), expected);
        assert_eq!(stage.store.sessions().unwrap().len(), 1);
    }
    assert!(stage.is_valid(&new) && !stage.is_valid(&old));
    assert!(stage.memory.activity.0.lock().len() <= 1);
}
