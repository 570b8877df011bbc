//! What stands around the process: the unit, the kernel's own limits, and who is heard on the control socket.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::process::{self, BINARY, Server, parlor, said, without_settings};
use crate::harness::source::root;

/// "nobody" on Debian.
const NOBODY: u32 = 65_534;

fn used(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    process::set_up(&data);
    data
}

fn ask(data: &Path, arguments: &[&str]) -> String {
    let output = parlor().args(arguments).arg("--data-dir").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

/// What a program of systemd's says.
fn systemd_analyze(arguments: &[&str]) -> String {
    let output = Command::new("systemd-analyze").args(arguments).output().expect("systemd-analyze (Debian: systemd)");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_unit_leaves_little_open() {
    let unit = root().join("systemd/parlor.service");
    let told = systemd_analyze(&["security", "--offline=true", unit.to_str().unwrap()]);
    let line = told.lines().find(|line| line.contains("Overall exposure level")).expect("a verdict");
    let level: f32 = line.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|it| it.parse().ok()).unwrap();
    assert!(level <= 1.5, "{line}");
}

/// The calls that the unit lets through, as systemd resolves the names of its groups.
fn calls_of_the_unit() -> BTreeSet<String> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut group = String::new();
    for line in systemd_analyze(&["syscall-filter", "--no-pager"]).lines() {
        if line.starts_with('@') {
            line.clone_into(&mut group);
        } else if let Some(member) = line.strip_prefix("    ").filter(|it| !it.starts_with('#')) {
            groups.entry(group.clone()).or_default().push(member.to_owned());
        }
    }
    let members = |name: &str| {
        let (mut found, mut open) = (BTreeSet::new(), vec![name.to_owned()]);
        while let Some(name) = open.pop() {
            match groups.get(&name) {
                Some(inner) => open.extend(inner.iter().cloned()),
                None => {
                    found.insert(name);
                }
            }
        }
        found
    };
    // What every process needs is let through by systemd itself.
    let mut allowed = members("@default");
    let unit = fs::read_to_string(root().join("systemd/parlor.service")).unwrap();
    for words in unit.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        let (is_taken_away, words) = words.strip_prefix('~').map_or((false, words), |rest| (true, rest));
        let named: BTreeSet<_> = words.split(' ').flat_map(members).collect();
        allowed = if is_taken_away { &allowed - &named } else { &allowed | &named };
    }
    allowed
}

/// Everything that a busy appliance asks the kernel for, while it is asked for everything that reaches beyond its own directory.
#[tokio::test]
async fn the_process_needs_no_more_than_the_unit_and_its_own_walls_allow() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let backups = folder.path().join("backups");
    fs::create_dir(&backups).unwrap();
    let trace = folder.path().join("trace");
    assert!(Command::new("mkfifo").arg(&trace).status().unwrap().success());
    let reading = std::thread::spawn({
        let trace = trace.clone();
        move || {
            let mut text = Vec::new();
            fs::File::open(trace).unwrap().read_to_end(&mut text).unwrap();
            String::from_utf8_lossy(&text).into_owned()
        }
    });
    // -D: the process that we started is the appliance, and strace looks on.
    let mut command = without_settings(Command::new("strace"));
    command.args(["-D", "-f", "-qq", "-o"]).arg(&trace).arg(BINARY);
    let server = Server::try_start_with(command, &data, &["--backup-directory", backups.to_str().unwrap()]).expect("strace");
    let door = server.door().await;
    crate::harness::actors::Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await;
    ask(&data, &["key", "rotate"]);
    ask(&data, &["backup"]);
    ask(&data, &["verify"]);
    ask(&data, &["purge", "--all-closed"]);
    ask(&data, &["allowlist", "reset"]);
    assert!(server.stop().success());
    assert!(fs::read_dir(&backups).unwrap().count() > 0, "a backup was made");

    let trace = reading.join().unwrap();
    let calls = trace.lines().filter_map(|line| {
        let call = line.split_once(' ')?.1.trim_start();
        let (name, rest) = call.split_once('(')?;
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some((name, rest))
    });
    let allowed = calls_of_the_unit();
    let used: BTreeSet<&str> = calls.clone().map(|(name, _)| name).collect();
    assert!(used.len() > 40 && used.contains("landlock_restrict_self"), "{used:?}");
    let more: Vec<_> = used.iter().filter(|name| !allowed.contains(**name)).collect();
    assert!(more.is_empty(), "the unit would refuse {more:?}");
    // MemoryDenyWriteExecute: nothing is ever both, and nothing becomes a program afterwards.
    for (name, rest) in calls {
        let is_program = rest.contains("PROT_EXEC") || rest.contains("SHM_EXEC");
        assert!(!is_program || (name == "mmap" && !rest.contains("PROT_WRITE")), "{name}({rest}");
    }
    // What it needed while it ran was within reach.
    let after = trace.split_once("landlock_restrict_self").unwrap().1;
    // A call of one thread may be interrupted in the trace by those of another.
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut denied = Vec::new();
    for line in after.lines() {
        let thread = line.split(' ').next().unwrap();
        if line.ends_with("<unfinished ...>") {
            begun.insert(thread, line);
        } else if line.contains("EACCES") || line.contains("EPERM") {
            denied.push(if line.contains(" resumed>") { begun[thread] } else { line });
        }
    }
    // The library of time zones looks for the host's and then takes its own.
    denied.retain(|line| !line.contains("/usr/share/zoneinfo"));
    assert!(denied.is_empty(), "out of reach: {denied:#?}");
}

#[test]
fn its_memory_is_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let binary = folder.path().join("parlor");
    fs::copy(BINARY, &binary).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(folder.path()).status().unwrap().success());
    let mut command = without_settings(Command::new(&binary));
    command.uid(NOBODY).gid(NOBODY);
    let mut server = Server::try_start_with(command, &data, &[]).expect("as a user without rights");
    server.says("confined: the process reaches no file, port or process but its own");

    let proc = PathBuf::from(format!("/proc/{}", server.process()));
    let limits = fs::read_to_string(proc.join("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let status = fs::read_to_string(proc.join("status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    assert!(status.contains(&format!("Uid:\t{NOBODY}")), "{status}");
    // Of a process that may be looked into these belong to its user; of this one to root (proc(5), PR_SET_DUMPABLE).
    for file in ["environ", "mem", "maps"] {
        assert_eq!(fs::metadata(proc.join(file)).unwrap().uid(), 0, "{file}");
    }
}

#[test]
fn nobody_else_is_heard_on_the_control_socket() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let binary = folder.path().join("parlor");
    fs::copy(BINARY, &binary).unwrap();
    let mut server = Server::start(&data, &[]);
    let socket = data.join("control.sock");
    assert_eq!(fs::metadata(&socket).unwrap().mode() & 0o777, 0o600);
    // Even where somebody opened the way to it.
    for (path, mode) in [(folder.path(), 0o755), (&data, 0o755), (&socket, 0o666), (&binary, 0o755)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = without_settings(Command::new(&binary));
    command.args(["allowlist", "reset", "--data-dir"]).arg(&data).uid(NOBODY).gid(NOBODY);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    server.says("another user tried the control socket and was not heard");
    ask(&data, &["allowlist", "show"]);
}

#[test]
fn the_doctor_says_how_far_it_is_confined() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let confined = |told: &str| {
        told.lines().any(|line| line.starts_with("ok       confinement") && line.contains("no file, port or process"))
    };
    // Before it runs, tried out; and the rest of the doctor's visit is not confined by that.
    assert!(confined(&ask(&data, &["doctor", "--listen", "127.0.0.1:0"])));
    let server = Server::start(&data, &[]);
    let told = ask(&data, &["doctor"]);
    assert!(confined(&told), "{told}");
    // The key may go to another directory, but not from in here.
    let elsewhere = tempfile::tempdir().unwrap();
    let to = format!("file:{}", elsewhere.path().join("root.key").display());
    let change = || parlor().args(["key", "change", "--to", &to, "--data-dir"]).arg(&data).output().unwrap();
    let refused = change();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("out of its reach"), "{}", said(&refused));
    assert!(server.stop().success());
    assert!(change().status.success());
}
