//! The archive with everything about somebody, and the page in it that people read: it needs nothing beside it and loads nothing.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::event::Event;
use crate::domain::language::Language;
use crate::service::subjects::dossier::{self, Dossier, Facts};
use crate::service::subjects::find::Chat;
use crate::store::House;
use crate::texts::Voice;
use crate::web::{Answer, App, Error, page};

#[derive(Template)]
#[template(path = "widget/data/sheet.html")]
struct Sheet<'a> {
    voice: Voice<'static>,
    dossier: &'a Dossier,
    talks: Vec<Talk<'a>>,
}

struct Talk<'a> {
    chat: &'a Chat,
    facts: Facts<'a>,
    lines: Vec<Line<'a>>,
}

/// Somebody's words, or a file's name.
struct Line<'a> {
    event: &'a Event,
    who: &'a str,
    text: &'a str,
}

/// The answer with the archive, its page in this language.
pub async fn archive(app: &App, dossier: Dossier, language: Language) -> Answer {
    let house = app.store.house();
    let bytes = page::aside(move || {
        let page = draw(&house, &dossier, Voice::plain(language))?;
        dossier.archive(&house, &page).map_err(|_| Error::internal())
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(("Content-Disposition", "attachment; filename=\"your-data.zip\""))
        .body(bytes.await??))
}

fn draw(house: &House, dossier: &Dossier, voice: Voice<'static>) -> Result<String, Error> {
    let you = voice.say("you");
    let mut talks = Vec::new();
    for (chat, events) in dossier.found.chats.iter().zip(&dossier.events) {
        let visitor = chat.head.visitor.name.as_ref().map_or(you.as_str(), |name| name.as_str());
        let line = |event| {
            let (side, name) = dossier::from(event);
            let who = name.unwrap_or(if side == "visitor" { visitor } else { "" });
            Some(Line { event, who, text: dossier::text_of(event)? })
        };
        talks.push(Talk { chat, facts: Facts::of(house, chat), lines: events.iter().filter_map(line).collect() });
    }
    Sheet { voice, dossier, talks }.render().map_err(|_| Error::internal())
}
