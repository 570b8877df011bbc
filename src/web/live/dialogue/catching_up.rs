//! What a connection has missed: conversation by conversation, then how things stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Dialogue;
use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::live::frames;
use crate::live::hub::face;
use crate::service::{Ctx, Failure, conversations};

impl Dialogue {
    /// Replays what was missed, conversation by conversation, then says how things stand.
    pub(super) fn catch_up(&self, after: BTreeMap<String, Seq>) -> Result<(), Failure> {
        let ctx = self.ctx();
        let mut wanted: BTreeMap<ConversationId, Option<Seq>> = BTreeMap::new();
        match &self.person.actor {
            Actor::Visitor { token_index, .. } => {
                if let Some(theirs) = ctx.store.conversation_of(token_index) {
                    wanted.insert(theirs, Some(0));
                }
            }
            Actor::Staff { id, .. } => {
                let list = conversations::open_list(&ctx)?;
                let site_names = ctx.store.house();
                self.outbox.answer(frames::rows(list.iter().map(|listed| listed.conversation.id)));
                for listed in &list {
                    let site = site_names.sites.get(&listed.conversation.site).map_or("", |site| site.name.as_str());
                    self.outbox.answer(frames::row(&listed.conversation, site));
                    if conversations::is_mine(&listed.conversation, *id) {
                        wanted.insert(listed.conversation.id, None);
                    }
                }
            }
            Actor::Host | Actor::Timer | Actor::Stranger => {}
        }
        for (text, seq) in after {
            if let Ok(id) = text.parse() {
                wanted.insert(id, Some(seq));
            }
        }
        for (id, after) in wanted {
            self.join(&ctx, id, after)?;
        }
        Ok(())
    }

    /// Follows one conversation; with `after`, events that the client has not seen are repeated first.
    pub(super) fn join(&self, ctx: &Ctx, id: ConversationId, after: Option<Seq>) -> Result<(), Failure> {
        // Following comes before reading: an event in between arrives twice rather than never, and its number tells.
        let head = match conversations::view(ctx, id, Seq::MAX, 0) {
            Ok(view) => Arc::new(view.conversation),
            Err(Failure::NotFound) => {
                self.outbox.answer(frames::purged(id));
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let last = match ctx.store.open_conversation(id) {
            Some(open) => open.lock().last,
            None => ctx.store.events(id, 0, limits::EVENTS_PER_CONVERSATION as usize)?.last().map_or(0, |event| event.seq),
        };
        self.app.hub.follow(self.id, &head, last);
        if let Some(after) = after {
            self.replay(ctx, id, after)?;
        }
        if let Some(state) = self.app.hub.state_frame(id) {
            self.outbox.answer(state);
        }
        Ok(())
    }

    pub(super) fn replay(&self, ctx: &Ctx, id: ConversationId, after: Seq) -> Result<(), Failure> {
        let side = face(&self.person.actor);
        let view = conversations::replay(ctx, id, after, limits::REPLAY_EVENTS)?;
        for event in &view.events {
            self.outbox.answer(frames::event(&view.conversation, event, side));
        }
        Ok(())
    }
}
