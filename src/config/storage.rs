//! `[storage]`: where everything is kept and where the key to it is.

use std::path::{Path, PathBuf};

use super::sources::{ConfigError, DATA_DIR, Given, ROOT_KEY, Variables};

const DEFAULT_DATA_DIR: &str = "./parlor-data";

/// Where the 32 bytes come from that open everything. Never inside the data directory: whoever takes the disk's content
/// would have both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootKeySource {
    File(PathBuf),
    Passphrase,
    /// A systemd credential, and the file that systemd shows it as.
    Credential {
        name: String,
        path: PathBuf,
    },
}

pub(super) fn data_dir(given: &mut Given) -> Result<PathBuf, ConfigError> {
    let Some(value) = given.take(&DATA_DIR) else {
        return Ok(PathBuf::from(DEFAULT_DATA_DIR));
    };
    let text = value.single()?;
    let path = value.path(text);
    // The key file stands beside it and is named after it, so it has to have a name.
    if path.file_name().is_none() {
        return Err(value.wrong(text, "has no name of its own"));
    }
    Ok(path)
}

pub(super) fn root_key(given: &mut Given, variables: &Variables) -> Result<Option<RootKeySource>, ConfigError> {
    let Some(value) = given.take(&ROOT_KEY) else {
        return Ok(None);
    };
    let text = value.single()?;
    if text == "passphrase" {
        return Ok(Some(RootKeySource::Passphrase));
    }
    if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
        return Ok(Some(RootKeySource::File(value.path(path))));
    }
    let Some(name) = text.strip_prefix("credential:").filter(|name| !name.is_empty()) else {
        return Err(value.wrong(text, "is not a place for a key"));
    };
    if name.contains('/') || name.starts_with('.') {
        return Err(value.wrong(text, "is not the name of a credential"));
    }
    let Some(directory) = variables.get("CREDENTIALS_DIRECTORY") else {
        return Err(value.wrong(
            text,
            "names a credential, but systemd has passed none (add LoadCredential= or LoadCredentialEncrypted= to the unit)",
        ));
    };
    Ok(Some(RootKeySource::Credential { name: name.to_owned(), path: Path::new(directory).join(name) }))
}

/// `/var/lib/parlor` has its key in `/var/lib/parlor.key`.
pub(super) fn key_beside(data_dir: &Path) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    data_dir.with_file_name(name)
}
