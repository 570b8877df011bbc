//! Shows a `Disk` to the kernel as a file system (FUSE), so that real programs can live on it. As everywhere, the kernel keeps
//! what was read or written, and the disk sees only the first read of a page; it sees every write at once and in order.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner, OpenFlags,
    RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite,
    Request, TimeOrNow, WriteFlags,
};

use super::{Disk, File, Folder, Node, State};

/// The kernel asks again every time.
const FRESH: Duration = Duration::ZERO;
const BLOCK: u32 = 4_096;
/// What the disk says about its size: larger than any campaign needs.
const BLOCKS: u64 = 2 * 1024 * 1024;

/// A mounted disk. Unmounted when it goes, in a panic too.
pub struct Mounted {
    session: Option<BackgroundSession>,
    point: tempfile::TempDir,
}

impl Mounted {
    pub fn new(disk: &Disk) -> Self {
        let point = tempfile::Builder::new().prefix("parlor-disk-").tempdir().unwrap();
        let session = fuser::spawn_mount(Shown(disk.clone()), point.path(), &fuser::Config::default()).unwrap_or_else(|why| {
            panic!("this test mounts a file system of its own (FUSE): run it as root on a machine with /dev/fuse ({why})")
        });
        Self { session: Some(session), point }
    }

    pub fn path(&self) -> &Path {
        self.point.path()
    }

    /// Where Parlor lives on it.
    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        if session.umount_and_join().is_err() {
            // Somebody still has a file open there; the file system goes with them.
            let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
        }
    }
}

struct Shown(Disk);

impl State {
    fn attributes(&self, number: u64) -> Result<FileAttr, Errno> {
        let (kind, size) = match self.node(number)? {
            Node::File(file) => (FileType::RegularFile, file.live.len() as u64),
            Node::Folder(_) => (FileType::Directory, 0),
            Node::Socket => (FileType::Socket, 0),
        };
        Ok(FileAttr {
            ino: INodeNo(number),
            size,
            blocks: size.div_ceil(512),
            atime: SystemTime::UNIX_EPOCH,
            mtime: SystemTime::UNIX_EPOCH,
            ctime: SystemTime::UNIX_EPOCH,
            crtime: SystemTime::UNIX_EPOCH,
            kind,
            perm: if kind == FileType::Directory { 0o700 } else { 0o600 },
            nlink: 1,
            uid: rustix::process::getuid().as_raw(),
            gid: rustix::process::getgid().as_raw(),
            rdev: 0,
            blksize: BLOCK,
            flags: 0,
        })
    }

    fn make_and_tell(&mut self, folder: INodeNo, name: &OsStr, node: Node) -> Result<FileAttr, Errno> {
        let number = self.make(folder.0, name, node)?;
        self.attributes(number)
    }
}

fn answer(reply: ReplyEmpty, outcome: Result<(), Errno>) {
    match outcome {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn answer_entry(reply: ReplyEntry, outcome: Result<FileAttr, Errno>) {
    match outcome {
        Ok(attributes) => reply.entry(&FRESH, &attributes, Generation(0)),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Shown {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let state = self.0.state();
        answer_entry(reply, state.look_up(parent.0, name).and_then(|number| state.attributes(number)));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.0.state().attributes(ino.0) {
            Ok(attributes) => reply.attr(&FRESH, &attributes),
            Err(error) => reply.error(error),
        }
    }

    /// Owners and times are of no interest here; a new length is.
    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let mut state = self.0.state();
        let done = size.map_or(Ok(()), |size| state.set_length(ino.0, size));
        match done.and_then(|()| state.attributes(ino.0)) {
            Ok(attributes) => reply.attr(&FRESH, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        answer_entry(reply, self.0.state().make_and_tell(parent, name, Node::Folder(Folder::default())));
    }

    /// The control socket is the only special file that anybody makes.
    fn mknod(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, _: u32, reply: ReplyEntry) {
        answer_entry(reply, self.0.state().make_and_tell(parent, name, Node::Socket));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.state().remove(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.state().remove(parent.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let outcome =
            if flags.is_empty() { self.0.state().rename((parent.0, name), (newparent.0, newname)) } else { Err(Errno::EINVAL) };
        answer(reply, outcome);
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
    }

    fn create(&self, _: &Request, parent: INodeNo, name: &OsStr, _: u32, _: u32, _: i32, reply: ReplyCreate) {
        match self.0.state().make_and_tell(parent, name, Node::File(File::default())) {
            Ok(attributes) => {
                reply.created(&FRESH, &attributes, Generation(0), FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
            }
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.0.state().read(ino.0, offset, size as usize) {
            Ok(bytes) => reply.data(bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.0.state().write(ino.0, offset, data) {
            Ok(()) => reply.written(u32::try_from(data.len()).unwrap_or(u32::MAX)),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.0.state().sync(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        answer(reply, self.0.state().sync(ino.0));
    }

    /// Room is made by lengthening; what is written comes later.
    fn fallocate(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, length: u64, mode: i32, reply: ReplyEmpty) {
        if mode != 0 {
            return reply.error(Errno::EOPNOTSUPP);
        }
        let mut state = self.0.state();
        let have = state.attributes(ino.0).map(|attributes| attributes.size);
        let outcome =
            have.and_then(|have| if have < offset + length { state.set_length(ino.0, offset + length) } else { Ok(()) });
        answer(reply, outcome);
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let mut state = self.0.state();
        let entries = match state.list(ino.0) {
            Ok(entries) => entries,
            Err(error) => return reply.error(error),
        };
        let dots = [(".".into(), ino.0), ("..".into(), ino.0)];
        for (place, (name, number)) in (1..).zip(dots.into_iter().chain(entries)).skip(usize::try_from(offset).unwrap_or(0)) {
            let kind = match state.node(number) {
                Ok(Node::File(_)) => FileType::RegularFile,
                Ok(Node::Socket) => FileType::Socket,
                _ => FileType::Directory,
            };
            if reply.add(INodeNo(number), place, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        reply.statfs(BLOCKS, BLOCKS, BLOCKS, BLOCKS, BLOCKS, BLOCK, 255, BLOCK);
    }
}
