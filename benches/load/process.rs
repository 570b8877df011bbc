//! Servers as processes: started, asked until they answer, stopped. The bench of the store uses this, too.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Fallible;
use crate::http::Target;
use crate::tls;

/// How long a server may take to its first answer before the bench gives up.
const START_PATIENCE: Duration = Duration::from_secs(20);

/// Starts a server and waits for its first answer; returns also how long that took from the moment of exec.
pub fn answering(mut command: Command, port: u16, log: &Path) -> Fallible<(Process, Target, Duration)> {
    let sink = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
    command.stdin(Stdio::null()).stdout(sink.try_clone()?).stderr(sink);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let target = Target { address, authority: format!("127.0.0.1:{port}"), tls: tls::believing()? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let begin = Instant::now();
    let mut process = Process(command.spawn()?);
    loop {
        if runtime.block_on(is_healthy(&target)) {
            break;
        }
        if let Some(status) = process.0.try_wait()? {
            let mut said = String::new();
            std::fs::File::open(log)?.read_to_string(&mut said)?;
            return Err(format!("the server ended with {status}: {said}").into());
        }
        if begin.elapsed() > START_PATIENCE {
            process.kill();
            return Err("the server did not answer /healthz in time".into());
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Ok((process, target, begin.elapsed()))
}

async fn is_healthy(target: &Target) -> bool {
    let asked = async {
        let mut connection = target.connect(2).await?;
        Fallible::Ok(connection.request("GET", "/healthz", &[], b"").await?.status)
    };
    matches!(asked.await, Ok(200))
}

/// A port below those that the kernel lends to clients: one of our own many connections could otherwise take it meanwhile.
pub fn free_port() -> Fallible<u16> {
    let first = 20_000 + u16::try_from(std::process::id() % 8_000)?;
    (first..32_000)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no port below 32,000 is free".into())
}

/// A child that does not outlive its measurement.
pub struct Process(Child);

impl Process {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn stop(mut self) -> Fallible<()> {
        let pid = self.0.id().to_string();
        Command::new("kill").arg(&pid).status()?;
        let begin = Instant::now();
        while begin.elapsed() < START_PATIENCE {
            if self.0.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.kill();
        Err("the server did not stop when asked".into())
    }

    fn kill(&mut self) {
        // Already gone is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
