//! Posture profiles: looking whether what they ask for holds, putting it right, and holding it there. A check of settings, and no
//! certificate: no word here says that anybody complies with a law.
//!
//! `overview` looks, `fixes` and `enforce` put right, `guard` is what every change of settings passes, `unlock` is the way out, and
//! `drift` tells of what does not hold although it should.

mod drift;
mod enforce;
mod facts;
mod fixes;
mod guard;
mod kept;
mod unlock;

pub use drift::watch;
pub use enforce::enforce;
pub use fixes::{fix, fix_all};
pub(super) use guard::{conform, guard};
pub(super) use kept::keep;
pub use unlock::{approve, ask, come_true, withdraw};

use std::collections::BTreeSet;

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::posture::{Asked, Broken, Control, Enforced, Facts, Machine, Profile, Settings, Supplies, Unlock, Weight};
use crate::domain::time::Timestamp;
use crate::store::House;

/// What is to happen when closed chats would be due at once because something was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequences {
    /// Change nothing and say so.
    Ask,
    Accepted,
}

/// One profile as it stands.
#[derive(Debug, Clone)]
pub struct View {
    pub profile: Profile,
    pub enforced: Option<Enforced>,
    pub unlock: Option<Unlock>,
    pub lines: Vec<Line>,
}

/// One control as it stands.
#[derive(Debug, Clone)]
pub struct Line {
    pub control: Control,
    pub asked: Asked,
    /// Where it does not hold.
    pub broken: BTreeSet<Broken>,
    /// Since when it does not, although it is enforced.
    pub drifted_at: Option<Timestamp>,
    /// What has to be done by people first.
    pub needs_people: Option<&'static str>,
}

impl Line {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.broken.is_empty()
    }

    #[must_use]
    pub fn is_must(&self) -> bool {
        self.asked.weight == Weight::Must
    }
}

impl View {
    /// How many of its musts hold, and how many there are.
    #[must_use]
    pub fn musts(&self) -> (usize, usize) {
        let musts = || self.lines.iter().filter(|line| line.is_must());
        (musts().filter(|line| line.holds()).count(), musts().count())
    }

    /// The same of what it recommends.
    #[must_use]
    pub fn advice(&self) -> (usize, usize) {
        let advice = || self.lines.iter().filter(|line| !line.is_must());
        (advice().filter(|line| line.holds()).count(), advice().count())
    }
}

/// All profiles, each with its controls.
///
/// # Errors
/// `Denied` to those who do not look at how the installation is set up; when the store cannot be read.
pub fn overview(ctx: &Ctx, machine: &Machine) -> Result<Vec<View>, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    views(ctx, machine)
}

/// The same for those who have asked already.
pub(super) fn views(ctx: &Ctx, machine: &Machine) -> Result<Vec<View>, Failure> {
    let (house, facts) = (ctx.store.house(), facts::facts(ctx, *machine)?);
    Ok(Profile::ALL.into_iter().map(|profile| view(ctx, &house, &facts, profile)).collect())
}

fn view(ctx: &Ctx, house: &House, facts: &Facts, profile: Profile) -> View {
    let settings = settings(house);
    let lines = Control::ALL.into_iter().filter_map(|control| {
        let asked = control.words().asked_by(profile)?;
        let broken = control.broken(&settings, facts);
        let drifted_at = house.posture.drift.get(&control).copied().filter(|_| house.posture.lock_of(control).is_some());
        let needs_people = if broken.is_empty() { None } else { fixes::needs_people(ctx, house, control) };
        Some(Line { control, asked, broken, drifted_at, needs_people })
    });
    View {
        profile,
        enforced: house.posture.enforced.get(&profile).copied(),
        unlock: house.posture.unlock_of(profile).cloned(),
        lines: lines.collect(),
    }
}

/// What is set in the house, as controls look at it.
#[must_use]
pub fn settings(house: &House) -> Settings {
    Settings {
        sites: house.sites.clone(),
        allowlist: house.allowlist.clone(),
        permissions: house.permissions,
        reporting: house.reporting,
        audit_days: house.audit_days,
        policy: house.policy,
        precautions: house.precautions.clone(),
        retention: house.retention.clone(),
        orders: house.orders.clone(),
        forms: house.forms.clone(),
        webhooks: house.webhooks.clone(),
    }
}

#[cfg(test)]
#[path = "../tests/posture.rs"]
mod tests;
