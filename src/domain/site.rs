//! A site: one website or brand with its chat window.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::form::{Consent, Form};
use super::hours::Hours;
use super::id::{SiteId, WindowId};
use super::invitation::InvitationRule;
use super::language::Language;
use super::limits;
use super::look::{Look, Window};
use super::network::Network;
use super::redaction::Redaction;
use super::retention::{PurgePolicy, SiteClocks, ZoneName};
use super::routing::Routing;
use super::switches::Switches;
use super::text::{Name, Notice, Tag};
use super::time::Timestamp;

/// Texts of the widget that a site says otherwise, by language and key.
pub type Texts = BTreeMap<(Language, String), String>;

/// The secret that a site shares with its customer's server: 32 random bytes. It does not print and is wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct IdentitySecret(pub [u8; 32]);

impl fmt::Debug for IdentitySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentitySecret(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: SiteId,
    pub name: Name,
    /// The websites that may show the widget. The appliance's own demo page always may while `demo` is on.
    pub origins: Vec<WebOrigin>,
    /// Whose clock tells the day and the hour in reports.
    pub zone: ZoneName,
    /// Of the default window.
    pub look: Look,
    /// Further windows.
    pub windows: Vec<Window>,
    pub welcome: Notice,
    pub closing: Notice,
    /// Spoken where neither page nor browser asks for one that there is.
    pub language: Language,
    /// Texts of the widget in the site's own words.
    pub texts: Texts,
    /// Asked before the first message, when there is one.
    pub consent: Option<Consent>,
    /// What was asked before, oldest first: a conversation may say that its visitor agreed to one of them.
    pub former_consents: Vec<Consent>,
    /// From where visitors may write.
    pub visitors: VisitorNetworks,
    /// Asked before a chat.
    pub pre_chat: Form,
    /// Asked of who leaves a message.
    pub offline: Form,
    pub hours: Hours,
    pub routing: Routing,
    pub switches: Switches,
    /// Whether visitors are asked how it was.
    pub rating: bool,
    /// What operators may mark a chat with, and whether they have to before they close it.
    pub tags: Vec<Tag>,
    pub wrap_up_required: bool,
    /// With which the customer's own server proves who a visitor is.
    pub identity_secret: Option<IdentitySecret>,
    pub invitations: Vec<InvitationRule>,
    /// Of chats.
    pub purge: PurgePolicy,
    /// Of what else it keeps.
    pub clocks: SiteClocks,
    /// What is made unreadable before it is stored.
    pub redaction: Redaction,
    /// A conversation in which nobody writes for this long is closed, so that its purge can come.
    pub idle_close_minutes: u16,
    /// Whether `/demo` shows this site's widget.
    pub demo: bool,
    pub created_at: Timestamp,
}

/// Networks that a site names for its visitors. They are what its owner knows of them, such as a clinic's own network or a
/// provider's: no list of countries, which is wrong too often to keep anybody in or out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisitorNetworks {
    /// Empty: from anywhere.
    pub only: Vec<Network>,
    /// Not from here, whatever the list above says.
    pub never: Vec<Network>,
}

impl VisitorNetworks {
    /// Whether somebody may write from this address. One that is not known is in no list.
    #[must_use]
    pub fn permit(&self, address: Option<IpAddr>) -> bool {
        let is_in = |networks: &[Network]| address.is_some_and(|address| networks.iter().any(|it| it.contains(address)));
        (self.only.is_empty() || is_in(&self.only)) && !is_in(&self.never)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    #[error("Write a website address without a path, such as https://www.example.org.")]
    Origin,
    #[error("At most {} websites fit.", limits::ORIGINS_PER_SITE)]
    TooManyOrigins,
    #[error("Write a colour as #rrggbb, such as #0b6bcb.")]
    Accent,
    #[error("This colour is too light for white text on it. Choose a darker one.")]
    AccentTooLight,
    #[error("Choose 5 to 10080 minutes.")]
    IdleClose,
}

/// The origin of a website (RFC 6454): scheme, host and port, nothing else. Plain http only for this very machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WebOrigin(String);

impl WebOrigin {
    /// # Errors
    /// When it is not an https origin (or http on localhost).
    pub fn parse(raw: &str) -> Result<Self, SiteError> {
        let raw = raw.trim();
        if raw.is_empty() || raw.len() > limits::ORIGIN_CHARS {
            return Err(SiteError::Origin);
        }
        let url = url::Url::parse(raw).map_err(|_| SiteError::Origin)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && here);
        // The address stands in a policy header, where `;` and `,` would end it: a list typed on one line must not get there.
        let plain = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
        if !bare || !scheme || !url.host_str().is_some_and(plain) {
            return Err(SiteError::Origin);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Site {
    /// A site as setup makes it: kept a day, nothing asked, the demo page on.
    #[must_use]
    pub fn new(id: SiteId, name: Name, origins: Vec<WebOrigin>, now: Timestamp) -> Self {
        Self {
            id,
            name,
            origins,
            zone: ZoneName::utc(),
            look: Look::default(),
            windows: Vec::new(),
            welcome: notice("Hello. How can we help?"),
            closing: notice("Thank you for the talk. This chat is closed."),
            language: Language::default(),
            texts: Texts::default(),
            consent: None,
            former_consents: Vec::new(),
            visitors: VisitorNetworks::default(),
            pre_chat: Form::of_new_site(),
            offline: Form::offline(),
            hours: Hours::Always,
            routing: Routing::default(),
            switches: Switches::default(),
            rating: false,
            tags: Vec::new(),
            wrap_up_required: false,
            identity_secret: None,
            invitations: Vec::new(),
            purge: PurgePolicy::DaysAfterClose(1),
            clocks: SiteClocks::default(),
            redaction: Redaction::default(),
            idle_close_minutes: 60,
            demo: true,
            created_at: now,
        }
    }

    #[must_use]
    pub fn allows(&self, origin: &WebOrigin) -> bool {
        self.origins.contains(origin)
    }

    /// The look of a window; of the default one where there is no such window (any more).
    #[must_use]
    pub fn look_of(&self, window: Option<WindowId>) -> &Look {
        window.and_then(|id| self.windows.iter().find(|window| window.id == id)).map_or(&self.look, |window| &window.look)
    }

    #[must_use]
    pub fn idle_close(&self) -> Duration {
        Duration::from_secs(u64::from(self.idle_close_minutes) * 60)
    }
}

#[expect(clippy::expect_used, reason = "only called with the constants above, which the test below covers")]
fn notice(text: &str) -> Notice {
    Notice::parse(text).expect("a constant notice is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_website_and_nothing_more() {
        assert_eq!(WebOrigin::parse("https://Shop.Example.org/").unwrap().as_str(), "https://shop.example.org");
        assert_eq!(WebOrigin::parse("https://example.org:8443").unwrap().as_str(), "https://example.org:8443");
        assert!(WebOrigin::parse("http://localhost:3000").is_ok());
        for wrong in [
            "example.org",
            "http://example.org",
            "https://example.org/shop",
            "https://*.example.org",
            "https://example.org;",
            "https://example.org,www.example.org",
            "https://u:p@example.org",
            "null",
            "",
            "javascript:alert(1)",
        ] {
            assert_eq!(WebOrigin::parse(wrong), Err(SiteError::Origin), "{wrong}");
        }
    }

    #[test]
    fn a_new_site_has_its_texts() {
        let site = Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        assert!(!site.welcome.as_str().is_empty() && !site.closing.as_str().is_empty());
    }
}
