//! What a visitor's website says of them waits here, with the connection, until a conversation begins; of one that is open, its
//! operators learn at once.

use std::collections::BTreeMap;

use super::Dialogue;
use crate::domain::access::Actor;
use crate::domain::limits;
use crate::domain::text::{EmailAddress, Name};
use crate::domain::time::Timestamp;
use crate::domain::told::{self, Told};
use crate::domain::visitor::Allowance;
use crate::live::tickets::Person;
use crate::service::identity::{self, Claim};
use crate::service::told::update;
use crate::service::{Ctx, Failure, blocks};

/// A page can call as often as it likes, and each change of an open conversation is written down.
const ALLOWANCE: Allowance = Allowance { burst: limits::TOLD_BURST, per_second: 0.2 };

pub(super) struct Changing {
    told: Told,
    left: (f64, Timestamp),
}

impl Changing {
    pub(super) fn new(person: &Person, now: Timestamp) -> Self {
        let told = Told { browser: person.browser.clone(), address: person.address, ..Told::default() };
        Self { told, left: (f64::from(ALLOWANCE.burst), now) }
    }
}

impl Dialogue {
    /// As it is at this moment.
    pub(super) fn told(&self) -> Told {
        self.told.lock().told.clone()
    }

    pub(super) fn check_blocks(&self, ctx: &Ctx) -> Result<(), Failure> {
        blocks::check(ctx, self.person.address, self.told.lock().told.identity.as_ref())
    }

    /// Where a chat began stays as it was; this is for the next one.
    pub(super) fn visit(&self, [page, title, referrer]: [&str; 3], window: &str, visit: &str) {
        let told = &mut self.told.lock().told;
        told.page = told::web_address(page);
        told.title = told::shortened(title);
        told.referrer = told::web_address(referrer);
        told.window = window.parse().ok();
        told.visit = visit.parse().ok();
    }

    pub(super) fn identify(&self, ctx: &Ctx, claim: &Claim, name: &str) -> Result<(), Failure> {
        let Actor::Visitor { site, .. } = ctx.actor else { return Ok(()) };
        let house = ctx.store.house();
        let Some(identity) = house.sites.get(site).and_then(|site| identity::prove(site, claim)) else { return Ok(()) };
        self.change(ctx, |told| {
            told.email = EmailAddress::parse(claim.email).ok().filter(|_| identity.email_is_proven);
            told.name = Name::parse(name).ok();
            told.identity = Some(identity);
        })
    }

    pub(super) fn set(&self, ctx: &Ctx, attributes: &BTreeMap<String, String>) -> Result<(), Failure> {
        let attributes = told::attributes(attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.change(ctx, |told| told.attributes = attributes)
    }

    fn change(&self, ctx: &Ctx, change: impl FnOnce(&mut Told)) -> Result<(), Failure> {
        let mut changing = self.told.lock();
        ALLOWANCE.take(&mut changing.left, ctx.now).map_err(|seconds| Failure::TooMany { seconds })?;
        change(&mut changing.told);
        update(ctx, &changing.told)
    }
}
