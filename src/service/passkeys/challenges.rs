//! Challenges that wait for their answer. In memory alone, each for one use and for five minutes, bound to the session or to the
//! sign-in that asked for it; so an answer that somebody got hold of is worth nothing elsewhere, later, or twice.

use std::collections::HashMap;
use std::net::IpAddr;

use parking_lot::Mutex;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration};

use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::network::canonical;
use crate::domain::time::Timestamp;
use crate::service::tokens::TokenHash;

/// What a passkey is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// To be made.
    Registration,
    /// To sign in with nothing else.
    Alone,
    /// To follow a password.
    SecondFactor,
    /// To show once more that it is them.
    Proof,
}

/// What is remembered of a challenge.
pub(super) enum Ceremony {
    Registration(OperatorId, PasskeyRegistration),
    /// Without somebody: whose passkey it is the passkey says.
    Assertion(Option<OperatorId>, DiscoverableAuthentication),
}

struct Waiting {
    ceremony: Ceremony,
    from: Option<IpAddr>,
    expires_at: Timestamp,
}

/// By the hash of the secret that the asking browser holds, and by what for. A newer challenge takes the place of the one before.
#[derive(Default)]
pub(in crate::service) struct Challenges(Mutex<HashMap<(TokenHash, Purpose), Waiting>>);

impl Challenges {
    /// When there is no room, the oldest of the same network go, and then the oldest of all: whoever asks for many gets in the way of
    /// their neighbours at most.
    pub(super) fn put(&self, holder: TokenHash, purpose: Purpose, ceremony: Ceremony, from: Option<IpAddr>, now: Timestamp) {
        let mut waiting = self.0.lock();
        waiting.retain(|_, it| now < it.expires_at);
        waiting.remove(&(holder, purpose));
        let from = from.map(canonical);
        let neighbours = |it: &Waiting| it.from == from;
        if waiting.values().filter(|it| neighbours(it)).count() >= limits::PASSKEY_CHALLENGES_PER_ADDRESS {
            drop_oldest(&mut waiting, neighbours);
        }
        if waiting.len() >= limits::PASSKEY_CHALLENGES {
            drop_oldest(&mut waiting, |_| true);
        }
        let expires_at = now.plus(limits::PASSKEY_CHALLENGE_LIFE);
        waiting.insert((holder, purpose), Waiting { ceremony, from, expires_at });
    }

    /// Whatever becomes of the answer, the challenge is used up.
    pub(super) fn take(&self, holder: TokenHash, purpose: Purpose, now: Timestamp) -> Option<Ceremony> {
        let found = self.0.lock().remove(&(holder, purpose))?;
        (now < found.expires_at).then_some(found.ceremony)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

fn drop_oldest(waiting: &mut HashMap<(TokenHash, Purpose), Waiting>, among: impl Fn(&Waiting) -> bool) {
    let oldest = waiting.iter().filter(|(_, it)| among(it)).min_by_key(|(_, it)| it.expires_at).map(|(key, _)| *key);
    if let Some(oldest) = oldest {
        waiting.remove(&oldest);
    }
}
