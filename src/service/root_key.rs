//! The root key while everything goes on: another place for it, a new key in the same place, and a recovery kit.
//!
//! The order is what keeps the data: the new key is durable in its place before the tip changes to it, and the old one leaves
//! its place only afterwards. Wherever that is cut short, the key that counts lies where the next start looks.

use std::path::{Path, PathBuf};

use super::{Ctx, Failure};
use crate::config::{PassphraseFrom, RootKeySource};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::credential::Passphrase;
use crate::store::RootChange;
use crate::vault::{Derivation, Kit, RootKey, RootKeyError, VaultError, key_file_beside};

/// Where the key shall be kept from now on.
pub enum NewPlace {
    /// A file that is made, or that holds a key already.
    File(PathBuf),
    /// A credential that systemd shows this service.
    Credential {
        name: String,
        path: PathBuf,
    },
    Passphrase(Passphrase),
}

/// Lets everything be opened from another place. Yields the place that is to stand in the settings from now on.
///
/// # Errors
/// `Conflict` with a sentence for a place that does not serve.
pub fn change(ctx: &Ctx, data_dir: &Path, present: &RootKeySource, to: NewPlace) -> Result<RootKeySource, Failure> {
    ctx.authorize(Action::ManageRootKey)?;
    let (key, place) = match to {
        NewPlace::File(path) => (in_file(data_dir, present, &path)?, RootKeySource::File(path)),
        NewPlace::Credential { name, path } => {
            (RootKey::read_credential(&path).map_err(sentence)?, RootKeySource::Credential { name, path })
        }
        NewPlace::Passphrase(passphrase) => {
            let derivation = Derivation::fresh().map_err(impossible)?;
            let key = derivation.derive(passphrase.expose()).map_err(impossible)?;
            (key, RootKeySource::Passphrase(PassphraseFrom::Person))
        }
    };
    rekey(ctx, key, AuditAction::RootKeyChanged(place.place()))?;
    Ok(place)
}

/// A new key in the same place: for a file only, since nothing else can be written from here.
///
/// # Errors
/// `Conflict` with a sentence where it cannot be done.
pub fn rotate(ctx: &Ctx, present: &RootKeySource) -> Result<(), Failure> {
    ctx.authorize(Action::ManageRootKey)?;
    let refused = |sentence: &str| Err(Failure::Conflict(sentence.to_owned()));
    match present {
        RootKeySource::File(path) => {
            let key = RootKey::create_beside(path).map_err(sentence)?;
            rekey(ctx, key, AuditAction::RootKeyRotated)?;
            RootKey::replace_file(path).map_err(|error| {
                Failure::Conflict(format!(
                    "The new key opens everything now and lies in {}, but could not take the place of the old one: {error} Mend that and restart Parlor, which finishes it; do not remove the file.",
                    key_file_beside(path).display()
                ))
            })
        }
        RootKeySource::Credential { .. } => refused(
            "A credential can only be written by systemd. Make a new one under another name (openssl rand -hex 32 | systemd-creds encrypt --with-key=auto --name=NAME - /etc/credstore.encrypted/NAME), load it with LoadCredentialEncrypted=NAME in the unit, restart, and run: parlor key change --to credential:NAME",
        ),
        RootKeySource::Passphrase(_) => {
            refused("A new key needs a new passphrase. Choose one with: parlor key change --to passphrase")
        }
        RootKeySource::Variable(_) => refused("A key in a variable is for tests and cannot be rotated."),
    }
}

/// Splits the root key into shares, to be shown once and kept nowhere.
///
/// # Errors
/// `Conflict` when these counts make no kit.
pub fn make_kit(ctx: &Ctx, shares: u8, threshold: u8) -> Result<Kit, Failure> {
    ctx.authorize(Action::ManageRootKey)?;
    let kit = ctx.store.split_root_key(shares, threshold).map_err(|error| Failure::Conflict(error.to_string()))?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::RecoveryKitMade { shares, threshold });
    ctx.store.commit(batch).wait()?;
    Ok(kit)
}

/// The key of a file that is there, so that one on a removable disk can be prepared; or a new one, durable before it counts.
fn in_file(data_dir: &Path, present: &RootKeySource, path: &Path) -> Result<RootKey, Failure> {
    let conflict = |sentence: String| Err(Failure::Conflict(sentence));
    if path
        .parent()
        .and_then(|parent| parent.canonicalize().ok())
        .zip(data_dir.canonicalize().ok())
        .is_some_and(|(to, data)| to.starts_with(data))
    {
        return conflict(format!(
            "{} lies inside the data directory, so whoever copies that would have both. Choose another place.",
            path.display()
        ));
    }
    if matches!(present, RootKeySource::File(now) if same_file(now, path)) {
        return conflict(format!("The root key lies in {} already. For a new key there, run: parlor key rotate", path.display()));
    }
    match RootKey::read_file(path) {
        Err(RootKeyError::Missing(_)) => RootKey::create_file(path).map_err(sentence),
        found => found.map_err(sentence),
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
}

fn rekey(ctx: &Ctx, key: RootKey, action: AuditAction) -> Result<(), Failure> {
    let change = RootChange { key, action, actor: ctx.audit_actor(), now: ctx.now };
    ctx.store.rekey_root(change).wait()?;
    Ok(())
}

fn sentence(error: RootKeyError) -> Failure {
    Failure::Conflict(error.to_string())
}

fn impossible(error: VaultError) -> Failure {
    Failure::Conflict(format!("The key cannot be made: {error}. Nothing was changed."))
}

#[cfg(test)]
#[path = "tests/root_key.rs"]
mod tests;
