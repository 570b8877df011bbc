//! Where the passphrase of the root key comes from: a person at the terminal, the first line of standard input, or a file. It is
//! never taken from an argument or a variable, which other programs could read.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::PassphraseFrom;
use crate::domain::credential::{Passphrase, PasswordError};
use crate::domain::limits;

/// Bytes of a line that may be a passphrase: each character takes up to four.
const LINE_BYTES: usize = limits::PASSWORD_CHARS_MAX * 4 + 2;

#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    #[error("none was given. Type it at a terminal, write it to standard input, or name a file with --root-key-passphrase-file.")]
    Nothing,
    #[error("the two that were typed differ. Nothing was changed.")]
    Differ,
    #[error("{0}")]
    Weak(#[from] PasswordError),
    #[error("it is no line of text.")]
    NotText,
    #[error("the terminal does not answer ({0}).")]
    Terminal(io::Error),
    #[error("{path} cannot be read ({reason}).")]
    Unreadable { path: PathBuf, reason: String },
    #[error("{path} can be read by others (mode {mode:04o}). Run: chmod 600 {path}")]
    OpenToOthers { path: PathBuf, mode: u32 },
}

/// Whether a person could type it once more.
pub(super) fn can_be_asked_again(from: &PassphraseFrom) -> bool {
    *from == PassphraseFrom::Person && io::stdin().is_terminal()
}

/// The one that was chosen before.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn existing(from: &PassphraseFrom) -> Result<Passphrase, PassphraseError> {
    read(from, "Passphrase of the root key: ").map(|line| Passphrase::typed(line.to_string()))
}

/// A new one: asked for twice where a person types it, and hard to guess.
///
/// # Errors
/// When there is none, it cannot be read, or it is weak.
pub fn chosen(from: &PassphraseFrom) -> Result<Passphrase, PassphraseError> {
    let line = read(from, "New passphrase for the root key: ")?;
    let passphrase = Passphrase::parse_new(line.to_string())?;
    if can_be_asked_again(from) && *read(from, "The same once more: ")? != *line {
        return Err(PassphraseError::Differ);
    }
    Ok(passphrase)
}

fn read(from: &PassphraseFrom, prompt: &str) -> Result<Zeroizing<String>, PassphraseError> {
    let line = match from {
        PassphraseFrom::Person if io::stdin().is_terminal() => {
            Zeroizing::new(rpassword::prompt_password(prompt).map_err(PassphraseError::Terminal)?)
        }
        PassphraseFrom::Person => first_line(&mut Unbuffered, Path::new("standard input"))?,
        PassphraseFrom::File(path) | PassphraseFrom::Credential(path) => {
            let unreadable = |error: io::Error| PassphraseError::Unreadable { path: path.clone(), reason: error.to_string() };
            let mut file = File::open(path).map_err(unreadable)?;
            let mode = file.metadata().map_err(unreadable)?.mode() & 0o7777;
            if mode & 0o077 != 0 && matches!(from, PassphraseFrom::File(_)) {
                return Err(PassphraseError::OpenToOthers { path: path.clone(), mode });
            }
            first_line(&mut file, path)?
        }
    };
    if line.is_empty() { Err(PassphraseError::Nothing) } else { Ok(line) }
}

/// Standard input as it is. The buffer of `io::stdin` would take in the lines behind, and keep all of them in memory.
struct Unbuffered;

impl Read for Unbuffered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(io::stdin(), buffer)?)
    }
}

/// Byte by byte, so that what stands behind the line is left for whoever reads next.
fn first_line(reader: &mut impl Read, path: &Path) -> Result<Zeroizing<String>, PassphraseError> {
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    let mut byte = [0];
    while line.len() < LINE_BYTES {
        match reader.read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(PassphraseError::Unreadable { path: path.to_owned(), reason: error.to_string() }),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    let text = std::str::from_utf8(&line).map_err(|_| PassphraseError::NotText)?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn file(dir: &Path, bytes: &[u8], mode: u32) -> PathBuf {
        let path = dir.join("passphrase");
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn the_first_line_of_a_file_is_the_passphrase_and_nothing_is_trimmed_but_its_end() {
        let dir = tempfile::tempdir().unwrap();
        for (bytes, expected) in
            [("harbour violin cactus", "harbour violin cactus"), (" with spaces \r\nsecond\n", " with spaces "), ("ä\n", "ä")]
        {
            let from = PassphraseFrom::File(file(dir.path(), bytes.as_bytes(), 0o600));
            assert_eq!(existing(&from).unwrap().expose(), expected);
        }
    }

    #[test]
    fn what_is_no_passphrase_has_a_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let refusal = |bytes: &[u8], mode| existing(&PassphraseFrom::File(file(dir.path(), bytes, mode))).err().unwrap();
        assert!(matches!(refusal(b"\nsecond", 0o600), PassphraseError::Nothing));
        assert!(matches!(refusal(&[0xff], 0o600), PassphraseError::NotText));
        assert!(matches!(refusal(b"harbour", 0o640), PassphraseError::OpenToOthers { mode: 0o640, .. }));
        assert!(refusal(b"harbour", 0o640).to_string().contains("chmod 600"));
        let missing = PassphraseFrom::File(dir.path().join("none"));
        assert!(existing(&missing).err().unwrap().to_string().contains("none"));
        // What systemd shows is for this service alone, whatever its mode.
        let shown = PassphraseFrom::Credential(file(dir.path(), b"harbour violin cactus", 0o440));
        assert_eq!(existing(&shown).unwrap().expose(), "harbour violin cactus");
    }

    #[test]
    fn a_new_one_has_to_be_hard_to_guess() {
        let dir = tempfile::tempdir().unwrap();
        let choose = |text: &str| chosen(&PassphraseFrom::File(file(dir.path(), text.as_bytes(), 0o600))).map(drop);
        assert!(choose("harbour violin cactus").is_ok());
        assert!(matches!(choose("short"), Err(PassphraseError::Weak(PasswordError::TooShort))));
        assert!(matches!(choose("passwordpassword"), Err(PassphraseError::Weak(PasswordError::Guessable))));
    }
}
