//! The archive with everything about somebody, and the page in it that people read: it needs nothing beside it and loads nothing.

use std::cell::RefCell;

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::event::Event;
use crate::domain::language::Language;
use crate::domain::limits;
use crate::service::Failure;
use crate::service::archive::not_taken;
use crate::service::subjects::dossier::{self, Dossier, Facts};
use crate::service::subjects::find::Chat;
use crate::store::{House, Store, StoreError};
use crate::texts::Voice;
use crate::web::{App, archive};

#[derive(Template)]
#[template(path = "widget/data/sheet.html")]
struct Sheet<'a> {
    voice: Voice<'static>,
    dossier: &'a Dossier,
    store: &'a Store,
    house: &'a House,
    you: String,
    /// What a chat could not be read for, since a template cannot fail for that.
    failed: RefCell<Option<StoreError>>,
}

struct Talk<'a> {
    chat: &'a Chat,
    facts: Facts<'a>,
    events: Vec<Event>,
    visitor: &'a str,
}

/// Somebody's words, or a file's name.
struct Line<'a> {
    event: &'a Event,
    who: &'a str,
    text: &'a str,
}

/// The answer with the archive, its page in this language.
pub fn answer(app: &App, dossier: Dossier, language: Language) -> HttpResponse {
    archive::answer(app, "your-data.zip", limits::SUBJECT_ARCHIVE_LIFE, move |app, archive| {
        dossier.write(&app.store, archive)?;
        archive.begin("index.html").map_err(not_taken)?;
        let (voice, house) = (Voice::plain(language), app.store.house());
        let you = voice.say("you");
        let sheet = Sheet { voice, dossier: &dossier, store: &app.store, house: &house, you, failed: RefCell::default() };
        sheet.write_into(archive).map_err(not_taken)?;
        sheet.failed.into_inner().map_or(Ok(()), |error| Err(Failure::from(error)))
    })
}

impl Sheet<'_> {
    /// Each is read when it is drawn, and let go of behind it.
    fn talks(&self) -> impl Iterator<Item = Talk<'_>> {
        self.dossier.found.chats.iter().map(|chat| {
            let events = self.dossier.events(self.store, chat).unwrap_or_else(|error| {
                self.failed.replace(Some(error));
                Vec::new()
            });
            let visitor = chat.head.visitor.name.as_ref().map_or(self.you.as_str(), |name| name.as_str());
            Talk { chat, facts: Facts::of(self.house, chat), events, visitor }
        })
    }
}

impl Talk<'_> {
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.events.iter().filter_map(|event| {
            let (side, name) = dossier::from(event);
            let who = name.unwrap_or(if side == "visitor" { self.visitor } else { "" });
            Some(Line { event, who, text: dossier::text_of(event)? })
        })
    }
}
