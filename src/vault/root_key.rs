//! The root key: 32 bytes that open everything, kept outside the data directory.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::{BASE32_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Key, VaultError};

/// The key that opens everything, from outside the data directory. It does not print and wipes itself.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey(Key);

/// A key file is a few lines; anything longer is some other file.
const FILE_BYTES_MAX: u64 = 4_096;

const HEADER: &str = "\
# Parlor root key. Whoever holds this file can read every chat that is not purged yet.
# Without it nothing in the data directory can ever be read again: keep a copy in a safe place, off this machine.
";

#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    #[error("There is no root key at {0}. Put the key file back, or name its place with --root-key file:PATH.")]
    Missing(PathBuf),
    #[error("The root key file {path} cannot be read: {reason}.")]
    Unreadable { path: PathBuf, reason: String },
    #[error("The root key file {path} can be read by others (mode {mode:04o}). Run: chmod 600 {path}")]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("{0} is not a root key: expected one line of 64 hexadecimal digits or 52 base32 characters, besides # comments.")]
    NotAKey(PathBuf),
    #[error("There is a file at {0} already, so no new root key was written.")]
    Exists(PathBuf),
    #[error("The root key file {path} cannot be written: {reason}.")]
    Unwritable { path: PathBuf, reason: String },
    #[error("The operating system gives no random bytes, so no root key can be made.")]
    NoRandomness,
}

impl RootKey {
    /// # Errors
    /// When there are no random bytes.
    pub fn generate() -> Result<Self, VaultError> {
        Key::random().map(Self)
    }

    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Key::from_bytes(bytes))
    }

    /// Reads the text of a key file: `#` comments and empty lines aside, one line of 64 hex digits or 52 base32 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (line, rest) = (lines.next()?, lines.next());
        if rest.is_some() || !line.is_ascii() {
            return None;
        }
        let decoded = Zeroizing::new(if line.len() == 64 {
            HEXLOWER_PERMISSIVE.decode(line.as_bytes()).ok()?
        } else {
            BASE32_NOPAD.decode(Zeroizing::new(line.to_ascii_uppercase()).as_bytes()).ok()?
        });
        let mut bytes = <[u8; 32]>::try_from(decoded.as_slice()).ok()?;
        let key = Self(Key::from_bytes(bytes));
        bytes.zeroize();
        Some(key)
    }

    /// # Errors
    /// When the file is missing, unreadable, open to others, or not a key.
    pub fn read_file(path: &Path) -> Result<Self, RootKeyError> {
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => RootKeyError::Missing(path.to_owned()),
            _ => RootKeyError::Unreadable { path: path.to_owned(), reason: error.to_string() },
        };
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let mode = metadata.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(RootKeyError::OpenToOthers { path: path.to_owned(), mode });
        }
        if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
            return Err(RootKeyError::NotAKey(path.to_owned()));
        }
        let mut text = Zeroizing::new(String::with_capacity(FILE_BYTES_MAX as usize));
        match file.take(FILE_BYTES_MAX).read_to_string(&mut text) {
            Ok(_) => Self::parse(&text).ok_or_else(|| RootKeyError::NotAKey(path.to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(RootKeyError::NotAKey(path.to_owned())),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Makes a new key and its file (mode 0600), durable before this returns. Never overwrites a file.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create_file(path: &Path) -> Result<Self, RootKeyError> {
        let key = Self::generate().map_err(|_| RootKeyError::NoRandomness)?;
        let unwritable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => RootKeyError::Exists(path.to_owned()),
            _ => RootKeyError::Unwritable { path: path.to_owned(), reason: error.to_string() },
        };
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
        file.write_all(key.file_text().as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent).and_then(|directory| directory.sync_all()).map_err(unwritable)?;
        Ok(key)
    }

    fn file_text(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(HEXLOWER.encode(self.0.expose()));
        let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + 65));
        text.push_str(HEADER);
        text.push_str(&digits);
        text.push('\n');
        text
    }

    pub(super) fn subkey(&self, purpose: &str) -> Key {
        self.0.subkey(purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_file_is_made_once_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let made = RootKey::create_file(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(RootKey::read_file(&path).unwrap().0.expose(), made.0.expose());
        assert!(matches!(RootKey::create_file(&path), Err(RootKeyError::Exists(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(RootKey::read_file(&path), Err(RootKeyError::OpenToOthers { mode: 0o640, .. })));
    }

    #[test]
    fn a_key_is_read_from_hex_and_from_base32() {
        let bytes: Vec<u8> = (0..32).collect();
        let hex = HEXLOWER.encode(&bytes);
        let base32 = BASE32_NOPAD.encode(&bytes);
        for text in [hex.clone(), hex.to_uppercase(), base32.clone(), base32.to_lowercase(), format!("# mine\n\n {hex} \n")] {
            assert_eq!(RootKey::parse(&text).unwrap().0.expose().as_slice(), bytes.as_slice());
        }
        for wrong in [
            String::new(),
            hex[1..].to_owned(),
            format!("{hex}\n{hex}"),
            format!("{hex}0"),
            "ä".repeat(32),
            base32[1..].to_owned(),
        ] {
            assert!(RootKey::parse(&wrong).is_none());
        }
    }

    #[test]
    fn what_is_missing_or_no_key_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("none.key");
        assert!(RootKey::read_file(&missing).err().unwrap().to_string().contains("none.key"));
        let path = dir.path().join("other.key");
        std::fs::write(&path, [0xff; 40]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(RootKey::read_file(&path), Err(RootKeyError::NotAKey(_))));
    }
}
