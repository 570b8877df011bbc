//! What is whole is said to be, while it changes; each thing that is not is named by its number.

use std::ops::ControlFlow;

use super::*;
use crate::store::search::signature::Signer;
use crate::store::tables::{Table, event_key};
use crate::vault::Sealer;

/// Counts by what was counted, and the faults.
fn verify(house: &House, scope: Scope) -> (HashMap<&'static str, u64>, Vec<String>) {
    let mut faults = Vec::new();
    let verdict = house.store.verify(scope, &mut |seen| {
        if let Seen::Fault(sentence) = seen {
            faults.push(sentence);
        }
        ControlFlow::Continue(())
    });
    let verdict = verdict.unwrap();
    assert_eq!(verdict.faults, faults.len() as u64);
    (verdict.counted.into_iter().map(|it| (it.what, it.count)).collect(), faults)
}

fn audited(house: &House, rows: u32) {
    for networks in 0..rows {
        let mut batch = house.store.batch();
        batch.audit(at(1), AuditActor::Host, AuditAction::AllowlistChanged { networks });
        house.store.commit(batch).wait().unwrap();
    }
}

/// A house with all there can be in it.
fn furnished() -> House {
    let house = House::new();
    house.conversation(1, &["open", "still"]);
    for number in 2..6 {
        let id = house.conversation(number, &["a", "b", "c"]);
        house.close(id, i64::from(number));
    }
    house.purge(&[ConversationId::from_bytes([5; 16])]);
    audited(&house, 4);
    let mut batch = house.store.batch();
    batch.put_site(&Site::new(site(), Name::parse("Clinic Nord").unwrap(), vec![], at(1)));
    batch.put_secret("large", &vec![7; 20_000]);
    house.store.commit(batch).wait().unwrap();
    house
}

/// Changes what the index holds, behind the back of everybody.
fn harm(house: &House, table: Table, key: &[u8], change: impl FnOnce(&mut Vec<u8>)) {
    let mut value = house.store.shared.index.get(&table.key(key)).unwrap().unwrap().to_vec();
    change(&mut value);
    let value = if value.is_empty() { None } else { Some(value) };
    let mark = house.store.shared.index.mark();
    house.store.shared.index.apply(vec![(table.key(key), value)], mark);
}

fn flip(value: &mut [u8]) {
    value[20] ^= 1;
}

#[test]
fn what_is_whole_is_counted() {
    let house = furnished();
    for _ in 0..2 {
        let (counted, faults) = verify(&house, Scope::Everything);
        assert_eq!(faults, [""; 0]);
        let count = |what: &str| counted[what];
        assert_eq!((count("open conversations"), count("closed conversations")), (1, 3));
        assert_eq!((count("entries in them"), count("audit rows"), count("purge receipts among them")), (11, 5, 1));
        assert_eq!(count("signatures of transcripts"), 3);
        assert_eq!((count("sites"), count("secrets"), count("pages of the catalogue")), (1, 1, 1));
        assert_eq!(verify(&house, Scope::Audit).0["audit rows"], 5);
    }
    let (counted, faults) = verify(&house.again(), Scope::Everything);
    assert_eq!((faults.len(), counted["closed conversations"]), (0, 3));
}

#[test]
fn nothing_is_called_damaged_while_it_changes() {
    let house = furnished();
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for number in 10..120 {
                let id = house.conversation(number, &["x", "y"]);
                house.close(id, i64::from(number));
                if number % 3 == 0 {
                    house.purge(&[id]);
                }
            }
        });
        while !busy.is_finished() {
            assert_eq!(verify(&house, Scope::Everything).1, [""; 0]);
        }
    });
}

#[test]
fn each_damaged_conversation_is_named_by_its_place() {
    let house = furnished();
    let place_of = |number: u8| house.store.shared.entry(ConversationId::from_bytes([number; 16])).unwrap().0;
    let transcript = |number: u8| [&[number; 16][..], &[0, 0]].concat();
    harm(&house, Table::Transcripts, &transcript(2), |value| flip(value));
    harm(&house, Table::Transcripts, &transcript(3), Vec::clear);
    harm(&house, Table::Events, &event_key(ConversationId::from_bytes([1; 16]), 1), Vec::clear);
    // One of other words: an older one would be taken for no other.
    let mut writes = Vec::new();
    let key = house.store.shared.drawer_key(ConversationId::from_bytes([4; 16])).unwrap().unwrap();
    let (sealer, installation) = (Sealer::new(&key), &house.store.shared.installation);
    Signer::new().seal(&sealer, installation, ConversationId::from_bytes([4; 16]), &mut writes).unwrap();
    house.store.shared.index.apply(writes, house.store.shared.index.mark());
    let (counted, faults) = verify(&house, Scope::Everything);
    assert_eq!((faults.len(), counted["closed conversations"]), (4, 0));
    for (number, kind, what) in [
        (1, "open", "entries 1 to 1 are missing"),
        (2, "closed", "does not open"),
        (3, "closed", "part 1 of 1 is missing"),
        (4, "closed", "its signature is of other words"),
    ] {
        let named = format!("The {kind} conversation in place {} (", place_of(number));
        assert!(faults.iter().any(|fault| fault.starts_with(&named) && fault.contains(what)), "{named} {what}: {faults:#?}");
    }
    assert!(!faults.iter().any(|fault| fault.contains("Maria")));
}

#[test]
fn the_tree_the_house_and_strays_are_looked_at() {
    let house = furnished();
    harm(&house, Table::Sites, site().as_bytes(), |value| flip(value));
    // The second part of a long value.
    harm(&house, Table::Secrets, b"large\x02", |value| flip(value));
    let mark = house.store.shared.index.mark();
    let stray = Table::Transcripts.key(&[&[99; 16][..], &[0, 0]].concat());
    house.store.shared.index.apply(vec![(stray, Some(vec![1])), (vec![0x7f, 1], Some(vec![1]))], mark);
    let (_, faults) = verify(&house, Scope::Everything);
    assert_eq!(faults.len(), 4, "{faults:#?}");
    for words in ["Record 1 of the table sites", "“large” in secrets", "table with the number 127", "1 records belong to no"]
    {
        assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:#?}");
    }

    let house = furnished();
    let leaf = house.store.shared.index.scan(&[Table::Keys.tag(), 3]).unwrap().next().unwrap().unwrap().0;
    harm(&house, Table::Keys, &leaf[1..], |value| flip(value));
    let (_, faults) = verify(&house, Scope::Everything);
    assert!(faults.iter().any(|fault| fault.starts_with("Leaf 0 of the key tree") && fault.contains("places 0 to 63")));
}

#[test]
fn every_break_of_the_audit_chain_is_named() {
    let row = |number: u64| number.to_be_bytes();
    let house = furnished();
    harm(&house, Table::Audit, &row(2), |value| flip(value));
    harm(&house, Table::Audit, &row(4), Vec::clear);
    let (_, faults) = verify(&house, Scope::Audit);
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults[0].starts_with("Audit row 2 does not read") && faults[1] == "Audit row 4 is missing.", "{faults:#?}");
    harm(&house, Table::Audit, &row(5), Vec::clear);
    assert!(verify(&house, Scope::Audit).1.contains(&"Audit rows 4 to 5 are missing.".to_owned()));

    // A row that opens and is not the one that was there: somebody with the key wrote it.
    let house = furnished();
    let shared = &house.store.shared;
    let mut other = super::super::audit::Chain::default();
    let mut writes = Vec::new();
    for networks in [0, 9] {
        let action = AuditAction::AllowlistChanged { networks };
        other.row(shared, AuditEvent::done(at(1), AuditActor::Host, action), &mut writes).unwrap();
    }
    let second: Vec<_> = writes.into_iter().filter(|(key, _)| key.ends_with(&row(2))).collect();
    shared.index.apply(second, shared.index.mark());
    let (_, faults) = verify(&house, Scope::Audit);
    let named = [
        "Audit rows 1 and 2 do not belong together: one of them or both were altered.",
        "Audit row 2 was altered: it is not the one that row 3 follows.",
    ];
    assert_eq!(faults, named);
}

#[test]
fn files_beside_the_database_are_looked_at() {
    let house = furnished();
    std::fs::write(house.data_dir().join("tip"), [7; 8_192]).unwrap();
    std::fs::remove_file(house.data_dir().join("watermark")).unwrap();
    let (_, faults) = verify(&house, Scope::Everything);
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults[0].contains("tip of the key tree") && faults[1].contains("watermark"), "{faults:#?}");
}

#[test]
fn who_does_not_listen_any_more_is_not_told() {
    let house = furnished();
    let outcome = house.store.verify(Scope::Everything, &mut |_| ControlFlow::Break(()));
    assert!(matches!(outcome, Err(StoreError::Closed)));
}
