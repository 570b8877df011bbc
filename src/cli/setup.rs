//! `parlor setup`: the setup page without a browser, for machines that are installed by a script.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use zeroize::Zeroizing;

use super::{Exit, Refusal, log, say, settings};
use crate::config::{Config, Flags};
use crate::domain::access::Actor;
use crate::serve::{SystemClock, SystemRandom, opening};
use crate::service::Failure;
use crate::service::setup::{self, SetUp};

/// Bytes of a password file: a line of the longest password, and some.
const PASSWORD_FILE_BYTES: u64 = 4_096;

#[derive(Args)]
pub struct Setup {
    #[command(flatten)]
    flags: Flags,
    /// Who runs this, such as "Clinic Nord"
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// The first administrator's name, which visitors see when they answer a chat
    #[arg(long, value_name = "NAME", default_value = "Administrator")]
    admin_name: String,
    /// The address with which the first administrator signs in
    #[arg(long, value_name = "ADDRESS")]
    admin_email: String,
    /// A file whose first line is the administrator's password; - reads standard input
    #[arg(long, value_name = "FILE")]
    admin_password_file: String,
    /// The first site, such as "Clinic Nord website"
    #[arg(long, value_name = "NAME")]
    site: String,
    /// A website that may show the chat window, such as https://www.example.org; may be repeated
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Setup) -> Result<Exit, Refusal> {
    let config = settings(&command.flags)?;
    log::start(&config);
    let password = password(&command.admin_password_file)?;
    let key_words = format!(
        "What opens everything kept here is {}. Without it nothing can be recovered by anybody. Keep a copy in a safe place apart from this machine, or print a recovery kit: parlor key kit",
        config.root_key.in_words()
    );
    let finished = on_open_store(config, command, &password)?;
    // Beside the answer, which a script reads.
    let _ = writeln!(std::io::stderr(), "parlor: {key_words}");
    if command.json {
        say(serde_json::json!({ "site": finished.site.to_string(), "operator": finished.operator.to_string() }));
    } else {
        say(finished.site);
    }
    Ok(Exit::Done)
}

fn on_open_store(config: Config, command: &Setup, password: &str) -> Result<setup::Finished, Refusal> {
    let app = opening::open(config, Arc::new(SystemClock), Arc::new(SystemRandom))?;
    let form = SetUp {
        organisation: command.organisation.clone(),
        admin_name: command.admin_name.clone(),
        admin_email: command.admin_email.clone(),
        password: password.to_owned(),
        site_name: command.site.clone(),
        origins: command.origin.join("\n"),
    };
    let done = setup::finish_on_host(&app.ctx(&Actor::Host), form);
    app.store.close();
    done.map_err(|failure| Refusal::new(Exit::Refused, explain(&failure)))
}

fn password(file: &str) -> Result<Zeroizing<String>, Refusal> {
    let wrong = |error: std::io::Error| {
        Refusal::new(
            Exit::Refused,
            format!("The password file {file} cannot be read ({error}). Name a text file with --admin-password-file."),
        )
    };
    let mut text = Zeroizing::new(String::new());
    if file == "-" {
        std::io::stdin().take(PASSWORD_FILE_BYTES).read_to_string(&mut text).map_err(wrong)?;
    } else {
        let opened = std::fs::File::open(Path::new(file)).map_err(wrong)?;
        opened.take(PASSWORD_FILE_BYTES).read_to_string(&mut text).map_err(wrong)?;
    }
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Each wrong field on a line of its own, under the name that it has here.
fn explain(failure: &Failure) -> String {
    let fields = failure.fields();
    if fields.is_empty() {
        return failure.to_string();
    }
    let flag = |field: &str| match field {
        "organisation" => "--organisation",
        "admin_name" => "--admin-name",
        "admin_email" => "--admin-email",
        "password" => "--admin-password-file",
        "site_name" => "--site",
        _ => "--origin",
    };
    let lines: Vec<String> = fields.iter().map(|wrong| format!("{}: {}", flag(&wrong.field), wrong.message)).collect();
    format!("setup was not done:\n{}", lines.join("\n"))
}
