//! Single sign-on as it is stored. Secrets lie elsewhere, in the table of secrets.

use serde::{Deserialize, Serialize};

use super::operator::RoleRecord;
use super::{Record, unfit};
use crate::domain::directory::{Attribute, Attributes, Directory, Find, Security, Server};
use crate::domain::id::SiteId;
use crate::domain::network::Network;
use crate::domain::sso::{Admission, Authority, GroupRule, Issuer, Provider, Scope, SingleSignOn, SsoRefusal};
use crate::domain::text::{Label, Line, Name};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SsoRecord {
    is_on: bool,
    provider: Option<ProviderRecord>,
    directory: Option<DirectoryRecord>,
    rules: Vec<(String, RoleRecord, Option<[u8; 16]>)>,
    creates_accounts: bool,
    links_by_email: bool,
    is_enforced: bool,
}

#[derive(Serialize, Deserialize)]
struct ProviderRecord {
    name: String,
    issuer: String,
    client_id: String,
    scopes: Vec<String>,
    groups_claim: String,
    authority: Option<String>,
    logout_networks: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct DirectoryRecord {
    host: String,
    port: u16,
    security: SecurityRecord,
    authority: Option<String>,
    find: FindRecord,
    group_base: Option<String>,
    id: Option<String>,
    name: String,
    email: String,
    groups: String,
}

#[derive(Serialize, Deserialize)]
enum SecurityRecord {
    Tls,
    StartTls,
    None,
}

#[derive(Serialize, Deserialize)]
enum FindRecord {
    Name(String),
    Search { reader: Option<String>, base: String, filter: String },
}

impl Record for SsoRecord {}

/// Why somebody did not come in, by its number.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub(super) struct SsoRefusalRecord(pub SsoRefusal);

impl From<SsoRefusalRecord> for u8 {
    fn from(it: SsoRefusalRecord) -> Self {
        it.0 as Self
    }
}

impl TryFrom<u8> for SsoRefusalRecord {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        SsoRefusal::ALL.get(usize::from(number)).copied().map(Self).ok_or("there is no such refusal")
    }
}

impl From<&SingleSignOn> for SsoRecord {
    fn from(it: &SingleSignOn) -> Self {
        let admission = &it.admission;
        let rule = |rule: &GroupRule| (rule.group.as_str().to_owned(), rule.role.into(), rule.site.map(|site| *site.as_bytes()));
        Self {
            is_on: it.is_on,
            provider: it.provider.as_ref().map(ProviderRecord::from),
            directory: it.directory.as_ref().map(DirectoryRecord::from),
            rules: admission.rules.iter().map(rule).collect(),
            creates_accounts: admission.creates_accounts,
            links_by_email: admission.links_by_email,
            is_enforced: it.is_enforced,
        }
    }
}

impl From<&Provider> for ProviderRecord {
    fn from(it: &Provider) -> Self {
        Self {
            name: it.name.as_str().to_owned(),
            issuer: it.issuer.as_str().to_owned(),
            client_id: it.client_id.as_str().to_owned(),
            scopes: it.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            groups_claim: it.groups_claim.as_str().to_owned(),
            authority: it.authority.as_ref().map(|pem| pem.as_str().to_owned()),
            logout_networks: it.logout_networks.iter().map(Network::to_string).collect(),
        }
    }
}

impl From<&Directory> for DirectoryRecord {
    fn from(it: &Directory) -> Self {
        let line = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned());
        let read = &it.attributes;
        Self {
            host: it.server.host.clone(),
            port: it.server.port,
            security: match it.server.security {
                Security::Tls => SecurityRecord::Tls,
                Security::StartTls => SecurityRecord::StartTls,
                Security::None => SecurityRecord::None,
            },
            authority: it.authority.as_ref().map(|pem| pem.as_str().to_owned()),
            find: match &it.find {
                Find::Name(template) => FindRecord::Name(template.as_str().to_owned()),
                Find::Search { reader, base, filter } => FindRecord::Search {
                    reader: line(reader),
                    base: base.as_str().to_owned(),
                    filter: filter.as_str().to_owned(),
                },
            },
            group_base: line(&it.group_base),
            id: read.id.as_ref().map(|id| id.as_str().to_owned()),
            name: read.name.as_str().to_owned(),
            email: read.email.as_str().to_owned(),
            groups: read.groups.as_str().to_owned(),
        }
    }
}

impl SsoRecord {
    pub(in crate::store) fn sso(self) -> Result<SingleSignOn, StoreError> {
        let rule = |(group, role, site): (String, RoleRecord, Option<[u8; 16]>)| {
            let group = Line::parse(&group).map_err(unfit)?;
            Ok(GroupRule { group, role: role.into(), site: site.map(SiteId::from_bytes) })
        };
        Ok(SingleSignOn {
            is_on: self.is_on,
            provider: self.provider.map(ProviderRecord::provider).transpose()?,
            directory: self.directory.map(DirectoryRecord::directory).transpose()?,
            admission: Admission {
                rules: self.rules.into_iter().map(rule).collect::<Result<_, StoreError>>()?,
                creates_accounts: self.creates_accounts,
                links_by_email: self.links_by_email,
            },
            is_enforced: self.is_enforced,
        })
    }
}

impl ProviderRecord {
    fn provider(self) -> Result<Provider, StoreError> {
        Ok(Provider {
            name: Name::parse(&self.name).map_err(unfit)?,
            issuer: Issuer::parse(&self.issuer).map_err(unfit)?,
            client_id: Line::parse(&self.client_id).map_err(unfit)?,
            scopes: self.scopes.iter().map(|scope| Scope::parse(scope).map_err(unfit)).collect::<Result<_, _>>()?,
            groups_claim: Label::parse(&self.groups_claim).map_err(unfit)?,
            authority: self.authority.map(|pem| Authority::parse(&pem).map_err(unfit)).transpose()?,
            logout_networks: self.logout_networks.iter().map(|it| Network::parse(it).map_err(unfit)).collect::<Result<_, _>>()?,
        })
    }
}

impl DirectoryRecord {
    fn directory(self) -> Result<Directory, StoreError> {
        let security = match self.security {
            SecurityRecord::Tls => Security::Tls,
            SecurityRecord::StartTls => Security::StartTls,
            SecurityRecord::None => Security::None,
        };
        let line = |text: &str| Line::parse(text).map_err(unfit);
        let attribute = |text: &str| Attribute::parse(text).map_err(unfit);
        let find = match self.find {
            FindRecord::Name(template) => Find::by_name(line(&template)?).map_err(unfit)?,
            FindRecord::Search { reader, base, filter } => {
                let reader = reader.map(|reader| line(&reader)).transpose()?;
                Find::by_search(reader, line(&base)?, line(&filter)?).map_err(unfit)?
            }
        };
        Ok(Directory {
            server: Server { host: self.host, port: self.port, security },
            authority: self.authority.map(|pem| Authority::parse(&pem).map_err(unfit)).transpose()?,
            find,
            group_base: self.group_base.map(|base| line(&base)).transpose()?,
            attributes: Attributes {
                id: self.id.map(|id| attribute(&id)).transpose()?,
                name: attribute(&self.name)?,
                email: attribute(&self.email)?,
                groups: attribute(&self.groups)?,
            },
        })
    }
}
