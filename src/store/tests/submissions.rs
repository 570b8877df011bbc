//! Submissions in drawers of their own, and the blind index of people.

use super::attacker::Attacker;
use super::*;
use crate::domain::id::{FormId, SubmissionId};
use crate::domain::language::Language;
use crate::domain::retention::ClosedKind;
use crate::domain::secure_form::{KeptSubmission, SecureKind, Submission, SubmittedAnswer};
use crate::domain::subject::SubjectKey;
use crate::domain::text::{FieldId, Label};

const MARKER: &str = "Zebra-Marker-0815";

fn submission(number: u8, value: &str) -> Submission {
    Submission {
        id: SubmissionId::from_bytes([number; 16]),
        site: site(),
        form: FormId::from_bytes([8; 16]),
        form_name: Name::parse("Intake").unwrap(),
        conversation: Some(ConversationId::from_bytes([1; 16])),
        at: at(5),
        language: Language::default(),
        consent: None,
        answers: vec![SubmittedAnswer {
            field: FieldId::parse("why").unwrap(),
            label: Label::parse("Why").unwrap(),
            kind: SecureKind::LongText,
            is_sensitive: true,
            value: MessageText::parse(value).unwrap(),
        }],
        viewed_at: None,
    }
}

fn start(house: &House, it: &Submission) {
    let mut batch = house.store.batch();
    batch.start_submission(it);
    house.store.commit(batch).wait().unwrap();
}

fn drawer(it: &Submission) -> ConversationId {
    ConversationId::from_bytes(*it.id.as_bytes())
}

#[test]
fn a_submission_is_kept_written_anew_and_purged_alone() {
    let house = House::new();
    let talk = house.conversation(1, &["a"]);
    let (mut one, two) = (submission(31, &"x".repeat(4_000)), submission(32, "y"));
    start(&house, &one);
    start(&house, &two);
    one.viewed_at = Some(at(9));
    let mut batch = house.store.batch();
    batch.put_submission(&one);
    house.store.commit(batch).wait().unwrap();
    let mut house = house;
    for _ in 0..2 {
        assert!(house.store.submission(one.id).unwrap().as_ref() == Some(&one));
        assert!(house.store.submission(two.id).unwrap().as_ref() == Some(&two));
        let kept = KeptSubmission { id: two.id, site: site(), form: two.form, of: Some(talk), at: at(5) };
        assert_eq!(house.store.kept_submission(two.id), Some(kept));
        assert_eq!(house.store.submissions().len(), 2);
        assert_eq!(house.store.open_count(), 1, "it is no conversation");
        house = house.again();
    }
    house.purge(&[drawer(&one)]);
    // What was sealed before the purge is not written after it.
    let mut batch = house.store.batch();
    batch.put_submission(&two);
    house.purge(&[drawer(&two)]);
    house.store.commit(batch).wait().unwrap();
    for _ in 0..2 {
        assert!(house.store.submission(one.id).unwrap().is_none() && house.store.submission(two.id).unwrap().is_none());
        assert!(house.store.submissions().is_empty());
        assert_eq!(house.texts(talk), ["a"]);
        let classes = house.store.audit_rows(None, 9).unwrap().into_iter().map(|row| match row.event.action {
            AuditAction::Purged(receipt) => (receipt.class, receipt.drawers),
            other => panic!("{other:?}"),
        });
        assert_eq!(classes.collect::<Vec<_>>(), [(RetentionClass::Submissions, 1), (RetentionClass::Submissions, 1)]);
        house = house.again();
    }
}

#[test]
fn whoever_holds_the_disk_after_a_purge_finds_nothing_of_a_submission() {
    let house = House::new();
    let it = submission(31, MARKER);
    start(&house, &it);
    let before = Attacker::new(&house);
    assert!(!before.sees(MARKER.as_bytes()), "it is not in clear");
    let is_open = |attacker: &Attacker| attacker.opened().iter().any(|text| text.contains(MARKER));
    assert!(is_open(&before), "the attack works");
    house.purge(&[drawer(&it)]);
    let mut after = Attacker::new(&house);
    after.adds_database_of(&before);
    assert!(!is_open(&after));
}

#[test]
fn a_person_is_found_by_their_mark_until_the_drawer_is_gone() {
    let house = House::new();
    let (one, two) = (house.conversation(1, &["a"]), house.conversation(2, &["b"]));
    let mark = house.store.subject_hash(SubjectKey::Email, "maria@example.org");
    assert_ne!(mark, house.store.subject_hash(SubjectKey::Phone, "maria@example.org"));
    let index = |drawers: &[ConversationId]| {
        let mut batch = house.store.batch();
        drawers.iter().for_each(|drawer| batch.index_subject(*drawer, mark));
        house.store.commit(batch).wait().unwrap();
    };
    index(&[one]);
    house.close(one, 10);
    house.close(two, 10);
    // Closed ones are indexed as well, as what came before there was an index has to be.
    index(&[two]);
    let house = house.again();
    assert_eq!(house.store.drawers_of_subject(mark).unwrap(), [one, two]);
    assert_eq!(house.store.subjects_of_drawer(two).unwrap(), [mark]);
    let mut batch = house.store.batch();
    batch.unindex_subject(two, mark);
    house.store.commit(batch).wait().unwrap();
    assert_eq!(house.store.drawers_of_subject(mark).unwrap(), [one]);
    house.purge(&[one]);
    assert_eq!(house.store.drawers_of_subject(mark).unwrap(), []);
    assert!(house.store.subjects_of_drawer(one).unwrap().is_empty());
}

#[test]
fn a_conversation_is_indexed_in_the_commit_that_closes_it() {
    let house = House::new();
    let id = house.conversation(1, &["a"]);
    let mark = house.store.subject_hash(SubjectKey::Code, "abcd");
    let open = house.store.open_conversation(id).unwrap();
    let mut batch = house.store.batch();
    {
        let mut open = open.lock();
        assert!(open.head.close(at(9)));
        batch.put_conversation(&open.head);
    }
    batch.index_subject(id, mark);
    house.store.commit(batch).wait().unwrap();
    assert_eq!(house.store.drawers_of_subject(mark).unwrap(), [id]);
    assert_eq!(house.texts(id), ["a"]);
}

#[test]
fn a_message_left_is_one_to_the_clocks_and_has_a_receipt_of_its_own() {
    let house = House::new();
    let mut left = head(1);
    left.about.channel = crate::domain::about::Channel::Message;
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&left);
    add(&mut batch, &mut open.lock(), "a");
    house.store.commit(batch).wait().unwrap();
    house.close(left.id, 20);
    let chat = house.conversation(2, &["b", "c"]);
    house.close(chat, 30);
    let house = house.again();
    assert_eq!(house.store.closed().map(|it| it.kind).collect::<Vec<_>>(), [ClosedKind::Message, ClosedKind::Chat]);
    house.purge(&[left.id, chat]);
    let receipts: Vec<_> = house
        .store
        .audit_rows(None, 9)
        .unwrap()
        .into_iter()
        .map(|row| match row.event.action {
            AuditAction::Purged(receipt) => (receipt.class, receipt.drawers, receipt.events),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(receipts, [(RetentionClass::Messages, 1, 1), (RetentionClass::Transcripts, 1, 2)]);
}
