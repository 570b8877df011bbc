//! What becomes due because of something that happened: noted in the commit that says so, so that a crash in between loses neither, and
//! taken by the next run. Rules look at what happens after they are in force, and at nothing that happened before.

use crate::domain::conversation::Conversation;
use crate::domain::id::{ConversationId, SubmissionId};
use crate::domain::purge_rule::{DuePurge, Happening, How, PurgeOrder, What};
use crate::domain::retention::{ClosedKind, RetentionClass};
use crate::domain::secure_form::{KeptSubmission, Submission};
use crate::service::holds::drawer_of;
use crate::service::{Ctx, Failure};
use crate::store::{Batch, House};

/// Something happened to a conversation that is in the store.
///
/// # Errors
/// When it cannot be read.
pub fn happened(ctx: &Ctx, batch: &mut Batch, id: ConversationId, what: Happening) -> Result<(), Failure> {
    // Mostly there is no such rule, and then nothing is opened.
    if is_waited_for(&ctx.store.house(), what)
        && let Some(head) = ctx.store.conversation(id)?
    {
        happened_to(ctx, batch, &head, what);
    }
    Ok(())
}

/// The same of a conversation whose head is at hand, as it will be with this batch.
pub fn happened_to(ctx: &Ctx, batch: &mut Batch, head: &Conversation, what: Happening) {
    let house = ctx.store.house();
    if !is_waited_for(&house, what) {
        return;
    }
    // A copy that went out in the middle of a chat is not the transcript. Consent is taken back whenever somebody likes.
    if head.closed_at().is_none() && what != Happening::ConsentWithdrawn {
        return;
    }
    let kind = head.closed_kind();
    let is_about = |order: &PurgeOrder, class| order.what.class == class && fits(&order.what, head);
    let class = if kind == ClosedKind::Message { RetentionClass::Messages } else { RetentionClass::Transcripts };
    note(ctx, &house, batch, head.id, |order| {
        order.when.is_on(what) && is_about(order, class) && (order.how == How::Erase || kind != ClosedKind::Anonymised)
    });
    // Reading a chat shows nothing of what was filled in in it.
    let of_forms = |order: &PurgeOrder| order.when.is_on(what) && is_about(order, RetentionClass::Submissions);
    if what != Happening::Viewed && house.orders.values().any(|order| order.is_armed() && of_forms(order)) {
        for submission in ctx.store.submissions().into_iter().filter(|it| it.of == Some(head.id)) {
            note(ctx, &house, batch, drawer_of(submission.id), of_forms);
        }
    }
}

/// Something happened to what was filled in in a form, such as that a field of it was looked at.
///
/// # Errors
/// When the conversation that it belongs to cannot be read.
pub fn happened_to_submission(ctx: &Ctx, batch: &mut Batch, id: SubmissionId, what: Happening) -> Result<(), Failure> {
    let house = ctx.store.house();
    if !is_waited_for(&house, what) {
        return Ok(());
    }
    let Some(submission) = ctx.store.kept_submission(id) else { return Ok(()) };
    let head = submission.of.map(|of| ctx.store.conversation(of)).transpose()?.flatten();
    let is_it = |it: &What| it.class == RetentionClass::Submissions && fits_submission(it, &submission, head.as_ref());
    let drawer = drawer_of(id);
    note(ctx, &house, batch, drawer, |order| order.when.is_on(what) && is_it(&order.what));
    Ok(())
}

/// A form was filled in in a chat. It is due with it by a rule that takes it at the close: the close itself finds only what is durable by
/// then, and what is filled in at that moment may not be.
pub fn filled_in(ctx: &Ctx, batch: &mut Batch, it: &Submission) {
    let house = ctx.store.house();
    let is_meant = |what: &What| {
        // Which department and tags the chat has, its close will tell.
        let says_no_more = what.department.is_none() && what.tag.is_none();
        what.class == RetentionClass::Submissions && what.site.is_none_or(|site| site == it.site) && says_no_more
    };
    if it.conversation.is_some() {
        note(ctx, &house, batch, drawer_of(it.id), |order| order.when.is_on(Happening::Closed) && is_meant(&order.what));
    }
}

/// Whether what is filled in in this chat goes as soon as the chat is closed.
#[must_use]
pub fn forms_go_at_close(ctx: &Ctx, head: &Conversation) -> bool {
    let is_meant = |order: &PurgeOrder| {
        order.when.is_on(Happening::Closed) && order.what.class == RetentionClass::Submissions && fits(&order.what, head)
    };
    ctx.store.house().orders.values().any(|order| order.is_armed() && is_meant(order))
}

/// Whether a conversation belongs to what a rule is about, but for the class.
pub(super) fn fits(what: &What, head: &Conversation) -> bool {
    what.site.is_none_or(|site| site == head.site)
        && what.department.is_none_or(|department| head.about.department == Some(department))
        && what.tag.as_ref().is_none_or(|tag| head.about.tags.contains(tag))
}

/// The same of what was filled in: department and tags are those of the chat in which it was.
pub(super) fn fits_submission(what: &What, it: &KeptSubmission, head: Option<&Conversation>) -> bool {
    let says_more = what.department.is_some() || what.tag.is_some();
    what.site.is_none_or(|site| site == it.site) && (!says_more || head.is_some_and(|head| fits(what, head)))
}

fn is_waited_for(house: &House, what: Happening) -> bool {
    house.orders.values().any(|order| order.is_armed() && order.when.is_on(what))
}

/// Makes the drawer due by the first rule that says so; one that erases before one that anonymises, and never the other way round.
fn note(ctx: &Ctx, house: &House, batch: &mut Batch, drawer: ConversationId, is_meant: impl Fn(&PurgeOrder) -> bool) {
    let meant = house.orders.values().filter(|order| order.is_armed() && is_meant(order));
    if let Some(order) = meant.min_by_key(|order| order.how != How::Erase) {
        make_due(ctx, house, batch, drawer, order);
    }
}

/// Unless it is due already, and as much of it.
pub(super) fn make_due(ctx: &Ctx, house: &House, batch: &mut Batch, drawer: ConversationId, order: &PurgeOrder) {
    let is_due = house.due.get(&drawer).is_some_and(|due| due.how == How::Erase || due.how == order.how);
    if !is_due {
        batch.put_due(DuePurge { drawer: *drawer.as_bytes(), order: Some(order.id), how: order.how, at: ctx.now });
    }
}
