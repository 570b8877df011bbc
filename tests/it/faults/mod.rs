//! Campaigns: the appliance in bad company. Each does one kind of harm in many ways, chosen by a seed; everything that was
//! asked and answered goes into a history (`history`), and one checker (`checker`) says whether a promise was broken.
//!
//! `tests/campaign NAME ROUNDS [SEED]` runs the long forms; the short ones run among the other tests. `disk` is a disk whose
//! power can be cut, `worker` is a store in a process of its own, `load` what people do with it, `stage` puts these together,
//! `talks` are people at the real server.

mod checker;
mod dice;
mod disk;
mod flips;
mod full;
mod history;
mod house;
mod io;
mod kill;
mod load;
mod power;
mod served;
mod stage;
mod talks;
mod worker;

use std::path::{Path, PathBuf};

use dice::Dice;
use disk::Image;
use history::{Entry, History};

/// So many of the disks on which something went wrong are kept.
const KEPT: u64 = 3;

/// A campaign on its way: its length, its chance, its history and its score.
struct Campaign {
    name: &'static str,
    rounds: u64,
    seed: u64,
    dice: Dice,
    history: History,
    runs: u64,
    passed: u64,
    failed: u64,
}

impl Campaign {
    /// As long as `tests/campaign` says, or short.
    fn begin(name: &'static str, short: u64) -> Self {
        let rounds = setting("PARLOR_CAMPAIGN_ROUNDS").unwrap_or(short);
        let seed = setting("PARLOR_CAMPAIGN_SEED").unwrap_or_else(|| {
            let mut bytes = [0; 4];
            getrandom::fill(&mut bytes).unwrap();
            u32::from_le_bytes(bytes).into()
        });
        println!("{name}: {rounds} rounds, seed {seed}");
        Self {
            name,
            rounds,
            seed,
            dice: Dice::new(seed),
            history: History::new(&scratch(), name, seed),
            runs: 0,
            passed: 0,
            failed: 0,
        }
    }

    /// Tells the runs of a campaign apart in its history.
    fn next_run(&mut self) -> u64 {
        self.runs += 1;
        self.runs
    }

    /// Does something to a copy: what is seen there is judged, and changes nothing about what must be true.
    fn aside<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.history.book.clone();
        self.history.note(Entry::Aside);
        let outcome = act(self);
        self.history.note(Entry::Back);
        self.history.book = kept;
        outcome
    }

    fn count(&mut self, what: &str, wrong: &[String]) {
        if wrong.is_empty() {
            self.passed += 1;
        } else {
            self.failed += 1;
            println!("{what} failed:\n  {}", wrong.join("\n  "));
        }
    }

    /// Keeps a disk on which something went wrong, to be read by a person, and goes on with an empty one.
    fn set_aside(&mut self, image: &Image, round: u64) -> Image {
        if self.failed < KEPT {
            let folder = scratch().join(format!("{}-{}-{round}", self.name, self.seed));
            image.save(&folder);
            println!("what was left on the disk: {}", folder.display());
        }
        self.history.begin_anew();
        Image::default()
    }

    /// The last lines of every campaign.
    fn settle(&self) {
        let Self { name, rounds, seed, passed, failed, .. } = self;
        println!("{name}: {passed} passed, {failed} failed, seed {seed} ({} messages acknowledged)", self.history.acknowledged());
        let history = self.history.path.display();
        assert_eq!(*failed, 0, "the history is in {history}; to see it again: tests/campaign {name} {rounds} {seed}");
    }
}

/// Histories and disks are kept here, so that a failed campaign can be read afterwards.
fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}
