//! Filling memory from the disk at the start: the house, the drawers, what is open and what is closed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use super::house::House;
use super::index::Index;
use super::records::{self, AllowlistRecord, ConversationRecord, EventRecord, OperatorRecord, OrganisationRecord, SiteRecord};
use super::tables::{SETTING_ALLOWLIST, SETTING_ORGANISATION, Table};
use super::{ClosedConversation, OpenConversation, OpenEntry, Shared, StoreError, drawers, parts};
use crate::domain::conversation::{Conversation, Receipts};
use crate::domain::id::{ConversationId, OperatorId, SiteId};
use crate::domain::limits;
use crate::vault::{Key, LEVELS, NodeAt, Sealer, Slot, Walker};

/// Every drawer and its slot.
pub(super) fn slots(index: &Index) -> Result<HashMap<ConversationId, Slot>, StoreError> {
    let strange = || StoreError::Damaged("a drawer has a strange key or slot".to_owned());
    let mut slots = HashMap::new();
    for entry in index.scan(&[Table::Drawers.tag()])? {
        let (key, slot) = entry?;
        let id = ConversationId::from_bytes(key[1..].try_into().map_err(|_| strange())?);
        slots.insert(id, Slot::from_be_bytes(slot[..].try_into().map_err(|_| strange())?));
    }
    Ok(slots)
}

/// How many leaves the key tree has: they are made in the order of their numbers and never removed.
pub(super) fn leaves(index: &Index) -> Result<u32, StoreError> {
    let (first, last) = ([Table::Keys.tag(), LEVELS - 1], [Table::Keys.tag(), LEVELS]);
    let Some(found) = index.range_down(&first, &last)?.next() else { return Ok(0) };
    let (key, _) = found?;
    Ok(NodeAt::from_key(&key[1..]).map_or(0, |at| at.index + 1))
}

pub(super) fn house(shared: &Shared) -> Result<House, StoreError> {
    let mut house = House::default();
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_ORGANISATION)? {
        house.organisation = Some(records::decode::<OrganisationRecord>(&bytes)?.organisation()?);
    }
    if let Some(bytes) = shared.house_value(Table::Settings, SETTING_ALLOWLIST)? {
        house.allowlist = records::decode::<AllowlistRecord>(&bytes)?.allowlist()?;
    }
    for_each(shared, Table::Sites, |id, bytes| {
        let site = records::decode::<SiteRecord>(bytes)?.site(SiteId::from_bytes(id))?;
        house.sites.insert(site.id, Arc::new(site));
        Ok(())
    })?;
    for_each(shared, Table::Operators, |id, bytes| {
        let operator = records::decode::<OperatorRecord>(bytes)?.operator(OperatorId::from_bytes(id))?;
        house.operators.insert(operator.id, Arc::new(operator));
        Ok(())
    })?;
    Ok(house)
}

fn for_each(
    shared: &Shared,
    table: Table,
    mut take: impl FnMut([u8; 16], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for entry in shared.index.scan(&[table.tag()])? {
        let (key, first) = entry?;
        // Longer keys are further parts.
        let Ok(id) = <[u8; 16]>::try_from(&key[1..]) else { continue };
        take(id, &shared.open_house_value(table, &id, &first)?)?;
    }
    Ok(())
}

/// Opens the head of every drawer, neighbours in the key tree together, and sorts the open from the closed.
pub(super) fn conversations(shared: &Shared, slots: &HashMap<ConversationId, Slot>) -> Result<(), StoreError> {
    let mut by_slot: Vec<(Slot, ConversationId)> = slots.iter().map(|(id, slot)| (*slot, *id)).collect();
    by_slot.sort_unstable();
    let top = shared.top.read();
    let mut walker = Walker::default();
    for (slot, id) in by_slot {
        let read = |level, index| drawers::node_in(&shared.index, top.epoch, level, index);
        let key = walker.key(&top.key, slot, &shared.installation, read)?;
        let sealer = Sealer::new(&key);
        let first = shared
            .index
            .get(&Table::Heads.key(id.as_bytes()))?
            .ok_or_else(|| StoreError::Damaged("a drawer has no conversation in it".to_owned()))?;
        let bytes = parts::open(&sealer, &shared.installation, Table::Heads, id.as_bytes(), &first, |key| shared.index.get(key))?;
        let head = records::decode::<ConversationRecord>(&bytes)?.conversation(id)?;
        match head.closed_at() {
            Some(closed_at) => shared.closed.write().insert(ClosedConversation { id, site: head.site, closed_at }),
            None => reopen(shared, head, key)?,
        }
    }
    Ok(())
}

fn reopen(shared: &Shared, head: Conversation, key: Key) -> Result<(), StoreError> {
    let (id, token_index) = (head.id, head.token_index);
    let mut open = OpenConversation {
        last: 0,
        active_at: head.started_at,
        client_ids: HashMap::new(),
        receipts: Receipts::default(),
        allowance: (f64::from(limits::VISITOR_MESSAGE_BURST), head.started_at),
        head,
    };
    let sealer = Sealer::new(&key);
    for entry in shared.index.scan(&Table::Events.key(id.as_bytes()))? {
        let (key, sealed) = entry?;
        let Ok(place) = <[u8; 20]>::try_from(&key[1..]) else { continue };
        let [.., a, b, c, d] = place;
        let bytes = parts::open(&sealer, &shared.installation, Table::Events, &place, &sealed, |key| shared.index.get(key))?;
        let event = records::decode::<EventRecord>(&bytes)?.event(u32::from_be_bytes([a, b, c, d]))?;
        if event.seq != open.last + 1 {
            return Err(StoreError::Damaged(format!("an open conversation lacks its event {}", open.last + 1)));
        }
        open.last = event.seq;
        open.active_at = event.at;
        open.allowance.1 = event.at;
        if let Some(client_id) = event.client_id {
            open.client_ids.insert((event.author.operator(), client_id), (event.seq, event.at));
        }
    }
    let mut ones = shared.open.write();
    let newest = shared.index.get(&Table::VisitorIndex.key(&token_index))?;
    if newest.is_some_and(|newest| newest[..] == id.as_bytes()[..]) {
        ones.by_token.insert(token_index, id);
    }
    ones.by_id.insert(id, OpenEntry { conversation: Arc::new(Mutex::new(open)), key, token_index });
    Ok(())
}
