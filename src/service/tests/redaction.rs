//! Tests: what was masked stands nowhere, whatever became of the chat meanwhile.

use super::*;
use crate::domain::access::Actor;
use crate::domain::id::ConversationId;
use crate::domain::news::{News, Origin};
use crate::domain::text::ClientId;
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::stage::{Stage, refused};
use crate::service::{drafts, sites};

const CARD: &str = "4111 1111 1111 1111";

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

/// A chat of a visitor with the administrator.
struct Talk {
    stage: Stage,
    visitor: Actor,
    anna: Actor,
    site: SiteId,
    id: ConversationId,
    said: u32,
}

impl Talk {
    fn begin(first: &str) -> Self {
        let (stage, finished) = Stage::set_up();
        let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
        let anna = stage.actor(finished.operator);
        let start = Start::saying(text(first));
        let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin("first")).unwrap();
        stage.store.commit(stage.store.batch()).wait().unwrap();
        conversations::accept(&stage.ctx(&anna), id, origin("accept")).unwrap();
        Self { stage, visitor, anna, site: finished.site, id, said: 0 }
    }

    fn say(&mut self, who: &Actor, words: &str) {
        self.said += 1;
        let origin = origin(&format!("say-{}", self.said));
        conversations::send(&self.stage.ctx(who), &Allowance::default(), self.id, text(words), origin).unwrap();
    }

    fn events(&self) -> Vec<Event> {
        self.stage.store.commit(self.stage.store.batch()).wait().unwrap();
        self.stage.store.events(self.id, 0, 100).unwrap()
    }

    fn messages(&self) -> Vec<String> {
        let said = |event: Event| match event.kind {
            EventKind::Message(text) | EventKind::Note(text) => Some(text.as_str().to_owned()),
            _ => None,
        };
        self.events().into_iter().filter_map(said).collect()
    }

    fn maskings(&self) -> Vec<Masking> {
        let masking = |event: Event| match event.kind {
            EventKind::Masked(masking) => Some(masking),
            _ => None,
        };
        self.events().into_iter().filter_map(masking).collect()
    }
}

#[test]
fn both_sides_are_masked_and_told() {
    let mut talk = Talk::begin(&format!("my card is {CARD}, please"));
    let (visitor, anna) = (talk.visitor.clone(), talk.anna.clone());
    talk.say(&anna, "you mean 4111-1111-1111-1111?");
    talk.say(&visitor, "yes");
    conversations::note(&talk.stage.ctx(&anna), talk.id, text("card ４１１１１１１１１１１１１１１１"), origin("note")).unwrap();
    assert_eq!(talk.messages(), ["my card is ••••, please", "you mean ••••?", "yes", "card ••••"]);
    let maskings = talk.maskings();
    assert_eq!(maskings.iter().map(|it| it.is_internal).collect::<Vec<_>>(), [false, false, true]);
    // No news ever held it either.
    for news in talk.stage.take_news() {
        if let News::Event { event, .. } = news
            && let EventKind::Message(text) | EventKind::Note(text) = &event.kind
        {
            assert!(!text.as_str().contains("111"), "{event:?}");
        }
    }
}

#[test]
fn a_number_in_two_messages_is_taken_out_of_both_even_while_the_chat_closes() {
    let mut talk = Talk::begin("hello");
    let (visitor, anna) = (talk.visitor.clone(), talk.anna.clone());
    talk.say(&visitor, "the card: 4111 1111");
    talk.say(&anna, "go on");
    talk.say(&visitor, "1111 1111 and thanks");
    // Long enough for several parts on the disk, of which none may stay behind.
    let long = format!("{} 5555 5555", "ä".repeat(3_900));
    talk.say(&visitor, &long);
    talk.say(&visitor, "5555 4444");
    conversations::close(&talk.stage.ctx(&anna), talk.id, origin("close")).unwrap();
    let messages = talk.messages();
    assert_eq!(messages[..4], ["hello", "the card: ••••", "go on", "•••• and thanks"]);
    assert!(messages[4].ends_with("ä ••••") && messages[5] == "••••", "{messages:?}");
    let earlier: Vec<_> = talk.maskings().iter().map(|it| it.earlier).collect();
    assert_eq!(earlier, [Some(4), Some(8)]);
    assert!(talk.stage.store.conversation(talk.id).unwrap().unwrap().closed_at().is_some());
}

#[test]
fn two_people_and_two_halves_are_no_number() {
    let mut talk = Talk::begin("hello");
    let (visitor, anna) = (talk.visitor.clone(), talk.anna.clone());
    talk.say(&visitor, "4111 1111");
    talk.say(&anna, "1111 1111");
    assert_eq!(talk.messages(), ["hello", "4111 1111", "1111 1111"]);
    assert_eq!(talk.maskings(), []);
}

#[test]
fn a_draft_keeps_no_number_and_no_beginning_of_one() {
    let talk = Talk::begin("hello");
    let ctx = talk.stage.ctx(&talk.anna);
    let kept = || drafts::of(&ctx, talk.id).unwrap().first().map(|(_, draft)| draft.text.as_str().to_owned());
    let keep = |text: &str| drafts::keep(&ctx, talk.id, crate::domain::draft::DraftKind::Reply, text).unwrap();
    keep("your card");
    keep("your card 4111 1111 1");
    assert_eq!(kept().as_deref(), Some("your card"));
    keep("your card 4111 1111 1111 1111 was taken");
    assert_eq!(kept().as_deref(), Some("your card •••• was taken"));
}

#[test]
fn a_site_says_what_is_looked_for_and_what_cannot_be() {
    let mut talk = Talk::begin("hello");
    let (visitor, site) = (talk.visitor.clone(), talk.site);
    let form =
        |patterns: &str| sites::RedactionForm { ssn: true, patterns: patterns.to_owned(), ..sites::RedactionForm::default() };
    let ctx = talk.stage.ctx(&talk.anna);
    for (patterns, why) in [
        ("nothing", "Line 1: Write a name"),
        ("A = PN-[0-9]{6}\n\nB = .*", "Line 3: This pattern finds something in an empty text"),
        ("All = (?s).+", "single characters"),
        ("Open = (", "no regular expression"),
        (" = abcdef", "Write a name before"),
    ] {
        let told = sites::change(&ctx, site, &form(patterns)).unwrap_err().fields();
        assert!(told.len() == 1 && told[0].field == "patterns" && told[0].message.contains(why), "{patterns}: {told:?}");
    }
    let many: String = (0..=crate::domain::limits::PATTERNS_PER_SITE).map(|n| format!("P{n} = PN-{n}-[0-9]+\n")).collect();
    assert_eq!(refused(sites::change(&ctx, site, &form(&many))), ["patterns"]);
    sites::change(&ctx, site, &form("Patient = PN-[0-9]{6}\n")).unwrap();
    talk.say(&visitor, &format!("PN-123456, 536-22-8145, {CARD}"));
    assert_eq!(talk.messages()[1], format!("••••, ••••, {CARD}"), "what is chosen, and nothing else");
    sites::change(&talk.stage.ctx(&talk.anna), site, &sites::RedactionForm::default()).unwrap();
    talk.say(&visitor, "PN-123456");
    assert_eq!(talk.messages()[2], "PN-123456", "it is off");
}

#[test]
fn the_code_of_a_card_is_taken_out_of_the_next_message_and_of_an_answer() {
    let mut talk = Talk::begin("hello");
    let (visitor, anna) = (talk.visitor.clone(), talk.anna.clone());
    talk.say(&visitor, CARD);
    talk.say(&visitor, "12/27 123");
    talk.say(&anna, "And the CVV, please?");
    talk.say(&visitor, "it is 456");
    talk.say(&anna, "Which room?");
    talk.say(&visitor, "789");
    assert_eq!(talk.messages()[1..], ["••••", "12/27 •••", "And the CVV, please?", "it is •••", "Which room?", "789"]);
    assert!(talk.maskings().iter().all(|it| it.earlier.is_none()));
}

#[test]
fn a_number_in_four_messages_is_taken_out_of_all_of_them() {
    let mut talk = Talk::begin("hello");
    let (visitor, anna) = (talk.visitor.clone(), talk.anna.clone());
    for words in ["the card: 5555", "5555", "5555", "4444"] {
        talk.say(&visitor, words);
        talk.say(&anna, "go on");
    }
    let said: Vec<_> = talk.messages().into_iter().filter(|text| !["hello", "go on"].contains(&text.as_str())).collect();
    assert_eq!(said, ["the card: ••••", "••••", "••••", "••••"]);
    let earlier: Vec<_> = talk.maskings().iter().filter_map(|it| it.earlier).collect();
    assert_eq!(earlier.len(), 3, "each that was shown is named: {earlier:?}");
    // Nothing of it is left to be read together with what comes.
    talk.say(&visitor, "4444");
    assert_eq!(talk.messages().last().map(String::as_str), Some("4444"));
}

#[test]
fn who_a_website_says_somebody_is_holds_no_card_number_either() {
    let talk = Talk::begin("hello");
    let identity =
        |id: &str| crate::domain::about::Identity { id: crate::domain::text::Line::parse(id).unwrap(), email_is_proven: true };
    let email = |text: &str| crate::domain::text::EmailAddress::parse(text).ok();
    let ctx = talk.stage.ctx(&talk.visitor);
    let told =
        Told { identity: Some(identity("4111111111111111")), email: email("4111111111111111@example.org"), ..Told::default() };
    crate::service::told::update(&ctx, &told).unwrap();
    let head = || {
        talk.events();
        talk.stage.store.conversation(talk.id).unwrap().unwrap()
    };
    assert_eq!((&head().about.identity, &head().visitor.email), (&None, &None));
    let told = Told { identity: Some(identity("customer 7")), email: email("maria@example.org"), ..Told::default() };
    crate::service::told::update(&ctx, &told).unwrap();
    assert_eq!(head().about.identity, Some(identity("customer 7")));
}

#[test]
fn what_the_staff_write_for_later_is_refused_with_the_reason() {
    use crate::service::subjects::{change, find};
    use crate::service::{blocks, canned, holds};

    let talk = Talk::begin("hello");
    let ctx = talk.stage.ctx(&talk.anna);
    let typed = format!("he pays with {CARD}");
    let reply =
        canned::CannedForm { shortcut: "pay".to_owned(), title: CARD.to_owned(), text: typed.clone(), ..Default::default() };
    assert_eq!(refused(canned::create(&ctx, &reply)), ["title", "text"]);
    let block = blocks::BlockForm { network: "192.0.2.1".to_owned(), reason: typed.clone(), ..Default::default() };
    assert_eq!(refused(blocks::block_network(&ctx, &block)), ["reason"]);
    let hold =
        holds::HoldForm { on: "site".to_owned(), site: talk.site.to_string(), reason: typed.clone(), ..Default::default() };
    assert_eq!(refused(holds::place(&ctx, &hold)), ["reason"]);
    let question = find::Question::read("maria@example.org", find::Reach::Mark).unwrap();
    let right = change::CorrectionForm { name: typed, phone: CARD.to_owned(), ..Default::default() };
    assert_eq!(refused(change::rectify(&ctx, &question, &right)), ["name", "phone"]);
    // Where no site looks for anything, nothing is refused.
    let form = sites::RedactionForm::default();
    sites::change(&ctx, talk.site, &form).unwrap();
    let block = blocks::BlockForm { reason: CARD.to_owned(), ..block };
    blocks::block_network(&ctx, &block).unwrap();
}
