//! TLS: which certificate the listener shows and how it talks. Keys of the local authority live sealed in the store and in
//! memory, never in a file of their own. Start reading at `Certificates`.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, kx_group};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::app::{App, CertificateInfo};
use crate::config::CertificateFiles;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::id::base32;
use crate::domain::time::Timestamp;
use crate::service::starts;
use crate::store::StoreError;

mod authority;
mod facts;
mod names;
mod own_files;
mod stopgap;

use authority::Pair;
use facts::{Facts, facts};
pub use names::{host_name, names};
pub use stopgap::Stopgap;

/// Names of the two secrets in the store.
const AUTHORITY: &str = "tls authority";
const LEAF: &str = "tls leaf";

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("The certificate or key file {path} {problem}.")]
    OwnFile { path: PathBuf, problem: String },
    #[error(
        "The certificate is valid from {valid_from} on, and this machine's clock says {now}. Set the clock, then start again."
    )]
    NotYetValid { valid_from: Timestamp, now: Timestamp },
    #[error("No certificate can be made: {0}.")]
    Making(String),
    #[error("The certificate of the local authority cannot be stored or read: {0}.")]
    Store(#[from] StoreError),
    #[error("TLS cannot be set up: {0}.")]
    Setup(#[from] rustls::Error),
}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::Making(error.to_string())
    }
}

/// The certificate in use and what replaces it in time.
pub struct Certificates {
    app: Arc<App>,
    names: Vec<String>,
    provider: Arc<CryptoProvider>,
    shown: Arc<Shown>,
    /// The owner's files as they were when they were last tried.
    tried: Mutex<Option<own_files::Stamp>>,
}

/// What the listener shows to whoever connects.
struct Shown(ArcSwap<CertifiedKey>);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// A certificate ready for the listener, and what people are told about it.
struct Ready {
    certified: CertifiedKey,
    info: CertificateInfo,
}

impl Certificates {
    /// Takes the owner's certificate, or the stored one of the local authority, or makes one.
    ///
    /// # Errors
    /// When the owner's files are broken, the clock is before the certificate's beginning, or the store fails.
    pub fn load(app: Arc<App>, names: Vec<String>) -> Result<Self, TlsError> {
        let provider = Arc::new(provider());
        let (ready, tried) = match &app.config.certificate {
            Some(files) => {
                let stamp = own_files::stamp(files);
                (own(files, &provider)?, stamp)
            }
            None => (local(&app, &names, &provider)?, None),
        };
        let now = app.now();
        if ready.info.not_before > now {
            return Err(TlsError::NotYetValid { valid_from: ready.info.not_before, now });
        }
        if ready.info.not_after <= now {
            tracing::error!(until = %ready.info.not_after, "the certificate has expired: browsers refuse it, replace its files");
        }
        let shown = Arc::new(Shown(ArcSwap::from_pointee(ready.certified)));
        app.certificate.store(Some(Arc::new(ready.info)));
        Ok(Self { app, names, provider, shown, tried: Mutex::new(tried) })
    }

    /// Looks whether the owner's files changed or the leaf is nearly over. What is shown stays as it is when anything is wrong
    /// with its successor; open connections go on in any case.
    pub fn refresh(&self) {
        match &self.app.config.certificate {
            Some(files) => self.refresh_own(files),
            None => self.refresh_local(),
        }
    }

    fn refresh_own(&self, files: &CertificateFiles) {
        let stamp = own_files::stamp(files);
        let mut tried = self.tried.lock();
        if stamp.is_none() || *tried == stamp {
            return;
        }
        *tried = stamp;
        let now = self.app.now();
        match own(files, &self.provider) {
            Ok(ready) if ready.info.not_before <= now && now < ready.info.not_after => {
                if let Err(error) = starts::certificate_renewed(&self.app.ctx(&Actor::Timer), ready.info.not_after) {
                    tracing::error!(%error, "the new certificate could not be put on record");
                }
                self.show(ready);
            }
            Ok(_) => tracing::error!("the new certificate is not valid today: the former stays in use"),
            Err(error) => tracing::error!(%error, "the new certificate cannot be used: the former stays"),
        }
    }

    fn refresh_local(&self) {
        let now = self.app.now();
        let due = self.app.certificate.load().as_ref().is_none_or(|info| now.plus(authority::RENEW_BEFORE_END) >= info.not_after);
        if !due {
            return;
        }
        match local(&self.app, &self.names, &self.provider) {
            Ok(ready) => self.show(ready),
            Err(error) => tracing::error!(%error, "the certificate cannot be renewed: the former stays in use"),
        }
    }

    fn show(&self, ready: Ready) {
        let until = ready.info.not_after;
        self.shown.0.store(Arc::new(ready.certified));
        self.app.certificate.store(Some(Arc::new(ready.info)));
        tracing::info!(%until, "new certificate in use");
    }

    /// # Errors
    /// When the operating system gives no random bytes for the ticket keys.
    pub fn server_config(&self) -> Result<ServerConfig, TlsError> {
        talking(&self.provider, &self.shown)
    }
}

/// How the listener talks: TLS 1.3 and 1.2 with authenticated encryption only (rustls has no other), key exchange safe
/// from later quantum computers first, the server's order before the client's, HTTP/1.1 only.
fn talking(provider: &Arc<CryptoProvider>, shown: &Arc<Shown>) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(shown) as Arc<dyn ResolvesServerCert>);
    config.ignore_client_order = true;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Sealed tickets instead of a table in memory: a visitor who comes back costs nothing to remember. Their keys change
    // every few hours and are never stored.
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    Ok(config)
}

/// What the owner's files hold, without using them.
///
/// # Errors
/// When they are broken or do not belong together.
pub fn examine(files: &CertificateFiles) -> Result<CertificateInfo, TlsError> {
    own(files, &provider()).map(|ready| ready.info)
}

/// The local authority's leaf as it lies in the store, without making one.
///
/// # Errors
/// When the store does not read.
pub fn stored(app: &App) -> Result<Option<CertificateInfo>, TlsError> {
    Ok(read_pair(app, LEAF)?.map(|(_, facts)| info(facts, None)))
}

fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1],
        ..aws_lc_rs::default_provider()
    }
}

fn own(files: &CertificateFiles, provider: &CryptoProvider) -> Result<Ready, TlsError> {
    let (certified, facts) = own_files::read(files, provider)?;
    Ok(Ready { certified, info: info(facts, None) })
}

/// The stored leaf while it will do, else a new one; the same for the authority above it.
fn local(app: &App, names: &[String], provider: &CryptoProvider) -> Result<Ready, TlsError> {
    let now = app.now();
    let mut batch = app.store.batch();
    let mut changed = false;
    let stored = read_pair(app, AUTHORITY)?.filter(|(_, facts)| !authority::authority_is_due(facts, now));
    let (authority, of_authority) = match stored {
        Some(found) => found,
        None => {
            let mut mark = [0; 5];
            app.random.fill(&mut mark);
            let made = with_facts(authority::make_authority(now, &base32(&mark))?)?;
            batch.put_secret(AUTHORITY, &made.0.to_secret());
            changed = true;
            made
        }
    };
    let kept = read_pair(app, LEAF)?.filter(|(_, leaf)| !authority::leaf_is_due(leaf, &of_authority, names, now));
    let (leaf, of_leaf) = match kept {
        Some(found) => found,
        None => {
            let made = with_facts(authority::make_leaf(&authority, names, now)?)?;
            batch.put_secret(LEAF, &made.0.to_secret());
            changed = true;
            made
        }
    };
    if changed {
        let until = of_leaf.valid_until;
        app.ctx(&Actor::Timer).audit(&mut batch, AuditAction::CertificateRenewed { until });
        app.store.commit(batch).wait()?;
    }
    // The authority goes along: a client that was given its fingerprint can check it in the handshake.
    let unreadable = |_| TlsError::Making("a certificate that was just made or stored cannot be read".to_owned());
    let chain = vec![
        CertificateDer::from_pem_slice(leaf.certificate.as_bytes()).map_err(unreadable)?,
        CertificateDer::from_pem_slice(authority.certificate.as_bytes()).map_err(unreadable)?,
    ];
    let key = PrivateKeyDer::from_pem_slice(leaf.key.as_bytes()).map_err(unreadable)?;
    let certified = CertifiedKey::from_der(chain, key, provider)?;
    Ok(Ready { certified, info: info(of_leaf, Some(authority.certificate)) })
}

fn read_pair(app: &App, name: &'static str) -> Result<Option<(Pair, Facts)>, TlsError> {
    let Some(bytes) = app.store.secret(name)? else {
        return Ok(None);
    };
    Ok(Pair::from_secret(&bytes).and_then(|pair| with_facts(pair).ok()))
}

fn with_facts(pair: Pair) -> Result<(Pair, Facts), TlsError> {
    let facts = facts(&pair.certificate).ok_or_else(|| TlsError::Making("it does not read back".to_owned()))?;
    Ok((pair, facts))
}

fn info(facts: Facts, authority_pem: Option<String>) -> CertificateInfo {
    CertificateInfo {
        authority_pem,
        fingerprint: facts.fingerprint,
        not_before: facts.valid_from,
        not_after: facts.valid_until,
        names: facts.names,
    }
}

#[cfg(test)]
mod tests;
