//! Password hashing: Argon2id with 19 MiB, 2 passes, 1 lane (OWASP, NIST SP 800-63B 3.1.1.2). Memory is what it costs, so
//! only a few are computed at a time and only a few callers may wait.

use argon2::password_hash::phc::{ParamsString, PasswordHash as Phc};
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use parking_lot::{Condvar, Mutex};

use super::{Ctx, Failure};
use crate::domain::credential::Password;
use crate::domain::limits;
use crate::domain::operator::PasswordHash;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Bounds how many hashes are computed and waited for.
#[derive(Default)]
pub(super) struct Gate {
    callers: Mutex<Callers>,
    freed: Condvar,
}

#[derive(Default)]
struct Callers {
    hashing: usize,
    waiting: usize,
}

/// Who waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    Strangers,
    /// From where the account was signed in to before.
    Known,
}

/// The right to compute one hash; given back when dropped.
struct Turn<'a>(&'a Gate);

impl Gate {
    fn turn(&self, queue: Queue) -> Result<Turn<'_>, Failure> {
        let mut callers = self.callers.lock();
        if callers.hashing >= limits::PARALLEL_HASHES {
            // Behind a queue full of strangers there is still room for those who have been here before.
            let most = if queue == Queue::Known { 2 * limits::WAITING_HASHES } else { limits::WAITING_HASHES };
            if callers.waiting >= most {
                return Err(Failure::TooMany { seconds: 2 });
            }
            callers.waiting += 1;
            while callers.hashing >= limits::PARALLEL_HASHES {
                self.freed.wait(&mut callers);
            }
            callers.waiting -= 1;
        }
        callers.hashing += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.callers.lock().hashing -= 1;
        self.0.freed.notify_one();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Wrong,
    Right,
    /// Right, but hashed with other costs than today's: hash it anew while it is at hand.
    RightButOutdated,
}

/// # Errors
/// `TooMany` when too many wait already.
pub(super) fn hash(ctx: &Ctx, password: &Password) -> Result<PasswordHash, Failure> {
    let _turn = ctx.memory.hashing.turn(Queue::Strangers)?;
    compute(password, &ctx.random_bytes::<16>())
}

/// Compares a password with what is stored for an account, or does the same work for an account that has nothing stored, so
/// that the time of an answer does not tell which accounts exist.
///
/// # Errors
/// `TooMany` when too many wait already.
pub(super) fn verify(ctx: &Ctx, password: &Password, stored: Option<&PasswordHash>, queue: Queue) -> Result<Verdict, Failure> {
    let _turn = ctx.memory.hashing.turn(queue)?;
    let Some(phc) = stored.and_then(|stored| Phc::new(&stored.0).ok()) else {
        compute(password, &[0; 16])?;
        return Ok(Verdict::Wrong);
    };
    if argon2()?.verify_password(password.expose().as_bytes(), &phc).is_err() {
        return Ok(Verdict::Wrong);
    }
    let current = ParamsString::try_from(argon2()?.params()).is_ok_and(|params| params == phc.params)
        && phc.algorithm == Algorithm::Argon2id.ident();
    Ok(if current { Verdict::Right } else { Verdict::RightButOutdated })
}

fn compute(password: &Password, salt: &[u8]) -> Result<PasswordHash, Failure> {
    let phc: Phc = argon2()?.hash_password_with_salt(password.expose().as_bytes(), salt).map_err(|_| busy())?;
    Ok(PasswordHash(phc.to_string()))
}

fn argon2() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| busy())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// With constant costs only a lack of memory is left as a reason to fail, which passes.
fn busy() -> Failure {
    Failure::TooMany { seconds: 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Actor;
    use crate::service::stage::Stage;

    #[test]
    fn a_password_is_known_again_and_nothing_else_is() {
        let stage = Stage::bare();
        let ctx = stage.ctx(&Actor::Stranger);
        let password = Password::typed("harbour violin cactus".to_owned());
        let (one, other) = (hash(&ctx, &password).unwrap(), hash(&ctx, &password).unwrap());
        assert_ne!(one, other, "each has a salt of its own");
        assert_eq!(verify(&ctx, &password, Some(&one), Queue::Strangers).unwrap(), Verdict::Right);
        assert_eq!(
            verify(&ctx, &Password::typed("harbour violin cactuS".to_owned()), Some(&one), Queue::Strangers).unwrap(),
            Verdict::Wrong
        );
        for nothing in [None, Some(PasswordHash(String::new())), Some(PasswordHash("$argon2id$v=19$m=8,t=1,p=1$".to_owned()))] {
            assert_eq!(verify(&ctx, &password, nothing.as_ref(), Queue::Strangers).unwrap(), Verdict::Wrong);
        }
    }

    #[test]
    fn only_so_many_hash_and_only_so_many_wait() {
        let gate = Gate::default();
        let hashing: Vec<_> = (0..limits::PARALLEL_HASHES).map(|_| gate.turn(Queue::Strangers).unwrap()).collect();
        let waited = std::thread::scope(|scope| {
            let waiting: Vec<_> =
                (0..limits::WAITING_HASHES).map(|_| scope.spawn(|| gate.turn(Queue::Strangers).is_ok())).collect();
            while gate.callers.lock().waiting < limits::WAITING_HASHES {
                std::thread::yield_now();
            }
            assert!(matches!(gate.turn(Queue::Strangers), Err(Failure::TooMany { .. })));
            let known = scope.spawn(|| gate.turn(Queue::Known).is_ok());
            while gate.callers.lock().waiting <= limits::WAITING_HASHES {
                std::thread::yield_now();
            }
            drop(hashing);
            assert!(known.join().unwrap(), "who has been here before still gets a turn");
            waiting.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(waited.into_iter().all(|it| it));
        assert!(gate.turn(Queue::Strangers).is_ok());
    }
}
