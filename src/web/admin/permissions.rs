//! What each role may, as one table.

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::permission::{Permission, Permissions, RolePermissions};
use crate::service::permissions;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

impl FromFields for RolePermissions {
    fn from_fields(fields: &mut Fields) -> Self {
        let ticked = |role: &str| {
            let is_ticked = |permission: &Permission| fields.ticked(&format!("{role}-{}", word(*permission)));
            Permission::ALL.into_iter().filter(is_ticked).fold(Permissions::NONE, Permissions::with)
        };
        Self { operator: ticked("operator"), supervisor: ticked("supervisor") }
    }
}

/// One row of the table.
struct Row {
    word: &'static str,
    title: &'static str,
    help: &'static str,
    operator: bool,
    supervisor: bool,
}

#[derive(Template)]
#[template(path = "admin/permissions.html")]
struct Page {
    chrome: Chrome,
    rows: Vec<Row>,
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin) -> Answer {
    let roles = staff.look(&app, permissions::get)?;
    let said = if page::says(&request, "saved") { "Saved. It is in force from now on." } else { "" };
    let row = |permission| {
        let (title, help) = words(permission);
        let (operator, supervisor) = (roles.operator.contains(permission), roles.supervisor.contains(permission));
        Row { word: word(permission), title, help, operator, supervisor }
    };
    let chrome = Chrome::new(&app, &staff, "people").saying(said);
    page::show(&Page { chrome, rows: Permission::ALL.into_iter().map(row).collect() })
}

pub async fn save(app: App, Admin(staff): Admin, CsrfForm(roles): CsrfForm<RolePermissions>) -> Answer {
    staff.act(&app, move |ctx| permissions::change(ctx, roles)).await??;
    Ok(page::see_other(&format!("{}?saved", urls::PERMISSIONS)))
}

/// What the fields of the form are called.
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
    }
}

/// What it is called, and what it means.
const fn words(permission: Permission) -> (&'static str, &'static str) {
    match permission {
        Permission::SendFiles => ("Send files and ask for them", "Where the site allows it. What was sent is out of your hands."),
        Permission::MailTranscripts => {
            ("E-mail a copy of a chat", "Where the site allows it. The copy leaves this appliance and outlives the chat.")
        }
        Permission::ExportTranscripts => {
            ("Save a chat as a file", "The file outlives the chat, on a computer of theirs. The audit log says who saved what.")
        }
        Permission::Block => ("Block visitors", "Keep somebody out by address or browser, for a time, and let them in again."),
        Permission::SeeAddress => ("See IP addresses", "As far as the site shows them: in full, shortened, or not at all."),
        Permission::InviteVisitors => ("See who browses, and invite them", "Where the site allows it."),
        Permission::Supervise => (
            "Look after the others’ chats",
            "Listen in, whisper to the operator, take a chat over. Visitors are not told that somebody listens.",
        ),
        Permission::SeeReports => {
            ("See reports", "Numbers about chats, waiting and ratings, by operator too. Nothing about visitors.")
        }
        Permission::ManageSharedCanned => ("Change shared canned responses", "Everybody may keep some of their own."),
    }
}
