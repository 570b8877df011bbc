//! What a form says in another language.

use actix_web::HttpRequest;
use askama::Template;

use super::super::Head;
use crate::domain::id::FormId;
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::secure_form::{SecureField, SecureForm, SecureKind};
use crate::domain::text::{Label, Notice};
use crate::service::secure_forms::{self, FieldTextsDraft, TextsDraft};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

impl FromFields for TextsDraft {
    fn from_fields(fields: &mut Fields) -> Self {
        let row = |fields: &mut Fields, n: usize| FieldTextsDraft {
            id: fields.take(&format!("id_{n}")),
            label: fields.take(&format!("label_{n}")),
            help: fields.take(&format!("help_{n}")),
            options: fields.take(&format!("options_{n}")),
        };
        let rows = (0..limits::FORM_FIELDS).map_while(|n| Some(row(fields, n)).filter(|row| !row.id.is_empty())).collect();
        Self { name: fields.take("name"), intro: fields.take("intro"), consent: fields.take("consent"), fields: rows }
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/forms/texts.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a SecureForm,
    language: Language,
    rows: Vec<Row<'a>>,
    draft: &'a TextsDraft,
    errors: &'a Errors,
}

struct Row<'a> {
    field: &'a SecureField,
    draft: FieldTextsDraft,
    /// The options in the form's own words.
    options: String,
}

impl<'a> Row<'a> {
    fn new(field: &'a SecureField, draft: &TextsDraft) -> Self {
        let draft = draft.fields.iter().find(|it| it.id == field.id.as_str()).cloned().unwrap_or_default();
        let options = match &field.kind {
            SecureKind::Choice(options) => options.iter().map(Label::as_str).collect::<Vec<_>>().join(" · "),
            _ => String::new(),
        };
        Self { field, draft, options }
    }
}

impl Page<'_> {
    fn back(&self) -> String {
        urls::secure_form(self.form.id)
    }

    fn address(&self) -> String {
        urls::secure_form_texts(self.form.id, self.language)
    }

    fn own(text: Option<&Notice>) -> &str {
        text.map(Notice::as_str).unwrap_or_default()
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<FormId>) -> Answer {
    let form = staff.look(&app, |ctx| secure_forms::get(ctx, id))?;
    let language = language(&request)?;
    let said = if page::says(&request, "saved") { "Saved." } else { "" };
    draw(&app, &staff, &form, language, &TextsDraft::of(&form, language), &Errors::default(), said)
}

pub async fn save(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Id(id): Id<FormId>,
    CsrfForm(draft): CsrfForm<TextsDraft>,
) -> Answer {
    let form = staff.look(&app, |ctx| secure_forms::get(ctx, id))?;
    let (language, typed) = (language(&request)?, draft.clone());
    match staff.act(&app, move |ctx| secure_forms::translate(ctx, id, language, &draft)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::secure_form_texts(id, language)))),
        Err(failure) => draw(&app, &staff, &form, language, &typed, &Errors::from(failure)?, ""),
    }
}

fn language(request: &HttpRequest) -> Result<Language, Error> {
    let tag = request.match_info().get("language").unwrap_or_default();
    Language::of_tag(tag).filter(|language| language.tag() == tag).ok_or_else(Error::not_found)
}

fn draw(
    app: &App,
    staff: &Staff,
    form: &SecureForm,
    language: Language,
    draft: &TextsDraft,
    errors: &Errors,
    said: &'static str,
) -> Answer {
    let page = Page {
        chrome: Chrome::new(app, staff, "privacy").saying(said),
        head: Head::new(staff, urls::SECURE_FORMS),
        form,
        language,
        rows: form.fields.iter().map(|field| Row::new(field, draft)).collect(),
        draft,
        errors,
    };
    page::form(&page, errors)
}
