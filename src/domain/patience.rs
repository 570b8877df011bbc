//! How long the other side of a connection is waited for. One value, so that tests can be less patient than people.

use std::time::Duration;

use super::limits;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the handshake, and for the head of each request from its first byte on.
    pub head: Duration,
    /// For a whole body; a file that is sent has times of its own.
    pub body: Duration,
    /// For any of what waits to be sent to be taken.
    pub write: Duration,
    /// For the first word over a socket.
    pub hello: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: limits::HEAD_WAIT, body: limits::BODY_WAIT, write: limits::WRITE_WAIT, hello: limits::HELLO_WAIT }
    }
}
