//! `parlor doctor`: looks at everything that has to be right, says what is, and what to do where it is not.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::{Exit, Refusal, say, settings};
use crate::app::CertificateInfo;
use crate::config::{Config, Flags};
use crate::domain::space::Room;
use crate::domain::time::Timestamp;
use crate::serve::control::{self, Reply, Request, Status};
use crate::serve::opening::{self, StartError};
use crate::serve::{self, Bind, SystemClock, SystemRandom, file_limit, tls};
use crate::service::Clock;

mod key;

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    flags: Flags,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Problem,
}

/// One line of the report. Where the verdict is not ok, the text says what to do.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    text: String,
}

/// Free room below which it is time to look for more.
const FREE_BYTES_COMFORTABLE: u64 = 1024 * 1024 * 1024;
/// Open files below which a busy day would be refused connections.
const FILES_COMFORTABLE: u64 = 8_192;
const CERTIFICATE_COMFORTABLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How far the newest file may be ahead of the clock before the clock is what is wrong.
const CLOCK_SKEW: Duration = Duration::from_secs(60 * 60);

pub fn run(command: &Doctor) -> Result<Exit, Refusal> {
    let config = settings(&command.flags)?;
    let mut report = Report::default();
    examine(&config, &mut report);
    if command.json {
        say(serde_json::json!({ "verdict": report.worst(), "findings": report.0 }));
    } else {
        for finding in &report.0 {
            let verdict = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Problem => "problem",
            };
            say(format_args!("{verdict:<8} {:<12} {}", finding.check, finding.text));
        }
    }
    Ok(if report.worst() == Verdict::Problem { Exit::Refused } else { Exit::Done })
}

#[derive(Default)]
struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, check: &'static str, verdict: Verdict, text: impl Into<String>) {
        self.0.push(Finding { check, verdict, text: text.into() });
    }

    fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Ok, text);
    }

    fn warning(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Warning, text);
    }

    fn problem(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(check, Verdict::Problem, text);
    }

    fn worst(&self) -> Verdict {
        self.0.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok)
    }
}

fn examine(config: &Config, report: &mut Report) {
    let running = running(config, report);
    clock(config, report);
    disk(config, report);
    let is_in_use = data_dir(config, report);
    if running.is_some() {
        key::of_running(config, report)
    } else {
        key::of_stopped(config, is_in_use, report)
    }
    ports(config, running.is_some(), report);
    files(report);
    match (&config.certificate, running) {
        (Some(_), _) => own_certificate(config, report),
        (None, Some(status)) => running_certificate(&status, report),
        (None, None) => store_and_certificate(config, is_in_use, report),
    }
}

fn running(config: &Config, report: &mut Report) -> Option<Status> {
    match control::ask(&config.control_socket(), Request::Status, &mut control::unheard) {
        Ok(Some(Reply::Status(status))) => {
            let set_up = if status.set_up { "set up" } else { "waiting to be set up" };
            report.ok("appliance", format!("runs as process {}, version {}, {set_up}", status.process, status.version));
            if let Some(reason) = &status.not_writable {
                report.problem(
                    "writing",
                    format!("the store no longer writes: {reason}. Make room or mend the disk, then restart Parlor."),
                );
            }
            let verdict = if status.confined { Verdict::Ok } else { Verdict::Warning };
            report.add("confinement", verdict, status.confinement.clone());
            Some(status)
        }
        Ok(None) => {
            report.ok("appliance", "does not run");
            confinement(config, report);
            None
        }
        Ok(Some(_)) => {
            report.warning("appliance", "runs, but is of another version than this command. Restart it after an update.");
            None
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            report.warning("appliance", "belongs to another user. Run this command as that user, or as root.");
            None
        }
        Err(error) => {
            report.warning("appliance", format!("does not answer on its control socket ({error}). Restart it."));
            None
        }
    }
}

/// How far it would be confined, tried out by a thread that ends with it: only that one is.
fn confinement(config: &Config, report: &mut Report) {
    let tried = std::thread::scope(|scope| scope.spawn(|| serve::confine(config)).join()).unwrap_or_default();
    let verdict = if tried.is_whole() { Verdict::Ok } else { Verdict::Warning };
    report.add("confinement", verdict, tried.in_words());
}

fn clock(config: &Config, report: &mut Report) {
    let now = SystemClock.now();
    let newest = std::fs::read_dir(&config.data_dir).ok().and_then(|entries| {
        entries.filter_map(|entry| entry.ok()?.metadata().ok()).map(|facts| facts.mtime().saturating_mul(1_000)).max()
    });
    if opening::check_clock(now).is_err() {
        report.problem("clock", format!("says {now}, which cannot be right. Set it: timedatectl set-ntp true"));
    } else if newest.is_some_and(|newest| Timestamp::from_millis(newest) > now.plus(CLOCK_SKEW)) {
        report.warning(
            "clock",
            format!("says {now}, but the data directory was written later than that. Set it: timedatectl set-ntp true"),
        );
    } else {
        report.ok("clock", now.to_string());
    }
}

fn disk(config: &Config, report: &mut Report) {
    let path = config.data_dir.display();
    let Ok((bounds, reading)) = opening::look_at_disk(&config.data_dir) else {
        report.warning("disk", format!("how much is free at {path} cannot be found out"));
        return;
    };
    let text = format!("{} MiB free at {path}", reading.free_bytes >> 20);
    match bounds.decide(Room::Plenty, reading).0 {
        Room::Critical => {
            report.problem("disk", format!("{text}: new chats are declined, and messages may soon be refused. Make room now."));
        }
        Room::Low => report.problem(
            "disk",
            format!(
                "{text}: new chats are declined under {} MiB. Make room; they are taken again by themselves.",
                bounds.floor_bytes >> 20
            ),
        ),
        Room::Plenty if reading.free_bytes < FREE_BYTES_COMFORTABLE => report.warning("disk", format!("{text}: make room soon.")),
        Room::Plenty => report.ok("disk", text),
    }
}

fn data_dir(config: &Config, report: &mut Report) -> bool {
    let path = config.data_dir.display();
    let is_in_use = match opening::check_data_dir(&config.data_dir) {
        Ok(is_in_use) => is_in_use,
        Err(error) => {
            report.problem("permissions", error.to_string());
            return config.data_dir.is_dir();
        }
    };
    match mode(&config.data_dir) {
        Some(mode) if mode & 0o077 != 0 => {
            report.warning(
                "permissions",
                format!("{path} is open to other users of this machine (mode {mode:04o}). Run: chmod 700 {path}"),
            );
        }
        Some(_) => report.ok("permissions", format!("{path} belongs to this user alone")),
        None => report.ok("permissions", format!("{path} will be made at the first start")),
    }
    if rustix::process::geteuid().is_root() {
        report.warning("user", "this is root. Run Parlor as a user of its own, as the systemd unit does.");
    }
    is_in_use
}

fn mode(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|facts| facts.mode() & 0o7777)
}

fn ports(config: &Config, is_running: bool, report: &mut Report) {
    let listed = config.listen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if is_running {
        // Trying them would only find the appliance itself.
        report.ok("ports", "held by the running appliance");
    } else {
        match Bind::from_config(config) {
            Ok(_) => report.ok("ports", format!("{listed}: free")),
            Err(error) => report.problem("ports", error.to_string()),
        }
    }
    if config.public_url.is_none() && config.listen.iter().any(|address| !address.ip().is_loopback()) {
        report.warning("address", "is open to the network, but has no name there. Set --public-url https://HOST, so that snippet and certificate carry it.");
    }
}

fn files(report: &mut Report) {
    match file_limit() {
        Some(limit) if limit < FILES_COMFORTABLE => report.warning(
            "open files",
            format!("at most {limit} connections fit. Raise the hard limit: LimitNOFILE=1048576 in the unit, or ulimit -Hn."),
        ),
        Some(limit) => report.ok("open files", format!("up to {limit}")),
        None => report.ok("open files", "no limit"),
    }
}

fn own_certificate(config: &Config, report: &mut Report) {
    let Some(files) = &config.certificate else { return };
    match tls::examine(files) {
        Ok(info) => judge(&info, report),
        Err(error) => report.problem("certificate", error.to_string()),
    }
    if let Some(mode) = mode(&files.key).filter(|mode| mode & 0o077 != 0) {
        let key = files.key.display();
        report.warning("certificate", format!("its key {key} is open to other users (mode {mode:04o}). Run: chmod 600 {key}"));
    }
}

fn judge(info: &CertificateInfo, report: &mut Report) {
    let now = SystemClock.now();
    let names = info.names.join(", ");
    if info.not_before > now {
        report.problem(
            "certificate",
            format!("is valid only from {}. Set the clock, or use another certificate.", info.not_before),
        );
    } else if info.not_after <= now {
        report.problem(
            "certificate",
            format!("has expired at {}. Renew it and replace its files: no restart is needed.", info.not_after),
        );
    } else if info.not_after <= now.plus(CERTIFICATE_COMFORTABLE) {
        report.warning(
            "certificate",
            format!("expires at {}. Renew it and replace its files: no restart is needed.", info.not_after),
        );
    } else {
        report.ok("certificate", format!("for {names}, until {}", info.not_after));
    }
}

fn running_certificate(status: &Status, report: &mut Report) {
    match &status.certificate_until {
        Some(until) => report.ok("certificate", format!("of the local authority, until {until}; renews itself")),
        None => report.problem("certificate", "there is none. Restart Parlor and look at its log."),
    }
}

/// Opens the store, which proves the key and the data, and reads the certificate in it.
fn store_and_certificate(config: &Config, is_in_use: bool, report: &mut Report) {
    if !is_in_use {
        report.ok("certificate", "will be made at the first start");
        return;
    }
    // What else is wrong has its line already, and the store would only say it again.
    if report.worst() == Verdict::Problem {
        report.warning("store", "was not looked at. Mend the above, then run this command again.");
        return;
    }
    let app = match opening::open_existing(config.clone(), Arc::new(SystemClock), Arc::new(SystemRandom)) {
        Ok(app) => app,
        Err(error @ StartError::OtherOwner { .. }) => return report.warning("store", format!("was not looked at. {error}")),
        Err(error) => return report.problem("store", error.to_string()),
    };
    report.ok("store", "opens with this key");
    match tls::stored(&app) {
        Ok(Some(info)) if SystemClock.now() < info.not_before => judge(&info, report),
        Ok(Some(info)) => report.ok("certificate", format!("of the local authority, until {}; renews itself", info.not_after)),
        Ok(None) => report.ok("certificate", "will be made at the next start"),
        Err(error) => report.problem("certificate", error.to_string()),
    }
    app.store.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn verdict(report: &Report, check: &str) -> Verdict {
        report.0.iter().filter(|finding| finding.check == check).map(|finding| finding.verdict).max().unwrap()
    }

    fn free_port() -> Config {
        let mut config = Config::new("unused");
        config.listen = vec!["127.0.0.1:0".parse().unwrap()];
        config
    }

    #[test]
    fn a_machine_before_its_first_start_is_in_order_and_stays_untouched() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { listen: free_port().listen, ..Config::new(dir.path().join("data")) };
        let mut report = Report::default();
        examine(&config, &mut report);
        assert_ne!(report.worst(), Verdict::Problem, "{:?}", report.0);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_missing_key_a_taken_port_and_an_open_directory_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("data");
        std::fs::create_dir(&data_dir).unwrap();
        std::fs::write(data_dir.join("something"), "").unwrap();
        std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o755)).unwrap();
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let config = Config { listen: vec![taken.local_addr().unwrap()], ..Config::new(data_dir) };
        let mut report = Report::default();
        examine(&config, &mut report);
        assert_eq!(verdict(&report, "key"), Verdict::Problem);
        assert_eq!(verdict(&report, "ports"), Verdict::Problem);
        assert_eq!(verdict(&report, "permissions"), Verdict::Warning);
        assert_eq!(verdict(&report, "store"), Verdict::Warning);
    }
}
