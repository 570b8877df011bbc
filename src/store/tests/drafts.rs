//! Drafts live while their conversation is open, and not a moment longer.

use std::ops::ControlFlow;

use super::*;
use crate::domain::draft::{Draft, DraftKind};
use crate::store::tables::Table;

const ANNA: OperatorId = OperatorId::from_bytes([3; 16]);

fn keep(house: &House, id: ConversationId, kind: DraftKind, text: &str) {
    let mut batch = house.store.batch();
    batch.put_draft(id, ANNA, kind, &Draft { text: MessageText::parse(text).unwrap(), written_at: at(1) });
    house.store.commit(batch).wait().unwrap();
}

fn text(house: &House, id: ConversationId, kind: DraftKind) -> Option<String> {
    house.store.draft(id, ANNA, kind).unwrap().map(|draft| draft.text.as_str().to_owned())
}

fn records(house: &House) -> usize {
    house.store.shared.index.scan(&[Table::Drafts.tag()]).unwrap().count()
}

fn faults(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    let watch = &mut |seen| {
        if let Seen::Fault(sentence) = seen {
            faults.push(sentence);
        }
        ControlFlow::Continue(())
    };
    house.store.verify(Scope::Everything, watch).unwrap();
    faults
}

#[test]
fn a_draft_is_replaced_deleted_and_found_again() {
    let house = House::new();
    let id = house.conversation(1, &["hello"]);
    let long = "\u{1f600}".repeat(4_000);
    keep(&house, id, DraftKind::Reply, &long);
    keep(&house, id, DraftKind::Note, "note");
    let house = house.again();
    assert_eq!(text(&house, id, DraftKind::Reply), Some(long));
    // A shorter one leaves nothing of the longer behind.
    keep(&house, id, DraftKind::Reply, "short");
    assert_eq!((text(&house, id, DraftKind::Reply).as_deref(), records(&house)), (Some("short"), 2));
    let mut batch = house.store.batch();
    batch.delete_draft(id, ANNA, DraftKind::Reply);
    house.store.commit(batch).wait().unwrap();
    assert_eq!((text(&house, id, DraftKind::Reply), records(&house)), (None, 1));
    assert_eq!(text(&house, id, DraftKind::Note).as_deref(), Some("note"));
    assert_eq!(faults(&house), [""; 0]);
}

#[test]
fn closing_and_purging_take_the_drafts_along() {
    let house = House::new();
    let ids: Vec<_> = (1..=3).map(|number| house.conversation(number, &["hello"])).collect();
    ids.iter().for_each(|id| keep(&house, *id, DraftKind::Reply, "half a reply"));
    assert_eq!(records(&house), 3);
    // One that is written with the closing, and one that comes behind it.
    let open = house.store.open_conversation(ids[0]).unwrap();
    let mut batch = house.store.batch();
    let draft = Draft { text: MessageText::parse("late").unwrap(), written_at: at(1) };
    batch.put_draft(ids[0], ANNA, DraftKind::Note, &draft);
    open.lock().head.close(at(2));
    batch.put_conversation(&open.lock().head);
    let closed = house.store.commit(batch);
    let mut later = house.store.batch();
    later.put_draft(ids[0], ANNA, DraftKind::Reply, &draft);
    let later = house.store.commit(later);
    closed.wait().unwrap();
    let _refused_or_dropped = later.wait();
    assert_eq!((text(&house, ids[0], DraftKind::Reply), text(&house, ids[0], DraftKind::Note)), (None, None));
    house.purge(&ids[1..2]);
    assert_eq!(records(&house), 1);
    assert_eq!(text(&house, ids[2], DraftKind::Reply).as_deref(), Some("half a reply"));
    assert_eq!(faults(&house), [""; 0]);
    assert_eq!(records(&house.again()), 1);
}

#[test]
fn a_damaged_draft_is_a_fault_of_its_conversation() {
    let house = House::new();
    let id = house.conversation(1, &["hello"]);
    keep(&house, id, DraftKind::Reply, "half a reply");
    let (key, _) = house.store.shared.index.scan(&[Table::Drafts.tag()]).unwrap().next().unwrap().unwrap();
    let mark = house.store.shared.index.mark();
    house.store.shared.index.apply(vec![(key.to_vec(), Some(vec![1; 60]))], mark);
    let faults = faults(&house);
    assert!(faults.len() == 1 && faults[0].contains("1 drafts in it do not open"), "{faults:#?}");
}
