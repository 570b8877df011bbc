//! The command line of the bench.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Measures a Parlor beside what the machine could do at best. Without options it starts one of its own.
#[derive(Debug, Parser)]
#[command(name = "load")]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Role>,
    #[command(flatten)]
    pub run: Run,
}

#[derive(Debug, Subcommand)]
pub enum Role {
    /// The reference server, which sends every frame back.
    Echo {
        #[arg(long)]
        port: u16,
        #[arg(long)]
        workers: usize,
        /// Where to write the certificate.
        #[arg(long)]
        certificate: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Run {
    /// A Parlor that runs already, such as https://127.0.0.1:8443.
    #[arg(long, requires_all = ["ca", "site", "operator_email", "operator_password_file"])]
    pub url: Option<String>,
    /// Its authority's certificate (PEM).
    #[arg(long)]
    pub ca: Option<PathBuf>,
    /// The site whose visitors come.
    #[arg(long)]
    pub site: Option<String>,
    /// An origin of that site.
    #[arg(long, default_value = "https://shop.example.org")]
    pub origin: String,
    /// The account that answers all pairs, and sees all their events on each of its sockets.
    #[arg(long)]
    pub operator_email: Option<String>,
    #[arg(long)]
    pub operator_password_file: Option<PathBuf>,
    /// The account is an admin's: make an operator for each pair instead. They stay; disable them afterwards.
    #[arg(long)]
    pub make_operators: bool,
    /// Its process, when it is on this machine: for processor time and memory.
    #[arg(long)]
    pub pid: Option<u32>,

    /// The binary to start instead of the one cargo has just built.
    #[arg(long)]
    pub parlor: Option<PathBuf>,
    /// Some seconds instead of minutes: proves that everything works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Measures the reference against itself: what differs then is noise.
    #[arg(long, conflicts_with = "url")]
    pub rehearse: bool,
    /// Only these parts, comma-separated: weight, start, latency, flood, storm, return, noise, memory.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<Part>,
    #[arg(long)]
    pub rounds: Option<usize>,
    #[arg(long)]
    pub pairs: Option<usize>,
    /// Messages per second of the open loop, comma-separated.
    #[arg(long, value_delimiter = ',')]
    pub rates: Option<Vec<f64>>,
    /// Seconds that each round measures.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Messages in flight when the most durable messages per second are looked for.
    #[arg(long, default_value_t = 512)]
    pub in_flight: usize,
    /// Numbers of connected visitors at which memory is read, comma-separated.
    #[arg(long, value_delimiter = ',')]
    pub visitors: Option<Vec<usize>>,
    /// Visitors who come back at the same moment.
    #[arg(long)]
    pub returning: Option<usize>,
    /// What one visitor may send per second: told to a Parlor started here, kept to with one that runs already.
    #[arg(long)]
    pub visitor_rate: Option<f64>,
    /// Cargo says this to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    Weight,
    Start,
    Latency,
    Flood,
    Storm,
    Return,
    Noise,
    Memory,
}

impl Run {
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// Host and port of `--url`. By address only: a static binary resolves no names.
    pub fn address(&self) -> Result<Option<(SocketAddr, String)>, String> {
        let Some(url) = &self.url else { return Ok(None) };
        let authority = url.strip_prefix("https://").ok_or("--url begins with https://")?.trim_end_matches('/');
        let numeric = authority.replace("localhost", "127.0.0.1");
        let address = numeric.parse().map_err(|_| format!("--url {url}: expected an address with a port, as 127.0.0.1:8443"))?;
        Ok(Some((address, authority.to_owned())))
    }
}
