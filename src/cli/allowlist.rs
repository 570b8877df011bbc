//! `parlor allowlist`: the way back in for an owner whose staff locked themselves out.

use clap::{Args, Subcommand};
use serde_json::json;

use super::options::Options;
use super::{Exit, Refusal, perform, say, unexpected};
use crate::serve::control::{AllowlistView, Reply, Request, TrialView};

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Show the networks from which staff may come in
    Show(Options),
    /// Let staff come in from anywhere again
    Reset(Options),
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    let (request, options) = match &command.act {
        Act::Show(options) => (Request::AllowlistShow, options),
        Act::Reset(options) => (Request::AllowlistReset, options),
    };
    let reply = perform(&options.flags, request)?;
    let Reply::Allowlist(view) = reply else { return Err(unexpected(reply)) };
    if options.json {
        say(json!(view));
    } else {
        tell(&view);
    }
    Ok(Exit::Done)
}

fn tell(view: &AllowlistView) {
    if view.networks.is_empty() {
        say("Staff may sign in from anywhere.");
    }
    for network in &view.networks {
        say(network);
    }
    for (role, networks) in &view.roles {
        say(format_args!("Only for the role {role}: {}", networks.join(", ")));
    }
    if let Some(TrialView { networks, roles, until }) = &view.trial {
        let networks = if networks.is_empty() { "anywhere".to_owned() } else { networks.join(", ") };
        say(format_args!("On trial until {until}: {networks}"));
        for (role, networks) in roles {
            say(format_args!("On trial for the role {role}: {}", networks.join(", ")));
        }
    }
}
