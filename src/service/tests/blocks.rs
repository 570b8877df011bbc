//! Tests: who is kept out, by what, until when, and who decides it.

use super::*;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, Line, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::stage::{Stage, refused};

const HOME: &str = "192.0.2.77";

fn visitor(site: SiteId, token: u8) -> Actor {
    Actor::Visitor { site, token_index: [token; 32] }
}

fn begin(stage: &Stage, actor: &Actor) -> ConversationId {
    let origin = Origin { connection: 1, client_id: ClientId::parse("a").unwrap() };
    let start = Start::saying(MessageText::parse("good morning").unwrap());
    let id = conversations::start(&stage.ctx(actor), &Allowance::default(), start, origin).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

fn form(whom: &str) -> BlockForm {
    BlockForm { whom: whom.to_owned(), reason: "insults".to_owned(), ..BlockForm::default() }
}

fn at(address: &str) -> Option<IpAddr> {
    Some(address.parse().unwrap())
}

#[test]
fn a_visitor_an_address_or_a_network_is_kept_out() {
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let ctx = stage.ctx(&admin);
    let rude = visitor(setup.site, 1);
    let chat = begin(&stage, &rude);
    let kept_out = |actor: &Actor, from: &str| check(&stage.ctx(actor), at(from), None).is_err();
    assert!(!kept_out(&rude, HOME));

    let block = block_visitor(&ctx, chat, at(HOME), &form("visitor")).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::Blocked(block));
    assert!(kept_out(&rude, "203.0.113.1") && !kept_out(&visitor(setup.site, 2), HOME));
    assert!(matches!(check(&stage.ctx(&rude), None, None), Err(Failure::Blocked)));
    lift(&ctx, block).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::BlockLifted(block));
    assert!(!kept_out(&rude, HOME));
    assert!(matches!(lift(&ctx, block), Err(Failure::NotFound)));

    let block = block_visitor(&ctx, chat, at(HOME), &form("address")).unwrap();
    assert!(kept_out(&visitor(setup.site, 2), HOME) && kept_out(&rude, "::ffff:192.0.2.77"));
    assert!(!kept_out(&rude, "192.0.2.78"));
    assert_eq!(list(&ctx).unwrap()[0].whom, "An address, which this site hides");
    lift(&ctx, block).unwrap();
    block_visitor(&ctx, chat, at(HOME), &form("network")).unwrap();
    assert!(kept_out(&visitor(setup.site, 2), "192.0.2.1") && !kept_out(&rude, "192.0.3.1"));

    assert_eq!(refused(block_visitor(&ctx, chat, None, &form("address"))), ["whom"]);
    assert_eq!(refused(block_visitor(&ctx, chat, at(HOME), &form("everybody"))), ["whom"]);
    let long = BlockForm { hours: "9000".to_owned(), reason: "x".repeat(1_001), ..form("visitor") };
    assert_eq!(refused(block_visitor(&ctx, chat, None, &long)), ["hours", "reason"]);
}

#[test]
fn a_proven_person_is_kept_out_whatever_browser_they_take() {
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let rude = visitor(setup.site, 1);
    let chat = begin(&stage, &rude);
    let me = Identity { id: Line::parse("customer-7").unwrap(), email_is_proven: false };
    let said = crate::domain::told::Told { identity: Some(me.clone()), ..Default::default() };
    crate::service::told::update(&stage.ctx(&rude), &said).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    block_visitor(&stage.ctx(&admin), chat, None, &form("visitor")).unwrap();
    let elsewhere = visitor(setup.site, 9);
    assert!(check(&stage.ctx(&elsewhere), None, Some(&me)).is_err());
    assert!(check(&stage.ctx(&elsewhere), None, None).is_ok());
}

#[test]
fn a_block_ends_by_itself_and_is_of_one_site_unless_an_administrator_says_otherwise() {
    let (mut stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let by_hand = |site: &str, hours: &str| BlockForm {
        network: "198.51.100.0/24".to_owned(),
        site: site.to_owned(),
        hours: hours.to_owned(),
        ..BlockForm::default()
    };
    let everywhere = block_network(&stage.ctx(&admin), &by_hand("", "")).unwrap();
    let here = block_network(&stage.ctx(&admin), &by_hand(&setup.site.to_string(), "2")).unwrap();
    let other = visitor(SiteId::from_bytes([9; 16]), 1);
    assert!(check(&stage.ctx(&other), at("198.51.100.3"), None).is_err());
    lift(&stage.ctx(&admin), everywhere).unwrap();
    assert!(check(&stage.ctx(&other), at("198.51.100.3"), None).is_ok());

    let mine = visitor(setup.site, 1);
    assert!(check(&stage.ctx(&mine), at("198.51.100.3"), None).is_err());
    assert_eq!(expire(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    stage.advance(Duration::from_secs(2 * 3600));
    assert!(check(&stage.ctx(&mine), at("198.51.100.3"), None).is_ok(), "over to the second, whenever the timer comes");
    assert_eq!(expire(&stage.ctx(&Actor::Timer)).unwrap(), 1);
    assert_eq!(stage.last_audit(), AuditAction::BlockLifted(here));
    assert!(stage.store.house().blocks.is_empty());
    assert_eq!(
        refused(block_network(&stage.ctx(&admin), &BlockForm { network: "ten".to_owned(), ..by_hand("", "0") })),
        ["network", "hours"]
    );
}

#[test]
fn who_may_not_block_finds_nothing_to_block() {
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let chat = begin(&stage, &visitor(setup.site, 1));
    let operator = stage.actor(stage.join(&admin, "Olga", "operator"));
    let block = block_visitor(&stage.ctx(&operator), chat, None, &form("visitor")).unwrap();
    assert_eq!(list(&stage.ctx(&operator)).unwrap().len(), 1);
    assert!(block_network(&stage.ctx(&operator), &BlockForm { network: HOME.to_owned(), ..BlockForm::default() }).is_err());

    let Actor::Staff { id, role, membership, .. } = operator else { unreachable!() };
    let bare = Actor::Staff { id, role, membership, permissions: crate::domain::permission::Permissions::NONE };
    assert!(matches!(block_visitor(&stage.ctx(&bare), chat, None, &form("visitor")), Err(Failure::NotFound)));
    assert!(matches!(lift(&stage.ctx(&bare), block), Err(Failure::NotFound)));
    assert!(list(&stage.ctx(&bare)).unwrap().is_empty());
}

#[test]
fn a_sites_own_lists_say_from_where_visitors_may_write() {
    use crate::service::sites::{self, VisitorsForm};
    let (stage, setup) = Stage::set_up();
    let admin = stage.actor(setup.operator);
    let lists = |only: &str, never: &str| {
        let form = VisitorsForm { only: only.to_owned(), never: never.to_owned() };
        sites::change(&stage.ctx(&admin), setup.site, &form)
    };
    let maria = visitor(setup.site, 1);
    let may_write = |from: Option<IpAddr>| check(&stage.ctx(&maria), from, None).is_ok();
    assert!(may_write(None) && may_write(at(HOME)));
    lists("", "192.0.2.0/24 # a rude network").unwrap();
    assert!(!may_write(at(HOME)) && !may_write(at("::ffff:192.0.2.77")) && may_write(at("192.0.3.1")) && may_write(None));
    lists("192.0.2.0/24\n2001:db8::/32", "192.0.2.77").unwrap();
    assert!(!may_write(at(HOME)) && may_write(at("192.0.2.78")) && may_write(at("2001:db8::9")) && !may_write(at("192.0.3.1")));
    assert!(!may_write(None), "an address that is not known is on no list");
    assert_eq!(refused(lists("here", "there")), ["only", "never"]);
    let many: String = (0..=limits::VISITOR_NETWORKS).map(|n| format!("10.0.{}.{}\n", n / 256, n % 256)).collect();
    assert_eq!(refused(lists("", &many)), ["never"]);
}
