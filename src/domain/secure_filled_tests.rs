use super::*;
use crate::domain::id::FormId;
use crate::domain::language::Language;
use crate::domain::secure_form::{FieldTexts, FormTexts};
use crate::domain::text::{Label, Name, Notice};

/// 2027-01-15
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn field(id: &str, kind: SecureKind) -> SecureField {
    SecureField {
        id: FieldId::parse(id).unwrap(),
        label: label("A question"),
        help: None,
        kind,
        is_required: true,
        is_sensitive: true,
    }
}

fn form(fields: Vec<SecureField>) -> SecureForm {
    SecureForm {
        id: FormId::from_bytes([1; 16]),
        site: None,
        name: Name::parse("Admission").unwrap(),
        intro: None,
        fields,
        consent: None,
        translations: std::collections::BTreeMap::new(),
        purge_on_first_view: false,
        purge_at_close: false,
        is_archived: false,
        created_at: NOW,
    }
}

fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
}

fn every_kind() -> SecureForm {
    let options = ["Statutory", "Private"].map(label).to_vec();
    form(vec![
        field("name", SecureKind::Text),
        field("story", SecureKind::LongText),
        field("mail", SecureKind::Email),
        field("phone", SecureKind::Phone),
        field("born", SecureKind::Date),
        field("kind", SecureKind::Choice(options)),
        field("card", SecureKind::Card { keeps_all: false }),
        field("until", SecureKind::Expiry),
    ])
}

const RIGHT: [(&str, &str); 8] = [
    ("name", " Maria Muster "),
    ("story", "It hurts.\nSince Monday."),
    ("mail", "Maria@Example.org"),
    ("phone", "+٤٩ 40 123456"),
    ("born", "1980-02-29"),
    ("kind", "1"),
    ("card", "4111 1111 1111 1111"),
    ("until", "4/2029"),
];

#[test]
fn what_is_right_is_kept_as_it_should_be() {
    let answers = every_kind().read(&given(&RIGHT), NOW).unwrap();
    let kept: Vec<_> = answers.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(
        kept,
        [
            "Maria Muster",
            "It hurts.\nSince Monday.",
            "maria@example.org",
            "+49 40 123456",
            "1980-02-29",
            "Private",
            "411111••••••1111",
            "04/29"
        ]
    );
    let masked: Vec<_> = answers.iter().map(SubmittedAnswer::masked).collect();
    assert_eq!(
        masked,
        ["••••••••", "••••••••", "••••••••@example.org", "••••••••56", "••••••••", "••••••••", "••••••••1111", "••••••••"]
    );
}

#[test]
fn a_card_is_whole_only_where_the_form_says_so_and_then_it_is_hidden() {
    let mut whole = form(vec![field("card", SecureKind::Card { keeps_all: true })]);
    whole.fields[0].is_sensitive = false;
    let answers = whole.read(&given(&RIGHT), NOW).unwrap();
    assert_eq!(answers[0].value.as_str(), "4111 1111 1111 1111");
    assert!(answers[0].is_hidden());
    assert_eq!(answers[0].masked(), "••••••••1111");

    let mut open = form(vec![field("card", SecureKind::Card { keeps_all: false })]);
    open.fields[0].is_sensitive = false;
    let answers = open.read(&given(&RIGHT), NOW).unwrap();
    assert_eq!(answers[0].masked(), "411111••••••1111", "there is no more of it");
}

#[test]
fn every_fault_is_named_at_once() {
    let wrong = given(&[
        ("name", &"x".repeat(501)),
        ("story", " "),
        ("mail", "maria"),
        ("phone", "call me"),
        ("born", "1981-02-29"),
        ("kind", "2"),
        ("card", "4111 1111 1111 1112"),
        ("until", "13/29"),
    ]);
    let mut form = every_kind();
    form.consent = Some(Notice::parse("I agree.").unwrap());
    let faults = form.read(&wrong, NOW).unwrap_err();
    let named: Vec<_> = faults.iter().map(|it| (it.field.as_str(), it.problem.word())).collect();
    assert_eq!(
        named,
        [
            ("name", "long"),
            ("story", "empty"),
            ("mail", "email"),
            ("phone", "phone"),
            ("born", "date"),
            ("kind", "choice"),
            ("card", "card"),
            ("until", "expiry"),
            ("consent", "consent"),
        ]
    );
    let mut right = given(&RIGHT);
    right.insert("consent".to_owned(), String::new());
    assert!(form.read(&right, NOW).is_ok());
}

#[test]
fn what_is_not_asked_may_stay_empty_and_what_is_beyond_is_left_aside() {
    let mut form = form(vec![field("name", SecureKind::Text)]);
    form.fields[0].is_required = false;
    assert!(form.read(&given(&[("other", "4711")]), NOW).unwrap().is_empty());
}

#[test]
fn the_code_of_a_card_is_never_taken_whatever_made_the_form() {
    let mut form = form(vec![field("a", SecureKind::Text), field("b", SecureKind::Text), field("c", SecureKind::Text)]);
    form.fields[0].label = label("CVV");
    form.fields[1].help = Some(label("Die Prüfziffer auf der Rückseite"));
    let texts = FieldTexts { label: Some(label("Code de sécurité")), ..FieldTexts::default() };
    let fields = [(form.fields[2].id.clone(), texts)].into();
    form.translations.insert(Language::French, FormTexts { fields, ..FormTexts::default() });
    assert!(form.fields.iter().all(|field| form.asks_for_card_code(field)));
    assert!(form.read(&given(&[("a", "123"), ("b", "123"), ("c", "123")]), NOW).unwrap().is_empty());
}

#[test]
fn beside_a_card_a_shorter_name_is_enough() {
    let mut form = form(vec![field("card", SecureKind::Card { keeps_all: false }), field("pin", SecureKind::Text)]);
    form.fields[1].label = label("PIN");
    assert!(form.asks_for_card_code(&form.fields[1]));
    form.fields.remove(0);
    assert!(!form.asks_for_card_code(&form.fields[0]));
}

#[test]
fn a_card_in_another_field_is_kept_as_in_its_own_and_its_code_nowhere() {
    let plain = form(vec![field("a", SecureKind::Text), field("b", SecureKind::LongText)]);
    let typed = given(&[("a", "4111-1111-1111-1111"), ("b", "the card is\n5555 5555 5555 4444 12/27 123, cvv 123")]);
    let kept: Vec<_> = plain.read(&typed, NOW).unwrap().iter().map(|it| it.value.as_str().to_owned()).collect();
    assert_eq!(kept, ["411111••••••1111", "the card is\n555555••••••4444 12/27 •••, cvv •••"]);
    // What is dropped from a text must not have hidden a number from who looked.
    let hidden = plain.read(&given(&[("a", "x"), ("b", "4111\u{1}1111\u{1}11111111")]), NOW).unwrap();
    assert_eq!(hidden[1].value.as_str(), "411111••••••1111");
    let others = form(vec![field("a", SecureKind::Email), field("b", SecureKind::Phone)]);
    let faults = others.read(&given(&[("a", "4111111111111111@example.org"), ("b", "4111 1111 1111 1111")]), NOW).unwrap_err();
    assert_eq!(faults.iter().map(|it| it.problem).collect::<Vec<_>>(), [Problem::NotAnEmailAddress, Problem::NotAPhoneNumber]);
}

#[test]
fn three_or_four_digits_beside_a_card_are_its_code_whatever_they_are_asked_as() {
    let asked = |kind| form(vec![field("card", SecureKind::Card { keeps_all: false }), field("extra", kind)]);
    let typed = |text| given(&[("card", "4111 1111 1111 1111"), ("extra", text)]);
    for kind in [SecureKind::Text, SecureKind::LongText, SecureKind::Phone] {
        let faults = asked(kind).read(&typed("１２３"), NOW).unwrap_err();
        assert_eq!(faults.iter().map(|it| (it.field.as_str(), it.problem)).collect::<Vec<_>>(), [("extra", Problem::CardCode)]);
    }
    assert_eq!(asked(SecureKind::Text).read(&typed("room 123"), NOW).unwrap()[1].value.as_str(), "room 123");
    let no_card = form(vec![field("extra", SecureKind::Text)]);
    assert_eq!(no_card.read(&typed("123"), NOW).unwrap()[0].value.as_str(), "123");
}
