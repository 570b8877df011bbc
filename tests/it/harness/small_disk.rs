//! A disk that a test can fill.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A file system of its own in memory, which the test fills.
pub struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    pub fn new(mib: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).status();
        assert!(mounted.is_ok_and(|it| it.success()), "no file system can be mounted: run the tests as root");
        Self { folder }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn has_ballast(&self) -> bool {
        self.data().join("ballast").exists()
    }

    /// Somebody else writes until so much is left.
    pub fn leave_free(&self, bytes: u64) {
        let facts = rustix::fs::statvfs(self.folder.path()).unwrap();
        let taken = (facts.f_bavail * facts.f_frsize).checked_sub(bytes).unwrap();
        let file = tempfile::Builder::new().prefix("taken").tempfile_in(self.folder.path()).unwrap();
        if taken > 0 {
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, taken).unwrap();
        }
        file.keep().unwrap();
    }

    /// And deletes it all again.
    pub fn make_room(&self) {
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with("taken") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}
