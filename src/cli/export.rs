//! `parlor export` and `parlor tombstones`: what leaves the installation in other shapes than a backup.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::account;
use super::backup::stream_to;
use super::options::Options;
use super::progress::Progress;
use super::{Exit, Refusal, reach, say, unexpected};
use crate::serve::control::{BackupRequest, Reply};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Export {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    options: Options,
    /// The file to write, or - for standard output. It holds every conversation in clear: guard it
    #[arg(long, value_name = "FILE|-", required = true)]
    out: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Everything that is kept, as documented JSON lines and CSV; what was cut off goes on in the same directory
    Account(Box<account::Account>),
}

#[derive(Args)]
pub struct Tombstones {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Write them into a sealed and signed file, for `parlor restore --tombstones`
    Export(ExportTombstones),
}

#[derive(Args)]
struct ExportTombstones {
    #[command(flatten)]
    options: Options,
    /// The file to write, or - for standard output
    #[arg(long, value_name = "FILE|-")]
    out: PathBuf,
}

pub fn run(command: &Export) -> Result<Exit, Refusal> {
    match (&command.what, &command.out) {
        (Some(What::Account(account)), _) => account::run(account),
        (None, Some(out)) => run_conversations(command, out),
        (None, None) => Err(Refusal::new(Exit::Usage, "Name the file to write with --out FILE.")),
    }
}

fn run_conversations(command: &Export, out: &Path) -> Result<Exit, Refusal> {
    let mut progress = Progress::new(!command.options.json);
    let reached = reach(&command.options.flags)?;
    let (reply, path) =
        stream_to(&reached, BackupRequest::Export, out, "export", |done, all| progress.show("Writing", done, all))?;
    drop(progress);
    let Reply::Exported { conversations } = reply else { return Err(unexpected(reply)) };
    if path.as_os_str() != "-" {
        if command.options.json {
            say(serde_json::json!({ "conversations": conversations }));
        } else {
            say(format_args!("{conversations} conversations written to {}, in clear", path.display()));
        }
    }
    Ok(Exit::Done)
}

pub fn run_tombstones(command: &Tombstones) -> Result<Exit, Refusal> {
    let Act::Export(command) = &command.act;
    let reached = reach(&command.options.flags)?;
    let (reply, path) = stream_to(&reached, BackupRequest::Tombstones, &command.out, "tombstones", |_, _| {})?;
    let Reply::Backup(_) = reply else { return Err(unexpected(reply)) };
    if path.as_os_str() != "-" && !command.options.json {
        say(format_args!("Written to {}. Give it to parlor restore with --tombstones.", path.display()));
    }
    Ok(Exit::Done)
}
