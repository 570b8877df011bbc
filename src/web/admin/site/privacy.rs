//! Consent, switches, addresses, erasure: what a site asks, shows, lets out and forgets.

use actix_web::HttpRequest;
use askama::Template;

use super::{Head, SectionPage};
use crate::domain::id::SiteId;
use crate::domain::retention::RetentionPlan;
use crate::service::retention;
use crate::service::sites::PrivacyForm;
use crate::web::clock;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

impl FromFields for PrivacyForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            consent: fields.take("consent"),
            before_consent: fields.take("before_consent"),
            visitor_files: fields.ticked("visitor_files"),
            operator_files: fields.ticked("operator_files"),
            operators_mail_transcripts: fields.ticked("operators_mail_transcripts"),
            mail_transcript_at_close: fields.ticked("mail_transcript_at_close"),
            visitor_transcripts: fields.ticked("visitor_transcripts"),
            transcript_mailboxes: fields.take("transcript_mailboxes"),
            address: fields.take("address"),
            sneak_peek: fields.ticked("sneak_peek"),
            monitoring: fields.ticked("monitoring"),
            web_push: fields.ticked("web_push"),
            purging: clock::take(fields, "purge"),
            messages: clock::take(fields, "messages"),
            submissions: clock::take(fields, "submissions"),
            idle_close_minutes: fields.take("idle_close_minutes"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/site/privacy.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a PrivacyForm,
    /// What holds where this site says nothing else.
    plan: RetentionPlan,
    errors: &'a Errors,
}

impl SectionPage for PrivacyForm {
    const PATH: &'static str = "privacy";

    fn draw(&self, app: &App, staff: &Staff, chrome: Chrome, head: Head, errors: &Errors) -> Answer {
        let plan = staff.look(app, retention::plan)?;
        page::form(&Page { chrome, head, form: self, plan, errors }, errors)
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<SiteId>) -> Answer {
    super::show::<PrivacyForm>(&app, &request, &staff, id)
}

pub async fn save(app: App, Admin(staff): Admin, Id(id): Id<SiteId>, CsrfForm(form): CsrfForm<PrivacyForm>) -> Answer {
    super::save(&app, &staff, id, form).await
}
