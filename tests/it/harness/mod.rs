//! What every test stands on: the real appliance over real TLS, a clock that only the test moves, and the people as types.
//! Start at `app`.

pub mod actors;
pub mod app;
#[path = "../../../src/service/tests/authenticator.rs"]
pub mod authenticator;
pub mod authority;
pub mod chat;
pub mod directory;
pub mod disk;
pub mod files;
pub mod firefox;
pub mod http;
pub mod line;
pub mod mailbox;
pub mod panics;
pub mod process;
pub mod provider;
pub mod raw;
pub mod receiver;
pub mod screen;
pub mod small_disk;
pub mod source;
pub mod world;

use std::sync::Once;

/// Each process needs to be told once which cryptography TLS uses, the tests' own clients too.
pub fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}
