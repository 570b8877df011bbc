//! Rules that invite visitors to chat.

use super::{Ctx, Failure, Fields, Section, number};
use crate::domain::audit::SiteSection;
use crate::domain::id::RuleId;
use crate::domain::invitation::InvitationRule;
use crate::domain::limits;
use crate::domain::site::Site;
use crate::domain::text::{Line, Name, Notice};

/// The rules as typed; one without a name and a text is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvitationsForm {
    pub rules: Vec<RuleForm>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleForm {
    /// Empty for a new one.
    pub id: String,
    pub name: String,
    pub text: String,
    pub is_on: bool,
    pub page: String,
    pub referrer: String,
    pub seconds: String,
    pub pages: String,
    pub scrolled: String,
    pub exit: bool,
    pub days: String,
}

impl RuleForm {
    /// An empty one, to be filled in.
    #[must_use]
    pub fn blank() -> Self {
        Self { is_on: true, days: "30".to_owned(), ..Self::default() }
    }

    fn is_blank(&self) -> bool {
        self.name.trim().is_empty() && self.text.trim().is_empty()
    }

    fn parse(&self, ctx: &Ctx) -> Result<InvitationRule, String> {
        let line = |text: &str| if text.trim().is_empty() { Ok(None) } else { Line::parse(text).map(Some) };
        let whole = |text: &str, most: u16, what: &str| match text.trim() {
            "" => Ok(None),
            text => number(text)
                .filter(|n| (1..=most).contains(n))
                .map(Some)
                .ok_or_else(|| format!("{what} is a number from 1 to {most}, or empty.")),
        };
        Ok(InvitationRule {
            id: self.id.parse().unwrap_or_else(|_| RuleId::from_bytes(ctx.random_bytes())),
            name: Name::parse(&self.name).map_err(|error| format!("Name: {error}"))?,
            text: Notice::parse(&self.text).map_err(|error| format!("Words: {error}"))?,
            is_on: self.is_on,
            page: line(&self.page).map_err(|error| format!("Page: {error}"))?,
            referrer: line(&self.referrer).map_err(|error| format!("Came from: {error}"))?,
            seconds_on_page: whole(&self.seconds, 3_600, "Seconds on the page")?,
            pages_seen: whole(&self.pages, 1_000, "Pages seen")?,
            scrolled_percent: whole(&self.scrolled, 100, "Scrolled")?.and_then(|percent| u8::try_from(percent).ok()),
            exit_intent: self.exit,
            again_after_days: whole(&self.days, limits::AGAIN_AFTER_DAYS, "Days")?.unwrap_or(30),
        })
    }
}

impl Section for InvitationsForm {
    const NAME: SiteSection = SiteSection::Invitations;

    fn of(site: &Site) -> Self {
        let text = |line: &Option<Line>| line.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default();
        let of_rule = |rule: &InvitationRule| RuleForm {
            id: rule.id.to_string(),
            name: rule.name.as_str().to_owned(),
            text: rule.text.as_str().to_owned(),
            is_on: rule.is_on,
            page: text(&rule.page),
            referrer: text(&rule.referrer),
            seconds: rule.seconds_on_page.map(|n| n.to_string()).unwrap_or_default(),
            pages: rule.pages_seen.map(|n| n.to_string()).unwrap_or_default(),
            scrolled: rule.scrolled_percent.map(|n| n.to_string()).unwrap_or_default(),
            exit: rule.exit_intent,
            days: rule.again_after_days.to_string(),
        };
        Self { rules: site.invitations.iter().map(of_rule).collect() }
    }

    fn apply(&self, ctx: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let mut rules = Vec::new();
        for (index, rule) in self.rules.iter().enumerate().filter(|(_, rule)| !rule.is_blank()) {
            match rule.parse(ctx) {
                Ok(rule) => rules.push(rule),
                Err(wrong) => fields.refuse("rules", format!("Rule {}: {wrong}", index + 1)),
            }
        }
        if rules.len() > limits::RULES_PER_SITE {
            fields.refuse("rules", format!("At most {} rules fit.", limits::RULES_PER_SITE));
        }
        fields.check()?;
        site.invitations = rules;
        Ok(())
    }
}
