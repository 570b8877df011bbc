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
    let (mut stage, _) = Stage::set_up();
    let mut sessions = Vec::new();
    for _ in 0..=limits::SESSIONS_PER_OPERATOR {
        stage.advance(Duration::from_secs(1));
        sessions.push(stage.admin_session());
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

/// A policy of so many minutes without activity, and so many hours altogether.
fn put_policy(stage: &Stage, idle_minutes: u16, absolute_hours: u16) {
    let policy = SignInPolicy { idle_minutes, absolute_hours, ..stage.store.house().policy };
    let mut batch = stage.store.batch();
    batch.put_policy(policy);
    stage.store.commit(batch).wait().unwrap();
}

#[test]
fn another_policy_holds_for_the_sessions_that_are_there() {
    let (mut stage, _) = Stage::set_up();
    let session = stage.admin_session();
    stage.advance(4 * MINUTE);
    put_policy(&stage, 5, 12);
    assert!(stage.is_valid(&session));
    stage.advance(MINUTE);
    assert!(!stage.is_valid(&session));
    put_policy(&stage, 600, 12);
    assert!(stage.is_valid(&session), "what was not swept has not ended");
    put_policy(&stage, 5, 12);
    stage.take_news();
    sweep(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!(ended(&stage.take_news()), 1, "and its sockets are told");
    put_policy(&stage, 600, 1);
    let session = stage.admin_session();
    stage.advance(60 * MINUTE);
    assert!(!stage.is_valid(&session));
}

#[test]
fn another_secret_leaves_the_one_before_behind_and_the_session_goes_on() {
    let (mut stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let session = stage.admin_session();
    let before = stage.store.session(&session.secret.hash()).unwrap().unwrap();
    stage.advance(10 * MINUTE);
    stage.take_news();
    let mut batch = stage.store.batch();
    let renewed = renew_in(&stage.ctx(&actor), &mut batch, &session.secret.hash(), SignInMethod::Password).unwrap();
    stage.store.commit(batch).wait().unwrap();
    assert!(!stage.is_valid(&session) && stage.is_valid(&renewed));
    assert_eq!(renewed.ends_at, session.ends_at, "it lasts no longer for that");
    let after = stage.store.session(&renewed.secret.hash()).unwrap().unwrap();
    assert_eq!((after.id, after.started_at, after.proved_at), (before.id, before.started_at, stage.now));
    assert_eq!(ended(&stage.take_news()), 0, "what hangs on it is not ended");
    let mut batch = stage.store.batch();
    assert!(matches!(
        renew_in(&stage.ctx(&actor), &mut batch, &session.secret.hash(), SignInMethod::Password),
        Err(Failure::NotFound)
    ));
}

#[test]
fn a_session_says_whence_and_in_what_and_is_ended_by_name() {
    let (mut stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let agent = Agent::of("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0");
    let asked = crate::service::Asked { from: Some([192, 0, 2, 7].into()), agent, ..crate::service::Asked::default() };
    let ctx = Ctx { asked, ..stage.ctx(&Actor::Stranger) };
    let first = crate::service::sign_in::steps::admit(&ctx, admin.operator, First::by(SignInMethod::Link)).unwrap();
    let crate::service::sign_in::Step::In(first) = first else { panic!("there is no second factor") };
    stage.advance(MINUTE);
    let second = stage.admin_session();
    let ctx = stage.ctx(&actor);
    let seen = listing::own(&ctx, &second.secret.hash()).unwrap();
    assert_eq!(seen.iter().map(|it| it.is_this).collect::<Vec<_>>(), [true, false]);
    assert_eq!(seen[1].agent.as_ref().unwrap().as_str(), "Firefox on Linux");
    assert_eq!((seen[1].address, seen[1].by), (Some([192, 0, 2, 7].into()), SignInMethod::Link));

    let bert = stage.join(&actor, "Bert", "operator");
    let bert = stage.actor(bert);
    let theirs = stage.ctx(&bert);
    assert!(matches!(listing::end_own(&theirs, seen[1].id), Err(Failure::NotFound)), "not Bert's");
    assert!(matches!(listing::end_of_person(&theirs, admin.operator, seen[1].id), Err(Failure::NotFound)));
    assert!(matches!(listing::of_person(&theirs, admin.operator, &[0; 32]), Err(Failure::NotFound)));
    stage.take_news();
    listing::end_own(&ctx, seen[1].id).unwrap();
    assert_eq!(ended(&stage.take_news()), 1);
    assert_eq!(stage.last_audit(), AuditAction::SessionEnded(admin.operator));
    assert!(!stage.is_valid(&first) && stage.is_valid(&second));
    assert!(matches!(listing::end_own(&ctx, seen[1].id), Err(Failure::NotFound)));
}

#[test]
fn all_others_end_and_this_one_stays() {
    let (stage, admin) = Stage::set_up();
    let actor = stage.actor(admin.operator);
    let sessions: Vec<_> = (0..3).map(|_| stage.admin_session()).collect();
    let ctx = stage.ctx(&actor);
    listing::end_own_others(&ctx, &sessions[1].secret.hash()).unwrap();
    assert_eq!(sessions.iter().map(|it| stage.is_valid(it)).collect::<Vec<_>>(), [false, true, false]);
    let audited = stage.audit().len();
    listing::end_own_others(&ctx, &sessions[1].secret.hash()).unwrap();
    assert_eq!(stage.audit().len(), audited, "nothing was done");
    listing::end_all_of_person(&ctx, admin.operator, None).unwrap();
    assert!(!stage.is_valid(&sessions[1]));
}
