//! The control socket: how the command line reaches the appliance while it runs. A Unix socket in the data directory, mode
//! 0600; the kernel says who is at the other end, and only the same user or root is heard. One JSON line each way.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::network::Network;
use crate::service::{Ctx, Failure, allowlist, retention};

/// Bytes of one line, either way.
const LINE_BYTES: u64 = 64 * 1024;
/// How long either side waits for the other's line; a purge of very many conversations may take a while.
const LINE_WAIT: Duration = Duration::from_secs(10);
const ANSWER_WAIT: Duration = Duration::from_secs(600);
/// Bytes that the path of a Unix socket may have (unix(7)), with its final zero.
const PATH_BYTES: usize = 107;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    Status,
    AllowlistShow,
    AllowlistReset,
    /// Whatever the policies say is due.
    PurgeDue,
    /// All closed conversations.
    PurgeClosed,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    Status(Status),
    Allowlist(AllowlistView),
    Purged { conversations: usize },
    Refused(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    pub process: u32,
    pub set_up: bool,
    /// Why nothing can be written, when that is so.
    pub not_writable: Option<String>,
    pub visitors: usize,
    pub operators: usize,
    pub certificate_until: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AllowlistView {
    /// Empty means from anywhere.
    pub networks: Vec<String>,
    /// Networks on trial and until when, if any.
    pub trial: Option<(Vec<String>, String)>,
}

/// Does what is asked, the same whether it came over the socket or the command line opened the store itself.
pub fn perform(app: &App, request: Request) -> Reply {
    let actor = Actor::Host;
    let ctx = app.ctx(&actor);
    let done = match request {
        Request::Status => Ok(Reply::Status(status(app))),
        Request::AllowlistShow => view(&ctx),
        Request::AllowlistReset => allowlist::reset(&ctx).and_then(|()| view(&ctx)),
        Request::PurgeDue => retention::purge_due(&ctx).map(|conversations| Reply::Purged { conversations }),
        Request::PurgeClosed => retention::purge_now(&ctx, None).map(|conversations| Reply::Purged { conversations }),
    };
    done.unwrap_or_else(|failure| Reply::Refused(failure.to_string()))
}

fn view(ctx: &Ctx) -> Result<Reply, Failure> {
    let list = allowlist::view(ctx)?;
    let texts = |networks: &[Network]| networks.iter().map(ToString::to_string).collect::<Vec<_>>();
    let trial = list.trial.as_ref().map(|trial| (texts(&trial.networks), trial.until.to_string()));
    Ok(Reply::Allowlist(AllowlistView { networks: texts(&list.networks), trial }))
}

fn status(app: &App) -> Status {
    let (visitors, operators) = app.hub.connected();
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: std::process::id(),
        set_up: app.store.house().organisation.is_some(),
        not_writable: app.store.not_writable(),
        visitors,
        operators,
        certificate_until: app.certificate.load().as_ref().map(|info| info.not_after.to_string()),
    }
}

/// The listening end; its file goes when it is dropped.
pub(super) struct Control {
    path: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Control {
    /// Call only with the store open: its lock is what makes a socket file found here a leftover.
    pub fn listen(app: Arc<App>) -> io::Result<Self> {
        let path = app.config.control_socket();
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = at_short_path(&path, |short| UnixListener::bind(short))?;
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let task = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) if is_ours(&stream) => {
                        let app = Arc::clone(&app);
                        tokio::spawn(async move {
                            if let Err(error) = converse(stream, app).await {
                                tracing::debug!(%error, "a command broke off");
                            }
                        });
                    }
                    Ok(_) => tracing::warn!("another user tried the control socket and was not heard"),
                    // Out of files, most likely: going round at once would only burn the processor.
                    Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
                }
            }
        });
        Ok(Self { path, task })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

fn is_ours(stream: &UnixStream) -> bool {
    let own = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

async fn converse(stream: UnixStream, app: Arc<App>) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    tokio::time::timeout(LINE_WAIT, tokio::io::BufReader::new(reader.take(LINE_BYTES)).read_line(&mut line)).await??;
    let reply = match serde_json::from_str(&line) {
        Ok(request) => tokio::task::spawn_blocking(move || perform(&app, request))
            .await
            .unwrap_or_else(|_| Reply::Refused("The command failed inside the appliance; its log says where.".to_owned())),
        Err(_) => Reply::Refused("The running appliance does not know this command: it is of another version.".to_owned()),
    };
    let mut text = serde_json::to_vec(&reply)?;
    text.push(b'\n');
    tokio::time::timeout(LINE_WAIT, writer.write_all(&text)).await?
}

/// Asks the running appliance; `None` when none runs on this data directory.
///
/// # Errors
/// When it runs and does not answer.
pub fn ask(socket: &Path, request: Request) -> io::Result<Option<Reply>> {
    let mut stream = match at_short_path(socket, |short| StdUnixStream::connect(short)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(if request == Request::Status { LINE_WAIT } else { ANSWER_WAIT }))?;
    stream.set_write_timeout(Some(LINE_WAIT))?;
    let mut text = serde_json::to_vec(&request)?;
    text.push(b'\n');
    stream.write_all(&text)?;
    let mut line = String::new();
    BufReader::new(stream.take(LINE_BYTES)).read_line(&mut line)?;
    Ok(Some(serde_json::from_str(&line)?))
}

/// The process that runs on this data directory, if one does.
pub(super) fn running(socket: &Path) -> Option<u32> {
    match ask(socket, Request::Status) {
        Ok(Some(Reply::Status(status))) => Some(status.process),
        _ => None,
    }
}

/// A path too long for a socket is reached through its open directory instead.
fn at_short_path<T>(path: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    if path.as_os_str().len() <= PATH_BYTES {
        return act(path);
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    };
    let directory = std::fs::File::open(parent)?;
    act(&Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name))
}
