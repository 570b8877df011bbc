//! What the command line asks about single sign-on: for an owner whose provider fails, so that nobody gets in.

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::service::{Ctx, Failure, sso};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SsoRequest {
    Status,
    Disable,
}

/// How it stands, without anything secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SsoView {
    pub in_use: bool,
    pub enforced: bool,
    /// The provider's issuer, and the directory's address.
    pub provider: Option<String>,
    pub directory: Option<String>,
    /// Members of staff with an identity there.
    pub linked: usize,
    /// Whether this command has switched it off.
    pub switched_off: bool,
}

pub(super) fn perform(ctx: &Ctx, request: SsoRequest) -> Result<Reply, Failure> {
    let switched_off = match request {
        SsoRequest::Status => false,
        SsoRequest::Disable => sso::disable(ctx)?,
    };
    let view = sso::view(ctx)?;
    Ok(Reply::Sso(SsoView {
        in_use: view.sso.is_on,
        enforced: view.sso.is_enforced,
        provider: view.sso.provider.map(|provider| provider.issuer.as_str().to_owned()),
        directory: view.sso.directory.map(|directory| directory.server.url()),
        linked: view.linked,
        switched_off,
    }))
}
