//! One connection's talk with the appliance, whichever way its frames travel.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, EmailAddress, MessageText, Name, TextError};
use crate::live::frames::{self, Bye, Face};
use crate::live::hub::{ConnectionId, face};
use crate::live::outbox::Outbox;
use crate::live::tickets::Person;
use crate::service::{Ctx, Failure, conversations, sessions};
use crate::web::App;
use crate::web::extract::Peer;

use super::commands::Command;

/// An open connection. Dropping it tells the hub that the person is gone.
pub struct Dialogue {
    app: App,
    person: Person,
    id: ConnectionId,
    pub outbox: Arc<Outbox>,
}

/// Why a command was not carried out, as the client is told.
struct Refusal {
    code: &'static str,
    message: String,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let code = match &failure {
            Failure::NotFound | Failure::Denied(_) => "not_found",
            Failure::Invalid { field: "consent", .. } => "consent_needed",
            Failure::Conflict(_) => "closed",
            Failure::NoRoom => "no_room",
            Failure::TooMany { .. } => "rate_limited",
            Failure::Store(_) => "unavailable",
            _ => "invalid",
        };
        Self { code, message: failure.to_string() }
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        let code = match error {
            TextError::TooLong(_) => "too_long",
            _ => "invalid",
        };
        Self { code, message: error.to_string() }
    }
}

impl Dialogue {
    /// The first frame: redeems the ticket, lets the person in and tells them what they missed. Staff have to be where they
    /// may be: a ticket that was given inside the allowlist is worth nothing outside of it.
    ///
    /// # Errors
    /// With the reason to end the connection, when the frame is not a hello or its ticket is not valid.
    pub fn open(app: &App, frame: &str, from: Peer) -> Result<Self, Bye> {
        let Ok(Command::Hello { v: frames::VERSION, ticket, after }) = serde_json::from_str(frame) else {
            return Err(Bye::BadFrame);
        };
        if after.len() > limits::RESUMED_CONVERSATIONS {
            return Err(Bye::BadFrame);
        }
        let mut person = app.hub.tickets.redeem(&ticket, app.now()).ok_or(Bye::BadTicket)?;
        person.address = person.address.map(|_| from.0);
        // The ticket was given a moment ago: whoever signed out or was disabled since then does not get in with it, and whose
        // role or sites have changed comes in with the new ones.
        person.actor = Self::present_actor(app, &person).ok_or(Bye::SignedOut)?;
        let (id, outbox) = app.hub.connect(person.clone());
        let dialogue = Self { app: app.clone(), person, id, outbox };
        // From here on the hub ends it when any of that changes; what changed just before was not told to this connection.
        match Self::present_actor(app, &dialogue.person) {
            None => return Err(Bye::SignedOut),
            Some(actor) if actor != dialogue.person.actor => return Err(Bye::Restart),
            Some(_) => {}
        }
        dialogue.greet();
        dialogue.catch_up(after).map_err(|_| Bye::Restart)?;
        dialogue.outbox.release();
        Ok(dialogue)
    }

    /// Whether frames of this connection may come from here: visitors from anywhere, staff from where they may sign in.
    #[must_use]
    pub fn may_come_from(&self, peer: Peer) -> bool {
        self.person.session.is_none() || self.app.store.house().allowlist.permits(peer.0, self.app.now())
    }

    /// Who this is by now, with the rights of now; `None` when they may not be here any more.
    fn present_actor(app: &App, person: &Person) -> Option<Actor> {
        let Some(session) = &person.session else { return Some(person.actor.clone()) };
        person.address.is_none_or(|address| app.store.house().allowlist.permits(address, app.now())).then_some(())?;
        let (operator, _) = sessions::resolve_hash(&app.store, &app.memory, session, app.now()).ok()??;
        Some(sessions::actor(&operator))
    }

    fn greet(&self) {
        let house = self.app.store.house();
        let (name, frame) = match &self.person.actor {
            Actor::Staff { id, .. } => {
                (house.operators.get(id).map(|it| it.name.as_str()), Some(frames::disk(self.app.store.space().standing())))
            }
            Actor::Visitor { site, .. } => (None, Some(self.app.hub.presence_frame(*site))),
            Actor::Host | Actor::Timer | Actor::Stranger => (None, None),
        };
        self.outbox.answer(frames::welcome(self.app.now(), face(&self.person.actor), name));
        if let Some(frame) = frame {
            self.outbox.answer(frame);
        }
    }

    /// Replays what was missed, conversation by conversation, then says how things stand.
    fn catch_up(&self, after: BTreeMap<String, Seq>) -> Result<(), Failure> {
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
    fn join(&self, ctx: &Ctx, id: ConversationId, after: Option<Seq>) -> Result<(), Failure> {
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

    fn replay(&self, ctx: &Ctx, id: ConversationId, after: Seq) -> Result<(), Failure> {
        let side = face(&self.person.actor);
        let view = conversations::replay(ctx, id, after, limits::REPLAY_EVENTS)?;
        for event in &view.events {
            self.outbox.answer(frames::event(&view.conversation, event, side));
        }
        Ok(())
    }

    /// A frame after the first.
    ///
    /// # Errors
    /// With the reason to end the connection, when it is not of the protocol.
    pub fn hear(&self, frame: &str) -> Result<(), Bye> {
        if frame.len() > limits::FRAME_BYTES {
            return Err(Bye::BadFrame);
        }
        let command = serde_json::from_str(frame).map_err(|_| Bye::BadFrame)?;
        let (id, conversation) = match &command {
            Command::Start { id, .. } => (Some(id.clone()), None),
            Command::Send { id, conversation, .. }
            | Command::Accept { id, conversation }
            | Command::End { id, conversation }
            | Command::Close { id, conversation } => (Some(id.clone()), conversation.parse().ok()),
            Command::Resume { conversation, .. } | Command::Watch { conversation } => (None, conversation.parse().ok()),
            // The rest asks for nothing that could be refused.
            _ => (None, None),
        };
        if let Err(refusal) = self.carry_out(command)? {
            self.outbox.answer(frames::refused(id.as_deref(), conversation, refusal.code, &refusal.message));
        }
        Ok(())
    }

    fn carry_out(&self, command: Command) -> Result<Result<(), Refusal>, Bye> {
        let ctx = self.ctx();
        let side = face(&self.person.actor);
        let is_act = matches!(
            command,
            Command::Send { .. } | Command::Accept { .. } | Command::Close { .. } | Command::Active {} | Command::Typing { .. }
        );
        if is_act && let Some(session) = &self.person.session {
            sessions::touch(&self.app.store, &self.app.memory, session, ctx.now);
        }
        Ok(match (command, side) {
            (Command::Start { id, text, name, email, consent }, Face::Visitor) => {
                self.start(&ctx, &id, &text, (name, email), consent)
            }
            (Command::Send { id, conversation, text }, _) => self.send(&ctx, &id, &conversation, &text),
            (Command::Accept { id, conversation }, Face::Operator) => self.act(&ctx, &id, &conversation, conversations::accept),
            (Command::Close { id, conversation }, Face::Operator) => self.act(&ctx, &id, &conversation, conversations::close),
            (Command::End { id, conversation }, Face::Visitor) => self.act(&ctx, &id, &conversation, conversations::end),
            (Command::Typing { conversation, on }, _) => {
                self.app.hub.typing(self.id, known(&conversation)?, on);
                Ok(())
            }
            (Command::Delivered { conversation, seq }, _) => {
                self.app.hub.receipt(self.id, known(&conversation)?, seq, false);
                Ok(())
            }
            (Command::Seen { conversation, seq }, _) => {
                self.app.hub.receipt(self.id, known(&conversation)?, seq, true);
                Ok(())
            }
            (Command::Resume { conversation, after }, _) => {
                self.replay(&ctx, known(&conversation)?, after).map_err(Refusal::from)
            }
            (Command::Watch { conversation }, Face::Operator) => {
                self.join(&ctx, known(&conversation)?, None).map_err(Refusal::from)
            }
            (Command::Unwatch { conversation }, Face::Operator) => {
                self.app.hub.unfollow(self.id, known(&conversation)?);
                Ok(())
            }
            (Command::Active {}, Face::Operator) => Ok(()),
            // A second hello, or a word of the other side.
            _ => return Err(Bye::BadFrame),
        })
    }

    fn start(
        &self,
        ctx: &Ctx,
        id: &str,
        text: &str,
        person: (Option<String>, Option<String>),
        consented: bool,
    ) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let given = |field: Option<String>| field.filter(|text| !text.trim().is_empty());
        let start = conversations::Start {
            text: MessageText::parse(text)?,
            name: given(person.0).map(|name| Name::parse(&name)).transpose()?,
            email: given(person.1).map(|email| EmailAddress::parse(&email)).transpose()?,
            consented,
        };
        conversations::start(ctx, &self.app.config.visitor_allowance, start, origin)?;
        Ok(())
    }

    fn send(&self, ctx: &Ctx, id: &str, conversation: &str, text: &str) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        let text = MessageText::parse(text)?;
        Ok(conversations::send(ctx, &self.app.config.visitor_allowance, conversation, text, origin)?)
    }

    fn act(
        &self,
        ctx: &Ctx,
        id: &str,
        conversation: &str,
        act: fn(&Ctx, ConversationId, Origin) -> Result<(), Failure>,
    ) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        Ok(act(ctx, conversation, origin)?)
    }

    fn origin(&self, client_id: &str) -> Result<Origin, Refusal> {
        Ok(Origin { connection: self.id, client_id: ClientId::parse(client_id)? })
    }

    fn ctx(&self) -> Ctx<'_> {
        self.app.ctx(&self.person.actor)
    }
}

fn known(conversation: &str) -> Result<ConversationId, Bye> {
    conversation.parse().map_err(|_| Bye::BadFrame)
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        self.app.hub.disconnect(self.id);
    }
}
