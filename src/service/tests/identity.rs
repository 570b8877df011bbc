//! Tests: what proves who somebody is, and what it opens.

use super::*;
use crate::domain::access::Actor;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::told::Told;
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::stage::Stage;
use crate::service::told;

/// As the customer's server makes it.
fn made(secret: &str, said: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(said.as_bytes());
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

fn site(stage: &Stage, id: SiteId) -> Site {
    (*stage.store.house().sites[&id]).clone()
}

fn begin(stage: &Stage, site: SiteId, visitor: u8, identity: Option<Identity>) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let told =
        Told { identity, name: Name::parse("Maria").ok(), email: EmailAddress::parse("m@example.org").ok(), ..Told::default() };
    let start = Start { told, ..Start::saying(MessageText::parse("good morning").unwrap()) };
    let origin = Origin { connection: 1, client_id: ClientId::parse("a").unwrap() };
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

#[test]
fn an_id_and_an_address_are_proven_by_the_sites_secret_alone() {
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let ctx = stage.ctx(&admin);
    let claim = |hash: &str| {
        prove(&site(&stage, setup.site), &Claim { id: "customer-7", email: "Maria@Example.org", hash })
            .map(|it| (it.id.as_str().to_owned(), it.email_is_proven))
    };
    assert_eq!(claim(&made("", "customer-7")), None, "there is no secret yet");
    let secret = renew_secret(&ctx, setup.site).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::IdentitySecretRenewed(setup.site));
    assert_eq!(secret.len(), 64);

    let of_id = made(&secret, "customer-7");
    assert_eq!(claim(&of_id), Some(("customer-7".to_owned(), false)));
    assert_eq!(claim(&of_id.to_uppercase()), Some(("customer-7".to_owned(), false)));
    assert_eq!(claim(&made(&secret, "customer-7\nmaria@example.org")), Some(("customer-7".to_owned(), true)));
    let wrong =
        [made(&secret, "customer-8"), made("another", "customer-7"), of_id[..62].to_owned(), String::new(), "zz".to_owned()];
    for hash in wrong {
        assert_eq!(claim(&hash), None, "{hash}");
    }
    // A code over an id with an address is none over an id of two lines.
    let sly = made(&secret, "customer-7\nmaria@example.org");
    assert!(prove(&site(&stage, setup.site), &Claim { id: "customer-7\nmaria@example.org", email: "", hash: &sly }).is_none());

    let newer = renew_secret(&ctx, setup.site).unwrap();
    assert_ne!(*newer, *secret);
    assert_eq!(claim(&of_id), None);
    drop_secret(&ctx, setup.site).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::IdentitySecretDropped(setup.site));
    assert_eq!(claim(&made(&newer, "customer-7")), None);

    let operator = stage.actor(stage.join(&admin, "Olga", "operator"));
    assert!(matches!(renew_secret(&stage.ctx(&operator), setup.site), Err(Failure::NotFound)));
}

#[test]
fn earlier_chats_are_those_of_the_same_proven_person() {
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let ctx = stage.ctx(&admin);
    let id = |text: &str| Some(Identity { id: Line::parse(text).unwrap(), email_is_proven: true });
    let first = begin(&stage, setup.site, 1, id("customer-7"));
    begin(&stage, setup.site, 2, id("customer-8"));
    begin(&stage, setup.site, 3, None);
    let second = begin(&stage, setup.site, 4, id("customer-7"));
    let earlier_of = |id| earlier(&ctx, id).unwrap().into_iter().map(|it| it.id).collect::<Vec<_>>();
    assert_eq!(earlier_of(second), [first]);
    // What begins after the index was made is in it, too.
    let third = begin(&stage, setup.site, 5, id("customer-7"));
    assert_eq!(earlier_of(second).len(), 2);

    let head = stage.store.conversation(third).unwrap().unwrap();
    assert_eq!(head.visitor.email.as_ref().map(EmailAddress::as_str), Some("m@example.org"));
    assert_eq!(head.visitor.name.as_ref().map(Name::as_str), Some("Maria"));
    assert!(earlier_of(begin(&stage, setup.site, 6, None)).is_empty());
    let visitor = Actor::Visitor { site: setup.site, token_index: [4; 32] };
    assert!(earlier(&stage.ctx(&visitor), second).is_err(), "for operators alone");
    stage.memory.identities.forget(setup.site, first);
    assert_eq!(earlier_of(second), [third]);
}

#[test]
fn what_a_website_says_during_a_chat_reaches_its_head_once() {
    let (stage, setup) = Stage::set_up();
    let id = begin(&stage, setup.site, 1, None);
    let visitor = Actor::Visitor { site: setup.site, token_index: [1; 32] };
    let ctx = stage.ctx(&visitor);
    stage.take_news();
    let mut said = Told { attributes: crate::domain::told::attributes([("plan", "gold")].into_iter()), ..Told::default() };
    told::update(&ctx, &said).unwrap();
    told::update(&ctx, &said).unwrap();
    said.identity = Some(Identity { id: Line::parse("customer-7").unwrap(), email_is_proven: false });
    told::update(&ctx, &said).unwrap();
    said.identity = None;
    told::update(&ctx, &said).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let news = stage.take_news();
    assert!(matches!(&news[..], [News::About(_), News::About(_)]), "{news:?}");
    let head = stage.store.conversation(id).unwrap().unwrap();
    assert_eq!(head.about.attributes.len(), 1);
    assert!(head.about.identity.is_some() && head.visitor.email.is_none());
    let other = Actor::Visitor { site: setup.site, token_index: [9; 32] };
    told::update(&stage.ctx(&other), &said).unwrap();
}
