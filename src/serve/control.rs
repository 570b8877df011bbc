//! The control socket: how the command line reaches the appliance while it runs. A Unix socket in the data directory, mode
//! 0600; the kernel says who is at the other end, and only the same user or root is heard. One JSON line asks; the answer is
//! one line too, and before it may come lines that tell how far the work is, or hand over what is too long for one.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use crate::app::App;
use crate::domain::access::Actor;
use crate::domain::allowlist::Lists;
use crate::domain::network::Network;
use crate::service::receipts::{self, Exported};
use crate::service::{self, Ctx, Failure, allowlist, audit_log, purge_rules, retention};
use crate::store::{Scope, Seen};

mod account;
mod backups;
mod root_key;
mod sso;
mod users;

pub use account::AccountRequest;
pub use backups::{BackupRequest, BackupView, bytes_of, into as pieces_into};
pub use root_key::{KeyRequest, KeyView, KitView};
pub use sso::{SsoRequest, SsoView};
pub use users::{UserRequest, UserView, WayInView};

/// Bytes of one line, either way.
const LINE_BYTES: usize = 64 * 1024;
/// How long either side waits for the other's line; a purge of very many conversations may take a while.
const LINE_WAIT: Duration = Duration::from_secs(10);
const ANSWER_WAIT: Duration = Duration::from_secs(600);
/// Bytes of a piece of text, which may grow to twice that when its quotes are escaped.
const TEXT_BYTES: usize = 16 * 1024;
/// Lines that wait for a command that reads slowly; the work waits with them.
const LINES_AHEAD: usize = 16;
/// Bytes that the path of a Unix socket may have (unix(7)), with its final zero.
const PATH_BYTES: usize = 107;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    Status,
    AllowlistShow,
    AllowlistReset,
    /// Whatever the policies say is due.
    PurgeDue,
    /// All closed conversations.
    PurgeClosed,
    /// The purge receipts in rows above this one.
    Receipts {
        after: u64,
    },
    /// The rows of the audit log above this one.
    AuditLog {
        after: u64,
        is_csv: bool,
    },
    /// What others check receipts and backups with.
    PublicKey,
    Key(KeyRequest),
    /// Whether everything that is kept is whole, or the audit log alone.
    Verify,
    VerifyAudit,
    Backup(BackupRequest),
    Account(AccountRequest),
    User(UserRequest),
    Sso(SsoRequest),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    Status(Status),
    Allowlist(AllowlistView),
    Purged {
        conversations: usize,
        /// So many a legal hold keeps.
        held: usize,
    },
    Receipts {
        receipts: usize,
        more_after: Option<u64>,
        public_key: String,
    },
    AuditLog {
        rows: usize,
        more_after: Option<u64>,
    },
    PublicKey(String),
    Key(KeyView),
    Kit(KitView),
    Verified {
        /// What was looked at, and how many.
        counted: Vec<(String, u64)>,
        faults: u64,
    },
    Backup(BackupView),
    Exported {
        conversations: u64,
    },
    /// All that was told before belongs to the export.
    Account,
    /// So many were told before.
    Users(usize),
    WayIn(WayInView),
    Sso(SsoView),
    Refused(String),
    /// Before the answer: a piece of a long text.
    Text(String),
    /// Before the answer: the name of a file; what comes next is in it.
    File(String),
    /// Before the answer: how far the work is. A total of 0 is not known.
    Progress {
        what: String,
        done: u64,
        total: u64,
    },
    /// Before the answer: something that is not whole.
    Fault(String),
    /// Before the answer: one of many.
    User(UserView),
    /// The same of a long file, in base64.
    Bytes(String),
    /// Before the first of these: about how many bytes will come.
    Foreseen {
        bytes: u64,
    },
}

impl Reply {
    fn comes_before_the_answer(&self) -> bool {
        matches!(
            self,
            Self::Text(_)
                | Self::File(_)
                | Self::User(_)
                | Self::Bytes(_)
                | Self::Foreseen { .. }
                | Self::Progress { .. }
                | Self::Fault(_)
        )
    }
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
    pub confined: bool,
    /// How far, in words.
    pub confinement: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AllowlistView {
    /// Empty means from anywhere.
    pub networks: Vec<String>,
    /// Those that some roles are held to besides.
    pub roles: BTreeMap<String, Vec<String>>,
    pub trial: Option<TrialView>,
}

/// Lists that are on trial.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrialView {
    pub networks: Vec<String>,
    pub roles: BTreeMap<String, Vec<String>>,
    pub until: String,
}

/// Hears what comes before the answer; breaks when nobody wants the answer any more.
pub type Tell<'a> = &'a mut dyn FnMut(Reply) -> ControlFlow<()>;

/// Does what is asked, the same whether it came over the socket or the command line opened the store itself.
pub fn perform(app: &App, request: Request, tell: Tell) -> Reply {
    let actor = Actor::Host;
    let ctx = app.ctx(&actor);
    let done = match request {
        Request::Status => Ok(Reply::Status(status(app))),
        Request::AllowlistShow => view(&ctx),
        Request::AllowlistReset => allowlist::reset(&ctx).and_then(|()| view(&ctx)),
        Request::PurgeDue => purge_due(&ctx).map(purged),
        Request::PurgeClosed => retention::purge_now(&ctx, None).map(purged),
        Request::Receipts { after } => receipts::export(&ctx, after).map(|exported| hand_over(&exported, tell)),
        Request::AuditLog { after, is_csv } => {
            let format = if is_csv { audit_log::Format::Csv } else { audit_log::Format::Json };
            audit_log::export(&ctx, &audit_log::Filter::default(), after, format).map(|exported| {
                tell_text(&exported.text, tell);
                Reply::AuditLog { rows: exported.rows, more_after: exported.more_after }
            })
        }
        Request::Verify => verify(&ctx, Scope::Everything, tell),
        Request::VerifyAudit => verify(&ctx, Scope::Audit, tell),
        Request::PublicKey => receipts::public_key(&ctx).map(|key| Reply::PublicKey(key.to_string())),
        Request::Key(request) => root_key::perform(app, &ctx, request),
        Request::User(request) => users::perform(app, &ctx, &request, tell),
        Request::Sso(request) => sso::perform(&ctx, request),
        Request::Backup(request) => backups::perform(app, &ctx, &request, tell),
        Request::Account(request) => account::perform(&ctx, &request, tell),
    };
    done.unwrap_or_else(|failure| Reply::Refused(failure.to_string()))
}

/// By the clocks and by the rules.
fn purge_due(ctx: &Ctx) -> Result<retention::Erased, Failure> {
    let mut erased = retention::purge_due(ctx)?;
    erased.add(purge_rules::run_due(ctx)?);
    Ok(erased)
}

fn purged(erased: retention::Erased) -> Reply {
    Reply::Purged { conversations: erased.gone, held: erased.held }
}

fn view(ctx: &Ctx) -> Result<Reply, Failure> {
    let list = allowlist::view(ctx)?;
    let texts = |networks: &[Network]| networks.iter().map(ToString::to_string).collect::<Vec<_>>();
    let of_roles = |lists: &Lists| lists.by_role.iter().map(|(role, list)| (role.tag().to_owned(), texts(list))).collect();
    let trial = list.trial.as_ref();
    Ok(Reply::Allowlist(AllowlistView {
        networks: texts(&list.lists.everybody),
        roles: of_roles(&list.lists),
        trial: trial.map(|trial| TrialView {
            networks: texts(&trial.lists.everybody),
            roles: of_roles(&trial.lists),
            until: trial.until.to_string(),
        }),
    }))
}

fn verify(ctx: &Ctx, scope: Scope, tell: Tell) -> Result<Reply, Failure> {
    let verdict = service::verify::verify(ctx, scope, &mut |seen| {
        tell(match seen {
            Seen::Progress { what, done, total } => Reply::Progress { what: what.to_owned(), done, total },
            Seen::Fault(sentence) => Reply::Fault(sentence),
        })
    })?;
    let counted = verdict.counted.into_iter().map(|it| (it.what.to_owned(), it.count)).collect();
    Ok(Reply::Verified { counted, faults: verdict.faults })
}

/// In pieces that fit into a line, none of which ends within a letter.
fn tell_text(text: &str, tell: Tell) {
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(TEXT_BYTES));
        if tell(Reply::Text(piece.to_owned())).is_break() {
            break;
        }
        rest = behind;
    }
}

fn hand_over(exported: &Exported, tell: Tell) -> Reply {
    tell_text(&exported.json, tell);
    let Exported { receipts, more_after, public_key, .. } = exported;
    Reply::Receipts { receipts: *receipts, more_after: *more_after, public_key: public_key.to_string() }
}

fn status(app: &App) -> Status {
    let (visitors, operators) = app.hub.connected();
    let confinement = app.confinement.get().copied().unwrap_or_default();
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: std::process::id(),
        set_up: app.store.house().organisation.is_some(),
        not_writable: app.store.not_writable(),
        visitors,
        operators,
        certificate_until: app.certificate.load().as_ref().map(|info| info.not_after.to_string()),
        confined: confinement.is_whole(),
        confinement: confinement.in_words().to_owned(),
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
    let (mut reader, mut writer) = stream.into_split();
    // A passphrase may come this way, so no buffer of it is left behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    let read = async {
        while !line.ends_with(b"\n") && line.len() < LINE_BYTES && reader.read_buf(&mut *line).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    tokio::time::timeout(LINE_WAIT, read).await??;
    let Ok(request) = serde_json::from_slice(&line) else {
        let other = "The running appliance does not know this command: it is of another version.";
        return write_line(&mut writer, &Reply::Refused(other.to_owned())).await;
    };
    let (sender, mut told) = mpsc::channel(LINES_AHEAD);
    let work = tokio::task::spawn_blocking(move || {
        // When the command has gone, the channel is closed, and the work learns that it may stop.
        let mut tell =
            |reply| if sender.blocking_send(reply).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        perform(&app, request, &mut tell)
    });
    while let Some(reply) = told.recv().await {
        write_line(&mut writer, &reply).await?;
    }
    let failed = |_| Reply::Refused("The command failed inside the appliance; its log says where.".to_owned());
    write_line(&mut writer, &work.await.unwrap_or_else(failed)).await
}

async fn write_line(writer: &mut (impl AsyncWriteExt + Unpin), reply: &Reply) -> io::Result<()> {
    let text = line_of(reply)?;
    tokio::time::timeout(LINE_WAIT, writer.write_all(&text)).await?
}

/// Asks the running appliance; `None` when none runs on this data directory. `hear` gets what comes before the answer.
///
/// # Errors
/// When it runs and does not answer.
pub fn ask(socket: &Path, request: Request, hear: Tell) -> io::Result<Option<Reply>> {
    let mut stream = match at_short_path(socket, |short| StdUnixStream::connect(short)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => return Ok(None),
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(if request == Request::Status { LINE_WAIT } else { ANSWER_WAIT }))?;
    stream.set_write_timeout(Some(LINE_WAIT))?;
    stream.write_all(&line_of(&request)?)?;
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = Zeroizing::new(String::with_capacity(LINE_BYTES));
        lines.by_ref().take(LINE_BYTES as u64).read_line(&mut line)?;
        let reply: Reply = serde_json::from_str(&line)?;
        if !reply.comes_before_the_answer() {
            return Ok(Some(reply));
        }
        if hear(reply).is_break() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
}

fn line_of(what: &impl Serialize) -> io::Result<Zeroizing<Vec<u8>>> {
    // Large enough at once: what grows leaves copies of itself behind.
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    serde_json::to_writer(&mut *line, what)?;
    line.push(b'\n');
    Ok(line)
}

/// For whoever has no use for what comes before the answer.
pub fn unheard(_: Reply) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The process that runs on this data directory, if one does.
pub(super) fn running(socket: &Path) -> Option<u32> {
    match ask(socket, Request::Status, &mut unheard) {
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
