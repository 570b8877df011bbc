use std::sync::Arc;

use bytestring::ByteString;

use super::*;
use crate::domain::about::About;
use crate::domain::access::Actor;
use crate::domain::conversation::{Assignee, Conversation, State};
use crate::domain::event::{Author, Event, EventKind, Seq, Transfer, TransferTarget};
use crate::domain::id::{ConversationId, DepartmentId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::news::{News, Origin};
use crate::domain::operator::{Membership, Part, Role};
use crate::domain::permission::Permissions;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::Visitor;
use crate::live::outbox::Outbox;

const SITE: SiteId = SiteId::from_bytes([1; 16]);
const ANNA: OperatorId = OperatorId::from_bytes([2; 16]);
const BERT: OperatorId = OperatorId::from_bytes([3; 16]);

fn visitor(token: u8) -> Person {
    Person {
        actor: Actor::Visitor { site: SITE, token_index: [token; 32] },
        session: None,
        session_id: None,
        address: None,
        browser: None,
    }
}

fn operator(id: OperatorId, membership: Membership) -> Person {
    Person {
        actor: Actor::Staff { id, role: Role::Operator, membership, permissions: Permissions::NONE },
        session: Some(*b"a session of thirty-two bytes ok"),
        session_id: None,
        address: None,
        browser: None,
    }
}

fn conversation(number: u8, token: u8) -> Conversation {
    Conversation {
        id: ConversationId::from_bytes([number; 16]),
        site: SITE,
        visitor: Visitor::default(),
        token_index: [token; 32],
        state: State::Waiting,
        started_at: Timestamp::from_millis(i64::from(number)),
        about: About::default(),
    }
}

fn event(head: &Conversation, seq: Seq, author: Author, kind: EventKind, from: Option<ConnectionId>) -> News {
    let client_id = from.map(|_| ClientId::parse("c1").unwrap());
    let origin = from.map(|connection| Origin { connection, client_id: ClientId::parse("c1").unwrap() });
    let event = Event { seq, at: Timestamp::from_millis(9), author, kind, client_id };
    News::Event { conversation: Arc::new(head.clone()), event: Arc::new(event), after: 0, origin }
}

fn message(head: &Conversation, seq: Seq, from: Option<ConnectionId>) -> News {
    event(head, seq, Author::Visitor, EventKind::Message(MessageText::parse("hello").unwrap()), from)
}

fn enter(hub: &Hub, person: Person) -> (ConnectionId, Arc<Outbox>) {
    let (id, outbox) = hub.connect(person);
    outbox.release();
    (id, outbox)
}

/// The kinds of the frames that wait.
fn kinds(outbox: &Outbox) -> Vec<String> {
    let kind = |frame: &ByteString| {
        let frame: serde_json::Value = serde_json::from_str(frame).unwrap();
        let of = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
        match of("t").as_str() {
            "row" | "state" => format!("{} {}", of("t"), of("state")),
            "event" => format!("event {}", frame["seq"]),
            other => other.to_owned(),
        }
    };
    outbox.drain().0.iter().map(kind).collect()
}

#[test]
fn everybody_of_the_conversation_is_told_once_and_nobody_else() {
    let hub = Hub::default();
    let (here, tab) = enter(&hub, visitor(7));
    let (_, other_tab) = enter(&hub, visitor(7));
    let (_, stranger) = enter(&hub, visitor(8));
    let (_, anna) = enter(&hub, operator(ANNA, Membership::AllSites));
    let (_, elsewhere) = enter(&hub, operator(BERT, Membership::of_sites([])));
    for outbox in [&tab, &other_tab, &stranger, &anna, &elsewhere] {
        outbox.drain();
    }

    let head = conversation(1, 7);
    hub.tell(event(&head, 1, Author::System, EventKind::Started, None));
    hub.tell(message(&head, 2, Some(here)));
    assert_eq!(kinds(&tab), ["event 1", "state waiting", "ack", "event 2"]);
    assert_eq!(kinds(&other_tab), ["event 1", "state waiting", "event 2"]);
    assert_eq!(kinds(&anna), ["row waiting"]);
    assert!(kinds(&stranger).is_empty() && kinds(&elsewhere).is_empty());

    let mut head = head;
    head.accept(Assignee { id: ANNA, name: Name::parse("Anna").unwrap() }).unwrap();
    hub.tell(event(&head, 3, Author::System, EventKind::Joined, None));
    hub.tell(message(&head, 4, None));
    assert_eq!(kinds(&anna), ["event 3", "row active", "state active", "event 4"]);

    hub.tell(News::Purged { conversation: head.id, site: SITE });
    assert_eq!(kinds(&anna), ["purged", "row gone"]);
    assert_eq!(kinds(&other_tab), ["event 3", "state active", "event 4", "purged"]);
}

#[test]
fn receipts_go_to_the_other_side_when_they_are_news() {
    let hub = Hub::default();
    let (here, tab) = enter(&hub, visitor(7));
    let (desk, anna) = enter(&hub, operator(ANNA, Membership::AllSites));
    let (colleague, bert) = enter(&hub, operator(BERT, Membership::AllSites));
    let mut head = conversation(1, 7);
    head.accept(Assignee { id: ANNA, name: Name::parse("Anna").unwrap() }).unwrap();
    hub.tell(message(&head, 1, None));
    hub.follow(colleague, &Arc::new(head.clone()), Last { seq: 1, public: 1 });
    for outbox in [&tab, &anna, &bert] {
        outbox.drain();
    }

    hub.receipt(colleague, head.id, 1, true);
    assert!(kinds(&tab).is_empty(), "a colleague who looks in has not read it for Anna");
    hub.receipt(desk, head.id, 99, true);
    let (frames, _) = tab.drain();
    assert!(frames[0].contains(r#""seen":{"visitor":0,"operator":1}"#), "{}", frames[0]);
    hub.receipt(desk, head.id, 1, true);
    assert!(kinds(&tab).is_empty());
    hub.receipt(here, ConversationId::from_bytes([9; 16]), 1, true);
    hub.typing(here, head.id, true);
    assert_eq!(kinds(&anna), ["typing"]);
}

#[test]
fn a_place_in_the_queue_moves_when_somebody_before_is_taken() {
    let hub = Hub::default();
    let (_, first) = enter(&hub, visitor(1));
    let (_, second) = enter(&hub, visitor(2));
    let mut ahead = conversation(1, 1);
    hub.tell(message(&ahead, 1, None));
    hub.tell(message(&conversation(2, 2), 1, None));
    let place = |outbox: &Outbox| {
        outbox.drain().0.back().and_then(|frame| serde_json::from_str::<serde_json::Value>(frame).ok())?["place"].as_u64()
    };
    assert_eq!(place(&second), Some(2));
    ahead.accept(Assignee { id: ANNA, name: Name::parse("Anna").unwrap() }).unwrap();
    hub.tell(event(&ahead, 2, Author::System, EventKind::Joined, None));
    assert_eq!(place(&second), Some(1));
    assert_eq!(place(&first), None);
}

#[test]
fn what_goes_to_another_department_is_out_of_sight_at_once() {
    const BILLING: DepartmentId = DepartmentId::from_bytes([8; 16]);
    const SALES: DepartmentId = DepartmentId::from_bytes([9; 16]);
    let of = |department| Membership::Sites([(SITE, Part::Departments([department].into()))].into());
    let hub = Hub::default();
    let (desk, anna) = enter(&hub, operator(ANNA, of(BILLING)));
    let (other, bert) = enter(&hub, operator(BERT, of(SALES)));
    let (_, whole) = enter(&hub, operator(OperatorId::from_bytes([4; 16]), Membership::of_sites([SITE])));
    let mut head = conversation(1, 7);
    head.about.department = Some(BILLING);
    hub.tell(message(&head, 1, None));
    let told = Arc::new(head.clone());
    hub.follow(desk, &told, Last { seq: 1, public: 1 });
    hub.look(desk, head.id, true);
    hub.follow(other, &told, Last { seq: 1, public: 1 });
    for outbox in [&anna, &whole] {
        assert_eq!(kinds(outbox).iter().filter(|kind| *kind == "row waiting").count(), 1);
    }
    assert_eq!(kinds(&bert).iter().filter(|kind| *kind != "available").count(), 0, "neither told of it nor let follow it");

    // It moves: what is said with the move is for those alone who may see it afterwards.
    head.about.department = Some(SALES);
    let note = Transfer { to: TransferTarget::Department { id: SALES, name: Name::parse("Sales").unwrap() }, note: None };
    let by = Author::Operator { id: ANNA, name: Name::parse("Anna").unwrap() };
    hub.tell(event(&head, 2, by, EventKind::Transferred(note), Some(desk)));
    hub.tell(message(&head, 3, None));
    assert_eq!(kinds(&anna), ["ack", "purged", "row gone"], "and nothing of what follows");
    assert_eq!(kinds(&bert), ["row waiting"]);
    assert_eq!(kinds(&whole), ["row waiting"]);
    hub.follow(desk, &told, Last { seq: 3, public: 3 });
    hub.tell(message(&head, 4, None));
    assert!(kinds(&anna).is_empty(), "a page that was on its way follows nothing");

    // Whoever is asked to join sees it, and whoever leaves sees it no more.
    head.accept(Assignee { id: BERT, name: Name::parse("Bert").unwrap() }).unwrap();
    head.about.invited.insert(ANNA);
    hub.tell(event(&head, 5, Author::System, EventKind::Joined, None));
    assert_eq!(kinds(&anna), ["row active"]);
    head.about.invited.clear();
    hub.tell(News::Changed { conversation: Arc::new(head.clone()), last: 5, at: Timestamp::from_millis(9), origin: None });
    assert_eq!(kinds(&anna), ["row gone"]);
    hub.tell(News::Purged { conversation: head.id, site: SITE });
    assert!(kinds(&anna).is_empty());
}

#[test]
fn the_end_of_a_session_ends_its_connections_only() {
    let hub = Hub::default();
    let (_, tab) = enter(&hub, visitor(7));
    let (id, anna) = enter(&hub, operator(ANNA, Membership::AllSites));
    hub.tell(News::SessionEnded([9; 32]));
    assert_eq!(anna.drain().1, None);
    hub.tell(News::SessionEnded(*b"a session of thirty-two bytes ok"));
    assert_eq!(anna.drain().1, Some(Bye::SignedOut));
    hub.tell(News::Allowlist);
    assert_eq!(tab.drain().1, None);
    hub.disconnect(id);
    assert_eq!(hub.connected(), (1, 0));
    hub.stop();
    assert_eq!(tab.drain().1, Some(Bye::Restart));
    assert_eq!(enter(&hub, visitor(9)).1.drain().1, Some(Bye::Restart));
}

#[test]
fn a_desk_that_follows_too_much_lets_go_of_what_is_over() {
    let hub = Hub::default();
    let (desk, anna) = enter(&hub, operator(ANNA, Membership::AllSites));
    for number in 0..=limits::WATCHED_CONVERSATIONS {
        let mut head = conversation(0, 7);
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        head.id = ConversationId::from_bytes(id);
        hub.tell(message(&head, 1, None));
        hub.follow(desk, &Arc::new(head.clone()), Last { seq: 1, public: 1 });
        if number == 5 {
            head.close(Timestamp::from_millis(9));
            hub.tell(event(&head, 2, Author::System, EventKind::Closed, None));
        }
        anna.drain();
    }
    let table = hub.table.lock();
    assert_eq!(table.connections[&desk].topics.len(), limits::WATCHED_CONVERSATIONS);
    let mut closed = [0; 16];
    closed[7] = 5;
    assert!(!table.topics.contains_key(&ConversationId::from_bytes(closed)));
}

#[test]
fn what_a_page_reads_ahead_of_the_news_is_told_all_the_same() {
    let hub = Hub::default();
    let (_, anna) = enter(&hub, operator(ANNA, Membership::AllSites));
    let (_, bert) = enter(&hub, operator(BERT, Membership::AllSites));
    let (tab, maria) = enter(&hub, visitor(7));
    for outbox in [&anna, &bert, &maria] {
        outbox.drain();
    }
    // The visitor's tab finds the new conversation in the store before anybody was told of it.
    let mut head = conversation(1, 7);
    hub.follow(tab, &Arc::new(head.clone()), Last { seq: 2, public: 2 });
    hub.tell(event(&head, 1, Author::System, EventKind::Started, None));
    hub.tell(message(&head, 2, None));
    assert_eq!(kinds(&anna), ["row waiting"]);
    maria.drain();
    bert.drain();

    // The same with an acceptance: whoever accepted has to follow, and the others have to see it in their lists.
    head.accept(Assignee { id: ANNA, name: Name::parse("Anna").unwrap() }).unwrap();
    hub.follow(tab, &Arc::new(head.clone()), Last { seq: 3, public: 3 });
    maria.drain();
    hub.tell(event(&head, 3, Author::System, EventKind::Joined, None));
    hub.tell(message(&head, 4, None));
    assert_eq!(kinds(&anna), ["event 3", "row active", "state active", "event 4"]);
    assert_eq!(kinds(&bert), ["row active"]);
    assert_eq!(kinds(&maria), ["event 3", "state active", "event 4"]);
}

#[test]
fn a_closed_conversation_that_nobody_follows_is_forgotten() {
    let hub = Hub::default();
    let mut head = conversation(1, 7);
    hub.tell(message(&head, 1, None));
    head.close(Timestamp::from_millis(9));
    hub.tell(event(&head, 2, Author::System, EventKind::Closed, None));
    assert!(hub.table.lock().topics.is_empty());
}

#[test]
fn every_connection_too_many_is_ended_not_the_oldest_alone() {
    let hub = Hub::default();
    let all: Vec<_> = (0..limits::CONNECTIONS_PER_PERSON + 3).map(|_| enter(&hub, visitor(7)).1).collect();
    let ended = all.iter().take_while(|outbox| outbox.drain().1 == Some(Bye::TooMany)).count();
    assert_eq!(ended, 3);
}
