//! The root key's file: for its owner alone, durable before anybody relies on it, and never lost while it is replaced.
//!
//! A new key is written beside the old one as `PATH.new` and made durable; then the caller lets the tip change to it, which is
//! the moment from which it counts; then it takes the old one's place. Wherever that is cut short, one of the two files holds
//! the key that counts, and `read_either` finds it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::RootKey;

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

/// Where a key waits that is to take this file's place: `PATH.new`.
#[must_use]
pub fn key_file_beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".new");
    path.with_file_name(name)
}

impl RootKey {
    /// # Errors
    /// When the file is missing, unreadable, open to others, or not a key.
    pub fn read_file(path: &Path) -> Result<Self, RootKeyError> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => RootKeyError::Missing(path.to_owned()),
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
        match read_text(file) {
            Ok(text) => Self::parse(&text).ok_or_else(|| RootKeyError::NotAKey(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(RootKeyError::NotAKey(path.to_owned())),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// systemd shows a credential as a small file of its own file system, which only this service sees: its mode says nothing.
    ///
    /// # Errors
    /// When it is missing, unreadable or not a key.
    pub fn read_credential(path: &Path) -> Result<Self, RootKeyError> {
        let unreadable = |error: io::Error| RootKeyError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        let text = read_text(File::open(path).map_err(unreadable)?).map_err(unreadable)?;
        Self::parse(&text).ok_or_else(|| RootKeyError::NotAKey(path.to_owned()))
    }

    /// The key in the file, or the one beside it where only that one fits: then a rotation was cut short after the new key
    /// had begun to count, and its file takes its place now. A key beside it that does not fit never counted and is left alone.
    ///
    /// # Errors
    /// As `read_file`, of the file itself.
    pub fn read_either(path: &Path, fits: impl Fn(&Self) -> bool) -> Result<Self, RootKeyError> {
        let key = Self::read_file(path);
        if key.as_ref().is_ok_and(&fits) {
            return key;
        }
        match Self::read_file(&key_file_beside(path)) {
            Ok(new) if fits(&new) => {
                Self::replace_file(path)?;
                Ok(new)
            }
            _ => key,
        }
    }

    /// Makes a new key and its file (mode 0600), durable before this returns. Never overwrites a file.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create_file(path: &Path) -> Result<Self, RootKeyError> {
        let key = Self::generate().map_err(|_| RootKeyError::NoRandomness)?;
        key.write_file(path)?;
        Ok(key)
    }

    /// Writes this key to a new file (mode 0600), durable before this returns. Never overwrites a file.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn write_file(&self, path: &Path) -> Result<(), RootKeyError> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unwritable(path))?;
        let line = self.hex();
        let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + line.len() + 1));
        text.push_str(HEADER);
        text.push_str(&line);
        text.push('\n');
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable(path))?;
        sync_parent(path).map_err(unwritable(path))
    }

    /// Makes a new key in the file beside this one. One that an interrupted rotation left there never counted and goes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_beside(path: &Path) -> Result<Self, RootKeyError> {
        let beside = key_file_beside(path);
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&beside)(error)),
            _ => Self::create_file(&beside),
        }
    }

    /// Lets the file beside this one take its place. The old key is overwritten then: with an older copy of the data it would
    /// still open what lived at that time.
    ///
    /// # Errors
    /// When it cannot be renamed; it is still beside then, and the next start tries again.
    pub fn replace_file(path: &Path) -> Result<(), RootKeyError> {
        let old = OpenOptions::new().write(true).open(path).ok();
        fs::rename(key_file_beside(path), path).and_then(|()| sync_parent(path)).map_err(unwritable(path))?;
        if let Some(mut old) = old {
            // It has no name any more, so a failure here leaves nothing that a person could mend.
            let length = old.metadata().map_or(0, |facts| facts.len().min(FILE_BYTES_MAX));
            let _ = io::copy(&mut io::repeat(0).take(length), &mut old).and_then(|_| old.sync_all());
        }
        Ok(())
    }
}

fn read_text(file: File) -> io::Result<Zeroizing<String>> {
    // Large enough at once, so that it is never moved and no copy stays behind.
    let mut text = Zeroizing::new(String::with_capacity(FILE_BYTES_MAX as usize));
    file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> RootKeyError {
    move |error| match error.kind() {
        io::ErrorKind::AlreadyExists => RootKeyError::Exists(path.to_owned()),
        _ => RootKeyError::Unwritable { path: path.to_owned(), reason: error.to_string() },
    }
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
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
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(RootKey::read_file(&path).unwrap().expose(), made.expose());
        assert!(matches!(RootKey::create_file(&path), Err(RootKeyError::Exists(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(RootKey::read_file(&path), Err(RootKeyError::OpenToOthers { mode: 0o640, .. })));
    }

    #[test]
    fn what_is_missing_or_no_key_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("none.key");
        assert!(RootKey::read_file(&missing).err().unwrap().to_string().contains("none.key"));
        let path = dir.path().join("other.key");
        fs::write(&path, [0xff; 40]).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(RootKey::read_file(&path), Err(RootKeyError::NotAKey(_))));
    }

    #[test]
    fn wherever_a_rotation_is_cut_short_the_key_that_counts_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        let old = RootKey::create_file(&path).unwrap();
        let counts = |key: &RootKey| {
            let key = *key.expose();
            move |candidate: &RootKey| candidate.expose() == &key
        };
        // Before the new one counts, whether it is whole or torn, the old one is found and nothing is moved.
        let new = RootKey::create_beside(&path).unwrap();
        assert_eq!(RootKey::read_either(&path, counts(&old)).unwrap().expose(), old.expose());
        fs::write(key_file_beside(&path), "torn").unwrap();
        assert_eq!(RootKey::read_either(&path, counts(&old)).unwrap().expose(), old.expose());
        assert_eq!(RootKey::read_file(&path).unwrap().expose(), old.expose());
        // The next try starts afresh; from when the tip has changed, the new one is found, and takes its place.
        drop(new);
        let new = RootKey::create_beside(&path).unwrap();
        assert_eq!(RootKey::read_either(&path, counts(&new)).unwrap().expose(), new.expose());
        assert!(!key_file_beside(&path).exists());
        assert_eq!(RootKey::read_file(&path).unwrap().expose(), new.expose());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        // Even where somebody took the old file away in between.
        let newer = RootKey::create_beside(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(RootKey::read_either(&path, counts(&newer)).unwrap().expose(), newer.expose());
        // Where neither fits, the caller learns what the file itself says.
        assert_eq!(RootKey::read_either(&path, |_| false).unwrap().expose(), newer.expose());
    }

    #[test]
    fn a_key_that_was_replaced_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        RootKey::create_file(&path).unwrap();
        // A second name for the same file shows what becomes of its content.
        let still = dir.path().join("still");
        fs::hard_link(&path, &still).unwrap();
        RootKey::create_beside(&path).unwrap();
        RootKey::replace_file(&path).unwrap();
        assert!(fs::read(&still).unwrap().iter().all(|byte| *byte == 0));
    }
}
