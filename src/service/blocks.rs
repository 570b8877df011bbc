//! Who is kept out: visitors by the keyed hash of their token or of their proven identity, and networks; and where a site's own lists
//! let nobody in. What is compared is known in
//! memory while somebody is connected, also where the site's policy shows nobody any address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::fields::Fields;
use super::{Ctx, Failure, conversations, identity, redaction};
use crate::domain::about::Identity;
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::block::{Block, Blocked};
use crate::domain::event::Seq;
use crate::domain::id::{BlockId, ConversationId, SiteId};
use crate::domain::limits;
use crate::domain::network::Network;
use crate::domain::permission::Permission;
use crate::domain::switches::AddressPolicy;
use crate::domain::text::Notice;

/// As a form holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockForm {
    /// `visitor`, `address` or `network`; from a conversation.
    pub whom: String,
    /// An address or network in CIDR notation; by hand.
    pub network: String,
    /// A site's id, empty for all; by hand.
    pub site: String,
    /// Hours, or empty for good.
    pub hours: String,
    pub reason: String,
}

/// A block in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub block: Arc<Block>,
    /// The name of the site; `None` for every site.
    pub site: Option<String>,
    pub by: String,
    /// Whom it keeps out, as far as the reader may know.
    pub whom: String,
}

/// Whether a visitor may begin or write. The address is that of their connection, the identity the one that was proven on it.
///
/// # Errors
/// `Blocked`, with words for the visitor.
pub fn check(ctx: &Ctx, address: Option<IpAddr>, identity: Option<&Identity>) -> Result<(), Failure> {
    let Actor::Visitor { site, token_index } = ctx.actor else { return Ok(()) };
    let house = ctx.store.house();
    if house.sites.get(site).is_some_and(|site| !site.visitors.permit(address)) {
        return Err(Failure::Blocked);
    }
    if house.blocks.is_empty() {
        return Ok(());
    }
    let known = identity.map(|it| identity::blind(ctx, *site, it));
    let is_meant = |block: &Block| match &block.whom {
        Blocked::Visitor(index) => index == token_index || Some(index) == known.as_ref(),
        Blocked::Network(network) => address.is_some_and(|address| network.contains(address)),
    };
    let holds = |block: &Block| {
        block.site.is_none_or(|only| only == *site) && block.until.is_none_or(|until| ctx.now < until) && is_meant(block)
    };
    if house.blocks.values().any(|block| holds(block)) { Err(Failure::Blocked) } else { Ok(()) }
}

/// Keeps the visitor of a conversation out of its site. `address` is where they are connected from.
///
/// # Errors
/// `NotFound` when it is not the actor's or they may not block; `InvalidFields` for what cannot be taken.
pub fn block_visitor(ctx: &Ctx, id: ConversationId, address: Option<IpAddr>, form: &BlockForm) -> Result<BlockId, Failure> {
    let head = conversations::view(ctx, id, Seq::MAX, 0)?.conversation;
    ctx.authorize(Action::UseIn(Permission::Block, &head)).map_err(|_| Failure::NotFound)?;
    let house = ctx.store.house();
    let address = house.sites.get(&head.site).and_then(|site| site.switches.address.known(address));
    let gone = "Their address is not known, or not any more. Choose the visitor.";
    let mut fields = Fields::default();
    let whom = match (form.whom.as_str(), address) {
        ("visitor", _) => {
            let identity = head.about.identity.as_ref().map(|it| identity::blind(ctx, head.site, it));
            Some(Blocked::Visitor(identity.unwrap_or(head.token_index)))
        }
        ("address", Some(address)) => fields.take("whom", Network::parse(&address.to_string())).map(Blocked::Network),
        ("network", Some(address)) => {
            let bits = if address.is_ipv4() { 24 } else { 48 };
            fields.take("whom", Network::parse(&format!("{address}/{bits}"))).map(Blocked::Network)
        }
        ("address" | "network", None) => {
            fields.refuse("whom", gone);
            None
        }
        _ => {
            fields.refuse("whom", "Choose whom to keep out.");
            None
        }
    };
    add(ctx, Some(head.site), whom, form, fields)
}

/// Keeps an address or a network out.
///
/// # Errors
/// `NotFound` for who may not block there; `InvalidFields` for what cannot be taken.
pub fn block_network(ctx: &Ctx, form: &BlockForm) -> Result<BlockId, Failure> {
    let mut fields = Fields::default();
    let site: Option<SiteId> = if form.site.is_empty() { None } else { Some(form.site.parse().map_err(|_| Failure::NotFound)?) };
    match site {
        Some(site) => ctx.authorize(Action::Use(Permission::Block, site)),
        None => ctx.authorize(Action::ManageSites),
    }
    .map_err(|_| Failure::NotFound)?;
    let whom = fields.take("network", Network::parse(&form.network)).map(Blocked::Network);
    add(ctx, site, whom, form, fields)
}

fn add(ctx: &Ctx, site: Option<SiteId>, whom: Option<Blocked>, form: &BlockForm, mut fields: Fields) -> Result<BlockId, Failure> {
    let hours = match form.hours.trim() {
        "" => Some(None),
        text => match text.parse::<u32>().ok().filter(|hours| (1..=limits::BLOCK_HOURS).contains(hours)) {
            Some(hours) => Some(Some(hours)),
            None => {
                fields.refuse("hours", format!("Choose 1 to {} hours.", limits::BLOCK_HOURS));
                None
            }
        },
    };
    let reason =
        if form.reason.trim().is_empty() { Some(None) } else { fields.take("reason", Notice::parse(&form.reason)).map(Some) };
    fields.object("reason", redaction::objection(ctx, site, &form.reason));
    let (Some(whom), Some(hours), Some(reason)) = (whom, hours, reason) else { return Err(fields.failure()) };
    fields.check()?;
    let Actor::Staff { id: by, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let _changing = ctx.memory.changing();
    if ctx.store.house().blocks.len() >= limits::BLOCKS {
        return Err(Failure::Conflict(format!("At most {} blocks fit. Lift some first.", limits::BLOCKS)));
    }
    let id = BlockId::from_bytes(ctx.random_bytes());
    let until = hours.map(|hours| ctx.now.plus(Duration::from_secs(u64::from(hours) * 3600)));
    let mut batch = ctx.store.batch();
    batch.put_block(&Block { id, site, whom, until, reason, by: *by, at: ctx.now });
    ctx.audit(&mut batch, AuditAction::Blocked(id));
    ctx.store.commit(batch).wait()?;
    Ok(id)
}

/// Lets somebody in again.
///
/// # Errors
/// `NotFound` when there is no such block for the actor.
pub fn lift(ctx: &Ctx, id: BlockId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let block = house.blocks.get(&id).ok_or(Failure::NotFound)?;
    may_change(ctx, block)?;
    let mut batch = ctx.store.batch();
    batch.delete_block(id);
    ctx.audit(&mut batch, AuditAction::BlockLifted(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn may_change(ctx: &Ctx, block: &Block) -> Result<(), Failure> {
    match block.site {
        Some(site) => ctx.authorize(Action::Use(Permission::Block, site)),
        None => ctx.authorize(Action::ManageSites),
    }
    .map_err(|_| Failure::NotFound)
}

/// The blocks that the actor may lift, newest first.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn list(ctx: &Ctx) -> Result<Vec<Listed>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let house = ctx.store.house();
    let mut list: Vec<_> = house.blocks.values().filter(|block| may_change(ctx, block).is_ok()).cloned().collect();
    list.sort_by_key(|block| std::cmp::Reverse((block.at, block.id)));
    let shown = |block: Arc<Block>| {
        let site = block.site.and_then(|site| house.sites.get(&site));
        let policy = site.map_or(AddressPolicy::Full, |site| site.switches.address);
        let may_see = block.site.is_none_or(|site| ctx.authorize(Action::Use(Permission::SeeAddress, site)).is_ok());
        let whom = match &block.whom {
            Blocked::Visitor(_) => "One visitor".to_owned(),
            Blocked::Network(network) if may_see && policy.shows_network(network) => network.to_string(),
            Blocked::Network(_) => "An address, which this site hides".to_owned(),
        };
        Listed {
            site: site.map(|site| site.name.as_str().to_owned()),
            by: house.operators.get(&block.by).map(|it| it.name.as_str().to_owned()).unwrap_or_default(),
            whom,
            block,
        }
    };
    Ok(list.into_iter().map(shown).collect())
}

/// Takes out what is over. Returns how many.
///
/// # Errors
/// `Denied` unless a timer or the host asks.
pub fn expire(ctx: &Ctx) -> Result<usize, Failure> {
    ctx.authorize(Action::Purge)?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    let over: Vec<BlockId> =
        house.blocks.values().filter(|it| it.until.is_some_and(|until| until <= ctx.now)).map(|it| it.id).collect();
    if over.is_empty() {
        return Ok(0);
    }
    let mut batch = ctx.store.batch();
    for id in &over {
        batch.delete_block(*id);
        ctx.audit(&mut batch, AuditAction::BlockLifted(*id));
    }
    ctx.store.commit(batch).wait()?;
    Ok(over.len())
}

#[cfg(test)]
#[path = "tests/blocks.rs"]
mod tests;
