//! Reading a journal that is damaged: every commit that still opens, and the numbers of those that do not. A frame that was changed
//! costs itself; one whose head was changed costs the next as well, since that is sealed upon its tag.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use super::End;
use super::replay::{ReadError, list};
use super::segment::{self, FRAME_HEAD_BYTES, FrameHead, HEADER_BYTES, Header};
use crate::store::CommitNumber;
use crate::store::parts::Write;
use crate::vault::{FrameChain, Key, TAG_BYTES};

/// What the journal held behind a commit.
#[derive(Debug, Default)]
pub(in crate::store) struct Salvaged {
    pub end: End,
    /// Commits that do not open, in order.
    pub missing: Vec<RangeInclusive<CommitNumber>>,
}

/// Hands every commit behind `after` that opens to `take`, in order. Changes nothing.
///
/// # Errors
/// When the directory cannot be read, or `take` does not go on. A segment that cannot be read is missing.
pub(in crate::store) fn salvage(
    dir: &Path,
    key: &Key,
    installation: &[u8; 16],
    after: CommitNumber,
    mut take: impl FnMut(CommitNumber, Vec<Write>) -> Result<(), ReadError>,
) -> Result<Salvaged, ReadError> {
    let mut found = Salvaged { end: End { commit: after, ..End::default() }, missing: Vec::new() };
    for (path, header) in list(dir, installation)? {
        if header.first > found.end.commit + 1 {
            found.miss(header.first - 1);
        }
        let Ok(bytes) = fs::read(&path) else { continue };
        let mut reader = Frames { bytes: &bytes, key, header: &header, at: HEADER_BYTES, next: header.first, link: header.link };
        while let Some((commit, writes)) = reader.next() {
            if commit > found.end.commit {
                found.miss(commit - 1);
                take(commit, writes)?;
                found.end.commit = commit;
            }
        }
        found.end.link = reader.link;
    }
    Ok(found)
}

impl Salvaged {
    /// Everything up to this one and behind the last is missing.
    pub(in crate::store) fn miss(&mut self, last: CommitNumber) {
        if last > self.end.commit {
            self.missing.push(self.end.commit + 1..=last);
            self.end.commit = last;
        }
    }
}

struct Frames<'a> {
    bytes: &'a [u8],
    key: &'a Key,
    header: &'a Header,
    at: usize,
    next: CommitNumber,
    link: [u8; TAG_BYTES],
}

impl Frames<'_> {
    /// The next commit that opens, wherever it is.
    fn next(&mut self) -> Option<(CommitNumber, Vec<Write>)> {
        while self.at + FRAME_HEAD_BYTES <= self.bytes.len() {
            let found = frame_at(self.bytes, self.at).filter(|(head, _)| head.commit >= self.next);
            let Some((head, body)) = found else {
                self.at += 1;
                continue;
            };
            let behind = self.at + FRAME_HEAD_BYTES + body.len();
            if let Some(writes) = self.open(&head, body, self.link) {
                self.step(&head, behind);
                return Some((head.commit, writes));
            }
            // A frame whose head is whole and whose body is not: the one behind it is sealed upon its tag.
            let follows = frame_at(self.bytes, behind).filter(|(next, _)| next.commit == head.commit + 1);
            if follows.is_some_and(|(next, body)| self.open(&next, body, head.tag).is_some()) {
                self.step(&head, behind);
            } else {
                self.at += 1;
            }
        }
        None
    }

    fn open(&self, head: &FrameHead, body: &[u8], link: [u8; TAG_BYTES]) -> Option<Vec<Write>> {
        let mut chain = FrameChain::new(self.key, &self.header.salt, &self.header.installation, link);
        let mut body = body.to_vec();
        chain.open(head.commit, &mut body, head.tag).ok()?;
        segment::decode_body(&body)
    }

    fn step(&mut self, head: &FrameHead, behind: usize) {
        (self.at, self.next, self.link) = (behind, head.commit + 1, head.tag);
    }
}

fn frame_at(bytes: &[u8], at: usize) -> Option<(FrameHead, &[u8])> {
    let head = FrameHead::decode(bytes.get(at..at + FRAME_HEAD_BYTES)?)?;
    let body = bytes.get(at + FRAME_HEAD_BYTES..)?.get(..head.length as usize)?;
    Some((head, body)).filter(|(head, _)| head.length > 0)
}
