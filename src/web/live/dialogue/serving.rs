//! What only the staff asks for: to take a conversation, to mark it, to hand it on.

use super::Dialogue;
use super::acts::known;
use crate::domain::access::Actor;
use crate::domain::text::{MessageText, Tag};
use crate::live::frames::Bye;
use crate::service::conversations::{self, Destination};
use crate::service::{Ctx, Failure, files};
use crate::web::live::commands::Command;
use crate::web::refusal::Refusal;

impl Dialogue {
    pub(super) fn serve(&self, ctx: &Ctx, command: Command) -> Result<Result<(), Refusal>, Bye> {
        Ok(match command {
            Command::Accept { id, conversation } => self.act(ctx, &id, &conversation, conversations::accept),
            Command::Close { id, conversation } => self.act(ctx, &id, &conversation, conversations::close),
            Command::Join { id, conversation } => self.act(ctx, &id, &conversation, conversations::join),
            Command::Depart { id, conversation } => self.act(ctx, &id, &conversation, conversations::depart),
            Command::Decline { id, conversation } => self.decline(ctx, &id, &conversation),
            Command::Available { on } => {
                if let Actor::Staff { id, .. } = &self.person.actor {
                    self.app.hub.choose_available(*id, on);
                }
                Ok(())
            }
            Command::RequestFile { id, conversation } => self.act(ctx, &id, &conversation, files::request),
            Command::Note { id, conversation, text } => self.note(ctx, &id, &conversation, &text),
            Command::Transfer { id, conversation, to, note } => self.transfer(ctx, &id, &conversation, &to, note),
            Command::Invite { id, conversation, operator } => self.invite(ctx, &id, &conversation, &operator),
            Command::Tags { id, conversation, tags } => self.tag(ctx, &id, &conversation, &tags),
            Command::Watch { conversation } => {
                let conversation = known(&conversation)?;
                let joined = self.join(ctx, conversation, None);
                self.app.hub.look(self.id, conversation, true);
                joined.map_err(Refusal::from)
            }
            Command::Unwatch { conversation } => {
                self.app.hub.unfollow(self.id, known(&conversation)?);
                Ok(())
            }
            Command::Active {} => Ok(()),
            // A second hello, or a word of the other side.
            _ => return Err(Bye::BadFrame),
        })
    }

    /// What they were asked about goes to the next one; an invitation to join is taken back.
    fn decline(&self, ctx: &Ctx, id: &str, conversation: &str) -> Result<(), Refusal> {
        if let (Actor::Staff { id, .. }, Ok(conversation)) = (&self.person.actor, conversation.parse()) {
            self.app.hub.decline(*id, conversation);
        }
        self.act(ctx, id, conversation, conversations::decline)
    }

    fn note(&self, ctx: &Ctx, id: &str, conversation: &str, text: &str) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        Ok(conversations::note(ctx, conversation, MessageText::parse(text)?, origin)?)
    }

    fn transfer(&self, ctx: &Ctx, id: &str, conversation: &str, to: &str, note: Option<String>) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        let operator = to.parse().map(Destination::Operator);
        let to = operator.or_else(|_| to.parse().map(Destination::Department)).map_err(|_| Failure::NotFound)?;
        let note = note.filter(|note| !note.trim().is_empty()).map(|note| MessageText::parse(&note)).transpose()?;
        Ok(conversations::transfer(ctx, conversation, to, note, origin)?)
    }

    fn invite(&self, ctx: &Ctx, id: &str, conversation: &str, operator: &str) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        let operator = operator.parse().map_err(|_| Failure::NotFound)?;
        Ok(conversations::invite(ctx, conversation, operator, origin)?)
    }

    fn tag(&self, ctx: &Ctx, id: &str, conversation: &str, tags: &[String]) -> Result<(), Refusal> {
        let origin = self.origin(id)?;
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        let tags = tags.iter().map(|tag| Tag::parse(tag)).collect::<Result<_, _>>()?;
        Ok(conversations::tag(ctx, conversation, tags, origin)?)
    }
}
