//! The builder of a secure form.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::super::Head;
use crate::domain::id::FormId;
use crate::domain::language::Language;
use crate::domain::secure_form::SecureForm;
use crate::domain::site::Site;
use crate::service::secure_forms::{self, Kind, SecureFieldDraft, SecureFormDraft};
use crate::service::sites;
use crate::web::admin::builder::{Act, Focus, take_rows};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

/// A draft, and what the button that sent it wants.
#[derive(Clone)]
pub struct Sent {
    draft: SecureFormDraft,
    act: Act<Kind>,
}

impl FromFields for Sent {
    fn from_fields(fields: &mut Fields) -> Self {
        let row = |fields: &mut Fields, n: usize| SecureFieldDraft {
            id: fields.take(&format!("id_{n}")),
            kind: fields.take(&format!("kind_{n}")),
            label: fields.take(&format!("label_{n}")),
            help: fields.take(&format!("help_{n}")),
            options: fields.take(&format!("options_{n}")),
            is_required: fields.ticked(&format!("required_{n}")),
            is_sensitive: fields.ticked(&format!("sensitive_{n}")),
            keeps_all: fields.ticked(&format!("whole_{n}")),
        };
        let rows = take_rows(fields, row, |row| &row.kind);
        let draft = SecureFormDraft {
            name: fields.take("name"),
            intro: fields.take("intro"),
            consent: fields.take("consent"),
            site: fields.take("site"),
            purge_on_first_view: fields.ticked("purge_on_first_view"),
            purge_at_close: fields.ticked("purge_at_close"),
            fields: rows,
        };
        let act = Act::take(fields, Kind::of_word);
        Self { draft, act }
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/forms/builder.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    /// None: it is new.
    form: Option<&'a SecureForm>,
    sites: Vec<Arc<Site>>,
    draft: &'a SecureFormDraft,
    focus: Focus,
    /// The draft differs from what is saved.
    is_changed: bool,
    errors: &'a Errors,
}

impl Page<'_> {
    fn address(&self) -> String {
        self.form.map_or_else(|| format!("{}/new", urls::SECURE_FORMS), |form| urls::secure_form(form.id))
    }

    fn kind_of(row: &SecureFieldDraft) -> &'static str {
        Kind::of_word(&row.kind).map_or("", Kind::title)
    }

    fn has_focus(&self, row: &usize) -> bool {
        self.focus == Focus::Row(*row)
    }

    /// Each language that visitors are spoken to in, with its page, and whether the form says anything in it.
    fn languages(&self) -> Vec<(Language, String, bool)> {
        let Some(form) = self.form else { return Vec::new() };
        let line = |it: Language| (it, urls::secure_form_texts(form.id, it), form.translations.contains_key(&it));
        Language::ALL.into_iter().map(line).collect()
    }
}

pub async fn blank(app: App, Admin(staff): Admin) -> Answer {
    draw(&app, &staff, None, &SecureFormDraft::default(), Focus::Nothing, &Errors::default(), "")
}

pub async fn build(app: App, Admin(staff): Admin, CsrfForm(sent): CsrfForm<Sent>) -> Answer {
    carry_out(&app, &staff, None, sent).await
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<FormId>) -> Answer {
    let form = staff.look(&app, |ctx| secure_forms::get(ctx, id))?;
    let said = [("saved", "Saved. Whoever has a link is asked this from now on."), ("made", "Saved. Operators can send it now.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, Some(&form), &SecureFormDraft::of(&form), Focus::Nothing, &Errors::default(), said)
}

pub async fn change(app: App, Admin(staff): Admin, Id(id): Id<FormId>, CsrfForm(sent): CsrfForm<Sent>) -> Answer {
    let form = staff.look(&app, |ctx| secure_forms::get(ctx, id))?;
    carry_out(&app, &staff, Some(&form), sent).await
}

async fn carry_out(app: &App, staff: &Staff, form: Option<&SecureForm>, sent: Sent) -> Answer {
    let mut draft = sent.draft;
    let mut errors = Errors::default();
    let focus = match sent.act {
        Act::Save => {
            let (saved, id) = (draft.clone(), form.map(|form| form.id));
            let done = staff.act(app, move |ctx| match id {
                Some(id) => secure_forms::change(ctx, id, &saved).map(|()| (id, "saved")),
                None => secure_forms::create(ctx, &saved).map(|id| (id, "made")),
            });
            match done.await? {
                Ok((id, said)) => return Ok(page::see_other(&format!("{}?{said}", urls::secure_form(id)))),
                Err(failure) => errors.take(failure)?,
            }
            Focus::Nothing
        }
        Act::Add(what) => {
            what.into_iter().for_each(|what| draft.add(&staff.ctx(app), what));
            Focus::of_last(draft.fields.len())
        }
        Act::Shift(row, to) => Focus::of_shifted(draft.shift(row, to)),
    };
    draw(app, staff, form, &draft, focus, &errors, "")
}

fn draw(
    app: &App,
    staff: &Staff,
    form: Option<&SecureForm>,
    draft: &SecureFormDraft,
    focus: Focus,
    errors: &Errors,
    said: &'static str,
) -> Answer {
    let saved = form.map(SecureFormDraft::of).unwrap_or_default();
    let page = Page {
        chrome: Chrome::new(app, staff, "privacy").saying(said),
        head: Head::new(staff, urls::SECURE_FORMS),
        form,
        sites: staff.look(app, sites::list)?,
        draft,
        focus,
        is_changed: *draft != saved,
        errors,
    };
    page::form(&page, errors)
}
