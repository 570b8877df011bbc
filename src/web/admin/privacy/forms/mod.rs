//! Secure forms: the list of them, the builder, and what they say in other languages.

mod builder;
mod texts;

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::Head;
use crate::domain::id::FormId;
use crate::domain::secure_form::SecureForm;
use crate::service::Failure;
use crate::service::secure_forms;
use crate::web::extract::{Admin, CsrfForm, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

pub use builder::{blank, build, change, show};
pub use texts::{save as save_texts, show as show_texts};

#[derive(Template)]
#[template(path = "admin/privacy/forms/list.html")]
struct ListPage<'a> {
    chrome: Chrome,
    head: Head,
    forms: Vec<Listed>,
    errors: &'a Errors,
}

struct Listed {
    form: Arc<SecureForm>,
    site: String,
}

impl Listed {
    fn address(&self) -> String {
        urls::secure_form(self.form.id)
    }

    fn in_words(&self) -> String {
        let mut words = vec![page::counted(self.form.fields.len() as u64, "field"), self.site.clone()];
        if self.form.purge_on_first_view {
            words.push("shown once".to_owned());
        }
        if self.form.purge_at_close {
            words.push("erased when the chat is closed".to_owned());
        }
        if self.form.keeps_whole_cards() {
            words.push("keeps whole card numbers".to_owned());
        }
        words.join(" · ")
    }
}

pub async fn list(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let said = [("archived", "Archived. Nobody can fill it in any more."), ("restored", "It can be sent again.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, &Errors::default(), said)
}

fn draw(app: &App, staff: &Staff, errors: &Errors, said: &'static str) -> Answer {
    let forms = staff.look(app, secure_forms::list)?;
    let house = app.store.house();
    let site = |form: &SecureForm| match form.site {
        None => "every site".to_owned(),
        Some(id) => house.sites.get(&id).map_or("a site that is gone", |site| site.name.as_str()).to_owned(),
    };
    let forms = forms.into_iter().map(|form| Listed { site: site(&form), form }).collect();
    let chrome = Chrome::new(app, staff, "privacy").saying(said);
    page::form(&ListPage { chrome, head: Head::new(staff, urls::SECURE_FORMS), forms, errors }, errors)
}

pub async fn archive(app: App, Admin(staff): Admin, Id(id): Id<FormId>, _: CsrfForm<()>) -> Answer {
    let done = staff.act(&app, move |ctx| secure_forms::archive(ctx, id)).await?;
    after(&app, &staff, done, "archived")
}

pub async fn restore(app: App, Admin(staff): Admin, Id(id): Id<FormId>, _: CsrfForm<()>) -> Answer {
    let done = staff.act(&app, move |ctx| secure_forms::restore(ctx, id)).await?;
    after(&app, &staff, done, "restored")
}

fn after(app: &App, staff: &Staff, done: Result<(), Failure>, said: &str) -> Answer {
    match done {
        Ok(()) => Ok(page::see_other(&format!("{}?{said}", urls::SECURE_FORMS))),
        Err(failure) => draw(app, staff, &Errors::from(failure)?, ""),
    }
}
