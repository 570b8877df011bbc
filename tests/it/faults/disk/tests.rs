use super::*;

fn disk() -> Disk {
    Disk::new(&Image::default(), 1)
}

fn content(image: &Image, name: &str) -> Option<Vec<u8>> {
    image.files.get(&vec![OsString::from(name)]).cloned().flatten()
}

#[test]
fn what_was_synced_survives_every_cut() {
    for seed in 0..50 {
        let disk = Disk::new(&Image::default(), seed);
        let mut state = disk.state();
        let file = state.make(ROOT, OsStr::new("a"), Node::File(File::default())).unwrap();
        state.write(file, 0, &[1; 2_000]).unwrap();
        state.sync(file).unwrap();
        state.write(file, 1_000, &[2; 3_000]).unwrap();
        drop(state);
        let left = content(&disk.cut(), "a").expect("a synced file keeps its name");
        assert!(left[..1_000] == [1; 1_000] && left.len() >= 2_000, "seed {seed}");
    }
}

#[test]
fn what_was_not_synced_is_sometimes_kept_dropped_and_torn() {
    let (mut kept, mut dropped, mut torn) = (0, 0, 0);
    for seed in 0..200 {
        let disk = Disk::new(&Image::default(), seed);
        let mut state = disk.state();
        let file = state.make(ROOT, OsStr::new("a"), Node::File(File::default())).unwrap();
        state.sync(file).unwrap();
        state.write(file, 0, &[1; 4_096]).unwrap();
        drop(state);
        match content(&disk.cut(), "a").unwrap() {
            whole if whole == [1; 4_096] => kept += 1,
            none if none.is_empty() => dropped += 1,
            _ => torn += 1,
        }
    }
    assert!(kept > 20 && dropped > 20 && torn > 20, "{kept} {dropped} {torn}");
}

#[test]
fn names_survive_in_order_and_with_the_sync_of_what_they_name() {
    for seed in 0..50 {
        let disk = Disk::new(&Image::default(), seed);
        let mut state = disk.state();
        for name in ["a", "b", "c"] {
            state.make(ROOT, OsStr::new(name), Node::File(File::default())).unwrap();
        }
        let b = state.look_up(ROOT, OsStr::new("b")).unwrap();
        state.sync(b).unwrap();
        state.rename((ROOT, OsStr::new("a")), (ROOT, OsStr::new("b"))).unwrap();
        drop(state);
        let left: Vec<_> = disk.cut().paths().collect();
        assert!(left == ["a", "b"] || left == ["a", "b", "c"] || left == ["b", "c"], "seed {seed}: {left:?}");
    }
}

#[test]
fn nothing_happens_after_the_cut_and_a_failed_sync_is_not_made_good() {
    let disk = disk();
    let mut state = disk.state();
    let file = state.make(ROOT, OsStr::new("a"), Node::File(File::default())).unwrap();
    state.sync(file).unwrap();
    drop(state);
    disk.plan(Plan { fault: Some(Fault { kind: Kind::Sync, at: 1, lasts: Lasts::Once }), cut: None }, None);
    let mut state = disk.state();
    let mut lost = 0;
    for number in 0..40 {
        state.write(file, number * 512, &[7; 512]).unwrap();
    }
    assert!(state.sync(file).is_err());
    assert!(state.sync(file).is_ok());
    drop(state);
    let left = content(&disk.cut(), "a").unwrap();
    for number in 0..40 {
        lost += usize::from(left.get(number * 512..(number + 1) * 512).is_none_or(|sector| sector != [7; 512]));
    }
    assert!(lost > 5, "{lost}");
    assert!(disk.state().write(file, 0, b"late").is_err());
    assert_eq!(content(&disk.cut(), "a").unwrap(), left);
}
