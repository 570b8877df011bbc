//! Any `k` of `n` open, fewer do not, and what was mistyped is noticed where it was.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Vec<Share>, KitError> {
    let mut reader = ShareReader::default();
    let mut shares = Vec::new();
    for line in text.lines() {
        shares.extend(reader.take(line)?);
    }
    reader.finish()?;
    Ok(shares)
}

fn page(share: &Share) -> String {
    format!("Parlor recovery kit\nPrinted: today\n\n  {}\n", share.lines().join("\n  "))
}

/// As many of them as asked for, chosen by these numbers.
fn some(mut shares: Vec<Share>, count: usize, picks: &[usize]) -> Vec<Share> {
    (0..count).map(|at| shares.remove(picks[at] % shares.len())).collect()
}

fn cases(n: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(n) }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_threshold_of_the_shares_open_and_fewer_do_not(
        key in any::<[u8; 32]>(),
        (n, k) in KIT_SHARES.prop_flat_map(|n| (Just(n), 2..=n)),
        picks in prop::collection::vec(any::<usize>(), 20),
    ) {
        let kit = Kit::split(&RootKey::from_bytes(key), n, k).unwrap();
        prop_assert_eq!(kit.shares().len(), usize::from(n));
        let text: String = kit.shares().iter().map(page).collect();
        let read = read(&text).unwrap();
        let enough = some(read.clone(), k.into(), &picks);
        prop_assert_eq!(*Kit::join(&enough).unwrap().expose(), key);
        prop_assert_eq!(*Kit::join(&read).unwrap().expose(), key);
        let mut fewer = some(read, usize::from(k) - 1, &picks);
        fewer.push(fewer[0].clone());
        let refused = Kit::join(&fewer).err().unwrap();
        prop_assert!(matches!(refused, KitError::TooFew { need, .. } if need == k), "{}", refused);
        // And were the threshold on the paper changed, what comes out is another key: the shares themselves say too little.
        if k > 2 {
            fewer.iter_mut().for_each(|share| share.0[THRESHOLD_AT] = k - 1);
            prop_assert_ne!(*Kit::join(&fewer).unwrap().expose(), key);
        }
    }

    #[test]
    fn a_changed_character_is_noticed(at in 0..72_usize, other in "[0-9A-HJKMNP-TV-Z]", key in any::<[u8; 32]>()) {
        let kit = Kit::split(&RootKey::from_bytes(key), 3, 2).unwrap();
        let text = kit.shares()[0].lines()[..LINES].join("\n");
        let places: Vec<usize> = text
            .match_indices(|c: char| c.is_ascii_alphanumeric())
            .map(|(at, _)| at)
            .filter(|at| text.as_bytes().get(at + 1) != Some(&b':'))
            .collect();
        prop_assert_eq!(places.len(), 72);
        let mut changed = text.clone();
        changed.replace_range(places[at]..=places[at], &other);
        changed.push_str(&format!("\n{}", kit.shares()[0].lines()[LINES]));
        match read(&changed) {
            Ok(shares) => prop_assert!(changed.starts_with(&text) && shares.len() == 1),
            Err(error) => prop_assert!(matches!(error, KitError::Line(_) | KitError::Checksum), "{}", error),
        }
    }
}

#[test]
fn a_share_is_read_however_it_was_typed() {
    let kit = Kit::split(&RootKey::from_bytes([9; 32]), 3, 2).unwrap();
    for share in kit.shares() {
        let page = page(share);
        for typed in [
            page.to_lowercase(),
            page.replace(' ', ""),
            page.replace('0', "O").replace("1", "l").replacen("l:", "1:", 1),
            page.replace('\n', "\r\n"),
        ] {
            let shares = read(&typed).unwrap_or_else(|error| panic!("{error}: {typed}"));
            assert_eq!(shares[0].0, share.0, "{typed}");
        }
    }
}

#[test]
fn shares_of_two_kits_and_half_a_share_are_told() {
    let key = RootKey::from_bytes([9; 32]);
    let (one, other) = (Kit::split(&key, 3, 2).unwrap(), Kit::split(&key, 3, 2).unwrap());
    let mixed = Kit::join(&[one.shares()[0].clone(), other.shares()[1].clone()]).err().unwrap();
    assert!(mixed.to_string().contains(&one.shares()[0].kit()), "{mixed}");
    let lines = one.shares()[0].lines();
    assert_eq!(read(&lines[..3].join("\n")).err(), Some(KitError::CutOff));
    assert_eq!(read(&lines[4]).err(), Some(KitError::CutOff));
    // Lines of two shares of one kit each check, and together they do not.
    let swapped = [&lines[..3], &one.shares()[1].lines()[3..]].concat().join("\n");
    assert_eq!(read(&swapped).err(), Some(KitError::Checksum));
    assert_eq!(Kit::join(&[]).err(), Some(KitError::None));
}

#[test]
fn a_kit_of_one_or_with_too_high_a_threshold_is_none() {
    let key = RootKey::from_bytes([9; 32]);
    for (shares, threshold) in [(1, 1), (5, 1), (5, 6), (0, 0), (21, 3)] {
        assert_eq!(Kit::split(&key, shares, threshold).err(), Some(KitError::Counts), "{shares} {threshold}");
    }
}
