//! What stands in an evidence report, section by section.

use data_encoding::HEXLOWER;

use crate::domain::alert::AlertKind;
use crate::domain::audit::{AuditAction, AuditActor, PurgeReceipt, PurgeRule};
use crate::domain::limits;
use crate::domain::operator::Role;
use crate::domain::posture::{PostureAlert, Profile};
use crate::domain::time::Timestamp;
use crate::service::paper::{Paper, Section};
use crate::service::surroundings::Surroundings;
use crate::service::{Ctx, Failure, paperwork, posture};
use crate::store::House;

pub(super) fn make(ctx: &Ctx, surroundings: &Surroundings, since: Timestamp) -> Result<Paper, Failure> {
    let house = ctx.store.house();
    let mut paper = Paper::new(ctx, "evidence", "Evidence report");
    paper.lead = vec![
        format!("What this installation is set to at {}, and what it erased since {since}.", ctx.now),
        "This is a check of settings, made by the appliance about itself. It is no certification, no audit and no legal advice, and says nothing \
         about how people work."
            .to_owned(),
    ];
    paper.sections = vec![
        installation(ctx, &house, surroundings),
        profiles(&house),
        controls(ctx, surroundings)?,
        erased(ctx, &house, since)?,
        paperwork::retention(&house),
        paperwork::orders(&house),
        paperwork::holds(&house),
        audit_log(ctx, &house)?,
        sign_in(&house),
        people(&house),
        backups(ctx, surroundings)?,
        certificate(surroundings),
        alerts(&house),
        paperwork::recipients(&house, surroundings),
    ];
    Ok(paper)
}

fn installation(ctx: &Ctx, house: &House, surroundings: &Surroundings) -> Section {
    let mut section = Section::facts("installation", "Installation", "");
    section.fact("Product", format!("Parlor {}", env!("CARGO_PKG_VERSION")));
    section.fact("Format of the data", ctx.store.format().to_string());
    section.fact("Installation", HEXLOWER.encode(&ctx.store.installation()));
    if let Some(organisation) = &house.organisation {
        section.fact("Organisation", organisation.name.as_str());
        section.fact("Set up", organisation.set_up_at.to_string());
    }
    section.fact("Sites", house.sites.len().to_string());
    section.fact("Root key", surroundings.root_key.clone());
    if let Some(since) = surroundings.root_key_since {
        section.fact("The same root key since", since.to_string());
    }
    section.fact("Air gap", if surroundings.air_gap { "set: no connection to anywhere is opened" } else { "not set" });
    section.fact("Process", surroundings.confinement.clone());
    section
}

/// What is enforced, since when, and who wants it to be no more.
fn profiles(house: &House) -> Section {
    let columns = ["Profile", "Enforced", "By", "Asked to be unlocked"];
    let about =
        "A profile that is enforced locks its settings: whoever wants another one has to unlock it first, which is on record.";
    let mut section = Section::table("profiles", "Profiles", about, &columns);
    for profile in Profile::ALL {
        let enforced = house.posture.enforced.get(&profile);
        let by = enforced.map_or("", |it| match it.by {
            None => "the host’s command line",
            Some(id) => house.operators.get(&id).map_or("somebody who is gone", |it| it.name.as_str()),
        });
        let unlock = house.posture.unlocks.iter().find(|it| it.profile == profile);
        section.row([
            profile.title().to_owned(),
            enforced.map_or_else(|| "no".to_owned(), |it| format!("since {}", it.since)),
            by.to_owned(),
            unlock.map_or_else(|| "no".to_owned(), |it| format!("since {}", it.at)),
        ]);
    }
    section
}

/// Each control of each profile, and whether it holds at this moment.
fn controls(ctx: &Ctx, surroundings: &Surroundings) -> Result<Section, Failure> {
    let columns = ["Profile", "Control", "What", "Asked", "Where it is written", "Holds"];
    let about = "What each profile asks of the settings, whether or not it is enforced. What is recommended is not locked.";
    let mut section = Section::table("controls", "Controls", about, &columns);
    for view in posture::views(ctx, &surroundings.machine)? {
        for line in &view.lines {
            section.row([
                view.profile.title().to_owned(),
                line.control.tag().to_owned(),
                line.control.title().to_owned(),
                if line.is_must() { "required" } else { "recommended" }.to_owned(),
                line.asked.reference.to_owned(),
                match (line.holds(), line.drifted_at) {
                    (true, _) => "yes".to_owned(),
                    (false, None) => "no".to_owned(),
                    (false, Some(since)) => format!("no, although enforced, since {since}"),
                },
            ]);
        }
    }
    Ok(section)
}

/// Every purge of the time, by its receipt; of very many the newest, and how many there were.
fn erased(ctx: &Ctx, house: &House, since: Timestamp) -> Result<Section, Failure> {
    let columns = ["Row", "When", "Site", "What", "Rule", "Drawers", "Entries", "Key epoch"];
    let mut section = Section::table("erased", "What was erased", "", &columns).or("Nothing was erased in this time.");
    let after = ctx.store.audit_row_before(since)?.unwrap_or(0);
    let (mut receipts, mut drawers, mut entries) = (0_u64, 0_u64, 0_u64);
    for row in ctx.store.audit_rows_after(after)? {
        let row = row?.entry;
        let AuditAction::Purged(receipt) = row.action else { continue };
        receipts += 1;
        drawers += u64::from(receipt.drawers);
        entries += receipt.events;
        if section.rows.len() == limits::EVIDENCE_RECEIPTS {
            section.rows.remove(0);
        }
        section.row([
            row.number.to_string(),
            row.at.to_string(),
            house.sites.get(&receipt.site).map_or("a site that is gone", |it| it.name.as_str()).to_owned(),
            paperwork::class(receipt.class).to_owned(),
            rule(house, &receipt, &row.actor),
            receipt.drawers.to_string(),
            receipt.events.to_string(),
            receipt.epoch.map_or_else(|| "no key of its own".to_owned(), |epoch| epoch.to_string()),
        ]);
    }
    let counted = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    section.about = format!(
        "{} since {since}: {} with their keys, {}.",
        counted(receipts, "receipt", "receipts"),
        counted(drawers, "drawer", "drawers"),
        counted(entries, "entry", "entries"),
    );
    if receipts > limits::EVIDENCE_RECEIPTS as u64 {
        section
            .about
            .push_str(&format!(" The newest {} are listed; all of them are in the file of receipts.", limits::EVIDENCE_RECEIPTS));
    }
    Ok(section)
}

fn rule(house: &House, receipt: &PurgeReceipt, actor: &AuditActor) -> String {
    match receipt.rule {
        PurgeRule::Policy => "as set for the site".to_owned(),
        PurgeRule::ByHand if *actor == AuditActor::Host => "by hand, on the host".to_owned(),
        PurgeRule::ByHand => "by hand".to_owned(),
        PurgeRule::Tombstone => "again, after a restore".to_owned(),
        PurgeRule::Request => "the person asked for it".to_owned(),
        PurgeRule::Form => "as set for the form".to_owned(),
        PurgeRule::Order(id) => house
            .orders
            .get(&id)
            .map_or_else(|| "a purge rule that is gone".to_owned(), |it| format!("rule “{}”", it.name.as_str())),
    }
}

/// The head of the log: a later copy has to go on from here.
fn audit_log(ctx: &Ctx, house: &House) -> Result<Section, Failure> {
    let about = "Rows are chained: each holds the hash of the one before. Whoever keeps this report can tell later whether a row up to here was changed.";
    let mut section = Section::facts("audit", "Audit log", about);
    if let Some((first, last)) = ctx.store.audit_ends()? {
        section.fact("First row kept", first.to_string());
        section.fact("Last row", last.to_string());
        if let Some(row) = ctx.store.audit_rows_after(last.saturating_sub(1))?.next().transpose()? {
            section.fact("Hash of the last row (SHA-256)", HEXLOWER.encode(&row.hash()));
        }
    }
    section.fact("Rows are kept for", format!("{} days", house.audit_days.get()));
    Ok(section)
}

fn sign_in(house: &House) -> Section {
    let mut section = Section::facts("sign-in", "Signing in", "");
    let policy = &house.policy;
    section.fact("A second factor is asked of", paperwork::second_factor(house));
    section.fact(
        "Sessions end",
        format!("after {} minutes without use, at most {} hours", policy.idle_minutes, policy.absolute_hours),
    );
    section.fact(
        "Accounts that nobody uses",
        policy.dormant_days.map_or_else(|| "stay".to_owned(), |days| format!("are disabled after {days} days")),
    );
    let networks = |count: usize| match count {
        0 => "anywhere".to_owned(),
        1 => "1 network".to_owned(),
        count => format!("{count} networks"),
    };
    section.fact("Staff come in from", networks(house.allowlist.lists.count()));
    let sso = match (house.sso.provider_in_use(), house.sso.directory_in_use()) {
        (None, None) => "not set up",
        _ if house.sso.is_in_force() => "set up, and nothing else counts",
        _ => "set up, besides passwords of this appliance",
    };
    section.fact("Single sign-on", sso);
    section
}

/// How many there are of each role, and how many of them have a second factor.
fn people(house: &House) -> Section {
    let mut section =
        Section::table("people", "People", "Accounts that are active.", &["Role", "Accounts", "With a second factor"]);
    for role in Role::ALL {
        let active = || house.operators.values().filter(move |it| it.role == role && it.is_active());
        let with_factor = active().filter(|it| house.factors.get(&it.id).is_some_and(|factors| factors.is_second()));
        section.row([role.tag().to_owned(), active().count().to_string(), with_factor.count().to_string()]);
    }
    section
}

fn backups(ctx: &Ctx, surroundings: &Surroundings) -> Result<Section, Failure> {
    let mut section = Section::facts("backups", "Backups", "");
    let history = ctx.store.backups()?;
    section.fact("Plan", surroundings.backup_plan.clone().unwrap_or_else(|| "none".to_owned()));
    for (what, attempt) in [("Last backup", &history.backup), ("Last rehearsal of a restore", &history.rehearsal)] {
        section.fact(
            what,
            match attempt {
                None => "never".to_owned(),
                Some(it) => match &it.outcome {
                    Ok(contents) => {
                        format!("{}: whole, {} drawers, {} audit rows", it.at, contents.conversations, contents.audit_rows)
                    }
                    // Why may name a place of the machine, which is nobody's business outside.
                    Err(_) => format!("{}: failed", it.at),
                },
            },
        );
    }
    Ok(section)
}

fn certificate(surroundings: &Surroundings) -> Section {
    let mut section = Section::facts("certificate", "Certificate", "").or("None is in use: no listener runs.");
    if let Some(certificate) = &surroundings.certificate {
        section.fact("For", certificate.names.join(", "));
        section.fact(
            "Made by",
            if certificate.is_own { "the appliance’s own authority" } else { "an authority of the owner’s choice" },
        );
        section.fact("Valid from", certificate.not_before.to_string());
        section.fact("Valid until", certificate.not_after.to_string());
        section.fact("Fingerprint (SHA-256)", certificate.fingerprint.clone());
    }
    section
}

/// What nobody has said that they have seen.
fn alerts(house: &House) -> Section {
    let columns = ["Since", "Last", "Times", "What"];
    let mut section = Section::table("alerts", "Open alerts", "", &columns).or("There is none.");
    for alert in house.alerts.values().filter(|it| it.acknowledged.is_none()) {
        let what = alerted(alert.kind).to_owned();
        section.row([alert.since.to_string(), alert.last_at.to_string(), alert.count.to_string(), what]);
    }
    section
}

/// What an alert is about, of nobody in particular.
pub(in crate::service) const fn alerted(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::UserReset(_) => "Somebody was let in from the command line",
        AlertKind::AllowlistReset => "The list of addresses was opened from the command line",
        AlertKind::SsoDisabled => "Single sign-on was switched off from the command line",
        AlertKind::PasskeyCopied(_) => "A passkey was copied",
        AlertKind::AccountsDormant => "Accounts that nobody uses were disabled",
        AlertKind::AuditHeadMissing => "The head of the audit log was missing",
        AlertKind::PurgingPaused => "The clock was set, so nothing is purged by itself",
        AlertKind::WebhookGivenUp(_) => "A webhook did not take what it was to be told",
        AlertKind::Posture(PostureAlert::UnlockAsked(_)) => "Somebody asked to unlock a profile",
        AlertKind::Posture(PostureAlert::Unlocked(_)) => "A profile was unlocked",
        AlertKind::Posture(PostureAlert::Drifted(_)) => "Something that is enforced does not hold",
        AlertKind::Suspicious(_) => "It looks as if somebody tried what they should not",
    }
}
