//! Round trips of what came with format 5.

use super::*;
use crate::domain::evidence::Evidence;
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::{
    ConversationId, DeliveryId, DepartmentId, EvidenceId, FormId, HoldId, OperatorId, OrderId, RequestId, SiteId, SubmissionId,
    WebhookId,
};
use crate::domain::language::Language;
use crate::domain::posture::{Control, Enforced, Posture, Profile, Unlock};
use crate::domain::purge_rule::{DuePurge, Every, How, LastRun, Pause, PurgeOrder, Purging, Schedule, Standing, What, When};
use crate::domain::retention::{PurgePolicy, RetentionClass, RetentionPlan, ZoneName};
use crate::domain::secure_form::{
    FieldTexts, FormRequest, FormTexts, SecureField, SecureForm, SecureKind, Submission, SubmittedAnswer,
};
use crate::domain::sso::Authority;
use crate::domain::text::{FieldId, Label, MessageText, Name, Notice, Tag};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{
    Delivery, DeliveryOutcome, EventSet, FormerSecret, Webhook, WebhookEvent, WebhookSecret, WebhookUrl,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn notice(text: &str) -> Notice {
    Notice::parse(text).unwrap()
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn again<T: Serialize + DeserializeOwned + Record>(record: &T) -> T {
    decode(&encode(record).unwrap()).unwrap()
}

#[test]
fn clocks_and_pauses_come_back() {
    let daily = PurgePolicy::Daily { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap() };
    let plan =
        RetentionPlan { messages: Some(daily), submissions: PurgePolicy::AtClose, deliveries: PurgePolicy::HoursAfterClose(9) };
    assert_eq!(again(&PlanRecord::from(&plan)).plan().unwrap(), plan);
    let default = RetentionPlan::default();
    assert_eq!(again(&PlanRecord::from(&default)).plan().unwrap(), default);
    for purging in [Purging::default(), Purging { paused: Some(Pause { since: at(5), seconds: -90_000 }), alive_at: Some(at(4)) }]
    {
        assert_eq!(Purging::from(again(&PurgingRecord::from(purging))), purging);
    }
}

#[test]
fn a_purge_rule_comes_back_whatever_it_says() {
    let zone = ZoneName::parse("America/New_York").unwrap();
    let schedule = |every| When::Schedule(Schedule { every, hour: 23, zone: zone.clone() });
    let classes = [
        RetentionClass::Transcripts,
        RetentionClass::Attachments,
        RetentionClass::Reporting,
        RetentionClass::Messages,
        RetentionClass::Submissions,
        RetentionClass::Deliveries,
    ];
    let whens = [
        When::AtClose,
        When::AfterMailed,
        When::AfterDelivered,
        When::OnFirstView,
        When::OnConsentWithdrawn,
        When::HoursAfter(2),
        When::DaysAfter(30),
        schedule(Every::Hour),
        schedule(Every::Day),
        schedule(Every::Week(7)),
        schedule(Every::Month(31)),
    ];
    for (at_all, when) in whens.into_iter().enumerate() {
        let rule = PurgeOrder {
            id: OrderId::from_bytes([1; 16]),
            name: name("Night"),
            what: What {
                class: classes[at_all % classes.len()],
                site: (at_all % 2 == 0).then(|| SiteId::from_bytes([2; 16])),
                department: Some(DepartmentId::from_bytes([3; 16])),
                tag: Some(Tag::parse("billing").unwrap()),
            },
            when,
            how: if at_all % 2 == 0 { How::Erase } else { How::Anonymise },
            standing: if at_all % 3 == 0 { Standing::Draft } else { Standing::Armed { since: at(4) } },
            last: Some(LastRun { at: at(6), drawers: 7, held: 8 }),
            created_at: at(9),
        };
        assert_eq!(again(&OrderRecord::from(&rule)).order(rule.id).unwrap(), rule);
    }
    let due = DuePurge { drawer: [4; 16], order: Some(OrderId::from_bytes([1; 16])), how: How::Anonymise, at: at(3) };
    assert_eq!(again(&DueRecord::from(&due)).due(due.drawer), due);
}

#[test]
fn a_hold_comes_back() {
    let things = [
        HeldThing::Conversation(ConversationId::from_bytes([1; 16])),
        HeldThing::Submission(SubmissionId::from_bytes([2; 16])),
        HeldThing::Person([3; 16]),
        HeldThing::Site(SiteId::from_bytes([4; 16])),
    ];
    for on in things {
        let id = HoldId::from_bytes([5; 16]);
        let hold = Hold { id, on, reason: notice("Case 12/26"), by: OperatorId::from_bytes([6; 16]), at: at(7) };
        assert_eq!(again(&HoldRecord::from(&hold)).hold(id).unwrap(), hold);
    }
}

#[test]
fn a_form_with_what_was_filled_in_comes_back() {
    let kinds = [
        SecureKind::Text,
        SecureKind::LongText,
        SecureKind::Email,
        SecureKind::Phone,
        SecureKind::Date,
        SecureKind::Choice(vec![label("A"), label("B")]),
        SecureKind::Card { keeps_all: true },
        SecureKind::Expiry,
    ];
    let id = |at: usize| FieldId::parse(&format!("f{at}")).unwrap();
    let field = |(at, kind): (usize, &SecureKind)| SecureField {
        id: id(at),
        label: label("Number"),
        help: Some(label("On the front")),
        kind: kind.clone(),
        is_required: at % 2 == 0,
        is_sensitive: at % 2 == 1,
    };
    let texts = FormTexts {
        name: Some(name("Aufnahme")),
        intro: None,
        consent: Some(notice("Ja")),
        fields: [(id(0), FieldTexts { label: Some(label("Nummer")), help: None, options: vec![label("A"), label("B")] })].into(),
    };
    let form = SecureForm {
        id: FormId::from_bytes([1; 16]),
        site: Some(SiteId::from_bytes([2; 16])),
        name: name("Intake"),
        intro: Some(notice("Please")),
        fields: kinds.iter().enumerate().map(field).collect(),
        consent: Some(notice("I agree")),
        translations: [(Language::German, texts)].into(),
        purge_on_first_view: true,
        purge_at_close: false,
        is_archived: true,
        created_at: at(3),
    };
    assert_eq!(again(&SecureFormRecord::from(&form)).form(form.id).unwrap(), form);
    let request = FormRequest {
        id: RequestId::from_bytes([4; 16]),
        form: form.id,
        site: SiteId::from_bytes([2; 16]),
        conversation: Some(ConversationId::from_bytes([5; 16])),
        by: OperatorId::from_bytes([6; 16]),
        at: at(7),
        expires_at: at(8),
        used_at: Some(at(9)),
    };
    assert_eq!(again(&RequestRecord::from(&request)).request(request.id), request);
    let answer = |(at, kind): (usize, &SecureKind)| SubmittedAnswer {
        field: id(at),
        label: label("Number"),
        kind: kind.clone(),
        is_sensitive: true,
        value: MessageText::parse("41").unwrap(),
    };
    let submission = Submission {
        id: SubmissionId::from_bytes([7; 16]),
        site: SiteId::from_bytes([2; 16]),
        form: form.id,
        form_name: name("Intake"),
        conversation: None,
        at: at(9),
        language: Language::German,
        consent: Some(notice("I agree")),
        answers: kinds.iter().enumerate().map(answer).collect(),
        viewed_at: Some(at(10)),
    };
    assert!(again(&SubmissionRecord::from(&submission)).submission(submission.id).unwrap() == submission);
}

#[test]
fn a_webhook_with_its_deliveries_comes_back() {
    let webhook = Webhook {
        id: WebhookId::from_bytes([1; 16]),
        site: None,
        name: name("Records"),
        url: WebhookUrl::parse("https://records.example/in").unwrap(),
        authority: Some(Authority::parse("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----").unwrap()),
        secret: WebhookSecret([2; 32]),
        former: Some(FormerSecret { secret: WebhookSecret([3; 32]), until: at(9) }),
        events: EventSet::default().with(WebhookEvent::ConversationClosed).with(WebhookEvent::Purged),
        with_transcript: true,
        is_on: true,
        created_at: at(3),
    };
    assert!(webhook.events.contains(WebhookEvent::Purged) && !webhook.events.contains(WebhookEvent::MessageLeft));
    assert_eq!(again(&WebhookRecord::from(&webhook)).webhook(webhook.id).unwrap(), webhook);
    let outcomes = [
        DeliveryOutcome::Waiting,
        DeliveryOutcome::Delivered { at: at(4), status: 204 },
        DeliveryOutcome::GivenUp { at: at(5), status: Some(500) },
        DeliveryOutcome::GivenUp { at: at(5), status: None },
        DeliveryOutcome::Lapsed { at: at(6) },
    ];
    for (event, outcome) in WebhookEvent::ALL.into_iter().zip(outcomes) {
        let delivery = Delivery {
            id: DeliveryId::from_bytes([6; 16]),
            webhook: webhook.id,
            event,
            site: Some(SiteId::from_bytes([7; 16])),
            conversation: Some(ConversationId::from_bytes([8; 16])),
            submission: Some((SubmissionId::from_bytes([9; 16]), FormId::from_bytes([10; 16]))),
            purged: [ConversationId::from_bytes([11; 16])].into(),
            since: at(9),
            tries: 2,
            next_at: at(10),
            outcome,
        };
        assert_eq!(again(&DeliveryRecord::from(&delivery)).delivery(delivery.id).unwrap(), delivery);
    }
}

#[test]
fn what_is_enforced_comes_back() {
    let by = Some(OperatorId::from_bytes([1; 16]));
    let posture = Posture {
        enforced: [(Profile::Hipaa, Enforced { since: at(1), by }), (Profile::Gdpr, Enforced { since: at(2), by: None })].into(),
        unlocks: vec![Unlock {
            profile: Profile::Pci,
            reason: notice("Audit is over"),
            by: OperatorId::from_bytes([3; 16]),
            at: at(4),
        }],
        drift: [(Control::StaffNetworks, at(7)), (Control::Confined, at(8))].into(),
    };
    assert_eq!(again(&PostureRecord::from(&posture)).posture().unwrap(), posture);
    let evidence = Evidence { id: EvidenceId::from_bytes([5; 16]), at: at(6), json: "{}".to_owned() };
    assert_eq!(again(&EvidenceRecord::from(&evidence)).evidence(evidence.id), evidence);
}
