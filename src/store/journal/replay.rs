//! Reading the journal back: every commit that sled does not have yet, in order, or the place where it is broken.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::segment::{self, FRAME_HEAD_BYTES, FrameHead, HEADER_BYTES, Header};
use crate::store::CommitNumber;
use crate::store::parts::Write;
use crate::vault::{FrameChain, Key, TAG_BYTES};

/// Where the journal ends: what the next segment goes on from.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct End {
    /// The last commit that is in the journal whole; 0 when it holds none.
    pub commit: CommitNumber,
    pub link: [u8; TAG_BYTES],
    /// What is there, oldest first.
    pub segments: Vec<Found>,
}

/// A segment as it lies in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Found {
    pub number: u64,
    pub first: CommitNumber,
}

#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum ReadError {
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("{0}")]
    Damaged(String),
}

/// Where the journal ends, from its last segment alone.
///
/// # Errors
/// As `read`.
pub(in crate::store) fn end(dir: &Path, key: &Key, installation: &[u8; 16]) -> Result<End, ReadError> {
    read(dir, key, installation, CommitNumber::MAX - 1, |_, _| Ok(()))
}

/// Reads all that is there, from the oldest segment on: where it ends, and how many commits it holds.
///
/// # Errors
/// As `read`.
pub(in crate::store) fn read_all(dir: &Path, key: &Key, installation: &[u8; 16]) -> Result<(End, u64), ReadError> {
    let first = list(dir, installation)?.first().map_or(1, |(_, header)| header.first);
    let mut commits = 0;
    let end = read(dir, key, installation, first.saturating_sub(1), |_, _| {
        commits += 1;
        Ok(())
    })?;
    Ok((end, commits))
}

/// The first commit of the oldest segment, if there is one.
pub(in crate::store) fn first(dir: &Path, installation: &[u8; 16]) -> Option<CommitNumber> {
    list(dir, installation).ok()?.first().map(|(_, header)| header.first)
}

/// Hands every commit behind `after` to `take`, in order, and says where the journal ends. Changes nothing.
///
/// A frame that does not open is the end when nothing follows it: it was being written when the power went, and was never
/// acknowledged. When a later frame does open, it is damage.
///
/// # Errors
/// When a segment cannot be read, or a commit behind `after` is missing or broken.
pub(in crate::store) fn read(
    dir: &Path,
    key: &Key,
    installation: &[u8; 16],
    after: CommitNumber,
    mut take: impl FnMut(CommitNumber, Vec<Write>) -> Result<(), ReadError>,
) -> Result<End, ReadError> {
    let segments = list(dir, installation)?;
    let mut end = End { segments: segments.iter().map(|(_, header)| found(header)).collect(), ..End::default() };
    let mut begun = false;
    for (at, (path, header)) in segments.iter().enumerate() {
        let next = segments.get(at + 1).map(|(_, next)| next);
        // Nothing of what is wanted can be in here; the last segment is read all the same, since it says where the journal ends.
        if next.is_some_and(|next| next.first <= after + 1) {
            continue;
        }
        if begun && header.link != end.link {
            return Err(ReadError::Damaged(format!("segment {} of the journal does not follow the one before", header.number)));
        }
        if !begun && header.first > after + 1 {
            return Err(ReadError::Damaged(format!(
                "commits {} to {} are missing from the journal",
                after + 1,
                header.first - 1
            )));
        }
        begun = true;
        (end.commit, end.link) = (header.first - 1, header.link);
        read_segment(path, header, key, &mut end, |commit, writes| if commit > after { take(commit, writes) } else { Ok(()) })?;
        if let Some(next) = next
            && next.first != end.commit + 1
        {
            let (from, to) = (end.commit + 1, next.first - 1);
            return Err(ReadError::Damaged(format!("commits {from} to {to} of the journal are missing or do not open")));
        }
    }
    Ok(end)
}

fn found(header: &Header) -> Found {
    Found { number: header.number, first: header.first }
}

/// The segments of this installation, oldest first. A file without a whole header was being begun, or is a spare one.
pub(super) fn list(dir: &Path, installation: &[u8; 16]) -> Result<Vec<(PathBuf, Header)>, ReadError> {
    let failed = |error| ReadError::Io { path: dir.to_owned(), error };
    let mut segments = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|extension| extension != super::EXTENSION) {
            continue;
        }
        let failed = |error| ReadError::Io { path: path.clone(), error };
        let file = File::open(&path).map_err(failed)?;
        let mut bytes = [0; HEADER_BYTES];
        match file.read_exact_at(&mut bytes, 0) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(error)),
            _ => {}
        }
        if let Some(header) = Header::decode(&bytes).filter(|header| header.installation == *installation) {
            segments.push((path, header));
        }
    }
    segments.sort_by_key(|(_, header)| header.number);
    Ok(segments)
}

fn read_segment(
    path: &Path,
    header: &Header,
    key: &Key,
    end: &mut End,
    mut take: impl FnMut(CommitNumber, Vec<Write>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let failed = |error| ReadError::Io { path: path.to_owned(), error };
    let mut frames = Frames::begin(path).map_err(failed)?;
    let mut chain = FrameChain::new(key, &header.salt, &header.installation, header.link);
    let mut commit = header.first;
    while let Some(head) = frames.next().map_err(failed)?.filter(|head| head.commit == commit) {
        if chain.open(commit, &mut frames.body, head.tag).is_err() {
            // Whether the frame behind a broken one opens: then the broken one was whole once.
            let mut behind = FrameChain::new(key, &header.salt, &header.installation, head.tag);
            let next = frames.next().map_err(failed)?.filter(|next| next.commit == commit + 1);
            return if next.is_some_and(|next| behind.open(next.commit, &mut frames.body, next.tag).is_ok()) {
                Err(ReadError::Damaged(format!("commit {commit} in the journal was changed")))
            } else {
                Ok(())
            };
        }
        let writes = segment::decode_body(&frames.body)
            .ok_or_else(|| ReadError::Damaged(format!("commit {commit} in the journal has a strange shape")))?;
        take(commit, writes)?;
        (end.commit, end.link) = (commit, head.tag);
        commit += 1;
    }
    Ok(())
}

/// The frames of a segment, one after the other. Read in small pieces: memory for a whole segment would stay with the process.
struct Frames {
    file: BufReader<File>,
    left: u64,
    /// Of the frame that was read last.
    body: Vec<u8>,
}

impl Frames {
    fn begin(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let left = file.metadata()?.len().saturating_sub(HEADER_BYTES as u64);
        file.seek(SeekFrom::Start(HEADER_BYTES as u64))?;
        Ok(Self { file: BufReader::new(file), left, body: Vec::new() })
    }

    /// `None` where no frame can be.
    fn next(&mut self) -> io::Result<Option<FrameHead>> {
        let mut head = [0; FRAME_HEAD_BYTES];
        if self.left < head.len() as u64 {
            return Ok(None);
        }
        self.file.read_exact(&mut head)?;
        self.left -= head.len() as u64;
        let Some(head) = FrameHead::decode(&head).filter(|head| (1..=self.left).contains(&u64::from(head.length))) else {
            return Ok(None);
        };
        self.body.clear();
        self.body.resize(head.length as usize, 0);
        self.file.read_exact(&mut self.body)?;
        self.left -= u64::from(head.length);
        Ok(Some(head))
    }
}
