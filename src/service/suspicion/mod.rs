//! Noticing who tries what they should not: intrusion detection in the small. What is odd is noted where it happens (`note`), counted
//! by source in memory (`watch`), and once it is enough it becomes an alert to the administrators with an audit row, once an hour for
//! each kind and source, with counts and never with content. Who scans or sprays is kept out for a time as well (`bans`).
//!
//! Never kept out: this machine, a trusted proxy, and any address from which somebody of the staff has signed in within a day.
//! Never more than one address (a /64 for IPv6). The thresholds stand in `Sign::watched`; SECURITY.md says how they were chosen.

mod bans;
mod watch;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::time::Duration;

pub use bans::{Ban, Bans};

use super::throttle::{AccountDigest, one, wide};
use super::{Asked, Ctx, Failure, alerts};
use crate::domain::access::Action;
use crate::domain::alert::AlertKind;
use crate::domain::audit::AuditAction;
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::network::Network;
use crate::domain::session::Session;
use crate::domain::suspicion::Suspicion;
use watch::{Source, Threshold, Watch};

/// Something odd that happened once, which may be nothing.
#[derive(Debug, Clone, Copy)]
pub enum Sign<'a> {
    /// A wrong password for this account, which may be somebody's.
    Password { account: &'a AccountDigest, whose: Option<OperatorId> },
    /// A wrong code for the account of somebody whose password was right.
    Code(OperatorId),
    /// An address of a page that is not there, or not for strangers.
    Page(&'a str),
    /// An id in an address of the chat that never was one.
    Id(&'a str),
    /// A ticket, token or link that is not ours.
    Token(&'a str),
    /// Somebody signed in asked for what is not theirs, or not there.
    Denied(OperatorId, &'a str),
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// For what counts only by how many different things it was.
const ANY: u32 = u32::MAX;

/// What was noted lately. One value per appliance.
#[derive(Default)]
pub struct Suspicions {
    by_address: Watch,
    by_network: Watch,
    by_account: Watch,
    everywhere: Watch,
    codes: Watch,
    pages: Watch,
    ids: Watch,
    tokens: Watch,
    people: Watch,
    pub bans: Bans,
    /// Networks that are never kept out: the proxies before us.
    pub spared: Vec<Network>,
    hasher: RandomState,
}

/// Who is told about in which words, and where it is counted.
struct Watched<'a> {
    watch: &'a Watch,
    source: Source,
    what: u64,
    threshold: Threshold,
    suspicion: Suspicion,
    /// Whether it has one source that an administrator should know, and that could be kept out.
    from: Option<IpAddr>,
}

/// Takes note of something odd.
pub fn note(ctx: &Ctx, from: IpAddr, sign: Sign) {
    let suspicions = &ctx.memory.suspicions;
    for it in sign.watched(suspicions, from).into_iter().flatten() {
        let Some(told) = it.watch.note(it.source, it.what, it.threshold, ctx.now) else { continue };
        raise(ctx, it.suspicion, it.from, told);
    }
}

/// A link or token that came with the act at hand and is not ours.
pub fn note_token(ctx: &Ctx, token: &str) {
    if let Some(from) = ctx.asked.from {
        note(ctx, from, Sign::Token(token));
    }
}

/// Whoever had mistyped has come in from there.
pub fn forgive(ctx: &Ctx, from: IpAddr, account: &AccountDigest) {
    let suspicions = &ctx.memory.suspicions;
    let what = suspicions.hasher.hash_one(account);
    suspicions.by_address.forgive(number(one(from)), what);
    suspicions.by_network.forgive(number(wide(from)), what);
}

impl Sign<'_> {
    /// Where this is counted, and what it is once it is enough.
    fn watched(self, at: &Suspicions, from: IpAddr) -> [Option<Watched<'_>>; 4] {
        let hash = |what: &str| at.hasher.hash_one(what);
        let here = number(one(from));
        let of_address = |watch, what, distinct, suspicion| {
            let threshold = Threshold { within: 5 * MINUTE, distinct, times: ANY };
            [Some(Watched { watch, source: here, what, threshold, suspicion, from: Some(one(from)) }), None, None, None]
        };
        match self {
            Self::Password { account, whose } => {
                let what = at.hasher.hash_one(account);
                let spray = |watch, source, distinct, suspicion, from| {
                    let threshold = Threshold { within: 10 * MINUTE, distinct, times: ANY };
                    Some(Watched { watch, source, what, threshold, suspicion, from: Some(from) })
                };
                let on_one = whose.map(|id| Watched {
                    watch: &at.by_account,
                    source: Source::from_be_bytes(*id.as_bytes()),
                    what: at.hasher.hash_one(one(from)),
                    threshold: Threshold { within: HOUR, distinct: 10, times: 40 },
                    suspicion: Suspicion::Stuffing(id),
                    from: None,
                });
                let wave = Watched {
                    watch: &at.everywhere,
                    source: 0,
                    what: 0,
                    threshold: Threshold { within: 10 * MINUTE, distinct: usize::MAX, times: 200 },
                    suspicion: Suspicion::Wave,
                    from: None,
                };
                [
                    spray(&at.by_address, here, 10, Suspicion::Spray, one(from)),
                    // One address alone is no network: what it does more than once it is known counts there.
                    spray(&at.by_network, number(wide(from)), 30, Suspicion::WideSpray, wide(from))
                        .filter(|_| !at.by_address.is_told(here)),
                    on_one,
                    Some(wave),
                ]
            }
            Self::Code(id) => {
                let threshold = Threshold { within: HOUR, distinct: usize::MAX, times: 10 };
                let source = Source::from_be_bytes(*id.as_bytes());
                let from = Some(one(from));
                [
                    Some(Watched { watch: &at.codes, source, what: 0, threshold, suspicion: Suspicion::Codes(id), from }),
                    None,
                    None,
                    None,
                ]
            }
            Self::Page(path) => of_address(&at.pages, hash(path), 25, Suspicion::Scan),
            Self::Id(path) => of_address(&at.ids, hash(path), 25, Suspicion::Enumeration),
            Self::Token(token) => of_address(&at.tokens, hash(token), 20, Suspicion::Tokens),
            Self::Denied(id, what) => {
                let threshold = Threshold { within: 5 * MINUTE, distinct: 20, times: ANY };
                let (source, from) = (Source::from_be_bytes(*id.as_bytes()), Some(one(from)));
                let suspicion = Suspicion::Overreach(id);
                [Some(Watched { watch: &at.people, source, what: hash(what), threshold, suspicion, from }), None, None, None]
            }
        }
    }
}

/// Tells the administrators, and keeps the source out where that is what the installation does. Waits for nothing: whoever tries
/// the doors should not learn from the time of an answer that they were noticed.
fn raise(ctx: &Ctx, suspicion: Suspicion, from: Option<IpAddr>, told: watch::Told) {
    let asked = Asked { from, ..Asked::default() };
    let ctx = &Ctx { asked, ..*ctx };
    alerts::notice(ctx, AlertKind::Suspicious(suspicion), told.more, told.is_new, |batch| {
        if let Some(ban) = ban(ctx, suspicion, from) {
            let minutes = u32::try_from(ban.until.since(ban.since).as_secs() / 60).unwrap_or(u32::MAX);
            ctx.audit(batch, AuditAction::AddressBanned { address: ban.address, minutes });
        }
    });
}

fn ban(ctx: &Ctx, suspicion: Suspicion, from: Option<IpAddr>) -> Option<Ban> {
    let precautions = &ctx.store.house().precautions;
    let (reach, from) = (suspicion.banned_from()?, from?);
    if !precautions.bans || is_spared(ctx, from) {
        return None;
    }
    let first = MINUTE * u32::from(precautions.ban_minutes);
    let ban = ctx.memory.suspicions.bans.add(from, suspicion, reach, first, ctx.now);
    (ban.since == ctx.now).then_some(ban)
}

/// Keeping these out would keep out the people whom all this is for.
fn is_spared(ctx: &Ctx, address: IpAddr) -> bool {
    if address.is_loopback() || ctx.memory.suspicions.spared.iter().any(|network| network.contains(address)) {
        return true;
    }
    let is_staffs = |session: &Session| {
        session.address.is_some_and(|it| one(it) == one(address))
            && ctx.now.since(session.active_at) <= limits::STAFF_ADDRESS_LIFE
    };
    // Whoever cannot be asked about is not kept out.
    ctx.memory.throttle.staff_came_from(address, limits::STAFF_ADDRESS_LIFE, ctx.now)
        || ctx.store.sessions().map_or(true, |sessions| sessions.iter().any(|(_, session)| is_staffs(session)))
}

/// Who is kept out at this moment.
///
/// # Errors
/// `Denied` to those who do not look after the system.
pub fn bans(ctx: &Ctx) -> Result<Vec<Ban>, Failure> {
    ctx.authorize(Action::ReadSystem)?;
    Ok(ctx.memory.suspicions.bans.in_force(ctx.now))
}

/// Lets an address in again.
///
/// # Errors
/// `NotFound` when it is not kept out; `Denied` to those who do not manage the doors.
pub fn lift(ctx: &Ctx, address: IpAddr) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    if !ctx.memory.suspicions.bans.lift(address, ctx.now) {
        return Err(Failure::NotFound);
    }
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::BanLifted(one(address)));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn number(address: IpAddr) -> Source {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
#[path = "../tests/suspicion.rs"]
mod tests;
