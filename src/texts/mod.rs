//! What visitors read, in their language: the Fluent files of `assets/texts`, looked up by key. Pure, like the domain below it:
//! nothing is read or asked while the appliance runs. Texts for staff stand where they are said, in English.
//!
//! The server says texts through `Voice`. What the chat window says itself travels with it (`window`): `build.rs` makes one script a
//! language of the same files, and a site's own words come with the page.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use crate::domain::language::Language;
use crate::domain::site::Site;

pub mod choice;
pub mod grammar;
pub mod own;
#[cfg(test)]
mod tests;

pub use fluent_bundle::FluentValue as Value;

type Bundle = FluentBundle<FluentResource>;

/// The Fluent file of a language.
#[must_use]
pub const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../assets/texts/en.ftl"),
        Language::German => include_str!("../../assets/texts/de.ftl"),
        Language::French => include_str!("../../assets/texts/fr.ftl"),
        Language::Spanish => include_str!("../../assets/texts/es.ftl"),
        Language::Portuguese => include_str!("../../assets/texts/pt.ftl"),
        Language::Italian => include_str!("../../assets/texts/it.ftl"),
        Language::Dutch => include_str!("../../assets/texts/nl.ftl"),
        Language::Polish => include_str!("../../assets/texts/pl.ftl"),
        Language::Arabic => include_str!("../../assets/texts/ar.ftl"),
        Language::Hebrew => include_str!("../../assets/texts/he.ftl"),
        Language::Japanese => include_str!("../../assets/texts/ja.ftl"),
        Language::Chinese => include_str!("../../assets/texts/zh.ftl"),
    }
}

/// All texts of a language as they are written; what this build was made of reads, since `build.rs` has read it.
#[must_use]
pub fn built_in(language: Language) -> BTreeMap<String, grammar::Text> {
    grammar::read(source(language)).unwrap_or_default()
}

/// Says texts in one language and, where a site has its own, in its words.
#[derive(Clone, Copy)]
pub struct Voice<'a> {
    pub language: Language,
    site: Option<&'a Site>,
}

impl<'a> Voice<'a> {
    #[must_use]
    pub fn of(site: &'a Site, language: Language) -> Self {
        Self { language, site: Some(site) }
    }

    /// Where no site is known.
    #[must_use]
    pub fn plain(language: Language) -> Self {
        Self { language, site: None }
    }

    /// A text without variables.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A text with its variables; the key itself where there is no such text, which a test rules out.
    #[must_use]
    pub fn tell(&self, key: &str, variables: &[(&str, Value)]) -> String {
        if let Some(plain) = self.site.and_then(|site| own::plain(site, self.language, key)) {
            return plain;
        }
        let own = self.site.and_then(|site| site.texts.get(&(self.language, key.to_owned())));
        let arguments: FluentArgs = variables.iter().map(|(name, value)| (*name, value.clone())).collect();
        own.and_then(|text| format(&bundle_of(self.language, own::message(key, text)), key, &arguments))
            .or_else(|| format(shelf(self.language), key, &arguments))
            .unwrap_or_else(|| key.to_owned())
    }
}

fn format(bundle: &Bundle, key: &str, arguments: &FluentArgs) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    Some(bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned())
}

/// The texts of a language, ready to be said. Made when a language is first asked for.
fn shelf(language: Language) -> &'static Bundle {
    static SHELVES: [OnceLock<Bundle>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
    SHELVES[language as usize].get_or_init(|| bundle_of(language, source(language).to_owned()))
}

fn bundle_of(language: Language, source: String) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // A name of the other direction must not turn a sentence around; where nobody writes from right to left the marks would only
    // be in the way of whoever copies a text.
    bundle.set_use_isolating(language.is_right_to_left());
    // What cannot be read is left out; the tests see to it that there is nothing of the kind.
    let resource = FluentResource::try_new(source).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}
