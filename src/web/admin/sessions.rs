//! Where a member of staff is signed in, for administrators: a part of that person's page.

use crate::domain::id::{OperatorId, SessionId};
use crate::service::sessions::listing;
use crate::web::auth::SessionRow;
use crate::web::extract::{Admin, CsrfForm, Id, Ids, Staff};
use crate::web::{Answer, App, Error, page, urls};

/// What the person's page shows.
///
/// # Errors
/// When they are not there, or the store cannot be read.
pub async fn rows(app: &App, staff: &Staff, id: OperatorId) -> Result<Vec<SessionRow>, Error> {
    let this = staff.session;
    let seen = staff.act(app, move |ctx| listing::of_person(ctx, id, &this)).await??;
    Ok(seen.into_iter().map(SessionRow::of).collect())
}

pub async fn end(
    app: App,
    Admin(staff): Admin,
    Ids(id, session): Ids<OperatorId, SessionId>,
    CsrfForm(()): CsrfForm<()>,
) -> Answer {
    staff.act(&app, move |ctx| listing::end_of_person(ctx, id, session)).await??;
    Ok(page::see_other(&format!("{}?ended#sessions", urls::person(id))))
}

pub async fn end_all(app: App, Admin(staff): Admin, Id(id): Id<OperatorId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    // An administrator on their own page stays signed in where they are.
    let kept = (id == staff.operator.id).then_some(staff.session);
    staff.act(&app, move |ctx| listing::end_all_of_person(ctx, id, kept.as_ref())).await??;
    Ok(page::see_other(&format!("{}?ended#sessions", urls::person(id))))
}
