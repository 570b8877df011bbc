//! A new site: its name and its websites. Everything else stands as setup would have it, and is decided in the sections.

use askama::Template;

use crate::service::sites::{self, GeneralForm};
use crate::web::extract::{Admin, CsrfForm};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

#[derive(Template)]
#[template(path = "admin/site/new.html")]
struct Page<'a> {
    chrome: Chrome,
    form: &'a GeneralForm,
    errors: &'a Errors,
}

pub async fn show(app: App, Admin(staff): Admin) -> Answer {
    let chrome = Chrome::new(&app, &staff, "sites");
    page::show(&Page { chrome, form: &GeneralForm::default(), errors: &Errors::default() })
}

pub async fn create(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<GeneralForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| sites::create(ctx, &form)).await? {
        Ok(id) => Ok(page::see_other(&format!("{}?new", urls::snippet(id)))),
        Err(failure) => {
            let errors = Errors::from(failure)?;
            page::form(&Page { chrome: Chrome::new(&app, &staff, "sites"), form: &typed, errors: &errors }, &errors)
        }
    }
}
