//! Whom the provider and the directory let in, and as what.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use super::super::security::words;
use super::Head;
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::domain::site::Site;
use crate::domain::sso::GroupRule;
use crate::service::sso::{self, AdmissionForm, RuleForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

/// Empty lines that wait for more rules.
const BLANK: usize = 3;

impl FromFields for AdmissionForm {
    fn from_fields(fields: &mut Fields) -> Self {
        let count = fields.take("count").parse::<usize>().unwrap_or(0).min(limits::SSO_RULES + BLANK);
        let rule = |n| {
            let mut text = |name: &str| fields.take(&format!("{name}_{n}"));
            RuleForm { group: text("group"), role: text("rule-role"), site: text("rule-site") }
        };
        let rules = (0..count).map(rule).collect();
        let (creates_accounts, links_by_email) = (fields.ticked("creates_accounts"), fields.ticked("links_by_email"));
        Self { rules, creates_accounts, links_by_email }
    }
}

#[derive(Template)]
#[template(path = "admin/sso/admission.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    rules: Vec<RuleForm>,
    form: &'a AdmissionForm,
    sites: Vec<Arc<Site>>,
    errors: &'a Errors,
}

impl Page<'_> {
    fn roles() -> [(&'static str, &'static str); 5] {
        Role::ALL.map(|role| (role.tag(), words::of_one(&role)))
    }
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    let admission = staff.look(&app, sso::view)?.sso.admission;
    let rule = |rule: &GroupRule| RuleForm {
        group: rule.group.as_str().to_owned(),
        role: rule.role.tag().to_owned(),
        site: rule.site.map(|site| site.to_string()).unwrap_or_default(),
    };
    let form = AdmissionForm {
        rules: admission.rules.iter().map(rule).collect(),
        creates_accounts: admission.creates_accounts,
        links_by_email: admission.links_by_email,
    };
    draw(&app, &request, &staff, &form, &Errors::default())
}

pub async fn save(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(form): CsrfForm<AdmissionForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| sso::put_admission(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::SSO_ADMISSION))),
        Err(failure) => draw(&app, &request, &staff, &typed, &Errors::from(failure)?),
    }
}

fn draw(app: &App, request: &HttpRequest, staff: &Staff, form: &AdmissionForm, errors: &Errors) -> Answer {
    let head = Head::new(app, staff, "admission")?;
    let mut rules = form.rules.clone();
    while rules.iter().rev().take_while(|rule| rule.group.is_empty()).count() < BLANK {
        rules.push(RuleForm { role: Role::Operator.tag().to_owned(), ..RuleForm::default() });
    }
    let mut sites: Vec<_> = app.store.house().sites.values().cloned().collect();
    sites.sort_by_cached_key(|site| site.name.as_str().to_lowercase());
    let chrome = Chrome::new(app, staff, "security").saying(super::said(request));
    page::form(&Page { chrome, rules, form, sites, errors, head }, errors)
}
