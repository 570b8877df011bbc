//! Who browses, on sites that want to know: in memory, for as long as somebody is heard of. Operators may invite them to chat; when
//! they come, the inviting words are the first of the conversation.

use std::collections::HashMap;
use std::net::IpAddr;

use parking_lot::Mutex;

use super::redaction::Masker;
use super::visitors::{HostPage, may_show};
use super::{Ctx, Failure};
use crate::domain::access::{Action, Actor};
use crate::domain::conversation::Assignee;
use crate::domain::id::{ConversationId, RuleId, SiteId, VisitId};
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::site::Site;
use crate::domain::switches::AddressPolicy;
use crate::domain::text::{Line, MessageText};
use crate::domain::time::Timestamp;
use crate::domain::visit::{Answer, Invitation, Visit};

/// What a page says of its visitor, now and then.
#[derive(Default)]
pub struct Heard {
    /// As it was given at the beginning.
    pub visit: Option<VisitId>,
    /// The page was loaded just now.
    pub is_load: bool,
    pub page: Option<Line>,
    pub title: Option<Line>,
    pub referrer: Option<Line>,
    pub language: Option<Language>,
    pub browser: Option<Line>,
    pub address: Option<IpAddr>,
    pub is_returning: bool,
    pub answer: Option<Answered>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Shown,
    Dismissed,
    Accepted,
    /// A rule has invited them, and they came.
    AcceptedRule(RuleId),
}

/// How things stand for the page.
pub struct Standing {
    pub visit: VisitId,
    pub pages: u16,
    /// An operator's words that it has to show.
    pub invitation: Option<Invitation>,
}

#[derive(Default)]
pub struct Visits(Mutex<HashMap<VisitId, Visit>>);

/// A page of the site is looked at.
///
/// # Errors
/// `NotFound` where visitors are not watched, `Denied` for a page that may not show the chat.
pub fn hear(ctx: &Ctx, site: SiteId, page: &HostPage, heard: Heard) -> Result<Standing, Failure> {
    let site = watched(ctx, site)?;
    if !may_show(&site, page) {
        return Err(Failure::Denied(crate::domain::access::Denied));
    }
    let mut heard = heard;
    heard.address = site.switches.address.known(heard.address);
    let mut masker = Masker::of(ctx, site.id);
    [&mut heard.page, &mut heard.title, &mut heard.referrer].into_iter().flatten().for_each(|line| masker.line(line));
    let mut visits = ctx.memory.visits.0.lock();
    let known = heard.visit.filter(|id| visits.get(id).is_some_and(|visit| visit.site == site.id));
    let id = match known {
        Some(id) => id,
        None => begin(ctx, &mut visits, &site, &heard)?,
    };
    let visit = visits.get_mut(&id).ok_or(Failure::NotFound)?;
    if known.is_some() && (heard.is_load || heard.page != visit.page) {
        visit.pages = visit.pages.saturating_add(1);
        visit.page_since = ctx.now;
    }
    visit.page = heard.page;
    visit.title = heard.title;
    visit.ends_at = ctx.now.plus(limits::VISIT_LIFE);
    if let Some(answered) = heard.answer {
        visit.take(&site, answered);
    }
    let invitation = visit.invitation.clone().filter(|it| it.answer == Answer::Sent);
    Ok(Standing { visit: id, pages: visit.pages, invitation })
}

fn begin(ctx: &Ctx, visits: &mut HashMap<VisitId, Visit>, site: &Site, heard: &Heard) -> Result<VisitId, Failure> {
    // Where addresses are not known, everybody would count as one.
    let is_counted = site.switches.address != AddressPolicy::Never;
    let from_there =
        |visits: &HashMap<VisitId, Visit>| visits.values().filter(|visit| is_counted && visit.address == heard.address).count();
    if visits.len() >= limits::VISITS || from_there(visits) >= limits::VISITS_PER_ADDRESS {
        return Err(Failure::TooMany { seconds: 60 });
    }
    let id = VisitId::from_bytes(ctx.random_bytes());
    let visit = Visit {
        id,
        site: site.id,
        page: heard.page.clone(),
        title: heard.title.clone(),
        referrer: heard.referrer.clone(),
        language: heard.language,
        browser: heard.browser.clone(),
        address: heard.address,
        is_returning: heard.is_returning,
        pages: 1,
        began_at: ctx.now,
        page_since: ctx.now,
        ends_at: ctx.now.plus(limits::VISIT_LIFE),
        invitation: None,
        conversation: None,
    };
    visits.insert(id, visit);
    Ok(id)
}

impl Visit {
    fn take(&mut self, site: &Site, answered: Answered) {
        let rule = match answered {
            Answered::AcceptedRule(id) => site.invitations.iter().find(|rule| rule.id == id && rule.is_on),
            _ => None,
        };
        if let Some(text) = rule.and_then(|rule| MessageText::parse(rule.text.as_str()).ok()) {
            self.invitation = Some(Invitation { text, by: None, answer: Answer::Accepted });
        } else if let Some(invitation) = &mut self.invitation {
            invitation.answer = match answered {
                Answered::Shown => Answer::Shown,
                Answered::Dismissed => Answer::Dismissed,
                Answered::Accepted | Answered::AcceptedRule(_) => Answer::Accepted,
            };
        }
    }
}

/// The page was left. It may only be for the next one, so the visit lasts a moment longer.
pub fn leave(ctx: &Ctx, site: SiteId, id: VisitId) {
    if let Some(visit) = ctx.memory.visits.0.lock().get_mut(&id).filter(|visit| visit.site == site) {
        visit.ends_at = ctx.now.plus(limits::VISIT_FAREWELL);
    }
}

/// The words that brought a visitor into the window.
///
/// # Errors
/// `NotFound` when they were not invited.
pub fn welcome(ctx: &Ctx, site: SiteId, id: VisitId) -> Result<Invitation, Failure> {
    watched(ctx, site)?;
    let visits = ctx.memory.visits.0.lock();
    let visit = visits.get(&id).filter(|visit| visit.site == site).ok_or(Failure::NotFound)?;
    visit.invitation.clone().filter(|it| it.answer == Answer::Accepted).ok_or(Failure::NotFound)
}

impl Visits {
    /// A conversation begins that this visit led to; the operator who asked for it, and with which words.
    pub(super) fn turn_into(&self, id: VisitId, site: SiteId, conversation: ConversationId) -> Option<(Assignee, MessageText)> {
        let mut visits = self.0.lock();
        let visit = visits.get_mut(&id).filter(|visit| visit.site == site)?;
        visit.conversation = Some(conversation);
        let invitation = visit.invitation.take().filter(|it| it.answer == Answer::Accepted)?;
        invitation.by.map(|by| (by, invitation.text))
    }

    /// Forgets those of whom nothing is heard any more.
    pub fn sweep(&self, now: Timestamp) {
        self.0.lock().retain(|_, visit| now < visit.ends_at);
    }
}

/// Who browses the sites on which the actor may invite, the newest first.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn list(ctx: &Ctx, only: Option<SiteId>) -> Result<Vec<Visit>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let mut visits: Vec<Visit> = {
        let visits = ctx.memory.visits.0.lock();
        let is_here = |visit: &&Visit| ctx.now < visit.ends_at;
        let is_meant = |visit: &&Visit| only.is_none_or(|site| visit.site == site) && may_invite(ctx, visit.site);
        visits.values().filter(is_here).filter(is_meant).cloned().collect()
    };
    visits.sort_by_key(|visit| std::cmp::Reverse((visit.began_at, visit.id)));
    Ok(visits)
}

/// One of them.
///
/// # Errors
/// `NotFound` when they have gone, or are not the actor's to invite.
pub fn get(ctx: &Ctx, id: VisitId) -> Result<Visit, Failure> {
    let visits = ctx.memory.visits.0.lock();
    let visit = visits.get(&id).filter(|visit| ctx.now < visit.ends_at).ok_or(Failure::NotFound)?;
    if may_invite(ctx, visit.site) { Ok(visit.clone()) } else { Err(Failure::NotFound) }
}

/// The visit that led to a conversation, while it lasts; `None` too for who may not see who browses.
#[must_use]
pub fn of_conversation(ctx: &Ctx, site: SiteId, id: ConversationId) -> Option<Visit> {
    let visits = ctx.memory.visits.0.lock();
    let is_it = |visit: &&Visit| visit.conversation == Some(id) && visit.site == site && ctx.now < visit.ends_at;
    visits.values().find(is_it).filter(|_| may_invite(ctx, site)).cloned()
}

/// Asks somebody who browses whether they want to talk.
///
/// # Errors
/// `NotFound` as above; `Invalid` for words that cannot be sent; `Conflict` when they talk already or were asked just now.
pub fn invite(ctx: &Ctx, id: VisitId, text: &str) -> Result<(), Failure> {
    let visit = get(ctx, id)?;
    watched(ctx, visit.site)?;
    let mut text = MessageText::parse(text).map_err(|error| Failure::Invalid { field: "text", message: error.to_string() })?;
    Masker::of(ctx, visit.site).message(&mut text);
    let Actor::Staff { id: me, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let name = ctx.store.house().operators.get(me).map(|it| it.name.clone()).ok_or(Failure::NotFound)?;
    let mut visits = ctx.memory.visits.0.lock();
    let visit = visits.get_mut(&id).ok_or(Failure::NotFound)?;
    if visit.conversation.is_some() {
        return Err(Failure::Conflict("This visitor is in a chat already.".to_owned()));
    }
    if visit.invitation.as_ref().is_some_and(|it| it.answer != Answer::Dismissed) {
        return Err(Failure::Conflict("This visitor has been invited already.".to_owned()));
    }
    let by = Some(Assignee { id: *me, name });
    visit.invitation = Some(Invitation { text, by, answer: Answer::Sent });
    Ok(())
}

fn may_invite(ctx: &Ctx, site: SiteId) -> bool {
    ctx.authorize(Action::Use(Permission::InviteVisitors, site)).is_ok()
}

/// The site, if it watches its visitors.
fn watched(ctx: &Ctx, site: SiteId) -> Result<std::sync::Arc<Site>, Failure> {
    ctx.store.house().sites.get(&site).filter(|site| site.switches.monitoring).cloned().ok_or(Failure::NotFound)
}

#[cfg(test)]
#[path = "tests/visits.rs"]
mod tests;
