//! The command line of the bench.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Measures the store, each figure beside what it should be and, where there is one, beside a reference from the same run.
#[derive(Debug, Parser)]
#[command(name = "store")]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Role>,
    #[command(flatten)]
    pub run: Run,
}

/// What this program does as a child of itself.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// Opens a data directory and says how long that took.
    Open { data_dir: PathBuf },
    /// Writes to a data directory as fast as it takes it, until it is killed.
    Write { data_dir: PathBuf },
}

#[derive(Debug, Args)]
pub struct Run {
    /// Only these parts, comma-separated: commit, audit, space, start, search, export, purge, rules, records, compact.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Part>,
    /// Messages in closed conversations, and drawers of which some are purged.
    #[arg(long)]
    pub messages: Option<usize>,
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Seconds that each round of group commits measures.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Callers of group commits, comma-separated.
    #[arg(long, value_delimiter = ',')]
    pub writers: Option<Vec<usize>>,
    /// Some seconds instead of minutes: proves that everything works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// The same, shorter: what `cargo test --benches` asks.
    #[arg(long)]
    pub test: bool,
    /// Where the files go: the disk that is measured. A directory of its own is made in it, and removed.
    #[arg(long, default_value = ".")]
    pub directory: PathBuf,
    /// Cargo says this to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    Commit,
    Audit,
    Space,
    Start,
    Search,
    Export,
    Purge,
    Rules,
    Records,
    Compact,
}

impl Run {
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    pub fn wants_any(&self, parts: &[Part]) -> bool {
        parts.iter().any(|part| self.wants(*part))
    }
}

/// How much is measured.
pub struct Extent {
    pub rounds: usize,
    pub writers: Vec<usize>,
    pub seconds: f64,
    pub messages: usize,
    /// Starts of the binary.
    pub starts: usize,
    /// Conversations in one batch of a purge.
    pub batch: usize,
    /// Closed conversations of which nothing is to go.
    pub kept: usize,
    /// Messages per second while something else goes on.
    pub live_rate: f64,
}

impl Extent {
    pub fn of(run: &Run) -> Self {
        let is_short = run.quick || run.test;
        let messages = run.messages.unwrap_or(if run.test {
            4_000
        } else if run.quick {
            20_000
        } else {
            1_000_000
        });
        Self {
            rounds: run.rounds.unwrap_or(if is_short { 1 } else { 3 }),
            writers: run.writers.clone().unwrap_or_else(|| if run.test { vec![16] } else { vec![1, 16, 256, 4_096] }),
            seconds: run.seconds.unwrap_or(if run.test {
                0.05
            } else if run.quick {
                0.3
            } else {
                2.0
            }),
            messages,
            starts: if is_short { 1 } else { 7 },
            batch: (messages / 100).min(10_000),
            kept: messages.min(100_000),
            live_rate: 1_000.0,
        }
    }
}
