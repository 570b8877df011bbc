//! `/admin/security/sign-in`: who has to show a second factor, and how long a session lasts.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::operator::Role;
use crate::service::policy::{self, PolicyForm};
use crate::service::{factors, letters};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for PolicyForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            second_factor: fields.take_all("second_factor"),
            sso_is_second_factor: fields.ticked("sso_is_second_factor"),
            idle_minutes: fields.take("idle_minutes"),
            absolute_hours: fields.take("absolute_hours"),
            dormant_days: fields.take("dormant_days"),
        }
    }
}

/// A role, and how many of those who have it lack a second factor.
struct RoleRow {
    tag: &'static str,
    called: &'static str,
    people: usize,
    without: usize,
    is_asked: bool,
}

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct Page<'a> {
    chrome: Chrome,
    form: &'a PolicyForm,
    roles: Vec<RoleRow>,
    /// Whether its author could be asked themselves.
    has_own: bool,
    can_mail: bool,
    sends_mail: bool,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let said = if page::says(&request, "saved") { "Saved. It holds from now on, in sessions that are open too." } else { "" };
    let form = PolicyForm::of(&staff.look(&app, policy::view)?);
    draw(&app, &staff, &form, &Errors::default(), said)
}

pub async fn save(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<PolicyForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| policy::change(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::SIGN_IN_POLICY))),
        Err(failure) => draw(&app, &staff, &typed, &Errors::from(failure)?, ""),
    }
}

fn draw(app: &App, staff: &Staff, form: &PolicyForm, errors: &Errors, said: &'static str) -> Answer {
    staff.look(app, policy::view)?;
    let house = app.store.house();
    let roles = Role::ALL.map(|role| {
        let of_role = || house.operators.values().filter(|person| person.is_active() && person.role == role);
        let lacks = |person: &&std::sync::Arc<_>| policy::lacks_second_factor(&house, person);
        RoleRow {
            tag: role.tag(),
            called: called(role),
            people: of_role().count(),
            without: of_role().filter(lacks).count(),
            is_asked: form.asks(role),
        }
    });
    let ctx = staff.ctx(app);
    let page = Page {
        chrome: Chrome::new(app, staff, "security").saying(said),
        form,
        roles: roles.into(),
        has_own: factors::own(&ctx)?.is_second(),
        can_mail: letters::can_mail_links(&ctx),
        sends_mail: app.post.is_some(),
        errors,
    };
    page::form(&page, errors)
}

fn called(role: Role) -> &'static str {
    match role {
        Role::Admin => "Administrators",
        Role::Supervisor => "Supervisors",
        Role::Operator => "Operators",
        Role::Auditor => "Auditors",
        Role::Client => "Clients",
    }
}
