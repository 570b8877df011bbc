//! Tests: whose a response is, who may change it, and what a chat fills in.

use super::*;
use crate::domain::operator::{Membership, Role};
use crate::domain::permission::Permissions;
use crate::domain::text::ClientId;
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::sites::GeneralForm;
use crate::service::stage::{Stage, refused};

fn form(shortcut: &str, text: &str) -> CannedForm {
    CannedForm { shortcut: shortcut.to_owned(), title: "Title".to_owned(), text: text.to_owned(), ..CannedForm::default() }
}

fn shared(shortcut: &str, site: &str) -> CannedForm {
    CannedForm { is_shared: true, site: site.to_owned(), ..form(shortcut, "Shared") }
}

fn operator(id: OperatorId, membership: Membership, permissions: Permissions) -> Actor {
    Actor::Staff { id, role: Role::Operator, membership, permissions }
}

fn shortcuts(stage: &Stage, actor: &Actor) -> Vec<String> {
    list(&stage.ctx(actor)).unwrap().iter().map(|it| it.canned.shortcut.as_str().to_owned()).collect()
}

#[test]
fn ones_own_are_for_oneself_and_shared_ones_for_those_of_the_site() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let other_site = GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() };
    let other_site = sites::create(&stage.ctx(&admin), &other_site).unwrap();
    let bert = stage.join(&admin, "Bert", "operator");
    let here = operator(bert, Membership::of_sites([finished.site]), Permissions::NONE);

    let own = create(&stage.ctx(&here), &form("/own", "Mine")).unwrap();
    let everywhere = create(&stage.ctx(&admin), &shared("all", "")).unwrap();
    create(&stage.ctx(&admin), &shared("here", &finished.site.to_string())).unwrap();
    create(&stage.ctx(&admin), &shared("there", &other_site.to_string())).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::CannedSaved(list(&stage.ctx(&admin)).unwrap()[2].canned.id));
    assert_eq!(shortcuts(&stage, &here), ["all", "here", "own"]);
    assert_eq!(shortcuts(&stage, &admin), ["all", "here", "there"]);

    // Not theirs to change, so not there.
    for id in [own, everywhere] {
        let actor = if id == own { &admin } else { &here };
        assert!(matches!(get(&stage.ctx(actor), id), Err(Failure::NotFound)));
        assert!(matches!(change(&stage.ctx(actor), id, &form("x", "x")), Err(Failure::NotFound)));
        assert!(matches!(delete(&stage.ctx(actor), id), Err(Failure::NotFound)));
    }
    assert_eq!(refused(create(&stage.ctx(&here), &shared("mine", ""))), ["site"]);
    assert_eq!(refused(create(&stage.ctx(&here), &shared("mine", &finished.site.to_string()))), ["is_shared"]);
    // With the permission on their site, and for that site alone.
    let keeper = operator(bert, Membership::of_sites([finished.site]), Permissions::NONE.with(Permission::ManageSharedCanned));
    assert!(may_share(&stage.ctx(&keeper)) && !may_share(&stage.ctx(&here)));
    assert!(create(&stage.ctx(&keeper), &shared("mine", &finished.site.to_string())).is_ok());
    assert_eq!(refused(create(&stage.ctx(&keeper), &shared("x", ""))), ["site"]);
    assert_eq!(refused(create(&stage.ctx(&keeper), &shared("x", &other_site.to_string()))), ["site"]);

    change(&stage.ctx(&here), own, &form("own", "Changed")).unwrap();
    assert_eq!(get(&stage.ctx(&here), own).unwrap().text.as_str(), "Changed");
    delete(&stage.ctx(&here), own).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::CannedDeleted(own));
    assert_eq!(shortcuts(&stage, &here), ["all", "here", "mine"]);
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    assert!(list(&stage.ctx(&visitor)).is_err() && create(&stage.ctx(&visitor), &form("x", "x")).is_err());
}

#[test]
fn a_form_is_refused_with_all_its_errors() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let wrong = CannedForm { language: "xx".to_owned(), site: "sit_x".to_owned(), ..form("two words", " ") };
    let wrong = CannedForm { title: String::new(), ..wrong };
    assert_eq!(refused(create(&stage.ctx(&admin), &wrong)), ["shortcut", "title", "text", "site", "language"]);
    create(&stage.ctx(&admin), &form("hello", "Hello")).unwrap();
    assert_eq!(refused(create(&stage.ctx(&admin), &form("Hello", "Hello"))), ["shortcut"]);
    // In another language it is another response.
    assert!(create(&stage.ctx(&admin), &CannedForm { language: "de".to_owned(), ..form("hello", "Hallo") }).is_ok());
    assert!(create(&stage.ctx(&admin), &CannedForm { is_shared: true, ..form("hello", "Hello") }).is_ok());
}

#[test]
fn a_chat_fills_in_what_is_known_of_it() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    create(&stage.ctx(&admin), &form("a", "{visitor.name} {email} {operator.name} {site} {department}")).unwrap();
    create(&stage.ctx(&admin), &CannedForm { language: "de".to_owned(), ..form("de", "Hallo") }).unwrap();
    create(&stage.ctx(&admin), &shared("s", &finished.site.to_string())).unwrap();
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let origin = crate::domain::news::Origin { connection: 1, client_id: ClientId::parse("a").unwrap() };
    let text = MessageText::parse("Hello").unwrap();
    let start = Start { answers: [("name".to_owned(), "Maria".to_owned())].into(), ..Start::saying(text) };
    let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let filled = for_conversation(&stage.ctx(&admin), id).unwrap();
    let house = stage.store.house();
    let (me, site) = (&house.operators[&finished.operator].name, &house.sites[&finished.site].name);
    let expected = format!("Maria ⟨e-mail address⟩ {} {} ⟨department⟩", me.as_str(), site.as_str());
    assert_eq!(filled.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), [expected.as_str(), "Shared"]);
    let stranger =
        operator(OperatorId::from_bytes([9; 16]), Membership::of_sites([SiteId::from_bytes([9; 16])]), Permissions::NONE);
    assert!(matches!(for_conversation(&stage.ctx(&stranger), id), Err(Failure::NotFound)));
}
