//! A disk in memory whose power can be cut and whose operations can fail: what was written and what would survive are two
//! different things here. `mount` shows it to the kernel as a file system, `plan` is what is going to happen to it, `file` what
//! becomes of writes, `image` what is left of it all.
//!
//! The rules are those of a journalling file system on a drive with a volatile cache. A write is durable once its file was
//! synced; names (made, moved, removed) reach the disk in order, at the latest when a directory or file that they name is
//! synced. At a cut, each write that was not synced is kept, dropped or torn at its 512-byte sectors, and of the names a
//! beginning is kept: what the seed says. A sync that fails has lost its writes: a later one does not bring them back.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use fuser::Errno;
use parking_lot::{Mutex, MutexGuard};

use super::dice::Dice;
use file::{Change, Manner};
use plan::Counts;

mod file;
mod image;
mod mount;
mod plan;

pub use file::File;
pub use image::Image;
pub use mount::Mounted;
pub use plan::{Cut, Fault, Kind, Lasts, Plan};

pub const ROOT: u64 = 1;

/// Rung when the power goes.
pub type Bell = Box<dyn FnOnce() + Send>;

/// Shared by the test and the kernel's side.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

pub struct State {
    nodes: BTreeMap<u64, Node>,
    next: u64,
    /// Changes of names that are not on the disk yet, oldest first; each step is there as a whole or not at all.
    names: Vec<Vec<Naming>>,
    counts: Counts,
    on_the_named: u64,
    plan: Plan,
    /// What will lie on the disk when the power comes back, from the moment it went.
    cut: Option<Image>,
    failed: bool,
    rung: Option<Bell>,
    dice: Dice,
}

pub enum Node {
    File(File),
    Folder(Folder),
    /// Of a process that runs: it does not survive.
    Socket,
}

#[derive(Default)]
pub struct Folder {
    pub live: BTreeMap<OsString, u64>,
    durable: BTreeMap<OsString, u64>,
}

struct Naming {
    folder: u64,
    name: OsString,
    node: Option<u64>,
}

impl Disk {
    pub fn new(image: &Image, seed: u64) -> Self {
        let mut state = State {
            nodes: BTreeMap::from([(ROOT, Node::Folder(Folder::default()))]),
            next: ROOT + 1,
            names: Vec::new(),
            counts: Counts::default(),
            on_the_named: 0,
            plan: Plan::default(),
            cut: None,
            failed: false,
            rung: None,
            dice: Dice::new(seed),
        };
        // A folder stands before what is in it.
        for (path, content) in &image.files {
            let (name, above) = path.split_last().unwrap();
            let folder = state.walk(above).unwrap();
            let node = match content {
                None => Node::Folder(Folder::default()),
                Some(bytes) => Node::File(File::holding(bytes)),
            };
            let number = state.add(node);
            let folder = state.folder(folder).unwrap();
            folder.live.insert(name.clone(), number);
            folder.durable.insert(name.clone(), number);
        }
        Self(Arc::new(Mutex::new(state)))
    }

    /// Sets what is going to happen, counted from now on; tells when the power is cut.
    pub fn plan(&self, plan: Plan, rung: Option<Bell>) {
        let mut state = self.0.lock();
        state.plan = plan;
        state.rung = rung;
        state.counts = Counts::default();
        state.on_the_named = 0;
    }

    /// Cuts the power, unless it is cut already, and gives what is left on the disk.
    pub fn cut(&self) -> Image {
        let mut state = self.0.lock();
        state.cut_power();
        state.cut.clone().unwrap()
    }

    /// What a process sees that starts now, the power never having gone.
    pub fn as_it_is(&self) -> Image {
        self.0.lock().live_image()
    }

    /// Whether the planned fault came.
    pub fn failed(&self) -> bool {
        self.0.lock().failed
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
}

impl State {
    fn add(&mut self, node: Node) -> u64 {
        let number = self.next;
        self.next += 1;
        self.nodes.insert(number, node);
        number
    }

    fn walk(&self, path: &[OsString]) -> Option<u64> {
        path.iter().try_fold(ROOT, |folder, name| match self.nodes.get(&folder)? {
            Node::Folder(folder) => folder.live.get(name).copied(),
            Node::File(_) | Node::Socket => None,
        })
    }

    pub fn node(&self, number: u64) -> Result<&Node, Errno> {
        self.nodes.get(&number).ok_or(Errno::ENOENT)
    }

    fn folder(&mut self, number: u64) -> Result<&mut Folder, Errno> {
        match self.nodes.get_mut(&number) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(_) => Err(Errno::ENOTDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn file(&mut self, number: u64) -> Result<&mut File, Errno> {
        match self.nodes.get_mut(&number) {
            Some(Node::File(file)) => Ok(file),
            Some(_) => Err(Errno::EISDIR),
            None => Err(Errno::ENOENT),
        }
    }

    fn is_named(&self, number: u64, wanted: &str) -> bool {
        self.nodes.values().any(|node| match node {
            Node::Folder(folder) => folder.live.get(OsStr::new(wanted)) == Some(&number),
            Node::File(_) | Node::Socket => false,
        })
    }

    /// Before every operation: whether it happens at all.
    fn enter(&mut self, kind: Kind, number: u64) -> Result<(), Errno> {
        if self.cut.is_some() {
            return Err(Errno::EIO);
        }
        let count = match kind {
            Kind::Read => &mut self.counts.reads,
            Kind::Write => &mut self.counts.writes,
            Kind::Sync => &mut self.counts.syncs,
        };
        *count += 1;
        let count = *count;
        if kind != Kind::Read
            && let Some(Cut { at, only }) = self.plan.cut
        {
            let changes = match only {
                None => self.counts.writes + self.counts.syncs,
                Some(name) => {
                    self.on_the_named += u64::from(self.is_named(number, name));
                    self.on_the_named
                }
            };
            if changes >= at {
                self.cut_power();
                return Err(Errno::EIO);
            }
        }
        if let Some(fault) = self.plan.fault
            && fault.kind == kind
            && (count == fault.at || (count > fault.at && fault.lasts == Lasts::ForEver))
        {
            self.failed = true;
            return Err(Errno::EIO);
        }
        Ok(())
    }

    fn cut_power(&mut self) {
        if self.cut.is_some() {
            return;
        }
        let kept = self.dice.upto(self.names.len() as u64);
        for step in std::mem::take(&mut self.names).into_iter().take(usize::try_from(kept).unwrap()) {
            self.make_durable(step);
        }
        let mut dice = self.dice.fork();
        let manner = Manner::of_this_cut(&mut dice);
        for node in self.nodes.values_mut() {
            if let Node::File(file) = node {
                file.settle(manner, &mut dice);
            }
        }
        let mut image = Image::default();
        self.collect(ROOT, &mut Vec::new(), &mut image, &|folder| &folder.durable, &|file| &file.durable);
        self.cut = Some(image);
        if let Some(rung) = self.rung.take() {
            rung();
        }
    }

    fn live_image(&self) -> Image {
        let mut image = Image::default();
        self.collect(ROOT, &mut Vec::new(), &mut image, &|folder| &folder.live, &|file| &file.live);
        image
    }

    fn collect(
        &self,
        number: u64,
        path: &mut Vec<OsString>,
        image: &mut Image,
        names: &dyn Fn(&Folder) -> &BTreeMap<OsString, u64>,
        bytes: &dyn Fn(&File) -> &Vec<u8>,
    ) {
        match &self.nodes[&number] {
            Node::Socket => {}
            Node::File(file) => {
                image.files.insert(path.clone(), Some(bytes(file).clone()));
            }
            Node::Folder(folder) => {
                if number != ROOT {
                    image.files.insert(path.clone(), None);
                }
                for (name, number) in names(folder) {
                    path.push(name.clone());
                    self.collect(*number, path, image, names, bytes);
                    path.pop();
                }
            }
        }
    }

    fn make_durable(&mut self, step: Vec<Naming>) {
        for Naming { folder, name, node } in step {
            if let Ok(folder) = self.folder(folder) {
                match node {
                    Some(node) => folder.durable.insert(name, node),
                    None => folder.durable.remove(&name),
                };
            }
        }
    }

    fn name(&mut self, step: Vec<Naming>) -> Result<(), Errno> {
        for Naming { folder, name, node } in &step {
            let folder = self.folder(*folder)?;
            match node {
                Some(node) => folder.live.insert(name.clone(), *node),
                None => folder.live.remove(name),
            };
        }
        self.names.push(step);
        Ok(())
    }

    pub fn look_up(&self, folder: u64, name: &OsStr) -> Result<u64, Errno> {
        match self.node(folder)? {
            Node::Folder(folder) => folder.live.get(name).copied().ok_or(Errno::ENOENT),
            Node::File(_) | Node::Socket => Err(Errno::ENOTDIR),
        }
    }

    pub fn make(&mut self, folder: u64, name: &OsStr, node: Node) -> Result<u64, Errno> {
        self.enter(Kind::Write, folder)?;
        if self.look_up(folder, name).is_ok() {
            return Err(Errno::EEXIST);
        }
        let number = self.add(node);
        self.name(vec![Naming { folder, name: name.to_owned(), node: Some(number) }])?;
        Ok(number)
    }

    pub fn remove(&mut self, folder: u64, name: &OsStr) -> Result<(), Errno> {
        let number = self.look_up(folder, name)?;
        self.enter(Kind::Write, number)?;
        if let Node::Folder(gone) = self.node(number)?
            && !gone.live.is_empty()
        {
            return Err(Errno::ENOTEMPTY);
        }
        self.name(vec![Naming { folder, name: name.to_owned(), node: None }])
    }

    pub fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr)) -> Result<(), Errno> {
        let number = self.look_up(from.0, from.1)?;
        self.enter(Kind::Write, number)?;
        self.name(vec![
            Naming { folder: from.0, name: from.1.to_owned(), node: None },
            Naming { folder: to.0, name: to.1.to_owned(), node: Some(number) },
        ])
    }

    pub fn read(&mut self, number: u64, at: u64, length: usize) -> Result<&[u8], Errno> {
        self.enter(Kind::Read, number)?;
        let bytes = &self.file(number)?.live;
        let from = usize::try_from(at).unwrap().min(bytes.len());
        Ok(&bytes[from..bytes.len().min(from + length)])
    }

    pub fn list(&mut self, number: u64) -> Result<Vec<(OsString, u64)>, Errno> {
        self.enter(Kind::Read, number)?;
        Ok(self.folder(number)?.live.iter().map(|(name, number)| (name.clone(), *number)).collect())
    }

    pub fn write(&mut self, number: u64, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.enter(Kind::Write, number)?;
        self.file(number)?.change(Change::Write { at, bytes: bytes.to_vec() });
        Ok(())
    }

    pub fn set_length(&mut self, number: u64, length: u64) -> Result<(), Errno> {
        self.enter(Kind::Write, number)?;
        self.file(number)?.change(Change::Length(length));
        Ok(())
    }

    pub fn sync(&mut self, number: u64) -> Result<(), Errno> {
        if let Err(error) = self.enter(Kind::Sync, number) {
            if self.cut.is_none() {
                // The kernel marks pages clean that it could not write: whoever asks again is told that all is well.
                let mut dice = self.dice.fork();
                if let Ok(file) = self.file(number) {
                    file.settle(Manner::Mixed, &mut dice);
                }
            }
            return Err(error);
        }
        let concerns = |step: &Vec<Naming>| step.iter().any(|it| it.folder == number || it.node == Some(number));
        if let Some(last) = self.names.iter().rposition(concerns) {
            let rest = self.names.split_off(last + 1);
            for step in std::mem::replace(&mut self.names, rest) {
                self.make_durable(step);
            }
        }
        if let Ok(file) = self.file(number) {
            file.sync();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
