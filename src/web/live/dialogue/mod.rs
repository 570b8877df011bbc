//! One connection's talk with the appliance, whichever way its frames travel.
//!
//! It opens here; `catching_up` says what was missed, `acts` carries out what the person asks for, `serving` what only staff
//! may ask for, `visiting` what only visitors may, `web::refusal` says why not, and `told` keeps what a visitor's website says of them.

mod acts;
mod catching_up;
mod serving;
mod told;
mod visiting;

use std::sync::Arc;

use parking_lot::Mutex;

use crate::domain::access::Actor;
use crate::domain::audit::{Area, AuditAction};
use crate::domain::limits;
use crate::live::frames::{self, Bye};
use crate::live::hub::{ConnectionId, face};
use crate::live::outbox::Outbox;
use crate::live::tickets::Person;
use crate::service::suspicion::{self, Sign};
use crate::service::{Asked, Ctx, policy, refusals, sessions, subjects};
use crate::web::App;
use crate::web::extract::Peer;

use super::commands::Command;
use crate::web::refusal::Refusal;

/// An open connection. Dropping it tells the hub that the person is gone.
pub struct Dialogue {
    app: App,
    person: Person,
    id: ConnectionId,
    pub outbox: Arc<Outbox>,
    told: Mutex<told::Changing>,
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
        let Some(mut person) = app.hub.tickets.redeem(&ticket, app.now()) else {
            suspicion::note(&app.ctx(&Actor::Stranger), from.0, Sign::Token(&ticket));
            return Err(Bye::BadTicket);
        };
        person.address = person.address.map(|_| from.0);
        // The ticket was given a moment ago: whoever signed out or was disabled since then does not get in with it, and whose
        // role or sites have changed comes in with the new ones.
        person.actor = Self::present_actor(app, &person).ok_or(Bye::SignedOut)?;
        let (id, outbox) = app.hub.connect(person.clone());
        let told = Mutex::new(told::Changing::new(&person, app.now()));
        let dialogue = Self { app: app.clone(), person, id, outbox, told };
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
        let Actor::Staff { role, .. } = &self.person.actor else { return true };
        self.app.store.house().allowlist.permits_role(*role, peer.0, self.app.now())
    }

    /// Who this is by now, with the rights of now; `None` when they may not be here any more.
    fn present_actor(app: &App, person: &Person) -> Option<Actor> {
        let Some(session) = &person.session else { return Some(person.actor.clone()) };
        let (operator, info) = sessions::resolve_hash(&app.store, &app.memory, session, app.now()).ok()??;
        let house = app.store.house();
        let permits = |address| house.allowlist.permits_role(operator.role, address, app.now());
        let may = person.address.is_none_or(permits) && !policy::must_enrol(&house, &operator, info.by);
        may.then(|| sessions::actor(&house, &operator))
    }

    fn greet(&self) {
        let house = self.app.store.house();
        let (greeting, frame) = match &self.person.actor {
            Actor::Staff { id, .. } => {
                let name = house.operators.get(id).map(|it| it.name.as_str());
                (frames::Greeting { name, code: None }, Some(frames::disk(self.app.store.space().standing())))
            }
            Actor::Visitor { site, token_index } => {
                let code = Some(subjects::code_of(&self.app.store, token_index).written());
                (frames::Greeting { name: None, code }, Some(self.app.hub.presence_frame(*site)))
            }
            Actor::Host | Actor::Timer | Actor::Stranger => (frames::Greeting::default(), None),
        };
        self.outbox.answer(frames::welcome(self.app.now(), face(&self.person.actor), &greeting));
        if let Some(frame) = frame {
            self.outbox.answer(frame);
        }
    }

    /// A frame after the first.
    ///
    /// # Errors
    /// With the reason to end the connection, when it is not of the protocol.
    pub fn hear(&self, frame: &str) -> Result<(), Bye> {
        if frame.len() > limits::FRAME_BYTES {
            return Err(Bye::BadFrame);
        }
        let command: Command = serde_json::from_str(frame).map_err(|_| Bye::BadFrame)?;
        let (id, conversation) = command.names();
        if let Err(refusal) = self.carry_out(command)? {
            let Refusal { code, n, message, fields, is_denied } = refusal;
            if let (Actor::Staff { id, .. }, Some(from), "not_found") = (&self.person.actor, self.person.address, code) {
                let what = conversation.map(|id| id.to_string()).unwrap_or_default();
                suspicion::note(&self.ctx(), from, Sign::Denied(*id, &what));
            }
            if is_denied && self.person.session.is_some() {
                refusals::note(&self.ctx(), AuditAction::AccessDenied(Area::Live));
            }
            self.outbox.answer(frames::refused_fields(id.as_deref(), conversation, code, n, &message, &fields));
        }
        Ok(())
    }

    fn ctx(&self) -> Ctx<'_> {
        let asked = Asked { from: self.person.address, session: self.person.session_id, ..Asked::default() };
        self.app.ctx_asked(&self.person.actor, asked)
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        self.app.hub.disconnect(self.id);
    }
}
