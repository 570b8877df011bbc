use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::id::{FormId, SiteId};
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::secure_form::Submission;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::retention::{self, Erased};
use crate::service::stage::Stage;

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A visitor writes once and leaves, which closes the conversation.
fn talk(stage: &Stage, site: SiteId, visitor: u8) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let ctx = stage.ctx(&actor);
    let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
    let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
    let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
    conversations::end(&ctx, id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

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

fn is_there(stage: &Stage, id: ConversationId) -> bool {
    stage.store.conversation(id).unwrap().is_some()
}

#[test]
fn what_is_held_stays_until_the_hold_is_lifted() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (held, other) = (talk(&stage, finished.site, 1), talk(&stage, finished.site, 2));
    let hold =
        place(&stage.ctx(&admin), &on_chat(format!("https://chat.example.org/console/conversations/{held}#last"))).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::HoldPlaced(hold));
    let shown = list(&stage.ctx(&admin)).unwrap();
    assert_eq!((shown.len(), shown[0].keeps, shown[0].hold.reason.as_str()), (1, 1, "A court asks"));

    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    assert!(is_there(&stage, held) && !is_there(&stage, other));
    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap(), Erased { gone: 0, held: 1 });
    assert_eq!(retention::overview(&stage.ctx(&admin)).unwrap()[0].held(), 1);

    let without_proof = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(lift(&without_proof, hold), Err(Failure::ProofNeeded)));
    lift(&stage.ctx(&admin), hold).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::HoldLifted(hold));
    assert!(matches!(lift(&stage.ctx(&admin), hold), Err(Failure::NotFound)));
    assert_eq!(timer(&stage), Erased { gone: 1, held: 0 });
    assert!(!is_there(&stage, held));
}

#[test]
fn what_cannot_be_held_says_why() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let ctx = stage.ctx(&admin);
    let chat = talk(&stage, finished.site, 1);
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

    let gone = talk(&stage, finished.site, 2);
    stage.advance(DAY);
    timer(&stage);
    let (field, said) = refusal(place(&stage.ctx(&admin), &on_chat(gone.to_string())));
    assert!(field == "chat" && said.starts_with("This was purged already, on 2027-01-16."), "{said}");
}

#[test]
fn a_site_and_what_belongs_to_a_held_chat_are_held() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = talk(&stage, finished.site, 1);
    let submission = Submission {
        id: SubmissionId::from_bytes([4; 16]),
        site: finished.site,
        form: FormId::from_bytes([8; 16]),
        form_name: Name::parse("Intake").unwrap(),
        conversation: Some(chat),
        at: stage.now,
        language: Language::default(),
        consent: None,
        answers: vec![],
        viewed_at: None,
    };
    let mut batch = stage.store.batch();
    batch.start_submission(&submission);
    stage.store.commit(batch).wait().unwrap();
    let hold = place(&stage.ctx(&admin), &on_chat(chat.to_string())).unwrap();
    assert_eq!(list(&stage.ctx(&admin)).unwrap()[0].keeps, 2);
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 2 });
    lift(&stage.ctx(&admin), hold).unwrap();
    // Of a filled-in form alone: its chat goes.
    place(&stage.ctx(&admin), &on_chat(submission.id.to_string())).unwrap();
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    place(&stage.ctx(&admin), &on_site(finished.site)).unwrap();
    let later = talk(&stage, finished.site, 3);
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 0, held: 2 });
    assert!(is_there(&stage, later));
}

#[test]
fn a_person_is_held_by_what_they_are_found_by() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (hers, his) = (talk(&stage, finished.site, 1), talk(&stage, finished.site, 2));
    let hash = person(&stage.store, "maria@example.org").unwrap();
    let mut batch = stage.store.batch();
    batch.index_subject(hers, hash);
    stage.store.commit(batch).wait().unwrap();
    place(&stage.ctx(&admin), &on_person(" Maria@Example.org ")).unwrap();
    assert_eq!(refusal(place(&stage.ctx(&admin), &on_person("maria@example.org"))).0, "person");
    stage.advance(DAY);
    assert_eq!(timer(&stage), Erased { gone: 1, held: 1 });
    assert!(is_there(&stage, hers) && !is_there(&stage, his));
}

#[test]
fn holds_since_a_backup_are_brought_along() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let chat = talk(&stage, finished.site, 1);
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
    let chat = talk(&stage, finished.site, 1);
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
        let chat = talk(&stage, finished.site, visitor);
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
        assert_eq!(placed.is_ok(), is_there(&stage, chat), "{placed:?}");
        if let Ok(hold) = placed {
            lift(&stage.ctx(&admin), hold).unwrap();
            retention::purge_now(&stage.ctx(&admin), None).unwrap();
        }
    }
}
