//! Everything in one container, for keeping elsewhere or beside the database, while chats go on.

use std::io::{self, Read, Write};
use std::mem;

use super::copy_out::{CopyHead, Sink};
use super::image::{Facts, ImageWriter};
use super::records::{self, BackupsRecord};
use super::tables::{FORMAT, META_LIVE, SETTING_BACKUPS, Table};
use super::{CommitNumber, Store, StoreError};
use crate::domain::backup::History;
use crate::domain::time::Timestamp;
use crate::vault::container::{self, ContainerError, Header, Kind, Reader, Unopened};
use crate::vault::{RootKey, SigningKey};

/// Where a container goes.
pub trait Destination: Write + Send {
    /// Told once, before anything is written, about how much will come.
    ///
    /// # Errors
    /// When there is no room for it.
    fn foresee(&mut self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }
}

impl Destination for Vec<u8> {}

/// What a container was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    pub commit: CommitNumber,
    pub drawers: u64,
    pub audit_rows: u64,
    /// Of all that stands in it, in clear.
    pub bytes: u64,
}

impl Store {
    /// Writes all that is stored at this moment into `out`, sealed under the root key and signed, and gives `out` back, which has
    /// to be made durable then.
    ///
    /// # Errors
    /// When something cannot be read or `out` does not take it: what was written by then is no backup.
    pub fn back_up<W: Destination + 'static>(
        &self,
        kind: Kind,
        signer: SigningKey,
        now: Timestamp,
        out: W,
    ) -> Result<(W, Copied), StoreError> {
        let root = self.shared.root.lock().clone();
        let signer_public = signer.public();
        let header = Header {
            kind,
            format: FORMAT,
            installation: self.shared.installation,
            created_ms: now.as_millis(),
            signer: signer_public,
            key: root.note(),
        };
        let waiting = Box::new(Waiting { header, root, signer, out });
        let failed = |error: io::Error| StoreError::NotCopied(error.to_string());
        match self.copy_out(ToContainer::Waiting(waiting))? {
            ToContainer::Writing(image, copied) => {
                let container = image.finish().map_err(failed)?;
                let (out, totals) = container.finish().map_err(|error| failed(error.into()))?;
                Ok((out, Copied { bytes: totals.plain_bytes, ..copied }))
            }
            ToContainer::Waiting(_) | ToContainer::Ended => Err(StoreError::Closed),
        }
    }
}

impl Store {
    /// What is remembered of the last backup and the last rehearsal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn backups(&self) -> Result<History, StoreError> {
        match self.shared.house_value(Table::Settings, SETTING_BACKUPS)? {
            Some(bytes) => Ok(records::decode::<BackupsRecord>(&bytes)?.into()),
            None => Ok(History::default()),
        }
    }
}

impl Store {
    /// Opens a container of this installation with the root key that is in force.
    ///
    /// # Errors
    /// When it was sealed under another one.
    pub fn open_container<R: Read>(&self, unopened: Unopened<R>) -> Result<Reader<R>, ContainerError> {
        let root = self.shared.root.lock().clone();
        unopened.open(&root)
    }

    /// Bytes of all keys and values, as of the last time when the database took over from the journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn live_bytes(&self) -> Result<u64, StoreError> {
        let bytes = self.shared.index.get(&Table::Meta.key(META_LIVE))?;
        Ok(bytes.and_then(|bytes| bytes[..].try_into().ok()).map_or(0, u64::from_be_bytes))
    }
}

/// From the copying to the container.
enum ToContainer<W: Write> {
    Waiting(Box<Waiting<W>>),
    Writing(Box<ImageWriter<container::Writer<W>>>, Copied),
    Ended,
}

struct Waiting<W> {
    header: Header,
    root: RootKey,
    signer: SigningKey,
    out: W,
}

impl<W: Destination> Sink for ToContainer<W> {
    fn begin(&mut self, head: CopyHead) -> io::Result<()> {
        let Self::Waiting(waiting) = mem::replace(self, Self::Ended) else { return Ok(()) };
        let Waiting { header, root, signer, mut out } = *waiting;
        out.foresee(head.live_bytes)?;
        // A snapshot is read with the tip beside it, and must not keep a top key that a purge destroys.
        let top = (header.kind != Kind::Snapshot).then_some(head.top);
        let copied = Copied { commit: head.commit, drawers: head.drawers, audit_rows: head.audit_rows, bytes: 0 };
        let CopyHead { epoch, commit, drawers, audit_rows, live_bytes, .. } = head;
        let facts = Facts { top, epoch, commit, drawers, audit_rows, live_bytes };
        let container = container::Writer::begin(out, &header, &root, signer)?;
        *self = Self::Writing(Box::new(ImageWriter::begin(container, &facts)?), copied);
        Ok(())
    }

    fn pair(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        match self {
            Self::Writing(image, _) => image.entry(key, value),
            Self::Waiting(_) | Self::Ended => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    }
}
