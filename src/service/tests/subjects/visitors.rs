//! What visitors do themselves, who show their code.

use super::*;

#[test]
fn of_the_address_of_whoever_shows_a_code_no_more_is_written_down_than_their_site_lets() {
    let (stage, finished, _) = asking();
    let code = code_of(&stage.store, &[1; 32]).written();
    let policy = |address| {
        let mut site = (*stage.store.house().sites[&finished.site]).clone();
        site.switches.address = address;
        let mut batch = stage.store.batch();
        batch.put_site(&site);
        stage.store.commit(batch).wait().unwrap();
    };
    let from = || {
        let rows = stage.store.audit_rows(None, 1_000).unwrap();
        let theirs = |row: &AuditAction| {
            matches!(
                row,
                AuditAction::SubjectLooked { .. }
                    | AuditAction::SubjectExported { .. }
                    | AuditAction::ConsentWithdrawn(_)
                    | AuditAction::SubjectErased(_)
            )
        };
        let mut from: Vec<_> = rows.into_iter().filter(|row| theirs(&row.action)).map(|row| row.event.from).collect();
        from.dedup();
        from
    };
    let stranger = Actor::Stranger;
    let ctx = stage.from(&stranger, "192.0.2.77");
    for expected in [AddressPolicy::Shortened, AddressPolicy::Never] {
        policy(expected);
        begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
        own::show(&ctx, &code).unwrap();
        own::export(&ctx, &code).unwrap();
        own::withdraw(&ctx, &code).unwrap();
        own::erase(&ctx, &code).unwrap();
        // Nothing but the receipt is left to say whose it was.
        own::show(&ctx, &code).unwrap();
        own::erase(&ctx, &code).unwrap();
        let shortened = Some("192.0.2.0".parse().unwrap());
        match expected {
            AddressPolicy::Shortened => assert_eq!(from(), [shortened]),
            _ => assert_eq!(from(), [None, shortened]),
        }
    }
}

#[test]
fn a_visitor_with_a_code_sees_takes_and_erases_what_is_theirs() {
    let (stage, finished, _) = asking();
    let site = finished.site;
    let mine = begin(&stage, site, 1, &MARIA, "My foot hurts");
    let others = begin(&stage, site, 2, &MARIA, "The same name in another browser");
    let code = code_of(&stage.store, &[1; 32]).written();
    let stranger = Actor::Stranger;
    let ctx = stage.from(&stranger, "192.0.2.7");
    assert_eq!(ids(&own::show(&ctx, &code).unwrap()), [mine]);
    assert_eq!(own::export(&ctx, &code).unwrap().found.chats.len(), 1);
    assert_eq!(own::withdraw(&ctx, &code).unwrap(), 1);
    let erased = own::erase(&ctx, &code.to_lowercase()).unwrap();
    assert_eq!(erased.receipt.what.conversations, 1);
    assert!(stage.store.conversation(mine).unwrap().is_none() && stage.store.conversation(others).unwrap().is_some());
    let after = own::show(&ctx, &code).unwrap();
    assert!(after.is_nothing() && after.receipt == Some(erased.receipt.clone()));
    assert!(own::erase(&ctx, &code).unwrap().is_repeated);
    assert_eq!(refused(own::show(&ctx, "abcd")), ["mark"]);
    let wrong = code_of(&stage.store, &[9; 32]).written();
    let mut tries = 0;
    let last = loop {
        tries += 1;
        match own::show(&ctx, &wrong) {
            Err(Failure::NotFound) if tries < 1_000 => {}
            other => break other.err(),
        }
    };
    assert!(matches!(last, Some(Failure::TooMany { .. })), "codes are not tried without end");
    let elsewhere = visitor(site, 2);
    let head = stage.store.conversation(others).unwrap().unwrap();
    assert!(stage.ctx(&elsewhere).authorize(Action::AskForOwnData(&head)).is_ok());
    assert!(stage.ctx(&visitor(site, 3)).authorize(Action::AskForOwnData(&head)).is_err());
}
