//! What is enforced stays enforced when a backup is restored: otherwise an old backup would be a way around every lock.

use super::{Control, Ctx, Failure, fixes};
use crate::domain::posture::Posture;

/// Puts what was enforced before the restoring in force again, and right what the backup's settings lack of it.
///
/// # Errors
/// `Conflict` naming what no click can put right; when the store does not write.
pub(in crate::service) fn keep(ctx: &Ctx, present: &Posture) -> Result<(), Failure> {
    let house = ctx.store.house();
    let musts = || Control::ALL.into_iter().filter(|control| present.lock_of(*control).is_some());
    let fixed = fixes::fixed(ctx, &house, musts());
    let lacking: Vec<_> = musts().filter(|it| !it.broken_settings(&fixed.after).is_empty()).map(|it| it.title()).collect();
    if !lacking.is_empty() {
        let profiles: Vec<_> = present.enforced.keys().map(|profile| profile.title()).collect();
        let (are, insist) = if profiles.len() == 1 { ("is", "it insists") } else { ("are", "they insist") };
        return Err(Failure::Conflict(format!(
            "{} {are} enforced here, and the backup’s settings break what {insist} on: {}. Unlock what is enforced first, or restore into another directory with --data-dir DIR.",
            list(&profiles),
            lacking.join("; ")
        )));
    }
    let mut batch = ctx.store.batch();
    fixes::write(ctx, &mut batch, &house, &fixed)?;
    batch.put_posture(present);
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// "HIPAA", "HIPAA and GDPR", "HIPAA, PCI DSS and GDPR"
fn list(names: &[&str]) -> String {
    match names {
        [some @ .., last] if !some.is_empty() => format!("{} and {last}", some.join(", ")),
        _ => names.concat(),
    }
}
