//! Saying everything that can be said on the live channel in everybody's name, about a talk that began a moment ago.

use std::collections::{BTreeMap, BTreeSet};

use parlor::domain::access::Actor;
use parlor::domain::news::Origin;
use parlor::domain::text::ClientId;
use parlor::service::{conversations, sessions};
use serde_json::{Value, json};

use super::lines::Ear;
use super::people::World;
use super::table::{Differences, Table};
use crate::harness::actors::Visitor;
use crate::harness::app::{ADMIN, TestApp};

/// What the source knows as commands, as they are called on the wire.
pub fn known() -> BTreeSet<(&'static str, String)> {
    let source = include_str!("../../../src/web/live/commands.rs");
    let (_, body) = source.split_once("pub enum Command {").unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let is_variant = |line: &&str| line.starts_with("    ") && line.chars().nth(4).is_some_and(char::is_uppercase);
    let name = |line: &str| line.trim().chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    body.lines().filter(is_variant).map(|line| ("SAY", on_the_wire(&name(line)))).collect()
}

fn on_the_wire(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

/// The parts of one talk: whose it is, and a colleague who looks at it.
struct Talk {
    id: String,
    maria: Visitor,
    marias: Ear,
}

pub async fn walk(table: &Table) -> Differences {
    let world = World::new().await;
    let (maria, _) = world.talk("maria").await;
    let people = world.people(&table.people, &maria).await;
    let paula = world.person("desk", &maria).await;
    let mut desk = Ear::of(&world, &paula).await.unwrap();
    let mut ears: BTreeMap<&str, Option<Ear>> = BTreeMap::new();
    let mut differences = Differences::default();
    for (number, row) in table.of(&["SAY"]).enumerate() {
        for (name, expected) in table.people.iter().zip(&row.expected) {
            let person = &people[name];
            let is_theirs = *name == "visitor";
            if !is_theirs && ears.get(name).and_then(Option::as_ref).is_none_or(|ear| ear.has_ended) {
                ears.insert(name, Ear::of(&world, person).await);
            }
            if !is_theirs && ears[name].is_none() {
                differences.note(row, name, "shut", expected);
                continue;
            }
            let mut talk = begin(&world, &format!("m{number}-{name}")).await;
            desk.say(&json!({"t": "watch", "conversation": talk.id})).await;
            prepare(&world, row.what, name, &talk.id);
            let got = if is_theirs {
                let mut marias = Ear::of_visitor(&world, &talk.maria).await;
                say(&world, row.what, &talk.id, &mut marias, [&mut desk]).await
            } else {
                let ear = ears.get_mut(name).unwrap().as_mut().unwrap();
                say(&world, row.what, &talk.id, ear, [&mut desk, &mut talk.marias]).await
            };
            differences.note(row, name, &got, expected);
        }
    }
    differences
}

async fn begin(world: &World, who: &str) -> Talk {
    let (maria, id) = world.talk(who).await;
    let marias = Ear::of_visitor(world, &maria).await;
    Talk { id, maria, marias }
}

/// Whoever may takes the talk first, so that what is refused afterwards is refused for want of a right and of nothing else.
fn prepare(world: &World, word: &str, name: &str, talk: &str) {
    let by = match word {
        "accept" | "decline" => return,
        "join" | "rate" | "end" | "copy" => "desk".to_owned(),
        _ if name == "admin" => ADMIN.to_owned(),
        _ => name.to_owned(),
    };
    let by = if by.contains('@') { by } else { format!("{by}@clinic.example") };
    let house = world.app.app.store.house();
    let Some(operator) = house.operators.values().find(|it| it.email.as_str() == by) else { return };
    let actor = sessions::actor(&house, operator);
    take(&world.app, &actor, talk);
    if word == "rate" {
        // Only what is over is rated.
        conversations::close(&world.app.app.ctx(&actor), talk.parse().unwrap(), origin("closes")).unwrap();
        world.app.app.store.commit(world.app.app.store.batch()).wait().unwrap();
    }
}

fn origin(id: &str) -> Origin {
    Origin { connection: 0, client_id: ClientId::parse(id).unwrap() }
}

fn take(app: &TestApp, actor: &Actor, talk: &str) {
    // Refused to who may not: then it stays as it was.
    let _ = conversations::accept(&app.app.ctx(actor), talk.parse().unwrap(), origin("takes"));
    app.app.store.commit(app.app.store.batch()).wait().unwrap();
}

/// Says it, and tells what came of it: for who said it, or else for the others.
async fn say<const OTHERS: usize>(
    world: &World,
    word: &str,
    talk: &str,
    ear: &mut Ear,
    mut others: [&mut Ear; OTHERS],
) -> String {
    ear.hear().await;
    for other in &mut others {
        other.hear().await;
    }
    let id = format!("says-{word}-{talk}");
    let id = &id[..40.min(id.len())];
    ear.say(&frame(world, word, talk, id)).await;
    let is_answered = |frame: &Value| frame["id"] == id && (frame["t"] == "ack" || frame["t"] == "refused");
    let heard = if HAVE_ANSWERS.contains(&word) { ear.hear_until(is_answered).await } else { ear.hear().await };
    if let Some(bye) = heard.iter().find(|frame| frame["t"] == "bye") {
        return format!("bye-{}", bye["code"].as_str().unwrap());
    }
    if let Some(answer) = heard.iter().find(|frame| is_answered(frame)) {
        return answer_of(answer);
    }
    let is_about = |frame: &&Value| frame["conversation"] == talk;
    if let Some(refused) = heard.iter().filter(is_about).find(|frame| frame["t"] == "refused" || frame["t"] == "purged") {
        return answer_of(refused);
    }
    let mut told = heard.iter().any(|frame| is_about(&frame) || frame["t"] == "available");
    for other in &mut others {
        told |= other.hear().await.iter().any(|frame| is_about(&frame));
    }
    if told { "told".to_owned() } else { "silent".to_owned() }
}

fn answer_of(frame: &Value) -> String {
    match (frame["t"].as_str(), frame["code"].as_str()) {
        (Some("ack"), _) => "ack".to_owned(),
        (Some("purged"), _) | (_, Some("not_found")) => "no".to_owned(),
        (_, code) => code.unwrap().to_owned(),
    }
}

const HAVE_ANSWERS: [&str; 16] = [
    "start",
    "leave",
    "copy",
    "rate",
    "send",
    "accept",
    "end",
    "close",
    "note",
    "transfer",
    "invite",
    "join",
    "depart",
    "decline",
    "tags",
    "request_file",
];

fn frame(world: &World, word: &str, talk: &str, id: &str) -> Value {
    let text = "words that are said";
    world.app.markers.note(text);
    let paula = world.app.operator_id("desk@clinic.example").to_string();
    let mut frame = match word {
        "hello" => json!({"v": 1, "ticket": "again"}),
        "start" => json!({"id": id, "text": text}),
        "leave" => json!({"id": id, "text": text, "answers": {"email": "maria@example.org"}}),
        "rate" => json!({"id": id, "conversation": talk, "stars": 5}),
        "send" | "note" => json!({"id": id, "conversation": talk, "text": text}),
        "transfer" => json!({"id": id, "conversation": talk, "to": world.billing.to_string()}),
        "invite" => json!({"id": id, "conversation": talk, "operator": paula}),
        "tags" => json!({"id": id, "conversation": talk, "tags": []}),
        "typing" => json!({"conversation": talk, "on": true}),
        "peek" => json!({"conversation": talk, "text": text}),
        "delivered" | "seen" => json!({"conversation": talk, "seq": 1}),
        "resume" => json!({"conversation": talk, "after": 0}),
        "watch" | "unwatch" => json!({"conversation": talk}),
        "active" => json!({}),
        "available" => json!({"on": false}),
        "visit" => json!({"page": "https://www.clinic.example/prices"}),
        "identify" => json!({"id": "somebody"}),
        "set" => json!({"attributes": {}}),
        _ => json!({"id": id, "conversation": talk}),
    };
    frame["t"] = word.into();
    frame
}
