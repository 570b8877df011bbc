//! What the person asks for, parsed into words of the domain and handed to the services.

use super::Dialogue;
use crate::domain::access::Actor;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::throttle::Limit;
use crate::live::frames::{Bye, Face};
use crate::live::hub::face;
use crate::service::identity::Claim;
use crate::service::{Ctx, Failure, conversations, redaction, sessions, throttle};
use crate::web::live::commands::Command;
use crate::web::refusal::Refusal;

impl Dialogue {
    pub(super) fn carry_out(&self, command: Command) -> Result<Result<(), Refusal>, Bye> {
        let ctx = self.ctx();
        let side = face(&self.person.actor);
        if command.is_of_a_person()
            && let Some(session) = self.app.hub.session_of(self.id)
        {
            sessions::touch(&self.app.store, &self.app.memory, &session, ctx.now);
            if let Actor::Staff { id, .. } = &self.person.actor {
                self.app.hub.act(*id);
            }
        }
        Ok(match (command, side) {
            (Command::Send { id, conversation, text }, _) => self.send(&ctx, &id, &conversation, &text),
            (Command::Typing { conversation, on }, _) => {
                self.app.hub.typing(self.id, known(&conversation)?, on);
                Ok(())
            }
            (Command::Peek { conversation, text }, Face::Visitor) => {
                let masked = self.site_of_visitor().and_then(|site| redaction::unfinished(&ctx, site, &text));
                self.app.hub.peek(self.id, known(&conversation)?, masked.as_deref().unwrap_or(&text));
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
            (command, Face::Operator) => return self.serve(&ctx, command),
            (Command::Visit { page, title, referrer, window, visit }, Face::Visitor) => {
                self.visit([&page, &title, &referrer], &window, &visit);
                Ok(())
            }
            (Command::Identify { id, name, email, hash }, Face::Visitor) => {
                self.identify(&ctx, &Claim { id: &id, email: &email, hash: &hash }, &name).map_err(Refusal::from)
            }
            (Command::Set { attributes }, Face::Visitor) => self.set(&ctx, &attributes).map_err(Refusal::from),
            (command, Face::Visitor) => return self.attend(&ctx, command),
        })
    }

    fn send(&self, ctx: &Ctx, id: &str, conversation: &str, text: &str) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        self.check_blocks(ctx)?;
        let text = MessageText::parse(text)?;
        Ok(conversations::send(ctx, &throttle::allowance(ctx, Limit::Messages), conversation, text, origin)?)
    }

    pub(super) fn act(
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

    fn site_of_visitor(&self) -> Option<SiteId> {
        match &self.person.actor {
            Actor::Visitor { site, .. } => Some(*site),
            _ => None,
        }
    }

    pub(super) fn origin(&self, client_id: &str) -> Result<Origin, Refusal> {
        Ok(Origin { connection: self.id, client_id: ClientId::parse(client_id)? })
    }
}

pub(super) fn known(conversation: &str) -> Result<ConversationId, Bye> {
    conversation.parse().map_err(|_| Bye::BadFrame)
}
