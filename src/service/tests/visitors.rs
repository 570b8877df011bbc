//! Tests: who is let in, and whose token counts.

use super::*;
use crate::service::sites::{self, GeneralForm, Section};
use crate::service::stage::Stage;

fn website(origin: &str) -> HostPage {
    HostPage::Website(WebOrigin::parse(origin).unwrap())
}

#[test]
fn only_the_sites_own_pages_get_a_token() {
    let (stage, made) = Stage::set_up();
    let admin = stage.actor(made.operator);
    let ctx = stage.ctx(&admin);
    let ask = |page: &HostPage| admit(&stage.store, ctx.random, made.site, page);
    assert!(ask(&website("https://clinic.example.org")).is_ok());
    assert!(matches!(ask(&website("https://evil.example")), Err(Failure::Denied(_))));
    assert!(matches!(admit(&stage.store, ctx.random, SiteId::from_bytes([9; 16]), &HostPage::Demo), Err(Failure::NotFound)));

    assert!(ask(&HostPage::Demo).is_ok());
    let form = GeneralForm { demo: false, ..GeneralForm::of(&sites::get(&ctx, made.site).unwrap()) };
    sites::change(&ctx, made.site, &form).unwrap();
    assert!(matches!(ask(&HostPage::Demo), Err(Failure::Denied(_))));
}

#[test]
fn a_token_counts_for_its_site_and_cannot_be_made_up() {
    let (stage, made) = Stage::set_up();
    let admin = stage.actor(made.operator);
    let ctx = stage.ctx(&admin);
    let token = admit(&stage.store, ctx.random, made.site, &HostPage::Demo).unwrap();
    let other = admit(&stage.store, ctx.random, made.site, &HostPage::Demo).unwrap();
    let first = recognise(&stage.store, made.site, &token).unwrap();
    assert_eq!(recognise(&stage.store, made.site, &token).unwrap(), first);
    assert_ne!(recognise(&stage.store, made.site, &other).unwrap(), first);

    let form = GeneralForm { name: "Pharmacy".to_owned(), ..GeneralForm::default() };
    let pharmacy = sites::create(&ctx, &form).unwrap();
    assert!(recognise(&stage.store, pharmacy, &token).is_none());

    let flipped = |at: usize| {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
        String::from_utf8(bytes).unwrap()
    };
    for at in 4..token.len() {
        assert!(recognise(&stage.store, made.site, &flipped(at)).is_none(), "changed at {at}");
    }
    for wrong in ["", "vst_", &token[4..], &token[..token.len() - 1], &format!("{token}a"), &token.to_uppercase()] {
        assert!(recognise(&stage.store, made.site, wrong).is_none());
    }
}
