//! What the kernel says about processes and the machine: processor time, memory, cores.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use crate::Fallible;

/// Kernel ticks per second in `/proc`: 100 on every Linux this product is built for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Nanoseconds since the program began: one clock for senders and receivers, which are in one process.
pub fn now_ns() -> u64 {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    let epoch = EPOCH.get_or_init(Instant::now);
    u64::try_from(epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Which cores the server gets, and which are left to the client.
#[derive(Debug, Clone)]
pub struct Cores {
    pub server: Option<String>,
    pub client_threads: usize,
    pub server_workers: usize,
}

impl Cores {
    /// Two cores for the server when there are more, the others for this program; else both share what there is.
    pub fn split() -> Self {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        if all < 3 {
            return Self { server: None, client_threads: all, server_workers: all };
        }
        let rest = format!("2-{}", all - 1);
        let mine = std::process::id().to_string();
        let moved = Command::new("taskset").args(["-a", "-c", "-p", &rest, &mine]).stdout(Stdio::null()).status();
        match moved {
            Ok(status) if status.success() => Self { server: Some("0,1".to_owned()), client_threads: all - 2, server_workers: 2 },
            _ => Self { server: None, client_threads: 2, server_workers: all },
        }
    }

    /// A command that runs `program` on the server's cores.
    pub fn command(&self, program: &std::path::Path) -> Command {
        match &self.server {
            Some(list) => {
                let mut command = Command::new("taskset");
                command.args(["-c", list]).arg(program);
                command
            }
            None => Command::new(program),
        }
    }
}

/// Processor seconds that one process has used so far.
pub fn cpu_seconds(pid: u32) -> Fallible<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold blanks and brackets; the fields are counted after its last bracket.
    let after = stat.rsplit_once(')').ok_or("/proc/PID/stat has no name")?.1;
    let mut fields = after.split_ascii_whitespace().skip(11);
    let user: f64 = fields.next().ok_or("no utime")?.parse()?;
    let system: f64 = fields.next().ok_or("no stime")?.parse()?;
    Ok((user + system) / TICKS_PER_SECOND)
}

/// Resident memory of a process in KiB, whole and with shared pages counted by their share.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub rss_kib: f64,
    pub pss_kib: f64,
}

pub fn memory(pid: u32) -> Fallible<Memory> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let field = |name: &str| -> Fallible<f64> {
        let line = rollup.lines().find(|line| line.starts_with(name)).ok_or("no such line in smaps_rollup")?;
        Ok(line.split_ascii_whitespace().nth(1).ok_or("no figure in smaps_rollup")?.parse()?)
    };
    Ok(Memory { rss_kib: field("Rss:")?, pss_kib: field("Pss:")? })
}

/// Processor time of the whole machine, and of the processes that belong to a measurement.
#[derive(Debug, Clone)]
pub struct Busy {
    machine: f64,
    own: f64,
    at_ns: u64,
    pids: Vec<u32>,
}

impl Busy {
    pub fn begin(server: Option<u32>) -> Fallible<Self> {
        let mut pids = vec![std::process::id()];
        pids.extend(server);
        Self::read(pids)
    }

    fn read(pids: Vec<u32>) -> Fallible<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat.lines().next().ok_or("/proc/stat is empty")?;
        let ticks: Vec<f64> = line.split_ascii_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?;
        // user nice system idle iowait irq softirq steal: all but idle and iowait is work, of us or of a neighbour.
        let work: f64 = ticks.iter().take(8).enumerate().filter(|(at, _)| *at != 3 && *at != 4).map(|(_, t)| t).sum();
        let own = pids.iter().map(|pid| cpu_seconds(*pid)).sum::<Fallible<f64>>()?;
        Ok(Self { machine: work / TICKS_PER_SECOND, own, at_ns: now_ns(), pids })
    }

    /// Cores that others kept busy since the beginning, on average.
    pub fn others(&self) -> Fallible<f64> {
        let end = Self::read(self.pids.clone())?;
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a measurement of minutes fit into 52 bits")]
        let seconds = (end.at_ns - self.at_ns) as f64 / 1e9;
        let others = (end.machine - self.machine) - (end.own - self.own);
        Ok((others / seconds).max(0.0))
    }
}

/// Opens the door for ten thousand sockets: raises the limit to what the kernel allows at most.
pub fn raise_file_limit() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // A refusal leaves the old limit, which a smaller run may live with.
    let _ = setrlimit(Resource::Nofile, raised);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
