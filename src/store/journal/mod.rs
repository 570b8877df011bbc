//! The journal: where a commit becomes durable. One frame for each group commit is appended to a segment that was written with zeros
//! before, so that one `fdatasync` of data alone is all it takes. What is in it goes on to sled later (see `checkpoint`); until then
//! its segments are kept, and longer where a snapshot on this disk needs them to be brought up to date.
//!
//! A start always begins a new segment with a salt of its own: so no nonce is ever used twice (see `vault::FrameChain`), and what a crash
//! left half written is never written over.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};

use super::parts::Write;
use super::{CommitNumber, files};
use crate::vault::{FrameChain, Key, SALT_BYTES, TAG_BYTES, fill_random};

mod replay;
mod salvage;
pub(super) mod segment;
#[cfg(test)]
mod tests;

pub(super) use replay::{End, Found, ReadError, end, first, read, read_all};
pub(super) use salvage::{Salvaged, salvage};
use segment::{FRAME_HEAD_BYTES, FrameHead, HEADER_BYTES, Header};

/// Where the journal lives inside the data directory.
pub(super) const NAME: &str = "journal";
const EXTENSION: &str = "seg";
/// How the names of files begin that were written with zeros and synced, and wait to become segments.
const SPARE: &str = "spare";
/// One that is being written.
const SPARE_NEW: &str = "new-spare";
/// So many are kept of segments that are cleared away: making one holds up the writer for milliseconds when there is none.
const SPARES_KEPT: usize = 3;
/// When there are fewer, one is made.
const SPARES_WANTED: usize = 2;
/// Small in tests, so that a few commits fill one.
pub(super) const SEGMENT_BYTES: usize = if cfg!(test) { 64 * 1024 } else { 4 * 1024 * 1024 };
static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// Held by the writer.
pub(super) struct Journal {
    key: Key,
    installation: [u8; 16],
    segments: Arc<Segments>,
    current: Current,
    /// Kept between frames, for its memory.
    frame: Vec<u8>,
    /// Makes spare segments: to wait for one would hold up the writer for milliseconds.
    provider: Option<JoinHandle<()>>,
}

struct Current {
    file: File,
    found: Found,
    at: usize,
    room: usize,
    chain: FrameChain,
}

/// The segments that are finished, shared with the checkpoint thread, which clears them away.
pub(super) struct Segments {
    dir: PathBuf,
    state: Mutex<State>,
    /// Something has changed for the thread that makes spares.
    asked: Condvar,
}

struct State {
    finished: VecDeque<Found>,
    /// The first commit that is not in a finished segment.
    current: CommitNumber,
    /// Commits behind this one are kept, since a snapshot ends with it.
    snapshot: Option<CommitNumber>,
    spares: Vec<PathBuf>,
    /// The number of the next spare. Each has its own: under a name that came back, the writer could rename another file than it opened.
    next_spare: u64,
    is_asked: bool,
    has_ended: bool,
}

/// Why a commit was not appended.
#[derive(Debug)]
pub(super) enum AppendError {
    /// There is no room for another segment. Nothing was written, and it may work later.
    NoRoom,
    /// What is on the disk now is unknown: nothing more may be appended.
    Failed(String),
}

impl Journal {
    /// Begins a new segment behind what `read` has found.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn start(segments: Arc<Segments>, key: Key, installation: [u8; 16], end: &End) -> io::Result<Self> {
        let number = end.segments.last().map_or(1, |last| last.number + 1);
        let found = Found { number, first: end.commit + 1 };
        let current = begin(&segments, &key, installation, found, end.link, 0)?;
        let provider = std::thread::Builder::new().name("journal-spares".to_owned()).spawn({
            let segments = Arc::clone(&segments);
            move || segments.keep_providing()
        })?;
        Ok(Self { key, installation, segments, current, frame: Vec::new(), provider: Some(provider) })
    }

    /// Appends one commit and makes it durable. Numbers follow each other without gaps.
    ///
    /// # Errors
    /// See `AppendError`.
    pub(super) fn append(&mut self, commit: CommitNumber, writes: &[Write]) -> Result<(), AppendError> {
        let length = segment::body_bytes(writes);
        if FRAME_HEAD_BYTES + length > self.current.room - self.current.at {
            self.turn(commit, length)?;
        }
        let failed = |why: String| AppendError::Failed(why);
        self.frame.clear();
        self.frame.resize(FRAME_HEAD_BYTES, 0);
        let too_large = || failed("a commit is too large for the journal".to_owned());
        segment::encode_body(writes, &mut self.frame).ok_or_else(too_large)?;
        let body = &mut self.frame[FRAME_HEAD_BYTES..];
        let length = u32::try_from(body.len()).map_err(|_| too_large())?;
        let tag = self.current.chain.seal(commit, body).map_err(|error| failed(error.to_string()))?;
        self.frame[..FRAME_HEAD_BYTES].copy_from_slice(&FrameHead { length, commit, tag }.encode());
        let written = self.current.file.write_all_at(&self.frame, self.current.at as u64);
        written.and_then(|()| self.current.file.sync_data()).map_err(|error| failed(error.to_string()))?;
        self.current.at += self.frame.len();
        // A rare large commit need not be remembered by its memory.
        self.frame.shrink_to(SEGMENT_BYTES / 4);
        Ok(())
    }

    /// Whether there is room again: begins the next segment if so.
    ///
    /// # Errors
    /// See `AppendError`.
    pub(super) fn make_room(&mut self, commit: CommitNumber) -> Result<(), AppendError> {
        self.turn(commit, 0)
    }

    /// Goes on in a new segment, with room for a frame of `length` at least.
    fn turn(&mut self, commit: CommitNumber, length: usize) -> Result<(), AppendError> {
        let found = Found { number: self.current.found.number + 1, first: commit };
        let link = self.current.chain.link();
        let next =
            begin(&self.segments, &self.key, self.installation, found, link, length).map_err(|error| match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => AppendError::NoRoom,
                _ => AppendError::Failed(error.to_string()),
            })?;
        let finished = std::mem::replace(&mut self.current, next);
        let mut state = self.segments.state.lock();
        // A segment in which nothing was written keeps its place: its first commit is the next one's, too.
        state.finished.push_back(finished.found);
        state.current = commit;
        Ok(())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.segments.state.lock().has_ended = true;
        self.segments.asked.notify_one();
        if let Some(provider) = self.provider.take()
            && provider.join().is_err()
        {
            tracing::error!("a thread of the journal stopped unexpectedly");
        }
    }
}

/// Makes the file of a new segment, from the spare one where there is one, and begins it.
fn begin(
    segments: &Segments,
    key: &Key,
    installation: [u8; 16],
    found: Found,
    link: [u8; TAG_BYTES],
    length: usize,
) -> io::Result<Current> {
    let mut salt = [0; SALT_BYTES];
    fill_random(&mut salt).map_err(io::Error::other)?;
    let room = SEGMENT_BYTES.max(HEADER_BYTES + FRAME_HEAD_BYTES + length);
    let path = segments.dir.join(format!("{:08}.{EXTENSION}", found.number));
    let spare = if room == SEGMENT_BYTES { segments.take_spare() } else { None };
    let file = if let Some(spare) = spare {
        let file = OpenOptions::new().read(true).write(true).open(&spare)?;
        fs::rename(&spare, &path)?;
        file
    } else {
        // What a failed attempt left there was never begun.
        prewritten(&path, room).inspect_err(|_| drop(fs::remove_file(&path)))?
    };
    let header = Header { installation, number: found.number, first: found.first, salt, link };
    file.write_all_at(&header.encode(), 0)?;
    file.sync_all()?;
    files::sync_directory(&segments.dir)?;
    let chain = FrameChain::new(key, &salt, &installation, link);
    Ok(Current { file, found, at: HEADER_BYTES, room, chain })
}

/// A file of zeros that are really on the disk: writing into it changes no metadata, so syncing it is as fast as the disk.
fn prewritten(path: &Path, bytes: usize) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let mut at = 0;
    while at < bytes {
        let length = ZEROS.len().min(bytes - at);
        file.write_all_at(&ZEROS[..length], at as u64)?;
        at += length;
    }
    file.sync_all()?;
    Ok(file)
}

impl Segments {
    /// What `read` has found. `snapshot` is the last commit of the newest snapshot, if there is one.
    pub(super) fn new(data_dir: &Path, end: &End, snapshot: Option<CommitNumber>) -> Arc<Self> {
        let dir = data_dir.join(NAME);
        let finished = end.segments.iter().cloned().collect();
        let spares = spares(&dir);
        let number = |spare: &PathBuf| spare.file_name()?.to_str()?.strip_prefix(SPARE)?.strip_prefix('-')?.parse::<u64>().ok();
        let next_spare = spares.iter().filter_map(number).max().map_or(1, |last| last + 1);
        let state = State { finished, current: end.commit + 1, snapshot, spares, next_spare, is_asked: true, has_ended: false };
        Arc::new(Self { dir, state: Mutex::new(state), asked: Condvar::new() })
    }

    /// Clears away what sled holds durably up to `commit` and no snapshot needs; some of it is kept as spare segments.
    ///
    /// # Errors
    /// When the directory cannot be changed. What was not cleared is cleared the next time.
    pub(super) fn clear(&self, commit: CommitNumber) -> io::Result<()> {
        loop {
            let (gone, wants_spare) = {
                let mut state = self.state.lock();
                let needed = state.snapshot.map_or(commit, |snapshot| snapshot.min(commit));
                let next = state.finished.get(1).map_or(state.current, |next| next.first);
                if state.finished.is_empty() || next > needed + 1 {
                    break;
                }
                (state.finished.pop_front(), state.spares.len() < SPARES_KEPT)
            };
            let Some(gone) = gone else { break };
            let path = self.dir.join(format!("{:08}.{EXTENSION}", gone.number));
            if wants_spare && fs::metadata(&path)?.len() == SEGMENT_BYTES as u64 {
                // Its header must not count any more, wherever the rename ends up after a power cut.
                let file = OpenOptions::new().write(true).open(&path)?;
                file.write_all_at(&[0; HEADER_BYTES], 0)?;
                file.sync_data()?;
                self.keep_as_spare(&path)?;
            } else {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    fn take_spare(&self) -> Option<PathBuf> {
        let mut state = self.state.lock();
        state.is_asked = true;
        self.asked.notify_one();
        state.spares.pop()
    }

    /// The thread that sees to it that there are spares.
    fn keep_providing(&self) {
        loop {
            {
                let mut state = self.state.lock();
                while !state.is_asked && !state.has_ended {
                    self.asked.wait(&mut state);
                }
                if state.has_ended {
                    return;
                }
                state.is_asked = false;
            }
            // Where it fails, the writer tries for itself, and tells whoever waits.
            while self.state.lock().spares.len() < SPARES_WANTED && self.provide().is_ok() {}
        }
    }

    fn provide(&self) -> io::Result<()> {
        let new = self.dir.join(SPARE_NEW);
        // A part of one is of no use, and would take room from somebody.
        prewritten(&new, SEGMENT_BYTES).inspect_err(|_| drop(fs::remove_file(&new)))?;
        self.keep_as_spare(&new)
    }

    fn keep_as_spare(&self, path: &Path) -> io::Result<()> {
        let spare = {
            let mut state = self.state.lock();
            let number = state.next_spare;
            state.next_spare += 1;
            self.dir.join(format!("{SPARE}-{number}"))
        };
        fs::rename(path, &spare)?;
        files::sync_directory(&self.dir)?;
        self.state.lock().spares.push(spare);
        Ok(())
    }

    /// A snapshot that ends with `commit` is durable: what comes behind it is kept from now on.
    pub(super) fn keep_behind(&self, commit: CommitNumber) {
        self.state.lock().snapshot = Some(commit);
    }

    /// Bytes of finished segments, which grow until the next snapshot.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.state.lock().finished.len() as u64 * SEGMENT_BYTES as u64
    }
}

/// What an earlier run has left. Where that cannot be read, new ones are made.
fn spares(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_spare = |entry: &fs::DirEntry| {
        let is_whole = entry.metadata().is_ok_and(|file| file.is_file() && file.len() == SEGMENT_BYTES as u64);
        is_whole && entry.file_name().to_str().is_some_and(|name| name.starts_with(SPARE))
    };
    entries.filter(is_spare).map(|entry| entry.path()).collect()
}
