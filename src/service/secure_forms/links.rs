//! What a link to a form consists of: the id of the request, and a proof that only this appliance can make. It is stored nowhere and made
//! anew for whoever may have it.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::domain::id::{RequestId, base32, from_base32};
use crate::store::Store;

const ID: usize = 16;
const PROOF: usize = 16;

/// The secret of a link. It does not print.
pub struct Link(Zeroizing<String>);

impl Link {
    pub(super) fn of(store: &Store, id: RequestId) -> Self {
        let whole = Zeroizing::new([&id.as_bytes()[..], &proof(store, id)].concat());
        Self(Zeroizing::new(base32(&whole)))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The request that a link was made for; `None` for what is no link of ours.
pub(super) fn request_of(store: &Store, text: &str) -> Option<RequestId> {
    let bytes = Zeroizing::new(from_base32(text.trim())?);
    let (id, sent) = bytes.split_first_chunk::<ID>()?;
    let id = RequestId::from_bytes(*id);
    let is_right: bool = proof(store, id).as_slice().ct_eq(sent).into();
    is_right.then_some(id)
}

fn proof(store: &Store, id: RequestId) -> [u8; PROOF] {
    let hash = store.keyed_hash("link to a secure form", id.as_bytes());
    let mut proof = [0; PROOF];
    proof.copy_from_slice(&hash[..PROOF]);
    proof
}
