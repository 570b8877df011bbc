//! `[certificate]`: the owner's own certificate. Without one, the appliance is its own authority.

use std::path::PathBuf;

use super::sources::{CERTIFICATE_CHAIN, CERTIFICATE_KEY, ConfigError, Given};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    pub chain: PathBuf,
    pub key: PathBuf,
}

pub(super) fn files(given: &mut Given) -> Result<Option<CertificateFiles>, ConfigError> {
    match (given.take(&CERTIFICATE_CHAIN), given.take(&CERTIFICATE_KEY)) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            Ok(Some(CertificateFiles { chain: chain.path(chain.single()?), key: key.path(key.single()?) }))
        }
        (Some(chain), None) => {
            Err(ConfigError::Alone { given: CERTIFICATE_CHAIN.name, from: chain.from, missing: CERTIFICATE_KEY.name })
        }
        (None, Some(key)) => {
            Err(ConfigError::Alone { given: CERTIFICATE_KEY.name, from: key.from, missing: CERTIFICATE_CHAIN.name })
        }
    }
}
