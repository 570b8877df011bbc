//! Landlock: before anything from outside is heard, and before there is a second thread, the process gives up every file, port and
//! process that is not its own. The systemd unit does the same from outside; this holds without it.
//!
//! What it keeps, by what needs it while it runs:
//!
//! - the data directory, and the directory for backups: everything but running programs from there;
//! - the directory of the root key's file: making a new one there and letting it take the old one's place, but reading none;
//! - the owner's certificate, the mail password and the like: reading, with the directories in which their successors will appear;
//! - how many processors there are, and what share of them and of memory a container has: reading;
//! - how names are looked up: reading two files, unless there is an air gap;
//! - the ports in the settings: connecting, unless there is an air gap. Listeners are open already, and no more will be.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, NetPort, PathBeneath, PathFd, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, make_bitflags,
};

use crate::config::{Config, RootKeySource};
use crate::domain::confinement::Confinement;
use crate::outbound;

/// The newest that was tried. Older kernels hold what they know of it.
const KNOWN: ABI = ABI::V6;

/// Restricts this thread and all that it will start, for good. Call it before the first of them.
pub fn confine(config: &Config) -> Confinement {
    super::cores();
    if !config.air_gap {
        outbound::learn_servers();
    }
    let holds = match restrict(config) {
        Ok(status) => what_holds(&status),
        Err(error) => {
            tracing::warn!(%error, "the process cannot confine itself");
            Confinement::default()
        }
    };
    if holds.is_whole() {
        tracing::info!("confined: {}", holds.in_words());
    } else {
        tracing::warn!("confined in part: {}", holds.in_words());
    }
    holds
}

fn restrict(config: &Config) -> Result<RestrictionStatus, RulesetError> {
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::Signal)?
        .create()?;
    for (path, access) in reach(config) {
        // What is not there now is passed over: it could not be named.
        match PathFd::new(&path) {
            Ok(handle) => rules = rules.add_rule(PathBeneath::new(handle, access))?,
            Err(_) => tracing::debug!("a path of the settings is not there and stays out of reach"),
        }
    }
    for port in &config.connect_ports {
        rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
    }
    rules.restrict_self()
}

/// Which paths stay within reach, and for what.
fn reach(config: &Config) -> Vec<(PathBuf, BitFlags<AccessFs>)> {
    let own =
        AccessFs::from_all(KNOWN) & !make_bitflags!(AccessFs::{Execute | MakeChar | MakeBlock | MakeFifo | MakeSym | IoctlDev});
    let replaceable = make_bitflags!(AccessFs::{ReadDir | MakeReg | RemoveFile | WriteFile});
    let readable = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let file = BitFlags::from(AccessFs::ReadFile);

    let mut reach = vec![(config.data_dir.clone(), own)];
    reach.extend(config.backups.iter().map(|backups| (backups.directory.clone(), own)));
    if let RootKeySource::File(key) = &config.root_key {
        reach.push((parent(key).to_owned(), replaceable));
    }
    reach.extend(config.credentials.iter().map(|directory| (directory.clone(), readable)));
    for path in config.files_read_later() {
        // A renewal puts another file in the place of this one, or lets a link lead elsewhere.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        for directory in [parent(path), parent(&target)].into_iter().filter(|directory| !is_everybodys(directory)) {
            reach.push((directory.to_owned(), readable));
        }
        reach.push((target, file));
    }
    let machine = ["/sys/fs/cgroup", "/sys/devices/system/cpu"].map(|path| (PathBuf::from(path), readable));
    reach.extend(machine);
    reach.push((PathBuf::from("/proc/self/cgroup"), file));
    if !config.air_gap {
        for path in ["/etc/resolv.conf", "/etc/hosts"].map(Path::new) {
            let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            if !is_everybodys(parent(&target)) {
                reach.push((parent(&target).to_owned(), readable));
            }
            reach.push((target, file));
        }
    }
    reach
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where the host keeps what is none of ours: of these never more than the one file.
fn is_everybodys(directory: &Path) -> bool {
    ["/", "/etc", "/root", "/home", "/run", "/var", "/tmp"].iter().any(|place| directory == Path::new(place))
}

fn what_holds(status: &RestrictionStatus) -> Confinement {
    let LandlockStatus::Available { effective_abi, .. } = status.landlock else { return Confinement::default() };
    Confinement { files: true, connections: effective_abi >= ABI::V4, signals: effective_abi >= ABI::V6 }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;
    use std::{fs, thread};

    use super::*;
    use crate::config::CertificateFiles;
    use crate::vault::RootKey;

    /// In a thread of its own: the others of this test run go on as they are.
    fn confined(config: Config, act: impl FnOnce() + Send + 'static) {
        let alone = move || {
            assert!(confine(&config).is_whole(), "these tests need Linux 6.12 or newer with Landlock switched on");
            act();
        };
        thread::spawn(alone).join().unwrap();
    }

    fn is_denied<T>(outcome: std::io::Result<T>) -> bool {
        outcome.err().is_some_and(|error| error.kind() == ErrorKind::PermissionDenied)
    }

    fn house() -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(folder.path().join("data"));
        fs::create_dir(&config.data_dir).unwrap();
        (folder, config)
    }

    #[test]
    fn its_own_files_are_all_that_is_left() {
        let (folder, config) = house();
        let (data, neighbour) = (config.data_dir.clone(), folder.path().join("neighbour"));
        fs::write(&neighbour, "somebody else's").unwrap();
        confined(config, move || {
            fs::write(data.join("tip"), "mine").unwrap();
            fs::rename(data.join("tip"), data.join("tip.new")).unwrap();
            fs::create_dir(data.join("deeper")).unwrap();
            assert_eq!(fs::read(data.join("tip.new")).unwrap(), b"mine");
            for other in [Path::new("/etc/passwd"), Path::new("/proc/self/environ"), &neighbour] {
                assert!(is_denied(fs::read(other)), "{}", other.display());
            }
            assert!(is_denied(fs::read_dir("/")) && is_denied(fs::write("/tmp/parlor-was-here", "")));
            assert!(is_denied(Command::new("/bin/true").status()));
        });
    }

    #[test]
    fn a_root_key_is_replaced_and_never_read_again() {
        let (_folder, config) = house();
        let RootKeySource::File(key) = config.root_key.clone() else { unreachable!() };
        RootKey::create_file(&key).unwrap();
        confined(config, move || {
            RootKey::create_beside(&key).unwrap();
            RootKey::replace_file(&key).unwrap();
            assert!(is_denied(fs::read(&key)));
        });
    }

    #[test]
    fn a_renewed_certificate_is_read_also_behind_links() {
        let (folder, config) = house();
        let (live, archive) = (folder.path().join("live"), folder.path().join("archive"));
        fs::create_dir(&live).unwrap();
        fs::create_dir(&archive).unwrap();
        let link_to = |number: u8| {
            fs::write(archive.join(format!("chain{number}")), [number]).unwrap();
            let _ = fs::remove_file(live.join("chain"));
            std::os::unix::fs::symlink(archive.join(format!("chain{number}")), live.join("chain")).unwrap();
        };
        link_to(1);
        fs::write(live.join("key"), "").unwrap();
        let files = CertificateFiles { chain: live.join("chain"), key: live.join("key") };
        let (sender, renewed) = std::sync::mpsc::channel();
        let (asks, asked) = std::sync::mpsc::channel();
        let inside = thread::spawn(move || {
            confined(Config { certificate: Some(files.clone()), ..config }, move || {
                assert_eq!(fs::read(&files.chain).unwrap(), [1]);
                asks.send(()).unwrap();
                renewed.recv().unwrap();
                assert_eq!(fs::read(&files.chain).unwrap(), [2]);
                assert!(is_denied(fs::write(&files.chain, "")));
            });
        });
        asked.recv().unwrap();
        link_to(2);
        sender.send(()).unwrap();
        inside.join().unwrap();
    }

    #[test]
    fn no_further_listener_and_no_port_that_nobody_named() {
        let (_folder, mut config) = house();
        let (named, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let (named_at, other_at) = (named.local_addr().unwrap(), other.local_addr().unwrap());
        config.connect_ports.insert(named_at.port());
        confined(config, move || {
            TcpStream::connect(named_at).unwrap();
            assert!(is_denied(TcpStream::connect(other_at)));
            assert!(is_denied(TcpListener::bind("127.0.0.1:0")));
            // What listened before still answers.
            named.accept().unwrap();
        });
        drop(other);
    }

    #[test]
    fn behind_an_air_gap_nobody_is_called() {
        let (_folder, mut config) = house();
        config.air_gap = true;
        config.connect_ports.clear();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        confined(config, move || {
            assert!(is_denied(TcpStream::connect(at)));
            assert!(is_denied(fs::read("/etc/resolv.conf")));
        });
    }
}
