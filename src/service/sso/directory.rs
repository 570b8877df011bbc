//! The directory, as a form holds it.

use zeroize::Zeroizing;

use super::{READER_PASSWORD, commit, conflict, may_change, optional};
use crate::domain::directory::{Attribute, Attributes, Directory, Find, Security, Server};
use crate::domain::limits;
use crate::domain::sso::{Authority, SingleSignOn};
use crate::domain::text::Line;
use crate::service::fields::Fields;
use crate::service::{Ctx, Failure};

/// A directory as a form holds it. An empty password means: as it is. Does not print.
#[derive(Clone, Default)]
pub struct DirectoryForm {
    pub server: String,
    /// `tls`, `starttls` or `none`
    pub security: String,
    pub authority: String,
    /// `search` or `name`
    pub find: String,
    pub template: String,
    pub reader: String,
    pub reader_password: Zeroizing<String>,
    pub base: String,
    pub filter: String,
    pub group_base: String,
    pub id_attribute: String,
    pub name_attribute: String,
    pub email_attribute: String,
    pub groups_attribute: String,
}

impl DirectoryForm {
    /// The form of a directory, or of none yet: filled with what most of them are like.
    #[must_use]
    pub fn of(directory: Option<&Directory>) -> Self {
        let Some(directory) = directory else {
            return Self {
                security: "tls".to_owned(),
                find: "search".to_owned(),
                filter: "(|(uid={user})(mail={user}))".to_owned(),
                id_attribute: "entryUUID".to_owned(),
                name_attribute: "cn".to_owned(),
                email_attribute: "mail".to_owned(),
                groups_attribute: "memberOf".to_owned(),
                ..Self::default()
            };
        };
        let line = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned()).unwrap_or_default();
        let read = &directory.attributes;
        let mut form = Self {
            server: format!("{}:{}", directory.server.host, directory.server.port),
            security: security_word(directory.server.security).to_owned(),
            authority: directory.authority.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            group_base: line(&directory.group_base),
            id_attribute: read.id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            name_attribute: read.name.as_str().to_owned(),
            email_attribute: read.email.as_str().to_owned(),
            groups_attribute: read.groups.as_str().to_owned(),
            ..Self::default()
        };
        match &directory.find {
            Find::Name(template) => {
                form.find = "name".to_owned();
                form.template = template.as_str().to_owned();
            }
            Find::Search { reader, base, filter } => {
                form.find = "search".to_owned();
                form.reader = line(reader);
                form.base = base.as_str().to_owned();
                form.filter = filter.as_str().to_owned();
            }
        }
        form
    }

    /// What it says, with every field that cannot be taken.
    ///
    /// # Errors
    /// `InvalidFields`.
    pub fn parse(&self) -> Result<Directory, Failure> {
        let mut fields = Fields::default();
        let security = match self.security.as_str() {
            "tls" => Some(Security::Tls),
            "starttls" => Some(Security::StartTls),
            "none" => Some(Security::None),
            _ => {
                fields.refuse("security", "Choose how the connection is protected.");
                None
            }
        };
        let server = security.and_then(|security| fields.take("server", Server::parse(&self.server, security)));
        let authority = optional(&mut fields, "authority", &self.authority, Authority::parse);
        let find = self.parse_find(&mut fields);
        let group_base = optional(&mut fields, "group_base", &self.group_base, Line::parse);
        let id = optional(&mut fields, "id_attribute", &self.id_attribute, Attribute::parse);
        let name = fields.take("name_attribute", Attribute::parse(&self.name_attribute));
        let email = fields.take("email_attribute", Attribute::parse(&self.email_attribute));
        let groups = fields.take("groups_attribute", Attribute::parse(&self.groups_attribute));
        if self.reader_password.len() > limits::LINE_CHARS {
            fields.refuse("reader_password", format!("At most {} characters fit.", limits::LINE_CHARS));
        }
        let (Some(server), Some(authority), Some(find), Some(group_base)) = (server, authority, find, group_base) else {
            return Err(fields.failure());
        };
        let (Some(id), Some(name), Some(email), Some(groups)) = (id, name, email, groups) else { return Err(fields.failure()) };
        fields.check()?;
        Ok(Directory { server, authority, find, group_base, attributes: Attributes { id, name, email, groups } })
    }

    fn parse_find(&self, fields: &mut Fields) -> Option<Find> {
        match self.find.as_str() {
            "name" => {
                let template = fields.take("template", Line::parse(&self.template))?;
                fields.take("template", Find::by_name(template))
            }
            "search" => {
                let reader = optional(fields, "reader", &self.reader, Line::parse);
                let base = fields.take("base", Line::parse(&self.base));
                let filter = fields.take("filter", Line::parse(&self.filter));
                let (Some(reader), Some(base), Some(filter)) = (reader, base, filter) else { return None };
                fields.take("filter", Find::by_search(reader, base, filter))
            }
            _ => {
                fields.refuse("find", "Choose how people are found.");
                None
            }
        }
    }
}

const fn security_word(security: Security) -> &'static str {
    match security {
        Security::Tls => "tls",
        Security::StartTls => "starttls",
        Security::None => "none",
    }
}

/// Sets the directory up, or changes how.
///
/// # Errors
/// `Denied`, `ProofNeeded`, `InvalidFields`.
pub fn put_directory(ctx: &Ctx, form: &DirectoryForm) -> Result<(), Failure> {
    may_change(ctx)?;
    let directory = form.parse()?;
    let _changing = ctx.memory.changing();
    let mut sso = SingleSignOn::clone(&ctx.store.house().sso);
    let mut batch = ctx.store.batch();
    // A password that was meant for one server is not shown to another.
    let is_another = sso.directory.as_ref().is_some_and(|before| before.server != directory.server);
    if !form.reader_password.is_empty() {
        batch.put_secret(READER_PASSWORD, form.reader_password.as_bytes());
    } else if is_another {
        batch.delete_secret(READER_PASSWORD);
    }
    if is_another && sso.is_enforced && sso.provider.is_none() {
        return Err(conflict("Stop enforcing single sign-on first: nobody has signed in through the other directory yet."));
    }
    sso.is_on |= sso.provider.is_none() && sso.directory.is_none();
    sso.directory = Some(directory);
    commit(ctx, batch, &sso)
}
