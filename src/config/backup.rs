//! `[backup]`: where backups go by themselves, when, and how many are kept. Without a directory none are made.

use std::path::PathBuf;

use super::sources::{
    BACKUP_DIRECTORY, BACKUP_HOUR, BACKUP_KEEP, BACKUP_KEEP_DAYS, BACKUP_REHEARSE_DAYS, BACKUP_ZONE, ConfigError, Given, Setting,
};
use crate::domain::backup::Plan;
use crate::domain::retention::ZoneName;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    pub directory: PathBuf,
    pub plan: Plan,
}

pub(super) fn backups(given: &mut Given) -> Result<Option<Backups>, ConfigError> {
    let directory = match given.take(&BACKUP_DIRECTORY) {
        Some(value) => Some(value.path(value.single()?)),
        None => None,
    };
    let plan = Plan {
        hour: u8::try_from(number(given, &BACKUP_HOUR, 0, 23)?.unwrap_or(3)).unwrap_or(3),
        zone: zone(given)?,
        keep: number(given, &BACKUP_KEEP, 1, 1_000)?.unwrap_or(14),
        keep_days: number(given, &BACKUP_KEEP_DAYS, 0, 3_650)?.unwrap_or(0),
        rehearse_days: number(given, &BACKUP_REHEARSE_DAYS, 0, 365)?.unwrap_or(7),
    };
    Ok(directory.map(|directory| Backups { directory, plan }))
}

fn zone(given: &mut Given) -> Result<ZoneName, ConfigError> {
    match given.take(&BACKUP_ZONE) {
        Some(value) => {
            let text = value.single()?;
            ZoneName::parse(text).map_err(|_| value.wrong(text, "is not known"))
        }
        None => Ok(ZoneName::utc()),
    }
}

fn number(given: &mut Given, setting: &'static Setting, from: u16, to: u16) -> Result<Option<u16>, ConfigError> {
    let Some(value) = given.take(setting) else { return Ok(None) };
    let text = value.single()?;
    let number = text.parse().map_err(|_| value.wrong(text, "is not a whole number"))?;
    if (from..=to).contains(&number) { Ok(Some(number)) } else { Err(value.wrong(text, "is not in the range")) }
}
