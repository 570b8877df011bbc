//! `parlor restore`: a backup in the place of the data directory, which is kept aside.

use std::path::PathBuf;

use clap::Args;

use super::backup::words_of;
use super::progress::Progress;
use super::{Exit, Refusal, log, say, settings};
use crate::config::Flags;
use crate::serve::restoring::{self, Done, RestoringError};
use crate::serve::{SystemClock, SystemRandom};
use crate::service::Clock;
use crate::service::restoration::Trouble;

#[derive(Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    flags: Flags,
    /// A newer backup, or a file of `parlor tombstones`: what was erased by then is erased again; may be repeated
    #[arg(long, value_name = "FILE")]
    tombstones: Vec<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Restore) -> Result<Exit, Refusal> {
    let config = settings(&command.flags)?;
    log::start(&config);
    let mut progress = Progress::new(!command.json);
    let done = restoring::restore(
        &config,
        (&command.file, &command.tombstones),
        SystemClock.now(),
        &SystemRandom,
        &mut |step, done, all| progress.show(words_of(step), done, all),
    );
    drop(progress);
    let Done { outcome, replaced, unread } = done?;
    let replaced = replaced.map(|path| path.display().to_string());
    if command.json {
        say(serde_json::json!({
            "backup_at": outcome.backup_at.to_string(),
            "conversations": outcome.contents.conversations,
            "erased_again": outcome.again,
            "erased_as_due": outcome.due,
            "replaced": replaced,
            "purges_unread": unread,
        }));
        return Ok(Exit::Done);
    }
    say(format_args!("Restored {} conversations as they were at {}.", outcome.contents.conversations, outcome.backup_at));
    say(format_args!("{} that had been erased since were erased again, {} more were due.", outcome.again, outcome.due));
    if let Some(why) = unread {
        say(format_args!(
            "What was erased after that, what was held and what was enforced could not be read from the data that was replaced: {why}"
        ));
        say(
            "If there are newer backups, restore again with --tombstones FILE for each of them. Look under Privacy whether holds and profiles are as they should be.",
        );
    }
    say("Everybody has to sign in again. People, sites and settings are as they were then: look through them.");
    if let Some(path) = replaced {
        say(format_args!(
            "What was there before is kept in {path}. It holds the keys of that time: once all is well, delete it with"
        ));
        say(format_args!("  shred -u {path}/tip && rm -r {path}"));
    }
    Ok(Exit::Done)
}

impl From<RestoringError> for Refusal {
    fn from(error: RestoringError) -> Self {
        match error {
            RestoringError::Start(error) => error.into(),
            RestoringError::Trouble(Trouble::Backup { .. } | Trouble::Faults { .. } | Trouble::Count { .. }) => {
                Self::new(Exit::Damaged, error)
            }
            other => Self::new(Exit::Refused, other),
        }
    }
}
