//! `[mail]`: the server that takes mail. Without one, none is sent.

use std::path::PathBuf;

use super::sources::{ConfigError, Given, MAIL_AUTHORITY, MAIL_FROM, MAIL_PASSWORD_FILE, MAIL_SECURITY, MAIL_SERVER, MAIL_USER};
use crate::domain::text::EmailAddress;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// A name or an address.
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    pub from: EmailAddress,
    /// Who signs in there, and the file whose first line is the password.
    pub account: Option<(String, PathBuf)>,
    /// A PEM file with the authority that vouches for the server, instead of the public ones.
    pub authority: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS after a greeting in clear (RFC 3207); without it nothing is sent.
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// None: to a server on this very machine alone.
    None,
}

pub(super) fn server(given: &mut Given) -> Result<Option<MailServer>, ConfigError> {
    let from = match given.take(&MAIL_FROM) {
        Some(value) => {
            let text = value.single()?;
            Some(EmailAddress::parse(text).map_err(|_| value.wrong(text, "is not an e-mail address"))?)
        }
        None => None,
    };
    let security = match given.take(&MAIL_SECURITY) {
        Some(value) => match value.single()? {
            "starttls" => Some((MailSecurity::StartTls, value)),
            "tls" => Some((MailSecurity::Tls, value)),
            "none" => Some((MailSecurity::None, value)),
            other => return Err(value.wrong(other, "is not known")),
        },
        None => None,
    };
    let user = given.take(&MAIL_USER).map(|value| value.single().map(str::to_owned)).transpose()?;
    let password = given.take(&MAIL_PASSWORD_FILE).map(|value| Ok((value.path(value.single()?), value.from))).transpose()?;
    let authority = given.take(&MAIL_AUTHORITY).map(|value| Ok(value.path(value.single()?))).transpose()?;
    let Some(server) = given.take(&MAIL_SERVER) else { return Ok(None) };
    let text = server.single()?;
    let (host, port) = text.rsplit_once(':').ok_or_else(|| server.wrong(text, "has no port"))?;
    let host = host.trim_matches(['[', ']']).to_owned();
    let port = port.parse().map_err(|_| server.wrong(text, "has no port"))?;
    let Some(from) = from else {
        return Err(ConfigError::Alone { given: MAIL_SERVER.name, from: server.from, missing: MAIL_FROM.name });
    };
    let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let security = match security {
        Some((MailSecurity::None, value)) if !is_here => {
            return Err(value.wrong("none", "would send letters in clear over a network"));
        }
        Some((security, _)) => security,
        None if port == 465 => MailSecurity::Tls,
        None => MailSecurity::StartTls,
    };
    let account = match (user, password) {
        (Some(user), Some((file, _))) => Some((user, file)),
        (None, None) => None,
        (Some(_), None) => {
            return Err(ConfigError::Alone { given: MAIL_USER.name, from: server.from, missing: MAIL_PASSWORD_FILE.name });
        }
        (None, Some((_, from))) => {
            return Err(ConfigError::Alone { given: MAIL_PASSWORD_FILE.name, from, missing: MAIL_USER.name });
        }
    };
    Ok(Some(MailServer { host, port, security, from, account, authority }))
}
