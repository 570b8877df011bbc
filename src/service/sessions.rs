//! Staff sessions: an opaque secret in a cookie, its SHA-256 in the store. It ends after a time without activity and after a
//! longer one anyway, as the policy says, and at once when somebody ends it.
//! When somebody was last active is kept in memory and written at most once a minute: a restart forgets a minute at most.

pub mod listing;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::tokens::{Token, TokenHash, hash_of};
use super::{Ctx, Failure, sso};
use crate::domain::access::Actor;
use crate::domain::agent::Agent;
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::id::{OperatorId, SessionId};
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::Operator;
use crate::domain::policy::SignInPolicy;
use crate::domain::session::{Session, SignInMethod};
use crate::domain::time::Timestamp;
use crate::store::{Batch, House, Store, StoreError};

use super::memory::Memory;
use super::sign_in::First;

const WRITE_EVERY: Duration = Duration::from_secs(60);

/// A session that has just begun. The secret goes into the cookie and is never seen again.
pub struct NewSession {
    pub secret: Token,
    pub operator: OperatorId,
    /// When it ends even with activity: the cookie needs no longer life.
    pub ends_at: Timestamp,
    pub by: SignInMethod,
}

/// A request that came with a valid session.
#[derive(Debug, Clone)]
pub struct SessionInfo {
    /// SHA-256 of the secret: the session's name within the house.
    pub hash: TokenHash,
    pub started_at: Timestamp,
    pub active_at: Timestamp,
    /// When they last proved that it is them, and how they signed in.
    pub proved_at: Timestamp,
    pub by: SignInMethod,
    /// Stays when the secret is changed.
    pub id: SessionId,
}

impl SessionInfo {
    /// When it ends without further activity.
    #[must_use]
    pub fn ends_at(&self, policy: &SignInPolicy) -> Timestamp {
        self.active_at.plus(policy.idle()).min(self.started_at.plus(policy.absolute()))
    }
}

/// The actor that a member of staff is, with what the house lets their role do.
#[must_use]
pub fn actor(house: &House, operator: &Operator) -> Actor {
    // What was removed gives no right, whoever still names it.
    let is_there = |site, department| house.departments.get(&department).is_some_and(|it| it.site == site);
    let (id, role, membership) = (operator.id, operator.role, operator.membership.within(is_there));
    Actor::Staff { id, role, membership, permissions: house.permissions.of(role) }
}

/// When each session was last active, and which have ended while their record may still be there.
#[derive(Default)]
pub(super) struct Activity(Mutex<HashMap<TokenHash, Live>>);

#[derive(Debug, Clone, Copy)]
struct Live {
    active_at: Timestamp,
    written_at: Timestamp,
    ended: bool,
}

impl Activity {
    fn of(&self, hash: &TokenHash) -> Option<Live> {
        self.0.lock().get(hash).copied()
    }

    /// From here on the session is worth nothing, before its record is gone; and no write of its activity follows.
    fn end(&self, hash: &TokenHash, now: Timestamp) {
        let live = Live { active_at: now, written_at: now, ended: true };
        self.0.lock().insert(*hash, live);
    }
}

/// Who is behind this cookie, if it is a valid session of an active member of staff.
///
/// # Errors
/// When the store cannot be read.
pub fn resolve(
    store: &Store,
    memory: &Memory,
    secret: &str,
    now: Timestamp,
) -> Result<Option<(Arc<Operator>, SessionInfo)>, StoreError> {
    let Some(hash) = hash_of(secret) else { return Ok(None) };
    resolve_hash(store, memory, &hash, now)
}

/// The same for a session known by its hash: an open socket checks itself this way.
///
/// # Errors
/// When the store cannot be read.
pub fn resolve_hash(
    store: &Store,
    memory: &Memory,
    hash: &TokenHash,
    now: Timestamp,
) -> Result<Option<(Arc<Operator>, SessionInfo)>, StoreError> {
    let Some(session) = store.session(hash)? else { return Ok(None) };
    let house = store.house();
    let Some(info) = valid(memory, &house.policy, hash, &session, now) else { return Ok(None) };
    let operator = house.operators.get(&session.operator).filter(|operator| operator.is_active()).cloned();
    Ok(operator.map(|operator| (operator, info)))
}

/// The session with its latest activity, unless it has ended or expired.
fn valid(memory: &Memory, policy: &SignInPolicy, hash: &TokenHash, session: &Session, now: Timestamp) -> Option<SessionInfo> {
    latest(memory.activity.of(hash), policy, hash, session, now)
}

fn latest(live: Option<Live>, policy: &SignInPolicy, hash: &TokenHash, session: &Session, now: Timestamp) -> Option<SessionInfo> {
    if live.is_some_and(|live| live.ended) {
        return None;
    }
    let active_at = live.map_or(session.active_at, |live| live.active_at.max(session.active_at));
    let Session { id, started_at, proved_at, by, .. } = *session;
    let info = SessionInfo { hash: *hash, started_at, active_at, proved_at, by, id };
    (now < info.ends_at(policy)).then_some(info)
}

/// A person did something in this session: call it for what people do, not for what pages do by themselves.
pub fn touch(store: &Store, memory: &Memory, hash: &TokenHash, now: Timestamp) {
    // The lock is held across the hand-over to the writer, so that no activity is queued behind the end of its session.
    let mut sessions = memory.activity.0.lock();
    let known = sessions.get(hash).copied();
    if let Some(live) = known
        && !live.ended
        && now.since(live.written_at) < WRITE_EVERY
    {
        sessions.insert(*hash, Live { active_at: live.active_at.max(now), ..live });
        return;
    }
    // A failed read or write costs a minute of activity at most, and `resolve` reports the store's trouble itself.
    let Ok(Some(session)) = store.session(hash) else { return };
    if latest(known, &store.house().policy, hash, &session, now).is_none() {
        return;
    }
    let mut batch = store.batch();
    batch.put_session(hash, &Session { active_at: now, ..session });
    let _not_waited_for = store.commit(batch);
    sessions.insert(*hash, Live { active_at: now, written_at: now, ended: false });
}

/// Signs out.
///
/// # Errors
/// When the store does not write; the session is over all the same until the next start.
pub fn end(ctx: &Ctx, hash: &TokenHash) -> Result<(), Failure> {
    if ctx.store.session(hash)?.is_none() {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    end_in(ctx, &mut batch, hash);
    ctx.audit(&mut batch, AuditAction::SignedOut);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// Ends all sessions of somebody, in a batch that also says why.
pub(super) fn end_all_in(ctx: &Ctx, batch: &mut Batch, operator: OperatorId) -> Result<(), StoreError> {
    end_others_in(ctx, batch, operator, None)
}

/// Ends all sessions of somebody but one.
pub(super) fn end_others_in(
    ctx: &Ctx,
    batch: &mut Batch,
    operator: OperatorId,
    kept: Option<&TokenHash>,
) -> Result<(), StoreError> {
    for (hash, _) in of(ctx, operator)? {
        if kept != Some(&hash) {
            end_in(ctx, batch, &hash);
        }
    }
    Ok(())
}

/// Ends all sessions that began in this way.
pub(super) fn end_all_by_in(ctx: &Ctx, batch: &mut Batch, by: SignInMethod) -> Result<(), StoreError> {
    for (hash, _) in ctx.store.sessions()?.into_iter().filter(|(_, session)| session.by == by) {
        end_in(ctx, batch, &hash);
    }
    Ok(())
}

fn of(ctx: &Ctx, operator: OperatorId) -> Result<Vec<(TokenHash, Session)>, StoreError> {
    let mut sessions = ctx.store.sessions()?;
    sessions.retain(|(_, session)| session.operator == operator);
    Ok(sessions)
}

pub(super) fn end_in(ctx: &Ctx, batch: &mut Batch, hash: &TokenHash) {
    ctx.memory.activity.end(hash, ctx.now);
    batch.delete_session(hash);
    batch.tell(News::SessionEnded(*hash));
}

/// Asks whether somebody with this role may come in from where they are.
///
/// # Errors
/// `WrongCredentials` where they may not: whoever guesses elsewhere does not learn that they have guessed right.
pub(super) fn permit(ctx: &Ctx, operator: &Operator) -> Result<(), Failure> {
    let Some(address) = ctx.asked.from else { return Ok(()) };
    if ctx.store.house().allowlist.permits_role(operator.role, address, ctx.now) {
        return Ok(());
    }
    let mut refusal = ctx.store.batch();
    ctx.audit_refused(&mut refusal, AuditAction::AddressRefused(operator.id));
    ctx.store.commit(refusal).wait()?;
    Err(Failure::WrongCredentials)
}

/// Ends those sessions of which this holds, in a batch that also says why. Tells whose they were.
pub(super) fn end_in_if(ctx: &Ctx, batch: &mut Batch, is_over: impl Fn(&Session) -> bool) -> Result<Vec<OperatorId>, StoreError> {
    let mut ended = Vec::new();
    for (hash, session) in ctx.store.sessions()? {
        if is_over(&session) {
            end_in(ctx, batch, &hash);
            ended.push(session.operator);
        }
    }
    Ok(ended)
}

/// Begins a session in a batch that also says why. The caller has checked who it is and holds the change lock.
///
/// # Errors
/// `WrongCredentials` where nobody with their role may come in.
pub(super) fn begin_in(ctx: &Ctx, batch: &mut Batch, operator: &Operator, first: First) -> Result<NewSession, Failure> {
    permit(ctx, operator)?;
    // The last word for all ways in: none but the organisation's own, where nothing else counts.
    if first.sso.is_none() {
        sso::permit_own_ways(ctx)?;
    }
    let mut others = of(ctx, operator.id)?;
    others.sort_by_key(|(_, session)| session.started_at);
    let too_many = (others.len() + 1).saturating_sub(limits::SESSIONS_PER_OPERATOR);
    for (hash, _) in others.iter().take(too_many) {
        end_in(ctx, batch, hash);
    }
    let secret = Token::new(ctx);
    let agent = ctx.asked.agent.and_then(Agent::in_words);
    let id = SessionId::from_bytes(ctx.random_bytes());
    let First { by, sso } = first;
    let session = Session { address: ctx.asked.from, agent, sso, ..Session::new(id, operator.id, by, ctx.now) };
    batch.put_session(&secret.hash(), &session);
    ctx.audit_as(batch, AuditActor::Staff(operator.id), AuditAction::SignedInBy(by));
    batch.put_operator(&Operator { last_seen_at: Some(ctx.now), ..operator.clone() });
    let ends_at = ctx.now.plus(ctx.store.house().policy.absolute());
    Ok(NewSession { secret, operator: operator.id, ends_at, by })
}

/// Gives a session another secret, in a batch that also says why: its owner has just shown once more that it is them, so whoever had
/// got hold of the secret before is left behind. What hangs on the session goes on. `by` says how it counts as begun from here on. The caller holds the change lock.
///
/// # Errors
/// `NotFound` when it has ended.
pub fn renew_in(ctx: &Ctx, batch: &mut Batch, hash: &TokenHash, by: SignInMethod) -> Result<NewSession, Failure> {
    let session = ctx.store.session(hash)?.ok_or(Failure::NotFound)?;
    let policy = ctx.store.house().policy;
    valid(ctx.memory, &policy, hash, &session, ctx.now).ok_or(Failure::NotFound)?;
    let secret = Token::new(ctx);
    ctx.memory.activity.end(hash, ctx.now);
    batch.delete_session(hash);
    let ends_at = session.started_at.plus(policy.absolute());
    let operator = session.operator;
    batch.put_session(&secret.hash(), &Session { active_at: ctx.now, proved_at: ctx.now, by, ..session });
    batch.tell(News::SessionRenewed { was: *hash, is: secret.hash() });
    Ok(NewSession { secret, operator, ends_at, by })
}

/// Removes what has expired, and tells the sockets that still hang on it.
///
/// # Errors
/// When the store cannot be read or does not write.
pub fn sweep(ctx: &Ctx) -> Result<(), Failure> {
    let stored = {
        // Under the lock, so that nothing ends between the reading and the forgetting.
        let mut sessions = ctx.memory.activity.0.lock();
        let stored: HashMap<_, _> = ctx.store.sessions()?.into_iter().collect();
        // What has ended is remembered only as long as its record may still be there.
        sessions.retain(|hash, _| stored.contains_key(hash));
        stored
    };
    let house = ctx.store.house();
    let active = |session: &Session| house.operators.get(&session.operator).is_some_and(|operator| operator.is_active());
    let mut batch = ctx.store.batch();
    let mut swept = 0_usize;
    for (hash, session) in &stored {
        if !active(session) || valid(ctx.memory, &house.policy, hash, session, ctx.now).is_none() {
            end_in(ctx, &mut batch, hash);
            swept += 1;
        }
    }
    if swept > 0 {
        ctx.store.commit(batch).wait()?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/sessions.rs"]
mod tests;
