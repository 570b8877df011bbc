//! How a chat window and its button look on the website.

use std::fmt;

use super::id::{DepartmentId, WindowId};
use super::site::SiteError;
use super::text::{Label, Line, Name};

/// The look of one window with its button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub accent: Accent,
    pub scheme: Scheme,
    pub position: Position,
    pub launcher: Launcher,
}

/// A window beside the site's default one, for another page, brand or department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub id: WindowId,
    pub name: Name,
    pub look: Look,
    /// Chats that begin in it go there, whatever the form asks.
    pub department: Option<DepartmentId>,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// As the visitor's device is set.
    #[default]
    Auto,
    Light,
    Dark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Left,
    Right,
}

/// The button that opens the chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Launcher {
    #[default]
    Icon,
    Text(Label),
    /// A picture of the website's own: its address there.
    Image(Line),
    /// None: the page opens the chat itself.
    Hidden,
}

impl Default for Look {
    fn default() -> Self {
        Self { accent: Accent::default(), scheme: Scheme::Auto, position: Position::Right, launcher: Launcher::Icon }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_carries_white_text() {
        assert_eq!(Accent::parse("#0b5fb8"), Ok(Accent::default()));
        assert_eq!(Accent::parse("#ffee00"), Err(SiteError::AccentTooLight));
        assert_eq!(Accent::parse("0b5fb8"), Err(SiteError::Accent));
        assert_eq!(Accent::parse("#0b5fbß"), Err(SiteError::Accent));
    }
}
