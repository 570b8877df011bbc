//! Tests: where the key lies at each step, and what is refused.

use super::*;
use crate::domain::access::Actor;
use crate::domain::root_key::KeyPlace;
use crate::service::stage::Stage;

fn conflict<T>(result: Result<T, Failure>) -> String {
    match result.err() {
        Some(Failure::Conflict(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

fn at_file(dir: &Path) -> RootKeySource {
    let path = dir.join("root.key");
    RootKey::create_file(&path).unwrap();
    RootKeySource::File(path)
}

/// Whether this key is in force: a kit of it and of the store's own give the same.
fn is_in_force(stage: &Stage, key: &RootKey) -> bool {
    let kit = stage.store.split_root_key(2, 2).unwrap();
    Kit::join(kit.shares()).unwrap().expose() == key.expose()
}

#[test]
fn a_rotated_key_takes_the_place_of_the_old_one() {
    let (stage, _) = Stage::set_up();
    let dir = tempfile::tempdir().unwrap();
    let place = at_file(dir.path());
    let RootKeySource::File(path) = &place else { panic!("a file") };
    let old = RootKey::read_file(path).unwrap();
    // What an interrupted rotation left behind is in nobody's way.
    std::fs::write(key_file_beside(path), "half a key").unwrap();
    rotate(&stage.ctx(&Actor::Host), &place).unwrap();
    let new = RootKey::read_file(path).unwrap();
    assert_ne!(new.expose(), old.expose());
    assert!(is_in_force(&stage, &new) && !key_file_beside(path).exists());
    assert_eq!(stage.store.root_key_since(), Some(stage.now));
    assert_eq!(stage.last_audit(), AuditAction::RootKeyRotated);
}

#[test]
fn where_the_new_key_cannot_be_written_nothing_changes() {
    let (stage, _) = Stage::set_up();
    let before = stage.audit().len();
    let place = RootKeySource::File("/nowhere/at/all/root.key".into());
    assert!(conflict(rotate(&stage.ctx(&Actor::Host), &place)).contains("/nowhere/at/all/root.key.new"));
    assert!(is_in_force(&stage, &RootKey::from_bytes([7; 32])) && stage.audit().len() == before);
}

#[test]
fn the_key_moves_to_a_file_a_credential_and_a_passphrase() {
    let (stage, _) = Stage::set_up();
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut place = at_file(dir.path());
    let host = Actor::Host;
    // A file that is made, one that is there already, and a credential.
    let path = dir.path().join("new.key");
    place = change(&stage.ctx(&host), &data, &place, NewPlace::File(path.clone())).unwrap();
    assert!(place == RootKeySource::File(path.clone()) && is_in_force(&stage, &RootKey::read_file(&path).unwrap()));
    assert!(dir.path().join("root.key").exists(), "the old key is the owner's to erase");
    let prepared = dir.path().join("prepared.key");
    let key = RootKey::create_file(&prepared).unwrap();
    place = change(&stage.ctx(&host), &data, &place, NewPlace::File(prepared.clone())).unwrap();
    assert!(is_in_force(&stage, &key));
    let shown = dir.path().join("shown");
    std::fs::write(&shown, "cd".repeat(32)).unwrap();
    let credential = NewPlace::Credential { name: "shown".to_owned(), path: shown };
    place = change(&stage.ctx(&host), &data, &place, credential).unwrap();
    assert!(place.to_string() == "credential:shown" && is_in_force(&stage, &RootKey::from_bytes([0xcd; 32])));
    // And a passphrase, with today's costs.
    let passphrase = NewPlace::Passphrase(Passphrase::typed("harbour violin cactus".to_owned()));
    place = change(&stage.ctx(&host), &data, &place, passphrase).unwrap();
    assert!(place.place() == KeyPlace::Passphrase && stage.store.is_passphrase_root());
    let places = [KeyPlace::File, KeyPlace::File, KeyPlace::Credential, KeyPlace::Passphrase];
    assert!(stage.audit().ends_with(&places.map(AuditAction::RootKeyChanged)));
}

#[test]
fn a_place_that_does_not_serve_is_refused_and_nothing_changes() {
    let (stage, _) = Stage::set_up();
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let place = at_file(dir.path());
    let to = |path: PathBuf| conflict(change(&stage.ctx(&Actor::Host), &data, &place, NewPlace::File(path)));
    assert!(to(data.join("root.key")).contains("inside the data directory"));
    assert!(to(data.join("../data/root.key")).contains("inside the data directory"));
    assert!(to(dir.path().join("root.key")).contains("parlor key rotate"));
    let no_key = dir.path().join("letter.txt");
    std::fs::write(&no_key, "Dear Anna").unwrap();
    assert!(to(no_key).contains("letter.txt"));
    for (place, words) in [
        (RootKeySource::Credential { name: "parlor.key".to_owned(), path: "/x".into() }, "systemd-creds encrypt"),
        (RootKeySource::Passphrase(PassphraseFrom::Person), "--to passphrase"),
    ] {
        assert!(conflict(rotate(&stage.ctx(&Actor::Host), &place)).contains(words));
    }
    assert!(is_in_force(&stage, &RootKey::from_bytes([7; 32])));
    assert_eq!(stage.audit().len(), 2, "setup and its site, and nothing since");
}

#[test]
fn a_kit_is_made_for_the_host_alone_and_noted() {
    let (stage, admin) = Stage::set_up();
    let kit = make_kit(&stage.ctx(&Actor::Host), 5, 3).unwrap();
    assert_eq!(Kit::join(&kit.shares()[2..]).unwrap().expose(), &[7; 32]);
    assert_eq!(stage.last_audit(), AuditAction::RecoveryKitMade { shares: 5, threshold: 3 });
    assert!(conflict(make_kit(&stage.ctx(&Actor::Host), 3, 5)).contains("2 to 20"));
    let admin = stage.actor(admin.operator);
    let place = RootKeySource::File("/x".into());
    assert!(matches!(make_kit(&stage.ctx(&admin), 5, 3), Err(Failure::Denied(_))));
    assert!(matches!(rotate(&stage.ctx(&admin), &place), Err(Failure::Denied(_))));
    assert!(matches!(change(&stage.ctx(&admin), Path::new("/y"), &place, NewPlace::File("/z".into())), Err(Failure::Denied(_))));
}
