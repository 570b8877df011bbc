//! Tests: who is seen browsing, by whom, and how an invitation becomes a chat.

use super::*;
use crate::domain::conversation::State;
use crate::domain::event::EventKind;
use crate::domain::invitation::InvitationRule;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, Name, Notice};
use crate::domain::told::Told;
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::stage::{Stage, refused};

/// A house whose site watches its visitors.
fn watching() -> (Stage, SiteId, Actor) {
    let (stage, setup) = Stage::set_up();
    let mut site = Site::clone(&stage.store.house().sites[&setup.site]);
    site.switches.monitoring = true;
    site.invitations = vec![InvitationRule {
        id: RuleId::from_bytes([7; 16]),
        name: Name::parse("Prices").unwrap(),
        text: Notice::parse("Any question about prices?").unwrap(),
        is_on: true,
        page: None,
        referrer: None,
        seconds_on_page: None,
        pages_seen: None,
        scrolled_percent: None,
        exit_intent: false,
        again_after_days: 30,
    }];
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    let admin = stage.actor(setup.operator);
    (stage, setup.site, admin)
}

fn browse(stage: &Stage, site: SiteId, visit: Option<VisitId>, page: &str) -> Result<Standing, Failure> {
    let heard = Heard { visit, is_load: true, page: Line::parse(page).ok(), ..Heard::default() };
    hear(&stage.ctx(&Actor::Stranger), site, &HostPage::Demo, heard)
}

fn answer(stage: &Stage, site: SiteId, visit: VisitId, answer: Answered) -> Standing {
    let heard = Heard { visit: Some(visit), answer: Some(answer), ..Heard::default() };
    hear(&stage.ctx(&Actor::Stranger), site, &HostPage::Demo, heard).unwrap()
}

fn begin(stage: &Stage, site: SiteId, visit: VisitId) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [1; 32] };
    let told = Told { visit: Some(visit), ..Told::default() };
    let start = Start { told, ..Start::saying(MessageText::parse("Yes, please").unwrap()) };
    let origin = Origin { connection: 1, client_id: ClientId::parse("a").unwrap() };
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

#[test]
fn who_browses_is_seen_while_they_do_and_where_the_site_watches() {
    let (mut stage, site, admin) = watching();
    let first = browse(&stage, site, None, "https://shop.example/a").unwrap();
    let again = browse(&stage, site, Some(first.visit), "https://shop.example/b").unwrap();
    assert_eq!((again.visit, again.pages), (first.visit, 2));
    let seen = list(&stage.ctx(&admin), Some(site)).unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].page.as_ref().unwrap().as_str(), "https://shop.example/b");
    assert!(list(&stage.ctx(&admin), Some(SiteId::from_bytes([9; 16]))).unwrap().is_empty());

    // A page that was left is followed by the next, or by nothing.
    leave(&stage.ctx(&Actor::Stranger), site, first.visit);
    stage.advance(limits::VISIT_FAREWELL / 2);
    assert_eq!(browse(&stage, site, Some(first.visit), "https://shop.example/c").unwrap().pages, 3);
    stage.advance(limits::VISIT_LIFE);
    assert!(list(&stage.ctx(&admin), None).unwrap().is_empty());
    assert!(matches!(get(&stage.ctx(&admin), first.visit), Err(Failure::NotFound)));
    stage.memory.visits.sweep(stage.now);
    assert!(stage.memory.visits.0.lock().is_empty(), "nothing is left");
    assert_ne!(browse(&stage, site, Some(first.visit), "https://shop.example/d").unwrap().visit, first.visit);

    let mut unwatched = Site::clone(&stage.store.house().sites[&site]);
    unwatched.switches.monitoring = false;
    let mut batch = stage.store.batch();
    batch.put_site(&unwatched);
    stage.store.commit(batch).wait().unwrap();
    assert!(matches!(browse(&stage, site, None, "https://shop.example/"), Err(Failure::NotFound)));
}

#[test]
fn an_invitation_by_hand_is_shown_once_and_its_words_begin_the_chat() {
    let (stage, site, admin) = watching();
    let visit = browse(&stage, site, None, "https://shop.example/").unwrap().visit;
    assert_eq!(refused(invite(&stage.ctx(&admin), visit, " ")), ["text"]);
    invite(&stage.ctx(&admin), visit, "May I help?").unwrap();
    assert!(matches!(invite(&stage.ctx(&admin), visit, "May I?"), Err(Failure::Conflict(_))));
    let shown = browse(&stage, site, Some(visit), "https://shop.example/").unwrap().invitation.unwrap();
    assert_eq!(shown.text.as_str(), "May I help?");
    assert!(answer(&stage, site, visit, Answered::Shown).invitation.is_none());
    assert!(welcome(&stage.ctx(&Actor::Stranger), site, visit).is_err(), "not before they come");
    answer(&stage, site, visit, Answered::Accepted);
    assert_eq!(welcome(&stage.ctx(&Actor::Stranger), site, visit).unwrap().text.as_str(), "May I help?");

    let id = begin(&stage, site, visit);
    let head = stage.store.conversation(id).unwrap().unwrap();
    assert!(matches!(head.state, State::Active { .. }), "{:?}", head.state);
    let events = stage.store.events(id, 0, 10).unwrap();
    let said: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Message(text) => Some((event.author.operator().is_some(), text.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(said, [(true, "May I help?"), (false, "Yes, please")]);
    assert_eq!(get(&stage.ctx(&admin), visit).unwrap().conversation, Some(id));
    assert!(matches!(invite(&stage.ctx(&admin), visit, "Again?"), Err(Failure::Conflict(_))));
}

#[test]
fn a_rule_invites_with_its_own_words_and_a_refusal_is_taken() {
    let (stage, site, admin) = watching();
    let visit = browse(&stage, site, None, "https://shop.example/").unwrap().visit;
    answer(&stage, site, visit, Answered::AcceptedRule(RuleId::from_bytes([8; 16])));
    assert!(welcome(&stage.ctx(&Actor::Stranger), site, visit).is_err(), "there is no such rule");
    answer(&stage, site, visit, Answered::AcceptedRule(RuleId::from_bytes([7; 16])));
    assert_eq!(welcome(&stage.ctx(&Actor::Stranger), site, visit).unwrap().text.as_str(), "Any question about prices?");
    let head = stage.store.conversation(begin(&stage, site, visit)).unwrap().unwrap();
    assert_eq!(head.state, State::Waiting);

    let visit = browse(&stage, site, None, "https://shop.example/").unwrap().visit;
    invite(&stage.ctx(&admin), visit, "May I help?").unwrap();
    answer(&stage, site, visit, Answered::Dismissed);
    assert!(browse(&stage, site, Some(visit), "https://shop.example/x").unwrap().invitation.is_none());
    let bare = match admin {
        Actor::Staff { id, membership, .. } => Actor::Staff {
            id,
            role: crate::domain::operator::Role::Operator,
            membership,
            permissions: crate::domain::permission::Permissions::NONE,
        },
        other => other,
    };
    assert!(list(&stage.ctx(&bare), None).unwrap().is_empty());
    assert!(matches!(invite(&stage.ctx(&bare), visit, "May I?"), Err(Failure::NotFound)));
}

#[test]
fn one_address_does_not_fill_the_list() {
    let (stage, site, _) = watching();
    for _ in 0..limits::VISITS_PER_ADDRESS {
        browse(&stage, site, None, "https://shop.example/").unwrap();
    }
    assert!(matches!(browse(&stage, site, None, "https://shop.example/"), Err(Failure::TooMany { .. })));
}
