//! What the roles below the administrators may do: one table for the whole house.

use super::{Ctx, Failure};
use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::news::News;
use crate::domain::operator::Role;
use crate::domain::permission::RolePermissions;
use crate::store::{Batch, House};

/// # Errors
/// `Denied` to those who may not look at how the installation is set up.
pub fn get(ctx: &Ctx) -> Result<RolePermissions, Failure> {
    ctx.authorize(Action::ReadPosture)?;
    Ok(ctx.store.house().permissions)
}

/// In force at once, in open sockets too.
///
/// # Errors
/// `Denied` to those who do not manage people; `ProofNeeded`.
pub fn change(ctx: &Ctx, permissions: RolePermissions) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePeople)?;
    ctx.require_proof()?;
    let _changing = ctx.memory.changing();
    let house = ctx.store.house();
    if house.permissions == permissions {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    put_in(ctx, &mut batch, &house, permissions);
    ctx.settle(batch)?;
    Ok(())
}

/// Adds to the batch that this is what the roles may from now on.
pub(super) fn put_in(ctx: &Ctx, batch: &mut Batch, house: &House, permissions: RolePermissions) {
    batch.put_permissions(permissions);
    ctx.audit(batch, AuditAction::PermissionsChanged);
    for person in house.operators.values().filter(|person| person.is_active() && person.role != Role::Admin) {
        batch.tell(News::Operator(person.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::{Actor, Denied};
    use crate::domain::permission::{Permission, Permissions};
    use crate::service::stage::Stage;

    #[test]
    fn what_a_role_may_is_in_force_at_once() {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let bert = stage.join(&admin, "Bert", "operator");
        let see_reports = Action::Use(Permission::SeeReports, finished.site);
        assert_eq!(stage.ctx(&stage.actor(bert)).authorize(see_reports), Err(Denied));
        let operator = Permissions::NONE.with(Permission::SeeReports);
        stage.take_news();
        change(&stage.ctx(&admin), RolePermissions { operator, supervisor: Permissions::ALL }).unwrap();
        assert!(matches!(stage.take_news()[..], [News::Operator(told)] if told == bert));
        assert_eq!(stage.last_audit(), AuditAction::PermissionsChanged);
        let actor = stage.actor(bert);
        assert_eq!(stage.ctx(&actor).authorize(see_reports), Ok(()));
        assert_eq!(stage.ctx(&actor).authorize(Action::Use(Permission::Block, finished.site)), Err(Denied));
        assert_eq!(stage.ctx(&admin).authorize(Action::Use(Permission::Block, finished.site)), Ok(()), "an administrator may");
        assert!(matches!(change(&stage.ctx(&actor), RolePermissions::default()), Err(Failure::Denied(_))));
        assert!(matches!(get(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
    }
}
