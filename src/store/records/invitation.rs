//! Rules that invite visitors, as parts of a site's record.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::id::RuleId;
use crate::domain::invitation::InvitationRule;
use crate::domain::text::{Line, Name, Notice};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) struct RuleRecord {
    id: [u8; 16],
    name: String,
    text: String,
    is_on: bool,
    page: Option<String>,
    referrer: Option<String>,
    seconds_on_page: Option<u16>,
    pages_seen: Option<u16>,
    scrolled_percent: Option<u8>,
    exit_intent: bool,
    again_after_days: u16,
}

impl From<&InvitationRule> for RuleRecord {
    fn from(it: &InvitationRule) -> Self {
        let text = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned());
        Self {
            id: *it.id.as_bytes(),
            name: it.name.as_str().to_owned(),
            text: it.text.as_str().to_owned(),
            is_on: it.is_on,
            page: text(&it.page),
            referrer: text(&it.referrer),
            seconds_on_page: it.seconds_on_page,
            pages_seen: it.pages_seen,
            scrolled_percent: it.scrolled_percent,
            exit_intent: it.exit_intent,
            again_after_days: it.again_after_days,
        }
    }
}

impl RuleRecord {
    pub(super) fn rule(self) -> Result<InvitationRule, StoreError> {
        let line = |text: Option<String>| text.as_deref().map(Line::parse).transpose().map_err(unfit);
        Ok(InvitationRule {
            id: RuleId::from_bytes(self.id),
            name: Name::parse(&self.name).map_err(unfit)?,
            text: Notice::parse(&self.text).map_err(unfit)?,
            is_on: self.is_on,
            page: line(self.page)?,
            referrer: line(self.referrer)?,
            seconds_on_page: self.seconds_on_page,
            pages_seen: self.pages_seen,
            scrolled_percent: self.scrolled_percent,
            exit_intent: self.exit_intent,
            again_after_days: self.again_after_days,
        })
    }
}
