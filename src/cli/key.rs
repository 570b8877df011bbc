//! `parlor key`: where the root key is kept, a new one, and the papers that bring back a lost one.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::key_kit;
use super::options::Options;
use super::{Exit, Refusal, reach, say, unexpected};
use crate::config::PassphraseFrom;
use crate::serve::control::{KeyRequest, KeyView, Reply, Request};
use crate::serve::passphrase;
use crate::serve::secret::Secret;

#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Say where the root key is kept and since when it is this one; never the key
    Show(Options),
    /// Let everything be opened from another place from now on, without a pause
    Change(Change),
    /// Make a new root key in the same place, without a pause
    Rotate(Rotate),
    /// Print the root key once, as papers of which some together bring it back
    Kit(key_kit::Print),
    /// Put the papers of a recovery kit together again, into a key file
    Recover(key_kit::Recover),
}

#[derive(Args)]
struct Change {
    #[command(flatten)]
    options: Options,
    /// file:PATH (made there, or the key that lies there), passphrase, or credential:NAME
    #[arg(long, value_name = "PLACE")]
    to: String,
    #[command(flatten)]
    passphrase: NewPassphrase,
}

#[derive(Args)]
struct Rotate {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    passphrase: NewPassphrase,
}

#[derive(Args)]
struct NewPassphrase {
    /// A file whose first line is the new passphrase; without it, it is asked for or read from standard input
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

pub fn run(command: &Command) -> Result<Exit, Refusal> {
    match &command.act {
        Act::Show(options) => {
            let view = ask(&reach(&options.flags)?, KeyRequest::Show)?;
            tell(options, &view, &[]);
        }
        Act::Change(change) => change_place(change)?,
        Act::Rotate(rotate) => rotate_in_place(rotate)?,
        Act::Kit(print) => key_kit::print(print)?,
        Act::Recover(recover) => key_kit::recover(recover)?,
    }
    Ok(Exit::Done)
}

fn change_place(command: &Change) -> Result<(), Refusal> {
    let place = parse_place(&command.to)?;
    let reached = reach(&command.options.flags)?;
    let before = ask(&reached, KeyRequest::Show)?;
    let request = match place {
        Place::File(path) => KeyRequest::ToFile(path),
        Place::Credential(name) => KeyRequest::ToCredential(name),
        Place::Passphrase => KeyRequest::ToPassphrase(command.passphrase.ask()?),
    };
    let view = ask(&reached, request)?;
    let setting = if view.is_passphrase { "passphrase" } else { &view.place };
    let mut words = vec![format!(
        "What opens everything is {} from now on. Say so in the settings before the next start: --root-key {setting}, or root_key in the settings file.",
        view.in_words
    )];
    if let Some(old) = before.place.strip_prefix("file:").filter(|_| before.place != view.place) {
        words.push(format!(
            "The old key in {old} opens nothing any more but older copies of the data. Erase it, unless you keep such copies."
        ));
    }
    words.push(KIT_IS_OLD.to_owned());
    tell(&command.options, &view, &words);
    Ok(())
}

fn rotate_in_place(command: &Rotate) -> Result<(), Refusal> {
    let reached = reach(&command.options.flags)?;
    let before = ask(&reached, KeyRequest::Show)?;
    // The appliance does not keep the passphrase, so a new key takes a new one.
    let request = if before.is_passphrase { KeyRequest::ToPassphrase(command.passphrase.ask()?) } else { KeyRequest::Rotate };
    let view = ask(&reached, request)?;
    let words = [
        format!(
            "There is a new root key, and what opens everything is still {}. The old one opens only older copies of the data.",
            view.in_words
        ),
        KIT_IS_OLD.to_owned(),
    ];
    tell(&command.options, &view, &words);
    Ok(())
}

const KIT_IS_OLD: &str = "A recovery kit that was printed before does not open it any more: print a new one with parlor key kit, and destroy the old papers. Copies of the old key are to be replaced, too.";

enum Place {
    File(PathBuf),
    Credential(String),
    Passphrase,
}

/// What follows `--to`. A path counts from here, wherever the appliance was started.
fn parse_place(text: &str) -> Result<Place, Refusal> {
    if text == "passphrase" {
        return Ok(Place::Passphrase);
    }
    if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
        return absolute(Path::new(path)).map(Place::File);
    }
    match text.strip_prefix("credential:").filter(|name| !name.is_empty()) {
        Some(name) => Ok(Place::Credential(name.to_owned())),
        None => Err(Refusal::new(
            Exit::Usage,
            format!("--to: \"{text}\" is not a place for a key; expected file:PATH, passphrase or credential:NAME"),
        )),
    }
}

pub(super) fn absolute(path: &Path) -> Result<PathBuf, Refusal> {
    std::path::absolute(path)
        .map_err(|error| Refusal::new(Exit::Refused, format!("The path {} cannot be taken: {error}.", path.display())))
}

impl NewPassphrase {
    fn ask(&self) -> Result<Secret, Refusal> {
        let from = self.new_passphrase_file.clone().map_or(PassphraseFrom::Person, PassphraseFrom::File);
        let chosen = passphrase::chosen(&from)
            .map_err(|error| Refusal::new(Exit::Refused, format!("The new passphrase cannot be taken: {error}")))?;
        Ok(Secret::new(chosen.expose().to_owned()))
    }
}

fn ask(reached: &super::Reached, request: KeyRequest) -> Result<KeyView, Refusal> {
    match reached.ask(Request::Key(request))? {
        Reply::Key(view) => Ok(view),
        other => Err(unexpected(other)),
    }
}

fn tell(options: &Options, view: &KeyView, words: &[String]) {
    if options.json {
        say(serde_json::json!({ "place": view.place, "since": view.since }));
        return;
    }
    if words.is_empty() {
        say(format_args!("What opens everything is {}.", view.in_words));
        if let Some(since) = &view.since {
            say(format_args!("It is this one since {since}."));
        }
        say("Without it nothing can be recovered by anybody. For a recovery kit on paper: parlor key kit");
    }
    words.iter().for_each(say);
}

/// Whoever types at a terminal is told what is waited for.
pub(super) fn hint(line: &str) {
    if std::io::stdin().is_terminal() {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_in_the_settings_and_a_path_counts_from_here() {
        assert!(matches!(parse_place("passphrase"), Ok(Place::Passphrase)));
        assert!(matches!(parse_place("credential:parlor.key"), Ok(Place::Credential(name)) if name == "parlor.key"));
        let here = std::env::current_dir().unwrap();
        assert!(matches!(parse_place("file:new.key"), Ok(Place::File(path)) if path == here.join("new.key")));
        for wrong in ["", "file:", "credential:", "new.key", "Passphrase"] {
            let refusal = parse_place(wrong).err().unwrap();
            assert_eq!(refusal.exit, Exit::Usage, "{wrong}: {}", refusal.sentence);
        }
    }
}
