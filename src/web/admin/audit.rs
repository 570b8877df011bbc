//! `/admin/audit`: the audit log in words, with filters, and as a file. What is filtered for comes in a form and is in no address, since
//! it may be an address of somebody, or somebody.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::audit::{AuditActor, AuditEntry, Outcome};
use crate::domain::id::{AlertId, BlockId, CannedId, ConversationId, DepartmentId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::network::Network;
use crate::domain::retention::{AuditDays, ZoneName};
use crate::service::Ctx;
use crate::service::audit_log::{self, Filter, Format, Kind, Page};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

/// What is filtered for, as typed; an empty field does not count.
#[derive(Clone, Default)]
pub struct Form {
    who: String,
    kind: String,
    result: String,
    address: String,
    about: String,
    /// Days in the reader's own zone, as `2026-11-22`.
    since: String,
    until: String,
    /// The name of that zone, which the page's script fills in.
    zone: String,
    /// Where the page before ended.
    before: String,
    format: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            who: fields.take("who"),
            kind: fields.take("kind"),
            result: fields.take("result"),
            address: fields.take("address"),
            about: fields.take("about"),
            since: fields.take("since"),
            until: fields.take("until"),
            zone: fields.take("zone"),
            before: fields.take("before"),
            format: fields.take("format"),
        }
    }
}

impl Form {
    fn filter(&self) -> Result<Filter, Errors> {
        let mut errors = Errors::default();
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut taken = |field: &'static str, is_wrong: bool, message: &str| {
            if is_wrong {
                errors.add(field, message);
            }
        };
        let who = given(&self.who).map(|who| actor(&who));
        taken("who", who == Some(None), "This is not in the list any more. Choose again.");
        let about = given(&self.about).map(|id| any_id(&id));
        taken("about", about == Some(None), "Write an id as this page shows them, such as cnv_… or opr_….");
        let from = given(&self.address).map(|network| Network::parse(&network).ok());
        taken("address", from == Some(None), "Write an address or a network, such as 203.0.113.7 or 203.0.113.0/24.");
        let zone = ZoneName::parse(&self.zone).unwrap_or_else(|_| ZoneName::utc());
        let day = |text: &str| given(text).map(|day| zone.day(&day));
        let (since, until) = (day(&self.since), day(&self.until));
        taken("since", since == Some(None), "Write a day like 2026-11-22.");
        taken("until", until == Some(None), "Write a day like 2026-11-22.");
        let (since, until) = (since.flatten(), until.flatten());
        let is_reversed = since.zip(until).is_some_and(|(since, until)| since.0 >= until.1);
        taken("until", is_reversed, "This day is before the first one.");
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Filter {
            who: who.flatten(),
            kind: Kind::from_code(&self.kind),
            outcome: match self.result.as_str() {
                "done" => Some(Outcome::Done),
                "refused" => Some(Outcome::Refused),
                _ => None,
            },
            from: from.flatten(),
            since: since.map(|(begin, _)| begin),
            until: until.map(|(_, end)| end),
            about: about.flatten(),
        })
    }

    /// What the next page, and the file, ask again.
    fn carried(&self) -> [(&'static str, &str); 8] {
        [
            ("who", &self.who),
            ("kind", &self.kind),
            ("result", &self.result),
            ("address", &self.address),
            ("about", &self.about),
            ("since", &self.since),
            ("until", &self.until),
            ("zone", &self.zone),
        ]
    }

    fn has_filters(&self) -> bool {
        [&self.who, &self.kind, &self.result, &self.address, &self.about, &self.since, &self.until]
            .iter()
            .any(|it| !it.is_empty())
    }
}

fn actor(text: &str) -> Option<AuditActor> {
    match text {
        "host" => Some(AuditActor::Host),
        "timer" => Some(AuditActor::Timer),
        "unknown" => Some(AuditActor::Unknown),
        id => id.parse().ok().map(AuditActor::Staff),
    }
}

/// The bytes of an id of any kind that the log names.
fn any_id(text: &str) -> Option<[u8; 16]> {
    None.or_else(|| text.parse::<ConversationId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<OperatorId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<SiteId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<DepartmentId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<CannedId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<BlockId>().ok().map(|id| *id.as_bytes()))
        .or_else(|| text.parse::<AlertId>().ok().map(|id| *id.as_bytes()))
}

/// One row, in words.
struct Row<'a> {
    entry: &'a AuditEntry,
    who: &'a str,
    what: &'static str,
    details: Option<String>,
    about: Option<&'a str>,
    about_id: Option<String>,
    from: Option<String>,
}

impl<'a> Row<'a> {
    fn new(house: &'a House, entry: &'a AuditEntry) -> Self {
        let told = audit_log::told(&entry.action);
        Self {
            entry,
            who: audit_log::who(house, &entry.actor),
            what: told.what,
            details: audit_log::details(&entry.action),
            about: told.about.name(house),
            about_id: told.about.id().map(|_| told.about.to_string()),
            from: entry.from.map(|from| from.to_string()),
        }
    }

    fn is_refused(&self) -> bool {
        self.entry.outcome == Outcome::Refused
    }
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage<'a> {
    chrome: Chrome,
    form: &'a Form,
    people: Vec<(String, &'a str)>,
    rows: Vec<Row<'a>>,
    page: &'a Page,
    days: &'a str,
    errors: &'a Errors,
    is_first: bool,
}

/// The newest rows.
pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let said = if page::says(&request, "saved") { "Saved." } else { "" };
    draw(&app, &staff, &Form::default(), None, Errors::default(), said).await
}

/// What is filtered for.
pub async fn find(app: App, Overseer(staff): Overseer, CsrfForm(form): CsrfForm<Form>) -> Answer {
    draw(&app, &staff, &form, None, Errors::default(), "").await
}

/// The same as a file.
pub async fn file(app: App, Overseer(staff): Overseer, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let filter = match form.filter() {
        Ok(filter) => filter,
        Err(errors) => return draw(&app, &staff, &form, None, errors, "").await,
    };
    let is_csv = form.format == "csv";
    let after = form.before.parse().unwrap_or(0);
    let format = if is_csv { Format::Csv } else { Format::Json };
    let exported = staff.act(&app, move |ctx| audit_log::export(ctx, &filter, after, format)).await??;
    let (kind, name) = if is_csv { ("text/csv; charset=utf-8", "csv") } else { ("application/json", "json") };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"parlor-audit.{name}\"")))
        .body(exported.text))
}

pub struct Keeping(String);

impl FromFields for Keeping {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.take("audit_days"))
    }
}

/// For how long rows are kept.
pub async fn keep(app: App, Admin(staff): Admin, CsrfForm(Keeping(days)): CsrfForm<Keeping>) -> Answer {
    let typed = days.clone();
    match staff.act(&app, move |ctx| audit_log::keep_for(ctx, &days)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::AUDIT))),
        Err(failure) => draw(&app, &staff, &Form::default(), Some(typed), Errors::from(failure)?, "").await,
    }
}

async fn draw(app: &App, staff: &Staff, form: &Form, days: Option<String>, mut errors: Errors, said: &'static str) -> Answer {
    let filter = form.filter().unwrap_or_else(|wrong| {
        errors = wrong;
        Filter::default()
    });
    let before = form.before.parse().ok();
    let looked = move |ctx: &Ctx| Ok((audit_log::page(ctx, &filter, before)?, audit_log::kept_for(ctx)?));
    let (found, kept) = staff.act(app, looked).await??;
    let house = app.store.house();
    let mut people: Vec<_> = house.operators.values().map(|it| (it.id.to_string(), it.name.as_str())).collect();
    people.sort_by_cached_key(|(_, name)| name.to_lowercase());
    let days = days.unwrap_or_else(|| kept.to_string());
    let view = AuditPage {
        chrome: Chrome::new(app, staff, "audit").saying(said),
        form,
        people,
        rows: found.rows.iter().map(|entry| Row::new(&house, entry)).collect(),
        page: &found,
        days: &days,
        errors: &errors,
        is_first: before.is_none(),
    };
    page::form(&view, &errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_taken_is_named_by_its_field() {
        let wrong = |field: &str, form: Form| !form.filter().unwrap_err().of(field).is_empty();
        assert!(wrong("address", Form { address: "192.0.2.x".to_owned(), ..Form::default() }));
        assert!(wrong("about", Form { about: "cnv_x".to_owned(), ..Form::default() }));
        assert!(wrong("who", Form { who: "somebody".to_owned(), ..Form::default() }));
        assert!(wrong("since", Form { since: "22.11.2026".to_owned(), ..Form::default() }));
        let reversed = Form { since: "2026-11-23".to_owned(), until: "2026-11-22".to_owned(), ..Form::default() };
        assert!(wrong("until", reversed));
        assert_eq!(Form::default().filter().unwrap(), Filter::default());
    }

    #[test]
    fn ids_of_every_kind_are_known() {
        for id in [SiteId::from_bytes([1; 16]).to_string(), ConversationId::from_bytes([1; 16]).to_string()] {
            assert_eq!(any_id(&id), Some([1; 16]));
        }
        assert_eq!(any_id("fil_aeaqcaibaeaqcaibaeaqcaibae"), None);
    }
}
