//! Who has read about somebody, out of the audit log.

use super::*;

#[test]
fn who_has_read_about_somebody_is_told() {
    let (stage, finished, admin) = asking();
    let site = finished.site;
    let id = begin(&stage, site, 1, &MARIA, "My foot hurts");
    let other = begin(&stage, site, 2, &[("email", "tom@example.org")], "Another");
    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    conversations::view(&stage.ctx(&bert), id, 0, 10).unwrap();
    conversations::view(&stage.ctx(&bert), other, 0, 10).unwrap();
    end(&stage, site, 1, id);
    conversations::read_transcript(&stage.ctx(&bert), id).unwrap();
    let ctx = stage.ctx(&admin);
    let found = find::find(&ctx, &question("maria@example.org")).unwrap();
    let actions: Vec<_> = find::readers(&ctx, &found).unwrap().into_iter().map(|row| row.event.action).collect();
    let subject = found.subject;
    let expected =
        [AuditAction::SubjectLooked { subject, found: 1 }, AuditAction::TranscriptRead(id), AuditAction::ConversationOpened(id)];
    assert_eq!(actions, expected);

    // By another mark of theirs it was the same person, and whoever took everything took theirs.
    let code = code_of(&stage.store, &[1; 32]).written();
    own::show(&stage.from(&Actor::Stranger, "192.0.2.7"), &code).unwrap();
    account::begin(&ctx, account::of_settings(account::Wish::default())).unwrap();
    let by_phone = find::find(&ctx, &question("+4940123456")).unwrap();
    let again: Vec<_> = find::readers(&ctx, &by_phone).unwrap().into_iter().map(|row| row.event.action).collect();
    let looked = |action: &AuditAction| matches!(action, AuditAction::SubjectLooked { .. });
    assert_eq!(again.iter().filter(|it| looked(it)).count(), 3, "by address, by code and by number: {again:?}");
    assert!(again.iter().any(|it| matches!(it, AuditAction::AccountExported { .. })));
    assert_eq!(again[again.len() - 3..], expected, "the oldest rows are those of before");
    let toms = find::find(&ctx, &question("tom@example.org")).unwrap();
    let about_tom = find::readers(&ctx, &toms).unwrap();
    assert!(about_tom.iter().all(|row| row.action != AuditAction::TranscriptRead(id)), "nobody else's");
}

#[test]
fn the_trail_forgets_what_the_log_has_removed_and_finds_what_came_since() {
    let (mut stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    let read = |stage: &Stage| {
        let mut batch = stage.store.batch();
        stage.ctx(&admin).audit(&mut batch, AuditAction::TranscriptRead(id));
        stage.store.commit(batch).wait().unwrap();
    };
    let readers = |stage: &Stage| {
        let ctx = stage.ctx(&admin);
        let found = find::look(&ctx, &question("maria@example.org")).unwrap();
        find::readers(&ctx, &found).unwrap().into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    read(&stage);
    let first = readers(&stage);
    assert_eq!(first.len(), 1);
    read(&stage);
    let both = readers(&stage);
    assert_eq!((both.len(), both[1]), (2, first[0]));
    stage.advance(Duration::from_secs(60));
    let trimmed = AuditEvent::done(stage.now, AuditActor::Timer, AuditAction::BackedUp);
    let mut batch = stage.store.batch();
    batch.trim_audit(first[0], trimmed);
    stage.store.commit(batch).wait().unwrap();
    assert_eq!(readers(&stage), both[..1]);
    for _ in 0..limits::SUBJECT_READERS {
        read(&stage);
    }
    assert_eq!(readers(&stage).len(), limits::SUBJECT_READERS);
}
