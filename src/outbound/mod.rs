//! Reaching out: the only place that opens a connection to somewhere else. With `air_gap` nothing here is ever made, so there is no
//! connection at all, name look-ups included. Each way out is a trait with one implementation, since the world outside is not ours:
//! tests put one of their own in its place.

use std::future::Future;
use std::pin::Pin;

use crate::domain::mail::Letter;

pub mod mail;

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
