//! Checking a paper without the data that it came from: the JSON file section by section, or the page as a whole.

use data_encoding::HEXLOWER;

use super::{Document, FORMAT, PAGE_END, PAGE_PURPOSE, PAGE_SEAL, PURPOSE, hash_of_head, hash_of_section};
use crate::service::proof::{self, Signed, Written};
use crate::vault::{PublicKey, SIGNATURE_BYTES};

impl Written for Document {
    const WHAT: &'static str = "a signed paper";
    const FORMAT: &'static str = FORMAT;
    const PURPOSE: &'static str = PURPOSE;

    fn signed(&self) -> Signed<'_> {
        let Self { format, statement, public_key, signature, .. } = self;
        Signed { format, statement, public_key, signature }
    }
}

/// What a check found. The file holds when there is no fault.
#[derive(Debug, Default)]
pub struct Checked {
    pub sections: usize,
    /// The key that the file is signed with, if it names one.
    pub public_key: Option<PublicKey>,
    /// What the paper says it is, and when it was made.
    pub about: Vec<String>,
    /// A sentence each.
    pub faults: Vec<String>,
}

/// Holds the file, JSON or HTML, against its signature, and against `expected` if given: without that the check tells whether the file is
/// whole, and not from whom it is.
#[must_use]
pub fn check(text: &str, expected: Option<&PublicKey>) -> Checked {
    let mut found = Checked::default();
    if text.trim_start().starts_with('<') {
        found.page(text, expected);
        return found;
    }
    match proof::read::<Document>(text) {
        Ok(document) => found.document(&document, expected),
        Err(sentence) => found.faults.push(sentence),
    }
    found
}

impl Checked {
    fn page(&mut self, text: &str, expected: Option<&PublicKey>) {
        let seal = text.rsplit_once(PAGE_SEAL).and_then(|(page, seal)| Some((page, seal.strip_suffix(PAGE_END)?)));
        let Some((page, (key, signature))) = seal.and_then(|(page, seal)| Some((page, seal.split_once(' ')?))) else {
            self.faults.push("The page has no signature of this kind as its last line.".to_owned());
            return;
        };
        let Some(key) = PublicKey::parse(key) else {
            self.faults.push("The public key in the page is no key.".to_owned());
            return;
        };
        self.public_key = Some(key);
        if expected.is_some_and(|expected| *expected != key) {
            self.faults
                .push("The page is signed with another key than the one given: it is not from that installation.".to_owned());
        }
        let signature = HEXLOWER.decode(signature.as_bytes()).ok();
        let signature = signature.and_then(|bytes| <[u8; SIGNATURE_BYTES]>::try_from(bytes).ok());
        if !signature.is_some_and(|signature| key.verifies(PAGE_PURPOSE, page.as_bytes(), &signature)) {
            self.faults
                .push("The signature does not fit the page: something in it, the signature or the key was altered.".to_owned());
        }
    }

    fn document(&mut self, document: &Document, expected: Option<&PublicKey>) {
        let paper = &document.paper;
        self.sections = paper.sections.len();
        self.public_key = proof::signature(document, expected, &mut self.faults);
        self.about = vec![format!("{}, {}", paper.title, paper.organisation), format!("made {}", paper.made_at)];
        let lines: Vec<_> = document.statement.lines().collect();
        let [format, installation, made, head, count, stated @ ..] = &lines[..] else {
            self.faults.push("The statement is not one of a paper.".to_owned());
            return;
        };
        self.about.push((*installation).to_owned());
        let said = format!("made {}", paper.made_at);
        if *format != FORMAT || *made != said || *head != format!("{} {}", hash_of_head(paper), paper.kind) {
            self.faults.push("What stands above the sections was altered: it is not what was signed.".to_owned());
        }
        if *count != format!("sections {}", stated.len()) {
            self.faults.push("The statement does not list as many sections as it says.".to_owned());
        }
        let of = |line: &str| line.split_once(' ').map_or("", |(_, id)| id).to_owned();
        for (line, n) in stated.iter().zip(0..) {
            match paper.sections.iter().position(|it| it.id == of(line)) {
                None => self.faults.push(format!("The section {} was removed.", of(line))),
                Some(place) if place != n => self.faults.push(format!("The section {} stands in another place.", of(line))),
                Some(place) => {
                    let section = &paper.sections[place];
                    if *line != format!("{} {}", hash_of_section(section), section.id) {
                        self.faults.push(format!("The section {} was altered.", section.id));
                    }
                }
            }
        }
        for section in paper.sections.iter().filter(|section| !stated.iter().any(|line| of(line) == section.id)) {
            self.faults.push(format!("The section {} was added.", section.id));
        }
        if paper.sections.len() > stated.len() && self.faults.is_empty() {
            self.faults.push("A section stands there twice.".to_owned());
        }
    }
}
