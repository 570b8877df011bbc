//! The way up to an open appliance: everything that can be wrong is found out before anything is written.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::control;
use super::passphrase::PassphraseError;
use crate::app::App;
use crate::config::Config;
use crate::domain::space::{Bounds, Reading};
use crate::domain::time::Timestamp;
use crate::service::{Clock, Random};
use crate::store::{OpenError, space};
use crate::vault::{RootKey, RootKeyError, VaultError};

mod key;

pub use key::{existing as existing_key, first as first_key, of_backup as key_of_backup};

/// 2025-01-01: before this program existed, so a clock that says less is wrong.
const EARLIEST: Timestamp = Timestamp::from_millis(1_735_689_600_000);
/// What may stand in a data directory that was never used: a file system of its own has the first, a crash leaves the second.
const MEANS_NOTHING: [&str; 2] = ["lost+found", "control.sock"];

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "This machine's clock says {0}, which cannot be right. Set it (timedatectl set-ntp true), then start again: what is kept how long depends on it."
    )]
    Clock(Timestamp),
    #[error("Only {free_mib} MiB are free at {path}, and Parlor needs {needed_mib} MiB to start. Make room, then start again.")]
    DiskFull { path: PathBuf, free_mib: u64, needed_mib: u64 },
    #[error("{0} is not a directory. Choose another with --data-dir DIR.")]
    NotADirectory(PathBuf),
    #[error(
        "The data directory {path} cannot be used: {reason}. Give it to the user who runs Parlor (chown), or choose another with --data-dir DIR."
    )]
    DataDir { path: PathBuf, reason: String },
    #[error(
        "The data directory {data_dir} is in use, but its root key {key} is missing. Put the key file back from where you keep its copy, or name its place with --root-key file:PATH. A new key could not open what is there, so none was made."
    )]
    KeyMissing { data_dir: PathBuf, key: PathBuf },
    #[error(
        "The data directory {data_dir} belongs to user {user}, who could not open what root writes in it. Run this as that user, or start Parlor and run it then."
    )]
    OtherOwner { data_dir: PathBuf, user: u32 },
    #[error("There is no installation in {0}. Name its data directory with --data-dir DIR.")]
    Nothing(PathBuf),
    #[error("{0}")]
    Key(#[from] RootKeyError),
    #[error("The passphrase cannot be taken: {0}")]
    Passphrase(#[from] PassphraseError),
    #[error(
        "This is not the passphrase of the data directory {0}. Nothing was changed. Try again; where it is lost, a recovery kit (parlor key recover) is all that opens the data, and nobody else can."
    )]
    WrongPassphrase(PathBuf),
    #[error(
        "The data directory {data_dir} is opened with a passphrase, and --root-key says {given}. Start with --root-key passphrase; to keep the key elsewhere from then on, run: parlor key change --to {given}"
    )]
    NeedsPassphrase { data_dir: PathBuf, given: String },
    #[error(
        "The data directory {0} is opened with a key from a file or a credential, and --root-key says passphrase. Name its place with --root-key file:PATH or credential:NAME; to use a passphrase from then on, run: parlor key change --to passphrase"
    )]
    NeedsKey(PathBuf),
    #[error("The variable PARLOR_ROOT_KEY_VALUE holds no root key: expected 64 hexadecimal digits.")]
    Variable,
    #[error("The key cannot be made of the passphrase: {0}. Free some memory, then start again. Nothing was changed.")]
    Memory(VaultError),
    #[error(
        "The credential {name} cannot be used: {reason}. Make it with: systemd-creds encrypt --name={name} KEYFILE …, and load it in the unit with LoadCredentialEncrypted=."
    )]
    Credential { name: String, reason: String },
    #[error("Parlor is running on {data_dir} already (process {process}). Stop it first, or choose another --data-dir.")]
    Running { data_dir: PathBuf, process: u32 },
    #[error("{0}")]
    Open(#[from] OpenError),
}

/// Checks clock, disk, directory and key, in that order, and opens the store. The first start makes directory and key.
///
/// # Errors
/// One sentence for each thing that can be wrong; nothing has been written then.
pub fn open(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Arc<App>, StartError> {
    let root_key = prepare(&config, clock.now())?;
    Ok(App::open(config, &root_key, clock, random)?)
}

/// All that comes before the store: from here on no file is needed that the running appliance may not have.
///
/// # Errors
/// As `open`.
pub fn prepare(config: &Config, now: Timestamp) -> Result<RootKey, StartError> {
    check_clock(now)?;
    check_not_running(config)?;
    let is_in_use = check_data_dir(&config.data_dir)?;
    check_owner(&config.data_dir)?;
    check_space(&config.data_dir, is_in_use)?;
    if is_in_use { existing_key(config) } else { first_key(config, now) }
}

/// # Errors
/// When it says a time before this program existed.
pub fn check_clock(now: Timestamp) -> Result<(), StartError> {
    if now < EARLIEST { Err(StartError::Clock(now)) } else { Ok(()) }
}

/// The same for a command that has no business in making an installation.
///
/// # Errors
/// As `open`, and when there is none.
pub fn open_existing(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Arc<App>, StartError> {
    if !check_data_dir(&config.data_dir)? {
        return Err(StartError::Nothing(config.data_dir));
    }
    open(config, clock, random)
}

/// # Errors
/// When an appliance runs on this data directory and answers on its control socket.
pub fn check_not_running(config: &Config) -> Result<(), StartError> {
    match control::running(&config.control_socket()) {
        Some(process) => Err(StartError::Running { data_dir: config.data_dir.clone(), process }),
        None => Ok(()),
    }
}

/// Whether there is an installation in it. A directory that does not exist yet is fine when it can be made.
pub fn check_data_dir(data_dir: &Path) -> Result<bool, StartError> {
    let unusable = |reason: String| StartError::DataDir { path: data_dir.to_owned(), reason };
    match std::fs::metadata(data_dir) {
        Ok(facts) if !facts.is_dir() => Err(StartError::NotADirectory(data_dir.to_owned())),
        Ok(_) => {
            may_write(data_dir).map_err(unusable)?;
            is_in_use(data_dir).map_err(|error| unusable(error.to_string()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            may_write(existing_ancestor(data_dir)).map_err(unusable)?;
            Ok(false)
        }
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// Root may write anywhere, and what it makes there nobody else could open: the service would not start again.
fn check_owner(data_dir: &Path) -> Result<(), StartError> {
    match std::fs::metadata(data_dir) {
        Ok(facts) if rustix::process::geteuid().is_root() && facts.uid() != 0 => {
            Err(StartError::OtherOwner { data_dir: data_dir.to_owned(), user: facts.uid() })
        }
        _ => Ok(()),
    }
}

fn is_in_use(data_dir: &Path) -> std::io::Result<bool> {
    for entry in std::fs::read_dir(data_dir)? {
        let name = entry?.file_name();
        if !MEANS_NOTHING.iter().any(|nothing| name == *nothing) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn may_write(directory: &Path) -> Result<(), String> {
    use rustix::fs::Access;
    rustix::fs::access(directory, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| format!("{} is not writable ({error})", directory.display()))
}

/// The nearest directory on the way up that exists.
fn existing_ancestor(path: &Path) -> &Path {
    path.ancestors()
        .skip(1)
        .map(|ancestor| if ancestor.as_os_str().is_empty() { Path::new(".") } else { ancestor })
        .find(|ancestor| ancestor.exists())
        .unwrap_or(Path::new("/"))
}

/// An installation starts on a nearly full disk all the same, declining new chats, for as long as there is something to open it
/// with; where there is none yet, beginning one would only fill the disk.
fn check_space(data_dir: &Path, is_in_use: bool) -> Result<(), StartError> {
    let Ok((bounds, reading)) = look_at_disk(data_dir) else { return Ok(()) };
    let needed = if is_in_use { bounds.start_bytes() } else { bounds.floor_bytes };
    if reading.free_bytes >= needed || (is_in_use && reading.ballast_bytes > 0) {
        return Ok(());
    }
    Err(StartError::DiskFull {
        path: data_dir.to_owned(),
        free_mib: reading.free_bytes >> 20,
        needed_mib: needed.div_ceil(1 << 20),
    })
}

/// The disk where this directory is or would be.
///
/// # Errors
/// When the disk says nothing.
pub fn look_at_disk(data_dir: &Path) -> std::io::Result<(Bounds, Reading)> {
    space::look(if data_dir.exists() { data_dir } else { existing_ancestor(data_dir) })
}

fn make_data_dir(data_dir: &Path) -> Result<(), StartError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(|error| StartError::DataDir { path: data_dir.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests;
