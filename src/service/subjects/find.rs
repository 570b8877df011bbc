//! Finding everything that is kept about somebody, and who has read it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::trail::Whom;
use super::{Receipt, code_of, hash_of, hashes_of};
use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditEntry};
use crate::domain::conversation::Conversation;
use crate::domain::event::Seq;
use crate::domain::form::Consent;
use crate::domain::id::{ConversationId, SiteId, SubmissionId};
use crate::domain::limits;
use crate::domain::secure_form::Submission;
use crate::domain::subject::{Mark, SubjectHash, SubjectKey, marks_of, marks_of_submission};
use crate::domain::time::Timestamp;
use crate::service::holds::{self, Held};
use crate::service::{Ctx, Failure, retention};
use crate::store::House;

/// Whom somebody asks for.
#[derive(Debug, Clone)]
pub struct Question {
    pub mark: Mark,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What bears the mark itself.
    Mark,
    /// Also chats from the same browsers, and of the same proven account on a website.
    Linked,
}

impl Question {
    /// What an administrator typed.
    ///
    /// # Errors
    /// `Invalid` for what is neither an address nor a number nor a code.
    pub fn read(typed: &str, reach: Reach) -> Result<Self, Failure> {
        let message = "Write an e-mail address, a telephone number or a visitor’s code, such as ABCD-EFGH-IJKL-MNOP.";
        let mark = Mark::read(typed).ok_or_else(|| Failure::Invalid { field: "mark", message: message.to_owned() })?;
        Ok(Self { mark, reach })
    }
}

/// All that there is about somebody.
pub struct Found {
    /// Under what they are in the audit log and in holds.
    pub subject: SubjectHash,
    /// The newest first.
    pub chats: Vec<Chat>,
    pub submissions: Vec<Filled>,
    /// How many more chats came from the same browsers or accounts, and are not among these.
    pub linked: usize,
    /// What was erased of theirs the last time.
    pub receipt: Option<Receipt>,
}

pub struct Chat {
    pub head: Conversation,
    pub events: Seq,
    /// When it goes by itself, once it is closed and nothing keeps it.
    pub goes_at: Option<Timestamp>,
    /// Why nobody may erase it.
    pub held: Option<String>,
}

/// What somebody filled in in a secure form.
pub struct Filled {
    pub submission: Submission,
    pub held: Option<String>,
}

/// Something agreed to, as it is known today.
pub struct Agreement<'a> {
    pub version: u32,
    pub at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    /// The words, where the site still remembers them.
    pub text: Option<&'a str>,
}

impl Chat {
    /// What its visitor agreed to, and whether they took it back.
    #[must_use]
    pub fn agreement<'a>(&self, house: &'a House) -> Option<Agreement<'a>> {
        let given = self.head.visitor.consent?;
        let site = house.sites.get(&self.head.site);
        let texts = site.iter().flat_map(|site| site.consent.iter().chain(&site.former_consents));
        let text = texts.filter(|it: &&Consent| it.version == given.version).map(|it| it.text.as_str()).next();
        Some(Agreement { version: given.version, at: given.at, withdrawn_at: self.head.about.consent_withdrawn_at, text })
    }
}

impl Found {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.chats.is_empty() && self.submissions.is_empty()
    }

    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.chats.len() + self.submissions.len()).unwrap_or(u32::MAX)
    }
}

/// What is kept about somebody, for an administrator. That somebody was looked for is in the audit log before anything is shown.
///
/// # Errors
/// `Denied` to those who do not manage privacy; `Conflict` where so much is found that it is nobody's alone.
pub fn find(ctx: &Ctx, question: &Question) -> Result<Found, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let found = look(ctx, question)?;
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::SubjectLooked { subject: found.subject, found: found.count() });
    ctx.store.commit(batch).wait()?;
    Ok(found)
}

pub(super) fn look(ctx: &Ctx, question: &Question) -> Result<Found, Failure> {
    let Question { mark, reach } = question;
    let subject = hash_of(ctx.store, mark);
    let mut gathered = Gathered::default();
    gathered.take_marked(ctx, mark)?;
    let links = gathered.links(ctx);
    let mut linked = Gathered { heads: gathered.heads.clone(), ..Gathered::default() };
    for link in links.iter().filter(|link| *link != mark) {
        linked.take_marked(ctx, link)?;
    }
    let more = linked.heads.len() - gathered.heads.len();
    let is_wide = *reach == Reach::Linked;
    if is_wide {
        gathered.heads = linked.heads;
    }
    gathered.take_submissions_of_chats(ctx)?;
    let (house, held) = (ctx.store.house(), Held::by_law(ctx.store)?);
    let mut chats: Vec<_> = gathered.heads.into_values().map(|head| chat(ctx, &house, &held, head)).collect();
    chats.sort_by_key(|chat| std::cmp::Reverse((chat.head.started_at, chat.head.id)));
    let submissions = gathered.submissions.into_values().map(|submission| {
        let held = reason(&held, submission.site, holds::drawer_of(submission.id));
        Filled { submission, held }
    });
    Ok(Found {
        subject,
        chats,
        submissions: submissions.collect(),
        linked: if is_wide { 0 } else { more },
        receipt: ctx.memory.trail.receipt(ctx, subject)?,
    })
}

#[derive(Default)]
struct Gathered {
    heads: BTreeMap<ConversationId, Conversation>,
    submissions: BTreeMap<SubmissionId, Submission>,
}

impl Gathered {
    /// What bears the mark. The index only says where to look: what was said otherwise since does not count.
    fn take_marked(&mut self, ctx: &Ctx, mark: &Mark) -> Result<(), Failure> {
        for drawer in ctx.store.drawers_of_subject(hash_of(ctx.store, mark))? {
            if let Some(head) = ctx.store.conversation(drawer)? {
                if marks_of(&head, &code_of(ctx.store, &head.token_index)).contains(mark) {
                    self.heads.insert(drawer, head);
                }
            } else if let Some(submission) = ctx.store.submission(SubmissionId::from_bytes(*drawer.as_bytes()))?
                && marks_of_submission(&submission).contains(mark)
            {
                self.submissions.insert(submission.id, submission);
            }
            if self.heads.len() + self.submissions.len() > limits::SUBJECT_DRAWERS {
                let most = limits::SUBJECT_DRAWERS;
                return Err(Failure::Conflict(format!(
                    "More than {most} chats bear this mark, so it is hardly one person’s. Erase by site, or with a purge rule."
                )));
            }
        }
        Ok(())
    }

    /// What leads to other chats of the same person.
    fn links(&self, ctx: &Ctx) -> BTreeSet<Mark> {
        let marks = self.heads.values().flat_map(|head| marks_of(head, &code_of(ctx.store, &head.token_index)));
        marks.filter(|mark| matches!(mark.key(), SubjectKey::Code | SubjectKey::Account)).collect()
    }

    /// What was filled in in these chats is about the same person, whatever it says.
    fn take_submissions_of_chats(&mut self, ctx: &Ctx) -> Result<(), Failure> {
        if self.heads.is_empty() {
            return Ok(());
        }
        for kept in ctx.store.submissions() {
            if kept.of.is_some_and(|of| self.heads.contains_key(&of))
                && let Some(submission) = ctx.store.submission(kept.id)?
            {
                self.submissions.insert(kept.id, submission);
            }
        }
        Ok(())
    }
}

fn chat(ctx: &Ctx, house: &House, held: &Held, head: Conversation) -> Chat {
    let held = reason(held, head.site, head.id);
    let is_kept = held.is_some() || head.about.is_restricted;
    let goes_at = head.closed_at().filter(|_| !is_kept).map(|at| retention::clock_of(house, &head).due_at(at));
    Chat { events: ctx.store.last_event(head.id), goes_at, held, head }
}

fn reason(held: &Held, site: SiteId, drawer: ConversationId) -> Option<String> {
    held.by(site, drawer).map(|hold| hold.reason.as_str().to_owned())
}

/// Who has read about this person, or taken something about them out of the house: rows of the audit log, the newest first. Those who
/// searched or read lists are not among them, since such a row says how many were shown and not whom.
///
/// # Errors
/// `Denied` to those who may not read the log.
pub fn readers(ctx: &Ctx, found: &Found) -> Result<Vec<AuditEntry>, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    let mut ids = HashSet::from([found.subject]);
    for chat in &found.chats {
        ids.insert(*chat.head.id.as_bytes());
        // Whoever was looked for by another mark was looked for all the same.
        ids.extend(hashes_of(ctx.store, &chat.head));
    }
    for it in &found.submissions {
        ids.insert(*it.submission.id.as_bytes());
        ids.extend(marks_of_submission(&it.submission).iter().map(|mark| hash_of(ctx.store, mark)));
    }
    let began = found.chats.iter().map(|chat| chat.head.started_at).chain(found.submissions.iter().map(|it| it.submission.at));
    let since = began.min().unwrap_or(ctx.now);
    ctx.memory.trail.readings(ctx, &Whom { ids, since })
}
