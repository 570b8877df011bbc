//! A canned response as it is stored.

use serde::{Deserialize, Serialize};

use super::{Record, language, unfit};
use crate::domain::canned::CannedResponse;
use crate::domain::id::{CannedId, OperatorId, SiteId};
use crate::domain::text::{MessageText, Name, Tag};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct CannedRecord {
    owner: Option<[u8; 16]>,
    site: Option<[u8; 16]>,
    shortcut: String,
    title: String,
    text: String,
    language: Option<String>,
    created_at: i64,
}

impl Record for CannedRecord {}

impl From<&CannedResponse> for CannedRecord {
    fn from(it: &CannedResponse) -> Self {
        Self {
            owner: it.owner.map(|id| *id.as_bytes()),
            site: it.site.map(|id| *id.as_bytes()),
            shortcut: it.shortcut.as_str().to_owned(),
            title: it.title.as_str().to_owned(),
            text: it.text.as_str().to_owned(),
            language: it.language.map(|language| language.tag().to_owned()),
            created_at: it.created_at.as_millis(),
        }
    }
}

impl CannedRecord {
    pub(in crate::store) fn canned(self, id: CannedId) -> Result<CannedResponse, StoreError> {
        Ok(CannedResponse {
            id,
            owner: self.owner.map(OperatorId::from_bytes),
            site: self.site.map(SiteId::from_bytes),
            shortcut: Tag::parse(&self.shortcut).map_err(unfit)?,
            title: Name::parse(&self.title).map_err(unfit)?,
            text: MessageText::parse(&self.text).map_err(unfit)?,
            language: self.language.as_deref().map(language).transpose()?,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}
