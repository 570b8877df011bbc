//! `[log]`: how the appliance reports. Whatever is chosen, no message, name, address or token is ever among it.

use super::sources::{ConfigError, Given, LOG_FORMAT, LOG_LEVEL};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

pub(super) fn format(given: &mut Given) -> Result<Option<LogFormat>, ConfigError> {
    let Some(value) = given.take(&LOG_FORMAT) else {
        return Ok(None);
    };
    match value.single()? {
        "text" => Ok(Some(LogFormat::Text)),
        "json" => Ok(Some(LogFormat::Json)),
        other => Err(value.wrong(other, "is not a format")),
    }
}

pub(super) fn level(given: &mut Given) -> Result<Option<LogLevel>, ConfigError> {
    let Some(value) = given.take(&LOG_LEVEL) else {
        return Ok(None);
    };
    match value.single()? {
        "error" => Ok(Some(LogLevel::Error)),
        "warn" => Ok(Some(LogLevel::Warn)),
        "info" => Ok(Some(LogLevel::Info)),
        "debug" => Ok(Some(LogLevel::Debug)),
        "trace" => Ok(Some(LogLevel::Trace)),
        other => Err(value.wrong(other, "is not a level")),
    }
}
