//! The staff allowlist as it is stored.

use serde::{Deserialize, Serialize};

use super::operator::RoleRecord;
use super::{Record, damaged, read, unfit};
use crate::domain::allowlist::{Allowlist, Lists, Trial};
use crate::domain::network::Network;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AllowlistRecord {
    lists: ListsRecord,
    trial: Option<(ListsRecord, i64)>,
}

#[derive(Serialize, Deserialize)]
struct ListsRecord {
    everybody: Vec<String>,
    by_role: Vec<(RoleRecord, Vec<String>)>,
}

/// Version 1 had one list for all.
#[derive(Deserialize)]
struct AllowlistRecord1 {
    networks: Vec<String>,
    trial: Option<(Vec<String>, i64)>,
}

impl Record for AllowlistRecord {
    const VERSION: u8 = 2;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        if version != 1 {
            return Err(damaged("its version is not known"));
        }
        let AllowlistRecord1 { networks, trial } = read(body)?;
        let lists = |everybody| ListsRecord { everybody, by_role: Vec::new() };
        Ok(Self { lists: lists(networks), trial: trial.map(|(networks, until)| (lists(networks), until)) })
    }
}

impl From<&Allowlist> for AllowlistRecord {
    fn from(list: &Allowlist) -> Self {
        let trial = list.trial.as_ref().map(|trial| ((&trial.lists).into(), trial.until.as_millis()));
        Self { lists: (&list.lists).into(), trial }
    }
}

impl AllowlistRecord {
    pub(in crate::store) fn allowlist(self) -> Result<Allowlist, StoreError> {
        let trial = match self.trial {
            None => None,
            Some((lists, until)) => Some(Trial { lists: lists.lists()?, until: Timestamp::from_millis(until) }),
        };
        Ok(Allowlist { lists: self.lists.lists()?, trial })
    }
}

impl From<&Lists> for ListsRecord {
    fn from(it: &Lists) -> Self {
        let by_role = it.by_role.iter().map(|(role, networks)| ((*role).into(), texts(networks))).collect();
        Self { everybody: texts(&it.everybody), by_role }
    }
}

impl ListsRecord {
    fn lists(self) -> Result<Lists, StoreError> {
        let by_role = self.by_role.into_iter().map(|(role, networks)| Ok((role.into(), parsed(&networks)?)));
        Ok(Lists { everybody: parsed(&self.everybody)?, by_role: by_role.collect::<Result<_, StoreError>>()? })
    }
}

pub(super) fn texts(networks: &[Network]) -> Vec<String> {
    networks.iter().map(ToString::to_string).collect()
}

pub(super) fn parsed(texts: &[String]) -> Result<Vec<Network>, StoreError> {
    texts.iter().map(|text| Network::parse(text).map_err(unfit)).collect()
}
