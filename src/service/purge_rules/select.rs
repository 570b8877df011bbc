//! What a rule takes, and what it has to leave. Class, site and time stand in the catalogue, so only of what these have chosen is the
//! head opened, and only for a rule that asks for a department or a tag.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::happened::{fits, fits_submission};
use crate::domain::hold::Hold;
use crate::domain::id::{ConversationId, OrderId, SiteId};
use crate::domain::limits;
use crate::domain::purge_rule::{How, PurgeOrder, What};
use crate::domain::retention::{ClosedKind, RetentionClass};
use crate::domain::secure_form::KeptSubmission;
use crate::domain::time::Timestamp;
use crate::service::holds::{Held, drawer_of};
use crate::service::{Ctx, Failure, webhooks};
use crate::store::{House, StoreError};

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

/// Everything that was closed, or filled in, by then.
pub(super) fn candidates<'a>(ctx: &Ctx, order: &'a PurgeOrder, until: Timestamp) -> Box<dyn Iterator<Item = Candidate> + 'a> {
    let what = &order.what;
    if what.class == RetentionClass::Submissions {
        let all = ctx.store.submissions().into_iter().filter(move |it| it.at <= until);
        return Box::new(all.filter(|it| what.site.is_none_or(|site| site == it.site)).map(|it| Candidate {
            drawer: drawer_of(it.id),
            site: it.site,
            at: it.at,
            submission: Some(it),
        }));
    }
    let is_meant = move |kind| match kind {
        ClosedKind::Chat => what.class == RetentionClass::Transcripts,
        ClosedKind::Message => what.class == RetentionClass::Messages,
        // A shell is anonymous already, and goes where its chat would have gone.
        ClosedKind::Anonymised => what.class == RetentionClass::Transcripts && order.how == How::Erase,
    };
    let closed = ctx.store.closed().take_while(move |it| it.closed_at <= until);
    let closed = closed.filter(move |it| is_meant(it.kind) && what.site.is_none_or(|site| site == it.site));
    Box::new(closed.map(|it| Candidate { drawer: it.id, site: it.site, at: it.closed_at, submission: None }))
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
    /// Up to when everything was looked into.
    pub up_to: Option<Timestamp>,
    /// What fitted, and may still be here.
    pub fitting: BTreeSet<ConversationId>,
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
}

impl Seen {
    /// What this rule takes of what there is by then, by looking at nothing twice.
    pub(super) fn look(&mut self, ctx: &Ctx, order: &PurgeOrder, until: Timestamp) -> Result<Vec<Candidate>, Failure> {
        if !asks_head(&order.what) {
            return Ok(candidates(ctx, order, until).collect());
        }
        // A clock that was set back: what closes now may lie before what was looked into.
        let known = self.up_to.filter(|up_to| *up_to <= until).map(|up_to| up_to.minus(SLACK));
        let (mut found, mut fitting) = (Vec::new(), BTreeSet::new());
        for it in candidates(ctx, order, until) {
            let was_seen = known.is_some_and(|known| it.at <= known);
            let fits = self.fitting.contains(&it.drawer) || (!was_seen && fits_inside(ctx, &order.what, &it)?);
            if fits {
                fitting.insert(it.drawer);
                found.push(it);
            }
        }
        *self = Self { up_to: Some(until), fitting };
        Ok(found)
    }
}
