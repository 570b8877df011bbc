//! Settings: the only reader of settings files and of the environment. Yields domain types, already checked.
//!
//! A setting may come from a flag, from a `PARLOR_…` variable or from the TOML file, in that order of precedence. Each
//! section of the file is one file here; `sources` gathers what was given and remembers where, so that every error can name
//! the setting, its source and what was expected. Start reading at `Config`.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::domain::network::Network;
use crate::domain::patience::Patience;
use crate::domain::visitor::Allowance;

mod backup;
mod certificate;
mod limits;
mod log;
mod mail;
mod network;
mod sources;
mod storage;

pub use backup::Backups;
pub use certificate::CertificateFiles;
pub use log::{LogFormat, LogLevel};
pub use mail::{MailSecurity, MailServer};
pub use sources::{ConfigError, Flags, Source, Variables};
pub use storage::{PassphraseFrom, RootKeySource, TestKey, is_credential_name};

use sources::Given;

/// Everything a running appliance was told from outside.
#[derive(Debug, Clone)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: Vec<SocketAddr>,
    /// Plain-http listeners that answer nothing but a redirect to https.
    pub redirect_listen: Vec<SocketAddr>,
    /// `https://chat.example.org`: the address people use, for snippets, links and the certificate. Derived when absent.
    pub public_url: Option<String>,
    /// Under which other names people come. To all others it answers that it is not meant.
    pub names: Vec<String>,
    pub root_key: RootKeySource,
    /// Where systemd shows this process its credentials.
    pub credentials: Option<PathBuf>,
    /// The owner's own certificate chain and key, instead of the local authority's.
    pub certificate: Option<CertificateFiles>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// How many messages a visitor may send.
    pub visitor_allowance: Allowance,
    /// Backups by themselves; none without a directory for them.
    pub backups: Option<Backups>,
    /// No connection to anywhere is ever opened.
    pub air_gap: bool,
    /// Ports of other machines that may be connected to, where the kernel lets a process limit itself.
    pub connect_ports: BTreeSet<u16>,
    /// How long others are waited for. No setting: tests wait less long.
    pub patience: Patience,
    /// Networks beyond the public ones that connections may be opened to, when somebody else says where.
    pub outbound_private: Vec<Network>,
    /// Takes mail; none is sent without it, or with an air gap.
    pub mail: Option<MailServer>,
    pub log: LogFormat,
    pub log_level: LogLevel,
    /// What was given for which setting, in words: so that a start can say which of them has changed.
    pub given: Vec<(&'static str, String)>,
}

/// What was decided, and what the owner should hear about it.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    pub warnings: Vec<String>,
}

impl Config {
    /// What holds when nothing else was said.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self {
            root_key: RootKeySource::File(storage::key_beside(&data_dir)),
            credentials: None,
            data_dir,
            listen: network::default_listen(),
            redirect_listen: Vec::new(),
            public_url: None,
            names: Vec::new(),
            certificate: None,
            trusted_proxies: Vec::new(),
            visitor_allowance: Allowance::default(),
            backups: None,
            air_gap: false,
            connect_ports: network::usual_ports(),
            patience: Patience::default(),
            outbound_private: Vec::new(),
            mail: None,
            log: LogFormat::Text,
            log_level: LogLevel::Info,
            given: Vec::new(),
        }
    }

    /// Decides every setting from flags, variables and, when one is named, the settings file.
    ///
    /// # Errors
    /// Names the setting, where its value came from and what was expected.
    pub fn load(flags: &Flags, variables: &Variables) -> Result<Loaded, ConfigError> {
        let (mut given, mut warnings) = Given::gather(flags, variables)?;
        let said = given.said();
        let data_dir = storage::data_dir(&mut given)?;
        let mut config = Self::new(data_dir);
        config.given = said;
        config.credentials = storage::credentials(variables);
        if let Some(root_key) = storage::root_key(&mut given, variables, &mut warnings)? {
            config.root_key = root_key;
        }
        if let Some(listen) = network::listen(&mut given)? {
            config.listen = listen;
        }
        config.redirect_listen = network::redirect_listen(&mut given)?;
        config.public_url = network::public_url(&mut given)?;
        config.names = network::names(&mut given)?;
        config.trusted_proxies = network::trusted_proxies(&mut given)?;
        config.visitor_allowance = limits::visitor_allowance(&mut given)?;
        config.certificate = certificate::files(&mut given)?;
        config.backups = backup::backups(&mut given)?;
        config.air_gap = network::air_gap(&mut given)?;
        config.outbound_private = network::outbound_private(&mut given)?;
        config.mail = mail::server(&mut given)?.filter(|_| !config.air_gap);
        config.connect_ports.extend(network::connect_ports(&mut given)?);
        config.connect_ports.extend(config.mail.as_ref().map(|server| server.port));
        if config.air_gap {
            config.connect_ports.clear();
        }
        config.log = log::format(&mut given)?.unwrap_or(config.log);
        config.log_level = log::level(&mut given)?.unwrap_or(config.log_level);
        Ok(Loaded { config, warnings })
    }

    /// Where people reach the appliance: as the settings say, or else as this machine itself does.
    #[must_use]
    pub fn address(&self) -> String {
        let here = |address: &SocketAddr| match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
            IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((Ipv6Addr::LOCALHOST, address.port())),
            _ => *address,
        };
        let listening = || self.listen.first().map(|address| format!("https://{}", here(address)));
        self.public_url.clone().or_else(listening).unwrap_or_default()
    }

    /// Files that are read anew while the appliance runs.
    #[must_use]
    pub fn files_read_later(&self) -> Vec<&Path> {
        let certificate = self.certificate.iter().flat_map(|files| [&files.chain, &files.key]);
        let mail = self.mail.iter().flat_map(|server| server.authority.iter().chain(server.account.iter().map(|(_, file)| file)));
        certificate.chain(mail).map(PathBuf::as_path).collect()
    }

    /// The Unix socket over which the command line talks to the running appliance.
    #[must_use]
    pub fn control_socket(&self) -> PathBuf {
        control_socket(&self.data_dir)
    }
}

/// The Unix socket of the appliance that has this data directory.
#[must_use]
pub fn control_socket(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

#[cfg(test)]
mod tests;
