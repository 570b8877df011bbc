//! Commands: what a person types at the host, and its exit code. Each command is one file; what it does is done by `serve` and
//! `service`. Answers go to standard output, everything else to standard error. Start reading at `run`.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::config::{Config, ConfigError, Flags, Loaded, Variables};
use crate::serve::control::{self, Reply, Request, Tell};
use crate::serve::opening::{self, StartError};
use crate::serve::{ListenError, ServeError, SystemClock, SystemRandom};

mod account;
mod allowlist;
mod audit;
mod backup;
mod doctor;
mod export;
mod key;
mod key_kit;
mod log;
mod options;
mod progress;
mod purge;
mod receipts;
mod rescue;
mod restore;
mod serve;
mod setup;
mod sso;
mod user;
mod verify;

/// Parlor: a private live-chat appliance. One program, one data directory, one key.
#[derive(Parser)]
#[command(name = "parlor", version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the appliance until it is told to stop (SIGTERM or Ctrl-C)
    Serve(Flags),
    /// Set up without a browser, before the first start; prints the id of the new site
    Setup(setup::Setup),
    /// Look whether everything is in order here, and say what to do where it is not; changes nothing
    Doctor(doctor::Doctor),
    /// Who works here, and the way back in for somebody who cannot sign in any more
    User(user::Command),
    /// Single sign-on: how it is set up, and the way to switch it off when nobody gets in through it any more
    Sso(sso::Command),
    /// From where staff may sign in
    Allowlist(allowlist::Command),
    /// Where the root key is kept, a new one, and a recovery kit for a lost one
    Key(key::Command),
    /// Everything in one sealed file, while chats go on; check and rehearse such files
    Backup(Box<backup::Command>),
    /// Put a backup in the place of the data directory, while nothing runs on it
    Restore(restore::Restore),
    /// Every conversation in clear, as JSON lines; or everything that is kept
    Export(Box<export::Export>),
    /// Which conversations were erased, for restoring a backup that is older than that
    Tombstones(export::Tombstones),
    /// Erase what is due by the sites' policies, or all closed conversations
    Purge(purge::Purge),
    /// The proof of what was erased, to be handed to others
    Receipts(receipts::Command),
    /// Who did what and when, to be handed to others
    Audit(audit::Command),
    /// Mend a damaged data directory, while nothing runs on it
    Rescue(Box<rescue::Rescue>),
    /// Look whether everything that is kept is whole, or whether a file of receipts is
    Verify(Box<verify::Verify>),
}

/// Reads the command line, does what it says, and tells how it went by the exit code.
#[must_use]
pub fn run() -> ExitCode {
    // Prints help, version and mistakes by itself; a mistake ends with exit code 2.
    let cli = Cli::parse();
    crate::serve::harden();
    let done = match &cli.command {
        Command::Serve(flags) => serve::run(flags),
        Command::Setup(setup) => setup::run(setup),
        Command::Doctor(doctor) => doctor::run(doctor),
        Command::User(user) => user::run(user),
        Command::Sso(sso) => sso::run(sso),
        Command::Allowlist(allowlist) => allowlist::run(allowlist),
        Command::Key(key) => key::run(key),
        Command::Backup(backup) => backup::run(backup),
        Command::Restore(restore) => restore::run(restore),
        Command::Export(export) => export::run(export),
        Command::Tombstones(tombstones) => export::run_tombstones(tombstones),
        Command::Purge(purge) => purge::run(purge),
        Command::Receipts(receipts) => receipts::run(receipts),
        Command::Audit(audit) => audit::run(audit),
        Command::Rescue(rescue) => rescue::run(rescue),
        Command::Verify(verify) => verify::run(verify),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(refusal) => {
            let _ = writeln!(std::io::stderr(), "parlor: {}", refusal.sentence);
            refusal.exit.into()
        }
    }
}

/// How a command ended: the same numbers for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Refused = 1,
    Usage = 2,
    Damaged = 3,
    Busy = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command was not done, for the person who typed it.
#[derive(Debug)]
struct Refusal {
    exit: Exit,
    sentence: String,
}

impl Refusal {
    fn new(exit: Exit, sentence: impl Display) -> Self {
        Self { exit, sentence: sentence.to_string() }
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Usage, error)
    }
}

impl From<ListenError> for Refusal {
    fn from(error: ListenError) -> Self {
        let exit = if matches!(error, ListenError::Taken(_)) { Exit::Busy } else { Exit::Refused };
        Self::new(exit, error)
    }
}

impl From<StartError> for Refusal {
    fn from(error: StartError) -> Self {
        let exit = match &error {
            StartError::Running { .. } => Exit::Busy,
            StartError::Open(open) => match open.exit_code() {
                3 => Exit::Damaged,
                4 => Exit::Busy,
                _ => Exit::Refused,
            },
            _ => Exit::Refused,
        };
        Self::new(exit, error)
    }
}

impl From<ServeError> for Refusal {
    fn from(error: ServeError) -> Self {
        Self::new(Exit::Refused, error)
    }
}

/// Settings of a command, with what the owner should hear about them told on standard error.
fn settings(flags: &Flags) -> Result<Config, Refusal> {
    let Loaded { config, warnings } = Config::load(flags, &Variables::of_process()?)?;
    for warning in warnings {
        let _ = writeln!(std::io::stderr(), "parlor: {warning}");
    }
    Ok(config)
}

/// Has the running appliance do it, or opens the store and does it here when none runs.
fn perform(flags: &Flags, request: Request) -> Result<Reply, Refusal> {
    perform_and_hear(flags, request, &mut control::unheard)
}

/// The same for what tells something before its answer.
fn perform_and_hear(flags: &Flags, request: Request, hear: Tell) -> Result<Reply, Refusal> {
    reach(flags)?.ask_and_hear(request, hear)
}

/// The appliance, for as many questions as a command has.
enum Reached {
    Running(PathBuf),
    /// None runs, so this process has opened the store.
    Opened(Arc<App>),
}

fn reach(flags: &Flags) -> Result<Reached, Refusal> {
    let config = settings(flags)?;
    let socket = config.control_socket();
    if control::ask(&socket, Request::Status, &mut control::unheard).map_err(no_answer)?.is_some() {
        return Ok(Reached::Running(socket));
    }
    let app = opening::open_existing(config, Arc::new(SystemClock), Arc::new(SystemRandom))?;
    Ok(Reached::Opened(app))
}

impl Reached {
    fn ask(&self, request: Request) -> Result<Reply, Refusal> {
        self.ask_and_hear(request, &mut control::unheard)
    }

    fn ask_and_hear(&self, request: Request, hear: Tell) -> Result<Reply, Refusal> {
        match self {
            Self::Opened(app) => Ok(control::perform(app, request, hear)),
            Self::Running(socket) => control::ask(socket, request, hear)
                .map_err(no_answer)?
                .ok_or_else(|| Refusal::new(Exit::Busy, "The running appliance has just stopped. Run this again.")),
        }
    }
}

impl Drop for Reached {
    fn drop(&mut self) {
        if let Self::Opened(app) = self {
            app.store.close();
        }
    }
}

fn no_answer(error: std::io::Error) -> Refusal {
    Refusal::new(Exit::Busy, format!("The running appliance does not answer: {error}. Try again, or restart it."))
}

/// One line of answer. Whoever reads it may have gone; that is no failure of ours.
fn say(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// An answer that does not fit the question.
fn unexpected(reply: Reply) -> Refusal {
    match reply {
        Reply::Refused(sentence) => Refusal::new(Exit::Refused, sentence),
        _ => Refusal::new(
            Exit::Refused,
            "The running appliance gave an answer that this command does not know. Is it of another version?",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn busy_damaged_and_refused_are_told_apart() {
        let taken = ListenError::Taken("127.0.0.1:443".parse().unwrap());
        assert_eq!(Refusal::from(taken).exit, Exit::Busy);
        assert_eq!(Refusal::from(StartError::NeedsKey("x".into())).exit, Exit::Refused);
        let damaged = crate::store::OpenError::Damaged { path: "x".into(), what: "y".to_owned() };
        assert_eq!(Refusal::from(StartError::Open(damaged)).exit, Exit::Damaged);
        assert_eq!(Refusal::from(StartError::Open(crate::store::OpenError::Busy("x".into()))).exit, Exit::Busy);
    }
}
