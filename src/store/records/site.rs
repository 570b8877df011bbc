//! A site with its settings as it is stored.

use serde::{Deserialize, Serialize};

use super::form::{ConsentRecord, FormRecord};
use super::hours::HoursRecord;
use super::invitation::RuleRecord;
use super::look::{LookRecord, PositionRecord, WindowRecord, accent};
use super::network::{parsed, texts};
use super::redaction::RedactionRecord;
use super::retention::{ClocksRecord, PolicyRecord};
use super::routing::RoutingRecord;
use super::switches::SwitchesRecord;
use super::{Record, damaged, language, read, unfit};
use crate::domain::form::{Consent, Field, Form};
use crate::domain::id::SiteId;
use crate::domain::look::Look;
use crate::domain::redaction::Redaction;
use crate::domain::retention::{SiteClocks, ZoneName};
use crate::domain::site::{IdentitySecret, Site, VisitorNetworks, WebOrigin};
use crate::domain::text::{Name, Notice, Tag};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SiteRecord {
    settings: SettingsRecord,
    /// Networks from which visitors may come, and from which they may not.
    visitors_only: Vec<String>,
    visitors_never: Vec<String>,
    clocks: ClocksRecord,
    redaction: RedactionRecord,
}

/// Version 3 had clocks for chats alone, and redacted nothing.
#[derive(Deserialize)]
struct SiteRecord3 {
    settings: SettingsRecord,
    visitors_only: Vec<String>,
    visitors_never: Vec<String>,
}

/// What version 2 ended with.
#[derive(Serialize, Deserialize)]
struct SettingsRecord {
    name: String,
    origins: Vec<String>,
    look: LookRecord,
    windows: Vec<WindowRecord>,
    welcome: String,
    closing: String,
    language: String,
    /// Language, key, text.
    texts: Vec<(String, String, String)>,
    consent: Option<ConsentRecord>,
    pre_chat: FormRecord,
    offline: FormRecord,
    hours: HoursRecord,
    routing: RoutingRecord,
    switches: SwitchesRecord,
    rating: bool,
    tags: Vec<String>,
    wrap_up_required: bool,
    identity_secret: Option<[u8; 32]>,
    invitations: Vec<RuleRecord>,
    purge: PolicyRecord,
    idle_close_minutes: u16,
    demo: bool,
    created_at: i64,
    zone: String,
    former_consents: Vec<ConsentRecord>,
}

/// Version 1 had one look and asked for a name and an address at most.
#[derive(Deserialize)]
struct SiteRecord1 {
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

impl Record for SiteRecord {
    const VERSION: u8 = 4;

    fn former(version: u8, body: &[u8]) -> Result<Self, StoreError> {
        let of_settings = |settings| SiteRecord3 { settings, visitors_only: Vec::new(), visitors_never: Vec::new() };
        let SiteRecord3 { settings, visitors_only, visitors_never } = match version {
            1 => of_settings(SettingsRecord::former(read(body)?)?),
            2 => of_settings(read(body)?),
            3 => read(body)?,
            _ => return Err(damaged("its version is not known")),
        };
        let (clocks, redaction) = ((&SiteClocks::default()).into(), (&Redaction::default()).into());
        Ok(Self { settings, visitors_only, visitors_never, clocks, redaction })
    }
}

impl SettingsRecord {
    fn former(it: SiteRecord1) -> Result<Self, StoreError> {
        let created_at = Timestamp::from_millis(it.created_at);
        let look = Look { accent: accent(it.accent), position: it.position.into(), ..Look::default() };
        let mut pre_chat = Form::default();
        pre_chat.fields.extend(it.ask_name.then(Field::name));
        pre_chat.fields.extend(it.ask_email.then(Field::email));
        let consent = it.consent.as_deref().map(Notice::parse).transpose().map_err(unfit)?;
        // All else is as in a new site.
        let id = SiteId::from_bytes([0; 16]);
        let mut site = Site::new(id, Name::parse(&it.name).map_err(unfit)?, Vec::new(), created_at);
        site.look = look;
        site.pre_chat = pre_chat;
        site.consent = consent.map(|text| Consent { text, version: 1, since: created_at });
        Ok(Self {
            origins: it.origins,
            welcome: it.welcome,
            closing: it.closing,
            purge: it.purge,
            idle_close_minutes: it.idle_close_minutes,
            demo: it.demo,
            ..Self::from(&site)
        })
    }
}

impl From<&Site> for SiteRecord {
    fn from(it: &Site) -> Self {
        let (visitors_only, visitors_never) = (texts(&it.visitors.only), texts(&it.visitors.never));
        let (clocks, redaction) = ((&it.clocks).into(), (&it.redaction).into());
        Self { settings: it.into(), visitors_only, visitors_never, clocks, redaction }
    }
}

impl From<&Site> for SettingsRecord {
    fn from(it: &Site) -> Self {
        Self {
            name: it.name.as_str().to_owned(),
            origins: it.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            look: (&it.look).into(),
            windows: it.windows.iter().map(WindowRecord::from).collect(),
            welcome: it.welcome.as_str().to_owned(),
            closing: it.closing.as_str().to_owned(),
            language: it.language.tag().to_owned(),
            texts: it
                .texts
                .iter()
                .map(|((language, key), text)| (language.tag().to_owned(), key.clone(), text.clone()))
                .collect(),
            consent: it.consent.as_ref().map(ConsentRecord::from),
            pre_chat: (&it.pre_chat).into(),
            offline: (&it.offline).into(),
            hours: (&it.hours).into(),
            routing: it.routing.into(),
            switches: (&it.switches).into(),
            rating: it.rating,
            tags: it.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
            wrap_up_required: it.wrap_up_required,
            identity_secret: it.identity_secret.as_ref().map(|secret| secret.0),
            invitations: it.invitations.iter().map(RuleRecord::from).collect(),
            purge: (&it.purge).into(),
            idle_close_minutes: it.idle_close_minutes,
            demo: it.demo,
            created_at: it.created_at.as_millis(),
            zone: it.zone.as_str().to_owned(),
            former_consents: it.former_consents.iter().map(ConsentRecord::from).collect(),
        }
    }
}

impl SiteRecord {
    pub(in crate::store) fn site(self, id: SiteId) -> Result<Site, StoreError> {
        let visitors = VisitorNetworks { only: parsed(&self.visitors_only)?, never: parsed(&self.visitors_never)? };
        let it = self.settings;
        let text = |(tag, key, text): (String, String, String)| Ok::<_, StoreError>(((language(&tag)?, key), text));
        Ok(Site {
            id,
            name: Name::parse(&it.name).map_err(unfit)?,
            origins: it.origins.iter().map(|origin| WebOrigin::parse(origin).map_err(unfit)).collect::<Result<_, _>>()?,
            look: it.look.look()?,
            windows: it.windows.into_iter().map(WindowRecord::window).collect::<Result<_, _>>()?,
            welcome: Notice::parse(&it.welcome).map_err(unfit)?,
            closing: Notice::parse(&it.closing).map_err(unfit)?,
            language: language(&it.language)?,
            texts: it.texts.into_iter().map(text).collect::<Result<_, _>>()?,
            consent: it.consent.map(ConsentRecord::consent).transpose()?,
            pre_chat: it.pre_chat.form()?,
            offline: it.offline.form()?,
            hours: it.hours.hours()?,
            routing: it.routing.into(),
            switches: it.switches.switches()?,
            rating: it.rating,
            tags: it.tags.iter().map(|tag| Tag::parse(tag).map_err(unfit)).collect::<Result<_, _>>()?,
            wrap_up_required: it.wrap_up_required,
            identity_secret: it.identity_secret.map(IdentitySecret),
            invitations: it.invitations.into_iter().map(RuleRecord::rule).collect::<Result<_, _>>()?,
            purge: it.purge.policy()?,
            clocks: self.clocks.clocks()?,
            redaction: self.redaction.redaction()?,
            idle_close_minutes: it.idle_close_minutes,
            demo: it.demo,
            created_at: Timestamp::from_millis(it.created_at),
            zone: ZoneName::parse(&it.zone).map_err(unfit)?,
            visitors,
            former_consents: it.former_consents.into_iter().map(ConsentRecord::consent).collect::<Result<_, _>>()?,
        })
    }
}
