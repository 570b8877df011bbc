use super::*;

fn delivery(id: u8, conversation: Option<u8>, purged: &[u8]) -> Delivery {
    Delivery {
        id: DeliveryId::from_bytes([id; 16]),
        webhook: WebhookId::from_bytes([1; 16]),
        event: WebhookEvent::ConversationClosed,
        site: None,
        conversation: conversation.map(|id| ConversationId::from_bytes([id; 16])),
        submission: None,
        purged: purged.iter().map(|id| ConversationId::from_bytes([*id; 16])).collect(),
        since: Timestamp::default(),
        tries: 0,
        next_at: Timestamp::default(),
        outcome: DeliveryOutcome::Waiting,
    }
}

#[test]
fn an_address_is_https_and_nothing_hides_in_it() {
    for fine in ["https://desk.example.org/chats?key=1", " https://192.0.2.7:8443/ ", "https://[2001:db8::7]/x"] {
        assert!(WebhookUrl::parse(fine).is_ok(), "{fine}");
    }
    let long = format!("https://desk.example.org/{}", "x".repeat(limits::LINE_CHARS));
    for wrong in [
        "http://desk.example.org/",
        "desk.example.org",
        "https://",
        "https://user@desk.example.org/",
        "https://user:word@desk.example.org/",
        "https://desk.example.org/#x",
        "https://desk.example.org/\nx",
        "https:desk.example.org",
        "ftp://desk.example.org/",
        "javascript:alert(1)",
        "",
        &long,
    ] {
        assert!(WebhookUrl::parse(wrong).is_err(), "{wrong}");
    }
    let url = WebhookUrl::parse("https://desk.example.org/hooks/a-secret-path").unwrap();
    assert_eq!(url.host(), "desk.example.org");
    assert!(!format!("{url:?}").contains("secret"));
}

#[test]
fn each_pause_is_a_little_longer_or_shorter_and_after_the_last_nobody_tries() {
    let bounds = |tries| (pause_after(tries, 0).unwrap(), pause_after(tries, u8::MAX).unwrap());
    for (tries, pause) in (1..).zip(limits::WEBHOOK_PAUSES) {
        let (least, most) = bounds(tries);
        assert!(least >= pause * 79 / 100 && least < pause && most > pause && most <= pause * 121 / 100, "{tries}");
    }
    let last = u8::try_from(limits::WEBHOOK_PAUSES.len()).unwrap();
    assert_eq!(pause_after(last + 1, 0), None);
    assert_eq!(pause_after(u8::MAX, 0), None);
    let longest: Duration = (1..=last).filter_map(|tries| pause_after(tries, u8::MAX)).sum();
    assert!(longest > Duration::from_secs(12 * 3_600) && longest < Duration::from_secs(30 * 3_600), "{longest:?}");
}

#[test]
fn what_happened_to_one_conversation_is_told_in_order_and_others_overtake() {
    let (left, other, closed) = (delivery(1, Some(7), &[]), delivery(2, Some(8), &[]), delivery(3, Some(7), &[]));
    let purged = delivery(4, None, &[9, 7]);
    let now = Timestamp::from_millis(1_000);
    let next = |waiting: &[&Delivery]| Delivery::next(waiting.iter().copied(), now).map(|it| it.id.as_bytes()[0]);
    assert_eq!(next(&[&left, &other, &closed, &purged]), Some(1));
    let later = Delivery { next_at: now.plus(Duration::from_secs(1)), ..left };
    assert_eq!(next(&[&later, &other, &closed, &purged]), Some(2));
    assert_eq!(next(&[&later, &closed, &purged]), None, "each waits for the one before it");
    assert_eq!(next(&[&closed, &purged]), Some(3));
    assert_eq!(next(&[&purged]), Some(4));
}

#[test]
fn a_webhook_hears_of_its_site_and_its_events_while_it_is_on() {
    let (mine, other) = (SiteId::from_bytes([1; 16]), SiteId::from_bytes([2; 16]));
    let mut it = Webhook {
        id: WebhookId::from_bytes([1; 16]),
        site: Some(mine),
        name: Name::parse("Desk").unwrap(),
        url: WebhookUrl::parse("https://desk.example.org/").unwrap(),
        authority: None,
        secret: WebhookSecret([7; 32]),
        former: None,
        events: EventSet::default().with(WebhookEvent::Purged),
        with_transcript: false,
        is_on: true,
        created_at: Timestamp::default(),
    };
    assert!(it.wants(WebhookEvent::Purged, mine));
    assert!(!it.wants(WebhookEvent::Purged, other) && !it.wants(WebhookEvent::ConversationClosed, mine));
    it.site = None;
    assert!(it.wants(WebhookEvent::Purged, other));
    it.is_on = false;
    assert!(!it.wants(WebhookEvent::Purged, other));
    assert!(!format!("{it:?}").contains("7, 7"), "secrets do not print");
}
