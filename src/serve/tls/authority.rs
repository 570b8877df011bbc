//! The local authority: a certificate authority of this one installation, and the leaf it signs for the listener. Pure: names
//! and times come from the caller, certificates and keys go back to it.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};
use zeroize::Zeroizing;

use super::facts::{Facts, facts};
use crate::domain::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// People trust the authority once, by hand, so it lasts.
const AUTHORITY_LIFE: Duration = Duration::from_secs(3_650 * 24 * 60 * 60);
/// Together with the hour before, below the 397 days after which browsers refuse a leaf, and renewed long before its end.
const LEAF_LIFE: Duration = Duration::from_secs(396 * 24 * 60 * 60);
pub(super) const RENEW_BEFORE_END: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How far the clock of a browser may be behind ours.
const CLOCK_SKEW: Duration = Duration::from_secs(60 * 60);

/// A certificate and its private key, both PEM.
pub(super) struct Pair {
    pub certificate: String,
    pub key: Zeroizing<String>,
}

impl Pair {
    /// As one text, the way it is sealed into the store.
    pub fn to_secret(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.certificate.as_bytes(), self.key.as_bytes()].concat())
    }

    /// `None` when it is not what `to_secret` made.
    pub fn from_secret(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (certificate, key) = text.split_at(text.find("-----BEGIN PRIVATE KEY")?);
        Some(Self { certificate: certificate.to_owned(), key: Zeroizing::new(key.to_owned()) })
    }
}

/// Makes an authority that may sign leaves and no further authorities. `mark` tells it apart from those of other
/// installations, which browsers would otherwise take for the same.
pub(super) fn make_authority(now: Timestamp, mark: &str) -> Result<Pair, rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = authority_name(&format!("Parlor local authority {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    set_validity(&mut params, now, now.plus(AUTHORITY_LIFE));
    let certificate = params.self_signed(&key)?;
    Ok(Pair { certificate: certificate.pem(), key: Zeroizing::new(key.serialize_pem()) })
}

/// Signs a new leaf with a new key for these names. It never outlives its authority.
pub(super) fn make_leaf(authority: &Pair, names: &[String], now: Timestamp) -> Result<Pair, rcgen::Error> {
    let of_authority = facts(&authority.certificate).ok_or(rcgen::Error::CouldNotParseCertificate)?;
    let issuer = issuer(authority, &of_authority)?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = authority_name("Parlor");
    params.subject_alt_names = names.iter().map(|name| alternative_name(name)).collect::<Result<_, _>>()?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, now, now.plus(LEAF_LIFE).min(of_authority.valid_until));
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Pair { certificate: certificate.pem(), key: Zeroizing::new(key.serialize_pem()) })
}

/// Whether a leaf has to be made anew: soon over, for other names, or of another authority.
pub(super) fn leaf_is_due(leaf: &Facts, authority: &Facts, names: &[String], now: Timestamp) -> bool {
    let mut wanted = names.to_vec();
    wanted.sort();
    leaf.names != wanted || leaf.issuer != authority.subject || now.plus(RENEW_BEFORE_END) >= leaf.valid_until
}

/// Whether the authority itself is nearly over. Its successor has to be trusted by hand again, so this is once in ten years.
pub(super) fn authority_is_due(authority: &Facts, now: Timestamp) -> bool {
    now.plus(RENEW_BEFORE_END + 30 * DAY) >= authority.valid_until
}

fn issuer(authority: &Pair, facts: &Facts) -> Result<Issuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = authority_name(&facts.subject);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Ok(Issuer::new(params, KeyPair::from_pem(&authority.key)?))
}

fn authority_name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn alternative_name(name: &str) -> Result<SanType, rcgen::Error> {
    match name.parse::<IpAddr>() {
        Ok(address) => Ok(SanType::IpAddress(address)),
        Err(_) => Ok(SanType::DnsName(name.to_owned().try_into()?)),
    }
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, until: Timestamp) {
    let epoch = date_time_ymd(1970, 1, 1);
    let span = |at: Timestamp| at.since(Timestamp::default());
    params.not_before = epoch + span(now).saturating_sub(CLOCK_SKEW);
    params.not_after = epoch + span(until);
}
