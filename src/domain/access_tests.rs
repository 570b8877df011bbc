use super::*;
use crate::domain::about::About;
use crate::domain::conversation::{Assignee, State};
use crate::domain::id::ConversationId;
use crate::domain::operator::{Part, Standing};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::Visitor;

const SITE: SiteId = SiteId::from_bytes([1; 16]);
const OTHER: SiteId = SiteId::from_bytes([2; 16]);
const BILLING: DepartmentId = DepartmentId::from_bytes([3; 16]);
const SALES: DepartmentId = DepartmentId::from_bytes([4; 16]);
const ME: OperatorId = OperatorId::from_bytes([9; 16]);

fn staff(role: Role, membership: Membership, permissions: Permissions) -> Actor {
    Actor::Staff { id: ME, role, membership, permissions }
}

fn of_billing() -> Membership {
    Membership::Sites([(SITE, Part::Departments([BILLING].into()))].into())
}

fn talk(site: SiteId, department: Option<DepartmentId>) -> Conversation {
    Conversation {
        id: ConversationId::from_bytes([5; 16]),
        site,
        visitor: Visitor::default(),
        token_index: [7; 32],
        state: State::Waiting,
        started_at: Timestamp::from_millis(0),
        about: About { department, ..About::default() },
    }
}

fn may(actor: &Actor, action: Action<'_>) -> bool {
    authorize(actor, action).is_ok()
}

#[test]
fn an_operator_serves_only_their_sites_and_manages_nothing() {
    let operator = staff(Role::Operator, Membership::of_sites([SITE]), Permissions::NONE.with(Permission::Block));
    assert!(may(&operator, Action::ServeConversation(&talk(SITE, None))));
    assert!(may(&operator, Action::ServeConversation(&talk(SITE, Some(BILLING)))));
    assert!(!may(&operator, Action::ServeConversation(&talk(OTHER, None))));
    assert!(may(&operator, Action::Use(Permission::Block, SITE)));
    assert!(!may(&operator, Action::Use(Permission::Block, OTHER)));
    assert!(!may(&operator, Action::Use(Permission::Supervise, SITE)));
    assert!(!may(&operator, Action::UseEverywhere(Permission::Block)));
    for action in [
        Action::ManageSites,
        Action::ManagePeople,
        Action::ManageAllowlist,
        Action::ManagePrivacy,
        Action::Purge,
        Action::ReadPosture,
        Action::ReadSystem,
        Action::ReadAudit,
        Action::BackUp,
        Action::Export,
        Action::ExportEverything,
        Action::ManageRootKey,
    ] {
        assert!(!may(&operator, action), "{action:?}");
    }
}

#[test]
fn a_department_is_a_boundary() {
    let operator = staff(Role::Operator, of_billing(), Permissions::ALL);
    assert!(may(&operator, Action::ServeConversation(&talk(SITE, Some(BILLING)))));
    for department in [None, Some(SALES)] {
        let elsewhere = talk(SITE, department);
        assert!(!may(&operator, Action::ServeConversation(&elsewhere)), "{department:?}");
        assert!(!may(&operator, Action::UseIn(Permission::ExportTranscripts, &elsewhere)), "{department:?}");
        assert!(!may(&operator, Action::ServePart(SITE, department)), "{department:?}");
        assert!(!may(&operator, Action::UsePart(Permission::SeeReports, SITE, department)), "{department:?}");
    }
    assert!(may(&operator, Action::ServeSite(SITE)) && !may(&operator, Action::ServeSite(OTHER)));
    assert!(!may(&operator, Action::Use(Permission::InviteVisitors, SITE)), "who browses belongs to no department");
    assert!(may(&operator, Action::UseIn(Permission::ExportTranscripts, &talk(SITE, Some(BILLING)))));
}

#[test]
fn who_was_brought_into_a_conversation_sees_it() {
    let operator = staff(Role::Operator, of_billing(), Permissions::NONE);
    let me = Assignee { id: ME, name: Name::parse("Bert").unwrap() };
    let mut it = talk(SITE, Some(SALES));
    it.about.invited.insert(ME);
    assert!(may(&operator, Action::ServeConversation(&it)), "asked to join");
    it.close(Timestamp::from_millis(1));
    assert!(!may(&operator, Action::ServeConversation(&it)), "asked, and it is over");
    it.about.guests.push(me.clone());
    assert!(may(&operator, Action::ServeConversation(&it)), "joined");
    it.about.guests.clear();
    it.state = State::Closed { operator: Some(me.clone()), at: Timestamp::from_millis(1) };
    assert!(may(&operator, Action::ServeConversation(&it)), "answered");
    let mut elsewhere = talk(OTHER, Some(SALES));
    elsewhere.state = State::Active { operator: me };
    assert!(!may(&operator, Action::ServeConversation(&elsewhere)), "no longer of this site");
}

#[test]
fn auditors_and_clients_see_no_conversation() {
    let it = talk(SITE, None);
    for role in [Role::Auditor, Role::Client] {
        let actor = staff(role, Membership::AllSites, Permissions::ALL);
        let serving = [
            Action::UseConsole,
            Action::ServeConversation(&it),
            Action::ServeSite(SITE),
            Action::ServePart(SITE, None),
            Action::ManageSites,
            Action::ManagePeople,
            Action::Purge,
        ];
        assert!(serving.into_iter().all(|action| !may(&actor, action)), "{role:?}");
        for permission in Permission::ALL {
            let of_clients = role == Role::Client && permission == Permission::SeeLeads;
            assert_eq!(may(&actor, Action::Use(permission, SITE)), of_clients, "{role:?} {permission:?}");
            assert!(!may(&actor, Action::UseIn(permission, &it)), "{role:?} {permission:?}");
        }
        for action in [Action::ReadAudit, Action::ReadPosture, Action::ReadSystem] {
            assert_eq!(may(&actor, action), role == Role::Auditor, "{role:?} {action:?}");
        }
    }
    let client = staff(Role::Client, Membership::of_sites([SITE]), Permissions::NONE);
    assert!(may(&client, Action::UsePart(Permission::SeeLeads, SITE, Some(BILLING))));
    assert!(!may(&client, Action::UsePart(Permission::SeeLeads, OTHER, None)));
}

#[test]
fn a_visitor_has_their_own_conversation_and_starts_on_their_own_site() {
    let visitor = Actor::Visitor { site: SITE, token_index: [7; 32] };
    assert!(may(&visitor, Action::StartConversation(SITE)) && !may(&visitor, Action::StartConversation(OTHER)));
    assert!(may(&visitor, Action::ServeConversation(&talk(SITE, Some(SALES)))));
    assert!(!may(&visitor, Action::ServeConversation(&talk(OTHER, None))));
    let other = Actor::Visitor { site: SITE, token_index: [8; 32] };
    assert!(!may(&other, Action::ServeConversation(&talk(SITE, None))));
    assert!(!may(&visitor, Action::UseConsole));
}

#[test]
fn nobody_hands_anything_to_who_may_not_have_it() {
    let person = |role, membership, standing| Operator {
        id: ME,
        name: Name::parse("Bert").unwrap(),
        email: EmailAddress::parse("bert@example.org").unwrap(),
        role,
        membership,
        standing,
        password_hash: None,
        created_at: Timestamp::from_millis(0),
        capacity: 1,
        sso: None,
        last_seen_at: None,
        reset: None,
    };
    let of_site = || Membership::of_sites([SITE]);
    let wanted = Action::ServePart(SITE, Some(SALES));
    assert!(is_open_to(&person(Role::Operator, of_site(), Standing::Active), wanted));
    assert!(!is_open_to(&person(Role::Operator, of_billing(), Standing::Active), wanted));
    assert!(!is_open_to(&person(Role::Client, of_site(), Standing::Active), wanted));
    assert!(!is_open_to(&person(Role::Auditor, of_site(), Standing::Active), wanted));
    assert!(!is_open_to(&person(Role::Operator, of_site(), Standing::Disabled), wanted));
}
