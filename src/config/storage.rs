//! `[storage]`: where everything is kept and where the key to it is.

use std::fmt;
use std::path::{Path, PathBuf};

use super::sources::{ConfigError, DATA_DIR, Given, ROOT_KEY, ROOT_KEY_PASSPHRASE_FILE, Value, Variables};
use crate::domain::root_key::KeyPlace;

const DEFAULT_DATA_DIR: &str = "./parlor-data";
/// Where a test puts the key itself.
pub(super) const KEY_VARIABLE: &str = "PARLOR_ROOT_KEY_VALUE";

/// Where the 32 bytes come from that open everything. Never inside the data directory: whoever takes the disk's content
/// would have both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootKeySource {
    File(PathBuf),
    /// Nowhere: made of a passphrase at each start.
    Passphrase(PassphraseFrom),
    /// A systemd credential, and the file that systemd shows it as.
    Credential {
        name: String,
        path: PathBuf,
    },
    /// In a variable: tests only.
    Variable(TestKey),
}

/// How the passphrase comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassphraseFrom {
    /// Asked for on the terminal; where there is none, the first line of standard input.
    Person,
    /// The first line of a file that only this user can read.
    File(PathBuf),
    /// A file that systemd shows to this service alone.
    Credential(PathBuf),
}

/// A key as text. It does not print, although it is no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct TestKey(String);

impl TestKey {
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestKey")
    }
}

impl RootKeySource {
    /// What the audit log says of it.
    #[must_use]
    pub fn place(&self) -> KeyPlace {
        match self {
            Self::File(_) => KeyPlace::File,
            Self::Passphrase(_) => KeyPlace::Passphrase,
            Self::Credential { .. } => KeyPlace::Credential,
            Self::Variable(_) => KeyPlace::Variable,
        }
    }
}

impl RootKeySource {
    /// What opens everything, in a sentence after "is".
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::File(path) => format!("the key file {}", path.display()),
            Self::Passphrase(_) => "the passphrase that you chose, which is stored nowhere".to_owned(),
            Self::Credential { name, .. } => format!("the systemd credential {name}"),
            Self::Variable(_) => "a variable of the environment, as only tests have it".to_owned(),
        }
    }
}

/// As a setting says it.
impl fmt::Display for RootKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Passphrase(_) => f.write_str("passphrase"),
            Self::Credential { name, .. } => write!(f, "credential:{name}"),
            Self::Variable(_) => f.write_str("variable"),
        }
    }
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

/// Where systemd shows this process its credentials (systemd.exec(5)).
pub(super) fn credentials(variables: &Variables) -> Option<PathBuf> {
    variables.get("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

pub(super) fn root_key(
    given: &mut Given,
    variables: &Variables,
    warnings: &mut Vec<String>,
) -> Result<Option<RootKeySource>, ConfigError> {
    let passphrase_from = passphrase_from(given, variables)?;
    let Some(value) = given.take(&ROOT_KEY) else {
        return Ok(passphrase_from.map(RootKeySource::Passphrase));
    };
    let text = value.single()?;
    if text == "passphrase" {
        return Ok(Some(RootKeySource::Passphrase(passphrase_from.unwrap_or(PassphraseFrom::Person))));
    }
    if passphrase_from.is_some() {
        warnings.push(format!(
            "The setting {} is read only with {} = \"passphrase\" and was passed over.",
            ROOT_KEY_PASSPHRASE_FILE.name, ROOT_KEY.name
        ));
    }
    if text == "variable" {
        return from_variable(&value, variables).map(Some);
    }
    if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
        return Ok(Some(RootKeySource::File(value.path(path))));
    }
    let Some(name) = text.strip_prefix("credential:").filter(|name| !name.is_empty()) else {
        return Err(value.wrong(text, "is not a place for a key"));
    };
    if !is_credential_name(name) {
        return Err(value.wrong(text, "is not the name of a credential"));
    }
    let Some(directory) = credentials(variables) else {
        return Err(value.wrong(
            text,
            "names a credential, but systemd has passed none (add LoadCredential= or LoadCredentialEncrypted= to the unit)",
        ));
    };
    Ok(Some(RootKeySource::Credential { name: name.to_owned(), path: directory.join(name) }))
}

/// A name that stays in the directory of the credentials.
#[must_use]
pub fn is_credential_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('/') && !name.starts_with('.')
}

fn passphrase_from(given: &mut Given, variables: &Variables) -> Result<Option<PassphraseFrom>, ConfigError> {
    let Some(value) = given.take(&ROOT_KEY_PASSPHRASE_FILE) else { return Ok(None) };
    let text = value.single()?;
    if text == "-" {
        return Ok(Some(PassphraseFrom::Person));
    }
    let path = value.path(text);
    let is_credential = credentials(variables).is_some_and(|directory| path.starts_with(directory));
    Ok(Some(if is_credential { PassphraseFrom::Credential(path) } else { PassphraseFrom::File(path) }))
}

/// For tests: whoever may look at this user's processes reads their environment, and it is handed on to every child.
fn from_variable(value: &Value, variables: &Variables) -> Result<RootKeySource, ConfigError> {
    if !cfg!(debug_assertions) {
        return Err(value.wrong("variable", "is for tests and not taken by the program that ships"));
    }
    match variables.get(KEY_VARIABLE) {
        Some(key) => Ok(RootKeySource::Variable(TestKey(key.to_owned()))),
        None => Err(value.wrong("variable", "needs the key in PARLOR_ROOT_KEY_VALUE")),
    }
}

/// `/var/lib/parlor` has its key in `/var/lib/parlor.key`.
pub(super) fn key_beside(data_dir: &Path) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".key");
    data_dir.with_file_name(name)
}
