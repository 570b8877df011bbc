//! What only visitors ask for: to begin, to leave a message, to end, to say how it was.

use super::Dialogue;
use crate::domain::event::{Rating, Stars};
use crate::domain::language::Language;
use crate::domain::text::{MessageText, Notice};
use crate::domain::throttle::Limit;
use crate::live::frames::Bye;
use crate::service::conversations::{self, Leave, Start};
use crate::service::{Ctx, Failure, mailing, throttle};
use crate::web::live::commands::Command;
use crate::web::refusal::Refusal;

impl Dialogue {
    pub(super) fn attend(&self, ctx: &Ctx, command: Command) -> Result<Result<(), Refusal>, Bye> {
        let spoken = |tag: Option<String>| tag.as_deref().and_then(Language::of_tag);
        Ok(match command {
            Command::Start { id, text, answers, consent, language } => {
                MessageText::parse(&text).map_err(Refusal::from).and_then(|text| {
                    self.start(
                        ctx,
                        &id,
                        Start { text, answers, consented: consent, language: spoken(language), told: self.told() },
                    )
                })
            }
            Command::Leave { id, text, answers, consent, language } => {
                let text = Some(text).filter(|text| !text.trim().is_empty()).map(|text| MessageText::parse(&text)).transpose();
                text.map_err(Refusal::from).and_then(|text| {
                    self.leave(
                        ctx,
                        &id,
                        Leave { text, answers, consented: consent, language: spoken(language), told: self.told() },
                    )
                })
            }
            Command::End { id, conversation } => self.act(ctx, &id, &conversation, conversations::end),
            // Without a mail server there is nobody to ask.
            Command::Copy { id, conversation } if self.app.post.is_some() => self.act(ctx, &id, &conversation, mailing::request),
            Command::Copy { .. } => Err(Failure::NotFound.into()),
            Command::Rate { id, conversation, stars, comment } => self.rate(ctx, &id, &conversation, stars, comment),
            // A second hello, or a word of the other side.
            _ => return Err(Bye::BadFrame),
        })
    }

    fn start(&self, ctx: &Ctx, id: &str, start: Start) -> Result<(), Refusal> {
        self.check_blocks(ctx)?;
        conversations::start(ctx, &throttle::allowance(ctx, Limit::Messages), start, self.origin(id)?)?;
        Ok(())
    }

    fn leave(&self, ctx: &Ctx, id: &str, leave: Leave) -> Result<(), Refusal> {
        self.check_blocks(ctx)?;
        conversations::leave(ctx, &throttle::allowance(ctx, Limit::Messages), leave, self.origin(id)?)?;
        Ok(())
    }

    fn rate(&self, ctx: &Ctx, id: &str, conversation: &str, stars: u8, comment: Option<String>) -> Result<(), Refusal> {
        let conversation = conversation.parse().map_err(|_| Failure::NotFound)?;
        let message = || "Choose one to five stars.".to_owned();
        let stars = Stars::new(stars).ok_or_else(|| Failure::Invalid { field: "stars", message: message() })?;
        let comment = comment.filter(|text| !text.trim().is_empty()).map(|text| Notice::parse(&text)).transpose()?;
        Ok(conversations::rate(ctx, conversation, Rating { stars, comment }, self.origin(id)?)?)
    }
}
