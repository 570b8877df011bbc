//! What the staff do among themselves: notes, handing on, joining. A visitor hears of it what concerns them, and nothing else.

use serde_json::{Value, json};

use crate::harness::app::TestApp;

/// Everything of a visitor's line that could give a note away.
fn assert_unaware(frames: &[Value], secret: &str) {
    for frame in frames {
        let text = frame.to_string();
        assert!(!text.contains(secret) && !text.contains("note") && !text.contains("invited"), "{text}");
    }
}

#[tokio::test]
async fn a_note_never_reaches_the_visitor_by_any_way() {
    const SECRET: &str = "she sounds like the caller of yesterday";
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut clara = app.operator("clara").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("Hello, it is me again").await.conversation;
    bert.does("note", &it, json!({"text": format!("{SECRET}, while waiting")})).await;
    bert.accept(&it).await;
    let note = bert.does("note", &it, json!({"text": SECRET})).await;
    let clara_id = app.operator_id(&clara.email).to_string();
    bert.does("invite", &it, json!({"operator": clara_id})).await;
    bert.send(&it, "What can I do for you?").await;

    // The staff hears it, with the label of a note.
    let heard = bert.hears(SECRET).await;
    assert_eq!((heard["kind"].as_str(), heard["seq"].as_u64()), (Some("note"), Some(note.seq)), "{heard}");
    clara.send_frame(&json!({"t": "watch", "conversation": it})).await;
    clara.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
    clara.hears(SECRET).await;

    // The visitor does not: live, and what they have is whole all the same.
    let answer = maria.hears("What can I do for you?").await;
    assert_eq!(maria.whole_up_to(&it), answer["seq"].as_u64().unwrap(), "no hole gives a note away: {:?}", maria.events);
    assert_eq!(maria.texts(&it), ["Hello, it is me again", "What can I do for you?"]);
    assert_unaware(&maria.all_frames(), "yesterday");
    assert!(maria.all_frames().iter().all(|frame| frame["t"] != "state" || frame["last"].as_u64() != Some(note.seq)));

    // Nor does another tab that replays from the beginning, over a socket and by polling.
    for polls in [false, true] {
        let mut tab = crate::harness::actors::Visitor::new(&app.door, &app.site, "tab").await;
        tab.token.clone_from(&maria.token);
        let mut tab = if polls { tab.polling() } else { tab };
        tab.connect().await;
        tab.sees_state(&it, |_| true).await;
        tab.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
        maria.send(&it, &format!("a word that ends the replay, polling: {polls}")).await;
        tab.hears(&format!("a word that ends the replay, polling: {polls}")).await;
        assert_eq!(tab.texts(&it)[..2], ["Hello, it is me again", "What can I do for you?"]);
        assert_unaware(&tab.all_frames(), "yesterday");
        assert_eq!(tab.whole_up_to(&it), *tab.events[&it].keys().max().unwrap());
    }

    // Nor does the frame of the window, which is what a browser without a script gets.
    let page = maria.browser.get(&format!("/widget/{}", app.site)).await.expect(200);
    assert!(!page.body.contains("yesterday"));
}

#[tokio::test]
async fn a_chat_is_handed_to_a_colleague_who_has_to_accept_it() {
    let app = TestApp::start().await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let mut maria = app.visitor("maria").await;
    let it = maria.start("I want to pay").await.conversation;
    bert.accept(&it).await;
    let to = app.operator_id(&clara.email).to_string();
    bert.does("transfer", &it, json!({"to": to, "note": "an order of last week"})).await;
    let told = maria.hears_kind(&it, "transferred").await;
    assert!(told["to"].as_str().is_some_and(|name| !name.is_empty()) && !told.to_string().contains("last week"), "{told}");
    maria.sees_state(&it, |state| state["state"] == "waiting").await;
    clara.sees_row(&it, "waiting").await;
    let refused = bert.try_to("send", &it, json!({"text": "one more thing"})).await.unwrap_err();
    assert_eq!(refused.code, "closed", "{refused:?}");
    clara.accept(&it).await;
    maria.sees_state(&it, |state| state["state"] == "active").await;
    clara.send(&it, "Clara here").await;
    maria.hears("Clara here").await;

    // Neither to somebody who is not there, nor by somebody whose chat it is not.
    let nobody = bert.try_to("transfer", &it, json!({"to": to})).await.unwrap_err();
    assert_eq!(nobody.message, "Somebody else is already answering this chat.");
    let stranger = clara.try_to("transfer", &it, json!({"to": "opr_aaaaaaaaaaaaaaaaaaaaaaaaaa"})).await.unwrap_err();
    assert_eq!(stranger.code, "invalid", "{stranger:?}");
}

#[tokio::test]
async fn a_colleague_who_was_asked_writes_along_and_leaves_again() {
    let app = TestApp::start().await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let mut maria = app.visitor("maria").await;
    let it = maria.start("This is complicated").await.conversation;
    bert.accept(&it).await;
    let uninvited = clara.try_to("join", &it, json!({})).await.unwrap_err();
    assert_eq!(uninvited.code, "not_found");
    let clara_id = app.operator_id(&clara.email).to_string();
    bert.does("invite", &it, json!({"operator": clara_id})).await;
    clara.expect("a row that asks her", |frame| frame["t"] == "row" && frame["invited"][0] == clara_id.as_str()).await;
    clara.does("join", &it, json!({})).await;
    clara.send(&it, "I know about this").await;
    let name = maria.hears("I know about this").await["name"].clone();
    maria.expect("the guest, by name", |frame| frame["kind"] == "joined" && frame["name"] == name).await;
    let row = bert.expect("a row with a guest", |frame| frame["t"] == "row" && frame["guests"][0] == clara_id.as_str()).await;
    assert!(row["invited"].is_null(), "{row}");
    clara.does("depart", &it, json!({})).await;
    maria.hears_kind(&it, "left").await;
    assert_eq!(clara.try_to("send", &it, json!({"text": "still here"})).await.unwrap_err().code, "closed");
}

#[tokio::test]
async fn a_supervisor_listens_whispers_joins_and_takes_over() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut anna = app.admin().await;
    anna.connect().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("I am not happy").await.conversation;
    bert.accept(&it).await;
    anna.send_frame(&json!({"t": "watch", "conversation": it})).await;
    anna.sees_state(&it, |_| true).await;
    maria.send(&it, "really not happy").await;
    anna.hears("really not happy").await;
    anna.does("note", &it, json!({"text": "offer her a refund"})).await;
    bert.hears("offer her a refund").await;
    anna.does("join", &it, json!({})).await;
    maria.hears_kind(&it, "joined").await;
    let me = app.operator_id(&anna.email).to_string();
    anna.does("transfer", &it, json!({"to": me})).await;
    anna.sees_row(&it, "active").await;
    anna.send(&it, "Anna here. I can help").await;
    maria.hears("Anna here. I can help").await;
    assert_eq!(bert.try_to("send", &it, json!({"text": "but I"})).await.unwrap_err().code, "closed");
    assert_unaware(&maria.all_frames(), "refund");
}

#[tokio::test]
async fn tags_are_kept_with_the_chat_and_a_site_may_ask_for_one_before_it_is_closed() {
    let app = TestApp::start().await;
    let tag = |text: &str| parlor::domain::text::Tag::parse(text).unwrap();
    app.change_site(|site| {
        site.tags = vec![tag("billing"), tag("praise")];
        site.wrap_up_required = true;
    });
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("A bill of mine").await.conversation;
    bert.accept(&it).await;
    let refused = bert.try_to("close", &it, json!({})).await.unwrap_err();
    assert_eq!((refused.code.as_str(), refused.message.contains("tag")), ("tag_needed", true), "{refused:?}");
    assert_eq!(bert.try_to("tags", &it, json!({"tags": ["made up"]})).await.unwrap_err().code, "tag_needed");
    bert.does("tags", &it, json!({"tags": ["billing"]})).await;
    bert.expect("a row with its tag", |frame| frame["t"] == "row" && frame["tags"][0] == "billing").await;
    bert.close(&it).await;
    let head = app.app.store.conversation(it.parse().unwrap()).unwrap().unwrap();
    assert_eq!(head.about.tags, [tag("billing")].into());
    assert_unaware(&maria.all_frames(), "billing");
}

#[tokio::test]
async fn colleagues_see_who_looks_and_who_types_and_the_visitor_sees_neither() {
    let app = TestApp::start().await;
    let (mut bert, mut clara) = (app.operator("bert").await, app.operator("clara").await);
    let mut maria = app.visitor("maria").await;
    let it = maria.start("Is anybody reading this?").await.conversation;
    bert.accept(&it).await;
    bert.send_frame(&json!({"t": "watch", "conversation": it})).await;
    let alone = bert.expect("who looks", |frame| frame["t"] == "viewers").await;
    assert_eq!(alone["people"].as_array().map(Vec::len), Some(1), "{alone}");
    clara.send_frame(&json!({"t": "watch", "conversation": it})).await;
    let both = bert.expect("who looks", |frame| frame["t"] == "viewers").await;
    assert_eq!(
        (both["people"][1]["operator"].as_str(), &both["people"][1]["typing"]),
        (Some(&*app.operator_id(&clara.email).to_string()), &json!(false))
    );
    clara.send_frame(&json!({"t": "typing", "conversation": it, "on": true})).await;
    bert.expect("that she types", |frame| frame["t"] == "viewers" && frame["people"][1]["typing"] == true).await;
    bert.send_frame(&json!({"t": "typing", "conversation": it, "on": true})).await;
    let typing = maria.expect("that somebody types", |frame| frame["t"] == "typing").await;
    assert!(typing["name"].as_str().is_some_and(|name| name.starts_with("bert")), "who only reads along stays unseen: {typing}");
    clara.drop_line();
    bert.expect("that she has gone", |frame| frame["t"] == "viewers" && frame["people"].as_array().map(Vec::len) == Some(1))
        .await;
    // Whose chat it is hears what is said there, with or without a page that shows it.
    bert.send_frame(&json!({"t": "unwatch", "conversation": it})).await;
    maria.send(&it, "still here").await;
    bert.hears("still here").await;
    assert_unaware(&maria.all_frames(), "viewers");
}

#[tokio::test]
async fn what_is_being_typed_is_seen_only_where_the_site_wants_it_and_is_kept_nowhere() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut clara = app.operator("clara").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("Let me think about it").await.conversation;
    bert.accept(&it).await;
    bert.send_frame(&json!({"t": "watch", "conversation": it})).await;
    maria.note("not meant for anybody yet");
    let peek = json!({"t": "peek", "conversation": it, "text": "not meant for anybody yet"});
    maria.send_frame(&peek).await;
    maria.send(&it, "the first answer").await;
    bert.hears("the first answer").await;
    assert!(bert.all_frames().iter().all(|frame| frame["t"] != "peek"));

    app.change_site(|site| site.switches.sneak_peek = true);
    // As many as a page sends within a moment, and no more.
    let burst = parlor::domain::limits::PEEK_BURST as usize;
    for _ in 0..burst * 3 {
        maria.send_frame(&peek).await;
    }
    maria.send(&it, "the second answer").await;
    bert.hears("the second answer").await;
    let seen = bert.all_frames().iter().filter(|frame| frame["t"] == "peek").count();
    assert_eq!(seen, burst);
    assert!(clara.all_frames().iter().all(|frame| frame["t"] != "peek"), "she does not have it open");
    clara.send_frame(&json!({"t": "active"})).await;
}
