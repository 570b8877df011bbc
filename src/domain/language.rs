//! The languages that visitors are spoken to in.

/// A language with a translation of every text of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
    Portuguese,
    Italian,
    Dutch,
    Polish,
    Arabic,
    Hebrew,
    Japanese,
    Chinese,
}

impl Language {
    pub const ALL: [Self; 12] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Portuguese,
        Self::Italian,
        Self::Dutch,
        Self::Polish,
        Self::Arabic,
        Self::Hebrew,
        Self::Japanese,
        Self::Chinese,
    ];

    /// The language subtag (BCP 47), for `lang` attributes and for the wire.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Italian => "it",
            Self::Dutch => "nl",
            Self::Polish => "pl",
            Self::Arabic => "ar",
            Self::Hebrew => "he",
            Self::Japanese => "ja",
            Self::Chinese => "zh",
        }
    }

    /// What the staff calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::French => "French",
            Self::Spanish => "Spanish",
            Self::Portuguese => "Portuguese",
            Self::Italian => "Italian",
            Self::Dutch => "Dutch",
            Self::Polish => "Polish",
            Self::Arabic => "Arabic",
            Self::Hebrew => "Hebrew",
            Self::Japanese => "Japanese",
            Self::Chinese => "Chinese",
        }
    }

    /// What those who speak it call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Portuguese => "Português",
            Self::Italian => "Italiano",
            Self::Dutch => "Nederlands",
            Self::Polish => "Polski",
            Self::Arabic => "العربية",
            Self::Hebrew => "עברית",
            Self::Japanese => "日本語",
            Self::Chinese => "中文",
        }
    }

    /// The language of a tag such as `de`, `de-AT` or `zh_Hans_CN`; `None` for one without a translation.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        // `iw` is what some browsers still call Hebrew.
        let primary = if primary == "iw" { "he" } else { primary.as_str() };
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic | Self::Hebrew)
    }

    /// `ltr` or `rtl`, for `dir` attributes.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_by_its_language_alone() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("zh_Hans_CN"), Some(Language::Chinese));
        assert_eq!(Language::of_tag("IW"), Some(Language::Hebrew));
        assert_eq!(Language::of_tag("tlh"), None);
        assert_eq!(Language::of_tag(""), None);
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }
}
