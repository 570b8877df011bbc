//! `parlor export account`: everything that is kept, in files that other programs read. What is cut off goes on: a file has its name only
//! when it is whole and durable, and the same command writes those that are missing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::backup::cannot_write;
use super::progress::Progress;
use super::{Exit, Reached, Refusal, reach, say, unexpected};
use crate::config::Flags;
use crate::domain::limits;
use crate::serve::control::{AccountRequest, Reply, Request, bytes_of};
use crate::service::account::{ABOUT, ABOUT_NAME};

const LIST: &str = "export.json";
const FORMAT: &str = "parlor account 1";
/// Names in one request, which has to fit into a line.
const AT_ONCE: usize = 400;

#[derive(Args)]
pub struct Account {
    #[command(flatten)]
    flags: Flags,
    /// The directory to write into; one that an export was cut off in goes on
    #[arg(value_name = "DIR")]
    out: PathBuf,
    /// Also what visitors filled in in secure forms, in clear
    #[arg(long)]
    submissions: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Which files belong to the export, so that a later run goes on with the same ones.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    format: String,
    submissions: bool,
    files: Vec<Listed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    /// Once it is written.
    sha256: Option<String>,
}

pub fn run(command: &Account) -> Result<Exit, Refusal> {
    let out = &command.out;
    let reached = reach(&command.flags)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(out).map_err(|error| cannot_write(out, &error))?;
    let mut list = match read_list(out)? {
        Some(list) if list.submissions != command.submissions => {
            let was = if list.submissions { "with" } else { "without" };
            let sentence = format!(
                "The export in {} was begun {was} submissions. Go on like that, or choose another directory.",
                out.display()
            );
            return Err(Refusal::new(Exit::Refused, sentence));
        }
        Some(list) => list,
        None => begin(&reached, command)?,
    };
    let missing: Vec<String> = list.files.iter().filter(|it| it.sha256.is_none()).map(|it| it.name.clone()).collect();
    let before = list.files.len() - missing.len();
    let mut progress = Progress::new(!command.json);
    for names in missing.chunks(AT_ONCE) {
        fetch(&reached, out, &mut list, names, &mut progress)?;
    }
    drop(progress);
    if command.json {
        say(serde_json::json!({ "files": list.files.len(), "written_before": before }));
    } else if before > 0 {
        say(format_args!("{} files in {}, {before} of them from before, in clear", list.files.len(), out.display()));
    } else {
        say(format_args!("{} files in {}, in clear. {ABOUT_NAME} says what stands in them.", list.files.len(), out.display()));
    }
    Ok(Exit::Done)
}

/// The list of an export that was begun here before. A directory with anything else in it is not written into.
fn read_list(out: &Path) -> Result<Option<List>, Refusal> {
    let path = out.join(LIST);
    let refused = |why: String| Refusal::new(Exit::Refused, why);
    match fs::read(&path) {
        Ok(bytes) => {
            let list: List =
                serde_json::from_slice(&bytes).map_err(|error| refused(format!("{} does not read: {error}.", path.display())))?;
            let is_name =
                |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
            if list.format != FORMAT || list.files.len() > limits::EXPORT_FILES || !list.files.iter().all(|it| is_name(&it.name))
            {
                return Err(refused(format!("{} is not the list of an export that this version knows.", path.display())));
            }
            Ok(Some(list))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let is_empty = fs::read_dir(out).map_err(|error| cannot_write(out, &error))?.next().is_none();
            if is_empty {
                Ok(None)
            } else {
                Err(refused(format!("{} is not empty. Choose a new directory; nothing was written.", out.display())))
            }
        }
        Err(error) => Err(refused(format!("{} cannot be read: {error}.", path.display()))),
    }
}

fn begin(reached: &Reached, command: &Account) -> Result<List, Refusal> {
    let mut files = Vec::new();
    let mut hear = |reply| {
        if let Reply::File(name) = reply {
            files.push(Listed { name, sha256: None });
        }
        ControlFlow::Continue(())
    };
    let reply = reached.ask_and_hear(Request::Account(AccountRequest::Plan { submissions: command.submissions }), &mut hear)?;
    let Reply::Account = reply else { return Err(unexpected(reply)) };
    let list = List { format: FORMAT.to_owned(), submissions: command.submissions, files };
    let written = write_list(&command.out, &list).and_then(|()| {
        let mut about = Part::begin(&command.out, ABOUT_NAME)?;
        about.write(ABOUT.as_bytes())?;
        about.keep().map(drop)
    });
    written.map_err(|error| cannot_write(&command.out, &error))?;
    Ok(list)
}

/// Has them written one after the other; the list says of each when it is whole.
fn fetch(reached: &Reached, out: &Path, list: &mut List, names: &[String], progress: &mut Progress) -> Result<(), Refusal> {
    let all = list.files.len() as u64;
    let mut part: Option<Part> = None;
    let mut failed = None;
    let mut hear = |reply| {
        let take = || match reply {
            Reply::File(name) => {
                finish(out, list, part.take())?;
                let done = list.files.iter().filter(|it| it.sha256.is_some()).count() as u64;
                progress.show("Writing", done, all);
                part = Some(Part::begin(out, &name)?);
                Ok(())
            }
            Reply::Bytes(piece) => match &mut part {
                Some(part) => part.write(&bytes_of(&piece)?),
                None => Err(io::ErrorKind::InvalidData.into()),
            },
            _ => Ok(()),
        };
        match take() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let reply = reached.ask_and_hear(Request::Account(AccountRequest::Write { files: names.to_vec() }), &mut hear);
    if let Some(error) = failed {
        return Err(cannot_write(out, &error));
    }
    match reply? {
        Reply::Account => finish(out, list, part).map_err(|error| cannot_write(out, &error)),
        other => Err(unexpected(other)),
    }
}

fn finish(out: &Path, list: &mut List, part: Option<Part>) -> io::Result<()> {
    let Some(part) = part else { return Ok(()) };
    let (name, sha256) = part.keep()?;
    if let Some(listed) = list.files.iter_mut().find(|it| it.name == name) {
        listed.sha256 = Some(sha256);
    }
    write_list(out, list)
}

fn write_list(out: &Path, list: &List) -> io::Result<()> {
    let mut part = Part::begin(out, LIST)?;
    part.write(&serde_json::to_vec_pretty(list)?)?;
    part.keep().map(drop)
}

/// A file that does not have its name yet.
struct Part {
    name: String,
    path: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
}

impl Part {
    fn begin(out: &Path, name: &str) -> io::Result<Self> {
        let path = out.join(format!("{name}.part"));
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        Ok(Self { name: name.to_owned(), path, out: BufWriter::with_capacity(1 << 18, file), hash: Sha256::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }

    fn keep(self) -> io::Result<(String, String)> {
        self.out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.path, self.path.with_file_name(&self.name))?;
        if let Some(directory) = self.path.parent() {
            File::open(directory)?.sync_all()?;
        }
        Ok((self.name, data_encoding::HEXLOWER.encode(&self.hash.finalize())))
    }
}
