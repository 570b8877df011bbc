//! Single sign-on: how it is set up here. `flow` is the way to a provider and back, `admission` who comes in with what it says, `endings`
//! how its sessions end. Nothing here asks a provider or directory anything: what they said was checked by whoever hands it down.

use zeroize::Zeroizing;

use super::fields::Fields;
use super::tokens::TokenHash;
use super::{Ctx, Failure, alerts, sessions};
use crate::domain::access::{Action, Actor};
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::network::parse_networks;
use crate::domain::operator::Role;
use crate::domain::sso::{Admission, Authority, GroupRule, Issuer, Provider, Scope, SingleSignOn, SsoRefusal};
use crate::domain::text::{Label, Line, Name};

mod admission;
mod directory;
mod endings;
mod flow;

pub use admission::{enter, from_directory, join, link, link_by_hand, refused, unlink};
pub use directory::{DirectoryForm, put_directory};
pub use endings::end_by_provider;
pub(super) use flow::Once;
pub use flow::{Begun, Flow, Purpose, begin, recognise, walk};

/// Where the secrets lie that this server shows to others.
const CLIENT_SECRET: &str = "sso client secret";
const READER_PASSWORD: &str = "directory password";

/// A provider as a form holds it. An empty secret means: as it is. Does not print.
#[derive(Clone, Default)]
pub struct ProviderForm {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Zeroizing<String>,
    pub scopes: String,
    pub groups_claim: String,
    pub authority: String,
    pub logout_networks: String,
}

/// Whom it lets in, as a form holds it.
#[derive(Clone, Default)]
pub struct AdmissionForm {
    pub rules: Vec<RuleForm>,
    pub creates_accounts: bool,
    pub links_by_email: bool,
}

#[derive(Clone, Default)]
pub struct RuleForm {
    pub group: String,
    pub role: String,
    /// Empty for all sites.
    pub site: String,
}

/// What of it can be shown: whether there are secrets, and never which.
pub struct View {
    pub sso: SingleSignOn,
    pub has_client_secret: bool,
    pub has_reader_password: bool,
    /// Members of staff with an identity there.
    pub linked: usize,
}

/// # Errors
/// `Denied` to those who neither manage how staff sign in nor look after it.
pub fn view(ctx: &Ctx) -> Result<View, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    let house = ctx.store.house();
    Ok(View {
        sso: SingleSignOn::clone(&house.sso),
        has_client_secret: ctx.store.secret(CLIENT_SECRET)?.is_some(),
        has_reader_password: ctx.store.secret(READER_PASSWORD)?.is_some(),
        linked: house.operators.values().filter(|operator| operator.sso.is_some()).count(),
    })
}

/// What this server shows to the provider; for whoever asks it.
///
/// # Errors
/// When the store cannot be read.
pub fn client_secret(ctx: &Ctx) -> Result<Option<Zeroizing<String>>, Failure> {
    secret(ctx, CLIENT_SECRET)
}

/// What this server shows to the directory; for whoever asks it.
///
/// # Errors
/// When the store cannot be read.
pub fn reader_password(ctx: &Ctx) -> Result<Option<Zeroizing<String>>, Failure> {
    secret(ctx, READER_PASSWORD)
}

fn secret(ctx: &Ctx, name: &'static str) -> Result<Option<Zeroizing<String>>, Failure> {
    let bytes = ctx.store.secret(name)?;
    Ok(bytes.and_then(|bytes| std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))))
}

/// Sets the provider up, or changes how.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `InvalidFields`.
pub fn put_provider(ctx: &Ctx, form: &ProviderForm) -> Result<(), Failure> {
    may_change(ctx)?;
    let mut fields = Fields::default();
    let name = fields.take("sso_name", Name::parse(&form.name));
    let issuer = fields.take("issuer", Issuer::parse(&form.issuer));
    let client_id = fields.take("client_id", Line::parse(&form.client_id));
    let scopes = fields.take("scopes", Scope::parse_list(&form.scopes));
    let groups_claim = fields.take("groups_claim", Label::parse(&form.groups_claim));
    let authority = optional(&mut fields, "authority", &form.authority, Authority::parse);
    let networks = fields.take("logout_networks", parse_networks(&form.logout_networks));
    if form.client_secret.len() > limits::LINE_CHARS {
        fields.refuse("client_secret", format!("At most {} characters fit.", limits::LINE_CHARS));
    }
    let (Some(name), Some(issuer), Some(client_id), Some(scopes), Some(groups_claim), Some(authority), Some(logout_networks)) =
        (name, issuer, client_id, scopes, groups_claim, authority, networks)
    else {
        return Err(fields.failure());
    };
    fields.check()?;
    let provider = Provider { name, issuer, client_id, scopes, groups_claim, authority, logout_networks };
    let _changing = ctx.memory.changing();
    let mut sso = SingleSignOn::clone(&ctx.store.house().sso);
    let mut batch = ctx.store.batch();
    // A secret that was meant for one provider is not shown to another.
    let is_another = sso.provider.as_ref().is_some_and(|before| before.issuer != provider.issuer);
    if !form.client_secret.is_empty() {
        batch.put_secret(CLIENT_SECRET, form.client_secret.as_bytes());
    } else if is_another {
        batch.delete_secret(CLIENT_SECRET);
    }
    if is_another && sso.is_enforced {
        return Err(conflict("Stop enforcing single sign-on first: nobody has signed in through the other provider yet."));
    }
    sso.is_on |= sso.provider.is_none() && sso.directory.is_none();
    sso.provider = Some(provider);
    commit(ctx, batch, &sso)
}

/// Takes the provider or the directory out; with the last of them, enforcement ends.
///
/// # Errors
/// `Denied`, `ProofNeeded`.
pub fn remove(ctx: &Ctx, what: Source) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let mut sso = SingleSignOn::clone(&ctx.store.house().sso);
    let mut batch = ctx.store.batch();
    match what {
        Source::Provider => {
            sso.provider = None;
            batch.delete_secret(CLIENT_SECRET);
        }
        Source::Directory => {
            sso.directory = None;
            batch.delete_secret(READER_PASSWORD);
        }
    }
    if sso.provider.is_none() && sso.directory.is_none() {
        (sso.is_on, sso.is_enforced) = (false, false);
    }
    commit(ctx, batch, &sso)
}

/// Who comes in, as what.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `InvalidFields`.
pub fn put_admission(ctx: &Ctx, form: &AdmissionForm) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let mut fields = Fields::default();
    let mut rules = Vec::new();
    for (row, typed) in form.rules.iter().enumerate().filter(|(_, typed)| !typed.group.trim().is_empty()) {
        let group = fields.take(format!("group_{row}"), Line::parse(&typed.group));
        let role = fields.take(format!("rule-role_{row}"), Role::of_tag(&typed.role).ok_or("Choose a role."));
        let site = match typed.site.as_str() {
            "" => Some(None),
            text => {
                let known = text.parse().ok().filter(|site| house.sites.contains_key(site));
                fields.take(format!("rule-site_{row}"), known.ok_or("This site is not here any more. Choose again.")).map(Some)
            }
        };
        if let (Some(group), Some(role), Some(site)) = (group, role, site) {
            rules.push(GroupRule { group, role, site });
        }
    }
    if rules.len() > limits::SSO_RULES {
        fields.refuse("rules", format!("At most {} rules fit.", limits::SSO_RULES));
    }
    if form.creates_accounts && rules.is_empty() {
        fields.refuse("creates_accounts", "Add a rule first: without one nobody would know which role a new account has.");
    }
    fields.check()?;
    let admission = Admission { rules, creates_accounts: form.creates_accounts, links_by_email: form.links_by_email };
    let sso = SingleSignOn { admission, ..SingleSignOn::clone(&house.sso) };
    commit(ctx, ctx.store.batch(), &sso)
}

/// Opens the door that `disable` closed.
///
/// # Errors
/// `Denied`, `ProofNeeded`.
pub fn switch_on(ctx: &Ctx) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let sso = SingleSignOn { is_on: true, ..SingleSignOn::clone(&ctx.store.house().sso) };
    commit(ctx, ctx.store.batch(), &sso)
}

/// From here on nobody signs in with a password or passkey of this appliance, and whoever has ends. Only who came in through single
/// sign-on may ask for it, in that session: so it surely works.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `Conflict` for who came in another way.
pub fn enforce(ctx: &Ctx, session: &TokenHash) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let came_through = ctx.store.session(session)?.is_some_and(|session| session.sso.is_some());
    if !came_through {
        return Err(conflict(
            "Sign in through it yourself first, and come back: so it is sure to work for at least one administrator.",
        ));
    }
    let sso = SingleSignOn { is_enforced: true, ..SingleSignOn::clone(&house.sso) };
    let mut batch = ctx.store.batch();
    sessions::end_in_if(ctx, &mut batch, |session| session.sso.is_none())?;
    commit(ctx, batch, &sso)
}

/// Passwords and passkeys of this appliance count again.
///
/// # Errors
/// `Denied`, `ProofNeeded`.
pub fn stop_enforcing(ctx: &Ctx) -> Result<(), Failure> {
    may_change(ctx)?;
    let _changing = ctx.memory.changing();
    let sso = SingleSignOn { is_enforced: false, ..SingleSignOn::clone(&ctx.store.house().sso) };
    commit(ctx, ctx.store.batch(), &sso)
}

/// Whether passwords and passkeys of this appliance count.
///
/// # Errors
/// `Sso` where they do not.
pub(super) fn permit_own_ways(ctx: &Ctx) -> Result<(), Failure> {
    if ctx.store.house().sso.is_in_force() { Err(Failure::Sso(SsoRefusal::Enforced)) } else { Ok(()) }
}

/// The owner of the host opens the door again: single sign-on is switched off, whoever came in through it is out, and administrators are
/// told. `false` when there was nothing to switch off.
///
/// # Errors
/// `Denied` to anybody else; when the store does not write.
pub fn disable(ctx: &Ctx) -> Result<bool, Failure> {
    let Actor::Host = ctx.actor else { return Err(Failure::Denied(crate::domain::access::Denied)) };
    let _changing = ctx.memory.changing();
    let before = ctx.store.house();
    if !before.sso.is_on && !before.sso.is_enforced {
        return Ok(false);
    }
    let mut batch = ctx.store.batch();
    batch.put_sso(&SingleSignOn { is_on: false, is_enforced: false, ..SingleSignOn::clone(&before.sso) });
    // Whoever came in through what may have gone wrong is out.
    sessions::end_in_if(ctx, &mut batch, |session| session.sso.is_some())?;
    ctx.audit(&mut batch, AuditAction::SsoDisabled);
    alerts::raise_in(ctx, &mut batch, AlertKind::SsoDisabled);
    ctx.settle(batch)?;
    Ok(true)
}

pub use crate::domain::sso::Source;

/// How staff get in is worth as much as the list of addresses, and is asked for the same.
fn may_change(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()
}

fn commit(ctx: &Ctx, mut batch: crate::store::Batch, sso: &SingleSignOn) -> Result<(), Failure> {
    batch.put_sso(sso);
    ctx.audit(&mut batch, AuditAction::SsoChanged { is_enforced: sso.is_enforced });
    ctx.settle(batch)?;
    Ok(())
}

/// A field that may be empty: nothing, or what it says; `None` when that cannot be taken.
fn optional<T, E: std::fmt::Display>(
    fields: &mut Fields,
    name: &'static str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<Option<T>> {
    if text.trim().is_empty() { Some(None) } else { fields.take(name, parse(text)).map(Some) }
}

fn conflict(message: &str) -> Failure {
    Failure::Conflict(message.to_owned())
}

#[cfg(test)]
#[path = "../tests/sso.rs"]
mod tests;
