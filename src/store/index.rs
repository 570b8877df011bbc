//! The index as everybody reads it: what is on its way from the journal to sled, above sled. The only reader of sled.
//!
//! A commit that the journal has made durable goes into the *active* layer in memory. When that has grown, it is *frozen*, and the
//! checkpoint thread takes it over into sled piece by piece while a new active layer gathers. A key is looked for in the active
//! layer, then in the frozen one, then in sled; a layer may also say that a key is gone.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use parking_lot::RwLock;
use sled::IVec;

use super::StoreError;
use super::parts::Write;
use super::watermark::Mark;

/// Keys and their newest values; `None` is a key that is gone.
pub(super) type Layer = BTreeMap<Vec<u8>, Option<IVec>>;

pub(super) struct Index {
    layers: RwLock<Layers>,
    /// Gone once the store is closed, so that sled lets go of its files even while somebody still holds the store.
    db: RwLock<Option<Arc<sled::Db>>>,
}

#[derive(Default)]
struct Layers {
    active: Layer,
    /// Keys and values in `active`, without what a map costs beside them.
    active_bytes: usize,
    /// How far the active layer goes.
    mark: Mark,
    frozen: Arc<Layer>,
}

impl Index {
    /// `mark` is how far sled has come.
    pub(super) fn new(db: Arc<sled::Db>, mark: Mark) -> Self {
        Self { layers: RwLock::new(Layers { mark, ..Layers::default() }), db: RwLock::new(Some(db)) }
    }

    pub(super) fn sled(&self) -> Result<Arc<sled::Db>, StoreError> {
        self.db.read().clone().ok_or(StoreError::Closed)
    }

    /// From here on everybody reads this one: a new generation.
    pub(super) fn replace_sled(&self, db: Option<Arc<sled::Db>>) {
        *self.db.write() = db;
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        {
            let layers = self.layers.read();
            if let Some(found) = layers.active.get(key).or_else(|| layers.frozen.get(key)) {
                return Ok(found.clone());
            }
        }
        Ok(self.sled()?.get(key)?)
    }

    /// All keys with this prefix and their values, in order.
    pub(super) fn scan(&self, prefix: &[u8]) -> Result<Scan, StoreError> {
        self.between(Bound::Included(prefix.to_vec()), behind(prefix), false)
    }

    /// The keys from `first` to `last`, both included.
    pub(super) fn range(&self, first: &[u8], last: &[u8]) -> Result<Scan, StoreError> {
        self.between(Bound::Included(first.to_vec()), Bound::Included(last.to_vec()), false)
    }

    /// The same from the last to the first.
    pub(super) fn range_down(&self, first: &[u8], last: &[u8]) -> Result<Scan, StoreError> {
        self.between(Bound::Included(first.to_vec()), Bound::Included(last.to_vec()), true)
    }

    fn between(&self, first: Bound<Vec<u8>>, last: Bound<Vec<u8>>, descending: bool) -> Result<Scan, StoreError> {
        let bounds = (first, last);
        let mut above: Vec<(Vec<u8>, Option<IVec>)> = {
            let layers = self.layers.read();
            let mut merged: Layer =
                layers.frozen.range(bounds.clone()).map(|(key, value)| (key.clone(), value.clone())).collect();
            merged.extend(layers.active.range(bounds.clone()).map(|(key, value)| (key.clone(), value.clone())));
            merged.into_iter().collect()
        };
        // Sled is asked after the layers: what leaves them in between is in sled already.
        let sled = self.sled()?;
        let below = sled.range(bounds);
        if descending {
            above.reverse();
        }
        let below = if descending { Below::Down(below.rev()) } else { Below::Up(below) };
        Ok(Scan { above: above.into_iter().peekable(), below: below.peekable(), descending, _sled: sled })
    }

    /// Takes over a commit that is durable. Returns how large the active layer has become.
    pub(super) fn apply(&self, writes: Vec<Write>, mark: Mark) -> usize {
        let mut layers = self.layers.write();
        layers.mark = mark;
        for (key, value) in writes {
            let value = value.map(IVec::from);
            let added = key.len() + value.as_ref().map_or(0, |value| value.len());
            let key_bytes = key.len();
            let before = layers.active.insert(key, value);
            let removed = before.map_or(0, |before| key_bytes + before.map_or(0, |before| before.len()));
            layers.active_bytes = layers.active_bytes + added - removed;
        }
        layers.active_bytes
    }

    /// How far the index goes.
    pub(super) fn mark(&self) -> Mark {
        self.layers.read().mark
    }

    /// Bytes in the active layer.
    pub(super) fn gathered(&self) -> usize {
        self.layers.read().active_bytes
    }

    /// How far the index goes, once that has been counted.
    pub(super) fn note(&self, mark: Mark) {
        self.layers.write().mark = mark;
    }

    /// Ends the active layer and returns it for sled, with how far it goes; readers go on finding it until `thaw`.
    pub(super) fn freeze(&self) -> (Arc<Layer>, Mark) {
        let mut layers = self.layers.write();
        debug_assert!(layers.frozen.is_empty(), "one layer at a time is on its way to sled");
        layers.frozen = Arc::new(std::mem::take(&mut layers.active));
        layers.active_bytes = 0;
        (Arc::clone(&layers.frozen), layers.mark)
    }

    /// Sled has the frozen layer now.
    pub(super) fn thaw(&self) {
        // Freed after the lock: a large layer takes a moment.
        let gone = std::mem::take(&mut self.layers.write().frozen);
        drop(gone);
    }
}

/// The first key behind all that begin with `prefix`.
fn behind(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return Bound::Excluded(next);
        }
    }
    Bound::Unbounded
}

enum Below {
    Up(sled::Iter),
    Down(std::iter::Rev<sled::Iter>),
}

impl Iterator for Below {
    type Item = sled::Result<(IVec, IVec)>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Up(keys) => keys.next(),
            Self::Down(keys) => keys.next(),
        }
    }
}

/// Keys and values in order, each as its uppermost layer has it.
pub(super) struct Scan {
    above: Peekable<std::vec::IntoIter<(Vec<u8>, Option<IVec>)>>,
    below: Peekable<Below>,
    descending: bool,
    /// Dropped last: so the checkpoint thread, which counts these, is the one that lets go of a sled that was replaced.
    _sled: Arc<sled::Db>,
}

impl Iterator for Scan {
    type Item = Result<(IVec, IVec), StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let order = match (self.above.peek(), self.below.peek()) {
                (None, None) => return None,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((above, _)), Some(Ok((below, _)))) => {
                    let order = above.as_slice().cmp(below);
                    if self.descending { order.reverse() } else { order }
                }
                // A failed read goes to whoever reads.
                (Some(_), Some(Err(_))) => Ordering::Greater,
            };
            if order == Ordering::Greater {
                return self.below.next().map(|found| found.map_err(StoreError::from));
            }
            if order == Ordering::Equal {
                self.below.next();
            }
            if let Some((key, Some(value))) = self.above.next() {
                return Some(Ok((IVec::from(key), value)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> (tempfile::TempDir, Index) {
        let dir = tempfile::tempdir().unwrap();
        let db = sled::Config::new().path(dir.path()).flush_every_ms(None).open().unwrap();
        (dir, Index::new(Arc::new(db), Mark::default()))
    }

    fn put(key: &str, value: &str) -> Write {
        (key.as_bytes().to_vec(), Some(value.as_bytes().to_vec()))
    }

    fn gone(key: &str) -> Write {
        (key.as_bytes().to_vec(), None)
    }

    fn listed(scan: Scan) -> String {
        let each = scan.map(|found| found.unwrap()).map(|(key, value)| {
            format!("{}={}", String::from_utf8(key.to_vec()).unwrap(), String::from_utf8(value.to_vec()).unwrap())
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_uppermost_layer_counts() {
        let (_dir, index) = index();
        for (key, value) in [("a1", "s"), ("a2", "s"), ("a3", "s"), ("a6", "s"), ("b1", "s")] {
            index.sled().unwrap().insert(key, value).unwrap();
        }
        index.apply(vec![put("a2", "f"), gone("a3"), put("a4", "f"), put("a5", "f")], Mark::default());
        let (frozen, _) = index.freeze();
        index.apply(vec![put("a3", "t"), gone("a5"), put("a7", "t")], Mark::default());
        for _ in 0..2 {
            assert_eq!(listed(index.scan(b"a").unwrap()), "a1=s a2=f a3=t a4=f a6=s a7=t");
            assert_eq!(listed(index.range(b"a2", b"a4").unwrap()), "a2=f a3=t a4=f");
            assert_eq!(listed(index.range_down(b"a2", b"b1").unwrap()), "b1=s a7=t a6=s a4=f a3=t a2=f");
            let get = |key: &str| index.get(key.as_bytes()).unwrap().map(|value| value.to_vec());
            assert_eq!(
                [get("a1"), get("a2"), get("a3"), get("a5"), get("a9")],
                [Some(b"s".to_vec()), Some(b"f".to_vec()), Some(b"t".to_vec()), None, None]
            );
            // Once sled has the frozen layer, everything reads the same.
            for (key, value) in frozen.iter() {
                match value {
                    Some(value) => index.sled().unwrap().insert(key, value).unwrap(),
                    None => index.sled().unwrap().remove(key).unwrap(),
                };
            }
            index.thaw();
        }
    }

    #[test]
    fn a_layer_knows_its_size() {
        let (_dir, index) = index();
        let mark = |commit| Mark { commit, ..Mark::default() };
        assert_eq!(index.apply(vec![put("key", "12345"), gone("no")], mark(1)), 10);
        assert_eq!(index.apply(vec![put("key", "1"), put("no", "1")], mark(2)), 7);
        assert_eq!(index.freeze().1, mark(2));
        assert_eq!(index.apply(vec![put("key", "1")], mark(3)), 4);
    }

    #[test]
    fn a_prefix_ends_where_the_next_begins() {
        assert_eq!(behind(&[1, 2]), Bound::Excluded(vec![1, 3]));
        assert_eq!(behind(&[1, 255]), Bound::Excluded(vec![2]));
        assert_eq!(behind(&[255]), Bound::Unbounded);
    }
}
