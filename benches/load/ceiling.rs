//! What the disk itself gives: the same bytes, as many at a time as there are messages in flight, into a file that was
//! written before, each group made durable with one `fdatasync`.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::Fallible;

const FILE_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a message on its way to the disk: 143 of text are about 300 with ids, seal and frame.
const MESSAGE_BYTES: usize = 300;

/// Messages per second with so many in flight.
pub fn group_commit(directory: &Path, in_flight: usize, length: Duration) -> Fallible<f64> {
    let mut disk = Disk::prepare(directory)?;
    let group = vec![0xa5_u8; MESSAGE_BYTES * in_flight];
    let mut messages = 0;
    let start = Instant::now();
    while start.elapsed() < length {
        disk.commit(&group)?;
        messages += in_flight;
    }
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of messages")]
    Ok(messages as f64 / seconds)
}

/// How many nanoseconds one message alone takes, so many times a second: a disk that rests between is woken each time.
pub fn one_at_a_time(directory: &Path, per_second: f64, length: Duration) -> Fallible<Histogram<u64>> {
    let mut disk = Disk::prepare(directory)?;
    let message = [0xa5_u8; MESSAGE_BYTES];
    let mut took = Histogram::new_with_bounds(1, 60_000_000_000, 3)?;
    let pause = Duration::from_secs_f64(1.0 / per_second);
    let start = Instant::now();
    while start.elapsed() < length {
        let before = Instant::now();
        disk.commit(&message)?;
        let spent = before.elapsed();
        took.record(u64::try_from(spent.as_nanos())?)?;
        std::thread::sleep(pause.saturating_sub(spent));
    }
    Ok(took)
}

/// A file that was written before, so that only the bytes themselves have to go to the disk. Removed at the end.
struct Disk {
    file: File,
    path: PathBuf,
    at: usize,
}

impl Disk {
    fn prepare(directory: &Path) -> Fallible<Self> {
        let path = directory.join("ceiling");
        let mut file = OpenOptions::new().create(true).truncate(true).read(true).write(true).open(&path)?;
        let block = vec![0x5a_u8; 1024 * 1024];
        for _ in 0..FILE_BYTES / block.len() {
            file.write_all(&block)?;
        }
        file.sync_all()?;
        Ok(Self { file, path, at: 0 })
    }

    fn commit(&mut self, bytes: &[u8]) -> Fallible<()> {
        if self.at + bytes.len() > FILE_BYTES {
            self.at = 0;
        }
        self.file.write_all_at(bytes, u64::try_from(self.at)?)?;
        self.file.sync_data()?;
        self.at += bytes.len();
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // In a directory that goes anyway.
        let _ = std::fs::remove_file(&self.path);
    }
}
