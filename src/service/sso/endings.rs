//! How sessions end that began through a provider.

use sha2::{Digest, Sha256};

use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::id::OperatorId;
use crate::domain::limits;
use crate::domain::session::{Session, SsoSession};
use crate::domain::sso::LogoutNotice;
use crate::service::sign_in::steps;
use crate::service::{Ctx, Failure, sessions};
use crate::store::{Batch, StoreError};

/// The provider says that a session, or all sessions of somebody, are over. So they are: in open sockets too. Heard a second time, it
/// changes nothing. Tells how many ended.
///
/// # Errors
/// When the store does not write.
pub fn end_by_provider(ctx: &Ctx, notice: &LogoutNotice) -> Result<usize, Failure> {
    let id = Sha256::digest([notice.issuer.as_bytes(), b"\n", notice.id.as_bytes()].concat()).into();
    // A notice is believed for as long as its token is.
    let until = notice.issued_at.plus(limits::SSO_LIFE + 2 * limits::SSO_CLOCK_SKEW);
    if !ctx.memory.sso_notices.is_first(id, until, ctx.now) {
        return Ok(0);
    }
    let _changing = ctx.memory.changing();
    steps::forget_if(ctx, |sso| is_meant(notice, sso));
    let mut batch = ctx.store.batch();
    // What began after it was written is not meant, however often somebody sends it.
    let latest = notice.issued_at.plus(limits::SSO_CLOCK_SKEW);
    let is_over =
        |session: &Session| session.started_at <= latest && session.sso.as_ref().is_some_and(|sso| is_meant(notice, sso));
    let ended = sessions::end_in_if(ctx, &mut batch, is_over)?;
    for operator in &ended {
        ctx.audit_as(&mut batch, AuditActor::Unknown, AuditAction::SsoSessionEnded(*operator));
    }
    if !ended.is_empty() {
        ctx.store.commit(batch).wait()?;
    }
    Ok(ended.len())
}

/// Whoever names a session means that one; whoever names a person alone means all of theirs.
fn is_meant(notice: &LogoutNotice, sso: &SsoSession) -> bool {
    let is_person = notice.subject.as_ref().is_none_or(|subject| *subject == sso.subject);
    let is_session = notice.sid.as_ref().is_none_or(|sid| sso.sid.as_ref() == Some(sid));
    notice.issuer == sso.issuer && is_person && is_session
}

/// Ends what came through somebody's identity, in a batch that takes it away.
pub(super) fn end_of_in(ctx: &Ctx, batch: &mut Batch, operator: OperatorId) -> Result<(), StoreError> {
    sessions::end_in_if(ctx, batch, |session| session.operator == operator && session.sso.is_some()).map(|_| ())
}
