//! The breach kit (GDPR, articles 33 and 34): who saw what, when and from where in a span of time, out of the audit log; what left the
//! appliance, who was refused, and what was changed meanwhile. It says what is on record and nothing more.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::Duration;

use crate::domain::access::Action;
use crate::domain::audit::{AuditAction, AuditActor, AuditEntry, Outcome};
use crate::domain::id::{ConversationId, OperatorId};
use crate::domain::limits;
use crate::domain::time::Timestamp;
use crate::service::audit_log::{self, About, Kind};
use crate::service::fields::Fields;
use crate::service::paper::{self, Paper, Section};
use crate::service::{Ctx, Failure};
use crate::store::House;

/// By how much the clock may have been set back without a row being passed over.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);
const COLUMNS: [&str; 7] = ["When", "Who", "What", "Id", "From", "Result", "Row"];

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub since: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// One member of staff alone.
    pub who: Option<OperatorId>,
}

/// Looks through the log.
///
/// # Errors
/// `Denied` to those who may not read the log; `Invalid` for a span that is none.
pub fn paper(ctx: &Ctx, question: &Question) -> Result<Paper, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    if question.since >= question.until {
        let mut fields = Fields::default();
        fields.refuse("until", "The end is not behind the beginning. Choose a later one.");
        return Err(fields.failure());
    }
    audit_log::note_reading(ctx)?;
    let house = ctx.store.house();
    let mut found = Found::new();
    let is_whole = found.gather(ctx, &house, question)?;
    let mut paper = Paper::new(ctx, "breach", "Breach kit");
    paper.lead = lead(&house, question, is_whole);
    paper.sections = found.sections(&house);
    Ok(paper)
}

/// The same as a file, which is on record as an export.
///
/// # Errors
/// As `paper`; `ProofNeeded`.
pub fn signed(ctx: &Ctx, question: &Question) -> Result<paper::Document, Failure> {
    ctx.authorize(Action::ReadAudit)?;
    ctx.require_proof()?;
    let paper = paper(ctx, question)?;
    let rows = paper.sections.iter().map(|section| section.rows.len()).sum::<usize>();
    let mut batch = ctx.store.batch();
    ctx.audit(&mut batch, AuditAction::AuditExported { rows: u32::try_from(rows).unwrap_or(u32::MAX) });
    ctx.store.commit(batch).wait()?;
    paper::sign(ctx, paper)
}

fn lead(house: &House, question: &Question, is_whole: bool) -> Vec<String> {
    let who = match question.who {
        None => "Everybody".to_owned(),
        Some(id) => house.operators.get(&id).map_or_else(|| id.to_string(), |it| it.name.as_str().to_owned()),
    };
    let mut lead = vec![
        format!("{who}, from {} until {}.", question.since, question.until),
        "Made of the audit log, which says who did what and never what was written. What somebody copied, photographed or remembered is in no log, \
         and rows whose time is over are gone from it."
            .to_owned(),
        "An authority wants to hear of a breach within 72 hours after you became aware of it (article 33). For that you add: what happened, what is \
         likely to follow from it, and what you do about it."
            .to_owned(),
    ];
    if !is_whole {
        lead.push(format!(
            "There is more than the {} rows of a table that fit here. Ask about a shorter span.",
            limits::BREACH_ROWS
        ));
    }
    lead
}

/// The rows by what they are to a breach.
struct Found {
    seen: Section,
    left: Section,
    refused: Section,
    changed: Section,
    /// How much of each, and how many different chats: by person.
    by_person: BTreeMap<String, [u64; 4]>,
    chats: BTreeSet<ConversationId>,
}

impl Found {
    fn new() -> Self {
        let table = |id, title, about| Section::table(id, title, about, &COLUMNS).or("Nothing on record.");
        Self {
            seen: table(
                "seen",
                "Who saw what",
                "First looks of a session at a chat, printed chats, searches, lists of leads, revealed answers.",
            ),
            left: table("left", "What left the appliance", "Exports, mail, files of chats that staff were given, and backups."),
            refused: table("refused", "What was refused", "Sign-ins and anything else that somebody wanted and did not get."),
            changed: table("changed", "What was changed meanwhile", "People, access, keys and the machine."),
            by_person: BTreeMap::new(),
            chats: BTreeSet::new(),
        }
    }

    /// Whether all of it fitted.
    fn gather(&mut self, ctx: &Ctx, house: &House, question: &Question) -> Result<bool, Failure> {
        let newest = ctx.store.audit_row_before(question.until.plus(SLACK))?.map_or(0, |number| number + 1);
        let (mut is_whole, mut looked) = (true, 0_usize);
        ctx.store.audit_down(Some(newest), |row| {
            if row.at.plus(SLACK) < question.since {
                return ControlFlow::Break(());
            }
            looked += 1;
            if looked > limits::BREACH_LOOKED_AT {
                is_whole = false;
                return ControlFlow::Break(());
            }
            let is_theirs = question.who.is_none_or(|id| row.actor == AuditActor::Staff(id) || is_about(&row, id));
            if (question.since..question.until).contains(&row.at) && is_theirs {
                is_whole &= self.take(house, &row);
            }
            ControlFlow::Continue(())
        })?;
        Ok(is_whole)
    }

    /// Whether there was room for it.
    fn take(&mut self, house: &House, row: &AuditEntry) -> bool {
        let told = audit_log::told(&row.action);
        let (place, section) = match (row.outcome, told.kind) {
            (Outcome::Refused, _) => (2, &mut self.refused),
            (_, _) if is_refusal(&row.action) => (2, &mut self.refused),
            (_, Kind::Reading) => (0, &mut self.seen),
            (_, Kind::Leaving) if matches!(row.action, AuditAction::ChatsSearched { .. }) => (0, &mut self.seen),
            (_, Kind::Leaving) | (_, Kind::Backups) => (1, &mut self.left),
            (_, Kind::People | Kind::Access | Kind::Keys | Kind::System) => (3, &mut self.changed),
            _ => return true,
        };
        let who = audit_log::who(house, &row.actor).to_owned();
        self.by_person.entry(who.clone()).or_default()[place] += u64::from(row.times);
        // Whoever was given a file of a chat has seen of it too; what goes by mail or to a receiver was seen by nobody here.
        let is_seen = place == 0 || matches!(row.action, AuditAction::FileTaken(..) | AuditAction::TranscriptExported(_));
        if is_seen && let About::Conversation(id) = told.about {
            self.chats.insert(id);
        }
        if section.rows.len() >= limits::BREACH_ROWS {
            return false;
        }
        let mut what = told.what.to_owned();
        for more in [told.about.name(house).map(ToOwned::to_owned), audit_log::details(&row.action)].into_iter().flatten() {
            what.push_str(", ");
            what.push_str(&more);
        }
        section.row([
            row.at.to_string(),
            who,
            what,
            told.about.id().map(|_| told.about.to_string()).unwrap_or_default(),
            row.from.map_or_else(|| "this machine".to_owned(), |from| from.to_string()),
            result(row),
            row.number.to_string(),
        ]);
        true
    }

    fn sections(self, house: &House) -> Vec<Section> {
        let columns = ["Who", "Looks", "Left", "Refused", "Changes"];
        let chats =
            if self.chats.len() == 1 { "1 chat was".to_owned() } else { format!("{} different chats were", self.chats.len()) };
        let about = format!("{chats} looked at by id. The numbers beside a name count what the tables below list.");
        let mut people = Section::table("people", "Who", &about, &columns).or("Nothing on record.");
        for (who, counts) in self.by_person {
            people.row(std::iter::once(who).chain(counts.map(|count| count.to_string())));
        }
        let mut kept = Section::facts("kept", "What could be lost at most", "What was kept when this paper was made.");
        let mut roles = BTreeMap::<&str, usize>::new();
        for person in house.operators.values().filter(|it| it.is_active()) {
            *roles.entry(person.role.tag()).or_default() += 1;
        }
        let roles: Vec<_> = roles.into_iter().map(|(role, count)| format!("{count} {role}")).collect();
        kept.fact("Sites", house.sites.len().to_string());
        kept.fact("Accounts that are active", roles.join(", "));
        kept.fact("Rows of the log are kept for", format!("{} days", house.audit_days.get()));
        vec![people, self.seen, self.left, self.refused, self.changed, kept]
    }
}

fn result(row: &AuditEntry) -> String {
    match (row.outcome, row.times) {
        (Outcome::Done, _) => "done".to_owned(),
        (Outcome::Refused, 1) => "refused".to_owned(),
        (Outcome::Refused, times) => format!("refused, {times} times"),
    }
}

/// Whether a row is about somebody, whoever did it.
fn is_about(row: &AuditEntry, id: OperatorId) -> bool {
    audit_log::told(&row.action).about.id() == Some(*id.as_bytes())
}

/// What is a refusal by what it is called.
const fn is_refusal(action: &AuditAction) -> bool {
    matches!(
        action,
        AuditAction::SignInRefused
            | AuditAction::SetUpRefused
            | AuditAction::SignInThrottled
            | AuditAction::ProofRefused
            | AuditAction::NotAllowlisted
            | AuditAction::AccessDenied(_)
            | AuditAction::Forged
            | AuditAction::SsoRefused(_)
            | AuditAction::AddressRefused(_)
    )
}
