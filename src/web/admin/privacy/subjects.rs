//! `/admin/privacy/people`: what is kept about somebody, and what they may ask for. Whom one asks for stands in forms and in no address,
//! so each answer is a page of its own; sending one again changes nothing twice.

use actix_web::HttpResponse;
use askama::Template;

use super::Head;
use crate::domain::audit::{AuditActor, AuditEntry, Outcome};
use crate::domain::language::Language;
use crate::domain::subject::Backlog;
use crate::service::subjects::change::{self, CorrectionForm};
use crate::service::subjects::dossier::{self, Facts};
use crate::service::subjects::erase::{self, Erased};
use crate::service::subjects::find::{self, Chat, Found, Question, Reach};
use crate::service::transcripts::Notes;
use crate::service::{Ctx, Failure, audit_log};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::widget::data;
use crate::web::{Answer, App, Error, urls};

/// Whom somebody asks for, and what else stands in the form.
#[derive(Clone, Default)]
pub struct Form {
    mark: String,
    linked: bool,
    notes: bool,
    confirmed: bool,
    correction: CorrectionForm,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            mark: fields.take("mark"),
            linked: fields.ticked("linked"),
            notes: fields.ticked("notes"),
            confirmed: fields.ticked("confirm"),
            correction: CorrectionForm { name: fields.take("name"), email: fields.take("email"), phone: fields.take("phone") },
        }
    }
}

impl Form {
    fn question(&self) -> Result<Question, Failure> {
        Question::read(&self.mark, if self.linked { Reach::Linked } else { Reach::Mark })
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/subjects/page.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a Form,
    shown: Option<Shown<'a>>,
    erased: Option<&'a Erased>,
    /// What was just done, in words.
    outcome: &'a str,
    /// While what is older than the index is still being gone through: how much of it.
    backlog: Option<(u64, usize)>,
    errors: &'a Errors,
}

struct Shown<'a> {
    found: &'a Found,
    rows: Vec<Row<'a>>,
    names: Vec<&'a str>,
    emails: Vec<&'a str>,
    phones: Vec<&'a str>,
    readers: Vec<Reader<'a>>,
}

struct Row<'a> {
    chat: &'a Chat,
    facts: Facts<'a>,
}

/// A row of the audit log, in words.
struct Reader<'a> {
    entry: &'a AuditEntry,
    who: &'a str,
    what: &'static str,
    id: String,
    details: Option<String>,
}

impl Reader<'_> {
    fn is_refused(&self) -> bool {
        self.entry.outcome == Outcome::Refused
    }
}

impl<'a> Shown<'a> {
    fn new(house: &'a House, found: &'a Found, readers: &'a [AuditEntry]) -> Self {
        let rows = found.chats.iter().map(|chat| Row { chat, facts: Facts::of(house, chat) }).collect();
        let all = |said: fn(&Chat) -> Option<&str>| {
            let mut all: Vec<_> = found.chats.iter().filter_map(said).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let reader = |entry: &'a AuditEntry| {
            let told = audit_log::told(&entry.action);
            let is_theirs = entry.actor == AuditActor::Unknown;
            let who = if is_theirs { "Whoever has their code" } else { audit_log::who(house, &entry.actor) };
            Reader { entry, who, what: told.what, id: told.about.to_string(), details: audit_log::details(&entry.action) }
        };
        Self {
            found,
            rows,
            names: all(|chat| chat.head.visitor.name.as_ref().map(|it| it.as_str())),
            emails: all(|chat| chat.head.visitor.email.as_ref().map(|it| it.as_str())),
            phones: all(|chat| chat.head.visitor.phone.as_ref().map(|it| it.as_str())),
            readers: readers.iter().map(reader).collect(),
        }
    }

    fn has_consent(&self) -> bool {
        self.rows.iter().any(|row| row.facts.agreement.is_some())
    }

    fn can_withdraw(&self) -> bool {
        self.rows.iter().any(|row| row.facts.agreement.as_ref().is_some_and(|it| it.withdrawn_at.is_none()))
    }

    fn is_restricted(&self) -> bool {
        self.found.chats.iter().any(|chat| chat.head.about.is_restricted)
    }

    fn is_all_restricted(&self) -> bool {
        self.found.chats.iter().all(|chat| chat.head.about.is_restricted)
    }

    fn held(&self) -> usize {
        let chats = self.found.chats.iter().filter(|it| it.held.is_some()).count();
        chats + self.found.submissions.iter().filter(|it| it.held.is_some()).count()
    }
}

pub async fn ask(app: App, Admin(staff): Admin) -> Answer {
    draw(&app, &staff, &Form::default(), None, None, "", &Errors::default())
}

pub async fn find(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    again(&app, &staff, form, None, String::new(), Errors::default()).await
}

pub async fn correct(app: App, Admin(staff): Admin, CsrfForm(mut form): CsrfForm<Form>) -> Answer {
    let asked = form.clone();
    let done = staff.act(&app, move |ctx| change::rectify(ctx, &asked.question()?, &asked.correction)).await?;
    match done {
        Ok(corrected) => {
            // By the mark of before nobody is found any more.
            if corrected.is_moved {
                form.mark = if form.mark.contains('@') { form.correction.email } else { form.correction.phone };
            }
            form.correction = CorrectionForm::default();
            let mut outcome = format!("Corrected in {}.", chats(corrected.chats));
            if corrected.held > 0 {
                outcome.push_str(&format!(" Left as it was in {}, which a legal hold keeps.", chats(corrected.held)));
            }
            again(&app, &staff, form, None, outcome, Errors::default()).await
        }
        Err(failure) => again(&app, &staff, form, None, String::new(), Errors::from(failure)?).await,
    }
}

pub async fn restrict(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    act(app, staff, form, change::restrict, |count| {
        format!("{} restricted. Nobody but administrators sees this, and nothing erases it, until you lift it.", chats(count))
    })
    .await
}

pub async fn lift(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    act(app, staff, form, change::lift, |count| {
        format!("{} in use again. The time until erasure counts as before.", chats(count))
    })
    .await
}

pub async fn withdraw(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    act(app, staff, form, change::withdraw, |count| format!("Consent withdrawn in {}.", chats(count))).await
}

async fn act(
    app: App,
    staff: Staff,
    form: Form,
    act: fn(&Ctx, &Question) -> Result<usize, Failure>,
    told: fn(usize) -> String,
) -> Answer {
    let asked = form.clone();
    let (outcome, errors) = match staff.act(&app, move |ctx| act(ctx, &asked.question()?)).await? {
        Ok(count) => (told(count), Errors::default()),
        Err(failure) => (String::new(), Errors::from(failure)?),
    };
    again(&app, &staff, form, None, outcome, errors).await
}

pub async fn erase(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    if !form.confirmed {
        let mut errors = Errors::default();
        errors.add("confirm", "Tick this box if you want to erase all of it. Nothing was erased.");
        return again(&app, &staff, form, None, String::new(), errors).await;
    }
    let asked = form.clone();
    match staff.act(&app, move |ctx| erase::erase(ctx, &asked.question()?)).await? {
        Ok(erased) => again(&app, &staff, form, Some(erased), String::new(), Errors::default()).await,
        Err(failure) => again(&app, &staff, form, None, String::new(), Errors::from(failure)?).await,
    }
}

/// Everything in one archive.
pub async fn file(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let asked = form.clone();
    let notes = if form.notes { Notes::Kept } else { Notes::LeftOut };
    match staff.act(&app, move |ctx| dossier::export(ctx, &asked.question()?, notes)).await? {
        Ok(dossier) => Ok(data::archive(&app, dossier, Language::English)),
        Err(failure) => again(&app, &staff, form, None, String::new(), Errors::from(failure)?).await,
    }
}

/// The page once more, as things stand now.
async fn again(app: &App, staff: &Staff, form: Form, erased: Option<Erased>, outcome: String, mut errors: Errors) -> Answer {
    let asked = form.clone();
    let looked = move |ctx: &Ctx| {
        let found = find::find(ctx, &asked.question()?)?;
        let readers = find::readers(ctx, &found)?;
        Ok((found, readers))
    };
    let found = match staff.act(app, looked).await? {
        Ok(found) => Some(found),
        Err(failure) => {
            // Said once.
            if errors.is_empty() {
                errors.take(failure)?;
            }
            None
        }
    };
    let found = found.as_ref().map(|(found, readers)| (found, &readers[..]));
    draw(app, staff, &form, found, erased.as_ref(), &outcome, &errors)
}

fn draw(
    app: &App,
    staff: &Staff,
    form: &Form,
    found: Option<(&Found, &[AuditEntry])>,
    erased: Option<&Erased>,
    outcome: &str,
    errors: &Errors,
) -> Result<HttpResponse, Error> {
    let house = app.store.house();
    let Backlog { chats, is_done, .. } = house.backlog;
    let page = Page {
        chrome: Chrome::new(app, staff, "privacy"),
        head: Head::new(staff, urls::SUBJECTS),
        form,
        shown: found.map(|(found, readers)| Shown::new(&house, found, readers)),
        erased,
        outcome,
        backlog: Some((chats, app.store.closed_count())).filter(|(_, all)| !is_done && *all > 0),
        errors,
    };
    page::form(&page, errors)
}

fn chats(count: usize) -> String {
    page::counted(count as u64, "chat")
}
