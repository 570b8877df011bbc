//! The acts of the live chat. The writing ones queue their change and return: the acknowledgement travels as `News` once
//! the change is durable, so that a socket never waits and never speaks too early.

use std::sync::Arc;

use crate::domain::access::{Action, Actor};
use crate::domain::audit::{AuditAction, AuditActor};
use crate::domain::conversation::{Assignee, Conversation, IllegalMove, State};
use crate::domain::event::{Author, Event, EventKind, Seq};
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::news::{News, Origin};
use crate::domain::operator::Operator;
use crate::domain::text::{EmailAddress, MessageText, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::{Allowance, Visitor};
use crate::store::{Batch, Commit, House, OpenConversation, StoreError};

use super::{Ctx, Failure, space};

impl From<IllegalMove> for Failure {
    fn from(illegal: IllegalMove) -> Self {
        Self::Conflict(illegal.to_string())
    }
}

/// The first message of a visitor, and what they told about themselves before it.
#[derive(Debug, Clone)]
pub struct Start {
    pub text: MessageText,
    pub name: Option<Name>,
    pub email: Option<EmailAddress>,
    pub consented: bool,
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
        return Err(Failure::Conflict("Too many chats are open at the moment. Please try again later.".to_owned()));
    }

    let head = Conversation {
        id: ConversationId::from_bytes(ctx.random_bytes()),
        site: site.id,
        visitor: Visitor { name: start.name, email: start.email, consented_at: site.consent.is_some().then_some(ctx.now) },
        token_index: *token_index,
        state: State::Waiting,
        started_at: ctx.now,
    };
    let mut batch = ctx.store.batch();
    let open = batch.start_conversation(&head);
    let mut open = open.lock();
    open.allowance = (f64::from(allowance.burst) - 1.0, ctx.now);
    add(ctx, &mut batch, &mut open, Author::System, EventKind::Started, None);
    add(ctx, &mut batch, &mut open, Author::Visitor, EventKind::Message(start.text), Some(origin));
    ctx.store.commit(batch);
    Ok(head.id)
}

/// A visitor or an operator writes.
///
/// # Errors
/// `NotFound` for somebody else's conversation, `Conflict` when it is over or not accepted, `TooMany` from a visitor in haste.
pub fn send(ctx: &Ctx, allowance: &Allowance, id: ConversationId, text: MessageText, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let author = match ctx.actor {
        Actor::Visitor { .. } => Author::Visitor,
        _ => staff(ctx)?.into(),
    };
    say(ctx, allowance, &mut open, author, text, origin)
}

/// An operator takes a waiting conversation, or one whose operator does not work here any more.
///
/// # Errors
/// `Conflict` when somebody else was quicker or it is over.
pub fn accept(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        let left_alone = is_left_alone(&ctx.store.house(), &open.head);
        let moved = if left_alone { open.head.take_over(me.clone())? } else { open.head.accept(me.clone())? };
        if moved {
            change(ctx, open, me.into(), EventKind::Joined, Some(origin));
        } else {
            repeat_last(ctx, open, origin);
        }
        Ok(())
    })
}

/// The visitor ends the talk.
///
/// # Errors
/// `NotFound` when it is not theirs.
pub fn end(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let Actor::Visitor { .. } = ctx.actor else { return Err(Failure::NotFound) };
    if open.head.end(ctx.now)? {
        let kind = if open.head.closed_at().is_some() { EventKind::Closed } else { EventKind::Ended };
        change(ctx, &mut open, Author::Visitor, kind, Some(origin));
    } else {
        repeat_last(ctx, &open, origin);
    }
    Ok(())
}

/// The staff closes; from here the site's purge policy counts.
///
/// # Errors
/// `Conflict` when another operator is answering it.
pub fn close(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    as_staff(ctx, id, origin, |open, me, origin| {
        if let State::Active { operator } | State::Wrapping { operator } = &open.head.state
            && operator.id != me.id
            && !is_left_alone(&ctx.store.house(), &open.head)
        {
            return Err(IllegalMove::Taken.into());
        }
        if open.head.close(ctx.now) {
            change(ctx, open, me.into(), EventKind::Closed, Some(origin));
        }
        Ok(())
    })
}

/// Does an act of a member of staff in an open conversation of theirs, unless this very command was carried out before.
fn as_staff(
    ctx: &Ctx,
    id: ConversationId,
    origin: Origin,
    act: impl FnOnce(&mut OpenConversation, Assignee, Origin) -> Result<(), Failure>,
) -> Result<(), Failure> {
    writable(ctx)?;
    let Some(open) = ctx.store.open_conversation(id) else { return over(ctx, id, origin) };
    let mut open = open.lock();
    may_see(ctx, &open.head)?;
    let me = staff(ctx)?;
    if let Some(&first) = open.client_ids.get(&(Some(me.id), origin.client_id.clone())) {
        repeat(ctx, id, first, origin);
        return Ok(());
    }
    act(&mut open, me, origin)
}

/// Closes every conversation in which nobody has written for as long as its site allows. Returns how many.
///
/// # Errors
/// `Denied` unless a timer or the host asks.
pub fn close_idle(ctx: &Ctx) -> Result<usize, Failure> {
    let house = ctx.store.house();
    let mut closed = 0;
    for open in ctx.store.open_conversations() {
        let mut open = open.lock();
        ctx.authorize(Action::ServeConversation(open.head.site))?;
        let Some(site) = house.sites.get(&open.head.site) else { continue };
        if ctx.now.since(open.active_at) >= site.idle_close() && open.head.close(ctx.now) {
            change(ctx, &mut open, Author::System, EventKind::Closed, None);
            closed += 1;
        }
    }
    Ok(closed)
}

/// A conversation as its page shows it: the head and events after `after`, at most `limit` of them, oldest first.
#[derive(Debug, Clone)]
pub struct View {
    pub conversation: Conversation,
    pub events: Vec<Event>,
}

/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn view(ctx: &Ctx, id: ConversationId, after: Seq, limit: usize) -> Result<View, Failure> {
    let conversation = ctx.store.conversation(id)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &conversation)?;
    let events = ctx.store.events(id, after, limit)?;
    Ok(View { conversation, events })
}

/// Reads a whole closed conversation, which leaves a row in the audit log before anything is shown.
///
/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn read_transcript(ctx: &Ctx, id: ConversationId) -> Result<View, Failure> {
    let view = view(ctx, id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    if let Some(row) = note_reading(ctx, &view) {
        row.wait()?;
    }
    Ok(view)
}

/// Events that a live connection has missed. What staff read of a closed conversation this way is in the audit log too; the
/// row is only queued, since nobody waits for the disk on this path.
///
/// # Errors
/// `NotFound` when it does not exist or is not the actor's.
pub fn replay(ctx: &Ctx, id: ConversationId, after: Seq, limit: usize) -> Result<View, Failure> {
    let view = view(ctx, id, after, limit)?;
    if !view.events.is_empty() {
        let _not_waited_for = note_reading(ctx, &view);
    }
    Ok(view)
}

fn note_reading(ctx: &Ctx, view: &View) -> Option<Commit> {
    let Actor::Staff { id: reader, .. } = ctx.actor else { return None };
    view.conversation.closed_at()?;
    let mut batch = ctx.store.batch();
    batch.audit(ctx.now, AuditActor::Staff(*reader), AuditAction::TranscriptRead(view.conversation.id));
    Some(ctx.store.commit(batch))
}

/// What an operator's list shows of a conversation that is not closed.
#[derive(Debug, Clone)]
pub struct Listed {
    pub conversation: Conversation,
    pub active_at: Timestamp,
    pub last: Seq,
}

/// The open conversations that the actor may serve, the longest waiting first.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn open_list(ctx: &Ctx) -> Result<Vec<Listed>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let mut list: Vec<Listed> = ctx
        .store
        .open_conversations()
        .iter()
        .map(|open| open.lock())
        .filter(|open| ctx.authorize(Action::ServeConversation(open.head.site)).is_ok())
        .map(|open| Listed { conversation: open.head.clone(), active_at: open.active_at, last: open.last })
        .collect();
    list.sort_by_key(|listed| (listed.conversation.started_at, listed.conversation.id));
    Ok(list)
}

/// A closed conversation in the list, and when it has to be gone.
#[derive(Debug, Clone)]
pub struct ListedClosed {
    pub conversation: Conversation,
    pub closed_at: Timestamp,
    pub purge_due_at: Timestamp,
}

/// The closed conversations of the actor's sites, newest first, at most `limit`.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn closed_list(ctx: &Ctx, limit: usize) -> Result<Vec<ListedClosed>, Failure> {
    ctx.authorize(Action::UseConsole)?;
    let house = ctx.store.house();
    let mut list = Vec::new();
    for closed in ctx.store.closed().rev() {
        if list.len() == limit {
            break;
        }
        if ctx.authorize(Action::ServeConversation(closed.site)).is_err() {
            continue;
        }
        let Some(site) = house.sites.get(&closed.site) else { continue };
        // It may have been purged since the list was taken.
        let Some(conversation) = ctx.store.conversation(closed.id)? else { continue };
        list.push(ListedClosed { conversation, closed_at: closed.closed_at, purge_due_at: site.purge.due_at(closed.closed_at) });
    }
    Ok(list)
}

/// While nothing can be stored, a command is refused at once instead of waiting for an acknowledgement that never comes.
fn writable(ctx: &Ctx) -> Result<(), Failure> {
    match ctx.store.not_writable() {
        None => Ok(()),
        Some(why) => Err(StoreError::NotWritable(why).into()),
    }
}

/// Loads through the actor: what is not theirs does not exist for them.
fn may_see(ctx: &Ctx, head: &Conversation) -> Result<(), Failure> {
    match ctx.actor {
        Actor::Visitor { site, token_index } => {
            if *site == head.site && *token_index == head.token_index {
                Ok(())
            } else {
                Err(Failure::NotFound)
            }
        }
        _ => ctx.authorize(Action::ServeConversation(head.site)).map_err(|_| Failure::NotFound),
    }
}

fn staff(ctx: &Ctx) -> Result<Assignee, Failure> {
    let Actor::Staff { id, .. } = ctx.actor else { return Err(Failure::NotFound) };
    let house = ctx.store.house();
    let operator = house.operators.get(id).ok_or(Failure::NotFound)?;
    Ok(Assignee { id: *id, name: operator.name.clone() })
}

impl From<Assignee> for Author {
    fn from(assignee: Assignee) -> Self {
        Self::Operator { id: assignee.id, name: assignee.name }
    }
}

/// Appends one message, unless this very command was carried out before.
fn say(
    ctx: &Ctx,
    allowance: &Allowance,
    open: &mut OpenConversation,
    author: Author,
    text: MessageText,
    origin: Origin,
) -> Result<(), Failure> {
    if let Some(&first) = open.client_ids.get(&(author.operator(), origin.client_id.clone())) {
        repeat(ctx, open.head.id, first, origin);
        return Ok(());
    }
    match &author {
        Author::Operator { id, .. } => open.head.may_operator_write(*id)?,
        _ => {
            open.head.may_visitor_write()?;
            allowance.take(&mut open.allowance, ctx.now).map_err(|seconds| Failure::TooMany { seconds })?;
        }
    }
    if open.last >= limits::EVENTS_PER_CONVERSATION {
        return Err(Failure::Conflict("This chat is full. Please start a new one.".to_owned()));
    }
    let mut batch = ctx.store.batch();
    add(ctx, &mut batch, open, author, EventKind::Message(text), Some(origin));
    ctx.store.commit(batch);
    Ok(())
}

/// Writes the changed head together with the event that tells of it.
fn change(ctx: &Ctx, open: &mut OpenConversation, author: Author, kind: EventKind, origin: Option<Origin>) {
    let mut batch = ctx.store.batch();
    batch.put_conversation(&open.head);
    add(ctx, &mut batch, open, author, kind, origin);
    ctx.store.commit(batch);
}

/// Gives the next number. The caller holds the lock and commits before it lets go, so numbers reach the disk in order.
fn add(ctx: &Ctx, batch: &mut Batch, open: &mut OpenConversation, author: Author, kind: EventKind, origin: Option<Origin>) {
    let event = Event {
        seq: open.last + 1,
        at: ctx.now,
        author,
        kind,
        client_id: origin.as_ref().map(|origin| origin.client_id.clone()),
    };
    open.last = event.seq;
    open.active_at = ctx.now;
    if let Some(client_id) = &event.client_id {
        open.client_ids.insert((event.author.operator(), client_id.clone()), (event.seq, event.at));
    }
    batch.put_event(open.head.id, &event);
    batch.tell(News::Event { conversation: Arc::new(open.head.clone()), event: Arc::new(event), origin });
}

fn repeat(ctx: &Ctx, conversation: ConversationId, (seq, at): (Seq, Timestamp), origin: Origin) {
    let mut batch = ctx.store.batch();
    batch.tell(News::Repeated { conversation, seq, at, origin });
    ctx.store.commit(batch);
}

/// A move that had been made already is acknowledged with the number of the last event.
fn repeat_last(ctx: &Ctx, open: &OpenConversation, origin: Origin) {
    repeat(ctx, open.head.id, (open.last, open.active_at), origin);
}

/// The conversation is not open: a command that was carried out before it closed is acknowledged again, any other refused.
fn over(ctx: &Ctx, id: ConversationId, origin: Origin) -> Result<(), Failure> {
    let conversation = ctx.store.conversation(id)?.ok_or(Failure::NotFound)?;
    may_see(ctx, &conversation)?;
    match repeated(ctx, id, &origin)? {
        Some(event) => {
            repeat(ctx, id, (event.seq, event.at), origin);
            Ok(())
        }
        None => Err(IllegalMove::Closed.into()),
    }
}

fn repeated(ctx: &Ctx, id: ConversationId, origin: &Origin) -> Result<Option<Event>, Failure> {
    let events = ctx.store.events(id, 0, limits::EVENTS_PER_CONVERSATION as usize)?;
    let me = match ctx.actor {
        Actor::Staff { id, .. } => Some(*id),
        _ => None,
    };
    Ok(events.into_iter().find(|event| event.client_id.as_ref() == Some(&origin.client_id) && event.author.operator() == me))
}

/// Whether the operator who answers was disabled, invited anew or taken off the site since: then any other may take over.
#[must_use]
pub fn is_left_alone(house: &House, conversation: &Conversation) -> bool {
    let may_answer = |operator: &Operator| operator.is_active() && operator.membership.includes(conversation.site);
    conversation.closed_at().is_none()
        && conversation.assignee().is_some_and(|it| !house.operators.get(&it.id).is_some_and(|it| may_answer(it)))
}

/// Whether this member of staff is the one who answers.
#[must_use]
pub fn is_mine(conversation: &Conversation, operator: OperatorId) -> bool {
    conversation.assignee().is_some_and(|assignee| assignee.id == operator)
}
