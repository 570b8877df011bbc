//! What is signed holds, and whatever is done to it afterwards is named.

use serde_json::{Value, json};

use super::*;
use crate::domain::access::Actor;
use crate::service::stage::Stage;

fn paper(ctx: &Ctx) -> Paper {
    let mut paper = Paper::new(ctx, "evidence", "Evidence report");
    paper.lead.push("A settings check.".to_owned());
    let mut facts = Section::facts("installation", "Installation", "");
    facts.fact("Version", "0.1.0");
    let mut table = Section::table("holds", "Holds", "What is not erased.", &["On", "Since"]).or("There is none.");
    table.row(["=1+1".to_owned(), ctx.now.to_string()]);
    paper.sections = vec![facts, table, Section::table("alerts", "Alerts", "", &["What"]).or("There is none.")];
    paper
}

fn faults_after(text: &str, alter: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document: Value = serde_json::from_str(text).unwrap();
    alter(&mut document);
    check(&document.to_string(), None).faults
}

#[test]
fn a_paper_holds_and_whatever_is_done_to_it_is_named() {
    let (stage, _) = Stage::set_up();
    let ctx = stage.ctx(&Actor::Host);
    let document = sign(&ctx, paper(&ctx)).unwrap();
    let text = json(&document).unwrap();
    let key = public_key(&ctx).unwrap();
    let checked = check(&text, Some(&key));
    assert_eq!((checked.faults, checked.sections), (vec![], 3));
    assert_eq!(document.installation(), HEXLOWER.encode(&stage.store.installation()));
    assert_eq!(Document::read(text.as_bytes()).unwrap().paper, document.paper);

    let altered = faults_after(&text, |it| it["paper"]["sections"][0]["rows"][0][1] = json!("9.9"));
    assert_eq!(altered, ["The section installation was altered."]);
    let removed = faults_after(&text, |it| drop(it["paper"]["sections"].as_array_mut().unwrap().remove(2)));
    assert_eq!(removed, ["The section alerts was removed."]);
    let added = faults_after(&text, |it| {
        let mut one = it["paper"]["sections"][2].clone();
        one["id"] = json!("more");
        it["paper"]["sections"].as_array_mut().unwrap().push(one);
    });
    assert_eq!(added, ["The section more was added."]);
    let twice = faults_after(&text, |it| {
        let one = it["paper"]["sections"][2].clone();
        it["paper"]["sections"].as_array_mut().unwrap().push(one);
    });
    assert_eq!(twice, ["A section stands there twice."]);
    let moved = faults_after(&text, |it| it["paper"]["sections"].as_array_mut().unwrap().swap(0, 1));
    assert_eq!(moved.len(), 2, "{moved:?}");
    let dated = faults_after(&text, |it| it["paper"]["made_at"] = json!("2020-01-01T00:00:00.000Z"));
    assert_eq!(dated, ["What stands above the sections was altered: it is not what was signed."]);
    let told = faults_after(&text, |it| it["paper"]["lead"][0] = json!("A certification."));
    assert_eq!(told.len(), 1);
    let stated =
        faults_after(&text, |it| it["statement"] = json!(it["statement"].as_str().unwrap().replace("sections 3", "sections 2")));
    assert_eq!(stated.len(), 2, "{stated:?}");
    assert_eq!(faults_after(&text, |it| it["more"] = json!(1)).len(), 1);
    assert_eq!(check(&text, Some(&PublicKey::from_bytes([9; 32]))).faults.len(), 1);
    assert_eq!(check("{}", None).faults.len(), 1);
}

#[test]
fn a_page_holds_until_a_letter_of_it_changes() {
    let (stage, _) = Stage::set_up();
    let ctx = stage.ctx(&Actor::Host);
    let key = public_key(&ctx).unwrap();
    let page = seal_page(&ctx, "<!doctype html>\n<p>All is well.</p>\n").unwrap();
    assert_eq!(check(&page, Some(&key)).faults, [""; 0]);
    assert_eq!(check(&page, Some(&PublicKey::from_bytes([9; 32]))).faults.len(), 1);
    assert_eq!(check(&page.replace("well", "good"), Some(&key)).faults.len(), 1);
    assert_eq!(check("<p>All is well.</p>", None).faults.len(), 1);
    // What stands behind the seal is not covered by it, so nothing may.
    assert_eq!(check(&format!("{page}<p>More</p>"), None).faults.len(), 1);
    let stranger = Actor::Stranger;
    assert!(matches!(seal_page(&stage.ctx(&stranger), "<p>x</p>"), Err(Failure::Denied(_))));
}

#[test]
fn a_spreadsheet_has_no_formula_and_says_why_there_is_nothing() {
    let (stage, _) = Stage::set_up();
    let csv = paper(&stage.ctx(&Actor::Host)).csv();
    assert!(
        csv.contains("\"'=1+1\",") && csv.contains("There is none.\r\n") && csv.contains("What is not erased.\r\nOn,Since"),
        "{csv}"
    );
}
