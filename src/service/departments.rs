//! Departments: the queues of a site with people, hours and rules of their own.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fields::Fields;
use super::sites::{self, HoursForm, QueueForm};
use super::{Ctx, Failure};
use crate::domain::access::{Action, Denied};
use crate::domain::audit::AuditAction;
use crate::domain::department::{Department, Members};
use crate::domain::id::{DepartmentId, OperatorId, SiteId};
use crate::domain::limits;
use crate::domain::news::News;
use crate::domain::operator::{Operator, Standing};
use crate::domain::site::Site;
use crate::domain::text::Name;
use crate::store::Batch;

/// A department as its form holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DepartmentForm {
    pub name: String,
    /// Everybody who serves the site answers for it.
    pub all_of_site: bool,
    /// Otherwise these.
    pub members: Vec<String>,
    /// It has rules of its own, which are these; otherwise those of its site hold.
    pub has_own_rules: bool,
    pub queue: QueueForm,
}

/// The departments of a site, by name.
///
/// # Errors
/// `NotFound`, to those who may not manage sites too.
pub fn list(ctx: &Ctx, site: SiteId) -> Result<Vec<Arc<Department>>, Failure> {
    sites::get(ctx, site)?;
    let house = ctx.store.house();
    let mut all: Vec<_> = house.departments.values().filter(|it| it.site == site).cloned().collect();
    all.sort_by_cached_key(|it| (it.name.as_str().to_lowercase(), it.id));
    Ok(all)
}

/// # Errors
/// `NotFound`, also for one of another site.
pub fn get(ctx: &Ctx, site: SiteId, id: DepartmentId) -> Result<Arc<Department>, Failure> {
    ctx.authorize(Action::ManageSites).map_err(|Denied| Failure::NotFound)?;
    ctx.store.house().departments.get(&id).filter(|it| it.site == site).cloned().ok_or(Failure::NotFound)
}

/// Who may be a member: who serves the site, or at least this department of it, and has an account that is not disabled. By name.
///
/// # Errors
/// `Denied` to those who may not manage sites.
pub fn candidates(ctx: &Ctx, site: SiteId, own: Option<DepartmentId>) -> Result<Vec<Arc<Operator>>, Failure> {
    ctx.authorize(Action::ManageSites)?;
    let house = ctx.store.house();
    let mut all: Vec<_> = house.operators.values().filter(|it| may_answer(it, site, own)).cloned().collect();
    all.sort_by_cached_key(|it| (it.name.as_str().to_lowercase(), it.id));
    Ok(all)
}

/// # Errors
/// `NotFound` for the site; `InvalidFields` for all that cannot be taken; `Conflict` when there are too many.
pub fn create(ctx: &Ctx, site: SiteId, form: &DepartmentForm) -> Result<DepartmentId, Failure> {
    sites::get(ctx, site)?;
    let _changing = ctx.memory.changing();
    if ctx.store.house().departments.len() >= limits::DEPARTMENTS {
        return Err(Failure::Conflict(format!("At most {} departments fit.", limits::DEPARTMENTS)));
    }
    let id = DepartmentId::from_bytes(ctx.random_bytes());
    let (name, members, routing) = form.parse(ctx, site, None)?;
    let department = Department { id, site, name, members, hours: None, routing, created_at: ctx.now };
    save(ctx, &department, AuditAction::DepartmentCreated(id))?;
    Ok(id)
}

/// Changes name, members and rules.
///
/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change(ctx: &Ctx, site: SiteId, id: DepartmentId, form: &DepartmentForm) -> Result<(), Failure> {
    alter(ctx, site, id, |department| {
        let (name, members, routing) = form.parse(ctx, site, Some(id))?;
        Ok(Department { name, members, routing, ..department })
    })
}

/// # Errors
/// `NotFound`; `InvalidFields` for all that cannot be taken.
pub fn change_hours(ctx: &Ctx, site: SiteId, id: DepartmentId, form: &HoursForm) -> Result<(), Failure> {
    alter(ctx, site, id, |department| Ok(Department { hours: form.parse()?, ..department }))
}

/// Who waits there from now on waits for those who work for the whole site; windows that sent their visitors there do so no more.
///
/// # Errors
/// `NotFound`.
pub fn remove(ctx: &Ctx, site: SiteId, id: DepartmentId) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    get(ctx, site, id)?;
    let before = sites::get(ctx, site)?;
    let mut batch = ctx.store.batch();
    batch.delete_department(id);
    if before.windows.iter().any(|window| window.department == Some(id)) {
        let mut after = Site::clone(&before);
        for window in after.windows.iter_mut().filter(|window| window.department == Some(id)) {
            window.department = None;
        }
        batch.put_site(&after);
    }
    // Who worked for it alone works for nothing in its place, until somebody says otherwise.
    for person in ctx.store.house().operators.values() {
        let membership = person.membership.within(|_, department| department != id);
        if membership != person.membership {
            batch.put_operator(&Operator { membership, ..Operator::clone(person) });
            batch.tell(News::Operator(person.id));
        }
    }
    commit(ctx, batch, site, AuditAction::DepartmentRemoved(id))
}

fn alter(
    ctx: &Ctx,
    site: SiteId,
    id: DepartmentId,
    change: impl FnOnce(Department) -> Result<Department, Failure>,
) -> Result<(), Failure> {
    let _changing = ctx.memory.changing();
    let before = get(ctx, site, id)?;
    let after = change(Department::clone(&before))?;
    if after == *before { Ok(()) } else { save(ctx, &after, AuditAction::DepartmentChanged(id)) }
}

fn save(ctx: &Ctx, department: &Department, what: AuditAction) -> Result<(), Failure> {
    let mut batch = ctx.store.batch();
    batch.put_department(department);
    commit(ctx, batch, department.site, what)
}

fn commit(ctx: &Ctx, mut batch: Batch, site: SiteId, what: AuditAction) -> Result<(), Failure> {
    ctx.audit(&mut batch, what);
    batch.tell(News::Site(site));
    ctx.settle(batch)?;
    Ok(())
}

fn may_answer(person: &Operator, site: SiteId, department: Option<DepartmentId>) -> bool {
    person.standing != Standing::Disabled && person.role.serves() && person.membership.covers(site, department)
}

impl DepartmentForm {
    #[must_use]
    pub fn of(department: &Department, site: &Site) -> Self {
        let (all_of_site, members) = match &department.members {
            Members::AllOfSite => (true, Vec::new()),
            Members::Only(members) => (false, members.iter().map(OperatorId::to_string).collect()),
        };
        Self {
            name: department.name.as_str().to_owned(),
            all_of_site,
            members,
            has_own_rules: department.routing.is_some(),
            queue: QueueForm::showing(department.routing.unwrap_or(site.routing)),
        }
    }

    fn parse(
        &self,
        ctx: &Ctx,
        site: SiteId,
        own: Option<DepartmentId>,
    ) -> Result<(Name, Members, Option<crate::domain::routing::Routing>), Failure> {
        let house = ctx.store.house();
        let mut fields = Fields::default();
        let name = fields.take("name", Name::parse(&self.name));
        let lower = |name: &Name| name.as_str().to_lowercase();
        let is_taken = |name: &Name| {
            house.departments.values().any(|it| it.site == site && Some(it.id) != own && lower(&it.name) == lower(name))
        };
        if name.as_ref().is_some_and(is_taken) {
            fields.refuse("name", "This site has a department of this name already.");
        }
        let members = if self.all_of_site { Some(Members::AllOfSite) } else { self.parse_members(ctx, (site, own), &mut fields) };
        let routing = if self.has_own_rules { self.queue.parse(&mut fields).map(Some) } else { Some(None) };
        let (Some(name), Some(members), Some(routing)) = (name, members, routing) else { return Err(fields.failure()) };
        fields.check()?;
        Ok((name, members, routing))
    }

    fn parse_members(&self, ctx: &Ctx, (site, own): (SiteId, Option<DepartmentId>), fields: &mut Fields) -> Option<Members> {
        let house = ctx.store.house();
        let known = |text: &String| {
            let id = text.parse::<OperatorId>().ok()?;
            house.operators.get(&id).filter(|person| may_answer(person, site, own)).map(|person| person.id)
        };
        let members = self.members.iter().map(known).collect::<Option<BTreeSet<_>>>();
        match members {
            Some(members) if !members.is_empty() => Some(Members::Only(members)),
            Some(_) => {
                fields.refuse("members", "Choose at least one person, or everybody.");
                None
            }
            None => {
                fields.refuse("members", "One of these people does not answer for this site any more. Choose again.");
                None
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/departments.rs"]
mod tests;
