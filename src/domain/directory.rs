//! A directory (LDAP, RFC 4511) that knows the organisation's passwords: where it is, and how somebody is found in it.

use std::net::IpAddr;

use super::limits;
use super::sso::Authority;
use super::text::Line;

/// What a person typed stands for this in filters and names.
pub const USER: &str = "{user}";

/// A directory. The password of its reader is kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    pub server: Server,
    /// The authority that vouches for its certificate, instead of the web's.
    pub authority: Option<Authority>,
    pub find: Find,
    /// Where groups are that name their members; those that the entry itself names count as well.
    pub group_base: Option<Line>,
    pub attributes: Attributes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A name or an IPv4 address.
    pub host: String,
    pub port: u16,
    pub security: Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`ldaps`).
    Tls,
    /// TLS after a greeting in clear (RFC 4511, section 4.14); without it nothing is said.
    StartTls,
    /// None: to a server on this very machine alone.
    None,
}

/// How the entry of somebody who signs in is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// By a name: `uid={user},ou=people,dc=example,dc=org`.
    Name(Line),
    /// A reader of the directory looks for it, with a filter such as `(mail={user})`.
    Search { reader: Option<Line>, base: Line, filter: Line },
}

/// What is read of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// What tells an entry from all others, for good (`entryUUID`, `objectGUID`); without one its name does.
    pub id: Option<Attribute>,
    pub name: Attribute,
    pub email: Attribute,
    pub groups: Attribute,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    #[error("Write the server like ldap.example.org or ldap.example.org:636.")]
    Server,
    #[error("Without TLS, passwords would travel in clear: that is possible to a server on this very machine alone.")]
    Clear,
    #[error("Put {USER} where the name of the person belongs.")]
    NoUser,
    #[error("Write a filter in round brackets, such as (mail={USER}).")]
    Filter,
    #[error("An attribute is a word such as mail or entryUUID.")]
    Attribute,
}

impl Server {
    /// # Errors
    /// When it is no server, or passwords would travel in clear.
    pub fn parse(raw: &str, security: Security) -> Result<Self, DirectoryError> {
        let raw = raw.trim();
        let raw = raw.strip_prefix("ldaps://").or_else(|| raw.strip_prefix("ldap://")).unwrap_or(raw).trim_end_matches('/');
        let (host, port) = match raw.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| DirectoryError::Server)?),
            None => (raw, if security == Security::Tls { 636 } else { 389 }),
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if host.is_empty() || host.len() > limits::ORIGIN_CHARS || !host.chars().all(is_host) || port == 0 {
            return Err(DirectoryError::Server);
        }
        let host = host.to_ascii_lowercase();
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if security == Security::None && !is_here {
            return Err(DirectoryError::Clear);
        }
        Ok(Self { host, port, security })
    }

    /// How the directory is named where a provider has its issuer.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.security == Security::Tls { "ldaps" } else { "ldap" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }
}

impl Find {
    /// # Errors
    /// When the person has no place in it.
    pub fn by_name(template: Line) -> Result<Self, DirectoryError> {
        if template.as_str().contains(USER) { Ok(Self::Name(template)) } else { Err(DirectoryError::NoUser) }
    }

    /// # Errors
    /// When the person has no place in it, or it is no filter.
    pub fn by_search(reader: Option<Line>, base: Line, filter: Line) -> Result<Self, DirectoryError> {
        let text = filter.as_str();
        if !text.contains(USER) {
            return Err(DirectoryError::NoUser);
        }
        if !text.starts_with('(') || !text.ends_with(')') {
            return Err(DirectoryError::Filter);
        }
        Ok(Self::Search { reader, base, filter })
    }
}

/// The name of an attribute (RFC 4512, section 2.5): a word, or numbers with dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute(String);

impl Attribute {
    /// # Errors
    /// When it is none.
    pub fn parse(raw: &str) -> Result<Self, DirectoryError> {
        let raw = raw.trim();
        let is_fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if !raw.is_empty() && raw.len() <= limits::TAG_CHARS && raw.chars().all(is_fine) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(DirectoryError::Attribute)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value inside a filter (RFC 4515, section 3) or a name (RFC 4514, section 2.4): whatever it is, it stays a value. Everything but
/// letters and digits is written as its bytes in hexadecimal, so that there is no list of characters to be incomplete.
#[must_use]
pub fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            push_hex(&mut escaped, byte);
        }
    }
    escaped
}

fn push_hex(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.push('\\');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_travel_in_clear_on_this_machine_alone() {
        let server = Server::parse("LDAP.clinic.example", Security::Tls).unwrap();
        assert_eq!(server.url(), "ldaps://ldap.clinic.example:636");
        assert_eq!(Server::parse("ldap://10.0.0.5", Security::StartTls).unwrap().url(), "ldap://10.0.0.5:389");
        assert_eq!(Server::parse("127.0.0.1:3890", Security::None).unwrap().port, 3890);
        assert!(Server::parse("localhost", Security::None).is_ok());
        assert_eq!(Server::parse("10.0.0.5", Security::None), Err(DirectoryError::Clear));
        assert_eq!(Server::parse("localhost.evil.example", Security::None), Err(DirectoryError::Clear));
        for wrong in ["", "a b", "a/b", "host:", "host:99999", "host:0", "user@host", "[::1]:636"] {
            assert_eq!(Server::parse(wrong, Security::Tls), Err(DirectoryError::Server), "{wrong}");
        }
    }

    #[test]
    fn nothing_that_is_typed_leaves_its_place() {
        assert_eq!(escaped("anna"), "anna");
        assert_eq!(escaped("*)(uid=*"), "\\2a\\29\\28uid\\3d\\2a");
        assert_eq!(escaped("anna,ou=admins"), "anna\\2cou\\3dadmins");
        assert_eq!(escaped(" #a\0"), "\\20\\23a\\00");
    }

    proptest! {
        #[test]
        fn an_escaped_value_holds_nothing_but_letters_digits_and_bytes(value in ".*") {
            let escaped = super::escaped(&value);
            let mut bytes = Vec::new();
            let mut rest = escaped.as_str();
            while let Some(first) = rest.chars().next() {
                if first == '\\' {
                    bytes.push(u8::from_str_radix(&rest[1..3], 16).unwrap());
                    rest = &rest[3..];
                } else {
                    prop_assert!(first.is_ascii_alphanumeric());
                    bytes.push(first as u8);
                    rest = &rest[1..];
                }
            }
            prop_assert_eq!(bytes, value.as_bytes());
        }
    }

    #[test]
    fn a_person_has_a_place_in_what_finds_them() {
        let line = |text| Line::parse(text).unwrap();
        assert!(Find::by_name(line("uid={user},dc=example")).is_ok());
        assert_eq!(Find::by_name(line("uid=anna,dc=example")), Err(DirectoryError::NoUser));
        assert!(Find::by_search(None, line("dc=example"), line("(|(uid={user})(mail={user}))")).is_ok());
        assert_eq!(Find::by_search(None, line("dc=example"), line("uid={user}")), Err(DirectoryError::Filter));
        assert_eq!(Find::by_search(None, line("dc=example"), line("(uid=*)")), Err(DirectoryError::NoUser));
    }
}
