//! `/console/canned`: responses that operators send often, their own and shared ones; and, as JSON, those for one chat.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Serialize;

use crate::domain::canned::{CannedResponse, Piece, Variable, pieces};
use crate::domain::id::{CannedId, ConversationId};
use crate::domain::language::Language;
use crate::domain::site::Site;
use crate::service::canned::{self, CannedForm, Filled, ListedCanned};
use crate::service::sites;
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for CannedForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            shortcut: fields.take("shortcut"),
            title: fields.take("title"),
            text: fields.take("text"),
            is_shared: fields.take("is_shared") == "yes",
            site: fields.take("site"),
            language: fields.take("language"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/canned.html")]
struct ListPage<'a> {
    chrome: Chrome,
    groups: [Group<'a>; 2],
}

struct Group<'a> {
    title: &'static str,
    /// What stands there while nothing does.
    empty: &'static str,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    listed: &'a ListedCanned,
    site: &'a str,
}

impl Row<'_> {
    fn canned(&self) -> &CannedResponse {
        &self.listed.canned
    }

    fn pieces(&self) -> Vec<Piece<'_>> {
        pieces(self.listed.canned.text.as_str())
    }
}

#[derive(Template)]
#[template(path = "console/canned_one.html")]
struct OnePage<'a> {
    chrome: Chrome,
    id: Option<CannedId>,
    form: &'a CannedForm,
    may_share: bool,
    sites: Vec<Arc<Site>>,
    errors: &'a Errors,
}

impl OnePage<'_> {
    fn languages(&self) -> [Language; Language::ALL.len()] {
        Language::ALL
    }

    fn variables(&self) -> [Variable; Variable::ALL.len()] {
        Variable::ALL
    }

    /// What a variable reads like in the preview.
    fn sample(&self, variable: &Variable) -> String {
        match variable {
            Variable::VisitorName => "Maria".to_owned(),
            Variable::Email => "maria@example.org".to_owned(),
            Variable::OperatorName => self.chrome.name.clone(),
            Variable::Site => self.sites.first().map(|site| site.name.as_str().to_owned()).unwrap_or_default(),
            Variable::Department => "Sales".to_owned(),
        }
    }

    fn is_of(&self, site: &Site) -> bool {
        self.form.site == site.id.to_string()
    }
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let list = staff.look(&app, canned::list)?;
    let house = app.store.house();
    let rows = |is_shared: bool| {
        let of_group = list.iter().filter(|listed| listed.canned.owner.is_none() == is_shared);
        let site = |listed: &ListedCanned| listed.canned.site.and_then(|site| house.sites.get(&site));
        of_group.map(|listed| Row { listed, site: site(listed).map_or("All sites", |site| site.name.as_str()) }).collect()
    };
    let own = Group { title: "Yours", empty: "What you write here, nobody else sees in their list.", rows: rows(false) };
    let shared = Group { title: "Shared", empty: "Nothing is shared with you yet.", rows: rows(true) };
    let said = [("saved", "Saved. Type / in a reply to find it."), ("deleted", "Deleted.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    page::show(&ListPage { chrome: Chrome::new(&app, &staff, "canned").saying(said), groups: [own, shared] })
}

pub async fn blank(app: App, staff: Staff) -> Answer {
    draw(&app, &staff, None, &CannedForm::default(), &Errors::default())
}

pub async fn create(app: App, staff: Staff, CsrfForm(form): CsrfForm<CannedForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| canned::create(ctx, &form)).await? {
        Ok(_) => Ok(page::see_other(&format!("{}?saved", urls::CANNED))),
        Err(failure) => draw(&app, &staff, None, &typed, &Errors::from(failure)?),
    }
}

pub async fn show(app: App, staff: Staff, Id(id): Id<CannedId>) -> Answer {
    let canned = staff.look(&app, |ctx| canned::get(ctx, id))?;
    draw(&app, &staff, Some(id), &CannedForm::of(&canned), &Errors::default())
}

pub async fn change(app: App, staff: Staff, Id(id): Id<CannedId>, CsrfForm(form): CsrfForm<CannedForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| canned::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::CANNED))),
        Err(failure) => draw(&app, &staff, Some(id), &typed, &Errors::from(failure)?),
    }
}

pub async fn delete(app: App, staff: Staff, Id(id): Id<CannedId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| canned::delete(ctx, id)).await??;
    Ok(page::see_other(&format!("{}?deleted", urls::CANNED)))
}

fn draw(app: &App, staff: &Staff, id: Option<CannedId>, form: &CannedForm, errors: &Errors) -> Answer {
    let ctx = staff.ctx(app);
    let (may_share, sites) = (canned::may_share(&ctx), sites::served(&ctx));
    let chrome = Chrome::new(app, staff, "canned");
    page::form(&OnePage { chrome, id, form, may_share, sites, errors }, errors)
}

#[derive(Serialize)]
struct FilledView<'a> {
    shortcut: &'a str,
    title: &'a str,
    text: &'a str,
    shared: bool,
}

impl<'a> From<&'a Filled> for FilledView<'a> {
    fn from(it: &'a Filled) -> Self {
        Self { shortcut: &it.shortcut, title: &it.title, text: &it.text, shared: it.is_shared }
    }
}

#[derive(Serialize)]
struct ForChat<'a> {
    responses: Vec<FilledView<'a>>,
    /// What stands where something is not known, so that the reply does not go out with it unseen.
    placeholders: Vec<String>,
}

pub async fn for_chat(app: App, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let filled = staff.act(&app, move |ctx| canned::for_conversation(ctx, id)).await??;
    let responses = filled.iter().map(FilledView::from).collect();
    let placeholders = Variable::ALL.map(Variable::placeholder).to_vec();
    Ok(HttpResponse::Ok().json(ForChat { responses, placeholders }))
}
