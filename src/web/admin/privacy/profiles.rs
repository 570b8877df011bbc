//! `/admin/privacy/profiles`: what HIPAA, PCI DSS and the GDPR ask of these settings, what holds of it, and holding it there.

use actix_web::{HttpRequest, web};
use askama::Template;

use super::Head;
use crate::domain::id::SiteId;
use crate::domain::posture::{Broken, Control, Place, Profile};
use crate::domain::time::Timestamp;
use crate::service::Failure;
use crate::service::posture::{self, Consequences, Line, View};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

pub struct FixForm {
    /// A control's tag, or `all` for all that can be put right.
    control: String,
    consequences: Consequences,
}

/// In the place of a control.
const ALL: &str = "all";

impl FromFields for FixForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { control: fields.take("control"), consequences: consequences(fields) }
    }
}

pub struct EnforceForm(Consequences);

impl FromFields for EnforceForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(consequences(fields))
    }
}

/// Whether they were told that chats go which would have stayed.
fn consequences(fields: &mut Fields) -> Consequences {
    if fields.ticked("confirm") { Consequences::Accepted } else { Consequences::Ask }
}

pub struct UnlockForm(String);

impl FromFields for UnlockForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(fields.take("reason"))
    }
}

/// What a profile is about, in a sentence.
const fn about(profile: &Profile) -> &'static str {
    match profile {
        Profile::Hipaa => {
            "Health data in the United States: the Security and Privacy Rules (45 CFR Part 164), and the guide for chats with health data."
        }
        Profile::Pci => "Payment cards: PCI DSS 4.0.1, and the guide for chats in which cards may be spoken of.",
        Profile::Gdpr => "Personal data in the European Union: Regulation (EU) 2016/679, and what browsers may keep.",
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/profiles.html")]
struct ListPage {
    chrome: Chrome,
    head: Head,
    views: Vec<View>,
}

/// One control, as the page of a profile shows it.
struct Row {
    control: Control,
    title: &'static str,
    why: &'static str,
    reference: &'static str,
    is_must: bool,
    holds: bool,
    /// One click puts it right.
    can_fix: bool,
    needs_people: &'static str,
    spots: Vec<Spot>,
    drifted_at: Option<Timestamp>,
}

/// Where it does not hold, and the page where that is set.
struct Spot {
    name: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/privacy/profile.html")]
struct ProfilePage<'a> {
    chrome: Chrome,
    head: Head,
    view: &'a View,
    open: Vec<Row>,
    advice: Vec<Row>,
    held: Vec<Row>,
    enforced_by: String,
    asked_by: String,
    /// Whether this reader asked for it to be unlocked.
    asked_themselves: bool,
    reason: &'a str,
    asking: Option<&'a Asking>,
    errors: &'a Errors,
}

impl ProfilePage<'_> {
    /// Whether a click puts any of what is required right, or all of it is for people.
    fn can_fix_any(&self) -> bool {
        self.open.iter().any(|row| row.can_fix)
    }
}

pub async fn list(app: App, Overseer(staff): Overseer) -> Answer {
    let machine = app.machine();
    let views = staff.act(&app, move |ctx| posture::overview(ctx, &machine)).await??;
    page::show(&ListPage { chrome: Chrome::new(&app, &staff, "privacy"), head: Head::new(&staff, urls::PROFILES), views })
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer, path: web::Path<String>) -> Answer {
    let said = [
        ("fixed", "Put right. It holds from now on."),
        ("enforced", "Enforced. What it insists on is locked from now on."),
        ("asked", "Asked. A second administrator can approve it; otherwise it comes true in a day. All administrators see it."),
        ("unlocked", "Unlocked. The settings stay as they are until somebody changes them."),
        ("withdrawn", "It stays locked."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, profile(&path)?, &Shown { said, ..Shown::default() }).await
}

/// `POST …/fixes`
pub async fn fix(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(form): CsrfForm<FixForm>) -> Answer {
    let (profile, FixForm { control: tag, consequences }) = (profile(&path)?, form);
    let control = Control::of_tag(&tag);
    if control.is_none() && tag != ALL {
        let mut errors = Errors::default();
        errors.add("", "This is not looked at any more. Choose again.");
        return draw(&app, &staff, profile, &Shown { errors, ..Shown::default() }).await;
    }
    let done = staff.act(&app, move |ctx| match control {
        Some(control) => posture::fix(ctx, control, consequences),
        None => posture::fix_all(ctx, profile, consequences),
    });
    let step = Step { name: "fixed", asking: Asking { path: "fixes", tag } };
    after(&app, &staff, (profile, step), done.await?).await
}

/// `POST …/enforcement`
pub async fn enforce(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(form): CsrfForm<EnforceForm>) -> Answer {
    let (profile, machine, EnforceForm(consequences)) = (profile(&path)?, app.machine(), form);
    let done = staff.act(&app, move |ctx| posture::enforce(ctx, profile, &machine, consequences)).await?;
    let step = Step { name: "enforced", asking: Asking { path: "enforcement", tag: String::new() } };
    after(&app, &staff, (profile, step), done).await
}

/// `POST …/unlock`
pub async fn unlock(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(form): CsrfForm<UnlockForm>) -> Answer {
    let profile = profile(&path)?;
    let UnlockForm(reason) = form;
    let typed = reason.clone();
    match staff.act(&app, move |ctx| posture::ask(ctx, profile, &reason)).await? {
        Ok(()) => Ok(done(profile, "asked")),
        Err(failure) => {
            let shown = Shown { reason: typed, errors: Errors::from(failure)?, ..Shown::default() };
            draw(&app, &staff, profile, &shown).await
        }
    }
}

/// `POST …/unlock/approval`
pub async fn approve(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let profile = profile(&path)?;
    let done = staff.act(&app, move |ctx| posture::approve(ctx, profile)).await?;
    after(&app, &staff, (profile, Step { name: "unlocked", ..Step::default() }), done).await
}

/// `POST …/unlock/withdrawal`
pub async fn withdraw(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let profile = profile(&path)?;
    let done = staff.act(&app, move |ctx| posture::withdraw(ctx, profile)).await?;
    after(&app, &staff, (profile, Step { name: "withdrawn", ..Step::default() }), done).await
}

fn profile(path: &web::Path<String>) -> Result<Profile, Error> {
    Profile::of_tag(path).ok_or_else(Error::not_found)
}

fn done(profile: Profile, what: &str) -> actix_web::HttpResponse {
    page::see_other(&format!("{}?{what}", urls::profile(profile)))
}

/// What was tried, as the address says it once it is done, and what a page in between asks.
#[derive(Default)]
struct Step {
    name: &'static str,
    asking: Asking,
}

/// Between a click and chats that go because of it: where the answer is sent.
#[derive(Default)]
struct Asking {
    path: &'static str,
    tag: String,
}

/// What is drawn besides the profile itself.
#[derive(Default)]
struct Shown {
    reason: String,
    errors: Errors,
    asking: Option<Asking>,
    said: &'static str,
}

async fn after(app: &App, staff: &Staff, (profile, step): (Profile, Step), outcome: Result<(), Failure>) -> Answer {
    let failure = match outcome {
        Ok(()) => return Ok(done(profile, step.name)),
        Err(failure) => failure,
    };
    let errors = Errors::from(failure)?;
    let asking = (!errors.of("confirm").is_empty()).then_some(step.asking);
    draw(app, staff, profile, &Shown { errors, asking, ..Shown::default() }).await
}

async fn draw(app: &App, staff: &Staff, profile: Profile, shown: &Shown) -> Answer {
    let machine = app.machine();
    let views = staff.act(app, move |ctx| posture::overview(ctx, &machine)).await??;
    let view = views.iter().find(|view| view.profile == profile).ok_or_else(Error::internal)?;
    let house = app.store.house();
    let name = |id| house.operators.get(&id).map_or("somebody who has left", |person| person.name.as_str()).to_owned();
    let rows =
        |which: fn(&Line) -> bool| view.lines.iter().filter(|line| which(line)).map(|line| Row::new(&house, line)).collect();
    let page = ProfilePage {
        chrome: Chrome::new(app, staff, "privacy").saying(shown.said),
        head: Head::new(staff, urls::PROFILES),
        view,
        open: rows(|line| !line.holds() && line.is_must()),
        advice: rows(|line| !line.holds() && !line.is_must()),
        held: rows(Line::holds),
        enforced_by: view.enforced.and_then(|it| it.by).map_or_else(|| "the host’s command line".to_owned(), name),
        asked_by: view.unlock.as_ref().map(|unlock| name(unlock.by)).unwrap_or_default(),
        asked_themselves: view.unlock.as_ref().is_some_and(|unlock| unlock.by == staff.operator.id),
        reason: &shown.reason,
        asking: shown.asking.as_ref(),
        errors: &shown.errors,
    };
    page::form(&page, &shown.errors)
}

impl Row {
    fn new(house: &House, line: &Line) -> Self {
        let words = line.control.words();
        let mut spots: Vec<_> = line.broken.iter().map(|broken| Spot::new(house, words.place, *broken)).collect();
        spots.dedup_by(|one, other| one.name == other.name && one.address == other.address);
        Self {
            control: line.control,
            title: words.title,
            why: words.why,
            reference: line.asked.reference,
            is_must: line.is_must(),
            holds: line.holds(),
            can_fix: !line.holds() && line.control.has_fix() && line.needs_people.is_none(),
            needs_people: line.needs_people.unwrap_or_default(),
            spots,
            drifted_at: line.drifted_at,
        }
    }
}

impl Spot {
    fn new(house: &House, place: Place, broken: Broken) -> Self {
        match broken {
            Broken::House => Self { name: called(place).to_owned(), address: address(place, None) },
            Broken::Site(id) => {
                let name = house.sites.get(&id).map_or("a site that is gone", |site| site.name.as_str()).to_owned();
                Self { name, address: address(place, Some(id)) }
            }
            Broken::Form(id) => {
                let name = house.forms.get(&id).map_or("a form that is gone", |form| form.name.as_str()).to_owned();
                Self { name, address: address(Place::SecureForms, None) }
            }
            Broken::Webhook(id) => {
                let name = house.webhooks.get(&id).map_or("a webhook that is gone", |webhook| webhook.name.as_str()).to_owned();
                Self { name, address: address(place, None) }
            }
        }
    }
}

/// What a page is called in the menu.
const fn called(place: Place) -> &'static str {
    match place {
        Place::SiteGeneral | Place::SitePrivacy | Place::SiteForms | Place::SiteRedaction => "Sites",
        Place::Kept => "What is kept",
        Place::Rules => "Purge rules",
        Place::Webhooks => "Webhooks",
        Place::SecureForms => "Secure forms",
        Place::Networks => "Security",
        Place::SignIn => "Sign-in",
        Place::Limits => "Limits",
        Place::Alerts => "Alerts",
        Place::Permissions => "Permissions",
        Place::People => "People",
        Place::Audit => "Audit log",
        Place::Backups => "Backups",
        Place::Host => "System",
    }
}

fn address(place: Place, site: Option<SiteId>) -> Option<String> {
    let of_site = |section: &str| Some(site.map_or_else(|| urls::SITES.to_owned(), |id| urls::site_section(id, section)));
    match place {
        Place::SiteGeneral => of_site(""),
        Place::SitePrivacy => of_site("privacy"),
        Place::SiteForms => of_site("form"),
        Place::SiteRedaction => of_site("redaction"),
        Place::Kept => Some(urls::PRIVACY.to_owned()),
        Place::Rules => Some(urls::PURGE_RULES.to_owned()),
        Place::Webhooks => Some(urls::WEBHOOKS.to_owned()),
        Place::SecureForms => Some(urls::SECURE_FORMS.to_owned()),
        Place::Networks => Some(urls::SECURITY.to_owned()),
        Place::SignIn => Some(urls::SIGN_IN_POLICY.to_owned()),
        Place::Limits => Some(urls::LIMITS.to_owned()),
        Place::Alerts => Some(urls::ALERTS.to_owned()),
        Place::Permissions => Some(urls::PERMISSIONS.to_owned()),
        Place::People => Some(urls::PEOPLE.to_owned()),
        Place::Audit => Some(urls::AUDIT.to_owned()),
        Place::Backups => Some(urls::BACKUPS.to_owned()),
        Place::Host => Some(urls::SYSTEM.to_owned()),
    }
}
