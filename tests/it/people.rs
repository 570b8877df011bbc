//! Staff come and go.

use std::time::Duration;

use crate::harness::actors::Operator;
use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::http::{Answer, Browser};

/// Invites somebody on the people page; gives the token in the link that is shown once.
async fn invite(app: &TestApp, admin: &Operator, who: &str) -> String {
    let email = format!("{who}@clinic.example");
    let name = format!("{who} of the clinic");
    app.markers.note(&email);
    app.markers.note(&name);
    let fields = [("name", name.as_str()), ("email", email.as_str()), ("role", "operator"), ("sites", app.site.as_str())];
    let answer = admin.browser.submit("/admin/people/new", "/admin/people/new", &fields).await;
    let page = follow(admin, answer).await;
    link_in(&page).unwrap_or_else(|| panic!("no invitation on the page: {}", page.gist()))
}

/// The page that a form led to, or the one it answered with.
async fn follow(admin: &Operator, answer: Answer) -> Answer {
    if answer.status == 303 { admin.browser.get(answer.location()).await.expect(200) } else { answer.expect(200) }
}

fn link_in(page: &Answer) -> Option<String> {
    let at = page.body.find("/join#")?;
    let token: String = page.body[at + 6..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
    Some(token)
}

async fn join(app: &TestApp, token: &str, password: &str) -> Answer {
    Browser::new(&app.door).submit("/join", "/join", &[("token", token), ("password", password)]).await
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_signs_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let token = invite(&app, &admin, "clara").await;
    app.markers.note(&token);
    // Not before they joined.
    let clara = Operator::at_the_door(&app.door, "clara@clinic.example", None);
    assert_ne!(clara.sign_in(PASSWORD).await.status, 303);

    let weak = join(&app, &token, "passwordpassword").await;
    assert_ne!(weak.status, 303);
    assert!(weak.body.contains("attacker"), "{}", weak.gist());
    assert!(!weak.body.contains("passwordpassword"));
    join(&app, &token, PASSWORD).await.expect_done();
    // The link worked once.
    assert_ne!(join(&app, &token, PASSWORD).await.status, 303);
    clara.sign_in(PASSWORD).await.expect_done();
    clara.browser.get("/console").await.expect(200);
    assert_eq!(clara.browser.get("/admin").await.status, 404, "the admin pages do not exist for an operator");
}

#[tokio::test]
async fn an_invitation_runs_out_and_can_be_renewed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let token = invite(&app, &admin, "clara").await;
    app.advance(Duration::from_secs(73 * 3_600)).await;
    assert_ne!(join(&app, &token, PASSWORD).await.status, 303);

    let admin = app.admin().await;
    let id = app.operator_id("clara@clinic.example");
    let answer = admin.browser.submit(&format!("/admin/people/{id}"), &format!("/admin/people/{id}/invitation"), &[]).await;
    let page = follow(&admin, answer).await;
    let renewed = link_in(&page).expect("a new link");
    assert_ne!(renewed, token);
    join(&app, &renewed, PASSWORD).await.expect_done();
}

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_back_when_enabled() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("who will be able to read this?").await.conversation;
    bert.accept(&it).await;
    let admin = app.admin().await;
    let id = app.operator_id(&bert.email);
    let person = format!("/admin/people/{id}");
    admin.browser.submit(&person, &format!("{person}/disablement"), &[]).await.expect_done();
    let (code, bye) = bert.expect_end().await;
    assert_eq!(code, 1008, "{bye:?}");
    assert_ne!(bert.browser.get("/console").await.status, 200);
    let door = Operator::at_the_door(&app.door, &bert.email, None);
    assert_ne!(door.sign_in(PASSWORD).await.status, 303);

    admin.browser.submit(&person, &format!("{person}/enablement"), &[]).await.expect_done();
    door.sign_in(PASSWORD).await.expect_done();
    assert_ne!(bert.browser.get("/console").await.status, 200, "the old session stays ended");
}

#[tokio::test]
async fn somebody_always_runs_the_house() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = app.operator_id(ADMIN);
    let person = format!("/admin/people/{id}");
    let page = admin.browser.get(&person).await.expect(200);
    let csrf = page.field("csrf").unwrap();
    let answer = admin.browser.post(&format!("{person}/disablement"), &[("csrf", &csrf)]).await;
    assert_ne!(answer.status, 303, "the last administrator cannot be disabled");
    let fields = [("csrf", csrf.as_str()), ("name", "Anna Admin"), ("role", "operator"), ("all_sites", "on")];
    assert_ne!(admin.browser.post(&person, &fields).await.status, 303, "nor become an operator");
    admin.browser.get("/admin").await.expect(200);
}

#[tokio::test]
async fn a_form_that_failed_says_why_and_shows_what_was_typed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let fields = [("name", ""), ("email", "not an address"), ("role", "operator"), ("all_sites", "on")];
    let answer = admin.browser.submit("/admin/people/new", "/admin/people/new", &fields).await;
    assert_eq!(answer.status, 422, "{}", answer.gist());
    assert!(answer.body.contains("not an address"), "what was typed is there");
    assert!(
        answer.body.contains("does not look like an e-mail address") && answer.body.contains("write something"),
        "{}",
        answer.gist()
    );
    let taken = [("name", "Second Anna"), ("email", ADMIN), ("role", "operator"), ("all_sites", "on")];
    let answer = admin.browser.submit("/admin/people/new", "/admin/people/new", &taken).await;
    assert!(answer.body.contains("is here already"), "{}", answer.gist());
}

#[tokio::test]
async fn a_change_of_sites_takes_effect_on_the_open_line() {
    let app = TestApp::start().await;
    let other = app.add_site("Another practice");
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("written while he still works here").await.conversation;
    bert.sees_row(&it, "waiting").await;
    let admin = app.admin().await;
    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    let fields = [("name", "Bert Other"), ("role", "operator"), ("sites", other.as_str())];
    app.markers.note("Bert Other");
    admin.browser.submit(&person, &person, &fields).await.expect_done();
    bert.expect_end().await;
    bert.drop_line();
    bert.connect().await;
    assert_eq!(bert.try_accept(&it).await.unwrap_err().code, "not_found");
}

#[tokio::test]
async fn a_chat_whose_operator_has_left_is_taken_over() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut clara = app.operator("clara").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("who goes on when he has left?").await.conversation;
    bert.accept(&it).await;
    maria.hears_kind(&it, "joined").await;
    assert_eq!(clara.try_accept(&it).await.unwrap_err().code, "closed", "while he is here it is his");
    let path = format!("/console/conversations/{it}");
    let says = "Nobody answers this chat any more";
    let bar = |page: &Answer| {
        let at = page.body.find("conversation-bar\" data-when=\"alone-active\"").unwrap();
        !page.body[at..at + 60].contains("hidden") && page.body.contains(says)
    };
    assert!(!bar(&clara.browser.get(&path).await.expect(200)));

    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    app.admin().await.browser.submit(&person, &format!("{person}/disablement"), &[]).await.expect_done();
    bert.expect_end().await;
    assert!(bar(&clara.browser.get(&path).await.expect(200)));
    clara.accept(&it).await;
    maria.hears_kind(&it, "joined").await;
    clara.send(&it, "I do, and I have read it all").await;
    maria.hears("I do, and I have read it all").await;
    maria.send(&it, "then nothing is lost").await;
    clara.hears("then nothing is lost").await;

    // Once the visitor has ended it, there is nothing to take over, but somebody has to close it.
    let mut dora = app.operator("dora").await;
    maria.end(&it).await;
    let person = format!("/admin/people/{}", app.operator_id(&clara.email));
    app.admin().await.browser.submit(&person, &format!("{person}/disablement"), &[]).await.expect_done();
    dora.close(&it).await;
}

#[tokio::test]
async fn a_ticket_from_before_a_change_of_sites_brings_no_old_rights() {
    let app = TestApp::start().await;
    let other = app.add_site("Another practice");
    let mut bert = app.operator_of("bert", &[&app.site]).await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("not for those who work elsewhere now").await.conversation;
    let ticket = bert.ticket().await;
    let admin = app.admin().await;
    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    let fields = [("name", "Bert Elsewhere"), ("role", "operator"), ("sites", other.as_str())];
    app.markers.note("Bert Elsewhere");
    admin.browser.submit(&person, &person, &fields).await.expect_done();
    let line = bert.open_line().await;
    bert.hello(line, &ticket).await;
    assert_eq!(bert.try_accept(&it).await.unwrap_err().code, "not_found");
}

#[tokio::test]
async fn an_account_that_nobody_uses_is_announced_then_disabled_and_let_in_again() {
    let app = TestApp::start().await;
    let bert = app.operator_of("bert", &[&app.site]).await;
    let day = Duration::from_secs(24 * 3_600);
    app.advance(day * 80).await;
    let admin = app.admin().await;
    let people = admin.browser.get("/admin/people").await.expect(200);
    assert!(people.body.contains("Not seen for 80 days"), "{}", people.gist());
    app.advance(day * 10).await;
    let admin = app.admin().await;
    let people = admin.browser.get("/admin/people").await.expect(200);
    assert!(people.body.contains("Disabled"), "{}", people.gist());
    let door = Operator::at_the_door(&app.door, &bert.email, None);
    assert_ne!(door.sign_in(PASSWORD).await.status, 303);
    let person = format!("/admin/people/{}", app.operator_id(&bert.email));
    admin.browser.submit(&person, &format!("{person}/enablement"), &[]).await.expect_done();
    door.sign_in(PASSWORD).await.expect_done();
}
