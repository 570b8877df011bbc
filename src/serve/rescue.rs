//! Rescue mode: the store is damaged and stays closed. The same listeners say so, and nothing in the data directory is touched;
//! not even the control socket is made there.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use tokio::task::JoinHandle;

use super::{Bind, ServeError, connections, https, local_addresses, process, redirect, run, tls};
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::store::Held;
use crate::web::Names;
use crate::web::rescue::{self, Damage, Rescue};

/// What answers in rescue mode, until it is stopped.
pub struct Rescuing {
    addresses: Vec<SocketAddr>,
    servers: Vec<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    /// So that nobody mends the data while this looks as if it had not been.
    held: Held,
}

/// Starts to say what is wrong. Has to be called within a tokio runtime.
///
/// # Errors
/// When another process uses the data directory, or the listeners cannot be started.
pub fn start(config: &Config, bind: Bind, what: &str, now: Timestamp) -> Result<Rescuing, ServeError> {
    let held = crate::store::hold(&config.data_dir)?;
    let files = process::raise_file_limit();
    let addresses = local_addresses(&bind.https)?;
    let names = tls::names(&addresses, config, &tls::host_name());
    let certificate = tls::Stopgap::new(config.certificate.as_ref(), &names, now)?;
    // Commands are typed from anywhere.
    let data_dir = std::path::absolute(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    let damage = Damage { what: what.to_owned(), data_dir: data_dir.display().to_string() };
    let (names, trusted_proxies) = (Names::new(names), config.trusted_proxies.clone());
    let state = Arc::new(Rescue { damage, trusted_proxies, names: names.clone(), certificate: certificate.names() });
    let configure = rescue::configure(state);
    let mut servers = vec![https(configure, || certificate.server_config(), bind.https, connections(files), config.patience)?];
    if !bind.redirect.is_empty() {
        let port = addresses.first().map_or(443, SocketAddr::port);
        let target = redirect::Target { public_url: config.public_url.clone(), port, names, app: None };
        servers.push(run(redirect::server(bind.redirect, target, config.patience).map_err(ServeError::Listeners)?));
    }
    Ok(Rescuing { addresses, servers, held })
}

impl Rescuing {
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub async fn stop(self) {
        for (handle, task) in self.servers {
            handle.stop(true).await;
            let _ = task.await;
        }
        drop(self.held);
    }
}
