//! Which clock runs for what: a site's own where it has one, else the plan of the house. Pure.

use super::purge_rule::{How, PurgeOrder, When};
use super::retention::{ClosedKind, PurgePolicy, ReportingDays, RetentionClass, RetentionPlan};
use super::site::Site;
use super::time::Timestamp;

/// What belongs to no site any more has nobody who wants it kept.
const ORPHANED: PurgePolicy = PurgePolicy::DaysAfterClose(1);

/// The clocks that the drawers of one site are kept by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    pub chats: PurgePolicy,
    pub messages: PurgePolicy,
    pub submissions: PurgePolicy,
    /// What is left without content is numbers like those of the reports, and is kept as long.
    pub anonymised: PurgePolicy,
}

impl Clocks {
    /// `None` for a site that is no more.
    #[must_use]
    pub fn of(site: Option<&Site>, plan: &RetentionPlan, reporting: ReportingDays) -> Self {
        let Some(site) = site else {
            return Self { chats: ORPHANED, messages: ORPHANED, submissions: ORPHANED, anonymised: ORPHANED };
        };
        let messages = site.clocks.messages.as_ref().or(plan.messages.as_ref()).unwrap_or(&site.purge);
        Self {
            chats: site.purge.clone(),
            messages: messages.clone(),
            submissions: site.clocks.submissions.as_ref().unwrap_or(&plan.submissions).clone(),
            anonymised: PurgePolicy::DaysAfterClose(reporting.get()),
        }
    }

    #[must_use]
    pub const fn of_closed(&self, kind: ClosedKind) -> &PurgePolicy {
        match kind {
            ClosedKind::Chat => &self.chats,
            ClosedKind::Message => &self.messages,
            ClosedKind::Anonymised => &self.anonymised,
        }
    }

    /// Whether all that a rule is about has gone by these before the rule could take it.
    #[must_use]
    pub fn are_before(&self, order: &PurgeOrder) -> bool {
        let clock = match order.what.class {
            RetentionClass::Transcripts => &self.chats,
            RetentionClass::Messages => &self.messages,
            // Those go at another time than their chat.
            RetentionClass::Submissions if self.submissions != PurgePolicy::AtClose => &self.submissions,
            _ => return false,
        };
        match (&order.when, order.when.age()) {
            (_, Some(age)) => clock.longest() <= age,
            (When::AtClose, None) => *clock == PurgePolicy::AtClose && order.how == How::Anonymise,
            (_, None) => *clock == PurgePolicy::AtClose,
        }
    }

    /// When something that was filled in has to go. At the close is the close of the chat that it was asked in; what was asked in none
    /// would be gone before anybody could read it, so it stays a day. `None` while the chat is open.
    #[must_use]
    pub fn submission_due_at(&self, filled_in_at: Timestamp, chat: Chat) -> Option<Timestamp> {
        match (&self.submissions, chat) {
            (PurgePolicy::AtClose, Chat::Open) => None,
            (PurgePolicy::AtClose, Chat::None) => Some(ORPHANED.due_at(filled_in_at)),
            (clock, _) => Some(clock.due_at(filled_in_at)),
        }
    }
}

impl RetentionPlan {
    /// How long messages are kept, in words.
    #[must_use]
    pub fn messages_told(&self) -> String {
        let same = || "As long as the chats of their site".to_owned();
        self.messages.as_ref().map_or_else(same, PurgePolicy::told_of_closed)
    }

    /// How long filled-in forms are kept, in words.
    #[must_use]
    pub fn submissions_told(&self) -> String {
        self.submissions.told_of_forms()
    }
}

/// The chat in which somebody was asked to fill in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chat {
    None,
    Open,
    /// Or gone.
    Over,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::OrderId;
    use crate::domain::id::SiteId;
    use crate::domain::purge_rule::{Standing, What};
    use crate::domain::retention::SiteClocks;
    use crate::domain::retention::ZoneName;
    use crate::domain::text::Name;

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_millis(hours * 3_600_000)
    }

    fn site(purge: PurgePolicy, clocks: SiteClocks) -> Site {
        let site = Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], Timestamp::default());
        Site { purge, clocks, ..site }
    }

    #[test]
    fn a_site_says_otherwise_than_the_plan_and_the_plan_than_the_chats() {
        let day = PurgePolicy::DaysAfterClose(1);
        let of = |plan: &RetentionPlan, own| Clocks::of(Some(&site(day.clone(), own)), plan, ReportingDays::default());
        let silent = RetentionPlan::default();
        assert_eq!(of(&silent, SiteClocks::default()).messages, day);
        let plan = RetentionPlan { messages: Some(PurgePolicy::DaysAfterClose(730)), ..silent };
        let clocks = of(&plan, SiteClocks::default());
        assert_eq!((&clocks.messages, &clocks.chats), (&PurgePolicy::DaysAfterClose(730), &day));
        let own = SiteClocks { messages: Some(PurgePolicy::AtClose), submissions: Some(PurgePolicy::HoursAfterClose(2)) };
        let clocks = of(&plan, own);
        assert_eq!(clocks.of_closed(ClosedKind::Message), &PurgePolicy::AtClose);
        assert_eq!(clocks.of_closed(ClosedKind::Chat), &day);
        assert_eq!(clocks.of_closed(ClosedKind::Anonymised), &PurgePolicy::DaysAfterClose(365));
        assert_eq!(clocks.submissions, PurgePolicy::HoursAfterClose(2));
        assert_eq!(Clocks::of(None, &plan, ReportingDays::default()).messages, day, "nobody wants it");
    }

    #[test]
    fn what_was_filled_in_goes_with_its_chat_and_never_before_it_could_be_read() {
        let own = SiteClocks { submissions: Some(PurgePolicy::AtClose), ..SiteClocks::default() };
        let clocks = Clocks::of(Some(&site(PurgePolicy::AtClose, own)), &RetentionPlan::default(), ReportingDays::default());
        assert_eq!(clocks.submission_due_at(hours(5), Chat::Open), None);
        assert_eq!(clocks.submission_due_at(hours(5), Chat::Over), Some(hours(5)));
        assert_eq!(clocks.submission_due_at(hours(5), Chat::None), Some(hours(29)));
        let own = SiteClocks { submissions: Some(PurgePolicy::HoursAfterClose(2)), ..SiteClocks::default() };
        let clocks = Clocks::of(Some(&site(PurgePolicy::AtClose, own)), &RetentionPlan::default(), ReportingDays::default());
        assert_eq!(clocks.submission_due_at(hours(5), Chat::Open), Some(hours(7)));
    }

    #[test]
    fn a_rule_that_comes_after_the_clock_is_known() {
        let before = |purge: PurgePolicy, class, when, how| {
            let plan = RetentionPlan { submissions: PurgePolicy::DaysAfterClose(2), ..RetentionPlan::default() };
            let clocks = Clocks::of(Some(&site(purge, SiteClocks::default())), &plan, ReportingDays::default());
            clocks.are_before(&PurgeOrder {
                id: OrderId::from_bytes([1; 16]),
                name: Name::parse("Nightly").unwrap(),
                what: What { class, site: None, department: None, tag: None },
                when,
                how,
                standing: Standing::Draft,
                last: None,
                created_at: Timestamp::default(),
            })
        };
        let chats = |purge, when, how| before(purge, RetentionClass::Transcripts, when, how);
        let day = || PurgePolicy::DaysAfterClose(1);
        assert!(chats(day(), When::DaysAfter(1), How::Erase) && chats(day(), When::DaysAfter(30), How::Anonymise));
        assert!(!chats(day(), When::HoursAfter(23), How::Erase) && !chats(day(), When::AfterMailed, How::Erase));
        let nightly = PurgePolicy::Daily { hour: 3, zone: ZoneName::utc() };
        assert!(chats(nightly.clone(), When::HoursAfter(25), How::Erase) && !chats(nightly, When::HoursAfter(24), How::Erase));
        for when in [When::OnFirstView, When::AfterDelivered] {
            assert!(chats(PurgePolicy::AtClose, when.clone(), How::Erase));
            assert!(!before(PurgePolicy::AtClose, RetentionClass::Submissions, when, How::Erase));
        }
        assert!(
            !chats(PurgePolicy::AtClose, When::AtClose, How::Erase) && chats(PurgePolicy::AtClose, When::AtClose, How::Anonymise)
        );
        assert!(before(day(), RetentionClass::Submissions, When::HoursAfter(48), How::Erase));
        assert!(before(day(), RetentionClass::Messages, When::DaysAfter(1), How::Erase));
    }
}
