//! The provider of identities (OpenID Connect).

use actix_web::HttpRequest;
use askama::Template;
use zeroize::Zeroizing;

use super::Head;
use crate::domain::network::Network;
use crate::domain::sso::Source;
use crate::outbound::is_authority;
use crate::service::sso::{self, ProviderForm};
use crate::web::auth::sso::callback;
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Overseer, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, urls};

impl FromFields for ProviderForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.take("sso_name"),
            issuer: fields.take("issuer"),
            client_id: fields.take("client_id"),
            client_secret: Zeroizing::new(fields.take("client_secret")),
            scopes: fields.take("scopes"),
            groups_claim: fields.take("groups_claim"),
            authority: fields.take("authority"),
            logout_networks: fields.take("logout_networks"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/sso/provider.html")]
struct Page<'a> {
    chrome: Chrome,
    head: Head,
    form: &'a ProviderForm,
    /// What the provider has to be told.
    callback: String,
    logout: String,
    /// How the last try went: well, or what is wrong.
    tried: Option<Result<(), String>>,
    errors: &'a Errors,
}

pub async fn show(app: App, request: HttpRequest, Overseer(staff): Overseer) -> Answer {
    draw(&app, &request, &staff, None, None, &Errors::default())
}

pub async fn save(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(form): CsrfForm<ProviderForm>) -> Answer {
    let mut errors = Errors::default();
    if !form.authority.trim().is_empty() && !is_authority(&form.authority) {
        errors.add("authority", "This is no certificate that can be read. Paste it with its first and last line.");
        return draw(&app, &request, &staff, Some(&form), None, &errors);
    }
    let typed = form.clone();
    match staff.act(&app, move |ctx| sso::put_provider(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::SSO))),
        Err(failure) => {
            errors.take(failure)?;
            draw(&app, &request, &staff, Some(&typed), None, &errors)
        }
    }
}

/// Asks the provider what can be asked without anybody signing in.
pub async fn try_out(app: App, request: HttpRequest, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    let head = Head::new(&app, &staff, "provider")?;
    let tried = match &head.view.sso.provider {
        Some(provider) => Some(app.openid.try_out(provider, app.now()).await.map_err(|error| error.to_string())),
        None => None,
    };
    draw(&app, &request, &staff, None, tried, &Errors::default())
}

pub async fn remove(app: App, Admin(staff): Admin, CsrfForm(()): CsrfForm<()>) -> Answer {
    super::remove(&app, &staff, Source::Provider, urls::SSO).await
}

/// The page once more, after something above its form was refused.
pub(super) fn again(app: &App, request: &HttpRequest, staff: &Staff, errors: &Errors) -> Answer {
    draw(app, request, staff, None, None, errors)
}

fn draw(
    app: &App,
    request: &HttpRequest,
    staff: &Staff,
    typed: Option<&ProviderForm>,
    tried: Option<Result<(), String>>,
    errors: &Errors,
) -> Answer {
    let head = Head::new(app, staff, "provider")?;
    let stored = stored(&head);
    let chrome = Chrome::new(app, staff, "security").saying(super::said(request));
    let logout = format!("{}{}", page::own_address(app, request), urls::SSO_LOGOUT);
    let form = typed.unwrap_or(&stored);
    page::form(&Page { chrome, form, callback: callback(app, request), logout, tried, errors, head }, errors)
}

fn stored(head: &Head) -> ProviderForm {
    let Some(provider) = &head.view.sso.provider else {
        return ProviderForm { scopes: "email profile".to_owned(), groups_claim: "groups".to_owned(), ..ProviderForm::default() };
    };
    ProviderForm {
        name: provider.name.as_str().to_owned(),
        issuer: provider.issuer.as_str().to_owned(),
        client_id: provider.client_id.as_str().to_owned(),
        client_secret: Zeroizing::default(),
        scopes: provider.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
        groups_claim: provider.groups_claim.as_str().to_owned(),
        authority: provider.authority.as_ref().map(|pem| pem.as_str().to_owned()).unwrap_or_default(),
        logout_networks: provider.logout_networks.iter().map(Network::to_string).collect::<Vec<_>>().join("\n"),
    }
}
