//! What is exported holds, and whatever is done to the file afterwards is named.

use serde_json::{Value, json};

use super::*;
use crate::domain::access::Actor;
use crate::domain::id::SiteId;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::retention;
use crate::service::stage::Stage;

/// A visitor writes once and leaves, and what they wrote is erased.
fn talk_and_erase(stage: &Stage, site: SiteId, visitor: u8) {
    let actor = Actor::Visitor { site, token_index: [visitor; 32] };
    let ctx = stage.ctx(&actor);
    let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
    let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
    let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
    conversations::end(&ctx, id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    assert_eq!(retention::purge_now(&stage.ctx(&Actor::Host), None).unwrap().gone, 1);
}

/// Three receipts, the last two of them neighbours in the audit log.
fn exported() -> (Stage, Exported) {
    let (stage, finished) = Stage::set_up();
    talk_and_erase(&stage, finished.site, 1);
    stage.admin_session();
    talk_and_erase(&stage, finished.site, 2);
    talk_and_erase(&stage, finished.site, 3);
    let exported = export(&stage.ctx(&Actor::Host), 0).unwrap();
    (stage, exported)
}

fn faults_after(exported: &Exported, alter: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document: Value = serde_json::from_str(&exported.json).unwrap();
    alter(&mut document);
    check(&document.to_string(), Some(&exported.public_key)).faults
}

fn receipts(document: &mut Value) -> &mut Vec<Value> {
    document["receipts"].as_array_mut().unwrap()
}

#[test]
fn an_export_holds_and_says_no_more_than_counts() {
    let (stage, exported) = exported();
    let checked = check(&exported.json, Some(&exported.public_key));
    assert_eq!(checked.faults, [""; 0]);
    assert_eq!((checked.receipts, checked.drawers, checked.events), (3, 3, 9));
    assert_eq!(checked.about[1], format!("installation {}", HEXLOWER.encode(&stage.store.installation())));
    assert_eq!((exported.receipts, exported.more_after), (3, None));
    for word in ["foot", "Anna", "anna@", "Clinic", "Reception", "cnv_"] {
        assert!(!exported.json.contains(word), "{word}");
    }
    let rows: Vec<_> = stage.store.audit_rows_after(0).unwrap().map(|row| row.unwrap().entry).collect();
    let first = rows.iter().find(|row| matches!(row.action, AuditAction::Purged(_))).unwrap().number;
    assert_eq!(export(&stage.ctx(&Actor::Host), first).unwrap().receipts, 2);
}

#[test]
fn whatever_is_altered_removed_or_reordered_is_named() {
    let (_stage, exported) = exported();
    let mut document: Value = serde_json::from_str(&exported.json).unwrap();
    let rows: Vec<u64> = receipts(&mut document).iter().map(|receipt| receipt["row"].as_u64().unwrap()).collect();
    let [one, two, three] = rows[..] else { panic!("three receipts: {rows:?}") };
    assert_eq!(two + 1, three);

    let removed = faults_after(&exported, |document| drop(receipts(document).remove(1)));
    assert_eq!(removed, [format!("Row {two} was removed: the statement lists it, and the file does not have it.")]);

    let reordered = faults_after(&exported, |document| receipts(document).swap(0, 1));
    assert_eq!(reordered, [format!("Row {one} stands behind row {two}: the receipts were reordered or repeated.")]);

    let beside = faults_after(&exported, |document| receipts(document)[0]["drawers"] = json!(9));
    assert_eq!(beside, [format!("Row {one}: what stands beside its record is not what the record says.")]);

    // The count in the record and beside it: only the hash tells.
    let altered = faults_after(&exported, |document| {
        let mut bytes = HEXLOWER.decode(receipts(document)[1]["record"].as_str().unwrap().as_bytes()).unwrap();
        let row = AuditRow::read(&bytes).unwrap();
        let AuditAction::Purged(purge) = row.entry.action else { panic!("a receipt") };
        let (events, last) = (purge.events, bytes.len() - 1);
        assert_eq!(u64::from(bytes[last - 1]), events);
        bytes[last - 1] += 1;
        receipts(document)[1]["record"] = json!(HEXLOWER.encode(&bytes));
        receipts(document)[1]["events"] = json!(events + 1);
    });
    let expected = [
        format!("Row {two} was altered: its record is not the one that was signed."),
        format!("Row {three} does not follow from row {two} in the chain."),
    ];
    assert_eq!(altered, expected);

    let signature = "The signature does not fit the statement: the statement, the signature or the key was altered.";
    let restated = faults_after(&exported, |document| {
        document["statement"] = json!(document["statement"].as_str().unwrap().replace("made 20", "made 19"));
    });
    assert_eq!(restated, [signature]);
    let unlisted = faults_after(&exported, |document| {
        receipts(document).remove(2);
        let mut lines: Vec<_> = document["statement"].as_str().unwrap().lines().map(ToOwned::to_owned).collect();
        lines.pop();
        lines[4] = "receipts 2".to_owned();
        document["statement"] = json!(lines.join("\n") + "\n");
    });
    assert_eq!(unlisted, [signature], "who takes a receipt out of both cannot sign");
}

#[test]
fn another_key_and_another_file_are_refused() {
    let (_stage, exported) = exported();
    let stranger = PublicKey::parse(&"ab".repeat(32)).unwrap();
    let faults = check(&exported.json, Some(&stranger)).faults;
    assert_eq!(faults, ["The file is signed with another key than the one given: it is not from that installation."]);
    for text in ["", "{}", "[]", "null"] {
        assert_eq!(check(text, None).faults.len(), 1, "{text:?}");
    }
    let added = faults_after(&exported, |document| document["note"] = json!("by somebody"));
    assert!(added[0].contains("unknown field `note`"), "{added:?}");
    let faults = faults_after(&exported, |document| document["receipts"][0]["record"] = json!("01ff"));
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn an_operator_gets_no_receipts() {
    let (stage, finished) = Stage::set_up();
    let bert = stage.join(&stage.actor(finished.operator), "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(export(&stage.ctx(&bert), 0), Err(Failure::Denied(_))));
    assert!(matches!(public_key(&stage.ctx(&bert)), Err(Failure::Denied(_))));
}
