use super::*;
use crate::domain::about::{About, Attribute, CameFrom, Channel, Identity};
use crate::domain::alert::AlertKind;
use crate::domain::allowlist::{Allowlist, Lists, Trial};
use crate::domain::audit::{
    AuditAction, AuditActor, AuditEntry, AuditEvent, FactorKind, Outcome, PurgeReceipt, PurgeRule, SubjectErasure,
};
use crate::domain::backup::{Attempt, Contents, History};
use crate::domain::block::{Block, Blocked};
use crate::domain::canned::CannedResponse;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::department::{Department, Members};
use crate::domain::event::{Author, Event, EventKind, FormAsk, Masking};
use crate::domain::event::{Rating, Stars, Transfer, TransferTarget};
use crate::domain::file::{FileKind, FileRef};
use crate::domain::form::{Answer, Consent, Field, FieldKind};
use crate::domain::hours::{CalendarDay, Holiday, Hours, Span, Week};
use crate::domain::id::{
    AlertId, BlockId, CannedId, ConversationId, DepartmentId, FileId, FormId, HoldId, OperatorId, OrderId, RequestId, RuleId,
    SessionId, SiteId, SubmissionId, WebhookId, WindowId,
};
use crate::domain::invitation::InvitationRule;
use crate::domain::look::{Launcher, Position, Scheme, Window};
use crate::domain::mail::PendingMail;
use crate::domain::network::Network;
use crate::domain::network::parse_networks;
use crate::domain::operator::{Membership, Operator, Part, PasswordHash, PasswordReset, Role, SsoIdentity, Standing};
use crate::domain::permission::{Permission, Permissions, RolePermissions};
use crate::domain::preset::Preset;
use crate::domain::redaction::Found;
use crate::domain::report::{Counted, Day, Tally};
use crate::domain::retention::{PurgePolicy, ReportingDays, RetentionClass, ZoneName};
use crate::domain::root_key::KeyPlace;
use crate::domain::routing::{Assignment, Routing};
use crate::domain::session::{Session, SignInMethod};
use crate::domain::site::{IdentitySecret, Site, WebOrigin};
use crate::domain::space::Room;
use crate::domain::sso::SsoRefusal;
use crate::domain::switches::{AddressPolicy, BeforeConsent, Switches};
use crate::domain::text::{ClientId, EmailAddress, MessageText, Name, Notice};
use crate::domain::text::{FieldId, FileName, Label, Line, PhoneNumber, Tag};
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::domain::visitor::ConsentGiven;
use crate::domain::visitor::Visitor;
use crate::domain::webhook::{WebhookAct, WebhookEvent};
use crate::store::Organisation;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn anna() -> Assignee {
    Assignee { id: OperatorId::from_bytes([3; 16]), name: Name::parse("Anna").unwrap() }
}

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn rating() -> Rating {
    Rating { stars: Stars::new(4).unwrap(), comment: Notice::parse("Quick.").ok() }
}

fn about() -> About {
    About {
        channel: Channel::Message,
        department: Some(DepartmentId::from_bytes([6; 16])),
        window: Some(WindowId::from_bytes([7; 16])),
        language: Language::Arabic,
        answers: vec![Answer { field: FieldId::parse("order").unwrap(), label: label("Order"), value: line("4711") }],
        came_from: CameFrom {
            page: Some(line("https://example.org/prices")),
            title: Some(line("Prices")),
            referrer: Some(line("https://search.example")),
            browser: Some(line("Firefox 140")),
            address: Some(line("192.0.2.0/24")),
            host: Some(line("host.example")),
        },
        identity: Some(Identity { id: line("customer 7"), email_is_proven: true }),
        attributes: vec![Attribute { name: Name::parse("plan").unwrap(), value: line("gold") }],
        tags: [Tag::parse("billing").unwrap()].into(),
        guests: vec![anna()],
        invited: [OperatorId::from_bytes([9; 16])].into(),
        rating: Some(rating()),
        answered_at: Some(at(6)),
        is_restricted: true,
        consent_withdrawn_at: Some(at(7)),
        is_anonymised: false,
    }
}

fn hours() -> Hours {
    let spans = vec![Span::new(540, 720).unwrap(), Span::new(780, 1_440).unwrap()];
    let mut days: [Vec<Span>; 7] = Default::default();
    days[0].clone_from(&spans);
    let date = CalendarDay::new(2026, 12, 24).unwrap();
    let holidays = vec![Holiday { date, name: Name::parse("Christmas Eve").unwrap(), spans }];
    Hours::Weekly(Week { zone: ZoneName::parse("Europe/Berlin").unwrap(), days, holidays })
}

fn routing() -> Routing {
    Routing { assignment: Assignment::RoundRobin, answer_within_seconds: Some(20), leave_message_after_seconds: Some(90) }
}

/// Gives a site whatever a site can have.
fn fill(it: &mut Site) {
    it.look.position = Position::Left;
    it.look.scheme = Scheme::Dark;
    it.look.launcher = Launcher::Text(label("Ask us"));
    for launcher in [Launcher::Icon, Launcher::Image(line("/logo.png")), Launcher::Hidden] {
        let look = crate::domain::look::Look { launcher, scheme: Scheme::Light, ..it.look.clone() };
        let department = Some(DepartmentId::from_bytes([6; 16]));
        it.windows.push(Window { id: WindowId::from_bytes([7; 16]), name: Name::parse("Shop").unwrap(), look, department });
    }
    it.language = Language::Hebrew;
    it.texts.insert((Language::German, "send".to_owned()), "Ab damit".to_owned());
    it.consent = Some(Consent { text: Notice::parse("May we?\nPlease.").unwrap(), version: 4, since: at(3) });
    it.visitors.only = parse_networks("192.0.2.0/24").unwrap();
    it.visitors.never = parse_networks("192.0.2.7\n2001:db8::/32").unwrap();
    it.former_consents.push(Consent { text: Notice::parse("May we?").unwrap(), version: 3, since: at(2) });
    it.zone = ZoneName::parse("Asia/Tokyo").unwrap();
    let kinds = [FieldKind::Text, FieldKind::Email, FieldKind::Phone, FieldKind::Department, FieldKind::Choice(vec![label("A")])];
    for kind in kinds {
        it.pre_chat.fields.push(Field { id: FieldId::parse("x").unwrap(), label: label("X"), kind, is_required: true });
    }
    it.hours = hours();
    it.routing = routing();
    it.switches = Switches {
        visitor_files: true,
        operator_files: true,
        operators_mail_transcripts: true,
        mail_transcript_at_close: true,
        visitor_transcripts: true,
        transcript_mailboxes: vec![EmailAddress::parse("archive@example.org").unwrap()],
        address: AddressPolicy::Shortened,
        sneak_peek: true,
        monitoring: true,
        web_push: true,
        before_consent: BeforeConsent::Session,
    };
    it.rating = true;
    it.tags = vec![Tag::parse("billing").unwrap()];
    it.wrap_up_required = true;
    it.identity_secret = Some(IdentitySecret([8; 32]));
    it.invitations.push(InvitationRule {
        id: RuleId::from_bytes([9; 16]),
        name: Name::parse("Prices").unwrap(),
        text: Notice::parse("May we help?").unwrap(),
        is_on: true,
        page: Some(line("/prices")),
        referrer: Some(line("search")),
        seconds_on_page: Some(30),
        pages_seen: Some(3),
        scrolled_percent: Some(50),
        exit_intent: true,
        again_after_days: 7,
    });
}

#[test]
fn a_mail_to_be_sent_comes_back() {
    let (conversation, site) = (ConversationId::from_bytes([3; 16]), SiteId::from_bytes([2; 16]));
    let it = PendingMail { conversation, site, to_visitor: true, to_mailboxes: false, since: at(4), tries: 3, next_at: at(9) };
    let bytes = encode(&MailRecord::from(&it)).unwrap();
    assert_eq!(decode::<MailRecord>(&bytes).unwrap().mail(conversation), it);
}

#[test]
fn a_department_comes_back() {
    for (members, hours, routing) in [
        (Members::AllOfSite, None, None),
        (Members::Only([anna().id].into()), Some(hours()), Some(routing())),
        (
            Members::Only([].into()),
            Some(Hours::Always),
            Some(Routing { assignment: Assignment::LeastBusy, ..Routing::default() }),
        ),
    ] {
        let (id, site) = (DepartmentId::from_bytes([6; 16]), SiteId::from_bytes([2; 16]));
        let it = Department { id, site, name: Name::parse("Billing").unwrap(), members, hours, routing, created_at: at(4) };
        let bytes = encode(&DepartmentRecord::from(&it)).unwrap();
        assert_eq!(decode::<DepartmentRecord>(&bytes).unwrap().department(id).unwrap(), it);
    }
}

#[test]
fn what_is_kept_for_the_staff_comes_back() {
    let id = CannedId::from_bytes([3; 16]);
    let (shortcut, title) = (Tag::parse("hi").unwrap(), Name::parse("Greeting").unwrap());
    let text = MessageText::parse("Hello {visitor.name}").unwrap();
    let shared = CannedResponse { id, owner: None, site: None, shortcut, title, text, language: None, created_at: at(1) };
    let (owner, site) = (Some(anna().id), Some(SiteId::from_bytes([2; 16])));
    for it in [CannedResponse { owner, site, language: Some(Language::Polish), ..shared.clone() }, shared] {
        let bytes = encode(&CannedRecord::from(&it)).unwrap();
        assert_eq!(decode::<CannedRecord>(&bytes).unwrap().canned(id).unwrap(), it);
    }
    let id = BlockId::from_bytes([3; 16]);
    for whom in [Blocked::Visitor([4; 32]), Blocked::Network(Network::parse("2001:db8::/32").unwrap())] {
        for (site, until, reason) in [(None, None, None), (site, Some(at(9)), Notice::parse("Rude").ok())] {
            let it = Block { id, site, whom: whom.clone(), until, reason, by: anna().id, at: at(2) };
            let bytes = encode(&BlockRecord::from(&it)).unwrap();
            assert_eq!(decode::<BlockRecord>(&bytes).unwrap().block(id).unwrap(), it);
        }
    }
    let it = RolePermissions { operator: Permissions::NONE.with(Permission::Block), supervisor: Permissions::ALL };
    let bytes = encode(&PermissionsRecord::from(it)).unwrap();
    assert_eq!(RolePermissions::from(decode::<PermissionsRecord>(&bytes).unwrap()), it);
}

#[test]
fn a_conversation_comes_back_in_every_state() {
    let operator = anna();
    let states = [
        State::Waiting,
        State::Active { operator: operator.clone() },
        State::Wrapping { operator: operator.clone() },
        State::Closed { operator: Some(operator), at: at(9) },
        State::Closed { operator: None, at: at(-9) },
    ];
    for state in states {
        let visitor = Visitor {
            name: Some(Name::parse("Maria").unwrap()),
            email: Some(EmailAddress::parse("maria@example.org").unwrap()),
            phone: PhoneNumber::parse("+49 40 123456").ok(),
            consent: Some(ConsentGiven { version: 3, at: at(5) }),
        };
        let id = ConversationId::from_bytes([1; 16]);
        let it = Conversation {
            id,
            site: SiteId::from_bytes([2; 16]),
            visitor,
            token_index: [7; 32],
            state,
            started_at: at(4),
            about: about(),
        };
        let bytes = encode(&ConversationRecord::from(&it)).unwrap();
        assert_eq!(decode::<ConversationRecord>(&bytes).unwrap().conversation(id).unwrap(), it);
    }
}

#[test]
fn an_event_comes_back_whatever_happened() {
    let text = MessageText::parse(&"\u{1f600}".repeat(4_000)).unwrap();
    let file = |kind| {
        EventKind::File(FileRef { id: FileId::from_bytes([5; 16]), name: FileName::parse("x.png").unwrap(), kind, bytes: 9 })
    };
    let anyone = TransferTarget::Operator { id: anna().id, name: anna().name };
    let billing = TransferTarget::Department { id: DepartmentId::from_bytes([6; 16]), name: anna().name };
    let kinds = [
        EventKind::Started,
        EventKind::Joined,
        EventKind::Message(text.clone()),
        EventKind::Ended,
        EventKind::Closed,
        EventKind::Note(text.clone()),
        file(FileKind::Other),
        file(FileKind::Picture { width: 3, height: 4 }),
        EventKind::FileRequested,
        EventKind::Transferred(Transfer { to: anyone, note: Some(text) }),
        EventKind::Transferred(Transfer { to: billing, note: None }),
        EventKind::Invited(anna().name),
        EventKind::Left,
        EventKind::Rated(rating()),
        EventKind::Mailed,
        EventKind::FormAsked(FormAsk { request: RequestId::from_bytes([8; 16]), name: anna().name }),
        EventKind::FormSent(FormAsk { request: RequestId::from_bytes([8; 16]), name: anna().name }),
        EventKind::Masked(Masking { found: Found::of_bits(0b1_0101), earlier: Some(3), is_internal: true }),
    ];
    let authors = [Author::Visitor, Author::Operator { id: anna().id, name: anna().name }, Author::System];
    for kind in kinds {
        for author in &authors {
            let it =
                Event { seq: 3, at: at(8), author: author.clone(), kind: kind.clone(), client_id: ClientId::parse("c-1").ok() };
            let bytes = encode(&EventRecord::from(&it)).unwrap();
            assert_eq!(decode::<EventRecord>(&bytes).unwrap().event(3).unwrap(), it);
        }
    }
}

#[test]
fn a_site_comes_back_with_every_policy() {
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    let policies = [
        PurgePolicy::AtClose,
        PurgePolicy::HoursAfterClose(3),
        PurgePolicy::DaysAfterClose(30),
        PurgePolicy::Daily { hour: 3, zone },
    ];
    for purge in policies {
        let id = SiteId::from_bytes([2; 16]);
        let mut it =
            Site::new(id, Name::parse("Clinic Nord").unwrap(), vec![WebOrigin::parse("https://example.org").unwrap()], at(1));
        it.purge = purge;
        fill(&mut it);
        let bytes = encode(&SiteRecord::from(&it)).unwrap();
        assert_eq!(decode::<SiteRecord>(&bytes).unwrap().site(id).unwrap(), it);
    }
}

#[test]
fn a_member_of_staff_comes_back_in_every_standing() {
    let standings = [Standing::Invited { token_hash: [4; 32], expires_at: at(3) }, Standing::Active, Standing::Disabled];
    for standing in standings {
        for (role, membership) in [
            (Role::Supervisor, Membership::AllSites),
            (Role::Admin, Membership::AllSites),
            (Role::Auditor, Membership::AllSites),
            (Role::Client, Membership::of_sites([SiteId::from_bytes([1; 16])])),
            (
                Role::Operator,
                Membership::Sites(
                    [
                        (SiteId::from_bytes([1; 16]), Part::Whole),
                        (SiteId::from_bytes([2; 16]), Part::Departments([DepartmentId::from_bytes([3; 16])].into())),
                    ]
                    .into(),
                ),
            ),
        ] {
            let it = Operator {
                id: anna().id,
                name: anna().name,
                email: EmailAddress::parse("anna@example.org").unwrap(),
                role,
                membership,
                standing: standing.clone(),
                password_hash: Some(PasswordHash("$argon2id$…".to_owned())),
                created_at: at(2),
                capacity: 7,
                sso: Some(SsoIdentity { issuer: "https://id.example.org".to_owned(), subject: "4711".to_owned() }),
                last_seen_at: Some(at(8)),
                reset: Some(PasswordReset { token_hash: [9; 32], expires_at: at(10) }),
            };
            let bytes = encode(&OperatorRecord::from(&it)).unwrap();
            assert_eq!(decode::<OperatorRecord>(&bytes).unwrap().operator(it.id).unwrap(), it);
        }
    }
}

#[test]
fn the_house_comes_back() {
    let organisation = Organisation { name: Name::parse("Clinic").unwrap(), set_up_at: at(1) };
    let bytes = encode(&OrganisationRecord::from(&organisation)).unwrap();
    assert_eq!(decode::<OrganisationRecord>(&bytes).unwrap().organisation().unwrap(), organisation);

    let networks = parse_networks("192.0.2.0/24\n2001:db8::/32\n203.0.113.7").unwrap();
    let mut lists = Lists { everybody: networks.clone(), ..Lists::default() };
    lists.by_role.insert(Role::Client, networks);
    let list = Allowlist { lists: Lists::default(), trial: Some(Trial { lists, until: at(7) }) };
    let bytes = encode(&AllowlistRecord::from(&list)).unwrap();
    assert_eq!(decode::<AllowlistRecord>(&bytes).unwrap().allowlist().unwrap(), list);
    // Version 1: one list for all, and no trial.
    let former = [&[1, 1, 9][..], b"192.0.2.1", &[0]].concat();
    let lists = Lists { everybody: parse_networks("192.0.2.1").unwrap(), ..Lists::default() };
    assert_eq!(decode::<AllowlistRecord>(&former).unwrap().allowlist().unwrap(), Allowlist { lists, trial: None });
}

#[test]
fn a_counter_comes_back() {
    let department = Some(DepartmentId::from_bytes([6; 16]));
    let mut tally = Tally { answered: 300, missed: 2, messages: 1, ratings: [1, 2, 3, 4, 5], ..Tally::default() };
    tally.by_hour[23] = 7;
    tally.waiting.add(3);
    tally.handling.add(100_000);
    for (department, operator) in [(None, None), (department, None), (None, Some(OperatorId::from_bytes([3; 16])))] {
        let counted = Counted { day: Day::from_number(-7), site: SiteId::from_bytes([2; 16]), department, operator };
        let bytes = encode(&CounterRecord::new(&counted, &tally)).unwrap();
        assert_eq!(decode::<CounterRecord>(&bytes).unwrap().counter().unwrap(), (counted, tally.clone()));
    }
    let days = ReportingDays::new(40).unwrap();
    assert_eq!(decode::<ReportingRecord>(&encode(&ReportingRecord::from(days)).unwrap()).unwrap().days().unwrap(), days);
}

#[test]
fn an_audit_row_comes_back_whatever_was_done() {
    let (site, operator) = (SiteId::from_bytes([1; 16]), anna().id);
    let (rule, class) = (PurgeRule::Policy, RetentionClass::Transcripts);
    let receipt = PurgeReceipt { site, rule, class, drawers: 4, events: 80, epoch: None };
    let actions = [
        AuditAction::SetUp,
        AuditAction::SignedIn,
        AuditAction::SignInRefused,
        AuditAction::SignedOut,
        AuditAction::PasswordChanged,
        AuditAction::SiteCreated(site),
        AuditAction::SiteChanged(site),
        AuditAction::OperatorInvited(operator),
        AuditAction::OperatorJoined(operator),
        AuditAction::OperatorChanged(operator),
        AuditAction::OperatorDisabled(operator),
        AuditAction::OperatorEnabled(operator),
        AuditAction::AllowlistChanged { networks: 2 },
        AuditAction::AllowlistTried { networks: 3 },
        AuditAction::AllowlistReset,
        AuditAction::SetUpRefused,
        AuditAction::InvitationRenewed(operator),
        AuditAction::AllowlistReverted,
        AuditAction::RoomChanged { room: Room::Plenty, free_mib: 70_000 },
        AuditAction::RoomChanged { room: Room::Low, free_mib: 63 },
        AuditAction::RoomChanged { room: Room::Critical, free_mib: 0 },
        AuditAction::TranscriptRead(ConversationId::from_bytes([9; 16])),
        AuditAction::ChatsSearched { conversations: 7 },
        AuditAction::BackedUp,
        AuditAction::Rehearsed { whole: true },
        AuditAction::Restored { backup_at: at(-3), purged: 9 },
        AuditAction::Exported { conversations: 7 },
        AuditAction::Purged(PurgeReceipt { rule: PurgeRule::Tombstone, ..receipt }),
        AuditAction::Purged(receipt),
        AuditAction::RootKeyChanged(KeyPlace::File),
        AuditAction::RootKeyChanged(KeyPlace::Credential),
        AuditAction::RootKeyChanged(KeyPlace::Passphrase),
        AuditAction::RootKeyChanged(KeyPlace::Variable),
        AuditAction::RootKeyRotated,
        AuditAction::TranscriptMailed(ConversationId::from_bytes([9; 16])),
        AuditAction::MailGivenUp(ConversationId::from_bytes([9; 16])),
        AuditAction::FactorAdded(operator, FactorKind::Totp),
        AuditAction::FactorRemoved(operator, FactorKind::Passkey),
        AuditAction::RecoveryCodesMade(operator),
        AuditAction::RecoveryCodeUsed(operator),
        AuditAction::Proved,
        AuditAction::ProofRefused,
        AuditAction::PasswordResetAsked(operator),
        AuditAction::PasswordReset(operator),
        AuditAction::SessionEnded(operator),
        AuditAction::SignInPolicyChanged,
        AuditAction::OperatorDormant(operator),
        AuditAction::AlertRaised(AlertKind::UserReset(operator)),
        AuditAction::AlertAcknowledged(AlertId::from_bytes([6; 16])),
        AuditAction::OperatorReset(operator),
        AuditAction::PasskeyRenamed(operator),
        AuditAction::AddressRefused(operator),
        AuditAction::LimitChanged(Limit::Passwords),
        AuditAction::PrecautionsChanged,
        AuditAction::AddressBanned { address: [192, 0, 2, 1].into(), minutes: 15 },
        AuditAction::BanLifted("2001:db8::".parse().unwrap()),
        AuditAction::LeadsRead { leads: 12 },
        AuditAction::LeadsExported { leads: 4_000 },
        AuditAction::SsoChanged { is_enforced: true },
        AuditAction::SsoDisabled,
        AuditAction::SsoRefused(SsoRefusal::Taken),
        AuditAction::SsoRefused(SsoRefusal::Off),
        AuditAction::SsoLinked(operator),
        AuditAction::SsoUnlinked(operator),
        AuditAction::SsoAccountMade(operator),
        AuditAction::SsoSessionEnded(operator),
        AuditAction::RetentionChanged,
        AuditAction::RetentionPreset(Preset::NothingKept),
        AuditAction::RetentionPreset(Preset::Standard),
        AuditAction::RetentionPreset(Preset::Extended),
        AuditAction::HoldPlaced(HoldId::from_bytes([5; 16])),
        AuditAction::HoldLifted(HoldId::from_bytes([5; 16])),
        AuditAction::PurgeRuleSaved(OrderId::from_bytes([3; 16])),
        AuditAction::PurgeRuleArmed(OrderId::from_bytes([3; 16])),
        AuditAction::PurgeRuleDisarmed(OrderId::from_bytes([3; 16])),
        AuditAction::PurgeRuleRemoved(OrderId::from_bytes([3; 16])),
        AuditAction::PurgeRuleRan { order: OrderId::from_bytes([3; 16]), drawers: 7, held: 1 },
        AuditAction::PurgingPaused { seconds: -90_000 },
        AuditAction::PurgingResumed,
        AuditAction::EvidenceMade,
        AuditAction::AccountExported { files: 30, with_submissions: true },
        AuditAction::SubjectLooked { subject: [5; 16], found: 3 },
        AuditAction::SubjectExported { subject: [5; 16], found: 3 },
        AuditAction::SubjectErased(SubjectErasure { subject: [5; 16], conversations: 2, submissions: 1, kept: 1 }),
        AuditAction::SubjectRectified(ConversationId::from_bytes([3; 16])),
        AuditAction::SubjectRestricted(ConversationId::from_bytes([3; 16])),
        AuditAction::SubjectRestrictionLifted(ConversationId::from_bytes([3; 16])),
        AuditAction::ConsentWithdrawn(ConversationId::from_bytes([3; 16])),
        AuditAction::SubjectsIndexed { chats: 70_000 },
        AuditAction::Webhook(WebhookId::from_bytes([6; 16]), WebhookAct::SecretRenewed),
        AuditAction::Webhook(WebhookId::from_bytes([6; 16]), WebhookAct::Delivered(WebhookEvent::Purged, None)),
        AuditAction::Webhook(
            WebhookId::from_bytes([6; 16]),
            WebhookAct::GivenUp(WebhookEvent::MessageLeft, Some(ConversationId::from_bytes([3; 16]))),
        ),
        AuditAction::FormSaved(FormId::from_bytes([4; 16])),
        AuditAction::FormAsked(FormId::from_bytes([4; 16]), RequestId::from_bytes([5; 16])),
        AuditAction::FormWithdrawn(FormId::from_bytes([4; 16]), RequestId::from_bytes([5; 16])),
        AuditAction::FormSubmitted(FormId::from_bytes([4; 16]), SubmissionId::from_bytes([6; 16])),
        AuditAction::SubmissionOpened(SubmissionId::from_bytes([6; 16])),
        AuditAction::AnswerRevealed {
            submission: SubmissionId::from_bytes([6; 16]),
            field: "abc".to_owned(),
            reason: "for the ward".to_owned(),
        },
        AuditAction::SubmissionShown { submission: SubmissionId::from_bytes([6; 16]), reason: "for the ward".to_owned() },
        AuditAction::RecoveryKitMade { shares: 5, threshold: 3 },
        AuditAction::CannedSaved(CannedId::from_bytes([3; 16])),
        AuditAction::CannedDeleted(CannedId::from_bytes([3; 16])),
        AuditAction::TranscriptExported(ConversationId::from_bytes([3; 16])),
        AuditAction::DepartmentCreated(DepartmentId::from_bytes([3; 16])),
        AuditAction::DepartmentChanged(DepartmentId::from_bytes([3; 16])),
        AuditAction::DepartmentRemoved(DepartmentId::from_bytes([3; 16])),
        AuditAction::IdentitySecretRenewed(SiteId::from_bytes([4; 16])),
        AuditAction::IdentitySecretDropped(SiteId::from_bytes([4; 16])),
        AuditAction::Blocked(BlockId::from_bytes([5; 16])),
        AuditAction::BlockLifted(BlockId::from_bytes([5; 16])),
        AuditAction::Purged(PurgeReceipt { rule: PurgeRule::ByHand, epoch: Some(9), ..receipt }),
        AuditAction::Purged(PurgeReceipt { class: RetentionClass::Reporting, ..receipt }),
        AuditAction::ReportingKeptFor { days: 365 },
        AuditAction::PermissionsChanged,
        AuditAction::FileTaken(ConversationId::from_bytes([3; 16]), FileId::from_bytes([7; 16])),
        AuditAction::TranscriptPrinted(ConversationId::from_bytes([3; 16])),
    ];
    let actors = [AuditActor::Host, AuditActor::Timer, AuditActor::Staff(operator), AuditActor::Unknown];
    for action in actions {
        for actor in &actors {
            let entry = AuditEntry {
                number: 5,
                event: AuditEvent {
                    from: Some([192, 0, 2, 1].into()),
                    outcome: Outcome::Refused,
                    ..AuditEvent::done(at(6), actor.clone(), action.clone())
                },
            };
            let bytes = encode(&AuditRecord::new(&entry, [8; 32])).unwrap();
            let record: AuditRecord = decode(&bytes).unwrap();
            assert_eq!(record.previous, [8; 32]);
            assert_eq!(record.entry(), entry);
        }
    }
}

#[test]
fn what_is_remembered_of_backups_comes_back() {
    let whole = Contents { bytes: 9, conversations: 8, audit_rows: 7 };
    let attempt = |outcome| Some(Attempt { at: at(5), took_ms: 6, file: "a.parlor".to_owned(), outcome });
    for history in [History::default(), History { backup: attempt(Ok(whole)), rehearsal: attempt(Err("no room".to_owned())) }] {
        let bytes = encode(&BackupsRecord::from(&history)).unwrap();
        assert_eq!(History::from(decode::<BackupsRecord>(&bytes).unwrap()), history);
    }
}

#[test]
fn a_record_of_another_version_or_shape_does_not_read() {
    let session =
        Session { active_at: at(2), ..Session::new(SessionId::from_bytes([8; 16]), anna().id, SignInMethod::Password, at(1)) };
    let mut bytes = encode(&SessionRecord::from(&session)).unwrap().to_vec();
    assert!(decode::<SessionRecord>(&bytes[..5]).is_err());
    bytes[0] = 3;
    assert!(decode::<SessionRecord>(&bytes).is_err());
    // Version 1: sixteen bytes of who, then since when and when last.
    let former = decode::<SessionRecord>(&[&[1][..], &[3; 16], &[2, 4]].concat()).unwrap().session().unwrap();
    assert_eq!(former, Session { active_at: at(2), ..Session::new(former.id, anna().id, SignInMethod::Password, at(1)) });
    assert!(decode::<SessionRecord>(&[]).is_err());
}

/// The shape on disk is a promise: this is what version 1 wrote, byte for byte.
#[test]
fn version_one_of_an_event_is_frozen() {
    let it = Event {
        seq: 1,
        at: at(1_000),
        author: Author::Operator { id: OperatorId::from_bytes([0xaa; 16]), name: Name::parse("Al").unwrap() },
        kind: EventKind::Message(MessageText::parse("Hi").unwrap()),
        client_id: ClientId::parse("x1").ok(),
    };
    let bytes = encode(&EventRecord::from(&it)).unwrap();
    let mut expected = vec![1, 0xd0, 0x0f, 1];
    expected.extend([0xaa; 16]);
    expected.extend([2, b'A', b'l', 2, 2, b'H', b'i', 1, 2, b'x', b'1']);
    assert_eq!(bytes.as_slice(), expected);
}

/// Rows of format 1 stay in the chain, so they must read for ever and come out as the same bytes.
#[test]
fn a_purge_as_format_one_wrote_it_still_reads() {
    let mut row = vec![1, 5];
    row.extend([8; 32]);
    // At 1,000 ms, by the timer; action 16: site, by hand, 2 conversations, 130 events.
    row.extend([0xd0, 0x0f, 1, 16]);
    row.extend([1; 16]);
    row.extend([1, 2, 0x82, 0x01]);
    let entry = decode::<AuditRecord>(&row).unwrap().entry();
    let (site, rule, class) = (SiteId::from_bytes([1; 16]), PurgeRule::ByHand, RetentionClass::Transcripts);
    let receipt = PurgeReceipt { site, rule, class, drawers: 2, events: 130, epoch: None };
    assert_eq!((entry.number, entry.at, &entry.actor), (5, at(1_000), &AuditActor::Timer));
    assert_eq!(entry.action, AuditAction::Purged(receipt));
    assert_eq!((entry.from, entry.outcome), (None, Outcome::Done));
}
