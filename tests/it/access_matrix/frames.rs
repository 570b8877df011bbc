//! One talk from its beginning to its end, with everybody at the live channel who gets there: who is told what of it.

use std::collections::{BTreeMap, BTreeSet};

use parlor::domain::access::Actor;
use parlor::service::retention;
use serde_json::{Value, json};

use super::lines::Ear;
use super::people::World;
use super::table::{Differences, Table};
use crate::harness::source;

/// Every kind of frame that the source names.
pub fn known() -> BTreeSet<(&'static str, String)> {
    let kinds = |file: &source::SourceFile| -> Vec<String> {
        let named = file.text.split("t: \"").skip(1);
        named.map(|rest| rest.chars().take_while(|c| *c != '"').collect()).collect()
    };
    source::files("src/live/frames", &[".rs"]).iter().flat_map(kinds).map(|kind| ("HEAR", kind)).collect()
}

/// The talk belongs to the reception and the operator takes it. It is handed to a supervisor, who does not want it, and to the
/// department of billing at the end.
pub async fn walk(table: &Table) -> Differences {
    let world = World::new().await;
    let (maria, talk) = world.talk("maria").await;
    let people = world.people(&table.people, &maria).await;
    let mut ears: BTreeMap<&str, Ear> = BTreeMap::new();
    let mut heard: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for name in &table.people {
        if let Some(ear) = Ear::of(&world, &people[name]).await {
            ears.insert(name, ear);
        }
    }
    let supervisor = world.app.operator_id("supervisor@clinic.example").to_string();
    let say = |word: &str, more: Value| {
        let mut frame = more;
        (frame["t"], frame["conversation"]) = (word.into(), talk.as_str().into());
        frame
    };
    let words = "words that everybody hears who may";
    world.app.markers.note(words);
    let watch = ("everybody", say("watch", json!({})));
    let story = [
        watch,
        ("operator", say("accept", json!({"id": "1"}))),
        ("visitor", say("typing", json!({"on": true}))),
        ("visitor", say("peek", json!({"text": words}))),
        ("visitor", say("send", json!({"id": "2", "text": words}))),
        ("operator", say("note", json!({"id": "3", "text": words}))),
        ("visitor", json!({"t": "set", "attributes": {"plan": "gold"}})),
        ("operator", json!({"t": "available", "on": false})),
        ("operator", say("transfer", json!({"id": "4", "to": supervisor}))),
        ("supervisor", say("decline", json!({"id": "5"}))),
        ("operator", say("accept", json!({"id": "6"}))),
    ];
    for (who, frame) in story {
        let is_meant = |name: &str| if who == "everybody" { !VISITORS.contains(&name) } else { name == who };
        for (_, ear) in ears.iter_mut().filter(|(name, _)| is_meant(name)) {
            ear.say(&frame).await;
        }
        listen(&world, &mut ears, &mut heard).await;
    }
    // Who had no right to it so far has heard nothing of it; from here on the other department may.
    let before = heard.get("confined").into_iter().flatten().filter(|frame| is_about(frame, &talk)).count();
    assert_eq!(before, 1, "only that it is not theirs to watch");
    ears.get_mut("operator").unwrap().say(&say("close", json!({"id": "7"}))).await;
    listen(&world, &mut ears, &mut heard).await;
    assert_eq!(retention::purge_now(&world.app.app.ctx(&Actor::Host), None).unwrap().gone, 1);
    listen(&world, &mut ears, &mut heard).await;
    world.app.app.hub.stop();
    for (name, ear) in &mut ears {
        heard.entry(name).or_default().extend(ear.hear_until(|_| false).await);
    }

    let mut differences = Differences::default();
    for row in table.of(&["HEAR"]) {
        for (name, expected) in table.people.iter().zip(&row.expected) {
            let is_of_none = |frame: &Value| frame["conversation"].is_null() && frame["conversations"].is_null();
            let is_it = |frame: &&Value| frame["t"] == row.what && (is_of_none(frame) || is_about(frame, &talk));
            let found = heard.get(name).into_iter().flatten().find(is_it);
            let got = match (found, ears.contains_key(name)) {
                (Some(frame), _) if row.what == "purged" && frame["unseen"] == true => "no",
                (Some(_), _) => "hears",
                (None, true) => "silent",
                (None, false) => "shut",
            };
            differences.note(row, name, got, expected);
        }
    }
    differences
}

const VISITORS: [&str; 3] = ["visitor", "passer-by", "neighbour"];

fn is_about(frame: &Value, talk: &str) -> bool {
    frame["conversation"] == talk
        || frame["conversations"].as_array().is_some_and(|all| all.iter().any(|conversation| conversation == talk))
}

/// Waits until what was said is done and told, and hears it.
async fn listen<'a>(world: &World, ears: &mut BTreeMap<&'a str, Ear>, heard: &mut BTreeMap<&'a str, Vec<Value>>) {
    for (name, ear) in ears.iter_mut() {
        heard.entry(name).or_default().extend(ear.hear().await);
    }
    world.app.app.store.commit(world.app.app.store.batch()).wait().unwrap();
    for (name, ear) in ears {
        heard.entry(name).or_default().extend(ear.hear().await);
    }
}
