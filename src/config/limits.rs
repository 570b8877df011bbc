//! `[limits]`: bounds that an installation may need to move. All others are constants of the domain.

use super::sources::{ConfigError, Given, VISITOR_BURST, VISITOR_PER_SECOND};
use crate::domain::visitor::Allowance;

pub(super) fn visitor_allowance(given: &mut Given) -> Result<Allowance, ConfigError> {
    let mut allowance = Allowance::default();
    if let Some(value) = given.take(&VISITOR_BURST) {
        let text = value.single()?;
        let burst = text.parse().map_err(|_| value.wrong(text, "is not a whole number"))?;
        if !(1..=1_000_000).contains(&burst) {
            return Err(value.wrong(text, "is not in the range"));
        }
        allowance.burst = burst;
    }
    if let Some(value) = given.take(&VISITOR_PER_SECOND) {
        let text = value.single()?;
        let rate: f64 = text.parse().map_err(|_| value.wrong(text, "is not a number"))?;
        if !(0.01..=1_000_000.0).contains(&rate) {
            return Err(value.wrong(text, "is not in the range"));
        }
        allowance.per_second = rate;
    }
    Ok(allowance)
}
