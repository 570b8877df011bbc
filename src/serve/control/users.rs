//! What the command line asks about people, and what it is told: for an owner whose staff cannot sign in any more.

use serde::{Deserialize, Serialize};

use super::{Reply, Tell};
use crate::app::App;
use crate::domain::operator::{Operator, Standing};
use crate::serve::secret::Secret;
use crate::service::break_glass::{self, Person};
use crate::service::{Ctx, Failure};
use crate::web::urls;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserRequest {
    List,
    Reset { email: String },
}

/// One account, without anything that opens it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserView {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: String,
    /// `invited`, `active` or `disabled`
    pub standing: String,
    pub second_factor: bool,
    pub single_sign_on: bool,
    pub last_seen_at: Option<String>,
}

/// A link to choose a password, shown once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WayInView {
    pub link: Secret,
    pub expires_at: String,
    pub enabled: bool,
    pub second_factors_removed: bool,
    pub single_sign_on_removed: bool,
}

pub(super) fn perform(app: &App, ctx: &Ctx, request: &UserRequest, tell: Tell) -> Result<Reply, Failure> {
    match request {
        UserRequest::List => {
            let people = break_glass::people(ctx)?;
            for person in &people {
                if tell(Reply::User(view(person))).is_break() {
                    break;
                }
            }
            Ok(Reply::Users(people.len()))
        }
        UserRequest::Reset { email } => {
            let way_in = break_glass::reset_person(ctx, email)?;
            // Behind the #, where no server and no log on the way sees it.
            let link = format!("{}{}#{}", app.config.address(), urls::CHOOSE_PASSWORD, way_in.token.expose());
            Ok(Reply::WayIn(WayInView {
                link: Secret::new(link),
                expires_at: way_in.expires_at.to_string(),
                enabled: way_in.was_enabled,
                second_factors_removed: way_in.had_factors,
                single_sign_on_removed: way_in.had_sso,
            }))
        }
    }
}

fn view(person: &Person) -> UserView {
    let Operator { id, name, email, role, standing, sso, last_seen_at, .. } = &*person.operator;
    let standing = match standing {
        Standing::Invited { .. } => "invited",
        Standing::Active => "active",
        Standing::Disabled => "disabled",
    };
    UserView {
        id: id.to_string(),
        email: email.as_str().to_owned(),
        name: name.as_str().to_owned(),
        role: role.tag().to_owned(),
        standing: standing.to_owned(),
        second_factor: person.has_factors,
        single_sign_on: sso.is_some(),
        last_seen_at: last_seen_at.map(|at| at.to_string()),
    }
}
