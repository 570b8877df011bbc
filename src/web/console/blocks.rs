//! `/console/blocks`: who is kept out; `/console/conversations/{id}/block`: keeping a visitor out.

use std::net::IpAddr;

use actix_web::HttpRequest;
use askama::Template;

use crate::domain::access::Action;
use crate::domain::event::Seq;
use crate::domain::id::{BlockId, ConversationId, SiteId};
use crate::domain::permission::Permission;
use crate::live::partials::visitor_name;
use crate::service::blocks::{self, BlockForm, Listed};
use crate::service::{conversations, sites};
use crate::web::extract::{CsrfForm, Fields, FromFields, Id, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error};

/// How long, in hours, as the forms offer it.
const SPANS: [(&str, &str); 5] =
    [("1", "an hour"), ("24", "a day"), ("168", "a week"), ("720", "30 days"), ("", "until somebody lifts it")];

impl FromFields for BlockForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            whom: fields.take("whom"),
            network: fields.take("network"),
            site: fields.take("site"),
            hours: fields.take("hours"),
            reason: fields.take("reason"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/blocks.html")]
struct Page<'a> {
    chrome: Chrome,
    blocks: Vec<Listed>,
    /// Where the reader may keep somebody out.
    sites: Vec<(SiteId, String)>,
    spans: &'static [(&'static str, &'static str)],
    form: &'a BlockForm,
    errors: &'a Errors,
}

#[derive(Template)]
#[template(path = "console/block.html")]
struct Ask<'a> {
    chrome: Chrome,
    id: ConversationId,
    name: String,
    site: String,
    /// Whether they are connected, so that their address is known.
    has_address: bool,
    /// Their address, as far as the reader may see it.
    address: String,
    spans: &'static [(&'static str, &'static str)],
    form: &'a BlockForm,
    errors: &'a Errors,
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = [("blocked", "Blocked. They cannot begin a chat or write any more."), ("lifted", "Lifted. They may write again.")];
    let said = said.into_iter().find(|(name, _)| page::says(&request, name)).map_or("", |(_, said)| said);
    draw(&app, &staff, &BlockForm { hours: "24".to_owned(), ..BlockForm::default() }, &Errors::default(), said)
}

pub async fn add(app: App, staff: Staff, CsrfForm(form): CsrfForm<BlockForm>) -> Answer {
    let given = form.clone();
    match staff.act(&app, move |ctx| blocks::block_network(ctx, &given)).await? {
        Ok(_) => Ok(page::see_other("/console/blocks?blocked")),
        Err(failure) => draw(&app, &staff, &form, &Errors::from(failure)?, ""),
    }
}

pub async fn lift(app: App, staff: Staff, Id(id): Id<BlockId>, CsrfForm(()): CsrfForm<()>) -> Answer {
    staff.act(&app, move |ctx| blocks::lift(ctx, id)).await??;
    Ok(page::see_other("/console/blocks?lifted"))
}

fn draw(app: &App, staff: &Staff, form: &BlockForm, errors: &Errors, said: &'static str) -> Answer {
    let ctx = staff.ctx(app);
    let may = |site: SiteId| ctx.authorize(Action::Use(Permission::Block, site)).is_ok();
    let sites = sites::served(&ctx).iter().filter(|it| may(it.id)).map(|it| (it.id, it.name.as_str().to_owned())).collect();
    let blocks = blocks::list(&ctx)?;
    let chrome = Chrome::new(app, staff, "visitors").saying(said);
    page::form(&Page { chrome, blocks, sites, spans: &SPANS, form, errors }, errors)
}

pub async fn ask(app: App, staff: Staff, Id(id): Id<ConversationId>) -> Answer {
    let form = BlockForm { whom: "visitor".to_owned(), hours: "24".to_owned(), ..BlockForm::default() };
    draw_ask(&app, &staff, id, &form, &Errors::default()).await
}

pub async fn block(app: App, staff: Staff, Id(id): Id<ConversationId>, CsrfForm(form): CsrfForm<BlockForm>) -> Answer {
    let address = address_of(&app, &staff, id).await?;
    let given = form.clone();
    match staff.act(&app, move |ctx| blocks::block_visitor(ctx, id, address, &given)).await? {
        Ok(_) => Ok(page::see_other("/console/blocks?blocked")),
        Err(failure) => draw_ask(&app, &staff, id, &form, &Errors::from(failure)?).await,
    }
}

/// From where the visitor of a conversation is connected right now.
async fn address_of(app: &App, staff: &Staff, id: ConversationId) -> Result<Option<IpAddr>, Error> {
    let head = staff.act(app, move |ctx| conversations::view(ctx, id, Seq::MAX, 0)).await??.conversation;
    Ok(app.hub.address_of(&head.token_index))
}

async fn draw_ask(app: &App, staff: &Staff, id: ConversationId, form: &BlockForm, errors: &Errors) -> Answer {
    let head = staff.act(app, move |ctx| conversations::view(ctx, id, Seq::MAX, 0)).await??.conversation;
    let ctx = staff.ctx(app);
    ctx.authorize(Action::UseIn(Permission::Block, &head)).map_err(|_| Error::not_found())?;
    let house = app.store.house();
    let site = house.sites.get(&head.site).ok_or_else(Error::not_found)?;
    let address = site.switches.address.known(app.hub.address_of(&head.token_index));
    let may_see = ctx.authorize(Action::UseIn(Permission::SeeAddress, &head)).is_ok();
    let shown = address.filter(|_| may_see).and_then(|address| site.switches.address.shows(address));
    let ask = Ask {
        chrome: Chrome::new(app, staff, "visitors"),
        id,
        name: visitor_name(&head).to_owned(),
        site: site.name.as_str().to_owned(),
        has_address: address.is_some(),
        address: shown.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        spans: &SPANS,
        form,
        errors,
    };
    page::form(&ask, errors)
}
