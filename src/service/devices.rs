//! Devices that somebody has signed in with before. Each holds a cookie that says so, under a key of ours, and that is good for one thing:
//! attempts from there are counted apart, so that a stranger who tries passwords does not shut the account's owner out.
//!
//! Nothing is kept of it. The password's hash goes into the code, so that another password makes all cookies worthless.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Ctx;
use crate::domain::id::{OperatorId, base32, from_base32};
use crate::domain::limits;
use crate::domain::operator::Operator;
use crate::domain::time::Timestamp;

/// What a browser shows. Whether it holds, `known` says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Device {
    operator: OperatorId,
    id: [u8; 16],
    expires_at: Timestamp,
    code: [u8; 32],
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Device(…)")
    }
}

impl Device {
    /// `None` for what cannot be a cookie of ours.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        if cookie.len() != 116 {
            return None;
        }
        let bytes: [u8; 72] = from_base32(cookie)?.try_into().ok()?;
        let (operator, rest) = bytes.split_first_chunk()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (expires_at, rest) = rest.split_first_chunk()?;
        let expires_at = Timestamp::from_millis(i64::from_be_bytes(*expires_at));
        Some(Self { operator: OperatorId::from_bytes(*operator), id: *id, expires_at, code: *rest.first_chunk()? })
    }

    /// The cookie's value.
    #[must_use]
    pub fn to_cookie(self) -> String {
        let expires_at = self.expires_at.as_millis().to_be_bytes();
        base32(&[self.operator.as_bytes().as_slice(), &self.id, &expires_at, &self.code].concat())
    }
}

/// For the browser that somebody has just signed in with: it is known from now on.
#[must_use]
pub fn remember(ctx: &Ctx, operator: &Operator) -> Device {
    let (id, expires_at) = (ctx.random_bytes(), ctx.now.plus(limits::DEVICE_LIFE));
    Device { operator: operator.id, id, expires_at, code: code(ctx, operator, &id, expires_at) }
}

/// Which device of this person's the request came from, if it is one: what its attempts are counted under.
#[must_use]
pub fn known(ctx: &Ctx, operator: &Operator) -> Option<[u8; 32]> {
    let device = ctx.asked.device.filter(|it| it.operator == operator.id && ctx.now < it.expires_at)?;
    let code = code(ctx, operator, &device.id, device.expires_at);
    bool::from(code.ct_eq(&device.code)).then(|| Sha256::digest(device.id).into())
}

/// Whether somebody who works here has signed in with the device that is asking.
#[must_use]
pub fn is_anybodys(ctx: &Ctx) -> bool {
    let house = ctx.store.house();
    let owner = ctx.asked.device.and_then(|device| house.operators.get(&device.operator));
    owner.is_some_and(|operator| operator.is_active() && known(ctx, operator).is_some())
}

fn code(ctx: &Ctx, operator: &Operator, id: &[u8; 16], expires_at: Timestamp) -> [u8; 32] {
    let password = operator.password_hash.as_ref().map_or("", |hash| hash.0.as_str());
    let expires_at = expires_at.as_millis().to_be_bytes();
    ctx.store.keyed_hash("known device", &[operator.id.as_bytes().as_slice(), id, &expires_at, password.as_bytes()].concat())
}

#[cfg(test)]
#[path = "tests/devices.rs"]
mod tests;
