//! Taking a file in while it arrives. Its bytes are durable first, then the event that tells of it; whoever says the same again gets
//! the same event, and what breaks off leaves nothing behind.

use std::mem;
use std::net::IpAddr;

use image::ImageFormat;

use super::gate::Turn;
use super::{picture, sender};
use crate::domain::access::Actor;
use crate::domain::conversation::IllegalMove;
use crate::domain::event::{Author, EventKind, Seq};
use crate::domain::file::{FileKind, FileRef, FileRefusal};
use crate::domain::id::{ConversationId, FileId, OperatorId};
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, FileName};
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::service::conversations::entries::{add, may_see, repeated, writable};
use crate::service::{Ctx, Failure, blocks, throttle};
use crate::store::{FileWriter, NewDrawer, OpenConversation};

/// No connection of the hub has this number: whoever sends a file hears of it in the answer to their request.
const NO_CONNECTION: u64 = 0;

/// What is announced before the bytes come.
#[derive(Debug)]
pub struct Sending {
    pub conversation: ConversationId,
    pub client_id: ClientId,
    pub name: FileName,
    pub bytes: u64,
    /// From where it comes, for blocks.
    pub address: Option<IpAddr>,
}

pub enum Begun {
    /// This very file was sent before.
    Repeated(Seq, Timestamp),
    Upload(Box<Upload>),
}

/// A file that is arriving. Dropped before its end, it leaves nothing behind.
pub struct Upload {
    sending: Sending,
    id: FileId,
    writer: FileWriter,
    arriving: Arriving,
    arrived: u64,
    turn: Turn,
}

enum Arriving {
    /// Too little has come to tell what it is.
    First(Vec<u8>),
    /// It has to be whole before it can be drawn.
    Picture(ImageFormat, Vec<u8>),
    Other,
}

/// Asks whether the file may be sent, and makes room for it.
///
/// # Errors
/// `NotFound` for somebody else's chat, `Illegal` when it is over or not accepted, `File` when it is not allowed, too large or one too
/// many, `TooMany` when too many come at once.
pub fn begin(ctx: &Ctx, sending: Sending) -> Result<Begun, Failure> {
    writable(ctx)?;
    let id = sending.conversation;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, &sending) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    blocks::check(ctx, sending.address, open.head.about.identity.as_ref())?;
    if let Some((seq, at)) = sent_before(ctx, &open, &sending.client_id) {
        return Ok(Begun::Repeated(seq, at));
    }
    let author = sender(ctx, &open)?;
    if sending.bytes > limits::FILE_BYTES {
        return Err(FileRefusal::TooLarge.into());
    }
    if open.files.len() + ctx.memory.files.under_way(id) >= limits::FILES_PER_CHAT {
        return Err(FileRefusal::TooMany.into());
    }
    has_room(ctx, sending.bytes)?;
    let turn = ctx.memory.files.turn((id, author.operator()))?;
    if author == Author::Visitor {
        throttle::allowance(ctx, Limit::Files).take(&mut open.file_allowance, ctx.now).map_err(|seconds| {
            throttle::note_refusal(ctx, Limit::Files);
            Failure::TooMany { seconds }
        })?;
        throttle::take_from(ctx, Limit::FilesFrom)?;
    }
    let (file, drawer) = (FileId::from_bytes(ctx.random_bytes()), ConversationId::from_bytes(ctx.random_bytes()));
    let earlier = open.files.iter().map(|(file, _)| *file).collect();
    let writer = ctx.store.begin_file(&NewDrawer { site: open.head.site, of: id, id: drawer, earlier }, file)?;
    let arriving = Arriving::First(Vec::new());
    Ok(Begun::Upload(Box::new(Upload { sending, id: file, writer, arriving, arrived: 0, turn })))
}

impl Upload {
    /// Takes what has come. May wait for the disk.
    ///
    /// # Errors
    /// `File` when more comes than was announced or the disk has filled meanwhile; when the chat has closed.
    pub fn take(&mut self, ctx: &Ctx, bytes: &[u8]) -> Result<(), Failure> {
        self.arrived += bytes.len() as u64;
        if self.arrived > self.sending.bytes {
            return Err(FileRefusal::TooLarge.into());
        }
        has_room(ctx, 0)?;
        match &mut self.arriving {
            Arriving::First(first) => {
                first.extend_from_slice(bytes);
                if first.len() >= picture::MAGIC_BYTES { self.recognise() } else { Ok(()) }
            }
            Arriving::Picture(_, whole) => {
                whole.extend_from_slice(bytes);
                Ok(())
            }
            Arriving::Other => Ok(self.writer.write(bytes)?),
        }
    }

    fn recognise(&mut self) -> Result<(), Failure> {
        let Arriving::First(first) = mem::replace(&mut self.arriving, Arriving::Other) else { return Ok(()) };
        let Some(format) = picture::format_of(&first) else { return Ok(self.writer.write(&first)?) };
        self.turn.hold_picture(self.sending.bytes)?;
        // All at once: a growing one would be there twice.
        let mut whole = Vec::with_capacity(usize::try_from(self.sending.bytes).unwrap_or_default());
        whole.extend_from_slice(&first);
        self.arriving = Arriving::Picture(format, whole);
        Ok(())
    }

    /// All of it has come: a picture is drawn anew, and the event is told once everything is durable. Waits for the disk.
    ///
    /// # Errors
    /// `File` when less has come than was announced or a picture is none; as `begin`, since all of it may have changed meanwhile.
    pub fn finish(mut self, ctx: &Ctx) -> Result<(Seq, Timestamp), Failure> {
        if self.arrived != self.sending.bytes {
            return Err(FileRefusal::Incomplete.into());
        }
        if matches!(self.arriving, Arriving::First(_)) {
            self.recognise()?;
        }
        let mut kind = FileKind::Other;
        let mut name = self.sending.name.clone();
        if let Arriving::Picture(format, whole) = mem::replace(&mut self.arriving, Arriving::Other) {
            let drawn = {
                let _easel = ctx.memory.files.easel()?;
                picture::draw_anew(whole, format)?
            };
            kind = FileKind::Picture { width: drawn.width, height: drawn.height };
            name = name.with_ending(drawn.ending);
            self.writer.write(&drawn.bytes)?;
        }
        self.writer.finish()?;
        let open = ctx.store.open_conversation(self.sending.conversation).ok_or(Failure::NotFound)?;
        let (told, seq) = {
            let mut open = open.lock();
            if let Some((seq, at)) = sent_before(ctx, &open, &self.sending.client_id) {
                // The same file came once more over another line, and was quicker.
                return Ok((seq, at));
            }
            let author = sender(ctx, &open)?;
            if open.last >= limits::EVENTS_PER_CONVERSATION || open.files.len() >= limits::FILES_PER_CHAT {
                return Err(FileRefusal::TooMany.into());
            }
            let mut batch = ctx.store.batch();
            batch.put_file(&self.writer);
            let file = FileRef { id: self.id, name, kind, bytes: self.writer.bytes() };
            let origin = Origin { connection: NO_CONNECTION, client_id: self.sending.client_id };
            add(ctx, &mut batch, &mut open, author, EventKind::File(file), Some(origin));
            (ctx.store.commit(batch), open.last)
        };
        told.wait()?;
        self.writer.keep();
        Ok((seq, ctx.now))
    }
}

fn sent_before(ctx: &Ctx, open: &OpenConversation, id: &ClientId) -> Option<(Seq, Timestamp)> {
    let side: Option<OperatorId> = match ctx.actor {
        Actor::Staff { id, .. } => Some(*id),
        _ => None,
    };
    open.client_ids.get(&(side, id.clone())).copied()
}

/// Whether the disk has room for so many bytes more.
fn has_room(ctx: &Ctx, bytes: u64) -> Result<(), Failure> {
    let space = ctx.store.space();
    let spare = space.standing().free_bytes.saturating_sub(space.bounds().floor_bytes);
    let is_roomy = space.room().takes_new_chats() && spare >= bytes.saturating_mul(limits::FILE_ROOM_TIMES);
    if is_roomy { Ok(()) } else { Err(FileRefusal::NoRoom.into()) }
}

/// The chat is over: what was sent before it closed is answered as it was then.
fn over(ctx: &Ctx, sending: &Sending) -> Result<Begun, Failure> {
    let conversation = ctx.store.conversation(sending.conversation)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &conversation)?;
    let origin = Origin { connection: NO_CONNECTION, client_id: sending.client_id.clone() };
    let event = repeated(ctx, sending.conversation, &origin)?;
    let event = event.ok_or(IllegalMove::Closed)?;
    Ok(Begun::Repeated(event.seq, event.at))
}
