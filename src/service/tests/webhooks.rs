//! Tests: what is noted, what a message says and what it leaves out, how long anything waits, and who may change it.

use std::time::Duration;

use serde_json::Value;

use super::sending::signature;
use super::*;
use crate::domain::access::Actor;
use crate::domain::id::{ConversationId, DeliveryId, FormId, SiteId, SubmissionId};
use crate::domain::retention::PurgePolicy;
use crate::domain::text::MessageText;
use crate::domain::visitor::Allowance;
use crate::domain::webhook::{Delivery, DeliveryOutcome};
use crate::service::conversations;
use crate::service::purge_rules::{self, RuleForm};
use crate::service::retention;
use crate::service::stage::{Stage, origin, refused};

const EVERYTHING: [&str; 4] = ["message.left", "form.submitted", "conversation.closed", "conversation.purged"];

fn stage() -> (Stage, Actor, SiteId) {
    let (mut stage, finished) = Stage::set_up();
    stage.memory.reaches_out = true;
    let admin = stage.actor(finished.operator);
    (stage, admin, finished.site)
}

fn form(events: &[&str]) -> WebhookForm {
    WebhookForm {
        name: "Desk".to_owned(),
        url: Zeroizing::new("https://desk.example.org/hooks/a-secret-path".to_owned()),
        events: events.iter().map(|word| (*word).to_owned()).collect(),
        with_transcript: true,
        is_on: true,
        ..WebhookForm::default()
    }
}

fn timer(stage: &Stage) -> Ctx<'_> {
    stage.ctx(&Actor::Timer)
}

/// What would be sent now, and its id.
fn due(stage: &Stage, webhook: WebhookId) -> Option<(DeliveryId, Value)> {
    let due = next(&timer(stage), webhook).unwrap()?;
    Some((due.delivery, serde_json::from_slice(&due.message.body).unwrap()))
}

fn deliveries(stage: &Stage) -> Vec<Delivery> {
    stage.store.house().deliveries.values().cloned().collect()
}

fn keep(stage: &Stage, site: SiteId, purge: PurgePolicy) {
    let mut changed = crate::domain::site::Site::clone(&stage.store.house().sites[&site]);
    changed.purge = purge;
    let mut batch = stage.store.batch();
    batch.put_site(&changed);
    stage.store.commit(batch).wait().unwrap();
}

#[test]
fn a_message_is_signed_as_the_standard_says() {
    // From the documentation of Standard Webhooks.
    let key = data_encoding::BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let made = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
    assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_closed_chat_is_noted_once_for_each_who_wants_it() {
    let (stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    let elsewhere = crate::service::sites::create(
        &stage.ctx(&admin),
        &crate::service::sites::GeneralForm { name: "Other".to_owned(), ..Default::default() },
    );
    let of_other = WebhookForm { site: elsewhere.unwrap().to_string(), ..form(&["conversation.closed"]) };
    add(&stage.ctx(&admin), &of_other).unwrap();
    add(&stage.ctx(&admin), &form(&["message.left"])).unwrap();
    add(&stage.ctx(&admin), &WebhookForm { is_on: false, ..form(&EVERYTHING) }).unwrap();
    let id = stage.talk(site, 1);
    let noted = deliveries(&stage);
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].webhook, noted[0].conversation, noted[0].event), (desk, Some(id), WebhookEvent::ConversationClosed));
    assert!(stage.take_news().iter().any(|news| matches!(news, crate::domain::news::News::DeliveryOwed)));
}

#[test]
fn with_an_air_gap_nothing_is_noted_and_what_waits_lapses() {
    let (mut stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&EVERYTHING)).unwrap();
    stage.talk(site, 1);
    stage.memory.reaches_out = false;
    stage.talk(site, 2);
    assert_eq!(deliveries(&stage).len(), 1);
    assert!(due(&stage, desk).is_none());
    make_room(&timer(&stage)).unwrap();
    assert_eq!(deliveries(&stage)[0].outcome, DeliveryOutcome::Lapsed { at: stage.now });
    assert!(held(&stage.store.house(), stage.now).is_empty());
}

#[test]
fn what_was_written_is_told_only_where_it_is_to_be_and_never_what_the_staff_kept_to_itself() {
    let (stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    let id = stage.begin(site, 1);
    let ctx = stage.ctx(&admin);
    conversations::accept(&ctx, id, origin("c")).unwrap();
    conversations::note(&ctx, id, MessageText::parse("she was rude").unwrap(), origin("d")).unwrap();
    conversations::send(&ctx, &Allowance::default(), id, MessageText::parse("at three").unwrap(), origin("e")).unwrap();
    conversations::close(&ctx, id, origin("f")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();

    let (delivery, told) = due(&stage, desk).unwrap();
    assert_eq!(told["type"], "conversation.closed");
    assert_eq!(told["data"]["conversation"], id.to_string());
    assert_eq!(told["data"]["transcript"][0]["text"], "my foot hurts");
    assert_eq!(told["data"]["transcript"][1]["from"], "operator");
    assert_eq!(told["data"]["is_cut"], false);
    assert!(!told.to_string().contains("rude"), "{told}");

    // Less of it while it is kept and not used; the id stays.
    change(&ctx, desk, &WebhookForm { with_transcript: false, ..form(&["conversation.closed"]) }).unwrap();
    let (again, told) = due(&stage, desk).unwrap();
    assert_eq!(again, delivery);
    for words in ["my foot", "at three", "rude", "Anna"] {
        assert!(!told.to_string().contains(words), "{told}");
    }
    assert!(told["data"].get("transcript").is_none() && told["data"].get("visitor").is_none());
    assert_eq!(told["data"]["channel"], "chat");
}

#[test]
fn of_a_chat_that_is_kept_and_not_used_nothing_is_told_that_was_written() {
    let (stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    let id = stage.begin(site, 1);
    stage.store.open_conversation(id).unwrap().lock().head.about.is_restricted = true;
    stage.end(site, 1, id);
    let (_, told) = due(&stage, desk).unwrap();
    assert_eq!(told["data"]["conversation"], id.to_string());
    assert!(told["data"].get("transcript").is_none() && !told.to_string().contains("my foot"), "{told}");
}

#[test]
fn a_form_is_told_of_by_its_ids_and_the_conversation_after_it() {
    let (stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&EVERYTHING)).unwrap();
    let id = stage.begin(site, 1);
    let (submission, secure) = (SubmissionId::from_bytes([3; 16]), FormId::from_bytes([4; 16]));
    let mut batch = stage.store.batch();
    note_submission(&timer(&stage), &mut batch, (site, secure), submission, Some(id));
    stage.store.commit(batch).wait().unwrap();
    stage.end(site, 1, id);

    let (first, told) = due(&stage, desk).unwrap();
    assert_eq!(told["type"], "form.submitted");
    assert_eq!(told["data"]["submission"], submission.to_string());
    not_delivered(&timer(&stage), first, Some(500)).unwrap();
    assert!(due(&stage, desk).is_none(), "the close waits for what came before it");
    assert!(waiting(&timer(&stage)).unwrap().contains(&desk));
    let mut later = stage;
    later.advance(Duration::from_secs(60));
    assert_eq!(due(&later, desk).unwrap().0, first);
    delivered(&timer(&later), first, 200).unwrap();
    assert_eq!(due(&later, desk).unwrap().1["type"], "conversation.closed");
}

#[test]
fn a_purge_waits_for_who_is_to_be_told_and_not_for_ever() {
    let (mut stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed", "conversation.purged"])).unwrap();
    keep(&stage, site, PurgePolicy::AtClose);
    let (taken, missed) = (stage.talk(site, 1), stage.talk(site, 2));
    assert_eq!(retention::purge_due(&timer(&stage)).unwrap().gone, 0);
    let (delivery, _) = due(&stage, desk).unwrap();
    delivered(&timer(&stage), delivery, 200).unwrap();
    assert_eq!(retention::purge_due(&timer(&stage)).unwrap().gone, 1);
    assert!(stage.store.conversation(taken).unwrap().is_none() && stage.store.conversation(missed).unwrap().is_some());

    // That it was erased comes after that it was closed, and names it.
    let (failing, told) = due(&stage, desk).unwrap();
    assert_eq!(told["data"]["conversation"], missed.to_string());
    not_delivered(&timer(&stage), failing, None).unwrap();
    let (gone, told) = due(&stage, desk).unwrap();
    assert_eq!(
        (told["type"].as_str(), told["data"]["conversations"][0].as_str()),
        (Some("conversation.purged"), Some(&*taken.to_string()))
    );
    delivered(&timer(&stage), gone, 204).unwrap();
    assert!(stage.store.house().deliveries[&gone].purged.is_empty(), "the ids are not needed any more");

    stage.advance(limits::WEBHOOK_HOLD);
    assert_eq!(retention::purge_due(&timer(&stage)).unwrap().gone, 1, "a promise to visitors does not hang on a receiver");
    let (last, told) = due(&stage, desk).unwrap();
    assert_eq!(told["data"]["conversations"][0], missed.to_string());
    assert!(last > failing);
    assert!(matches!(stage.store.house().deliveries[&failing].outcome, DeliveryOutcome::GivenUp { status: None, .. }));
    assert!(stage.store.house().alerts.values().any(|it| it.kind == crate::domain::alert::AlertKind::WebhookGivenUp(desk)));
}

#[test]
fn a_rule_takes_a_chat_once_every_receiver_has_it_and_not_before() {
    let (stage, admin, site) = stage();
    keep(&stage, site, PurgePolicy::DaysAfterClose(3_650));
    let ctx = stage.ctx(&admin);
    let (one, _) = add(&ctx, &form(&["conversation.closed", "form.submitted"])).unwrap();
    let (other, _) = add(&ctx, &form(&["conversation.closed"])).unwrap();
    let rule = RuleForm { name: "Told".to_owned(), when: "delivered".to_owned(), ..RuleForm::default() };
    let rule = purge_rules::create(&ctx, &rule).unwrap();
    purge_rules::arm(&ctx, rule).unwrap();
    let (it, kept) = (stage.talk(site, 1), stage.talk(site, 2));
    let take = || purge_rules::run_due(&timer(&stage)).unwrap().gone;
    let (first, _) = due(&stage, one).unwrap();
    delivered(&timer(&stage), first, 200).unwrap();
    assert_eq!(take(), 0, "the other receiver has not had it");
    let (second, _) = due(&stage, other).unwrap();
    not_delivered(&timer(&stage), second, Some(500)).unwrap();
    assert_eq!(take(), 0);
    delivered(&timer(&stage), second, 202).unwrap();
    assert_eq!(take(), 1);
    assert!(stage.store.conversation(it).unwrap().is_none() && stage.store.conversation(kept).unwrap().is_some());
}

#[test]
fn what_was_not_erased_after_all_is_not_told() {
    let (mut stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.purged"])).unwrap();
    let id = stage.talk(site, 1);
    note_purging(&timer(&stage), site, &[id]).unwrap();
    assert!(due(&stage, desk).is_none());
    stage.advance(limits::WEBHOOK_HOLD);
    assert!(due(&stage, desk).is_none());
    assert!(matches!(deliveries(&stage)[0].outcome, DeliveryOutcome::Lapsed { .. }));
    let long: Vec<_> = (0..=u8::try_from(limits::WEBHOOK_PURGED).unwrap()).map(|n| ConversationId::from_bytes([n; 16])).collect();
    note_purging(&timer(&stage), site, &long).unwrap();
    assert_eq!(deliveries(&stage).len(), 3, "in pieces");
}

#[test]
fn what_nobody_takes_is_given_up_in_the_end_and_can_be_sent_again() {
    let (mut stage, admin, site) = stage();
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    stage.talk(site, 1);
    let (delivery, _) = due(&stage, desk).unwrap();
    for tries in 1..=limits::WEBHOOK_PAUSES.len() {
        not_delivered(&timer(&stage), delivery, Some(503)).unwrap();
        assert!(due(&stage, desk).is_none(), "not at once");
        let it = &stage.store.house().deliveries[&delivery];
        assert_eq!((usize::from(it.tries), it.is_waiting()), (tries, true));
        stage.advance(it.next_at.since(stage.now));
        assert_eq!(due(&stage, desk).unwrap().0, delivery);
    }
    assert!(matches!(repeat(&stage.ctx(&admin), delivery), Err(Failure::Conflict(_))));
    not_delivered(&timer(&stage), delivery, Some(503)).unwrap();
    let outcome = |stage: &Stage| stage.store.house().deliveries[&delivery].outcome;
    assert!(matches!(outcome(&stage), DeliveryOutcome::GivenUp { status: Some(503), .. }));
    let audit = stage.audit();
    assert!(audit.iter().any(|it| matches!(it, AuditAction::Webhook(id, WebhookAct::GivenUp(..)) if *id == desk)));
    not_delivered(&timer(&stage), delivery, None).unwrap();
    delivered(&timer(&stage), delivery, 200).unwrap();
    assert!(matches!(outcome(&stage), DeliveryOutcome::GivenUp { .. }), "what ended stays so");

    repeat(&stage.ctx(&admin), delivery).unwrap();
    assert_eq!(due(&stage, desk).unwrap().0, delivery);
    not_delivered(&timer(&stage), delivery, Some(410)).unwrap();
    assert!(
        matches!(outcome(&stage), DeliveryOutcome::GivenUp { status: Some(410), .. }),
        "it is no more, so nobody tries again"
    );
    change(&stage.ctx(&admin), desk, &WebhookForm { is_on: false, ..form(&["conversation.closed"]) }).unwrap();
    assert!(matches!(repeat(&stage.ctx(&admin), delivery), Err(Failure::Conflict(_))));
    assert!(matches!(repeat(&stage.ctx(&admin), DeliveryId::from_bytes([1; 16])), Err(Failure::NotFound)));
}

#[test]
fn only_an_administrator_changes_who_is_told_and_proves_who_they_are() {
    let (stage, admin, site) = stage();
    let operator = stage.actor(stage.join(&admin, "Bert", "operator"));
    let auditor = stage.actor(stage.join(&admin, "Olga", "auditor"));
    for actor in [&operator, &auditor] {
        let ctx = stage.ctx(actor);
        assert!(matches!(add(&ctx, &form(&EVERYTHING)), Err(Failure::Denied(_))));
        assert!(matches!(make_room(&ctx), Err(Failure::Denied(_))));
        assert!(matches!(waiting(&ctx), Err(Failure::Denied(_))));
    }
    assert!(matches!(all(&stage.ctx(&operator)), Err(Failure::Denied(_))));
    assert!(all(&stage.ctx(&auditor)).unwrap().is_empty());
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(add(&stale, &form(&EVERYTHING)), Err(Failure::ProofNeeded)));

    let wrong = WebhookForm { name: String::new(), site: "sit_x".to_owned(), authority: "x".to_owned(), ..form(&[]) };
    let wrong = WebhookForm { url: Zeroizing::new("http://desk.example.org/".to_owned()), ..wrong };
    assert_eq!(refused(add(&stage.ctx(&admin), &wrong)), ["name", "site", "url", "authority", "events"]);

    let (desk, secret) = add(&stage.ctx(&admin), &form(&EVERYTHING)).unwrap();
    let other = renew_secret(&stage.ctx(&admin), desk).unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50 && *secret != *other);
    stage.talk(site, 1);
    assert!(matches!(change(&stale, desk, &form(&EVERYTHING)), Err(Failure::ProofNeeded)));
    assert!(matches!(remove(&stale, desk), Err(Failure::ProofNeeded)));
    assert_eq!(trial(&stale, desk).unwrap().body.len(), trial(&stale, desk).unwrap().body.len());
    remove(&stage.ctx(&admin), desk).unwrap();
    assert!(deliveries(&stage).is_empty());
    assert!(matches!(get(&stage.ctx(&admin), desk), Err(Failure::NotFound)));
    let said = format!("{:?}", stage.audit());
    assert!(!said.contains("secret-path") && !said.contains("desk.example"), "{said}");
}

#[test]
fn ids_rise_whatever_the_clock_does() {
    let (mut stage, admin, site) = stage();
    add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    let first = stage.talk(site, 1);
    stage.now = stage.now.minus(Duration::from_secs(3_600));
    let second = stage.talk(site, 2);
    // As after a restart.
    stage.memory.last_delivery = LastId::default();
    let third = stage.talk(site, 3);
    let told: Vec<_> = deliveries(&stage).into_iter().filter_map(|it| it.conversation).collect();
    assert_eq!(told, [first, second, third]);
}

fn rule(stage: &Stage, admin: &Actor, class: &str, when: &str) {
    let form = RuleForm { name: "Told".to_owned(), class: class.to_owned(), when: when.to_owned(), ..RuleForm::default() };
    let id = purge_rules::create(&stage.ctx(admin), &form).unwrap();
    purge_rules::arm(&stage.ctx(admin), id).unwrap();
}

#[test]
fn what_was_filled_in_goes_once_its_receiver_knows_and_not_before_its_chat_is_over() {
    let (stage, admin, site) = stage();
    keep(&stage, site, PurgePolicy::DaysAfterClose(3_650));
    let (desk, _) = add(&stage.ctx(&admin), &form(&["form.submitted"])).unwrap();
    rule(&stage, &admin, "submissions", "delivered");
    let chat = stage.begin(site, 1);
    let (alone, in_chat) = (stage.filled_in(site, 3, None), stage.filled_in(site, 4, Some(chat)));
    let take = || purge_rules::run_due(&timer(&stage)).unwrap().gone;
    let is_there = |id| stage.store.submission(id).unwrap().is_some();
    assert_eq!(take(), 0);
    while let Some((delivery, _)) = due(&stage, desk) {
        delivered(&timer(&stage), delivery, 200).unwrap();
    }
    assert_eq!((take(), is_there(alone), is_there(in_chat)), (1, false, true), "the chat goes on, and it is read in there");
    stage.end(site, 1, chat);
    assert_eq!((take(), is_there(in_chat)), (1, false));
}

#[test]
fn a_rule_does_not_wait_for_a_receiver_that_is_switched_off_or_removed() {
    for is_removed in [true, false] {
        let (stage, admin, site) = stage();
        keep(&stage, site, PurgePolicy::DaysAfterClose(3_650));
        let ctx = stage.ctx(&admin);
        let (one, _) = add(&ctx, &form(&["conversation.closed"])).unwrap();
        let (other, _) = add(&ctx, &form(&["conversation.closed"])).unwrap();
        let before = stage.talk(site, 1);
        let (had, _) = due(&stage, one).unwrap();
        delivered(&timer(&stage), had, 200).unwrap();
        let (had, _) = due(&stage, other).unwrap();
        delivered(&timer(&stage), had, 200).unwrap();
        rule(&stage, &admin, "transcripts", "delivered");
        let it = stage.talk(site, 2);
        let (first, _) = due(&stage, one).unwrap();
        delivered(&timer(&stage), first, 200).unwrap();
        assert_eq!(purge_rules::run_due(&timer(&stage)).unwrap().gone, 0);
        if is_removed {
            remove(&ctx, other).unwrap();
        } else {
            change(&ctx, other, &WebhookForm { is_on: false, ..form(&["conversation.closed"]) }).unwrap();
        }
        assert_eq!(purge_rules::run_due(&timer(&stage)).unwrap().gone, 1, "{is_removed}");
        assert!(!stage.is_there(it) && stage.is_there(before), "what was told before the rule was there stays");
    }
}

#[test]
fn what_nobody_was_told_is_not_taken_for_told() {
    let (stage, admin, site) = stage();
    keep(&stage, site, PurgePolicy::DaysAfterClose(3_650));
    let (desk, _) = add(&stage.ctx(&admin), &form(&["conversation.closed"])).unwrap();
    rule(&stage, &admin, "transcripts", "delivered");
    stage.talk(site, 1);
    remove(&stage.ctx(&admin), desk).unwrap();
    assert_eq!(purge_rules::run_due(&timer(&stage)).unwrap().gone, 0);
}
