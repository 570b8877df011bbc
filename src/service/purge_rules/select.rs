//! What a rule takes, and what it has to leave. Class, site and time stand in the catalogue, so only of what these have chosen is the
//! head opened, and only for a rule that asks for a department or a tag.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::happened::{fits, fits_submission};
use crate::domain::hold::Hold;
use crate::domain::id::{ConversationId, OrderId, SiteId, SubmissionId};
use crate::domain::limits;
use crate::domain::purge_rule::{How, PurgeOrder, What};
use crate::domain::retention::{ClosedKind, RetentionClass};
use crate::domain::secure_form::KeptSubmission;
use crate::domain::time::Timestamp;
use crate::service::holds::{Held, drawer_of};
use crate::service::{Ctx, Failure, webhooks};
use crate::store::{ClosedConversation, House, StoreError};

/// What closes at the same moment may come into the catalogue one after the other.
const SLACK: Duration = Duration::from_secs(120);

/// Something that class, site and time have chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub drawer: ConversationId,
    pub site: SiteId,
    pub at: Timestamp,
    submission: Option<KeptSubmission>,
}

/// What becomes of something that a rule would take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Goes,
    /// For as long as somebody holds it.
    Held(Arc<Hold>),
    /// Something of it is still to be mailed or delivered.
    Waits,
}

/// Everything that was closed, or filled in, by then; with `after`, at that moment or later.
pub(super) fn candidates<'a>(
    ctx: &Ctx<'a>,
    order: &'a PurgeOrder,
    after: Option<Timestamp>,
    until: Timestamp,
) -> Box<dyn Iterator<Item = Candidate> + 'a> {
    let what = &order.what;
    let is_of_site = move |site| what.site.is_none_or(|wanted| wanted == site);
    if what.class == RetentionClass::Submissions {
        let in_time = move |it: &KeptSubmission| it.at <= until && after.is_none_or(|after| it.at >= after);
        let all = ctx.store.submissions().into_iter().filter(move |it| in_time(it) && is_of_site(it.site));
        return Box::new(all.map(Candidate::of_submission));
    }
    let store = ctx.store;
    let groups = store.closed_groups().into_iter().map(|(group, _)| group);
    let groups = groups.filter(move |(site, kind)| is_of_site(*site) && takes_kind(order, *kind));
    let closed = groups.flat_map(move |group| store.closed_of(group, after).take_while(move |it| it.closed_at <= until));
    Box::new(closed.map(Candidate::of_closed))
}

const fn takes_kind(order: &PurgeOrder, kind: ClosedKind) -> bool {
    match kind {
        ClosedKind::Chat => matches!(order.what.class, RetentionClass::Transcripts),
        ClosedKind::Message => matches!(order.what.class, RetentionClass::Messages),
        // A shell is anonymous already, and goes where its chat would have gone.
        ClosedKind::Anonymised => {
            matches!((order.what.class, order.how), (RetentionClass::Transcripts, How::Erase))
        }
    }
}

impl Candidate {
    const fn of_closed(it: ClosedConversation) -> Self {
        Self { drawer: it.id, site: it.site, at: it.closed_at, submission: None }
    }

    fn of_submission(it: KeptSubmission) -> Self {
        Self { drawer: drawer_of(it.id), site: it.site, at: it.at, submission: Some(it) }
    }

    /// One that has been seen before, if it is still here.
    fn again(ctx: &Ctx, order: &PurgeOrder, drawer: ConversationId) -> Option<Self> {
        if order.what.class == RetentionClass::Submissions {
            return ctx.store.kept_submission(SubmissionId::from_bytes(*drawer.as_bytes())).map(Self::of_submission);
        }
        let closed = ctx.store.closed_conversation(drawer)?;
        let is_meant = takes_kind(order, closed.kind) && order.what.site.is_none_or(|site| site == closed.site);
        is_meant.then(|| Self::of_closed(closed))
    }
}

/// Whether the head has to be opened.
pub(super) const fn asks_head(what: &What) -> bool {
    what.department.is_some() || what.tag.is_some()
}

/// Holds department and tag against the head. What cannot be read is left, and does not keep the rest.
pub(super) fn fits_inside(ctx: &Ctx, what: &What, it: &Candidate) -> Result<bool, Failure> {
    if !asks_head(what) {
        return Ok(true);
    }
    let read = match &it.submission {
        Some(submission) => submission.of.map_or(Ok(None), |of| ctx.store.conversation(of)),
        None => ctx.store.conversation(it.drawer),
    };
    let head = match read {
        Err(StoreError::Damaged(_)) => {
            tracing::error!(drawer = %it.drawer, "a purge rule passes over a chat that cannot be read");
            return Ok(false);
        }
        read => read?,
    };
    Ok(match &it.submission {
        Some(submission) => fits_submission(what, submission, head.as_ref()),
        None => head.is_some_and(|head| fits(what, &head)),
    })
}

/// What keeps things from going, looked up once for a run.
pub(super) struct Keeping {
    house: Arc<House>,
    now: Timestamp,
    held: Held,
    delivering: BTreeSet<ConversationId>,
}

impl Keeping {
    pub(super) fn new(ctx: &Ctx) -> Result<Self, Failure> {
        let house = ctx.store.house();
        Ok(Self { now: ctx.now, held: Held::now(ctx.store)?, delivering: webhooks::held(&house, ctx.now), house })
    }

    pub(super) fn fate(&self, drawer: ConversationId, site: SiteId) -> Fate {
        if let Some(hold) = self.held.by(site, drawer) {
            return Fate::Held(Arc::clone(hold));
        }
        let is_mailing = self.house.mails.get(&drawer).is_some_and(|mail| self.now.since(mail.since) < limits::MAIL_HOLD);
        if is_mailing || self.delivering.contains(&drawer) { Fate::Waits } else { Fate::Goes }
    }
}

/// What rules that ask for a department or a tag have looked into already, so that they do not open every head each minute. In memory
/// only: after a start they look once more.
#[derive(Default)]
pub(in crate::service) struct Looked(Mutex<HashMap<OrderId, Seen>>);

#[derive(Default)]
pub(super) struct Seen {
    /// What the rule was about: one that was changed in the middle of a run looks at everything anew.
    what: Option<What>,
    /// Up to when everything was looked into.
    up_to: Option<Timestamp>,
    /// What fitted, and may still be here.
    fitting: BTreeSet<ConversationId>,
    /// What came later and stands before `up_to` all the same.
    late: BTreeSet<ConversationId>,
}

impl Looked {
    pub(super) fn take(&self, id: OrderId) -> Seen {
        self.0.lock().remove(&id).unwrap_or_default()
    }

    pub(super) fn put(&self, id: OrderId, seen: Seen) {
        self.0.lock().insert(id, seen);
    }

    pub(super) fn forget(&self, id: OrderId) {
        self.0.lock().remove(&id);
    }

    /// Shells bear the time of their chats, which may long have been looked into.
    pub(super) fn came_late(&self, shells: &[ConversationId]) {
        self.0.lock().values_mut().for_each(|seen| seen.late.extend(shells));
    }
}

impl Seen {
    /// What this rule takes of what there is by then, by looking at nothing twice.
    pub(super) fn look(self, ctx: &Ctx, order: &PurgeOrder, until: Timestamp) -> Result<(Self, Vec<Candidate>), Failure> {
        if !asks_head(&order.what) {
            return Ok((Self::default(), candidates(ctx, order, None, until).collect()));
        }
        let before = if self.what.as_ref() == Some(&order.what) { self } else { Self::default() };
        // A clock that was set back: what closes now may lie before what was looked into.
        let known = before.up_to.filter(|up_to| *up_to <= until);
        let again = |drawer: &ConversationId| Candidate::again(ctx, order, *drawer).filter(|it| it.at <= until);
        let mut found: Vec<_> = before.fitting.iter().filter_map(again).collect();
        let late = before.late.iter().filter_map(again);
        let new = late.chain(candidates(ctx, order, known.map(|known| known.minus(SLACK)), until));
        let mut fitting: BTreeSet<_> = found.iter().map(|it| it.drawer).collect();
        for it in new {
            if !fitting.contains(&it.drawer) && fits_inside(ctx, &order.what, &it)? {
                fitting.insert(it.drawer);
                found.push(it);
            }
        }
        let now = Self { what: Some(order.what.clone()), up_to: Some(until), fitting, late: BTreeSet::new() };
        Ok((now, found))
    }
}
