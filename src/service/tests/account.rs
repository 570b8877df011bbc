//! Tests: everything is in an export but what is secret, once, in words that other programs read; and who may take it along.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Write;

use serde_json::Value;

use super::*;
use crate::domain::access::Actor;
use crate::domain::id::SiteId;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::identity;
use crate::service::stage::{PASSWORD, Stage, TOTP_SECRET};

/// Files by their names.
#[derive(Default)]
struct Collected {
    files: BTreeMap<String, Vec<u8>>,
    last: String,
}

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files.get_mut(&self.last).unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Files for Collected {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        assert!(self.files.insert(name.to_owned(), Vec::new()).is_none(), "{name} twice");
        self.last = name.to_owned();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Collected {
    fn text(&self, name: &str) -> &str {
        std::str::from_utf8(&self.files[name]).unwrap()
    }

    fn rows(&self, name: &str) -> Vec<Value> {
        self.text(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn talk(stage: &Stage, site: SiteId, visitor: u8) {
    let visitor = Actor::Visitor { site, token_index: [visitor; 32] };
    let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
    let start = Start::saying(MessageText::parse("=cmd()").unwrap());
    let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin("a")).unwrap();
    conversations::end(&stage.ctx(&visitor), id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

fn exported(stage: &Stage, actor: &Actor, names: Vec<FileName>) -> Collected {
    let ctx = stage.ctx(actor);
    let mut out = Collected::default();
    begin(&ctx, names).unwrap().write(&ctx, &mut out).unwrap();
    out
}

#[test]
fn everything_is_in_it_but_what_is_secret() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    stage.give_totp(finished.operator);
    let secret = identity::renew_secret(&stage.ctx(&admin), finished.site).unwrap();
    for visitor in 1..=3 {
        talk(&stage, finished.site, visitor);
    }
    let ctx = stage.ctx(&admin);
    let out = exported(&stage, &admin, plan(&ctx, Wish::default()).unwrap());
    assert_eq!(out.files.len(), (Sheet::ALL.len() - 1) * 2, "all but the submissions");
    let files = u32::try_from(out.files.len()).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::AccountExported { files, with_submissions: false });

    for (name, file) in &out.files {
        let text = std::str::from_utf8(file).unwrap();
        let hash = stage.store.house().operators[&finished.operator].password_hash.clone().unwrap().0;
        for kept in [secret.as_str(), PASSWORD, hash.as_str(), "argon2", std::str::from_utf8(TOTP_SECRET).unwrap()] {
            assert!(!text.contains(kept), "{name} has a secret in it");
        }
        if name.ends_with(".jsonl") {
            let columns: BTreeSet<_> = name.parse::<FileName>().unwrap().sheet.columns().iter().copied().collect();
            for row in out.rows(name) {
                let keys: BTreeSet<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(keys, columns, "{name}");
            }
        }
    }
    let people = out.rows("people.jsonl");
    assert_eq!((people[0]["email"].as_str(), people[0]["has_password"].as_bool()), (Some("anna@example.org"), Some(true)));
    assert_eq!(people[0]["second_factors"][0], "authenticator");
    assert_eq!(out.rows("sites.jsonl")[0]["has_identity_secret"], true);
    assert_eq!(out.rows("conversations-0001-of-0001.jsonl").len(), 3);
    let events = out.rows("events-0001-of-0001.jsonl");
    assert!(events.iter().filter(|event| event["text"] == "=cmd()").count() == 3, "JSON is as it was written");
    let csv = out.text("events-0001-of-0001.csv");
    assert!(csv.contains("'=cmd()") && !csv.contains(",=cmd()"), "{csv}");
    assert_eq!(csv.lines().count(), events.len() + 1);
    assert!(out.rows("counters.jsonl").iter().any(|row| row["missed"] == 3));
    assert!(out.rows("audit.jsonl").len() > 3);
}

#[test]
fn what_visitors_filled_in_is_there_only_when_asked_for() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let names = |submissions| plan(&stage.ctx(&admin), Wish { submissions }).unwrap();
    let has = |names: Vec<FileName>| names.iter().any(|name| name.sheet == Sheet::Submissions);
    assert!(!has(names(false)) && has(names(true)));
    exported(&stage, &admin, names(true));
    assert!(matches!(stage.last_audit(), AuditAction::AccountExported { with_submissions: true, .. }));
}

#[test]
fn shares_have_each_chat_once() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for visitor in 1..=20 {
        talk(&stage, finished.site, visitor);
    }
    let mut ids = Vec::new();
    for nth in 1..=4 {
        let name = format!("conversations-000{nth}-of-0004.jsonl");
        let out = exported(&stage, &admin, vec![name.parse().unwrap()]);
        ids.extend(out.rows(&name).into_iter().map(|row| row["id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(ids.len(), 20);
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), 20);
}

#[test]
fn an_administrator_alone_takes_it_along_and_shows_who_they_are() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    for role in ["operator", "supervisor", "auditor"] {
        let somebody = stage.actor(stage.join(&admin, role, role));
        assert!(matches!(plan(&stage.ctx(&somebody), Wish::default()), Err(Failure::Denied(_))), "{role}");
        assert!(matches!(begin(&stage.ctx(&somebody), Vec::new()), Err(Failure::Denied(_))), "{role}");
    }
    let rows = stage.audit().len();
    let mut ctx = stage.ctx(&admin);
    ctx.asked.proved_at = None;
    assert!(matches!(begin(&ctx, Vec::new()), Err(Failure::ProofNeeded)));
    assert_eq!(stage.audit().len(), rows, "nothing left, so nothing is on record");
}
