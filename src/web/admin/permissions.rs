//! What each role may, as one table: what comes with the role, and what administrators decide.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::operator::Role;
use crate::domain::permission::{Permission, Permissions, RolePermissions};
use crate::domain::rights::{self, Grant, Right};
use crate::service::permissions;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for RolePermissions {
    fn from_fields(fields: &mut Fields) -> Self {
        let ticked = |role: Role| {
            let is_ticked = |permission: &Permission| fields.ticked(&field(role, *permission));
            Permission::ALL.into_iter().filter(is_ticked).fold(Permissions::NONE, Permissions::with)
        };
        Self { operator: ticked(Role::Operator), supervisor: ticked(Role::Supervisor) }
    }
}

/// What the boxes of the form are called.
fn field(role: Role, permission: Permission) -> String {
    format!("{}-{}", role.tag(), word(permission))
}

/// The columns: who answers chats, who runs the house, who looks at it from outside.
const COLUMNS: [(Role, &str); 5] = [
    (Role::Operator, "Operator"),
    (Role::Supervisor, "Supervisor"),
    (Role::Admin, "Administrator"),
    (Role::Auditor, "Auditor"),
    (Role::Client, "Client"),
];

struct Row {
    /// The beginning of the ids in this row.
    id: usize,
    right: Right,
    cells: Vec<Cell>,
}

struct Cell {
    role: &'static str,
    /// What the box is called, where somebody may tick it.
    field: Option<String>,
    is_on: bool,
    /// In words, for who does not see the sign.
    words: &'static str,
}

#[derive(Template)]
#[template(path = "admin/permissions.html")]
struct Page<'a> {
    chrome: Chrome,
    rows: Vec<Row>,
    errors: &'a Errors,
}

impl Page<'_> {
    fn columns() -> [&'static str; COLUMNS.len()] {
        COLUMNS.map(|(_, name)| name)
    }
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let roles = staff.look(&app, permissions::get)?;
    let said = if page::says(&request, "saved") { "Saved. It is in force from now on." } else { "" };
    draw(&app, &staff, &roles, &Errors::default(), said)
}

fn draw(app: &App, staff: &Staff, roles: &RolePermissions, errors: &Errors, said: &'static str) -> Answer {
    let may_change = staff.is_admin();
    let rows = rights::table(roles).into_iter().enumerate().map(|(id, right)| {
        let cells = COLUMNS.map(|(role, name)| cell(&right, role, name, may_change)).into_iter().collect();
        Row { id, right, cells }
    });
    let chrome = Chrome::new(app, staff, "people").saying(said);
    page::form(&Page { chrome, rows: rows.collect(), errors }, errors)
}

fn cell(right: &Right, role: Role, name: &'static str, may_change: bool) -> Cell {
    let (is_on, words) = match right.of(role) {
        Grant::Always => (true, "Always"),
        Grant::Never => (false, "Never"),
        Grant::Chosen(true) => (true, "Yes"),
        Grant::Chosen(false) => (false, "No"),
    };
    let is_open = may_change && matches!(right.of(role), Grant::Chosen(_));
    let field = right.permission.filter(|_| is_open).map(|permission| field(role, permission));
    Cell { role: name, field, is_on, words }
}

pub async fn save(app: App, Admin(staff): Admin, CsrfForm(roles): CsrfForm<RolePermissions>) -> Answer {
    match staff.act(&app, move |ctx| permissions::change(ctx, roles)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::PERMISSIONS))),
        Err(failure) => draw(&app, &staff, &roles, &Errors::from(failure)?, ""),
    }
}

const fn word(permission: Permission) -> &'static str {
    match permission {
        Permission::SendFiles => "send_files",
        Permission::MailTranscripts => "mail_transcripts",
        Permission::ExportTranscripts => "export_transcripts",
        Permission::Block => "block",
        Permission::SeeAddress => "see_address",
        Permission::InviteVisitors => "invite_visitors",
        Permission::Supervise => "supervise",
        Permission::SeeReports => "see_reports",
        Permission::ManageSharedCanned => "manage_shared_canned",
        Permission::SeeLeads => "see_leads",
        Permission::SendForms => "send_forms",
        Permission::RevealAnswers => "reveal_answers",
    }
}
