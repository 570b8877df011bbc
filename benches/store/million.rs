//! Closed conversations by the million: what they take on the disk and in memory, and how fast a start is with them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use parlor::domain::id::ConversationId;
use tempfile::TempDir;

use crate::appliance::{self, Running};
use crate::machine;
use crate::options::Part;
use crate::report::Goal;
use crate::talks;
use crate::{Bench, Fallible, files, group_commit};

/// How long a server is written to before it is killed.
const WRITTEN_TO: Duration = Duration::from_secs(3);
const KILLED_WRITERS: usize = 256;
/// The file that keeps room back has one size, whatever else there is.
const BALLAST: &str = "ballast";

/// An installation full of closed conversations.
pub struct Archive {
    /// Removes it.
    _directory: TempDir,
    pub data_dir: PathBuf,
    pub ids: Vec<ConversationId>,
    pub messages: usize,
    text_bytes: usize,
}

impl Archive {
    pub fn make(bench: &mut Bench, messages: usize) -> Fallible<Self> {
        let directory = bench.new_directory()?;
        let data_dir = directory.path().join("data");
        appliance::set_up(&data_dir)?;
        let store = talks::open_with_key_file(&data_dir)?;
        let filled = bench.beside_others(|_| talks::fill(&store, messages / talks::MESSAGES))?;
        let closing = Instant::now();
        store.close();
        eprintln!(
            "{} messages of {:.0} bytes on average in {} conversations: written and closed in {:.1} s, and {:.1} s until the \
             index had all of them.",
            filled.messages,
            files::per(filled.text_bytes, filled.messages),
            filled.ids.len(),
            filled.seconds,
            closing.elapsed().as_secs_f64()
        );
        let (ids, text_bytes) = (filled.ids, filled.text_bytes);
        Ok(Self { _directory: directory, data_dir, ids, messages: filled.messages, text_bytes })
    }

    fn size(&self) -> Fallible<Size> {
        let index = files::bytes(&self.data_dir, |name| name.starts_with("index-"))?;
        let all = files::bytes(&self.data_dir, |name| name != BALLAST)?;
        Ok(Size { index: files::per(index, self.messages), all: files::per(all, self.messages) })
    }
}

struct Size {
    index: f64,
    all: f64,
}

/// Bytes on the disk.
pub fn space(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let count = archive.messages;
    let text = vec![files::per(archive.text_bytes, count)];
    let packed = vec![text[0] / talks::zstd_ratio()?];
    let before = archive.size()?;
    let store = talks::open_with_key_file(&archive.data_dir)?;
    let compacted = bench.beside_others(|_| Ok(store.compact()?))?;
    store.close();
    let after = archive.size()?;
    let live = files::per(usize::try_from(compacted.live)?, count);
    let report = &mut bench.report;
    let what = format!("Disk of a message, {count} in closed conversations");
    report.add(format!("{what}: index (beside its text alone)"), "bytes", vec![before.index], text, Goal::AtMost(200.0));
    report.add("… whole data directory without ballast", "bytes", vec![before.all], Vec::new(), Goal::AtMost(200.0));
    report.add("… index, compacted (beside its text in zstd)", "bytes", vec![after.index], packed, Goal::AtMost(200.0));
    report.add("… whole data directory, compacted", "bytes", vec![after.all], Vec::new(), Goal::AtMost(200.0));
    report.add("… keys and values alone", "bytes", vec![live], Vec::new(), Goal::None);
    Ok(())
}

/// How long until it can be used, and what it holds then.
pub fn start(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let count = archive.messages;
    let starts = bench.extent.starts;
    let (mut opened, mut held, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..starts {
        let (milliseconds, mebibytes) = open_in_a_child(&archive.data_dir)?;
        opened.push(milliseconds);
        held.push(mebibytes);
        read.push(files::milliseconds_to_read(&archive.data_dir)?);
    }
    let what = format!("Store::open with {count} messages (beside reading its files)");
    bench.report.add(what, "ms", opened, read, Goal::None);
    bench.report.add("… RSS then", "MB", held, Vec::new(), Goal::None);

    let empty = bench.new_directory()?;
    let empty = empty.path().join("data");
    appliance::set_up(&empty)?;
    let (mut ours, mut ours_rss) = (Vec::new(), Vec::new());
    let (mut bare, mut bare_rss) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        for (data_dir, took, rss) in [(&archive.data_dir, &mut ours, &mut ours_rss), (&empty, &mut bare, &mut bare_rss)] {
            let running = appliance::start(data_dir)?;
            took.push(running.milliseconds());
            rss.push(running.memory()?.rss_kib * 1_024.0 / 1e6);
            running.stop()?;
        }
    }
    let report = &mut bench.report;
    report.add(format!("Exec to first answer, {count} messages (beside none)"), "ms", ours, bare, Goal::AtMost(150.0));
    report.add(format!("RSS of the server, {count} messages (beside none)"), "MB", ours_rss, bare_rss, Goal::AtMost(40.0));
    crash(bench, archive)
}

/// Ready again after kill -9 in the middle of writing.
fn crash(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let length = if bench.extent.starts == 1 { WRITTEN_TO / 10 } else { WRITTEN_TO };
    let (mut ready, mut rss) = (Vec::new(), Vec::new());
    for _ in 0..bench.extent.rounds {
        let copy = appliance::copy(&archive.data_dir, "killed")?;
        let mut child = child("write", &copy)?;
        first_line(&mut child)?;
        std::thread::sleep(length);
        child.kill()?;
        child.wait()?;
        let running: Running = appliance::start(&copy)?;
        ready.push(running.took.as_secs_f64());
        rss.push(running.memory()?.rss_kib * 1_024.0 / 1e6);
        running.stop()?;
        std::fs::remove_dir_all(&copy)?;
    }
    let what = format!("Ready after kill -9 under load, {} messages", archive.messages);
    bench.report.add(what, "s", ready, Vec::new(), Goal::AtMost(3.0));
    bench.report.add("… RSS then, with what was just written still open", "MB", rss, Vec::new(), Goal::None);
    Ok(())
}

fn child(role: &str, data_dir: &Path) -> Fallible<std::process::Child> {
    let mut command = Command::new(std::env::current_exe()?);
    Ok(command.arg(role).arg(data_dir).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?)
}

fn first_line(child: &mut std::process::Child) -> Fallible<String> {
    let mut line = String::new();
    let out = child.stdout.take().ok_or("a child without output")?;
    BufReader::new(out).read_line(&mut line)?;
    if line.is_empty() {
        return Err(format!("a child of the bench ended with {}", child.wait()?).into());
    }
    Ok(line)
}

fn open_in_a_child(data_dir: &Path) -> Fallible<(f64, f64)> {
    let mut child = child("open", data_dir)?;
    let line = first_line(&mut child)?;
    child.wait()?;
    let (milliseconds, mebibytes) = line.trim().split_once(' ').ok_or("a child said something else")?;
    Ok((milliseconds.parse()?, mebibytes.parse()?))
}

/// The child that opens.
pub fn open(data_dir: &Path) -> Fallible<()> {
    let since = Instant::now();
    let store = talks::open_with_key_file(data_dir)?;
    let took = since.elapsed().as_secs_f64() * 1e3;
    println!("{took} {}", machine::memory(std::process::id())?.rss_kib * 1_024.0 / 1e6);
    store.close();
    Ok(())
}

/// The child that is killed.
pub fn write(data_dir: &Path) -> Fallible<()> {
    let store = talks::open_with_key_file(data_dir)?;
    println!("writing");
    group_commit::write_until_killed(&store, KILLED_WRITERS)
}

/// The parts that look at an archive of so many messages.
pub const PARTS: [Part; 6] = [Part::Space, Part::Start, Part::Search, Part::Export, Part::Records, Part::Compact];
