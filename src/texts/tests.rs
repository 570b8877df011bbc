//! Every text in every language, and a site's own words.

use std::collections::BTreeSet;

use super::*;
use crate::domain::form::{Field, FieldKind};
use crate::domain::id::SiteId;
use crate::domain::text::{FieldId, Label, Name, Notice};
use crate::domain::time::Timestamp;
use crate::texts::grammar::{GrammarError, Text};
use crate::texts::own::OwnTextError;

fn site() -> Site {
    Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default())
}

/// The plural categories that whole numbers have (CLDR).
fn categories(language: Language) -> &'static [&'static str] {
    match language {
        Language::Polish => &["one", "few", "many", "other"],
        Language::Arabic => &["zero", "one", "two", "few", "many", "other"],
        Language::Hebrew => &["one", "two", "other"],
        Language::Japanese | Language::Chinese => &["other"],
        _ => &["one", "other"],
    }
}

#[test]
fn every_text_is_there_in_every_language_with_the_same_variables() {
    let english = grammar::read(source(Language::English)).unwrap();
    for language in Language::ALL {
        let texts = grammar::read(source(language)).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", language.name()));
        let keys = |texts: &BTreeMap<String, Text>| texts.keys().cloned().collect::<BTreeSet<_>>();
        let stray: Vec<_> = keys(&texts).difference(&keys(&english)).cloned().collect();
        let missing: Vec<_> = keys(&english).difference(&keys(&texts)).cloned().collect();
        assert!(missing.is_empty() && stray.is_empty(), "{}: missing {missing:?}, not English {stray:?}", language.name());
        for (key, text) in &texts {
            assert_eq!(text.variables(), english[key].variables(), "{} {key}", language.name());
            if let Text::Choice { by, forms } = text {
                assert_eq!(by, "n", "{} {key}", language.name());
                let forms: BTreeSet<_> = forms.keys().map(String::as_str).collect();
                assert_eq!(forms, categories(language).iter().copied().collect(), "{} {key}", language.name());
            }
            let whole = own::written(text);
            assert!(whole == whole.trim() && !whole.contains(" | "), "{} {key}", language.name());
        }
    }
}

#[test]
fn numbers_are_said_as_each_language_counts() {
    let days = |language, n: u32| Voice::plain(language).tell("promise-days", &[("n", n.into())]);
    assert_eq!(days(Language::English, 1), "This chat is deleted 1 day after it is closed");
    assert_eq!(days(Language::English, 2), "This chat is deleted 2 days after it is closed");
    let minutes = |n: u32| Voice::plain(Language::Polish).tell("page-minutes", &[("n", n.into())]);
    assert_eq!(
        [1, 2, 5, 12, 22, 25].map(minutes),
        ["1 minutę temu", "2 minuty temu", "5 minut temu", "12 minut temu", "22 minuty temu", "25 minut temu"]
    );
    let hours = |n: u32| Voice::plain(Language::Arabic).tell("page-hours", &[("n", n.into())]);
    assert_eq!(hours(1), "قبل ساعة واحدة");
    assert_eq!(hours(2), "قبل ساعتين");
    assert_eq!(hours(3), "قبل \u{2068}3\u{2069} ساعات");
    assert_eq!(hours(11), "قبل \u{2068}11\u{2069} ساعة");
    assert_eq!(hours(100), "قبل \u{2068}100\u{2069} ساعة");
}

#[test]
fn a_site_says_it_in_its_own_words_in_that_language_alone() {
    let mut site = site();
    site.texts.insert((Language::German, "event-joined".to_owned()), "{ $name } ist für Sie da".to_owned());
    let joined = |language| Voice::of(&site, language).tell("event-joined", &[("name", "Anna".into())]);
    assert_eq!(joined(Language::German), "Anna ist für Sie da");
    assert_eq!(joined(Language::English), "Anna joined");
    assert_eq!(grammar::json(own::of_window(&site, Language::German).iter()), r#"{"event-joined":"{name} ist für Sie da"}"#);
    assert_eq!(grammar::json(own::of_window(&site, Language::English).iter()), "{}");
}

#[test]
fn what_nobody_changed_is_translated_and_what_somebody_wrote_is_not() {
    let mut site = site();
    assert_eq!(Voice::of(&site, Language::Dutch).say("welcome"), "Goedendag. Waarmee kunnen wij u helpen?");
    site.welcome = Notice::parse("Welcome to {the} clinic").unwrap();
    assert_eq!(Voice::of(&site, Language::Dutch).say("welcome"), "Welcome to {the} clinic");
    site.texts.insert((Language::Dutch, "welcome".to_owned()), "Welkom in {de} kliniek".to_owned());
    assert_eq!(Voice::of(&site, Language::Dutch).say("welcome"), "Welkom in {de} kliniek");

    site.pre_chat.fields.push(Field {
        id: FieldId::parse("order").unwrap(),
        label: Label::parse("Order number").unwrap(),
        kind: FieldKind::Text,
        is_required: false,
    });
    assert_eq!(Voice::of(&site, Language::French).say("field-order"), "Order number");
    assert_eq!(Voice::of(&site, Language::French).say("field-name"), "Votre nom");
    let window = own::of_window(&site, Language::Dutch);
    assert_eq!(window.keys().collect::<Vec<_>>(), ["field-order", "welcome"]);
}

#[test]
fn an_own_text_is_checked_before_it_is_taken() {
    let site = site();
    let wrong = |key: &str, text: &str| own::check(&site, key, text).unwrap_err();
    assert!(own::check(&site, "event-joined", "Here is { $name }\nfor you").is_ok());
    assert!(own::check(&site, "event-joined", "A colleague is here").is_ok());
    assert!(own::check(&site, "promise-days", "{ $n ->\n    [one] in a day\n   *[other] in { $n } days\n}").is_ok());
    assert!(own::check(&site, "welcome", "Brackets { may } stand here").is_ok());

    assert_eq!(wrong("no-such-text", "x"), OwnTextError::NoSuchText);
    assert_eq!(wrong("field-unknown", "x"), OwnTextError::NoSuchText);
    assert_eq!(wrong("send", &"x".repeat(1_001)), OwnTextError::TooLong);
    assert_eq!(wrong("send", "Send { it"), OwnTextError::Grammar(GrammarError::Syntax));
    assert_eq!(wrong("send", "one\nsent = two {"), OwnTextError::Grammar(GrammarError::Syntax));
    assert_eq!(wrong("send", "{ other }"), OwnTextError::Grammar(GrammarError::NotPlain));
    assert_eq!(wrong("send", "{ NUMBER(3) }"), OwnTextError::Grammar(GrammarError::NotPlain));
    assert_eq!(wrong("send", "{ $who } sends"), OwnTextError::NoVariables("who".to_owned()));
    assert_eq!(wrong("event-joined", "{ $who } joined").to_string(), "{ $who } is not known here. This text knows { $name }.");
    assert_eq!(wrong("event-joined", "{ $name ->\n *[other] x\n}"), OwnTextError::NotANumber);
    assert_eq!(wrong("promise-days", "In { $n ->\n *[other] { $n }\n} days"), OwnTextError::Grammar(GrammarError::Choice));
    assert_eq!(
        wrong("promise-days", "{ $n ->\n [lots] x\n *[other] y\n}"),
        OwnTextError::Grammar(GrammarError::Form("lots".to_owned()))
    );
}

#[test]
fn a_text_with_a_second_message_in_it_is_one_text() {
    let mut site = site();
    let sneaky = "one\nsend = two";
    assert!(own::check(&site, "sent", sneaky).is_ok());
    site.texts.insert((Language::English, "sent".to_owned()), sneaky.to_owned());
    assert_eq!(Voice::of(&site, Language::English).say("sent"), "one\nsend = two");
    assert_eq!(Voice::of(&site, Language::English).say("send"), "Send");
}

#[test]
fn what_the_browser_gets_is_plain_json() {
    let texts =
        grammar::read("a = Say \"</script>\" to { $name }\nb = { $n ->\n    [one] one\n   *[other] { $n } more\n}\n").unwrap();
    let json = grammar::json(texts.iter());
    assert!(!json.contains('<'));
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["a"], "Say \"</script>\" to {name}");
    assert_eq!(read["b"], serde_json::json!({"": "n", "one": "one", "other": "{n} more"}));
}

#[test]
fn the_groups_hold_every_key_once() {
    let listed: Vec<_> = own::groups().into_iter().flat_map(|group| group.keys).map(str::to_owned).collect();
    let built_in: Vec<_> = built_in(Language::English).into_keys().collect();
    assert_eq!(listed.len(), built_in.len());
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), built_in.into_iter().collect());
}
