//! `parlor serve`: everything in the right order up, and in the reverse order down.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::{Exit, Refusal, log, say, settings};
use crate::app::App;
use crate::config::{Config, Flags};
use crate::domain::access::Actor;
use crate::domain::confinement::Confinement;
use crate::jobs;
use crate::serve::opening::{self, StartError};
use crate::serve::{self, Bind, StopSignals, SystemClock, SystemRandom};
use crate::service::{Clock, setup};
use crate::store::OpenError;

pub fn run(flags: &Flags) -> Result<Exit, Refusal> {
    let config = settings(flags)?;
    log::start(&config);
    serve::report_panics();
    // A running appliance holds the ports too, but "it runs already" tells more than "the port is taken".
    opening::check_not_running(&config)?;
    let bind = Bind::from_config(&config)?;
    let prepared = opening::prepare(&config, SystemClock.now());
    // From here on everything that is needed is open or within reach, and there is no second thread yet.
    let goes_on = prepared.as_ref().err().is_none_or(is_damage);
    let confinement = if goes_on { serve::confine(&config) } else { Confinement::default() };
    let opened = prepared.and_then(|root_key| {
        let app = App::open(config.clone(), &root_key, Arc::new(SystemClock), Arc::new(SystemRandom))?;
        let _ = app.confinement.set(confinement);
        Ok(app)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()
        .map_err(|error| Refusal::new(Exit::Refused, format!("The process cannot start its threads: {error}.")))?;
    match opened {
        Ok(app) => runtime.block_on(until_stopped(app, bind)),
        Err(StartError::Open(error)) if error.damage().is_some() => runtime.block_on(until_mended(&config, bind, &error)),
        Err(error) => Err(error.into()),
    }
}

/// Then there is something to say about it until somebody mends it.
fn is_damage(error: &StartError) -> bool {
    matches!(error, StartError::Open(error) if error.damage().is_some())
}

async fn until_stopped(app: Arc<App>, bind: Bind) -> Result<Exit, Refusal> {
    let cannot = |error: &dyn std::fmt::Display| Refusal::new(Exit::Refused, error);
    let mut stop = StopSignals::listen().map_err(|error| cannot(&error))?;
    let running = match serve::start(Arc::clone(&app), bind) {
        Ok(running) => running,
        Err(error) => {
            app.store.close();
            return Err(error.into());
        }
    };
    let timers = jobs::start(Arc::clone(&app)).await.map_err(|error| cannot(&error))?;
    announce(&app, running.addresses())?;
    serve::ready();

    stop.asked().await;
    serve::stopping();
    tracing::info!("stopping");
    let down = async {
        timers.stop().await;
        running.stop().await;
    };
    tokio::select! {
        () = down => {
            tracing::info!("stopped");
            Ok(Exit::Done)
        }
        // Asked twice: whoever it is does not want to wait. What was acknowledged is durable all the same.
        () = stop.asked() => Err(cannot(&"Stopped at once, without waiting for requests to finish.")),
    }
}

/// Rescue mode: says what is wrong until somebody stops it to mend the data.
async fn until_mended(config: &Config, bind: Bind, error: &OpenError) -> Result<Exit, Refusal> {
    let cannot = |error: &dyn std::fmt::Display| Refusal::new(Exit::Refused, error);
    let mut stop = StopSignals::listen().map_err(|error| cannot(&error))?;
    let rescuing = serve::rescue::start(config, bind, &error.damage().unwrap_or_default(), SystemClock.now())?;
    tracing::error!("{error}");
    if let Some(address) = rescuing.addresses().first() {
        say(format_args!("Parlor {} is in rescue mode at {}", env!("CARGO_PKG_VERSION"), url(config, *address)));
    }
    serve::ready_to_rescue();
    stop.asked().await;
    serve::stopping();
    rescuing.stop().await;
    Ok(Exit::Damaged)
}

/// Where it answers, and how to set it up while that is still to be done. The token stands in the fragment, which no browser
/// sends and no log of ours shows.
fn announce(app: &App, addresses: &[SocketAddr]) -> Result<(), Refusal> {
    for at in addresses {
        tracing::info!(%at, "listening");
    }
    if let Some(address) = addresses.first() {
        say(format_args!("Parlor {} answers at {}", env!("CARGO_PKG_VERSION"), url(&app.config, *address)));
    }
    if setup::is_done(&app.store) {
        return Ok(());
    }
    let token = setup::begin(&app.ctx(&Actor::Host)).map_err(|failure| Refusal::new(Exit::Refused, failure))?;
    match addresses.iter().find_map(|address| from_this_machine(*address)) {
        Some(address) => say(format_args!("Setup: https://{address}/setup#{}", token.expose())),
        // Until setup only this machine is let in, and it cannot come in over an address of the network.
        None => say("Setup works only from this machine: add --listen 127.0.0.1:8443, or use `parlor setup` before the start."),
    }
    Ok(())
}

fn url(config: &Config, address: SocketAddr) -> String {
    config.public_url.clone().unwrap_or_else(|| format!("https://{}", from_this_machine(address).unwrap_or(address)))
}

/// The same listener as this machine reaches it over its loopback address.
fn from_this_machine(address: SocketAddr) -> Option<SocketAddr> {
    match address.ip() {
        ip if ip.is_loopback() => Some(address),
        IpAddr::V4(ip) if ip.is_unspecified() => Some(([127, 0, 0, 1], address.port()).into()),
        IpAddr::V6(ip) if ip.is_unspecified() => Some((std::net::Ipv6Addr::LOCALHOST, address.port()).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setup_is_reached_over_the_loopback_address() {
        let at = |text: &str| from_this_machine(text.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(at("0.0.0.0:443").as_deref(), Some("127.0.0.1:443"));
        assert_eq!(at("[::]:443").as_deref(), Some("[::1]:443"));
        assert_eq!(at("127.0.0.1:8443").as_deref(), Some("127.0.0.1:8443"));
        assert_eq!(at("192.0.2.1:443"), None);
    }
}
