//! Where the root key is, and whether the next start will find it.

use std::path::Path;

use super::{Report, mode};
use crate::config::{Config, PassphraseFrom, RootKeySource};
use crate::serve::control::{self, KeyRequest, Reply, Request};
use crate::serve::opening;

/// What the running appliance uses, held against what the settings say.
pub(super) fn of_running(config: &Config, report: &mut Report) {
    let asked = control::ask(&config.control_socket(), Request::Key(KeyRequest::Show), &mut control::unheard);
    let Ok(Some(Reply::Key(view))) = asked else {
        report.warning("key", "where it is, the running appliance does not say. Restart it after an update.");
        return;
    };
    let said = config.root_key.to_string();
    if same_place(&view.place, &said) {
        look(config, report);
    } else {
        report.warning(
            "key",
            format!(
                "is {} by now, but the settings of this command say {said}. Change them before the next start, or give this command those of the service.",
                view.place
            ),
        );
    }
}

fn same_place(one: &str, other: &str) -> bool {
    let file = |place: &str| place.strip_prefix("file:").and_then(|path| Path::new(path).canonicalize().ok());
    one == other || file(one).is_some_and(|path| file(other) == Some(path))
}

/// What the settings say, opened as a start would open it.
pub(super) fn of_stopped(config: &Config, is_in_use: bool, report: &mut Report) {
    if let RootKeySource::File(path) = &config.root_key
        && !is_in_use
        && !path.exists()
    {
        report.ok("key", format!("{} will be made at the first start", path.display()));
        return;
    }
    // A passphrase is asked for once, when the store is opened.
    if !matches!(config.root_key, RootKeySource::Passphrase(PassphraseFrom::Person))
        && is_in_use
        && let Err(error) = opening::existing_key(config)
    {
        report.problem("key", error.to_string());
        return;
    }
    look(config, report);
}

fn look(config: &Config, report: &mut Report) {
    match &config.root_key {
        RootKeySource::File(path) => {
            let inside = path.canonicalize().ok().zip(config.data_dir.canonicalize().ok());
            if inside.is_some_and(|(key, data_dir)| key.starts_with(data_dir)) {
                report.problem("key", "lies inside the data directory, so whoever copies that has both. Run: parlor key change --to file:PATH");
                return;
            }
            match mode(path) {
                Some(mode) if mode & 0o077 != 0 => report.problem(
                    "key",
                    format!("file {} is open to other users (mode {mode:04o}). Run: chmod 600 {}", path.display(), path.display()),
                ),
                Some(mode) => report.ok("key", format!("file {}, mode {mode:04o}: for this user alone", path.display())),
                None => report.problem("key", format!("file {} is missing: the next start will not find it. Put it back, or run: parlor key change --to file:PATH", path.display())),
            }
        }
        RootKeySource::Credential { name, .. } => {
            report.ok("key", format!("systemd credential {name}: sealed on the disk if the unit says LoadCredentialEncrypted="));
        }
        RootKeySource::Passphrase(PassphraseFrom::Person) => report.warning(
            "key",
            "passphrase, typed at each start: after a power cut Parlor waits for somebody. A service takes it from --root-key-passphrase-file.",
        ),
        RootKeySource::Passphrase(PassphraseFrom::File(path) | PassphraseFrom::Credential(path)) => {
            report.ok("key", format!("passphrase, from {}", path.display()));
        }
        RootKeySource::Variable(_) => report.warning("key", "in a variable of the environment, which is for tests only."),
    }
}
