//! `parlor receipts`: the proof of what was erased, as a file that others can check (see `parlor verify receipts`).

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::options::Options;
use super::{Exit, Refusal, perform, perform_and_hear, say, unexpected};
use crate::serve::control::{Reply, Request};

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Write the receipts of all purges into a signed file, with counts and nothing about anybody
    Export(Export),
    /// Show the public key that receipts and backups are checked with; give it to whoever checks them
    Key(Options),
}

#[derive(Args)]
struct Export {
    #[command(flatten)]
    options: Options,
    /// The file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only those behind this row of the audit log
    #[arg(long, value_name = "ROW", default_value_t = 0)]
    after: u64,
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    match &command.act {
        Act::Export(export) => run_export(export),
        Act::Key(options) => run_key(options),
    }
}

fn run_export(command: &Export) -> Result<Exit, Refusal> {
    let mut text = String::new();
    let mut hear = |reply| {
        if let Reply::Text(piece) = reply {
            text.push_str(&piece);
        }
        ControlFlow::Continue(())
    };
    let reply = perform_and_hear(&command.options.flags, Request::Receipts { after: command.after }, &mut hear)?;
    let Reply::Receipts { receipts, more_after, public_key } = reply else { return Err(unexpected(reply)) };
    write_new(&command.out, text.as_bytes()).map_err(|error| cannot_write(&command.out, &error))?;
    if command.options.json {
        say(serde_json::json!({ "receipts": receipts, "more_after": more_after, "public_key": public_key }));
        return Ok(Exit::Done);
    }
    say(format_args!("{receipts} receipts written to {}, signed with the key {public_key}", command.out.display()));
    if let Some(row) = more_after {
        say(format_args!("There are more than one file takes. Write the next with --after {row}."));
    }
    Ok(Exit::Done)
}

fn run_key(options: &Options) -> Result<Exit, Refusal> {
    let reply = perform(&options.flags, Request::PublicKey)?;
    let Reply::PublicKey(key) = reply else { return Err(unexpected(reply)) };
    if options.json {
        say(serde_json::json!({ "public_key": key }));
    } else {
        say(key);
    }
    Ok(Exit::Done)
}

/// Never over something that is there, and readable by its owner alone.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Refusal {
    let path = path.display();
    let sentence = if error.kind() == io::ErrorKind::AlreadyExists {
        format!("{path} is there already. Choose another name with --out FILE; nothing was written.")
    } else {
        format!("{path} cannot be written: {error}.")
    };
    Refusal::new(Exit::Refused, sentence)
}
