//! The limits as administrators see and change them. A change holds from the next request on.

use super::stock::micros;
use super::{Limit, Rate, rate};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::limits;
use crate::domain::suspicion::Precautions;
use crate::service::fields::Fields;
use crate::service::{Ctx, Failure};

/// One limit on the page.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    pub limit: Limit,
    pub rate: Rate,
    pub usual: Rate,
    /// How often somebody was refused within the last hour, and within the last day.
    pub hour: u32,
    pub day: u32,
}

/// All limits, and what is done about those who scan.
///
/// # Errors
/// `Denied` to those who do not look after the system.
pub fn list(ctx: &Ctx) -> Result<(Vec<Listed>, Precautions), Failure> {
    ctx.authorize(Action::ReadSystem)?;
    let mut counted = ctx.memory.throttle.counted.lock();
    let limits = Limit::ALL.into_iter().map(|limit| {
        let (hour, day) = counted.hits[limit as usize].recent(micros(ctx.now));
        Listed { limit, rate: rate(ctx, limit), usual: ctx.memory.throttle.usual(limit), hour, day }
    });
    Ok((limits.collect(), ctx.store.house().precautions.clone()))
}

/// What was typed of one limit.
#[derive(Debug, Clone, Default)]
pub struct RateForm {
    pub burst: String,
    pub per_hour: String,
}

/// Sets one limit.
///
/// # Errors
/// `InvalidFields` for `burst` and `per_hour`; `Denied`; `ProofNeeded`.
pub fn change(ctx: &Ctx, limit: Limit, form: &RateForm) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    let (least, most) = limit.bounds();
    let mut fields = Fields::default();
    let mut number = |field: &'static str, typed: &str, least: u32, most: u32| {
        let read = typed.replace([',', ' '], "").parse().ok().filter(|number| (least..=most).contains(number));
        if read.is_none() {
            fields.refuse(field, format!("Choose a number from {least} to {most}."));
        }
        read
    };
    let burst = number("burst", &form.burst, least.burst, most.burst);
    let per_hour = number("per_hour", &form.per_hour, least.per_hour, most.per_hour);
    let (Some(burst), Some(per_hour)) = (burst, per_hour) else { return Err(fields.failure()) };
    let chosen = Rate { burst, per_hour };
    save(ctx, AuditAction::LimitChanged(limit), |precautions| {
        // What is as usual is not written down, so that it goes along when the usual changes.
        if chosen == ctx.memory.throttle.usual(limit) {
            precautions.limits.remove(&limit);
        } else {
            precautions.limits.insert(limit, chosen);
        }
    })?;
    begin_anew(ctx, limit);
    Ok(())
}

/// Makes one limit what it usually is.
///
/// # Errors
/// `Denied`; `ProofNeeded`.
pub fn reset(ctx: &Ctx, limit: Limit) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    save(ctx, AuditAction::LimitChanged(limit), |precautions| {
        precautions.limits.remove(&limit);
    })?;
    begin_anew(ctx, limit);
    Ok(())
}

/// What was used up by another measure says nothing: who raises a limit wants people to get through now.
fn begin_anew(ctx: &Ctx, limit: Limit) {
    ctx.memory.throttle.counted.lock().stocks[limit as usize] = Default::default();
}

/// What was chosen about those who scan.
#[derive(Debug, Clone, Default)]
pub struct BanForm {
    pub bans: bool,
    pub ban_minutes: String,
}

/// Sets whether and for how long scanners are kept out.
///
/// # Errors
/// `InvalidFields` for `ban_minutes`; `Denied`; `ProofNeeded`.
pub fn change_bans(ctx: &Ctx, form: &BanForm) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    let bounds = limits::BAN_MINUTES_MIN..=limits::BAN_MINUTES_MAX;
    let minutes: Option<u16> = form.ban_minutes.trim().parse().ok().filter(|minutes| bounds.contains(minutes));
    let Some(minutes) = minutes else {
        let message = format!("Choose {} to {} minutes.", limits::BAN_MINUTES_MIN, limits::BAN_MINUTES_MAX);
        return Err(Failure::Invalid { field: "ban_minutes", message });
    };
    save(ctx, AuditAction::PrecautionsChanged, |precautions| {
        (precautions.bans, precautions.ban_minutes) = (form.bans, minutes);
    })
}

/// Sets whether administrators get mail about alerts.
///
/// # Errors
/// `Denied`; `ProofNeeded`.
pub fn change_mails(ctx: &Ctx, mails_alerts: bool) -> Result<(), Failure> {
    ctx.authorize(Action::ManageAllowlist)?;
    ctx.require_proof()?;
    save(ctx, AuditAction::PrecautionsChanged, |precautions| precautions.mails_alerts = mails_alerts)
}

fn save(ctx: &Ctx, action: AuditAction, change: impl FnOnce(&mut Precautions)) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let mut precautions = ctx.store.house().precautions.clone();
    change(&mut precautions);
    let mut batch = ctx.store.batch();
    batch.put_precautions(&precautions);
    ctx.audit(&mut batch, action);
    ctx.settle(batch)?;
    Ok(())
}
