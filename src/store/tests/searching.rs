//! Every conversation is found, whole, by whoever looks through all of them.

use std::num::NonZero;
use std::ops::ControlFlow;

use super::*;
use crate::domain::search::{Place, Query, Which};
use crate::domain::text::SearchWords;

fn threads(count: usize) -> NonZero<usize> {
    NonZero::new(count).unwrap()
}

fn query(words: &str) -> Query {
    Query { words: SearchWords::parse(words).ok(), ..Query::default() }
}

/// Whatever there is.
fn everything() -> Horizon<'static> {
    Horizon { site: &|_| Sight::All, conversation: &|_| true }
}

fn look(house: &House, query: &Query, after: Option<Place>, limit: usize) -> Page {
    house.store.search(query, after, limit, threads(3), &everything()).unwrap()
}

fn numbers(page: &Page) -> Vec<u8> {
    page.hits.iter().map(|hit| hit.conversation.as_bytes()[0]).collect()
}

fn found(house: &House, words: &str) -> Vec<(u8, u32)> {
    let hits = look(house, &query(words), None, 10).hits;
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
    assert_eq!(found(&house, "\"nUMBER 33.\""), [(33, 3)]);
    assert_eq!(found(&house, "77. number hello"), [(77, 3)], "an open one; most of the words stand in the third event");
    assert_eq!(found(&house, "number 99."), []);
    assert_eq!(found(&house, "\u{1f600}").len(), 10, "no letter of it has a place in a signature");
    // 10 are open; all others closed before.
    let all: Vec<_> = found(&house, "hello").into_iter().map(|(number, _)| number).collect();
    assert_eq!(all.len(), 10);
    assert!(all.iter().all(|number| *number > 70));
    house.purge(&ids[70..]);
    let closed = house.store.search(&query("hello"), None, 10, threads(1), &everything()).unwrap();
    assert_eq!(closed.hits.iter().map(|hit| hit.place.at().as_millis()).collect::<Vec<_>>(), (61..=70).rev().collect::<Vec<_>>());
    let elsewhere = Horizon { site: &|it| if it == site() { Sight::Nothing } else { Sight::All }, ..everything() };
    assert_eq!(house.store.search(&query("hello"), None, 10, threads(2), &elsewhere).unwrap().hits, []);
    assert_eq!(found(&house, "number 77."), [], "purged");
}

#[test]
fn pages_follow_each_other_and_leave_nothing_out() {
    let house = House::new();
    let ids: Vec<_> =
        (1..=250).map(|number| house.conversation(number, &["hello", if number % 7 == 0 { "seven" } else { "no" }])).collect();
    // Many of them at the same moment.
    ids.iter().zip(1_i64..).skip(5).for_each(|(id, number)| house.close(*id, number / 20));
    for query in [query("hello"), query("seven"), Query::default(), Query { which: Which::Closed, ..query("hello") }] {
        let whole = numbers(&look(&house, &query, None, 1_000));
        for limit in [1, 3, 36, 249] {
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let page = look(&house, &query, after, limit);
                assert!(page.hits.is_sorted_by(|newer, older| newer.place > older.place));
                pages.extend(numbers(&page));
                after = page.next;
                if after.is_none() {
                    break;
                }
                assert_eq!(page.hits.len(), limit);
            }
            assert_eq!(pages, whole, "{query:?} in pages of {limit}");
        }
    }
    assert_eq!(look(&house, &query("seven"), None, 1_000).hits.len(), 35);
    assert_eq!(look(&house, &Query { which: Which::Open, ..Query::default() }, None, 1_000).hits.len(), 5);
    let spanned = Query { from: Some(at(3)), until: Some(at(5)), ..Query::default() };
    assert_eq!(look(&house, &spanned, None, 1_000).hits.len(), 40);
    let nothing = Query { from: Some(at(5)), until: Some(at(3)), ..Query::default() };
    assert_eq!(look(&house, &nothing, None, 1_000).hits.len(), 0);
}

#[test]
fn the_words_of_a_purged_conversation_are_gone_with_its_key() {
    let house = House::new();
    let ids: Vec<_> = (1..=20).map(|number| house.conversation(number, &[&format!("secret number {number}")])).collect();
    ids.iter().for_each(|id| house.close(*id, 1));
    let signatures = |house: &House| house.store.shared.index.scan(&[Table::Signatures.tag()]).unwrap().count();
    assert_eq!(signatures(&house), 20);
    house.purge(&ids[..15]);
    assert_eq!(signatures(&house), 5);
    assert_eq!(found(&house, "secret").len(), 5);
}

#[test]
fn who_has_no_signature_is_opened() {
    let house = House::new();
    for number in 1..=200 {
        let id = house.conversation(number, &[&format!("number {number}.")]);
        house.close(id, i64::from(number));
    }
    let gone = [&[Table::Signatures.tag()][..], head(3).id.as_bytes()].concat();
    house.store.shared.index.apply(vec![(gone, None)], house.store.shared.index.mark());
    let other = house.store.shared.index.get(&[&[Table::Signatures.tag()][..], head(5).id.as_bytes()].concat()).unwrap().unwrap();
    let moved = [&[Table::Signatures.tag()][..], head(4).id.as_bytes()].concat();
    house.store.shared.index.apply(vec![(moved, Some(other.to_vec()))], house.store.shared.index.mark());
    assert_eq!(found(&house, "\"number 3.\""), [(3, 1)]);
    assert_eq!(found(&house, "\"number 4.\""), [(4, 1)], "one that does not open rules nothing out");
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
    assert!(matches!(store.search(&query("one"), None, 200, threads(3), &everything()), Err(StoreError::Damaged(_))));
}
