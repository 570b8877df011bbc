//! Visitors are known by a bearer token in their browser and by nothing else. The token is stateless: a random number and a
//! keyed hash over it and the site, so minting one stores nothing and nobody can make one up. Only when a conversation starts
//! does a trace remain, the keyed hash of the token, and that goes with the conversation's drawer.

use subtle::ConstantTimeEq;

use crate::domain::access::Actor;
use crate::domain::id::{SiteId, base32, from_base32};
use crate::domain::site::{Site, WebOrigin};
use crate::store::Store;

use super::{Failure, Random};

const PREFIX: &str = "vst_";
const RANDOM_BYTES: usize = 16;
const PROOF_BYTES: usize = 16;

/// The page that shows the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPage {
    Website(WebOrigin),
    /// The appliance's own demo page.
    Demo,
    /// The appliance's own page of the chat, which is there for each site.
    Own,
}

/// A token for a new visitor of a site, if that page may show the site's chat.
///
/// # Errors
/// `NotFound` for a site that does not exist, `Denied` for a page that may not show it.
pub fn admit(store: &Store, random: &dyn Random, site: SiteId, page: &HostPage) -> Result<String, Failure> {
    let house = store.house();
    let settings = house.sites.get(&site).ok_or(Failure::NotFound)?;
    if !may_show(settings, page) {
        return Err(Failure::Denied(crate::domain::access::Denied));
    }
    let mut number = [0; RANDOM_BYTES];
    random.fill(&mut number);
    let mut bytes = number.to_vec();
    bytes.extend_from_slice(&proof(store, site, &number));
    Ok(format!("{PREFIX}{}", base32(&bytes)))
}

/// Whether a page may show the chat of a site.
pub(super) fn may_show(site: &Site, page: &HostPage) -> bool {
    match page {
        HostPage::Website(origin) => site.allows(origin),
        HostPage::Demo => site.demo,
        HostPage::Own => true,
    }
}

/// Who speaks with this token; `None` when it is not one of ours, or of another site.
#[must_use]
pub fn recognise(store: &Store, site: SiteId, token: &str) -> Option<Actor> {
    store.house().sites.get(&site)?;
    let bytes = from_base32(token.strip_prefix(PREFIX)?)?;
    let (number, shown) = bytes.split_first_chunk::<RANDOM_BYTES>()?;
    // In constant time, so that the time of the answer does not lead anybody to the right bytes.
    let genuine: bool = proof(store, site, number).ct_eq(shown).into();
    genuine.then(|| Actor::Visitor { site, token_index: store.keyed_hash("visitor index", token.as_bytes()) })
}

fn proof(store: &Store, site: SiteId, number: &[u8; RANDOM_BYTES]) -> [u8; PROOF_BYTES] {
    let mut bound = site.as_bytes().to_vec();
    bound.extend_from_slice(number);
    let hash = store.keyed_hash("visitor", &bound);
    let mut proof = [0; PROOF_BYTES];
    proof.copy_from_slice(&hash[..PROOF_BYTES]);
    proof
}

#[cfg(test)]
#[path = "tests/visitors.rs"]
mod tests;
