//! What a browser calls itself, reduced to what its owner knows it by among their own: "Firefox on Linux".

use super::text::Label;
use super::told;

/// Family and system, without any version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    family: &'static str,
    system: Option<&'static str>,
}

impl Agent {
    /// `None` for what is no browser that we know.
    #[must_use]
    pub fn of(user_agent: &str) -> Option<Self> {
        // The order matters: telephones claim to be the systems further down.
        const SYSTEMS: [(&str, &str); 7] = [
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Android", "Android"),
            ("CrOS", "ChromeOS"),
            ("Windows", "Windows"),
            ("Macintosh", "macOS"),
            ("Linux", "Linux"),
        ];
        let (family, _) = told::family(user_agent)?;
        let system = SYSTEMS.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, system)| *system);
        Some(Self { family, system })
    }

    /// `None` never, since all the names are short; parsed because that is how a label comes to be.
    #[must_use]
    pub fn in_words(self) -> Option<Label> {
        let Self { family, system } = self;
        let text = system.map_or_else(|| family.to_owned(), |system| format!("{family} on {system}"));
        Label::parse(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_a_family_on_a_system() {
        let of = |agent: &str| Agent::of(agent).and_then(Agent::in_words).map(|label| label.as_str().to_owned());
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(of(chrome).as_deref(), Some("Chrome on Linux"));
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/141.0.1";
        assert_eq!(of(edge).as_deref(), Some("Edge on Windows"));
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1";
        assert_eq!(of(safari).as_deref(), Some("Safari on iPhone"));
        let android =
            "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
        assert_eq!(of(android).as_deref(), Some("Chrome on Android"));
        assert_eq!(
            of("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:142.0) Firefox/142.0").as_deref(),
            Some("Firefox on macOS")
        );
        assert_eq!(of("Firefox/142.0").as_deref(), Some("Firefox"));
        assert_eq!(of("curl/8"), None);
        assert_eq!(of(""), None);
    }
}
