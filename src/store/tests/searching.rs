//! Every conversation is found, whole, by whoever looks through all of them.

use std::num::NonZero;
use std::ops::ControlFlow;

use super::*;

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).unwrap()
}

fn found(house: &House, words: &str) -> Vec<(u8, u32)> {
    let hits = house.store.search(words, 10, threads(3), |_, _| true).unwrap();
    hits.iter().map(|hit| (hit.conversation.as_bytes()[0], hit.seq)).collect()
}

#[test]
fn words_are_found_in_open_and_closed_conversations_newest_first() {
    let house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let ids: Vec<_> =
        (1..=80).map(|number| house.conversation(number, &["hello", &long, &format!("Number {number}.")])).collect();
    for (id, number) in ids.iter().zip(1_i64..).take(70) {
        house.close(*id, (number * 37) % 71);
    }
    assert_eq!(found(&house, "nUMBER 33."), [(33, 3)]);
    assert_eq!(found(&house, "number 77."), [(77, 3)], "an open one");
    assert_eq!(found(&house, "number 99."), []);
    assert_eq!(found(&house, "Maria"), [], "names are not messages");
    // 10 are open; all others closed before.
    let all: Vec<_> = found(&house, "hello").into_iter().map(|(number, _)| number).collect();
    assert_eq!(all.len(), 10);
    assert!(all.iter().all(|number| *number > 70));
    house.purge(&ids[70..]);
    let closed: Vec<_> = house.store.search("hello", 10, threads(1), |_, _| true).unwrap();
    assert_eq!(
        closed.iter().map(|hit| hit.closed_at.unwrap().as_millis()).collect::<Vec<_>>(),
        (61..=70).rev().collect::<Vec<_>>()
    );
    assert_eq!(house.store.search("hello", 10, threads(2), |it, _| it != site()).unwrap(), []);
    assert_eq!(found(&house, "number 77."), [], "purged");
}

#[test]
fn each_conversation_comes_once_and_whole() {
    let house = House::new();
    let ids: Vec<_> = (1..=150).map(|number| house.conversation(number, &["one", "two", &format!("three {number}")])).collect();
    ids.iter().step_by(2).for_each(|id| house.close(*id, 1));
    house.purge(&ids[40..50]);
    for count in [1, 2, 5] {
        let mut met = Vec::new();
        let take = |it| {
            met.push(it);
            ControlFlow::Continue(())
        };
        let make = |head: Conversation, events: Vec<Event>| (head.id, head.closed_at(), events);
        house.store.each_conversation(threads(count), make, take).unwrap();
        assert_eq!(met.len(), 140);
        let expected = ids.iter().enumerate().filter(|(at, _)| !(40..50).contains(at));
        for ((id, closed_at, events), (at, expected)) in met.iter().zip(expected) {
            assert_eq!((id, closed_at.is_some()), (expected, at % 2 == 0), "in the order of their ids");
            assert_eq!(events.iter().map(text_of).collect::<Vec<_>>(), ["one", "two", &format!("three {}", at + 1)]);
        }
    }
    let mut few = 0;
    let take = |()| {
        few += 1;
        if few == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    house.store.each_conversation(threads(4), |_, _| (), take).unwrap();
    assert_eq!(few, 7);
}

#[test]
fn looking_through_all_goes_on_while_they_close_and_go() {
    let house = House::new();
    let ids: Vec<_> = (1..=200).map(|number| house.conversation(number, &["one", "two"])).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (id, at) in ids.iter().zip(0..) {
                house.close(*id, at);
                if at % 5 == 0 {
                    house.purge(&[*id]);
                }
            }
        });
        for _ in 0..20 {
            // What changed while it was read is made once more, and only then taken.
            let make = |_, events: Vec<Event>| events.len();
            let take = |events| {
                assert_eq!(events, 2);
                ControlFlow::Continue(())
            };
            house.store.each_conversation(threads(2), make, take).unwrap();
        }
    });
    assert_eq!(house.store.closed_count(), 160);
}

#[test]
fn what_cannot_be_read_ends_the_search_loudly() {
    let house = House::new();
    for number in 1..=100 {
        let id = house.conversation(number, &["one"]);
        house.close(id, 1);
    }
    let House { dir, root, store, told } = house;
    store.close();
    {
        let sled = crate::store::generation::open(&data(dir.path()), 1).unwrap();
        sled.remove(Table::Transcripts.key(&[&head(70).id.as_bytes()[..], &[0, 0]].concat())).unwrap().unwrap();
        sled.flush().unwrap();
    }
    let store = open(&data(dir.path()), &root, &told).unwrap();
    assert!(matches!(store.search("one", 10, threads(3), |_, _| true), Err(StoreError::Damaged(_))));
}
