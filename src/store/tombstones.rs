//! Which drawers were destroyed, by the epoch that destroyed them: so that a backup of the time before can be restored without
//! reviving them. Ids are random, and nobody can be found by them.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use sled::IVec;
use zeroize::Zeroizing;

use super::image::{Facts, ImageReader, ImageWriter};
use super::records::{self, TombstonesRecord};
use super::tables::{FORMAT, Table};
use super::{RestoreError, Store, StoreError, parts};
use crate::domain::id::ConversationId;
use crate::domain::time::Timestamp;
use crate::vault::SigningKey;
use crate::vault::container::{self, Header, Kind, Reader};

/// The drawers of one purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstones {
    pub epoch: u64,
    pub at: Timestamp,
    pub drawers: Vec<ConversationId>,
}

pub(super) fn encode(at: Timestamp, drawers: impl Iterator<Item = ConversationId>) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    records::encode(&TombstonesRecord::new(at, drawers))
}

impl Store {
    /// Those in another container of this installation: a newer backup, or what `export_tombstones` wrote.
    ///
    /// # Errors
    /// When it is not whole, or belongs to another installation.
    pub fn tombstones_of<R: Read>(&self, container: Reader<R>) -> Result<Vec<Tombstones>, RestoreError> {
        if container.header().installation != self.shared.installation {
            return Err(RestoreError::OtherInstallation);
        }
        let mut image = ImageReader::begin(container)?;
        let mut values = BTreeMap::new();
        while let Some((key, value)) = image.next()? {
            if key[0] == Table::Tombstones.tag() {
                values.insert(key.to_vec(), IVec::from(value));
            }
        }
        let sealer = self.shared.house_keys.sealer(Table::Tombstones);
        let read = |key: &[u8]| Ok(values.get(key).cloned());
        let mut found = Vec::new();
        for (key, first) in &values {
            let Ok(epoch) = <[u8; 8]>::try_from(&key[1..]) else { continue };
            let bytes = parts::open(sealer, &self.shared.installation, Table::Tombstones, &epoch, first, read);
            let record =
                bytes.and_then(|bytes| records::decode::<TombstonesRecord>(&bytes)).map_err(|_| RestoreError::Content)?;
            found.push(record.tombstones(u64::from_be_bytes(epoch)));
        }
        Ok(found)
    }

    /// Writes all of them into a container, and gives `out` back.
    ///
    /// # Errors
    /// When one cannot be read or `out` does not take them.
    pub fn export_tombstones<W: Write>(&self, signer: SigningKey, now: Timestamp, out: W) -> Result<W, StoreError> {
        let failed = |error: io::Error| StoreError::NotCopied(error.to_string());
        let root = self.shared.root.lock().clone();
        let header = Header {
            kind: Kind::Tombstones,
            format: FORMAT,
            installation: self.shared.installation,
            created_ms: now.as_millis(),
            signer: signer.public(),
            key: root.note(),
        };
        let container = container::Writer::begin(out, &header, &root, signer).map_err(|error| failed(error.into()))?;
        let epoch = self.shared.top.read().epoch;
        let facts = Facts { top: None, epoch, commit: 0, drawers: 0, audit_rows: 0, live_bytes: 0 };
        let mut image = ImageWriter::begin(container, &facts).map_err(failed)?;
        for entry in self.shared.index.scan(&[Table::Tombstones.tag()])? {
            let (key, value) = entry?;
            image.entry(&key, &value).map_err(failed)?;
        }
        let container = image.finish().map_err(failed)?;
        Ok(container.finish().map_err(|error| failed(error.into()))?.0)
    }

    /// All of them, the oldest first. One whose purge has not come to its end yet is among them.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn tombstones(&self) -> Result<Vec<Tombstones>, StoreError> {
        let mut found = Vec::new();
        for entry in self.shared.index.scan(&[Table::Tombstones.tag()])? {
            let (key, first) = entry?;
            // Longer keys are further parts.
            let Ok(epoch) = <[u8; 8]>::try_from(&key[1..]) else { continue };
            let bytes = self.shared.open_house_value(Table::Tombstones, &epoch, &first)?;
            found.push(records::decode::<TombstonesRecord>(&bytes)?.tombstones(u64::from_be_bytes(epoch)));
        }
        Ok(found)
    }
}
