//! Transcripts by mail, where a site allows it: when a chat closes, to the visitor whose address is proven and to the site's
//! mailboxes; by hand, to where an operator says. Letters are made of what the visitor may see and of nothing else, so what the staff
//! kept to itself has no way into one.
//!
//! Acts here make letters and note what became of them; handing them to a mail server is `outbound`'s.

use std::fmt::Write as _;
use std::time::Duration;

use super::throttle::{self, By};
use super::{Ctx, Failure, conversations, purge_rules};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::event::{Author, Event, PublicKind, Seq};
use crate::domain::hours::Hours;
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::mail::{Letter, PendingMail};
use crate::domain::news::{News, Origin};
use crate::domain::permission::Permission;
use crate::domain::purge_rule::Happening;
use crate::domain::site::Site;
use crate::domain::text::EmailAddress;
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::store::Batch;
use crate::texts::{Value, Voice};

/// After this long nobody tries any more: the transcript may have to go, and whoever waits has asked elsewhere.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Adds to the closing commit that the transcript is to be mailed, where the site's switches say so.
pub(super) fn note_closing(ctx: &Ctx, batch: &mut Batch, head: &Conversation) {
    if head.closed_at().is_none() || !ctx.memory.sends_mail {
        return;
    }
    let house = ctx.store.house();
    let Some(site) = house.sites.get(&head.site) else { return };
    // Who has asked for a copy a moment ago gets it with the rest.
    let has_asked = house.mails.get(&head.id).is_some_and(|mail| mail.to_visitor);
    let to_visitor = has_asked || site.switches.mail_transcript_at_close && proven_address(head).is_some();
    let to_mailboxes = !site.switches.transcript_mailboxes.is_empty();
    if to_visitor || to_mailboxes {
        let (conversation, site) = (head.id, head.site);
        batch.put_mail(PendingMail { conversation, site, to_visitor, to_mailboxes, since: ctx.now, tries: 0, next_at: ctx.now });
    }
}

/// A visitor asks for a copy of their chat. It goes to the address that is proven to be theirs, and nowhere else; `due` makes the
/// letter, and until then the chat may go on.
///
/// # Errors
/// `NotFound` for somebody else's chat, where the site does not allow it, and without a proven address.
pub fn request(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    let Actor::Visitor { .. } = ctx.actor else { return Err(Failure::NotFound) };
    let head = conversations::view(ctx, id, Seq::MAX, 0)?.conversation;
    let house = ctx.store.house();
    let allows = house.sites.get(&head.site).is_some_and(|site| site.switches.visitor_transcripts);
    if !allows || !ctx.memory.sends_mail || proven_address(&head).is_none() {
        return Err(Failure::NotFound);
    }
    let to_mailboxes = house.mails.get(&id).is_some_and(|mail| mail.to_mailboxes);
    let mut batch = ctx.store.batch();
    batch.put_mail(PendingMail {
        conversation: id,
        site: head.site,
        to_visitor: true,
        to_mailboxes,
        since: ctx.now,
        tries: 0,
        next_at: ctx.now,
    });
    batch.tell(News::Repeated { conversation: id, seq: ctx.store.last_event(id), at: ctx.now, origin });
    ctx.store.commit(batch);
    Ok(())
}

/// The address that is surely the visitor's own.
#[must_use]
pub fn proven_address(head: &Conversation) -> Option<&EmailAddress> {
    let is_proven = head.about.identity.as_ref().is_some_and(|identity| identity.email_is_proven);
    head.visitor.email.as_ref().filter(|_| is_proven)
}

/// A transcript on its way.
pub struct Outgoing {
    pub mail: PendingMail,
    pub letters: Vec<Letter>,
    /// Whether the chat was closed when they were made.
    is_whole: bool,
}

/// What is to be sent now, in letters. What cannot be sent any more is cleared away.
///
/// # Errors
/// `Denied` for anybody but the appliance itself.
pub fn due(ctx: &Ctx) -> Result<Vec<Outgoing>, Failure> {
    ctx.authorize(Action::Purge)?;
    let house = ctx.store.house();
    let mut due = Vec::new();
    for mail in house.mails.values().filter(|mail| mail.next_at <= ctx.now) {
        let head = ctx.store.conversation(mail.conversation)?.filter(|head| !head.is_withheld());
        let (Some(head), Some(site)) = (head, house.sites.get(&mail.site)) else {
            // It was erased before it could be mailed, or is not to be used any more.
            settle(ctx, mail.conversation, None)?;
            continue;
        };
        let events = ctx.store.events(head.id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
        // What the site allows at this moment counts: a profile may have been enforced since.
        let switches = &site.switches;
        let goes_to_visitors = switches.visitor_transcripts || switches.mail_transcript_at_close;
        let visitor = proven_address(&head).filter(|_| mail.to_visitor && goes_to_visitors);
        let mailboxes = switches.transcript_mailboxes.iter().filter(|_| mail.to_mailboxes);
        let letters: Vec<_> = visitor.into_iter().chain(mailboxes).map(|to| letter(site, &head, &events, to)).collect();
        if letters.is_empty() {
            settle(ctx, mail.conversation, None)?;
        } else {
            due.push(Outgoing { mail: *mail, letters, is_whole: head.closed_at().is_some() });
        }
    }
    Ok(due)
}

/// Every letter of it was taken.
///
/// # Errors
/// When that cannot be stored: then it is sent again.
pub fn sent(ctx: &Ctx, Outgoing { mail, is_whole, .. }: &Outgoing) -> Result<(), Failure> {
    while_it_is_the_last(ctx, mail, |batch, is_last| {
        ctx.audit(batch, AuditAction::TranscriptMailed(mail.conversation));
        if is_last {
            batch.delete_mail(mail.conversation);
        }
        if is_last && *is_whole {
            purge_rules::happened(ctx, batch, mail.conversation, Happening::Mailed)?;
        }
        Ok(())
    })
}

/// Notes what became of a letter, knowing whether it is all that was to be mailed: the chat may have been closed while it went out, or
/// another copy asked for, and then that is still to come.
fn while_it_is_the_last(
    ctx: &Ctx,
    mail: &PendingMail,
    note: impl FnOnce(&mut Batch, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // All that was queued before is known after this.
    ctx.store.commit(ctx.store.batch()).wait()?;
    let open = ctx.store.open_conversation(mail.conversation);
    // Nobody closes it until this is queued.
    let open = open.as_ref().map(|open| open.lock());
    let is_closing = open.as_ref().is_some_and(|open| open.head.closed_at().is_some());
    let is_last = !is_closing && ctx.store.house().mails.get(&mail.conversation) == Some(mail);
    let mut batch = ctx.store.batch();
    note(&mut batch, is_last)?;
    let commit = ctx.store.commit(batch);
    drop(open);
    commit.wait()?;
    Ok(())
}

/// It was not. It is tried again later and later, and given up after a day.
///
/// # Errors
/// When that cannot be stored.
pub fn not_sent(ctx: &Ctx, Outgoing { mail, .. }: &Outgoing, is_final: bool) -> Result<(), Failure> {
    while_it_is_the_last(ctx, mail, |batch, is_last| {
        if !is_last {
            return Ok(());
        }
        if is_final || ctx.now.since(mail.since) >= GIVE_UP_AFTER {
            batch.delete_mail(mail.conversation);
            ctx.audit(batch, AuditAction::MailGivenUp(mail.conversation));
        } else {
            let tries = mail.tries.saturating_add(1);
            let wait = Duration::from_secs(60 << u32::from(tries.min(6)));
            batch.put_mail(PendingMail { tries, next_at: ctx.now.plus(wait), ..*mail });
        }
        Ok(())
    })
}

/// There is no server any more that takes mail: what was noted goes, so that it holds up no purge.
///
/// # Errors
/// `Denied` for anybody but the appliance itself, and when that cannot be stored.
pub fn give_up(ctx: &Ctx) -> Result<(), Failure> {
    ctx.authorize(Action::Purge)?;
    for conversation in ctx.store.house().mails.keys().filter(|_| !ctx.memory.sends_mail) {
        settle(ctx, *conversation, Some(AuditAction::MailGivenUp(*conversation)))?;
    }
    Ok(())
}

fn settle(ctx: &Ctx, conversation: ConversationId, what: Option<AuditAction>) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.delete_mail(conversation);
    if let Some(what) = what {
        ctx.audit(&mut batch, what);
    }
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A letter that an operator asks for by hand. That it went out is noted by `sent_by_hand`.
///
/// # Errors
/// `NotFound` for a chat that is not theirs, `Denied` where site or role do not allow it, `Invalid` for an address that is none.
pub fn by_hand(ctx: &Ctx, id: ConversationId, to: &str) -> Result<Letter, Failure> {
    let view = conversations::view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    let house = ctx.store.house();
    let site = house.sites.get(&view.conversation.site).ok_or(Failure::NotFound)?;
    if !may_mail(ctx, site, &view.conversation) {
        return Err(Failure::Denied(crate::domain::access::Denied));
    }
    if let Actor::Staff { id, .. } = ctx.actor {
        throttle::take(ctx, Limit::Letters, By::Person(*id))?;
    }
    let to = EmailAddress::parse(to).map_err(|error| Failure::Invalid { field: "email", message: error.to_string() })?;
    Ok(letter(site, &view.conversation, &view.events, &to))
}

/// Whether this member of staff may mail this chat of this site.
#[must_use]
pub fn may_mail(ctx: &Ctx, site: &Site, head: &Conversation) -> bool {
    site.switches.operators_mail_transcripts && ctx.authorize(Action::UseIn(Permission::MailTranscripts, head)).is_ok()
}

/// # Errors
/// When it cannot be stored.
pub fn sent_by_hand(ctx: &Ctx, id: ConversationId) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::TranscriptMailed(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn letter(site: &Site, head: &Conversation, events: &[Event], to: &EmailAddress) -> Letter {
    let voice = Voice::of(site, head.about.language);
    let name = site.name.as_str();
    let zone = match &site.hours {
        Hours::Weekly(week) => week.zone.as_str(),
        Hours::Always => "UTC",
    };
    let mut text =
        voice.tell("page-mail-intro", &[("site", Value::from(name)), ("day", Value::from(moment(head.started_at, zone)))]);
    text.push_str("\n\n");
    for event in events.iter().filter_map(Event::public) {
        let who = match event.author {
            Author::Visitor => head.visitor.name.as_ref().map_or_else(|| voice.say("you"), |name| name.as_str().to_owned()),
            Author::Operator { name, .. } => name.as_str().to_owned(),
            Author::System => name.to_owned(),
        };
        let said = match event.kind {
            PublicKind::Message(text) => text.as_str(),
            PublicKind::File(file) => file.name.as_str(),
            _ => continue,
        };
        // Writing into a string cannot fail.
        let _ = write!(text, "{} {who}:\n{said}\n\n", moment(event.at, zone));
    }
    Letter { to: to.clone(), subject: voice.tell("page-mail-subject", &[("site", Value::from(name))]), text }
}

/// `2026-11-22 14:05 Europe/Berlin`
fn moment(at: Timestamp, zone: &str) -> String {
    let found = jiff::Timestamp::from_millisecond(at.as_millis()).and_then(|at| at.in_tz(zone));
    found.map_or_else(|_| at.to_string(), |at| format!("{} {zone}", at.strftime("%Y-%m-%d %H:%M")))
}
