//! Tests: people are found by what they left, get what is theirs, and are gone when they want to be.

use std::io::{Cursor, Read};
use std::time::Duration;

use super::change::{self, CorrectionForm};
use super::find::{self, Found, Question, Reach};
use super::{backlog, code_of, dossier, erase, own};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::form::{Consent, Field, FieldKind};
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{ConversationId, FormId, HoldId, SiteId, SubmissionId};
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::secure_form::{SecureKind, Submission, SubmittedAnswer};
use crate::domain::subject::Mark;
use crate::domain::text::{ClientId, FieldId, Label, MessageText, Name, Notice};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::setup::Finished;
use crate::service::stage::Stage;
use crate::service::stage::refused;
use crate::service::transcripts::Notes;
use crate::service::{Failure, leads, retention};

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn visitor(site: SiteId, token: u8) -> Actor {
    Actor::Visitor { site, token_index: [token; 32] }
}

/// The site asks who somebody is, and for consent.
fn asking() -> (Stage, Finished, Actor) {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let mut site = (*stage.store.house().sites[&finished.site]).clone();
    let phone = Field {
        id: FieldId::parse(Field::PHONE).unwrap(),
        label: Label::parse("Telephone").unwrap(),
        kind: FieldKind::Phone,
        is_required: false,
    };
    let optional = |field| Field { is_required: false, ..field };
    site.pre_chat.fields = vec![optional(Field::name()), optional(Field::email()), phone];
    site.consent = Some(Consent { text: Notice::parse("You may keep this.").unwrap(), version: 2, since: stage.now });
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    (stage, finished, admin)
}

fn begin(stage: &Stage, site: SiteId, token: u8, answers: &[(&str, &str)], text: &str) -> ConversationId {
    let actor = visitor(site, token);
    let answers = answers.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let start = Start { answers, consented: true, ..Start::saying(MessageText::parse(text).unwrap()) };
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin(&format!("a{token}-{}", text.len())))
        .unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

fn end(stage: &Stage, site: SiteId, token: u8, id: ConversationId) {
    conversations::end(&stage.ctx(&visitor(site, token)), id, origin("end")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

const MARIA: [(&str, &str); 3] = [("name", "Maria"), ("email", "maria@example.org"), ("phone", "+49 (0)40 123456")];

fn question(mark: &str) -> Question {
    Question::read(mark, Reach::Mark).unwrap()
}

fn ids(found: &Found) -> Vec<ConversationId> {
    found.chats.iter().map(|chat| chat.head.id).collect()
}

#[test]
fn somebody_is_found_by_every_mark_open_or_closed() {
    let (mut stage, finished, admin) = asking();
    let site = finished.site;
    let first = begin(&stage, site, 1, &MARIA, "My foot hurts");
    end(&stage, site, 1, first);
    stage.advance(Duration::from_secs(60));
    let second = begin(&stage, site, 1, &[("email", "MARIA@example.org")], "It hurts again");
    begin(&stage, site, 2, &[("email", "tom@example.org")], "Another");
    let ctx = stage.ctx(&admin);
    let code = code_of(&stage.store, &[1; 32]).written();
    for mark in ["Maria@Example.org", &code, &code.to_lowercase()] {
        let found = find::find(&ctx, &question(mark)).unwrap();
        assert_eq!(ids(&found), [second, first], "the newest first");
    }
    let found = find::find(&ctx, &question("0049 40 123456")).unwrap();
    assert_eq!((ids(&found), found.linked), (vec![first], 1), "the other is of the same browser");
    let wide = Question { reach: Reach::Linked, ..question("+4940123456") };
    assert_eq!(ids(&find::find(&ctx, &wide).unwrap()), [second, first]);
    assert!(matches!(stage.last_audit(), AuditAction::SubjectLooked { found: 2, .. }));

    let nobody = find::find(&ctx, &question("nobody@example.org")).unwrap();
    assert!(nobody.is_nothing() && nobody.receipt.is_none());
    assert!(matches!(stage.last_audit(), AuditAction::SubjectLooked { found: 0, .. }));
    assert_eq!(refused(Question::read("somebody", Reach::Mark)), ["mark"]);

    let bert = stage.join(&admin, "Bert", "supervisor");
    let bert = stage.actor(bert);
    assert!(matches!(find::find(&stage.ctx(&bert), &question(&code)), Err(Failure::Denied(_))));
}

#[test]
fn everything_is_handed_out_in_one_archive_without_what_is_among_the_staff() {
    let (stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &[("name", "=SUM(A1)"), ("email", "maria@example.org")], "My foot\nhurts");
    let ctx = stage.ctx(&admin);
    conversations::accept(&ctx, id, origin("accept")).unwrap();
    conversations::note(&ctx, id, MessageText::parse("She is difficult").unwrap(), origin("note")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let made = dossier::export(&ctx, &question("maria@example.org"), Notes::LeftOut).unwrap();
    assert!(matches!(stage.last_audit(), AuditAction::SubjectExported { found: 1, .. }));
    let bytes = made.archive(&stage.store.house(), "<p>page").unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let (json, chats, messages) = (text("data.json"), text("chats.csv"), text("messages.csv"));
    assert_eq!(text("index.html"), "<p>page");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["conversations"][0]["visitor"]["email"], "maria@example.org");
    assert_eq!(json["conversations"][0]["consent"]["text"], "You may keep this.");
    assert_eq!(json["conversations"][0]["events"][1]["text"], "My foot\nhurts");
    assert!(chats.contains("'=SUM(A1)") && messages.contains("\"My foot\nhurts\""), "{chats}{messages}");
    assert!(!json.to_string().contains("difficult") && !messages.contains("difficult"));
    let kept = dossier::export(&ctx, &question("maria@example.org"), Notes::Kept).unwrap();
    assert!(kept.events[0].len() > made.events[0].len());

    let nobody = dossier::export(&ctx, &question("nobody@example.org"), Notes::LeftOut);
    assert!(matches!(nobody, Err(Failure::Conflict(_))));
    assert!(matches!(stage.last_audit(), AuditAction::SubjectExported { found: 0, .. }), "on record all the same");
    let unproved = crate::service::Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    let refused = dossier::export(&unproved, &question("maria@example.org"), Notes::LeftOut);
    assert!(matches!(refused, Err(Failure::ProofNeeded)));
}

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
    let hold = Hold {
        id: HoldId::from_bytes([9; 16]),
        on: HeldThing::Person(super::hash_of(&stage.store, &mark)),
        reason: Notice::parse("Court of Hamburg, 4 C 12/26").unwrap(),
        by: finished.operator,
        at: stage.now,
    };
    let mut batch = stage.store.batch();
    batch.put_hold(&hold);
    stage.store.commit(batch).wait().unwrap();
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
fn a_corrected_address_is_the_one_that_finds_them() {
    let (stage, finished, admin) = asking();
    let site = finished.site;
    let closed = begin(&stage, site, 1, &MARIA, "My foot hurts");
    end(&stage, site, 1, closed);
    let open = begin(&stage, site, 1, &MARIA, "It hurts again");
    let ctx = stage.ctx(&admin);
    let form =
        CorrectionForm { name: "Maria Berg".to_owned(), email: "berg@example.org".to_owned(), ..CorrectionForm::default() };
    let corrected = change::rectify(&ctx, &question("maria@example.org"), &form).unwrap();
    assert_eq!((corrected.chats, corrected.is_moved), (2, true));
    assert!(find::find(&ctx, &question("maria@example.org")).unwrap().is_nothing());
    let found = find::find(&ctx, &question("berg@example.org")).unwrap();
    assert_eq!(found.chats.len(), 2);
    assert!(found.chats.iter().all(|chat| chat.head.visitor.name.as_ref().is_some_and(|name| name.as_str() == "Maria Berg")));
    assert_eq!(stage.store.open_conversation(open).unwrap().lock().head.visitor.email, found.chats[0].head.visitor.email);
    assert_eq!(find::find(&ctx, &question("+4940123456")).unwrap().chats.len(), 2, "what was right stays");
    let wrong = CorrectionForm { email: "berg".to_owned(), ..CorrectionForm::default() };
    assert_eq!(refused(change::rectify(&ctx, &question("berg@example.org"), &wrong)), ["email"]);
    assert_eq!(refused(change::rectify(&ctx, &question("berg@example.org"), &CorrectionForm::default())), ["name"]);
}

#[test]
fn what_is_restricted_is_for_administrators_alone_until_it_is_lifted() {
    let (stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    let bert = stage.join(&admin, "Bert", "supervisor");
    let bert = stage.actor(bert);
    let ctx = stage.ctx(&admin);
    let sees = |actor: &Actor| conversations::view(&stage.ctx(actor), id, 0, 1).is_ok();
    assert_eq!(change::restrict(&ctx, &question("maria@example.org")).unwrap(), 1);
    assert!(sees(&bert), "an open chat goes on");
    end(&stage, finished.site, 1, id);
    assert!(!sees(&bert) && sees(&admin) && sees(&visitor(finished.site, 1)));
    let leads_of = |actor: &Actor| leads::list(&stage.ctx(actor), &leads::Question::default(), None).map(|it| it.leads.len());
    assert_eq!(leads_of(&admin).unwrap(), 1);
    assert_eq!(leads_of(&bert).unwrap_or(0), 0);
    assert!(super::restricted(&stage.store).unwrap().contains(&id));
    assert_eq!(change::restrict(&ctx, &question("maria@example.org")).unwrap(), 0, "it is already");
    assert_eq!(find::find(&ctx, &question("maria@example.org")).unwrap().chats[0].goes_at, None);
    assert_eq!(change::lift(&ctx, &question("maria@example.org")).unwrap(), 1);
    assert!(sees(&bert) && super::restricted(&stage.store).unwrap().is_empty());
    assert_eq!(stage.last_audit(), AuditAction::SubjectRestrictionLifted(id));
    assert!(matches!(change::lift(&ctx, &question("tom@example.org")), Err(Failure::Conflict(_))));
}

#[test]
fn consent_is_taken_back_once_and_its_history_stays() {
    let (mut stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    end(&stage, finished.site, 1, id);
    stage.advance(Duration::from_secs(60));
    let ctx = stage.ctx(&admin);
    assert_eq!(change::withdraw(&ctx, &question("maria@example.org")).unwrap(), 1);
    assert_eq!(change::withdraw(&ctx, &question("maria@example.org")).unwrap(), 0);
    let found = find::find(&ctx, &question("maria@example.org")).unwrap();
    let house = stage.store.house();
    let agreement = found.chats[0].agreement(&house).unwrap();
    assert_eq!((agreement.version, agreement.text, agreement.withdrawn_at), (2, Some("You may keep this."), Some(stage.now)));
}

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

#[test]
fn what_is_older_than_the_index_is_indexed_once() {
    let (stage, finished, admin) = asking();
    let site = finished.site;
    let closed = begin(&stage, site, 1, &MARIA, "My foot hurts");
    end(&stage, site, 1, closed);
    let open = begin(&stage, site, 2, &MARIA, "It hurts again");
    // As format 4 left them.
    let mut batch = stage.store.batch();
    for id in [closed, open] {
        for hash in stage.store.subjects_of_drawer(id).unwrap() {
            batch.unindex_subject(id, hash);
        }
    }
    stage.store.commit(batch).wait().unwrap();
    let ctx = stage.ctx(&admin);
    assert!(find::find(&ctx, &question("maria@example.org")).unwrap().is_nothing());
    assert_eq!(backlog::run(&stage.ctx(&Actor::Timer)).unwrap(), 1);
    assert_eq!(stage.last_audit(), AuditAction::SubjectsIndexed { chats: 1 });
    assert!(stage.store.house().backlog.is_done);
    assert_eq!(find::find(&ctx, &question("maria@example.org")).unwrap().chats.len(), 2);
    assert_eq!(backlog::run(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    let name = Name::parse("Maria").unwrap();
    assert!(
        find::find(&ctx, &question("maria@example.org"))
            .unwrap()
            .chats
            .iter()
            .all(|it| it.head.visitor.name == Some(name.clone()))
    );
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
fn what_was_filled_in_is_found_by_its_address_and_stays_masked() {
    let (stage, finished, admin) = asking();
    let chat = begin(&stage, finished.site, 1, &[("name", "Maria")], "My foot hurts");
    let answer = |label: &str, kind, is_sensitive, value: &str| SubmittedAnswer {
        field: FieldId::parse("f").unwrap(),
        label: Label::parse(label).unwrap(),
        kind,
        is_sensitive,
        value: MessageText::parse(value).unwrap(),
    };
    let submission = Submission {
        id: SubmissionId::from_bytes([4; 16]),
        site: finished.site,
        form: FormId::from_bytes([8; 16]),
        form_name: Name::parse("Intake").unwrap(),
        conversation: Some(chat),
        at: stage.now,
        language: Language::default(),
        consent: None,
        answers: vec![
            answer("E-mail", SecureKind::Email, false, "maria@example.org"),
            answer("Illness", SecureKind::Text, true, "gout, since spring"),
        ],
        viewed_at: None,
    };
    let mut batch = stage.store.batch();
    batch.start_submission(&submission);
    stage.store.commit(batch).wait().unwrap();
    let ctx = stage.ctx(&admin);
    let found = find::find(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((found.chats.len(), found.submissions.len()), (0, 1), "the chat itself says nothing of the address");
    let code = code_of(&stage.store, &[1; 32]).written();
    let made = dossier::export(&ctx, &question(&code), Notes::LeftOut).unwrap();
    assert_eq!((made.found.chats.len(), made.found.submissions.len()), (1, 1));
    let bytes = made.archive(&stage.store.house(), "").unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for name in ["forms.csv", "data.json"] {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.contains("Illness") && !text.contains("gout"), "{text}");
    }
    let erased = erase::erase(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((erased.receipt.what.conversations, erased.receipt.what.submissions), (0, 1));
    assert!(stage.store.submission(submission.id).unwrap().is_none() && stage.store.conversation(chat).unwrap().is_some());
}
