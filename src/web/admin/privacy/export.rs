//! Everything that is kept, as an archive that is written while it is sent: nothing of it lies on our disk. Chats can be had in parts, so
//! that what was cut off is asked for again by itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use askama::Template;
use futures_util::stream;
use tokio::sync::mpsc;

use super::Head;
use crate::domain::access::Actor;
use crate::service::account::{self, ABOUT, ABOUT_NAME, Export, FileName, Share, Wish};
use crate::service::archive::Archive;
use crate::service::{Asked, Ctx, Failure};
use crate::web::error::Error;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

/// Bytes of a piece, and pieces that wait for a line that is slow.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES_AHEAD: usize = 8;

pub struct Form {
    /// Empty for everything, `settings`, or a share of the chats.
    part: String,
    submissions: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { part: fields.take("part"), submissions: fields.ticked("submissions") }
    }
}

impl Form {
    fn names(&self, ctx: &Ctx) -> Result<Vec<FileName>, Failure> {
        let wish = Wish { submissions: self.submissions };
        match self.part.as_str() {
            "" => account::plan(ctx, wish),
            "settings" => Ok(account::of_settings(wish)),
            share => Ok(account::of_share(share.parse()?)),
        }
    }

    /// The middle of the file's name, which holds nothing that was typed.
    fn called(&self) -> String {
        match self.part.parse::<Share>() {
            Ok(share) => format!("chats-{share}"),
            Err(_) if self.part.is_empty() => "everything".to_owned(),
            Err(_) => "settings".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/export.html")]
struct Page {
    chrome: Chrome,
    head: Head,
    /// None where everything comes in one part.
    shares: Vec<Share>,
    chats: usize,
    submissions: usize,
}

pub async fn show(app: App, Admin(staff): Admin) -> Answer {
    let shares = staff.look(&app, account::shares)?;
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "privacy"),
        head: Head::new(&staff, urls::EXPORT),
        shares: if shares.len() > 1 { shares } else { Vec::new() },
        chats: app.store.closed_count() + app.store.open_count(),
        submissions: app.store.submissions().len(),
    })
}

/// Answers once it is on record that it was asked for; then comes the archive, for as long as it takes.
pub async fn file(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let called = form.called();
    let export = staff.act(&app, move |ctx| account::begin(ctx, form.names(ctx)?)).await??;
    let day: String = app.now().to_string().chars().take(10).collect();
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    let (actor, asked) = (staff.actor.clone(), staff.asked);
    tokio::task::spawn_blocking(move || write(&app, (&actor, asked), &export, sender));
    let body = stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"parlor-{called}-{day}.zip\"")))
        .streaming(body))
}

/// In a thread of its own. What fails cuts the answer off, so that half an archive never passes for a whole one.
fn write(app: &App, (actor, asked): (&Actor, Asked), export: &Export, sender: mpsc::Sender<Result<Bytes, Error>>) {
    let is_broken = Arc::new(AtomicBool::new(false));
    let pieces = Pieces { sender: sender.clone(), gathered: Vec::with_capacity(PIECE_BYTES), is_broken: Arc::clone(&is_broken) };
    let mut archive = Archive::new(pieces, app.now());
    let written = archive
        .add(ABOUT_NAME, ABOUT.as_bytes())
        .map_err(|_| Failure::NotFound)
        .and_then(|()| export.write(&app.ctx_asked(actor, asked), &mut archive));
    if let Err(error) = written {
        // The archive would end itself properly when it is dropped.
        is_broken.store(true, Ordering::Relaxed);
        tracing::warn!(?error, "an export broke off");
        let _ = sender.blocking_send(Err(Error::internal()));
        return;
    }
    if archive.finish().is_err() {
        tracing::warn!("an export broke off at its end");
        let _ = sender.blocking_send(Err(Error::internal()));
    }
}

/// Sends what is written in pieces, and takes nothing more once it is broken.
struct Pieces {
    sender: mpsc::Sender<Result<Bytes, Error>>,
    gathered: Vec<u8>,
    is_broken: Arc<AtomicBool>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        if self.is_broken.load(Ordering::Relaxed) {
            self.gathered.clear();
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
