//! From a container to a data directory. What is made is complete and durable before its tip is written, and without a tip it is
//! no installation; whatever is wrong with the container, nothing else on the disk was touched.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::audit::{self, Chain};
use super::generation::{self, OpenFailed};
use super::house::HouseKeys;
use super::image::{Facts, ImageError, ImageReader};
use super::index::Index;
use super::journal::{self, End, Journal, Segments};
use super::tables::{FORMAT, META_COMMIT, Table};
use super::tip_file::TipFile;
use super::watermark::{self, Mark, Watermark};
use super::{CommitNumber, OpenError, StoreError, drawers, files};
use crate::vault::container::{ContainerError, Header, Kind, Reader};
use crate::vault::{Key, RootKey, Tip, TipState, VaultError, Walker};

const FIRST_GENERATION: u64 = 1;

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub commit: CommitNumber,
    pub drawers: u64,
    pub audit_rows: u64,
    pub entries: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("{0}")]
    Container(#[from] ContainerError),
    #[error("its content makes no sense to this version of Parlor")]
    Content,
    #[error("it was written by a newer version of Parlor (format {found}, this one knows up to {known})")]
    NewerFormat { found: u16, known: u16 },
    #[error("it is not a backup but another file of Parlor's")]
    OtherKind,
    #[error("it belongs to another installation")]
    OtherInstallation,
    #[error("{path} cannot be written: {reason}")]
    Unwritable { path: PathBuf, reason: String },
    #[error("the operating system gives no random bytes, so no keys can be made")]
    NoRandomness,
}

impl From<ImageError> for RestoreError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Newer | ImageError::Damaged => Self::Content,
            // Whatever the container found wrong comes through here.
            ImageError::Io(error) => Self::Container(error.into()),
        }
    }
}

impl From<VaultError> for RestoreError {
    fn from(_: VaultError) -> Self {
        Self::NoRandomness
    }
}

/// Whether this program can make a data directory of a container with this header.
///
/// # Errors
/// Says why not.
pub fn can_restore(header: &Header) -> Result<(), RestoreError> {
    if header.kind != Kind::Backup {
        return Err(RestoreError::OtherKind);
    }
    if header.format > FORMAT {
        return Err(RestoreError::NewerFormat { found: header.format, known: FORMAT });
    }
    Ok(())
}

/// Makes a data directory of a backup, in a directory that is empty or not there, sealed under `root`. `on_bytes` hears how much of
/// how much is done.
///
/// # Errors
/// When the backup is not believed, or the directory cannot be written. What is there then is no installation, and may be removed.
pub fn restore<R: Read>(
    backup: Reader<R>,
    data_dir: &Path,
    root: &RootKey,
    mut on_bytes: impl FnMut(u64, u64),
) -> Result<Restored, RestoreError> {
    can_restore(backup.header())?;
    let (format, installation) = (backup.header().format, backup.header().installation);
    let mut image = ImageReader::begin(backup)?;
    let Facts { top, epoch, commit, drawers, audit_rows, live_bytes } = image.facts().clone();
    let top = top.ok_or(RestoreError::OtherKind)?;
    let at = Place(data_dir);
    files::make_private(data_dir).map_err(|error| at.unwritable(&error))?;
    let (entries, db) = at.fill_sled(&mut image, commit, |bytes| on_bytes(bytes, live_bytes))?;
    let (keys, chain) = audit_log(db, (&top, epoch), &installation).map_err(|_| RestoreError::Content)?;
    // The journal begins anew, with a key of its own: under the old one the replaced installation may have sealed other commits.
    let tip = Tip { format, state: TipState::InForce, installation, epoch, top, journal: Key::random()? };
    let slots = (tip.slot(root)?, tip.slot(root)?);
    let finish = || {
        fs::create_dir(data_dir.join(journal::NAME))?;
        let end = End { commit, ..End::default() };
        let segments = Segments::new(data_dir, &end, None);
        drop(Journal::start(Arc::clone(&segments), tip.journal.clone(), installation, &end)?);
        generation::switch(data_dir, FIRST_GENERATION)?;
        let mut watermark = Watermark::open(data_dir, installation)?;
        watermark.write(Mark { commit, drawers, audit_rows }).and_then(|()| watermark.sync())?;
        audit::write_head(data_dir, &keys, &installation, &chain)?;
        files::sync_directory(data_dir)?;
        let mut file = TipFile::open(data_dir, 1)?;
        file.flip(&slots.0)?;
        file.scrub(&slots.1)?;
        file.sync_all()?;
        files::sync_directory(data_dir)
    };
    finish().map_err(|error| at.unwritable(&error))?;
    Ok(Restored { commit, drawers, audit_rows, entries })
}

/// The chain of what was restored: its head is made anew, since a backup has none.
fn audit_log(db: sled::Db, (top, epoch): (&Key, u64), installation: &[u8; 16]) -> Result<(HouseKeys, Chain), StoreError> {
    let index = Index::new(Arc::new(db), Mark::default());
    let read = |level, at| drawers::node_in(&index, epoch, level, at);
    let keys = HouseKeys::new(Walker::default().key(top, 0, installation, read)?);
    // What is wrong with it, the first opening says.
    let chain = audit::load(&index, &keys, installation, None)?.chain;
    Ok((keys, chain))
}

struct Place<'a>(&'a Path);

impl Place<'_> {
    fn unwritable(&self, error: &dyn std::fmt::Display) -> RestoreError {
        RestoreError::Unwritable { path: self.0.to_owned(), reason: error.to_string() }
    }

    /// Every key and value, in their order; sled is quickest with what is in order.
    fn fill_sled<R: Read>(
        &self,
        image: &mut ImageReader<R>,
        commit: CommitNumber,
        mut on_bytes: impl FnMut(u64),
    ) -> Result<(u64, sled::Db), RestoreError> {
        let db = generation::open(self.0, FIRST_GENERATION).map_err(|error: OpenFailed| self.unwritable(&error))?;
        let (mut entries, mut bytes, mut gathered) = (0, 0, 0);
        let mut chunk = Vec::new();
        let fill = |chunk: &[(Vec<u8>, Vec<u8>)]| generation::fill(&db, chunk).map_err(|error| self.unwritable(&error));
        while let Some((key, value)) = image.next()? {
            entries += 1;
            gathered += key.len() + value.len();
            chunk.push((key.to_vec(), value.to_vec()));
            if gathered >= generation::FILL_BYTES {
                fill(&chunk)?;
                chunk.clear();
                bytes += gathered as u64;
                gathered = 0;
                on_bytes(bytes);
            }
        }
        fill(&chunk)?;
        db.insert(Table::Meta.key(META_COMMIT), &commit.to_be_bytes()).map_err(|error| self.unwritable(&error))?;
        db.flush().map_err(|error| self.unwritable(&error))?;
        on_bytes(bytes + gathered as u64);
        Ok((entries, db))
    }
}

/// Puts `new` where `old` is, in one step of the file system, and durably. What was there is then where `new` was; `false` when nothing
/// was there.
///
/// # Errors
/// When the file system does not do it; both are where they were then.
pub fn exchange(new: &Path, old: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let is_there = old.exists();
    let flags = if is_there { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    renameat_with(CWD, new, CWD, old, flags)?;
    files::sync_directory(old.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    Ok(is_there)
}

/// Copies what is needed to open the installation once more, sealed under another root key. What is copied is not changed.
///
/// # Errors
/// When the root key is another one, or something cannot be read or written.
pub fn copy_aside(data_dir: &Path, to: &Path, root: &RootKey, under: &RootKey) -> Result<(), OpenError> {
    let unusable = |error: io::Error| OpenError::Unusable { path: data_dir.to_owned(), reason: error.to_string() };
    let header = super::open::tip_of(data_dir)?.ok_or_else(|| OpenError::WrongKey(data_dir.to_owned()))?;
    let tip = header.open(root).map_err(|_| OpenError::WrongKey(data_dir.to_owned()))?;
    let slots = tip.slot(under).and_then(|first| Ok((first, tip.slot(under)?))).map_err(|_| OpenError::NoRandomness)?;
    files::make_private(to).map_err(unusable)?;
    let copy = || {
        let generation = generation::read(data_dir)?.ok_or(io::ErrorKind::NotFound)?;
        let sled = generation::dir(data_dir, generation);
        let names = [sled.as_path(), &data_dir.join(journal::NAME)].map(|path| path.file_name().map(ToOwned::to_owned));
        for name in names.into_iter().flatten() {
            copy_tree(&data_dir.join(&name), &to.join(&name))?;
        }
        for name in [generation::NAME, watermark::NAME, audit::head::NAME] {
            match fs::copy(data_dir.join(name), to.join(name)) {
                // Formats before this one had no head, and where it was taken away the copy need not know.
                Err(error) if name == audit::head::NAME && error.kind() == io::ErrorKind::NotFound => {}
                copied => drop(copied?),
            }
        }
        let mut file = TipFile::open(to, 1)?;
        file.flip(&slots.0)?;
        file.scrub(&slots.1)
    };
    copy().map_err(unusable)
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
