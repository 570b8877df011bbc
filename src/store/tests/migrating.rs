//! What an older format wrote is found again, wherever the upgrade was cut short.

use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::store::migrate::{FORMER_SLED, Upgrade};
use crate::store::parts;
use crate::store::records::{self, PurgeRecord1};
use crate::vault::{Tip, TipHeader};

/// The frozen data directory of a format.
fn thaw(dir: &Path, format: u16) -> PathBuf {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/frozen/format-{format}.tar.gz"));
    let status = Command::new("tar").arg("-xzf").arg(sample).arg("-C").arg(dir).status().unwrap();
    assert!(status.success(), "tar unpacks the sample");
    dir.join("data")
}

fn root() -> RootKey {
    RootKey::from_bytes(sample::ROOT)
}

fn tip(data: &Path) -> Tip {
    let bytes = std::fs::read(data.join("tip")).unwrap();
    TipHeader::read(&bytes[..512]).unwrap().open(&root()).unwrap()
}

fn upgrade<'a>(data: &'a Path, root: &'a RootKey) -> Upgrade<'a> {
    Upgrade { data_dir: data, root, tip: tip(data), slot: 0 }
}

/// It opens, twice, with everything in it, and nothing of the former format is left.
fn is_whole(data: &Path) {
    for _ in 0..2 {
        let store = open(data, &root(), &Arc::default()).unwrap();
        sample::check(&store);
        store.close();
        assert!(!data.join(FORMER_SLED).exists());
        assert_eq!(tip(data).format, FORMAT);
    }
}

#[test]
fn what_format_one_wrote_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 1);
    is_whole(&data);
    // And it goes on from there.
    let store = open(&data, &root(), &Arc::default()).unwrap();
    let mut batch = store.batch();
    let new = Conversation { token_index: [99; 32], ..head(99) };
    let talk = batch.start_conversation(&new);
    add(&mut batch, &mut talk.lock(), "after the upgrade");
    store.commit(batch).wait().unwrap();
    store.purge(purge_of(&[head(3).id])).wait().unwrap();
    store.close();
    let store = open(&data, &root(), &Arc::default()).unwrap();
    assert_eq!(store.events(new.id, 0, 9).unwrap().len(), 1);
    assert_eq!(store.conversation(head(3).id).unwrap(), None);
}

/// Its journal holds commits that its database does not.
#[test]
fn what_format_two_wrote_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 2);
    let tip = tip(&data);
    let end = journal::end(&data.join(journal::NAME), &tip.journal, &tip.installation).unwrap();
    crate::store::files::wait_for_release(&data.join("index-1/db"));
    let commit = crate::store::generation::open(&data, 1).unwrap().get(Table::Meta.key(tables::META_COMMIT)).unwrap().unwrap();
    assert!(u64::from_be_bytes(commit[..].try_into().unwrap()) < end.commit);
    is_whole(&data);
}

/// Nothing has to be brought up to date.
#[test]
fn what_format_four_wrote_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 4);
    assert_eq!(tip(&data).format, 4);
    is_whole(&data);
    let store = open(&data, &root(), &Arc::default()).unwrap();
    sample::check_signing_in(&store);
    store.close();
}

#[test]
fn what_format_five_wrote_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 5);
    assert_eq!(tip(&data).format, 5);
    is_whole(&data);
    let store = open(&data, &root(), &Arc::default()).unwrap();
    sample::check_signing_in(&store);
    sample_privacy::check(&store);
    store.close();
}

/// Its tip alone is brought up to date.
#[test]
fn what_format_three_wrote_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 3);
    assert_eq!(tip(&data).format, 3);
    is_whole(&data);
}

/// The tip alone is written anew, in both places: whichever of them was, and however far, the directory opens.
#[test]
fn a_tip_that_was_half_brought_up_to_date_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let data = thaw(dir.path(), 2);
    let before = std::fs::read(data.join("tip")).unwrap();
    let upgraded = dir.path().join("upgraded");
    erasure::copy(&data, &upgraded);
    is_whole(&upgraded);
    let after = std::fs::read(upgraded.join("tip")).unwrap();
    for (written, other) in [(1, 0), (0, 1)] {
        for length in [0, 100, 511, 512] {
            let torn = dir.path().join(format!("torn-{written}-{length}"));
            erasure::copy(&data, &torn);
            let mut bytes = before.clone();
            bytes[written * 4_096..][..length].copy_from_slice(&after[written * 4_096..][..length]);
            assert!(TipHeader::read(&bytes[other * 4_096..][..512]).is_some());
            std::fs::write(torn.join("tip"), bytes).unwrap();
            is_whole(&torn);
        }
    }
}

#[test]
fn an_upgrade_that_was_cut_short_begins_again_or_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (data, root) = (thaw(dir.path(), 1), root());
    let crashed = |name: &str| {
        let crashed = dir.path().join(name);
        erasure::copy(&data, &crashed);
        crashed
    };
    let before = std::fs::read(data.join("tip")).unwrap();
    let mut upgrade = upgrade(&data, &root);
    upgrade.clear_attempt().unwrap();
    let commit = upgrade.copy().unwrap();
    is_whole(&crashed("copied"));
    let half = crashed("half-copied");
    std::fs::write(half.join("index-1/db"), b"half").unwrap();
    std::fs::remove_file(half.join("generation")).unwrap();
    is_whole(&half);
    upgrade.begin_journal(commit).unwrap();
    is_whole(&crashed("journal"));
    upgrade.switch().unwrap();
    let after = std::fs::read(data.join("tip")).unwrap();
    // Whichever of the two slots was written, and however far.
    for (written, other) in [(1, 0), (0, 1)] {
        for length in [0, 100, 511, 512] {
            let torn = crashed(&format!("tip-{written}-{length}"));
            let mut bytes = before.clone();
            bytes[written * 4_096..][..length].copy_from_slice(&after[written * 4_096..][..length]);
            assert!(TipHeader::read(&bytes[other * 4_096..][..512]).is_some());
            std::fs::write(torn.join("tip"), bytes).unwrap();
            is_whole(&torn);
        }
    }
    is_whole(&crashed("switched"));
    let cleared = crashed("half-cleared");
    std::fs::remove_file(cleared.join(FORMER_SLED).join("db")).unwrap();
    is_whole(&cleared);
}

#[test]
fn a_purge_that_format_one_left_half_done_is_finished_or_undone() {
    let dir = tempfile::tempdir().unwrap();
    for is_flipped in [false, true] {
        let base = dir.path().join(format!("{is_flipped}"));
        std::fs::create_dir(&base).unwrap();
        let data = thaw(&base, 1);
        let tip = tip(&data);
        let epoch = if is_flipped { tip.epoch } else { tip.epoch + 1 };
        {
            crate::store::files::wait_for_release(&data.join(FORMER_SLED).join("db"));
            let sled = crate::store::generation::open_at(&data.join(FORMER_SLED)).unwrap();
            let index = index::Index::new(Arc::new(sled), Default::default());
            let read = |level, at| drawers::node_in(&index, tip.epoch, level, at);
            let keys = HouseKeys::new(crate::vault::Walker::default().key(&tip.top, 0, &tip.installation, read).unwrap());
            let record = PurgeRecord1 {
                epoch,
                doomed: vec![([4; 16], 0, None)],
                replaced: Vec::new(),
                site: *site().as_bytes(),
                rule: PurgeRule::ByHand.into(),
                actor: (&AuditActor::Host).into(),
                at: 5,
                events: 3,
            };
            let mut writes = Vec::new();
            let bytes = records::encode(&record).unwrap();
            let sealer = keys.sealer(Table::Purges);
            parts::seal(sealer, &tip.installation, Table::Purges, &epoch.to_be_bytes(), &bytes, &mut writes).unwrap();
            let (key, value) = writes.remove(0);
            let sled = index.sled().unwrap();
            sled.insert(key, value.unwrap()).unwrap();
            // A node as a purge before its flip writes it: it must not be in force afterwards.
            let node = crate::vault::NodeAt { level: 0, index: 0, epoch: tip.epoch + 1 };
            sled.insert(Table::Keys.key(&node.key()), b"of no use").unwrap();
            sled.flush().unwrap();
        }
        if is_flipped {
            let store = open(&data, &root(), &Arc::default()).unwrap();
            assert_eq!(store.conversation(head(4).id).unwrap(), None);
            assert_eq!(store.conversation_of(&[4; 32]), None);
            let rows = store.audit_rows(None, 9).unwrap();
            assert!(matches!(rows[0].action, AuditAction::Purged(receipt) if receipt.rule == PurgeRule::ByHand));
            assert_eq!(rows.len(), 4);
            store.close();
        } else {
            is_whole(&data);
        }
    }
}

#[test]
fn a_damaged_directory_of_format_one_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    for lost in ["watermark", "index/db"] {
        let base = dir.path().join(lost.replace('/', "-"));
        std::fs::create_dir(&base).unwrap();
        let data = thaw(&base, 1);
        std::fs::remove_file(data.join(lost)).unwrap();
        let error = open(&data, &root(), &Arc::default()).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "{lost}: {error}");
        assert_eq!((tip(&data).format, data.join(lost).exists()), (1, false));
    }
}
