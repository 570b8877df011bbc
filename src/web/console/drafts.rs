//! `/console/conversations/{id}/drafts`: what this member of staff has typed in the chat and not sent, for the console's script.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::domain::draft::DraftKind;
use crate::domain::id::ConversationId;
use crate::service::drafts;
use crate::web::extract::{Id, Json, Staff};
use crate::web::{Answer, App, Error};

#[derive(Serialize)]
struct DraftView<'a> {
    kind: &'static str,
    text: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    kind: String,
    text: String,
}

pub async fn show(app: App, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let drafts = staff.act(&app, move |ctx| drafts::of(ctx, id)).await??;
    let drafts: Vec<_> = drafts.iter().map(|(kind, draft)| DraftView { kind: kind.name(), text: draft.text.as_str() }).collect();
    Ok(HttpResponse::Ok().json(drafts))
}

/// Answers once it is durable.
pub async fn keep(app: App, request: HttpRequest, staff: Staff, Id(id): Id<ConversationId>, Json(typed): Json<Typed>) -> Answer {
    staff.check_csrf_header(&request)?;
    let kind = DraftKind::of_name(&typed.kind).ok_or_else(|| Error::bad_request("There is no such draft."))?;
    staff.act(&app, move |ctx| drafts::keep(ctx, id, kind, &typed.text)).await??;
    Ok(HttpResponse::NoContent().finish())
}
