//! A clock among the fields of a form: `parts/_clock.html` draws it, and here it is read.

use super::extract::Fields;
use crate::service::sites::PurgeForm;

/// The one of this name.
pub fn take(fields: &mut Fields, name: &str) -> PurgeForm {
    let mut of = |part: &str| fields.take(&format!("{name}_{part}"));
    PurgeForm {
        purge_hours: of("hours"),
        purge_days: of("days"),
        purge_hour: of("hour"),
        purge_zone: of("zone"),
        purge: fields.take(name),
    }
}
