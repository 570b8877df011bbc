//! The log: to standard error, as text or JSON. Ids and counts, never what somebody wrote, is called or comes from.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat, LogLevel};

pub fn start(config: &Config) {
    let level = match config.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    // Libraries do not know our rule of what may be logged: whatever level is chosen, they only warn.
    // The dispatcher cries out for each connection that is ended on purpose (`web::live::parting`).
    let filter = Targets::new()
        .with_target("parlor", level)
        .with_target("actix_http::h1::dispatcher", LevelFilter::OFF)
        .with_default(level.min(LevelFilter::WARN));
    let registry = tracing_subscriber::registry().with(filter);
    let output = fmt::layer().with_writer(std::io::stderr).with_target(false);
    // A second start in one process, as in tests, keeps the first log.
    let _ = match config.log {
        LogFormat::Text => registry.with(output).try_init(),
        LogFormat::Json => registry.with(output.json().flatten_event(true)).try_init(),
    };
}
