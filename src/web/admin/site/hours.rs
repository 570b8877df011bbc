//! Business hours of a site, or of one of its departments: a week of times, and holidays. A button that adds or takes away a row sends
//! the whole form, which comes back with it; nothing is kept until it is saved.

use actix_web::HttpRequest;
use askama::Template;
use jiff::tz::TimeZone;

use super::Head;
use crate::domain::hours::Hours;
use crate::domain::id::{DepartmentId, SiteId};
use crate::domain::opening::Opening;
use crate::domain::time::Timestamp;
use crate::service::departments;
use crate::service::sites::{self, HolidayForm, HoursForm, Mode, SpanForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Ids, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What was typed, and which button sent it.
#[derive(Clone)]
pub struct Sent {
    draft: HoursForm,
    act: Act,
}

#[derive(Clone, Copy)]
enum Act {
    Save,
    CopyMonday,
    AddHoliday,
    RemoveHoliday(usize),
}

impl FromFields for Sent {
    fn from_fields(fields: &mut Fields) -> Self {
        let mut draft =
            HoursForm { mode: Mode::of_word(&fields.take("mode")), zone: fields.take("zone"), ..HoursForm::default() };
        for (number, day) in draft.days.iter_mut().enumerate() {
            for (part, span) in day.iter_mut().enumerate() {
                *span = SpanForm {
                    from: fields.take(&format!("from_{number}_{part}")),
                    to: fields.take(&format!("to_{number}_{part}")),
                };
            }
        }
        // One more than fit is read, so that it can be said.
        let count = fields.take("holidays").parse().unwrap_or(0).min(crate::domain::limits::HOLIDAYS + 1);
        draft.holidays = (0..count)
            .map(|number| HolidayForm {
                date: fields.take(&format!("date_{number}")),
                name: fields.take(&format!("holiday_{number}")),
                span: SpanForm {
                    from: fields.take(&format!("holiday_from_{number}")),
                    to: fields.take(&format!("holiday_to_{number}")),
                },
            })
            .collect();
        let act = fields.take("act");
        let act = match act.split_once('-').map(|(what, row)| (what, row.parse())) {
            Some(("remove", Ok(row))) => Act::RemoveHoliday(row),
            _ if act == "add" => Act::AddHoliday,
            _ if act == "copy" => Act::CopyMonday,
            _ => Act::Save,
        };
        Self { draft, act }
    }
}

/// Whose hours these are.
struct Whose {
    head: Head,
    department: Option<(DepartmentId, String)>,
    saved: Option<Hours>,
}

impl Whose {
    fn site(app: &App, staff: &Staff, id: SiteId) -> Result<Self, Error> {
        let head = Head::new(app, staff, id, "hours")?;
        let saved = Some(head.site.hours.clone());
        Ok(Self { head, department: None, saved })
    }

    fn department(app: &App, staff: &Staff, site: SiteId, id: DepartmentId) -> Result<Self, Error> {
        let department = staff.look(app, |ctx| departments::get(ctx, site, id))?;
        let head = Head::new(app, staff, site, "departments")?;
        let saved = department.hours.clone();
        Ok(Self { head, department: Some((id, department.name.as_str().to_owned())), saved })
    }

    fn address(&self) -> String {
        match &self.department {
            None => self.head.address("hours"),
            Some((id, _)) => format!("{}/hours", urls::department(self.head.site.id, *id)),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/hours.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    /// Of which department, by address and name; `None` for those of the site.
    department: Option<(String, String)>,
    address: String,
    /// How it stands at this moment, by what is saved.
    now: String,
    draft: &'a HoursForm,
    /// The row of a holiday that was just added.
    focus: Option<usize>,
    is_changed: bool,
    errors: &'a Errors,
}

impl Page<'_> {
    fn day(number: &usize) -> &'static str {
        DAYS.get(*number).copied().unwrap_or_default()
    }

    fn is_mode(&self, word: &str) -> bool {
        self.draft.mode.word() == word
    }

    fn has_focus(&self, row: &usize) -> bool {
        self.focus == Some(*row)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    show_saved(&app, &request, &staff, Whose::site(&app, &staff, id)?)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(sent): CsrfForm<Sent>) -> Answer {
    let whose = Whose::site(&app, &staff, id)?;
    carry_out(&app, &staff, whose, sent).await
}

pub async fn show_of_department(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Ids(site, id): Ids<SiteId, DepartmentId>,
) -> Answer {
    show_saved(&app, &request, &staff, Whose::department(&app, &staff, site, id)?)
}

pub async fn save_of_department(
    app: App,
    Admin(staff): Admin,
    Ids(site, id): Ids<SiteId, DepartmentId>,
    CsrfForm(sent): CsrfForm<Sent>,
) -> Answer {
    let whose = Whose::department(&app, &staff, site, id)?;
    carry_out(&app, &staff, whose, sent).await
}

fn show_saved(app: &App, request: &HttpRequest, staff: &Staff, whose: Whose) -> Answer {
    let said = if page::says(request, "saved") { "Saved. Visitors are told from now on." } else { "" };
    let draft = HoursForm::showing(whose.saved.as_ref());
    draw(app, Chrome::new(app, staff, "sites").saying(said), whose, &draft, None, &Errors::default())
}

async fn carry_out(app: &App, staff: &Staff, whose: Whose, sent: Sent) -> Answer {
    let mut draft = sent.draft;
    let mut errors = Errors::default();
    let mut focus = None;
    match sent.act {
        Act::Save => {
            let (form, site) = (draft.clone(), whose.head.site.id);
            let done = match whose.department {
                None => staff.act(app, move |ctx| sites::change(ctx, site, &form)).await?,
                Some((id, _)) => staff.act(app, move |ctx| departments::change_hours(ctx, site, id, &form)).await?,
            };
            match done {
                Ok(()) => return Ok(page::see_other(&format!("{}?saved", whose.address()))),
                Err(failure) => errors.take(failure)?,
            }
        }
        Act::CopyMonday => draft.copy_monday(),
        Act::AddHoliday => {
            draft.add_holiday();
            focus = draft.holidays.len().checked_sub(1);
        }
        Act::RemoveHoliday(row) => draft.remove_holiday(row),
    }
    draw(app, Chrome::new(app, staff, "sites"), whose, &draft, focus, &errors)
}

fn draw(app: &App, chrome: Chrome, whose: Whose, draft: &HoursForm, focus: Option<usize>, errors: &Errors) -> Answer {
    let in_force = whose.saved.as_ref().unwrap_or(&whose.head.site.hours);
    let now = in_words(in_force, app.now());
    let is_changed = *draft != HoursForm::showing(whose.saved.as_ref());
    let address = whose.address();
    let site = whose.head.site.id;
    let department = whose.department.map(|(id, name)| (urls::department(site, id), name));
    page::form(&Page { chrome, head: whose.head, department, address, now, draft, focus, is_changed, errors }, errors)
}

/// How it stands at this moment, in the words and the zone of whoever set the hours.
fn in_words(hours: &Hours, now: Timestamp) -> String {
    let zone = match hours {
        Hours::Always => return "Open at all hours.".to_owned(),
        Hours::Weekly(week) => TimeZone::get(week.zone.as_str()).unwrap_or(TimeZone::UTC),
    };
    match hours.opening(now) {
        Opening::Open => "Open at this moment.".to_owned(),
        Opening::Closed { opens_at: None } => "Closed, and no opening is in sight.".to_owned(),
        Opening::Closed { opens_at: Some(at) } => match jiff::Timestamp::from_millisecond(at.as_millis()) {
            Ok(at) => format!("Closed at this moment. Opens on {}.", at.to_zoned(zone).strftime("%A, %-d %B %Y, at %H:%M")),
            Err(_) => "Closed at this moment.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_in_words_how_it_stands() {
        let form = HoursForm { mode: Mode::Weekly, zone: "Europe/Berlin".to_owned(), ..HoursForm::default() };
        let hours = form.parse().unwrap().unwrap();
        let at = |text: &str| Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert_eq!(in_words(&hours, at("2026-11-23T10:00:00Z")), "Open at this moment.");
        let weekend = in_words(&hours, at("2026-11-21T10:00:00Z"));
        assert_eq!(weekend, "Closed at this moment. Opens on Monday, 23 November 2026, at 09:00.");
        assert_eq!(in_words(&Hours::Always, at("2026-11-21T10:00:00Z")), "Open at all hours.");
    }
}
