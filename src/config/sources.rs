//! Where settings come from: one table of all of them, and what was given for each, with its place.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// Bytes of a settings file; more is not a settings file.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// One setting under its three names. `flag` stands without dashes, as the command line's definition has it.
pub(super) struct Setting {
    pub name: &'static str,
    pub variable: &'static str,
    pub flag: &'static str,
    pub expected: &'static str,
}

pub(super) const DATA_DIR: Setting = Setting {
    name: "storage.data_dir",
    variable: "PARLOR_DATA_DIR",
    flag: "--data-dir",
    expected: "the path of a directory, such as /var/lib/parlor",
};
pub(super) const ROOT_KEY: Setting = Setting {
    name: "storage.root_key",
    variable: "PARLOR_ROOT_KEY",
    flag: "--root-key",
    expected: "file:PATH, passphrase or credential:NAME",
};
pub(super) const ROOT_KEY_PASSPHRASE_FILE: Setting = Setting {
    name: "storage.root_key_passphrase_file",
    variable: "PARLOR_ROOT_KEY_PASSPHRASE_FILE",
    flag: "--root-key-passphrase-file",
    expected: "the path of a file whose first line is the passphrase, or - for standard input",
};
pub(super) const LISTEN: Setting = Setting {
    name: "network.listen",
    variable: "PARLOR_LISTEN",
    flag: "--listen",
    expected: "addresses with ports, such as 0.0.0.0:443 or [::]:443",
};
pub(super) const REDIRECT_LISTEN: Setting = Setting {
    name: "network.redirect_listen",
    variable: "PARLOR_REDIRECT_LISTEN",
    flag: "--redirect-listen",
    expected: "addresses with ports, such as 0.0.0.0:80 or [::]:80",
};
pub(super) const PUBLIC_URL: Setting = Setting {
    name: "network.public_url",
    variable: "PARLOR_PUBLIC_URL",
    flag: "--public-url",
    expected: "an https address without a path, such as https://chat.example.org",
};
pub(super) const NAMES: Setting = Setting {
    name: "network.names",
    variable: "PARLOR_NAMES",
    flag: "--name",
    expected: "names or addresses without a port, such as chat.example.org",
};
pub(super) const CONNECT_PORTS: Setting = Setting {
    name: "network.connect_ports",
    variable: "PARLOR_CONNECT_PORTS",
    flag: "--connect-port",
    expected: "whole numbers from 1 to 65535",
};
pub(super) const TRUSTED_PROXIES: Setting = Setting {
    name: "network.trusted_proxies",
    variable: "PARLOR_TRUSTED_PROXIES",
    flag: "--trusted-proxy",
    expected: "addresses or networks, such as 10.0.0.5 or 10.0.0.0/24",
};
pub(super) const CERTIFICATE_CHAIN: Setting = Setting {
    name: "certificate.chain",
    variable: "PARLOR_CERTIFICATE_CHAIN",
    flag: "--certificate-chain",
    expected: "the path of a PEM file with the certificate and those that lead to its root",
};
pub(super) const CERTIFICATE_KEY: Setting = Setting {
    name: "certificate.key",
    variable: "PARLOR_CERTIFICATE_KEY",
    flag: "--certificate-key",
    expected: "the path of a PEM file with the certificate's private key",
};
pub(super) const VISITOR_BURST: Setting = Setting {
    name: "limits.visitor_burst",
    variable: "PARLOR_VISITOR_BURST",
    flag: "--visitor-burst",
    expected: "a whole number from 1 to 1000000",
};
pub(super) const VISITOR_PER_SECOND: Setting = Setting {
    name: "limits.visitor_per_second",
    variable: "PARLOR_VISITOR_PER_SECOND",
    flag: "--visitor-per-second",
    expected: "a number from 0.01 to 1000000",
};
pub(super) const BACKUP_DIRECTORY: Setting = Setting {
    name: "backup.directory",
    variable: "PARLOR_BACKUP_DIRECTORY",
    flag: "--backup-directory",
    expected: "the path of a directory, such as /mnt/backup",
};
pub(super) const BACKUP_HOUR: Setting =
    Setting { name: "backup.hour", variable: "PARLOR_BACKUP_HOUR", flag: "--backup-hour", expected: "an hour from 0 to 23" };
pub(super) const BACKUP_ZONE: Setting = Setting {
    name: "backup.zone",
    variable: "PARLOR_BACKUP_ZONE",
    flag: "--backup-zone",
    expected: "a time zone, such as Europe/Berlin",
};
pub(super) const BACKUP_KEEP: Setting = Setting {
    name: "backup.keep",
    variable: "PARLOR_BACKUP_KEEP",
    flag: "--backup-keep",
    expected: "a whole number from 1 to 1000",
};
pub(super) const BACKUP_KEEP_DAYS: Setting = Setting {
    name: "backup.keep_days",
    variable: "PARLOR_BACKUP_KEEP_DAYS",
    flag: "--backup-keep-days",
    expected: "a whole number from 0 (no bound) to 3650",
};
pub(super) const BACKUP_REHEARSE_DAYS: Setting = Setting {
    name: "backup.rehearse_days",
    variable: "PARLOR_BACKUP_REHEARSE_DAYS",
    flag: "--backup-rehearse-days",
    expected: "a whole number from 0 (never) to 365",
};
pub(super) const AIR_GAP: Setting =
    Setting { name: "network.air_gap", variable: "PARLOR_AIR_GAP", flag: "--air-gap", expected: "true or false" };
pub(super) const OUTBOUND_PRIVATE: Setting = Setting {
    name: "network.outbound_private",
    variable: "PARLOR_OUTBOUND_PRIVATE",
    flag: "--outbound-private",
    expected: "addresses or networks, such as 10.0.0.5 or 10.0.0.0/8",
};
pub(super) const MAIL_SERVER: Setting = Setting {
    name: "mail.server",
    variable: "PARLOR_MAIL_SERVER",
    flag: "--mail-server",
    expected: "a name or address with a port, such as smtp.example.org:587",
};
pub(super) const MAIL_SECURITY: Setting = Setting {
    name: "mail.security",
    variable: "PARLOR_MAIL_SECURITY",
    flag: "--mail-security",
    expected: "starttls, tls, or none for a server on this machine",
};
pub(super) const MAIL_FROM: Setting = Setting {
    name: "mail.from",
    variable: "PARLOR_MAIL_FROM",
    flag: "--mail-from",
    expected: "an e-mail address, such as chat@example.org",
};
pub(super) const MAIL_USER: Setting =
    Setting { name: "mail.user", variable: "PARLOR_MAIL_USER", flag: "--mail-user", expected: "the name of an account" };
pub(super) const MAIL_PASSWORD_FILE: Setting = Setting {
    name: "mail.password_file",
    variable: "PARLOR_MAIL_PASSWORD_FILE",
    flag: "--mail-password-file",
    expected: "the path of a file whose first line is the password",
};
pub(super) const MAIL_AUTHORITY: Setting = Setting {
    name: "mail.authority",
    variable: "PARLOR_MAIL_AUTHORITY",
    flag: "--mail-authority",
    expected: "the path of a PEM file",
};
pub(super) const LOG_FORMAT: Setting =
    Setting { name: "log.format", variable: "PARLOR_LOG_FORMAT", flag: "--log-format", expected: "text or json" };
pub(super) const LOG_LEVEL: Setting = Setting {
    name: "log.level",
    variable: "PARLOR_LOG_LEVEL",
    flag: "--log-level",
    expected: "error, warn, info, debug or trace",
};

pub(super) const ALL: [&Setting; 29] = [
    &DATA_DIR,
    &ROOT_KEY,
    &ROOT_KEY_PASSPHRASE_FILE,
    &LISTEN,
    &REDIRECT_LISTEN,
    &PUBLIC_URL,
    &NAMES,
    &CONNECT_PORTS,
    &TRUSTED_PROXIES,
    &VISITOR_BURST,
    &VISITOR_PER_SECOND,
    &CERTIFICATE_CHAIN,
    &CERTIFICATE_KEY,
    &BACKUP_DIRECTORY,
    &BACKUP_HOUR,
    &BACKUP_ZONE,
    &BACKUP_KEEP,
    &BACKUP_KEEP_DAYS,
    &BACKUP_REHEARSE_DAYS,
    &AIR_GAP,
    &OUTBOUND_PRIVATE,
    &MAIL_SERVER,
    &MAIL_SECURITY,
    &MAIL_FROM,
    &MAIL_USER,
    &MAIL_PASSWORD_FILE,
    &MAIL_AUTHORITY,
    &LOG_FORMAT,
    &LOG_LEVEL,
];

/// The variable that names the settings file; it is not a setting of its own.
const FILE_VARIABLE: &str = "PARLOR_CONFIG";

/// The settings as flags of every command that needs them.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    /// Settings file (TOML). Without it there is none.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where everything is kept, sealed [default: ./parlor-data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Where to answer https; may be repeated [default: 127.0.0.1:8443 and [::1]:8443]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<String>,
    /// Where to answer plain http with nothing but a redirect to https; may be repeated
    #[arg(long, value_name = "ADDR:PORT")]
    pub redirect_listen: Vec<String>,
    /// The address people use, such as https://chat.example.org
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Another name under which people come here; may be repeated
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// A port of other machines that may be connected to, besides those of mail, https and directories; may be repeated
    #[arg(long, value_name = "PORT")]
    pub connect_port: Vec<String>,
    /// A proxy in front whose X-Forwarded-For is believed; may be repeated
    #[arg(long, value_name = "NETWORK")]
    pub trusted_proxy: Vec<String>,
    /// Where the root key is: file:PATH, passphrase or credential:NAME [default: file:DATA_DIR.key]
    #[arg(long, value_name = "SOURCE")]
    pub root_key: Option<String>,
    /// With --root-key passphrase: a file whose first line it is; - reads standard input [default: ask on the terminal]
    #[arg(long, value_name = "FILE")]
    pub root_key_passphrase_file: Option<String>,
    /// How many messages a visitor may send at once [default: 20]
    #[arg(long, value_name = "NUMBER")]
    pub visitor_burst: Option<String>,
    /// How many more a visitor may send each second after that [default: 2]
    #[arg(long, value_name = "NUMBER")]
    pub visitor_per_second: Option<String>,
    /// Your own certificate chain (PEM), instead of the built-in authority's
    #[arg(long, value_name = "FILE")]
    pub certificate_chain: Option<String>,
    /// The key of your own certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub certificate_key: Option<String>,
    /// Where backups go by themselves, such as a mounted disk. Without it none are made
    #[arg(long, value_name = "DIR")]
    pub backup_directory: Option<String>,
    /// The hour at which the daily backup is made [default: 3]
    #[arg(long, value_name = "HOUR")]
    pub backup_hour: Option<String>,
    /// The time zone of that hour [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub backup_zone: Option<String>,
    /// How many backups are kept there [default: 14]
    #[arg(long, value_name = "NUMBER")]
    pub backup_keep: Option<String>,
    /// After how many days a backup goes, but for the newest; 0 is never [default: 0]
    #[arg(long, value_name = "DAYS")]
    pub backup_keep_days: Option<String>,
    /// Rehearse a restore every so many days; 0 is never [default: 7]
    #[arg(long, value_name = "DAYS")]
    pub backup_rehearse_days: Option<String>,
    /// Open no connection to anywhere: no mail, no notifications over other servers [default: false]
    #[arg(long, value_name = "BOOL")]
    pub air_gap: Option<String>,
    /// A network that is not public, where an identity provider or directory may be reached all the same; may be repeated
    #[arg(long, value_name = "NETWORK")]
    pub outbound_private: Vec<String>,
    /// The server that takes mail, such as smtp.example.org:587. Without it none is sent
    #[arg(long, value_name = "HOST:PORT")]
    pub mail_server: Option<String>,
    /// starttls, tls, or none for a server on this machine [default: starttls; tls on port 465]
    #[arg(long, value_name = "SECURITY")]
    pub mail_security: Option<String>,
    /// The address that mail comes from
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// The account on the mail server
    #[arg(long, value_name = "NAME")]
    pub mail_user: Option<String>,
    /// A file whose first line is that account's password
    #[arg(long, value_name = "FILE")]
    pub mail_password_file: Option<String>,
    /// The authority (PEM) that vouches for the mail server, instead of the public ones
    #[arg(long, value_name = "FILE")]
    pub mail_authority: Option<String>,
    /// text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// error, warn, info, debug or trace [default: info]
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
}

impl Flags {
    fn values(&self) -> [(&'static Setting, Vec<String>); 29] {
        let one = |value: &Option<String>| value.iter().cloned().collect();
        [
            (&DATA_DIR, one(&self.data_dir)),
            (&ROOT_KEY, one(&self.root_key)),
            (&ROOT_KEY_PASSPHRASE_FILE, one(&self.root_key_passphrase_file)),
            (&LISTEN, self.listen.clone()),
            (&REDIRECT_LISTEN, self.redirect_listen.clone()),
            (&PUBLIC_URL, one(&self.public_url)),
            (&NAMES, self.name.clone()),
            (&CONNECT_PORTS, self.connect_port.clone()),
            (&TRUSTED_PROXIES, self.trusted_proxy.clone()),
            (&VISITOR_BURST, one(&self.visitor_burst)),
            (&VISITOR_PER_SECOND, one(&self.visitor_per_second)),
            (&CERTIFICATE_CHAIN, one(&self.certificate_chain)),
            (&CERTIFICATE_KEY, one(&self.certificate_key)),
            (&BACKUP_DIRECTORY, one(&self.backup_directory)),
            (&BACKUP_HOUR, one(&self.backup_hour)),
            (&BACKUP_ZONE, one(&self.backup_zone)),
            (&BACKUP_KEEP, one(&self.backup_keep)),
            (&BACKUP_KEEP_DAYS, one(&self.backup_keep_days)),
            (&BACKUP_REHEARSE_DAYS, one(&self.backup_rehearse_days)),
            (&AIR_GAP, one(&self.air_gap)),
            (&OUTBOUND_PRIVATE, self.outbound_private.clone()),
            (&MAIL_SERVER, one(&self.mail_server)),
            (&MAIL_SECURITY, one(&self.mail_security)),
            (&MAIL_FROM, one(&self.mail_from)),
            (&MAIL_USER, one(&self.mail_user)),
            (&MAIL_PASSWORD_FILE, one(&self.mail_password_file)),
            (&MAIL_AUTHORITY, one(&self.mail_authority)),
            (&LOG_FORMAT, one(&self.log_format)),
            (&LOG_LEVEL, one(&self.log_level)),
        ]
    }
}

/// The part of the environment that is ours to read.
#[derive(Debug, Clone, Default)]
pub struct Variables(pub(super) BTreeMap<String, String>);

impl Variables {
    /// # Errors
    /// When one of ours is not text.
    pub fn of_process() -> Result<Self, ConfigError> {
        let mut found = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Some(name) = name.to_str().filter(|name| name.starts_with("PARLOR_") || *name == "CREDENTIALS_DIRECTORY") else {
                continue;
            };
            let value = value
                .into_string()
                .map_err(|_| ConfigError::Variable { variable: name.to_owned(), problem: "is not UTF-8 text".to_owned() })?;
            found.insert(name.to_owned(), value);
        }
        Ok(Self(found))
    }

    /// A variable that is set to nothing counts as not set: an empty line in an environment file means no more than that.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Where a value stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    File { path: PathBuf, line: usize },
    Variable(&'static str),
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// Why the settings cannot be taken. Values are repeated back: no setting is a secret, keys stand in files of their own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("setting {setting} ({from}): \"{value}\" {problem}; expected {expected}")]
    Value { setting: &'static str, from: Source, value: String, problem: String, expected: &'static str },
    #[error("setting {setting} ({from}) {problem}; expected {expected}")]
    Kind { setting: &'static str, from: Source, problem: &'static str, expected: &'static str },
    #[error("setting {setting} ({from}) is not known{}; the settings are {}", hint(setting), known())]
    Unknown { setting: String, from: Source },
    #[error("settings file {path}:{line}: {problem}; expected TOML such as [network] and listen = [\"0.0.0.0:443\"]")]
    Syntax { path: String, line: usize, problem: String },
    #[error("settings file {path} ({from}) {problem}; expected the path of a readable TOML file")]
    File { path: String, from: String, problem: String },
    #[error("variable {variable} {problem}")]
    Variable { variable: String, problem: String },
    #[error("setting {given} ({from}) needs {missing} beside it; expected both or neither")]
    Alone { given: &'static str, from: Source, missing: &'static str },
}

fn known() -> String {
    ALL.map(|setting| setting.name).join(", ")
}

/// A wrong section is the usual mistake: say where the key belongs.
fn hint(setting: &str) -> String {
    let key = setting.rsplit('.').next().unwrap_or(setting);
    ALL.iter()
        .find(|known| known.name.ends_with(&format!(".{key}")))
        .map(|known| format!(" (did you mean {}?)", known.name))
        .unwrap_or_default()
}

/// What was given for one setting, by its most important source.
pub(super) struct Value {
    pub texts: Vec<String>,
    pub from: Source,
    pub setting: &'static Setting,
}

impl Value {
    pub fn wrong(&self, text: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::Value {
            setting: self.setting.name,
            from: self.from.clone(),
            value: text.chars().take(200).collect(),
            problem: problem.into(),
            expected: self.setting.expected,
        }
    }

    /// # Errors
    /// When the file has a list where one value is expected, or nothing between the quotes.
    pub fn single(&self) -> Result<&str, ConfigError> {
        match self.texts.as_slice() {
            [text] if !text.trim().is_empty() => Ok(text.trim()),
            [text] => Err(self.wrong(text, "is empty")),
            _ => Err(ConfigError::Kind {
                setting: self.setting.name,
                from: self.from.clone(),
                problem: "is a list",
                expected: self.setting.expected,
            }),
        }
    }

    /// A path in a settings file counts from that file's directory, so that it does not matter where a service was started.
    pub fn path(&self, text: &str) -> PathBuf {
        match &self.from {
            Source::File { path, .. } => path.parent().unwrap_or(Path::new("")).join(text),
            Source::Variable(_) | Source::Flag(_) => PathBuf::from(text),
        }
    }
}

/// Everything that was given, each setting once.
pub(super) struct Given(BTreeMap<&'static str, Value>);

impl Given {
    pub fn gather(flags: &Flags, variables: &Variables) -> Result<(Self, Vec<String>), ConfigError> {
        let mut given = BTreeMap::new();
        let named = flags
            .config
            .clone()
            .map(|path| (path, "flag --config".to_owned()))
            .or_else(|| variables.get(FILE_VARIABLE).map(|path| (PathBuf::from(path), format!("variable {FILE_VARIABLE}"))));
        if let Some((path, from)) = named {
            read_file(&path, &from, &mut given)?;
        }
        let mut warnings = Vec::new();
        for (name, text) in &variables.0 {
            if let Some(setting) = ALL.iter().find(|setting| setting.variable == name) {
                if !text.is_empty() {
                    let texts = text.split(',').map(|part| part.trim().to_owned()).collect();
                    given.insert(setting.name, Value { texts, from: Source::Variable(setting.variable), setting });
                }
            } else if name.starts_with("PARLOR_") && ![FILE_VARIABLE, super::storage::KEY_VARIABLE].contains(&name.as_str()) {
                // Not refused: an orchestrator sets variables such as PARLOR_SERVICE_HOST for every service of that name.
                warnings.push(format!("The variable {name} is not a setting of Parlor and was passed over."));
            }
        }
        for (setting, texts) in flags.values() {
            if !texts.is_empty() {
                given.insert(setting.name, Value { texts, from: Source::Flag(setting.flag), setting });
            }
        }
        Ok((Self(given), warnings))
    }

    /// All of it, by name.
    pub fn said(&self) -> Vec<(&'static str, String)> {
        self.0.iter().map(|(name, value)| (*name, value.texts.join("\n"))).collect()
    }

    pub fn take(&mut self, setting: &'static Setting) -> Option<Value> {
        self.0.remove(setting.name)
    }
}

fn read_file(path: &Path, from: &str, given: &mut BTreeMap<&'static str, Value>) -> Result<(), ConfigError> {
    let unreadable = |problem: String| ConfigError::File { path: path.display().to_string(), from: from.to_owned(), problem };
    let facts = std::fs::metadata(path).map_err(|error| unreadable(format!("cannot be read ({error})")))?;
    if !facts.is_file() || facts.len() > FILE_BYTES_MAX {
        return Err(unreadable("is not a file of at most 256 KiB".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(format!("cannot be read ({error})")))?;
    let line_of = |at: usize| text.get(..at).unwrap_or(&text).matches('\n').count() + 1;
    let document = DeTable::parse(&text).map_err(|error| ConfigError::Syntax {
        path: path.display().to_string(),
        line: error.span().map_or(1, |span| line_of(span.start)),
        problem: error.message().to_owned(),
    })?;
    for (section, keys) in document.get_ref() {
        let here = |at: usize| Source::File { path: path.to_owned(), line: line_of(at) };
        let DeValue::Table(keys) = keys.get_ref() else {
            return Err(ConfigError::Unknown { setting: section.get_ref().to_string(), from: here(section.span().start) });
        };
        for (key, value) in keys {
            let name = format!("{}.{}", section.get_ref(), key.get_ref());
            let from = here(key.span().start);
            let Some(setting) = ALL.iter().find(|setting| setting.name == name) else {
                return Err(ConfigError::Unknown { setting: name, from });
            };
            let texts = texts(value.get_ref()).ok_or_else(|| ConfigError::Kind {
                setting: setting.name,
                from: from.clone(),
                problem: "is neither a text in quotes, a number, true, false nor a list of texts",
                expected: setting.expected,
            })?;
            given.insert(setting.name, Value { texts, from, setting });
        }
        // An empty section with a mistyped name would otherwise pass in silence.
        if !ALL.iter().any(|setting| setting.name.split('.').next() == Some(section.get_ref())) {
            return Err(ConfigError::Unknown { setting: section.get_ref().to_string(), from: here(section.span().start) });
        }
    }
    Ok(())
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(text) => Some(vec![text.to_string()]),
        DeValue::Integer(number) => Some(vec![number.to_string()]),
        DeValue::Float(number) => Some(vec![number.to_string()]),
        DeValue::Boolean(is_so) => Some(vec![is_so.to_string()]),
        DeValue::Array(items) => items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>(),
        _ => None,
    }
}
