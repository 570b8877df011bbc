//! The staff allowlist as it is stored.

use serde::{Deserialize, Serialize};

use super::{Record, unfit};
use crate::domain::network::{Allowlist, Network, Trial};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AllowlistRecord {
    networks: Vec<String>,
    trial: Option<(Vec<String>, i64)>,
}

impl Record for AllowlistRecord {}

impl From<&Allowlist> for AllowlistRecord {
    fn from(list: &Allowlist) -> Self {
        Self {
            networks: texts(&list.networks),
            trial: list.trial.as_ref().map(|trial| (texts(&trial.networks), trial.until.as_millis())),
        }
    }
}

impl AllowlistRecord {
    pub(in crate::store) fn allowlist(self) -> Result<Allowlist, StoreError> {
        let trial = match self.trial {
            None => None,
            Some((networks, until)) => Some(Trial { networks: parsed(&networks)?, until: Timestamp::from_millis(until) }),
        };
        Ok(Allowlist { networks: parsed(&self.networks)?, trial })
    }
}

fn texts(networks: &[Network]) -> Vec<String> {
    networks.iter().map(ToString::to_string).collect()
}

fn parsed(texts: &[String]) -> Result<Vec<Network>, StoreError> {
    texts.iter().map(|text| Network::parse(text).map_err(unfit)).collect()
}
