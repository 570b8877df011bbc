//! Parlor: a private live-chat and help-desk appliance. Modules in reading order; each looks only at those above it.
#![forbid(unsafe_code)]

// Words and rules; pure.
pub mod domain;

// What visitors read, in their language; pure.
pub mod texts;

// Settings, from flags, variables and a file.
pub mod config;

// Sealing: bytes in, bytes out.
pub mod vault;

// Remembering: the one writer, and the one place that destroys.
pub mod store;

// Doing: each act once, for every face.
pub mod service;

// Telling: who is connected and what they hear.
pub mod live;

// Reaching out: the only way to anywhere else.
pub mod outbound;

// The appliance as one value.
pub mod app;

// What happens when it is time.
pub mod jobs;

// Showing: routes, pages, the live channel's edge.
pub mod web;

// Running: listeners, certificates, shutdown.
pub mod serve;

// Commands.
pub mod cli;

// What the fuzz targets call; not in the product.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
