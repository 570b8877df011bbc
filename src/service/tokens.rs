//! Bearer secrets of staff: session, invitation, setup token. 32 random bytes, shown once as base32, kept as SHA-256 only:
//! who reads the store cannot use them.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Ctx;
use crate::domain::id::{base32, from_base32};

/// A secret to hand out. It does not print and is wiped when dropped.
pub struct Token {
    text: Zeroizing<String>,
    hash: TokenHash,
}

/// SHA-256 of a token's bytes: what is stored, and what a token is looked up by.
pub type TokenHash = [u8; 32];

impl Token {
    pub(super) fn new(ctx: &Ctx) -> Self {
        let bytes = Zeroizing::new(ctx.random_bytes::<32>());
        Self { text: Zeroizing::new(base32(&*bytes)), hash: Sha256::digest(bytes.as_slice()).into() }
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn hash(&self) -> TokenHash {
        self.hash
    }
}

/// The hash of a token as it came in; `None` when it cannot be one.
#[must_use]
pub fn hash_of(text: &str) -> Option<TokenHash> {
    if text.len() != 52 {
        return None;
    }
    let bytes = Zeroizing::new(from_base32(text)?);
    Some(Sha256::digest(&*bytes).into())
}

/// Compares without telling by its duration how much was right.
#[must_use]
pub(super) fn equal(left: &TokenHash, right: &TokenHash) -> bool {
    left.ct_eq(right).into()
}
