//! One run of a worker on a disk in memory, and one start afterwards on what is left of it.

use super::Campaign;
use super::disk::{Disk, Image, Mounted, Plan};
use super::worker::{self, Order, Ran};

/// A run, and the disk as it was then.
pub struct Played {
    pub ran: Ran,
    pub disk: Disk,
}

/// Lets people act on the store on this disk, with what is planned for them.
pub fn play(campaign: &mut Campaign, image: &Image, plan: Plan, acts: u64) -> Played {
    let disk = Disk::new(image, campaign.dice.number());
    let mounted = Mounted::new(&disk);
    let order = Order { seed: campaign.dice.number(), acts, ..Order::to_look(&mounted.data_dir(), campaign.next_run()) };
    let ran = worker::run(&order, &mut campaign.history, Some((&disk, plan)));
    drop(mounted);
    Played { ran, disk }
}

/// A start on a copy of this disk, without further harm; what is wrong with it. Nothing excuses here: the appliance opens, and
/// everything is there.
pub fn start_whole(campaign: &mut Campaign, image: &Image) -> Vec<String> {
    let Played { ran, .. } = play(campaign, image, Plan::default(), 0);
    let mut wrong = ran.wrong.clone();
    wrong.extend(ran.died());
    wrong.extend(ran.refused.map(|(sentence, code)| format!("it does not start ({code}): {sentence}")));
    wrong.extend(ran.trouble.map(|sentence| format!("it takes no writes: {sentence}")));
    wrong.extend(ran.unreadable);
    wrong
}
