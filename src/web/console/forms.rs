//! Secure forms in the console: sending one into a chat, or making a link for somebody who is in none.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::conversation::Conversation;
use crate::domain::event::Seq;
use crate::domain::id::{ConversationId, RequestId, SiteId, base32};
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::permission::Permission;
use crate::domain::secure_form::{KeptSubmission, SecureForm, Submission};
use crate::domain::site::Site;
use crate::domain::text::ClientId;
use crate::live::partials::visitor_name;
use crate::service::secure_forms::{self, Asking};
use crate::service::{Failure, conversations, sites};
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

/// No connection waits for the acknowledgement: the answer to the form is it.
const NO_CONNECTION: u64 = 0;

#[derive(Default)]
pub struct SendForm {
    form: String,
    site: String,
    /// By which a form that is sent twice is known.
    id: String,
}

impl FromFields for SendForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { form: fields.take("form"), site: fields.take("site"), id: fields.take("id") }
    }
}

#[derive(Template)]
#[template(path = "console/form_send.html")]
struct SendPage<'a> {
    chrome: Chrome,
    id: ConversationId,
    name: String,
    /// Whether the visitor can be asked now.
    is_open: bool,
    command: String,
    forms: Vec<Arc<SecureForm>>,
    asked: Vec<Asking>,
    submissions: Vec<Submission>,
    chosen: &'a str,
    errors: &'a Errors,
}

/// `GET /console/conversations/{id}/forms`
pub async fn ask(app: App, request: HttpRequest, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let said = [("sent", "Sent. The visitor can open it now."), ("withdrawn", "Withdrawn. Its link leads nowhere any more.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw_chat(&app, &staff, id, "", &Errors::default(), said).await
}

/// `POST /console/conversations/{id}/forms`
pub async fn send(app: App, staff: Staff, Id(id): Id<ConversationId>, CsrfForm(form): CsrfForm<SendForm>) -> Answer {
    let Ok(client_id) = ClientId::parse(&form.id) else {
        let mut errors = Errors::default();
        errors.add("form", "Choose a form.");
        return draw_chat(&app, &staff, id, &form.form, &errors, "").await;
    };
    let chosen = form.form.clone();
    let origin = Origin { connection: NO_CONNECTION, client_id };
    match staff.act(&app, move |ctx| secure_forms::ask(ctx, id, &chosen, origin)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}/forms?sent", urls::conversation(id)))),
        Err(failure) => draw_chat(&app, &staff, id, &form.form, &Errors::from(failure)?, "").await,
    }
}

async fn draw_chat(app: &App, staff: &Staff, id: ConversationId, chosen: &str, errors: &Errors, said: &'static str) -> Answer {
    let looked = move |ctx: &crate::service::Ctx| {
        let head = conversations::view(ctx, id, Seq::MAX, 0)?.conversation;
        let submissions = secure_forms::of_conversation(ctx, &head)?;
        Ok((secure_forms::asked_in(ctx, id), submissions, head))
    };
    let (asked, submissions, head) = staff.act(app, looked).await??;
    let ctx = staff.ctx(app);
    if !may_send(&ctx, &head) {
        return Err(Error::not_found());
    }
    let mut command = [0; 16];
    app.random.fill(&mut command);
    let page = SendPage {
        chrome: Chrome::new(app, staff, "chats").saying(said),
        id,
        name: visitor_name(&head).to_owned(),
        is_open: head.may_operator_write(staff.operator.id).is_ok(),
        command: base32(&command),
        forms: secure_forms::sendable(&ctx, head.site),
        asked,
        submissions,
        chosen,
        errors,
    };
    page::form(&page, errors)
}

/// Whether somebody may send forms into this chat.
pub(super) fn may_send(ctx: &crate::service::Ctx, head: &Conversation) -> bool {
    ctx.authorize(crate::domain::access::Action::UseIn(Permission::SendForms, head)).is_ok()
}

#[derive(Template)]
#[template(path = "console/forms.html")]
struct ListPage<'a> {
    chrome: Chrome,
    /// Each site for which somebody may make links, with its forms.
    sites: Vec<(Arc<Site>, Vec<Arc<SecureForm>>)>,
    asked: Vec<AskedRow>,
    submissions: Vec<SubmissionRow>,
    /// The address to hand on, right after it was made.
    link: String,
    form: &'a SendForm,
    errors: &'a Errors,
}

struct AskedRow {
    asking: Asking,
    site: String,
    by: String,
}

struct SubmissionRow {
    kept: KeptSubmission,
    form: String,
    site: String,
}

/// `GET /console/forms`
pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = [
        ("withdrawn", "Withdrawn. Its link leads nowhere any more."),
        ("erased", "Erased. Its key is destroyed, so nothing can bring it back."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw_list(&app, &staff, &SendForm::default(), String::new(), &Errors::default(), said)
}

/// `POST /console/forms`: a link, shown once.
pub async fn link(app: App, request: HttpRequest, staff: Staff, CsrfForm(form): CsrfForm<SendForm>) -> Answer {
    // One choice says both: which form, for which site.
    let (site, chosen) = form.form.split_once(' ').unwrap_or_default();
    let Ok(site) = site.parse::<SiteId>() else {
        let mut errors = Errors::default();
        errors.add("form", "Choose a form.");
        return draw_list(&app, &staff, &form, String::new(), &errors, "");
    };
    let (chosen, language) = (chosen.to_owned(), Language::of_tag(&form.site));
    let address = page::own_address(&app, &request);
    match staff.act(&app, move |ctx| secure_forms::ask_by_link(ctx, site, &chosen)).await? {
        Ok(link) => {
            let query = language.map(|it| format!("?lang={}", it.tag())).unwrap_or_default();
            let link = format!("{address}/form{query}#{}", link.expose());
            draw_list(&app, &staff, &SendForm::default(), link, &Errors::default(), "")
        }
        Err(failure) => draw_list(&app, &staff, &form, String::new(), &Errors::from(failure)?, ""),
    }
}

/// `POST /console/forms/requests/{id}/withdrawal`
pub async fn withdraw(app: App, staff: Staff, Id(id): Id<RequestId>, _: CsrfForm<()>) -> Answer {
    let conversation = app.store.house().requests.get(&id).and_then(|it| it.conversation);
    match staff.act(&app, move |ctx| secure_forms::withdraw(ctx, id)).await? {
        Ok(()) => {
            let back =
                conversation.map_or_else(|| urls::CONSOLE_FORMS.to_owned(), |id| format!("{}/forms", urls::conversation(id)));
            Ok(page::see_other(&format!("{back}?withdrawn")))
        }
        Err(failure @ Failure::Conflict(_)) => {
            draw_list(&app, &staff, &SendForm::default(), String::new(), &Errors::from(failure)?, "")
        }
        Err(failure) => Err(failure.into()),
    }
}

fn draw_list(app: &App, staff: &Staff, form: &SendForm, link: String, errors: &Errors, said: &'static str) -> Answer {
    let ctx = staff.ctx(app);
    let house = app.store.house();
    let site_name = |id: SiteId| house.sites.get(&id).map_or("a site that is gone", |site| site.name.as_str()).to_owned();
    let may = |site: &Arc<Site>| ctx.authorize(crate::domain::access::Action::Use(Permission::SendForms, site.id)).is_ok();
    let sites = sites::served(&ctx).into_iter().filter(may).map(|site| {
        let forms = secure_forms::sendable(&ctx, site.id);
        (site, forms)
    });
    let asked = secure_forms::asked_of(&ctx).into_iter().map(|asking| AskedRow {
        site: site_name(asking.request.site),
        by: house.operators.get(&asking.request.by).map_or("somebody who has left", |it| it.name.as_str()).to_owned(),
        asking,
    });
    let submissions = secure_forms::of_sites(&ctx).map_err(Error::from)?.into_iter().map(|kept| SubmissionRow {
        form: house.forms.get(&kept.form).map_or("a form that is gone", |it| it.name.as_str()).to_owned(),
        site: site_name(kept.site),
        kept,
    });
    let page = ListPage {
        chrome: Chrome::new(app, staff, "forms").saying(said),
        sites: sites.filter(|(_, forms)| !forms.is_empty()).collect(),
        asked: asked.collect(),
        submissions: submissions.collect(),
        link,
        form,
        errors,
    };
    page::form(&page, errors)
}
