//! Everything that is kept, in files that other programs read: each kind of thing as JSON lines and as CSV (ABOUT.md says what stands in
//! them, and goes along). Chats come in shares by their ids, so that an export that is cut off goes on with the file it stopped in.
//!
//! Without secrets: nothing in it lets anybody sign in or sign anything. Formulas are made harmless in CSV; JSON is as it was written.

mod chats;
mod house;
mod name;
mod row;

use std::io;

use super::archive::{Archive, not_taken};
use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::limits;

pub use name::{FileName, Share, Sheet};
pub use row::Format;

use row::Rows;

/// Goes along, and says what stands in the files.
pub const ABOUT: &str = include_str!("ABOUT.md");
pub const ABOUT_NAME: &str = "ABOUT.md";

/// Where files go, one after the other.
pub trait Files: io::Write {
    /// # Errors
    /// When it takes no more.
    fn begin(&mut self, name: &str) -> io::Result<()>;

    /// The file that was begun is complete.
    ///
    /// # Errors
    /// When it takes no more.
    fn end(&mut self) -> io::Result<()>;
}

/// What is wanted beside what always goes along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// What was filled in in secure forms, in clear.
    pub submissions: bool,
}

/// The names of all files, those of the settings first. The shares follow from how many chats there are now, and hold for as long as
/// somebody goes on with this list: which share a chat is in follows from its id.
///
/// # Errors
/// `Denied` to those who may not export everything.
pub fn plan(ctx: &Ctx, wish: Wish) -> Result<Vec<FileName>, Failure> {
    let of_chats = shares(ctx)?.into_iter().flat_map(of_share);
    Ok(of_settings(wish).into_iter().chain(of_chats).collect())
}

/// The shares that the chats come in.
///
/// # Errors
/// `Denied` to those who may not export everything.
pub fn shares(ctx: &Ctx) -> Result<Vec<Share>, Failure> {
    ctx.authorize(Action::ExportEverything)?;
    Ok(Share::all(ctx.store.closed_count() + ctx.store.open_count()))
}

/// All that is not in shares.
#[must_use]
pub fn of_settings(wish: Wish) -> Vec<FileName> {
    let sheets = Sheet::ALL.into_iter().filter(|it| !it.is_in_shares() && (wish.submissions || *it != Sheet::Submissions));
    sheets.flat_map(|sheet| Format::ALL.map(|format| FileName { sheet, share: None, format })).collect()
}

/// The chats of one share.
#[must_use]
pub fn of_share(share: Share) -> Vec<FileName> {
    let sheets = Sheet::ALL.into_iter().filter(|it| it.is_in_shares());
    sheets.flat_map(|sheet| Format::ALL.map(|format| FileName { sheet, share: Some(share), format })).collect()
}

/// An export that may be written, and is on record.
pub struct Export(Vec<FileName>);

/// Begins to hand these files out: before a word of them leaves, it is on record that somebody asked.
///
/// # Errors
/// `Denied` to those who may not export everything; `ProofNeeded`; `Conflict` for too many files.
pub fn begin(ctx: &Ctx, names: Vec<FileName>) -> Result<Export, Failure> {
    ctx.authorize(Action::ExportEverything)?;
    ctx.require_proof()?;
    if names.len() > limits::EXPORT_FILES {
        return Err(Failure::Conflict("So many files are not handed out at once.".to_owned()));
    }
    let with_submissions = names.iter().any(|name| name.sheet == Sheet::Submissions);
    let files = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::AccountExported { files, with_submissions });
    ctx.store.commit(batch).wait()?;
    Ok(Export(names))
}

impl Export {
    /// Writes them, one after the other.
    ///
    /// # Errors
    /// `Denied` to whoever may not any more; when something cannot be read or is not taken.
    pub fn write(&self, ctx: &Ctx, out: &mut dyn Files) -> Result<(), Failure> {
        ctx.authorize(Action::ExportEverything)?;
        for name in &self.0 {
            out.begin(&name.to_string()).map_err(not_taken)?;
            write_one(ctx, *name, out)?;
            out.end().map_err(not_taken)?;
        }
        Ok(())
    }
}

/// Into an archive, as which it comes in one piece.
impl<W: io::Write> Files for Archive<W> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        Self::begin(self, name)
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_one(ctx: &Ctx, name: FileName, out: &mut dyn Files) -> Result<(), Failure> {
    let mut rows = Rows::new(out, name.format, name.sheet.columns());
    rows.begin().map_err(not_taken)?;
    match (name.sheet, name.share) {
        (Sheet::Conversations | Sheet::Events, share) => chats::fill(ctx, name.sheet, share.unwrap_or_default(), &mut rows),
        (Sheet::Submissions, _) => chats::submissions(ctx, &mut rows),
        (sheet, _) => house::fill(ctx, sheet, &mut rows),
    }
}

#[cfg(test)]
#[path = "../tests/account.rs"]
mod tests;
