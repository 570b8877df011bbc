//! From where staff may come in. Lists without one's own address are tried for two minutes and revert unless confirmed.

use std::net::IpAddr;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::allowlist::Allowlist;
use crate::domain::operator::Role;
use crate::domain::time::Timestamp;
use crate::service::allowlist::{self, ListsForm, Lockout, Rehearsed, Replaced};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Peer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

#[derive(Clone)]
pub struct Form {
    lists: ListsForm,
    /// What is to happen: the warning was read, or nothing is to be changed yet.
    wants_trial: bool,
    is_rehearsal: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        let everybody = fields.take(ListsForm::field(None));
        let by_role = Role::ALL.into_iter().map(|role| (role, fields.take(ListsForm::field(Some(role))))).collect();
        let lists = ListsForm { everybody, by_role };
        Self { lists, wants_trial: fields.ticked("trial"), is_rehearsal: fields.ticked("rehearsal") }
    }
}

/// The list of a role, as a field of the form.
struct RoleField<'a> {
    name: &'static str,
    label: &'static str,
    typed: &'a str,
    error: &'a str,
}

fn role_fields<'a>(form: &'a ListsForm, errors: &'a Errors) -> Vec<RoleField<'a>> {
    let field = |role: &Role| {
        let name = ListsForm::field(Some(*role));
        let typed = form.by_role.get(role).map_or("", String::as_str);
        RoleField { name, label: words::of_many(role), typed, error: errors.of(name) }
    };
    Role::ALL.iter().map(field).collect()
}

#[derive(Template)]
#[template(path = "admin/security.html")]
struct Page<'a> {
    chrome: Chrome,
    form: &'a ListsForm,
    roles: Vec<RoleField<'a>>,
    address: IpAddr,
    list: Allowlist,
    may_confirm: bool,
    /// What a rehearsal has found.
    rehearsed: Option<Rehearsed>,
    errors: &'a Errors,
}

/// Between the form and lists that do not have their author's address: what will happen, and how to come back.
#[derive(Template)]
#[template(path = "admin/lockout.html")]
struct LockoutPage<'a> {
    chrome: Chrome,
    form: &'a ListsForm,
    roles: Vec<RoleField<'a>>,
    address: IpAddr,
    until: Option<Timestamp>,
    own: String,
}

/// What is drawn besides the lists themselves.
#[derive(Default)]
struct Shown {
    errors: Errors,
    rehearsed: Option<Rehearsed>,
    said: &'static str,
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer, Peer(address): Peer) -> Answer {
    let said = [("saved", "Saved. The lists are in force now."), ("confirmed", "Confirmed. The new lists stay in force.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    let form = ListsForm::of(&staff.look(&app, allowlist::view)?.lists);
    draw(&app, &staff, &form, address, Shown { said, ..Shown::default() })
}

pub async fn replace(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Peer(address): Peer,
    CsrfForm(form): CsrfForm<Form>,
) -> Answer {
    let Form { lists, wants_trial, is_rehearsal } = form;
    let typed = lists.clone();
    if is_rehearsal {
        let shown = match staff.act(&app, move |ctx| allowlist::rehearse(ctx, &lists)).await? {
            Ok(rehearsed) => Shown { rehearsed: Some(rehearsed), ..Shown::default() },
            Err(failure) => Shown { errors: Errors::from(failure)?, ..Shown::default() },
        };
        return draw(&app, &staff, &typed, address, shown);
    }
    let lockout = if wants_trial { Lockout::Try } else { Lockout::Warn };
    let until = match staff.act(&app, move |ctx| allowlist::replace(ctx, address, &lists, lockout)).await? {
        Ok(Replaced::InForce) => return Ok(page::see_other(&format!("{}?saved", urls::SECURITY))),
        Ok(Replaced::WouldLockOut) => None,
        Ok(Replaced::OnTrial { until }) => Some(until),
        Err(failure) => return draw(&app, &staff, &typed, address, Shown { errors: Errors::from(failure)?, ..Shown::default() }),
    };
    // Not a redirect: from this address the next page may already be closed.
    let (chrome, own) = (Chrome::new(&app, &staff, "security"), page::own_address(&app, &request));
    let errors = Errors::default();
    page::show(&LockoutPage { chrome, form: &typed, roles: role_fields(&typed, &errors), address, until, own })
}

pub async fn confirm(app: App, Admin(staff): Admin, Peer(address): Peer, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, move |ctx| allowlist::confirm(ctx, address)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?confirmed", urls::SECURITY))),
        Err(failure) => {
            let form = ListsForm::of(&staff.look(&app, allowlist::view)?.lists);
            draw(&app, &staff, &form, address, Shown { errors: Errors::from(failure)?, ..Shown::default() })
        }
    }
}

fn draw(app: &App, staff: &Staff, form: &ListsForm, address: IpAddr, shown: Shown) -> Answer {
    let list = staff.look(app, allowlist::view)?;
    let ctx = staff.ctx(app);
    let may_confirm = list.trial.as_ref().is_some_and(|trial| allowlist::permits_author(&ctx, &trial.lists, address));
    let chrome = Chrome::new(app, staff, "security").saying(shown.said);
    let (errors, rehearsed) = (&shown.errors, shown.rehearsed);
    page::form(&Page { chrome, form, roles: role_fields(form, errors), address, list, may_confirm, rehearsed, errors }, errors)
}

/// Roles as this page calls them.
pub(super) mod words {
    use super::Role;

    pub const fn of_many(role: &Role) -> &'static str {
        match role {
            Role::Admin => "Administrators",
            Role::Supervisor => "Supervisors",
            Role::Operator => "Operators",
            Role::Auditor => "Auditors",
            Role::Client => "Clients",
        }
    }

    pub const fn of_one(role: &Role) -> &'static str {
        match role {
            Role::Admin => "Administrator",
            Role::Supervisor => "Supervisor",
            Role::Operator => "Operator",
            Role::Auditor => "Auditor",
            Role::Client => "Client",
        }
    }
}
