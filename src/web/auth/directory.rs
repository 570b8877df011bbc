//! The sign-in form, where a directory is asked about those who are not known here. It is asked at the edge, and what it says handed down.

use actix_web::HttpRequest;
use zeroize::Zeroizing;

use crate::domain::access::Actor;
use crate::domain::credential::Password;
use crate::domain::directory::Directory;
use crate::domain::sso::SsoRefusal;
use crate::outbound::directory::Credentials;
use crate::service::sign_in::{self, Here, Step};
use crate::service::{Failure, sso};
use crate::web::extract::asked;
use crate::web::page;
use crate::web::{App, Error};

pub(super) async fn sign_in(
    app: &App,
    request: &HttpRequest,
    directory: &Directory,
    user: &str,
    password: Zeroizing<String>,
) -> Result<Result<Step, Failure>, Error> {
    let (name, typed) = (user.to_owned(), Password::typed(password.to_string()));
    let here = page::act(app, Actor::Stranger, asked(request), move |ctx| {
        let here = sign_in::try_here(ctx, &name, &typed)?;
        Ok((here, sso::reader_password(ctx)?))
    });
    let (tried, reader_password) = match here.await? {
        Ok((Here::In(step), _)) => return Ok(Ok(step)),
        Ok((Here::NotKnown(tried), reader_password)) => (tried, reader_password),
        Err(failure) => return Ok(Err(failure)),
    };
    let reader_password = reader_password.as_ref().map(|password| password.as_str());
    let claims = app.ldap.claims(directory, reader_password, &Credentials { user, password: &password }).await;
    let claims = match claims {
        Ok(claims) => claims,
        Err(error) => {
            // The administrator finds in the log what the person at the door is not told.
            tracing::warn!(%error, "the directory could not say who somebody is");
            return page::act(app, Actor::Stranger, asked(request), move |ctx| {
                sso::refused(ctx, SsoRefusal::Unreachable)?;
                Err(Failure::Sso(SsoRefusal::Unreachable))
            })
            .await;
        }
    };
    page::act(app, Actor::Stranger, asked(request), move |ctx| sso::from_directory(ctx, &tried, claims.as_ref())).await
}
