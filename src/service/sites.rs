//! Sites: the websites that show a chat window, and how it looks and behaves there.

use std::sync::Arc;

use super::fields::Fields;
use super::{Ctx, Failure};
use crate::domain::access::{Action, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::form::{Consent, Field, Form};
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::look::{Accent, Look, Position};
use crate::domain::news::News;
use crate::domain::retention::{PolicyError, PurgePolicy, ZoneName};
use crate::domain::site::{Site, SiteError, WebOrigin};
use crate::domain::text::{Name, Notice};
use crate::domain::time::Timestamp;

/// The settings of a site as a form holds them: text as typed, so that a form that failed shows it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteForm {
    pub name: String,
    /// One website a line.
    pub origins: String,
    /// `#rrggbb`
    pub accent: String,
    /// `left` or `right`
    pub position: String,
    pub welcome: String,
    pub closing: String,
    /// Empty: visitors are not asked.
    pub consent: String,
    pub ask_name: bool,
    pub ask_email: bool,
    /// `at_close`, `hours`, `days` or `daily`; which of the next four fields counts.
    pub purge: String,
    pub purge_hours: String,
    pub purge_days: String,
    pub purge_hour: String,
    pub purge_zone: String,
    pub idle_close_minutes: String,
    pub demo: bool,
}

/// All sites, by name, for those who manage them.
///
/// # Errors
/// `Denied` to those who do not.
pub fn list(ctx: &Ctx) -> Result<Vec<Arc<Site>>, Failure> {
    ctx.authorize(Action::ManageSites)?;
    Ok(by_name(ctx.store.house().sites.values().cloned()))
}

/// The sites whose conversations the actor serves, by name.
#[must_use]
pub fn served(ctx: &Ctx) -> Vec<Arc<Site>> {
    let house = ctx.store.house();
    by_name(house.sites.values().filter(|site| ctx.authorize(Action::ServeConversation(site.id)).is_ok()).cloned())
}

/// # Errors
/// `NotFound`, to those who may not manage sites too.
pub fn get(ctx: &Ctx, id: SiteId) -> Result<Arc<Site>, Failure> {
    ctx.authorize(Action::ManageSites).map_err(|Denied| Failure::NotFound)?;
    ctx.store.house().sites.get(&id).cloned().ok_or(Failure::NotFound)
}

/// What the form for a new site shows at first.
#[must_use]
pub fn blank(ctx: &Ctx) -> SiteForm {
    let site = new(SiteId::from_bytes([0; 16]), ctx);
    SiteForm { name: String::new(), demo: false, ..SiteForm::of(&site) }
}

/// A site before anybody has said anything about it.
#[expect(clippy::expect_used, reason = "a constant name, which a test below exercises")]
fn new(id: SiteId, ctx: &Ctx) -> Site {
    Site::new(id, Name::parse("-").expect("a constant name is valid"), Vec::new(), ctx.now)
}

/// # Errors
/// `InvalidFields` for all that cannot be taken.
pub fn create(ctx: &Ctx, form: &SiteForm) -> Result<SiteId, Failure> {
    ctx.authorize(Action::ManageSites)?;
    let id = SiteId::from_bytes(ctx.random_bytes());
    let _changing = ctx.memory.changing();
    if ctx.store.house().sites.len() >= limits::SITES {
        return Err(Failure::Conflict(format!("At most {} sites fit.", limits::SITES)));
    }
    let site = form.parse(new(id, ctx), ctx)?;
    save(ctx, &site, AuditAction::SiteCreated(id))?;
    Ok(id)
}

/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change(ctx: &Ctx, id: SiteId, form: &SiteForm) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    let site = form.parse(Site::clone(&before), ctx)?;
    if site == *before {
        return Ok(());
    }
    save(ctx, &site, AuditAction::SiteChanged(id))
}

fn save(ctx: &Ctx, site: &Site, what: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_site(site);
    batch.audit(ctx.now, ctx.audit_actor(), what);
    batch.tell(News::Site(site.id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn by_name(sites: impl Iterator<Item = Arc<Site>>) -> Vec<Arc<Site>> {
    let mut sites: Vec<_> = sites.collect();
    sites.sort_by_cached_key(|site| (site.name.as_str().to_lowercase(), site.id));
    sites
}

impl SiteForm {
    #[must_use]
    pub fn of(site: &Site) -> Self {
        let mut form = Self {
            name: site.name.as_str().to_owned(),
            origins: site.origins.iter().map(WebOrigin::as_str).collect::<Vec<_>>().join("\n"),
            accent: site.look.accent.to_string(),
            position: match site.look.position {
                Position::Left => "left",
                Position::Right => "right",
            }
            .to_owned(),
            welcome: site.welcome.as_str().to_owned(),
            closing: site.closing.as_str().to_owned(),
            consent: site.consent.as_ref().map(|it| it.text.as_str().to_owned()).unwrap_or_default(),
            ask_name: site.pre_chat.field(Field::NAME).is_some(),
            ask_email: site.pre_chat.field(Field::EMAIL).is_some(),
            purge: String::new(),
            purge_hours: "1".to_owned(),
            purge_days: "1".to_owned(),
            purge_hour: "3".to_owned(),
            purge_zone: "UTC".to_owned(),
            idle_close_minutes: site.idle_close_minutes.to_string(),
            demo: site.demo,
        };
        form.purge = match &site.purge {
            PurgePolicy::AtClose => "at_close",
            PurgePolicy::HoursAfterClose(hours) => {
                form.purge_hours = hours.to_string();
                "hours"
            }
            PurgePolicy::DaysAfterClose(days) => {
                form.purge_days = days.to_string();
                "days"
            }
            PurgePolicy::Daily { hour, zone } => {
                form.purge_hour = hour.to_string();
                zone.as_str().clone_into(&mut form.purge_zone);
                "daily"
            }
        }
        .to_owned();
        form
    }

    /// The site as it was, with what the form says.
    fn parse(&self, before: Site, ctx: &Ctx) -> Result<Site, Failure> {
        let mut fields = Fields::default();
        let name = fields.take("name", Name::parse(&self.name));
        let origins = fields.take("origins", parse_origins(&self.origins));
        let accent = fields.take("accent", Accent::parse(&self.accent));
        let position = match self.position.as_str() {
            "left" => Some(Position::Left),
            "right" => Some(Position::Right),
            _ => {
                fields.refuse("position", "Choose left or right.");
                None
            }
        };
        let welcome = fields.take("welcome", Notice::parse(&self.welcome));
        let closing = fields.take("closing", Notice::parse(&self.closing));
        let consent = if self.consent.trim().is_empty() {
            Some(None)
        } else {
            fields.take("consent", Notice::parse(&self.consent)).map(Some)
        };
        let purge = self.parse_purge(&mut fields);
        let idle = fields.take(
            "idle_close_minutes",
            number(&self.idle_close_minutes).filter(|minutes| (5..=10_080).contains(minutes)).ok_or(SiteError::IdleClose),
        );
        let (
            Some(name),
            Some(origins),
            Some(accent),
            Some(position),
            Some(welcome),
            Some(closing),
            Some(consent),
            Some(purge),
            Some(idle_close_minutes),
        ) = (name, origins, accent, position, welcome, closing, consent, purge, idle)
        else {
            return Err(fields.failure());
        };
        let mut pre_chat = before.pre_chat.clone();
        ask(&mut pre_chat, Field::name(), self.ask_name);
        ask(&mut pre_chat, Field::email(), self.ask_email);
        Ok(Site {
            name,
            origins,
            look: Look { accent, position, ..before.look },
            welcome,
            closing,
            consent: consent.map(|text| version_of(before.consent, text, ctx.now)),
            pre_chat,
            purge,
            idle_close_minutes,
            demo: self.demo,
            ..before
        })
    }

    fn parse_purge(&self, fields: &mut Fields) -> Option<PurgePolicy> {
        match self.purge.as_str() {
            "at_close" => Some(PurgePolicy::AtClose),
            "hours" => {
                let hours = number(&self.purge_hours).ok_or(PolicyError::Hours);
                fields.take("purge_hours", hours.and_then(|hours| PurgePolicy::HoursAfterClose(hours).checked()))
            }
            "days" => {
                let days = number(&self.purge_days).ok_or(PolicyError::Days);
                fields.take("purge_days", days.and_then(|days| PurgePolicy::DaysAfterClose(days).checked()))
            }
            "daily" => {
                let hour = number(&self.purge_hour).filter(|hour| *hour <= 23).ok_or(PolicyError::Hour);
                let hour = fields.take("purge_hour", hour);
                let zone = fields.take("purge_zone", ZoneName::parse(&self.purge_zone));
                Some(PurgePolicy::Daily { hour: u8::try_from(hour?).ok()?, zone: zone? })
            }
            _ => {
                fields.refuse("purge", "Choose when closed chats are deleted.");
                None
            }
        }
    }
}

/// A consent with other words is a new version; what visitors agreed to before stays what it was.
fn version_of(before: Option<Consent>, text: Notice, now: Timestamp) -> Consent {
    match before {
        Some(before) if before.text == text => before,
        before => Consent { text, version: before.map_or(0, |before| before.version) + 1, since: now },
    }
}

/// Puts a field that everybody knows into a form, or takes it out.
fn ask(form: &mut Form, field: Field, is_asked: bool) {
    if !is_asked {
        form.fields.retain(|it| it.id != field.id);
    } else if form.field(field.id.as_str()).is_none() {
        form.fields.push(field);
    }
}

fn number(text: &str) -> Option<u16> {
    text.trim().parse().ok()
}

/// One website a line; empty lines do not count, repetitions count once.
pub(super) fn parse_origins(text: &str) -> Result<Vec<WebOrigin>, SiteError> {
    let mut origins = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let origin = WebOrigin::parse(line)?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
        if origins.len() > limits::ORIGINS_PER_SITE {
            return Err(SiteError::TooManyOrigins);
        }
    }
    Ok(origins)
}

#[cfg(test)]
#[path = "tests/sites.rs"]
mod tests;
