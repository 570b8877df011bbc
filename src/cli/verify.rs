//! `parlor verify`: whether what is kept, or what was handed out as proof, is whole. Says what was looked at, with counts, and
//! names each fault; exit code 3 when there is one.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::options::Options;
use super::{Exit, Refusal, perform_and_hear, say, settings, unexpected};
use crate::config::Flags;
use crate::domain::limits;
use crate::serve::control::{Reply, Request};
use crate::serve::opening::{self, StartError};
use crate::service::{audit_log, paper, receipts};
use crate::store;
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
    Receipts(Exported),
    /// A file of the audit log, without the data it came from
    Log(Exported),
    /// An evidence report or another signed paper, as JSON or HTML, without the data it came from
    Paper(Exported),
}

#[derive(Args)]
struct Exported {
    /// The file that was exported
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
        Some(What::Receipts(file)) => run_receipts(file),
        Some(What::Log(file)) => run_log(file),
        Some(What::Paper(file)) => run_paper(file),
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
    let is_audit = request == Request::VerifyAudit;
    let replied = perform_and_hear(&options.flags, request, &mut hear);
    bar.clear();
    let (counted, count) = match replied {
        Ok(Reply::Verified { counted, faults }) => (counted, faults),
        Ok(other) => return Err(unexpected(other)),
        // It does not open, so it is looked at as it lies there.
        Err(refusal) if is_audit && refusal.exit == Exit::Damaged => {
            let (counted, found) = look_at_audit(&options.flags, refusal)?;
            for (number, sentence) in (1..).zip(&found).filter(|_| !options.json) {
                say(format_args!("fault {number}: {sentence}"));
            }
            let count = found.len() as u64;
            faults.extend(found.into_iter().take(limits::FAULTS_LISTED));
            (counted, count)
        }
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

/// What was looked at and how many, and what is not whole.
type Looked = (Vec<(String, u64)>, Vec<String>);

/// What is wrong with the audit log of a directory that does not open, row by row; if nothing is, why it does not open.
fn look_at_audit(flags: &Flags, refusal: Refusal) -> Result<Looked, Refusal> {
    let config = settings(flags)?;
    let key = opening::existing_key(&config)?;
    let (counted, mut faults) =
        store::look_at_audit(&config.data_dir, &key).map_err(|error| Refusal::from(StartError::from(error)))?;
    if faults.is_empty() {
        faults.push(refusal.sentence);
    }
    Ok((counted.into_iter().map(|it| (it.what.to_owned(), it.count)).collect(), faults))
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

fn run_log(command: &Exported) -> Result<Exit, Refusal> {
    let text = read(&command.file, limits::AUDIT_FILE_BYTES)?;
    let checked = audit_log::check(&text, command.public_key.as_ref());
    if command.json {
        say(serde_json::json!({
            "whole": checked.faults.is_empty(), "rows": checked.rows,
            "public_key": checked.public_key.map(|key| key.to_string()), "faults": checked.faults,
        }));
        return Ok(ended(&checked.faults));
    }
    for line in &checked.about {
        say(line);
    }
    if checked.faults.is_empty() {
        say(format_args!("whole: {} rows", checked.rows));
    }
    tell_rest(&checked.faults, checked.public_key, command);
    Ok(ended(&checked.faults))
}

/// Whose file it is, or what is wrong with it.
fn tell_rest(faults: &[String], key: Option<PublicKey>, command: &Exported) {
    if faults.is_empty() {
        match (key, command.public_key) {
            (Some(key), None) => say(format_args!(
                "Signed with the key {key}. Ask the owner whether it is theirs, or give the one you know with --public-key."
            )),
            _ => say("Signed with the given key."),
        }
    }
    for (number, fault) in (1..).zip(faults) {
        say(format_args!("fault {number}: {fault}"));
    }
}

fn run_receipts(command: &Exported) -> Result<Exit, Refusal> {
    let text = read(&command.file, limits::RECEIPTS_FILE_BYTES)?;
    let checked = receipts::check(&text, command.public_key.as_ref());
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
    }
    tell_rest(&checked.faults, checked.public_key, command);
    Ok(ended(&checked.faults))
}

fn run_paper(command: &Exported) -> Result<Exit, Refusal> {
    let text = read(&command.file, limits::PAPER_FILE_BYTES)?;
    let checked = paper::check(&text, command.public_key.as_ref());
    if command.json {
        say(serde_json::json!({
            "whole": checked.faults.is_empty(), "sections": checked.sections,
            "public_key": checked.public_key.map(|key| key.to_string()), "faults": checked.faults,
        }));
        return Ok(ended(&checked.faults));
    }
    for line in &checked.about {
        say(line);
    }
    if checked.faults.is_empty() {
        match checked.sections {
            // A page is signed as one.
            0 => say("whole"),
            sections => say(format_args!("whole: {sections} sections")),
        }
    }
    tell_rest(&checked.faults, checked.public_key, command);
    Ok(ended(&checked.faults))
}

fn ended(faults: &[String]) -> Exit {
    if faults.is_empty() { Exit::Done } else { Exit::Damaged }
}

fn read(path: &Path, most: u64) -> Result<String, Refusal> {
    let refused = |why: &dyn std::fmt::Display| Refusal::new(Exit::Refused, format!("{} cannot be read: {why}.", path.display()));
    let bytes = std::fs::metadata(path).map_err(|error| refused(&error))?.len();
    if bytes > most {
        return Err(refused(&"it is larger than any file of this kind"));
    }
    std::fs::read_to_string(path).map_err(|error| refused(&error))
}
