//! What the page shows of a conversation.

use crate::domain::about::Channel;
use crate::domain::conversation::{Conversation, State};
use crate::domain::event::{Author, PublicEvent, PublicKind, TransferTarget};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::service::conversations::{self, View};
use crate::service::secure_forms::{self, Link};
use crate::service::{Ctx, Failure};
use crate::texts::Voice;

/// The visitor's conversation as far as it is theirs to see.
pub struct Talk {
    pub id: ConversationId,
    pub state: State,
    pub entries: Vec<Entry>,
    /// Left while nobody was there.
    pub is_message: bool,
    /// Which of those who wait they are, from 1.
    pub place: usize,
    ended_by_visitor: bool,
}

pub struct Entry {
    pub side: Side,
    /// Who wrote it; empty where the text says who did what.
    pub name: String,
    pub text: String,
    pub ago: String,
    /// What opens the form that is asked for.
    pub form: Option<AskedForm>,
}

pub struct AskedForm {
    pub name: String,
    pub link: Link,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Visitor,
    Operator,
    Nobody,
}

impl Side {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Operator => "operator",
            Self::Nobody => "note",
        }
    }
}

impl Talk {
    /// The latest conversation of this visitor, unless it has been deleted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(ctx: &Ctx, token_index: &[u8; 32], voice: Voice) -> Result<Option<Self>, Failure> {
        let Some(id) = ctx.store.conversation_of(token_index) else { return Ok(None) };
        match conversations::view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize) {
            Ok(view) => Ok(Some(Self::new(ctx, &view, voice))),
            Err(Failure::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn new(ctx: &Ctx, view: &View, voice: Voice) -> Self {
        let form = |event: &PublicEvent| match event.kind {
            PublicKind::FormAsked(ask) => {
                let link = secure_forms::link_into(ctx, &view.conversation, ask.request)?;
                Some(AskedForm { name: ask.name.as_str().to_owned(), link })
            }
            _ => None,
        };
        let entry = |event: PublicEvent| Some(Entry { form: form(&event), ..Entry::of(&event, voice, ctx.now)? });
        let entries = view.events.iter().filter_map(|event| entry(event.public()?)).collect();
        let ended = |event: PublicEvent| {
            matches!(event.kind, PublicKind::Ended | PublicKind::Closed) && matches!(event.author, Author::Visitor)
        };
        Self {
            id: view.conversation.id,
            state: view.conversation.state.clone(),
            entries,
            is_message: view.conversation.about.channel == Channel::Message,
            place: place(ctx, view),
            ended_by_visitor: view.events.iter().filter_map(|event| event.public()).any(ended),
        }
    }

    /// Whether the visitor may write in it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Active { .. })
    }

    /// What stands where nobody writes any more.
    #[must_use]
    pub fn over(&self, voice: Voice) -> String {
        voice.say(if self.ended_by_visitor { "end-done" } else { "closing" })
    }
}

/// In the queue of the site. The window hears it live; here it is counted when somebody looks.
fn place(ctx: &Ctx, view: &View) -> usize {
    let mine = &view.conversation;
    let is_before = |head: &Conversation| {
        head.site == mine.site && head.state == State::Waiting && (head.started_at, head.id) < (mine.started_at, mine.id)
    };
    1 + ctx.store.open_conversations().iter().filter(|open| is_before(&open.lock().head)).count()
}

impl Entry {
    fn of(event: &PublicEvent, voice: Voice, now: Timestamp) -> Option<Self> {
        let who = match event.author {
            Author::Operator { name, .. } => name.as_str().to_owned(),
            Author::Visitor => voice.say("you"),
            Author::System => String::new(),
        };
        let told = |key: &str, name: &str, value: &str| voice.tell(key, &[(name, value.to_owned().into())]);
        let note = match event.kind {
            PublicKind::Message(text) => {
                let side = if matches!(event.author, Author::Visitor) { Side::Visitor } else { Side::Operator };
                return Some(Self {
                    side,
                    name: who,
                    text: text.as_str().to_owned(),
                    ago: ago(voice, event.at, now),
                    form: None,
                });
            }
            PublicKind::Joined => told("event-joined", "name", &who),
            PublicKind::Left => told("event-left", "name", &who),
            PublicKind::Ended if matches!(event.author, Author::Visitor) => voice.say("event-ended"),
            PublicKind::Transferred(TransferTarget::Operator { name, .. }) => told("event-transferred", "name", name.as_str()),
            PublicKind::Transferred(TransferTarget::Department { name, .. }) => {
                told("event-department", "department", name.as_str())
            }
            PublicKind::FileRequested => told("file-asked", "name", &who),
            PublicKind::File(file) => told("page-file", "name", file.name.as_str()),
            PublicKind::Mailed => voice.say("event-mailed"),
            PublicKind::FormAsked(_) => told("page-form-asked", "name", &who),
            PublicKind::FormSent(_) => voice.say("page-form-done"),
            PublicKind::Masked(_) => voice.say("event-masked"),
            PublicKind::Started | PublicKind::Ended | PublicKind::Closed | PublicKind::Rated(_) => return None,
        };
        Some(Self { side: Side::Nobody, name: String::new(), text: note, ago: String::new(), form: None })
    }
}

/// How long ago, in words: the page does not know the reader's time zone, and asks for nothing that would tell.
fn ago(voice: Voice, at: Timestamp, now: Timestamp) -> String {
    let minutes = now.as_millis().saturating_sub(at.as_millis()).max(0) / 60_000;
    let (key, n) = match minutes {
        0 => return voice.say("page-now"),
        1..60 => ("page-minutes", minutes),
        60..1_440 => ("page-hours", minutes / 60),
        _ => ("page-days", minutes / 1_440),
    };
    voice.tell(key, &[("n", n.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn how_long_ago_is_said_as_the_language_counts() {
        let said = |language, minutes: i64| {
            ago(Voice::plain(language), Timestamp::from_millis(0), Timestamp::from_millis(minutes * 60_000 + 59_000))
        };
        assert_eq!(said(Language::English, 0), "just now");
        assert_eq!(said(Language::English, 1), "1 minute ago");
        assert_eq!(said(Language::English, 60), "1 hour ago");
        assert_eq!(said(Language::Polish, 5 * 60), "5 godzin temu");
        assert_eq!(said(Language::German, 3 * 1_440), "vor 3 Tagen");
    }
}
