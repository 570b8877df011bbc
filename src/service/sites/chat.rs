//! What is said at the beginning and the end of a chat, and what is asked of visitor and operator when it is over.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::limits;
use crate::domain::site::Site;
use crate::domain::text::{Notice, Tag, TextError};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChatForm {
    pub welcome: String,
    pub closing: String,
    pub rating: bool,
    /// One tag a line.
    pub tags: String,
    pub wrap_up_required: bool,
}

impl Section for ChatForm {
    const NAME: SiteSection = SiteSection::Chat;

    fn of(site: &Site) -> Self {
        Self {
            welcome: site.welcome.as_str().to_owned(),
            closing: site.closing.as_str().to_owned(),
            rating: site.rating,
            tags: site.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join("\n"),
            wrap_up_required: site.wrap_up_required,
        }
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let welcome = fields.take("welcome", Notice::parse(&self.welcome));
        let closing = fields.take("closing", Notice::parse(&self.closing));
        let tags = fields.take("tags", parse_tags(&self.tags));
        if self.wrap_up_required && tags.as_ref().is_some_and(Vec::is_empty) {
            // Nobody could close a chat any more.
            fields.refuse("tags", "Write at least one tag, or do not ask operators to choose one.");
        }
        let (Some(welcome), Some(closing), Some(tags)) = (welcome, closing, tags) else { return Err(fields.failure()) };
        fields.check()?;
        site.welcome = welcome;
        site.closing = closing;
        site.rating = self.rating;
        site.tags = tags;
        site.wrap_up_required = self.wrap_up_required;
        Ok(())
    }
}

/// One tag a line, in the order in which they are offered; empty lines do not count, repetitions count once.
fn parse_tags(text: &str) -> Result<Vec<Tag>, String> {
    let mut tags: Vec<Tag> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let tag = Tag::parse(line).map_err(|error: TextError| format!("{}: {error}", line.trim()))?;
        if !tags.iter().any(|other| other.as_str().to_lowercase() == tag.as_str().to_lowercase()) {
            tags.push(tag);
        }
    }
    if tags.len() > limits::TAGS_PER_SITE { Err(format!("At most {} tags fit.", limits::TAGS_PER_SITE)) } else { Ok(tags) }
}
