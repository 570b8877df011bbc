//! The i-th read, write or sync fails, once or from then on, for i = 1, 2, 3…: while the store opens and while people write.
//! It may refuse and it may stop; it must say so, and when the disk is well again everything acknowledged is there.

use super::Campaign;
use super::disk::{Fault, Image, Kind, Lasts, Plan};
use super::stage::{play, start_whole};

const ROUNDS_IN_SHORT: u64 = 2;
/// So many operations of one kind are well within what a run does. Fewer rounds than that are spread over them, each somewhere
/// in its share; more go on behind them, one after the other.
const PLACES: u64 = 120;
const ACTS: u64 = 25;

#[test]
fn a_failing_disk_is_noticed_and_loses_nothing() {
    let mut campaign = Campaign::begin("io", ROUNDS_IN_SHORT);
    let mut image = furnished(&mut campaign);
    let mut reached = 0;
    let share = (PLACES / campaign.rounds).max(1);
    for kind in [Kind::Read, Kind::Write, Kind::Sync] {
        for lasts in [Lasts::Once, Lasts::ForEver] {
            for round in 0..campaign.rounds {
                let at = 1 + round * share + campaign.dice.below(share);
                let fault = Fault { kind, at, lasts };
                let played = play(&mut campaign, &image, Plan { cut: None, fault: Some(fault) }, ACTS);
                let came = played.disk.failed();
                reached += u64::from(came);
                let mut wrong = played.ran.wrong.clone();
                wrong.extend(played.ran.died());
                if kind != Kind::Read {
                    wrong.extend(played.ran.unreadable.iter().cloned());
                }
                if matches!(played.ran.refused, Some((_, 0))) {
                    wrong.push("it refused with exit code 0".to_owned());
                }
                if !came && !played.ran.closed {
                    wrong.push(format!("it stopped without a reason: {:?} {:?}", played.ran.refused, played.ran.trouble));
                }
                // The disk is well again: sometimes the process was started anew, sometimes the machine.
                let left = if campaign.dice.below(2) == 0 { played.disk.as_it_is() } else { played.disk.cut() };
                wrong.extend(start_whole(&mut campaign, &left));
                image = if wrong.is_empty() {
                    left
                } else {
                    campaign.set_aside(&left, round);
                    furnished(&mut campaign)
                };
                campaign.count(&format!("{fault:?}, opened: {}", played.ran.looked), &wrong);
                if !came && at > PLACES {
                    // Nobody asks so often for this.
                    break;
                }
            }
        }
    }
    println!("{reached} faults came");
    assert!(reached > 0, "no fault was ever reached");
    campaign.settle();
}

/// A disk with something on it.
fn furnished(campaign: &mut Campaign) -> Image {
    let played = play(campaign, &Image::default(), Plan::default(), 4 * ACTS);
    assert!(played.ran.closed && played.ran.wrong.is_empty(), "{:?}", played.ran);
    played.disk.as_it_is()
}
