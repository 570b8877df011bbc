//! `parlor user`: who works here, and the way back in for somebody who cannot sign in any more.

use std::ops::ControlFlow;

use clap::{Args, Subcommand};

use super::options::Options;
use super::{Exit, Refusal, perform, perform_and_hear, say, unexpected};
use crate::serve::control::{Reply, Request, UserRequest, UserView, WayInView};

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Show who works here and how they sign in
    List(Options),
    /// Let somebody in again: ends their sessions, removes password, second factors and the tie to single sign-on, and prints a link to
    /// choose a new password. Every administrator gets to see that this was done
    Reset(Reset),
}

#[derive(Args)]
struct Reset {
    /// The e-mail address of their account
    #[arg(value_name = "EMAIL")]
    email: String,
    #[command(flatten)]
    options: Options,
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    match &command.act {
        Act::List(options) => {
            let mut users = Vec::new();
            let reply = perform_and_hear(&options.flags, Request::User(UserRequest::List), &mut |reply| {
                if let Reply::User(user) = reply {
                    users.push(user);
                }
                ControlFlow::Continue(())
            })?;
            let Reply::Users(_) = reply else { return Err(unexpected(reply)) };
            if options.json {
                say(serde_json::json!({ "users": users }));
            } else {
                users.iter().for_each(tell);
            }
        }
        Act::Reset(Reset { email, options }) => {
            let reply = perform(&options.flags, Request::User(UserRequest::Reset { email: email.clone() }))?;
            let Reply::WayIn(way_in) = reply else { return Err(unexpected(reply)) };
            if options.json {
                say(serde_json::json!(way_in));
            } else {
                tell_way_in(&way_in);
            }
        }
    }
    Ok(Exit::Done)
}

fn tell(user: &UserView) {
    let mut how = vec![user.role.as_str(), user.standing.as_str()];
    if user.second_factor {
        how.push("second factor");
    }
    if user.single_sign_on {
        how.push("single sign-on");
    }
    let seen = user.last_seen_at.as_deref().unwrap_or("never");
    say(format_args!("{}  {}  ({}; last seen {seen})", user.email, user.name, how.join(", ")));
}

fn tell_way_in(way_in: &WayInView) {
    say(format_args!("Choose a new password here, once and until {}:", way_in.expires_at));
    say(way_in.link.expose());
    if way_in.enabled {
        say("The account was disabled and is enabled again, since nobody else could have done so.");
    }
    if way_in.second_factors_removed {
        say("Second factors were removed: set them up again at the first sign-in.");
    }
    if way_in.single_sign_on_removed {
        say("The tie to single sign-on was removed.");
    }
    say("All sessions of this person have ended, and every administrator sees that this was done.");
}
