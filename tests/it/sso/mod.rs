//! Single sign-on: against a real provider and a real directory, and against ones that lie.

mod directory;
mod host;
mod lies;
mod provider;
mod signing_in;
mod through_directory;

use std::net::IpAddr;

use parlor::domain::network::Network;
use serde_json::{Value, json};

use crate::harness::actors::{Admin, Operator};
use crate::harness::app::{Beginning, TestApp};
use crate::harness::http::Answer;
use crate::harness::provider::{CLIENT, CLIENT_SECRET, Provider};
use crate::harness::world::ManualClock;

/// An appliance that may reach this machine, at the time of this machine.
pub async fn appliance() -> TestApp {
    let change = |config: &mut parlor::config::Config| {
        config.outbound_private = vec![Network::parse("127.0.0.0/8").unwrap()];
    };
    TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), set_up: true, change: Box::new(change) }).await
}

pub fn people() -> Value {
    json!({
        "anna": {"name": "Anna Admin", "email": "anna.admin@clinic.example", "email_verified": true, "groups": ["owners"]},
        "olga": {"name": "Olga There", "email": "olga@clinic.example", "email_verified": true, "groups": ["desk"]},
        "eve": {"name": "Eve", "email": "eve@clinic.example", "email_verified": true, "groups": []},
    })
}

pub fn provider_of(app: &TestApp) -> Provider {
    let trusted = app.app.certificate.load().as_ref().unwrap().authority_pem.clone().unwrap();
    Provider::start(&app.door.origin(), &trusted, people())
}

/// Sets the provider up as its page does.
pub async fn set_up(admin: &Admin, provider: &Provider) {
    let fields = [
        ("sso_name", "Clinic ID"),
        ("issuer", &provider.issuer),
        ("client_id", CLIENT),
        ("client_secret", CLIENT_SECRET),
        ("scopes", "email profile"),
        ("groups_claim", "groups"),
        ("authority", &provider.authority.pem),
    ];
    admin.browser.submit("/admin/security/sso", "/admin/security/sso", &fields).await.expect_done();
}

/// Groups, roles and sites; whether accounts are made, and found by address.
pub async fn admit(admin: &Admin, rules: &[(&str, &str, &str)], switches: &[&str]) {
    let mut fields = vec![("count".to_owned(), rules.len().to_string())];
    for (n, (group, role, site)) in rules.iter().enumerate() {
        for (name, value) in [("group", group), ("rule-role", role), ("rule-site", site)] {
            fields.push((format!("{name}_{n}"), (*value).to_owned()));
        }
    }
    fields.extend(switches.iter().map(|name| ((*name).to_owned(), "on".to_owned())));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = "/admin/security/sso/admission";
    admin.browser.submit(page, page, &fields).await.expect_done();
}

/// Somebody's browser at the sign-in page.
pub fn at_the_door(app: &TestApp, from: Option<IpAddr>) -> Operator {
    Operator::at_the_door(&app.door, "somebody@clinic.example", from)
}

/// Where the page in between leads.
pub fn way(page: &Answer) -> String {
    let at = page.body.find("button-wide\" href=\"").unwrap_or_else(|| panic!("it leads nowhere: {}", page.gist())) + 19;
    let end = page.body[at..].find('"').unwrap();
    page.body[at..at + end].replace("&#38;", "&").replace("&amp;", "&")
}

/// From the sign-in page to the provider and back to the door: the address that the browser is sent to.
pub async fn go_there(operator: &Operator, provider: &Provider, person: &str, next: &str) -> String {
    let page = operator.browser.submit("/login", "/login/sso", &[("next", next)]).await.expect(200);
    provider.browser().visit(&way(&page), person).await
}

pub async fn sign_in(operator: &Operator, provider: &Provider, person: &str) -> Answer {
    let back = go_there(operator, provider, person, "/console").await;
    operator.browser.get(&back).await
}
