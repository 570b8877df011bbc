//! Everything that is kept, as an archive that is written while it is sent: nothing of it lies on our disk. Chats can be had in parts, so
//! that what was cut off is asked for again by itself.

use askama::Template;

use super::Head;
use crate::domain::limits;
use crate::service::account::{self, ABOUT, ABOUT_NAME, FileName, Share, Wish};
use crate::service::archive::not_taken;
use crate::service::{Ctx, Failure};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, archive, urls};

pub struct Form {
    /// Empty for everything, `settings`, or a share of the chats.
    part: String,
    submissions: bool,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { part: fields.take("part"), submissions: fields.ticked("submissions") }
    }
}

impl Form {
    fn names(&self, ctx: &Ctx) -> Result<Vec<FileName>, Failure> {
        let wish = Wish { submissions: self.submissions };
        match self.part.as_str() {
            "" => account::plan(ctx, wish),
            "settings" => Ok(account::of_settings(wish)),
            share => Ok(account::of_share(share.parse()?)),
        }
    }

    /// The middle of the file's name, which holds nothing that was typed.
    fn called(&self) -> String {
        match self.part.parse::<Share>() {
            Ok(share) => format!("chats-{share}"),
            Err(_) if self.part.is_empty() => "everything".to_owned(),
            Err(_) => "settings".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/privacy/export.html")]
struct Page {
    chrome: Chrome,
    head: Head,
    /// None where everything comes in one part.
    shares: Vec<Share>,
    chats: usize,
    submissions: usize,
}

pub async fn show(app: App, Admin(staff): Admin) -> Answer {
    let shares = staff.look(&app, account::shares)?;
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "privacy"),
        head: Head::new(&staff, urls::EXPORT),
        shares: if shares.len() > 1 { shares } else { Vec::new() },
        chats: app.store.closed_count() + app.store.open_count(),
        submissions: app.store.submissions().len(),
    })
}

/// Answers once it is on record that it was asked for; then comes the archive, for as long as it takes.
pub async fn file(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let called = form.called();
    let export = staff.act(&app, move |ctx| account::begin(ctx, form.names(ctx)?)).await??;
    let day: String = app.now().to_string().chars().take(10).collect();
    let (actor, asked) = (staff.actor.clone(), staff.asked);
    Ok(archive::answer(&app, &format!("parlor-{called}-{day}.zip"), limits::EXPORT_LIFE, move |app, archive| {
        archive.add(ABOUT_NAME, ABOUT.as_bytes()).map_err(not_taken)?;
        export.write(&app.ctx_asked(&actor, asked), archive)
    }))
}
