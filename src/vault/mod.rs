//! Sealing: bytes in, bytes out. Here live keys, ciphers and the shape of the erasable key tree; nouns, databases and the
//! writing of files (but for the key file) never do. Start reading at `seal`, then `key_tree`.
//!
//! What is *not* protected: the number, size and place of sealed values, and everything while the process holds the keys.

pub mod container;
mod derivation;
mod frame_chain;
mod key;
mod key_file;
mod key_tree;
mod kit;
mod root_key;
mod seal;
mod signing;
mod tip;

pub use derivation::Derivation;
pub use frame_chain::{FrameChain, SALT_BYTES, TAG_BYTES};
pub use key::{Key, fill_random};
pub use key_file::{RootKeyError, key_file_beside};
pub use key_tree::{
    CHILDREN, Grown, LEVELS, NODE_BYTES, Node, NodeAt, Rekeyed, SLOTS, Slot, Walker, grow, nodes_above, rekey, retop,
};
pub use kit::{KIT_SHARES, Kit, KitError, Share, ShareReader};
pub use root_key::{KeyNote, RootKey};
pub use seal::{OVERHEAD, Place, Sealer};
pub use signing::{PUBLIC_KEY_BYTES, PublicKey, SIGNATURE_BYTES, Signature, SigningKey};
pub use tip::{SLOT_BYTES, Tip, TipHeader, TipState};

/// Why bytes were not sealed or opened. Says nothing about the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    #[error("a sealed value does not open: it was changed, moved, or sealed under another key")]
    DoesNotOpen,
    #[error("a sealed value was written by a newer version")]
    NewerVersion,
    #[error("a value is too large to seal")]
    TooLarge,
    #[error("a node of the key tree is missing")]
    NodeMissing,
    #[error("this machine has no {mib} MiB of memory free, which deriving a key from a passphrase takes for a moment")]
    NoMemory { mib: u32 },
}
