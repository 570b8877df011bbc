//! Whom a connection believes: the authorities of the web, or the one that the administrator gave for a server of their own. Never what
//! the host has installed: that would be files outside the binary, and somebody else's choice.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::Trouble;

/// `authority` is a PEM text; with one, nobody else is believed.
pub(super) fn tls(authority: Option<&str>) -> Result<ClientConfig, Trouble> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.map_err(|_| Trouble::Authority)?).map_err(|_| Trouble::Authority)?;
            }
            if roots.is_empty() {
                return Err(Trouble::Authority);
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder.map_err(|_| Trouble::Authority)?.with_root_certificates(roots).with_no_client_auth();
    // No ticket of an earlier connection tells two of them apart, and none is kept.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

/// Whether text is at least one certificate that can be believed.
#[must_use]
pub fn is_authority(pem: &str) -> bool {
    tls(Some(pem)).is_ok()
}
