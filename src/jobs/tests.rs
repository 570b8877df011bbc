//! Tests: what is due, at the time it is told, and what follows a close by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::*;
use crate::config::Config;
use crate::domain::audit::AuditAction;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::setup::{self, SetUp};
use crate::service::sites::{self, PrivacyForm, Section};
use crate::service::{Clock, Random};
use crate::vault::RootKey;

const START: i64 = 1_800_000_000_000;

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.copy_from_slice(&number[8 - chunk.len()..]);
        }
    }
}

struct House {
    app: Arc<App>,
    clock: Arc<Hand>,
    site: SiteId,
    _folder: tempfile::TempDir,
}

/// An appliance whose only site keeps closed conversations as `purge` says.
fn house(purge: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Hand(AtomicI64::new(START)));
    let random = Arc::new(Counting(AtomicU64::new(1)));
    let config = Config::new(folder.path().join("data"));
    let app = App::open(config, &RootKey::from_bytes([7; 32]), clock.clone(), random).unwrap();
    let host = app.ctx(&Actor::Host);
    let form = SetUp {
        organisation: "Clinic Nord".to_owned(),
        admin_name: "Anna".to_owned(),
        admin_email: "anna@example.org".to_owned(),
        password: "harbour violin cactus".to_owned(),
        site_name: "Reception".to_owned(),
        origins: String::new(),
    };
    let site = setup::finish_on_host(&host, form).unwrap().site;
    let mut form = PrivacyForm::of(&sites::get(&host, site).unwrap());
    form.purging.purge = purge.to_owned();
    sites::change(&host, site, &form).unwrap();
    House { app, clock, site, _folder: folder }
}

impl House {
    fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    fn visitor(&self) -> Actor {
        Actor::Visitor { site: self.site, token_index: [5; 32] }
    }

    fn talk(&self) -> ConversationId {
        let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
        let id = conversations::start(&self.app.ctx(&self.visitor()), &Allowance::default(), start, origin("a")).unwrap();
        self.app.store.commit(self.app.store.batch()).wait().unwrap();
        id
    }

    fn end(&self, id: ConversationId) {
        conversations::end(&self.app.ctx(&self.visitor()), id, origin("b")).unwrap();
        // Ending does not wait for the disk; what stands behind it in the queue does.
        self.app.store.commit(self.app.store.batch()).wait().unwrap();
    }

    fn exists(&self, id: ConversationId) -> bool {
        self.app.store.conversation(id).unwrap().is_some()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.app.store.close();
    }
}

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

#[test]
fn what_nobody_closes_is_closed_and_then_purged() {
    let house = house("hours");
    let id = house.talk();
    run_due(&house.app, house.app.now()).unwrap();
    assert!(house.app.store.open_conversation(id).is_some());
    house.advance(3_600);
    run_due(&house.app, house.app.now()).unwrap();
    assert!(house.app.store.open_conversation(id).is_none() && house.exists(id), "closed, and kept for an hour");
    house.advance(3_600);
    run_due(&house.app, house.app.now()).unwrap();
    assert!(!house.exists(id));
    let newest = house.app.store.audit_rows(None, 1).unwrap().pop().unwrap().event.action;
    assert!(matches!(newest, AuditAction::Purged(receipt) if receipt.drawers == 1));
}

#[test]
fn an_idle_conversation_of_a_site_that_keeps_nothing_goes_in_one_run() {
    let house = house("at_close");
    let id = house.talk();
    house.advance(3_600);
    run_due(&house.app, house.app.now()).unwrap();
    assert!(!house.exists(id));
}

async fn gone(house: &House, id: ConversationId) {
    let gone = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        while house.exists(id) {
            look.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}

#[tokio::test]
async fn a_close_is_followed_by_its_purge_at_once() {
    let house = house("at_close");
    let timers = start(Arc::clone(&house.app)).await.unwrap();
    // The first may be caught by the run at the start; the second has nothing but the bell.
    for _ in 0..2 {
        let id = house.talk();
        house.end(id);
        gone(&house, id).await;
    }
    timers.stop().await;
}

#[tokio::test]
async fn timers_catch_up_at_the_start_and_let_go_at_the_stop() {
    let house = house("hours");
    let id = house.talk();
    house.end(id);
    house.advance(3_600);
    let timers = start(Arc::clone(&house.app)).await.unwrap();
    gone(&house, id).await;
    timers.stop().await;
    assert_eq!(Arc::strong_count(&house.app), 1, "nothing holds on to the appliance");
}

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_millis(seconds * 1_000))
}

#[test]
fn a_job_is_due_at_start_and_after_its_pause() {
    let now = Timestamp::from_millis(1_000_000);
    for schedule in [Schedule::EachMinute, Schedule::Minutes(5)] {
        assert!(schedule.is_due(None, now));
        assert!(!schedule.is_due(Some(now), now));
        assert!(schedule.is_due(at(2_000), now), "the clock was set back");
    }
    assert!(schedule_after(Schedule::EachMinute, 59));
    assert!(!schedule_after(Schedule::Minutes(5), 240));
    assert!(schedule_after(Schedule::Minutes(5), 300));
}

fn schedule_after(schedule: Schedule, seconds: i64) -> bool {
    schedule.is_due(at(0), Timestamp::from_millis(seconds * 1_000))
}

#[test]
fn each_job_has_a_title_of_its_own() {
    let titles: std::collections::HashSet<_> = TABLE.iter().chain(SLOW).map(|job| job.title).collect();
    assert_eq!(titles.len(), TABLE.len() + SLOW.len());
}
