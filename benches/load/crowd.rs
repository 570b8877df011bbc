//! Many visitors who only stay connected: how fast they come in, and what each weighs.

use std::collections::VecDeque;
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use crate::Fallible;
use crate::machine::{self, Busy, Memory};
use crate::server::Subject;
use crate::socket::{Credential, Socket};

/// Connections that one client thread opens at the same time.
const AT_ONCE: usize = 64;
/// After the last connection, before memory is read.
const SETTLE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct Storm {
    pub per_second: f64,
    pub server_cpu_us_each: Option<f64>,
    pub others_cores: f64,
    pub failed: usize,
}

/// Lets `count` visitors connect as fast as they can: TCP, TLS, ticket, upgrade, hello, welcome. All stay until the end.
pub fn storm(subject: &Subject, count: usize, threads: usize) -> Fallible<Storm> {
    let credentials = credentials(subject, count)?;
    let cpu = subject.pid().map(machine::cpu_seconds).transpose()?;
    let busy = Busy::begin(subject.pid())?;
    let start = Instant::now();
    let crowd = Crowd::gather(subject, credentials, threads);
    let seconds = start.elapsed().as_secs_f64();
    let others_cores = busy.others()?;
    let used = match (subject.pid(), cpu) {
        (Some(pid), Some(before)) => Some(machine::cpu_seconds(pid)? - before),
        _ => None,
    };
    let failed = crowd.failed;
    crowd.leave()?;
    #[expect(clippy::cast_precision_loss, reason = "a count of connections")]
    let (came, all) = ((count - failed) as f64, count as f64);
    Ok(Storm { per_second: came / seconds, server_cpu_us_each: used.map(|used| used * 1e6 / all), others_cores, failed })
}

/// Memory of the server at each of these numbers of connected visitors.
pub fn weigh(subject: &Subject, numbers: &[usize], threads: usize) -> Fallible<Vec<(usize, Memory)>> {
    let pid = subject.pid().ok_or("memory can only be read of a server on this machine (--pid)")?;
    let mut crowds = Vec::new();
    let mut weights = Vec::new();
    let mut there = 0;
    for &number in numbers {
        if number > there {
            let crowd = Crowd::gather(subject, credentials(subject, number - there)?, threads);
            if crowd.failed > 0 {
                return Err(format!("{} of {number} visitors could not connect", crowd.failed).into());
            }
            crowds.push(crowd);
            there = number;
        }
        std::thread::sleep(SETTLE);
        weights.push((number, machine::memory(pid)?));
    }
    for crowd in crowds {
        crowd.leave()?;
    }
    Ok(weights)
}

/// The visitors' tokens are made before: a visitor who comes back has one.
fn credentials(subject: &Subject, count: usize) -> Fallible<Vec<Credential>> {
    let Some(site) = subject.site() else { return Ok(vec![Credential::None; count]) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tokens = runtime.block_on(subject.visitor_tokens(count))?;
    Ok(tokens.into_iter().map(|token| Credential::Visitor { token, site: site.to_owned() }).collect())
}

/// Connected visitors, on threads of their own that answer pings.
struct Crowd {
    failed: usize,
    go: Arc<tokio::sync::Notify>,
    threads: Vec<std::thread::JoinHandle<Fallible<()>>>,
}

impl Crowd {
    fn gather(subject: &Subject, credentials: Vec<Credential>, threads: usize) -> Self {
        let waiting: Arc<Mutex<VecDeque<Credential>>> = Arc::new(Mutex::new(credentials.into()));
        let failed = Arc::new(Mutex::new(0_usize));
        let go = Arc::new(tokio::sync::Notify::new());
        let all_there = Arc::new(Barrier::new(threads + 1));
        let mut handles = Vec::new();
        for thread in 0..threads {
            let (waiting, failed) = (Arc::clone(&waiting), Arc::clone(&failed));
            let (go, all_there) = (Arc::clone(&go), Arc::clone(&all_there));
            let target = subject.target().clone();
            handles.push(std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                LocalSet::new().block_on(&runtime, async move {
                    let leaving = go.notified();
                    tokio::pin!(leaving);
                    leaving.as_mut().enable();
                    let openers = (0..AT_ONCE).map(|opener| {
                        let source = u8::try_from((thread * AT_ONCE + opener) % 8 + 1).unwrap_or(1);
                        let (waiting, failed, target) = (&waiting, &failed, &target);
                        async move {
                            while let Some(credential) = next(waiting) {
                                match Socket::open(target, &credential, source).await {
                                    Ok(socket) => stay(socket),
                                    Err(error) => count_failure(failed, &error.to_string()),
                                }
                            }
                        }
                    });
                    futures_util::future::join_all(openers).await;
                    all_there.wait();
                    leaving.await;
                });
                Ok(())
            }));
        }
        all_there.wait();
        let failed = *failed.lock().unwrap_or_else(PoisonError::into_inner);
        Self { failed, go, threads: handles }
    }

    fn leave(self) -> Fallible<()> {
        self.go.notify_waiters();
        for thread in self.threads {
            thread.join().map_err(|_| "a client thread panicked")??;
        }
        Ok(())
    }
}

fn next(waiting: &Mutex<VecDeque<Credential>>) -> Option<Credential> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn count_failure(failed: &Mutex<usize>, error: &str) {
    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
    *failed += 1;
    if *failed <= 3 {
        eprintln!("  a visitor could not connect: {error}");
    }
}

/// Reads until the end, which also answers pings.
fn stay(mut socket: Socket) {
    tokio::task::spawn_local(async move { while socket.next().await.is_ok() {} });
}
