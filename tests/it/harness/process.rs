//! The real binary, started as a person starts it.

use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::disk::Markers;
use super::http::{Browser, Door};
use super::world::DEADLINE;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_parlor");

pub fn parlor() -> Command {
    without_settings(Command::new(BINARY))
}

/// Another program, with the binary among its arguments.
pub fn without_settings(mut command: Command) -> Command {
    // A setting of the person who runs the tests must not reach the appliance under test.
    for (name, _) in std::env::vars() {
        if name.starts_with("PARLOR_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(arguments: &[&str]) -> Output {
    parlor().args(arguments).output().unwrap()
}

/// What it said, both ways.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A running `parlor serve`. Killed when it goes out of scope.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    pub heard: Vec<String>,
    pub port: u16,
}

impl Server {
    /// Starts it with these further arguments and waits until it says where it listens.
    pub fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        Self::try_start(data_dir, arguments).unwrap_or_else(|(status, heard)| panic!("it ended with {status}: {heard:?}"))
    }

    /// `Err` has its exit code and what it said.
    pub fn try_start(data_dir: &Path, arguments: &[&str]) -> Result<Self, (ExitStatus, Vec<String>)> {
        Self::try_start_with(parlor(), data_dir, arguments)
    }

    /// The same with another user, or under another program.
    pub fn try_start_with(mut command: Command, data_dir: &Path, arguments: &[&str]) -> Result<Self, (ExitStatus, Vec<String>)> {
        command.arg("serve").arg("--data-dir").arg(data_dir);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut server = Self { child, lines, heard: Vec::new(), port: 0 };
        let started = Instant::now();
        loop {
            match server.lines.recv_timeout(DEADLINE.saturating_sub(started.elapsed())) {
                Ok(line) => {
                    server.heard.push(line.clone());
                    if let Some(port) = port_in(&line) {
                        server.port = port;
                        return Ok(server);
                    }
                }
                Err(_) => {
                    let _ = server.child.kill();
                    let status = server.child.wait().unwrap();
                    return Err((status, std::mem::take(&mut server.heard)));
                }
            }
        }
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The next line that contains this.
    pub fn says(&mut self, piece: &str) -> String {
        if let Some(line) = self.heard.iter().find(|line| line.contains(piece)) {
            return line.clone();
        }
        let started = Instant::now();
        while let Ok(line) = self.lines.recv_timeout(DEADLINE.saturating_sub(started.elapsed())) {
            self.heard.push(line.clone());
            if line.contains(piece) {
                return line;
            }
        }
        panic!("it never said {piece:?}: {:#?}", self.heard)
    }

    /// SIGKILL: no farewell, nothing is written any more.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, as systemd and Ctrl-C do it; waits for the end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < DEADLINE, "it did not stop");
            // The end of its output is the end of the process, or nearly so.
            let _ = self.lines.recv_timeout(Duration::from_millis(50));
        }
    }

    /// SIGTERM; everything that it said until its end.
    pub fn last_words(mut self) -> Vec<String> {
        self.signal("TERM");
        while let Ok(line) = self.lines.recv_timeout(DEADLINE) {
            self.heard.push(line);
        }
        assert!(self.child.wait().unwrap().success(), "{:#?}", self.heard);
        std::mem::take(&mut self.heard)
    }

    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(done.success());
    }

    /// Where it is and how to trust it. The first look is taken on trust, as a person's would be.
    pub async fn door(&self) -> Door {
        let url = format!("https://127.0.0.1:{}/ca.crt", self.port);
        super::install_crypto();
        let first = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().build().unwrap();
        let pem = first.get(url).send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
        Door::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port, &pem, None, Markers::default())
    }

    pub async fn browser(&self) -> Browser {
        Browser::new(&self.door().await)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of an https address on this machine in a line.
fn port_in(line: &str) -> Option<u16> {
    let rest = &line[line.find("https://127.0.0.1:")? + "https://127.0.0.1:".len()..];
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What an installation needs before anybody can sign in, done as an unattended installation does it.
pub struct SetUpByCommand {
    pub site: String,
}

pub const ADMIN: &str = "anna.admin@clinic.example";
pub const PASSWORD: &str = "harbour violin cactus";

pub fn set_up(data_dir: &Path) -> SetUpByCommand {
    let password_file = data_dir.with_extension("password");
    std::fs::write(&password_file, format!("{PASSWORD}\n")).unwrap();
    let output = parlor()
        .arg("setup")
        .arg("--data-dir")
        .arg(data_dir)
        .args(["--organisation", "Clinic Nord", "--admin-name", "Anna Admin", "--admin-email", ADMIN])
        .arg("--admin-password-file")
        .arg(&password_file)
        .args(["--site", "Clinic Nord website", "--origin", "https://www.clinic.example"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let text = said(&output);
    let at = text.find("sit_").unwrap_or_else(|| panic!("no site id in {text:?}"));
    SetUpByCommand { site: text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() }
}
