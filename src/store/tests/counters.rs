//! Counters: what one adds up to, whatever comes between, and what their keys do not say.

use super::*;
use crate::domain::id::OperatorId;
use crate::domain::report::{Counted, Day, Tally};

fn counted(day: i32, operator: u8) -> Counted {
    let operator = (operator > 0).then(|| OperatorId::from_bytes([operator; 16]));
    Counted { day: Day::from_number(day), site: site(), department: None, operator }
}

fn missed() -> Tally {
    Tally { missed: 1, ..Tally::default() }
}

fn all(house: &House, first: i32, last: i32) -> Vec<(i32, u32, [u32; 5])> {
    let mut found = house.store.counters(Day::from_number(first), Day::from_number(last)).unwrap();
    found.sort_by_key(|(counted, _)| *counted);
    found.into_iter().map(|(counted, tally)| (counted.day.number(), tally.missed, tally.ratings)).collect()
}

#[test]
fn a_counter_adds_up_and_survives_a_start() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    // Twice in one batch, in two batches that may be one group, and after that.
    let mut batch = house.store.batch();
    batch.count(one, counted(20_000, 1), missed());
    batch.count(one, counted(20_000, 1), missed());
    let first = house.store.commit(batch);
    let mut batch = house.store.batch();
    batch.count(one, counted(20_000, 1), missed());
    batch.count(one, counted(20_001, 0), missed());
    house.store.commit(batch).wait().unwrap();
    first.wait().unwrap();
    let mut batch = house.store.batch();
    batch.count_rating(counted(20_000, 1), 3, None);
    batch.count_rating(counted(20_000, 1), 5, Some(3));
    house.store.commit(batch).wait().unwrap();
    let expected = vec![(20_000, 3, [0, 0, 0, 0, 1]), (20_001, 1, [0; 5])];
    assert_eq!(all(&house, 19_990, 20_010), expected);
    let house = house.again();
    assert_eq!(all(&house, 19_990, 20_010), expected);
    assert_eq!(all(&house, 20_001, 20_001), expected[1..]);
    let verdict = house.store.verify(crate::store::Scope::Everything, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert_eq!(verdict.faults, 0);

    let mut batch = house.store.batch();
    batch.remove_counter(&counted(20_000, 1));
    house.store.commit(batch).wait().unwrap();
    assert_eq!(all(&house, 19_990, 20_010), expected[1..]);
}

#[test]
fn what_is_purged_before_it_is_durable_is_not_counted() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    house.close(one, 5);
    let mut batch = house.store.batch();
    batch.count(one, counted(20_000, 1), missed());
    house.store.commit(batch).wait().unwrap();
    assert_eq!(all(&house, 20_000, 20_000), []);
}

#[test]
fn a_key_says_neither_the_day_nor_the_person() {
    let house = House::new();
    let one = house.conversation(1, &["a"]);
    let mut batch = house.store.batch();
    batch.count(one, counted(0x7a7b_7c7d, 0x41), missed());
    house.store.commit(batch).wait().unwrap();
    let index = &house.store.shared.index;
    let keys: Vec<_> = index.scan(&[Table::Counters.tag()]).unwrap().map(|entry| entry.unwrap().0.to_vec()).collect();
    assert_eq!(keys.iter().map(Vec::len).collect::<Vec<_>>(), [1 + 24]);
    let says = |bytes: &[u8]| keys[0].windows(bytes.len()).any(|window| window == bytes);
    assert!(!says(&[0x7a, 0x7b, 0x7c, 0x7d]) && !says(&[0x41; 4]) && !says(&[2; 4]));
}
