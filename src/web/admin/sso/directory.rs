//! The directory (LDAP).

use actix_web::HttpRequest;
use askama::Template;
use zeroize::Zeroizing;

use super::Head;
use crate::domain::sso::{Claims, Source};
use crate::outbound::directory::{Credentials, DirectoryFault};
use crate::outbound::is_authority;
use crate::service::sso::{self, DirectoryForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for DirectoryForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            server: fields.take("server"),
            security: fields.take("security"),
            authority: fields.take("authority"),
            find: fields.take("find"),
            template: fields.take("template"),
            reader: fields.take("reader"),
            reader_password: Zeroizing::new(fields.take("reader_password")),
            base: fields.take("base"),
            filter: fields.take("filter"),
            group_base: fields.take("group_base"),
            id_attribute: fields.take("id_attribute"),
            name_attribute: fields.take("name_attribute"),
            email_attribute: fields.take("email_attribute"),
            groups_attribute: fields.take("groups_attribute"),
        }
    }
}

/// Whom to look for when it is tried out; nobody when empty.
#[derive(Default)]
pub struct TrialForm {
    user: String,
    password: Zeroizing<String>,
}

impl FromFields for TrialForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { user: fields.take("trial_user"), password: Zeroizing::new(fields.take("trial_password")) }
    }
}

/// How a try went.
enum Tried {
    Reached,
    Found(Box<Claims>),
    NobodyOfThatName,
    Failed(String),
}

#[derive(Template)]
#[template(path = "admin/sso/directory.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a DirectoryForm,
    tried: Option<Tried>,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    draw(&app, &request, &staff, None, None, &Errors::default())
}

pub async fn save(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(form): CsrfForm<DirectoryForm>) -> Answer {
    let mut errors = Errors::default();
    if !form.authority.trim().is_empty() && !is_authority(&form.authority) {
        errors.add("authority", "This is no certificate that can be read. Paste it with its first and last line.");
        return draw(&app, &request, &staff, Some(&form), None, &errors);
    }
    let typed = form.clone();
    match staff.act(&app, move |ctx| sso::put_directory(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::SSO_DIRECTORY))),
        Err(failure) => {
            errors.take(failure)?;
            draw(&app, &request, &staff, Some(&typed), None, &errors)
        }
    }
}

/// Asks the directory, for somebody if a name and a password are given. Only who proved a moment ago that it is them may: it tells
/// whether a password is right.
pub async fn try_out(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(form): CsrfForm<TrialForm>) -> Answer {
    let head = Head::new(&app, &staff, "directory")?;
    staff.look(&app, |ctx| ctx.require_proof())?;
    let Some(directory) = &head.view.sso.directory else { return draw(&app, &request, &staff, None, None, &Errors::default()) };
    let password = staff.look(&app, sso::reader_password)?;
    let password = password.as_ref().map(|password| password.as_str());
    let failed = |fault: DirectoryFault| Tried::Failed(fault.to_string());
    let tried = if form.user.trim().is_empty() {
        app.ldap.try_out(directory, password).await.map_or_else(failed, |()| Tried::Reached)
    } else {
        let credentials = Credentials { user: &form.user, password: &form.password };
        let found = app.ldap.claims(directory, password, &credentials).await;
        found.map_or_else(failed, |found| found.map_or(Tried::NobodyOfThatName, |claims| Tried::Found(Box::new(claims))))
    };
    draw(&app, &request, &staff, None, Some(tried), &Errors::default())
}

pub async fn remove(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    super::remove(&app, &staff, Source::Directory, urls::SSO_DIRECTORY).await
}

fn draw(
    app: &App,
    request: &HttpRequest,
    staff: &Staff,
    typed: Option<&DirectoryForm>,
    tried: Option<Tried>,
    errors: &Errors,
) -> Answer {
    let head = Head::new(app, staff, "directory")?;
    let stored = DirectoryForm::of(head.view.sso.directory.as_ref());
    let chrome = Chrome::new(app, staff, "security").saying(super::said(request));
    page::form(&Page { chrome, form: typed.unwrap_or(&stored), tried, errors, head }, errors)
}
