//! Tests: who left an address, and who may read of it.

use super::*;
use crate::domain::access::Actor;
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::news::Origin;
use crate::domain::operator::{Membership, Part, Role};
use crate::domain::permission::Permissions;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::departments::{self, DepartmentForm};
use crate::service::retention;
use crate::service::sites::{self, GeneralForm};
use crate::service::stage::Stage;

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

/// Says something, having left these; gives the id.
fn talk(stage: &Stage, site: SiteId, visitor: u8, answers: &[(&str, &str)]) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let mut start = Start::saying(MessageText::parse("words of a chat").unwrap());
    start.answers = answers.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin("a")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

fn end(stage: &Stage, site: SiteId, visitor: u8, id: ConversationId) {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    conversations::end(&stage.ctx(&actor), id, origin("z")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

fn asks_for_everything(stage: &Stage, site: SiteId) {
    use crate::domain::form::{Field, FieldKind, Form};
    use crate::domain::text::{FieldId, Label};
    let field =
        |id: &str, kind| Field { id: FieldId::parse(id).unwrap(), label: Label::parse(id).unwrap(), kind, is_required: false };
    let fields = vec![
        field(Field::NAME, FieldKind::Text),
        field(Field::EMAIL, FieldKind::Email),
        field(Field::PHONE, FieldKind::Phone),
        field(Field::DEPARTMENT, FieldKind::Department),
        field("insurer", FieldKind::Text),
    ];
    let mut site = stage.store.house().sites[&site].as_ref().clone();
    site.pre_chat = Form { fields };
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
}

fn staff(role: Role, membership: Membership, permissions: Permissions) -> Actor {
    Actor::Staff { id: OperatorId::from_bytes([9; 16]), role, membership, permissions }
}

fn emails(stage: &Stage, actor: &Actor) -> Vec<String> {
    let found = list(&stage.ctx(actor), &Question::default(), None).unwrap();
    found.leads.iter().map(|lead| lead.email.as_ref().map_or(String::new(), |it| it.as_str().to_owned())).collect()
}

#[test]
fn who_left_an_address_is_a_lead_until_the_chat_is_erased() {
    let (mut stage, done) = Stage::set_up();
    let admin = stage.actor(done.operator);
    asks_for_everything(&stage, done.site);
    let first = talk(&stage, done.site, 1, &[("name", "Maria"), ("email", "maria@example.org"), ("insurer", "Acme")]);
    stage.advance(std::time::Duration::from_secs(60));
    talk(&stage, done.site, 2, &[("phone", "+49 30 1234567")]);
    talk(&stage, done.site, 3, &[("name", "Nobody can reach me")]);
    end(&stage, done.site, 1, first);

    let found = list(&stage.ctx(&admin), &Question::default(), None).unwrap();
    let told: Vec<_> = found.leads.iter().map(|it| (it.name.is_some(), it.phone.is_some(), it.answers.len())).collect();
    assert_eq!(told, [(false, true, 0), (true, false, 1)], "the open one first; a name alone is no lead");
    assert_eq!(stage.last_audit(), AuditAction::LeadsRead { leads: 2 });
    assert_eq!(export(&stage.ctx(&admin), &Question::default()).unwrap().leads.len(), 2);
    assert_eq!(stage.last_audit(), AuditAction::LeadsExported { leads: 2 });
    let later = Question { from: Some(stage.now), ..Question::default() };
    assert_eq!(list(&stage.ctx(&admin), &later, None).unwrap().leads.len(), 2, "one began, the other ended in this minute");

    assert_eq!(retention::purge_now(&stage.ctx(&admin), None).unwrap().gone, 1);
    assert_eq!(emails(&stage, &admin), [""], "only the open one is left");
}

#[test]
fn a_lead_is_shown_to_who_may_read_it_and_to_nobody_else() {
    let (stage, done) = Stage::set_up();
    let admin = stage.actor(done.operator);
    asks_for_everything(&stage, done.site);
    let other = sites::create(&stage.ctx(&admin), &GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() }).unwrap();
    asks_for_everything(&stage, other);
    let form = DepartmentForm { name: "Billing".to_owned(), all_of_site: true, ..DepartmentForm::default() };
    let billing = departments::create(&stage.ctx(&admin), done.site, &form).unwrap();
    talk(&stage, done.site, 1, &[("email", "of-site@example.org")]);
    talk(&stage, done.site, 2, &[("email", "of-billing@example.org"), ("department", &billing.to_string())]);
    talk(&stage, other, 3, &[("email", "of-other@example.org")]);

    let none = Permissions::NONE;
    let of_site = || Membership::of_sites([done.site]);
    let of_billing = || Membership::Sites([(done.site, Part::Departments([billing].into()))].into());
    let sorted = |actor: &Actor| {
        let mut found = emails(&stage, actor);
        found.sort();
        found
    };
    assert_eq!(sorted(&admin), ["of-billing@example.org", "of-other@example.org", "of-site@example.org"]);
    assert_eq!(sorted(&staff(Role::Client, of_site(), none)), ["of-billing@example.org", "of-site@example.org"]);
    assert_eq!(sorted(&staff(Role::Client, of_billing(), none)), ["of-billing@example.org"]);
    let may = none.with(Permission::SeeLeads);
    assert_eq!(sorted(&staff(Role::Supervisor, Membership::of_sites([other]), may)), ["of-other@example.org"]);
    for nobody in [
        staff(Role::Operator, of_site(), none),
        staff(Role::Auditor, Membership::AllSites, Permissions::ALL),
        staff(Role::Client, Membership::of_sites([]), none),
        Actor::Visitor { site: done.site, token_index: [1; 32] },
        Actor::Stranger,
    ] {
        assert!(matches!(list(&stage.ctx(&nobody), &Question::default(), None), Err(Failure::NotFound)), "{nobody:?}");
        assert!(matches!(export(&stage.ctx(&nobody), &Question::default()), Err(Failure::NotFound)), "{nobody:?}");
    }
    let client = staff(Role::Client, of_site(), none);
    for unknown in [other, SiteId::from_bytes([77; 16])] {
        let question = Question { site: Some(unknown), ..Question::default() };
        assert!(matches!(list(&stage.ctx(&client), &question, None), Err(Failure::NotFound)));
    }
}

#[test]
fn pages_follow_each_other() {
    let (stage, done) = Stage::set_up();
    let admin = stage.actor(done.operator);
    asks_for_everything(&stage, done.site);
    let many = u8::try_from(limits::SEARCH_HITS).unwrap() + 5;
    for visitor in 1..=many {
        let id = talk(&stage, done.site, visitor, &[("email", &format!("v{visitor}@example.org"))]);
        end(&stage, done.site, visitor, id);
    }
    let ctx = stage.ctx(&admin);
    let first = list(&ctx, &Question::default(), None).unwrap();
    let second = list(&ctx, &Question::default(), first.next).unwrap();
    assert_eq!((first.leads.len(), second.leads.len(), second.next), (limits::SEARCH_HITS, 5, None));
    let all: BTreeSet<_> = first.leads.iter().chain(&second.leads).map(|it| it.email.as_ref().unwrap().as_str()).collect();
    assert_eq!(all.len(), usize::from(many));
    assert_eq!(export(&ctx, &Question::default()).unwrap().leads.len(), usize::from(many));
}
