//! From a passphrase to the root key: Argon2id (RFC 9106), with costs and salt that stand in clear in the tip, so that the
//! passphrase and the data directory are all that is needed.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::{Zeroize, Zeroizing};

use super::key::KEY_BYTES;
use super::{Key, RootKey, VaultError, fill_random};

/// The second recommendation of RFC 9106 (3 passes, 4 lanes, 64 MiB) with four times its memory: whoever has the disk may guess
/// for as long as they like, memory is what guessing costs them, and this is paid here once per start, in under a second. More
/// would keep the appliance from starting on the small machines that it is made for.
const MEMORY_KIB: u32 = 256 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// What a slot of the tip may ask for: weaker was never written, and more would make the start a matter of luck.
const MEMORY_KIB_RANGE: std::ops::RangeInclusive<u32> = 8 * 1024..=4 * 1024 * 1024;
const PASSES_RANGE: std::ops::RangeInclusive<u32> = 1..=64;
const LANES_RANGE: std::ops::RangeInclusive<u32> = 1..=64;

const SALT_BYTES: usize = 16;
/// `memory in KiB 4 ‖ passes 4 ‖ lanes 4 ‖ salt 16`.
pub(super) const DERIVATION_BYTES: usize = 12 + SALT_BYTES;

/// How a passphrase becomes the root key. Nothing in it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derivation {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; SALT_BYTES],
}

impl Derivation {
    /// Today's costs and a fresh salt.
    ///
    /// # Errors
    /// When there are no random bytes.
    pub fn fresh() -> Result<Self, VaultError> {
        let mut salt = [0; SALT_BYTES];
        fill_random(&mut salt)?;
        Ok(Self { memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES, salt })
    }

    /// `None` for costs out of bounds.
    pub(super) fn read(bytes: &[u8; DERIVATION_BYTES]) -> Option<Self> {
        let number = |at: usize| bytes[at..at + 4].try_into().ok().map(u32::from_be_bytes);
        let (memory_kib, passes, lanes) = (number(0)?, number(4)?, number(8)?);
        let in_bounds = MEMORY_KIB_RANGE.contains(&memory_kib) && PASSES_RANGE.contains(&passes) && LANES_RANGE.contains(&lanes);
        let salt = bytes[12..].try_into().ok()?;
        in_bounds.then_some(Self { memory_kib, passes, lanes, salt })
    }

    pub(super) fn bytes(&self) -> [u8; DERIVATION_BYTES] {
        let mut bytes = [0; DERIVATION_BYTES];
        for (at, number) in [self.memory_kib, self.passes, self.lanes].into_iter().enumerate() {
            bytes[at * 4..at * 4 + 4].copy_from_slice(&number.to_be_bytes());
        }
        bytes[12..].copy_from_slice(&self.salt);
        bytes
    }

    /// The root key of this passphrase. Takes the memory and the time that the costs say, and wipes the memory.
    ///
    /// # Errors
    /// When the machine does not have that much memory to give.
    pub fn derive(&self, passphrase: &str) -> Result<RootKey, VaultError> {
        let no_memory = VaultError::NoMemory { mib: self.memory_kib >> 10 };
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(KEY_BYTES)).map_err(|_| no_memory)?;
        let mut memory = Vec::new();
        memory.try_reserve_exact(params.block_count()).map_err(|_| no_memory)?;
        memory.resize(params.block_count(), Block::default());
        let mut memory = Zeroizing::new(memory);
        let mut bytes = [0; KEY_BYTES];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase.as_bytes(), &self.salt, &mut bytes, memory.as_mut_slice())
            .map_err(|_| no_memory)?;
        let key = RootKey::new(Key::from_bytes(bytes)).derived(*self);
        bytes.zeroize();
        Ok(key)
    }

    /// The least that is allowed, for tests that derive many keys.
    #[cfg(test)]
    pub(crate) fn cheap() -> Self {
        Self { memory_kib: 8 * 1024, passes: 1, lanes: 1, salt: [7; SALT_BYTES] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_passphrase_and_salt_give_the_same_key_and_no_other_does() {
        let one = Derivation::cheap();
        let other = Derivation { salt: [8; SALT_BYTES], ..one };
        let key = |derivation: Derivation, passphrase: &str| *derivation.derive(passphrase).unwrap().expose();
        assert_eq!(key(one, "harbour violin cactus"), key(one, "harbour violin cactus"));
        assert_ne!(key(one, "harbour violin cactus"), key(one, "harbour violin cactuS"));
        assert_ne!(key(one, "harbour violin cactus"), key(other, "harbour violin cactus"));
        assert_ne!(Derivation::fresh().unwrap(), Derivation::fresh().unwrap());
    }

    #[test]
    fn the_key_is_what_another_argon2_makes_of_the_same() {
        // printf 'harbour violin cactus' | argon2 salt-of-sixteen! -id -t 1 -k 8192 -p 1 -l 32 -r
        let derivation = Derivation { salt: *b"salt-of-sixteen!", ..Derivation::cheap() };
        let key = derivation.derive("harbour violin cactus").unwrap();
        assert_eq!(
            data_encoding::HEXLOWER.encode(key.expose()),
            "f50d360bb72643bdbcd2bfdf706ffe0fedc48e02d9246bfaba4572857a6a2674"
        );
    }

    #[test]
    fn costs_are_read_back_and_none_out_of_bounds_are_taken() {
        let fresh = Derivation::fresh().unwrap();
        assert_eq!(Derivation::read(&fresh.bytes()), Some(fresh));
        for (at, wrong) in [(0, 0_u32), (0, 4 * 1024), (0, u32::MAX), (4, 0), (4, 65), (8, 0), (8, 65)] {
            let mut bytes = fresh.bytes();
            bytes[at..at + 4].copy_from_slice(&wrong.to_be_bytes());
            assert_eq!(Derivation::read(&bytes), None, "{wrong} at {at}");
        }
    }
}
