//! The power fails, after a seeded number of operations of the disk: while people write, close and purge, while the store
//! opens, while it is being made. What was not synced is kept, dropped or torn. Then the appliance starts on what is left.

use super::Campaign;
use super::dice::Dice;
use super::disk::{Cut, Image, Plan};
use super::stage::{play, start_whole};

const ROUNDS_IN_SHORT: u64 = 6;
/// One round in so many begins with an empty disk.
const FRESH: u64 = 10;
/// More than come before any cut.
const ACTS: u64 = 2_000;

#[test]
fn every_acknowledged_act_survives_a_power_cut() {
    let mut campaign = Campaign::begin("power", ROUNDS_IN_SHORT);
    let mut image = Image::default();
    for round in 0..campaign.rounds {
        if round % FRESH == FRESH - 1 {
            campaign.history.begin_anew();
            image = Image::default();
        }
        let cut = Cut::anywhere(&mut campaign.dice);
        let played = play(&mut campaign, &image, Plan { cut: Some(cut), fault: None }, ACTS);
        let left = played.disk.cut();
        let mut wrong = played.ran.wrong.clone();
        wrong.extend(played.ran.died());
        // Looked at on a copy: the next round begins with what nobody has repaired.
        wrong.extend(start_whole(&mut campaign, &left));
        image = if wrong.is_empty() { left } else { campaign.set_aside(&left, round) };
        campaign.count(&format!("round {round}, {cut:?}, opened: {}", played.ran.looked), &wrong);
    }
    campaign.settle();
}

impl Cut {
    /// Anywhere, and often where it hurts: between the tree and the tip of a purge, in a checkpoint or a compaction, in a start.
    fn anywhere(dice: &mut Dice) -> Self {
        match dice.below(6) {
            0 => Self { at: 1 + dice.below(12), only: Some("tip") },
            1 => Self { at: 1 + dice.below(60), only: Some("db") },
            2 => Self { at: 1 + dice.below(60), only: None },
            _ => Self { at: 1 + dice.below(2_000), only: None },
        }
    }
}
