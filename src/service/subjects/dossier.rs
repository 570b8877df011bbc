//! Everything about somebody in one archive, to be handed to them: as JSON for machines, as CSV for spreadsheets and, drawn by the web, as a
//! page that needs nothing beside it. What was filled in in secure forms stays masked; files are in it while their chat is open.

use std::io::Write;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};

use super::find::{Agreement, Chat, Filled, Found, Question, look};
use crate::domain::about::Channel;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::event::{Author, Event, EventKind};
use crate::domain::limits;
use crate::domain::secure_form::SubmittedAnswer;
use crate::domain::time::Timestamp;
use crate::service::archive::{self, Archive, not_taken};
use crate::service::csv;
use crate::service::transcripts::{self, Notes};
use crate::service::{Ctx, Failure};
use crate::store::{FileReader, House, Store, StoreError};

/// What stands in the place of what somebody filled in in a sensitive field.
const MASKED: &str = "••••";

pub struct Dossier {
    pub made_at: Timestamp,
    /// Whether what is among the staff is in it: notes, tags, and why something is held.
    notes: Notes,
    pub found: Found,
    /// Given back when all of it is written.
    _turn: Turn,
}

/// A file of an open chat.
struct Enclosed {
    /// Where it is in the archive.
    path: String,
    /// Otherwise it was too large or went meanwhile, and is named alone.
    is_there: bool,
}

/// Bounds how many archives are written at once.
#[derive(Default)]
pub struct Desk(Mutex<Arc<()>>);

/// The right to write one, counted for as long as it is held.
struct Turn {
    _held: Arc<()>,
}

/// Seconds after which it is worth another try.
const TRY_AGAIN: u32 = 30;

impl Desk {
    fn turn(&self) -> Result<Turn, Failure> {
        let desk = self.0.lock();
        if Arc::strong_count(&desk) > limits::SUBJECT_ARCHIVES {
            return Err(Failure::TooMany { seconds: TRY_AGAIN });
        }
        Ok(Turn { _held: Arc::clone(&desk) })
    }
}

/// Everything about this person, for an administrator to hand out.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `Conflict` when there is nothing, which is on record all the same; `TooMany`.
pub fn export(ctx: &Ctx, question: &Question, notes: Notes) -> Result<Dossier, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    hand_out(ctx, look(ctx, question)?, notes)
}

/// Whoever calls this has asked whether the actor may. A row in the audit log comes before anything else.
pub(super) fn hand_out(ctx: &Ctx, found: Found, notes: Notes) -> Result<Dossier, Failure> {
    let turn = ctx.memory.desk.turn()?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectExported { subject: found.subject, found: found.count() });
    ctx.store.commit(batch).wait()?;
    if found.is_nothing() {
        return Err(Failure::Conflict("Nothing is kept about this person, so there is nothing to hand out.".to_owned()));
    }
    Ok(Dossier { made_at: ctx.now, notes, found, _turn: turn })
}

impl Dossier {
    /// Everything but the page, one chat and one file after the other, so that no more than one of them is in memory.
    ///
    /// # Errors
    /// When something cannot be read, or is not taken.
    pub fn write<W: Write>(&self, store: &Store, archive: &mut Archive<W>) -> Result<(), Failure> {
        let house: &House = &store.house();
        let files = self.files(store, archive)?;
        archive.begin("data.json").map_err(not_taken)?;
        self.json(store, house, &files, archive)?;
        archive.add("chats.csv", self.chats_csv(house).as_bytes()).map_err(not_taken)?;
        archive.begin("messages.csv").map_err(not_taken)?;
        self.messages_csv(store, archive)?;
        archive.add("forms.csv", self.forms_csv(house).as_bytes()).map_err(not_taken)
    }

    /// What happened in one of the chats, as far as it is handed out. Nothing when it went meanwhile.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn events(&self, store: &Store, chat: &Chat) -> Result<Vec<Event>, StoreError> {
        let events = store.events(chat.head.id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
        Ok(transcripts::shown(self.notes, events))
    }

    /// Files go when their chat is closed, so these are of open ones.
    fn files<W: Write>(&self, store: &Store, archive: &mut Archive<W>) -> Result<Vec<Enclosed>, Failure> {
        let (mut files, mut room) = (Vec::new(), limits::SUBJECT_FILE_BYTES);
        for chat in self.found.chats.iter().filter(|chat| chat.head.closed_at().is_none()) {
            for event in self.events(store, chat)? {
                let EventKind::File(file) = &event.kind else { continue };
                let Some(reader) = store.file(chat.head.id, file.id)? else { continue };
                let path = archive::harmless(&format!("files/{}/{}", file.id, file.name.as_str()));
                let bytes = if reader.bytes() <= room { whole(reader)? } else { None };
                if let Some(bytes) = &bytes {
                    room -= bytes.len() as u64;
                    archive.add(&path, bytes).map_err(not_taken)?;
                }
                files.push(Enclosed { path, is_there: bytes.is_some() });
            }
        }
        Ok(files)
    }

    fn json<W: Write>(&self, store: &Store, house: &House, files: &[Enclosed], out: &mut Archive<W>) -> Result<(), Failure> {
        let head = format!("{{\n\"format\": \"parlor subject 1\",\n\"made_at\": \"{}\",\n\"conversations\": ", self.made_at);
        out.write_all(head.as_bytes()).map_err(not_taken)?;
        let chats = self.found.chats.iter().map(|chat| Ok(self.chat_json(house, chat, &self.events(store, chat)?)));
        list(out, chats)?;
        out.write_all(b",\n\"forms\": ").map_err(not_taken)?;
        list(out, self.found.submissions.iter().map(|it| Ok(form_json(house, it))))?;
        out.write_all(b",\n\"files\": ").map_err(not_taken)?;
        list(out, files.iter().map(|it| Ok(json!({ "path": it.path, "enclosed": it.is_there }))))?;
        out.write_all(b"\n}\n").map_err(not_taken)
    }

    fn chat_json(&self, house: &House, chat: &Chat, events: &[Event]) -> Value {
        let has_notes = self.notes == Notes::Kept;
        let Facts { site, department, operator, agreement, .. } = Facts::of(house, chat);
        let (head, about) = (&chat.head, &chat.head.about);
        let line = |it: &Option<crate::domain::text::Line>| it.as_ref().map(|it| it.as_str().to_owned());
        let came_from = &about.came_from;
        json!({
            "id": head.id.to_string(),
            "site": site,
            "department": department,
            "channel": about.channel.word(),
            "state": head.state_word(),
            "language": about.language.tag(),
            "started_at": head.started_at.to_string(),
            "closed_at": head.closed_at().map(|at| at.to_string()),
            "deleted_at": chat.goes_at.map(|at| at.to_string()),
            "held": chat.held.is_some(),
            // A reason may name a court, and tags say what the staff think.
            "kept_because": chat.held.as_ref().filter(|_| has_notes),
            "restricted": about.is_restricted,
            "visitor": {
                "name": head.visitor.name.as_ref().map(|it| it.as_str()),
                "email": head.visitor.email.as_ref().map(|it| it.as_str()),
                "phone": head.visitor.phone.as_ref().map(|it| it.as_str()),
                "account": about.identity.as_ref().map(|it| it.id.as_str()),
            },
            "consent": agreement.map(|it| json!({
                "version": it.version,
                "given_at": it.at.to_string(),
                "withdrawn_at": it.withdrawn_at.map(|at| at.to_string()),
                "text": it.text,
            })),
            "answers": about.answers.iter().map(|it| json!({ "question": it.label.as_str(), "answer": it.value.as_str() })).collect::<Vec<_>>(),
            "attributes": about.attributes.iter().map(|it| json!({ "name": it.name.as_str(), "value": it.value.as_str() })).collect::<Vec<_>>(),
            "came_from": {
                "page": line(&came_from.page),
                "title": line(&came_from.title),
                "referrer": line(&came_from.referrer),
                "browser": line(&came_from.browser),
                "address": line(&came_from.address),
                "host": line(&came_from.host),
            },
            "operator": operator,
            "tags": has_notes.then(|| about.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>()),
            "rating": about.rating.as_ref().map(|it| json!({
                "stars": it.stars.get(),
                "comment": it.comment.as_ref().map(|it| it.as_str()),
            })),
            "events": events.iter().map(event_json).collect::<Vec<_>>(),
        })
    }

    fn chats_csv(&self, house: &House) -> String {
        let mut file = String::new();
        csv::line(
            &mut file,
            [
                "id",
                "site",
                "department",
                "channel",
                "state",
                "began",
                "closed",
                "deleted",
                "name",
                "e-mail",
                "telephone",
                "answers",
                "attributes",
                "page",
                "browser",
                "address",
                "operator",
                "rating",
                "consent version",
                "consent given",
                "consent withdrawn",
                "restricted",
            ],
        );
        for chat in &self.found.chats {
            let Facts { site, department, operator, agreement, .. } = Facts::of(house, chat);
            let (head, about) = (&chat.head, &chat.head.about);
            let joined = |pairs: Vec<String>| pairs.join("; ");
            let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
            csv::line(
                &mut file,
                [
                    head.id.to_string(),
                    site.to_owned(),
                    department.unwrap_or_default().to_owned(),
                    about.channel.word().to_owned(),
                    head.state_word().to_owned(),
                    head.started_at.to_string(),
                    time(head.closed_at()),
                    time(chat.goes_at),
                    head.visitor.name.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    head.visitor.email.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    head.visitor.phone.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    joined(about.answers.iter().map(|it| format!("{}: {}", it.label.as_str(), it.value.as_str())).collect()),
                    joined(about.attributes.iter().map(|it| format!("{}: {}", it.name.as_str(), it.value.as_str())).collect()),
                    about.came_from.page.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    about.came_from.browser.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    about.came_from.address.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                    operator.unwrap_or_default().to_owned(),
                    about.rating.as_ref().map(|it| it.stars.get().to_string()).unwrap_or_default(),
                    agreement.as_ref().map(|it| it.version.to_string()).unwrap_or_default(),
                    time(agreement.as_ref().map(|it| it.at)),
                    time(about.consent_withdrawn_at),
                    if about.is_restricted { "yes" } else { "" }.to_owned(),
                ],
            );
        }
        file
    }

    fn messages_csv<W: Write>(&self, store: &Store, out: &mut Archive<W>) -> Result<(), Failure> {
        let mut file = String::new();
        csv::line(&mut file, ["conversation", "number", "at", "kind", "from", "name", "text"]);
        for chat in &self.found.chats {
            for event in &self.events(store, chat)? {
                let (from, name) = from(event);
                let text = text_of(event).unwrap_or_default();
                let (id, seq, at) = (chat.head.id.to_string(), event.seq.to_string(), event.at.to_string());
                csv::line(&mut file, [&*id, &*seq, &*at, event.kind.word(), from, name.unwrap_or_default(), text]);
            }
            out.write_all(file.as_bytes()).map_err(not_taken)?;
            file.clear();
        }
        out.write_all(file.as_bytes()).map_err(not_taken)
    }

    fn forms_csv(&self, house: &House) -> String {
        let mut file = String::new();
        csv::line(&mut file, ["id", "site", "form", "conversation", "at", "question", "answer"]);
        for it in &self.found.submissions {
            let it = &it.submission;
            for answer in &it.answers {
                let conversation = it.conversation.map(|id| id.to_string()).unwrap_or_default();
                let (id, at) = (it.id.to_string(), it.at.to_string());
                let site = site(house, it.site);
                csv::line(
                    &mut file,
                    [&*id, site, it.form_name.as_str(), &*conversation, &*at, answer.label.as_str(), shown(answer)],
                );
            }
        }
        file
    }
}

/// What a chat says of itself by the ids of others, in their names of today.
pub struct Facts<'a> {
    pub site: &'a str,
    pub department: Option<&'a str>,
    pub operator: Option<&'a str>,
    pub agreement: Option<Agreement<'a>>,
    pub is_message: bool,
}

impl<'a> Facts<'a> {
    #[must_use]
    pub fn of(house: &'a House, chat: &'a Chat) -> Self {
        let about = &chat.head.about;
        Self {
            site: site(house, chat.head.site),
            department: about.department.and_then(|id| house.departments.get(&id)).map(|it| it.name.as_str()),
            operator: chat.head.assignee().map(|it| it.name.as_str()),
            agreement: chat.agreement(house),
            is_message: about.channel == Channel::Message,
        }
    }
}

fn form_json(house: &House, it: &Filled) -> Value {
    let it = &it.submission;
    let answers = it.answers.iter().map(|answer| json!({ "question": answer.label.as_str(), "answer": shown(answer) }));
    json!({
        "id": it.id.to_string(),
        "site": site(house, it.site),
        "form": it.form_name.as_str(),
        "conversation": it.conversation.map(|id| id.to_string()),
        "at": it.at.to_string(),
        "consent": it.consent.as_ref().map(|text| text.as_str()),
        "answers": answers.collect::<Vec<_>>(),
    })
}

/// A list, of which one item at a time is in memory.
fn list(out: &mut impl Write, items: impl Iterator<Item = Result<Value, StoreError>>) -> Result<(), Failure> {
    out.write_all(b"[").map_err(not_taken)?;
    for (n, item) in items.enumerate() {
        out.write_all(if n > 0 { b",\n" } else { b"\n" }).map_err(not_taken)?;
        serde_json::to_writer_pretty(&mut *out, &item?).map_err(|error| not_taken(error.into()))?;
    }
    out.write_all(b"\n]").map_err(not_taken)
}

/// A file as a whole, which is bounded. `None` when its chat was closed meanwhile, and it went.
fn whole(mut reader: FileReader) -> Result<Option<Vec<u8>>, StoreError> {
    let mut bytes = Vec::new();
    loop {
        match reader.piece() {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => return Ok(Some(bytes)),
            Err(StoreError::Gone) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

fn event_json(event: &Event) -> Value {
    let (from, name) = from(event);
    json!({
        "number": event.seq,
        "at": event.at.to_string(),
        "kind": event.kind.word(),
        "from": from,
        "name": name,
        "text": text_of(event),
    })
}

/// Which side, and who of the staff.
#[must_use]
pub fn from(event: &Event) -> (&'static str, Option<&str>) {
    match &event.author {
        Author::Visitor => ("visitor", None),
        Author::Operator { name, .. } => ("operator", Some(name.as_str())),
        Author::System => ("system", None),
    }
}

/// The words of an event, if it has any.
#[must_use]
pub fn text_of(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Message(text) | EventKind::Note(text) => Some(text.as_str()),
        EventKind::File(file) => Some(file.name.as_str()),
        EventKind::Transferred(transfer) => Some(transfer.to.name().as_str()),
        EventKind::Invited(name) => Some(name.as_str()),
        EventKind::Rated(rating) => rating.comment.as_ref().map(|text| text.as_str()),
        _ => None,
    }
}

/// An answer as far as it may be seen.
#[must_use]
pub fn shown(answer: &SubmittedAnswer) -> &str {
    if answer.is_sensitive { MASKED } else { answer.value.as_str() }
}

fn site(house: &House, id: crate::domain::id::SiteId) -> &str {
    house.sites.get(&id).map_or("A site that is gone", |site| site.name.as_str())
}
