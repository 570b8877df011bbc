//! Looking for words in closed chats.

use std::num::NonZero;

use super::conversations::ListedClosed;
use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::event::EventKind;
use crate::domain::limits;
use crate::domain::text::{MessageText, SearchWords};

/// A closed chat in which the words stand.
#[derive(Debug, Clone)]
pub struct Match {
    pub listed: ListedClosed,
    /// The first message with them.
    pub message: MessageText,
}

/// The closed chats of the actor's sites in which the words stand, newest first. Messages are shown, so this leaves a row in the
/// audit log before: how many chats, never the words.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn search(ctx: &Ctx, words: &SearchWords) -> Result<Vec<Match>, Failure> {
    const THREADS: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(limits::SEARCH_THREADS - 1);
    ctx.authorize(Action::UseConsole)?;
    let may_see = |site| ctx.authorize(Action::ServeConversation(site)).is_ok();
    let hits = {
        let _searching = ctx.memory.searching();
        ctx.store.search(words.as_str(), limits::SEARCH_HITS, THREADS, |site, closed_at| closed_at.is_some() && may_see(site))?
    };
    let house = ctx.store.house();
    let mut matches = Vec::new();
    for hit in hits {
        let (Some(closed_at), Some(site)) = (hit.closed_at, house.sites.get(&hit.site)) else { continue };
        // It may have been purged since.
        let Some(conversation) = ctx.store.conversation(hit.conversation)? else { continue };
        let Some(event) = ctx.store.events(hit.conversation, hit.seq - 1, 1)?.pop() else { continue };
        let EventKind::Message(message) = event.kind else { continue };
        let purge_due_at = site.purge.due_at(closed_at);
        matches.push(Match { listed: ListedClosed { conversation, closed_at, purge_due_at }, message });
    }
    let mut batch = ctx.store.batch();
    let conversations = u32::try_from(matches.len()).unwrap_or(u32::MAX);
    batch.audit(ctx.now, ctx.audit_actor(), AuditAction::ChatsSearched { conversations });
    ctx.store.commit(batch).wait()?;
    Ok(matches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Actor;
    use crate::domain::id::SiteId;
    use crate::domain::news::Origin;
    use crate::domain::text::ClientId;
    use crate::domain::visitor::Allowance;
    use crate::service::conversations::{self, Start};
    use crate::service::sites::{self, SiteForm};
    use crate::service::stage::Stage;

    fn talk(stage: &Stage, site: SiteId, visitor: u8, text: &str) {
        let actor = Actor::Visitor { site, token_index: [visitor; 32] };
        let ctx = stage.ctx(&actor);
        let origin = |id| Origin { connection: 1, client_id: ClientId::parse(id).unwrap() };
        let start = Start { text: MessageText::parse(text).unwrap(), name: None, email: None, consented: false };
        let id = conversations::start(&ctx, &Allowance::default(), start, origin("a")).unwrap();
        conversations::end(&ctx, id, origin("b")).unwrap();
        stage.store.commit(stage.store.batch()).wait().unwrap();
    }

    fn found(stage: &Stage, actor: &Actor, words: &str) -> Vec<String> {
        let matches = search(&stage.ctx(actor), &SearchWords::parse(words).unwrap()).unwrap();
        matches.iter().map(|it| it.message.as_str().to_owned()).collect()
    }

    #[test]
    fn words_are_found_in_the_chats_of_ones_own_sites() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let other = SiteForm { name: "Other".to_owned(), ..sites::blank(&stage.ctx(&admin)) };
        let other = sites::create(&stage.ctx(&admin), &other).unwrap();
        talk(&stage, finished.site, 1, "My foot hurts");
        talk(&stage, finished.site, 2, "My hand hurts");
        talk(&stage, other, 3, "A foot note");
        let mut all = found(&stage, &admin, "FOOT");
        all.sort();
        assert_eq!(all, ["A foot note", "My foot hurts"]);
        assert_eq!(stage.last_audit(), AuditAction::ChatsSearched { conversations: 2 });
        let Actor::Staff { id, role, permissions, .. } = &admin else { panic!("an administrator is staff") };
        let membership = crate::domain::operator::Membership::Sites([finished.site].into());
        let mine = Actor::Staff { id: *id, role: *role, membership, permissions: *permissions };
        assert_eq!(found(&stage, &mine, "foot"), ["My foot hurts"]);
        assert_eq!(found(&stage, &mine, "nose"), [""; 0]);
        assert_eq!(stage.last_audit(), AuditAction::ChatsSearched { conversations: 0 });
        let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
        assert!(matches!(search(&stage.ctx(&visitor), &SearchWords::parse("foot").unwrap()), Err(Failure::Denied(_))));
    }
}
