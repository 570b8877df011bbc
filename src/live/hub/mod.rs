//! What everybody who is connected is told.
//!
//! Ordering: news arrive in commit order on the store's writer thread, and each is handed to the outboxes before the next,
//! so a conversation's events leave in the order of their numbers. One lock guards the whole table; everything under it is
//! memory work, and the rendering happens before it is taken.
//!
//! `connections` lets people in and out, `telling` turns news into frames, `closing` takes a conversation out of sight, `signs` and
//! `looking` are what passes without being stored.

mod closing;
mod connections;
mod looking;
mod signs;
mod telling;

use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, MutexGuard};

use super::frames::Bye;
use super::table::Table;
use super::tickets::{Person, Tickets};
use crate::service::Clock;
use crate::store::{House, Store};

pub use super::table::{ConnectionId, Last, face};

/// The switchboard of one appliance.
#[derive(Default)]
pub struct Hub {
    pub tickets: Tickets,
    table: Mutex<Table>,
    store: OnceLock<Store>,
    clock: OnceLock<Arc<dyn Clock>>,
}

impl Hub {
    /// Called once when the appliance is put together: the hub reads site names and the open conversations from here.
    pub fn attach(&self, store: Store, clock: Arc<dyn Clock>) {
        let _ = self.clock.set(clock);
        let mut table = self.lock();
        for open in store.open_conversations() {
            let open = open.lock();
            table.note(&Arc::new(open.head.clone()), Last { seq: open.last, public: open.last_public }, open.head.started_at);
        }
        drop(table);
        let _ = self.store.set(store);
    }

    /// The table, with the time of this moment.
    fn lock(&self) -> MutexGuard<'_, Table> {
        let mut table = self.table.lock();
        table.now = self.clock.get().map_or(table.now, |clock| clock.now());
        table
    }

    fn house(&self) -> Option<Arc<House>> {
        self.store.get().map(Store::house)
    }

    fn takes_new_chats(&self) -> bool {
        self.store.get().is_none_or(|store| store.space().room().takes_new_chats())
    }

    /// The appliance stops: everybody is asked to connect again.
    pub fn stop(&self) {
        self.lock().stopping = true;
        self.end_where(Bye::Restart, |_| true);
    }

    /// How many visitors' and operators' connections there are.
    #[must_use]
    pub fn connected(&self) -> (usize, usize) {
        let table = self.lock();
        let operators = table.operators.values().map(Vec::len).sum();
        (table.connections.len() - operators, operators)
    }

    fn end_where(&self, bye: Bye, is_meant: impl Fn(&Person) -> bool) {
        for connection in self.lock().connections.values() {
            if is_meant(&connection.person) {
                connection.outbox.end(bye);
            }
        }
    }
}

#[cfg(test)]
mod tests;
