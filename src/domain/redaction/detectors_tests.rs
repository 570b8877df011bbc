use super::*;
use crate::domain::redaction::OwnPattern;
use crate::domain::text::{Label, Line};

fn all() -> Detectors {
    let own = OwnPattern { name: Label::parse("Customer").unwrap(), pattern: Line::parse("KD-[0-9]{6}").unwrap() };
    Detectors::new(&Redaction { cards: true, ssn: true, iban: true, patterns: vec![own] })
}

fn shown(text: &str) -> String {
    all().mask(text).map_or_else(|| text.to_owned(), |masked| masked.text)
}

#[test]
fn what_is_found_is_masked_and_the_rest_stays() {
    assert_eq!(shown("card 4111 1111 1111 1111, CVV 123, thanks"), "card ••••, CVV •••, thanks");
    assert_eq!(shown("ＣＡＲＤ ４１１１１１１１１１１１１１１１！"), "ＣＡＲＤ ••••！");
    assert_eq!(shown("卡号4111\u{200b}111111111111谢谢"), "卡号••••谢谢");
    assert_eq!(shown("536-22-8145 and DE89 3704 0044 0532 0130 00 and KD-123456"), "•••• and •••• and ••••");
    assert_eq!(shown("KD-１２３４５６"), "••••", "an own pattern reads digits of every script");
    assert_eq!(shown("Nothing here: 2026-11-22, 040 123456"), "Nothing here: 2026-11-22, 040 123456");
    let found = all().mask("KD-123456 4111111111111111").unwrap().found;
    assert_eq!(found.kinds().collect::<Vec<_>>(), [Kind::Card, Kind::Own]);
    assert_eq!(Found::of_bits(found.bits()), found);
    assert_eq!(Found::of_bits(0xff).kinds().count(), 5);
}

#[test]
fn an_account_is_no_card_even_where_accounts_may_stay() {
    let only_cards = Detectors::new(&Redaction::default());
    assert_eq!(only_cards.mask("DE89 3704 0044 0532 0130 00"), None);
    assert!(Detectors::new(&Redaction { cards: false, ..Redaction::default() }).is_idle());
}

#[test]
fn a_number_in_two_messages_is_masked_in_both() {
    let across = |first: &str, second: &str| {
        all().mask_across(first, second).map(|it| (it.first.map_or_else(|| first.to_owned(), |it| it.text), it.second.text))
    };
    let pair = |first: &str, second: &str| Some((first.to_owned(), second.to_owned()));
    assert_eq!(across("my card: 4111 1111", "1111 1111 ok?"), pair("my card: ••••", "•••• ok?"));
    assert_eq!(across("411111111111", "1111"), pair("••••", "••••"));
    assert_eq!(across("4111 1111 1111 1", "111"), pair("••••", "•••"));
    assert_eq!(across("it is DE89 3704 0044", "0532 0130 00"), pair("it is ••••", "••••"));
    assert_eq!(across("4111111111111111", "and 123"), None, "what stands in one alone is not looked at here");
    assert_eq!(across("4111111111111111", "123"), pair("4111111111111111", "•••"), "a code is known by the card before it");
    assert_eq!(across("my card is ••••", "12/27 123"), pair("my card is ••••", "12/27 •••"), "which was masked by then");
    assert_eq!(across("my CVV is", "123"), pair("my CVV is", "•••"));
    assert_eq!(across("hello", "CVV 123"), None);
    assert_eq!(across("my card is ••••", "room 312"), None);
    assert_eq!(across("call me at 0171 2345678", "2 of them"), None);
    assert_eq!(across("I need 41", "11 1111 1111 1111 pieces of it"), None);
}

#[test]
fn a_card_in_several_messages_is_masked_in_all_of_them() {
    let pieces = |pieces: &[&str]| all().mask_pieces(pieces).map(|it| it.into_iter().map(|it| it.text).collect::<Vec<_>>());
    assert_eq!(pieces(&["4111", "1111", "1111", "1111"]), Some(vec!["••••".to_owned(); 4]));
    assert_eq!(
        pieces(&["my card is 4111 11", "11-1111", "1111"]),
        Some(vec!["my card is ••••".to_owned(), "••••".to_owned(), "••••".to_owned()])
    );
    assert_eq!(pieces(&["4111", "1111", "1111", "1112"]), None);
    assert_eq!(pieces(&["4111", "pieces of 1111", "1111", "1111"]), None);
    assert_eq!(pieces(&["4111 1111", "1111 1111"]), None, "two are not looked at here");
}

#[test]
fn an_answer_to_a_question_for_the_code_is_masked() {
    let answer = |question: &str, text: &str| all().mask_answer(question, text).map(|it| it.text);
    assert_eq!(answer("And the CVV, please?", "１２３").as_deref(), Some("•••"));
    assert_eq!(answer("Which room is it?", "123"), None);
    let no_cards = Detectors::new(&Redaction { cards: false, ssn: true, ..Redaction::default() });
    assert_eq!(no_cards.mask_answer("And the CVV, please?", "123"), None);
}

#[test]
fn what_is_being_typed_is_masked_while_it_grows() {
    let typed = |text: &str| all().mask_unfinished(text).map_or_else(|| text.to_owned(), |masked| masked.text);
    assert_eq!(typed("my card 4111 11"), "my card ••••");
    assert_eq!(typed("my card 4111 1"), "my card 4111 1");
    assert_eq!(typed("room 12, at 9"), "room 12, at 9");
    assert!(all().is_unfinished("my card 4111 11 "));
    assert!(!all().is_unfinished("order 123456789 was late"));
}

#[test]
fn a_mask_is_never_longer_and_much_of_it_takes_little_time() {
    let many = "123-45-6780 ".repeat(330);
    assert!(shown(&many).chars().count() <= many.chars().count());
    let own = |pattern: &str| OwnPattern { name: Label::parse("Own").unwrap(), pattern: Line::parse(pattern).unwrap() };
    let costly = Redaction {
        cards: true,
        ssn: true,
        iban: true,
        patterns: vec![own(".*[^A-Z]{3}|[A-Z]{3}X"), own("(x+x+)+yyy"), own("(a|aa)+bcd")],
    };
    let detectors = Detectors::new(&costly);
    for text in ["A".repeat(4_000), "x".repeat(4_000), "1 ".repeat(2_000), "4".repeat(4_000), "DE 89 ".repeat(600)] {
        let _ = detectors.mask(&text);
        let _ = detectors.mask_across(&text, &text);
    }
}
