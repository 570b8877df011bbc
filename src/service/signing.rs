//! The installation's signing key: made when it is first asked for, kept as a sealed secret, never handed out. What it signs
//! can be checked by anybody who was given the public key, and made by nobody without the root key.

use zeroize::Zeroize;

use super::{Ctx, Failure};
use crate::store::StoreError;
use crate::vault::{Key, SigningKey};

const SECRET: &str = "signing";

/// Not from within an act that is changing staff, sites or the allowlist: both take the same turn.
///
/// # Errors
/// When the store does not write, or what it keeps under this name is no key.
pub fn key(ctx: &Ctx) -> Result<SigningKey, Failure> {
    // Two callers at the first time must not make two.
    let _changing = ctx.memory.changing();
    let seed = match ctx.store.secret(SECRET)? {
        Some(kept) => {
            let mut bytes = <[u8; 32]>::try_from(kept.as_slice())
                .map_err(|_| StoreError::Damaged("the signing key is not a key".to_owned()))?;
            let seed = Key::from_bytes(bytes);
            bytes.zeroize();
            seed
        }
        None => {
            let seed = Key::random().map_err(StoreError::from)?;
            let mut batch = ctx.store.batch();
            batch.put_secret(SECRET, seed.expose());
            ctx.store.commit(batch).wait()?;
            seed
        }
    };
    Ok(SigningKey::from_seed(&seed).map_err(StoreError::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Actor;
    use crate::service::stage::Stage;

    #[test]
    fn the_key_is_made_once_and_found_again() {
        let stage = Stage::bare();
        let public = key(&stage.ctx(&Actor::Timer)).unwrap().public();
        assert_eq!(key(&stage.ctx(&Actor::Host)).unwrap().public(), public);
        assert!(stage.ctx(&Actor::Host).store.secret(SECRET).unwrap().is_some());
    }
}
