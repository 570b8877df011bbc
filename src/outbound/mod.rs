//! Reaching out: the only place that opens a connection to somewhere else. With `air_gap` nothing here is ever made, so there is no
//! connection at all, name look-ups included. Each way out is a trait with one implementation, since the world outside is not ours:
//! tests put one of their own in its place.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use crate::domain::mail::Letter;

pub mod directory;
pub mod http;
pub mod mail;
mod names;
pub mod openid;
mod trust;
pub mod webhook;

pub use names::learn_servers;
pub use trust::is_authority;

/// Takes letters. Told to be done only when the next server has taken responsibility for it.
pub trait Post: Send + Sync {
    fn send<'a>(&'a self, letter: &'a Letter) -> Pin<Box<dyn Future<Output = Result<(), PostError>> + Send + 'a>>;
}

/// Why a letter did not go out. Says nothing about whom it was for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// It may go another time.
    #[error("the mail server cannot be reached or is busy: {0}")]
    Later(String),
    /// It will not be taken however often it is tried.
    #[error("the mail server refused it")]
    Never,
}

/// Why a server of the administrator's choice could not be asked. In words for the administrator; nothing in it comes from the other
/// side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("this installation opens no connection to anywhere (air_gap)")]
    AirGap,
    #[error("too much is being asked at the same time")]
    Busy,
    #[error("its address does not begin with https://, or has more in it than a host and a path")]
    NotHttps,
    #[error("its name cannot be looked up")]
    NameUnknown,
    #[error(
        "it stands at {0}, which is no public address; the owner of this machine can allow it: outbound_private in the settings file"
    )]
    Private(IpAddr),
    #[error("nobody answers there, or its port is not one that this process may connect to (connect_ports in the settings file)")]
    NoConnection,
    #[error("it did not answer in time")]
    Slow,
    #[error("it speaks no TLS that is good enough")]
    NoTls,
    #[error("its certificate is not believed: check its name, its validity and the authority that is given here")]
    Certificate,
    #[error("the authority that is given here is no certificate in PEM")]
    Authority,
    #[error("its answer is larger than it may be")]
    TooLarge,
    #[error("its answer was not understood")]
    NotUnderstood,
}
