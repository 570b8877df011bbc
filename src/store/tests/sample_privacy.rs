//! What format 5 brought to the samples: none of it is in an older one.

use super::*;
use crate::domain::evidence::Evidence;
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{DeliveryId, EvidenceId, FormId, HoldId, OrderId, RequestId, SubmissionId, WebhookId};
use crate::domain::language::Language;
use crate::domain::posture::{Enforced, Posture, Profile};
use crate::domain::purge_rule::{DuePurge, Every, How, PurgeOrder, Schedule, Standing, What, When};
use crate::domain::retention::{PurgePolicy, RetentionPlan, ZoneName};
use crate::domain::secure_form::{FormRequest, SecureField, SecureForm, SecureKind, Submission, SubmittedAnswer};
use crate::domain::subject::{SubjectHash, SubjectKey};
use crate::domain::text::{FieldId, Label, Notice};
use crate::domain::webhook::{Delivery, DeliveryOutcome, EventSet, Webhook, WebhookEvent, WebhookSecret, WebhookUrl};

fn by() -> OperatorId {
    OperatorId::from_bytes([3; 16])
}

fn field() -> FieldId {
    FieldId::parse("card").unwrap()
}

fn plan() -> RetentionPlan {
    RetentionPlan { messages: Some(PurgePolicy::DaysAfterClose(730)), ..RetentionPlan::default() }
}

fn order() -> PurgeOrder {
    let schedule = Schedule { every: Every::Month(31), hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap() };
    PurgeOrder {
        id: OrderId::from_bytes([41; 16]),
        name: Name::parse("Each month").unwrap(),
        what: What { class: RetentionClass::Transcripts, site: Some(site()), department: None, tag: None },
        when: When::Schedule(schedule),
        how: How::Anonymise,
        standing: Standing::Armed { since: at(3) },
        last: None,
        created_at: at(2),
    }
}

fn due() -> DuePurge {
    DuePurge { drawer: [3; 16], order: Some(order().id), how: How::Erase, at: at(8) }
}

fn hold() -> Hold {
    let on = HeldThing::Conversation(ConversationId::from_bytes([4; 16]));
    Hold { id: HoldId::from_bytes([42; 16]), on, reason: Notice::parse(&"\u{1f600}".repeat(1_000)).unwrap(), by: by(), at: at(4) }
}

fn form() -> SecureForm {
    SecureForm {
        id: FormId::from_bytes([43; 16]),
        site: Some(site()),
        name: Name::parse("Payment").unwrap(),
        intro: None,
        fields: vec![SecureField {
            id: field(),
            label: Label::parse("Card number").unwrap(),
            help: None,
            kind: SecureKind::Card { keeps_all: false },
            is_required: true,
            is_sensitive: true,
        }],
        consent: None,
        translations: [].into(),
        purge_on_first_view: true,
        purge_at_close: true,
        is_archived: false,
        created_at: at(2),
    }
}

fn request() -> FormRequest {
    FormRequest {
        id: RequestId::from_bytes([44; 16]),
        form: form().id,
        site: site(),
        conversation: Some(ConversationId::from_bytes([1; 16])),
        by: by(),
        at: at(5),
        expires_at: at(50),
        used_at: None,
    }
}

fn submission() -> Submission {
    Submission {
        id: SubmissionId::from_bytes([45; 16]),
        site: site(),
        form: form().id,
        form_name: form().name,
        conversation: Some(ConversationId::from_bytes([1; 16])),
        at: at(6),
        language: Language::German,
        consent: None,
        answers: vec![SubmittedAnswer {
            field: field(),
            label: Label::parse("Card number").unwrap(),
            kind: SecureKind::Card { keeps_all: false },
            is_sensitive: true,
            value: MessageText::parse("411111******1111").unwrap(),
        }],
        viewed_at: None,
    }
}

fn webhook() -> Webhook {
    Webhook {
        id: WebhookId::from_bytes([46; 16]),
        site: None,
        name: Name::parse("Records").unwrap(),
        url: WebhookUrl::parse("https://records.example.org/in").unwrap(),
        authority: None,
        secret: WebhookSecret([47; 32]),
        former: None,
        events: EventSet::default().with(WebhookEvent::ConversationClosed),
        with_transcript: true,
        is_on: true,
        created_at: at(2),
    }
}

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId::from_bytes([48; 16]),
        webhook: webhook().id,
        event: WebhookEvent::ConversationClosed,
        site: Some(site()),
        conversation: Some(ConversationId::from_bytes([3; 16])),
        submission: None,
        purged: Arc::from([ConversationId::from_bytes([20; 16])]),
        since: at(7),
        tries: 1,
        next_at: at(9),
        outcome: DeliveryOutcome::Waiting,
    }
}

fn posture() -> Posture {
    Posture { enforced: [(Profile::Hipaa, Enforced { since: at(9), by: Some(by()) })].into(), unlocks: vec![], drift: [].into() }
}

fn evidence() -> Evidence {
    Evidence { id: EvidenceId::from_bytes([49; 16]), at: at(9), json: "{\"sample\":true}".repeat(1_000) }
}

fn marked(store: &Store) -> (ConversationId, SubjectHash) {
    (ConversationId::from_bytes([4; 16]), store.subject_hash(SubjectKey::Email, "maria@example.org"))
}

pub(super) fn put(store: &Store) {
    let mut batch = store.batch();
    batch.put_retention(&plan());
    batch.put_order(&order());
    batch.put_due(due());
    batch.put_hold(&hold());
    batch.put_form(&form());
    batch.put_request(&request());
    batch.start_submission(&submission());
    batch.put_webhook(&webhook());
    batch.put_delivery(delivery());
    batch.put_posture(&posture());
    batch.put_evidence(&evidence());
    let (drawer, mark) = marked(store);
    batch.index_subject(drawer, mark);
    store.commit(batch).wait().unwrap();
}

pub(super) fn check(store: &Store) {
    let house = store.house();
    assert_eq!(house.retention, plan());
    assert!(house.orders.values().map(|it| (**it).clone()).eq([order()]));
    assert!(house.due.values().copied().eq([due()]));
    assert!(house.holds.values().map(|it| (**it).clone()).eq([hold()]));
    assert!(house.forms.values().map(|it| (**it).clone()).eq([form()]));
    assert!(house.requests.values().map(|it| (**it).clone()).eq([request()]));
    assert!(house.webhooks.values().map(|it| (**it).clone()).eq([webhook()]));
    assert!(house.deliveries.values().cloned().eq([delivery()]));
    assert_eq!(*house.posture, posture());
    assert_eq!(store.evidence(evidence().id).unwrap(), Some(evidence()));
    assert!(store.submission(submission().id).unwrap() == Some(submission()));
    let (drawer, mark) = marked(store);
    assert_eq!(store.drawers_of_subject(mark).unwrap(), [drawer]);
}
