//! Files as the disk sees them.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Fallible;

/// Bytes that the disk has given to what lies below, where the name of the first step fits.
pub fn bytes(directory: &Path, is_counted: impl Fn(&str) -> bool) -> Fallible<usize> {
    let files = below(directory, is_counted)?;
    let blocks = files.iter().map(|path| Ok(fs::metadata(path)?.blocks())).sum::<Fallible<u64>>()?;
    Ok(usize::try_from(blocks)? * 512)
}

/// Reads everything once.
pub fn milliseconds_to_read(directory: &Path) -> Fallible<f64> {
    let mut buffer = vec![0; 256 * 1_024];
    let since = Instant::now();
    for path in below(directory, |_| true)? {
        let mut file = fs::File::open(path)?;
        while file.read(&mut buffer)? > 0 {}
    }
    Ok(since.elapsed().as_secs_f64() * 1e3)
}

/// Writes so many bytes into a file of its own, synced, and says how many seconds that took.
pub fn seconds_to_write(directory: &Path, bytes: u64) -> Fallible<f64> {
    use std::io::Write as _;
    let path = directory.join("plain");
    let block = vec![0x5a; 256 * 1_024];
    let since = Instant::now();
    let mut file = fs::File::create(&path)?;
    for _ in 0..bytes.div_ceil(block.len() as u64) {
        file.write_all(&block)?;
    }
    file.sync_all()?;
    let took = since.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(took)
}

fn below(directory: &Path, is_counted: impl Fn(&str) -> bool) -> Fallible<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut waiting = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if is_counted(&entry.file_name().to_string_lossy()) {
            waiting.push(entry.path());
        }
    }
    while let Some(path) = waiting.pop() {
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// How much of it falls on each.
#[expect(clippy::cast_precision_loss, reason = "figures of at most some billions")]
pub fn per(whole: usize, count: usize) -> f64 {
    whole as f64 / count as f64
}
