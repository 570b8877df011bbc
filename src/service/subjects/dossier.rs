//! Everything about somebody in one archive, to be handed to them: as JSON for machines, as CSV for spreadsheets and, drawn by the web, as a
//! page that needs nothing beside it. What was filled in in secure forms stays masked; files are in it while their chat is open.

use std::io;

use serde_json::{Value, json};

use super::find::{Agreement, Chat, Found, Question, look};
use crate::domain::about::Channel;
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::event::{Author, Event, EventKind};
use crate::domain::file::FileRef;
use crate::domain::limits;
use crate::domain::secure_form::SubmittedAnswer;
use crate::domain::time::Timestamp;
use crate::service::archive::Archive;
use crate::service::csv;
use crate::service::transcripts::{self, Notes};
use crate::service::{Ctx, Failure};
use crate::store::House;

/// What stands in the place of what somebody filled in in a sensitive field.
const MASKED: &str = "••••";

pub struct Dossier {
    pub made_at: Timestamp,
    pub found: Found,
    /// What happened in each of the chats, in the same order.
    pub events: Vec<Vec<Event>>,
    pub files: Vec<Enclosed>,
}

/// A file of an open chat.
pub struct Enclosed {
    /// Where it is in the archive.
    pub path: String,
    /// Too large for the archive: it is named and not in it.
    pub bytes: Option<Vec<u8>>,
}

/// Everything about this person, for an administrator to hand out.
///
/// # Errors
/// `Denied`; `ProofNeeded`; `Conflict` when there is nothing, which is on record all the same.
pub fn export(ctx: &Ctx, question: &Question, notes: Notes) -> Result<Dossier, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    hand_out(ctx, look(ctx, question)?, notes)
}

/// Whoever calls this has asked whether the actor may. A row in the audit log comes before anything else.
pub(super) fn hand_out(ctx: &Ctx, found: Found, notes: Notes) -> Result<Dossier, Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectExported { subject: found.subject, found: found.count() });
    ctx.store.commit(batch).wait()?;
    if found.is_nothing() {
        return Err(Failure::Conflict("Nothing is kept about this person, so there is nothing to hand out.".to_owned()));
    }
    let (mut all, mut files, mut room) = (Vec::new(), Vec::new(), limits::SUBJECT_FILE_BYTES);
    for chat in &found.chats {
        let events = ctx.store.events(chat.head.id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
        let events = transcripts::shown(notes, events);
        for event in &events {
            if let EventKind::File(file) = &event.kind {
                files.extend(enclose(ctx, chat, file, &mut room)?);
            }
        }
        all.push(events);
    }
    Ok(Dossier { made_at: ctx.now, found, events: all, files })
}

/// `None` when it is not there any more: files go when their chat is closed.
fn enclose(ctx: &Ctx, chat: &Chat, file: &FileRef, room: &mut u64) -> Result<Option<Enclosed>, Failure> {
    let Some(mut reader) = ctx.store.file(chat.head.id, file.id)? else { return Ok(None) };
    let path = format!("files/{}/{}", file.id, file.name.as_str());
    if reader.bytes() > *room {
        return Ok(Some(Enclosed { path, bytes: None }));
    }
    *room -= reader.bytes();
    let mut bytes = Vec::new();
    while let Some(piece) = reader.piece()? {
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(Enclosed { path, bytes: Some(bytes) }))
}

impl Dossier {
    /// The archive, with a page that the caller has drawn of it.
    ///
    /// # Errors
    /// When it cannot be put together.
    pub fn archive(&self, house: &House, page: &str) -> io::Result<Vec<u8>> {
        let mut archive = Archive::new(Vec::new(), self.made_at);
        archive.add("index.html", page.as_bytes())?;
        archive.add("data.json", self.json(house).as_bytes())?;
        archive.add("chats.csv", self.chats_csv(house).as_bytes())?;
        archive.add("messages.csv", self.messages_csv().as_bytes())?;
        archive.add("forms.csv", self.forms_csv(house).as_bytes())?;
        for file in &self.files {
            if let Some(bytes) = &file.bytes {
                archive.add(&file.path, bytes)?;
            }
        }
        archive.finish()
    }

    fn json(&self, house: &House) -> String {
        let chats = self.found.chats.iter().zip(&self.events).map(|(chat, events)| chat_json(house, chat, events));
        let forms = self.found.submissions.iter().map(|it| {
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
        });
        let files = self.files.iter().map(|it| json!({ "path": it.path, "enclosed": it.bytes.is_some() }));
        let all = json!({
            "format": "parlor subject 1",
            "made_at": self.made_at.to_string(),
            "conversations": chats.collect::<Vec<_>>(),
            "forms": forms.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        });
        // Strings, numbers and lists of them always encode.
        serde_json::to_string_pretty(&all).unwrap_or_default()
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

    fn messages_csv(&self) -> String {
        let mut file = String::new();
        csv::line(&mut file, ["conversation", "number", "at", "kind", "from", "name", "text"]);
        for (chat, events) in self.found.chats.iter().zip(&self.events) {
            for event in events {
                let (from, name) = from(event);
                let text = text_of(event).unwrap_or_default();
                let (id, seq, at) = (chat.head.id.to_string(), event.seq.to_string(), event.at.to_string());
                csv::line(&mut file, [&*id, &*seq, &*at, event.kind.word(), from, name.unwrap_or_default(), text]);
            }
        }
        file
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

fn chat_json(house: &House, chat: &Chat, events: &[Event]) -> Value {
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
        "kept_because": chat.held,
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
        "tags": about.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(),
        "rating": about.rating.as_ref().map(|it| json!({
            "stars": it.stars.get(),
            "comment": it.comment.as_ref().map(|it| it.as_str()),
        })),
        "events": events.iter().map(event_json).collect::<Vec<_>>(),
    })
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
