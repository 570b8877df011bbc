//! What a customer pastes into their pages, written in one place: the admin page shows it and the demo page uses it.

use askama::Template;

use crate::domain::id::WindowId;
use crate::domain::language::Language;
use crate::domain::look::{Launcher, Look, Position, Scheme, Window};
use crate::domain::site::Site;
use crate::texts::Voice;
use crate::web::{assets, urls};

#[derive(Template)]
#[template(path = "widget/_snippet.html")]
pub struct Snippet<'a> {
    /// `https://chat.example.org/widget.js`
    address: String,
    /// The checksum of the loader, with an address that is good for this very version.
    integrity: Option<&'static str>,
    /// Where the loader finds the window below `/widget/`: the site's id.
    place: String,
    site: &'a Site,
    /// A further window; none for the site's default one.
    window: Option<WindowId>,
    look: &'a Look,
    /// Where the chat is without scripts.
    chat: String,
}

// HTML in which askama has escaped every field, so a page that uses it must not escape it again; one that shows it must.
impl askama::filters::HtmlSafe for Snippet<'_> {}

impl<'a> Snippet<'a> {
    /// `base` is the appliance's own address without a slash at the end.
    #[must_use]
    pub fn new(base: &str, site: &'a Site, window: Option<&'a Window>) -> Self {
        let look = window.map_or(&site.look, |window| &window.look);
        Self {
            address: format!("{base}/widget.js"),
            integrity: None,
            place: site.id.to_string(),
            site,
            window: window.map(|window| window.id),
            look,
            chat: format!("{base}{}", urls::chat(site.id)),
        }
    }

    /// For the preview beside the site's settings: the loader is led to the window that is drawn there, in the colour that is
    /// not saved yet.
    #[must_use]
    pub fn preview(base: &str, site: &'a Site) -> Self {
        let digits = site.look.accent.to_string();
        let place = format!("..{}/preview/{}", urls::site(site.id), digits.trim_start_matches('#'));
        Self { place, ..Self::new(base, site, None) }
    }

    /// The browser refuses any other bytes; the line has to be pasted anew after each update.
    #[must_use]
    pub fn pinned(base: &str, site: &'a Site, window: Option<&'a Window>) -> Self {
        let address = format!("{base}{}", assets::url("widget.js"));
        Self { address, integrity: Some(assets::integrity("widget.js")), ..Self::new(base, site, window) }
    }

    /// What the button is called, in the site's own language and words.
    fn words(&self) -> String {
        Voice::of(self.site, self.site.language).say("button-chat")
    }

    /// The same, where the loader would not say it by itself.
    fn label(&self) -> String {
        let words = self.words();
        if words == Voice::plain(Language::English).say("button-chat") { String::new() } else { words }
    }

    fn is_left(&self) -> bool {
        self.look.position == Position::Left
    }

    /// Empty where the visitor's device decides.
    fn scheme(&self) -> &'static str {
        match self.look.scheme {
            Scheme::Auto => "",
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::text::{Label, Name};
    use crate::domain::time::Timestamp;

    #[test]
    fn one_line_to_paste() {
        let mut site = Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        site.look.position = Position::Left;
        let line = Snippet::new("https://chat.example.org", &site, None).render().unwrap();
        assert_eq!(
            line,
            format!(
                "<script async src=\"https://chat.example.org/widget.js\" data-site=\"{0}\" data-accent=\"#0b5fb8\" data-position=\"left\"></script>\
                 <noscript><a href=\"https://chat.example.org/chat/{0}\" target=\"_blank\" rel=\"noopener\">Chat with us</a></noscript>",
                site.id
            )
        );
        let look =
            Look { launcher: Launcher::Text(Label::parse("Ask \"us\"").unwrap()), scheme: Scheme::Dark, ..Look::default() };
        let name = Name::parse("Pharmacy").unwrap();
        let window = Window { id: WindowId::from_bytes([2; 16]), name, look, department: None };
        site.switches.monitoring = true;
        let of_window = Snippet::new("https://chat.example.org", &site, Some(&window)).render().unwrap();
        let parts = format!(
            "data-window=\"{}\" data-accent=\"#0b5fb8\" data-scheme=\"dark\" data-text=\"Ask &#34;us&#34;\" data-visits></script>",
            window.id
        );
        assert!(of_window.contains(&parts), "{of_window}");
        site.language = Language::German;
        let german = Snippet::new("https://chat.example.org", &site, None).render().unwrap();
        assert!(
            german.contains(" data-label=\"Chatten Sie mit uns\"") && german.contains(">Chatten Sie mit uns</a>"),
            "{german}"
        );
        let pinned = Snippet::pinned("https://chat.example.org", &site, None).render().unwrap();
        assert!(
            pinned.contains("integrity=\"sha384-") && pinned.contains("src=\"https://chat.example.org/assets/widget."),
            "{pinned}"
        );
    }
}
