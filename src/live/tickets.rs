//! Live tickets: a page that has shown who it is gets one, and its socket opens with it. So no credential stands in a URL,
//! and no cookie opens a socket from another site.

use std::collections::HashMap;
use std::net::IpAddr;

use parking_lot::Mutex;

use crate::domain::access::Actor;
use crate::domain::id::{SessionId, base32};
use crate::domain::limits;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::service::Random;

/// Who will speak on the connection.
#[derive(Debug, Clone)]
pub struct Person {
    pub actor: Actor,
    /// Staff only: the SHA-256 of their session, which the connection does not outlive.
    pub session: Option<[u8; 32]>,
    /// The same by the name that it keeps, for the audit log.
    pub session_id: Option<SessionId>,
    pub address: Option<IpAddr>,
    /// Visitors only: family and major version.
    pub browser: Option<Line>,
}

/// Tickets given out and not yet used. In memory only.
#[derive(Default)]
pub struct Tickets(Mutex<HashMap<String, (Person, Timestamp)>>);

impl Tickets {
    /// A ticket for one use within `limits::TICKET_LIFE`; `None` when too many visitors wait already. Staff have signed in to get
    /// here, so a crowd of visitors never shuts them out.
    pub fn issue(&self, person: Person, now: Timestamp, random: &dyn Random) -> Option<String> {
        let mut bytes = [0; 20];
        random.fill(&mut bytes);
        let ticket = base32(&bytes);
        let mut tickets = self.0.lock();
        if person.session.is_none() && tickets.len() >= limits::LIVE_TICKETS {
            tickets.retain(|_, (_, until)| now < *until);
            if tickets.len() >= limits::LIVE_TICKETS {
                return None;
            }
        }
        tickets.insert(ticket.clone(), (person, now.plus(limits::TICKET_LIFE)));
        Some(ticket)
    }

    /// Whose ticket it was. It is gone afterwards, whatever the answer.
    pub fn redeem(&self, ticket: &str, now: Timestamp) -> Option<Person> {
        let (person, until) = self.0.lock().remove(ticket)?;
        (now < until).then_some(person)
    }

    /// Forgets those nobody came with.
    pub fn sweep(&self, now: Timestamp) {
        self.0.lock().retain(|_, (_, until)| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;

    struct Fixed;
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn person() -> Person {
        Person {
            actor: Actor::Visitor { site: SiteId::from_bytes([1; 16]), token_index: [2; 32] },
            session: None,
            session_id: None,
            address: None,
            browser: None,
        }
    }

    #[test]
    fn a_ticket_opens_once_and_not_for_long() {
        let tickets = Tickets::default();
        let now = Timestamp::from_millis(1_000);
        let ticket = tickets.issue(person(), now, &Fixed).unwrap();
        assert!(tickets.redeem(&ticket, now).is_some());
        assert!(tickets.redeem(&ticket, now).is_none());
        let ticket = tickets.issue(person(), now, &Fixed).unwrap();
        assert!(tickets.redeem(&ticket, now.plus(limits::TICKET_LIFE)).is_none());
        tickets.issue(person(), now, &Fixed).unwrap();
        tickets.sweep(now.plus(limits::TICKET_LIFE));
        assert!(tickets.0.lock().is_empty());
    }
}
