//! The binary that people run, with a data directory that this bench has filled.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Fallible;
use crate::machine::{self, Memory};
use crate::process::{self, Process};

/// How long a server is left alone before its memory is read.
const SETTLES: Duration = Duration::from_millis(1_500);

/// Sets up an installation as its owner would; the key lies beside it.
pub fn set_up(data_dir: &Path) -> Fallible<()> {
    let password = data_dir.with_extension("password");
    std::fs::write(&password, "the bench signs in with this")?;
    let output = Command::new(env!("CARGO_BIN_EXE_parlor"))
        .args(["setup", "--organisation", "Bench", "--admin-email", "admin@example.org", "--site", "Shop"])
        .args(["--origin", "https://shop.example.org", "--admin-password-file"])
        .arg(&password)
        .arg("--data-dir")
        .arg(data_dir)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("parlor setup: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// A server that runs.
pub struct Running {
    process: Process,
    /// From exec to its first answer over TLS.
    pub took: Duration,
}

pub fn start(data_dir: &Path) -> Fallible<Running> {
    let port = process::free_port()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
    command.arg("serve").arg("--data-dir").arg(data_dir).args(["--listen", &format!("127.0.0.1:{port}")]);
    let log = data_dir.with_extension("log");
    let (process, target, took) = process::answering(command, port, &log)?;
    // In rescue mode it would answer, too.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        let mut connection = target.connect(2).await?;
        connection.request("GET", "/readyz", &[], b"").await?.expect_status(200, "/readyz")
    });
    match answer {
        Ok(_) => Ok(Running { process, took }),
        Err(error) => Err(format!("{error}{}", std::fs::read_to_string(log)?).into()),
    }
}

impl Running {
    pub fn milliseconds(&self) -> f64 {
        self.took.as_secs_f64() * 1e3
    }

    /// What it holds once it is up and has nothing to do.
    pub fn memory(&self) -> Fallible<Memory> {
        std::thread::sleep(SETTLES);
        machine::memory(self.process.id())
    }

    pub fn stop(self) -> Fallible<()> {
        self.process.stop()
    }
}

/// A copy of an installation, its key included.
pub fn copy(data_dir: &Path, name: &str) -> Fallible<PathBuf> {
    let copy = data_dir.with_file_name(name);
    for (from, to) in [(data_dir.to_owned(), copy.clone()), (data_dir.with_extension("key"), copy.with_extension("key"))] {
        let status = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
        if !status.success() {
            return Err("the data directory could not be copied".into());
        }
    }
    Ok(copy)
}
