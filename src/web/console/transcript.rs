//! `/console/conversations/{id}/print`: one chat on a page of its own, to be printed; and, where somebody may, as a file.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::id::ConversationId;
use crate::domain::site::Site;
use crate::domain::time::Timestamp;
use crate::live::partials::{EventPartial, visitor_name};
use crate::service::conversations::View;
use crate::service::transcripts::{self, Notes};
use crate::web::error::Error;
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page;
use crate::web::{Answer, App};

/// What stands above a transcript, whatever it is written on.
struct Sheet<'a> {
    view: &'a View,
    site: &'a str,
    department: Option<&'a str>,
    events: Vec<EventPartial<'a>>,
    made_at: Timestamp,
}

impl<'a> Sheet<'a> {
    fn new(view: &'a View, site: &'a Site, department: Option<&'a str>, made_at: Timestamp) -> Self {
        let events = view.events.iter().map(|event| EventPartial::new(&view.conversation, event)).collect();
        Self { view, site: site.name.as_str(), department, events, made_at }
    }

    fn name(&self) -> &str {
        visitor_name(&self.view.conversation)
    }

    /// The facts above the log, by name; the flag says that it is a time.
    fn facts(&self) -> Vec<(&'static str, String, bool)> {
        let conversation = &self.view.conversation;
        let visitor = &conversation.visitor;
        let mut facts = vec![("Site", self.site.to_owned(), false)];
        let mut add = |name, value: Option<String>, is_time| facts.extend(value.map(|value| (name, value, is_time)));
        add("Department", self.department.map(str::to_owned), false);
        add("Visitor", Some(self.name().to_owned()), false);
        add("E-mail", visitor.email.as_ref().map(|it| it.as_str().to_owned()), false);
        add("Telephone", visitor.phone.as_ref().map(|it| it.as_str().to_owned()), false);
        for answer in &conversation.about.answers {
            add("Answer", Some(format!("{}: {}", answer.label.as_str(), answer.value.as_str())), false);
        }
        add("Answered by", conversation.assignee().map(|it| it.name.as_str().to_owned()), false);
        add("Began", Some(conversation.started_at.to_string()), true);
        add("Closed", conversation.closed_at().map(|at| at.to_string()), true);
        add("Rating", conversation.about.rating.as_ref().map(|it| format!("{} of 5", it.stars.get())), false);
        add("Written", Some(self.made_at.to_string()), true);
        facts
    }
}

#[derive(Template)]
#[template(path = "console/print.html")]
struct PrintPage<'a> {
    sheet: Sheet<'a>,
    csrf: &'a str,
    has_notes: bool,
    may_export: bool,
}

/// A file that needs nothing beside it and loads nothing.
#[derive(Template)]
#[template(path = "console/export.html")]
struct ExportFile<'a> {
    sheet: Sheet<'a>,
}

pub struct Wish {
    format: String,
    notes: Notes,
}

impl FromFields for Wish {
    fn from_fields(fields: &mut Fields) -> Self {
        let notes = if fields.ticked("notes") { Notes::Kept } else { Notes::LeftOut };
        Self { format: fields.take("format"), notes }
    }
}

pub async fn print(app: App, request: HttpRequest, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let has_notes = page::says(&request, "notes");
    let notes = if has_notes { Notes::Kept } else { Notes::LeftOut };
    let view = staff.act(&app, move |ctx| transcripts::read(ctx, id, notes)).await??;
    let may_export = transcripts::may_export(&staff.ctx(&app), &view.conversation);
    with_sheet(&app, &view, |sheet| page::show(&PrintPage { sheet, csrf: &staff.csrf, has_notes, may_export }))
}

pub async fn export(app: App, staff: Staff, Id(id): Id<ConversationId>, CsrfForm(wish): CsrfForm<Wish>) -> Answer {
    // Named by nothing but the id: a file's name goes places that its content does not.
    let (kind, ending) = match wish.format.as_str() {
        "text" => ("text/plain; charset=utf-8", "txt"),
        "json" => ("application/json", "json"),
        "html" => ("text/html; charset=utf-8", "html"),
        _ => return Err(Error::bad_request("Choose text, JSON or HTML.")),
    };
    let view = staff.act(&app, move |ctx| transcripts::export(ctx, id, wish.notes)).await??;
    let body = match ending {
        "json" => transcripts::json(&view),
        "html" => with_sheet(&app, &view, |sheet| ExportFile { sheet }.render().map_err(|_| Error::internal()))?,
        _ => with_sheet(&app, &view, |sheet| Ok(text(&sheet)))?,
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{id}.{ending}\"")))
        .body(body))
}

fn with_sheet<T>(app: &App, view: &View, draw: impl FnOnce(Sheet<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let house = app.store.house();
    let site = house.sites.get(&view.conversation.site).ok_or_else(Error::not_found)?;
    let department = view.conversation.about.department.and_then(|id| house.departments.get(&id));
    draw(Sheet::new(view, site, department.map(|it| it.name.as_str()), app.now()))
}

/// One line an event. Further lines of a message are set in, so that nobody can write one that looks like another's.
fn text(sheet: &Sheet<'_>) -> String {
    let mut text = String::from("Chat transcript\n\n");
    for (name, value, _) in sheet.facts() {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push('\n');
    for event in &sheet.events {
        let internal = if event.is_internal { "(internal) " } else { "" };
        let words = match (event.text, &event.file) {
            (Some(words), _) => format!("{}: {words}", event.name),
            (None, Some(file)) => format!("{}: (file) {}", event.name, file.name),
            (None, None) => event.sentence.clone(),
        };
        text.push_str(&format!("[{}] {internal}{}\n", event.at, words.replace('\n', "\n    ")));
        if let Some((words, is_internal)) = event.aside {
            let internal = if is_internal { "(internal) " } else { "" };
            text.push_str(&format!("    {internal}{}\n", words.replace('\n', "\n    ")));
        }
    }
    text
}
