//! Taking the addresses to listen on, before anything on disk is touched: a port that is taken must leave no trace.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, ipproto, listen, socket_with, sockopt};

use crate::config::Config;
use crate::domain::patience::Patience;

/// Connections that may wait to be accepted, as after a restart when everybody comes back at once.
const BACKLOG: i32 = 2_048;

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(
        "The address {0} is taken: another program, perhaps another Parlor, listens there already. Stop it, or choose another with --listen ADDR:PORT."
    )]
    Taken(SocketAddr),
    #[error(
        "Listening on {0} is not allowed: ports below 1024 need a privilege. Use the systemd unit, give the binary CAP_NET_BIND_SERVICE, or choose a higher port."
    )]
    NotAllowed(SocketAddr),
    #[error("This machine does not have the address {}. Choose one that it has, or 0.0.0.0 for all.", .0.ip())]
    NotHere(SocketAddr),
    #[error("Listening on {address} does not work: {error}.")]
    Other { address: SocketAddr, error: io::Error },
}

/// The sockets of one appliance, bound and already queueing connections.
pub struct Bind {
    pub(super) https: Vec<TcpListener>,
    pub(super) redirect: Vec<TcpListener>,
}

impl Bind {
    /// # Errors
    /// Names the first address that cannot be had.
    pub fn from_config(config: &Config) -> Result<Self, ListenError> {
        let https = listen_on(&config.listen, config.patience)?;
        let redirect = listen_on(&config.redirect_listen, config.patience)?;
        Ok(Self { https, redirect })
    }

    /// One free port on the loopback address of this machine.
    ///
    /// # Errors
    /// When there is none.
    pub fn loopback() -> Result<Self, ListenError> {
        Ok(Self { https: listen_on(&[SocketAddr::from(([127, 0, 0, 1], 0))], Patience::default())?, redirect: Vec::new() })
    }
}

fn listen_on(addresses: &[SocketAddr], patience: Patience) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::new();
    for at in addresses {
        match listener(*at, patience) {
            Ok(listener) => listeners.push(listener),
            // Many machines and containers have no IPv6. Its loopback address is among the defaults, so it may be missing as
            // long as there is another address.
            Err(error) if is_missing_v6_loopback(*at, error) && addresses.len() > 1 => {
                tracing::info!(%at, "this machine has no IPv6: not listening there");
            }
            Err(error) => return Err(explain(*at, error)),
        }
    }
    Ok(listeners)
}

fn is_missing_v6_loopback(address: SocketAddr, error: rustix::io::Errno) -> bool {
    address.ip() == IpAddr::V6(Ipv6Addr::LOCALHOST)
        && matches!(error, rustix::io::Errno::ADDRNOTAVAIL | rustix::io::Errno::AFNOSUPPORT)
}

fn listener(address: SocketAddr, patience: Patience) -> Result<TcpListener, rustix::io::Errno> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket: OwnedFd =
        socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, Some(ipproto::TCP))?;
    // Without this, a restart would find its own port taken by connections that are still being forgotten.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if address.is_ipv6() {
        // So that 0.0.0.0:443 and [::]:443 can both be listed, and each means what it says.
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    // How long what we sent may go unacknowledged, also when the kernel alone holds it any more. Accepted sockets inherit it (tcp(7)).
    let wait = u32::try_from(patience.write.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_user_timeout(&socket, wait)?;
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

fn explain(address: SocketAddr, error: rustix::io::Errno) -> ListenError {
    match error {
        rustix::io::Errno::ADDRINUSE => ListenError::Taken(address),
        rustix::io::Errno::ACCESS | rustix::io::Errno::PERM => ListenError::NotAllowed(address),
        rustix::io::Errno::ADDRNOTAVAIL | rustix::io::Errno::AFNOSUPPORT => ListenError::NotHere(address),
        other => ListenError::Other { address, error: other.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_and_a_foreign_address_too() {
        let first = listen_on(&["127.0.0.1:0".parse().unwrap()], Patience::default()).unwrap();
        let address = first[0].local_addr().unwrap();
        assert!(matches!(listen_on(&[address], Patience::default()), Err(ListenError::Taken(taken)) if taken == address));
        assert!(matches!(listen_on(&["192.0.2.1:0".parse().unwrap()], Patience::default()), Err(ListenError::NotHere(_))));
    }
}
