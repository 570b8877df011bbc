//! Another root key while everything goes on: at every instant exactly one of the two opens, and nothing is lost.

use super::*;
use crate::domain::root_key::KeyPlace;
use crate::store::RootChange;
use crate::vault::{Derivation, SLOT_BYTES, Tip, TipHeader, TipState};

fn change_to(key: &RootKey) -> RootChange {
    let action = AuditAction::RootKeyChanged(KeyPlace::Passphrase);
    RootChange { key: key.clone(), action, actor: AuditActor::Host, now: at(1_000) }
}

fn slots(data_dir: &Path) -> [TipHeader; 2] {
    let bytes = std::fs::read(data_dir.join("tip")).unwrap();
    [0, 4_096].map(|at| TipHeader::read(&bytes[at..at + SLOT_BYTES]).unwrap())
}

fn changes(store: &Store) -> usize {
    let rows = store.audit_rows(None, 99).unwrap();
    rows.iter().filter(|row| row.action == AuditAction::RootKeyChanged(KeyPlace::Passphrase)).count()
}

#[test]
fn a_new_root_key_opens_what_was_there_and_the_old_one_nothing() {
    let house = House::new();
    let (one, two) = (house.conversation(1, &["one"]), house.conversation(2, &["two"]));
    house.close(two, 5);
    let new = Derivation::cheap().derive("harbour violin cactus").unwrap();
    let [before, _] = slots(&house.data_dir());
    assert!(before.open(&house.root).is_ok() && before.open(&new).is_err());
    assert!(!house.store.is_passphrase_root() && house.store.root_key_since().is_none());
    house.store.rekey_root(change_to(&new)).wait().unwrap();

    // Both slots are sealed under the new key, with another top key, and say how the key is made.
    let top_before = *before.open(&house.root).unwrap().top.expose();
    for slot in slots(&house.data_dir()) {
        assert!(slot.open(&house.root).is_err(), "no slot of the old key is left");
        assert_ne!(slot.open(&new).unwrap().top.expose(), &top_before, "an old tip leads nowhere new");
        assert_eq!(slot.key.derivation, Some(Derivation::cheap()));
    }
    assert!(house.store.is_passphrase_root());
    assert_eq!((house.store.root_key_since(), changes(&house.store)), (Some(at(1_000)), 1));

    // Everything goes on: reading, writing, and purging, which writes the tip again under the new key.
    assert_eq!((house.texts(one), house.texts(two)), (vec!["one".to_owned()], vec!["two".to_owned()]));
    let three = house.conversation(3, &["three"]);
    house.purge(&[two]);
    assert!(slots(&house.data_dir()).iter().all(|slot| slot.open(&new).is_ok() && slot.key.derivation.is_some()));
    house.store.close();
    assert!(matches!(open(&house.data_dir(), &house.root, &house.told), Err(OpenError::WrongKey(_))));
    // The same key without a word on how it was made, as a recovery kit gives it back.
    let recovered = RootKey::from_bytes(*new.expose());
    let House { dir, told, .. } = house;
    let house = House { store: open(&data(dir.path()), &recovered, &told).unwrap(), root: recovered, dir, told };
    assert_eq!((house.texts(one), house.texts(three)), (vec!["one".to_owned()], vec!["three".to_owned()]));
    assert!(house.store.conversation(two).unwrap().is_none());
    house.purge(&[three]);
    assert!(slots(&house.data_dir()).iter().all(|slot| slot.key.derivation.is_some()), "the passphrase still opens");
}

#[test]
fn a_key_can_be_changed_many_times_while_messages_come_in() {
    let house = House::new();
    let id = house.conversation(1, &[]);
    let keys: Vec<_> = (0..5).map(|_| RootKey::generate().unwrap()).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=50 {
                let open = house.store.open_conversation(id).unwrap();
                let mut batch = house.store.batch();
                let commit = {
                    let mut open = open.lock();
                    add(&mut batch, &mut open, &format!("number {number}"));
                    house.store.commit(batch)
                };
                commit.wait().unwrap();
            }
        });
        for key in &keys {
            house.store.rekey_root(change_to(key)).wait().unwrap();
        }
    });
    house.store.close();
    let House { dir, told, .. } = house;
    for key in &keys[..4] {
        assert!(matches!(open(&data(dir.path()), key, &told), Err(OpenError::WrongKey(_))));
    }
    let store = open(&data(dir.path()), &keys[4], &told).unwrap();
    assert_eq!((store.events(id, 0, 99).unwrap().len(), changes(&store)), (50, 5));
}

#[test]
fn a_crash_at_any_point_leaves_one_of_the_two_keys_in_force() {
    let house = House::new();
    let id = house.conversation(1, &["still here"]);
    let House { dir, root: old, store, told } = house;
    let data = data(dir.path());
    store.close();
    drop(store);
    let new = RootKey::generate().unwrap();
    let tip_before = std::fs::read(data.join("tip")).unwrap();

    // Step 1 alone, as the eraser does it.
    let (record, top, installation, journal) = half_way(&data, &old, |eraser| {
        let (record, top) = eraser.write_new_top(&change_to(&new)).unwrap();
        (record, top, eraser.shared.installation, eraser.journal_key.clone())
    });
    let crashed = dir.path().join("before-flip");
    super::erasure::copy(&data, &crashed);
    assert_eq!(std::fs::read(crashed.join("tip")).unwrap(), tip_before);
    for _ in 0..2 {
        assert!(matches!(open(&crashed, &new, &told), Err(OpenError::WrongKey(_))));
        let store = open(&crashed, &old, &told).unwrap();
        assert_eq!((store.events(id, 0, 9).unwrap().len(), changes(&store)), (1, 0), "nothing has happened");
        store.close();
    }
    // It can be changed after that, under the same epoch.
    let store = open(&crashed, &old, &told).unwrap();
    store.rekey_root(change_to(&new)).wait().unwrap();
    store.close();
    assert_eq!(changes(&open(&crashed, &new, &told).unwrap()), 1);

    // In the middle of the flip, after it, and at any point of the scrubbing.
    let tip = Tip { format: FORMAT, state: TipState::InForce, installation, epoch: record.epoch, top, journal };
    for flipped in [1, 40, 300, 511, 512] {
        for scrubbed in if flipped == 512 { vec![0, 1, 300, 512] } else { vec![0] } {
            let crashed = dir.path().join(format!("flip-{flipped}-{scrubbed}"));
            super::erasure::copy(&data, &crashed);
            let mut bytes = tip_before.clone();
            bytes[4_096..4_096 + flipped].copy_from_slice(&tip.slot(&new).unwrap()[..flipped]);
            bytes[..scrubbed].copy_from_slice(&tip.slot(&new).unwrap()[..scrubbed]);
            std::fs::write(crashed.join("tip"), bytes).unwrap();
            let (fits, other) = if flipped == 512 { (&new, &old) } else { (&old, &new) };
            assert!(matches!(open(&crashed, other, &told), Err(OpenError::WrongKey(_))), "{flipped} {scrubbed}");
            for _ in 0..2 {
                let store = open(&crashed, fits, &told).unwrap();
                assert_eq!(store.events(id, 0, 9).unwrap().len(), 1);
                assert_eq!(changes(&store), usize::from(flipped == 512), "one audit row, and only if it happened");
                store.close();
            }
            assert!(slots(&crashed).iter().all(|slot| slot.open(fits).is_ok() && slot.open(other).is_err()));
        }
    }
}
