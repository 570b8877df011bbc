//! Business hours as a form holds them: a week of times as typed, and holidays that are added and removed one by one.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::hours::{CalendarDay, Holiday, Hours, HoursError, Span, Week};
use crate::domain::limits;
use crate::domain::retention::ZoneName;
use crate::domain::site::Site;
use crate::domain::text::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursForm {
    pub mode: Mode,
    pub zone: String,
    /// Monday first.
    pub days: [[SpanForm; limits::SPANS_PER_DAY]; 7],
    pub holidays: Vec<HolidayForm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Always,
    Weekly,
    /// Of a department: those of its site.
    OfSite,
}

/// Two times as typed; both empty is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpanForm {
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayForm {
    pub date: String,
    pub name: String,
    pub span: SpanForm,
}

impl Mode {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Weekly => "weekly",
            Self::OfSite => "site",
        }
    }

    #[must_use]
    pub fn of_word(word: &str) -> Self {
        [Self::Weekly, Self::OfSite].into_iter().find(|mode| mode.word() == word).unwrap_or_default()
    }
}

impl Default for HoursForm {
    /// What a week mostly looks like, for whoever begins to fill one in.
    fn default() -> Self {
        let nine_to_five = || SpanForm { from: "09:00".to_owned(), to: "17:00".to_owned() };
        let mut days: [[SpanForm; limits::SPANS_PER_DAY]; 7] = Default::default();
        for day in days.iter_mut().take(5) {
            if let Some(first) = day.first_mut() {
                *first = nine_to_five();
            }
        }
        Self { mode: Mode::Always, zone: ZoneName::utc().as_str().to_owned(), days, holidays: Vec::new() }
    }
}

impl HoursForm {
    /// The form as it shows these hours; `None` are those of the site.
    #[must_use]
    pub fn showing(hours: Option<&Hours>) -> Self {
        match hours {
            None => Self { mode: Mode::OfSite, ..Self::default() },
            Some(Hours::Always) => Self::default(),
            Some(Hours::Weekly(week)) => Self {
                mode: Mode::Weekly,
                zone: week.zone.as_str().to_owned(),
                days: std::array::from_fn(|day| spans_of(week.days.get(day).map_or(&[], Vec::as_slice))),
                holidays: week.holidays.iter().map(HolidayForm::of).collect(),
            },
        }
    }

    /// # Errors
    /// `InvalidFields` for all that cannot be taken.
    pub fn parse(&self) -> Result<Option<Hours>, Failure> {
        match self.mode {
            Mode::OfSite => return Ok(None),
            Mode::Always => return Ok(Some(Hours::Always)),
            Mode::Weekly => {}
        }
        let mut fields = Fields::default();
        let zone = fields.take("zone", ZoneName::parse(&self.zone));
        let mut days: [Vec<Span>; 7] = Default::default();
        for (number, (day, typed)) in days.iter_mut().zip(&self.days).enumerate() {
            *day = fields.take(format!("day_{number}"), parse_spans(typed)).unwrap_or_default();
        }
        let holidays: Vec<_> =
            self.holidays.iter().enumerate().filter_map(|(number, holiday)| holiday.parse(number, &mut fields)).collect();
        let mut seen = std::collections::BTreeSet::new();
        for (number, holiday) in holidays.iter().enumerate() {
            if !seen.insert(holiday.date) {
                fields.refuse(format!("date_{number}"), "This day is listed twice.");
            }
        }
        if holidays.len() > limits::HOLIDAYS {
            fields.refuse("holidays", format!("At most {} holidays fit. Remove those that are over.", limits::HOLIDAYS));
        }
        let Some(zone) = zone else { return Err(fields.failure()) };
        fields.check()?;
        Ok(Some(Hours::Weekly(Week { zone, days, holidays })))
    }

    pub fn add_holiday(&mut self) {
        self.holidays.push(HolidayForm::default());
    }

    pub fn remove_holiday(&mut self, number: usize) {
        if number < self.holidays.len() {
            self.holidays.remove(number);
        }
    }

    /// Tuesday to Friday become as Monday is.
    pub fn copy_monday(&mut self) {
        let [monday, rest @ ..] = &mut self.days;
        for day in rest.iter_mut().take(4) {
            day.clone_from(monday);
        }
    }
}

impl HolidayForm {
    fn of(holiday: &Holiday) -> Self {
        let [span, ..] = spans_of(&holiday.spans);
        Self { date: holiday.date.date().to_string(), name: holiday.name.as_str().to_owned(), span }
    }

    fn parse(&self, number: usize, fields: &mut Fields) -> Option<Holiday> {
        let date = fields.take(format!("date_{number}"), CalendarDay::parse(&self.date));
        let name = fields.take(format!("holiday_{number}"), Name::parse(&self.name));
        let spans = fields.take(format!("date_{number}"), parse_spans(std::slice::from_ref(&self.span)));
        Some(Holiday { date: date?, name: name?, spans: spans? })
    }
}

fn spans_of(spans: &[Span]) -> [SpanForm; limits::SPANS_PER_DAY] {
    std::array::from_fn(|number| spans.get(number).map(SpanForm::of).unwrap_or_default())
}

impl SpanForm {
    fn of(span: &Span) -> Self {
        // The fields know no 24:00; midnight as an end is that.
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        Self { from: time(span.from_minute), to: time(span.to_minute) }
    }
}

/// The spans of a day in their order, apart from each other.
fn parse_spans(typed: &[SpanForm]) -> Result<Vec<Span>, String> {
    let mut spans: Vec<Span> = Vec::new();
    for SpanForm { from, to } in typed {
        let (from, to) = (from.trim(), to.trim());
        if from.is_empty() && to.is_empty() {
            continue;
        }
        let (Some(from), Some(to)) = (parse_time(from), parse_time(to)) else {
            return Err("Write both times as hours and minutes, such as 09:00, or leave both empty.".to_owned());
        };
        let to = if to == 0 { 24 * 60 } else { to };
        let span = Span::new(from, to).map_err(|error: HoursError| error.to_string())?;
        if spans.last().is_some_and(|before| before.to_minute >= span.from_minute) {
            return Err("The second time span has to begin after the first one has ended.".to_owned());
        }
        spans.push(span);
    }
    Ok(spans)
}

/// Minutes of the day. Browsers send seconds where somebody typed some; they do not count.
fn parse_time(text: &str) -> Option<u16> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse::<u16>().ok()?, parts.next()?.parse::<u16>().ok()?);
    (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
}

impl Section for HoursForm {
    const NAME: SiteSection = SiteSection::Hours;

    fn of(site: &Site) -> Self {
        Self::showing(Some(&site.hours))
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        site.hours = self.parse()?.unwrap_or_default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::stage::refused;

    #[test]
    fn what_was_parsed_is_shown_as_it_was_typed() {
        let mut form = HoursForm { mode: Mode::Weekly, zone: "Europe/Berlin".to_owned(), ..HoursForm::default() };
        form.days[0] = [("08:00", "12:30"), ("13:30", "00:00")].map(|(from, to)| SpanForm { from: from.into(), to: to.into() });
        form.copy_monday();
        form.add_holiday();
        form.holidays[0] = HolidayForm { date: "2026-12-25".into(), name: "Christmas".into(), span: SpanForm::default() };
        let hours = form.parse().unwrap();
        let Some(Hours::Weekly(week)) = &hours else { panic!("{hours:?}") };
        assert_eq!(week.days[4], [Span::new(480, 750).unwrap(), Span::new(810, 1_440).unwrap()]);
        assert!(week.days[5].is_empty() && week.holidays[0].spans.is_empty());
        assert_eq!(HoursForm::showing(hours.as_ref()), form);
        form.remove_holiday(0);
        form.remove_holiday(7);
        assert!(form.holidays.is_empty());
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let mut form = HoursForm { mode: Mode::Weekly, zone: "Berlin".to_owned(), ..HoursForm::default() };
        form.days[1][0].to = String::new();
        form.days[2][0] = SpanForm { from: "17:00".into(), to: "09:00".into() };
        form.days[3][1] = SpanForm { from: "16:00".into(), to: "18:00".into() };
        form.days[4][0].from = "25:00".into();
        form.holidays = vec![HolidayForm { date: "2026-02-30".into(), name: " ".into(), span: SpanForm::default() }];
        assert_eq!(refused(form.parse()), ["zone", "day_1", "day_2", "day_3", "day_4", "date_0", "holiday_0"]);
        let feast = HolidayForm { date: "2026-05-01".into(), name: "May".into(), span: SpanForm::default() };
        form = HoursForm { mode: Mode::Weekly, holidays: vec![feast.clone(), feast], ..HoursForm::default() };
        assert_eq!(refused(form.parse()), ["date_1"]);
        assert_eq!(HoursForm { mode: Mode::OfSite, ..form.clone() }.parse().unwrap(), None);
        assert_eq!(HoursForm { mode: Mode::Always, ..form }.parse().unwrap(), Some(Hours::Always));
    }
}
