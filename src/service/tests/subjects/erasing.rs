//! Erasing all there is about somebody, and what stays.

use super::*;

#[test]
fn who_is_erased_is_gone_and_asks_twice_in_vain() {
    let (stage, finished, admin) = asking();
    let site = finished.site;
    let closed = begin(&stage, site, 1, &MARIA, "My foot hurts");
    end(&stage, site, 1, closed);
    let open = begin(&stage, site, 1, &MARIA, "It hurts again");
    let others = begin(&stage, site, 2, &[("email", "tom@example.org")], "Another");
    let ctx = stage.ctx(&admin);
    let erased = erase::erase(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((erased.receipt.what.conversations, erased.receipt.what.kept, erased.is_repeated), (2, 0, false));
    assert!(stage.store.conversation(closed).unwrap().is_none() && stage.store.open_conversation(open).is_none());
    assert!(stage.store.conversation(others).unwrap().is_some());
    assert!(stage.store.drawers_of_subject(erased.receipt.what.subject).unwrap().is_empty());
    let again = erase::erase(&ctx, &question("MARIA@example.org")).unwrap();
    assert!(again.is_repeated && again.receipt == erased.receipt);
    assert_eq!(find::find(&ctx, &question("maria@example.org")).unwrap().receipt, Some(erased.receipt));
    // The telephone number is another mark, under which nothing was ever asked.
    assert!(matches!(erase::erase(&ctx, &question("+49 40 123456")), Err(Failure::Conflict(_))));
    let receipts = stage.audit().into_iter().filter(|row| matches!(row, AuditAction::Purged(_))).count();
    assert_eq!(receipts, 1, "the destroyed keys have a receipt of their own");
}

#[test]
fn what_is_held_stays_and_says_why() {
    let (stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    end(&stage, finished.site, 1, id);
    let mark = Mark::read("maria@example.org").unwrap();
    hold(&stage, finished.operator, HeldThing::Person(crate::service::subjects::hash_of(&stage.store, &mark)));
    let ctx = stage.ctx(&admin);
    let found = find::find(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((found.chats[0].held.as_deref(), found.chats[0].goes_at), (Some("Court of Hamburg, 4 C 12/26"), None));
    let refused = erase::erase(&ctx, &question("maria@example.org")).err().unwrap().to_string();
    assert!(refused.contains("Court of Hamburg"), "{refused}");
    let other = begin(&stage, finished.site, 1, &[("name", "Maria")], "Without an address");
    let code = code_of(&stage.store, &[1; 32]).written();
    let erased = erase::erase(&ctx, &question(&code)).unwrap();
    assert_eq!((erased.receipt.what.conversations, erased.receipt.what.kept, erased.kept.len()), (1, 1, 1));
    assert!(stage.store.conversation(id).unwrap().is_some() && stage.store.conversation(other).unwrap().is_none());
}

#[test]
fn two_who_ask_for_erasure_at_the_same_moment_get_the_same_receipt() {
    let (stage, finished, admin) = asking();
    for n in 0..4 {
        let id = begin(&stage, finished.site, 1, &MARIA, &"o".repeat(n + 1));
        if n < 3 {
            end(&stage, finished.site, 1, id);
        }
    }
    let ask = || erase::erase(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    let start = std::sync::Barrier::new(4);
    let erased: Vec<_> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    ask()
                })
            })
            .collect();
        asking.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(erased.iter().filter(|it| !it.is_repeated).count(), 1, "one of them has erased it");
    assert!(erased.iter().all(|it| it.receipt == erased[0].receipt && it.receipt.what.conversations == 4));
    let rows = stage.audit().into_iter().filter(|row| matches!(row, AuditAction::SubjectErased(_))).count();
    assert_eq!(rows, 1);
    let by_request = |row: &AuditAction| matches!(row, AuditAction::Purged(it) if it.rule == PurgeRule::Request);
    assert!(stage.audit().iter().any(by_request), "the receipt of the keys says at whose wish");
}

#[test]
fn no_clock_runs_for_what_is_restricted_and_who_it_is_about_may_have_it_erased_all_the_same() {
    let (mut stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    end(&stage, finished.site, 1, id);
    change::restrict(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    stage.advance(Duration::from_secs(30 * 24 * 3_600));
    let due = |stage: &Stage| retention::purge_due(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!(due(&stage), retention::Erased { gone: 0, held: 1 });
    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap().gone, 0, "nor does anybody by hand");
    let other = begin(&stage, finished.site, 2, &[("email", "tom@example.org")], "Another");
    end(&stage, finished.site, 2, other);
    change::restrict(&stage.ctx(&admin), &question("tom@example.org")).unwrap();
    assert_eq!(erase::erase(&stage.ctx(&admin), &question("tom@example.org")).unwrap().receipt.what.conversations, 1);
    change::lift(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    assert_eq!(due(&stage), retention::Erased { gone: 1, held: 0 });
    assert!(stage.store.conversation(id).unwrap().is_none());
}

#[test]
fn what_was_filled_in_in_a_restricted_chat_is_hidden_and_stays_with_it() {
    let (mut stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    let submission = filled_in(&stage, finished.site, id);
    let bert = stage.join(&admin, "Bert", "supervisor");
    let bert = stage.actor(bert);
    let listed = |stage: &Stage, actor: &Actor| secure_forms::of_sites(&stage.ctx(actor)).unwrap().len();
    change::restrict(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    assert_eq!((listed(&stage, &bert), listed(&stage, &admin)), (1, 1), "an open chat goes on");
    end(&stage, finished.site, 1, id);
    assert_eq!((listed(&stage, &bert), listed(&stage, &admin)), (0, 1));
    stage.advance(Duration::from_secs(900 * 24 * 3_600));
    let due = |stage: &Stage| retention::purge_due(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!(due(&stage), retention::Erased { gone: 0, held: 2 }, "the chat and what was filled in in it");
    assert!(stage.store.submission(submission.id).unwrap().is_some());
    change::lift(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    assert_eq!(listed(&stage, &bert), 1);
    assert_eq!(due(&stage), retention::Erased { gone: 2, held: 0 });
}
