//! The root key on the way up: of an installation that exists, which is never made anew, and of a new one.

use std::path::Path;

use super::{StartError, make_data_dir};
use crate::config::{Config, PassphraseFrom, RootKeySource};
use crate::domain::credential::Passphrase;
use crate::domain::time::Timestamp;
use crate::serve::passphrase;
use crate::store::{self, OpenError};
use crate::vault::{Derivation, KeyNote, RootKey, RootKeyError, TipHeader, VaultError};

/// How often a person at a terminal may mistype the passphrase.
const TRIES: usize = 3;

/// The key of an installation that exists. Never makes one; it only finishes a rotation that was cut short.
///
/// # Errors
/// When it is missing or not a key, or the data directory takes a key from elsewhere.
pub fn existing(config: &Config) -> Result<RootKey, StartError> {
    // Without a readable tip there is nothing to hold the key against, and the store says what is wrong with it.
    let tip = store::tip_of(&config.data_dir)?;
    let derivation = tip.as_ref().and_then(|tip| tip.key.derivation);
    let fits = |key: &RootKey| tip.as_ref().is_none_or(|tip| tip.open(key).is_ok());
    let key = match &config.root_key {
        RootKeySource::File(path) => RootKey::read_either(path, fits).map_err(|error| match error {
            RootKeyError::Missing(_) if derivation.is_some() => needs_passphrase(config),
            RootKeyError::Missing(key) => StartError::KeyMissing { data_dir: config.data_dir.clone(), key },
            other => StartError::Key(other),
        })?,
        RootKeySource::Credential { name, path } => credential(name, path)?,
        RootKeySource::Variable(key) => RootKey::parse(key.expose()).ok_or(StartError::Variable)?,
        RootKeySource::Passphrase(from) => {
            return match (tip.as_ref(), derivation) {
                (Some(tip), Some(derivation)) => of_passphrase(config, from, tip, &derivation),
                (Some(_), None) => Err(StartError::NeedsKey(config.data_dir.clone())),
                (None, _) => Err(damaged(config)),
            };
        }
    };
    if derivation.is_some() {
        if !fits(&key) {
            return Err(needs_passphrase(config));
        }
        tracing::warn!(
            "opened with a recovered key while a passphrase opens this data directory as well: choose a new one \
             (parlor key change --to passphrase) or keep the key elsewhere (parlor key change --to file:PATH)"
        );
    }
    // Whoever seals another tip with it, as a restore does, writes the same into that.
    Ok(match &tip {
        Some(tip) => key.noted(tip.key),
        None => key,
    })
}

fn needs_passphrase(config: &Config) -> StartError {
    StartError::NeedsPassphrase { data_dir: config.data_dir.clone(), given: config.root_key.to_string() }
}

/// What stands in the tip says how the key is made, so without a tip there is no key to be made.
fn damaged(config: &Config) -> StartError {
    let what = "the tip of the key tree, which says how the passphrase becomes the key, is missing or unreadable".to_owned();
    StartError::Open(OpenError::Damaged { path: config.data_dir.clone(), what })
}

fn of_passphrase(
    config: &Config,
    from: &PassphraseFrom,
    tip: &TipHeader,
    derivation: &Derivation,
) -> Result<RootKey, StartError> {
    let tries = if passphrase::can_be_asked_again(from) { TRIES } else { 1 };
    for _ in 0..tries {
        let typed = passphrase::existing(from)?;
        let key = derive(derivation, &typed)?;
        if tip.open(&key).is_ok() {
            return Ok(key);
        }
    }
    Err(StartError::WrongPassphrase(config.data_dir.clone()))
}

fn derive(derivation: &Derivation, passphrase: &Passphrase) -> Result<RootKey, StartError> {
    derivation.derive(passphrase.expose()).map_err(StartError::Memory)
}

/// The key of a new installation: what lies there already, a new file, or a passphrase that is chosen now.
///
/// # Errors
/// When it cannot be made or read; then nothing is left behind.
pub fn first(config: &Config, now: Timestamp) -> Result<RootKey, StartError> {
    let key = match &config.root_key {
        RootKeySource::File(path) if path.exists() => RootKey::read_file(path)?,
        RootKeySource::File(path) => return first_file(config, path, now),
        RootKeySource::Credential { name, path } => credential(name, path)?,
        RootKeySource::Variable(key) => RootKey::parse(key.expose()).ok_or(StartError::Variable)?,
        RootKeySource::Passphrase(from) => {
            let chosen = passphrase::chosen(from)?;
            let derivation = Derivation::fresh().map_err(|_: VaultError| RootKeyError::NoRandomness)?;
            let key = derive(&derivation, &chosen)?;
            tracing::warn!(
                "made the root key that opens everything kept here of your passphrase: it is stored nowhere, and without it \
                 nothing can be recovered by anybody; a recovery kit on paper helps (parlor key kit)"
            );
            key
        }
    };
    make_data_dir(&config.data_dir)?;
    Ok(key.since(now.as_millis()))
}

fn first_file(config: &Config, path: &Path, now: Timestamp) -> Result<RootKey, StartError> {
    make_data_dir(&config.data_dir)?;
    let key = RootKey::create_file(path).inspect_err(|_| {
        // It was empty before and is now, so a start that failed leaves nothing behind.
        let _ = std::fs::remove_dir(&config.data_dir);
    })?;
    tracing::warn!(
        key = %path.display(),
        "made the root key that opens everything kept here: without it nothing can be recovered by anybody, so copy it to a \
         safe place apart from this machine's backups, or print a recovery kit (parlor key kit)"
    );
    Ok(key.since(now.as_millis()))
}

fn credential(name: &str, path: &Path) -> Result<RootKey, StartError> {
    RootKey::read_credential(path).map_err(|error| StartError::Credential { name: name.to_owned(), reason: error.to_string() })
}

/// The key of a backup, from the place that the settings name. Changes nothing.
///
/// # Errors
/// When there is no key, or the backup takes one from elsewhere.
pub fn of_backup(config: &Config, note: &KeyNote, fits: impl Fn(&RootKey) -> bool) -> Result<RootKey, StartError> {
    let key = match (&config.root_key, &note.derivation) {
        (RootKeySource::File(path), _) => RootKey::read_file(path)?,
        (RootKeySource::Credential { name, path }, _) => credential(name, path)?,
        (RootKeySource::Variable(key), _) => RootKey::parse(key.expose()).ok_or(StartError::Variable)?,
        (RootKeySource::Passphrase(_), None) => return Err(StartError::NeedsKey(config.data_dir.clone())),
        (RootKeySource::Passphrase(from), Some(derivation)) => {
            let tries = if passphrase::can_be_asked_again(from) { TRIES } else { 1 };
            let mut key = derive(derivation, &passphrase::existing(from)?)?;
            for _ in 1..tries {
                if fits(&key) {
                    break;
                }
                key = derive(derivation, &passphrase::existing(from)?)?;
            }
            key
        }
    };
    Ok(key.noted(*note))
}
