//! The recovery kit: the root key split into shares (Shamir), any `threshold` of which give it back while fewer tell nothing.
//!
//! A share is 40 bytes: `version 1 ‖ kit 5 ‖ threshold 1 ‖ number 1 ‖ value 32`. On paper it is four lines of 16 characters
//! of Crockford's base32, which has no letters that are mistaken for digits, each with two check characters, and a checksum
//! over all of it: so a slip of the pen is told at the line in which it happened.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use blahaj::{Share as Point, Sharks};
use data_encoding::{Encoding, Specification};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::key::KEY_BYTES;
use super::{RootKey, fill_random};

/// More papers than this nobody keeps track of.
pub const KIT_SHARES: RangeInclusive<u8> = 2..=20;

const VERSION: u8 = 1;
const KIT_BYTES: usize = 5;
const THRESHOLD_AT: usize = 1 + KIT_BYTES;
const NUMBER_AT: usize = THRESHOLD_AT + 1;
const VALUE_AT: usize = NUMBER_AT + 1;
const SHARE_BYTES: usize = VALUE_AT + KEY_BYTES;
const LINES: usize = 4;
const LINE_CHARS: usize = 16;
const CHECK_CHARS: usize = 2;
const CHECKSUM_BYTES: usize = 5;

#[expect(clippy::unwrap_used, reason = "the specification is a constant that every test below exercises")]
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    spec.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    spec.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    spec.encoding().unwrap()
});

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KitError {
    #[error(
        "A kit has {} to {} shares, and the threshold is at least 2 and at most the number of shares.",
        KIT_SHARES.start(),
        KIT_SHARES.end()
    )]
    Counts,
    #[error("Line {0} of the share does not check. Compare it with the paper, letter by letter.")]
    Line(usize),
    #[error("The checksum does not fit the four lines of the share. One of them may belong to another share.")]
    Checksum,
    #[error("A share is cut off: it has four numbered lines and a checksum.")]
    CutOff,
    #[error("A share is of a newer kind than this program knows. Use the version of Parlor that printed it.")]
    Newer,
    #[error("These shares belong to different kits, {0} and {1}. Only shares of one kit fit together.")]
    Mixed(String, String),
    #[error("These are {have} shares of kit {kit}, and it takes {need}. Find more of them.")]
    TooFew { kit: String, have: usize, need: u8 },
    #[error("No share was given.")]
    None,
    #[error("The operating system gives no random bytes, so no kit can be made.")]
    NoRandomness,
}

/// One paper of the kit. It does not print and wipes itself.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Share([u8; SHARE_BYTES]);

/// The root key in parts.
pub struct Kit(Vec<Share>);

impl Kit {
    /// Splits the key anew, with a name of its own: shares of two kits never fit together.
    ///
    /// # Errors
    /// When these counts make no kit, or there are no random bytes.
    pub fn split(key: &RootKey, shares: u8, threshold: u8) -> Result<Self, KitError> {
        if !KIT_SHARES.contains(&shares) || !(2..=shares).contains(&threshold) {
            return Err(KitError::Counts);
        }
        let mut kit = [0; KIT_BYTES];
        // The kernel is asked here first, since its generator below could only panic.
        fill_random(&mut kit).map_err(|_| KitError::NoRandomness)?;
        let dealer = Sharks(threshold).dealer_rng(key.expose(), &mut UnwrapErr(SysRng));
        let shares = dealer.take(usize::from(shares)).map(|point| {
            let point = Zeroizing::new(Vec::from(&point));
            let mut share = Share([0; SHARE_BYTES]);
            share.0[0] = VERSION;
            share.0[1..THRESHOLD_AT].copy_from_slice(&kit);
            share.0[THRESHOLD_AT] = threshold;
            share.0[NUMBER_AT..].copy_from_slice(&point);
            share
        });
        Ok(Self(shares.collect()))
    }

    #[must_use]
    pub fn shares(&self) -> &[Share] {
        &self.0
    }

    /// Puts shares together again. One that is given twice counts once.
    ///
    /// # Errors
    /// When they are too few, or of different kits.
    pub fn join(shares: &[Share]) -> Result<RootKey, KitError> {
        let first = shares.first().ok_or(KitError::None)?;
        if let Some(other) = shares.iter().find(|share| share.0[..NUMBER_AT] != first.0[..NUMBER_AT]) {
            return Err(KitError::Mixed(first.kit(), other.kit()));
        }
        let mut distinct: Vec<&Share> = Vec::new();
        for share in shares {
            if distinct.iter().all(|known| known.number() != share.number()) {
                distinct.push(share);
            }
        }
        let need = first.threshold();
        let too_few = || KitError::TooFew { kit: first.kit(), have: distinct.len(), need };
        if distinct.len() < usize::from(need) {
            return Err(too_few());
        }
        let points: Vec<Point> = distinct.iter().filter_map(|share| Point::try_from(&share.0[NUMBER_AT..]).ok()).collect();
        let bytes = Zeroizing::new(Sharks(need).recover(&points).map_err(|_| too_few())?);
        let mut key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).map_err(|_| KitError::CutOff)?;
        let root = RootKey::from_bytes(key);
        key.zeroize();
        Ok(root)
    }
}

impl Share {
    /// The name of the kit, the same on all its shares.
    #[must_use]
    pub fn kit(&self) -> String {
        in_groups(&CROCKFORD.encode(&self.0[1..THRESHOLD_AT]))
    }

    #[must_use]
    pub fn number(&self) -> u8 {
        self.0[NUMBER_AT]
    }

    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.0[THRESHOLD_AT]
    }

    /// As it stands on the paper, line by line with its label.
    #[must_use]
    pub fn lines(&self) -> Zeroizing<Vec<String>> {
        let code = Zeroizing::new(CROCKFORD.encode(&self.0));
        let mut lines = Zeroizing::new(Vec::with_capacity(LINES + 1));
        for (number, at) in (1..).zip((0..code.len()).step_by(LINE_CHARS)) {
            let line = &code[at..at + LINE_CHARS];
            lines.push(format!("{number}: {} {}", *Zeroizing::new(in_groups(line)), check(number, line)));
        }
        lines.push(format!("Checksum: {}", in_groups(&CROCKFORD.encode(&self.checksum()))));
        lines
    }

    fn checksum(&self) -> [u8; CHECKSUM_BYTES] {
        let digest: [u8; 32] = Sha256::new().chain_update(b"parlor share").chain_update(self.0).finalize().into();
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
        checksum
    }

    fn read(code: &str, checksum: &str) -> Result<Self, KitError> {
        let bytes = Zeroizing::new(CROCKFORD.decode(code.as_bytes()).map_err(|_| KitError::CutOff)?);
        let share = Self(<[u8; SHARE_BYTES]>::try_from(bytes.as_slice()).map_err(|_| KitError::CutOff)?);
        if CROCKFORD.decode(checksum.as_bytes()).ok().as_deref() != Some(&share.checksum()[..]) {
            return Err(KitError::Checksum);
        }
        if share.0[0] != VERSION {
            return Err(KitError::Newer);
        }
        // Only a kit of ours has this checksum, and ours never has these: a number of 0 would be the key itself.
        if share.number() == 0 || share.threshold() < 2 {
            return Err(KitError::Checksum);
        }
        Ok(share)
    }
}

/// Finds shares in what people type or scan: numbered lines and a checksum, in any case, with or without spaces; everything
/// else on the page is passed over. A line that is given again replaces the one before.
#[derive(Default)]
pub struct ShareReader([Option<Zeroizing<String>>; LINES]);

impl ShareReader {
    /// Takes a line; yields a share when it was its last.
    ///
    /// # Errors
    /// When the line, or the share that it ends, does not check.
    pub fn take(&mut self, line: &str) -> Result<Option<Share>, KitError> {
        let Some((label, rest)) = line.split_once(':') else { return Ok(None) };
        let label = label.trim();
        let chars = Zeroizing::new(rest.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
        if let Some(number) = (1..=LINES).find(|number| label == number.to_string()) {
            self.0[number - 1] = Some(read_line(number, &chars)?);
            return Ok(None);
        }
        if !label.eq_ignore_ascii_case("checksum") {
            return Ok(None);
        }
        let [Some(one), Some(two), Some(three), Some(four)] = &self.0 else { return Err(KitError::CutOff) };
        let share = Share::read(&Zeroizing::new([one.as_str(), two, three, four].concat()), &chars)?;
        *self = Self::default();
        Ok(Some(share))
    }

    /// # Errors
    /// When a share has begun and not ended.
    pub fn finish(&self) -> Result<(), KitError> {
        if self.0.iter().all(Option::is_none) { Ok(()) } else { Err(KitError::CutOff) }
    }
}

/// A line as it was printed, without its check characters.
fn read_line(number: usize, chars: &str) -> Result<Zeroizing<String>, KitError> {
    let wrong = KitError::Line(number);
    let (line, typed) = chars.split_at_checked(LINE_CHARS).ok_or(wrong.clone())?;
    // Decoding and encoding again makes one spelling of the several that are allowed.
    let spell = |text: &str| CROCKFORD.decode(text.as_bytes()).ok().map(Zeroizing::new);
    let line = Zeroizing::new(CROCKFORD.encode(&spell(line).ok_or(wrong.clone())?));
    let typed: String = typed.chars().map(|c| canonical(c).unwrap_or(c)).collect();
    if typed == check(number, &line) { Ok(line) } else { Err(wrong) }
}

fn canonical(c: char) -> Option<char> {
    // Eight times the same character are five whole bytes.
    let bytes = CROCKFORD.decode(c.to_string().repeat(8).as_bytes()).ok()?;
    CROCKFORD.encode(&bytes).chars().next()
}

/// Two characters, 10 bits: one slip in a thousand passes here, and then not the checksum.
fn check(number: usize, line: &str) -> String {
    let digest = Sha256::new().chain_update(b"parlor share line").chain_update([number as u8]).chain_update(line).finalize();
    CROCKFORD.encode(&digest[..CHECKSUM_BYTES])[..CHECK_CHARS].to_owned()
}

fn in_groups(code: &str) -> String {
    let groups: Vec<&str> = (0..code.len()).step_by(4).filter_map(|at| code.get(at..(at + 4).min(code.len()))).collect();
    groups.join(" ")
}

#[cfg(test)]
#[path = "kit_tests.rs"]
mod tests;
