//! Backups: when the next one is due, which older ones may go, and what is remembered of the last one. Pure.

use std::time::Duration;

use super::retention::ZoneName;
use super::time::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a backup that failed waits before it is tried again.
const RETRY: Duration = Duration::from_secs(60 * 60);

/// When backups are made and how many are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Each day at this hour of the wall clock in this zone.
    pub hour: u8,
    pub zone: ZoneName,
    /// So many of the newest are kept, at least one.
    pub keep: u16,
    /// Of those, older ones go after so many days; 0 keeps them. The newest always stays.
    pub keep_days: u16,
    /// A restore is rehearsed every so many days; 0 never.
    pub rehearse_days: u16,
}

/// A backup that was tried: when, and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt<T> {
    pub at: Timestamp,
    pub took_ms: u64,
    /// The file's name, without its directory.
    pub file: String,
    /// What was found, or a sentence that says what failed.
    pub outcome: Result<T, String>,
}

impl<T> Attempt<T> {
    /// How long it took, to a tenth.
    #[must_use]
    pub fn seconds(&self) -> String {
        format!("{}.{}", self.took_ms / 1_000, self.took_ms % 1_000 / 100)
    }
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    pub bytes: u64,
    pub conversations: u64,
    pub audit_rows: u64,
}

/// What the installation remembers about its backups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    pub backup: Option<Attempt<Contents>>,
    pub rehearsal: Option<Attempt<Contents>>,
}

impl Plan {
    /// For papers.
    #[must_use]
    pub fn in_words(&self) -> String {
        let zone = self.zone.as_str();
        let rehearsed = match self.rehearse_days {
            0 => "restoring is never rehearsed".to_owned(),
            1 => "restoring is rehearsed each day".to_owned(),
            days => format!("restoring is rehearsed every {days} days"),
        };
        let gone =
            if self.keep_days > 0 { format!(", none longer than {} days but the newest", self.keep_days) } else { String::new() };
        format!("each day at {:02}:00 ({zone}); the newest {} are kept{gone}; {rehearsed}", self.hour, self.keep.max(1))
    }

    /// When the next backup is due. The first one is due at once.
    #[must_use]
    pub fn next_backup(&self, last: Option<&Attempt<Contents>>) -> Timestamp {
        match last {
            None => Timestamp::default(),
            Some(last) if last.outcome.is_err() => last.at.plus(RETRY),
            Some(last) => self.zone.next_hour(last.at, self.hour).unwrap_or_else(|| last.at.plus(DAY)),
        }
    }

    /// When the next rehearsal is due, if any ever is. The first follows the first backup.
    #[must_use]
    pub fn next_rehearsal(&self, history: &History) -> Option<Timestamp> {
        let backup = history.backup.as_ref()?;
        if self.rehearse_days == 0 || backup.outcome.is_err() {
            return None;
        }
        Some(match &history.rehearsal {
            None => backup.at,
            Some(last) if last.outcome.is_err() => last.at.plus(DAY),
            Some(last) => last.at.plus(DAY * u32::from(self.rehearse_days)),
        })
    }

    /// Which of these backups go, given by the times at which they were made. Whatever the numbers say, the newest stays.
    #[must_use]
    pub fn superfluous(&self, mut made: Vec<Timestamp>, now: Timestamp) -> Vec<Timestamp> {
        made.sort_unstable_by(|one, two| two.cmp(one));
        let is_old = |at: Timestamp| self.keep_days > 0 && now.since(at) > DAY * u32::from(self.keep_days);
        let kept = usize::from(self.keep.max(1));
        made.into_iter().enumerate().skip(1).filter(|(place, at)| *place >= kept || is_old(*at)).map(|(_, at)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn plan() -> Plan {
        Plan { hour: 3, zone: ZoneName::parse("Europe/Berlin").unwrap(), keep: 3, keep_days: 0, rehearse_days: 7 }
    }

    fn went(text: &str, outcome: Result<Contents, String>) -> Attempt<Contents> {
        Attempt { at: at(text), took_ms: 1, file: "x".to_owned(), outcome }
    }

    #[test]
    fn a_backup_is_due_at_once_then_at_its_hour_and_soon_after_a_failure() {
        assert_eq!(plan().next_backup(None), Timestamp::default());
        let good = went("2026-11-22T04:00:00Z", Ok(Contents::default()));
        assert_eq!(plan().next_backup(Some(&good)), at("2026-11-23T02:00:00Z"));
        let bad = went("2026-11-22T04:00:00Z", Err("no room".to_owned()));
        assert_eq!(plan().next_backup(Some(&bad)), at("2026-11-22T05:00:00Z"));
    }

    #[test]
    fn a_rehearsal_follows_the_first_good_backup_and_comes_back() {
        let mut history = History::default();
        assert_eq!(plan().next_rehearsal(&history), None);
        history.backup = Some(went("2026-11-22T04:00:00Z", Err("no room".to_owned())));
        assert_eq!(plan().next_rehearsal(&history), None);
        history.backup = Some(went("2026-11-22T04:00:00Z", Ok(Contents::default())));
        assert_eq!(plan().next_rehearsal(&history), Some(at("2026-11-22T04:00:00Z")));
        history.rehearsal = Some(went("2026-11-22T04:01:00Z", Ok(Contents::default())));
        assert_eq!(plan().next_rehearsal(&history), Some(at("2026-11-29T04:01:00Z")));
        history.rehearsal = Some(went("2026-11-22T04:01:00Z", Err("damaged".to_owned())));
        assert_eq!(plan().next_rehearsal(&history), Some(at("2026-11-23T04:01:00Z")));
        assert_eq!(Plan { rehearse_days: 0, ..plan() }.next_rehearsal(&history), None);
    }

    #[test]
    fn the_newest_backup_always_stays() {
        let day = |day: u32| Timestamp::from_millis(0).plus(DAY * day);
        let days = |days: &[u32]| days.iter().map(|it| day(*it)).collect::<Vec<_>>();
        assert_eq!(plan().superfluous(days(&[5, 1, 9, 7]), day(9)), days(&[1]));
        let aged = Plan { keep_days: 3, ..plan() };
        assert_eq!(aged.superfluous(days(&[5, 1, 9, 7]), day(9)), days(&[5, 1]));
        assert_eq!(aged.superfluous(days(&[1]), day(99)), days(&[]));
        assert_eq!(Plan { keep: 0, ..plan() }.superfluous(days(&[1, 2]), day(2)), days(&[1]));
    }
}
