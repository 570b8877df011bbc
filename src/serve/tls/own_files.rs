//! The owner's own certificate and key: read at start, looked at again every few seconds, so that a renewal by whatever tool
//! they use takes effect without a restart and without a broken connection.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::TlsError;
use super::facts::{Facts, facts_of};
use crate::config::CertificateFiles;

/// Bytes of a chain or key file; more is neither.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// What tells a file from its successor without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp([(u64, i64, i64, u64); 2]);

/// `None` while one of the files is not there, as in the middle of a renewal.
pub(super) fn stamp(files: &CertificateFiles) -> Option<Stamp> {
    let one = |path: &Path| -> Option<(u64, i64, i64, u64)> {
        let facts: Metadata = std::fs::metadata(path).ok()?;
        Some((facts.ino(), facts.mtime(), facts.mtime_nsec(), facts.len()))
    };
    Some(Stamp([one(&files.chain)?, one(&files.key)?]))
}

/// Reads both files and makes sure that they belong together.
pub(super) fn read(files: &CertificateFiles, provider: &CryptoProvider) -> Result<(CertifiedKey, Facts), TlsError> {
    let chain_text = read_text(&files.chain)?;
    let key_text = read_text(&files.key)?;
    let broken = |path: &Path, problem: &str| TlsError::OwnFile { path: path.to_owned(), problem: problem.to_owned() };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain_text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| broken(&files.chain, "is not PEM"))?;
    let leaf = chain.first().ok_or_else(|| broken(&files.chain, "has no certificate in it"))?;
    let facts = facts_of(leaf).ok_or_else(|| broken(&files.chain, "begins with a certificate that cannot be read"))?;
    let key =
        PrivateKeyDer::from_pem_slice(key_text.as_bytes()).map_err(|_| broken(&files.key, "has no private key in PEM in it"))?;
    let certified = CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => broken(&files.key, "is not the key of the first certificate in the chain file"),
        _ => broken(
            &files.key,
            "has a key of a kind that is not supported; use ECDSA P-256 or P-384, Ed25519 or RSA of 2048 bits or more",
        ),
    })?;
    Ok((certified, facts))
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, TlsError> {
    let broken = |problem: String| TlsError::OwnFile { path: path.to_owned(), problem };
    let facts = std::fs::metadata(path).map_err(|error| broken(format!("cannot be read ({error})")))?;
    if !facts.is_file() || facts.len() > FILE_BYTES_MAX {
        return Err(broken("is not a file of at most 256 KiB".to_owned()));
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| broken(format!("cannot be read ({error})")))
}
