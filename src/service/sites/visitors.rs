//! From where visitors may write on a site.

use super::{Ctx, Failure, Fields, Section};
use crate::domain::audit::SiteSection;
use crate::domain::limits;
use crate::domain::network::{Network, parse_at_most};
use crate::domain::site::{Site, VisitorNetworks};

/// One network a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisitorsForm {
    pub only: String,
    pub never: String,
}

impl Section for VisitorsForm {
    const NAME: SiteSection = SiteSection::Visitors;

    fn of(site: &Site) -> Self {
        let text = |networks: &[Network]| networks.iter().map(Network::to_string).collect::<Vec<_>>().join("\n");
        Self { only: text(&site.visitors.only), never: text(&site.visitors.never) }
    }

    fn apply(&self, _: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let only = fields.take("only", parse_at_most(limits::VISITOR_NETWORKS, &self.only));
        let never = fields.take("never", parse_at_most(limits::VISITOR_NETWORKS, &self.never));
        let (Some(only), Some(never)) = (only, never) else { return Err(fields.failure()) };
        site.visitors = VisitorNetworks { only, never };
        Ok(())
    }
}
