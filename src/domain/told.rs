//! What a visitor's website says of them: the page they are on, who they are, and attributes of its own. It waits in memory with
//! the connection until a conversation begins, and goes into the head of that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::about::{Attribute, CameFrom, Identity};
use super::id::{VisitId, WindowId};
use super::limits;
use super::network::Network;
use super::switches::AddressPolicy;
use super::text::{EmailAddress, Line, Name};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub page: Option<Line>,
    pub title: Option<Line>,
    pub referrer: Option<Line>,
    /// Family and major version.
    pub browser: Option<Line>,
    /// As it is, for blocking; what is kept of it the site's policy says.
    pub address: Option<IpAddr>,
    pub window: Option<WindowId>,
    /// As which they browsed, where visitors are watched.
    pub visit: Option<VisitId>,
    pub identity: Option<Identity>,
    /// Counts only with a proven identity; what is merely claimed the visitor finds in the form.
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub attributes: Vec<Attribute>,
}

impl Told {
    /// What the head of a conversation keeps of it.
    #[must_use]
    pub fn came_from(&self, policy: AddressPolicy) -> CameFrom {
        CameFrom {
            page: self.page.clone(),
            title: self.title.clone(),
            referrer: self.referrer.clone(),
            browser: self.browser.clone(),
            address: self.address.and_then(|address| policy.shows(address)),
            host: None,
        }
    }
}

impl AddressPolicy {
    /// An address as far as operators may see it.
    #[must_use]
    pub fn shows(self, address: IpAddr) -> Option<Line> {
        let text = match (self, address) {
            (Self::Hidden | Self::Never, _) => return None,
            (Self::Shortened, IpAddr::V4(_)) => Network::parse(&format!("{address}/24")).ok()?.to_string(),
            (Self::Shortened, IpAddr::V6(_)) => Network::parse(&format!("{address}/48")).ok()?.to_string(),
            (Self::Full, _) => address.to_string(),
        };
        Line::parse(&text).ok()
    }

    /// An address as far as it may be written down, in the audit log for instance.
    #[must_use]
    pub fn recorded(self, address: IpAddr) -> Option<IpAddr> {
        match (self, address) {
            (Self::Hidden | Self::Never, _) => None,
            (Self::Full, _) => Some(address),
            (Self::Shortened, IpAddr::V4(it)) => Some(Ipv4Addr::from_bits(it.to_bits() & !0 << 8).into()),
            (Self::Shortened, IpAddr::V6(it)) => Some(Ipv6Addr::from_bits(it.to_bits() & !0 << 80).into()),
        }
    }

    /// An address as far as it is known beyond the connection that it belongs to.
    #[must_use]
    pub fn known(self, address: Option<IpAddr>) -> Option<IpAddr> {
        address.filter(|_| self != Self::Never)
    }

    /// Whether operators may read this network: it tells no more than the policy lets them see.
    #[must_use]
    pub fn shows_network(self, network: &Network) -> bool {
        match self {
            Self::Hidden | Self::Never => false,
            Self::Shortened => network.is_as_wide_as(24, 48),
            Self::Full => true,
        }
    }
}

/// An address on the web without what follows `?` and `#`, which is nobody's business but the website's. `None` for anything else.
#[must_use]
pub fn web_address(raw: &str) -> Option<Line> {
    let bare = raw.split(['?', '#']).next().unwrap_or_default();
    let is_web = bare.starts_with("https://") || bare.starts_with("http://");
    is_web.then(|| shortened(bare)).flatten()
}

/// The first characters of what may be too long.
#[must_use]
pub fn shortened(raw: &str) -> Option<Line> {
    Line::parse(&raw.chars().take(limits::LINE_CHARS).collect::<String>()).ok()
}

/// Attributes as a website names them; what does not fit is left out.
#[must_use]
pub fn attributes<'a>(given: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Attribute> {
    given
        .filter_map(|(name, value)| Some(Attribute { name: Name::parse(name).ok()?, value: Line::parse(value).ok()? }))
        .take(limits::ATTRIBUTES)
        .collect()
}

/// What a browser calls itself, reduced to its family and major version: enough to help with, too little to know somebody by.
#[must_use]
pub fn browser(user_agent: &str) -> Option<Line> {
    let (family, version) = family(user_agent)?;
    let major: String = version.chars().take_while(char::is_ascii_digit).take(4).collect();
    Line::parse(&format!("{family} {major}")).ok()
}

/// The family, and what stands where its version does.
pub(super) fn family(user_agent: &str) -> Option<(&'static str, &str)> {
    // The order matters: all of them claim to be those further down.
    const FAMILIES: [(&str, &str); 8] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("CriOS/", "Chrome"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    FAMILIES.iter().find_map(|(mark, family)| {
        let (_, version) = user_agent.split_once(mark)?;
        (*family != "Safari" || user_agent.contains("Safari/")).then_some((*family, version))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_a_family_and_a_version() {
        let of = |agent: &str| browser(agent).map(|line| line.as_str().to_owned());
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(of(chrome).as_deref(), Some("Chrome 140"));
        assert_eq!(of(&format!("{chrome} Edg/141.0.1")).as_deref(), Some("Edge 141"));
        let safari = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
        assert_eq!(of(safari).as_deref(), Some("Safari 18"));
        assert_eq!(of("Mozilla/5.0 (X11; rv:142.0) Gecko/20100101 Firefox/142.0").as_deref(), Some("Firefox 142"));
        assert_eq!(of("curl/8"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_page_loses_what_may_be_secret_and_what_is_no_page() {
        let of = |raw: &str| web_address(raw).map(|line| line.as_str().to_owned());
        assert_eq!(of("https://shop.example/a?token=1#b").as_deref(), Some("https://shop.example/a"));
        assert_eq!(of("javascript:alert(1)"), None);
        assert_eq!(of(""), None);
        assert_eq!(of(&format!("https://shop.example/{}", "a".repeat(900))).map(|it| it.len()), Some(limits::LINE_CHARS));
    }

    #[test]
    fn an_address_is_shown_as_far_as_the_policy_goes() {
        let shows =
            |policy: AddressPolicy, address: &str| policy.shows(address.parse().unwrap()).map(|line| line.as_str().to_owned());
        assert_eq!(shows(AddressPolicy::Hidden, "192.0.2.77"), None);
        assert_eq!(shows(AddressPolicy::Shortened, "192.0.2.77").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(shows(AddressPolicy::Shortened, "2001:db8:1:2::3").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(shows(AddressPolicy::Full, "192.0.2.77").as_deref(), Some("192.0.2.77"));
        assert_eq!(shows(AddressPolicy::Never, "192.0.2.77"), None);
        let recorded = |policy: AddressPolicy, address: &str| policy.recorded(address.parse().unwrap()).map(|it| it.to_string());
        assert_eq!(recorded(AddressPolicy::Shortened, "192.0.2.77").as_deref(), Some("192.0.2.0"));
        assert_eq!(recorded(AddressPolicy::Shortened, "2001:db8:1:2::3").as_deref(), Some("2001:db8:1::"));
        assert_eq!(recorded(AddressPolicy::Full, "192.0.2.77").as_deref(), Some("192.0.2.77"));
        assert_eq!((recorded(AddressPolicy::Hidden, "::1"), recorded(AddressPolicy::Never, "::1")), (None, None));
    }

    #[test]
    fn attributes_are_few_and_short() {
        let many: Vec<(String, String)> = (0..50).map(|n| (format!("name {n}"), format!("value {n}"))).collect();
        let kept = attributes(many.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(kept.len(), limits::ATTRIBUTES);
        let long = "x".repeat(limits::LINE_CHARS + 1);
        assert!(attributes([("plan", long.as_str()), ("", "gold"), (long.as_str(), "gold")].into_iter()).is_empty());
    }
}
