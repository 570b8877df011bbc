//! `parlor verify`: whether what is kept, or what was handed out as proof, is whole. Says what was looked at, with counts, and
//! names each fault; exit code 3 when there is one.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, Refusal, perform_and_hear, say, unexpected};
use crate::config::Flags;
use crate::domain::limits;
use crate::serve::control::{Reply, Request};
use crate::service::receipts;
use crate::vault::PublicKey;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Verify {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum What {
    /// The audit log alone: that no row was changed, removed or slipped in
    Audit(Box<Options>),
    /// A file of purge receipts, without the data it came from
    Receipts(Receipts),
}

#[derive(Args)]
struct Options {
    #[command(flatten)]
    flags: Flags,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
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
        None => run_store(&command.options, Request::Verify),
        Some(What::Audit(options)) => run_store(options, Request::VerifyAudit),
        Some(What::Receipts(receipts)) => run_receipts(receipts),
    }
}

/// The installation itself, running or stopped.
fn run_store(options: &Options, request: Request) -> Result<Exit, Refusal> {
    let mut faults = Vec::new();
    let mut bar = Bar::default();
    let mut hear = |reply| {
        match reply {
            Reply::Progress { what, done, total } => bar.show(&what, done, total),
            Reply::Fault(sentence) => {
                bar.clear();
                if !options.json {
                    say(format_args!("fault {}: {sentence}", faults.len() + 1));
                }
                // A disk that is wholly broken has more to say than anybody reads.
                if faults.len() < limits::FAULTS_LISTED {
                    faults.push(sentence);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    };
    let replied = perform_and_hear(&options.flags, request, &mut hear);
    bar.clear();
    let (counted, count) = match replied {
        Ok(Reply::Verified { counted, faults }) => (counted, faults),
        Ok(other) => return Err(unexpected(other)),
        // It does not even open. That is the one fault that can be told.
        Err(refusal) if options.json && refusal.exit == Exit::Damaged => (Vec::new(), {
            faults.push(refusal.sentence);
            1
        }),
        Err(refusal) => return Err(refusal),
    };
    if options.json {
        let checked: serde_json::Map<_, _> = counted.into_iter().map(|(what, count)| (what, count.into())).collect();
        say(serde_json::json!({ "whole": count == 0, "checked": checked, "faults": faults, "faults_altogether": count }));
    } else {
        for (what, count) in counted {
            say(format_args!("{count:>12} {what}"));
        }
        match count {
            0 => say("whole"),
            1 => say("damaged: 1 fault"),
            _ => say(format_args!("damaged: {count} faults")),
        }
    }
    Ok(if count == 0 { Exit::Done } else { Exit::Damaged })
}

/// How far it is, on one line of a terminal; nothing where nobody watches.
#[derive(Default)]
struct Bar {
    width: usize,
}

impl Bar {
    fn show(&mut self, what: &str, done: u64, total: u64) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let line = if total > 0 { format!("{what}: {done} of {total}") } else { format!("{what}: {done}") };
        let _ = write!(std::io::stderr(), "\r{line:<width$}", width = self.width);
        self.width = line.len();
    }

    fn clear(&mut self) {
        if self.width > 0 {
            let _ = write!(std::io::stderr(), "\r{:width$}\r", "", width = self.width);
            self.width = 0;
        }
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
    for (number, fault) in (1..).zip(&checked.faults) {
        say(format_args!("fault {number}: {fault}"));
    }
    Ok(ended(&checked.faults))
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
