//! Purge rules: the list with when each ran and runs next, a form for a draft, and a page for each that shows what it would take before
//! it is put in force.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::hold::HeldThing;
use crate::domain::id::{OrderId, SiteId};
use crate::domain::purge_rule::{How, Pause, PurgeOrder, When};
use crate::domain::retention::RetentionClass;
use crate::domain::time::Timestamp;
use crate::service::purge_rules::{self, DryRun, HeldBack, Listed, RuleForm};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors, counted};
use crate::web::{Answer, App, urls};

impl FromFields for RuleForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("name"),
            class: fields.take("class"),
            site: fields.take("site"),
            department: fields.take("department"),
            tag: fields.take("tag"),
            when: fields.take("when"),
            hours: fields.take("hours"),
            days: fields.take("days"),
            every: fields.take("every"),
            weekday: fields.take("weekday"),
            month_day: fields.take("month_day"),
            hour: fields.take("hour"),
            zone: fields.take("zone"),
            how: fields.take("how"),
        }
    }
}

/// Somebody has read what it takes.
pub struct Confirmed(bool);

impl FromFields for Confirmed {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.ticked("confirm"))
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/rules.html")]
struct ListPage {
    chrome: Chrome,
    head: Head,
    rules: Vec<Row>,
    paused: Option<Paused>,
    now: Timestamp,
    errors: Errors,
}

/// One rule in words.
struct Row {
    listed: Listed,
    what: String,
    when: String,
    verb: &'static str,
}

/// Why nothing goes.
struct Paused {
    pause: Pause,
    jump: String,
}

#[derive(Template)]
#[template(path = "admin/privacy/rule.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    row: Row,
    dry: DryRun,
    sites: Vec<(String, u64)>,
    /// Sites for which it comes too late, by name.
    late: Vec<String>,
    choices: Choices,
    form: &'a RuleForm,
    errors: &'a Errors,
}

#[derive(Template)]
#[template(path = "admin/privacy/rule_new.html")]
struct NewPage<'a> {
    chrome: Chrome,
    head: Head,
    choices: Choices,
    form: &'a RuleForm,
    errors: &'a Errors,
}

/// What the form offers.
struct Choices {
    sites: Vec<(String, String)>,
    departments: Vec<(String, String)>,
}

impl Choices {
    fn new(house: &House) -> Self {
        let mut sites: Vec<_> = house.sites.values().map(|it| (it.id.to_string(), it.name.as_str().to_owned())).collect();
        let site_of = |id: &SiteId| house.sites.get(id).map_or("", |site| site.name.as_str());
        let named =
            house.departments.values().map(|it| (it.id.to_string(), format!("{} · {}", site_of(&it.site), it.name.as_str())));
        let mut departments: Vec<_> = named.collect();
        sites.sort_by_key(|(_, name)| name.to_lowercase());
        departments.sort_by_key(|(_, name)| name.to_lowercase());
        Self { sites, departments }
    }

    /// One that was chosen once must not turn into all of them because it is not offered any more.
    fn lacks_department(&self, chosen: &str) -> bool {
        !chosen.is_empty() && !self.departments.iter().any(|(id, _)| id == chosen)
    }
}

impl Row {
    fn new(house: &House, listed: Listed) -> Self {
        let order = &listed.order;
        let verb = if order.how == How::Erase { "Erase" } else { "Anonymise" };
        Self { what: what(house, order), when: order.when.words(order.what.class), verb, listed }
    }

    fn order(&self) -> &PurgeOrder {
        &self.listed.order
    }

    fn address(&self) -> String {
        urls::purge_rule(self.order().id)
    }

    /// "12 erased, 1 held"
    fn last(&self) -> String {
        let Some(last) = self.order().last else { return String::new() };
        let done = if self.order().how == How::Erase { "erased" } else { "anonymised" };
        let held = if last.held == 0 { String::new() } else { format!(", {} held", last.held) };
        format!("{} {done}{held}", last.drawers)
    }

    /// What their age counts from.
    fn begun(&self) -> &'static str {
        if self.order().what.class == RetentionClass::Submissions { "filled in" } else { "closed" }
    }

    /// It waits for something to happen, and has no time of its own.
    fn is_on_event(&self) -> bool {
        self.order().when.age().is_none() && !matches!(self.order().when, When::Schedule(_))
    }

    fn is_scheduled(&self) -> bool {
        matches!(self.order().when, When::Schedule(_))
    }
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
];

impl NewPage<'_> {
    const fn weekdays() -> &'static [(&'static str, &'static str)] {
        &WEEKDAYS
    }
}

impl Page<'_> {
    const fn weekdays() -> &'static [(&'static str, &'static str)] {
        &WEEKDAYS
    }

    /// "12 chats"
    fn things(&self, count: &u64) -> String {
        counted(*count, noun(self.row.order().what.class))
    }

    fn held_on(held: &HeldBack) -> &'static str {
        match held.on {
            HeldThing::Conversation(_) => "a chat",
            HeldThing::Submission(_) => "a filled-in form",
            HeldThing::Person(_) => "a person",
            HeldThing::Site(_) => "a whole site",
        }
    }
}

const fn noun(class: RetentionClass) -> &'static str {
    match class {
        RetentionClass::Messages => "message",
        RetentionClass::Submissions => "filled-in form",
        _ => "chat",
    }
}

/// "chats of Reception · Billing, tagged vip"
fn what(house: &House, order: &PurgeOrder) -> String {
    let it = &order.what;
    let mut words = match it.class {
        RetentionClass::Messages => "messages left".to_owned(),
        RetentionClass::Submissions => "filled-in forms".to_owned(),
        _ => "chats".to_owned(),
    };
    if let Some(site) = it.site {
        words.push_str(" of ");
        words.push_str(house.sites.get(&site).map_or("a site that is gone", |site| site.name.as_str()));
    }
    if let Some(department) = it.department {
        words.push_str(if it.site.is_some() { " · " } else { " of " });
        words.push_str(house.departments.get(&department).map_or("a department that is gone", |it| it.name.as_str()));
    }
    if let Some(tag) = &it.tag {
        words.push_str(", tagged ");
        words.push_str(tag.as_str());
    }
    words
}

pub async fn list(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let said = [("removed", "The rule was removed."), ("resumed", "Purging goes on. What is due goes within a minute.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw_list(&app, &staff, Errors::default(), said)
}

fn draw_list(app: &App, staff: &Staff, errors: Errors, said: &'static str) -> Answer {
    let house = app.store.house();
    let rules = staff.look(app, purge_rules::list)?;
    let paused = house.purging.paused.map(|pause| Paused { pause, jump: jump(pause.seconds) });
    let chrome = Chrome::new(app, staff, "privacy").saying(said);
    let rules = rules.into_iter().map(|listed| Row::new(&house, listed)).collect();
    let page = ListPage { chrome, head: Head::new(staff, urls::PURGE_RULES), rules, paused, now: app.now(), errors };
    page::form(&page, &page.errors)
}

/// "3 days ahead", "40 days back"
fn jump(seconds: i64) -> String {
    let days = counted(seconds.unsigned_abs() / (24 * 60 * 60), "day");
    if seconds < 0 { format!("{days} back") } else { format!("{days} ahead") }
}

pub async fn blank(app: App, Admin(staff): Admin) -> Answer {
    draw_new(&app, &staff, &RuleForm::default(), &Errors::default())
}

fn draw_new(app: &App, staff: &Staff, form: &RuleForm, errors: &Errors) -> Answer {
    let (chrome, head) = (Chrome::new(app, staff, "privacy"), Head::new(staff, urls::PURGE_RULES));
    page::form(&NewPage { chrome, head, choices: Choices::new(&app.store.house()), form, errors }, errors)
}

pub async fn create(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<RuleForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| purge_rules::create(ctx, &form)).await? {
        Ok(id) => Ok(page::see_other(&format!("{}?made", urls::purge_rule(id)))),
        Err(failure) => draw_new(&app, &staff, &typed, &Errors::from(failure)?),
    }
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer, Id(id): Id<OrderId>) -> Answer {
    let said = [
        ("made", "The draft is saved. It does nothing until you put it in force."),
        ("saved", "Saved. It does nothing until you put it in force."),
        ("armed", "The rule is in force from now on."),
        ("disarmed", "The rule is not in force any more."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, id, None, &Errors::default(), said).await
}

pub async fn change(app: App, Admin(staff): Admin, Id(id): Id<OrderId>, CsrfForm(form): CsrfForm<RuleForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| purge_rules::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::purge_rule(id)))),
        Err(failure) => draw(&app, &staff, id, Some(typed), &Errors::from(failure)?, "").await,
    }
}

pub async fn arm(
    app: App,
    Admin(staff): Admin,
    Id(id): Id<OrderId>,
    CsrfForm(Confirmed(confirmed)): CsrfForm<Confirmed>,
) -> Answer {
    if !confirmed {
        staff.look(&app, |ctx| purge_rules::get(ctx, id))?;
        let mut errors = Errors::default();
        errors.add("confirm", "Tick this box if you want this. Nothing was changed.");
        return draw(&app, &staff, id, None, &errors, "").await;
    }
    match staff.act(&app, move |ctx| purge_rules::arm(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?armed", urls::purge_rule(id)))),
        Err(failure) => draw(&app, &staff, id, None, &Errors::from(failure)?, "").await,
    }
}

pub async fn disarm(app: App, Admin(staff): Admin, Id(id): Id<OrderId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, move |ctx| purge_rules::disarm(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?disarmed", urls::purge_rule(id)))),
        Err(failure) => draw(&app, &staff, id, None, &Errors::from(failure)?, "").await,
    }
}

pub async fn remove(app: App, Admin(staff): Admin, Id(id): Id<OrderId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, move |ctx| purge_rules::remove(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?removed", urls::PURGE_RULES))),
        Err(failure) => draw(&app, &staff, id, None, &Errors::from(failure)?, "").await,
    }
}

/// The time is right, says an administrator.
pub async fn resume(app: App, Admin(staff): Admin, CsrfForm(Confirmed(confirmed)): CsrfForm<Confirmed>) -> Answer {
    if !confirmed {
        let mut errors = Errors::default();
        errors.add("confirm", "Look at the time and tick this box if it is right. Nothing was changed.");
        return draw_list(&app, &staff, errors, "");
    }
    staff.act(&app, purge_rules::resume).await??;
    Ok(page::see_other(&format!("{}?resumed", urls::PURGE_RULES)))
}

async fn draw(app: &App, staff: &Staff, id: OrderId, typed: Option<RuleForm>, errors: &Errors, said: &'static str) -> Answer {
    let looked = move |ctx: &crate::service::Ctx| Ok((purge_rules::get(ctx, id)?, purge_rules::dry_run(ctx, id)?));
    let (listed, dry) = staff.act(app, looked).await??;
    let house = app.store.house();
    let named = |(site, count): &(SiteId, u64)| {
        (house.sites.get(site).map_or("A site that is gone", |site| site.name.as_str()).to_owned(), *count)
    };
    let sites = dry.sites.iter().map(named).collect();
    let mut late: Vec<_> = dry.too_late.iter().map(|site| named(&(*site, 0)).0).collect();
    late.sort_by_key(|name| name.to_lowercase());
    let form = typed.unwrap_or_else(|| RuleForm::of(&listed.order));
    let (chrome, head) = (Chrome::new(app, staff, "privacy").saying(said), Head::new(staff, urls::PURGE_RULES));
    let (row, choices) = (Row::new(&house, listed), Choices::new(&house));
    page::form(&Page { chrome, head, row, dry, sites, late, choices, form: &form, errors }, errors)
}
