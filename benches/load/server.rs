//! The servers that are measured: Parlor, started here or running already, and the reference.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::Fallible;
use crate::http::Target;
use crate::machine::Cores;
use crate::process::{self, Process, free_port};
use crate::socket::Credential;
use crate::staff::{self, Account};
use crate::tls;

const ADMIN_PASSWORD: &str = "the bench signs in with this";
const SHOP: &str = "https://shop.example.org";

/// A server under load.
pub struct Subject {
    target: Target,
    process: Option<Process>,
    /// Of a server that somebody else started.
    foreign_pid: Option<u32>,
    house: Option<House>,
}

/// What only Parlor has.
struct House {
    site: String,
    origin: String,
    operators: Vec<Credential>,
}

impl Subject {
    pub fn target(&self) -> &Target {
        &self.target
    }

    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id).or(self.foreign_pid)
    }

    pub fn site(&self) -> Option<&str> {
        self.house.as_ref().map(|house| house.site.as_str())
    }

    pub fn operator(&self, number: usize) -> Fallible<&Credential> {
        let operators = &self.house.as_ref().ok_or("the reference has no operators")?.operators;
        operators.get(number % operators.len().max(1)).ok_or_else(|| "no operator is signed in".into())
    }

    pub async fn visitor_token(&self, source: u8) -> Fallible<String> {
        let mut connection = self.target.connect(source).await?;
        self.mint(&mut connection).await
    }

    pub async fn visitor_tokens(&self, count: usize) -> Fallible<Vec<String>> {
        let mut tokens = Vec::with_capacity(count);
        let mut connection = self.target.connect(1).await?;
        for number in 0..count {
            // Within what a server allows one kept connection, and from several addresses.
            if number % 200 == 199 {
                connection = self.target.connect(u8::try_from(number / 200 % 8 + 1)?).await?;
            }
            tokens.push(self.mint(&mut connection).await?);
        }
        Ok(tokens)
    }

    async fn mint(&self, connection: &mut crate::http::Connection) -> Fallible<String> {
        #[derive(Deserialize)]
        struct Minted {
            token: String,
        }
        let house = self.house.as_ref().ok_or("the reference has no visitors")?;
        let own = self.target.origin();
        let headers = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Content-Type", "application/json")];
        let body = format!("{{\"origin\":\"{}\"}}", house.origin);
        let path = format!("/widget/{}/session", house.site);
        let answer = connection.request("POST", &path, &headers, body.as_bytes()).await?.expect_status(200, &path)?;
        Ok(serde_json::from_slice::<Minted>(&answer.body)?.token)
    }

    /// One operator for each pair, made by this admin.
    pub async fn staff_with_new(&mut self, admin: &Account, count: usize) -> Fallible<()> {
        let operators = staff::make_operators(&self.target, admin, count).await?;
        self.employ(operators);
        Ok(())
    }

    /// This account answers every pair itself.
    pub async fn staff_with_one(&mut self, account: &Account) -> Fallible<()> {
        let operator = staff::sign_in(&self.target, account).await?;
        self.employ(vec![operator]);
        Ok(())
    }

    fn employ(&mut self, operators: Vec<Credential>) {
        if let Some(house) = &mut self.house {
            house.operators = operators;
        }
    }

    /// A Parlor that runs already.
    pub fn running(
        address: SocketAddr,
        authority: String,
        ca: &Path,
        site: String,
        origin: String,
        pid: Option<u32>,
    ) -> Fallible<Self> {
        let tls = tls::trusting_file(ca)?;
        let house = House { site, origin, operators: Vec::new() };
        Ok(Self { target: Target { address, authority, tls }, process: None, foreign_pid: pid, house: Some(house) })
    }

    pub fn stop(&mut self) -> Fallible<()> {
        match self.process.take() {
            Some(process) => process.stop(),
            None => Ok(()),
        }
    }
}

/// A Parlor of our own: its binary, its data directory and how it is started.
pub struct Installation {
    pub binary: PathBuf,
    pub data_dir: PathBuf,
    pub admin: Account,
    site: String,
    visitor_messages_per_second: f64,
}

impl Installation {
    pub fn set_up(binary: &Path, directory: &Path, visitor_messages_per_second: f64) -> Fallible<Self> {
        let admin = Account { email: "admin@example.org".to_owned(), password: ADMIN_PASSWORD.to_owned() };
        let password_file = directory.join("password");
        std::fs::write(&password_file, &admin.password)?;
        let data_dir = directory.join("data");
        let output = Command::new(binary)
            .arg("setup")
            .arg("--data-dir")
            .arg(&data_dir)
            .args(["--organisation", "Load", "--admin-email", &admin.email, "--admin-password-file"])
            .arg(&password_file)
            .args(["--site", "Shop", "--origin", SHOP])
            .output()?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            return Err(format!("parlor setup: {said}").into());
        }
        let from = said.find("sit_").ok_or("parlor setup printed no site id")?;
        let site = said[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        Ok(Self { binary: binary.to_owned(), data_dir, admin, site, visitor_messages_per_second })
    }

    /// Starts it and waits for its first answer; returns also how long that took.
    pub fn start(&self, cores: Option<&Cores>) -> Fallible<(Subject, Duration)> {
        self.start_with(cores, 1_000, self.visitor_messages_per_second)
    }

    /// The same, with what one visitor may send: a burst, and then so many a second.
    pub fn start_with(&self, cores: Option<&Cores>, burst: u32, per_second: f64) -> Fallible<(Subject, Duration)> {
        let port = free_port()?;
        let mut command = match cores {
            Some(cores) => cores.command(&self.binary),
            None => Command::new(&self.binary),
        };
        command
            .arg("serve")
            .arg("--data-dir")
            .arg(&self.data_dir)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .env("PARLOR_VISITOR_BURST", burst.to_string())
            .env("PARLOR_VISITOR_PER_SECOND", per_second.to_string());
        let house = House { site: self.site.clone(), origin: SHOP.to_owned(), operators: Vec::new() };
        started(command, port, Some(house), &self.data_dir.with_extension("log"))
    }
}

/// Starts the reference: this program itself, as another process.
pub fn start_echo(cores: Option<&Cores>, workers: usize, directory: &Path) -> Fallible<(Subject, Duration)> {
    let port = free_port()?;
    let program = std::env::current_exe()?;
    let certificate = directory.join("echo.pem");
    let mut command = match cores {
        Some(cores) => cores.command(&program),
        None => Command::new(&program),
    };
    command.arg("echo").args(["--port", &port.to_string(), "--workers", &workers.to_string(), "--certificate"]).arg(&certificate);
    started(command, port, None, &directory.join("echo.log"))
}

fn started(command: Command, port: u16, house: Option<House>, log: &Path) -> Fallible<(Subject, Duration)> {
    let (process, target, took) = process::answering(command, port, log)?;
    Ok((Subject { target, process: Some(process), foreign_pid: None, house }, took))
}
