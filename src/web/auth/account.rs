//! One's own account: who I am here, and my password.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::credential::Password;
use crate::domain::id::SiteId;
use crate::domain::operator::{Membership, Operator, Part};
use crate::service::factors;
use crate::service::sign_in::password;
use crate::web::extract::{CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

pub struct Form {
    current_password: String,
    new_password: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { current_password: fields.take("current_password"), new_password: fields.take("new_password") }
    }
}

#[derive(Template)]
#[template(path = "auth/account.html")]
struct Page<'a> {
    chrome: Chrome,
    operator: &'a Operator,
    sites: String,
    has_second_factor: bool,
    /// What the provider is called, if there is one or they have an identity at one.
    sso_name: String,
    /// Whether they could sign in without it.
    may_unlink: bool,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = [
        ("changed", "Your password was changed. All your other sessions have ended."),
        ("linked", "Linked. You can sign in with it from now on."),
        ("unlinked", "Not linked any more. Sign in with your password from now on."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    with_form(&app, &staff, &Errors::default(), said)
}

pub async fn change_password(app: App, staff: Staff, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let session = staff.session;
    let changed =
        staff.act(&app, move |ctx| password::change(ctx, &session, &Password::typed(form.current_password), form.new_password));
    match changed.await? {
        Ok(renewed) => Ok(super::enter(&app, &renewed, &format!("{}?changed", urls::ACCOUNT))),
        Err(failure) => with_form(&app, &staff, &Errors::from(failure)?, ""),
    }
}

/// The page once more, after something on it was refused.
pub(super) fn again(app: &App, staff: &Staff, errors: &Errors) -> Answer {
    with_form(app, staff, errors, "")
}

fn with_form(app: &App, staff: &Staff, errors: &Errors, said: &'static str) -> Answer {
    let house = app.store.house();
    let sites = match &staff.operator.membership {
        Membership::AllSites => "All sites".to_owned(),
        Membership::Sites(sites) if sites.is_empty() => "None yet".to_owned(),
        Membership::Sites(sites) => {
            let named = |(id, part): (&SiteId, &Part)| {
                let site = house.sites.get(id)?.name.as_str();
                Some(match part {
                    Part::Whole => site.to_owned(),
                    Part::Departments(some) => {
                        let some = some.iter().filter_map(|id| house.departments.get(id)).map(|it| it.name.as_str());
                        let some = some.collect::<Vec<_>>().join(", ");
                        format!("{site} ({})", if some.is_empty() { "no department" } else { &some })
                    }
                })
            };
            sites.iter().filter_map(named).collect::<Vec<_>>().join("; ")
        }
    };
    let has_second_factor = staff.look(app, factors::own)?.is_second();
    let chrome = Chrome::new(app, staff, "account").saying(said);
    let operator = &staff.operator;
    let sso_name = house.sso.provider_in_use().map(|provider| provider.name.as_str().to_owned()).unwrap_or_default();
    let may_unlink = operator.password_hash.is_some() && !house.sso.is_in_force();
    page::form(&Page { chrome, operator, sites, has_second_factor, sso_name, may_unlink, errors }, errors)
}
