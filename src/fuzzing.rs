//! One function for each kind of thing that comes from outside, fed with whatever. `tests/fuzz` has a target for each; here they run for
//! a moment in the ordinary tests. Not in the product.

use std::collections::BTreeMap;

use crate::domain::card;
use crate::domain::filled::Given;
use crate::domain::id::FormId;
use crate::domain::language::Language;
use crate::domain::network::{Network, parse_networks, permits};
use crate::domain::purge_rule::{Every, Schedule};
use crate::domain::redaction::{Detectors, OwnPattern, Redaction, compile};
use crate::domain::retention::ZoneName;
use crate::domain::search::Place;
use crate::domain::secure_form::{SecureField, SecureForm, SecureKind};
use crate::domain::text::{
    ClientId, EmailAddress, FieldId, FileName, Label, Line, MessageText, Name, Notice, PhoneNumber, SearchWords, Tag, TextError,
};
use crate::domain::time::Timestamp;
use crate::service::files::picture;
use crate::service::receipts;
use crate::store::AuditRow;
use crate::texts::grammar;
use crate::vault::{PublicKey, ShareReader, container};
use crate::{store, web};

/// Name and function.
type Target = (&'static str, fn(&[u8]));

const TARGETS: &[Target] = &[
    ("sockets", sockets),
    ("records", store::fuzzing::record),
    ("proxies", proxies),
    ("networks", networks),
    ("cookies", cookies),
    ("forms", forms),
    ("texts", texts),
    ("own_texts", own_texts),
    ("searches", searches),
    ("pictures", pictures),
    ("handed_in", handed_in),
    ("detectors", detectors),
    ("secure_forms", secure_forms),
    ("schedules", schedules),
];

/// Feeds one of them.
///
/// # Panics
/// When what it is fed with breaks it, which is what it looks for.
pub fn run(target: &str, data: &[u8]) {
    let found = TARGETS.iter().find(|(name, _)| *name == target);
    assert!(found.is_some(), "there is no target {target}");
    found.into_iter().for_each(|(_, feed)| feed(data));
}

/// The length of the pieces in which it arrives, and the bytes of a socket; they are read as one command as well.
fn sockets(data: &[u8]) {
    let Some((piece, bytes)) = data.split_first() else { return };
    web::fuzzing::socket(usize::from(*piece), bytes);
    web::fuzzing::command(&String::from_utf8_lossy(bytes));
}

/// Three lines: the peer, what it says in `X-Forwarded-For`, and the trusted proxies with commas between.
fn proxies(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    if let (Some(direct), Some(claims), Some(trusted)) = (lines.next(), lines.next(), lines.next()) {
        web::fuzzing::forwarded(direct, claims, &trusted.replace(',', "\n"));
    }
}

/// A list of networks as an administrator types it: each reads again as what it shows, and holds its own addresses.
fn networks(data: &[u8]) {
    let Ok(list) = parse_networks(&String::from_utf8_lossy(data)) else { return };
    for network in &list {
        let shown = network.to_string();
        assert_eq!(Network::parse(&shown).as_ref(), Ok(network), "{shown}");
        let address = shown.split('/').next().unwrap_or_default().parse();
        assert!(address.is_ok_and(|address| network.contains(address) && permits(&list, address)), "{shown}");
    }
}

/// The header; behind a line break a host and the origin of a page.
fn cookies(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    web::fuzzing::cookies(lines.next().unwrap_or_default());
    if let (Some(host), Some(page)) = (lines.next(), lines.next()) {
        web::fuzzing::origins(host, page);
    }
}

/// An urlencoded form, and what is said in headers before a file. There are no multipart bodies: a file comes as it is.
fn forms(data: &[u8]) {
    web::fuzzing::form(data);
    let lines: Vec<_> = data.split(|byte| *byte == b'\n').collect();
    web::fuzzing::announcement(&lines);
}

/// What was taken is taken again as it is: so it is read from the disk.
fn texts(data: &[u8]) {
    fn twice<T: PartialEq>(raw: &str, parse: fn(&str) -> Result<T, TextError>, text: fn(&T) -> &str) {
        if let Ok(once) = parse(raw) {
            assert!(matches!(parse(text(&once)), Ok(again) if again == once));
        }
    }
    let raw = String::from_utf8_lossy(data);
    twice(&raw, MessageText::parse, MessageText::as_str);
    twice(&raw, Name::parse, Name::as_str);
    twice(&raw, Notice::parse, Notice::as_str);
    twice(&raw, EmailAddress::parse, EmailAddress::as_str);
    twice(&raw, Line::parse, Line::as_str);
    twice(&raw, Label::parse, Label::as_str);
    twice(&raw, Tag::parse, Tag::as_str);
    twice(&raw, PhoneNumber::parse, PhoneNumber::as_str);
    twice(&raw, SearchWords::parse, SearchWords::as_str);
    twice(&raw, ClientId::parse, ClientId::as_str);
    twice(&raw, FileName::parse, FileName::as_str);
    for ending in ["png", "jpg"] {
        let name = FileName::parse(&raw).map(|name| name.with_ending(ending));
        assert!(name.is_ok_and(|name| FileName::parse(name.as_str()).as_ref() == Ok(&name)));
    }
}

/// Fluent as an administrator writes it; what the browser gets of it is JSON that may stand in a script.
fn own_texts(data: &[u8]) {
    let Ok(texts) = grammar::read(&String::from_utf8_lossy(data)) else { return };
    let json = grammar::json(&texts);
    assert!(!json.contains('<') && serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

/// A line of words and a text to find them in; the words are read as a place in the list as well.
fn searches(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (words, text) = text.split_once('\n').unwrap_or((&text, ""));
    if let Ok(words) = SearchWords::parse(words) {
        store::fuzzing::words(words.as_str(), text);
    }
    if let Ok(place) = words.parse::<Place>() {
        assert_eq!(place.to_string().parse(), Ok(place));
    }
}

/// A picture that somebody sends. Drawn anew, it reads again.
fn pictures(data: &[u8]) {
    let Some(format) = picture::format_of(data) else { return };
    if let Ok(drawn) = picture::draw_anew(data.to_vec(), format) {
        let again = picture::format_of(&drawn.bytes);
        assert!(again.is_some_and(|format| picture::draw_anew(drawn.bytes, format).is_ok()));
    }
}

/// Files that are given to the command line: a backup, receipts, rows of the audit log, a typed recovery kit.
fn handed_in(data: &[u8]) {
    let key = PublicKey::parse(&"5a".repeat(32));
    if let Some(key) = &key {
        let _ = container::check(data, key);
    }
    let _ = container::Unopened::begin(data);
    let _ = AuditRow::read(data);
    let text = String::from_utf8_lossy(data);
    let _ = receipts::check(&text, key.as_ref());
    let mut reader = ShareReader::default();
    let _ = text.lines().try_for_each(|line| reader.take(line).map(drop));
}

/// A pattern of a site's own, a message and the next one, each on a line. What is masked is never longer, and holds no card any more.
fn detectors(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(3, '\n');
    let (pattern, first, second) =
        (lines.next().unwrap_or_default(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let own = compile(pattern).is_ok().then(|| Label::parse("Own").ok().zip(Line::parse(pattern).ok())).flatten();
    let patterns = own.map(|(name, pattern)| OwnPattern { name, pattern }).into_iter().collect();
    let detectors = Detectors::new(&Redaction { cards: true, ssn: true, iban: true, patterns });
    for text in [first, second] {
        let hits = detectors.find(text);
        assert!(hits.iter().all(|hit| !hit.range.is_empty() && text.get(hit.range.clone()).is_some()));
        assert!(hits.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
        for masked in [detectors.mask(text), detectors.mask_unfinished(text)].into_iter().flatten() {
            assert!(masked.text.chars().count() <= text.chars().count());
        }
        assert_eq!(detectors.mask(text).is_none(), hits.is_empty());
        assert!(!card::is_within(&card::truncated_within(text)));
    }
    let _ = detectors.mask_answer(first, second);
    if let Some(across) = detectors.mask_across(first, second) {
        assert!(across.second.text.chars().count() <= second.chars().count());
        assert!(across.first.is_none_or(|masked| masked.text.chars().count() <= first.chars().count()));
    }
}

/// A label, a help text, and a line for each kind of field. What is kept holds no card but in its own field, and fits again.
fn secure_forms(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let (label, help) = (lines.next().map(Label::parse), lines.next().and_then(|text| Label::parse(text).ok()));
    let (Some(Ok(label)), Ok(name)) = (label, Name::parse("Form")) else { return };
    let kinds = [
        SecureKind::Text,
        SecureKind::LongText,
        SecureKind::Email,
        SecureKind::Phone,
        SecureKind::Date,
        SecureKind::Choice(vec![label.clone(), label.clone()]),
        SecureKind::Card { keeps_all: false },
        SecureKind::Expiry,
    ];
    let mut given = Given::new();
    let mut fields = Vec::new();
    for (kind, typed) in kinds.into_iter().zip(lines) {
        let Ok(id) = FieldId::parse(&format!("f{}", fields.len())) else { return };
        given.insert(id.as_str().to_owned(), typed.to_owned());
        fields.push(SecureField {
            id,
            label: label.clone(),
            help: help.clone(),
            kind,
            is_required: false,
            is_sensitive: fields.len() % 2 == 0,
        });
    }
    let mut form = SecureForm {
        id: FormId::from_bytes([1; 16]),
        site: None,
        name,
        intro: None,
        fields,
        consent: None,
        translations: BTreeMap::new(),
        purge_on_first_view: false,
        purge_at_close: false,
        is_archived: false,
        created_at: Timestamp::default(),
    };
    let _ = form.asked_in(Language::German);
    // One at a time, so that what is wrong with one hides no other.
    for field in std::mem::take(&mut form.fields) {
        form.fields = vec![field];
        for answer in form.read(&given, Timestamp::default()).into_iter().flatten() {
            let is_typed = !matches!(answer.kind, SecureKind::Choice(_));
            assert!(!is_typed || !card::is_within(answer.value.as_str()));
            assert!(MessageText::parse(answer.value.as_str()).as_ref() == Ok(&answer.value));
            assert!(!answer.is_hidden() || answer.masked().starts_with('•'));
        }
    }
}

/// A time in eight bytes, how often in two, an hour, and the name of a zone. The next time is the last one until then, and none lies between.
fn schedules(data: &[u8]) {
    let Some((time, rest)) = data.split_first_chunk::<8>() else { return };
    let Some((&[how, which, hour], zone)) = rest.split_first_chunk::<3>() else { return };
    let zone = ZoneName::parse(&String::from_utf8_lossy(zone)).unwrap_or_else(|_| ZoneName::utc());
    let every = match how % 4 {
        0 => Every::Hour,
        1 => Every::Day,
        2 => Every::Week(which % 7 + 1),
        _ => Every::Month(which % 31 + 1),
    };
    let (schedule, after) = (Schedule { every, hour: hour % 24, zone }, Timestamp::from_millis(i64::from_le_bytes(*time)));
    let (_, Some(next)) = (schedule.last_until(after), schedule.next_after(after)) else { return };
    assert!(next > after);
    // Before 1970 some clocks were minutes and seconds off, and what comes each hour is looked for from minute to minute.
    if after >= Timestamp::default() {
        assert_eq!(schedule.last_until(next), Some(next));
        let before = Timestamp::from_millis(next.as_millis() - 1);
        assert!(schedule.last_until(before).is_none_or(|last| last <= after));
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    use super::TARGETS;

    fn seeds(target: &str) -> Vec<Vec<u8>> {
        let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target);
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }

    /// A seed with a few bytes changed, put in or taken out, the same ones in every run.
    fn near(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
        let change = (any::<Index>(), any::<u8>(), 0..3_u8);
        (select(seeds), prop::collection::vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
            for (at, byte, how) in changes {
                let at = at.index(bytes.len() + 1);
                match (how, bytes.get_mut(at)) {
                    (0, Some(it)) => *it = byte,
                    (1, Some(_)) => drop(bytes.remove(at)),
                    _ => bytes.insert(at, byte),
                }
            }
            bytes
        })
    }

    #[test]
    fn nothing_that_comes_from_outside_breaks_anything() {
        for (name, feed) in TARGETS {
            let seeds = seeds(name);
            assert!(!seeds.is_empty(), "{name} has no seeds");
            seeds.iter().for_each(|seed| feed(seed));
            // Drawing a picture takes longer than all others together.
            let cases = if *name == "pictures" { 100 } else { 1_000 };
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
            runner
                .run(&near(seeds), |bytes| {
                    feed(&bytes);
                    Ok(())
                })
                .unwrap_or_else(|why| panic!("{name}: {why}"));
        }
    }

    #[test]
    fn each_has_a_target_of_its_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/fuzz_targets");
        let mut there: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        there.sort();
        let mut named: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        named.sort();
        assert_eq!(there.iter().map(|it| it.file_stem().unwrap().to_string_lossy()).collect::<Vec<_>>(), named);
    }
}
