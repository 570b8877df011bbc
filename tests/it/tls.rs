//! The encrypted line: which versions and suites, what the certificates say, and how they are changed while people talk.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::*;

use crate::harness::app::TestApp;
use crate::harness::process::{self, Server};
use crate::harness::world::must_come;

/// A client that offers just these versions and suites.
async fn handshake(
    address: SocketAddr,
    roots: RootCertStore,
    name: &str,
    versions: &[&'static SupportedProtocolVersion],
    suites: Vec<SupportedCipherSuite>,
) -> Result<(SupportedCipherSuite, Vec<CertificateDer<'static>>, Option<Vec<u8>>), String> {
    let provider = rustls::crypto::CryptoProvider { cipher_suites: suites, ..rustls::crypto::aws_lc_rs::default_provider() };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .map_err(|why| why.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = must_come("a TCP connection", TcpStream::connect(address)).await.map_err(|why| why.to_string())?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = must_come("a handshake", TlsConnector::from(Arc::new(config)).connect(name, stream))
        .await
        .map_err(|why| why.to_string())?;
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap().iter().map(|it| it.clone().into_owned()).collect();
    Ok((session.negotiated_cipher_suite().unwrap(), chain, session.alpn_protocol().map(<[u8]>::to_vec)))
}

fn roots_of(pem: &[u8]) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.unwrap()).unwrap();
    }
    roots
}

async fn authority_of(server: &Server) -> Vec<u8> {
    server.browser().await.get("/ca.crt").await.expect(200).body.into_bytes()
}

fn address_of(server: &Server) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], server.port))
}

#[tokio::test]
async fn two_versions_and_suites_with_forward_secrecy_only() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    let server = Server::start(&data, &[]);
    let roots = roots_of(&authority_of(&server).await);
    let all = rustls::crypto::aws_lc_rs::DEFAULT_CIPHER_SUITES.to_vec();
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let (suite, _, alpn) = handshake(address_of(&server), roots.clone(), "localhost", &[version], all.clone()).await.unwrap();
        let name = format!("{:?}", suite.suite());
        assert!(name.contains("GCM") || name.contains("CHACHA20_POLY1305"), "{name}");
        assert_ne!(alpn.as_deref(), Some(b"h2".as_slice()), "HTTP/2 stays off");
    }
    // What an outdated client would offer is refused with an alert, and nothing else happens: TLS 1.1, and 1.2 with CBC.
    for hello in [old_hello([3, 2], [3, 2]), old_hello([3, 1], [3, 3])] {
        let mut stream = TcpStream::connect(address_of(&server)).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, &hello).await.unwrap();
        let mut answer = [0; 7];
        let read = must_come("an alert", tokio::io::AsyncReadExt::read(&mut stream, &mut answer)).await.unwrap_or(0);
        assert!(read == 0 || answer[0] == 21, "an alert is record type 21: {answer:?}");
    }
    server.browser().await.get("/healthz").await.expect(200);
}

/// A ClientHello without extensions that offers AES in CBC mode with RSA key exchange only.
fn old_hello(record: [u8; 2], version: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 2, 0x00, 0x2f]);
    body.extend([1, 0]);
    let length = u8::try_from(body.len()).unwrap();
    let handshake = [vec![1, 0, 0, length], body].concat();
    [vec![22, record[0], record[1], 0, length + 4], handshake].concat()
}

#[tokio::test]
async fn the_certificates_say_what_browsers_ask_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    let server = Server::start(&data, &[]);
    let pem = authority_of(&server).await;
    let roots = roots_of(&pem);
    let all = rustls::crypto::aws_lc_rs::DEFAULT_CIPHER_SUITES.to_vec();
    // Names and addresses of this machine are all in it.
    for name in ["localhost", "127.0.0.1", "::1"] {
        handshake(address_of(&server), roots.clone(), name, &[&rustls::version::TLS13], all.clone()).await.unwrap();
    }
    assert!(
        handshake(address_of(&server), roots.clone(), "other.example", &[&rustls::version::TLS13], all.clone()).await.is_err()
    );
    let (_, chain, _) = handshake(address_of(&server), roots, "localhost", &[&rustls::version::TLS13], all).await.unwrap();

    let (_, leaf) = X509Certificate::from_der(&chain[0]).unwrap();
    assert!(!leaf.basic_constraints().unwrap().is_some_and(|it| it.value.ca), "a leaf signs nothing");
    let usage = leaf.key_usage().unwrap().unwrap().value;
    assert!(usage.digital_signature() && !usage.key_cert_sign());
    let extended = leaf.extended_key_usage().unwrap().unwrap().value;
    assert!(extended.server_auth && !extended.client_auth && !extended.any);
    assert!(leaf.subject_alternative_name().unwrap().is_some());
    let days = (leaf.validity().not_after.timestamp() - leaf.validity().not_before.timestamp()) / 86_400;
    assert!(days <= 398, "browsers refuse more than 398 days: {days}");

    let der = CertificateDer::from_pem_slice(&pem).unwrap();
    let (_, authority) = X509Certificate::from_der(&der).unwrap();
    let constraints = authority.basic_constraints().unwrap().unwrap();
    assert!(constraints.critical && constraints.value.ca && constraints.value.path_len_constraint == Some(0));
    let usage = authority.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.key_cert_sign());
    assert_eq!(leaf.issuer(), authority.subject());
}

#[tokio::test]
async fn the_authority_outlives_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    let server = Server::start(&data, &[]);
    let first = authority_of(&server).await;
    server.stop();
    let server = Server::start(&data, &[]);
    assert_eq!(authority_of(&server).await, first, "whoever trusted it once trusts it still");
    // Its private key is sealed like everything else: no PEM of it on the disk.
    assert!(crate::harness::disk::places(&data, "PRIVATE KEY").is_empty());
}

/// A certificate of an authority of the test's own, as an owner brings it along.
fn own_certificate(folder: &Path, serial: u64) -> Vec<u8> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    parameters.serial_number = Some(serial.into());
    let certificate = parameters.self_signed(&key).unwrap();
    // The key first and both under a new name, then moved into place, as a careful renewal does it.
    for (name, text) in [("key.pem", key.serialize_pem()), ("chain.pem", certificate.pem())] {
        fs::write(folder.join("new"), text).unwrap();
        fs::rename(folder.join("new"), folder.join(name)).unwrap();
    }
    certificate.pem().into_bytes()
}

#[tokio::test]
async fn an_own_certificate_is_used_and_changed_without_dropping_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    process::set_up(&data);
    let first = own_certificate(folder.path(), 1);
    let chain = folder.path().join("chain.pem").display().to_string();
    let key = folder.path().join("key.pem").display().to_string();
    let config = folder.path().join("parlor.toml");
    fs::write(&config, format!("[certificate]\nchain = {chain:?}\nkey = {key:?}\n")).unwrap();
    let mut server = Server::start(&data, &["--config", &config.display().to_string()]);
    let door = crate::harness::http::Door::new(
        [127, 0, 0, 1].into(),
        server.port,
        &first,
        None,
        crate::harness::disk::Markers::default(),
    );
    let admin = crate::harness::actors::Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await;
    let mut talking = admin;
    talking.connect().await;

    let second = own_certificate(folder.path(), 2);
    server.says("new certificate in use");
    let all = rustls::crypto::aws_lc_rs::DEFAULT_CIPHER_SUITES.to_vec();
    handshake(address_of(&server), roots_of(&second), "localhost", &[&rustls::version::TLS13], all.clone()).await.unwrap();
    let refused = talking.try_accept("cnv_aaaaaaaaaaaaaaaaaaaaaaaaaa").await.unwrap_err();
    assert_eq!(refused.code, "not_found", "the open line still answers");

    // A key that does not fit is refused, and the good pair stays.
    fs::write(folder.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n").unwrap();
    server.says("the new certificate cannot be used");
    handshake(address_of(&server), roots_of(&second), "localhost", &[&rustls::version::TLS13], all).await.unwrap();
    server.stop();
}

#[tokio::test]
async fn the_plain_port_answers_only_a_redirect() {
    let app = TestApp::with_config(|config| config.redirect_listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))]).await;
    let plain = app.redirect_addresses[0];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    for path in ["/", "/console?x=1", "/live", "/healthz"] {
        let answer = must_come("an answer", client.get(format!("http://{plain}{path}")).send()).await.unwrap();
        assert!([301, 308].contains(&answer.status().as_u16()), "{}", answer.status());
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with("https://127.0.0.1") && location.ends_with(path), "{location}");
    }
    let answer = must_come("an answer", client.post(format!("http://{plain}/login")).body("x").send()).await.unwrap();
    assert!([301, 308, 400, 405].contains(&answer.status().as_u16()), "{}", answer.status());
}

#[tokio::test]
async fn plain_http_on_the_encrypted_port_gets_nothing() {
    let app = TestApp::start().await;
    let address = SocketAddr::new(app.door.host, app.door.port);
    let mut stream = TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET /console HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = must_come("the end", tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer)).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_a_closed_house() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in [
        "/login",
        "/console",
        "/admin",
        "/demo",
        "/healthz",
        "/nowhere",
        "/admin/sites/sit_nothing",
        "/widget/sit_nothing",
        "/ca.crt",
    ] {
        let answer = admin.browser.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("strict-transport-security").contains("max-age="), "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert!(answer.header("server").is_empty(), "{path}");
    }
    let console = admin.browser.get("/console").await;
    assert!(console.header("content-security-policy").contains("frame-ancestors 'none'"), "{:?}", console.headers);
    assert!(console.header("cache-control").contains("no-store"), "{:?}", console.headers);
}

#[tokio::test]
async fn with_a_certificate_that_has_run_out_it_is_not_ready() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    stranger.browser.get("/readyz").await.expect(200);
    let mut certificate = app.app.certificate.load().as_deref().cloned().unwrap();
    certificate.not_after = app.app.now();
    app.app.certificate.store(Some(Arc::new(certificate)));
    stranger.browser.get("/readyz").await.expect(503);
    stranger.browser.get("/healthz").await.expect(200);
}
