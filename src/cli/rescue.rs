//! `parlor rescue`: mends a damaged data directory while nothing runs on it. Loses nothing without being told to.

use clap::Args;

use super::{Exit, Refusal, say, settings};
use crate::config::Flags;
use crate::serve::SystemClock;
use crate::serve::opening;
use crate::service::Clock;
use crate::store::{self, RescueError, Rescued, Wish};

#[derive(Args)]
pub struct Rescue {
    #[command(flatten)]
    flags: Flags,
    /// Put in force what could be brought back, even where something is lost
    #[arg(long)]
    accept_loss: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

impl From<RescueError> for Refusal {
    fn from(error: RescueError) -> Self {
        match error {
            RescueError::Open(open) => opening::StartError::Open(open).into(),
            RescueError::NoTip(_) | RescueError::Nothing { .. } => Self::new(Exit::Damaged, error),
            RescueError::Former(_) | RescueError::Unwritable { .. } => Self::new(Exit::Refused, error),
        }
    }
}

pub fn run(command: &Rescue) -> Result<Exit, Refusal> {
    let config = settings(&command.flags)?;
    opening::check_not_running(&config)?;
    if !opening::check_data_dir(&config.data_dir)? {
        return Err(opening::StartError::Nothing(config.data_dir).into());
    }
    let root = opening::existing_key(&config)?;
    let wish = if command.accept_loss { Wish::AcceptLoss } else { Wish::KeepAll };
    let rescued = store::rescue(&config.data_dir, &root, wish, SystemClock.now())?;
    if command.json {
        say(serde_json::json!({
            "in_force": rescued.in_force, "from": rescued.from, "commit": rescued.commit,
            "conversations": rescued.conversations, "audit_rows": rescued.audit_rows, "lost": rescued.lost,
            "kept": rescued.kept.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        }));
    } else {
        tell(&rescued);
    }
    Ok(if rescued.in_force { Exit::Done } else { Exit::Damaged })
}

fn tell(rescued: &Rescued) {
    let Rescued { from, commit, conversations, audit_rows, .. } = rescued;
    say(format_args!("Built from {from}, up to commit {commit}: {conversations} conversations, {audit_rows} audit rows."));
    for (number, sentence) in (1..).zip(&rescued.lost) {
        say(format_args!("lost {number}: {sentence}"));
    }
    if !rescued.in_force {
        say("Nothing was put in force, and nothing was changed. Is there a backup that has more? Then restore that. \
             Else run this again with --accept-loss: what was built is put in force, and what was there is kept beside it.");
        return;
    }
    if rescued.lost.is_empty() {
        say("Nothing is lost. It is in force: start Parlor.");
    } else {
        say("What could be brought back is in force: start Parlor.");
    }
    for path in &rescued.kept {
        say(format_args!("What was there before is kept as {}. Remove it when all is well.", path.display()));
    }
}
