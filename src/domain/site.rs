//! A site: one website or brand with its chat window.

use std::fmt;
use std::time::Duration;

use super::id::SiteId;
use super::limits;
use super::retention::PurgePolicy;
use super::text::{Name, Notice};
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: SiteId,
    pub name: Name,
    /// The websites that may show the widget. The appliance's own demo page always may while `demo` is on.
    pub origins: Vec<WebOrigin>,
    pub accent: Accent,
    pub position: Position,
    pub welcome: Notice,
    pub closing: Notice,
    /// Asked before the first message, when there is one.
    pub consent: Option<Notice>,
    pub ask_name: bool,
    pub ask_email: bool,
    pub purge: PurgePolicy,
    /// A conversation in which nobody writes for this long is closed, so that its purge can come.
    pub idle_close_minutes: u16,
    /// Whether `/demo` shows this site's widget.
    pub demo: bool,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Left,
    Right,
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

/// The widget's colour. White text on it reaches 4.5:1 (WCAG 2.2, 1.4.3), or it is not an accent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl Accent {
    /// # Errors
    /// When it is not `#rrggbb`, or white text would be hard to read on it.
    pub fn parse(raw: &str) -> Result<Self, SiteError> {
        let digits = raw.trim().strip_prefix('#').ok_or(SiteError::Accent)?;
        if digits.len() != 6 || !digits.is_ascii() {
            return Err(SiteError::Accent);
        }
        let part = |from: usize| u8::from_str_radix(&digits[from..from + 2], 16).map_err(|_| SiteError::Accent);
        let accent = Self { red: part(0)?, green: part(2)?, blue: part(4)? };
        if 1.05 / (accent.luminance() + 0.05) < 4.5 { Err(SiteError::AccentTooLight) } else { Ok(accent) }
    }

    /// Relative luminance as WCAG 2.2 defines it, 0 (black) to 1 (white).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self { red: 0x0b, green: 0x5f, blue: 0xb8 }
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
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
            accent: Accent::default(),
            position: Position::Right,
            welcome: notice("Hello. How can we help?"),
            closing: notice("Thank you for the talk. This chat is closed."),
            consent: None,
            ask_name: true,
            ask_email: false,
            purge: PurgePolicy::DaysAfterClose(1),
            idle_close_minutes: 60,
            demo: true,
            created_at: now,
        }
    }

    #[must_use]
    pub fn allows(&self, origin: &WebOrigin) -> bool {
        self.origins.contains(origin)
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
    fn an_accent_carries_white_text() {
        assert_eq!(Accent::parse("#0b5fb8"), Ok(Accent::default()));
        assert_eq!(Accent::parse("#ffee00"), Err(SiteError::AccentTooLight));
        assert_eq!(Accent::parse("0b5fb8"), Err(SiteError::Accent));
        assert_eq!(Accent::parse("#0b5fbß"), Err(SiteError::Accent));
    }

    #[test]
    fn a_new_site_has_its_texts() {
        let site = Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        assert!(!site.welcome.as_str().is_empty() && !site.closing.as_str().is_empty());
    }
}
