//! Staff sessions, each under the SHA-256 of its secret.

use super::records::{self, SessionRecord};
use super::tables::Table;
use super::{Store, StoreError};
use crate::domain::session::Session;

impl Store {
    /// # Errors
    /// When it cannot be read.
    pub fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let Some(bytes) = self.shared.house_value(Table::Sessions, hash)? else { return Ok(None) };
        records::decode::<SessionRecord>(&bytes)?.session().map(Some)
    }

    /// All sessions, with the SHA-256 they are stored under.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn sessions(&self) -> Result<Vec<([u8; 32], Session)>, StoreError> {
        let mut sessions = Vec::new();
        for entry in self.shared.index.scan(&[Table::Sessions.tag()])? {
            let (key, first) = entry?;
            let Ok(hash) = <[u8; 32]>::try_from(&key[1..]) else { continue };
            let bytes = self.shared.open_house_value(Table::Sessions, &hash, &first)?;
            sessions.push((hash, records::decode::<SessionRecord>(&bytes)?.session()?));
        }
        Ok(sessions)
    }
}
