//! A visitor and an operator talk.

use serde_json::json;

use crate::harness::app::TestApp;

#[tokio::test]
async fn a_visitor_and_an_operator_talk_and_each_hears_each_word_once() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;

    let first = maria.start_with("Hello, is anybody there?", json!({"answers": {"name": "Maria Mustermann"}})).await.unwrap();
    let it = first.conversation.clone();
    let row = bert.sees_row(&it, "waiting").await;
    assert!(row["html"].as_str().unwrap().contains("Maria Mustermann"), "{row}");
    let state = maria.sees_state(&it, |state| state["state"] == "waiting").await;
    assert_eq!(state["place"], 1);

    bert.accept(&it).await;
    let joined = maria.hears_kind(&it, "joined").await;
    assert_eq!(joined["name"], "bert of the clinic");
    maria.sees_state(&it, |state| state["state"] == "active" && state["operator"] == "bert of the clinic").await;

    let answer = bert.send(&it, "Good morning, how can I help you?").await;
    let heard = maria.hears("Good morning, how can I help you?").await;
    assert_eq!((heard["from"].as_str(), heard["seq"].as_u64()), (Some("operator"), Some(answer.seq)));
    assert!(heard.get("id").is_none(), "the other side's command id is none of one's business: {heard}");
    assert!(heard.get("html").is_none(), "visitors draw text, not markup");

    let question = maria.send(&it, "I would like an appointment.").await;
    let heard = bert.hears("I would like an appointment.").await;
    assert_eq!((heard["from"].as_str(), heard["seq"].as_u64()), (Some("visitor"), Some(question.seq)));
    assert!(heard["html"].as_str().unwrap().starts_with("<li"), "{heard}");

    let closed = bert.close(&it).await;
    maria.hears_kind(&it, "closed").await;
    maria.sees_state(&it, |state| state["state"] == "closed").await;
    bert.hears_kind(&it, "closed").await;

    // Who accepts reads the beginning on the page; on the line it is there for the asking.
    bert.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
    bert.expect("the first event", |frame| frame["t"] == "event" && frame["seq"] == 1).await;
    bert.hears_kind(&it, "closed").await;
    bert.doubled.clear();
    for chat in [&*maria, &*bert] {
        assert_eq!(chat.whole_up_to(&it), closed.seq, "a number is missing");
        assert!(chat.doubled.is_empty(), "{:?}", chat.doubled);
    }
    let expected = ["Hello, is anybody there?", "Good morning, how can I help you?", "I would like an appointment."];
    assert_eq!(maria.texts(&it), expected);
}

#[tokio::test]
async fn an_acknowledgement_follows_durability() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let started = maria.start("the first words of this talk").await;
    for number in 0..20 {
        let acked = maria.send(&started.conversation, &format!("message number {number} of twenty")).await;
        // What was acknowledged can be read back at once, and by its number.
        let id = started.conversation.parse().unwrap();
        let events = app.app.store.events(id, u32::try_from(acked.seq).unwrap() - 1, 1).unwrap();
        assert_eq!(u64::from(events[0].seq), acked.seq);
    }
}

#[tokio::test]
async fn several_talks_at_once_do_not_mix() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut visitors = Vec::new();
    for who in ["one", "two", "three", "four"] {
        let mut visitor = app.visitor(who).await;
        let started = visitor.start(&format!("the opening words of {who}")).await;
        bert.accept(&started.conversation).await;
        visitors.push((who, visitor, started.conversation));
    }
    for round in 0..5 {
        for (who, visitor, it) in &mut visitors {
            let text = format!("round {round}: what {who} says");
            visitor.send(it, &text).await;
            bert.hears(&text).await;
            let text = format!("round {round}: the answer to {who}");
            bert.send(it, &text).await;
            visitor.hears(&text).await;
        }
    }
    for (who, visitor, it) in &visitors {
        assert_eq!(visitor.texts(it).len(), 11, "{:?}", visitor.texts(it));
        assert!(visitor.texts(it).iter().all(|text| text.contains(who)), "{:?}", visitor.texts(it));
        assert_eq!(visitor.events.len(), 1, "a visitor hears of their own talk only");
    }
}

#[tokio::test]
async fn a_visitor_ends_and_an_operator_wraps_up() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("a short question about opening hours").await.conversation;
    bert.accept(&it).await;
    maria.end(&it).await;
    bert.hears_kind(&it, "ended").await;
    bert.sees_row(&it, "wrapping").await;

    let refused = maria.send_as("late-1", &it, "one more thing before I go").await.unwrap_err();
    assert_eq!(refused.code, "closed");
    bert.close(&it).await;
    maria.sees_state(&it, |state| state["state"] == "closed").await;
    let refused = bert.send_as("late-2", &it, "words after the end of it").await.unwrap_err();
    assert_eq!(refused.code, "closed");

    // The next message of the same visitor opens a new talk.
    let next = maria.start("a second question another day").await;
    assert_ne!(next.conversation, it);
}

#[tokio::test]
async fn receipts_and_typing_reach_the_other_side_and_only_it() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("are my results in already?").await.conversation;
    bert.accept(&it).await;
    let said = bert.send(&it, "let me have a look for you").await;
    maria.hears("let me have a look for you").await;

    maria.send_frame(&json!({"t": "delivered", "conversation": it, "seq": said.seq})).await;
    bert.sees_state(&it, |state| state["delivered"]["visitor"] == said.seq).await;
    maria.send_frame(&json!({"t": "seen", "conversation": it, "seq": said.seq})).await;
    bert.sees_state(&it, |state| state["seen"]["visitor"] == said.seq).await;

    bert.send_frame(&json!({"t": "typing", "conversation": it, "on": true})).await;
    let typing = maria.expect("typing", |frame| frame["t"] == "typing").await;
    assert_eq!((typing["who"].as_str(), typing["on"].as_bool()), (Some("operator"), Some(true)));
    maria.send_frame(&json!({"t": "typing", "conversation": it, "on": true})).await;
    let typing = bert.expect("typing", |frame| frame["t"] == "typing").await;
    assert_eq!(typing["who"], "visitor");

    // A number that does not exist yet cannot have been seen.
    maria.send_frame(&json!({"t": "seen", "conversation": it, "seq": 4_000_000})).await;
    let last = maria.send(&it, "thank you for looking it up").await.seq;
    maria.send_frame(&json!({"t": "delivered", "conversation": it, "seq": last})).await;
    let state = bert.sees_state(&it, |state| state["delivered"]["visitor"] == last).await;
    assert_eq!(state["seen"]["visitor"], said.seq, "{state}");
}

#[tokio::test]
async fn the_queue_moves_up_and_presence_is_told() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let mut tom = app.visitor("tom").await;
    let first = maria.start("the first one in the queue").await.conversation;
    let second = tom.start("the second one in the queue").await.conversation;
    tom.sees_state(&second, |state| state["place"] == 2).await;

    let mut bert = app.operator("bert").await;
    maria.expect("presence", |frame| frame["t"] == "presence" && frame["online"] == 1).await;
    bert.accept(&first).await;
    tom.sees_state(&second, |state| state["place"] == 1).await;
    bert.drop_line();
    maria.sees_state(&first, |state| state["operator_online"] == false).await;
}

#[tokio::test]
async fn a_talk_is_taken_by_one_operator_only() {
    let app = TestApp::start().await;
    let (mut bert, mut carla) = (app.operator("bert").await, app.operator("carla").await);
    let mut maria = app.visitor("maria").await;
    let it = maria.start("who of you will take this?").await.conversation;
    bert.accept(&it).await;
    carla.sees_row(&it, "active").await;
    let refused = carla.try_accept(&it).await.unwrap_err();
    assert!(refused.message.contains("already"), "{refused:?}");
    let refused = carla.send_as("carla-x", &it, "I want to answer as well").await.unwrap_err();
    assert_ne!(refused.code, "not_found", "{refused:?}");
    maria.send(&it, "so it is Bert who answers me").await;
    bert.hears("so it is Bert who answers me").await;
    maria.hears("so it is Bert who answers me").await;
    assert_eq!(maria.texts(&it), ["who of you will take this?", "so it is Bert who answers me"]);
}

#[tokio::test]
async fn an_operator_of_another_site_learns_nothing() {
    let app = TestApp::start().await;
    let other = app.add_site("Another practice");
    let mut eve = app.operator_of("eve.other", &[&other]).await;
    eve.connect().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("this is for my own clinic only").await.conversation;

    let unknown = "cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let mut answers = Vec::new();
    for conversation in [it.as_str(), unknown] {
        answers.push(eve.try_accept(conversation).await.unwrap_err());
        let id = eve.new_id();
        answers.push(eve.send_as(&id, conversation, "words that do not belong here").await.unwrap_err());
    }
    // What is not yours answers exactly like what never was.
    assert_eq!(answers[0..2], answers[2..4]);
    assert!(answers.iter().all(|refused| refused.code == "not_found"), "{answers:?}");

    eve.send_frame(&json!({"t": "watch", "conversation": it})).await;
    eve.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
    maria.send(&it, "another line nobody else may read").await;
    // A later answer proves that everything before it was dealt with.
    eve.try_accept(unknown).await.unwrap_err();
    assert!(eve.events.is_empty(), "{:?}", eve.events);
}

#[tokio::test]
async fn a_visitor_cannot_reach_into_the_talk_of_another() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let it = maria.start("something very private of mine").await.conversation;
    let mut mallory = app.visitor("mallory").await;
    for frame in [
        json!({"t": "send", "id": "m-1", "conversation": it, "text": "let me in there please"}),
        json!({"t": "end", "id": "m-2", "conversation": it}),
    ] {
        assert_eq!(mallory.command(frame).await.unwrap_err().code, "not_found");
    }
    mallory.send_frame(&json!({"t": "resume", "conversation": it, "after": 0})).await;
    mallory.send_frame(&json!({"t": "typing", "conversation": it, "on": true})).await;
    let own = mallory.start("the talk of mallory itself").await.conversation;
    assert!(!mallory.events.contains_key(&it), "{:?}", mallory.events);
    assert_ne!(own, it);
    maria.send(&it, "and nothing happened to it").await;
    maria.hears("and nothing happened to it").await;
    assert_eq!(maria.texts(&it).len(), 2);
}

#[tokio::test]
async fn consent_is_asked_before_the_first_word_is_stored() {
    let app = TestApp::start().await;
    app.change_site(|site| {
        let text = parlor::domain::text::Notice::parse("We keep this for a day.").unwrap();
        site.consent = Some(parlor::domain::form::Consent { text, version: 1, since: site.created_at });
    });
    let mut maria = app.visitor("maria").await;
    let refused = maria.start_with("words without any consent", json!({})).await.unwrap_err();
    assert_eq!(refused.code, "consent_needed");
    assert!(app.app.store.open_conversations().is_empty());
    maria.start_with("words with my consent to it", json!({"consent": true})).await.unwrap();
}
