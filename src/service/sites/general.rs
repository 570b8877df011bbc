//! What a site is called, where it may be shown, and whose clock counts.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::limits;
use crate::domain::retention::ZoneName;
use crate::domain::site::{Site, SiteError, WebOrigin};
use crate::domain::text::Name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralForm {
    pub name: String,
    /// One website a line.
    pub origins: String,
    pub zone: String,
    pub demo: bool,
}

/// The form for a new site.
impl Default for GeneralForm {
    fn default() -> Self {
        Self { name: String::new(), origins: String::new(), zone: ZoneName::utc().as_str().to_owned(), demo: false }
    }
}

impl Section for GeneralForm {
    const NAME: SiteSection = SiteSection::General;

    fn of(site: &Site) -> Self {
        Self {
            name: site.name.as_str().to_owned(),
            origins: site.origins.iter().map(WebOrigin::as_str).collect::<Vec<_>>().join("\n"),
            zone: site.zone.as_str().to_owned(),
            demo: site.demo,
        }
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let name = fields.take("name", Name::parse(&self.name));
        let origins = fields.take("origins", parse_origins(&self.origins));
        let zone = fields.take("zone", ZoneName::parse(&self.zone));
        let (Some(name), Some(origins), Some(zone)) = (name, origins, zone) else { return Err(fields.failure()) };
        site.name = name;
        site.origins = origins;
        site.zone = zone;
        site.demo = self.demo;
        Ok(())
    }
}

/// One website a line; empty lines do not count, repetitions count once.
pub(in crate::service) fn parse_origins(text: &str) -> Result<Vec<WebOrigin>, SiteError> {
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
