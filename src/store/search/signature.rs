//! What a closed conversation says of its words without being opened: a Bloom filter over the pieces of its words, sealed under the
//! key of its drawer as everything else in it. A search for a rare word reads these and opens few transcripts.
//!
//! `version 1 ‖ bits`, a power of two of them. A word is known by its runs of three letters (two in scripts that write without spaces),
//! in small letters, each of which sets one bit; people, departments and tags set six each. What was said leaves no other trace in it,
//! and it goes with the key of the drawer.

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::super::parts::Write;
use super::super::tables::Table;
use super::super::{Shared, StoreError};
use crate::domain::conversation::Conversation;
use crate::domain::event::Event;
use crate::domain::id::ConversationId;
use crate::domain::search::{Mark, mark_of, marks_of, text_of, texts_of_head};
use crate::vault::{Place, Sealer};

/// Grows whenever more of a conversation is looked for: what an older version signed then says nothing of the rest.
const VERSION: u8 = 1;
const BYTES_MAX: usize = 2_048;
const BYTES_MIN: usize = 32;
/// A filter is made smaller while at most so many hundredths of it would be set.
const FULL_HUNDREDTHS: usize = 36;
/// Bits of one mark: unlike a word, it has no pieces that each rule out something.
const MARK_BITS: usize = 6;

/// The bits of a mark.
fn places_of(mark: Mark<'_>) -> [u32; MARK_BITS] {
    let (kind, bytes) = match &mark {
        Mark::Operator(id) => (1, id.as_bytes().as_slice()),
        Mark::Department(id) => (2, id.as_bytes().as_slice()),
        Mark::Tag(tag) => (3, tag.as_str().as_bytes()),
    };
    let hash = Sha256::new().chain_update([kind]).chain_update(bytes).finalize();
    let mut places = [0; MARK_BITS];
    for (place, four) in places.iter_mut().zip(hash.chunks_exact(4)) {
        *place = four.iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
    }
    places
}

/// Puts signatures together, one after the other.
pub(in crate::store) struct Signer {
    bits: Zeroizing<Vec<u8>>,
}

impl Signer {
    pub(in crate::store) fn new() -> Self {
        Self { bits: Zeroizing::new(vec![0; BYTES_MAX]) }
    }

    pub(in crate::store) fn begin(&mut self) {
        self.bits.fill(0);
    }

    pub(in crate::store) fn head(&mut self, head: &Conversation) {
        texts_of_head(head).for_each(|text| self.text(text));
        marks_of(head).for_each(|mark| self.mark(mark));
    }

    pub(in crate::store) fn event(&mut self, event: &Event) {
        text_of(event).into_iter().for_each(|text| self.text(text));
        mark_of(event).into_iter().for_each(|mark| self.mark(mark));
    }

    pub(in crate::store) fn text(&mut self, text: &str) {
        pieces(text, |piece| set(&mut self.bits, piece));
    }

    fn mark(&mut self, mark: Mark<'_>) {
        places_of(mark).into_iter().for_each(|place| set(&mut self.bits, place));
    }

    /// Seals it for its drawer.
    pub(in crate::store) fn seal(
        &mut self,
        sealer: &Sealer,
        installation: &[u8; 16],
        drawer: ConversationId,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let plain = self.finish();
        let sealed = sealer.seal(place(drawer.as_bytes(), installation), &plain)?;
        writes.push((Table::Signatures.key(drawer.as_bytes()), Some(sealed)));
        self.bits.zeroize();
        self.bits.resize(BYTES_MAX, 0);
        Ok(())
    }

    /// The smallest that is not too full.
    pub(in crate::store) fn finish(&self) -> Zeroizing<Vec<u8>> {
        let mut bits = self.bits.clone();
        while bits.len() > BYTES_MIN {
            let (low, high) = bits.split_at(bits.len() / 2);
            let half: Zeroizing<Vec<u8>> = Zeroizing::new(low.iter().zip(high).map(|(low, high)| low | high).collect());
            let set: usize = half.iter().map(|byte| byte.count_ones() as usize).sum();
            if set * 100 > half.len() * 8 * FULL_HUNDREDTHS {
                break;
            }
            bits = half;
        }
        let mut plain = Zeroizing::new(Vec::with_capacity(1 + bits.len()));
        plain.push(VERSION);
        plain.extend_from_slice(&bits);
        plain
    }
}

/// What is looked for, as bits of signatures.
#[derive(Debug, Default)]
pub(in crate::store) struct Probe {
    /// Of each word the forms in which it may be written, of each form its pieces.
    words: Vec<Vec<Vec<u32>>>,
    marks: Vec<u32>,
}

impl Probe {
    pub(in crate::store) fn word<'a>(&mut self, forms: impl Iterator<Item = &'a str>) {
        let mut all: Vec<Vec<u32>> = Vec::new();
        for form in forms {
            let mut places = Vec::new();
            pieces(form, |place| places.push(place));
            places.sort_unstable();
            places.dedup();
            // Nothing is known of a word that is too short.
            if places.is_empty() {
                return;
            }
            if !all.contains(&places) {
                all.push(places);
            }
        }
        self.words.push(all);
    }

    pub(in crate::store) fn mark(&mut self, mark: Mark<'_>) {
        self.marks.extend(places_of(mark));
    }

    /// Whether signatures say nothing of what is looked for.
    pub(in crate::store) fn is_blind(&self) -> bool {
        self.words.is_empty() && self.marks.is_empty()
    }

    /// Whether the conversation may have all of it. One whose signature is of another version may have anything.
    pub(in crate::store) fn may_be_in(&self, plain: &[u8]) -> bool {
        let Some((&VERSION, bits)) = plain.split_first() else { return true };
        if !bits.len().is_power_of_two() {
            return true;
        }
        let has = |place: &u32| is_set(bits, *place);
        self.marks.iter().all(has) && self.words.iter().all(|forms| forms.iter().any(|places| places.iter().all(has)))
    }

    /// The same of a signature as it lies in the database. One that does not open rules nothing out; `parlor verify` finds it.
    pub(in crate::store) fn may_be_in_sealed(
        &self,
        sealer: &Sealer,
        installation: &[u8; 16],
        id: ConversationId,
        sealed: &[u8],
    ) -> bool {
        sealer.open(place(id.as_bytes(), installation), sealed).map_or(true, |plain| self.may_be_in(&plain))
    }
}

impl Shared {
    /// Holds a signature against what its signer would say now. Says whether there is one.
    pub(in crate::store) fn check_signature(
        &self,
        sealer: &Sealer,
        id: ConversationId,
        signer: &Signer,
    ) -> Result<bool, StoreError> {
        let Some(sealed) = self.index.get(&Table::Signatures.key(id.as_bytes()))? else { return Ok(false) };
        let plain = sealer.open(place(id.as_bytes(), &self.installation), &sealed)?;
        if plain.first() != Some(&VERSION) || *plain == *signer.finish() {
            Ok(true)
        } else {
            Err(StoreError::Damaged("its signature is of other words".to_owned()))
        }
    }
}

/// Removes the signature of a drawer.
pub(in crate::store) fn remove(drawer: ConversationId, writes: &mut Vec<Write>) {
    writes.push((Table::Signatures.key(drawer.as_bytes()), None));
}

fn place<'a>(key: &'a [u8], installation: &'a [u8; 16]) -> Place<'a> {
    Place { table: Table::Signatures.name(), key, installation }
}

fn set(bits: &mut [u8], place: u32) {
    let at = place as usize & (bits.len() * 8 - 1);
    bits[at / 8] |= 1 << (at % 8);
}

fn is_set(bits: &[u8], place: u32) -> bool {
    let at = place as usize & (bits.len() * 8 - 1);
    bits[at / 8] & 1 << (at % 8) != 0
}

/// The runs of letters and digits of a text. What is a piece depends on the letters in it and on nothing around them, so a word has no
/// piece that a text with this word in it lacks.
fn pieces(text: &str, mut take: impl FnMut(u32)) {
    let (mut before, mut last) = (None, None);
    for letter in text.chars().flat_map(small) {
        if !letter.is_alphanumeric() {
            (before, last) = (None, None);
            continue;
        }
        let this = u64::from(u32::from(letter));
        if let Some(last) = last.filter(|last| is_dense(*last) && is_dense(this)) {
            take(mixed(1 << 63 | last << 21 | this));
        }
        if let (Some(before), Some(last)) = (before, last)
            && !(is_dense(before) && is_dense(last))
        {
            take(mixed(before << 42 | last << 21 | this));
        }
        (before, last) = (last, Some(this));
    }
}

/// As one letter is written small, wherever it stands.
fn small(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase()
}

/// Scripts in which one letter says much and words stand side by side: from the radicals of Chinese on.
fn is_dense(letter: u64) -> bool {
    letter >= 0x2e80
}

fn mixed(piece: u64) -> u32 {
    let mixed = (piece ^ piece >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // The upper half of a product depends on all of it.
    u32::try_from(mixed >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::OperatorId;

    fn signed(texts: &[&str]) -> Zeroizing<Vec<u8>> {
        let mut signer = Signer::new();
        texts.iter().for_each(|text| signer.text(text));
        signer.finish()
    }

    fn may_hold(plain: &[u8], word: &str) -> bool {
        let mut probe = Probe::default();
        probe.word([word].into_iter());
        probe.may_be_in(plain)
    }

    #[test]
    fn whatever_stands_in_a_text_is_never_ruled_out() {
        let texts =
            ["My FOOT hurts, ÄRGER über ΟΔΟΣ", "東京都に住んでいます", "привет-Мир 12345", "\u{130}stanbul e\u{301}te\u{301}"];
        let plain = signed(&texts);
        for text in texts {
            let letters: Vec<char> = text.chars().collect();
            for from in 0..letters.len() {
                for to in from..letters.len() {
                    let part: String = letters[from..=to].iter().collect();
                    assert!(may_hold(&plain, &part), "{part} in {text}");
                    let (lower, upper): (String, String) = (
                        part.chars().flat_map(char::to_lowercase).collect(),
                        part.chars().map(|c| c.to_ascii_uppercase()).collect(),
                    );
                    assert!(may_hold(&plain, &lower) && may_hold(&plain, &upper), "{part} in {text}");
                }
            }
        }
    }

    #[test]
    fn most_of_what_does_not_stand_there_is_ruled_out() {
        let plain = signed(&["The quick brown fox jumps over the lazy dog", "東京都に住んでいます"]);
        for word in ["heliotrope", "invoice", "48213", "大阪", "Rechnung"] {
            assert!(!may_hold(&plain, word), "{word}");
        }
        assert!(may_hold(&plain, "ox") && may_hold(&plain, "zz") && may_hold(&plain, "!"), "too short to be known");
    }

    #[test]
    fn people_are_told_apart() {
        let mut signer = Signer::new();
        (0..10).for_each(|id| signer.mark(Mark::Operator(OperatorId::from_bytes([id; 16]))));
        let plain = signer.finish();
        let may_hold = |id: u8| {
            let mut probe = Probe::default();
            probe.mark(Mark::Operator(OperatorId::from_bytes([id; 16])));
            probe.may_be_in(&plain)
        };
        assert!((0..10).all(may_hold));
        assert!((10..100).filter(|id| may_hold(*id)).count() < 5);
    }

    #[test]
    fn it_is_as_large_as_what_was_said() {
        let words = |count: u32| (0..count).map(|word| format!("{:x} ", word.wrapping_mul(0x9e37_79b1))).collect::<String>();
        let sizes = [0, 20, 200, 20_000].map(|count| signed(&[&words(count)]).len() - 1);
        assert_eq!(sizes, [BYTES_MIN, BYTES_MIN, 512, BYTES_MAX]);
        assert!(may_hold(&[2, 0], "anything"), "of another version");
    }
}
