//! What stands in each frozen data directory below `tests/frozen`, and that it is all found again. `tests/frozen/freeze`
//! makes a new one with the program as it is now.

use zeroize::Zeroizing;

use super::*;
use crate::domain::alert::{Alert, AlertKind};
use crate::domain::allowlist::{Allowlist, Lists};
use crate::domain::conversation::Assignee;
use crate::domain::factor::{Factors, Passkey, Totp, TotpSecret};
use crate::domain::form::Consent;
use crate::domain::id::{AlertId, SessionId};
use crate::domain::limits;
use crate::domain::network::parse_networks;
use crate::domain::operator::{Membership, Operator, Role, Standing};
use crate::domain::policy::{Roles, SignInPolicy};
use crate::domain::session::{Session, SignInMethod};
use crate::domain::site::WebOrigin;
use crate::domain::text::{ClientId, EmailAddress, Label, Notice};
use crate::domain::visitor::ConsentGiven;

/// The root key of every sample: it protects nothing but samples.
pub(super) const ROOT: [u8; 32] = [0x51; 32];
const OTHER_SITE: SiteId = SiteId::from_bytes([4; 16]);
const SESSION: [u8; 32] = [7; 32];
/// Small closed conversations, so that there are several leaves of the key tree.
const SMALL: u8 = 70;
/// Conversations that come last of all.
const LAST: usize = 2;

fn anna() -> Operator {
    Operator {
        id: OperatorId::from_bytes([3; 16]),
        name: Name::parse("Anna").unwrap(),
        email: EmailAddress::parse("anna@example.org").unwrap(),
        role: Role::Admin,
        membership: Membership::AllSites,
        standing: Standing::Active,
        password_hash: None,
        created_at: at(1),
        capacity: limits::CAPACITY_DEFAULT,
        sso: None,
        last_seen_at: None,
        reset: None,
    }
}

fn bert() -> Operator {
    Operator {
        id: OperatorId::from_bytes([5; 16]),
        name: Name::parse("Bert").unwrap(),
        email: EmailAddress::parse("bert@example.org").unwrap(),
        role: Role::Operator,
        membership: Membership::of_sites([site()]),
        standing: Standing::Invited { token_hash: [6; 32], expires_at: at(9) },
        ..anna()
    }
}

fn sites() -> [Site; 2] {
    let origins = |n: u32| WebOrigin::parse(&format!("https://{}{n}.example.org", "a".repeat(60))).unwrap();
    let mut large = Site::new(OTHER_SITE, Name::parse("Clinic South").unwrap(), (0..50).map(origins).collect(), at(2));
    let text = Notice::parse(&"\u{1f600}".repeat(1_000)).unwrap();
    large.consent = Some(Consent { text, version: 1, since: at(2) });
    [Site::new(site(), Name::parse("Clinic North").unwrap(), vec![], at(1)), large]
}

fn organisation() -> Organisation {
    Organisation { name: Name::parse("Clinic").unwrap(), set_up_at: at(1) }
}

fn allowlist() -> Allowlist {
    Allowlist { lists: Lists { everybody: parse_networks("127.0.0.1\n10.0.0.0/8").unwrap(), ..Lists::default() }, trial: None }
}

fn session() -> Session {
    // What has no name of its own, since its format knew none, is called after its times.
    let id = SessionId::from_bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    Session { active_at: at(2), ..Session::new(id, anna().id, SignInMethod::Password, at(1)) }
}

/// What format 4 brought: none of it is in an older sample.
fn factors() -> Factors {
    let totp = Totp { secret: TotpSecret(Zeroizing::new(vec![5; 20])), since: at(3), last_step: 7 };
    let passkey = Passkey {
        credential_id: vec![1; 32],
        name: Label::parse("The blue key").unwrap(),
        record: vec![b'{'; 900],
        created_at: at(4),
        used_at: Some(at(5)),
    };
    Factors { totp: Some(totp), recovery: vec![[8; 32], [9; 32]], passkeys: vec![passkey] }
}

fn policy() -> SignInPolicy {
    SignInPolicy { second_factor: Roles::NONE.with(Role::Admin), idle_minutes: 20, ..SignInPolicy::default() }
}

fn alert() -> Alert {
    let (id, kind) = (AlertId::from_bytes([3; 16]), AlertKind::UserReset(bert().id));
    Alert {
        id,
        kind,
        since: at(6),
        last_at: at(7),
        count: 2,
        from: Some([192, 0, 2, 1].into()),
        acknowledged: None,
        mailed_at: None,
    }
}

fn assignee() -> Assignee {
    Assignee { id: anna().id, name: anna().name }
}

/// One conversation of the sample: its head and all its events.
struct Talk {
    head: Conversation,
    events: Vec<Event>,
}

impl Talk {
    fn new(number: u8, token: u8, state: State, texts: &[String]) -> Self {
        let mut it = Self { head: Conversation { state, token_index: [token; 32], ..head(number) }, events: Vec::new() };
        it.event(Author::System, EventKind::Started, None);
        for text in texts {
            let author = match it.events.len() % 2 {
                0 => Author::Operator { id: anna().id, name: anna().name },
                _ => Author::Visitor,
            };
            let client_id = ClientId::parse(&format!("c-{}", it.events.len())).ok();
            it.event(author, EventKind::Message(MessageText::parse(text).unwrap()), client_id);
        }
        if it.head.closed_at().is_some() {
            it.event(Author::System, EventKind::Closed, None);
        }
        it
    }

    fn event(&mut self, author: Author, kind: EventKind, client_id: Option<ClientId>) {
        let seq = u32::try_from(self.events.len()).unwrap() + 1;
        self.events.push(Event { seq, at: at(i64::from(seq) * 1_000), author, kind, client_id });
    }
}

fn closed(millis: i64) -> State {
    State::Closed { operator: Some(assignee()), at: at(millis) }
}

fn talks() -> Vec<Talk> {
    let long = || "\u{1f600}".repeat(1_500);
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let mut all = vec![
        Talk::new(1, 1, State::Active { operator: assignee() }, &[long(), "short".to_owned(), long()]),
        Talk::new(2, 2, State::Waiting, &texts(&["Is anybody there?"])),
        Talk::new(3, 3, closed(5_000), &["My foot hurts.".to_owned(), "\u{1f600}".repeat(4_000), "Please come in.".to_owned()]),
        Talk::new(4, 4, State::Closed { operator: None, at: at(4_000) }, &texts(&["Never mind."])),
        Talk::new(5, 5, State::Wrapping { operator: assignee() }, &texts(&["Bye."])),
        // The visitors 6 and 7 came twice: one is back, the other is not.
        Talk::new(6, 6, closed(3_000), &texts(&["First time"])),
        Talk::new(7, 6, State::Waiting, &texts(&["Second time"])),
        Talk::new(8, 7, closed(2_000), &texts(&["Earlier"])),
        Talk::new(9, 7, closed(2_500), &texts(&["Later"])),
        Talk::new(10, 10, closed(6_000), &(0..120).map(|n| format!("Message {n} of a long talk")).collect::<Vec<_>>()),
    ];
    all[3].head.visitor.email = Some(EmailAddress::parse("maria@example.org").unwrap());
    all[3].head.visitor.consent = Some(ConsentGiven { version: 1, at: at(3) });
    all[8].head.site = OTHER_SITE;
    all.extend((0..SMALL).map(|n| Talk::new(100 + n, 100 + n, closed(10_000 + i64::from(n)), &[format!("Small talk {n}")])));
    all
}

/// Those that were purged: they were there, and nothing of them is.
fn purged() -> [Talk; 2] {
    [
        Talk::new(20, 20, closed(1_000), &["Purged words".to_owned(), "\u{1f600}".repeat(1_500)]),
        Talk::new(21, 21, State::Waiting, &["Purged too".to_owned()]),
    ]
}

/// Puts everything into a new store, in many commits, but for the last conversations.
fn begin(store: &Store) {
    let mut batch = store.batch();
    batch.put_organisation(&organisation());
    sites().iter().for_each(|site| batch.put_site(site));
    batch.put_operator(&anna());
    batch.put_operator(&bert());
    batch.put_allowlist(&allowlist());
    batch.put_session(&SESSION, &session());
    batch.put_factors(anna().id, &factors());
    batch.put_policy(policy());
    batch.put_alert(&alert());
    batch.put_secret("authority", &[5; 9_000]);
    batch.audit(at(1), AuditActor::Host, AuditAction::SetUp);
    store.commit(batch).wait().unwrap();
    // In between, so that there are free places in the key tree.
    let (first, rest) = (purged(), talks());
    put(store, rest[..5].iter().chain(&first).chain(&rest[5..rest.len() - LAST]));
    let mut batch = store.batch();
    batch.audit(at(2), AuditActor::Staff(anna().id), AuditAction::TranscriptRead(talks()[2].head.id));
    store.commit(batch).wait().unwrap();
    store.purge(purge_of(&first.map(|talk| talk.head.id))).wait().unwrap();
    sample_privacy::put(store);
}

/// The last conversations.
fn go_on(store: &Store) {
    put(store, talks().iter().rev().take(LAST));
}

/// Each in two commits, the second of which closes those that are closed.
fn put<'a>(store: &Store, talks: impl Iterator<Item = &'a Talk>) {
    for talk in talks {
        let mut batch = store.batch();
        let open = batch.start_conversation(&Conversation { state: State::Waiting, ..talk.head.clone() });
        let (last, others) = talk.events.split_last().unwrap();
        others.iter().for_each(|event| batch.put_event(talk.head.id, event));
        open.lock().last = last.seq;
        store.commit(batch).wait().unwrap();
        let mut batch = store.batch();
        batch.put_conversation(&talk.head);
        batch.put_event(talk.head.id, last);
        store.commit(batch).wait().unwrap();
    }
}

/// What a sample of format 4 has besides.
pub(super) fn check_signing_in(store: &Store) {
    let house = store.house();
    assert_eq!(house.factors.iter().map(|(id, it)| (*id, (**it).clone())).collect::<Vec<_>>(), [(anna().id, factors())]);
    assert_eq!(house.policy, policy());
    assert_eq!(house.alerts.values().map(|it| (**it).clone()).collect::<Vec<_>>(), [alert()]);
}

/// All that was put is there, and nothing else.
pub(super) fn check(store: &Store) {
    let house = store.house();
    assert_eq!(house.organisation, Some(organisation()));
    assert!(house.sites.values().map(|site| (**site).clone()).eq(sites()));
    assert!(house.operators.values().map(|operator| (**operator).clone()).eq([anna(), bert()]));
    assert_eq!(house.allowlist, allowlist());
    assert_eq!(store.sessions().unwrap(), [(SESSION, session())]);
    assert_eq!(store.secret("authority").unwrap().unwrap().as_slice(), [5; 9_000]);
    let actions: Vec<_> = store.audit_rows(None, 99).unwrap().into_iter().map(|row| row.event.action).collect();
    // The receipts of format 1 did not name the epoch.
    let epoch = match actions[0] {
        AuditAction::Purged(receipt) => receipt.epoch,
        _ => None,
    };
    let (rule, class) = (PurgeRule::Policy, RetentionClass::Transcripts);
    let receipt = PurgeReceipt { site: site(), rule, class, drawers: 2, events: 6, epoch };
    assert_eq!(actions, [AuditAction::Purged(receipt), AuditAction::TranscriptRead(talks()[2].head.id), AuditAction::SetUp]);

    let talks = talks();
    for talk in &talks {
        let id = talk.head.id;
        assert_eq!(store.conversation(id).unwrap().as_ref(), Some(&talk.head));
        assert_eq!(store.events(id, 0, usize::MAX).unwrap(), talk.events);
        assert_eq!(store.events(id, 1, 1).unwrap(), talk.events[1..2]);
        let open = store.open_conversation(id).map(|open| open.lock().last);
        let last = talk.events.last().unwrap().seq;
        assert_eq!(open, Some(last).filter(|_| talk.head.closed_at().is_none()));
    }
    let mut expected: Vec<_> = talks
        .iter()
        .filter_map(|talk| {
            let closed_at = talk.head.closed_at()?;
            Some(ClosedConversation { id: talk.head.id, site: talk.head.site, closed_at, kind: talk.head.closed_kind() })
        })
        .collect();
    expected.sort_by_key(|closed| (closed.closed_at, closed.id));
    assert!(store.closed().eq(expected.iter().copied()));
    assert!(store.closed().rev().eq(expected.iter().rev().copied()));
    assert_eq!(store.open_count(), 4);
    for (token, newest) in [(1, Some(1)), (3, Some(3)), (6, Some(7)), (7, Some(9)), (20, None), (21, None), (150, Some(150))] {
        let newest = newest.map(|number| ConversationId::from_bytes([number; 16]));
        assert_eq!(store.conversation_of(&[token; 32]), newest, "visitor {token}");
    }
    for talk in purged() {
        assert_eq!(store.conversation(talk.head.id).unwrap(), None);
        assert_eq!(store.events(talk.head.id, 0, 9).unwrap(), []);
    }
}

/// With `PARLOR_FREEZE` set to a directory, a sample is put there: as a crash would leave it, with commits in the journal that the
/// database has not taken over.
#[test]
fn what_this_program_writes_it_finds_again() {
    let temporary = tempfile::tempdir().unwrap();
    let (dir, root) = (temporary.path().join("data"), RootKey::from_bytes(ROOT));
    let store = open(&dir, &root, &Arc::default()).unwrap();
    begin(&store);
    store.shared.checkpoints.wait_for_a_try();
    go_on(&store);
    check(&store);
    check_signing_in(&store);
    sample_privacy::check(&store);
    if let Some(sample) = option_env!("PARLOR_FREEZE") {
        erasure::copy(&dir, Path::new(sample));
    }
    store.close();
    let store = open(&dir, &root, &Arc::default()).unwrap();
    check(&store);
    store.close();
}
