//! The disk fills up while people write, to the last byte or nearly so, and is emptied again or not before the server is killed.
//! New chats are declined, signing in, reading and purging go on, and within ten seconds of space returning chats are taken
//! again.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::history::{Act, Answer};
use super::talks::{Record, Scene, come_back, serve};
use super::{Campaign, worker};
use crate::harness::actors::{Operator, Visitor};
use crate::harness::http::Door;
use crate::harness::process::{ADMIN, PASSWORD, parlor, said, set_up};
use crate::harness::small_disk::SmallDisk;
use crate::space::of_disk;

const ROUNDS_IN_SHORT: u64 = 1;
const DISK_MIB: u64 = 256;
/// What is left when it is full: nothing, less than anything needs, less than new chats need.
const LEFT: [u64; 3] = [0, 300 * 1024, 16 * 1024 * 1024];
const RECOVERS_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_full_disk_loses_nothing_and_recovers() {
    let mut campaign = Campaign::begin("full", ROUNDS_IN_SHORT);
    let disk = SmallDisk::new(DISK_MIB);
    let data = disk.data();
    let site = set_up(&data).site;
    for round in 0..campaign.rounds {
        let (enough, left) = (1 + campaign.dice.below(150), *campaign.dice.one_of(&LEFT));
        let recovers = campaign.dice.below(3) > 0;
        let run = campaign.next_run();
        let record = Record::new(&mut campaign.history, run, enough);
        let server = serve(&data);
        let door = server.door().await;
        let scene = Scene::begin(&door, &site, round, &record).await;
        let mut wrong = Vec::new();
        let filling = async {
            let mut people = Onlookers::come(&door, &site, round).await;
            record.enough().await;
            disk.leave_free(left);
            wrong.extend(people.while_full(&data, &record).await);
            if recovers {
                disk.make_room();
                wrong.extend(people.recover(&record).await);
            }
            server.kill();
        };
        let talks = scene.write(&record, filling).await;
        disk.make_room();
        let server = serve(&data);
        wrong.extend(come_back(&server.door().await, talks, &record).await);
        server.kill();
        campaign.count(&format!("round {round}, {left} bytes left, recovers: {recovers}"), &wrong);
    }
    let order =
        worker::Order { key_file: Some(data.with_extension("key")), ..worker::Order::to_look(&data, campaign.next_run()) };
    let ran = worker::run(&order, &mut campaign.history, None);
    assert!(ran.closed && ran.wrong.is_empty() && ran.unreadable.is_empty(), "{ran:?}");
    campaign.settle();
}

/// Who notices that the disk is full: somebody new, and somebody of the staff who does not chat.
struct Onlookers {
    door: Door,
    newcomer: Visitor,
    watcher: Operator,
}

impl Onlookers {
    async fn come(door: &Door, site: &str, round: u64) -> Self {
        let mut newcomer = Visitor::new(door, site, &format!("r{round}new")).await;
        newcomer.connect().await;
        let mut watcher = Operator::signed_in(door, ADMIN, PASSWORD).await;
        watcher.connect().await;
        watcher.expect("that all is well", of_disk("plenty")).await;
        Self { door: door.clone(), newcomer, watcher }
    }

    async fn while_full(&mut self, data: &std::path::Path, record: &Record<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        self.watcher.expect("staff are told", |frame| frame["t"] == "disk" && frame["room"] != "plenty").await;
        match self.newcomer.start_with("a chat that finds no room", json!({})).await {
            Err(refused) if refused.code == "no_room" => {}
            other => wrong.push(format!("a new chat on a full disk: {other:?}")),
        }
        let admin = Operator::at_the_door(&self.door, ADMIN, None);
        admin.sign_in(PASSWORD).await.expect_done();
        admin.browser.get("/console/closed").await.expect(200);
        let closed = record.closed();
        let many = closed.len();
        let number = record.ask(Act::Purge { talks: closed });
        let data = data.to_owned();
        let output = tokio::task::spawn_blocking(|| purge(data)).await.unwrap();
        if output.contains(&format!("{many} erased")) {
            record.answer(number, Answer::Ok { seq: None });
        } else {
            wrong.push(format!("purging {many} on a full disk: {output}"));
        }
        wrong
    }

    async fn recover(&mut self, record: &Record<'_>) -> Vec<String> {
        let since = Instant::now();
        self.watcher.expect("staff are told", of_disk("plenty")).await;
        let took = since.elapsed();
        let text = format!("a chat of {} that finds room again", self.newcomer.new_id());
        match self.newcomer.start_with(&text, json!({})).await {
            Ok(started) => {
                let number = record.ask(Act::Start { talk: started.conversation.clone(), text });
                record.answer(number, Answer::Ok { seq: Some(u32::try_from(started.seq).unwrap()) });
            }
            Err(refused) => return vec![format!("a new chat when there was room again: {refused:?}")],
        }
        if took > RECOVERS_WITHIN { vec![format!("it took {took:?} to notice that there is room")] } else { Vec::new() }
    }
}

fn purge(data: PathBuf) -> String {
    said(&parlor().args(["purge", "--all-closed", "--data-dir"]).arg(data).output().unwrap())
}
