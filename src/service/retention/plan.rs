//! The clocks of the house, for whatever its sites say nothing else of.

use crate::domain::access::Action;
use crate::domain::audit::AuditAction;
use crate::domain::retention::RetentionPlan;
use crate::service::fields::Fields;
use crate::service::purging::PurgeForm;
use crate::service::{Ctx, Failure};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanForm {
    /// `same`: as long as the chats of their site.
    pub messages: PurgeForm,
    pub submissions: PurgeForm,
    pub deliveries: PurgeForm,
}

impl PlanForm {
    #[must_use]
    pub fn of(plan: &RetentionPlan) -> Self {
        Self {
            messages: PurgeForm::of_own(plan.messages.as_ref()),
            submissions: PurgeForm::of(&plan.submissions),
            deliveries: PurgeForm::of(&plan.deliveries),
        }
    }
}

/// # Errors
/// `Denied` to those who do not manage privacy.
pub fn plan(ctx: &Ctx) -> Result<RetentionPlan, Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    Ok(ctx.store.house().retention.clone())
}

/// # Errors
/// `Denied` to those who do not manage privacy; `InvalidFields` for all that cannot be taken.
pub fn change_plan(ctx: &Ctx, form: &PlanForm) -> Result<(), Failure> {
    ctx.authorize(Action::ManagePrivacy)?;
    let mut fields = Fields::default();
    let messages = form.messages.parse_own("messages", &mut fields);
    let submissions = form.submissions.parse("submissions", &mut fields);
    let deliveries = form.deliveries.parse("deliveries", &mut fields);
    let (Some(messages), Some(submissions), Some(deliveries)) = (messages, submissions, deliveries) else {
        return Err(fields.failure());
    };
    let plan = RetentionPlan { messages, submissions, deliveries };
    let _changing = ctx.memory.changing();
    if ctx.store.house().retention == plan {
        return Ok(());
    }
    let mut batch = ctx.store.batch();
    batch.put_retention(&plan);
    ctx.audit(&mut batch, AuditAction::RetentionChanged);
    ctx.settle(batch)
}
