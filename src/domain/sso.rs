//! Single sign-on: the provider of identities (OpenID Connect) or directory (LDAP) of the organisation, and whom it lets in as what.

use std::collections::BTreeSet;
use std::fmt;

use url::Url;

use super::directory::Directory;
use super::id::SiteId;
use super::limits;
use super::network::Network;
use super::operator::{Membership, Role};
use super::text::{EmailAddress, Label, Line, Name};
use super::time::Timestamp;

/// How the organisation's own accounts open this door.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SingleSignOn {
    /// Off, everything below waits until it is on again.
    pub is_on: bool,
    pub provider: Option<Provider>,
    pub directory: Option<Directory>,
    pub admission: Admission,
    /// Nobody signs in with a password or passkey of this appliance any more.
    pub is_enforced: bool,
}

impl SingleSignOn {
    /// The provider, while it may be signed in through.
    #[must_use]
    pub fn provider_in_use(&self) -> Option<&Provider> {
        self.provider.as_ref().filter(|_| self.is_on)
    }

    /// The directory, while it may be signed in through.
    #[must_use]
    pub fn directory_in_use(&self) -> Option<&Directory> {
        self.directory.as_ref().filter(|_| self.is_on)
    }

    /// Whether nothing else counts: never while there is nothing to sign in through.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.is_enforced && (self.provider_in_use().is_some() || self.directory_in_use().is_some())
    }

    /// How the provider or directory in use names itself.
    #[must_use]
    pub fn issuer(&self, source: Source) -> Option<String> {
        match source {
            Source::Provider => self.provider_in_use().map(|provider| provider.issuer.as_str().to_owned()),
            Source::Directory => self.directory_in_use().map(|directory| directory.server.url()),
        }
    }
}

/// A provider of identities. Its client secret is kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What the button on the sign-in page says after "Sign in with".
    pub name: Name,
    pub issuer: Issuer,
    pub client_id: Line,
    /// What is asked for beside `openid`.
    pub scopes: Vec<Scope>,
    /// The claim that lists groups.
    pub groups_claim: Label,
    /// The authority that vouches for its certificate, instead of the web's.
    pub authority: Option<Authority>,
    /// From where it may say that a session is over; empty means from anywhere.
    pub logout_networks: Vec<Network>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SsoError {
    #[error("Write the provider’s address like https://id.example.org/realm, without ? and #.")]
    Issuer,
    #[error("A scope is a word such as email or groups; at most {} fit.", limits::SSO_SCOPES)]
    Scope,
    #[error("Paste the certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.")]
    Authority,
}

/// How a provider names itself: kept exactly as it was typed, since every token has to say exactly the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// # Errors
    /// When it is no https address, or has more in it than a host and a path.
    pub fn parse(raw: &str) -> Result<Self, SsoError> {
        let raw = raw.trim();
        let url = Url::parse(raw).map_err(|_| SsoError::Issuer)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let is_plain = raw.len() <= limits::LINE_CHARS && !raw.contains(|c: char| c.is_whitespace() || c.is_control());
        if url.scheme() == "https" && raw.starts_with("https://") && url.host_str().is_some() && is_bare && is_plain {
            Ok(Self(raw.to_owned()))
        } else {
            Err(SsoError::Issuer)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A scope as RFC 6749, appendix A.4, allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// # Errors
    /// When it is no scope.
    pub fn parse(raw: &str) -> Result<Self, SsoError> {
        let is_fine = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if !raw.is_empty() && raw.len() <= limits::LABEL_CHARS && raw.bytes().all(is_fine) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(SsoError::Scope)
        }
    }

    /// A list with spaces between; `openid` is always asked for and not named.
    ///
    /// # Errors
    /// When one is none, or there are too many.
    pub fn parse_list(raw: &str) -> Result<Vec<Self>, SsoError> {
        let scopes: Vec<_> =
            raw.split_whitespace().filter(|word| *word != "openid").map(Self::parse).collect::<Result<_, _>>()?;
        if scopes.len() <= limits::SSO_SCOPES { Ok(scopes) } else { Err(SsoError::Scope) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Certificates in PEM of whoever vouches for a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Authority(String);

impl Authority {
    /// Looks at the shape; whether it can be believed is found out by whoever connects.
    ///
    /// # Errors
    /// When it is no certificate.
    pub fn parse(raw: &str) -> Result<Self, SsoError> {
        let raw = raw.trim();
        let is_text = raw.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n'));
        let is_pem = raw.contains("-----BEGIN CERTIFICATE-----") && !raw.contains("PRIVATE KEY");
        if is_text && is_pem && raw.len() <= limits::AUTHORITY_BYTES {
            Ok(Self(raw.to_owned()))
        } else {
            Err(SsoError::Authority)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({} bytes)", self.0.len())
    }
}

/// Whom it lets in, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admission {
    /// Without any, everybody keeps the role that they were given here. With some, whoever fits none stays out.
    pub rules: Vec<GroupRule>,
    /// Somebody who is not here yet gets an account when a rule fits.
    pub creates_accounts: bool,
    /// An account without an identity becomes that of whoever has proven its e-mail address to the provider.
    pub links_by_email: bool,
}

/// Whoever is in a group has a role, at one site or at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRule {
    pub group: Line,
    pub role: Role,
    pub site: Option<SiteId>,
}

/// What the rules say of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// There are no rules: what was set here holds.
    AsItIs,
    /// None fits.
    None,
    At(Role, Membership),
}

impl Admission {
    /// From the top, the first rule that fits decides the role; all that fit and give the same role add their sites.
    #[must_use]
    pub fn place(&self, groups: &BTreeSet<String>) -> Place {
        if self.rules.is_empty() {
            return Place::AsItIs;
        }
        let mut fitting = self.rules.iter().filter(|rule| groups.contains(rule.group.as_str())).peekable();
        let Some(role) = fitting.peek().map(|rule| rule.role) else { return Place::None };
        let sites: Option<Vec<SiteId>> = fitting.filter(|rule| rule.role == role).map(|rule| rule.site).collect();
        // An administrator runs the whole installation, whatever site stands beside the rule.
        match sites {
            Some(sites) if role != Role::Admin => Place::At(role, Membership::of_sites(sites)),
            _ => Place::At(role, Membership::AllSites),
        }
    }
}

/// What a provider or a directory says of somebody, after it was checked that it said so. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    pub issuer: String,
    pub subject: String,
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub email_is_verified: bool,
    pub groups: BTreeSet<String>,
    /// The provider's own session, if it names one.
    pub sid: Option<String>,
    pub source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Provider,
    Directory,
}

impl Claims {
    /// A subject as OpenID Connect Core 1.0, section 2, bounds it; a directory's ids and names are bounded alike.
    #[must_use]
    pub fn is_subject(text: &str) -> bool {
        !text.is_empty() && text.len() <= limits::SUBJECT_BYTES && !text.chars().any(char::is_control)
    }

    /// What is kept of a list of groups: so many of them, none of an absurd length.
    pub fn bounded_groups(groups: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        groups.into_iter().filter(|group| group.len() <= limits::LINE_CHARS).take(limits::SSO_GROUPS).collect()
    }
}

/// A provider's word that sessions are over (OpenID Connect Back-Channel Logout 1.0), after it was checked. At least one of `subject`
/// and `sid` is there.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutNotice {
    pub issuer: String,
    pub subject: Option<String>,
    pub sid: Option<String>,
    /// Each counts once.
    pub id: String,
    pub issued_at: Timestamp,
}

/// Why somebody does not come in through the provider. Each is a page of its own, and says nothing that the provider said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SsoRefusal {
    #[error("Single sign-on is not set up here.")]
    Off,
    /// Another browser's answer, an old one, or one that was made up.
    #[error("This sign-in was not begun in this browser, or took longer than ten minutes. Begin again.")]
    NotBegun,
    #[error("The provider did not let you in. Begin again, or ask whoever runs your accounts.")]
    ByProvider,
    #[error("The provider cannot be reached at the moment. Try again in a minute; if it stays so, tell your administrator.")]
    Unreachable,
    #[error("The provider’s answer could not be trusted, so nobody was signed in. Tell your administrator.")]
    NotTrusted,
    #[error("Your account there belongs to nobody here. Ask your administrator to invite you or to link your account.")]
    Unknown,
    #[error("None of your groups may sign in here. Ask your administrator.")]
    NoGroup,
    #[error("This account is disabled. Ask your administrator.")]
    Disabled,
    #[error("There is no room for another account. Ask your administrator to remove one that nobody needs.")]
    Full,
    #[error("Your account there has no e-mail address or name that could be used here. Ask whoever runs your accounts.")]
    Incomplete,
    #[error("Another account here is linked to this identity already. Ask your administrator.")]
    Taken,
    #[error("Passwords and passkeys of this appliance are not in use: sign in through your organisation.")]
    Enforced,
}

impl SsoRefusal {
    /// For those who read it in the log.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Off => "it is not in use",
            Self::NotBegun => "not begun in that browser",
            Self::ByProvider => "the provider said no",
            Self::Unreachable => "the provider or directory could not be reached",
            Self::NotTrusted => "the provider’s answer could not be trusted",
            Self::Unknown => "an identity of nobody here",
            Self::NoGroup => "in no group that may",
            Self::Disabled => "the account is disabled",
            Self::Full => "no room for another account",
            Self::Incomplete => "no name or verified address",
            Self::Taken => "the identity is another account’s",
            Self::Enforced => "with a password or passkey of this appliance",
        }
    }

    /// In the order in which they came to be.
    pub const ALL: [Self; 12] = [
        Self::Off,
        Self::NotBegun,
        Self::ByProvider,
        Self::Unreachable,
        Self::NotTrusted,
        Self::Unknown,
        Self::NoGroup,
        Self::Disabled,
        Self::Full,
        Self::Incomplete,
        Self::Taken,
        Self::Enforced,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(group: &str, role: Role, site: Option<u8>) -> GroupRule {
        GroupRule { group: Line::parse(group).unwrap(), role, site: site.map(|n| SiteId::from_bytes([n; 16])) }
    }

    fn groups<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.into_iter().map(str::to_owned).collect()
    }

    fn of<const N: usize>(sites: [u8; N]) -> Membership {
        Membership::of_sites(sites.map(|n| SiteId::from_bytes([n; 16])))
    }

    #[test]
    fn the_first_rule_that_fits_decides_and_the_others_of_its_role_add_sites() {
        let admission = Admission {
            rules: vec![
                rule("leads", Role::Supervisor, Some(1)),
                rule("north", Role::Operator, Some(1)),
                rule("south", Role::Operator, Some(2)),
                rule("everywhere", Role::Operator, None),
                rule("owners", Role::Admin, Some(1)),
            ],
            ..Admission::default()
        };
        let place = |names: &[&str]| admission.place(&names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(place(&["north"]), Place::At(Role::Operator, of([1])));
        assert_eq!(place(&["south", "north"]), Place::At(Role::Operator, of([1, 2])));
        assert_eq!(place(&["north", "everywhere"]), Place::At(Role::Operator, Membership::AllSites));
        assert_eq!(place(&["north", "leads"]), Place::At(Role::Supervisor, of([1])), "the first one decides the role");
        assert_eq!(place(&["owners"]), Place::At(Role::Admin, Membership::AllSites));
        assert_eq!(place(&[]), Place::None);
        assert_eq!(place(&["North", "north "]), Place::None, "to the letter");
        assert_eq!(Admission::default().place(&groups(["north"])), Place::AsItIs);
    }

    #[test]
    fn an_issuer_is_kept_to_the_letter() {
        for right in ["https://id.example.org", "https://id.example.org/", "https://id.example.org:8443/realms/Clinic"] {
            assert_eq!(Issuer::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "http://id.example.org",
            "id.example.org",
            "https://",
            "https://a@id.example.org",
            "https://id.example.org/?x",
            "https://id.example.org/#x",
            "https://id.exam ple.org/",
            "HTTPS://id.example.org",
            "",
        ] {
            assert!(Issuer::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_words() {
        let list = Scope::parse_list(" openid email  https://example.org/groups ").unwrap();
        assert_eq!(list.iter().map(Scope::as_str).collect::<Vec<_>>(), ["email", "https://example.org/groups"]);
        assert!(Scope::parse_list("a\"b").is_err() && Scope::parse_list("ä").is_err());
        assert!(Scope::parse_list(&"x ".repeat(limits::SSO_SCOPES + 1)).is_err());
    }

    #[test]
    fn an_authority_is_a_certificate_and_no_key() {
        assert!(Authority::parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_ok());
        assert!(Authority::parse("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_err());
        assert!(Authority::parse("AAAA").is_err() && Authority::parse("").is_err());
    }
}
