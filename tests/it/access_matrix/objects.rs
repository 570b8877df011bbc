//! What the placeholders of a path stand for: things of the first site, and things that never were.

use parlor::domain::access::Actor;
use parlor::domain::department::{Department, Members};
use parlor::domain::id::{AlertId, DeliveryId, DepartmentId, PasskeyId, WebhookId};
use parlor::domain::look::Look;
use parlor::domain::text::Name;
use parlor::domain::webhook::{Delivery, DeliveryOutcome, EventSet, Webhook, WebhookEvent, WebhookSecret, WebhookUrl};
use parlor::service::purge_rules::{self, RuleForm};
use parlor::service::sites::{self, LookForm, WindowForm};
use parlor::service::visitors::HostPage;
use parlor::service::visits::{self, Heard};
use parlor::service::{blocks, canned, evidence, holds};

use super::people::World;

pub struct Objects<'a> {
    pub world: &'a World,
    pub conversation: String,
    pub file: String,
    /// Of somebody who is in no other way among the people.
    pub session: String,
    /// Who makes the things that are asked for.
    pub admin: Actor,
}

/// An id of the same kind that nothing ever had.
fn of_nothing(id: &str) -> String {
    let (kind, random) = id.split_once('_').unwrap();
    format!("{kind}_{}", random.chars().rev().collect::<String>())
}

impl Objects<'_> {
    /// The path with things that are there, and the same with things that never were, where it names any.
    pub fn fill(&self, path: &str) -> (String, Option<String>) {
        let (mut real, mut never) = (Vec::new(), Vec::new());
        let mut names_any = false;
        let mut before = "";
        for piece in path.split('/') {
            let Some(name) = piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')) else {
                real.push(piece.to_owned());
                never.push(piece.to_owned());
                before = piece;
                continue;
            };
            let id = self.thing(path, before, name);
            names_any |= id.contains('_');
            never.push(if id.contains('_') { of_nothing(&id) } else { id.clone() });
            real.push(id);
        }
        (real.join("/"), names_any.then(|| never.join("/")))
    }

    /// Each time another one, where a request could take it away.
    fn thing(&self, path: &str, before: &str, name: &str) -> String {
        let world = self.world;
        let ctx = world.app.app.ctx(&self.admin);
        match (before, name) {
            (_, "name") => parlor::web::assets::url("pages.css").trim_start_matches("/assets/").to_owned(),
            (_, "limit") => "passwords".to_owned(),
            ("rules", "id") => {
                let form = RuleForm { name: "Old chats".to_owned(), ..RuleForm::default() };
                purge_rules::create(&ctx, &form).unwrap().to_string()
            }
            (_, "profile") => "gdpr".to_owned(),
            ("alerts", "id") => AlertId::from_bytes(ctx.random_bytes()).to_string(),
            (_, "paper") => "processing".to_owned(),
            (_, "format") => "html".to_owned(),
            (_, "evidence") => evidence::make(&ctx, &world.app.app.surroundings()).unwrap().to_string(),
            (_, "accent") => "0b5fb8".to_owned(),
            (_, "site") | ("sites", "id") => world.site.to_string(),
            (_, "conversation") | ("conversations", "id") => self.conversation.clone(),
            (_, "file") => self.file.clone(),
            (_, "window") => {
                let look = LookForm::of_look(&Look::default());
                let form = WindowForm { name: "Shop".to_owned(), look, ..WindowForm::default() };
                sites::add_window(&ctx, world.site, &form).unwrap().to_string()
            }
            (_, "department") => {
                let id = DepartmentId::from_bytes(ctx.random_bytes());
                let name = Name::parse(&id.to_string()).unwrap();
                let (hours, routing, created_at) = (None, None, ctx.now);
                let members = Members::AllOfSite;
                world.app.put_department(&Department { id, site: world.site, name, members, hours, routing, created_at });
                id.to_string()
            }
            ("people", "id") => {
                let id = ctx.random_bytes::<6>().iter().map(|byte| char::from(b'a' + byte % 26)).collect::<String>();
                world.invite(&id)
            }
            ("canned", "id") => {
                let id = ctx.random_bytes::<6>().iter().map(|byte| char::from(b'a' + byte % 26)).collect::<String>();
                let form = canned::CannedForm {
                    shortcut: id,
                    title: "Greeting".to_owned(),
                    text: "Good day".to_owned(),
                    is_shared: true,
                    site: world.site.to_string(),
                    language: String::new(),
                };
                canned::create(&ctx, &form).unwrap().to_string()
            }
            ("blocks", "id") => {
                let form = blocks::BlockForm {
                    site: world.site.to_string(),
                    network: "203.0.113.7".to_owned(),
                    hours: "1".to_owned(),
                    ..blocks::BlockForm::default()
                };
                blocks::block_network(&ctx, &form).unwrap().to_string()
            }
            ("holds", "id") => {
                let whom: String = ctx.random_bytes::<6>().iter().map(|byte| char::from(b'a' + byte % 26)).collect();
                let form = holds::HoldForm {
                    on: "person".to_owned(),
                    person: format!("{whom}@example.org"),
                    reason: "A court asks".to_owned(),
                    ..holds::HoldForm::default()
                };
                holds::place(&ctx, &form).unwrap().to_string()
            }
            ("visitors", "id") => visits::hear(&ctx, world.site, &HostPage::Own, Heard::default()).unwrap().visit.to_string(),
            (_, "language") => "de".to_owned(),
            ("forms", "id") => crate::secure_forms::a_form(&ctx).to_string(),
            ("requests", "id") => {
                let before: Vec<_> = world.app.app.store.house().requests.keys().copied().collect();
                crate::secure_forms::a_link(&ctx, world.site);
                let house = world.app.app.store.house();
                house.requests.keys().find(|id| !before.contains(id)).unwrap().to_string()
            }
            ("submissions", "id") => crate::secure_forms::a_submission(&ctx, world.site).to_string(),
            // Nobody's who asks.
            (_, "session") | ("sessions", "id") => self.session.clone(),
            ("webhooks", "id") => webhook(world).to_string(),
            ("deliveries", "id") => delivery(world).to_string(),
            ("passkeys", "id") => PasskeyId::from_bytes(ctx.random_bytes()).to_string(),
            _ => panic!("{path}: say in tests/it/access_matrix/objects.rs what {{{name}}} behind {before} is"),
        }
    }
}

/// A webhook whose receiver is on this very machine, where nobody is ever asked.
fn webhook(world: &World) -> WebhookId {
    let id = WebhookId::from_bytes(world.app.app.ctx(&Actor::Host).random_bytes());
    let mut batch = world.app.app.store.batch();
    batch.put_webhook(&Webhook {
        id,
        site: None,
        name: Name::parse("The desk").unwrap(),
        url: WebhookUrl::parse("https://127.0.0.1:9/").unwrap(),
        authority: None,
        secret: WebhookSecret([7; 32]),
        former: None,
        events: EventSet::default().with(WebhookEvent::FormSubmitted),
        with_transcript: false,
        is_on: true,
        created_at: world.app.app.now(),
    });
    world.app.app.store.commit(batch).wait().unwrap();
    id
}

/// One that nobody took.
fn delivery(world: &World) -> DeliveryId {
    let (webhook, now) = (webhook(world), world.app.app.now());
    let id = DeliveryId::from_bytes(world.app.app.ctx(&Actor::Host).random_bytes());
    let mut batch = world.app.app.store.batch();
    batch.put_delivery(Delivery {
        id,
        webhook,
        event: WebhookEvent::Purged,
        site: Some(world.site),
        conversation: None,
        submission: None,
        purged: std::sync::Arc::default(),
        since: now,
        tries: 1,
        next_at: now,
        outcome: DeliveryOutcome::GivenUp { at: now, status: None },
    });
    world.app.app.store.commit(batch).wait().unwrap();
    id
}
