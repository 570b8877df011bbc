//! Two operators at their desks and visitors who write to them: the console in real browsers.

mod colleagues;
mod keyboard;
mod list;
mod looks;
mod offers;
mod signs;

use parlor::domain::department::{Department, Members};
use parlor::domain::id::DepartmentId;
use parlor::domain::operator::Role;
use parlor::domain::text::{Name, Tag};
use serde_json::json;

use crate::harness::actors::Visitor;
use crate::harness::app::{Beginning, PASSWORD, TestApp};
use crate::harness::screen::{In, Screen};
use crate::harness::world::ManualClock;

/// A house with departments and tags, at the machine's time, since browsers count ages by it.
async fn house() -> TestApp {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| {
        site.tags = ["Appointment", "Prescription", "Complaint"].map(|tag| Tag::parse(tag).unwrap()).to_vec();
    });
    add_department(&app, 1, "Billing");
    add_department(&app, 2, "Reception");
    app
}

fn add_department(app: &TestApp, number: u8, name: &str) {
    let department = Department {
        id: DepartmentId::from_bytes([number; 16]),
        site: app.site_id(),
        name: Name::parse(name).unwrap(),
        members: Members::AllOfSite,
        hours: None,
        routing: None,
        created_at: app.app.now(),
    };
    let mut batch = app.app.store.batch();
    batch.put_department(&department);
    app.app.store.commit(batch).wait().unwrap();
}

/// Makes somebody a supervisor.
fn promote(app: &TestApp, email: &str) {
    let house = app.app.store.house();
    let mut operator = (*house.operators[&app.operator_id(email)]).clone();
    operator.role = Role::Supervisor;
    let mut batch = app.app.store.batch();
    batch.put_operator(&operator);
    app.app.store.commit(batch).wait().unwrap();
}

/// Somebody writes; gives them and their conversation.
async fn caller(app: &TestApp, who: &str, name: &str, text: &str) -> (Visitor, String) {
    let mut visitor = app.visitor(who).await;
    let conversation = visitor.start_with(text, json!({"answers": {"name": name}})).await.unwrap().conversation;
    (visitor, conversation)
}

/// Signs in at the console and waits until it is ready.
async fn sits_down(screen: &Screen, origin: &str, email: &str) {
    screen.sign_in(origin, email, PASSWORD).await;
    screen.until_there(In::Page, ".console[data-ready]").await;
}

/// Waits until this element has the focus.
async fn focus(screen: &Screen, selector: &str) {
    let condition = format!("document.activeElement?.matches({})", json!(selector));
    screen.until(In::Page, &format!("the focus on {selector}"), &condition).await;
}

async fn done(screens: Vec<Screen>) {
    for screen in screens {
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
}
