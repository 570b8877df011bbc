//! What somebody with a link does: opens the form, and sends it, once.

use std::sync::Arc;

use super::{Ctx, Failure, links};
use crate::domain::audit::AuditAction;
use crate::domain::event::{Author, EventKind, FormAsk};
use crate::domain::filled::Given;
use crate::domain::id::{SubmissionId, base32};
use crate::domain::language::Language;
use crate::domain::secure_form::{FormRequest, KeptSubmission, SecureForm, Submission};
use crate::domain::site::Site;
use crate::domain::throttle::Limit;
use crate::service::conversations::entries::add;
use crate::service::{purge_rules, throttle, webhooks};
use crate::store::Store;

/// What a link leads to.
pub struct Opened {
    pub form: Arc<SecureForm>,
    pub site: Arc<Site>,
    pub standing: Standing,
    /// In what language the visitor of the chat is spoken to.
    pub language: Option<Language>,
    request: Arc<FormRequest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can be filled in.
    Open,
    /// It was.
    Sent,
    Expired,
    /// The form was archived or is for another site by now, or the chat it was for is gone.
    Gone,
}

/// # Errors
/// `NotFound` for what is no link, or none any more; `TooMany` for too many of the kind.
pub fn open(ctx: &Ctx, link: &str) -> Result<Opened, Failure> {
    let Some(id) = links::request_of(ctx.store, link) else {
        // Who comes without any has not tried one.
        if !link.is_empty() {
            throttle::take_from(ctx, Limit::Links)?;
        }
        return Err(Failure::NotFound);
    };
    let house = ctx.store.house();
    let request = house.requests.get(&id).cloned().ok_or(Failure::NotFound)?;
    let form = house.forms.get(&request.form).cloned().ok_or(Failure::NotFound)?;
    let site = house.sites.get(&request.site).cloned().ok_or(Failure::NotFound)?;
    let head = match request.conversation {
        Some(id) => ctx.store.conversation(id)?,
        None => None,
    };
    // What is destroyed at the close of a chat is not begun after it.
    let closed = head.as_ref().filter(|head| head.closed_at().is_some());
    let is_too_late = closed.is_some_and(|head| form.purge_at_close || purge_rules::forms_go_at_close(ctx, head));
    let is_gone = !form.is_for(site.id) || (request.conversation.is_some() && head.is_none()) || is_too_late;
    let standing = match &request {
        it if it.used_at.is_some() => Standing::Sent,
        _ if is_gone => Standing::Gone,
        it if it.expires_at <= ctx.now => Standing::Expired,
        _ => Standing::Open,
    };
    Ok(Opened { form, site, standing, language: head.map(|head| head.about.language), request })
}

impl Opened {
    /// A mark of what the form asks in this language and what is agreed to in it. It goes out with the page and comes back with the
    /// answers, so that none is taken for the answer to a question that was never read.
    #[must_use]
    pub fn asks(&self, store: &Store, language: Language) -> String {
        let hash = store.keyed_hash("what a secure form asks", self.form.asked_in(language).as_bytes());
        base32(&hash[..MARK])
    }
}

/// Bytes of that mark.
const MARK: usize = 10;

/// Whether this was a link of ours once, wherever it leads by now.
#[must_use]
pub fn was_ours(store: &Store, link: &str) -> bool {
    links::request_of(store, link).is_some()
}

/// Takes what was filled in. From here on the link opens nothing. Who sends the same twice is told that it has arrived.
///
/// # Errors
/// `InvalidAnswers` for all that cannot be taken; `NotFound` for what is no link; `Conflict` when it leads nowhere any more, when something
/// else was sent with it before, and when the form asks something else by now.
pub fn submit(ctx: &Ctx, link: &str, given: &Given, language: Language) -> Result<(), Failure> {
    // Two that come at once with the same link: the second finds it used.
    let _changing = ctx.memory.changing();
    let opened = open(ctx, link)?;
    match opened.standing {
        Standing::Open => {}
        Standing::Sent if has_arrived(ctx, &opened, given)? => return Ok(()),
        Standing::Sent => return Err(Failure::Conflict("Something else was sent with this link before.".to_owned())),
        Standing::Expired | Standing::Gone => return Err(Failure::Conflict("This link leads nowhere any more.".to_owned())),
    }
    if given.get(SecureForm::ASKED).is_some_and(|asked| *asked != opened.asks(ctx.store, language)) {
        return Err(Failure::Conflict("This form asks something else by now.".to_owned()));
    }
    let answers = opened.form.read(given, ctx.now).map_err(Failure::InvalidAnswers)?;
    let Opened { form, request, .. } = opened;
    let submission = Submission {
        id: SubmissionId::from_bytes(ctx.random_bytes()),
        site: request.site,
        form: form.id,
        form_name: form.name.clone(),
        conversation: request.conversation,
        at: ctx.now,
        language,
        consent: form.said_in(language).consent,
        answers,
        viewed_at: None,
    };
    let mut batch = ctx.store.batch();
    batch.start_submission(&submission);
    purge_rules::filled_in(ctx, &mut batch, &submission);
    webhooks::note_submission(ctx, &mut batch, (request.site, form.id), submission.id, request.conversation);
    let asked = FormAsk { request: request.id, name: form.name.clone() };
    let conversation = request.conversation;
    batch.put_request(&FormRequest { used_at: Some(ctx.now), ..FormRequest::clone(&request) });
    ctx.audit(&mut batch, AuditAction::FormSubmitted(form.id, submission.id));
    let open = conversation.and_then(|id| ctx.store.open_conversation(id));
    // Held until the commit, so that events reach the disk in their order.
    let mut open = open.as_ref().map(|open| open.lock());
    if let Some(open) = open.as_mut().filter(|open| open.head.closed_at().is_none()) {
        add(ctx, &mut batch, open, Author::Visitor, EventKind::FormSent(asked), None);
    }
    let commit = ctx.store.commit(batch);
    drop(open);
    commit.wait()?;
    Ok(())
}

/// Whether these are the answers that were sent with this link. Once they are destroyed nobody can tell.
fn has_arrived(ctx: &Ctx, opened: &Opened, given: &Given) -> Result<bool, Failure> {
    let Opened { request, form, .. } = opened;
    let Ok(answers) = form.read(given, ctx.now) else { return Ok(false) };
    let is_of_it = |it: &KeptSubmission| {
        Some(it.at) == request.used_at && (it.form, it.site, it.of) == (form.id, request.site, request.conversation)
    };
    for it in ctx.store.submissions().into_iter().filter(is_of_it) {
        if ctx.store.submission(it.id)?.is_some_and(|it| it.answers == answers) {
            return Ok(true);
        }
    }
    Ok(false)
}
