//! What the command line asks about the root key, and what it is told.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::app::App;
use crate::config::{RootKeySource, is_credential_name};
use crate::domain::credential::Passphrase;
use crate::domain::id::base32;
use crate::domain::root_key::KeyPlace;
use crate::serve::secret::Secret;
use crate::service::root_key::{self, NewPlace};
use crate::service::{Ctx, Failure};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRequest {
    Show,
    Rotate,
    ToFile(PathBuf),
    ToCredential(String),
    ToPassphrase(Secret),
    Kit { shares: u8, threshold: u8 },
}

/// Where the key is, as a setting says it, and since when it is this one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyView {
    pub place: String,
    pub in_words: String,
    pub is_passphrase: bool,
    pub since: Option<String>,
}

/// The shares of a recovery kit, each as the lines of its paper.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KitView {
    pub installation: String,
    pub kit: String,
    pub threshold: u8,
    pub made_at: String,
    pub shares: Vec<Secret>,
}

/// One at a time: whoever changes the key has to know where it is.
pub(super) fn perform(app: &App, ctx: &Ctx, request: KeyRequest) -> Result<Reply, Failure> {
    let mut place = app.root_key_place.lock();
    let to = match request {
        KeyRequest::Show => return Ok(view(app, &place)),
        KeyRequest::Kit { shares, threshold } => return kit(ctx, shares, threshold),
        KeyRequest::Rotate => {
            root_key::rotate(ctx, &place)?;
            return Ok(view(app, &place));
        }
        KeyRequest::ToFile(path) => NewPlace::File(within_reach(app, path)?),
        KeyRequest::ToCredential(name) => credential(app, name)?,
        KeyRequest::ToPassphrase(passphrase) => {
            let chosen = Passphrase::parse_new(passphrase.expose().to_owned());
            NewPlace::Passphrase(chosen.map_err(|weak| Failure::Conflict(weak.to_string()))?)
        }
    };
    *place = root_key::change(ctx, &app.config.data_dir, &place, to)?;
    Ok(view(app, &place))
}

fn view(app: &App, place: &RootKeySource) -> Reply {
    Reply::Key(KeyView {
        place: place.to_string(),
        in_words: place.in_words(),
        is_passphrase: place.place() == KeyPlace::Passphrase,
        since: app.root_key_since().map(|since| since.to_string()),
    })
}

/// The running appliance has given up all other directories.
fn within_reach(app: &App, path: PathBuf) -> Result<PathBuf, Failure> {
    let directory = |path: &Path| path.parent().and_then(|parent| parent.canonicalize().ok());
    let is_near = matches!(&app.config.root_key, RootKeySource::File(first) if directory(first).is_some_and(|it| directory(&path) == Some(it)));
    // A key that lies there already would have to be read, which is given up as well.
    if (is_near && !path.exists()) || !app.confinement.get().is_some_and(|it| it.files) {
        return Ok(path);
    }
    let text = format!(
        "While it runs, Parlor reaches no directory but its own and that of the root key it started with, so {} is out of its reach. Stop it, run this again, and start it with the new place in its settings.",
        path.display()
    );
    Err(Failure::Conflict(text))
}

fn credential(app: &App, name: String) -> Result<NewPlace, Failure> {
    let missing = || {
        let text = format!(
            "systemd has passed no credential {name} to this process. Load it with LoadCredentialEncrypted={name} in the unit and restart Parlor first."
        );
        Failure::Conflict(text)
    };
    let directory = app.config.credentials.as_ref().filter(|_| is_credential_name(&name)).ok_or_else(missing)?;
    let path = directory.join(&name);
    if path.exists() { Ok(NewPlace::Credential { name, path }) } else { Err(missing()) }
}

fn kit(ctx: &Ctx, shares: u8, threshold: u8) -> Result<Reply, Failure> {
    let kit = root_key::make_kit(ctx, shares, threshold)?;
    Ok(Reply::Kit(KitView {
        installation: base32(&ctx.store.installation()),
        kit: kit.shares().first().map(crate::vault::Share::kit).unwrap_or_default(),
        threshold,
        made_at: ctx.now.to_string(),
        shares: kit.shares().iter().map(|share| Secret::new(share.lines().join("\n"))).collect(),
    }))
}
