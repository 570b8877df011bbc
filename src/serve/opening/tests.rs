//! What a start makes, what refuses it, and that a refused one leaves no trace.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;
use crate::config::{PassphraseFrom, RootKeySource};
use crate::serve::SystemRandom;
use crate::vault::{Kit, RootKey, key_file_beside};

struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn start(config: &Config) -> Result<Arc<App>, StartError> {
    open(config.clone(), Arc::new(Fixed(NOW)), Arc::new(SystemRandom))
}

fn refusal(config: &Config) -> StartError {
    start(config).err().unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().mode() & 0o7777
}

/// Everything below a directory, so that "nothing was changed" can be seen.
fn listing(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    if dir.is_dir() {
        for entry in std::fs::read_dir(dir).unwrap() {
            found.extend(listing(&entry.unwrap().path()));
        }
    }
    found.sort();
    found
}

#[test]
fn the_first_start_makes_directory_and_key_for_this_user_alone() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("deep/data"));
    std::fs::create_dir(dir.path().join("deep")).unwrap();
    let app = start(&config).unwrap();
    assert_eq!(mode(&config.data_dir), 0o700);
    assert_eq!(mode(&dir.path().join("deep/data.key")), 0o600);
    app.store.close();
}

#[test]
fn a_key_that_lies_there_already_is_taken_at_the_first_start() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("data"));
    let key = dir.path().join("data.key");
    std::fs::write(&key, "ab".repeat(32)).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    start(&config).unwrap().store.close();
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "ab".repeat(32));
}

#[test]
fn a_missing_key_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("data"));
    std::fs::create_dir(&config.data_dir).unwrap();
    std::fs::write(config.data_dir.join("records"), "sealed").unwrap();
    let before = listing(dir.path());
    let refusal = refusal(&config);
    assert!(matches!(refusal, StartError::KeyMissing { .. }));
    assert!(refusal.to_string().contains("data.key") && refusal.to_string().contains("--root-key file:PATH"), "{refusal}");
    assert_eq!(listing(dir.path()), before);
}

#[test]
fn a_wrong_clock_a_file_in_the_way_and_a_missing_passphrase_leave_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let before = listing(dir.path());
    let config = Config::new(dir.path().join("data"));
    let early = Arc::new(Fixed(Timestamp::from_millis(1_700_000_000_000)));
    assert!(matches!(open(config.clone(), early, Arc::new(SystemRandom)), Err(StartError::Clock(_))));
    let missing = RootKeySource::Passphrase(PassphraseFrom::File(dir.path().join("none")));
    assert!(matches!(refusal(&Config { root_key: missing, ..config.clone() }), StartError::Passphrase(_)));
    assert!(matches!(
        refusal(&Config {
            root_key: RootKeySource::Credential { name: "key".to_owned(), path: dir.path().join("none") },
            ..config.clone()
        }),
        StartError::Credential { .. }
    ));
    assert!(matches!(open_existing(config, Arc::new(Fixed(NOW)), Arc::new(SystemRandom)), Err(StartError::Nothing(_))));
    assert_eq!(listing(dir.path()), before);
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(refusal(&Config::new(file)), StartError::NotADirectory(_)));
}

#[test]
fn what_a_new_file_system_has_in_it_is_no_installation() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("data"));
    std::fs::create_dir_all(config.data_dir.join("lost+found")).unwrap();
    start(&config).unwrap().store.close();
    assert!(dir.path().join("data.key").exists());
}

#[test]
fn a_credential_is_read_whatever_its_mode() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("parlor.key");
    std::fs::write(&path, "cd".repeat(32)).unwrap();
    let root_key = RootKeySource::Credential { name: "parlor.key".to_owned(), path };
    let config = Config { root_key, ..Config::new(dir.path().join("data")) };
    start(&config).unwrap().store.close();
    assert!(!dir.path().join("data.key").exists());
}

/// A file with a passphrase in it, and the setting that names it.
fn passphrase(dir: &Path, text: &str) -> RootKeySource {
    let path = dir.join("passphrase");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    RootKeySource::Passphrase(PassphraseFrom::File(path))
}

#[test]
fn a_passphrase_opens_what_was_made_with_it_and_nothing_else_does() {
    let dir = tempfile::tempdir().unwrap();
    let with = |root_key| Config { root_key, ..Config::new(dir.path().join("data")) };
    let weak = refusal(&with(passphrase(dir.path(), "password")));
    assert!(matches!(weak, StartError::Passphrase(_)) && !dir.path().join("data").exists(), "{weak}");
    let config = with(passphrase(dir.path(), "harbour violin cactus"));
    let app = start(&config).unwrap();
    let kit = app.store.split_root_key(2, 2).unwrap();
    app.store.close();
    assert!(!dir.path().join("data.key").exists(), "no key is written anywhere");
    start(&config).unwrap().store.close();

    let wrong = refusal(&with(passphrase(dir.path(), "harbour violin cactuS")));
    assert!(matches!(wrong, StartError::WrongPassphrase(_)) && wrong.to_string().contains("recovery kit"), "{wrong}");
    // A key file is not what it takes, whether there is one or not; the sentence says what does.
    let file = dir.path().join("data.key");
    for _ in 0..2 {
        let needs = refusal(&with(RootKeySource::File(file.clone())));
        assert!(matches!(needs, StartError::NeedsPassphrase { .. }), "{needs}");
        assert!(needs.to_string().contains("--root-key passphrase"), "{needs}");
        let _ = RootKey::create_file(&file);
    }
    // But the key that a recovery kit gave back is, and the passphrase goes on opening it.
    std::fs::remove_file(&file).unwrap();
    Kit::join(kit.shares()).unwrap().write_file(&file).unwrap();
    start(&with(RootKeySource::File(file))).unwrap().store.close();
    start(&with(passphrase(dir.path(), "harbour violin cactus"))).unwrap().store.close();
}

#[test]
fn a_passphrase_for_what_a_key_file_opens_is_answered_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("data"));
    start(&config).unwrap().store.close();
    let before = listing(dir.path());
    let config = Config { root_key: RootKeySource::Passphrase(PassphraseFrom::File("/none".into())), ..config };
    let refusal = refusal(&config);
    assert!(matches!(refusal, StartError::NeedsKey(_)) && refusal.to_string().contains("file:PATH"), "{refusal}");
    assert_eq!(listing(dir.path()), before);
}

#[test]
fn a_rotation_that_was_cut_short_is_finished_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new(dir.path().join("data"));
    let key = dir.path().join("data.key");
    start(&config).unwrap().store.close();
    // After the tip has changed, before the new file took the old one's place.
    std::fs::rename(&key, key_file_beside(&key)).unwrap();
    let other = RootKey::create_file(&key).unwrap();
    start(&config).unwrap().store.close();
    assert!(!key_file_beside(&key).exists() && RootKey::read_file(&key).unwrap().expose() != other.expose());
    // Before it has changed: the new one never counted.
    RootKey::create_beside(&key).unwrap();
    start(&config).unwrap().store.close();
    assert!(key_file_beside(&key).exists());
}
