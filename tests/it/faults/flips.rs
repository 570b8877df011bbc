//! One byte flips, or a file is cut short, in a stopped and well-filled installation. Either the appliance says so, or
//! everything is still there: nothing may be missing, or different, without a word.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use super::Campaign;
use super::dice::Dice;
use super::worker::{self, Order, ROOT_KEY, Ran};
use crate::harness::disk::files;
use crate::harness::process::{Server, parlor, said};

const ROUNDS_IN_SHORT: u64 = 15;
/// One round in so many cuts a file short instead: 50 on 200 flips.
const TRUNCATES: u64 = 5;
const ACTS: u64 = 250;
/// One round in so many is also looked at with the binary, as a person would.
const LOOKED_AT_BY_THE_BINARY: u64 = 8;
/// What a person must never read.
const DEFECTS: [&str; 2] = ["panicked", "this is a defect"];

#[test]
fn damage_is_told_or_does_no_harm() {
    let mut campaign = Campaign::begin("flips", ROUNDS_IN_SHORT);
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let made = start(&mut campaign, &whole, ACTS);
    assert!(made.closed && made.wrong.is_empty(), "{made:?}");
    let (mut told, mut harmless) = (0, 0);
    for round in 0..campaign.rounds {
        let copy = folder.path().join("copy");
        copy_all(&whole, &copy);
        let (path, damage) = harm(&copy, round, &mut campaign.dice);
        let name = path.strip_prefix(&copy).unwrap().display().to_string();
        let mut wrong = Vec::new();
        let verified = (round % LOOKED_AT_BY_THE_BINARY == 0).then(|| as_people_see_it(&copy, &mut wrong));
        // Twice: the first start may have repaired, moved or thrown away something.
        let says_so = (0..2).any(|_| {
            let ran = campaign.aside(|campaign| start(campaign, &copy, 0));
            wrong.extend(judge(&ran));
            ran.refused.is_some() || !ran.unreadable.is_empty() || ran.trouble.is_some()
        });
        if says_so {
            told += 1
        } else {
            harmless += 1
        }
        if says_so && verified == Some(true) {
            wrong.push("`parlor verify` found nothing wrong with it".to_owned());
        }
        campaign.count(&format!("round {round}, {name} {damage}"), &wrong);
        fs::remove_dir_all(&copy).unwrap();
    }
    println!("{told} were told, {harmless} did no harm");
    campaign.settle();
}

/// What the binary says of a copy of the copy: whether `parlor verify` finds it whole. Neither that nor a start may end in
/// anything but a sentence.
fn as_people_see_it(data: &Path, wrong: &mut Vec<String>) -> bool {
    let seen = data.with_extension("seen");
    fs::write(seen.with_extension("key"), HEXLOWER.encode(ROOT_KEY)).unwrap();
    fs::set_permissions(seen.with_extension("key"), fs::Permissions::from_mode(0o600)).unwrap();
    copy_all(data, &seen);
    let output = parlor().args(["verify", "--data-dir"]).arg(&seen).output().unwrap();
    let mut heard = said(&output);
    if !matches!(output.status.code(), Some(0 | 1 | 3)) {
        wrong.push(format!("`parlor verify` ended with {}: {heard}", output.status));
    }
    match Server::try_start(&seen, &[]) {
        Ok(mut server) => heard.push_str(&std::mem::take(&mut server.heard).join("\n")),
        Err((status, lines)) => {
            heard.push_str(&lines.join("\n"));
            if !matches!(status.code(), Some(1 | 3)) {
                wrong.push(format!("`parlor serve` ended with {status}: {heard}"));
            }
        }
    }
    wrong.extend(DEFECTS.iter().filter(|it| heard.contains(*it)).map(|it| format!("it said {it:?}: {heard}")));
    fs::remove_dir_all(&seen).unwrap();
    output.status.success()
}

fn start(campaign: &mut Campaign, data_dir: &Path, acts: u64) -> Ran {
    let order = Order { seed: campaign.dice.number(), acts, ..Order::to_look(data_dir, campaign.next_run()) };
    worker::run(&order, &mut campaign.history, None)
}

/// What is shown is whole, but for what is named as unreadable; and a refusal is one that a person can act on.
fn judge(ran: &Ran) -> Vec<String> {
    let mut wrong = ran.wrong.clone();
    wrong.extend(ran.died());
    if let Some((sentence, code)) = &ran.refused
        && (*code == 0 || sentence.len() < 40)
    {
        wrong.push(format!("it refused with {code} and {sentence:?}"));
    }
    wrong
}

/// Does one harm to one file, and says which.
fn harm(folder: &Path, round: u64, dice: &mut Dice) -> (PathBuf, String) {
    let mut all: Vec<_> = files(folder).into_iter().filter(|path| fs::metadata(path).unwrap().len() > 0).collect();
    all.sort();
    // Half of the harm goes into the database, which is the one file that does not find it by itself.
    let databases: Vec<_> = all.iter().filter(|path| path.ends_with("db")).cloned().collect();
    let among = if dice.below(2) == 0 { databases } else { all };
    let path = dice.one_of(&among).clone();
    let mut bytes = fs::read(&path).unwrap();
    let of = bytes.len() as u64;
    let damage = if round % TRUNCATES == TRUNCATES - 1 {
        let lost = if dice.below(2) == 0 { 1 + dice.below(of) } else { 1 + dice.below(of.min(4_096)) };
        bytes.truncate(usize::try_from(of - lost).unwrap());
        format!("cut from {of} to {} bytes", of - lost)
    } else {
        // Half of the flips hit something, where much is empty.
        let written: Vec<u64> = (0..).zip(&bytes).filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
        let anywhere = dice.below(of);
        let at = if dice.below(2) == 0 { anywhere } else { dice.some_of(&written).copied().unwrap_or(anywhere) };
        let bit = 1 << dice.below(8);
        bytes[usize::try_from(at).unwrap()] ^= bit;
        format!("bit {bit:#04x} of byte {at} of {of} flipped")
    };
    fs::write(&path, bytes).unwrap();
    (path, damage)
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
