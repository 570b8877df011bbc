use super::*;

const HOME: [u8; 16] = [4; 16];
type Disk = BTreeMap<(u8, u32), (NodeAt, Vec<u8>)>;

/// A tree whose leaves 0, 1 and 70 exist.
fn tree() -> (Key, Disk) {
    let top = Key::random().unwrap();
    let mut disk = Disk::new();
    for slot in [0, 64, 70 * 64] {
        let grown = grow(&top, slot, 1, &HOME, |level, index| Ok::<_, VaultError>(disk.get(&(level, index)).cloned())).unwrap();
        disk.extend(grown.written.into_iter().map(|(at, sealed)| ((at.level, at.index), (at, sealed))));
    }
    (top, disk)
}

fn key_in(top: &Key, disk: &Disk, slot: Slot) -> Result<[u8; 32], VaultError> {
    Walker::default().key(top, slot, &HOME, |level, index| Ok(disk.get(&(level, index)).cloned())).map(|key: Key| *key.expose())
}

#[test]
fn paths_count_like_a_clock() {
    let slot = 64_u32.pow(3) + 2 * 64_u32.pow(2) + 3 * 64 + 4;
    assert_eq!((0..LEVELS).map(|level| child_at(level, slot)).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((0..LEVELS).map(|level| index_at(level, slot)).collect::<Vec<_>>(), [0, 1, 66, 4227]);
    let at = NodeAt { level: 3, index: 4227, epoch: 9 };
    assert_eq!(NodeAt::from_key(&at.key()), Some(at));
}

#[test]
fn rekeying_changes_the_keys_asked_for_and_no_other() {
    let (top, old) = tree();
    let slots = BTreeSet::from([3, 64, 70 * 64 + 63]);
    let rekeyed = rekey(&top, &slots, 2, &HOME, |level, index| Ok::<_, VaultError>(old.get(&(level, index)).cloned())).unwrap();
    // Three leaves; 0 and 1 share all that is above them, 70 has a level-2 node of its own: 3 + 2 + 1 + 1.
    assert_eq!(rekeyed.written.len(), 7);
    assert_eq!(rekeyed.replaced.len(), 7);
    let mut new = old.clone();
    for (at, sealed) in &rekeyed.written {
        new.insert((at.level, at.index), (*at, sealed.clone()));
    }
    for slot in [0, 1, 2, 3, 63, 64, 65, 70 * 64, 70 * 64 + 63] {
        let (before, after) = (key_in(&top, &old, slot).unwrap(), key_in(&rekeyed.top, &new, slot).unwrap());
        assert_eq!(before != after, slots.contains(&slot), "slot {slot}");
    }
    // The old top key opens nothing new, and the new one nothing old.
    assert_eq!(key_in(&top, &new, 0), Err(VaultError::DoesNotOpen));
    assert_eq!(key_in(&rekeyed.top, &old, 0), Err(VaultError::DoesNotOpen));
}

#[test]
fn a_node_that_is_not_there_is_named_missing() {
    let (top, disk) = tree();
    assert_eq!(key_in(&top, &disk, 2 * 64), Err(VaultError::NodeMissing));
}

#[test]
fn a_walker_finds_the_same_keys_in_any_order() {
    let (top, disk) = tree();
    let mut walker = Walker::default();
    for slot in [0, 70 * 64, 1, 65, 63, 64, 70 * 64 + 9, 0] {
        let found: Result<Key, VaultError> = walker.key(&top, slot, &HOME, |level, index| Ok(disk.get(&(level, index)).cloned()));
        assert_eq!(found.map(|key| *key.expose()), key_in(&top, &disk, slot));
    }
}
