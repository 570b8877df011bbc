//! The files in the directory for backups: `parlor-INSTALLATION-TIME.parlor`. A file with that name is complete, durable and was read
//! back; what is being written ends in `.part`. Files of other installations and other names are left alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::fmt::strtime;

use crate::domain::backup::Plan;
use crate::domain::id::base32;
use crate::domain::time::Timestamp;
use crate::store::Destination;
use crate::vault::PublicKey;
use crate::vault::container::check;

const ENDING: &str = ".parlor";
const PART: &str = ".part";
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// What has to be free besides the backup itself.
const SPARE_BYTES: u64 = 64 << 20;

/// A backup that lies in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    pub name: String,
    pub at: Timestamp,
    pub bytes: u64,
}

/// Names begin with this, so that several installations may share a directory.
fn prefix(installation: &[u8; 16]) -> String {
    format!("parlor-{}-", &base32(installation)[..8])
}

pub(super) fn name(installation: &[u8; 16], now: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default();
    format!("{}{}{ENDING}", prefix(installation), at.strftime(TIME))
}

/// Newest first.
pub(super) fn list(directory: &Path, installation: &[u8; 16]) -> io::Result<Vec<BackupFile>> {
    let prefix = prefix(installation);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(at) = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(ENDING)).and_then(parse_time) else {
            continue;
        };
        found.push(BackupFile { name, at, bytes: entry.metadata()?.len() });
    }
    found.sort_by_key(|file| std::cmp::Reverse(file.at));
    Ok(found)
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let at = strtime::parse(TIME, text).ok()?.to_datetime().ok()?;
    Some(Timestamp::from_millis(at.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond()))
}

/// Removes what the plan does not keep; the newest always stays.
pub(super) fn rotate(directory: &Path, installation: &[u8; 16], plan: &Plan, now: Timestamp) -> io::Result<()> {
    let files = list(directory, installation)?;
    let superfluous = plan.superfluous(files.iter().map(|file| file.at).collect(), now);
    for file in files.iter().filter(|file| superfluous.contains(&file.at)) {
        fs::remove_file(directory.join(&file.name))?;
    }
    File::open(directory)?.sync_all()
}

/// A backup that is being written.
pub(super) struct PartFile {
    file: Option<File>,
    part: PathBuf,
    whole: PathBuf,
}

/// Begins a file, and removes what interrupted ones have left.
pub(super) fn begin(directory: &Path, name: &str, installation: &[u8; 16]) -> io::Result<PartFile> {
    let prefix = prefix(installation);
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix) && name.ends_with(PART)) {
            fs::remove_file(entry.path())?;
        }
    }
    let part = directory.join(format!("{name}{PART}"));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    Ok(PartFile { file: Some(file), part, whole: directory.join(name) })
}

impl PartFile {
    /// Makes it durable, reads it back as others would, and gives it its name. Says how long it is.
    pub(super) fn finish(mut self, signer: &PublicKey) -> io::Result<u64> {
        let file = self.file.take().ok_or(io::ErrorKind::BrokenPipe)?;
        file.sync_all()?;
        check(BufReader::with_capacity(1 << 20, File::open(&self.part)?), signer)?;
        fs::rename(&self.part, &self.whole)?;
        if let Some(directory) = self.whole.parent() {
            File::open(directory)?.sync_all()?;
        }
        Ok(file.metadata()?.len())
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Destination for PartFile {
    fn foresee(&mut self, bytes: u64) -> io::Result<()> {
        let facts = rustix::fs::statvfs(&self.part)?;
        let (free, needed) = (facts.f_bavail.saturating_mul(facts.f_frsize), bytes + bytes / 8 + SPARE_BYTES);
        if free < needed {
            let (free, needed) = (free >> 20, needed >> 20);
            return Err(io::Error::other(format!("only {free} MiB are free there, and about {needed} MiB are needed")));
        }
        Ok(())
    }
}

/// One that was not finished leaves nothing behind.
impl Drop for PartFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::retention::ZoneName;

    const HOME: [u8; 16] = [7; 16];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn only_ones_own_complete_files_are_listed_and_rotated() {
        let dir = tempfile::tempdir().unwrap();
        for (installation, seconds) in [(HOME, 0), (HOME, 60), (HOME, 120), ([8; 16], 0)] {
            fs::write(dir.path().join(name(&installation, at(seconds))), "x").unwrap();
        }
        fs::write(dir.path().join("holiday.jpg"), "x").unwrap();
        let interrupted = format!("{}{PART}", name(&HOME, at(180)));
        fs::write(dir.path().join(&interrupted), "x").unwrap();
        let times = |installation| list(dir.path(), installation).unwrap().iter().map(|file| file.at).collect::<Vec<_>>();
        assert_eq!(times(&HOME), [at(120), at(60), at(0)]);
        let plan = Plan { hour: 3, zone: ZoneName::utc(), keep: 2, keep_days: 0, rehearse_days: 7 };
        rotate(dir.path(), &HOME, &plan, at(200)).unwrap();
        assert_eq!(times(&HOME), [at(120), at(60)]);
        assert_eq!(times(&[8; 16]), [at(0)]);
        drop(begin(dir.path(), &name(&HOME, at(240)), &HOME).unwrap());
        let left = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(left.into_iter().all(|name| !name.ends_with(PART)), "an interrupted backup is cleared away");
        assert!(dir.path().join("holiday.jpg").exists());
    }
}
