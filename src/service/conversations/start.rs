//! How a conversation begins.

use super::entries::{add, repeat, repeated, writable};
use super::send::say;
use crate::domain::about::About;
use crate::domain::access::{Action, Actor};
use crate::domain::conversation::{Conversation, IllegalMove, State};
use crate::domain::event::{Author, EventKind};
use crate::domain::id::ConversationId;
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::text::{EmailAddress, MessageText, Name};
use crate::domain::told::Told;
use crate::domain::visitor::{Allowance, ConsentGiven, Visitor};
use crate::service::{Ctx, Failure, space, told};

/// The first message of a visitor, and what they told about themselves before it.
#[derive(Debug, Clone)]
pub struct Start {
    pub text: MessageText,
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub consented: bool,
    /// What the website says.
    pub told: Told,
}

impl Start {
    /// Nothing but words.
    #[must_use]
    pub fn saying(text: MessageText) -> Self {
        Self { text, name: None, email: None, consented: false, told: Told::default() }
    }
}

/// A visitor begins a conversation. While one of theirs is open the message goes there, so that two tabs are one talk.
///
/// # Errors
/// `Invalid` when the site asks for consent and there is none; `TooMany` when the visitor writes too fast; `NoRoom` while the
/// disk is nearly full, which ends no chat that is open.
pub fn start(ctx: &Ctx, allowance: &Allowance, start: Start, origin: Origin) -> Result<ConversationId, Failure> {
    let Actor::Visitor { site, token_index } = ctx.actor else { return Err(Failure::NotFound) };
    ctx.authorize(Action::StartConversation(*site))?;
    // Where both are true, that there is no room is what a visitor can do something with.
    writable(ctx).map_err(|other| space::check(ctx).err().unwrap_or(other))?;
    let house = ctx.store.house();
    let site = house.sites.get(site).ok_or(Failure::NotFound)?;

    // Two tabs that start at the same moment must not both find nothing.
    let _starting = ctx.memory.starting();
    if let Some(earlier) = ctx.store.conversation_of(token_index) {
        if let Some(open) = ctx.store.open_conversation(earlier) {
            let mut open = open.lock();
            // After `end` the visitor is done with that one; what they write now begins anew.
            if open.head.may_visitor_write().is_ok() || open.client_ids.contains_key(&(None, origin.client_id.clone())) {
                say(ctx, allowance, &mut open, Author::Visitor, start.text, origin)?;
                return Ok(earlier);
            }
        } else if let Some(event) = repeated(ctx, earlier, &origin)? {
            repeat(ctx, earlier, (event.seq, event.at), origin);
            return Ok(earlier);
        }
    }
    space::check(ctx)?;
    if site.consent.is_some() && !start.consented {
        return Err(Failure::Invalid { field: "consent", message: "Please agree before you start.".to_owned() });
    }
    if ctx.store.open_conversations().len() >= limits::OPEN_CONVERSATIONS {
        return Err(IllegalMove::Crowded.into());
    }

    let mut head = Conversation {
        id: ConversationId::from_bytes(ctx.random_bytes()),
        site: site.id,
        visitor: Visitor {
            name: start.name,
            email: start.email,
            phone: None,
            consent: site.consent.as_ref().map(|consent| ConsentGiven { version: consent.version, at: ctx.now }),
        },
        token_index: *token_index,
        state: State::Waiting,
        started_at: ctx.now,
        about: About {
            language: site.language,
            window: start.told.window,
            came_from: start.told.came_from(site.switches.address),
            ..About::default()
        },
    };
    told::put(&mut head, &start.told);
    ctx.memory.identities.note(ctx, &head);
    let mut batch = ctx.store.batch();
    let open = batch.start_conversation(&head);
    let mut open = open.lock();
    open.allowance = (f64::from(allowance.burst) - 1.0, ctx.now);
    add(ctx, &mut batch, &mut open, Author::System, EventKind::Started, None);
    add(ctx, &mut batch, &mut open, Author::Visitor, EventKind::Message(start.text), Some(origin));
    ctx.store.commit(batch);
    Ok(head.id)
}
