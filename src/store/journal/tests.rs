use super::*;
use crate::store::parts::Write;

const INSTALLATION: [u8; 16] = [7; 16];

fn key() -> Key {
    Key::from_bytes([5; 32])
}

fn dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(NAME)).unwrap();
    dir
}

fn writes(commit: u64, bytes: usize) -> Vec<Write> {
    vec![(commit.to_be_bytes().to_vec(), Some(vec![3; bytes])), (vec![1], None)]
}

type Listed = Vec<(u64, Vec<Write>)>;

fn read_back(dir: &Path, after: u64) -> Result<(End, Listed), ReadError> {
    let mut found = Vec::new();
    let end = read(&dir.join(NAME), &key(), &INSTALLATION, after, |commit, writes| {
        found.push((commit, writes));
        Ok(())
    })?;
    Ok((end, found))
}

fn start(dir: &Path, last: u64) -> Journal {
    let (end, _) = read_back(dir, last).unwrap();
    assert_eq!(end.commit, last);
    Journal::start(Segments::new(dir, &end, None), key(), INSTALLATION, &end).unwrap()
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir.join(NAME)).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some());
    found.sort();
    found
}

#[test]
fn commits_come_back_in_order_over_many_segments_and_starts() {
    let dir = dir();
    let mut expected = Vec::new();
    for round in 0..3_u64 {
        let mut journal = start(dir.path(), round * 40);
        for commit in round * 40 + 1..=round * 40 + 40 {
            journal.append(commit, &writes(commit, 5_000)).unwrap();
            expected.push((commit, writes(commit, 5_000)));
        }
    }
    let (end, found) = read_back(dir.path(), 0).unwrap();
    assert_eq!((end.commit, found.len()), (120, 120));
    assert!(found == expected);
    assert!(segments(dir.path()).len() > 9, "a segment holds twelve of these");
    let (_, found) = read_back(dir.path(), 77).unwrap();
    assert_eq!(found.first().map(|(commit, _)| *commit), Some(78));
}

#[test]
fn a_commit_larger_than_a_segment_gets_one_of_its_own() {
    let dir = dir();
    let mut journal = start(dir.path(), 0);
    for (commit, bytes) in [(1, 10), (2, 3 * SEGMENT_BYTES), (3, 10), (4, SEGMENT_BYTES - 10)] {
        journal.append(commit, &writes(commit, bytes)).unwrap();
    }
    let (end, found) = read_back(dir.path(), 0).unwrap();
    assert_eq!((end.commit, found.len()), (4, 4));
    assert!(found[1].1 == writes(2, 3 * SEGMENT_BYTES));
}

/// What a power cut leaves of the last frame was never acknowledged; what it leaves of an earlier one was.
#[test]
fn a_torn_end_is_the_end_and_a_torn_middle_is_damage() {
    let dir = dir();
    let mut journal = start(dir.path(), 0);
    for commit in 1..=3 {
        journal.append(commit, &writes(commit, 100)).unwrap();
    }
    drop(journal);
    let path = segments(dir.path()).pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let frame = FRAME_HEAD_BYTES + segment::body_bytes(&writes(1, 100));
    for at in 0..3 * frame {
        let mut broken = whole.clone();
        broken[HEADER_BYTES + at] ^= 0x40;
        fs::write(&path, &broken).unwrap();
        let outcome = read_back(dir.path(), 0);
        match at / frame {
            2 => assert_eq!(outcome.unwrap().0.commit, 2, "byte {at}"),
            // A broken length, number or tag hides what follows: then the watermark tells.
            _ if at % frame < FRAME_HEAD_BYTES => assert!(outcome.is_err() || outcome.unwrap().0.commit < 3, "byte {at}"),
            _ => assert!(matches!(outcome, Err(ReadError::Damaged(_))), "byte {at}"),
        }
    }
    for length in HEADER_BYTES..HEADER_BYTES + 3 * frame {
        fs::write(&path, &whole[..length]).unwrap();
        let (end, _) = read_back(dir.path(), 0).unwrap();
        assert_eq!(end.commit as usize, (length - HEADER_BYTES) / frame, "cut to {length}");
    }
}

#[test]
fn a_missing_segment_is_damage() {
    let dir = dir();
    let mut journal = start(dir.path(), 0);
    for commit in 1..=40 {
        journal.append(commit, &writes(commit, 5_000)).unwrap();
    }
    let all = segments(dir.path());
    for gone in &all[..all.len() - 1] {
        let bytes = fs::read(gone).unwrap();
        fs::remove_file(gone).unwrap();
        assert!(matches!(read_back(dir.path(), 0), Err(ReadError::Damaged(_))), "{}", gone.display());
        fs::write(gone, bytes).unwrap();
    }
    let stranger = Key::from_bytes([6; 32]);
    assert!(read(&dir.path().join(NAME), &stranger, &INSTALLATION, 0, |_, _| Ok(())).is_err());
}

#[test]
fn what_sled_holds_is_cleared_away_and_used_again() {
    let dir = dir();
    let mut journal = start(dir.path(), 0);
    let cleared = Arc::clone(&journal.segments);
    for commit in 1..=200 {
        journal.append(commit, &writes(commit, 5_000)).unwrap();
        cleared.clear(commit).unwrap();
        assert!(segments(dir.path()).len() <= 2, "after {commit}");
    }
    drop(journal);
    let (end, found) = read_back(dir.path(), 199).unwrap();
    assert_eq!((end.commit, found.len()), (200, 1));
    assert!(matches!(read_back(dir.path(), 100), Err(ReadError::Damaged(_))), "what was cleared is missed");

    // A snapshot keeps what comes behind it.
    let mut journal = start(dir.path(), 200);
    let cleared = Arc::clone(&journal.segments);
    cleared.keep_behind(210);
    for commit in 201..=260 {
        journal.append(commit, &writes(commit, 5_000)).unwrap();
        cleared.clear(commit).unwrap();
    }
    assert_eq!(read_back(dir.path(), 210).unwrap().1.len(), 50);
    assert!(cleared.kept_bytes() > 3 * SEGMENT_BYTES as u64);
    cleared.keep_behind(250);
    cleared.clear(260).unwrap();
    assert_eq!(read_back(dir.path(), 250).unwrap().1.len(), 10);
    assert!(cleared.kept_bytes() <= 2 * SEGMENT_BYTES as u64);
}

#[test]
fn of_a_damaged_journal_all_is_read_but_what_was_changed() {
    let dir = dir();
    let mut journal = start(dir.path(), 0);
    for commit in 1..=40 {
        journal.append(commit, &writes(commit, 5_000)).unwrap();
    }
    drop(journal);
    let missing = || {
        let mut taken = Vec::new();
        let found = salvage(&dir.path().join(NAME), &key(), &INSTALLATION, 0, |commit, found| {
            assert!(found == writes(commit, 5_000));
            taken.push(commit);
            Ok(())
        });
        let missing: Vec<u64> = found.unwrap().missing.into_iter().flatten().collect();
        let all: std::collections::BTreeSet<u64> = taken.iter().chain(&missing).copied().collect();
        assert!(all.into_iter().eq(1..=40) && taken.is_sorted() && taken.len() + missing.len() == 40, "{taken:?} {missing:?}");
        missing
    };
    assert_eq!(missing(), [0; 0]);
    let paths = segments(dir.path());
    let whole = fs::read(&paths[0]).unwrap();
    let frame = FRAME_HEAD_BYTES + segment::body_bytes(&writes(1, 5_000));
    // In the third frame: its body costs itself, its head the next one as well.
    for (place, expected) in [(FRAME_HEAD_BYTES + 9, vec![3]), (0, vec![3, 4]), (11, vec![3, 4]), (20, vec![3, 4])] {
        let mut broken = whole.clone();
        broken[HEADER_BYTES + 2 * frame + place] ^= 0x04;
        fs::write(&paths[0], &broken).unwrap();
        assert_eq!(missing(), expected, "byte {place}");
    }
    fs::write(&paths[0], &whole).unwrap();
    fs::remove_file(&paths[1]).unwrap();
    assert_eq!(missing(), (13..=24).collect::<Vec<_>>(), "a segment holds twelve of these");
}

#[test]
fn no_spare_comes_back_under_the_name_of_one_that_was_taken() {
    let dir = dir();
    let (end, _) = read_back(dir.path(), 0).unwrap();
    let mut taken = Vec::new();
    for _ in 0..2 {
        let segments = Segments::new(dir.path(), &end, None);
        segments.provide().unwrap();
        segments.provide().unwrap();
        taken.extend(segments.take_spare());
        segments.provide().unwrap();
        taken.extend(segments.take_spare());
    }
    let again = Segments::new(dir.path(), &end, None);
    taken.extend(std::iter::from_fn(|| again.take_spare()));
    // The writer renames what it takes; here they stay, and are found again after a start.
    assert!(taken.iter().all(|spare| fs::metadata(spare).unwrap().len() == SEGMENT_BYTES as u64));
    let names: std::collections::BTreeSet<_> = taken[..4].iter().collect();
    assert_eq!((names.len(), taken.len()), (4, 10));
}
