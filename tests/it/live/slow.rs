//! A reader that does not read: it is cut at a bounded queue, the others notice nothing, and it catches up when it comes back.

use std::time::Duration;

use serde_json::json;

use crate::harness::actors::Visitor;
use crate::harness::app::TestApp;
use crate::harness::line::Line;

#[tokio::test]
async fn a_slow_reader_is_cut_and_catches_up() {
    // A busy machine may take longer for all that is said here than a line may stand still otherwise.
    let app = TestApp::with_config(|config| config.patience.write = Duration::from_secs(600)).await;
    let mut bert = app.operator("bert").await;
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await;
    let line = Line::socket_taking(&app.door, &app.door.origin(), None, Some(16 * 1024)).await.unwrap();
    let ticket = maria.ticket().await;
    maria.hello(line, &ticket).await;
    let it = maria.start("I will stop reading for a while").await.conversation;
    bert.accept(&it).await;
    maria.hears_kind(&it, "joined").await;

    // Nothing reads Maria's socket from here on. What the kernel takes is bounded, and then the queue is.
    let words = "words ".repeat(650);
    let mut last = 0;
    for number in 0..3_000 {
        let frame =
            json!({"t": "send", "id": format!("flood-{number}"), "conversation": it, "text": format!("{number} {words}")});
        last = bert.attempt(&frame).await.expect("the writer is not held up").unwrap().seq;
        bert.events.clear();
    }
    // When she reads again she finds what was on its way, and then the farewell: the rest did not wait for her in memory.
    let (code, bye) = maria.expect_end().await;
    assert_eq!((code, bye.unwrap()["code"].as_str()), (1013, Some("lagging")));
    let whole = maria.whole_up_to(&it);
    assert!(whole < last, "all {last} were kept for somebody who did not read");

    maria.drop_line();
    maria.connect().await;
    let next = maria.send(&it, "now I am listening again").await.seq;
    maria.catch_up(&it, next).await;
    assert_eq!(maria.whole_up_to(&it), next);
}
