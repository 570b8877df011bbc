//! The store, measured: each figure of its promises beside what it should be and, where there is one, beside a reference from the same
//! run. `cargo bench --bench store -- --help` lists the options; README.md says how to read the table.
//!
//! Start reading at `measure`. `text` and `talks` make what is stored, `live` is messages that come in meanwhile.

// A bench reads the clock; the product gets it injected.
#![allow(clippy::disallowed_methods)]

use clap::Parser as _;
use tempfile::TempDir;

mod appliance;
mod audit;
mod compact;
mod files;
mod group_commit;
mod live;
mod million;
mod options;
mod purge;
mod rules;
mod search;
mod talks;
mod text;

// The load generator's, which needs other parts of them.
#[allow(dead_code, reason = "the load generator asks more of servers")]
#[path = "../load/http.rs"]
mod http;
#[allow(dead_code, reason = "the load generator looks at more of the machine")]
#[path = "../load/machine.rs"]
mod machine;
#[path = "../load/process.rs"]
mod process;
#[path = "../load/report.rs"]
mod report;
#[allow(dead_code, reason = "the load generator trusts authorities as well")]
#[path = "../load/tls.rs"]
mod tls;

use machine::Busy;
use million::Archive;
use options::{Extent, Options, Part, Role, Run};
use report::Report;

pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Fallible<()> {
    // More than one cryptography library may be linked in; this one is used.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = Options::parse();
    match &options.command {
        Some(Role::Open { data_dir }) => million::open(data_dir),
        Some(Role::Write { data_dir }) => million::write(data_dir),
        None => measure(&options.run),
    }
}

/// What every part needs.
pub struct Bench {
    pub extent: Extent,
    /// On the disk that is measured.
    pub directory: TempDir,
    pub report: Report,
}

impl Bench {
    pub fn new_directory(&self) -> Fallible<TempDir> {
        Ok(tempfile::tempdir_in(self.directory.path())?)
    }

    /// Notes how busy others kept the machine meanwhile.
    pub fn beside_others<T>(&mut self, work: impl FnOnce(&Self) -> Fallible<T>) -> Fallible<T> {
        let busy = Busy::begin(None)?;
        let outcome = work(self)?;
        self.report.others_had(busy.others()?);
        Ok(outcome)
    }
}

fn measure(run: &Run) -> Fallible<()> {
    let directory = tempfile::Builder::new().prefix("parlor-bench-").tempdir_in(&run.directory)?;
    let mut bench = Bench { extent: Extent::of(run), directory, report: Report::default() };
    println!("Messages are made of words; zstd makes the text of a conversation {:.2} times smaller.", talks::zstd_ratio()?);
    if run.wants(Part::Commit) {
        group_commit::measure(&mut bench)?;
    }
    if run.wants(Part::Audit) {
        audit::measure(&mut bench)?;
    }
    if run.wants_any(&million::PARTS) {
        archives(&mut bench, run)?;
    }
    if run.wants(Part::Purge) {
        purge::drawers(&mut bench)?;
    }
    if run.wants(Part::Rules) {
        rules::measure(&mut bench)?;
    }
    if bench.report.print() || run.quick || run.test { Ok(()) } else { Err("a goal was missed: see the table".into()) }
}

/// A tenth of the messages first, to see what grows with them.
fn archives(bench: &mut Bench, run: &Run) -> Fallible<()> {
    let all = bench.extent.messages;
    for messages in [all / 10, all] {
        let is_whole = messages == all;
        if !is_whole && !run.wants_any(&[Part::Space, Part::Start]) {
            continue;
        }
        let mut archive = Archive::make(bench, messages)?;
        if run.wants(Part::Space) {
            million::space(bench, &archive)?;
        }
        if run.wants(Part::Start) {
            million::start(bench, &archive)?;
        }
        if is_whole {
            of_all(bench, run, &mut archive)?;
        }
    }
    Ok(())
}

/// What is measured with all messages only.
fn of_all(bench: &mut Bench, run: &Run, archive: &mut Archive) -> Fallible<()> {
    if run.wants(Part::Search) {
        search::search(bench, archive)?;
    }
    if run.wants(Part::Export) {
        search::export(bench, archive)?;
    }
    if run.wants(Part::Compact) {
        compact::beside_messages(bench, archive)?;
    }
    if run.wants(Part::Records) {
        purge::records(bench, archive)?;
    }
    if run.wants(Part::Compact) {
        compact::after_a_purge(bench, archive)?;
    }
    Ok(())
}
