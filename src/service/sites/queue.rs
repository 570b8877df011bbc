//! How waiting chats find somebody who answers, as a form holds it: of a site, and of a department that has its own rules.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::limits;
use crate::domain::routing::{Assignment, Routing};
use crate::domain::site::Site;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueForm {
    /// `manual`, `least_busy` or `round_robin`.
    pub assignment: String,
    pub answer_within: String,
    /// Empty for never, while somebody is there.
    pub leave_after: String,
}

impl QueueForm {
    #[must_use]
    pub fn showing(routing: Routing) -> Self {
        let assignment = match routing.assignment {
            Assignment::Manual => "manual",
            Assignment::LeastBusy => "least_busy",
            Assignment::RoundRobin => "round_robin",
        };
        let text = |seconds: Option<u16>| seconds.map(|seconds| seconds.to_string()).unwrap_or_default();
        Self {
            assignment: assignment.to_owned(),
            answer_within: text(routing.answer_within_seconds),
            leave_after: text(routing.leave_message_after_seconds),
        }
    }

    pub(in crate::service) fn parse(&self, fields: &mut Fields) -> Option<Routing> {
        let assignment = match self.assignment.as_str() {
            "manual" => Some(Assignment::Manual),
            "least_busy" => Some(Assignment::LeastBusy),
            "round_robin" => Some(Assignment::RoundRobin),
            _ => {
                fields.refuse("assignment", "Choose how chats are given to operators.");
                None
            }
        };
        let answer_within = fields.take("answer_within", seconds(&self.answer_within));
        let leave_after = fields.take("leave_after", seconds(&self.leave_after));
        Some(Routing {
            assignment: assignment?,
            answer_within_seconds: answer_within?,
            leave_message_after_seconds: leave_after?,
        })
    }
}

fn seconds(text: &str) -> Result<Option<u16>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (least, most) = (limits::QUEUE_SECONDS_MIN, limits::QUEUE_SECONDS_MAX);
    let seconds = super::number(text).filter(|seconds| (least..=most).contains(seconds));
    seconds.map(Some).ok_or_else(|| format!("Write {least} to {most} seconds, or nothing."))
}

impl Section for QueueForm {
    const NAME: SiteSection = SiteSection::Queue;

    fn of(site: &Site) -> Self {
        Self::showing(site.routing)
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let routing = self.parse(&mut fields);
        let Some(routing) = routing else { return Err(fields.failure()) };
        fields.check()?;
        site.routing = routing;
        Ok(())
    }
}
