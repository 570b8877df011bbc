//! Who comes in with what a provider or directory says of them. An account is known by issuer and subject together, and by nothing
//! else: names and e-mail addresses are given to others.

use std::sync::Arc;

use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Membership, Operator, Part, Role, SsoIdentity, Standing};
use crate::domain::session::{SignInMethod, SsoSession};
use crate::domain::sso::{Claims, Place, Source, SsoRefusal};
use crate::domain::text::Name;
use crate::service::sign_in::Tried;
use crate::service::sign_in::steps::{self, First, Step};
use crate::service::tokens::TokenHash;
use crate::service::{people, sign_in};
use crate::store::House;

/// Somebody comes in through the provider or directory.
///
/// # Errors
/// `Sso` says why not, which is on record then.
pub fn enter(ctx: &Ctx, claims: &Claims) -> Result<Step, Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    match whose(ctx, &house, claims) {
        Ok(operator) => come_in(ctx, &house, claims, operator),
        Err(refusal) => refuse(ctx, refusal),
    }
}

/// Somebody whose name and password were not known here was asked about at the directory: it knows them, or nobody does.
///
/// # Errors
/// `WrongCredentials`; `Sso` says why not, which is on record then.
pub fn from_directory(ctx: &Ctx, tried: &Tried, claims: Option<&Claims>) -> Result<Step, Failure> {
    let Some(claims) = claims else { return sign_in::not_known(ctx, tried) };
    let step = enter(ctx, claims)?;
    sign_in::known_elsewhere(ctx, tried, &step);
    Ok(step)
}

/// Somebody accepts an invitation with their identity there: the link proves whose account it is.
///
/// # Errors
/// `Sso` says why not, which is on record then.
pub fn join(ctx: &Ctx, invitation: &TokenHash, claims: &Claims) -> Result<Step, Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if let Err(refusal) = is_in_use(&house, claims) {
        return refuse(ctx, refusal);
    }
    let Some(person) = people::invited_by_hash(ctx, invitation) else { return refuse(ctx, SsoRefusal::Unknown) };
    if holder(&house, claims).is_some_and(|other| other.id != person.id) {
        return refuse(ctx, SsoRefusal::Taken);
    }
    come_in(ctx, &house, claims, Operator { sso: Some(identity(claims)), ..Operator::clone(&person) })
}

/// Somebody who is signed in makes an identity theirs: they went to the provider from this session.
///
/// # Errors
/// `Sso` says why not, which is on record then.
pub fn link(ctx: &Ctx, session: &TokenHash, claims: &Claims) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if let Err(refusal) = is_in_use(&house, claims) {
        return refuse(ctx, refusal);
    }
    let Actor::Staff { id, .. } = ctx.actor else { return refuse(ctx, SsoRefusal::NotBegun) };
    // The session that set out is still there, and theirs.
    let is_theirs = ctx.store.session(session)?.is_some_and(|session| session.operator == *id);
    let Some(operator) = house.operators.get(id).filter(|it| it.is_active() && is_theirs) else {
        return refuse(ctx, SsoRefusal::NotBegun);
    };
    put_identity(ctx, &house, operator, Some(identity(claims)))
}

/// An administrator says which identity is whose; an empty subject takes it away. With an identity taken away, the sessions go that
/// came through it.
///
/// # Errors
/// `NotFound`, `ProofNeeded`, `Conflict`, `Invalid`.
pub fn link_by_hand(ctx: &Ctx, id: OperatorId, source: Source, subject: &str) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(&id).ok_or(Failure::NotFound)?;
    let subject = subject.trim();
    if subject.is_empty() {
        return put_identity(ctx, &house, operator, None);
    }
    let issuer = house.sso.issuer(source).ok_or(Failure::Sso(SsoRefusal::Off))?;
    if !Claims::is_subject(subject) {
        let message = format!("Write what the provider calls this person, in at most {} characters.", limits::SUBJECT_BYTES);
        return Err(Failure::Invalid { field: "subject", message });
    }
    put_identity(ctx, &house, operator, Some(SsoIdentity { issuer, subject: subject.to_owned() }))
}

/// Somebody takes their own identity away, and signs in with a password from then on.
///
/// # Errors
/// `ProofNeeded`; `Conflict` for who could not sign in any more.
pub fn unlink(ctx: &Ctx) -> Result<(), Failure> {
    ctx.require_proof()?;
    let Actor::Staff { id, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let operator = house.operators.get(id).ok_or(Failure::NotFound)?;
    if operator.password_hash.is_none() || house.sso.is_in_force() {
        return Err(Failure::Conflict("Without it you could not sign in any more. Ask an administrator.".to_owned()));
    }
    put_identity(ctx, &house, operator, None)
}

/// Puts a refusal on record that was decided at the edge: by the provider itself, or since its answer was none.
///
/// # Errors
/// When the store does not write.
pub fn refused(ctx: &Ctx, refusal: SsoRefusal) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit_refused(&mut batch, AuditAction::SsoRefused(refusal));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn refuse<T>(ctx: &Ctx, refusal: SsoRefusal) -> Result<T, Failure> {
    refused(ctx, refusal)?;
    Err(Failure::Sso(refusal))
}

fn identity(claims: &Claims) -> SsoIdentity {
    SsoIdentity { issuer: claims.issuer.clone(), subject: claims.subject.clone() }
}

/// Settings may have changed while somebody was there.
fn is_in_use(house: &House, claims: &Claims) -> Result<(), SsoRefusal> {
    if house.sso.issuer(claims.source).as_ref() == Some(&claims.issuer) { Ok(()) } else { Err(SsoRefusal::Off) }
}

fn holder<'a>(house: &'a House, claims: &Claims) -> Option<&'a Arc<Operator>> {
    let identity = identity(claims);
    house.operators.values().find(|operator| operator.sso.as_ref() == Some(&identity))
}

/// The account that they come in to: as it is, linked from now on, or new.
fn whose(ctx: &Ctx, house: &House, claims: &Claims) -> Result<Operator, SsoRefusal> {
    is_in_use(house, claims)?;
    if let Some(operator) = holder(house, claims) {
        return Ok(Operator::clone(operator));
    }
    let admission = &house.sso.admission;
    let same_address = claims.email.as_ref().and_then(|email| house.operators.values().find(|it| it.email == *email));
    if let Some(operator) = same_address {
        let may_link = admission.links_by_email && claims.email_is_verified && operator.sso.is_none();
        if !may_link {
            return Err(SsoRefusal::Unknown);
        }
        return Ok(Operator { sso: Some(identity(claims)), ..Operator::clone(operator) });
    }
    let Place::At(role, membership) = admission.place(&claims.groups) else {
        return Err(if admission.creates_accounts { SsoRefusal::NoGroup } else { SsoRefusal::Unknown });
    };
    if !admission.creates_accounts {
        return Err(SsoRefusal::Unknown);
    }
    // An address that nobody has proven must not stand in an account, where mail goes to it.
    let email = claims.email.clone().filter(|_| claims.email_is_verified).ok_or(SsoRefusal::Incomplete)?;
    let name = claims.name.clone().or_else(|| Name::parse(email.as_str().split('@').next().unwrap_or_default()).ok());
    let name = name.ok_or(SsoRefusal::Incomplete)?;
    if house.operators.len() >= limits::OPERATORS {
        return Err(SsoRefusal::Full);
    }
    Ok(Operator {
        id: OperatorId::from_bytes(ctx.random_bytes()),
        name,
        email,
        role,
        membership,
        standing: Standing::Active,
        password_hash: None,
        created_at: ctx.now,
        capacity: limits::CAPACITY_DEFAULT,
        sso: Some(identity(claims)),
        last_seen_at: None,
        reset: None,
    })
}

/// They are who they are; whether they may come in, and as what, is decided now.
fn come_in(ctx: &Ctx, house: &House, claims: &Claims, mut operator: Operator) -> Result<Step, Failure> {
    let before = house.operators.get(&operator.id);
    if operator.standing == Standing::Disabled {
        return refuse(ctx, SsoRefusal::Disabled);
    }
    match house.sso.admission.place(&claims.groups) {
        Place::AsItIs => {}
        Place::None => return refuse(ctx, SsoRefusal::NoGroup),
        // Groups never take away the last person who can give rights back.
        Place::At(role, _) if role != Role::Admin && people::keep_an_admin(ctx, &operator).is_err() => {}
        Place::At(role, membership) => {
            operator.membership = narrowed(membership, &operator.membership);
            operator.role = role;
        }
    }
    let mut batch = ctx.store.batch();
    let id = operator.id;
    let who = || AuditActor::Staff(id);
    match before {
        None => ctx.audit_as(&mut batch, who(), AuditAction::SsoAccountMade(operator.id)),
        Some(before) => {
            if matches!(operator.standing, Standing::Invited { .. }) {
                operator.standing = Standing::Active;
                ctx.audit_as(&mut batch, who(), AuditAction::OperatorJoined(operator.id));
            }
            if before.sso != operator.sso {
                ctx.audit_as(&mut batch, who(), AuditAction::SsoLinked(operator.id));
            }
            if (before.role, &before.membership) != (operator.role, &operator.membership) {
                ctx.audit_as(&mut batch, who(), AuditAction::OperatorChanged(operator.id));
            }
        }
    }
    if before.is_none_or(|before| **before != operator) {
        batch.put_operator(&operator);
        batch.tell(News::Operator(operator.id));
    }
    let by = match claims.source {
        Source::Provider => SignInMethod::SingleSignOn,
        Source::Directory => SignInMethod::Directory,
    };
    let (issuer, subject, sid) = (claims.issuer.clone(), claims.subject.clone(), claims.sid.clone());
    steps::go_on(ctx, batch, &operator, First { by, sso: Some(SsoSession { issuer, subject, sid }) })
}

/// Groups give whole sites. Whoever was given a part of one here keeps to that part.
fn narrowed(given: Membership, before: &Membership) -> Membership {
    match (given, before) {
        (Membership::Sites(mut sites), Membership::Sites(before)) => {
            for (site, part) in &mut sites {
                if let Some(narrower @ Part::Departments(_)) = before.get(site) {
                    *part = narrower.clone();
                }
            }
            Membership::Sites(sites)
        }
        (given, _) => given,
    }
}

/// Held under the change lock.
fn put_identity(ctx: &Ctx, house: &House, operator: &Operator, sso: Option<SsoIdentity>) -> Result<(), Failure> {
    if operator.sso == sso {
        return Ok(());
    }
    if sso.is_some() && house.operators.values().any(|other| other.id != operator.id && other.sso == sso) {
        return refuse(ctx, SsoRefusal::Taken);
    }
    let mut batch = ctx.store.batch();
    super::endings::end_of_in(ctx, &mut batch, operator.id)?;
    let what = if sso.is_some() { AuditAction::SsoLinked(operator.id) } else { AuditAction::SsoUnlinked(operator.id) };
    batch.put_operator(&Operator { sso, ..operator.clone() });
    ctx.audit(&mut batch, what);
    batch.tell(News::Operator(operator.id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}
