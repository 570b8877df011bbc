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

use parking_lot::Mutex;

use super::parts::Write;
use super::{CommitNumber, files};
use crate::vault::{FrameChain, Key, SALT_BYTES, TAG_BYTES, fill_random};

mod replay;
mod salvage;
mod segment;
#[cfg(test)]
mod tests;

pub(super) use replay::{End, Found, ReadError, end, first, read, read_all};
pub(super) use salvage::{Salvaged, salvage};
use segment::{FRAME_HEAD_BYTES, FrameHead, HEADER_BYTES, Header};

/// Where the journal lives inside the data directory.
pub(super) const NAME: &str = "journal";
const EXTENSION: &str = "seg";
/// Written with zeros and synced, waiting to become a segment.
const SPARE: &str = "spare";
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
}

struct State {
    finished: VecDeque<Found>,
    /// The first commit that is not in a finished segment.
    current: CommitNumber,
    /// Commits behind this one are kept, since a snapshot ends with it.
    snapshot: Option<CommitNumber>,
    has_spare: bool,
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
        Ok(Self { key, installation, segments, current, frame: Vec::new() })
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
    let spare = segments.dir.join(SPARE);
    let is_spare_taken = room == SEGMENT_BYTES && std::mem::take(&mut segments.state.lock().has_spare);
    let file = if is_spare_taken {
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
        let has_spare = dir.join(SPARE).exists();
        let finished = end.segments.iter().cloned().collect();
        Arc::new(Self { dir, state: Mutex::new(State { finished, current: end.commit + 1, snapshot, has_spare }) })
    }

    /// Clears away what sled holds durably up to `commit` and no snapshot needs, and sees to it that there is a spare segment.
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
                (state.finished.pop_front(), !state.has_spare)
            };
            let Some(gone) = gone else { break };
            let path = self.dir.join(format!("{:08}.{EXTENSION}", gone.number));
            if wants_spare && fs::metadata(&path)?.len() == SEGMENT_BYTES as u64 {
                // Its header must not count any more, wherever the rename ends up after a power cut.
                let file = OpenOptions::new().write(true).open(&path)?;
                file.write_all_at(&[0; HEADER_BYTES], 0)?;
                file.sync_data()?;
                fs::rename(&path, self.dir.join(SPARE))?;
                files::sync_directory(&self.dir)?;
                self.state.lock().has_spare = true;
            } else {
                fs::remove_file(&path)?;
            }
        }
        if !self.state.lock().has_spare {
            prewritten(&self.dir.join("spare.new"), SEGMENT_BYTES)?;
            fs::rename(self.dir.join("spare.new"), self.dir.join(SPARE))?;
            files::sync_directory(&self.dir)?;
            self.state.lock().has_spare = true;
        }
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
