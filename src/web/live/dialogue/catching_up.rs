//! What a connection has missed: conversation by conversation, then how things stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Dialogue;
use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::live::frames::{self, Face};
use crate::live::hub::{Last, face};
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
                let house = ctx.store.house();
                self.outbox.answer(frames::rows(list.iter().map(|listed| listed.conversation.id)));
                for listed in &list {
                    self.outbox.answer(frames::row(&listed.conversation, Some(&house), listed.active_at));
                    if listed.conversation.is_served_by(*id) {
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
                self.outbox.answer(match face(&self.person.actor) {
                    Face::Visitor => frames::purged(id),
                    Face::Operator => frames::out_of_sight(id),
                });
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let last = match ctx.store.open_conversation(id) {
            Some(open) => {
                let open = open.lock();
                Last { seq: open.last, public: open.last_public }
            }
            None => {
                let events = ctx.store.events(id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
                let public = events.iter().rev().find(|event| !event.kind.is_internal());
                Last { seq: events.last().map_or(0, |event| event.seq), public: public.map_or(0, |event| event.seq) }
            }
        };
        self.app.hub.follow(self.id, &head, last);
        if let Some(after) = after {
            self.replay(ctx, id, after)?;
        }
        if let Some(state) = self.app.hub.state_frame(id, face(&self.person.actor)) {
            self.outbox.answer(state);
        }
        Ok(())
    }

    pub(super) fn replay(&self, ctx: &Ctx, id: ConversationId, after: Seq) -> Result<(), Failure> {
        let side = face(&self.person.actor);
        let mut from = after;
        loop {
            let view = conversations::replay(ctx, id, from, limits::REPLAY_EVENTS)?;
            let mut seen = after;
            for event in &view.events {
                match (side, event.public()) {
                    (Face::Operator, _) => self.outbox.answer(frames::event(&view.conversation, event)),
                    (Face::Visitor, Some(event)) => {
                        self.outbox.answer(frames::public_event(&view.conversation, event, seen));
                        seen = event.seq;
                    }
                    (Face::Visitor, None) => {}
                }
            }
            match view.events.last() {
                // A page of what the visitor may not see at all: they would ask for it again and again.
                Some(last) if side == Face::Visitor && seen == after => from = last.seq,
                _ => return Ok(()),
            }
        }
    }
}
