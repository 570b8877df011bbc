//! Who of the staff accepts chats at this moment. Away is who said so, and who has not touched their keyboard for a while; an
//! operator who is away gets no new chats. In memory only: after a restart everybody accepts who opens the console.

use std::collections::HashMap;

use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::time::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    Accepting,
    /// They have said so.
    Away,
    /// Nobody was at their keyboard for a while.
    Idle,
    Offline,
}

impl Availability {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepting => "accepting",
            Self::Away => "away",
            Self::Idle => "idle",
            Self::Offline => "offline",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Staffing(HashMap<OperatorId, Attendance>);

#[derive(Debug)]
struct Attendance {
    is_away: bool,
    active_at: Timestamp,
    /// `None` while a page of theirs is connected.
    gone_at: Option<Timestamp>,
    told: Availability,
}

impl Attendance {
    fn availability(&self, now: Timestamp) -> Availability {
        if self.gone_at.is_some() {
            Availability::Offline
        } else if self.is_away {
            Availability::Away
        } else if now.since(self.active_at) >= limits::AWAY_AFTER {
            Availability::Idle
        } else {
            Availability::Accepting
        }
    }
}

impl Staffing {
    /// Their first page is connected. A page that merely lost its line for a moment is no sign that anybody sits there.
    pub fn arrive(&mut self, id: OperatorId, now: Timestamp) {
        let new = || Attendance { is_away: false, active_at: now, gone_at: None, told: Availability::Offline };
        let them = self.0.entry(id).or_insert_with(new);
        if them.gone_at.is_some_and(|gone| now.since(gone) >= limits::AWAY_AFTER) {
            them.active_at = now;
        }
        them.gone_at = None;
    }

    /// Their last page has gone.
    pub fn leave(&mut self, id: OperatorId, now: Timestamp) {
        if let Some(them) = self.0.get_mut(&id) {
            them.gone_at = Some(now);
        }
    }

    /// They do something.
    pub fn act(&mut self, id: OperatorId, now: Timestamp) {
        if let Some(them) = self.0.get_mut(&id) {
            them.active_at = now;
        }
    }

    /// They switch new chats on or off.
    pub fn choose(&mut self, id: OperatorId, on: bool, now: Timestamp) {
        if let Some(them) = self.0.get_mut(&id) {
            them.is_away = !on;
            them.active_at = now;
        }
    }

    pub fn availability(&self, id: OperatorId, now: Timestamp) -> Availability {
        self.0.get(&id).map_or(Availability::Offline, |them| them.availability(now))
    }

    /// Whether they have said that they are away.
    pub fn is_away(&self, id: OperatorId) -> bool {
        self.0.get(&id).is_some_and(|them| them.is_away)
    }

    /// Whether they are here, or were a moment ago: a page that is opened next breaks its line with the last one.
    pub fn is_around(&self, id: OperatorId, now: Timestamp) -> bool {
        self.0.get(&id).is_some_and(|them| them.gone_at.is_none_or(|gone| now.since(gone) < limits::OFFER_GRACE))
    }

    pub fn accepting(&self, now: Timestamp) -> impl Iterator<Item = OperatorId> {
        self.0.iter().filter(move |(_, them)| them.availability(now) == Availability::Accepting).map(|(id, _)| *id)
    }

    /// Whose availability is another than when this was asked last.
    pub fn take_changes(&mut self, now: Timestamp) -> Vec<(OperatorId, Availability)> {
        let mut changes = Vec::new();
        for (id, them) in &mut self.0 {
            let is = them.availability(now);
            if is != them.told {
                them.told = is;
                changes.push((*id, is));
            }
        }
        // Somebody who went long ago comes back as if for the first time.
        self.0.retain(|_, them| them.gone_at.is_none_or(|gone| now.since(gone) < limits::ATTENDANCE_KEPT));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: OperatorId = OperatorId::from_bytes([1; 16]);

    #[test]
    fn who_does_nothing_for_a_while_is_away_until_they_do_something() {
        let (mut staffing, now) = (Staffing::default(), Timestamp::from_millis(1_000));
        assert_eq!(staffing.availability(ANNA, now), Availability::Offline);
        staffing.arrive(ANNA, now);
        assert_eq!(staffing.take_changes(now), [(ANNA, Availability::Accepting)]);
        assert!(staffing.take_changes(now).is_empty());
        let later = now.plus(limits::AWAY_AFTER);
        assert_eq!(staffing.take_changes(later), [(ANNA, Availability::Idle)]);
        assert_eq!(staffing.accepting(later).count(), 0);
        staffing.act(ANNA, later);
        assert_eq!(staffing.availability(ANNA, later), Availability::Accepting);
    }

    #[test]
    fn who_went_away_by_hand_stays_away_over_the_next_page() {
        let (mut staffing, now) = (Staffing::default(), Timestamp::from_millis(1_000));
        staffing.arrive(ANNA, now);
        staffing.choose(ANNA, false, now);
        staffing.leave(ANNA, now);
        assert!(staffing.is_around(ANNA, now) && !staffing.is_around(ANNA, now.plus(limits::OFFER_GRACE)));
        staffing.arrive(ANNA, now);
        assert_eq!(staffing.availability(ANNA, now), Availability::Away);
        staffing.choose(ANNA, true, now);
        assert_eq!(staffing.availability(ANNA, now), Availability::Accepting);
        staffing.leave(ANNA, now);
        assert!(staffing.take_changes(now.plus(limits::ATTENDANCE_KEPT)).is_empty());
        assert!(staffing.0.is_empty());
    }
}
