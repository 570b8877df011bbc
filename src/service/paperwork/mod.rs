//! The paperwork that the law asks for (GDPR, articles 13, 28, 30 and 33), written from what is set up here and not from memory: the record
//! of processing, how long things are kept, who else receives them, and what lies on visitors' devices. `breach` is what is needed
//! when something went wrong.

pub mod breach;
mod devices;
mod keeping;
mod processing;
mod recipients;

use super::paper::{self, Paper};
use super::surroundings::Surroundings;
use super::{Ctx, Failure};
use crate::domain::access::Action;

pub(super) use keeping::{class, holds, how, orders, retention, when};
pub(super) use processing::second_factor;
pub(super) use recipients::section as recipients;

/// Which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Processing,
    Retention,
    Recipients,
    Devices,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Processing, Self::Retention, Self::Recipients, Self::Devices];

    /// Its name in addresses and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Retention => "retention",
            Self::Recipients => "recipients",
            Self::Devices => "devices",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Processing => "Record of processing",
            Self::Retention => "Retention table",
            Self::Recipients => "Sub-processors",
            Self::Devices => "Cookies and browser storage",
        }
    }

    /// What it is for, in a sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Processing => {
                "What is done with whose data, why, who sees it and when it goes (GDPR, article 30), for each site as it is set up at this moment."
            }
            Self::Retention => "How long each kind of data is kept on each site, what purges it, and what a legal hold keeps.",
            Self::Recipients => "Who outside this appliance gets any of the data. Nobody, unless you set one up.",
            Self::Devices => {
                "Every cookie and every entry of the browser’s storage, with its purpose and its life, for the notice on your website."
            }
        }
    }
}

/// By its name in an address.
impl std::str::FromStr for Kind {
    type Err = Failure;

    fn from_str(code: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|kind| kind.code() == code).ok_or(Failure::NotFound)
    }
}

/// A paper as things are at this moment.
///
/// # Errors
/// `Denied` to those who may not look at how the installation is set up.
pub fn paper(ctx: &Ctx, kind: Kind, surroundings: &Surroundings) -> Result<Paper, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let mut paper = Paper::new(ctx, kind.code(), kind.title());
    paper.lead.push(kind.about().to_owned());
    let house = ctx.store.house();
    match kind {
        Kind::Processing => processing::fill(&mut paper, &house, surroundings),
        Kind::Retention => {
            paper.sections = vec![retention(&house), orders(&house), holds(&house)];
        }
        Kind::Recipients => paper.sections.push(recipients(&house, surroundings)),
        Kind::Devices => devices::fill(&mut paper, &house),
    }
    Ok(paper)
}

/// The same, signed.
///
/// # Errors
/// As `paper`; when there is no key.
pub fn signed(ctx: &Ctx, kind: Kind, surroundings: &Surroundings) -> Result<paper::Document, Failure> {
    paper::sign(ctx, paper(ctx, kind, surroundings)?)
}

#[cfg(test)]
#[path = "../tests/paperwork.rs"]
mod tests;
