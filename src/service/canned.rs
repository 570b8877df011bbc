//! Canned responses: everybody keeps their own, and those who may keep the ones that all share.

use std::sync::Arc;

use super::fields::Fields;
use super::{Ctx, Failure, conversations, redaction, sites};
use crate::domain::access::{Action, Actor};
use crate::domain::audit::AuditAction;
use crate::domain::canned::{self, CannedResponse, Variable};
use crate::domain::id::{CannedId, ConversationId, OperatorId, SiteId};
use crate::domain::language::Language;
use crate::domain::limits;
use crate::domain::permission::Permission;
use crate::domain::text::{EmailAddress, MessageText, Name};

/// A response as a form holds it: as typed, so that a form that failed shows it again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CannedForm {
    pub shortcut: String,
    pub title: String,
    pub text: String,
    pub is_shared: bool,
    /// Empty: every site.
    pub site: String,
    /// Empty: any language.
    pub language: String,
}

impl CannedForm {
    #[must_use]
    pub fn of(canned: &CannedResponse) -> Self {
        Self {
            shortcut: canned.shortcut.as_str().to_owned(),
            title: canned.title.as_str().to_owned(),
            text: canned.text.as_str().to_owned(),
            is_shared: canned.owner.is_none(),
            site: canned.site.map(|site| site.to_string()).unwrap_or_default(),
            language: canned.language.map(|language| language.tag().to_owned()).unwrap_or_default(),
        }
    }
}

/// A response with what its reader may do with it.
#[derive(Debug, Clone)]
pub struct ListedCanned {
    pub canned: Arc<CannedResponse>,
    pub may_change: bool,
}

/// The actor's own, and those that are shared with them, by shortcut.
///
/// # Errors
/// `Denied` for anyone but staff.
pub fn list(ctx: &Ctx) -> Result<Vec<ListedCanned>, Failure> {
    let me = me(ctx)?;
    let house = ctx.store.house();
    let seen = house.canned.values().filter(|canned| may_see(ctx, me, canned)).cloned();
    let mut list: Vec<_> =
        seen.map(|canned| ListedCanned { may_change: may_change(ctx, me, canned.owner, canned.site), canned }).collect();
    list.sort_by_cached_key(|listed| (listed.canned.shortcut.as_str().to_lowercase(), listed.canned.id));
    Ok(list)
}

/// One that the actor may change.
///
/// # Errors
/// `NotFound` for any other.
pub fn get(ctx: &Ctx, id: CannedId) -> Result<Arc<CannedResponse>, Failure> {
    let me = me(ctx).map_err(|_| Failure::NotFound)?;
    let found = ctx.store.house().canned.get(&id).cloned();
    found.filter(|canned| may_change(ctx, me, canned.owner, canned.site)).ok_or(Failure::NotFound)
}

/// Whether the actor may share responses with anybody.
#[must_use]
pub fn may_share(ctx: &Ctx) -> bool {
    sites::served(ctx).iter().any(|site| ctx.authorize(Action::Use(Permission::ManageSharedCanned, site.id)).is_ok())
}

/// # Errors
/// `InvalidFields` for all that cannot be taken.
pub fn create(ctx: &Ctx, form: &CannedForm) -> Result<CannedId, Failure> {
    let id = CannedId::from_bytes(ctx.random_bytes());
    let _changing = ctx.memory.changing();
    save(ctx, id, form, None)?;
    Ok(id)
}

/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change(ctx: &Ctx, id: CannedId, form: &CannedForm) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, id)?;
    save(ctx, id, form, Some(&before))
}

/// # Errors
/// `NotFound` for what the actor may not change.
pub fn delete(ctx: &Ctx, id: CannedId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    get(ctx, id)?;
    let mut batch = ctx.store.batch();
    batch.delete_canned(id);
    ctx.audit(&mut batch, AuditAction::CannedDeleted(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

fn save(ctx: &Ctx, id: CannedId, form: &CannedForm, before: Option<&CannedResponse>) -> Result<(), Failure> {
    let me = me(ctx)?;
    let mut fields = Fields::default();
    let shortcut = fields.take("shortcut", canned::shortcut(&form.shortcut));
    let title = fields.take("title", Name::parse(&form.title));
    let text = fields.take("text", MessageText::parse(&form.text));
    for (field, typed) in [("title", &form.title), ("text", &form.text)] {
        fields.object(field, redaction::objection(ctx, form.site.parse().ok(), typed));
    }
    let owner = (!form.is_shared).then_some(me);
    let site = match form.site.as_str() {
        "" => Some(None),
        site => site.parse().ok().filter(|site| sites::served(ctx).iter().any(|it| it.id == *site)).map(Some),
    };
    match site {
        None => fields.refuse("site", "Choose one of your sites, or all."),
        Some(site) if !may_change(ctx, me, owner, site) => {
            fields.refuse(if form.site.is_empty() { "site" } else { "is_shared" }, "You may not share responses there.");
        }
        Some(_) => {}
    }
    let language = match form.language.as_str() {
        "" => Some(None),
        tag => fields.take("language", Language::of_tag(tag).map(Some).ok_or("Choose one of the languages, or any.")),
    };
    let (Some(shortcut), Some(title), Some(text), Some(site), Some(language)) = (shortcut, title, text, site, language) else {
        return Err(fields.failure());
    };
    let canned = CannedResponse {
        id,
        owner,
        site,
        shortcut,
        title,
        text,
        language,
        created_at: before.map_or(ctx.now, |before| before.created_at),
    };
    let house = ctx.store.house();
    let others = || house.canned.values().filter(|it| it.id != id);
    let is_like = |it: &CannedResponse| {
        (it.owner, it.site, it.language) == (owner, site, language)
            && it.shortcut.as_str().to_lowercase() == canned.shortcut.as_str().to_lowercase()
    };
    if others().any(|it| is_like(it)) {
        fields.refuse("shortcut", "There is such a response already. Choose another shortcut.");
    }
    fields.check()?;
    let of_owner = others().filter(|it| it.owner == owner).count();
    if of_owner >= limits::CANNED_PER_OWNER || others().count() >= limits::CANNED_RESPONSES {
        return Err(Failure::Conflict("There are too many responses. Delete some that nobody needs any more.".to_owned()));
    }
    if before == Some(&canned) {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_canned(&canned);
    ctx.audit(&mut batch, AuditAction::CannedSaved(id));
    ctx.store.commit(batch).wait()?;
    Ok(())
}

/// A response for one chat, with what is known of it filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub shortcut: String,
    pub title: String,
    pub text: String,
    pub is_shared: bool,
}

/// What may be sent in this chat: for its site, and in the visitor's language or any; one's own first.
///
/// # Errors
/// `NotFound` for a chat that is not the actor's to serve.
pub fn for_conversation(ctx: &Ctx, id: ConversationId) -> Result<Vec<Filled>, Failure> {
    let head = conversations::view(ctx, id, 0, 0)?.conversation;
    let house = ctx.store.house();
    let name = |name: &Name| name.as_str().to_owned();
    let operator = me(ctx).ok().and_then(|me| house.operators.get(&me).cloned());
    let known = |variable| match variable {
        Variable::VisitorName => head.visitor.name.as_ref().map(name),
        Variable::Email => head.visitor.email.as_ref().map(EmailAddress::as_str).map(str::to_owned),
        Variable::OperatorName => operator.as_ref().map(|it| name(&it.name)),
        Variable::Site => house.sites.get(&head.site).map(|it| name(&it.name)),
        Variable::Department => head.about.department.and_then(|it| house.departments.get(&it)).map(|it| name(&it.name)),
    };
    let mut list = list(ctx)?;
    list.retain(|ListedCanned { canned, .. }| {
        canned.site.is_none_or(|site| site == head.site) && canned.language.is_none_or(|language| language == head.about.language)
    });
    list.sort_by_key(|listed| listed.canned.owner.is_none());
    let filled = |ListedCanned { canned, .. }: ListedCanned| Filled {
        shortcut: canned.shortcut.as_str().to_owned(),
        title: canned.title.as_str().to_owned(),
        text: canned::fill(canned.text.as_str(), known),
        is_shared: canned.owner.is_none(),
    };
    Ok(list.into_iter().map(filled).collect())
}

fn me(ctx: &Ctx) -> Result<OperatorId, Failure> {
    ctx.authorize(Action::UseConsole)?;
    match ctx.actor {
        Actor::Staff { id, .. } => Ok(*id),
        _ => Err(Failure::NotFound),
    }
}

fn may_see(ctx: &Ctx, me: OperatorId, canned: &CannedResponse) -> bool {
    match canned.owner {
        Some(owner) => owner == me,
        None => canned.site.is_none_or(|site| ctx.authorize(Action::ServeSite(site)).is_ok()),
    }
}

fn may_change(ctx: &Ctx, me: OperatorId, owner: Option<OperatorId>, site: Option<SiteId>) -> bool {
    match (owner, site) {
        (Some(owner), _) => owner == me,
        (None, Some(site)) => ctx.authorize(Action::Use(Permission::ManageSharedCanned, site)).is_ok(),
        (None, None) => ctx.authorize(Action::UseEverywhere(Permission::ManageSharedCanned)).is_ok(),
    }
}

#[cfg(test)]
#[path = "tests/canned.rs"]
mod tests;
