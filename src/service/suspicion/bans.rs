//! Who is kept out for a time. In memory alone: bans are short, a restart is a way out for whoever shut themselves out, and whoever
//! scans on is found again within seconds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::domain::limits;
use crate::domain::suspicion::{Reach, Suspicion};
use crate::domain::time::Timestamp;
use crate::service::throttle::one;

/// An address (a /64 for IPv6) that is kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ban {
    pub address: IpAddr,
    pub why: Suspicion,
    pub reach: Reach,
    pub since: Timestamp,
    pub until: Timestamp,
    /// How often by now, within a day of the one before.
    pub times: u32,
    /// How many requests were turned away.
    pub refused: u32,
}

#[derive(Default)]
pub struct Bans {
    list: Mutex<HashMap<IpAddr, Ban>>,
    /// How many there are, over ones included: with none, a request does not even wait for the lock.
    count: AtomicUsize,
}

impl Bans {
    /// How many seconds this address is still kept from what `reach` says; counts the request.
    #[must_use]
    pub fn refuses(&self, address: IpAddr, reach: Reach, now: Timestamp) -> Option<u32> {
        if self.count.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut list = self.list.lock();
        let ban = list.get_mut(&one(address)).filter(|ban| now < ban.until && reach <= ban.reach)?;
        ban.refused = ban.refused.saturating_add(1);
        Some(u32::try_from(ban.until.since(now).as_millis().div_ceil(1_000)).unwrap_or(u32::MAX))
    }

    /// Keeps an address out, longer each time.
    pub(super) fn add(&self, address: IpAddr, why: Suspicion, reach: Reach, first: Duration, now: Timestamp) -> Ban {
        let address = one(address);
        let mut list = self.list.lock();
        let earlier = list.get(&address).filter(|ban| now.since(ban.until) < limits::BANS_REMEMBERED).copied();
        if let Some(earlier) = earlier.filter(|ban| now < ban.until && reach <= ban.reach) {
            return earlier;
        }
        let times = earlier.map_or(0, |ban| ban.times);
        let span = first.saturating_mul(4_u32.saturating_pow(times)).min(limits::BAN_MOST.max(first));
        let ban = Ban { address, why, reach, since: now, until: now.plus(span), times: times.saturating_add(1), refused: 0 };
        if list.len() >= limits::BANS && !list.contains_key(&address) {
            forget(&mut list, now);
        }
        list.insert(address, ban);
        self.count.store(list.len(), Ordering::Relaxed);
        ban
    }

    /// Those in force, the latest first.
    pub(super) fn in_force(&self, now: Timestamp) -> Vec<Ban> {
        let mut bans: Vec<Ban> = self.list.lock().values().filter(|ban| now < ban.until).copied().collect();
        bans.sort_by_key(|ban| (std::cmp::Reverse(ban.since), ban.address));
        bans
    }

    /// Whether there was one.
    pub(super) fn lift(&self, address: IpAddr, now: Timestamp) -> bool {
        let mut list = self.list.lock();
        let lifted = list.remove(&one(address)).is_some_and(|ban| now < ban.until);
        self.count.store(list.len(), Ordering::Relaxed);
        lifted
    }

    /// Forgets what has been over for a day.
    pub fn sweep(&self, now: Timestamp) {
        let mut list = self.list.lock();
        list.retain(|_, ban| now.since(ban.until) < limits::BANS_REMEMBERED);
        self.count.store(list.len(), Ordering::Relaxed);
    }
}

/// What has been over for longest goes, then what will be over first.
fn forget(list: &mut HashMap<IpAddr, Ban>, now: Timestamp) {
    list.retain(|_, ban| now < ban.until);
    if list.len() >= limits::BANS
        && let Some(soonest) = list.values().min_by_key(|ban| ban.until).map(|ban| ban.address)
    {
        list.remove(&soonest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(15 * 60);

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + minutes * 60_000)
    }

    #[test]
    fn a_ban_ends_by_itself_and_the_next_is_longer() {
        let bans = Bans::default();
        assert_eq!(bans.refuses(address("192.0.2.1"), Reach::Staff, at(0)), None);
        bans.add(address("192.0.2.1"), Suspicion::Scan, Reach::Staff, FIRST, at(0));
        assert_eq!(bans.refuses(address("::ffff:192.0.2.1"), Reach::Staff, at(5)), Some(600));
        assert_eq!(bans.refuses(address("192.0.2.1"), Reach::Everything, at(5)), None, "visitors there still chat");
        assert_eq!(bans.refuses(address("192.0.2.2"), Reach::Staff, at(5)), None);
        assert_eq!(bans.in_force(at(5))[0].refused, 1);
        assert_eq!(bans.refuses(address("192.0.2.1"), Reach::Staff, at(15)), None);
        let spans = [60, 240, 720, 720].map(|_| {
            let now = bans.list.lock().values().next().unwrap().until;
            bans.add(address("192.0.2.1"), Suspicion::Scan, Reach::Staff, FIRST, now).until.since(now).as_secs() / 60
        });
        assert_eq!(spans, [60, 240, 720, 720]);
        let much_later = at(100_000);
        assert_eq!(bans.add(address("192.0.2.1"), Suspicion::Scan, Reach::Staff, FIRST, much_later).times, 1);
    }

    #[test]
    fn one_in_force_is_not_made_longer_by_itself_but_may_reach_further() {
        let bans = Bans::default();
        let first = bans.add(address("2001:db8::1"), Suspicion::Scan, Reach::Staff, FIRST, at(0));
        assert_eq!(bans.add(address("2001:db8::2"), Suspicion::Spray, Reach::Staff, FIRST, at(1)).until, first.until);
        let wider = bans.add(address("2001:db8::3"), Suspicion::Enumeration, Reach::Everything, FIRST, at(2));
        assert_eq!((wider.reach, wider.times), (Reach::Everything, 2));
        assert!(bans.lift(address("2001:db8::ffff"), at(3)) && !bans.lift(address("2001:db8::ffff"), at(3)));
        assert!(bans.in_force(at(3)).is_empty());
    }

    #[test]
    fn no_more_than_so_many() {
        let bans = Bans::default();
        for n in 0..(limits::BANS as u32 + 10) {
            bans.add(IpAddr::V4((0x0a00_0000 + n).into()), Suspicion::Scan, Reach::Staff, FIRST, at(i64::from(n)));
        }
        assert!(bans.list.lock().len() <= limits::BANS);
        bans.sweep(at(1_000_000));
        assert_eq!(bans.count.load(Ordering::Relaxed), 0);
    }
}
