//! `parlor sso`: the way back in for an owner whose provider of identities or directory fails.

use clap::{Args, Subcommand};

use super::options::Options;
use super::{Exit, Refusal, perform, say, unexpected};
use crate::serve::control::{Reply, Request, SsoRequest, SsoView};

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Show how it is set up
    Status(Options),
    /// Switch it off: passwords and passkeys count again, and whoever came in through it is signed out. Its settings are kept, and every
    /// administrator gets to see that this was done
    Disable(Options),
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    let (request, options) = match &command.act {
        Act::Status(options) => (SsoRequest::Status, options),
        Act::Disable(options) => (SsoRequest::Disable, options),
    };
    let reply = perform(&options.flags, Request::Sso(request))?;
    let Reply::Sso(view) = reply else { return Err(unexpected(reply)) };
    if options.json {
        say(serde_json::json!(view));
    } else {
        tell(&view, request);
    }
    Ok(Exit::Done)
}

fn tell(view: &SsoView, request: SsoRequest) {
    if view.switched_off {
        say("Single sign-on is switched off. Whoever came in through it is signed out; passwords and passkeys count again.");
        say("Administrators see that this was done. Switch it on again under Security, Single sign-on.");
        return;
    }
    say(match (view.in_use, view.enforced) {
        (true, true) => "Single sign-on is in use, and nothing else counts.",
        (true, false) => "Single sign-on is in use, beside passwords and passkeys.",
        (false, _) if view.provider.is_some() || view.directory.is_some() => "Single sign-on is set up and switched off.",
        (false, _) => "Single sign-on is not set up.",
    });
    if request == SsoRequest::Status {
        if let Some(provider) = &view.provider {
            say(format_args!("Provider: {provider}"));
        }
        if let Some(directory) = &view.directory {
            say(format_args!("Directory: {directory}"));
        }
        say(format_args!("{} linked", view.linked));
    }
}
