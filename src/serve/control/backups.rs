//! Backups over the control socket: what is streamed goes to the command line in pieces, so the file is written by whoever typed the
//! command, with their permissions and in their place.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, sync_channel};

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::{Reply, Tell};
use crate::app::App;
use crate::domain::backup::{Attempt, Contents};
use crate::service::{Ctx, Failure, backups, export};
use crate::store::Destination;

/// Bytes of a piece, which is a third longer in base64.
const PIECE_BYTES: usize = 32 * 1024;
/// Pieces that wait for a command that reads slowly.
const PIECES_AHEAD: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackupRequest {
    /// Into the planned place.
    Make,
    /// To whoever asks.
    Stream,
    /// Rehearse with the newest in the planned place.
    Rehearse,
    Tombstones,
    Export,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupView {
    pub file: String,
    pub took_ms: u64,
    pub bytes: u64,
    pub conversations: u64,
    pub audit_rows: u64,
}

pub(super) fn perform(app: &App, ctx: &Ctx, request: &BackupRequest, tell: Tell) -> Result<Reply, Failure> {
    let planned = || {
        let none = "No place for backups is set. Name one with --to FILE, or set backup.directory for one each day.";
        app.config.backups.as_ref().ok_or_else(|| Failure::Conflict(none.to_owned()))
    };
    match request {
        BackupRequest::Make => backups::make(ctx, planned()?).and_then(view),
        BackupRequest::Rehearse => backups::rehearse_newest(ctx, planned()?, &app.config.data_dir).and_then(view),
        BackupRequest::Stream => {
            let contents = streamed(tell, |out| backups::write_to(ctx, out).map(|(_, contents)| contents))?;
            Ok(Reply::Backup(view_of(String::new(), 0, contents)))
        }
        BackupRequest::Tombstones => {
            streamed(tell, |out| backups::write_tombstones(ctx, out).map(drop))?;
            Ok(Reply::Backup(view_of(String::new(), 0, Contents::default())))
        }
        BackupRequest::Export => {
            let conversations = streamed(tell, |out| export::write_all(ctx, out))?;
            Ok(Reply::Exported { conversations })
        }
    }
}

fn view(attempt: Attempt<Contents>) -> Result<Reply, Failure> {
    match attempt.outcome {
        Ok(contents) => Ok(Reply::Backup(view_of(attempt.file, attempt.took_ms, contents))),
        Err(sentence) => Err(Failure::Conflict(sentence)),
    }
}

fn view_of(file: String, took_ms: u64, contents: Contents) -> BackupView {
    let Contents { bytes, conversations, audit_rows } = contents;
    BackupView { file, took_ms, bytes, conversations, audit_rows }
}

/// Runs `write` in a thread of its own and passes on what it writes. When nobody wants it any more, `write` fails.
pub(super) fn streamed<T: Send>(tell: Tell, write: impl FnOnce(Pieces) -> Result<T, Failure> + Send) -> Result<T, Failure> {
    let (sender, pieces) = sync_channel(PIECES_AHEAD);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| write(Pieces { sender, gathered: Vec::with_capacity(PIECE_BYTES) }));
        while let Ok(piece) = pieces.recv() {
            if tell(piece).is_break() {
                break;
            }
        }
        drop(pieces);
        writing.join().unwrap_or_else(|_| Err(Failure::Conflict("The writing stopped unexpectedly.".to_owned())))
    })
}

/// Sends what is written in pieces.
pub(super) struct Pieces {
    sender: SyncSender<Reply>,
    gathered: Vec<u8>,
}

impl Pieces {
    /// Something between the pieces, behind all that was written so far.
    pub(super) fn tell(&mut self, reply: Reply) -> io::Result<()> {
        self.send()?;
        Ok(self.sender.send(reply).map_err(|_| io::ErrorKind::BrokenPipe)?)
    }

    fn send(&mut self) -> io::Result<()> {
        if !self.gathered.is_empty() {
            let piece = Reply::Bytes(BASE64.encode(&self.gathered));
            self.gathered.clear();
            self.sender.send(piece).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(())
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PIECE_BYTES {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl Destination for Pieces {
    fn foresee(&mut self, bytes: u64) -> io::Result<()> {
        Ok(self.sender.send(Reply::Foreseen { bytes }).map_err(|_| io::ErrorKind::BrokenPipe)?)
    }
}

/// What a piece stands for; the bytes of `Reply::Bytes`.
///
/// # Errors
/// When it is no base64.
pub fn bytes_of(piece: &str) -> io::Result<Vec<u8>> {
    BASE64.decode(piece.as_bytes()).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Passes pieces on into `out`; breaks when it takes no more, and `failed` says why.
pub fn into<'a>(
    out: &'a mut dyn Write,
    failed: &'a mut Option<io::Error>,
    mut foreseen: impl FnMut(u64, u64) + 'a,
) -> impl FnMut(Reply) -> ControlFlow<()> + 'a {
    let (mut all, mut done) = (0, 0);
    move |reply| {
        let written = match reply {
            Reply::Foreseen { bytes } => {
                all = bytes;
                Ok(())
            }
            Reply::Bytes(piece) => bytes_of(&piece).and_then(|bytes| {
                done += bytes.len() as u64;
                foreseen(done, all);
                out.write_all(&bytes)
            }),
            _ => Ok(()),
        };
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                *failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}
