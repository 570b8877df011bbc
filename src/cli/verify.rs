//! `parlor verify`: whether what is kept, or what was handed out as proof, is whole. Says what was looked at, with counts, and
//! names each fault; exit code 3 when there is one.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, Refusal, say};
use crate::domain::limits;
use crate::service::receipts;
use crate::vault::PublicKey;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Verify {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A file of purge receipts, without the data it came from
    Receipts(Receipts),
}

#[derive(Args)]
struct Receipts {
    /// The file that `parlor receipts export` or the privacy page wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The public key of the installation that it should come from
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    public_key: Option<PublicKey>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Verify) -> Result<Exit, Refusal> {
    match &command.what {
        What::Receipts(receipts) => run_receipts(receipts),
    }
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::parse(text).ok_or_else(|| "a public key is 64 hexadecimal digits, as `parlor receipts key` shows it".to_owned())
}

fn run_receipts(command: &Receipts) -> Result<Exit, Refusal> {
    let checked = receipts::check(&read(&command.file)?, command.public_key.as_ref());
    if command.json {
        say(serde_json::json!({
            "whole": checked.faults.is_empty(),
            "receipts": checked.receipts, "drawers": checked.drawers, "events": checked.events,
            "public_key": checked.public_key.map(|key| key.to_string()),
            "faults": checked.faults,
        }));
        return Ok(ended(&checked.faults));
    }
    for line in &checked.about {
        say(line);
    }
    if checked.faults.is_empty() {
        say(format_args!("whole: {} receipts, {} chats, {} entries", checked.receipts, checked.drawers, checked.events));
        match (checked.public_key, command.public_key) {
            (Some(key), None) => say(format_args!(
                "Signed with the key {key}. Ask the owner whether it is theirs, or give the one you know with --public-key."
            )),
            _ => say("Signed with the given key."),
        }
    }
    list(&checked.faults);
    Ok(ended(&checked.faults))
}

fn list(faults: &[String]) {
    for (number, fault) in (1..).zip(faults) {
        say(format_args!("fault {number}: {fault}"));
    }
}

fn ended(faults: &[String]) -> Exit {
    if faults.is_empty() { Exit::Done } else { Exit::Damaged }
}

fn read(path: &Path) -> Result<String, Refusal> {
    let refused = |why: &dyn std::fmt::Display| Refusal::new(Exit::Refused, format!("{} cannot be read: {why}.", path.display()));
    let bytes = std::fs::metadata(path).map_err(|error| refused(&error))?.len();
    if bytes > limits::RECEIPTS_FILE_BYTES {
        return Err(refused(&"it is larger than any file of receipts"));
    }
    std::fs::read_to_string(path).map_err(|error| refused(&error))
}
