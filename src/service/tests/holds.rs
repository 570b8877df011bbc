use std::time::Duration;

use super::*;
use crate::domain::about::Identity;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::id::SiteId;
use crate::domain::subject::Backlog;
use crate::domain::text::{EmailAddress, Line};
use crate::domain::told::Told;
use crate::service::retention::{self, Erased};
use crate::service::stage::Stage;
use crate::service::subjects::change::restrict;
use crate::service::subjects::find::{Question, Reach};
use crate::service::told;

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn on_chat(typed: impl Into<String>) -> HoldForm {
    HoldForm { on: "chat".to_owned(), chat: typed.into(), reason: "A court asks".to_owned(), ..HoldForm::default() }
}

fn on_site(site: SiteId) -> HoldForm {
    HoldForm { on: "site".to_owned(), site: site.to_string(), reason: "A court asks".to_owned(), ..HoldForm::default() }
}

fn on_person(typed: &str) -> HoldForm {
    HoldForm { on: "person".to_owned(), person: typed.to_owned(), reason: "A court asks".to_owned(), ..HoldForm::default() }
}

fn refusal(result: Result<HoldId, Failure>) -> (String, String) {
    let fields = result.unwrap_err().fields();
    let [field] = &fields[..] else { panic!("one field is refused: {fields:?}") };
    (field.field.clone().into_owned(), field.message.clone())
}

fn timer(stage: &Stage) -> Erased {
    retention::purge_due(&stage.ctx(&Actor::Timer)).unwrap()
}

#[test]
fn what_is_held_stays_until_the_hold_is_lifted() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (held, other) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
    let hold =
        place(&stage.ctx(&admin), &on_chat(format!("https://chat.example.org/console/conversations/{held}#last"))).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::HoldPlaced(hold));
    let shown = list(&stage.ctx(&admin)).unwrap();
    assert_eq!((shown.len(), shown[0].keeps, shown[0].hold.reason.as_str()), (1, 1, "A court asks"));

    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    assert!(stage.is_there(held) && !stage.is_there(other));
    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap(), Erased { gone: 0, held: 1 });
    assert_eq!(retention::overview(&stage.ctx(&admin)).unwrap()[0].held(), 1);

    let without_proof = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(lift(&without_proof, hold), Err(Failure::ProofNeeded)));
    lift(&stage.ctx(&admin), hold).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::HoldLifted(hold));
    assert!(matches!(lift(&stage.ctx(&admin), hold), Err(Failure::NotFound)));
    assert_eq!(timer(&stage), Erased { gone: 1, held: 0 });
    assert!(!stage.is_there(held));
}

#[test]
fn what_cannot_be_held_says_why() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let ctx = stage.ctx(&admin);
    let chat = stage.talk(finished.site, 1);
    place(&ctx, &on_chat(chat.to_string())).unwrap();
    let (field, said) = refusal(place(&ctx, &on_chat(chat.to_string())));
    assert!(field == "chat" && said.starts_with("This is held already, since 2027-01-15."), "{said}");
    let (field, said) = refusal(place(&ctx, &on_chat(ConversationId::from_bytes([9; 16]).to_string())));
    assert!(field == "chat" && said.starts_with("There is nothing under this number"), "{said}");
    for typed in ["", "the chat of yesterday", "cnv_", "cnv_aaaa"] {
        let (field, said) = refusal(place(&ctx, &on_chat(typed)));
        assert!(field == "chat" && said.contains("begins with cnv_"), "{typed}: {said}");
    }
    assert_eq!(refusal(place(&ctx, &on_site(SiteId::from_bytes([9; 16])))).0, "site");
    assert_eq!(refusal(place(&ctx, &on_person("somebody"))).0, "person");
    assert_eq!(refusal(place(&ctx, &HoldForm { on: String::new(), ..on_chat(chat.to_string()) })).0, "on");
    let (field, _) = refusal(place(&ctx, &HoldForm { reason: " ".to_owned(), ..on_site(finished.site) }));
    assert_eq!((field.as_str(), stage.store.house().holds.len()), ("reason", 1));

    let gone = stage.talk(finished.site, 2);
    stage.advance(DAY);
    timer(&stage);
    let (field, said) = refusal(place(&stage.ctx(&admin), &on_chat(gone.to_string())));
    assert!(field == "chat" && said.starts_with("This was purged already, on 2027-01-16."), "{said}");
}

#[test]
fn a_site_and_what_belongs_to_a_held_chat_are_held() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.talk(finished.site, 1);
    let submission = stage.filled_in(finished.site, 4, Some(chat));
    let hold = place(&stage.ctx(&admin), &on_chat(chat.to_string())).unwrap();
    assert_eq!(list(&stage.ctx(&admin)).unwrap()[0].keeps, 2);
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 2 });
    lift(&stage.ctx(&admin), hold).unwrap();
    // Of a filled-in form alone: its chat goes.
    place(&stage.ctx(&admin), &on_chat(submission.to_string())).unwrap();
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    place(&stage.ctx(&admin), &on_site(finished.site)).unwrap();
    let later = stage.talk(finished.site, 3);
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 2 });
    assert!(stage.is_there(later));
}

#[test]
fn a_person_is_held_by_what_they_are_found_by() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (hers, his) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
    let hash = person(&stage.store, "maria@example.org").unwrap();
    let mut batch = stage.store.batch();
    batch.index_subject(hers, hash);
    stage.store.commit(batch).wait().unwrap();
    place(&stage.ctx(&admin), &on_person(" Maria@Example.org ")).unwrap();
    assert_eq!(refusal(place(&stage.ctx(&admin), &on_person("maria@example.org"))).0, "person");
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    assert!(stage.is_there(hers) && !stage.is_there(his));
}

#[test]
fn holds_since_a_backup_are_brought_along() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.talk(finished.site, 1);
    place(&stage.ctx(&admin), &on_chat(chat.to_string())).unwrap();
    let before: Vec<_> = stage.store.house().holds.values().cloned().collect();
    let id = HoldId::from_bytes([7; 16]);
    let since = Arc::new(Hold { id, on: HeldThing::Site(finished.site), ..Hold::clone(&before[0]) });
    bring_along(&stage.ctx(&Actor::Host), &[Arc::clone(&before[0]), since]).unwrap();
    assert_eq!((stage.store.house().holds.len(), stage.last_audit()), (2, AuditAction::HoldPlaced(id)));
    let rows = stage.audit().len();
    bring_along(&stage.ctx(&Actor::Host), &before).unwrap();
    assert_eq!(stage.audit().len(), rows, "it was there");
}

#[test]
fn only_administrators_hold() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.talk(finished.site, 1);
    let bert = stage.join(&admin, "Bert", "operator");
    for actor in [stage.actor(bert), Actor::Host, Actor::Timer, Actor::Stranger] {
        assert!(matches!(place(&stage.ctx(&actor), &on_chat(chat.to_string())), Err(Failure::Denied(_))), "{actor:?}");
    }
    assert!(matches!(list(&stage.ctx(&stage.actor(bert))), Err(Failure::Denied(_))));
}

/// Many times over: whoever comes first, what a hold was acknowledged for is there afterwards, and what was erased was never held.
#[test]
fn a_hold_that_was_acknowledged_is_never_too_late() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for visitor in 1..40 {
        let chat = stage.talk(finished.site, visitor);
        let both = std::sync::Barrier::new(2);
        let placed = std::thread::scope(|scope| {
            let erasing = scope.spawn(|| {
                both.wait();
                retention::purge_now(&stage.ctx(&admin), None).unwrap()
            });
            both.wait();
            let placed = place(&stage.ctx(&admin), &on_chat(chat.to_string()));
            erasing.join().unwrap();
            placed
        });
        assert_eq!(placed.is_ok(), stage.is_there(chat), "{placed:?}");
        if let Ok(hold) = placed {
            lift(&stage.ctx(&admin), hold).unwrap();
            retention::purge_now(&stage.ctx(&admin), None).unwrap();
        }
    }
}

/// The website says who its visitor is.
fn says_email(stage: &Stage, site: SiteId, visitor: u8, email: &str) {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let identity = Some(Identity { id: Line::parse("customer 7").unwrap(), email_is_proven: true });
    let told = Told { identity, email: EmailAddress::parse(email).ok(), ..Told::default() };
    told::update(&stage.ctx(&actor), &told).unwrap();
}

#[test]
fn nobody_gets_out_of_a_hold_by_another_address() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.begin(finished.site, 1);
    says_email(&stage, finished.site, 1, "maria@example.org");
    let hold = place(&stage.ctx(&admin), &on_person("maria@example.org")).unwrap();
    // Whatever has somebody known by another address from now on.
    let before = stage.store.conversation(chat).unwrap().unwrap();
    let mut now = before.clone();
    now.visitor.email = EmailAddress::parse("somebody@example.org").ok();
    let mut batch = stage.store.batch();
    batch.put_conversation(&now);
    subjects::reindex(&stage.ctx(&Actor::Timer), &mut batch, &before, &now);
    stage.store.commit(batch).wait().unwrap();
    stage.store.open_conversation(chat).unwrap().lock().head = now;
    stage.end(finished.site, 1, chat);
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 1 });
    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap(), Erased { gone: 0, held: 1 });
    lift(&stage.ctx(&admin), hold).unwrap();
    assert_eq!((timer(&stage), stage.is_there(chat)), (Erased { gone: 1, held: 0 }, false));
}

#[test]
fn while_not_everybody_can_be_found_a_hold_on_a_person_keeps_everything() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.talk(finished.site, 1);
    // As after an update from a format without an index.
    let mut batch = stage.store.batch();
    batch.put_backlog(Backlog::default());
    stage.store.commit(batch).wait().unwrap();
    place(&stage.ctx(&admin), &on_person("maria@example.org")).unwrap();
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 1 });
    assert_eq!(retention::overview(&stage.ctx(&admin)).unwrap()[0].held(), 1);
    subjects::backlog::run(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!((timer(&stage), stage.is_there(chat)), (Erased { gone: 1, held: 0 }, false));
}

#[test]
fn what_was_filled_in_in_a_restricted_chat_is_kept_with_it() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = stage.talk(finished.site, 1);
    let submission = stage.filled_in(finished.site, 4, Some(chat));
    let code = subjects::code_of(&stage.store, &[1; 32]);
    let question = Question { mark: Mark::code(&code), reach: Reach::Mark };
    assert_eq!(restrict(&stage.ctx(&admin), &question).unwrap(), 1);
    stage.advance(DAY * 3);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 2 });
    assert!(stage.store.submission(submission).unwrap().is_some());
    subjects::change::lift(&stage.ctx(&admin), &question).unwrap();
    assert_eq!(timer(&stage), Erased { gone: 2, held: 0 });
}

#[test]
fn what_was_restricted_since_a_backup_is_brought_along() {
    let (mut stage, finished) = Stage::set_up();
    let (locked, other) = (stage.talk(finished.site, 1), stage.talk(finished.site, 2));
    subjects::change::bring_along(&stage.ctx(&Actor::Host), &[locked, ConversationId::from_bytes([9; 16])]).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::SubjectRestricted(locked));
    stage.advance(DAY);
    assert_eq!((timer(&stage), stage.is_there(other)), (Erased { gone: 1, held: 1 }, false));
    assert!(stage.store.conversation(locked).unwrap().unwrap().about.is_restricted);
}
