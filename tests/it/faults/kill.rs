//! `kill -9` in the middle of talks with the real server, again and again.

use std::collections::BTreeSet;

use tokio::task::yield_now;

use super::talks::{Record, Scene, come_back, serve};
use super::{Campaign, worker};
use crate::harness::disk;
use crate::harness::process::set_up;

const ROUNDS_IN_SHORT: u64 = 3;
/// Words of the talks that are looked for on the raw disk at the end.
const MARKERS: usize = 4_000;

#[tokio::test]
async fn every_acknowledged_message_survives_kill_9_once_and_in_order() {
    let mut campaign = Campaign::begin("kill", ROUNDS_IN_SHORT);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = set_up(&data).site;
    for round in 0..campaign.rounds {
        let (enough, later) = (1 + campaign.dice.below(400), campaign.dice.below(200));
        let run = campaign.next_run();
        let record = Record::new(&mut campaign.history, run, enough);
        let server = serve(&data);
        let scene = Scene::begin(&server.door().await, &site, round, &record).await;
        let killing = async {
            record.enough().await;
            // The rest go on for a little while, so that the cut does not always come right behind an answer.
            for _ in 0..later {
                yield_now().await;
            }
            server.kill();
        };
        let talks = scene.write(&record, killing).await;
        let server = serve(&data);
        let wrong = come_back(&server.door().await, talks, &record).await;
        server.kill();
        campaign.count(&format!("round {round}, killed after {enough} acknowledgements"), &wrong);
    }
    // Every talk of every round, as the store has it.
    let order =
        worker::Order { key_file: Some(data.with_extension("key")), ..worker::Order::to_look(&data, campaign.next_run()) };
    let ran = worker::run(&order, &mut campaign.history, None);
    assert!(ran.closed && ran.wrong.is_empty() && ran.unreadable.is_empty(), "{ran:?}");
    let texts: BTreeSet<String> = campaign.history.book.texts().take(MARKERS).collect();
    let leaks = disk::search(&data, &texts.into_iter().collect::<Vec<_>>());
    assert!(leaks.is_empty(), "in clear on the disk: {leaks:?}");
    campaign.settle();
}
