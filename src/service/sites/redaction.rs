//! What is taken out of the chats of a site before it is stored or told.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::limits;
use crate::domain::redaction::{OwnPattern, Redaction, compile};
use crate::domain::site::Site;
use crate::domain::text::{Label, Line};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RedactionForm {
    pub cards: bool,
    pub ssn: bool,
    pub iban: bool,
    /// One a line: a name, an equals sign, a regular expression.
    pub patterns: String,
}

impl Section for RedactionForm {
    const NAME: SiteSection = SiteSection::Redaction;

    fn of(site: &Site) -> Self {
        let Redaction { cards, ssn, iban, patterns } = &site.redaction;
        let lines: Vec<_> = patterns.iter().map(|it| format!("{} = {}", it.name.as_str(), it.pattern.as_str())).collect();
        Self { cards: *cards, ssn: *ssn, iban: *iban, patterns: lines.join("\n") }
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let Some(patterns) = fields.take("patterns", parse_patterns(&self.patterns)) else { return Err(fields.failure()) };
        let Self { cards, ssn, iban, .. } = *self;
        site.redaction = Redaction { cards, ssn, iban, patterns };
        Ok(())
    }
}

/// Empty lines do not count. What is wrong with a line is said with its number, and never with what stands in it: it may be what people
/// are to be protected from.
fn parse_patterns(text: &str) -> Result<Vec<OwnPattern>, String> {
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let patterns: Vec<_> =
        lines.map(|(number, line)| parse_line(line).map_err(|why| format!("Line {number}: {why}"))).collect::<Result<_, _>>()?;
    if patterns.len() > limits::PATTERNS_PER_SITE {
        return Err(format!("At most {} patterns fit.", limits::PATTERNS_PER_SITE));
    }
    Ok(patterns)
}

fn parse_line(line: &str) -> Result<OwnPattern, String> {
    let (name, pattern) =
        line.split_once('=').ok_or("Write a name, an equals sign and the pattern, such as Patient = PN-[0-9]{6}.")?;
    let name = Label::parse(name).map_err(|_| "Write a name before the equals sign.")?;
    let pattern = pattern.trim();
    compile(pattern).map_err(|error| error.to_string())?;
    Ok(OwnPattern { name, pattern: Line::parse(pattern).map_err(|error| error.to_string())? })
}
