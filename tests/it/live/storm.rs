//! A router restarts: everybody's line breaks in the middle of a message, and all come back at the same moment. Its long form is
//! `cargo bench --bench load -- --only return`.

use serde_json::json;

use crate::harness::app::TestApp;

const VISITORS: usize = 60;

#[tokio::test]
async fn all_come_back_at_once_and_each_message_stands_there_once() {
    let mut app = TestApp::start().await;
    let mut visitors = Vec::new();
    for number in 0..VISITORS {
        let mut visitor = app.visitor(&format!("storm{number}")).await;
        let it = visitor.start(&format!("the chat of number {number} begins")).await.conversation;
        // Whether this one arrives nobody knows: the line is gone before the answer.
        let text = format!("on its way of number {number}");
        visitor.send_frame(&json!({"t": "send", "id": "kept", "conversation": it, "text": text})).await;
        visitor.drop_line();
        visitors.push((visitor, it, text));
    }
    app.restart();
    for (visitor, ..) in &mut visitors {
        visitor.browser = crate::harness::http::Browser::new(&app.door);
    }
    let back = visitors.into_iter().enumerate().map(async |(number, (mut visitor, it, text))| {
        visitor.connect().await;
        let kept = visitor.send_as("kept", &it, &text).await.unwrap();
        let new = visitor.send(&it, &format!("and a word more of number {number}")).await;
        visitor.catch_up(&it, new.seq).await;
        (visitor, it, kept, new)
    });
    for (number, (visitor, it, kept, new)) in futures_util::future::join_all(back).await.into_iter().enumerate() {
        assert_eq!((new.seq, visitor.whole_up_to(&it)), (kept.seq + 1, new.seq));
        let all = [
            format!("the chat of number {number} begins"),
            format!("on its way of number {number}"),
            format!("and a word more of number {number}"),
        ];
        assert_eq!(visitor.texts(&it), all);
        assert!(visitor.doubled.is_empty(), "{:?}", visitor.doubled);
    }
    assert_eq!(app.app.store.open_count(), VISITORS);
}
