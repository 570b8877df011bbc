//! What there is, who it belongs to, and in which order it closed.

use super::*;
use crate::store::catalogue::PAGE_SLOTS;
use crate::store::tables::Table;

/// Number `n`, of visitor `token`, closed at `millis`.
fn talk(house: &House, number: u32, token: u8, millis: i64) -> ConversationId {
    let mut id = [9; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    let head = Conversation { id: ConversationId::from_bytes(id), token_index: [token; 32], ..head(1) };
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&head);
    {
        let mut open = open.lock();
        add(&mut batch, &mut open, "hello");
        assert!(open.head.close(at(millis)));
        batch.put_conversation(&open.head);
    }
    drop(house.store.commit(batch));
    head.id
}

fn settle(house: &House) {
    house.store.commit(house.store.batch()).wait().unwrap();
}

#[test]
fn closed_ones_stand_in_the_order_of_closing() {
    let mut house = House::new();
    let count = 700;
    // Not in the order in which they began.
    let order = |number: u32| i64::from((number * 37) % count);
    for number in 0..count {
        talk(&house, number, 1, order(number));
    }
    settle(&house);
    for _ in 0..2 {
        let closed: Vec<_> = house.store.closed().collect();
        assert_eq!(closed.len(), count as usize);
        assert!(closed.is_sorted_by_key(|closed| closed.closed_at));
        assert!(house.store.closed().rev().eq(closed.iter().rev().copied()));
        // From both ends at once, each comes once.
        let mut both = house.store.closed();
        let mut met: Vec<_> = std::iter::from_fn(|| both.next()).take(300).collect();
        met.extend(std::iter::from_fn(|| both.next_back()));
        assert_eq!((met.len(), met.iter().map(|it| it.id).collect::<std::collections::BTreeSet<_>>().len()), (700, 700));
        house = house.again();
    }
}

#[test]
fn a_visitor_is_led_to_the_open_one_and_else_to_what_closed_last() {
    let mut house = House::new();
    let later = talk(&house, 1, 5, 200);
    talk(&house, 2, 5, 100);
    talk(&house, 3, 6, 100);
    let newer = talk(&house, 4, 6, 300);
    talk(&house, 5, 7, 900);
    let open = house.conversation(7, &["hello"]);
    for _ in 0..2 {
        let found = [5, 6, 7, 8].map(|token| house.store.conversation_of(&[token; 32]));
        assert_eq!(found, [Some(later), Some(newer), Some(open), None]);
        house = house.again();
    }
}

#[test]
fn pages_list_what_is_written_and_free_places_are_taken_again() {
    let house = House::new();
    let ids: Vec<_> = (0..100).map(|number| talk(&house, number, 1, 1)).collect();
    settle(&house);
    let pages = |house: &House| house.store.shared.index.scan(&[Table::Catalogue.tag()]).unwrap().count();
    // Slot 0 is the house.
    assert_eq!((pages(&house), house.store.shared.catalogue.read().len()), (101_usize.div_ceil(PAGE_SLOTS as usize), 100));
    house.purge(&ids);
    assert_eq!((pages(&house), house.store.shared.catalogue.read().len()), (0, 0));
    let house = house.again();
    talk(&house, 200, 1, 1);
    settle(&house);
    assert_eq!(pages(&house), 1);
    let catalogue = house.store.shared.catalogue.read();
    assert_eq!(catalogue.entries().map(|(slot, _)| slot).collect::<Vec<_>>(), [1], "the lowest place first");
}

#[test]
fn nothing_of_the_catalogue_stands_in_clear() {
    let house = House::new();
    let mut start = head(1);
    start.id = ConversationId::from_bytes(*b"Zebra-drawer-id!");
    start.token_index = *b"Zebra-token-of-a-certain-visitor";
    let mut batch = house.store.batch();
    let open = batch.start_conversation(&start);
    assert!(open.lock().head.close(at(1)));
    batch.put_conversation(&open.lock().head);
    house.store.commit(batch).wait().unwrap();
    // Once more, so that sled has it as well.
    let attacker = super::attacker::Attacker::new(&house.again());
    assert!(attacker.sees(b"Zebra-drawer-id!"), "the ids of drawers are keys, and random");
    assert!(!attacker.sees(b"Zebra-token"));
}

#[test]
fn a_place_that_two_conversations_claim_is_damage() {
    let house = House::new();
    house.conversation(1, &["first"]);
    let entry = house.store.shared.entry(head(1).id).unwrap().1;
    let mut batch = house.store.batch();
    batch.contents.started.push((40, entry));
    batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistReset);
    house.store.commit(batch).wait().unwrap();
    let House { dir, root, store, told } = house;
    store.close();
    let error = open(&data(dir.path()), &root, &told).err().unwrap();
    assert!(matches!(&error, OpenError::Damaged { what, .. } if what.contains("in another place as well")), "{error}");
}

/// 240 bytes a conversation: 12 MiB at 50,000.
#[test]
fn an_entry_stays_small() {
    assert!(size_of::<Option<crate::store::catalogue::Entry>>() <= 104);
}
