//! What administrators have to see, until one of them says that they have; and who is kept out for a time.

use std::net::IpAddr;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::alert::{Alert, AlertKind};
use crate::domain::id::{AlertId, OperatorId};
use crate::domain::posture::PostureAlert;
use crate::domain::suspicion::{Reach, Suspicion};
use crate::domain::time::Timestamp;
use crate::service::suspicion::{self, Ban};
use crate::service::{Failure, alerts, throttle};
use crate::store::House;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

/// One alert in words.
struct Shown {
    id: AlertId,
    title: String,
    what: String,
    advice: &'static str,
    since: Timestamp,
    last_at: Timestamp,
    count: u32,
    from: String,
    seen_by: String,
}

struct ShownBan {
    address: IpAddr,
    why: &'static str,
    reach: &'static str,
    until: Timestamp,
    times: u32,
    refused: u32,
}

#[derive(Template)]
#[template(path = "admin/alerts.html")]
struct Page {
    chrome: Chrome,
    open: Vec<Shown>,
    seen: Vec<Shown>,
    bans: Vec<ShownBan>,
    has_mail: bool,
    mails: bool,
    may_change: bool,
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said =
        [("seen", "Marked as seen."), ("lifted", "That address is let in again."), ("saved", "Saved. It holds from now on.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    let (alerts, bans) = staff.look(&app, |ctx| Ok((alerts::list(ctx)?, suspicion::bans(ctx)?)))?;
    let house = app.store.house();
    let (open, seen): (Vec<_>, Vec<_>) = alerts.iter().partition(|alert| alert.acknowledged.is_none());
    let shown = |alerts: Vec<&std::sync::Arc<Alert>>| alerts.into_iter().map(|alert| Shown::new(&house, alert)).collect();
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "security").saying(said),
        open: shown(open),
        seen: shown(seen),
        bans: bans.iter().map(ShownBan::new).collect(),
        has_mail: app.post.is_some(),
        mails: house.precautions.mails_alerts,
        may_change: staff.is_admin(),
    })
}

pub async fn acknowledge(app: App, Admin(staff): Admin, id: Id<AlertId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| alerts::acknowledge(ctx, id.0)).await??;
    Ok(page::see_other(&format!("{}?seen", urls::ALERTS)))
}

pub async fn acknowledge_all(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, alerts::acknowledge_all).await??;
    Ok(page::see_other(&format!("{}?seen", urls::ALERTS)))
}

pub struct LiftForm {
    address: String,
}

impl FromFields for LiftForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { address: fields.take("address") }
    }
}

pub async fn lift(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<LiftForm>) -> Answer {
    let lifted = staff.act(&app, move |ctx| suspicion::lift(ctx, form.address.parse().map_err(|_| Failure::NotFound)?)).await?;
    match lifted {
        // It was over already, which is what was wanted.
        Ok(()) | Err(Failure::NotFound) => Ok(page::see_other(&format!("{}?lifted", urls::ALERTS))),
        Err(other) => Err(other.into()),
    }
}

pub struct MailForm {
    mails: bool,
}

impl FromFields for MailForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { mails: fields.ticked("mails") }
    }
}

pub async fn save_mail(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<MailForm>) -> Answer {
    staff.act(&app, move |ctx| throttle::change_mails(ctx, form.mails)).await??;
    Ok(page::see_other(&format!("{}?saved", urls::ALERTS)))
}

impl Shown {
    fn new(house: &House, alert: &Alert) -> Self {
        let (title, what, advice) = words(house, alert.kind);
        Self {
            id: alert.id,
            title: title.to_owned(),
            what,
            advice,
            since: alert.since,
            last_at: alert.last_at,
            count: alert.count,
            from: alert.from.map(|from| place(alert.kind, from)).unwrap_or_default(),
            seen_by: alert.acknowledged.map(|(by, _)| name(house, by)).unwrap_or_default(),
        }
    }
}

impl ShownBan {
    fn new(ban: &Ban) -> Self {
        let why = match ban.why {
            Suspicion::Spray => "Passwords for many accounts",
            Suspicion::Enumeration => "Ids that never were",
            _ => "Pages that are not there",
        };
        let reach = match ban.reach {
            Reach::Staff => "What is for the staff",
            Reach::Everything => "Everything, the chat too",
        };
        Self { address: ban.address, why, reach, until: ban.until, times: ban.times, refused: ban.refused }
    }
}

/// An address stands for all that one customer of a provider gets.
fn place(kind: AlertKind, from: IpAddr) -> String {
    match (kind, from) {
        (AlertKind::Suspicious(Suspicion::WideSpray), IpAddr::V4(_)) => format!("{from}/24"),
        (AlertKind::Suspicious(Suspicion::WideSpray), IpAddr::V6(_)) => format!("{from}/48"),
        (AlertKind::Suspicious(_), IpAddr::V6(_)) => format!("{from}/64"),
        _ => from.to_string(),
    }
}

fn name(house: &House, id: OperatorId) -> String {
    house.operators.get(&id).map_or("somebody who has left", |person| person.name.as_str()).to_owned()
}

/// What it is called, what happened, and what to do about it.
pub(in crate::web) fn words(house: &House, kind: AlertKind) -> (&'static str, String, &'static str) {
    let of = |id| name(house, id);
    match kind {
        AlertKind::UserReset(id) => (
            "Somebody was let in from the command line",
            format!("On the machine itself, the account of {} was given a new way in.", of(id)),
            "If nobody of you has done this, somebody else has the machine: find out who can sign in there.",
        ),
        AlertKind::AllowlistReset => (
            "The list of addresses was opened from the command line",
            "On the machine itself, staff were let in from anywhere again.".to_owned(),
            "Set the list again. If nobody of you has done this, somebody else has the machine.",
        ),
        AlertKind::SsoDisabled => (
            "Single sign-on was switched off from the command line",
            "On the machine itself, signing in by password was opened again.".to_owned(),
            "Switch it on again once it works. If nobody of you has done this, somebody else has the machine.",
        ),
        AlertKind::PasskeyCopied(id) => (
            "A passkey was copied",
            format!("A passkey of {} was used by what can only be a copy of it, and was refused.", of(id)),
            "Remove that passkey and have them make a new one. Ask where the device has been.",
        ),
        AlertKind::AccountsDormant => (
            "Accounts that nobody uses were disabled",
            "So many accounts as stand here had not been used for as long as the sign-in rules allow.".to_owned(),
            "Enable those that are needed, under People. The others are best left as they are.",
        ),
        AlertKind::AuditHeadMissing => (
            "The head of the audit log was missing",
            "At its last start Parlor found no head of the audit log beside the database, and began a new one. Rows that were removed \
             from the end of the log before would not be missed."
                .to_owned(),
            "Hold the log against the newest file that was exported from it. If nobody has touched the data directory or restored it file \
             by file, somebody else has.",
        ),
        AlertKind::PurgingPaused => (
            "Nothing is purged at the moment",
            "The clock of the machine was set by more than a day, or Parlor had not run for more than a month. Chats stay until somebody \
             has looked, so that a wrong clock erases nothing."
                .to_owned(),
            "Look at the time on the page of the purge rules, under Privacy, and let purging go on if it is right.",
        ),
        AlertKind::WebhookGivenUp(id) => (
            "A webhook was given up",
            format!(
                "The receiver “{}” did not take what it was to be told, however often it was tried.",
                house.webhooks.get(&id).map_or("that is gone", |it| it.name.as_str())
            ),
            "Try the webhook, under Webhooks, and have what was given up sent again from the list of deliveries.",
        ),
        AlertKind::Posture(alert) => posture(alert),
        AlertKind::Suspicious(suspicion) => {
            let (title, what, advice) = suspicious(suspicion);
            match suspicion {
                Suspicion::Stuffing(id) | Suspicion::Codes(id) | Suspicion::Overreach(id) => {
                    (title, format!("{what} It is the account of {}.", of(id)), advice)
                }
                _ => (title, what.to_owned(), advice),
            }
        }
    }
}

fn posture(alert: PostureAlert) -> (&'static str, String, &'static str) {
    match alert {
        PostureAlert::UnlockAsked(profile) => (
            "Somebody asks to unlock a profile",
            format!(
                "{} is to be enforced no more. It comes true in a day, or as soon as a second administrator approves.",
                profile.title()
            ),
            "Read the reason under Privacy, Profiles. Say there that it stays locked if you do not agree.",
        ),
        PostureAlert::Unlocked(profile) => (
            "A profile was unlocked",
            format!("{} is enforced no more. What it had put right stays as it is until somebody changes it.", profile.title()),
            "Enforce it again under Privacy, Profiles, unless you know why.",
        ),
        PostureAlert::Drifted(control) => (
            "What a profile enforces does not hold",
            format!("{}: that is not so at the moment.", control.title()),
            "Look at it under Privacy, Profiles: the page says what to do. If it was changed from the command line and by none of you, somebody else has the machine.",
        ),
    }
}

const fn suspicious(suspicion: Suspicion) -> (&'static str, &'static str, &'static str) {
    match suspicion {
        Suspicion::Spray => (
            "Passwords are tried for many accounts",
            "From one address, wrong passwords came for ten accounts or more within ten minutes.",
            "Nothing at once: the address is kept out for a time. A second factor for everybody and a list of addresses make such tries worthless.",
        ),
        Suspicion::WideSpray => (
            "Passwords are tried for many accounts from one network",
            "From several addresses of one network, wrong passwords came for thirty accounts or more within ten minutes.",
            "If none of you is at home in that network, keep it out at your firewall. A second factor for everybody makes such tries worthless.",
        ),
        Suspicion::Stuffing(_) => (
            "Many places try the password of one account",
            "Wrong passwords came from ten places or more, or forty times, within an hour.",
            "Ask its owner to choose a new password and to set up a second factor. They get in all the same, from a browser that they have used before.",
        ),
        Suspicion::Wave => (
            "A wave of wrong passwords",
            "Two hundred wrong passwords came within ten minutes, from many places and for many accounts.",
            "Ask for a second factor from everybody, and limit the addresses of staff, until it is over.",
        ),
        Suspicion::Codes(_) => (
            "Codes of a second factor are guessed",
            "Somebody has the password of an account and guessed at its code ten times or more within an hour.",
            "If it was not its owner, the password is known: have them choose another one now.",
        ),
        Suspicion::Scan => (
            "Somebody looks for open doors",
            "From one address came requests for many pages that are not there or not for strangers, as programs send them that look for weaknesses.",
            "Nothing at once: this happens to every machine on the internet, and the address is kept out for a time. From inside your own network it deserves a look at that computer.",
        ),
        Suspicion::Enumeration => (
            "Somebody tries ids of chats, sites or files",
            "From one address came requests for many ids that never were.",
            "Nothing at once: ids are random numbers of 128 bits, and the address is kept out for a time. A website that still shows the chat of a site you removed looks alike.",
        ),
        Suspicion::Tokens => (
            "Tokens that are not ours",
            "From one address came many tickets, tokens or links that this installation has never given out.",
            "After a restore of older data, browsers may still hold such tokens, and this passes by itself. Otherwise somebody guesses, which is hopeless.",
        ),
        Suspicion::Overreach(_) => (
            "Somebody signed in asks for what is not theirs",
            "Twenty different pages or chats that are not there, or not theirs, within five minutes.",
            "Ask them. If they know nothing of it, end their sessions and have them choose another password: somebody else may be using their account.",
        ),
    }
}
