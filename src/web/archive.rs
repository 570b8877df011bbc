//! An archive that is written while it is sent, by a thread of its own: nothing of it lies on our disk, and no more of it is in memory than
//! the line is behind. What was cut off cannot be gone on with, since the same bytes never come twice: chats come and go meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::{App, Error};
use crate::domain::time::Timestamp;
use crate::service::Failure;
use crate::service::archive::Archive;

/// Bytes of a piece, and pieces that wait for a line that is slow.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES_AHEAD: usize = 8;

/// The answer, under a name in which nothing stands that was typed. What fails cuts it off, and so does a line that takes longer than
/// this: half an archive never passes for a whole one.
pub fn answer(
    app: &App,
    name: &str,
    life: Duration,
    fill: impl FnOnce(&App, &mut Archive<Pieces>) -> Result<(), Failure> + Send + 'static,
) -> HttpResponse {
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    let until = app.now().plus(life);
    let app = app.clone();
    tokio::task::spawn_blocking(move || write(&app, until, sender, fill));
    let body = stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) });
    HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((ACCEPT_RANGES, "none"))
        .streaming(body)
}

fn write(
    app: &App,
    until: Timestamp,
    sender: mpsc::Sender<Result<Bytes, Error>>,
    fill: impl FnOnce(&App, &mut Archive<Pieces>) -> Result<(), Failure>,
) {
    let is_broken = Arc::new(AtomicBool::new(false));
    let pieces = Pieces {
        app: app.clone(),
        until,
        sender: sender.clone(),
        gathered: Vec::with_capacity(PIECE_BYTES),
        is_broken: Arc::clone(&is_broken),
    };
    let mut archive = Archive::new(pieces, app.now());
    if let Err(error) = fill(app, &mut archive) {
        // The archive would end itself properly when it is dropped.
        is_broken.store(true, Ordering::Relaxed);
        tracing::warn!(?error, "an archive broke off");
        let _ = sender.blocking_send(Err(Error::internal()));
        return;
    }
    if archive.finish().is_err() {
        tracing::warn!("an archive broke off at its end");
        let _ = sender.blocking_send(Err(Error::internal()));
    }
}

/// Sends what is written in pieces, and takes nothing more once it is broken.
pub struct Pieces {
    app: App,
    until: Timestamp,
    sender: mpsc::Sender<Result<Bytes, Error>>,
    gathered: Vec<u8>,
    is_broken: Arc<AtomicBool>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        if self.is_broken.load(Ordering::Relaxed) {
            self.gathered.clear();
        } else if self.app.now() > self.until {
            return Err(io::ErrorKind::TimedOut.into());
        } else if !self.gathered.is_empty() {
            let piece = std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE_BYTES));
            self.sender.blocking_send(Ok(Bytes::from(piece))).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(())
    }
}

impl io::Write for Pieces {
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
