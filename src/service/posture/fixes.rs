//! Putting right what a click can put right, and writing what differs. Each part is written by the same lines as by hand.

use super::{Consequences, Control, Ctx, Failure, House, Profile, Settings, Supplies, facts, settings};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::news::News;
use crate::domain::posture::PostureAction;
use crate::service::{permissions, policy, sessions};
use crate::store::Batch;

/// Puts one control right.
///
/// # Errors
/// `Denied` to those who do not manage privacy; `ProofNeeded`; `Conflict` for what only people can put right; `Invalid` for `confirm`
/// when chats would go; `Locked`.
pub fn fix(ctx: &Ctx, control: Control, consequences: Consequences) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if let Some(what) = needs_people(ctx, &house, control) {
        return Err(Failure::Conflict(what.to_owned()));
    }
    put_right(ctx, &house, [control], consequences)
}

/// Puts right whatever a profile asks for that a click can put right: its musts, not its advice.
///
/// # Errors
/// As for one.
pub fn fix_all(ctx: &Ctx, profile: Profile, consequences: Consequences) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    put_right(ctx, &house, Control::musts(profile).filter(|it| needs_people(ctx, &house, *it).is_none()), consequences)
}

fn put_right(
    ctx: &Ctx,
    house: &House,
    controls: impl IntoIterator<Item = Control>,
    consequences: Consequences,
) -> Result<(), Failure> {
    let fixed = fixed(ctx, house, controls);
    weigh(ctx, house, &fixed.after, consequences)?;
    let mut batch = ctx.store.batch();
    write(ctx, &mut batch, house, &fixed)?;
    ctx.settle(batch)?;
    sessions::sweep(ctx)
}

/// Settings in which controls were put right.
pub(super) struct Fixed {
    pub after: Settings,
    /// Those that were not right before.
    controls: Vec<Control>,
}

pub(super) fn fixed(ctx: &Ctx, house: &House, controls: impl IntoIterator<Item = Control>) -> Fixed {
    let mut fixed = Fixed { after: settings(house), controls: Vec::new() };
    for control in controls {
        if !control.broken_settings(&fixed.after).is_empty() {
            // Each makes things of its own, so each has a seed of its own.
            control.fix(&mut fixed.after, &Supplies { now: ctx.now, seed: ctx.random_bytes() });
            fixed.controls.push(control);
        }
    }
    fixed
}

/// # Errors
/// `Invalid` for `confirm` when closed chats would be due at once and nobody has said that they may go.
pub(super) fn weigh(ctx: &Ctx, house: &House, after: &Settings, consequences: Consequences) -> Result<(), Failure> {
    let would_go = if consequences == Consequences::Ask { facts::due_sooner(ctx, &settings(house), after)? } else { 0 };
    let message = match would_go {
        0 => return Ok(()),
        1 => "1 closed chat is older than it may get then. It would be erased for ever, within a minute.".to_owned(),
        _ => format!("{would_go} closed chats are older than they may get then. They would be erased for ever, within a minute."),
    };
    Err(Failure::Invalid { field: "confirm", message })
}

/// What somebody has to do first, where no click is enough.
pub(super) fn needs_people(ctx: &Ctx, house: &House, control: Control) -> Option<&'static str> {
    match control {
        Control::StaffNetworks => Some(
            "Write down the networks of your staff under Security. Nobody else knows them, and a wrong list would lock you out.",
        ),
        Control::AdminFactors | Control::EverybodysFactors if policy::author_lacks_factor(ctx, house) => {
            Some("Add a second factor to your own account first, under “Your account”. Then ask others for one.")
        }
        Control::NoCvv => Some("Take the question out of the form. Nobody may keep that code."),
        Control::PurgingRuns => Some("Look at the machine’s clock, and let purging go on, under Purge rules."),
        Control::NothingOverdue => {
            Some("Look under What is kept why something is still there. Within a minute the next run tries again.")
        }
        Control::AuditWhole => {
            Some("Look at the alert, and run parlor verify on the machine. Then say under Alerts that you have seen it.")
        }
        Control::TwoAdmins => Some("Invite a second administrator, under People."),
        Control::AlertsSeen => Some("Look at what waits under Alerts."),
        Control::KeyApart => {
            Some("On the machine: parlor key change, with a passphrase, a credential, or a file on another disk.")
        }
        Control::BackedUp => Some("Name a directory for backups in the settings of the host, or make one by hand under Backups."),
        Control::Rehearsed => Some("Rehearse a restore, under Backups."),
        Control::CertificateValid => Some("Renew the certificate’s files; they are read again within a minute."),
        Control::CertificateKnown => Some("Name your own certificate in the settings of the host."),
        Control::Confined => Some("Run it on a Linux with Landlock: 5.13 or newer for files, 6.12 for all of it."),
        _ => None,
    }
}

/// Writes what differs from the house, with a row in the audit log for each control that was put right, and for each part of the
/// settings that has one when it is changed by hand.
///
/// # Errors
/// When sessions cannot be read.
pub(super) fn write(ctx: &Ctx, batch: &mut Batch, house: &House, fixed: &Fixed) -> Result<(), Failure> {
    let after = &fixed.after;
    for control in &fixed.controls {
        ctx.audit(batch, AuditAction::Posture(PostureAction::PutRight(*control)));
    }
    for (id, site) in &after.sites {
        if house.sites.get(id) != Some(site) {
            batch.put_site(site);
            ctx.audit(batch, AuditAction::SiteChanged(*id));
            batch.tell(News::Site(*id));
        }
    }
    if house.policy != after.policy {
        policy::put_in(ctx, batch, house, after.policy)?;
    }
    if house.permissions != after.permissions {
        permissions::put_in(ctx, batch, house, after.permissions);
    }
    if house.precautions != after.precautions {
        batch.put_precautions(&after.precautions);
        ctx.audit(batch, AuditAction::PrecautionsChanged);
    }
    if house.reporting != after.reporting {
        batch.put_reporting(after.reporting);
        ctx.audit(batch, AuditAction::ReportingKeptFor { days: after.reporting.get() });
    }
    if house.audit_days != after.audit_days {
        batch.put_audit_days(after.audit_days);
        ctx.audit(batch, AuditAction::AuditKeptFor { days: after.audit_days.get() });
    }
    if house.retention != after.retention {
        batch.put_retention(&after.retention);
        ctx.audit(batch, AuditAction::RetentionChanged);
    }
    for (id, order) in after.orders.iter().filter(|(id, order)| house.orders.get(id) != Some(order)) {
        batch.put_order(order);
        ctx.audit(batch, AuditAction::PurgeRuleArmed(*id));
    }
    for (id, form) in after.forms.iter().filter(|(id, form)| house.forms.get(id) != Some(form)) {
        batch.put_form(form);
        ctx.audit(batch, AuditAction::FormSaved(*id));
    }
    Ok(())
}
