//! The texts of the widget in the site's own words, one language at a time, and the language that is spoken where neither the page
//! nor the browser asks for one that there is.

use std::collections::BTreeMap;

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::consent;
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::site::Site;
use crate::texts::{built_in, own};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextsForm {
    /// Whose texts these are.
    pub language: Language,
    /// The tag of the language to fall back to.
    pub fallback: String,
    /// By key; empty where the built-in text stands.
    pub texts: BTreeMap<String, String>,
}

impl TextsForm {
    #[must_use]
    pub fn in_language(site: &Site, language: Language) -> Self {
        let own = site.texts.iter().filter(|((other, _), _)| *other == language);
        Self {
            language,
            fallback: site.language.tag().to_owned(),
            texts: own.map(|((_, key), text)| (key.clone(), text.clone())).collect(),
        }
    }
}

impl Section for TextsForm {
    const NAME: SiteSection = SiteSection::Texts;

    fn of(site: &Site) -> Self {
        Self::in_language(site, site.language)
    }

    fn apply(&self, ctx: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let exact = Language::ALL.into_iter().find(|language| language.tag() == self.fallback);
        let fallback = fields.take("fallback", exact.ok_or("Choose one of these languages."));
        let built_in = built_in(self.language);
        let mut texts = site.texts.clone();
        texts.retain(|(language, _), _| *language != self.language);
        for (key, typed) in &self.texts {
            let text = typed.replace("\r\n", "\n");
            let text = text.trim();
            // The built-in text, copied, stands for itself: it follows when a later version says it better.
            if text.is_empty() || built_in.get(key).is_some_and(|original| own::written(original) == text) {
                continue;
            }
            if fields.take(key.clone(), own::check(site, key, text)).is_some() {
                texts.insert((self.language, key.clone()), text.to_owned());
            }
        }
        if texts.len() > limits::TEXTS_PER_SITE {
            fields
                .refuse("", format!("At most {} texts of a site's own fit, in all languages together.", limits::TEXTS_PER_SITE));
        }
        fields.check()?;
        let consented = (self.language, own::CONSENT.to_owned());
        if texts.get(&consented) != site.texts.get(&consented) {
            consent::reworded(site, ctx.now);
        }
        site.texts = texts;
        site.language = fallback.unwrap_or(site.language);
        Ok(())
    }
}
