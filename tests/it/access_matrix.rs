//! Every route and every kind of person: who gets what. The table is `access_matrix.txt`; a route without a row fails, and so
//! does a row without a route.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use parlor::web::routes;
use parlor::web::routes::Method;
use serde_json::json;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::{ADMIN, PASSWORD, TestApp, address};
use crate::harness::files::Outgoing;
use crate::harness::http::{Answer, Browser};

const TABLE: &str = include_str!("access_matrix.txt");
const ACTORS: [&str; 7] = ["stranger", "visitor", "operator", "other", "admin", "disabled", "outside"];

struct Row {
    method: &'static str,
    path: &'static str,
    expected: Vec<u16>,
}

fn rows() -> Vec<Row> {
    TABLE
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace();
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            let expected: Vec<u16> = words.map(|word| word.parse().unwrap()).collect();
            assert_eq!(expected.len(), ACTORS.len(), "{line}");
            Row { method, path, expected }
        })
        .collect()
}

fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

#[test]
fn every_route_has_its_row() {
    let known: BTreeSet<_> = rows().iter().map(|row| (row.method, row.path)).collect();
    let real: BTreeSet<_> = routes::routes().iter().map(|route| (word(route.method), route.path)).collect();
    let without_row: Vec<_> = real.difference(&known).collect();
    let without_route: Vec<_> = known.difference(&real).collect();
    assert!(without_row.is_empty() && without_route.is_empty(), "no row: {without_row:?}; no route: {without_route:?}");
    assert_eq!(rows().len(), known.len(), "a row stands twice");
}

/// One person with what they hold: cookies, a token for forms, a bearer token.
struct Person {
    browser: Browser,
    csrf: String,
    bearer: Option<String>,
}

async fn signed_in(app: &TestApp, operator: Operator) -> Person {
    let csrf = operator.csrf().await;
    let _ = app;
    Person { browser: operator.browser, csrf, bearer: None }
}

async fn person(app: &TestApp, actor: &str) -> Person {
    match actor {
        "stranger" => {
            let browser = Browser::new(&app.door);
            let csrf = browser.get("/login").await.expect(200).field("csrf").unwrap();
            Person { browser, csrf, bearer: None }
        }
        "visitor" => {
            let visitor = Visitor::new(&app.door, &app.site, "vera").await;
            let csrf = visitor.browser.get("/login").await.expect(200).field("csrf").unwrap();
            Person { browser: visitor.browser, csrf, bearer: Some(visitor.token) }
        }
        "operator" => signed_in(app, Operator::signed_in(&app.door, "otto@clinic.example", PASSWORD).await).await,
        "other" => signed_in(app, Operator::signed_in(&app.door, "olga@clinic.example", PASSWORD).await).await,
        "admin" => signed_in(app, Operator::signed_in(&app.door, ADMIN, PASSWORD).await).await,
        "disabled" => {
            let operator = Operator::signed_in(&app.door, "dora@clinic.example", PASSWORD).await;
            let person = signed_in(app, operator).await;
            let id = app.operator_id("dora@clinic.example");
            parlor::service::people::disable(&app.app.ctx(&parlor::domain::access::Actor::Host), id).unwrap();
            person
        }
        "outside" => {
            let operator = Operator::at_the_door(&app.door, ADMIN, Some(address("127.0.0.2")));
            operator.sign_in(PASSWORD).await.expect_done();
            let person = signed_in(app, operator).await;
            let list = parlor::domain::network::parse_networks("127.0.0.1").unwrap();
            let mut batch = app.app.store.batch();
            batch.put_allowlist(&parlor::domain::allowlist::Allowlist {
                lists: parlor::domain::allowlist::Lists { everybody: list, ..Default::default() },
                trial: None,
            });
            app.app.store.commit(batch).wait().unwrap();
            person
        }
        other => panic!("{other}"),
    }
}

async fn ask(row: &Row, path: &str, person: &Person, site: &str, conversation: &str) -> Answer {
    let bearer = person.bearer.as_ref().map(|token| format!("Bearer {token}"));
    let mut headers = vec![("x-parlor-csrf", person.csrf.as_str())];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    headers.push(("x-parlor-site", site));
    match (row.method, row.path) {
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
            let body = if person.bearer.is_some() { json!({"site": site}) } else { json!({}) };
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
        _ => person.browser.post(path, &[("csrf", &person.csrf)]).await,
    }
}

#[tokio::test]
async fn everybody_gets_what_the_table_says_and_nothing_else() {
    let mut found = String::new();
    let mut differs = false;
    let mut columns: Vec<Vec<u16>> = Vec::new();
    for actor in ACTORS {
        // Each kind of person gets a house of their own: what one does must not decide what the next one finds.
        let app = TestApp::start().await;
        let other = app.add_site("Another practice");
        for (who, site) in
            [("otto", app.site.clone()), ("olga", other.clone()), ("dora", app.site.clone()), ("paula", app.site.clone())]
        {
            app.employ(who, &[&site]);
        }
        let paula = app.operator_id("paula@clinic.example");
        let mut maria = app.visitor("maria").await;
        let conversation = maria.start("a talk that somebody may look at").await.conversation;
        app.change_site(|site| site.switches.visitor_files = true);
        let file = Outgoing { conversation: &conversation, id: "f", name: "x.txt", content: b"x" }.of_visitor(&maria).await;
        file.expect(200);
        let file = maria.hears_kind(&conversation, "file").await["file"]["id"].as_str().unwrap().to_owned();
        let who = person(&app, actor).await;
        let asset = parlor::web::assets::url("pages.css").trim_start_matches("/assets/").to_owned();
        let look = parlor::service::sites::LookForm::of_look(&parlor::domain::look::Look::default());
        let form = parlor::service::sites::WindowForm { name: "Shop".to_owned(), look, ..Default::default() };
        let host = app.app.ctx(&parlor::domain::access::Actor::Host);
        let department = parlor::service::departments::DepartmentForm {
            name: "Billing".to_owned(),
            all_of_site: true,
            ..parlor::service::departments::DepartmentForm::default()
        };
        let department = parlor::service::departments::create(&host, app.site.parse().unwrap(), &department).unwrap().to_string();
        let window = parlor::service::sites::add_window(&host, app.site.parse().unwrap(), &form).unwrap().to_string();
        let mut column = Vec::new();
        for row in rows() {
            let id = match row.path {
                path if path.contains("conversations") => conversation.clone(),
                path if path.contains("people") => paula.to_string(),
                _ => app.site.clone(),
            };
            let path = row
                .path
                .replace("{site}", &app.site)
                .replace("{name}", &asset)
                .replace("{id}", &id)
                .replace("{window}", &window)
                .replace("{accent}", "0b5fb8")
                .replace("{limit}", "passwords");
            let path =
                path.replace("{conversation}", &conversation).replace("{file}", &file).replace("{department}", &department);
            column.push(ask(&row, &path, &who, &app.site, &conversation).await.status.as_u16());
        }
        columns.push(column);
    }
    for (index, row) in rows().iter().enumerate() {
        let got: Vec<u16> = columns.iter().map(|column| column[index]).collect();
        let mark = if got == row.expected { " " } else { "!" };
        differs |= got != row.expected;
        write!(found, "{mark} {:4} {:40}", row.method, row.path).unwrap();
        for (got, expected) in got.iter().zip(&row.expected) {
            if got == expected { write!(found, " {got}").unwrap() } else { write!(found, " {got}(not {expected})").unwrap() }
        }
        found.push('\n');
    }
    assert!(!differs, "who gets what is not as the table says:\n{found}");
}
