//! How a conversation begins.

use std::sync::Arc;

use super::entries::{add, repeat, repeated, tell_found, writable};
use super::send::say;
use crate::domain::about::{About, Channel};
use crate::domain::access::{Action, Actor};
use crate::domain::conversation::{Conversation, IllegalMove, State};
use crate::domain::event::{Author, EventKind};
use crate::domain::filled::{Filled, Given};
use crate::domain::form::Form;
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::news::Origin;
use crate::domain::redaction::Found;
use crate::domain::site::Site;
use crate::domain::text::MessageText;
use crate::domain::throttle::Limit;
use crate::domain::told::Told;
use crate::domain::visitor::{Allowance, ConsentGiven, Visitor};
use crate::service::redaction::Masker;
use crate::service::throttle::{self, By};
use crate::service::{Ctx, Failure, space, subjects, told as website, webhooks};

/// The first message of a visitor, and what they told about themselves before it.
#[derive(Debug, Clone)]
pub struct Start {
    pub text: MessageText,
    /// To what the site asks before a chat.
    pub answers: Given,
    pub consented: bool,
    /// In which the window speaks.
    pub language: Option<Language>,
    /// What the website says.
    pub told: Told,
}

impl Start {
    /// Nothing but words.
    #[must_use]
    pub fn saying(text: MessageText) -> Self {
        Self { text, answers: Given::new(), consented: false, language: None, told: Told::default() }
    }
}

/// A visitor begins a conversation. While one of theirs is open the message goes there, so that two tabs are one talk.
///
/// # Errors
/// `Invalid` when the site asks for consent and there is none; `InvalidAnswers`; `TooMany` when the visitor writes too fast; `NoRoom` while the
/// disk is nearly full, which ends no chat that is open.
pub fn start(ctx: &Ctx, allowance: &Allowance, start: Start, origin: Origin) -> Result<ConversationId, Failure> {
    let (site, token_index) = arrive(ctx)?;
    // Two tabs that start at the same moment must not both find nothing.
    let _starting = ctx.memory.starting();
    if let Some(earlier) = ctx.store.conversation_of(&token_index) {
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
    let consent = agreed(ctx, &site, start.consented)?;
    let mut masker = Masker::of(ctx, site.id);
    let mut told = start.told;
    masker.told(&mut told);
    let filled = read(ctx, site.id, &site.pre_chat, &start.answers, &mut masker)?;
    let about = about(&site, Channel::Chat, start.language, &told);
    begin(ctx, allowance, Beginning { filled, consent, about, text: start.text, told, found: masker.found }, origin)
}

/// The site on which a visitor may begin something now, and their keyed token.
pub(super) fn arrive(ctx: &Ctx) -> Result<(Arc<Site>, [u8; 32]), Failure> {
    let Actor::Visitor { site, token_index } = ctx.actor else { return Err(Failure::NotFound) };
    ctx.authorize(Action::StartConversation(*site))?;
    // Where both are true, that there is no room is what a visitor can do something with.
    writable(ctx).map_err(|other| space::check(ctx).err().unwrap_or(other))?;
    let site = ctx.store.house().sites.get(site).cloned().ok_or(Failure::NotFound)?;
    Ok((site, *token_index))
}

/// Where it comes from, as far as the site lets that be kept.
pub(super) fn about(site: &Site, channel: Channel, language: Option<Language>, told: &Told) -> About {
    About {
        channel,
        language: language.unwrap_or(site.language),
        window: told.window,
        came_from: told.came_from(site.switches.address),
        ..About::default()
    }
}

/// What a conversation begins with.
pub(super) struct Beginning {
    pub filled: Filled,
    pub consent: Option<ConsentGiven>,
    /// Where it came from; the answers are added.
    pub about: About,
    pub text: MessageText,
    pub told: Told,
    /// What was masked in all this but the text, which is looked at when it is added.
    pub found: Found,
}

/// Opens a new conversation of the visitor with its first message.
pub(super) fn begin(ctx: &Ctx, allowance: &Allowance, beginning: Beginning, origin: Origin) -> Result<ConversationId, Failure> {
    let Actor::Visitor { site, token_index } = ctx.actor else { return Err(Failure::NotFound) };
    throttle::take(ctx, Limit::Chats, By::Visitor(*site, token_index))?;
    throttle::take_from(ctx, Limit::ChatsFrom)?;
    if ctx.store.open_conversations().len() >= limits::OPEN_CONVERSATIONS {
        return Err(IllegalMove::Crowded.into());
    }
    let Beginning { filled, consent, about, text, told, found } = beginning;
    let mut head = Conversation {
        id: ConversationId::from_bytes(ctx.random_bytes()),
        site: *site,
        visitor: Visitor { name: filled.name, email: filled.email, phone: filled.phone, consent },
        token_index: *token_index,
        state: State::Waiting,
        started_at: ctx.now,
        about: About { department: filled.department, answers: filled.answers, ..about },
    };
    website::put(&mut head, &told);
    let invited = told.visit.and_then(|visit| ctx.memory.visits.turn_into(visit, *site, head.id));
    if let Some((by, _)) = &invited {
        head.accept(by.clone())?;
        head.about.answered_at = Some(ctx.now);
    }
    ctx.memory.identities.note(ctx, &head);
    let mut batch = ctx.store.batch();
    let open = batch.start_conversation(&head);
    subjects::index(ctx, &mut batch, &head);
    let mut open = open.lock();
    open.allowance = (f64::from(allowance.burst) - 1.0, ctx.now);
    add(ctx, &mut batch, &mut open, Author::System, EventKind::Started, None);
    if let Some((by, words)) = invited {
        add(ctx, &mut batch, &mut open, by.clone().into(), EventKind::Joined, None);
        add(ctx, &mut batch, &mut open, by.into(), EventKind::Message(words), None);
    }
    add(ctx, &mut batch, &mut open, Author::Visitor, EventKind::Message(text), Some(origin));
    if head.about.channel == Channel::Message {
        webhooks::note_message(ctx, &mut batch, &head);
    }
    tell_found(ctx, &mut batch, &mut open, found);
    ctx.store.commit(batch);
    Ok(head.id)
}

/// What the visitor agreed to, where the site asks.
pub(super) fn agreed(ctx: &Ctx, site: &Site, consented: bool) -> Result<Option<ConsentGiven>, Failure> {
    let Some(consent) = &site.consent else { return Ok(None) };
    if !consented {
        return Err(Failure::Invalid { field: "consent", message: "Please agree before you start.".to_owned() });
    }
    Ok(Some(ConsentGiven { version: consent.version, at: ctx.now }))
}

/// The answers, held against what the site asks and what it does not want to know.
pub(super) fn read(ctx: &Ctx, site: SiteId, form: &Form, answers: &Given, masker: &mut Masker) -> Result<Filled, Failure> {
    let house = ctx.store.house();
    let is_department = |id| house.departments.get(&id).is_some_and(|department| department.site == site);
    let mut filled = form.read(answers, is_department).map_err(Failure::InvalidAnswers)?;
    masker.filled(&mut filled).map_err(Failure::InvalidAnswers)?;
    Ok(filled)
}
