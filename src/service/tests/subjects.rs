//! Tests: people are found by what they left, get what is theirs, and are gone when they want to be.

use std::io::{Cursor, Read};
use std::time::Duration;

use super::change::{self, CorrectionForm};
use super::find::{self, Found, Question, Reach};
use super::{backlog, code_of, dossier, erase, own};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::{AuditAction, AuditActor, AuditEvent, PurgeRule};
use crate::domain::event::{Rating, Stars};
use crate::domain::form::{Consent, Field, FieldKind};
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{ConversationId, FormId, HoldId, OperatorId, SiteId, SubmissionId};
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::search::Query;
use crate::domain::secure_form::{SecureKind, Submission, SubmittedAnswer};
use crate::domain::subject::Mark;
use crate::domain::switches::AddressPolicy;
use crate::domain::text::{ClientId, FieldId, FileName, Label, MessageText, Name, Notice, Tag};
use crate::domain::visitor::Allowance;
use crate::service::archive::Archive;
use crate::service::conversations::{self, Start};
use crate::service::search::{self, Stays};
use crate::service::setup::Finished;
use crate::service::stage::Stage;
use crate::service::stage::refused;
use crate::service::transcripts::Notes;
use crate::service::{Failure, account, files, leads, retention, secure_forms};

#[path = "subjects/dossiers.rs"]
mod dossiers;
#[path = "subjects/erasing.rs"]
mod erasing;
#[path = "subjects/trail.rs"]
mod trail;
#[path = "subjects/visitors.rs"]
mod visitors;

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
fn what_is_held_is_not_corrected_since_what_was_there_would_be_gone() {
    let (stage, finished, admin) = asking();
    let first = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    end(&stage, finished.site, 1, first);
    hold(&stage, finished.operator, HeldThing::Conversation(first));
    let ctx = stage.ctx(&admin);
    let form = CorrectionForm { name: "Maria Berg".to_owned(), ..CorrectionForm::default() };
    let refused = change::rectify(&ctx, &question("maria@example.org"), &form).unwrap_err().to_string();
    assert!(refused.contains("Court of Hamburg"), "{refused}");
    let second = begin(&stage, finished.site, 1, &MARIA, "It hurts again");
    let corrected = change::rectify(&ctx, &question("maria@example.org"), &form).unwrap();
    assert_eq!((corrected.chats, corrected.held), (1, 1));
    let name = |id| stage.store.conversation(id).unwrap().unwrap().visitor.name.unwrap();
    assert_eq!((name(first).as_str(), name(second).as_str()), ("Maria", "Maria Berg"));
}

/// What somebody filled in in a secure form of this chat.
fn filled_in(stage: &Stage, site: SiteId, chat: ConversationId) -> Submission {
    let answer = |label: &str, kind, is_sensitive, value: &str| SubmittedAnswer {
        field: FieldId::parse("f").unwrap(),
        label: Label::parse(label).unwrap(),
        kind,
        is_sensitive,
        value: MessageText::parse(value).unwrap(),
    };
    let submission = Submission {
        id: SubmissionId::from_bytes([4; 16]),
        site,
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
    submission
}

fn hold(stage: &Stage, by: OperatorId, on: HeldThing) {
    let reason = Notice::parse("Court of Hamburg, 4 C 12/26").unwrap();
    let mut batch = stage.store.batch();
    batch.put_hold(&Hold { id: HoldId::from_bytes([9; 16]), on, reason, by, at: stage.now });
    stage.store.commit(batch).wait().unwrap();
}

/// A chat that an operator answered and closed, on a site that asks how it was.
fn answered(stage: &Stage, site: SiteId, admin: &Actor) -> ConversationId {
    let mut asks = (*stage.store.house().sites[&site]).clone();
    asks.rating = true;
    let mut batch = stage.store.batch();
    batch.put_site(&asks);
    stage.store.commit(batch).wait().unwrap();
    let id = begin(stage, site, 1, &MARIA, "My foot hurts");
    conversations::accept(&stage.ctx(admin), id, origin("accept")).unwrap();
    conversations::close(&stage.ctx(admin), id, origin("close")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

#[test]
fn a_rating_that_comes_at_the_same_moment_undoes_no_restriction_and_is_not_undone() {
    let (stage, finished, admin) = asking();
    let id = answered(&stage, finished.site, &admin);
    let visitor = visitor(finished.site, 1);
    let rate = |n: u8| {
        let rating = Rating { stars: Stars::new(n % 5 + 1).unwrap(), comment: None };
        conversations::rate(&stage.ctx(&visitor), id, rating, origin(&format!("r{n}"))).unwrap();
    };
    for n in 0..100 {
        let start = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                rate(n);
            });
            start.wait();
            change::restrict(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
        });
        stage.store.commit(stage.store.batch()).wait().unwrap();
        let about = stage.store.conversation(id).unwrap().unwrap().about;
        assert!(about.is_restricted, "the rating of round {n} has lifted it");
        assert_eq!(about.rating.unwrap().stars.get(), n % 5 + 1, "the restriction of round {n} has taken the rating along");
        change::lift(&stage.ctx(&admin), &question("maria@example.org")).unwrap();
    }
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
    let listed = |actor: &Actor| search::search(&stage.ctx(actor), &Query::default(), None).unwrap().matches;
    assert!(listed(&bert).is_empty());
    let it = listed(&admin).remove(0);
    assert_eq!((it.stays, it.purge_due_at), (Some(Stays::Restricted), None), "no date that nothing will keep");
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
fn what_is_older_than_the_index_is_indexed_once() {
    let (stage, finished, admin) = asking();
    let site = finished.site;
    let closed = begin(&stage, site, 1, &MARIA, "My foot hurts");
    end(&stage, site, 1, closed);
    let open = begin(&stage, site, 2, &MARIA, "It hurts again");
    // As format 4 left them.
    let mut batch = stage.store.batch();
    batch.put_backlog(Default::default());
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
fn what_an_older_version_wrote_is_found_once_it_is_indexed() {
    let stage = Stage::thawed(4);
    let ctx = stage.ctx(&Actor::Host);
    let codes: Vec<_> = {
        let open = stage.store.open_conversations().into_iter().map(|it| it.lock().head.clone());
        let closed: Vec<_> = stage.store.closed().map(|it| stage.store.conversation(it.id).unwrap().unwrap()).collect();
        open.chain(closed).map(|head| (head.id, code_of(&stage.store, &head.token_index).written())).collect()
    };
    assert!(codes.len() > 70, "the sample has chats, open and closed: {}", codes.len());
    let count = |mark: &str| find::find(&ctx, &question(mark)).unwrap().chats.len();
    assert!(!stage.store.house().backlog.is_done && count("maria@example.org") == 0, "format 4 had no index");
    assert!(codes.iter().all(|(_, code)| count(code) == 0));
    let timer = stage.ctx(&Actor::Timer);
    assert_eq!(backlog::run(&timer).unwrap(), stage.store.closed_count() as u64);
    assert!(stage.store.house().backlog.is_done);
    assert_eq!(count("maria@example.org"), 1);
    for (id, code) in &codes {
        assert!(ids(&find::find(&ctx, &question(code)).unwrap()).contains(id), "{id} is not found by its visitor’s code");
    }
    let (gone, code) = &codes[codes.len() - 1];
    assert_eq!(erase::erase(&ctx, &question(code)).unwrap().receipt.what.conversations, 1);
    assert!(stage.store.conversation(*gone).unwrap().is_none());
}
