//! The files of a conversation. They lie in a drawer of their own, which a conversation takes with its first file and whose key is
//! destroyed when it closes, while the transcript lives on as its site's policy says.
//!
//! A file is written chunk by chunk while it arrives; one that is whole has a header, which becomes durable together with the event
//! that tells of it. Chunks without a header belong to a file that is still arriving or never came to its end: whoever gives up
//! removes them, and a start removes what a crash has left.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::batch::Contents;
use super::catalogue::{Entry, State};
use super::index::Index;
use super::parts::{self, VALUE_BYTES, Write};
use super::records::{self, FileHeaderRecord};
use super::tables::Table;
use super::{Batch, Shared, Store, StoreError};
use crate::domain::id::{ConversationId, FileId, SiteId};
use crate::vault::{Key, OVERHEAD, Place, Sealer, Slot};

/// What of a file fits into one value.
pub(super) const CHUNK_BYTES: usize = VALUE_BYTES - OVERHEAD;
/// Chunks that go to the writer, or to a reader, at once. A message waits no longer than for these.
const PIECE_CHUNKS: usize = 48;
/// Keys that are removed at once.
const PIECE_KEYS: usize = 2_048;

/// The drawer with the files of an open conversation.
pub(super) struct FileDrawer {
    pub id: ConversationId,
    pub key: Key,
}

/// Where the first file of a conversation goes.
#[derive(Debug)]
pub struct NewDrawer {
    pub site: SiteId,
    pub of: ConversationId,
    /// What the drawer is called.
    pub id: ConversationId,
    /// Files that the conversation tells of and that went with an earlier drawer: a purge after a restore, a rescue.
    pub earlier: Vec<FileId>,
}

/// A file that is arriving. Dropped before it is kept, it leaves nothing behind.
pub struct FileWriter {
    shared: Arc<Shared>,
    drawer: ConversationId,
    sealer: Sealer,
    file: FileId,
    waiting: Zeroizing<Vec<u8>>,
    chunks: u32,
    bytes: u64,
    is_kept: bool,
}

impl FileWriter {
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes what comes next. Blocks whenever a piece has to become durable.
    ///
    /// # Errors
    /// `Gone` when the conversation has closed meanwhile; when nothing can be written.
    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_CHUNKS * CHUNK_BYTES - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            self.bytes += now.len() as u64;
            bytes = later;
            if self.waiting.len() == PIECE_CHUNKS * CHUNK_BYTES {
                self.write_piece()?;
            }
        }
        Ok(())
    }

    /// Writes the rest. What is still missing is the header, which goes into a batch; see `Batch::put_file`.
    ///
    /// # Errors
    /// As `write`.
    pub fn finish(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() { Ok(()) } else { self.write_piece() }
    }

    /// The header is durable: from here on the file stays.
    pub fn keep(mut self) {
        self.is_kept = true;
    }

    fn write_piece(&mut self) -> Result<(), StoreError> {
        let mut writes = Vec::with_capacity(PIECE_CHUNKS);
        for chunk in self.waiting.chunks(CHUNK_BYTES) {
            let key = chunk_key(self.drawer, self.file, self.chunks);
            let place = Place { table: Table::Files.name(), key: &key, installation: &self.shared.installation };
            writes.push((Some(self.drawer), (Table::Files.key(&key), Some(self.sealer.seal(place, chunk)?))));
            self.chunks += 1;
        }
        self.waiting.clear();
        // One at a time, however many arrive: so a message waits for one piece, and not for one of each.
        let _lane = self.shared.file_lane.lock();
        if !self.shared.open.read().is_there(self.drawer) {
            return Err(StoreError::Gone);
        }
        self.shared.queue.push_batch(Contents { writes, ..Contents::default() }).wait().map(drop)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if self.is_kept || self.chunks == 0 {
            return;
        }
        let keys = (0..self.chunks).map(|chunk| chunk_key(self.drawer, self.file, chunk).to_vec());
        let keys = keys.chain([header_key(self.drawer, self.file).to_vec()]);
        let writes = keys.map(|key| (Some(self.drawer), (Table::Files.key(&key), None))).collect();
        // Not waited for: what is not removed now goes with the drawer, or at the next start.
        let _not_waited_for = self.shared.queue.push_batch(Contents { writes, ..Contents::default() });
    }
}

/// A file of an open conversation, read piece by piece.
pub struct FileReader {
    shared: Arc<Shared>,
    conversation: ConversationId,
    file: FileId,
    bytes: u64,
    chunks: u32,
    next: u32,
}

impl FileReader {
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next piece, `None` behind the last one.
    ///
    /// # Errors
    /// `Gone` when the conversation has closed meanwhile; when it cannot be read.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let end = self.chunks.min(self.next.saturating_add(PIECE_CHUNKS as u32));
        if self.next == end {
            return Ok(None);
        }
        // Asked anew for each piece, so that nobody reads on with a key that is destroyed.
        let Some((drawer, sealer)) = self.shared.file_drawer(self.conversation) else { return Err(StoreError::Gone) };
        let mut piece = Vec::with_capacity(PIECE_CHUNKS * CHUNK_BYTES);
        for chunk in self.next..end {
            match self.shared.read_chunk(drawer, &sealer, self.file, chunk)? {
                Some(bytes) => piece.extend_from_slice(&bytes),
                None => return Err(self.shared.missing(drawer, chunk)),
            }
        }
        self.next = end;
        Ok(Some(piece))
    }
}

impl Store {
    /// Begins a file in an open conversation, which takes a drawer when it has none.
    ///
    /// # Errors
    /// `Gone` when it is not open; when there is no place for a drawer.
    pub fn begin_file(&self, place: &NewDrawer, file: FileId) -> Result<FileWriter, StoreError> {
        let shared = &self.shared;
        let (drawer, sealer) = match shared.file_drawer(place.of) {
            Some(found) => found,
            None => shared.take_file_drawer(place)?,
        };
        let waiting = Zeroizing::new(Vec::with_capacity(PIECE_CHUNKS * CHUNK_BYTES));
        Ok(FileWriter { shared: Arc::clone(shared), drawer, sealer, file, waiting, chunks: 0, bytes: 0, is_kept: false })
    }

    /// A file that is whole. `None` when there is none (any more).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(&self, conversation: ConversationId, file: FileId) -> Result<Option<FileReader>, StoreError> {
        let Some((drawer, sealer)) = self.shared.file_drawer(conversation) else { return Ok(None) };
        let Some(header) = self.shared.index.get(&Table::Files.key(&header_key(drawer, file)))? else { return Ok(None) };
        let FileHeaderRecord { bytes, is_lost } = self.shared.read_header(drawer, &sealer, file, &header)?;
        if is_lost {
            return Ok(None);
        }
        let chunks = chunks_of(bytes);
        Ok(Some(FileReader { shared: Arc::clone(&self.shared), conversation, file, bytes, chunks, next: 0 }))
    }

    /// Drawers with files of conversations that are not open any more, by site: nobody may read them, and their keys are to be
    /// destroyed with `purge`.
    #[must_use]
    pub fn files_left_behind(&self) -> Vec<(SiteId, ConversationId)> {
        let catalogue = self.shared.catalogue.read();
        let is_open = |id| catalogue.get(id).is_some_and(|(_, entry)| entry.state == State::Open);
        let left = catalogue.files().filter(|(_, entry)| !matches!(entry.state, State::Files { of } if is_open(of)));
        left.map(|(_, entry)| (entry.site, entry.drawer)).collect()
    }

    /// The site of whatever lies in this drawer, a conversation or files. `None` when there is no such drawer (any more).
    #[must_use]
    pub fn site_of_drawer(&self, drawer: ConversationId) -> Option<SiteId> {
        self.shared.entry(drawer).map(|(_, entry)| entry.site)
    }
}

impl Batch {
    /// The header of a file that is whole, for the batch with the event that tells of it. After that became durable, `keep` the file.
    pub fn put_file(&mut self, file: &FileWriter) {
        let record = FileHeaderRecord { bytes: file.bytes, is_lost: false };
        self.put_drawer(file.drawer, Table::Files, &header_key(file.drawer, file.file), &record);
    }
}

impl Shared {
    fn file_drawer(&self, conversation: ConversationId) -> Option<(ConversationId, Sealer)> {
        let open = self.open.read();
        let drawer = open.by_id.get(&conversation)?.files.as_ref()?;
        Some((drawer.id, Sealer::new(&drawer.key)))
    }

    /// The drawer can be found at once and is queued before anything that goes into it.
    fn take_file_drawer(&self, place: &NewDrawer) -> Result<(ConversationId, Sealer), StoreError> {
        let NewDrawer { site, of, id, earlier } = place;
        let (site, of, id) = (*site, *of, *id);
        let (slot, key) = self.take_slot()?;
        let mut open = self.open.write();
        let files = open.by_id.get(&of).map(|entry| entry.files.as_ref());
        let Some(None) = files else {
            // Another file was quicker, or the conversation is over.
            let other = files.flatten().map(|it| (it.id, Sealer::new(&it.key)));
            drop(open);
            self.drawers.lock().release_unused(slot, key);
            return other.ok_or(StoreError::Gone);
        };
        let sealer = Sealer::new(&key);
        let mut writes = Vec::new();
        for file in earlier {
            lost(id, &sealer, &self.installation, *file, &mut writes)?;
        }
        let writes = writes.into_iter().map(|write| (Some(id), write)).collect();
        open.attach(of, FileDrawer { id, key });
        let entry = Entry { drawer: id, site, token_index: [0; 32], state: State::Files { of } };
        let _what_follows_waits = self.queue.push_batch(Contents { writes, started: vec![(slot, entry)], ..Contents::default() });
        Ok((id, sealer))
    }

    fn read_header(
        &self,
        drawer: ConversationId,
        sealer: &Sealer,
        file: FileId,
        sealed: &[u8],
    ) -> Result<FileHeaderRecord, StoreError> {
        let key = header_key(drawer, file);
        let bytes = parts::open(sealer, &self.installation, Table::Files, &key, sealed, |_| Ok(None))?;
        records::decode(&bytes)
    }

    fn read_chunk(
        &self,
        drawer: ConversationId,
        sealer: &Sealer,
        file: FileId,
        chunk: u32,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let key = chunk_key(drawer, file, chunk);
        let Some(sealed) = self.index.get(&Table::Files.key(&key))? else { return Ok(None) };
        let place = Place { table: Table::Files.name(), key: &key, installation: &self.installation };
        let opened = sealer.open(place, &sealed);
        opened.map(Some).map_err(|error| StoreError::Damaged(format!("chunk {chunk} of a file: {error}")))
    }

    /// What it means that a chunk is not there.
    fn missing(&self, drawer: ConversationId, chunk: u32) -> StoreError {
        if self.open.read().is_there(drawer) {
            StoreError::Damaged(format!("chunk {chunk} of a file is missing"))
        } else {
            StoreError::Gone
        }
    }

    /// Reads one file to its end; how many bytes there are.
    pub(super) fn check_file(
        &self,
        drawer: ConversationId,
        sealer: &Sealer,
        file: FileId,
        header: &[u8],
    ) -> Result<u64, StoreError> {
        let FileHeaderRecord { bytes, is_lost } = self.read_header(drawer, sealer, file, header)?;
        if is_lost {
            return Ok(0);
        }
        let mut found = 0;
        for chunk in 0..chunks_of(bytes) {
            let read = self.read_chunk(drawer, sealer, file, chunk)?;
            found += read.ok_or_else(|| StoreError::Damaged(format!("chunk {chunk} of a file is missing")))?.len() as u64;
        }
        if found == bytes {
            Ok(bytes)
        } else {
            Err(StoreError::Damaged("a file is shorter or longer than it should be".to_owned()))
        }
    }
}

/// A note in the place of a file that is no more while its conversation is still open.
pub(super) fn lost(
    drawer: ConversationId,
    sealer: &Sealer,
    installation: &[u8; 16],
    file: FileId,
    writes: &mut Vec<Write>,
) -> Result<(), StoreError> {
    let bytes = records::encode(&FileHeaderRecord { bytes: 0, is_lost: true })?;
    parts::seal(sealer, installation, Table::Files, &header_key(drawer, file), &bytes, writes)
}

/// The files in a drawer with their headers, without reading what is in them. One without a header never came to its end.
pub(super) fn list(index: &Index, drawer: ConversationId) -> Result<Vec<(FileId, Option<sled::IVec>)>, StoreError> {
    let prefix = Table::Files.key(drawer.as_bytes());
    let last = [&prefix[..], &[u8::MAX; 20]].concat();
    let mut first = prefix.clone();
    let mut found = Vec::new();
    while let Some(next) = index.range(&first, &last)?.next() {
        let (key, value) = next?;
        let id = key.get(prefix.len()..prefix.len() + 16).and_then(|id| <[u8; 16]>::try_from(id).ok());
        let id = id.ok_or_else(|| StoreError::Damaged("a file has a strange key".to_owned()))?;
        let is_header = key.len() == prefix.len() + 16;
        found.push((FileId::from_bytes(id), is_header.then_some(value)));
        // The next file, past all chunks of this one.
        let Some(next) = u128::from_be_bytes(id).checked_add(1) else { break };
        first = [&prefix[..], &next.to_be_bytes()].concat();
    }
    Ok(found)
}

/// Hands all that lies in a drawer of files, or of one file in it, to `remove`, a piece at a time.
pub(super) fn remove_pieces(
    index: &Index,
    drawer: ConversationId,
    file: Option<FileId>,
    mut remove: impl FnMut(Vec<Write>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut first = Table::Files.key(drawer.as_bytes());
    first.extend(file.iter().flat_map(|file| file.as_bytes()));
    let last = [&first[..], &[u8::MAX; 21]].concat();
    loop {
        let keys = index.range(&first, &last)?.take(PIECE_KEYS).map(|found| found.map(|(key, _)| key.to_vec()));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let Some(end) = keys.last() else { return Ok(()) };
        first = [&end[..], &[0]].concat();
        remove(keys.into_iter().map(|key| (key, None)).collect())?;
    }
}

/// At a start: the drawers that open conversations have, and the chunks of files that never came to their end.
pub(super) fn load(shared: &Shared) -> Result<Vec<(ConversationId, FileId)>, StoreError> {
    let drawers: Vec<(Slot, Entry)> = {
        let catalogue = shared.catalogue.read();
        catalogue.files().map(|(slot, entry)| (slot, *entry)).collect()
    };
    let mut unfinished = Vec::new();
    for (_, entry) in drawers {
        let State::Files { of } = entry.state else { continue };
        if !shared.open.read().by_id.contains_key(&of) {
            continue;
        }
        if let Some(key) = shared.drawer_key(entry.drawer)? {
            shared.open.write().attach(of, FileDrawer { id: entry.drawer, key });
        }
        let files = list(&shared.index, entry.drawer)?;
        unfinished.extend(files.into_iter().filter(|(_, header)| header.is_none()).map(|(file, _)| (entry.drawer, file)));
    }
    Ok(unfinished)
}

fn chunks_of(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(CHUNK_BYTES as u64)).unwrap_or(u32::MAX)
}

fn header_key(drawer: ConversationId, file: FileId) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(drawer.as_bytes());
    key[16..].copy_from_slice(file.as_bytes());
    key
}

fn chunk_key(drawer: ConversationId, file: FileId, chunk: u32) -> [u8; 36] {
    let mut key = [0; 36];
    key[..32].copy_from_slice(&header_key(drawer, file));
    key[32..].copy_from_slice(&chunk.to_be_bytes());
    key
}
