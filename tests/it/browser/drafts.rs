//! What is typed and not sent waits on the server: in another browser of the same person it stands in the reply again.

use serde_json::json;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::{accept_first, operator_hears};

#[tokio::test]
async fn a_draft_goes_with_its_writer_and_ends_with_its_sending() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let mut maria = app.visitor("maria").await;
    let chat = maria.start_with("Is anybody there?", json!({"answers": {"name": "Maria"}})).await.unwrap().conversation;
    let id = chat.parse().unwrap();
    let me = app.operator_id(ADMIN);
    let stored = || {
        let draft = app.app.store.draft(id, me, parlor::domain::draft::DraftKind::Reply).unwrap();
        draft.map(|draft| draft.text.as_str().to_owned())
    };

    let desk = browsers.open().await;
    desk.sign_in(&origin, ADMIN, PASSWORD).await;
    accept_first(&desk).await;
    desk.fill(In::Page, ".composer textarea", "I look it up and").await;
    // Leaving the page does not wait for the pause that a writer makes.
    desk.goto(&format!("{origin}/console/closed")).await;

    let phone = browsers.open().await;
    phone.sign_in(&origin, ADMIN, PASSWORD).await;
    let here = format!("{origin}/console/conversations/{chat}");
    let started = std::time::Instant::now();
    while stored().is_none() {
        assert!(started.elapsed() < crate::harness::world::DEADLINE, "the draft never reached the store");
        tokio::task::yield_now().await;
    }
    phone.goto(&here).await;
    let holds = "document.querySelector('.composer textarea').value === 'I look it up and'";
    phone.until(In::Page, "the draft of the other browser", holds).await;
    phone.fill(In::Page, ".composer textarea", "Yes, I am.").await;
    phone.key("Enter").await;
    operator_hears(&phone, "Yes, I am.").await;
    maria.hears("Yes, I am.").await;
    let started = std::time::Instant::now();
    while stored().is_some() {
        assert!(started.elapsed() < crate::harness::world::DEADLINE, "what was sent is a draft still: {:?}", stored());
        tokio::task::yield_now().await;
    }
    for screen in [desk, phone] {
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
}
