//! Certificates of an open appliance: what is made, kept, renewed and replaced.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::super::*;
use super::{names_at, some_names};
use crate::config::Config;
use crate::service::{Clock, Random};
use crate::vault::RootKey;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock()
    }
}

struct Fixed;

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct House {
    dir: tempfile::TempDir,
    clock: Arc<Hands>,
}

impl House {
    fn new() -> Self {
        let clock = Arc::new(Hands(Mutex::new(Timestamp::from_millis(1_790_000_000_000))));
        Self { dir: tempfile::tempdir().unwrap(), clock }
    }

    fn open(&self, certificate: Option<CertificateFiles>) -> Arc<App> {
        let data_dir = self.dir.path().join("data");
        std::fs::create_dir_all(&data_dir).unwrap();
        let config = Config { certificate, ..Config::new(data_dir) };
        App::open(config, &RootKey::from_bytes([5; 32]), Arc::clone(&self.clock) as Arc<dyn Clock>, Arc::new(Fixed)).unwrap()
    }

    fn advance(&self, span: Duration) {
        let mut now = self.clock.0.lock();
        *now = now.plus(span);
    }

    fn put_own(&self, pair: &authority::Pair) -> CertificateFiles {
        let files = CertificateFiles { chain: self.dir.path().join("chain.pem"), key: self.dir.path().join("key.pem") };
        std::fs::write(&files.chain, &pair.certificate).unwrap();
        std::fs::write(&files.key, pair.key.as_str()).unwrap();
        files
    }
}

fn fingerprint(app: &App) -> String {
    app.certificate.load().as_ref().unwrap().fingerprint.clone()
}

fn shown(certificates: &Certificates) -> String {
    facts::facts_of(&certificates.shown.0.load().cert[0]).unwrap().fingerprint
}

#[test]
fn a_leaf_is_kept_until_30_days_before_its_end_and_the_authority_stays() {
    let house = House::new();
    let app = house.open(None);
    let certificates = Certificates::load(Arc::clone(&app), some_names()).unwrap();
    let first = fingerprint(&app);
    let authority = app.certificate.load().as_ref().unwrap().authority_pem.clone().unwrap();

    house.advance(300 * DAY);
    certificates.refresh();
    assert_eq!(fingerprint(&app), first);
    let again = Certificates::load(Arc::clone(&app), some_names()).unwrap();
    assert_eq!(shown(&again), first);

    house.advance(70 * DAY);
    certificates.refresh();
    assert_ne!(fingerprint(&app), first);
    assert_eq!(shown(&certificates), fingerprint(&app));
    assert_eq!(app.certificate.load().as_ref().unwrap().authority_pem.as_ref(), Some(&authority));
    app.store.close();
}

#[test]
fn new_names_make_a_new_leaf_of_the_same_authority() {
    let house = House::new();
    let app = house.open(None);
    Certificates::load(Arc::clone(&app), some_names()).unwrap();
    let (first, authority) = (fingerprint(&app), app.certificate.load().as_ref().unwrap().authority_pem.clone());
    Certificates::load(Arc::clone(&app), names_at("https://other.example.org")).unwrap();
    assert_ne!(fingerprint(&app), first);
    assert_eq!(app.certificate.load().as_ref().unwrap().authority_pem, authority);
    app.store.close();
}

#[test]
fn a_clock_before_the_certificate_is_refused() {
    let house = House::new();
    let app = house.open(None);
    Certificates::load(Arc::clone(&app), some_names()).unwrap();
    *house.clock.0.lock() = Timestamp::from_millis(1_780_000_000_000);
    assert!(matches!(Certificates::load(Arc::clone(&app), some_names()), Err(TlsError::NotYetValid { .. })));
    app.store.close();
}

#[test]
fn replaced_files_are_taken_up_and_broken_ones_leave_the_former_in_use() {
    let house = House::new();
    let authority = authority::make_authority(house.clock.now(), "own").unwrap();
    let first = authority::make_leaf(&authority, &some_names(), house.clock.now()).unwrap();
    let second = authority::make_leaf(&authority, &some_names(), house.clock.now()).unwrap();
    let files = house.put_own(&first);
    let app = house.open(Some(files.clone()));
    let certificates = Certificates::load(Arc::clone(&app), some_names()).unwrap();
    let before = shown(&certificates);
    assert_eq!(before, facts(&first.certificate).unwrap().fingerprint);
    assert!(app.certificate.load().as_ref().unwrap().authority_pem.is_none());

    // In the middle of a renewal the chain is new and the key is still the old one.
    std::fs::write(&files.chain, &second.certificate).unwrap();
    certificates.refresh();
    assert_eq!(shown(&certificates), before);
    std::fs::remove_file(&files.key).unwrap();
    certificates.refresh();
    assert_eq!(shown(&certificates), before);

    house.put_own(&second);
    certificates.refresh();
    assert_eq!(shown(&certificates), facts(&second.certificate).unwrap().fingerprint);
    app.store.close();
}

#[test]
fn key_exchange_is_safe_from_later_computers_first_and_the_order_is_ours() {
    let house = House::new();
    let app = house.open(None);
    let config = Certificates::load(Arc::clone(&app), some_names()).unwrap().server_config().unwrap();
    assert_eq!(config.crypto_provider().kx_groups[0].name(), rustls::NamedGroup::X25519MLKEM768);
    assert!(config.ignore_client_order);
    assert_eq!(config.alpn_protocols, [b"http/1.1".to_vec()]);
    for suite in &config.crypto_provider().cipher_suites {
        let name = format!("{:?}", suite.suite());
        assert!(name.contains("GCM") || name.contains("CHACHA20_POLY1305"), "{name}");
    }
    app.store.close();
}
