//! `parlor purge`: erasing without waiting for the timer. Leaves an audit row with counts, as every purge does.

use clap::Args;

use super::{Exit, Refusal, perform, say, unexpected};
use crate::config::Flags;
use crate::serve::control::{Reply, Request};

#[derive(Args)]
pub struct Purge {
    #[command(flatten)]
    flags: Flags,
    /// Erase every closed conversation now, whatever the sites' policies say. There is no way back.
    #[arg(long)]
    all_closed: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Purge) -> Result<Exit, Refusal> {
    let request = if command.all_closed { Request::PurgeClosed } else { Request::PurgeDue };
    let reply = perform(&command.flags, request)?;
    let Reply::Purged { conversations, held } = reply else { return Err(unexpected(reply)) };
    if command.json {
        say(serde_json::json!({ "conversations": conversations, "held": held }));
    } else if held == 0 {
        say(format_args!("{conversations} erased"));
    } else {
        say(format_args!("{conversations} erased, {held} kept by a legal hold"));
    }
    Ok(Exit::Done)
}
