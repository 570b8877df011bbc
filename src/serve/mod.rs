//! Running: listeners, TLS, the control socket, systemd, and the way up and down. No page, rule or record lives here.
//! Start reading at `start`; `opening` is what comes before it, `process` what the kernel is asked for.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::patience::Patience;
use crate::service::starts;
use crate::web::{self, Names};

mod confine;
pub mod control;
mod door;
mod http;
mod listen;
pub mod opening;
pub mod passphrase;
mod process;
mod redirect;
pub mod rescue;
pub mod restoring;
pub mod secret;
mod supervisor;
mod system;
pub mod tls;

pub use confine::confine;
pub use listen::{Bind, ListenError};
pub use process::{file_limit, harden, report_panics};
pub use supervisor::{StopSignals, ready, ready_to_rescue, stopping};
pub use system::{SystemClock, SystemRandom};

use http::Manner;
use tls::{Certificates, TlsError};

/// How long a connection is kept for a next request.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long closing may take, request by request, and altogether when the appliance stops.
const DISCONNECT_WAIT: Duration = Duration::from_secs(5);
const SHUTDOWN_SECONDS: u64 = 5;
/// Connections at the same time, as far as the limit of open files allows, and files that are kept back for the store, so that
/// a crowd at the door never keeps a message from being written.
const CONNECTIONS: u64 = 200_000;
const FILES_KEPT_BACK: u64 = 512;
/// Threads of one worker for what waits for the disk. Few: a commit takes about a millisecond, a thread costs memory.
const BLOCKING_THREADS: usize = 8;
/// How often the certificate is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("{0}")]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Held(#[from] crate::store::OpenError),
    #[error("The listeners cannot be started: {0}.")]
    Listeners(#[source] io::Error),
    #[error("The control socket cannot be made in the data directory: {0}.")]
    Control(#[source] io::Error),
}

/// An appliance that answers. Dropping it does not stop it; `stop` does.
pub struct Running {
    app: Arc<App>,
    addresses: Vec<SocketAddr>,
    redirect_addresses: Vec<SocketAddr>,
    servers: Vec<(ServerHandle, JoinHandle<io::Result<()>>)>,
    watch: JoinHandle<()>,
    control: control::Control,
}

/// Starts to answer on these sockets. Has to be called within a tokio runtime.
///
/// # Errors
/// When the certificate cannot be used or the listeners cannot be started.
pub fn start(app: Arc<App>, bind: Bind) -> Result<Running, ServeError> {
    let files = process::raise_file_limit();
    let addresses = local_addresses(&bind.https)?;
    let redirect_addresses = local_addresses(&bind.redirect)?;
    let names = tls::names(&addresses, &app.config, &tls::host_name());
    let certificates = Arc::new(Certificates::load(Arc::clone(&app), names.clone())?);
    let names = Names::new(names);
    if let Err(error) = starts::started(&app.ctx(&Actor::Timer), &app.config.given) {
        tracing::error!(%error, "this start could not be put on record");
    }
    let control = control::Control::listen(Arc::clone(&app)).map_err(ServeError::Control)?;

    let configure = web::configure(Arc::clone(&app), names.clone());
    let patience = app.config.patience;
    let mut servers = vec![https(configure, || certificates.server_config(), bind.https, connections(files), patience)?];
    if !bind.redirect.is_empty() {
        let port = addresses.first().map_or(443, SocketAddr::port);
        let target = redirect::Target { public_url: app.config.public_url.clone(), port, names, app: Some(Arc::clone(&app)) };
        servers.push(run(redirect::server(bind.redirect, target, patience).map_err(ServeError::Listeners)?));
    }
    let watch = tokio::spawn(async move {
        // What was loaded a moment ago needs no look yet.
        let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + LOOK_EVERY, LOOK_EVERY);
        loop {
            tick.tick().await;
            // Renewal makes a key and waits for the disk, so it keeps off the thread that everything else here shares.
            let certificates = Arc::clone(&certificates);
            let _ = tokio::task::spawn_blocking(move || certificates.refresh()).await;
        }
    });
    Ok(Running { app, addresses, redirect_addresses, servers, watch, control })
}

impl Running {
    /// Where https is answered, with the ports that were really taken.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    #[must_use]
    pub fn redirect_addresses(&self) -> &[SocketAddr] {
        &self.redirect_addresses
    }

    /// Tells every socket to come back later, lets requests finish, then makes durable what is queued and closes the store.
    pub async fn stop(self) {
        self.app.hub.stop();
        self.watch.abort();
        for (handle, task) in self.servers {
            handle.stop(true).await;
            let _ = task.await;
        }
        drop(self.control);
        let app = self.app;
        let close = move || {
            if let Err(error) = starts::stopped(&app.ctx(&Actor::Timer)) {
                tracing::warn!(%error, "this stop could not be put on record");
            }
            app.store.close();
        };
        let _ = tokio::task::spawn_blocking(close).await;
    }
}

fn https(
    configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    tls: impl Fn() -> Result<rustls::ServerConfig, TlsError>,
    listeners: Vec<std::net::TcpListener>,
    connections: usize,
    patience: Patience,
) -> Result<(ServerHandle, JoinHandle<io::Result<()>>), ServeError> {
    let manner = Manner {
        workers: cores(),
        blocking_threads: BLOCKING_THREADS,
        connections,
        keep_alive: Some(KEEP_ALIVE),
        disconnect: DISCONNECT_WAIT,
        shutdown_seconds: SHUTDOWN_SECONDS,
        patience,
    };
    let listeners = listeners.into_iter().map(|listener| Ok((listener, Some(tls()?)))).collect::<Result<_, TlsError>>()?;
    http::server(manner, listeners, configure).map(run).map_err(ServeError::Listeners)
}

/// How many connections one worker may have.
fn connections(files: u64) -> usize {
    let all = files.saturating_sub(FILES_KEPT_BACK).clamp(64, CONNECTIONS);
    usize::try_from(all).unwrap_or(usize::MAX).div_ceil(cores())
}

fn run(server: actix_web::dev::Server) -> (ServerHandle, JoinHandle<io::Result<()>>) {
    (server.handle(), tokio::spawn(server))
}

/// Asked once, since a container's share stands in files that are out of reach later.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
}

fn local_addresses(listeners: &[std::net::TcpListener]) -> Result<Vec<SocketAddr>, ServeError> {
    listeners.iter().map(std::net::TcpListener::local_addr).collect::<io::Result<_>>().map_err(ServeError::Listeners)
}
