//! A certificate without the store, where the local authority's key lies sealed: the owner's files, or one that lives as long as
//! this process and is written nowhere. Browsers warn of the latter, as they should.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::{Shown, TlsError, authority, own, provider, talking};
use crate::config::CertificateFiles;
use crate::domain::time::Timestamp;

pub struct Stopgap {
    provider: Arc<CryptoProvider>,
    shown: Arc<Shown>,
    names: Vec<String>,
}

impl Stopgap {
    /// # Errors
    /// When there is no certificate of the owner's that works, and none can be made.
    pub fn new(files: Option<&CertificateFiles>, names: &[String], now: Timestamp) -> Result<Self, TlsError> {
        let provider = Arc::new(provider());
        let owners = files.and_then(|files| match own(files, &provider) {
            Ok(ready) => Some((ready.certified, ready.info.names)),
            Err(error) => {
                tracing::error!(%error, "a certificate of this moment is shown instead");
                None
            }
        });
        let own = || of_this_moment(names, now, &provider).map(|certified| (certified, names.to_vec()));
        let (certified, names) = owners.map_or_else(own, Ok)?;
        Ok(Self { provider, shown: Arc::new(Shown(arc_swap::ArcSwap::from_pointee(certified))), names })
    }

    /// The names in the certificate.
    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    /// # Errors
    /// As that of `Certificates`.
    pub fn server_config(&self) -> Result<ServerConfig, TlsError> {
        talking(&self.provider, &self.shown)
    }
}

fn of_this_moment(names: &[String], now: Timestamp, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let authority = authority::make_authority(now, "in rescue mode")?;
    let leaf = authority::make_leaf(&authority, names, now)?;
    let unreadable = |_| TlsError::Making("it does not read back".to_owned());
    let certificate = CertificateDer::from_pem_slice(leaf.certificate.as_bytes()).map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).map_err(unreadable)?;
    Ok(CertifiedKey::from_der(vec![certificate], key, provider)?)
}
