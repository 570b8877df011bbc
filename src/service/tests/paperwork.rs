//! Tests: the papers say what is set up, and the breach kit who saw what.

use std::time::Duration;

use super::breach::Question;
use super::*;
use crate::domain::access::Actor;
use crate::domain::id::ConversationId;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::paper::Section;
use crate::service::stage::{ADMIN_EMAIL, Stage, refused};
use crate::service::transcripts::{self, Notes};

fn of<'a>(paper: &'a Paper, id: &str) -> &'a Section {
    paper.sections.iter().find(|it| it.id == id).unwrap()
}

fn all_of(stage: &Stage, surroundings: &Surroundings) -> Vec<Paper> {
    Kind::ALL.map(|kind| paper(&stage.ctx(&Actor::Host), kind, surroundings).unwrap()).into()
}

#[test]
fn papers_say_what_is_set_up_and_nothing_that_is_not() {
    let (stage, _) = Stage::set_up();
    let [processing, retention, recipients, devices] = &all_of(&stage, &Surroundings::default())[..] else {
        panic!("four papers")
    };
    let site = of(processing, "site-1");
    assert!(site.title.contains("Reception") && site.about.contains("https://clinic.example.org"));
    let done: Vec<_> = site.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(done, ["Answering questions in a chat", "Answering messages that are left while nobody is there"]);
    assert!(site.rows[0][2].contains("Your name (optional)"), "{:?}", site.rows);
    assert!(of(retention, "retention").rows.iter().any(|row| row[2].contains("1 day")));
    assert!(of(recipients, "recipients").rows.is_empty());
    assert!(of(devices, "visitors").rows.iter().any(|row| row[0] == "parlor-visitor:…"));
    assert!(of(devices, "staff").rows.iter().any(|row| row[5] == "until 15 minutes without use, at most 12 hours"));
    for section in all_of(&stage, &Surroundings::default()).iter().flat_map(|paper| &paper.sections) {
        let width = if section.is_facts() { 2 } else { section.columns.len() };
        assert!(section.rows.iter().all(|row| row.len() == width), "{}", section.id);
        assert!(!section.rows.is_empty() || !section.none.is_empty(), "{} says nothing", section.id);
    }
}

#[test]
fn whoever_gets_data_is_named_by_host() {
    let (stage, _) = Stage::set_up();
    let mail = Surroundings { mail_host: Some("mail.example.net".to_owned()), ..Surroundings::default() };
    let recipients = |surroundings: &Surroundings| {
        let paper = paper(&stage.ctx(&Actor::Host), Kind::Recipients, surroundings).unwrap();
        of(&paper, "recipients").clone()
    };
    assert_eq!(recipients(&mail).rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["mail.example.net"]);
    let gapped = recipients(&Surroundings { air_gap: true, ..mail });
    assert!(gapped.rows.is_empty() && gapped.none.contains("air gap"));
}

#[test]
fn who_may_not_look_at_the_setup_gets_no_paper() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let operator = stage.actor(stage.join(&admin, "Bert", "operator"));
    let auditor = stage.actor(stage.join(&admin, "Olga", "auditor"));
    for kind in Kind::ALL {
        assert!(matches!(paper(&stage.ctx(&operator), kind, &Surroundings::default()), Err(Failure::Denied(_))));
        assert!(signed(&stage.ctx(&auditor), kind, &Surroundings::default()).is_ok());
    }
}

fn closed_chat(stage: &Stage, site: crate::domain::id::SiteId) -> ConversationId {
    let actor = Actor::Visitor { site, token_index: [1; 32] };
    let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
    let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
    let id = conversations::start(&stage.ctx(&actor), &Allowance::default(), start, origin("a")).unwrap();
    conversations::end(&stage.ctx(&actor), id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    id
}

#[test]
fn the_breach_kit_says_who_saw_what_and_who_was_refused() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let bert = stage.join(&admin, "Bert", "operator");
    let id = closed_chat(&stage, finished.site);
    stage.advance(Duration::from_secs(3 * 24 * 60 * 60));
    let since = stage.now;
    transcripts::read(&stage.from(&stage.actor(bert), "203.0.113.7"), id, Notes::Kept).unwrap();
    assert!(stage.sign_in(ADMIN_EMAIL, "not the password at all", "198.51.100.9").is_err());
    stage.advance(Duration::from_secs(60));
    let question = Question { since, until: stage.now, who: None };
    let kit = breach::paper(&stage.ctx(&admin), &question).unwrap();
    let seen = &of(&kit, "seen").rows;
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!((seen[0][1].as_str(), seen[0][3].as_str(), seen[0][4].as_str()), ("Bert", &*id.to_string(), "203.0.113.7"));
    let refusals = &of(&kit, "refused").rows;
    assert!(refusals.iter().any(|row| row[4] == "198.51.100.9" && row[5] == "refused"), "{refusals:?}");
    assert!(of(&kit, "people").about.starts_with("1 chat was"), "{}", of(&kit, "people").about);
    assert!(!serde_json::to_string(&kit).unwrap().contains("foot"));

    // Of somebody else, and of another day: nothing.
    let of_anna = Question { who: Some(finished.operator), ..question };
    assert!(of(&breach::paper(&stage.ctx(&admin), &of_anna).unwrap(), "seen").rows.is_empty());
    let before = Question { since: since.minus(Duration::from_secs(60)), until: since, who: None };
    assert!(of(&breach::paper(&stage.ctx(&admin), &before).unwrap(), "seen").rows.is_empty());
    let reversed = Question { since: stage.now, until: since, who: None };
    assert_eq!(refused(breach::paper(&stage.ctx(&admin), &reversed)), ["until"]);
}

#[test]
fn the_breach_kit_has_the_files_of_chats_that_staff_were_given() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let (id, file) = (ConversationId::from_bytes([3; 16]), crate::domain::id::FileId::from_bytes([7; 16]));
    let mut batch = stage.store.batch();
    stage.ctx(&admin).audit(&mut batch, crate::domain::audit::AuditAction::FileTaken(id, file));
    stage.store.commit(batch).wait().unwrap();
    let question = Question { since: stage.now, until: stage.now.plus(Duration::from_secs(60)), who: None };
    let kit = breach::paper(&stage.ctx(&admin), &question).unwrap();
    let left = &of(&kit, "left").rows;
    assert!(left.iter().any(|row| row[2].contains(&file.to_string()) && row[3] == id.to_string()), "{left:?}");
    assert!(of(&kit, "people").about.starts_with("1 chat was"), "{}", of(&kit, "people").about);
}

#[test]
fn a_breach_kit_leaves_with_a_proof_and_on_record() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let question =
        Question { since: stage.now.minus(Duration::from_secs(60)), until: stage.now.plus(Duration::from_secs(60)), who: None };
    let mut ctx = stage.ctx(&admin);
    let document = breach::signed(&ctx, &question).unwrap();
    assert!(matches!(stage.last_audit(), crate::domain::audit::AuditAction::AuditExported { .. }));
    assert_eq!(crate::service::paper::check(&crate::service::paper::json(&document).unwrap(), None).faults, [""; 0]);
    ctx.asked.proved_at = None;
    assert!(matches!(breach::signed(&ctx, &question), Err(Failure::ProofNeeded)));
    let operator = stage.actor(stage.join(&admin, "Bert", "operator"));
    assert!(matches!(breach::paper(&stage.ctx(&operator), &question), Err(Failure::Denied(_))));
}
