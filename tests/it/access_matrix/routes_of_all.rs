//! Asking for every route in everybody's name.

use serde_json::json;

use super::objects::Objects;
use super::people::{Person, World};
use super::table::{Differences, Row, Table};
use crate::harness::app::ADMIN;
use crate::harness::files::Outgoing;
use crate::harness::http::{Answer, Browser};

pub async fn walk(table: &Table) -> Differences {
    let world = World::new().await;
    let (mut maria, conversation) = world.talk("maria").await;
    let file = Outgoing { conversation: &conversation, id: "f", name: "x.txt", content: b"x" }.of_visitor(&maria).await;
    file.expect(200);
    let file = maria.hears_kind(&conversation, "file").await["file"]["id"].as_str().unwrap().to_owned();
    let house = world.app.app.store.house();
    let admin = parlor::service::sessions::actor(&house, &house.operators[&world.app.operator_id(ADMIN)]);
    let session = world.session_of_sara().await;
    let objects = Objects { world: &world, conversation, file, session, admin };
    let people = world.people(&table.people, &maria).await;
    let site = world.site.to_string();
    let mut differences = Differences::default();
    for row in table.of(&["GET", "POST"]) {
        for (name, expected) in table.people.iter().zip(&row.expected) {
            let person = &people[name];
            world.shut_out();
            let (real, never) = objects.fill(row.what);
            let answer = ask(row, &real, person, (&site, &objects.conversation)).await;
            differences.note(row, name, &gist(&answer, expected), number(expected));
            // What is not theirs is answered as what never was.
            if let Some(never) = never.filter(|_| answer.status == 404) {
                let other = ask(row, &never, person, (&site, &never_said(&never))).await;
                if (other.status, without_ids(&other.body)) != (answer.status, without_ids(&answer.body)) {
                    differences.note(row, name, "another answer than for what never was", "the same");
                }
            }
        }
    }
    differences
}

/// The conversation that is named in a header must not exist either.
fn never_said(path: &str) -> String {
    path.split('/').find(|piece| piece.starts_with("cnv_")).unwrap_or("cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa").to_owned()
}

fn number(expected: &str) -> &str {
    match expected {
        "no" => "404",
        "out" => "403",
        "sign-in" => "a way to the sign-in page",
        other => other,
    }
}

fn gist(answer: &Answer, expected: &str) -> String {
    let leads_to_sign_in = answer.status == 303 && answer.location().starts_with("/login?next=");
    match expected {
        "sign-in" if leads_to_sign_in => number(expected).to_owned(),
        // A redirect is the answer to a form that was taken only when it leads elsewhere.
        "303" if leads_to_sign_in => number("sign-in").to_owned(),
        _ => answer.status.as_u16().to_string(),
    }
}

/// Each answer has a number of its own, by which the log knows it.
fn without_ids(body: &str) -> String {
    let is_id = |word: &&str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let words = body.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !is_id(word)).collect::<Vec<_>>().join(" ")
}

async fn ask(row: &Row, path: &str, person: &Person, (site, conversation): (&str, &str)) -> Answer {
    let bearer = person.bearer.as_ref().map(|token| format!("Bearer {token}"));
    let mut headers = vec![("x-parlor-csrf", person.csrf.as_str())];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    headers.push(("x-parlor-site", &person.site));
    match (row.kind, row.what) {
        ("GET", _) => {
            let mut request = person
                .browser
                .request(reqwest::Method::GET, path)
                .header("accept", "text/html")
                .header("sec-fetch-site", "same-origin");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            Browser::answer(request).await
        }
        (_, "/live/ticket") => {
            let body = if person.bearer.is_some() { json!({"site": person.site}) } else { json!({}) };
            person.browser.post_json(path, &body, &headers).await
        }
        (_, "/live/files") => {
            let file = Outgoing { conversation, id: "f1", name: "x.txt", content: b"x" };
            Browser::answer(file.by(&person.browser, &headers)).await
        }
        (_, "/console/conversations/{id}/drafts") => {
            person.browser.post_json(path, &json!({"kind": "reply", "text": "half"}), &headers).await
        }
        (_, "/live/commands") => person.browser.post_json(path, &json!([]), &headers).await,
        (_, "/widget/{site}/invitation") => person.browser.post_json(path, &json!({"visit": "nobody"}), &headers).await,
        (_, "/widget/{site}/session" | "/widget/{site}/visits") => {
            person.browser.post_json(path, &json!({"origin": person.browser.door.origin()}), &headers).await
        }
        // Without these the form would be refused before anybody asks whose it is.
        (_, "/console/conversations/{id}/export") => {
            person.browser.post(path, &[("csrf", &person.csrf), ("format", "text")]).await
        }
        (_, "/account/passkeys/{id}") => person.browser.post(path, &[("csrf", &person.csrf), ("name", "Key")]).await,
        (_, "/console/blocks") => person.browser.post(path, &[("csrf", &person.csrf), ("site", site)]).await,
        _ => person.browser.post(path, &[("csrf", &person.csrf)]).await,
    }
}
