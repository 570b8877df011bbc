//! How a window and its button look. The default window is a section of its own; further windows have the same form (see
//! `windows`).

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::look::{Accent, Launcher, Look, Position, Scheme};
use crate::domain::site::Site;
use crate::domain::text::{Label, Line};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookForm {
    /// `#rrggbb`
    pub accent: String,
    /// `auto`, `light` or `dark`
    pub scheme: String,
    /// `left` or `right`
    pub position: String,
    /// `icon`, `text`, `image` or `hidden`; which of the next two fields counts.
    pub launcher: String,
    pub launcher_text: String,
    pub launcher_image: String,
}

impl Section for LookForm {
    const NAME: SiteSection = SiteSection::Look;

    fn of(site: &Site) -> Self {
        Self::of_look(&site.look)
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let Some(look) = self.parse(&mut fields) else { return Err(fields.failure()) };
        site.look = look;
        Ok(())
    }
}

impl LookForm {
    #[must_use]
    pub fn of_look(look: &Look) -> Self {
        let (launcher, text, image) = match &look.launcher {
            Launcher::Icon => ("icon", "", ""),
            Launcher::Text(text) => ("text", text.as_str(), ""),
            Launcher::Image(address) => ("image", "", address.as_str()),
            Launcher::Hidden => ("hidden", "", ""),
        };
        Self {
            accent: look.accent.to_string(),
            scheme: match look.scheme {
                Scheme::Auto => "auto",
                Scheme::Light => "light",
                Scheme::Dark => "dark",
            }
            .to_owned(),
            position: match look.position {
                Position::Left => "left",
                Position::Right => "right",
            }
            .to_owned(),
            launcher: launcher.to_owned(),
            launcher_text: text.to_owned(),
            launcher_image: image.to_owned(),
        }
    }

    /// What was typed so far, for a preview: what cannot be taken yet stays as it is in `before`.
    #[must_use]
    pub fn draft(&self, before: &Look) -> Look {
        Look {
            accent: Accent::parse(&self.accent).unwrap_or(before.accent),
            scheme: parse_scheme(&self.scheme).unwrap_or(before.scheme),
            position: parse_position(&self.position).unwrap_or(before.position),
            launcher: self.parse_launcher(&mut Fields::default()).unwrap_or_else(|| before.launcher.clone()),
        }
    }

    pub(super) fn parse(&self, fields: &mut Fields) -> Option<Look> {
        let accent = fields.take("accent", Accent::parse(&self.accent));
        let scheme = fields.take("scheme", parse_scheme(&self.scheme));
        let position = fields.take("position", parse_position(&self.position));
        let launcher = self.parse_launcher(fields);
        Some(Look { accent: accent?, scheme: scheme?, position: position?, launcher: launcher? })
    }

    fn parse_launcher(&self, fields: &mut Fields) -> Option<Launcher> {
        match self.launcher.as_str() {
            "icon" => Some(Launcher::Icon),
            "text" => fields.take("launcher_text", Label::parse(&self.launcher_text)).map(Launcher::Text),
            "image" => fields.take("launcher_image", parse_image(&self.launcher_image)).map(Launcher::Image),
            "hidden" => Some(Launcher::Hidden),
            _ => {
                fields.refuse("launcher", "Choose what opens the chat.");
                None
            }
        }
    }
}

fn parse_scheme(word: &str) -> Result<Scheme, &'static str> {
    match word {
        "auto" => Ok(Scheme::Auto),
        "light" => Ok(Scheme::Light),
        "dark" => Ok(Scheme::Dark),
        _ => Err("Choose light, dark, or what the visitor’s device is set to."),
    }
}

fn parse_position(word: &str) -> Result<Position, &'static str> {
    match word {
        "left" => Ok(Position::Left),
        "right" => Ok(Position::Right),
        _ => Err("Choose left or right."),
    }
}

/// The address of a picture on the website: https, or a path there.
fn parse_image(raw: &str) -> Result<Line, String> {
    const WRONG: &str = "Write the address of a picture on your website, such as https://www.example.org/chat.png or /chat.png.";
    let address = Line::parse(raw).map_err(|error| error.to_string())?;
    let text = address.as_str();
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
    let is_https = url::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.username().is_empty());
    let is_plain = !text.contains(|c: char| c.is_whitespace() || "\"'<>".contains(c));
    if (is_path || is_https) && is_plain { Ok(address) } else { Err(WRONG.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_one_of_the_website() {
        for right in ["/chat.png", "https://www.example.org/img/chat.svg?v=2"] {
            assert!(parse_image(right).is_ok(), "{right}");
        }
        for wrong in
            ["", "chat.png", "//evil.example/x.png", "http://example.org/x.png", "javascript:alert(1)", "/a b.png", "/\\evil"]
        {
            assert!(parse_image(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_draft_keeps_what_is_not_finished_yet() {
        let before = Look::default();
        let typed = LookForm { accent: "#0b5".to_owned(), scheme: "dark".to_owned(), ..LookForm::of_look(&before) };
        assert_eq!(typed.draft(&before), Look { scheme: Scheme::Dark, ..before });
    }
}
