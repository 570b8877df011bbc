//! Addresses inside the appliance, written once.

use crate::domain::id::{ConversationId, DepartmentId, FormId, OperatorId, OrderId, SiteId, SubmissionId, WebhookId, WindowId};
use crate::domain::language::Language;
use crate::domain::operator::Role;
use crate::domain::posture::Profile;

pub const SETUP: &str = "/setup";
pub const LOGIN: &str = "/login";
/// Where a link with a token behind its # leads.
pub const CHOOSE_PASSWORD: &str = "/login/password";
pub const CODE: &str = "/login/code";
pub const FORGOTTEN: &str = "/login/forgotten";
pub const SSO_CALLBACK: &str = "/login/sso/callback";
pub const SSO_LOGOUT: &str = "/login/sso/logout";
pub const ACCOUNT: &str = "/account";
pub const PASSKEYS: &str = "/account/passkeys";
pub const SESSIONS: &str = "/account/sessions";
pub const SECOND_FACTOR: &str = "/account/second-factor";
pub const SECOND_FACTOR_RECOVERED: &str = "/account/second-factor?recovered";
pub const CONSOLE: &str = "/console";
pub const LEADS: &str = "/leads";
pub const CANNED: &str = "/console/canned";
pub const ADMIN: &str = "/admin";
pub const SITES: &str = "/admin/sites";
pub const PEOPLE: &str = "/admin/people";
pub const PERMISSIONS: &str = "/admin/people/permissions";
pub const PRIVACY: &str = "/admin/privacy";
pub const HOLDS: &str = "/admin/privacy/holds";
pub const PURGE_RULES: &str = "/admin/privacy/rules";
pub const SUBJECTS: &str = "/admin/privacy/people";
pub const PROFILES: &str = "/admin/privacy/profiles";
pub const RECEIPTS: &str = "/admin/privacy/receipts";
pub const EVIDENCE: &str = "/admin/privacy/evidence";
pub const EXPORT: &str = "/admin/privacy/export";
pub const RECORDS: &str = "/admin/privacy/records";
pub const SECURE_FORMS: &str = "/admin/privacy/forms";
pub const CONSOLE_FORMS: &str = "/console/forms";
pub const AUDIT: &str = "/admin/audit";
pub const SECURITY: &str = "/admin/security";
pub const LIMITS: &str = "/admin/security/limits";
pub const ALERTS: &str = "/admin/security/alerts";
pub const SIGN_IN_POLICY: &str = "/admin/security/sign-in";
pub const SSO: &str = "/admin/security/sso";
pub const SSO_DIRECTORY: &str = "/admin/security/sso/directory";
pub const SSO_ADMISSION: &str = "/admin/security/sso/admission";
pub const WEBHOOKS: &str = "/admin/webhooks";
pub const NEW_WEBHOOK: &str = "/admin/webhooks/new";
pub const DELIVERIES: &str = "/admin/webhooks/deliveries";
pub const BACKUPS: &str = "/admin/backups";
pub const SYSTEM: &str = "/admin/system";

/// Where somebody begins who has no other page in mind.
#[must_use]
pub const fn home(role: Role) -> &'static str {
    match role {
        Role::Admin | Role::Supervisor | Role::Operator => CONSOLE,
        Role::Auditor => ADMIN,
        Role::Client => LEADS,
    }
}

#[must_use]
pub fn site(id: SiteId) -> String {
    format!("{SITES}/{id}")
}

/// A section of a site's settings; the first has an empty path.
#[must_use]
pub fn site_section(id: SiteId, path: &str) -> String {
    if path.is_empty() { site(id) } else { format!("{SITES}/{id}/{path}") }
}

#[must_use]
pub fn window(site: SiteId, id: WindowId) -> String {
    format!("{SITES}/{site}/windows/{id}")
}

#[must_use]
pub fn department(site: SiteId, id: DepartmentId) -> String {
    format!("{SITES}/{site}/departments/{id}")
}

#[must_use]
pub fn purge_rule(id: OrderId) -> String {
    format!("{PURGE_RULES}/{id}")
}

#[must_use]
pub fn snippet(id: SiteId) -> String {
    format!("{SITES}/{id}/snippet")
}

#[must_use]
pub fn profile(profile: Profile) -> String {
    format!("{PROFILES}/{}", profile.tag())
}

#[must_use]
pub fn person(id: OperatorId) -> String {
    format!("{PEOPLE}/{id}")
}

#[must_use]
pub fn conversation(id: ConversationId) -> String {
    format!("{CONSOLE}/conversations/{id}")
}

#[must_use]
pub fn webhook(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}")
}

#[must_use]
pub fn secure_form(id: FormId) -> String {
    format!("{SECURE_FORMS}/{id}")
}

#[must_use]
pub fn secure_form_texts(id: FormId, language: Language) -> String {
    format!("{SECURE_FORMS}/{id}/languages/{}", language.tag())
}

#[must_use]
pub fn submission(id: SubmissionId) -> String {
    format!("{CONSOLE}/submissions/{id}")
}

/// The chat without JavaScript.
#[must_use]
pub fn chat(site: SiteId) -> String {
    format!("/chat/{site}")
}

/// A path of our own to go to after signing in; anything that could lead elsewhere becomes the console.
#[must_use]
pub fn safe_next(raw: &str) -> &str {
    let local = raw.starts_with('/') && !raw.starts_with("//") && !raw.contains(|c: char| c == '\\' || c.is_control());
    if local && raw.len() <= 500 { raw } else { CONSOLE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_never_leads_away() {
        assert_eq!(safe_next("/admin/sites?saved"), "/admin/sites?saved");
        for wrong in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\nb",
            "/a\0b",
            "/a\u{7f}b",
            "javascript:alert(1)",
        ] {
            assert_eq!(safe_next(wrong), CONSOLE, "{wrong}");
        }
    }
}
