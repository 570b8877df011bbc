//! What the certificates say, and when they are due.

mod living;

use std::time::Duration;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::{authority_is_due, leaf_is_due, make_authority, make_leaf};
use super::facts::facts;
use super::*;
use crate::config::Config;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn names_at(url: &str) -> Vec<String> {
    let config = Config { public_url: Some(url.to_owned()), ..Config::new("data") };
    names(&[], &config, "desk")
}

fn some_names() -> Vec<String> {
    names_at("https://chat.example.org")
}

fn read<T>(pem: &str, look: impl FnOnce(&X509Certificate<'_>) -> T) -> T {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    look(&X509Certificate::from_der(&der).unwrap().1)
}

#[test]
fn the_authority_signs_leaves_and_nothing_else() {
    let authority = make_authority(now(), "mark").unwrap();
    read(&authority.certificate, |certificate| {
        let constraints = certificate.basic_constraints().unwrap().unwrap();
        assert!(constraints.critical && constraints.value.ca);
        assert_eq!(constraints.value.path_len_constraint, Some(0));
        let usage = certificate.key_usage().unwrap().unwrap();
        assert!(usage.critical && usage.value.key_cert_sign() && !usage.value.digital_signature());
        let days = (certificate.validity().not_after.timestamp() - certificate.validity().not_before.timestamp()) / 86_400;
        assert!((3_650..=3_651).contains(&days), "{days}");
    });
}

#[test]
fn the_leaf_is_for_servers_of_these_names_and_at_most_397_days() {
    let authority = make_authority(now(), "mark").unwrap();
    let leaf = make_leaf(&authority, &some_names(), now()).unwrap();
    read(&leaf.certificate, |certificate| {
        assert!(!certificate.basic_constraints().unwrap().unwrap().value.ca);
        let usage = certificate.key_usage().unwrap().unwrap();
        assert!(usage.critical && usage.value.digital_signature() && !usage.value.key_cert_sign());
        let extended = certificate.extended_key_usage().unwrap().unwrap().value;
        assert!(extended.server_auth && !extended.client_auth && !extended.any);
        let seconds = certificate.validity().not_after.timestamp() - certificate.validity().not_before.timestamp();
        assert!(seconds <= 397 * 86_400);
    });
    let mut expected = some_names();
    expected.sort();
    assert_eq!(facts(&leaf.certificate).unwrap().names, expected);
    assert!(expected.contains(&"chat.example.org".to_owned()) && expected.contains(&"::1".to_owned()));
}

#[test]
fn a_browser_that_trusts_the_authority_accepts_the_leaf_for_each_name_and_no_other() {
    let authority = make_authority(now(), "mark").unwrap();
    let leaf = make_leaf(&authority, &some_names(), now()).unwrap();
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(der(&authority.certificate)).unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider())).build().unwrap();
    let judge = |name: &str, at: Timestamp| {
        let at = UnixTime::since_unix_epoch(at.since(Timestamp::default()));
        verifier
            .verify_server_cert(&der(&leaf.certificate), &[], &ServerName::try_from(name.to_owned()).unwrap(), &[], at)
            .is_ok()
    };
    for name in some_names() {
        assert!(judge(&name, now()), "{name}");
    }
    assert!(!judge("other.example.org", now()));
    assert!(!judge("localhost", now().plus(397 * DAY)));
}

#[test]
fn a_leaf_is_due_30_days_before_its_end_and_when_names_or_authority_change() {
    let authority = make_authority(now(), "mark").unwrap();
    let of_authority = facts(&authority.certificate).unwrap();
    let leaf = facts(&make_leaf(&authority, &some_names(), now()).unwrap().certificate).unwrap();
    assert!(!leaf_is_due(&leaf, &of_authority, &some_names(), now().plus(365 * DAY)));
    assert!(leaf_is_due(&leaf, &of_authority, &some_names(), now().plus(366 * DAY)));
    assert!(leaf_is_due(&leaf, &of_authority, &names(&[], &Config::new("data"), "desk"), now()));
    let other = facts(&make_authority(now(), "other").unwrap().certificate).unwrap();
    assert!(leaf_is_due(&leaf, &other, &some_names(), now()));
}

#[test]
fn a_leaf_never_outlives_its_authority_which_is_renewed_before() {
    let authority = make_authority(now(), "mark").unwrap();
    let of_authority = facts(&authority.certificate).unwrap();
    let late = now().plus(3_500 * DAY);
    let leaf = facts(&make_leaf(&authority, &some_names(), late).unwrap().certificate).unwrap();
    assert!(leaf.valid_until <= of_authority.valid_until);
    assert!(!authority_is_due(&of_authority, late));
    assert!(authority_is_due(&of_authority, now().plus(3_600 * DAY)));
}

#[test]
fn a_pair_survives_the_store() {
    let authority = make_authority(now(), "mark").unwrap();
    let back = Pair::from_secret(&authority.to_secret()).unwrap();
    assert_eq!((back.certificate, &*back.key), (authority.certificate, &*authority.key));
    assert!(Pair::from_secret(b"nothing").is_none());
}

#[test]
fn own_files_are_taken_when_they_belong_together_and_named_when_not() {
    let dir = tempfile::tempdir().unwrap();
    let authority = make_authority(now(), "mark").unwrap();
    let leaf = make_leaf(&authority, &some_names(), now()).unwrap();
    let other = make_leaf(&authority, &some_names(), now()).unwrap();
    let files = CertificateFiles { chain: dir.path().join("chain.pem"), key: dir.path().join("key.pem") };
    let put = |chain: &str, key: &str| {
        std::fs::write(&files.chain, chain).unwrap();
        std::fs::write(&files.key, key).unwrap();
    };
    assert!(own_files::stamp(&files).is_none());
    put(&leaf.certificate, &leaf.key);
    let before = own_files::stamp(&files);
    let (certified, of_leaf) = own_files::read(&files, &provider()).unwrap();
    assert_eq!(certified.cert.len(), 1);
    assert_eq!(of_leaf.fingerprint, facts(&leaf.certificate).unwrap().fingerprint);
    put(&leaf.certificate, &other.key);
    assert_ne!(own_files::stamp(&files), before);
    let error = own_files::read(&files, &provider()).err().unwrap().to_string();
    assert!(error.contains("key.pem") && error.contains("is not the key of"), "{error}");
    put("nothing", &leaf.key);
    assert!(own_files::read(&files, &provider()).err().unwrap().to_string().contains("chain.pem"));
}
