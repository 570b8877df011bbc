//! Members of staff who take part: signing in through the pages as a browser does, and making the accounts.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::Fallible;
use crate::http::{Answer, Connection, Target};
use crate::socket::Credential;

/// Fewer than a server takes from one address at once.
const LINKS_FROM_ONE: usize = 15;

static INVITED: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Clone)]
pub struct Account {
    pub email: String,
    pub password: String,
}

/// The cookies of one browser.
#[derive(Debug, Default)]
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    async fn get(&mut self, connection: &mut Connection, path: &str) -> Fallible<Answer> {
        let cookie = self.cookie();
        let headers = [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", "same-origin")];
        let answer = connection.request("GET", path, &headers, b"").await?;
        self.keep(&answer);
        Ok(answer)
    }

    async fn post(
        &mut self,
        connection: &mut Connection,
        target: &Target,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Fallible<Answer> {
        let cookie = self.cookie();
        let origin = target.origin();
        let headers = [
            ("Cookie", cookie.as_str()),
            ("Origin", origin.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let answer = connection.request("POST", path, &headers, form.as_bytes()).await?;
        self.keep(&answer);
        Ok(answer)
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers_named("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.retain(|(kept, _)| kept != name.trim());
                if !value.is_empty() {
                    self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
        }
    }
}

/// Signs in and returns what live tickets are fetched with.
pub async fn sign_in(target: &Target, account: &Account) -> Fallible<Credential> {
    let (browser, page) = signed_in(target, account).await?;
    credential(&browser, &page)
}

fn credential(browser: &Browser, console: &str) -> Fallible<Credential> {
    let csrf = attribute(console, "csrf", "content").ok_or("the console has no csrf meta")?;
    Ok(Credential::Operator { cookie: browser.cookie(), csrf })
}

async fn signed_in(target: &Target, account: &Account) -> Fallible<(Browser, String)> {
    let mut connection = target.connect(1).await?;
    let mut browser = Browser::default();
    let page = browser.get(&mut connection, "/login").await?.expect_status(200, "GET /login")?;
    let csrf = attribute(&page.text(), "csrf", "value").ok_or("the login page has no csrf field")?;
    let fields = [("csrf", csrf.as_str()), ("email", account.email.as_str()), ("password", account.password.as_str())];
    let mut connection = target.connect(1).await?;
    browser.post(&mut connection, target, "/login", &fields).await?.expect_status(303, "POST /login")?;
    let mut connection = target.connect(1).await?;
    let console = browser.get(&mut connection, "/console").await?.expect_status(200, "GET /console")?;
    let page = console.text().into_owned();
    Ok((browser, page))
}

/// Invites `count` operators and accepts the invitations, which signs them in. Needs an admin's account.
pub async fn make_operators(target: &Target, admin: &Account, count: usize) -> Fallible<Vec<Credential>> {
    let (mut browser, _) = signed_in(target, admin).await?;
    let mut connection = target.connect(1).await?;
    let page = browser.get(&mut connection, "/admin/people/new").await?.expect_status(200, "GET /admin/people/new")?;
    let csrf = attribute(&page.text(), "csrf", "value").ok_or("the form has no csrf field")?;
    let mut made = Vec::new();
    for number in 0..count {
        let name = format!("Operator {number}");
        // Each part of a run brings its own people.
        let email = format!("load-{}-{}@example.org", std::process::id(), INVITED.fetch_add(1, Ordering::Relaxed));
        let fields = [("csrf", csrf.as_str()), ("name", &name), ("email", &email), ("role", "operator"), ("all_sites", "on")];
        let mut connection = target.connect(1).await?;
        let answer = browser.post(&mut connection, target, "/admin/people/new", &fields).await?;
        let page = answer.text();
        let Some(rest) = page.split("/join#").nth(1) else {
            return Err(format!("no invitation came back, but status {}", answer.status).into());
        };
        let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();
        // Links are bound to so many from one address.
        let source = u8::try_from(number / LINKS_FROM_ONE % 100 + 1)?;
        made.push(join(target, source, &token, &format!("quiet harbour lantern umbrella {number}")).await?);
    }
    Ok(made)
}

async fn join(target: &Target, source: u8, token: &str, password: &str) -> Fallible<Credential> {
    let mut connection = target.connect(source).await?;
    let mut browser = Browser::default();
    let page = browser.get(&mut connection, "/join").await?.expect_status(200, "GET /join")?;
    let csrf = attribute(&page.text(), "csrf", "value").ok_or("the join page has no csrf field")?;
    let fields = [("csrf", csrf.as_str()), ("token", token), ("password", password)];
    browser.post(&mut connection, target, "/join", &fields).await?.expect_status(303, "POST /join")?;
    let mut connection = target.connect(source).await?;
    let console = browser.get(&mut connection, "/console").await?.expect_status(200, "GET /console")?;
    credential(&browser, &console.text())
}

/// The attribute of the first tag that has this name and this attribute: a page carries the token in a `meta` and in forms.
fn attribute(html: &str, name: &str, attribute: &str) -> Option<String> {
    let mark = format!("name=\"{name}\"");
    html.match_indices(&mark).find_map(|(at, _)| {
        let start = html[..at].rfind('<')?;
        let tag = &html[start..start + html[start..].find('>')?];
        let value = tag.split(&format!("{attribute}=\"")).nth(1)?;
        Some(value.split('"').next()?.to_owned())
    })
}
