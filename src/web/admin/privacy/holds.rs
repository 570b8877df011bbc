//! Legal holds: what is held, why, since when and by whom; placing one and lifting it.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::hold::{HeldThing, Hold};
use crate::domain::id::HoldId;
use crate::service::holds::{self, HoldForm, HoldShown};
use crate::service::sites;
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for HoldForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            on: fields.take("on"),
            chat: fields.take("chat"),
            person: fields.take("person"),
            site: fields.take("site"),
            reason: fields.take("reason"),
        }
    }
}

/// A hold in words.
struct Row {
    hold: HoldShown,
    what: &'static str,
    /// The name of the site, or the number of the chat; nothing of a person, of whom nothing is stored but a keyed hash.
    which: String,
    /// Where it can be looked at.
    address: String,
    by: String,
}

impl Row {
    fn new(house: &House, hold: HoldShown) -> Self {
        let (what, which, address) = match hold.hold.on {
            HeldThing::Conversation(id) => ("A chat", id.to_string(), urls::conversation(id)),
            HeldThing::Submission(id) => ("A filled-in form", id.to_string(), String::new()),
            HeldThing::Person(_) => ("Everything of one person", String::new(), String::new()),
            HeldThing::Site(id) => {
                let name = house.sites.get(&id).map_or("a site that is gone", |site| site.name.as_str());
                ("Everything of a site", name.to_owned(), urls::site(id))
            }
        };
        let by = house.operators.get(&hold.hold.by).map_or("somebody who has left", |person| person.name.as_str()).to_owned();
        Self { what, which, address, by, hold }
    }

    fn hold(&self) -> &Hold {
        &self.hold.hold
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/holds.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    holds: Vec<Row>,
    form: &'a HoldForm,
    /// Id and name.
    sites: Vec<(String, String)>,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = [
        ("placed", "Placed. Nothing of it is erased until somebody lifts the hold."),
        ("lifted", "Lifted. What is due by now goes within a minute."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    // A chat's page links here with its number.
    let chat = page::query(&request, "chat");
    let on = if chat.is_empty() { String::new() } else { "chat".to_owned() };
    draw(&app, &staff, &HoldForm { on, chat, ..HoldForm::default() }, &Errors::default(), said).await
}

pub async fn place(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<HoldForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| holds::place(ctx, &form)).await? {
        Ok(_) => Ok(page::see_other(&format!("{}?placed", urls::HOLDS))),
        Err(failure) => draw(&app, &staff, &typed, &Errors::from(failure)?, "").await,
    }
}

pub async fn lift(app: App, Admin(staff): Admin, Id(id): Id<HoldId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| holds::lift(ctx, id)).await??;
    Ok(page::see_other(&format!("{}?lifted", urls::HOLDS)))
}

async fn draw(app: &App, staff: &Staff, form: &HoldForm, errors: &Errors, said: &'static str) -> Answer {
    let (holds, sites) = staff.act(app, |ctx| Ok((holds::list(ctx)?, sites::list(ctx)?))).await??;
    let house = app.store.house();
    let page = Page {
        chrome: Chrome::new(app, staff, "privacy").saying(said),
        head: Head::new(staff, urls::HOLDS),
        holds: holds.into_iter().map(|hold| Row::new(&house, hold)).collect(),
        form,
        sites: sites.iter().map(|site| (site.id.to_string(), site.name.as_str().to_owned())).collect(),
        errors,
    };
    page::form(&page, errors)
}
