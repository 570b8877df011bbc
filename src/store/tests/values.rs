//! What is put comes back, now and after a new start.

use super::*;
use crate::domain::allowlist::{Allowlist, Lists};
use crate::domain::id::SessionId;
use crate::domain::network::parse_networks;
use crate::domain::operator::{Membership, Operator, Role, Standing};
use crate::domain::retention::ClosedKind;
use crate::domain::session::{Session, SignInMethod};
use crate::domain::site::WebOrigin;
use crate::domain::text::{ClientId, EmailAddress, Notice};

fn operator() -> Operator {
    Operator {
        id: OperatorId::from_bytes([3; 16]),
        name: Name::parse("Anna").unwrap(),
        email: EmailAddress::parse("anna@example.org").unwrap(),
        role: Role::Admin,
        membership: Membership::AllSites,
        standing: Standing::Active,
        password_hash: None,
        created_at: at(1),
        capacity: crate::domain::limits::CAPACITY_DEFAULT,
        sso: None,
        last_seen_at: None,
        reset: None,
    }
}

/// A site whose record needs many parts.
fn large_site() -> Site {
    let origins = (0..50).map(|n| WebOrigin::parse(&format!("https://{}{n}.example.org", "a".repeat(60))).unwrap()).collect();
    let mut site = Site::new(site(), Name::parse("Clinic Nord").unwrap(), origins, at(1));
    let text = Notice::parse(&"\u{1f600}".repeat(1_000)).unwrap();
    site.consent = Some(crate::domain::form::Consent { text, version: 1, since: at(1) });
    site
}

#[test]
fn the_house_is_remembered() {
    let mut house = House::new();
    let organisation = Organisation { name: Name::parse("Clinic").unwrap(), set_up_at: at(1) };
    let (hash, session) = (
        [7; 32],
        Session {
            active_at: at(2),
            ..Session::new(SessionId::from_bytes([8; 16]), operator().id, SignInMethod::Password, at(1))
        },
    );
    let list = Allowlist {
        lists: Lists { everybody: parse_networks("127.0.0.1\n10.0.0.0/8").unwrap(), ..Lists::default() },
        trial: None,
    };
    let mut batch = house.store.batch();
    batch.put_organisation(&organisation);
    batch.put_site(&large_site());
    batch.put_operator(&operator());
    batch.put_allowlist(&list);
    batch.put_session(&hash, &session);
    batch.put_secret("authority", &[5; 9_000]);
    house.store.commit(batch).wait().unwrap();
    for _ in 0..2 {
        let known = house.store.house();
        assert_eq!(known.organisation.as_ref(), Some(&organisation));
        assert_eq!(known.sites.values().map(|it| (**it).clone()).collect::<Vec<_>>(), [large_site()]);
        assert_eq!(known.operators.values().map(|it| (**it).clone()).collect::<Vec<_>>(), [operator()]);
        assert_eq!(known.allowlist, list);
        assert_eq!(house.store.session(&hash).unwrap(), Some(session.clone()));
        assert_eq!(house.store.sessions().unwrap(), [(hash, session.clone())]);
        assert_eq!(house.store.secret("authority").unwrap().unwrap().as_slice(), [5; 9_000]);
        house = house.again();
    }
    let small = Site::new(site(), Name::parse("Small").unwrap(), vec![], at(1));
    let mut batch = house.store.batch();
    batch.put_site(&small);
    batch.delete_session(&hash);
    batch.delete_secret("authority");
    house.store.commit(batch).wait().unwrap();
    let house = house.again();
    assert_eq!(*house.store.house().sites[&site()], small);
    assert_eq!(house.store.session(&hash).unwrap(), None);
    assert_eq!(house.store.secret("authority").unwrap(), None);
}

#[test]
fn keyed_hashes_differ_by_purpose_and_installation_and_stay() {
    let house = House::new();
    let hash = house.store.keyed_hash("visitor", b"x");
    assert_ne!(hash, house.store.keyed_hash("form", b"x"));
    assert_ne!(hash, House::new().store.keyed_hash("visitor", b"x"));
    assert_eq!(hash, house.again().store.keyed_hash("visitor", b"x"));
}

#[test]
fn a_conversation_is_remembered_open_and_closed() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let one = house.conversation(1, &["first", &long, "third"]);
    let two = house.conversation(2, &["hello"]);
    house.close(two, 50);
    assert_eq!(house.store.conversation_of(&[2; 32]), Some(two));
    let house = house.again();
    assert_eq!(house.texts(one), ["first", &long, "third"]);
    assert_eq!(house.store.events(one, 1, 1).unwrap().iter().map(|event| event.seq).collect::<Vec<_>>(), [2]);
    assert_eq!(house.store.events(one, 3, 10).unwrap(), []);
    assert_eq!(house.store.open_conversation(one).unwrap().lock().last, 3);
    assert_eq!(house.store.open_conversations().len(), 1);
    assert!(house.store.open_conversation(two).is_none());
    assert_eq!(
        house.store.closed().collect::<Vec<_>>(),
        [ClosedConversation { id: two, site: site(), closed_at: at(50), kind: ClosedKind::Chat }]
    );
    assert_eq!(house.store.conversation(two).unwrap().unwrap().closed_at(), Some(at(50)));
    assert_eq!(house.store.conversation_of(&[1; 32]), Some(one));
    assert_eq!(house.store.conversation_of(&[2; 32]), Some(two));
    assert_eq!(house.store.conversation_of(&[9; 32]), None);
    assert_eq!(house.store.conversation(ConversationId::from_bytes([9; 16])).unwrap(), None);
}

#[test]
fn a_command_is_known_again_after_a_restart() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    let client_id = ClientId::parse("c-1").unwrap();
    {
        let open = house.store.open_conversation(id).unwrap();
        let mut open = open.lock();
        let mut batch = house.store.batch();
        open.last += 1;
        let kind = EventKind::Message(MessageText::parse("again").unwrap());
        let event = Event { seq: open.last, at: at(8), author: Author::Visitor, kind, client_id: Some(client_id.clone()) };
        batch.put_event(id, &event);
        house.store.commit(batch).wait().unwrap();
    }
    let house = house.again();
    let open = house.store.open_conversation(id).unwrap();
    assert_eq!(open.lock().client_ids.get(&(None, client_id)), Some(&(2, at(8))));
    assert_eq!(open.lock().active_at, at(8));
}

#[test]
fn audit_rows_are_numbered_and_chained() {
    let mut house = House::new();
    for round in 0..2 {
        let mut batch = house.store.batch();
        for networks in 0..3 {
            batch.audit(at(round), AuditActor::Host, AuditAction::AllowlistChanged { networks });
        }
        house.store.commit(batch).wait().unwrap();
        house = house.again();
    }
    let rows: Vec<AuditEntry> = house.store.audit_rows(None, 4).unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [6, 5, 4, 3]);
    assert_eq!(rows[0].action, AuditAction::AllowlistChanged { networks: 2 });
    let rows = house.store.audit_rows(Some(3), 10).unwrap();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_batch_for_what_does_not_exist_is_refused() {
    let house = House::new();
    let mut batch = house.store.batch();
    batch.put_conversation(&head(5));
    assert!(matches!(house.store.commit(batch).wait(), Err(StoreError::Gone)));
    let mut batch = house.store.batch();
    batch.put_secret("too large", &vec![0; 70_000]);
    assert!(matches!(house.store.commit(batch).wait(), Err(StoreError::TooLarge)));
    assert_eq!(house.store.not_writable(), None);
}
