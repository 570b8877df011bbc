//! `parlor backup`: everything in one sealed and signed file, while chats go on; checking such a file; rehearsing its restore.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::options::Options;
use super::progress::Progress;
use super::{Exit, Reached, Refusal, reach, say, settings, unexpected};
use crate::domain::time::Timestamp;
use crate::serve::control::{BackupRequest, BackupView, Reply, Request, pieces_into};
use crate::serve::{SystemClock, SystemRandom, opening};
use crate::service::Clock;
use crate::service::backups::rehearse;
use crate::service::restoration::{Step, begin};
use crate::vault::PublicKey;
use crate::vault::container::{ContainerError, check};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Command {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    make: Make,
}

#[derive(Subcommand)]
enum Act {
    /// Rehearse a restore in a scratch directory: of the newest planned backup, or of a file
    Verify(Box<Verify>),
    /// See whether a backup is whole and from this installation, without its root key
    Check(Check),
}

#[derive(Args)]
struct Make {
    #[command(flatten)]
    options: Options,
    /// A directory or a file to write to, or - for standard output [default: the planned directory]
    #[arg(long, value_name = "DIR|FILE|-")]
    to: Option<PathBuf>,
}

#[derive(Args)]
struct Verify {
    #[command(flatten)]
    options: Options,
    /// The backup; without it the newest in the planned directory
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Args)]
struct Check {
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The public key of the installation, as `parlor receipts key` and the page Backups show it
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    public_key: PublicKey,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    match &command.act {
        None => make(&command.make),
        Some(Act::Verify(verify)) => match &verify.file {
            Some(file) => verify_file(&verify.options, file),
            None => verify_newest(&verify.options),
        },
        Some(Act::Check(check)) => run_check(check),
    }
}

fn make(command: &Make) -> Result<Exit, Refusal> {
    let reached = reach(&command.options.flags)?;
    let Some(to) = &command.to else {
        let view = backup_view(reached.ask(Request::Backup(BackupRequest::Make))?)?;
        return Ok(told(&command.options, &view, &view.file));
    };
    let mut progress = Progress::new(!command.options.json);
    let (view, path) = stream_to(&reached, BackupRequest::Stream, to, "backup", |done, all| progress.show("Writing", done, all))?;
    drop(progress);
    let view = backup_view(view)?;
    if path.as_os_str() == "-" {
        // Standard output is the backup itself.
        return Ok(Exit::Done);
    }
    Ok(told(&command.options, &view, &path.display().to_string()))
}

fn told(options: &Options, view: &BackupView, file: &str) -> Exit {
    let BackupView { bytes, conversations, audit_rows, .. } = view;
    if options.json {
        say(serde_json::json!({ "file": file, "bytes": bytes, "conversations": conversations, "audit_rows": audit_rows }));
    } else {
        say(format_args!("{conversations} conversations backed up to {file} ({bytes} bytes)"));
    }
    Exit::Done
}

fn backup_view(reply: Reply) -> Result<BackupView, Refusal> {
    match reply {
        Reply::Backup(view) => Ok(view),
        other => Err(unexpected(other)),
    }
}

/// Has the appliance write something into a file, which has its name only when it is complete and durable. Gives the last answer and
/// the file.
pub(super) fn stream_to(
    reached: &Reached,
    request: BackupRequest,
    to: &Path,
    kind: &str,
    progress: impl FnMut(u64, u64),
) -> Result<(Reply, PathBuf), Refusal> {
    let mut failed = None;
    if to.as_os_str() == "-" {
        let mut out = io::stdout().lock();
        let reply = reached.ask_and_hear(Request::Backup(request), &mut pieces_into(&mut out, &mut failed, progress));
        let reply = refused_by(failed, to).and(reply)?;
        out.flush().map_err(|error| cannot_write(to, &error))?;
        return Ok((reply, to.to_owned()));
    }
    let whole =
        if to.is_dir() { to.join(format!("parlor-{kind}-{}.parlor", SystemClock.now().as_millis())) } else { to.to_owned() };
    if whole.exists() {
        return Err(cannot_write(&whole, &io::ErrorKind::AlreadyExists.into()));
    }
    let mut part = whole.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
    let mut out = BufWriter::with_capacity(1 << 20, file.map_err(|error| cannot_write(&part, &error))?);
    let reply = reached.ask_and_hear(Request::Backup(request), &mut pieces_into(&mut out, &mut failed, progress));
    let written = refused_by(failed, &whole).and(reply).and_then(|reply| match reply {
        Reply::Refused(_) => Err(unexpected(reply)),
        other => {
            let file = out.into_inner().map_err(|error| cannot_write(&whole, error.error()))?;
            let keep = || {
                file.sync_all()?;
                std::fs::rename(&part, &whole)?;
                File::open(whole.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
            };
            keep().map_err(|error| cannot_write(&whole, &error))?;
            Ok(other)
        }
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written.map(|reply| (reply, whole))
}

fn refused_by(failed: Option<io::Error>, to: &Path) -> Result<(), Refusal> {
    failed.map_or(Ok(()), |error| Err(cannot_write(to, &error)))
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Refusal {
    let path = path.display();
    let sentence = if error.kind() == io::ErrorKind::AlreadyExists {
        format!("{path} is there already. Choose another name; nothing was written.")
    } else {
        format!("{path} cannot be written: {error}. Nothing is left there.")
    };
    Refusal::new(Exit::Refused, sentence)
}

fn verify_newest(options: &Options) -> Result<Exit, Refusal> {
    let view = backup_view(reach(&options.flags)?.ask(Request::Backup(BackupRequest::Rehearse))?)?;
    Ok(rehearsed(options, &view))
}

/// In this process: the appliance need not run, and the file need not be one of its own directory.
fn verify_file(options: &Options, file: &Path) -> Result<Exit, Refusal> {
    let config = settings(&options.flags)?;
    let refused = |error: &dyn std::fmt::Display| Refusal::new(Exit::Damaged, error);
    let unopened = begin(file).map_err(|error| refused(&error))?;
    let root = opening::key_of_backup(&config, &unopened.header().key, |key| unopened.fits(key))?;
    let scratch = std::env::temp_dir().join(format!("parlor-rehearsal-{}", std::process::id()));
    let mut progress = Progress::new(!options.json);
    let contents = rehearse(file, &|it| it.open(&root), &scratch, (SystemClock.now(), &SystemRandom), &mut |step, done, all| {
        progress.show(words_of(step), done, all);
    });
    drop(progress);
    let contents = contents.map_err(|error| refused(&error))?;
    let file = file.display().to_string();
    let (bytes, conversations, audit_rows) = (contents.bytes, contents.conversations, contents.audit_rows);
    Ok(rehearsed(options, &BackupView { file, took_ms: 0, bytes, conversations, audit_rows }))
}

pub(super) fn words_of(step: Step) -> &'static str {
    match step {
        Step::Proving => "Checking",
        Step::Restoring => "Restoring",
        Step::Verifying => "Verifying",
    }
}

fn rehearsed(options: &Options, view: &BackupView) -> Exit {
    if options.json {
        say(serde_json::json!({ "file": view.file, "conversations": view.conversations, "audit_rows": view.audit_rows }));
    } else {
        say(format_args!("{} can be restored: {} conversations were read from it", view.file, view.conversations));
    }
    Exit::Done
}

fn run_check(command: &Check) -> Result<Exit, Refusal> {
    let path = command.file.display();
    let file =
        File::open(&command.file).map_err(|error| Refusal::new(Exit::Refused, format!("{path} cannot be read: {error}.")))?;
    let (header, totals) = check(BufReader::with_capacity(1 << 20, file), &command.public_key).map_err(|error| {
        let exit = if matches!(error, ContainerError::Io(_)) { Exit::Refused } else { Exit::Damaged };
        Refusal::new(exit, format!("{path} cannot be trusted: {error}."))
    })?;
    let at = Timestamp::from_millis(header.created_ms);
    if command.json {
        say(serde_json::json!({ "created_at": at.to_string(), "bytes": totals.plain_bytes }));
    } else {
        say(format_args!("{path} is whole and signed by this installation, made at {at}"));
    }
    Ok(Exit::Done)
}

fn public_key(text: &str) -> Result<PublicKey, String> {
    PublicKey::parse(text).ok_or_else(|| "expected 64 hexadecimal digits".to_owned())
}
