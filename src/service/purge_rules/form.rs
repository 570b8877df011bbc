//! A rule as its form holds it: text as typed, so that a form that failed shows it again.

use crate::domain::id::{DepartmentId, OrderId, SiteId};
use crate::domain::purge_rule::{Every, How, PurgeOrder, RuleFault, Schedule, Standing, What, When};
use crate::domain::retention::{RetentionClass, ZoneName};
use crate::domain::text::{Name, Tag};
use crate::domain::time::Timestamp;
use crate::service::Failure;
use crate::service::fields::Fields;
use crate::store::House;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleForm {
    pub name: String,
    /// `transcripts`, `messages` or `submissions`
    pub class: String,
    /// A site's id, empty for all; a department's the same.
    pub site: String,
    pub department: String,
    pub tag: String,
    /// `close`, `mailed`, `delivered`, `viewed`, `withdrawn`, `hours`, `days` or `schedule`; which of the others counts.
    pub when: String,
    pub hours: String,
    pub days: String,
    /// `hour`, `day`, `week` or `month`
    pub every: String,
    /// 1 is Monday.
    pub weekday: String,
    pub month_day: String,
    pub hour: String,
    pub zone: String,
    /// `erase` or `anonymise`
    pub how: String,
}

impl Default for RuleForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            class: "transcripts".to_owned(),
            site: String::new(),
            department: String::new(),
            tag: String::new(),
            when: "days".to_owned(),
            hours: "1".to_owned(),
            days: "1".to_owned(),
            every: "day".to_owned(),
            weekday: "1".to_owned(),
            month_day: "1".to_owned(),
            hour: "3".to_owned(),
            zone: "UTC".to_owned(),
            how: "erase".to_owned(),
        }
    }
}

impl RuleForm {
    #[must_use]
    pub fn of(order: &PurgeOrder) -> Self {
        let PurgeOrder { name, what, when, how, .. } = order;
        let mut form = Self {
            name: name.as_str().to_owned(),
            class: class_code(what.class).to_owned(),
            site: what.site.map(|id| id.to_string()).unwrap_or_default(),
            department: what.department.map(|id| id.to_string()).unwrap_or_default(),
            tag: what.tag.as_ref().map(|tag| tag.as_str().to_owned()).unwrap_or_default(),
            how: if *how == How::Erase { "erase" } else { "anonymise" }.to_owned(),
            ..Self::default()
        };
        form.when = match when {
            When::AtClose => "close",
            When::AfterMailed => "mailed",
            When::AfterDelivered => "delivered",
            When::OnFirstView => "viewed",
            When::OnConsentWithdrawn => "withdrawn",
            When::HoursAfter(hours) => {
                form.hours = hours.to_string();
                "hours"
            }
            When::DaysAfter(days) => {
                form.days = days.to_string();
                "days"
            }
            When::Schedule(schedule) => {
                form.show(schedule);
                "schedule"
            }
        }
        .to_owned();
        form
    }

    fn show(&mut self, Schedule { every, hour, zone }: &Schedule) {
        self.hour = hour.to_string();
        zone.as_str().clone_into(&mut self.zone);
        self.every = match every {
            Every::Hour => "hour",
            Every::Day => "day",
            Every::Week(day) => {
                self.weekday = day.to_string();
                "week"
            }
            Every::Month(day) => {
                self.month_day = day.to_string();
                "month"
            }
        }
        .to_owned();
    }

    /// # Errors
    /// `InvalidFields` for all that cannot be taken.
    pub(super) fn parse(&self, house: &House, id: OrderId, created_at: Timestamp) -> Result<PurgeOrder, Failure> {
        let mut fields = Fields::default();
        let name = fields.take("name", Name::parse(&self.name));
        let class = fields.take("class", class_of(&self.class).ok_or("Choose what the rule is about."));
        let site = self.site(house, &mut fields);
        let department = self.department(house, &mut fields, site.flatten());
        let tag = if self.tag.trim().is_empty() { Some(None) } else { fields.take("tag", Tag::parse(&self.tag)).map(Some) };
        let when = self.when(&mut fields);
        let how = match self.how.as_str() {
            "erase" => Some(How::Erase),
            "anonymise" => Some(How::Anonymise),
            _ => None,
        };
        let how = fields.take("how", how.ok_or("Choose what becomes of it."));
        let (Some(name), Some(class), Some(site), Some(department), Some(tag), Some(when), Some(how)) =
            (name, class, site, department, tag, when, how)
        else {
            return Err(fields.failure());
        };
        let what = What { class, site, department, tag };
        let order = PurgeOrder { id, name, what, when, how, standing: Standing::Draft, last: None, created_at };
        order.checked().map_err(|fault| {
            let mut fields = Fields::default();
            fields.refuse(field_of(fault), fault.to_string());
            fields.failure()
        })
    }

    /// The outer `None`: it was refused.
    fn site(&self, house: &House, fields: &mut Fields) -> Option<Option<SiteId>> {
        if self.site.is_empty() {
            return Some(None);
        }
        let known = self.site.parse().ok().filter(|id| house.sites.contains_key(id));
        fields.take("site", known.ok_or("This site is not here any more. Choose again.")).map(Some)
    }

    fn department(&self, house: &House, fields: &mut Fields, site: Option<SiteId>) -> Option<Option<DepartmentId>> {
        if self.department.is_empty() {
            return Some(None);
        }
        let known = self.department.parse().ok().and_then(|id| house.departments.get(&id));
        let known = fields.take("department", known.ok_or("This department is not here any more. Choose again."))?;
        if site.is_some_and(|site| site != known.site) {
            fields
                .refuse("department", "This department belongs to another site, so nothing would ever be in both. Choose again.");
            return None;
        }
        Some(Some(known.id))
    }

    fn when(&self, fields: &mut Fields) -> Option<When> {
        let (field, when) = match self.when.as_str() {
            "close" => ("when", Ok(When::AtClose)),
            "mailed" => ("when", Ok(When::AfterMailed)),
            "delivered" => ("when", Ok(When::AfterDelivered)),
            "viewed" => ("when", Ok(When::OnFirstView)),
            "withdrawn" => ("when", Ok(When::OnConsentWithdrawn)),
            "hours" => ("hours", number(&self.hours).map(When::HoursAfter).ok_or(RuleFault::Hours)),
            "days" => ("days", number(&self.days).map(When::DaysAfter).ok_or(RuleFault::Days)),
            "schedule" => return self.schedule(fields).map(When::Schedule),
            _ => {
                fields.refuse("when", "Choose when it happens.");
                return None;
            }
        };
        fields.take(field, when.and_then(When::checked))
    }

    fn schedule(&self, fields: &mut Fields) -> Option<Schedule> {
        let zone = fields.take("zone", ZoneName::parse(&self.zone));
        // Of no meaning to what comes each hour, which is not asked for one.
        let hour = if self.every == "hour" { Ok(0) } else { number(&self.hour).ok_or(RuleFault::Hour) };
        let hour = fields.take("hour", hour);
        let every = match self.every.as_str() {
            "hour" => Ok(Every::Hour),
            "day" => Ok(Every::Day),
            "week" => number(&self.weekday).map(Every::Week).ok_or(RuleFault::Weekday),
            "month" => number(&self.month_day).map(Every::Month).ok_or(RuleFault::MonthDay),
            _ => {
                fields.refuse("every", "Choose how often.");
                return None;
            }
        };
        let every = every.map_err(|fault| fields.refuse(field_of(fault), fault.to_string())).ok();
        let schedule = Schedule { every: every?, hour: hour?, zone: zone? };
        match When::Schedule(schedule.clone()).checked() {
            Ok(_) => Some(schedule),
            Err(fault) => {
                fields.refuse(field_of(fault), fault.to_string());
                None
            }
        }
    }
}

const CLASSES: [(RetentionClass, &str); 6] = [
    (RetentionClass::Transcripts, "transcripts"),
    (RetentionClass::Messages, "messages"),
    (RetentionClass::Submissions, "submissions"),
    (RetentionClass::Attachments, "attachments"),
    (RetentionClass::Reporting, "reporting"),
    (RetentionClass::Deliveries, "deliveries"),
];

fn class_of(code: &str) -> Option<RetentionClass> {
    CLASSES.into_iter().find(|(_, it)| *it == code).map(|(class, _)| class)
}

fn class_code(class: RetentionClass) -> &'static str {
    CLASSES.into_iter().find(|(it, _)| *it == class).map_or("", |(_, code)| code)
}

/// Where a fault stands in the form.
const fn field_of(fault: RuleFault) -> &'static str {
    match fault {
        RuleFault::Hours => "hours",
        RuleFault::Days => "days",
        RuleFault::Hour => "hour",
        RuleFault::Weekday => "weekday",
        RuleFault::MonthDay => "month_day",
        RuleFault::Class(_) => "class",
        RuleFault::NothingLeft => "how",
        RuleFault::NeverOfSubmissions => "when",
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}
