//! Looking for chats: by words, and by who, where and when.

use std::num::NonZero;

use super::holds::Held;
use super::throttle::{self, By};
use super::{Ctx, Failure, retention};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::conversation::Conversation;
use crate::domain::event::Event;
use crate::domain::id::SiteId;
use crate::domain::limits;
use crate::domain::search::{Place, Query};
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;
use crate::store::{Horizon, Sight};

/// A chat that has what was asked for.
#[derive(Debug, Clone)]
pub struct Match {
    pub conversation: Conversation,
    pub place: Place,
    /// When it is deleted, once it is closed and nothing keeps it.
    pub purge_due_at: Option<Timestamp>,
    pub stays: Option<Stays>,
    /// The first event with most of the words; `None` when they stand elsewhere, or there were none.
    pub event: Option<Event>,
}

/// Why nothing deletes it when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    Held,
    Restricted,
}

#[derive(Debug, Clone)]
pub struct Found {
    pub matches: Vec<Match>,
    /// Where the next page goes on. There may be one although this one is not full: then enough was looked through for once.
    pub next: Option<Place>,
}

/// The chats of the actor's sites that have what is asked for, newest first, those before `after`. With words messages are shown,
/// so that leaves a row in the audit log before: how many chats, never the words.
///
/// # Errors
/// `Denied` for anyone but staff; `TooMany`.
pub fn search(ctx: &Ctx, query: &Query, after: Option<Place>) -> Result<Found, Failure> {
    const THREADS: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(limits::SEARCH_THREADS - 1);
    ctx.authorize(Action::UseConsole)?;
    if let Actor::Staff { id, .. } = ctx.actor
        && query.words.is_some()
    {
        throttle::take(ctx, Limit::Searches, By::Person(*id))?;
    }
    let sees = |action: Action<'_>| ctx.authorize(action).is_ok();
    let site = |site: SiteId| {
        // Who may see what belongs to no department works for all of the site.
        if sees(Action::ServePart(site, None)) {
            Sight::All
        } else if sees(Action::ServeSite(site)) {
            Sight::Some
        } else {
            Sight::Nothing
        }
    };
    let horizon = Horizon { site: &site, conversation: &|head| sees(Action::ServeConversation(head)) };
    let page = {
        let _searching = ctx.memory.searching();
        ctx.store.search(query, after, limits::SEARCH_HITS, THREADS, &horizon)?
    };
    let (house, held) = (ctx.store.house(), Held::by_law(ctx.store)?);
    let mut matches = Vec::new();
    for hit in page.hits {
        if !house.sites.contains_key(&hit.site) {
            continue;
        }
        // It may have been purged since.
        let Some(conversation) = ctx.store.conversation(hit.conversation)? else { continue };
        // Or handed on to others.
        if !sees(Action::ServeConversation(&conversation)) {
            continue;
        }
        let event = match hit.seq {
            0 => None,
            seq => ctx.store.events(hit.conversation, seq - 1, 1)?.pop(),
        };
        let stays = if held.by(conversation.site, conversation.id).is_some() {
            Some(Stays::Held)
        } else {
            conversation.is_withheld().then_some(Stays::Restricted)
        };
        let closed_at = conversation.closed_at().filter(|_| stays.is_none());
        let purge_due_at = closed_at.map(|at| retention::clock_of(&house, &conversation).due_at(at));
        matches.push(Match { conversation, place: hit.place, purge_due_at, stays, event });
    }
    if query.words.is_some() {
        let mut batch = ctx.store.batch();
        let conversations = u32::try_from(matches.len()).unwrap_or(u32::MAX);
        ctx.audit(&mut batch, AuditAction::ChatsSearched { conversations });
        ctx.store.commit(batch).wait()?;
    }
    Ok(Found { matches, next: page.next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::EventKind;
    use crate::domain::news::Origin;
    use crate::domain::text::ClientId;
    use crate::domain::text::{MessageText, SearchWords};
    use crate::domain::visitor::Allowance;
    use crate::service::conversations::{self, Start};
    use crate::service::sites::{self, GeneralForm};
    use crate::service::stage::Stage;

    fn talk(stage: &Stage, site: SiteId, visitor: u8, text: &str) {
        let actor = Actor::Visitor { site, token_index: [visitor; 32] };
        let ctx = stage.ctx(&actor);
        let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
        let start = Start::saying(MessageText::parse(text).unwrap());
        let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
        conversations::end(&ctx, id, origin("b")).unwrap();
        stage.store.commit(stage.store.batch()).wait().unwrap();
    }

    fn query(words: &str) -> Query {
        Query { words: SearchWords::parse(words).ok(), ..Query::default() }
    }

    fn found(stage: &Stage, actor: &Actor, words: &str) -> Vec<String> {
        let found = search(&stage.ctx(actor), &query(words), None).unwrap();
        let text = |it: &Match| match it.event.as_ref().map(|event| &event.kind) {
            Some(EventKind::Message(text)) => text.as_str().to_owned(),
            _ => String::new(),
        };
        found.matches.iter().map(text).collect()
    }

    #[test]
    fn words_are_found_in_the_chats_of_ones_own_sites() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let other = GeneralForm { name: "Other".to_owned(), ..GeneralForm::default() };
        let other = sites::create(&stage.ctx(&admin), &other).unwrap();
        talk(&stage, finished.site, 1, "My foot hurts");
        talk(&stage, finished.site, 2, "My hand hurts");
        talk(&stage, other, 3, "A foot note");
        let mut all = found(&stage, &admin, "FOOT");
        all.sort();
        assert_eq!(all, ["A foot note", "My foot hurts"]);
        assert_eq!(stage.last_audit(), AuditAction::ChatsSearched { conversations: 2 });
        let Actor::Staff { id, role, permissions, .. } = &admin else { panic!("an administrator is staff") };
        let membership = crate::domain::operator::Membership::of_sites([finished.site]);
        let mine = Actor::Staff { id: *id, role: *role, membership, permissions: *permissions };
        assert_eq!(found(&stage, &mine, "foot"), ["My foot hurts"]);
        assert_eq!(found(&stage, &mine, "nose"), [""; 0]);
        assert_eq!(stage.last_audit(), AuditAction::ChatsSearched { conversations: 0 });
        let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
        assert!(matches!(search(&stage.ctx(&visitor), &query("foot"), None), Err(Failure::Denied(_))));
    }
}
