//! What a certificate says about itself.

use std::net::IpAddr;

use data_encoding::HEXUPPER;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::domain::time::Timestamp;

pub(super) struct Facts {
    /// Common names, which is all that our own authority uses.
    pub subject: String,
    pub issuer: String,
    /// Host names and addresses, sorted.
    pub names: Vec<String>,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    /// SHA-256 in the form in which browsers show it.
    pub fingerprint: String,
}

/// Reads the first certificate of a PEM text; `None` when there is none that can be read.
pub(super) fn facts(pem: &str) -> Option<Facts> {
    facts_of(&CertificateDer::from_pem_slice(pem.as_bytes()).ok()?)
}

pub(super) fn facts_of(der: &CertificateDer<'_>) -> Option<Facts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let common_name = |name: &x509_parser::x509::X509Name<'_>| {
        name.iter_common_name().next().and_then(|part| part.as_str().ok()).unwrap_or_default().to_owned()
    };
    let mut names: Vec<String> = match certificate.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.iter().filter_map(text_of).collect(),
        _ => Vec::new(),
    };
    names.sort();
    let millis = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
    Some(Facts {
        subject: common_name(certificate.subject()),
        issuer: common_name(certificate.issuer()),
        names,
        valid_from: millis(certificate.validity().not_before.timestamp()),
        valid_until: millis(certificate.validity().not_after.timestamp()),
        fingerprint: fingerprint(der),
    })
}

fn text_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let address =
                <[u8; 4]>::try_from(*bytes).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn fingerprint(der: &[u8]) -> String {
    let digits = HEXUPPER.encode(&Sha256::digest(der));
    let mut text = String::with_capacity(digits.len() * 3 / 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 2 == 0 {
            text.push(':');
        }
        text.push(digit);
    }
    text
}
