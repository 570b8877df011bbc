//! A site with its settings as it is stored.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::id::SiteId;
use crate::domain::retention::{PurgePolicy, ZoneName};
use crate::domain::site::{Accent, Position, Site, WebOrigin};
use crate::domain::text::{Name, Notice};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SiteRecord {
    name: String,
    origins: Vec<String>,
    accent: [u8; 3],
    position: PositionRecord,
    welcome: String,
    closing: String,
    consent: Option<String>,
    ask_name: bool,
    ask_email: bool,
    purge: PolicyRecord,
    idle_close_minutes: u16,
    demo: bool,
    created_at: i64,
}

#[derive(Serialize, Deserialize)]
enum PositionRecord {
    Left,
    Right,
}

#[derive(Serialize, Deserialize)]
enum PolicyRecord {
    AtClose,
    HoursAfterClose(u16),
    DaysAfterClose(u16),
    Daily { hour: u8, zone: String },
}

impl From<&Site> for SiteRecord {
    fn from(it: &Site) -> Self {
        Self {
            name: it.name.as_str().to_owned(),
            origins: it.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            accent: [it.accent.red, it.accent.green, it.accent.blue],
            position: match it.position {
                Position::Left => PositionRecord::Left,
                Position::Right => PositionRecord::Right,
            },
            welcome: it.welcome.as_str().to_owned(),
            closing: it.closing.as_str().to_owned(),
            consent: it.consent.as_ref().map(|text| text.as_str().to_owned()),
            ask_name: it.ask_name,
            ask_email: it.ask_email,
            purge: match &it.purge {
                PurgePolicy::AtClose => PolicyRecord::AtClose,
                PurgePolicy::HoursAfterClose(hours) => PolicyRecord::HoursAfterClose(*hours),
                PurgePolicy::DaysAfterClose(days) => PolicyRecord::DaysAfterClose(*days),
                PurgePolicy::Daily { hour, zone } => PolicyRecord::Daily { hour: *hour, zone: zone.as_str().to_owned() },
            },
            idle_close_minutes: it.idle_close_minutes,
            demo: it.demo,
            created_at: it.created_at.as_millis(),
        }
    }
}

impl SiteRecord {
    pub(in crate::store) fn site(self, id: SiteId) -> Result<Site, StoreError> {
        let [red, green, blue] = self.accent;
        Ok(Site {
            id,
            name: Name::parse(&self.name).map_err(unfit)?,
            origins: self.origins.iter().map(|origin| WebOrigin::parse(origin).map_err(unfit)).collect::<Result<_, _>>()?,
            accent: Accent { red, green, blue },
            position: match self.position {
                PositionRecord::Left => Position::Left,
                PositionRecord::Right => Position::Right,
            },
            welcome: Notice::parse(&self.welcome).map_err(unfit)?,
            closing: Notice::parse(&self.closing).map_err(unfit)?,
            consent: self.consent.as_deref().map(Notice::parse).transpose().map_err(unfit)?,
            ask_name: self.ask_name,
            ask_email: self.ask_email,
            purge: match self.purge {
                PolicyRecord::AtClose => PurgePolicy::AtClose,
                PolicyRecord::HoursAfterClose(hours) => PurgePolicy::HoursAfterClose(hours),
                PolicyRecord::DaysAfterClose(days) => PurgePolicy::DaysAfterClose(days),
                PolicyRecord::Daily { hour, zone } => PurgePolicy::Daily { hour, zone: ZoneName::parse(&zone).map_err(unfit)? },
            },
            idle_close_minutes: self.idle_close_minutes,
            demo: self.demo,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}
