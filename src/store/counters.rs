//! Counters for reports: one small record for each site, department, operator and day, with nothing in it about anybody who wrote.
//!
//! The writer alone adds to them, in the commit of what is counted, so that a chat is counted exactly when it is closed. A key gives
//! away neither the day nor whom it counts: it is a keyed hash of the day, by which a day's records are found, and one of the rest.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::house::HouseKeys;
use super::parts::{self, Write};
use super::records::{self, CounterRecord};
use super::tables::Table;
use super::{Batch, Shared, Store, StoreError};
use crate::domain::id::ConversationId;
use crate::domain::report::{Counted, Day, Tally};

const DAY_BYTES: usize = 8;
pub(super) const KEY_BYTES: usize = DAY_BYTES + 16;

/// What a batch adds to one counter.
pub(super) struct Count {
    /// What happens to an open conversation names it: when that is purged before the batch is durable, nothing is counted.
    pub conversation: Option<ConversationId>,
    counted: Counted,
    tally: Tally,
    /// The stars of a rating that is taken back.
    retracted: Option<u8>,
}

impl Batch {
    /// Counts what happens to a conversation in this batch.
    pub fn count(&mut self, conversation: ConversationId, counted: Counted, tally: Tally) {
        self.contents.counts.push(Count { conversation: Some(conversation), counted, tally, retracted: None });
    }

    /// Counts a rating of a conversation that was counted already, in the place of an earlier one if there was one.
    pub fn count_rating(&mut self, counted: Counted, stars: u8, retracted: Option<u8>) {
        self.contents.counts.push(Count { conversation: None, counted, tally: Tally::rated(stars), retracted });
    }

    /// Removes a counter whose time is over.
    pub fn remove_counter(&mut self, counted: &Counted) {
        let key = self.shared.house_keys.counter_key(counted);
        self.remove(Table::Counters, &key);
    }
}

impl Shared {
    /// What the counters become. Called by the writer, which has applied all that came before.
    pub(super) fn count(&self, counts: impl Iterator<Item = Count>) -> Result<Vec<Write>, StoreError> {
        let mut sums: BTreeMap<Counted, ([u8; KEY_BYTES], Tally)> = BTreeMap::new();
        for Count { counted, tally, retracted, .. } in counts {
            let (_, sum) = match sums.entry(counted) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(free) => {
                    let key = self.house_keys.counter_key(&counted);
                    let before = match self.house_value(Table::Counters, &key)? {
                        Some(before) => records::decode::<CounterRecord>(&before)?.counter()?.1,
                        None => Tally::default(),
                    };
                    free.insert((key, before))
                }
            };
            sum.merge(&tally);
            retracted.into_iter().for_each(|stars| sum.retract(stars));
        }
        let mut writes = Vec::new();
        for (counted, (key, sum)) in sums {
            let bytes = records::encode(&CounterRecord::new(&counted, &sum))?;
            parts::seal(self.house_keys.sealer(Table::Counters), &self.installation, Table::Counters, &key, &bytes, &mut writes)?;
        }
        Ok(writes)
    }
}

impl HouseKeys {
    /// Where a counter stands.
    fn counter_key(&self, counted: &Counted) -> [u8; KEY_BYTES] {
        let mut key = [0; KEY_BYTES];
        key[..DAY_BYTES].copy_from_slice(&self.counters_of(counted.day));
        let mut whom = Vec::with_capacity(4 + 3 * 17);
        whom.extend_from_slice(&counted.day.number().to_be_bytes());
        whom.extend_from_slice(counted.site.as_bytes());
        // A byte before each, so that none of them passes for another.
        for id in [counted.department.map(|id| *id.as_bytes()), counted.operator.map(|id| *id.as_bytes())] {
            whom.push(u8::from(id.is_some()));
            whom.extend_from_slice(&id.unwrap_or_default());
        }
        key[DAY_BYTES..].copy_from_slice(&self.keyed_hash("counter", &whom)[..16]);
        key
    }

    /// What the keys of a day's counters begin with.
    fn counters_of(&self, day: Day) -> [u8; DAY_BYTES] {
        let mut start = [0; DAY_BYTES];
        start.copy_from_slice(&self.keyed_hash("counters of a day", &day.number().to_be_bytes())[..DAY_BYTES]);
        start
    }
}

impl Store {
    /// The counters of some days, in no order.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn counters(&self, first: Day, last: Day) -> Result<Vec<(Counted, Tally)>, StoreError> {
        let mut found = Vec::new();
        for number in first.number()..=last.number() {
            let start = self.shared.house_keys.counters_of(Day::from_number(number));
            // Two days may share the beginning of their keys by chance.
            let of_day = self.shared.read_counters(&start)?;
            found.extend(of_day.into_iter().filter(|(counted, _)| counted.day.number() == number));
        }
        Ok(found)
    }

    /// All there are, for those who look which of them are too old.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn all_counters(&self) -> Result<Vec<(Counted, Tally)>, StoreError> {
        self.shared.read_counters(&[])
    }
}

impl Shared {
    fn read_counters(&self, start: &[u8]) -> Result<Vec<(Counted, Tally)>, StoreError> {
        let mut found = Vec::new();
        for entry in self.index.scan(&Table::Counters.key(start))? {
            let (key, sealed) = entry?;
            let bytes = self.open_house_value(Table::Counters, &key[1..], &sealed)?;
            found.push(records::decode::<CounterRecord>(&bytes)?.counter()?);
        }
        Ok(found)
    }
}
