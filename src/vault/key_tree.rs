//! The erasable key tree. Every drawer has a slot, and every slot a random data key that stands in a leaf of 64 keys. A leaf
//! is sealed under a key that stands in the node above it, and so on for four levels up to the top key, which alone lives
//! outside the database (see `tip`).
//!
//! A node is made with 64 random keys at once, whether its children exist yet or not, so a new leaf changes nothing above it.
//! To destroy drawers, the nodes on the paths to their slots are written again under new random keys and a new top key:
//! once the old top key is gone, no chain of keys leads to the old data keys, however many old versions lie about.
//!
//! Pure: nodes come from a closure and go back as bytes.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::key::KEY_BYTES;
use super::{Key, Place, Sealer, VaultError};

pub const CHILDREN: u32 = 64;
/// Level 0 is the root node, level 3 holds the leaves.
pub const LEVELS: u8 = 4;
pub const SLOTS: u32 = CHILDREN.pow(LEVELS as u32);
pub const NODE_BYTES: usize = CHILDREN as usize * KEY_BYTES;
const TABLE: &str = "keys";

/// The number of a data key: `slot / 64` is its leaf, `slot % 64` its place in there.
pub type Slot = u32;

/// Which node, in which version: one that was written in `epoch` holds until the node is written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeAt {
    pub level: u8,
    pub index: u32,
    pub epoch: u64,
}

impl NodeAt {
    /// `level 1 ‖ index 4 ‖ epoch 8`, big-endian: versions of one node stand side by side, the newest last.
    #[must_use]
    pub fn key(&self) -> [u8; 13] {
        let mut key = [0; 13];
        key[0] = self.level;
        key[1..5].copy_from_slice(&self.index.to_be_bytes());
        key[5..].copy_from_slice(&self.epoch.to_be_bytes());
        key
    }

    #[must_use]
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let key = <[u8; 13]>::try_from(key).ok()?;
        let [level, a, b, c, d, epoch @ ..] = key;
        Some(Self { level, index: u32::from_be_bytes([a, b, c, d]), epoch: u64::from_be_bytes(epoch) })
    }
}

/// The node of `level` on the path to `slot`.
fn index_at(level: u8, slot: Slot) -> u32 {
    slot / CHILDREN.pow(u32::from(LEVELS - level))
}

/// Which child of its node of `level` leads on to `slot`.
fn child_at(level: u8, slot: Slot) -> usize {
    (slot / CHILDREN.pow(u32::from(LEVELS - 1 - level)) % CHILDREN) as usize
}

/// 64 keys: of the nodes below, or of drawers.
pub struct Node(Zeroizing<Vec<u8>>);

impl Node {
    /// # Errors
    /// When there are no random bytes.
    pub fn random() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new(vec![0; NODE_BYTES]);
        super::fill_random(&mut bytes)?;
        Ok(Self(bytes))
    }

    #[must_use]
    pub fn child(&self, at: usize) -> Key {
        let mut key = [0; KEY_BYTES];
        key.copy_from_slice(&self.0[at * KEY_BYTES..(at + 1) * KEY_BYTES]);
        Key::from_bytes(key)
    }

    fn set_child(&mut self, at: usize, key: &Key) {
        self.0[at * KEY_BYTES..(at + 1) * KEY_BYTES].copy_from_slice(key.expose());
    }

    /// # Errors
    /// When there are no random bytes.
    pub fn seal(&self, key: &Key, at: NodeAt, installation: &[u8; 16]) -> Result<Vec<u8>, VaultError> {
        Sealer::new(key).seal(Place { table: TABLE, key: &at.key(), installation }, &self.0)
    }

    /// # Errors
    /// When this is not the node that was sealed for this place under this key.
    pub fn open(key: &Key, at: NodeAt, installation: &[u8; 16], sealed: &[u8]) -> Result<Self, VaultError> {
        let bytes = Sealer::new(key).open(Place { table: TABLE, key: &at.key(), installation }, sealed)?;
        if bytes.len() == NODE_BYTES { Ok(Self(bytes)) } else { Err(VaultError::DoesNotOpen) }
    }
}

/// Finds data keys, keeping the nodes of the last path open: neighbours in slot order cost one look into a leaf.
#[derive(Default)]
pub struct Walker {
    path: Vec<(u32, Node)>,
}

impl Walker {
    /// The data key of one slot. `read(level, index)` yields the version in force and its sealed bytes.
    ///
    /// # Errors
    /// When a node on the path is missing or does not open.
    pub fn key<E: From<VaultError>>(
        &mut self,
        top: &Key,
        slot: Slot,
        installation: &[u8; 16],
        read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
    ) -> Result<Key, E> {
        let leaf = self.node(top, LEVELS - 1, slot, installation, read)?;
        Ok(leaf.child((slot % CHILDREN) as usize))
    }

    /// The leaf with the data key of this slot and its neighbours.
    ///
    /// # Errors
    /// When a node on the path is missing or does not open.
    pub fn leaf<E: From<VaultError>>(
        &mut self,
        top: &Key,
        slot: Slot,
        installation: &[u8; 16],
        read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
    ) -> Result<Node, E> {
        self.node(top, LEVELS - 1, slot, installation, read)?;
        self.path.pop().map(|(_, leaf)| leaf).ok_or_else(|| VaultError::NodeMissing.into())
    }

    /// The node of `level` on the path to `slot`.
    ///
    /// # Errors
    /// When a node on the path is missing or does not open.
    pub fn node<E: From<VaultError>>(
        &mut self,
        top: &Key,
        level: u8,
        slot: Slot,
        installation: &[u8; 16],
        mut read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
    ) -> Result<&Node, E> {
        let shared = (0..=level).zip(&self.path).take_while(|(at, (index, _))| index_at(*at, slot) == *index).count();
        self.path.truncate(shared);
        while self.path.len() <= usize::from(level) {
            #[expect(clippy::cast_possible_truncation, reason = "a path has four nodes at most")]
            let here = self.path.len() as u8;
            let key = match self.path.last() {
                None => top.clone(),
                Some((_, above)) => above.child(child_at(here - 1, slot)),
            };
            let index = index_at(here, slot);
            let (at, sealed) = read(here, index)?.ok_or(VaultError::NodeMissing)?;
            self.path.push((index, Node::open(&key, at, installation, &sealed)?));
        }
        self.path.get(usize::from(level)).map(|(_, node)| node).ok_or_else(|| VaultError::NodeMissing.into())
    }
}

/// The nodes that a new leaf needs above it and that do not exist yet, and the leaf itself: sealed for writing, from the top
/// down. Nothing that exists is changed.
pub struct Grown {
    pub written: Vec<(NodeAt, Vec<u8>)>,
    pub leaf: Node,
}

/// Makes the leaf of `slot`, and what is missing above it.
///
/// # Errors
/// When a node does not open, or there are no random bytes.
pub fn grow<E: From<VaultError>>(
    top: &Key,
    slot: Slot,
    epoch: u64,
    installation: &[u8; 16],
    mut read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
) -> Result<Grown, E> {
    let mut written = Vec::new();
    let mut key = top.clone();
    for level in 0..LEVELS - 1 {
        let index = index_at(level, slot);
        let node = match read(level, index)? {
            Some((at, sealed)) => Node::open(&key, at, installation, &sealed)?,
            None => {
                let (node, at) = (Node::random()?, NodeAt { level, index, epoch });
                written.push((at, node.seal(&key, at, installation)?));
                node
            }
        };
        key = node.child(child_at(level, slot));
    }
    let (leaf, at) = (Node::random()?, NodeAt { level: LEVELS - 1, index: index_at(LEVELS - 1, slot), epoch });
    written.push((at, leaf.seal(&key, at, installation)?));
    Ok(Grown { written, leaf })
}

/// What a rekeying writes and what it makes superfluous.
pub struct Rekeyed {
    pub top: Key,
    /// The new versions, sealed.
    pub written: Vec<(NodeAt, Vec<u8>)>,
    /// The versions that they replace.
    pub replaced: Vec<NodeAt>,
}

/// Gives every slot of the set a new random data key, and every node on the way to them a new key, in versions of `epoch`.
/// All other keys stay what they were. Nothing is in force until the tip names the new top key.
///
/// # Errors
/// When a node is missing or does not open, or there are no random bytes.
pub fn rekey<E: From<VaultError>>(
    top: &Key,
    slots: &BTreeSet<Slot>,
    epoch: u64,
    installation: &[u8; 16],
    mut read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
) -> Result<Rekeyed, E> {
    // Opened from the root down, each node once.
    let mut opened: BTreeMap<(u8, u32), (NodeAt, Node)> = BTreeMap::new();
    for &slot in slots {
        let mut key = top.clone();
        for level in 0..LEVELS {
            let index = index_at(level, slot);
            if let Some((_, node)) = opened.get(&(level, index)) {
                key = node.child(child_at(level, slot));
                continue;
            }
            let (at, sealed) = read(level, index)?.ok_or(VaultError::NodeMissing)?;
            let node = Node::open(&key, at, installation, &sealed)?;
            key = node.child(child_at(level, slot));
            opened.insert((level, index), (at, node));
        }
    }
    for &slot in slots {
        if let Some((_, leaf)) = opened.get_mut(&(LEVELS - 1, index_at(LEVELS - 1, slot))) {
            leaf.set_child(child_at(LEVELS - 1, slot), &Key::random()?);
        }
    }
    // Sealed from the leaves up: the key of each new version goes into its parent before the parent is sealed.
    let mut rekeyed =
        Rekeyed { top: top.clone(), written: Vec::with_capacity(opened.len()), replaced: Vec::with_capacity(opened.len()) };
    while let Some(((level, index), (at, node))) = opened.pop_last() {
        let key = Key::random()?;
        let new = NodeAt { level, index, epoch };
        rekeyed.written.push((new, node.seal(&key, new, installation)?));
        rekeyed.replaced.push(at);
        if level == 0 {
            rekeyed.top = key;
        } else if let Some((_, parent)) = opened.get_mut(&(level - 1, index / CHILDREN)) {
            parent.set_child((index % CHILDREN) as usize, &key);
        }
    }
    Ok(rekeyed)
}

/// The nodes on the paths to these slots: level and index.
pub fn nodes_above(slots: impl Iterator<Item = Slot>) -> BTreeSet<(u8, u32)> {
    slots.flat_map(|slot| (0..LEVELS).map(move |level| (level, index_at(level, slot)))).collect()
}

/// A new top key with the root node sealed under it; all other keys stay what they were.
///
/// # Errors
/// When the root node is missing or does not open, or there are no random bytes.
pub fn retop<E: From<VaultError>>(
    top: &Key,
    epoch: u64,
    installation: &[u8; 16],
    mut read: impl FnMut(u8, u32) -> Result<Option<(NodeAt, Vec<u8>)>, E>,
) -> Result<Rekeyed, E> {
    let (at, sealed) = read(0, 0)?.ok_or(VaultError::NodeMissing)?;
    let node = Node::open(top, at, installation, &sealed)?;
    let (key, new) = (Key::random()?, NodeAt { epoch, ..at });
    Ok(Rekeyed { written: vec![(new, node.seal(&key, new, installation)?)], replaced: vec![at], top: key })
}

#[cfg(test)]
#[path = "key_tree_tests.rs"]
mod tests;
