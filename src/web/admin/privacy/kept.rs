//! What is kept and for how long, what was purged, and erasing by hand.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use super::receipts::Run;
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::preset::Preset;
use crate::domain::time::Timestamp;
use crate::service::retention::{self, ClassRow, Foreseen, KeptClass, PlanForm, SiteKept};
use crate::service::{Ctx, receipts, reports};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, clock, urls};

pub struct Form {
    /// A site's id; empty for all.
    site: String,
    confirmed: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { site: fields.take("site"), confirmed: fields.ticked("confirm") }
    }
}

pub struct ReportingForm(String);

impl FromFields for ReportingForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.take("reporting_days"))
    }
}

impl FromFields for PlanForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            messages: clock::take(fields, "messages"),
            submissions: clock::take(fields, "submissions"),
            deliveries: clock::take(fields, "deliveries"),
        }
    }
}

pub struct PresetForm {
    preset: String,
    confirmed: bool,
}

impl FromFields for PresetForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { preset: fields.take("preset"), confirmed: fields.ticked("confirm_preset") }
    }
}

/// What a form that failed shows again.
#[derive(Default)]
struct Typed {
    site: String,
    preset: String,
    /// None: what is set.
    plan: Option<PlanForm>,
    reporting_days: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/privacy/kept.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    now: Timestamp,
    /// Kept by a hold when somebody erased everything a moment ago.
    was_held: usize,
    sites: Vec<SiteKept>,
    table: Vec<ClassRow>,
    foreseen: Vec<Foreseen>,
    plan: PlanForm,
    open: usize,
    closed: usize,
    held: usize,
    purges: Vec<Run>,
    chosen: &'a str,
    preset: &'a str,
    reporting_days: &'a str,
    errors: &'a Errors,
}

impl Page<'_> {
    /// Where this kind of thing is set, and its address; empty for what cannot be.
    const fn set_at(class: &KeptClass) -> (&'static str, &'static str) {
        match class {
            KeptClass::Chats => ("Sites", urls::SITES),
            KeptClass::Messages | KeptClass::Submissions | KeptClass::Deliveries => ("Below", "#clocks"),
            KeptClass::Reporting => ("Below", "#reporting"),
            KeptClass::Audit => ("Audit log", "/admin/audit#keeping"),
            KeptClass::Sessions => ("Sign-in", urls::SIGN_IN_POLICY),
            KeptClass::Files | KeptClass::Profiles | KeptClass::Visits => ("Always", ""),
        }
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = [
        ("purged", "The closed chats were erased. Their keys are destroyed, so nothing can bring them back."),
        ("preset", "Set. What is due by it goes within a minute, and leaves a receipt below."),
        ("saved", "Saved."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    let was_held = page::query(&request, "held").parse().unwrap_or(0);
    draw(&app, &staff, Typed::default(), &Errors::default(), (said, was_held)).await
}

pub async fn keep_counters(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<ReportingForm>) -> Answer {
    let ReportingForm(days) = form;
    let typed = days.clone();
    match staff.act(&app, move |ctx| reports::keep_for(ctx, &days)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::PRIVACY))),
        Err(failure) => {
            draw(&app, &staff, Typed { reporting_days: Some(typed), ..Typed::default() }, &Errors::from(failure)?, ("", 0)).await
        }
    }
}

pub async fn set_clocks(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<PlanForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| retention::change_plan(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::PRIVACY))),
        Err(failure) => {
            draw(&app, &staff, Typed { plan: Some(typed), ..Typed::default() }, &Errors::from(failure)?, ("", 0)).await
        }
    }
}

pub async fn choose(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<PresetForm>) -> Answer {
    let mut errors = Errors::default();
    let preset = Preset::from_code(&form.preset);
    if preset.is_none() {
        errors.add("preset", "Choose one of these.");
    }
    if !form.confirmed {
        errors.add("confirm_preset", "Tick this box if you want to set all clocks. Nothing was changed.");
    }
    if let (Some(preset), true) = (preset, errors.is_empty()) {
        match staff.act(&app, move |ctx| retention::apply_preset(ctx, preset)).await? {
            Ok(()) => return Ok(page::see_other(&format!("{}?preset", urls::PRIVACY))),
            Err(failure) => errors.take_beside("preset", failure)?,
        }
    }
    draw(&app, &staff, Typed { preset: form.preset, ..Typed::default() }, &errors, ("", 0)).await
}

pub async fn purge(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let site = if form.site.is_empty() { Ok(None) } else { form.site.parse::<SiteId>().map(Some) };
    let mut errors = Errors::default();
    if site.is_err() {
        errors.add("site", "This site is not here any more. Choose again.");
    }
    if !form.confirmed {
        errors.add("confirm", "Tick this box if you want to erase them. Nothing was erased.");
    }
    let (Ok(site), true) = (site, errors.is_empty()) else {
        let typed = Typed { site: form.site, ..Typed::default() };
        return draw(&app, &staff, typed, &errors, ("", 0)).await;
    };
    let erased = staff.act(&app, move |ctx| retention::purge_now(ctx, site)).await??;
    // What is said must be true when everything is held.
    let said = if erased.gone > 0 { "purged&" } else { "" };
    let held = if erased.held > 0 { format!("held={}", erased.held) } else { String::new() };
    Ok(page::see_other(&format!("{}?{said}{held}", urls::PRIVACY)))
}

async fn draw(app: &App, staff: &Staff, typed: Typed, errors: &Errors, (said, was_held): (&'static str, usize)) -> Answer {
    let looked = |ctx: &Ctx| {
        let kept = (retention::overview(ctx)?, retention::table(ctx)?, retention::foresee(ctx)?);
        Ok((kept, receipts::list(ctx, None)?, reports::retention_days(ctx)?, retention::plan(ctx)?))
    };
    let ((sites, table, foreseen), listed, days, plan) = staff.act(app, looked).await??;
    let days = typed.reporting_days.unwrap_or_else(|| days.to_string());
    let page = Page {
        chrome: Chrome::new(app, staff, "privacy").saying(said),
        head: Head::new(staff, urls::PRIVACY),
        now: app.now(),
        was_held,
        open: app.store.open_count(),
        closed: sites.iter().map(SiteKept::closed).sum(),
        held: sites.iter().map(SiteKept::held).sum(),
        sites,
        table,
        foreseen,
        plan: typed.plan.unwrap_or_else(|| PlanForm::of(&plan)),
        purges: Run::all(app, &listed.receipts).take(limits::PURGE_LOG_NEWEST).collect(),
        chosen: &typed.site,
        preset: &typed.preset,
        reporting_days: &days,
        errors,
    };
    page::form(&page, errors)
}
