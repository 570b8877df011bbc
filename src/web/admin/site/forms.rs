//! The builder of the two forms that visitors fill in in a chat.

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::id::SiteId;
use crate::service::sites::{self, Adding, BuilderForm, FieldForm, OfflineForm, PreChatForm, Section};
use crate::web::admin::builder::{Act, Focus, take_rows};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

/// Which of the two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    PreChat,
    Offline,
}

/// A draft, and what the button that sent it wants.
#[derive(Clone)]
pub struct Sent {
    draft: BuilderForm,
    act: Act<Adding>,
}

impl FromFields for Sent {
    fn from_fields(fields: &mut Fields) -> Self {
        let row = |fields: &mut Fields, n: usize| FieldForm {
            id: fields.take(&format!("id_{n}")),
            kind: fields.take(&format!("kind_{n}")),
            label: fields.take(&format!("label_{n}")),
            is_required: fields.ticked(&format!("required_{n}")),
            options: fields.take(&format!("options_{n}")),
        };
        let draft = BuilderForm { fields: take_rows(fields, row, |row| &row.kind) };
        let act = Act::take(fields, Adding::of_word);
        Self { draft, act }
    }
}

#[derive(Template)]
#[template(path = "admin/site/forms.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    which: Which,
    draft: &'a BuilderForm,
    focus: Focus,
    /// The draft differs from what is saved.
    is_changed: bool,
    errors: &'a Errors,
}

impl Page<'_> {
    fn address(&self) -> String {
        urls::site_section(self.head.site.id, self.which.path())
    }

    fn pre_chat_address(&self) -> String {
        urls::site_section(self.head.site.id, Which::PreChat.path())
    }

    fn offline_address(&self) -> String {
        urls::site_section(self.head.site.id, Which::Offline.path())
    }

    fn kind_of(row: &FieldForm) -> &'static str {
        Adding::of_word(&row.kind).map_or("", Adding::title)
    }

    fn has_focus(&self, row: &usize) -> bool {
        self.focus == Focus::Row(*row)
    }
}

impl Which {
    const fn path(self) -> &'static str {
        match self {
            Self::PreChat => "form",
            Self::Offline => "form/offline",
        }
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    show_saved(&app, &request, &staff, id, Which::PreChat)
}

pub async fn show_offline(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    show_saved(&app, &request, &staff, id, Which::Offline)
}

pub async fn build(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(sent): CsrfForm<Sent>) -> Answer {
    carry_out(&app, &staff, id, Which::PreChat, sent).await
}

pub async fn build_offline(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(sent): CsrfForm<Sent>) -> Answer {
    carry_out(&app, &staff, id, Which::Offline, sent).await
}

fn show_saved(app: &App, request: &HttpRequest, staff: &Staff, id: SiteId, which: Which) -> Answer {
    let head = Head::new(app, staff, id, Which::PreChat.path())?;
    let said = if page::says(request, "saved") { "Saved. Visitors are asked this from now on." } else { "" };
    let draft = saved(&head, which);
    let chrome = Chrome::new(app, staff, "sites").saying(said);
    let page = Page { chrome, head, which, draft: &draft, focus: Focus::Nothing, is_changed: false, errors: &Errors::default() };
    page::show(&page)
}

async fn carry_out(app: &App, staff: &Staff, id: SiteId, which: Which, sent: Sent) -> Answer {
    let head = Head::new(app, staff, id, Which::PreChat.path())?;
    let mut draft = sent.draft;
    let mut errors = Errors::default();
    let focus = match sent.act {
        Act::Save => {
            let form = draft.clone();
            let done = match which {
                Which::PreChat => staff.act(app, move |ctx| sites::change(ctx, id, &PreChatForm(form))).await?,
                Which::Offline => staff.act(app, move |ctx| sites::change(ctx, id, &OfflineForm(form))).await?,
            };
            match done {
                Ok(()) => return Ok(page::see_other(&format!("{}?saved", urls::site_section(id, which.path())))),
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
    let is_changed = draft != saved(&head, which);
    let chrome = Chrome::new(app, staff, "sites");
    page::form(&Page { chrome, head, which, draft: &draft, focus, is_changed, errors: &errors }, &errors)
}

fn saved(head: &Head, which: Which) -> BuilderForm {
    match which {
        Which::PreChat => PreChatForm::of(&head.site).0,
        Which::Offline => OfflineForm::of(&head.site).0,
    }
}
