//! The first minutes of an installation: the organisation, its first administrator and its first site.

use super::fields::Fields;
use super::hashing;
use super::sites::parse_origins;
use super::tokens::{Token, TokenHash, equal, hash_of};
use super::{Ctx, Failure, suspicion, throttle};
use crate::domain::access::{Actor, Denied};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::credential::Password;
use crate::domain::id::{OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::operator::{Membership, Operator, Role, Standing};
use crate::domain::site::Site;
use crate::domain::subject::Backlog;
use crate::domain::text::{EmailAddress, Name};
use crate::domain::throttle::Limit;
use crate::store::{Organisation, Store, StoreError};

/// Under which name the token's hash is kept: 32 bytes of SHA-256 and how often somebody was wrong (4 bytes, big endian).
const SECRET: &str = "setup";

/// The setup form as it was filled in. `origins` has one website a line and may be empty: the demo page needs none.
#[derive(Default)]
pub struct SetUp {
    pub organisation: String,
    pub admin_name: String,
    pub admin_email: String,
    pub password: String,
    pub site_name: String,
    pub origins: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    pub operator: OperatorId,
    pub site: SiteId,
}

#[must_use]
pub fn is_done(store: &Store) -> bool {
    store.house().organisation.is_some()
}

/// Makes the one-time token for the setup address; the one before is worthless from here on.
///
/// # Errors
/// `Conflict` when setup is done.
pub fn begin(ctx: &Ctx) -> Result<Token, Failure> {
    let _changing = ctx.memory.changing();
    not_done(ctx)?;
    let token = Token::new(ctx);
    let mut batch = ctx.store.batch();
    batch.put_secret(SECRET, &Pending { hash: token.hash(), wrong: 0 }.to_bytes());
    ctx.store.commit(batch).wait()?;
    Ok(token)
}

/// Sets up through the browser.
///
/// # Errors
/// `Invalid` for a wrong token (field `token`), `InvalidFields` for the form, `Conflict` when setup is done.
pub fn finish(ctx: &Ctx, token: &str, form: SetUp) -> Result<Finished, Failure> {
    check_token(ctx, token)?;
    carry_out(ctx, form)
}

/// Sets up from the host's command line, where being there is the proof.
///
/// # Errors
/// `InvalidFields` for the form, `Conflict` when setup is done.
pub fn finish_on_host(ctx: &Ctx, form: SetUp) -> Result<Finished, Failure> {
    if *ctx.actor != Actor::Host {
        return Err(Failure::Denied(Denied));
    }
    carry_out(ctx, form)
}

fn check_token(ctx: &Ctx, token: &str) -> Result<(), Failure> {
    throttle::take_from(ctx, Limit::Links)?;
    let _changing = ctx.memory.changing();
    not_done(ctx)?;
    let Some(mut pending) = Pending::read(ctx.store)? else { return Err(wrong_token()) };
    if hash_of(token).is_some_and(|hash| equal(&hash, &pending.hash)) {
        return Ok(());
    }
    suspicion::note_token(ctx, token);
    pending.wrong += 1;
    let mut batch = ctx.store.batch();
    if pending.wrong >= limits::SETUP_ATTEMPTS {
        batch.delete_secret(SECRET);
    } else {
        batch.put_secret(SECRET, &pending.to_bytes());
    }
    ctx.audit_refused(&mut batch, AuditAction::SetUpRefused);
    ctx.store.commit(batch).wait()?;
    Err(wrong_token())
}

fn wrong_token() -> Failure {
    let message = "This setup address is not valid. Use the newest one that Parlor printed, or restart Parlor for a new one.";
    Failure::Invalid { field: "token", message: message.to_owned() }
}

fn not_done(ctx: &Ctx) -> Result<(), Failure> {
    if is_done(ctx.store) { Err(Failure::Conflict("Parlor is set up already. Sign in instead.".to_owned())) } else { Ok(()) }
}

fn carry_out(ctx: &Ctx, form: SetUp) -> Result<Finished, Failure> {
    not_done(ctx)?;
    // In the order of the page, which is the order in which the summary names them.
    let mut fields = Fields::default();
    let context = [&form.organisation, &form.admin_name, &form.admin_email, &form.site_name].map(String::as_str);
    let organisation = fields.take("organisation", Name::parse(&form.organisation));
    let name = fields.take("admin_name", Name::parse(&form.admin_name));
    let email = fields.take("admin_email", EmailAddress::parse(&form.admin_email));
    let password = fields.take("password", Password::parse_new(form.password, &context));
    let site_name = fields.take("site_name", Name::parse(&form.site_name));
    let origins = fields.take("origins", parse_origins(&form.origins));
    let (Some(password), Some(organisation), Some(name), Some(email), Some(site_name), Some(origins)) =
        (password, organisation, name, email, site_name, origins)
    else {
        return Err(fields.failure());
    };
    let password_hash = hashing::hash(ctx, &password)?;

    let _changing = ctx.memory.changing();
    not_done(ctx)?;
    let site = Site::new(SiteId::from_bytes(ctx.random_bytes()), site_name, origins, ctx.now);
    let admin = Operator {
        id: OperatorId::from_bytes(ctx.random_bytes()),
        name,
        email,
        role: Role::Admin,
        membership: Membership::AllSites,
        standing: Standing::Active,
        password_hash: Some(password_hash),
        created_at: ctx.now,
        capacity: limits::CAPACITY_DEFAULT,
        sso: None,
        last_seen_at: None,
        reset: None,
    };
    let mut batch = ctx.store.batch();
    batch.put_organisation(&Organisation { name: organisation, set_up_at: ctx.now });
    batch.put_operator(&admin);
    batch.put_site(&site);
    // Nothing is older than the index of people.
    batch.put_backlog(Backlog { is_done: true, ..Backlog::default() });
    batch.delete_secret(SECRET);
    // The token came from the host's own terminal, so this was the owner, whichever way they went.
    ctx.audit_as(&mut batch, AuditActor::Host, AuditAction::SetUp);
    ctx.audit_as(&mut batch, AuditActor::Host, AuditAction::SiteCreated(site.id));
    ctx.store.commit(batch).wait()?;
    Ok(Finished { operator: admin.id, site: site.id })
}

/// The token that is waited for.
struct Pending {
    hash: TokenHash,
    wrong: u32,
}

impl Pending {
    fn read(store: &Store) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.secret(SECRET)? else { return Ok(None) };
        let damaged = || StoreError::Damaged("the setup token".to_owned());
        let (hash, wrong) = bytes.split_at_checked(32).ok_or_else(damaged)?;
        Ok(Some(Self {
            hash: hash.try_into().map_err(|_| damaged())?,
            wrong: u32::from_be_bytes(wrong.try_into().map_err(|_| damaged())?),
        }))
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&self.hash[..], &self.wrong.to_be_bytes()[..]].concat()
    }
}

#[cfg(test)]
#[path = "tests/setup.rs"]
mod tests;
