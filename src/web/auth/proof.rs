//! "Confirm that it is you": what stands between somebody and an act that asks for a proof. The act was refused before it began; what was
//! typed for it travels along in hidden fields, secrets excepted, and goes on to where it was meant for.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::domain::credential::Password;
use crate::service::passkeys as service;
use crate::service::sign_in::proof::{self, Wanted};
use crate::web::extract::{self, CsrfForm, Enrolling, Fields, FromFields, Sent, Staff};
use crate::web::page::{self, Errors};
use crate::web::{Answer, App, Error, urls};

use super::passkeys;

/// Before the names of fields that are kept, so that none of them is taken for one of this form.
const KEPT: &str = "kept.";

/// What is being done, by where it is done; the first that fits. Said on the page, so that nobody types a password without knowing what for.
const WHAT_FOR: [(&str, &str); 13] = [
    ("/admin/people/permissions", "You are about to change what roles may do."),
    ("/admin/people", "You are about to change who works here and what they may."),
    ("/admin/security/sign-in", "You are about to change how everybody signs in."),
    ("/admin/security", "You are about to change who may come in, and from where."),
    ("/admin/privacy/people/file", "You are about to take out of this house what is kept about somebody."),
    ("/admin/privacy", "You are about to erase what cannot be brought back."),
    ("/admin/backups", "You are about to make a copy of everything."),
    ("/admin/audit", "You are about to take the audit log out of this house."),
    ("/admin/sites", "You are about to change a secret that a website relies on."),
    ("/account/recovery-codes", "You are about to see codes that open your account."),
    ("/account", "You are about to change how you sign in."),
    ("/console", "You are about to take a chat out of this house."),
    ("/", "What you are about to do would be worth much to whoever finds an unlocked screen."),
];

/// What goes on once the proof is there.
#[derive(Default)]
struct Onward {
    /// Where it was sent to, within this appliance.
    to: String,
    is_form: bool,
    fields: Vec<(String, String)>,
    /// Secrets that have to be typed again.
    left_out: Vec<String>,
}

impl Onward {
    fn of(request: &HttpRequest) -> Self {
        let to = request.uri().path_and_query().map_or(urls::ACCOUNT, |it| it.as_str());
        let to = urls::safe_next(to).to_owned();
        if request.method() != Method::POST {
            return Self { to, ..Self::default() };
        }
        let sent = extract::sent(request);
        let all = sent.iter().flat_map(|Sent(body)| url::form_urlencoded::parse(body));
        let (secrets, fields): (Vec<_>, Vec<_>) = all.filter(|(name, _)| name != "csrf").partition(|(name, _)| is_secret(name));
        let fields = fields.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let left_out = secrets.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name.into_owned()).collect();
        Self { to, is_form: true, fields, left_out }
    }

    fn what_for(&self) -> &'static str {
        WHAT_FOR.iter().find(|(path, _)| self.to.starts_with(path)).map_or("", |(_, what)| what)
    }

    /// Where there is nothing typed to lose.
    fn way_back(&self) -> &'static str {
        if self.to.starts_with(urls::ADMIN) { urls::ADMIN } else { urls::ACCOUNT }
    }
}

/// Passwords, codes and the like are never written into a page.
fn is_secret(name: &str) -> bool {
    matches!(name, "code" | "answer") || ["password", "passphrase", "secret", "token"].iter().any(|word| name.contains(word))
}

#[derive(Default)]
pub struct Form {
    password: String,
    code: String,
    /// A passkey's, in place of both.
    answer: String,
    onward: Onward,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        let mut names = fields.names(KEPT);
        names.sort();
        let kept = |name: String| {
            let values = fields.take_all(&format!("{KEPT}{name}"));
            values.into_iter().map(move |value| (name.clone(), value)).collect::<Vec<_>>()
        };
        let kept: Vec<_> = names.into_iter().flat_map(kept).collect();
        let onward = Onward {
            to: urls::safe_next(&fields.take("to")).to_owned(),
            is_form: fields.ticked("is_form"),
            fields: kept,
            left_out: fields.take_all("left_out").into_iter().filter(|name| is_secret(name)).collect(),
        };
        Self { password: fields.take("password"), code: fields.take("code"), answer: fields.take("answer"), onward }
    }
}

#[derive(Template)]
#[template(path = "auth/proof.html")]
struct Page<'a> {
    csrf: &'a str,
    email: &'a str,
    wanted: Wanted,
    onward: &'a Onward,
    errors: &'a Errors,
}

#[derive(Template)]
#[template(path = "auth/proved.html")]
struct ProvedPage<'a> {
    csrf: &'a str,
    onward: &'a Onward,
}

impl ProvedPage<'_> {
    fn called(name: &str) -> &'static str {
        match crate::web::form::called(name) {
            "" => "What you typed there",
            called => called,
        }
    }
}

/// The page in place of the answer to a request that was refused for want of a proof.
pub fn ask(request: &HttpRequest) -> Answer {
    let app = request.app_data::<App>().ok_or_else(Error::internal)?;
    let staff = extract::signed_in(request)?.ok_or_else(Error::sign_in)?;
    let onward = Onward::of(request);
    let mut response = draw(app, request, &staff, &onward, &Errors::default())?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}

/// `POST /account/proof`
pub async fn confirm(app: App, request: HttpRequest, Enrolling(staff): Enrolling, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let Form { password, code, answer, onward } = form;
    let party = passkeys::party(&app, &request).filter(|_| !answer.is_empty());
    let (session, password) = (staff.session, Password::typed(password));
    let proved = staff.act(&app, move |ctx| match party {
        Some(party) => service::confirm(ctx, &party, session, &answer).map_err(passkeys::refused),
        None => proof::with_password(ctx, &session, &password, &code),
    });
    match proved.await? {
        Ok(renewed) => go_on(&app, &staff, &renewed, &onward),
        Err(failure) => draw(&app, &request, &staff, &onward, &Errors::from(failure)?),
    }
}

/// The proof is there and the session has another secret: goes on with what was being done.
fn go_on(app: &App, staff: &Staff, renewed: &crate::service::sessions::NewSession, onward: &Onward) -> Answer {
    if !onward.is_form {
        return Ok(super::enter(app, renewed, &onward.to));
    }
    // The token of a form names the session by who and since when, which stay the same.
    let mut response: HttpResponse = page::show(&ProvedPage { csrf: &staff.csrf, onward })?;
    super::renew(app, &mut response, renewed);
    Ok(response)
}

fn draw(app: &App, request: &HttpRequest, staff: &Staff, onward: &Onward, errors: &Errors) -> Answer {
    let wanted = staff.look(app, proof::wanted)?;
    let wanted = Wanted { passkey: wanted.passkey && passkeys::party(app, request).is_some(), ..wanted };
    let email = staff.operator.email.as_str();
    page::form(&Page { csrf: &staff.csrf, email, wanted, onward, errors }, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_travels_along_but_no_secret_does() {
        for secret in
            ["password", "current_password", "new_password", "client_secret", "token", "code", "bind_password", "answer"]
        {
            assert!(is_secret(secret), "{secret}");
        }
        for plain in ["name", "email", "sites", "role", "networks", "all_sites", "shortcut"] {
            assert!(!is_secret(plain), "{plain}");
        }
        let mut fields =
            Fields::parse(b"kept.site=a&kept.site=b&kept.name=Bert&password=x&to=//evil.example&is_form=on&left_out=name");
        let form = Form::from_fields(&mut fields);
        let kept: Vec<_> = form.onward.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(kept, [("name", "Bert"), ("site", "a"), ("site", "b")]);
        assert_eq!((form.onward.to.as_str(), form.onward.left_out.len()), (urls::CONSOLE, 0));
    }

    #[test]
    fn the_page_says_what_for() {
        let onward = |to: &str| Onward { to: to.to_owned(), ..Onward::default() };
        assert!(onward("/admin/people/new").what_for().contains("who works here"));
        assert!(onward("/admin/security/sign-in").what_for().contains("how everybody signs in"));
        assert!(!onward("/elsewhere").what_for().is_empty());
    }
}
