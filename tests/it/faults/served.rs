//! The real server, with people at its socket, on a disk whose power is cut while they write.

use tokio::sync::oneshot;

use super::Campaign;
use super::disk::{Cut, Disk, Image, Mounted, Plan};
use super::talks::{Record, SERVED_WITH, Scene, come_back, serve};
use crate::harness::process::{Server, set_up};
use crate::harness::world::must_come;

const ROUNDS_IN_SHORT: u64 = 1;
/// The cut comes at one of so many operations of the disk, once everybody has begun to talk.
const OPERATIONS: u64 = 600;

#[tokio::test]
async fn every_acknowledged_message_survives_a_power_cut() {
    let mut campaign = Campaign::begin("served", ROUNDS_IN_SHORT);
    let mut image = Image::default();
    let mut site = String::new();
    for round in 0..campaign.rounds {
        let disk = Disk::new(&image, campaign.dice.number());
        let mounted = Mounted::new(&disk);
        if site.is_empty() {
            site = set_up(&mounted.data_dir()).site;
        }
        let at = 1 + campaign.dice.below(OPERATIONS);
        let run = campaign.next_run();
        let record = Record::new(&mut campaign.history, run, u64::MAX);
        let server = serve(&mounted.data_dir());
        let scene = Scene::begin(&server.door().await, &site, round, &record).await;
        let (rung, cut) = oneshot::channel();
        let ring = Box::new(move || rung.send(()).expect("somebody waits for the cut"));
        disk.plan(Plan { cut: Some(Cut { at, only: None }), fault: None }, Some(ring));
        let killing = async {
            must_come("the cut", cut).await.unwrap();
            server.kill();
        };
        let talks = scene.write(&record, killing).await;
        let left = disk.cut();
        drop(mounted);
        let disk = Disk::new(&left, campaign.dice.number());
        let mounted = Mounted::new(&disk);
        let wrong = match Server::try_start(&mounted.data_dir(), &SERVED_WITH) {
            Ok(server) => {
                let wrong = come_back(&server.door().await, talks, &record).await;
                server.kill();
                wrong
            }
            Err((status, said)) => vec![format!("it does not start ({status}): {said:?}")],
        };
        drop(mounted);
        image = disk.as_it_is();
        if !wrong.is_empty() {
            (image, site) = (campaign.set_aside(&left, round), String::new());
        }
        campaign.count(&format!("round {round}, cut at {at}"), &wrong);
    }
    campaign.settle();
}
