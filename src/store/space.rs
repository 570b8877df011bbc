//! The room on the disk: how much there is, the ballast that is kept back, and whether the store's own writes still fit.
//!
//! What a reading means is decided in `domain/space`; who looks, and who is told, in `service/space`. The ballast is a file
//! of zeros that is really allocated. Whoever gives it up deletes it, and nothing that anybody wrote is ever in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use parking_lot::Mutex;
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::{Store, files};
use crate::domain::space::{Ballast, Bounds, Reading, Room, Standing};

const BALLAST: &str = "ballast";
/// What growing files leave free all the same, for directories and the small files that are written in place.
const KEPT_BACK_BYTES: u64 = 1 << 20;

/// The disk under one data directory. The room it has left can be asked by anyone at any time, without waiting for the disk.
pub struct Space {
    data_dir: PathBuf,
    bounds: Bounds,
    /// A `Room`, as its place in `Room::ALL`.
    room: AtomicU8,
    /// The room that was last given out as news.
    told: AtomicU8,
    free_bytes: AtomicU64,
    /// Held while the ballast is made or given up.
    ballast: Mutex<()>,
    /// The ballast could not be made, and the log has it.
    is_ballast_missed: AtomicBool,
}

/// Looks at the disk that has this directory, and says where its bounds are.
///
/// # Errors
/// When the disk says nothing.
pub fn look(dir: &Path) -> io::Result<(Bounds, Reading)> {
    let facts = rustix::fs::statvfs(dir)?;
    let ballast_bytes = match fs::metadata(dir.join(BALLAST)) {
        Ok(facts) => facts.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    // What is free for this user, which is less than what root sees as free.
    let reading = Reading { free_bytes: facts.f_bavail.saturating_mul(facts.f_frsize), ballast_bytes };
    Ok((Bounds::of_disk(facts.f_blocks.saturating_mul(facts.f_frsize)), reading))
}

impl Space {
    /// Looks, and gives up the ballast where without it nothing could be opened.
    pub(super) fn open(data_dir: &Path) -> io::Result<Self> {
        let (bounds, reading) = look(data_dir)?;
        let space = Self::with_bounds(data_dir, bounds);
        let (room, ballast) = bounds.decide(Room::Plenty, reading);
        if ballast == Ballast::GiveUp {
            space.release_ballast()?;
        }
        space.note(space.standing_after(room, reading, ballast));
        Ok(space)
    }

    /// For whoever looks at a store and writes nothing.
    pub(super) fn idle(data_dir: &Path) -> Self {
        Self::with_bounds(data_dir, Bounds { floor_bytes: 0, ballast_bytes: 0 })
    }

    fn with_bounds(data_dir: &Path, bounds: Bounds) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            bounds,
            room: AtomicU8::default(),
            told: AtomicU8::default(),
            free_bytes: AtomicU64::new(u64::MAX),
            ballast: Mutex::new(()),
            is_ballast_missed: AtomicBool::new(false),
        }
    }

    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    #[must_use]
    pub fn room(&self) -> Room {
        Room::ALL.get(usize::from(self.room.load(Ordering::Relaxed))).copied().unwrap_or_default()
    }

    /// As it was found when the disk was last looked at.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing { room: self.room(), free_bytes: self.free_bytes.load(Ordering::Relaxed) }
    }

    /// Looks at the disk and changes nothing.
    ///
    /// # Errors
    /// When the disk says nothing.
    pub fn measure(&self) -> io::Result<Reading> {
        look(&self.data_dir).map(|(_, reading)| reading)
    }

    /// Does what the reading asks for: makes the ballast or gives it up, and draws the line for new chats. `true` when the room
    /// is another than was said the last time.
    pub fn settle(&self, reading: Reading) -> bool {
        let (room, ballast) = self.bounds.decide(self.room(), reading);
        let done = match ballast {
            Ballast::Keep => Ok(()),
            Ballast::Make => self.make_ballast(),
            Ballast::GiveUp => self.release_ballast(),
        };
        match done {
            Ok(()) => {
                self.is_ballast_missed.store(false, Ordering::Relaxed);
                self.note(self.standing_after(room, reading, ballast));
            }
            Err(error) => {
                if !self.is_ballast_missed.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "the ballast file cannot be changed; it is tried again until it can");
                }
                self.note(Standing { room, free_bytes: reading.free_bytes });
            }
        }
        self.told.swap(place(room), Ordering::Relaxed) != place(room)
    }

    /// Whether files may grow by so much. Gives up the ballast when that is what it takes. The next look finds that out, declines
    /// new chats and makes the ballast again when it can.
    #[must_use]
    pub fn may_grow(&self, bytes: u64) -> bool {
        let wanted = bytes.saturating_add(KEPT_BACK_BYTES);
        let fits = |reading: &Reading| reading.free_bytes >= wanted;
        match self.measure() {
            Ok(reading) if fits(&reading) => true,
            Ok(reading) if reading.ballast_bytes > 0 => {
                self.release_ballast().and_then(|()| self.measure()).is_ok_and(|reading| fits(&reading))
            }
            Ok(_) => false,
            // A disk that cannot be asked is not a full one: the write itself will tell.
            Err(_) => true,
        }
    }

    /// # Errors
    /// When the file cannot be removed. That there is none is fine.
    pub fn release_ballast(&self) -> io::Result<()> {
        let _alone = self.ballast.lock();
        match fs::remove_file(self.data_dir.join(BALLAST)) {
            Ok(()) => {
                tracing::warn!("the disk is nearly full: the ballast file was given up, so that erasing and storing go on");
                files::sync_directory(&self.data_dir)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn make_ballast(&self) -> io::Result<()> {
        let _alone = self.ballast.lock();
        let path = self.data_dir.join(BALLAST);
        let make = || {
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            allocate(&file, self.bounds.ballast_bytes)?;
            file.sync_all()?;
            files::sync_directory(&self.data_dir)
        };
        make().inspect_err(|_| {
            // Half a ballast would only take room away.
            let _ = fs::remove_file(&path);
        })
    }

    fn standing_after(&self, room: Room, reading: Reading, ballast: Ballast) -> Standing {
        let free = reading.free_bytes;
        let free_bytes = match ballast {
            Ballast::Keep => free,
            Ballast::Make => free.saturating_sub(self.bounds.ballast_bytes.saturating_sub(reading.ballast_bytes)),
            Ballast::GiveUp => free.saturating_add(reading.ballast_bytes),
        };
        Standing { room, free_bytes }
    }

    fn note(&self, standing: Standing) {
        self.room.store(place(standing.room), Ordering::Relaxed);
        self.free_bytes.store(standing.free_bytes, Ordering::Relaxed);
    }
}

fn place(room: Room) -> u8 {
    match room {
        Room::Plenty => 0,
        Room::Low => 1,
        Room::Critical => 2,
    }
}

/// Takes the room on the disk, not only in the file's length. Where the file system cannot do that, zeros are written.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, bytes) {
        Ok(()) => Ok(()),
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => write_zeros(file, bytes),
        Err(error) => Err(error.into()),
    }
}

fn write_zeros(mut file: &File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), bytes), &mut file)?;
    file.flush()
}

impl Store {
    #[must_use]
    pub fn space(&self) -> &Space {
        &self.shared.space
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    const SMALL: Bounds = Bounds { floor_bytes: 1 << 20, ballast_bytes: 1 << 18 };

    fn ballast(dir: &Path) -> Option<fs::Metadata> {
        fs::metadata(dir.join(BALLAST)).ok()
    }

    #[test]
    fn the_ballast_takes_real_room_comes_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let space = Space::with_bounds(dir.path(), SMALL);
        assert_eq!(space.room(), Room::Plenty);
        let roomy = |ballast_bytes| Reading { free_bytes: 1 << 30, ballast_bytes };
        assert!(!space.settle(roomy(0)), "that there is room is no news");
        let made = ballast(dir.path()).unwrap();
        assert_eq!(made.len(), SMALL.ballast_bytes);
        assert!(made.blocks() * 512 >= SMALL.ballast_bytes, "allocated, not sparse");
        assert_eq!(made.mode() & 0o777, 0o600);

        assert!(space.settle(Reading { free_bytes: SMALL.floor_bytes - 1, ballast_bytes: SMALL.ballast_bytes }));
        assert_eq!((space.room(), ballast(dir.path()).is_some()), (Room::Low, true));
        assert!(space.settle(Reading { free_bytes: 7, ballast_bytes: SMALL.ballast_bytes }));
        assert_eq!((space.room(), ballast(dir.path()).is_some()), (Room::Critical, false));
        assert_eq!(space.standing().free_bytes, 7 + SMALL.ballast_bytes, "what was given up is free now");
        assert!(!space.settle(Reading { free_bytes: 9, ballast_bytes: 0 }), "the same room again is no news");
        assert!(space.settle(roomy(0)));
        assert_eq!((space.room(), ballast(dir.path()).is_some()), (Room::Plenty, true));
    }

    #[test]
    fn a_ballast_that_was_cut_short_is_made_whole() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(BALLAST), [0; 100]).unwrap();
        let space = Space::with_bounds(dir.path(), SMALL);
        let reading = space.measure().unwrap();
        assert_eq!(reading.ballast_bytes, 100);
        space.settle(Reading { free_bytes: 1 << 30, ..reading });
        assert_eq!(ballast(dir.path()).unwrap().len(), SMALL.ballast_bytes);
    }

    #[test]
    fn a_file_system_that_cannot_allocate_gets_zeros() {
        let file = tempfile::tempfile().unwrap();
        write_zeros(&file, 300_000).unwrap();
        assert_eq!(file.metadata().unwrap().len(), 300_000);
    }

    #[test]
    fn the_store_grows_while_there_is_room_and_takes_the_ballast_when_there_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let space = Space::with_bounds(dir.path(), SMALL);
        space.make_ballast().unwrap();
        assert!(space.may_grow(1));
        assert!(ballast(dir.path()).is_some(), "not touched without need");
        assert!(!space.may_grow(u64::MAX), "no disk has so much");
        assert!(ballast(dir.path()).is_none(), "the last that could be given was given");
    }

    #[test]
    fn a_lack_found_at_the_start_is_news_once() {
        let dir = tempfile::tempdir().unwrap();
        let space = Space::with_bounds(dir.path(), SMALL);
        space.note(Standing { room: Room::Low, free_bytes: 5 });
        let low = Reading { free_bytes: SMALL.floor_bytes / 2, ballast_bytes: SMALL.ballast_bytes };
        assert!(space.settle(low));
        assert!(!space.settle(low));
    }
}
