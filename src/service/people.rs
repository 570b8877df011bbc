//! Staff: who works here, in which role, for which sites; how they come and how they go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::Fields;
use super::hashing;
use super::sessions;
use super::tokens::{Token, TokenHash, equal, hash_of};
use super::{Ctx, Failure, letters, suspicion, throttle};
use crate::domain::access::{Action, Actor, Denied};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::credential::Password;
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::letter::LetterKind;
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Membership, Operator, Part, Role, Standing};
use crate::domain::text::{EmailAddress, Name};
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::store::Batch;

/// A person as a form holds them: text as typed. The e-mail address counts for an invitation only; it names the account.
/// Does not print: it holds a person's name and address.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonForm {
    pub name: String,
    pub email: String,
    /// `admin`, `supervisor` or `operator`
    pub role: String,
    /// Chats that they are given at once; empty for the usual number.
    pub capacity: String,
    /// Works for every site, those to come included; otherwise for those in `sites` and `confined`.
    pub all_sites: bool,
    /// Ids of sites, as text: all of them.
    pub sites: Vec<String>,
    /// And those of which only some departments are theirs.
    pub confined: Vec<String>,
    /// Ids of departments, as text: those that are meant.
    pub departments: Vec<String>,
}

/// An invitation's link is shown once: only the hash of its token is kept.
pub struct Invitation {
    pub operator: OperatorId,
    pub token: Token,
    pub expires_at: Timestamp,
}

/// Everybody, by name.
///
/// # Errors
/// `Denied` to those who do not manage people.
pub fn list(ctx: &Ctx) -> Result<Vec<Arc<Operator>>, Failure> {
    ctx.authorize(Action::ManagePeople)?;
    let mut people: Vec<_> = ctx.store.house().operators.values().cloned().collect();
    people.sort_by_cached_key(|person| (person.name.as_str().to_lowercase(), person.id));
    Ok(people)
}

/// # Errors
/// `NotFound`, to those who may not manage people too.
pub fn get(ctx: &Ctx, id: OperatorId) -> Result<Arc<Operator>, Failure> {
    ctx.authorize(Action::ManagePeople).map_err(|Denied| Failure::NotFound)?;
    ctx.store.house().operators.get(&id).cloned().ok_or(Failure::NotFound)
}

/// How a link reaches the person it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    /// It is shown to who makes it, and passed on by them.
    Shown,
    /// It stands in a letter and nowhere else.
    Mailed,
}

/// Adds somebody, who chooses a password through the link, which is shown once.
///
/// # Errors
/// `InvalidFields` for all that cannot be taken; `ProofNeeded`.
pub fn invite(ctx: &Ctx, form: &PersonForm) -> Result<Invitation, Failure> {
    invite_with(ctx, form, Delivery::Shown)
}

/// The same with a link that nobody sees but who is invited.
///
/// # Errors
/// As `invite`.
pub fn invite_by_mail(ctx: &Ctx, form: &PersonForm) -> Result<OperatorId, Failure> {
    invite_with(ctx, form, Delivery::Mailed).map(|invitation| invitation.operator)
}

fn invite_with(ctx: &Ctx, form: &PersonForm, delivery: Delivery) -> Result<Invitation, Failure> {
    ctx.authorize(Action::ManagePeople)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.operators.len() >= limits::OPERATORS {
        return Err(Failure::Conflict(format!("At most {} people fit.", limits::OPERATORS)));
    }
    let mut fields = Fields::default();
    let name = fields.take("name", Name::parse(&form.name));
    let email = fields.take("email", EmailAddress::parse(&form.email));
    if email.as_ref().is_some_and(|email| house.operators.values().any(|other| other.email == *email)) {
        fields.refuse("email", "Somebody with this e-mail address is here already.");
    }
    let place = form.parse_place(ctx, &mut fields);
    let (Some(name), Some(email), Some((role, membership, capacity))) = (name, email, place) else {
        return Err(fields.failure());
    };
    fields.check()?;
    let (invitation, standing) = make_invitation(ctx, OperatorId::from_bytes(ctx.random_bytes()));
    let person = Operator {
        id: invitation.operator,
        name,
        email,
        role,
        membership,
        standing,
        password_hash: None,
        created_at: ctx.now,
        capacity,
        sso: None,
        last_seen_at: None,
        reset: None,
    };
    let mut batch = ctx.store.batch();
    batch.put_operator(&person);
    if delivery == Delivery::Mailed {
        letters::owe_in(ctx, &mut batch, person.id, LetterKind::Invitation);
    }
    commit(ctx, batch, person.id, AuditAction::OperatorInvited(person.id))?;
    Ok(invitation)
}

/// Makes a new link, which is shown once: for somebody whose link has run out, or who has forgotten their password. The old link, the
/// old password and all sessions are worthless from here on; their second factor stays and is asked for.
///
/// # Errors
/// `Conflict` for oneself, for somebody disabled, and for the last administrator; `ProofNeeded`.
pub fn renew_invitation(ctx: &Ctx, id: OperatorId) -> Result<Invitation, Failure> {
    renew_with(ctx, id, Delivery::Shown)
}

/// The same with a link that nobody sees but who it is for.
///
/// # Errors
/// As `renew_invitation`.
pub fn renew_by_mail(ctx: &Ctx, id: OperatorId) -> Result<(), Failure> {
    renew_with(ctx, id, Delivery::Mailed).map(drop)
}

/// The secret for the letter that is about to be sent: what the invitation held before it was worthless anyway.
///
/// # Errors
/// When the store does not write.
pub(super) fn link_for_letter(ctx: &Ctx, id: OperatorId) -> Result<Option<Token>, Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    // Who has joined or was disabled meanwhile is owed nothing any more.
    let Some(person) = house.operators.get(&id).filter(|it| matches!(it.standing, Standing::Invited { .. })) else {
        return Ok(None);
    };
    let (invitation, standing) = make_invitation(ctx, id);
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { standing, ..Operator::clone(person) });
    ctx.settle(batch)?;
    Ok(Some(invitation.token))
}

fn renew_with(ctx: &Ctx, id: OperatorId, delivery: Delivery) -> Result<Invitation, Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    ctx.require_proof()?;
    match &before.standing {
        Standing::Invited { .. } => {}
        Standing::Active if is_self(ctx, id) => return Err(conflict("Change your own password under “Account”.")),
        Standing::Active => keep_an_admin(ctx, &before)?,
        Standing::Disabled => return Err(conflict("Enable this account first.")),
    }
    let (invitation, standing) = make_invitation(ctx, id);
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { standing, password_hash: None, reset: None, ..Operator::clone(&before) });
    if delivery == Delivery::Mailed {
        letters::owe_in(ctx, &mut batch, id, LetterKind::Invitation);
    }
    sessions::end_all_in(ctx, &mut batch, id)?;
    commit(ctx, batch, id, AuditAction::InvitationRenewed(id))?;
    Ok(invitation)
}

/// Whose invitation this is, for the page on which a password is chosen.
#[must_use]
pub fn invited(ctx: &Ctx, token: &str) -> Option<Arc<Operator>> {
    invited_by_hash(ctx, &hash_of(token)?)
}

/// The same, by the hash of the link's secret.
#[must_use]
pub(super) fn invited_by_hash(ctx: &Ctx, hash: &TokenHash) -> Option<Arc<Operator>> {
    let house = ctx.store.house();
    house.operators.values().find(|person| is_invitation(person, hash, ctx.now)).cloned()
}

/// Accepts an invitation: chooses the password, which uses up the link.
///
/// # Errors
/// `Conflict` when the link is not valid (any more); `InvalidFields` for the password.
pub fn join(ctx: &Ctx, token: &str, password: String) -> Result<OperatorId, Failure> {
    let gone = || conflict("This invitation is not valid any more. Ask your administrator for a new one.");
    throttle::take_from(ctx, Limit::Links)?;
    let Some(person) = invited(ctx, token) else {
        suspicion::note_token(ctx, token);
        return Err(gone());
    };
    let mut fields = Fields::default();
    let password = fields.take("password", Password::parse_new(password, &[person.name.as_str(), person.email.as_str()]));
    let Some(password) = password else { return Err(fields.failure()) };
    let hash = hashing::hash(ctx, &password)?;

    let _changing = ctx.memory.changing();
    // The same link may have been used twice at once: only the first finds it still there.
    let person = invited(ctx, token).ok_or_else(gone)?;
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { standing: Standing::Active, password_hash: Some(hash), ..Operator::clone(&person) });
    ctx.audit_as(&mut batch, AuditActor::Staff(person.id), AuditAction::OperatorJoined(person.id));
    batch.tell(News::Operator(person.id));
    ctx.settle(batch)?;
    Ok(person.id)
}

/// Changes name, role, sites and capacity.
///
/// # Errors
/// `NotFound`; `InvalidFields`; `Conflict` when no administrator would be left.
pub fn change(ctx: &Ctx, id: OperatorId, form: &PersonForm) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    ctx.require_proof()?;
    let mut fields = Fields::default();
    let name = fields.take("name", Name::parse(&form.name));
    let place = form.parse_place(ctx, &mut fields);
    let (Some(name), Some((role, membership, capacity))) = (name, place) else { return Err(fields.failure()) };
    fields.check()?;
    if role != Role::Admin {
        keep_an_admin(ctx, &before)?;
    }
    let after = Operator { name, role, membership, capacity, ..Operator::clone(&before) };
    if after == *before {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_operator(&after);
    commit(ctx, batch, id, AuditAction::OperatorChanged(id))
}

/// Shuts somebody out at once: their sessions end and their link is worthless.
///
/// # Errors
/// `NotFound`; `Conflict` when no administrator would be left.
pub fn disable(ctx: &Ctx, id: OperatorId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    ctx.require_proof()?;
    if before.standing == Standing::Disabled {
        return Ok(());
    }
    keep_an_admin(ctx, &before)?;
    let mut batch = ctx.store.batch();
    batch.put_operator(&Operator { standing: Standing::Disabled, reset: None, ..Operator::clone(&before) });
    sessions::end_all_in(ctx, &mut batch, id)?;
    commit(ctx, batch, id, AuditAction::OperatorDisabled(id))
}

/// Lets somebody in again. Who never chose a password and signs in nowhere else is invited again, with a link that has run out: renew it.
///
/// # Errors
/// `NotFound`.
pub fn enable(ctx: &Ctx, id: OperatorId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    ctx.require_proof()?;
    if before.standing != Standing::Disabled {
        return Ok(());
    }
    let standing = if before.password_hash.is_some() || before.sso.is_some() {
        Standing::Active
    } else {
        Standing::Invited { token_hash: ctx.random_bytes(), expires_at: ctx.now }
    };
    let mut batch = ctx.store.batch();
    // From now on they are here again, or the next look at accounts that nobody uses would shut them out once more.
    batch.put_operator(&Operator { standing, last_seen_at: Some(ctx.now), ..Operator::clone(&before) });
    commit(ctx, batch, id, AuditAction::OperatorEnabled(id))
}

impl PersonForm {
    /// The form as it shows somebody who is here.
    #[must_use]
    pub fn of(person: &Operator) -> Self {
        let (mut sites, mut confined, mut departments) = (Vec::new(), Vec::new(), Vec::new());
        if let Membership::Sites(theirs) = &person.membership {
            for (site, part) in theirs {
                match part {
                    Part::Whole => sites.push(site.to_string()),
                    Part::Departments(some) => {
                        confined.push(site.to_string());
                        departments.extend(some.iter().map(DepartmentId::to_string));
                    }
                }
            }
        }
        Self {
            name: person.name.as_str().to_owned(),
            email: person.email.as_str().to_owned(),
            role: person.role.tag().to_owned(),
            capacity: person.capacity.to_string(),
            all_sites: person.membership == Membership::AllSites,
            sites,
            confined,
            departments,
        }
    }

    /// In which role, for which sites, and for how many chats at once.
    fn parse_place(&self, ctx: &Ctx, fields: &mut Fields) -> Option<(Role, Membership, u8)> {
        let role = fields.take("role", Role::of_tag(&self.role).ok_or("Choose a role."));
        let membership = if self.all_sites { Some(Membership::AllSites) } else { self.parse_sites(ctx, fields) };
        let capacity = fields.take("capacity", parse_capacity(&self.capacity));
        Some((role?, membership?, capacity?))
    }

    fn parse_sites(&self, ctx: &Ctx, fields: &mut Fields) -> Option<Membership> {
        let house = ctx.store.house();
        let known = |text: &String| text.parse::<SiteId>().ok().filter(|id| house.sites.contains_key(id));
        let whole = self.sites.iter().map(known).collect::<Option<BTreeSet<_>>>();
        let confined = self.confined.iter().map(known).collect::<Option<BTreeSet<_>>>();
        let (Some(whole), Some(confined)) = (whole, confined) else {
            fields.refuse("sites", "One of these sites is not here any more. Choose again.");
            return None;
        };
        let known = |text: &String| text.parse::<DepartmentId>().ok().and_then(|id| house.departments.get(&id)).cloned();
        let Some(departments) = self.departments.iter().map(known).collect::<Option<Vec<_>>>() else {
            fields.refuse("sites", "One of these departments is not here any more. Choose again.");
            return None;
        };
        let mut sites: BTreeMap<_, _> = whole.into_iter().map(|site| (site, Part::Whole)).collect();
        for site in confined {
            let some: BTreeSet<_> = departments.iter().filter(|it| it.site == site).map(|it| it.id).collect();
            if some.is_empty() {
                let name = house.sites.get(&site).map_or("", |site| site.name.as_str());
                fields.refuse("sites", format!("Choose at least one department of {name}, or all of it."));
                return None;
            }
            sites.insert(site, Part::Departments(some));
        }
        Some(Membership::Sites(sites))
    }
}

fn parse_capacity(text: &str) -> Result<u8, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(limits::CAPACITY_DEFAULT);
    }
    let capacity = text.parse().ok().filter(|capacity| (1..=limits::CAPACITY_MAX).contains(capacity));
    capacity.ok_or(format!("Choose 1 to {} chats.", limits::CAPACITY_MAX))
}

fn commit(ctx: &Ctx, mut batch: Batch, id: OperatorId, what: AuditAction) -> Result<(), Failure> {
    ctx.audit(&mut batch, what);
    batch.tell(News::Operator(id));
    ctx.settle(batch)?;
    Ok(())
}

fn make_invitation(ctx: &Ctx, operator: OperatorId) -> (Invitation, Standing) {
    let token = Token::new(ctx);
    let expires_at = ctx.now.plus(limits::INVITATION_LIFE);
    let standing = Standing::Invited { token_hash: token.hash(), expires_at };
    (Invitation { operator, token, expires_at }, standing)
}

fn is_invitation(person: &Operator, hash: &TokenHash, now: Timestamp) -> bool {
    matches!(&person.standing, Standing::Invited { token_hash, expires_at } if equal(token_hash, hash) && now < *expires_at)
}

fn is_self(ctx: &Ctx, id: OperatorId) -> bool {
    matches!(ctx.actor, Actor::Staff { id: own, .. } if *own == id)
}

/// Refuses to take away the last person who can give rights back. Held under the change lock by all callers.
pub(super) fn keep_an_admin(ctx: &Ctx, leaving: &Operator) -> Result<(), Failure> {
    let counts = |person: &Operator| person.is_active() && person.role == Role::Admin;
    let house = ctx.store.house();
    if !counts(leaving) || house.operators.values().any(|other| other.id != leaving.id && counts(other)) {
        return Ok(());
    }
    Err(conflict("This is the only active administrator. Make somebody else an administrator first."))
}

fn conflict(message: &str) -> Failure {
    Failure::Conflict(message.to_owned())
}

#[cfg(test)]
#[path = "tests/people.rs"]
mod tests;
