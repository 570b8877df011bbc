//! A closed conversation that gets a new head: its events, and what else is in its drawer, stay as they are.

use super::*;
use crate::domain::event::{Rating, Stars};
use crate::domain::text::Notice;

fn close(house: &House, id: ConversationId) {
    let open = house.store.open_conversation(id).unwrap();
    let mut open = open.lock();
    assert!(open.head.close(at(9)));
    let mut batch = house.store.batch();
    batch.put_conversation(&open.head);
    house.store.commit(batch).wait().unwrap();
}

fn rate(house: &House, id: ConversationId, stars: u8, comment: &str) {
    let mut head = house.store.conversation(id).unwrap().unwrap();
    head.about.rating = Some(Rating { stars: Stars::new(stars).unwrap(), comment: Notice::parse(comment).ok() });
    let mut batch = house.store.batch();
    batch.amend_closed(&head);
    house.store.commit(batch).wait().unwrap();
}

fn stars(house: &House, id: ConversationId) -> Option<u8> {
    house.store.conversation(id).unwrap().unwrap().about.rating.map(|rating| rating.stars.get())
}

#[test]
fn a_rating_that_comes_late_is_kept_with_the_transcript_and_goes_with_it() {
    let mut house = House::new();
    let long = "\u{1f600}".repeat(4_000);
    let id = house.conversation(1, &["first", &long]);
    close(&house, id);
    assert_eq!((stars(&house, id), house.store.last_event(id)), (None, 2));
    rate(&house, id, 2, "a comment that is longer than nothing");
    rate(&house, id, 5, "and now another one");
    for _ in 0..2 {
        assert_eq!(stars(&house, id), Some(5));
        assert_eq!(house.texts(id), ["first", &long]);
        assert_eq!(house.store.closed().map(|closed| closed.id).collect::<Vec<_>>(), [id]);
        house = house.again();
    }
    house.purge(&[id]);
    assert_eq!(house.store.conversation(id).unwrap(), None);
}

#[test]
fn a_rating_may_come_with_the_closing_and_after_the_purge_it_is_nothing() {
    let house = House::new();
    let id = house.conversation(1, &["first"]);
    let open = house.store.open_conversation(id).unwrap();
    let mut head = {
        let mut open = open.lock();
        assert!(open.head.close(at(9)));
        open.head.clone()
    };
    let mut closing = house.store.batch();
    closing.put_conversation(&head);
    head.about.rating = Some(Rating { stars: Stars::new(4).unwrap(), comment: None });
    let mut rating = house.store.batch();
    rating.amend_closed(&head);
    let closed = house.store.commit(closing);
    house.store.commit(rating).wait().unwrap();
    closed.wait().unwrap();
    assert_eq!(stars(&house, id), Some(4));

    house.purge(&[id]);
    let mut late = house.store.batch();
    late.amend_closed(&head);
    assert!(house.store.commit(late).wait().is_err());
    assert_eq!(house.store.conversation(id).unwrap(), None);
}
