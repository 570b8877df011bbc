//! Tests: whoever acts, what is listed, found, read, exported, counted and told is what `authorize` lets them see, and no more.
//! All kinds of actors are held against conversations of all kinds of places.

use std::collections::BTreeSet;

use super::conversations::{self, Destination, Start};
use super::departments::{self, DepartmentForm};
use super::people::{self, PersonForm};
use super::sites::{self, GeneralForm};
use super::stage::{PASSWORD, Stage, person, refused};
use super::{Failure, canned, drafts, reports, search, sessions, transcripts, visits};
use crate::domain::access::{Action, Actor, authorize};
use crate::domain::conversation::Conversation;
use crate::domain::draft::DraftKind;
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, DepartmentId, OperatorId, SiteId};
use crate::domain::news::{News, Origin};
use crate::domain::operator::{Membership, Part};
use crate::domain::permission::{Permission, Permissions, RolePermissions};
use crate::domain::report::Question;
use crate::domain::search::{Query, Which};
use crate::domain::text::{ClientId, MessageText, SearchWords};
use crate::domain::visitor::Allowance;

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

struct House {
    stage: Stage,
    admin: Actor,
    site: SiteId,
    other: SiteId,
    billing: DepartmentId,
    sales: DepartmentId,
    /// Every conversation there is, open and closed.
    all: Vec<ConversationId>,
    visitors: u8,
}

impl House {
    fn new() -> Self {
        let (stage, done) = Stage::set_up();
        let admin = stage.actor(done.operator);
        let ctx = stage.ctx(&admin);
        let other = sites::create(&ctx, &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
        let [billing, sales] = ["Billing", "Sales"].map(|name| {
            let form = DepartmentForm { name: name.to_owned(), all_of_site: true, ..DepartmentForm::default() };
            departments::create(&ctx, done.site, &form).unwrap()
        });
        let all = Permissions::ALL;
        super::permissions::change(&ctx, RolePermissions { operator: all, supervisor: all }).unwrap();
        Self { admin: admin.clone(), site: done.site, other, billing, sales, all: Vec::new(), visitors: 0, stage }
    }

    fn talk(&mut self, site: SiteId, department: Option<DepartmentId>) -> ConversationId {
        self.visitors += 1;
        let actor = Actor::Visitor { site, token_index: [self.visitors; 32] };
        let start = Start::saying(MessageText::parse("words of a chat").unwrap());
        let id = conversations::start(&self.stage.ctx(&actor), &Allowance::default(), start, origin("a")).unwrap();
        self.change(id, |head| head.about.department = department);
        self.all.push(id);
        id
    }

    /// As if it had come to be so.
    fn change(&self, id: ConversationId, change: impl FnOnce(&mut Conversation)) {
        let open = self.stage.store.open_conversation(id).unwrap();
        let mut open = open.lock();
        change(&mut open.head);
        let mut batch = self.stage.store.batch();
        batch.put_conversation(&open.head);
        self.stage.store.commit(batch).wait().unwrap();
    }

    fn close(&self, id: ConversationId, by: &Actor) {
        let ctx = self.stage.ctx(by);
        conversations::accept(&ctx, id, origin("take")).unwrap();
        conversations::close(&ctx, id, origin("close")).unwrap();
        self.stage.store.commit(self.stage.store.batch()).wait().unwrap();
    }

    fn employ(&self, name: &str, role: &str, membership: Membership) -> (OperatorId, Actor) {
        let id = self.stage.join(&self.admin, name, role);
        let mut it = self.stage.store.house().operators[&id].as_ref().clone();
        it.membership = membership;
        let mut batch = self.stage.store.batch();
        batch.put_operator(&it);
        self.stage.store.commit(batch).wait().unwrap();
        (id, self.stage.actor(id))
    }

    fn of(&self, departments: &[DepartmentId]) -> Membership {
        Membership::Sites([(self.site, Part::Departments(departments.iter().copied().collect()))].into())
    }

    fn head(&self, id: ConversationId) -> Conversation {
        self.stage.store.conversation(id).unwrap().unwrap()
    }
}

/// Conversations of every place, open and closed, some of which somebody was brought into.
fn full_house() -> (House, Vec<(&'static str, Actor)>) {
    let mut house = House::new();
    let (site, other, billing, sales) = (house.site, house.other, house.billing, house.sales);
    let (bea, of_billing) = house.employ("Bea", "operator", house.of(&[billing]));
    let (_, of_both) = house.employ("Bob", "operator", house.of(&[billing, sales]));
    let (_, of_none) = house.employ("Nell", "operator", house.of(&[]));
    let (_, whole) = house.employ("Wim", "operator", Membership::of_sites([site]));
    let (_, elsewhere) = house.employ("Else", "supervisor", Membership::of_sites([other]));
    let (_, leads) = house.employ("Sue", "supervisor", house.of(&[sales]));
    let (_, auditor) = house.employ("Ada", "auditor", Membership::AllSites);
    let (_, client) = house.employ("Clara", "client", Membership::of_sites([site]));
    let admin = house.admin.clone();
    for (place, department) in [(site, None), (site, Some(billing)), (site, Some(sales)), (other, None)] {
        house.talk(place, department);
        let closed = house.talk(place, department);
        house.close(closed, &admin);
    }
    // Bea was asked into one of Sales, has joined another, and answered a third, which has moved since.
    let asked = house.talk(site, Some(sales));
    house.change(asked, |head| head.about.invited = [bea].into());
    let joined = house.talk(site, Some(sales));
    let me = crate::domain::conversation::Assignee { id: bea, name: crate::domain::text::Name::parse("Bea").unwrap() };
    house.change(joined, |head| head.about.guests.push(me));
    let answered = house.talk(site, Some(billing));
    house.close(answered, &of_billing);
    let visitor = Actor::Visitor { site, token_index: [1; 32] };
    let actors = vec![
        ("administrator", admin),
        ("of billing", of_billing),
        ("of both departments", of_both),
        ("of no department", of_none),
        ("of the whole site", whole),
        ("of another site", elsewhere),
        ("supervisor of sales", leads),
        ("auditor", auditor),
        ("client", client),
        ("visitor", visitor),
        ("stranger", Actor::Stranger),
    ];
    (house, actors)
}

#[test]
fn every_act_shows_what_authorize_lets_be_seen() {
    let (house, actors) = full_house();
    for (who, actor) in &actors {
        let ctx = house.stage.ctx(actor);
        let sees = |id: &ConversationId| authorize(actor, Action::ServeConversation(&house.head(*id))).is_ok();
        let seen: BTreeSet<_> = house.all.iter().copied().filter(sees).collect();
        let is_open = |id: &ConversationId| house.head(*id).closed_at().is_none();
        let serves = ctx.authorize(Action::UseConsole).is_ok();

        for id in &house.all {
            assert_eq!(conversations::view(&ctx, *id, Seq::MAX, 0).is_ok(), seen.contains(id), "{who} views");
            assert_eq!(transcripts::read(&ctx, *id, transcripts::Notes::LeftOut).is_ok(), seen.contains(id), "{who} reads");
            let exports = transcripts::export(&ctx, *id, transcripts::Notes::LeftOut).is_ok();
            let may_export = authorize(actor, Action::UseIn(Permission::ExportTranscripts, &house.head(*id))).is_ok();
            assert_eq!(exports, may_export, "{who} exports");
            assert!(!exports || seen.contains(id), "{who} exports what they do not see");
            assert_eq!(canned::for_conversation(&ctx, *id).is_ok(), seen.contains(id) && serves, "{who} fills in");
            if is_open(id) {
                let kept = drafts::keep(&ctx, *id, DraftKind::Reply, "half a word").is_ok();
                assert_eq!(kept, seen.contains(id) && serves, "{who} drafts");
            }
        }
        match conversations::open_list(&ctx) {
            Ok(listed) => {
                let listed: BTreeSet<_> = listed.iter().map(|it| it.conversation.id).collect();
                assert_eq!(listed, seen.iter().copied().filter(is_open).collect(), "{who} lists");
            }
            Err(_) => assert!(!serves, "{who} has no list"),
        }
        for (which, words) in [(Which::All, Some("words")), (Which::All, None), (Which::Closed, None), (Which::Open, None)] {
            let words = words.and_then(|words| SearchWords::parse(words).ok());
            let Ok(found) = search::search(&ctx, &Query { which, words, ..Query::default() }, None) else {
                assert!(!serves, "{who} may not look");
                continue;
            };
            let wanted = |id: &ConversationId| if is_open(id) { which.has_open() } else { which.has_closed() };
            let found: BTreeSet<_> = found.matches.iter().map(|it| it.conversation.id).collect();
            assert_eq!(found, seen.iter().copied().filter(wanted).collect(), "{who} finds {which:?}");
        }
        // Who browses belongs to no department.
        let invites = |site| ctx.authorize(Action::Use(Permission::InviteVisitors, site)).is_ok();
        assert_eq!(visits::list(&ctx, Some(house.site)).is_ok(), serves, "{who} looks at who browses");
        assert!(!invites(house.site) || ctx.authorize(Action::ServePart(house.site, None)).is_ok(), "{who} invites");
    }
}

#[test]
fn numbers_are_those_of_ones_own_departments() {
    let (house, actors) = full_house();
    let counted = house.stage.store.all_counters().unwrap();
    assert!(counted.len() >= 4);
    for (who, actor) in &actors {
        let ctx = house.stage.ctx(actor);
        let Ok(sites) = reports::sites(&ctx) else { continue };
        let today = reports::today(&ctx, &sites);
        let question = Question { first: today.plus(-1), last: today.plus(1), site: None, department: None, operator: None };
        let shown: BTreeSet<_> =
            reports::counters(&ctx, &question).unwrap().iter().map(|(it, _)| (it.site, it.department)).collect();
        let may = |site, part| ctx.authorize(Action::UsePart(Permission::SeeReports, site, part)).is_ok();
        let expected: BTreeSet<_> =
            counted.iter().map(|(it, _)| (it.site, it.department)).filter(|(site, part)| may(*site, *part)).collect();
        assert_eq!(shown, expected, "{who}");
        let report = reports::report(&ctx, &question).unwrap();
        assert!(report.departments.keys().all(|(site, part)| may(*site, *part)), "{who}");
    }
}

#[test]
fn a_chat_that_is_handed_to_another_department_is_gone_for_this_one() {
    let mut house = House::new();
    let (site, billing, sales) = (house.site, house.billing, house.sales);
    let (_, bea) = house.employ("Bea", "operator", house.of(&[billing]));
    let (sid_id, sid) = house.employ("Sid", "operator", house.of(&[sales]));
    let talk = house.talk(site, Some(billing));
    let (beas, sids) = (house.stage.ctx(&bea), house.stage.ctx(&sid));
    let not_found = |result: Result<(), Failure>| matches!(result, Err(Failure::NotFound));
    assert!(not_found(conversations::accept(&sids, talk, origin("s1"))));
    conversations::accept(&beas, talk, origin("b1")).unwrap();
    assert_eq!(refused(conversations::transfer(&beas, talk, Destination::Operator(sid_id), None, origin("b2"))), ["to"]);
    conversations::transfer(&beas, talk, Destination::Department(sales), None, origin("b3")).unwrap();
    assert!(not_found(conversations::accept(&beas, talk, origin("b4"))));
    house.stage.store.commit(house.stage.store.batch()).wait().unwrap();
    assert!(matches!(conversations::view(&beas, talk, 0, 10), Err(Failure::NotFound)));
    conversations::accept(&sids, talk, origin("s2")).unwrap();
    // Asked back in, Bea sees it, and no longer once she has gone.
    let Actor::Staff { id: bea_id, .. } = bea else { panic!("staff") };
    conversations::invite(&sids, talk, bea_id, origin("s3")).unwrap();
    conversations::join(&beas, talk, origin("b5")).unwrap();
    conversations::depart(&beas, talk, origin("b6")).unwrap();
    assert!(not_found(conversations::depart(&beas, talk, origin("b7"))));
}

#[test]
fn who_worked_for_a_department_that_is_removed_sees_nothing_of_its_site() {
    let mut house = House::new();
    let (bea_id, bea) = house.employ("Bea", "operator", house.of(&[house.billing]));
    let talk = house.talk(house.site, Some(house.billing));
    assert!(conversations::view(&house.stage.ctx(&bea), talk, 0, 1).is_ok());
    house.stage.take_news();
    departments::remove(&house.stage.ctx(&house.admin), house.site, house.billing).unwrap();
    let told = house.stage.take_news();
    assert!(told.iter().any(|news| matches!(news, News::Operator(id) if *id == bea_id)), "her lines are ended");
    let bea = house.stage.actor(bea_id);
    assert!(matches!(conversations::view(&house.stage.ctx(&bea), talk, 0, 1), Err(Failure::NotFound)));
    let form = PersonForm::of(&house.stage.store.house().operators[&bea_id]);
    assert_eq!((form.confined, form.departments.len()), (vec![house.site.to_string()], 0));
    // What still names it, such as a mapping of groups, gives no right either.
    let mut batch = house.stage.store.batch();
    let person = house.stage.store.house().operators[&bea_id].as_ref().clone();
    batch.put_operator(&crate::domain::operator::Operator { membership: house.of(&[house.billing]), ..person });
    house.stage.store.commit(batch).wait().unwrap();
    assert!(authorize(&house.stage.actor(bea_id), Action::ServeConversation(&house.head(talk))).is_err());
}

#[test]
fn a_person_is_given_departments_and_never_by_mistake_a_whole_site() {
    let house = House::new();
    let ctx = house.stage.ctx(&house.admin);
    let form = |departments: &[String]| PersonForm {
        all_sites: false,
        confined: vec![house.site.to_string()],
        departments: departments.to_vec(),
        ..person("Bea", "operator")
    };
    assert_eq!(refused(people::invite(&ctx, &form(&[]))), ["sites"], "no department is not all of them");
    assert_eq!(refused(people::invite(&ctx, &form(&["dep_x".to_owned()]))), ["sites"]);
    let invitation = people::invite(&ctx, &form(&[house.billing.to_string()])).unwrap();
    people::join(&house.stage.ctx(&Actor::Stranger), invitation.token.expose(), PASSWORD.to_owned()).unwrap();
    let people = house.stage.store.house();
    assert_eq!(people.operators[&invitation.operator].membership, house.of(&[house.billing]));
    let shown = PersonForm::of(&people.operators[&invitation.operator]);
    assert_eq!((shown.all_sites, shown.sites.len(), shown.departments), (false, 0, vec![house.billing.to_string()]));
    let Actor::Staff { membership, .. } = sessions::actor(&people, &people.operators[&invitation.operator]) else {
        panic!("staff")
    };
    assert_eq!(membership, house.of(&[house.billing]));
}
