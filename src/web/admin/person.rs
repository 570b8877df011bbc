//! One member of staff: invite, change, send a new link, disable and enable.

use std::sync::Arc;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::department::Department;
use crate::domain::id::OperatorId;
use crate::domain::operator::{Operator, Standing};
use crate::domain::site::Site;
use crate::domain::sso::Source;
use crate::domain::time::Timestamp;
use crate::service::departments;
use crate::service::letters;
use crate::service::people::{self, Invitation, PersonForm};
use crate::service::{Ctx, Failure, factors, sso};
use crate::web::auth::SessionRow;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

impl FromFields for PersonForm {
    fn from_fields(fields: &mut Fields) -> Self {
        // A site with departments asks how much of it is meant.
        let parts: Vec<_> = fields.names("part-").into_iter().map(|site| (fields.take(&format!("part-{site}")), site)).collect();
        let of = |part: &str| parts.iter().filter(|(it, _)| it == part).map(|(_, site)| site.clone()).collect::<Vec<_>>();
        Self {
            name: fields.take("name"),
            email: fields.take("email"),
            role: fields.take("role"),
            capacity: fields.take("capacity"),
            all_sites: fields.ticked("all_sites"),
            sites: fields.take_all("sites").into_iter().chain(of("whole")).collect(),
            confined: of("departments"),
            departments: fields.take_all("departments"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct Page<'a> {
    chrome: Chrome,
    /// None for somebody who is to be invited.
    person: Option<&'a Operator>,
    is_self: bool,
    has_factors: bool,
    /// What there is to sign in through.
    has_provider: bool,
    has_directory: bool,
    has_sso: bool,
    /// Whether a link can reach them by mail, and whether one is still on its way.
    can_mail: bool,
    is_on_its_way: bool,
    form: &'a PersonForm,
    sites: Vec<Choice>,
    /// Where they are signed in, and where the forms that end that go.
    rows: Vec<SessionRow>,
    base: String,
    errors: &'a Errors,
}

/// A site that somebody may work for, with what it is divided into.
struct Choice {
    site: Arc<Site>,
    departments: Vec<Arc<Department>>,
}

impl Page<'_> {
    /// What each role is, for who chooses one.
    const ROLES: [(&'static str, &'static str, &'static str); 5] = [
        ("operator", "Operator", "Answers chats of their sites and departments, and sees nothing else."),
        ("supervisor", "Supervisor", "Answers chats as well, and looks after those of others as far as permissions say."),
        ("admin", "Administrator", "Runs the installation: sites, people, privacy, security. May also answer chats."),
        ("auditor", "Auditor", "Reads security, permissions, receipts and the audit log. Sees no chat and changes nothing."),
        ("client", "Client", "For whom a site is run: reads who left an address there, and no message. Nothing else."),
    ];

    fn works_for(&self, site: &Site) -> bool {
        self.form.sites.contains(&site.id.to_string())
    }

    fn is_confined(&self, site: &Site) -> bool {
        self.form.confined.contains(&site.id.to_string())
    }

    fn works_in(&self, department: &Department) -> bool {
        self.form.departments.contains(&department.id.to_string())
    }

    /// Nothing of this site is theirs any more: its departments that were are gone.
    fn is_left_out(&self, choice: &Choice) -> bool {
        self.is_confined(&choice.site) && !choice.departments.iter().any(|it| self.works_in(it))
    }

    fn is_disabled(&self) -> bool {
        self.person.is_some_and(|person| person.standing == Standing::Disabled)
    }

    fn is_invited(&self) -> bool {
        self.person.is_some_and(|person| matches!(person.standing, Standing::Invited { .. }))
    }
}

/// The link is on this page and nowhere else, ever.
#[derive(Template)]
#[template(path = "admin/invitation.html")]
struct InvitationPage<'a> {
    chrome: Chrome,
    person: &'a Operator,
    link: String,
    expires_at: Timestamp,
}

pub async fn blank(app: App, Admin(staff): Admin) -> Answer {
    let capacity = crate::domain::limits::CAPACITY_DEFAULT.to_string();
    let form = PersonForm { role: "operator".to_owned(), all_sites: true, capacity, ..PersonForm::default() };
    draw(&app, &staff, None, &form, &Errors::default(), "").await
}

pub async fn invite(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(form): CsrfForm<PersonForm>) -> Answer {
    let typed = form.clone();
    if letters::can_mail_links(&staff.ctx(&app)) {
        return match staff.act(&app, move |ctx| people::invite_by_mail(ctx, &form)).await? {
            Ok(id) => Ok(page::see_other(&format!("{}?mailed", urls::person(id)))),
            Err(failure) => draw(&app, &staff, None, &typed, &Errors::from(failure)?, "").await,
        };
    }
    match staff.act(&app, move |ctx| people::invite(ctx, &form)).await? {
        Ok(invitation) => show_invitation(&app, &request, &staff, &invitation),
        Err(failure) => draw(&app, &staff, None, &typed, &Errors::from(failure)?, "").await,
    }
}

pub async fn show(app: App, request: HttpRequest, Admin(staff): Admin, Id(id): Id<OperatorId>) -> Answer {
    let person = staff.look(&app, |ctx| people::get(ctx, id))?;
    let said = [
        ("saved", "Saved."),
        ("disabled", "This account is disabled. All its sessions have ended."),
        ("enabled", "This account is enabled again."),
        ("ended", "Ended. Whoever sat there is signed out."),
        ("factors", "The second factor is removed. They sign in with the password alone and can add another."),
        ("linked", "Linked. They sign in with that identity from now on."),
        ("unlinked", "Not linked any more. Sessions that came through it have ended."),
        ("mailed", "The link is on its way by mail. It works once, and for three days."),
    ];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, Some(&person), &PersonForm::of(&person), &Errors::default(), said).await
}

pub async fn change(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(form): CsrfForm<PersonForm>) -> Answer {
    let person = staff.look(&app, |ctx| people::get(ctx, id))?;
    // The address names the account and is not in this form; what was typed is shown again, so it has to be filled in.
    let typed = PersonForm { email: person.email.as_str().to_owned(), ..form.clone() };
    match staff.act(&app, move |ctx| people::change(ctx, id, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::person(id)))),
        Err(failure) => draw(&app, &staff, Some(&person), &typed, &Errors::from(failure)?, "").await,
    }
}

pub async fn renew_invitation(
    app: App,
    request: HttpRequest,
    Admin(staff): Admin,
    Id(id): Id<OperatorId>,
    CsrfForm(mut fields): CsrfForm<Fields>,
) -> Answer {
    if fields.take("by") == "mail" && letters::can_mail_links(&staff.ctx(&app)) {
        return turn(&app, &staff, id, "mailed", people::renew_by_mail).await;
    }
    match staff.act(&app, move |ctx| people::renew_invitation(ctx, id)).await? {
        Ok(invitation) => show_invitation(&app, &request, &staff, &invitation),
        Err(failure) => refused(&app, &staff, id, failure).await,
    }
}

pub async fn disable(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    turn(&app, &staff, id, "disabled", people::disable).await
}

pub async fn enable(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    turn(&app, &staff, id, "enabled", people::enable).await
}

/// Takes away what somebody has lost. They are asked for another one where the policy says so.
pub async fn remove_factors(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    turn(&app, &staff, id, "factors", factors::remove_all).await
}

/// Who somebody is at the organisation's provider or in its directory; nobody, when the field is empty.
pub async fn link(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(mut fields): CsrfForm<Fields>) -> Answer {
    let source = if fields.take("source") == "directory" { Source::Directory } else { Source::Provider };
    let subject = fields.take("subject");
    let said = if subject.trim().is_empty() { "unlinked" } else { "linked" };
    match staff.act(&app, move |ctx| sso::link_by_hand(ctx, id, source, &subject)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?{said}", urls::person(id)))),
        Err(failure) => refused(&app, &staff, id, failure).await,
    }
}

async fn turn(app: &App, staff: &Staff, id: OperatorId, done: &str, act: fn(&Ctx, OperatorId) -> Result<(), Failure>) -> Answer {
    match staff.act(app, move |ctx| act(ctx, id)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?{done}", urls::person(id)))),
        Err(failure) => refused(app, staff, id, failure).await,
    }
}

async fn refused(app: &App, staff: &Staff, id: OperatorId, failure: Failure) -> Answer {
    let errors = Errors::from(failure)?;
    let person = staff.look(app, |ctx| people::get(ctx, id))?;
    draw(app, staff, Some(&person), &PersonForm::of(&person), &errors, "").await
}

async fn draw(
    app: &App,
    staff: &Staff,
    person: Option<&Operator>,
    form: &PersonForm,
    errors: &Errors,
    said: &'static str,
) -> Answer {
    let sites = staff.look(app, crate::service::sites::list)?;
    let departments = |site: &Arc<Site>| staff.look(app, |ctx| departments::list(ctx, site.id));
    let sites =
        sites.into_iter().map(|site| Ok(Choice { departments: departments(&site)?, site })).collect::<Result<_, Error>>()?;
    let is_self = person.is_some_and(|person| person.id == staff.operator.id);
    let rows = match person {
        Some(person) => super::sessions::rows(app, staff, person.id).await?,
        None => Vec::new(),
    };
    let base = person.map(|person| format!("{}/sessions", urls::person(person.id))).unwrap_or_default();
    let chrome = Chrome::new(app, staff, "people").saying(said);
    let ctx = staff.ctx(app);
    let has_factors = person.is_some_and(|person| factors::of(&ctx, person.id).is_second());
    let can_mail = letters::can_mail_links(&ctx);
    let is_on_its_way = person.is_some_and(|person| letters::is_on_its_way(&ctx, person.id));
    let house = app.store.house();
    let (has_provider, has_directory) = (house.sso.provider_in_use().is_some(), house.sso.directory_in_use().is_some());
    let page = Page {
        chrome,
        person,
        is_self,
        has_factors,
        has_provider,
        has_directory,
        has_sso: has_provider || has_directory,
        can_mail,
        is_on_its_way,
        form,
        sites,
        rows,
        base,
        errors,
    };
    page::form(&page, errors)
}

fn show_invitation(app: &App, request: &HttpRequest, staff: &Staff, invitation: &Invitation) -> Answer {
    let person = staff.look(app, |ctx| people::get(ctx, invitation.operator))?;
    let link = format!("{}/join#{}", page::own_address(app, request), invitation.token.expose());
    let chrome = Chrome::new(app, staff, "people");
    page::show(&InvitationPage { chrome, person: &person, link, expires_at: invitation.expires_at })
}
