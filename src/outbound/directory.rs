//! A directory (LDAP, RFC 4511) that is asked whether a password is somebody's. It sees passwords, so it is spoken to over TLS with a
//! certificate that is believed, or on this very machine; and what people type reaches it as a value only.

use std::net::SocketAddr;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ldap3::{LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Scope, SearchEntry, SearchOptions, StdStream};
use url::Url;

use super::http::{self, Http};
use super::{Trouble, trust};
use crate::domain::directory::{Attribute, Directory, Find, Security, USER, escaped};
use crate::domain::limits;
use crate::domain::sso::{Claims, Source};
use crate::domain::text::{EmailAddress, Name};

/// Why a directory is of no use, in words for the administrator. Nothing in it was said by the directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryFault {
    #[error("The directory cannot be asked: {0}.")]
    Trouble(#[from] Trouble),
    #[error("The directory does not take the reader’s name and password.")]
    Reader,
    #[error("The directory found more than one entry for the same name, so nobody is signed in: make the filter narrower.")]
    Several,
    #[error("The entry has no {0}, which is to tell it from all others.")]
    NoId(String),
    #[error("The directory answered with the code {0} (RFC 4511, appendix A).")]
    Code(u32),
}

pub struct Ldap {
    http: Arc<Http>,
}

/// Does not print: it holds a password.
pub struct Credentials<'a> {
    pub user: &'a str,
    pub password: &'a str,
}

impl Ldap {
    #[must_use]
    pub fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    /// Who it is, if the name and the password belong together.
    ///
    /// # Errors
    /// When the directory cannot say.
    pub async fn claims(
        &self,
        directory: &Directory,
        reader_password: Option<&str>,
        credentials: &Credentials<'_>,
    ) -> Result<Option<Claims>, DirectoryFault> {
        // A bind without a password succeeds and proves nothing (RFC 4513, section 5.1.2).
        if credentials.password.is_empty() || credentials.user.trim().is_empty() {
            return Ok(None);
        }
        let _place = self.http.place()?;
        let asked = async {
            let mut talk = self.talk(directory).await?;
            let found = talk.find(directory, reader_password, credentials).await;
            talk.end().await;
            found
        };
        tokio::time::timeout(limits::OUTBOUND_PATIENCE, asked).await.unwrap_or(Err(Trouble::Slow.into()))
    }

    /// Tries out what the administrator filled in: the connection, its certificate, and the reader.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub async fn try_out(&self, directory: &Directory, reader_password: Option<&str>) -> Result<(), DirectoryFault> {
        let _place = self.http.place()?;
        let asked = async {
            let mut talk = self.talk(directory).await?;
            let tried = match &directory.find {
                Find::Name(_) => Ok(()),
                Find::Search { base, .. } => match talk.read_as(directory, reader_password).await {
                    Ok(()) => talk.search(base.as_str(), Scope::Base, "(objectClass=*)", &["1.1"]).await.map(|_| ()),
                    Err(fault) => Err(fault),
                },
            };
            talk.end().await;
            tried
        };
        tokio::time::timeout(limits::OUTBOUND_PATIENCE, asked).await.unwrap_or(Err(Trouble::Slow.into()))
    }

    async fn talk(&self, directory: &Directory) -> Result<Talk, DirectoryFault> {
        let server = &directory.server;
        let addresses = self.http.permitted(&server.host).await?;
        let mut stream = Err(Trouble::NoConnection);
        for address in addresses {
            if let Ok(connected) = tokio::net::TcpStream::connect(SocketAddr::new(address, server.port)).await {
                stream = connected.into_std().map_err(|_| Trouble::NoConnection);
                break;
            }
        }
        let mut settings = LdapConnSettings::new()
            .set_std_stream(StdStream::Tcp(stream?))
            .set_conn_timeout(limits::OUTBOUND_PATIENCE)
            .set_starttls(server.security == Security::StartTls);
        if server.security != Security::None {
            settings = settings.set_config(Arc::new(trust::tls(directory.authority.as_ref().map(|it| it.as_str()))?));
        }
        let url = Url::parse(&server.url()).map_err(|_| Trouble::NameUnknown)?;
        let (connection, ldap) = LdapConnAsync::from_url_with_settings(settings, &url).await.map_err(|error| fault(&error))?;
        // It ends when the last handle is dropped.
        tokio::spawn(async move {
            if connection.drive().await.is_err() {
                tracing::debug!("the connection to the directory broke");
            }
        });
        Ok(Talk(ldap))
    }
}

/// One connection.
struct Talk(ldap3::Ldap);

impl Talk {
    async fn find(
        &mut self,
        directory: &Directory,
        reader_password: Option<&str>,
        credentials: &Credentials<'_>,
    ) -> Result<Option<Claims>, DirectoryFault> {
        let user = escaped(credentials.user.trim());
        match &directory.find {
            Find::Name(template) => {
                let name = template.as_str().replace(USER, &user);
                if !self.is_password_of(&name, credentials.password).await? {
                    return Ok(None);
                }
                let Some(entry) = self.one(directory, &name, Scope::Base, "(objectClass=*)").await? else { return Ok(None) };
                self.claims(directory, &entry).await.map(Some)
            }
            Find::Search { base, filter, .. } => {
                self.read_as(directory, reader_password).await?;
                let filter = filter.as_str().replace(USER, &user);
                let Some(entry) = self.one(directory, base.as_str(), Scope::Subtree, &filter).await? else {
                    // As long as it takes for somebody who is there.
                    let nobody = format!("cn=nobody,{}", base.as_str());
                    self.is_password_of(&nobody, credentials.password).await?;
                    return Ok(None);
                };
                // What the reader sees counts, not what people may see of themselves.
                let claims = self.claims(directory, &entry).await?;
                Ok(self.is_password_of(&entry.dn, credentials.password).await?.then_some(claims))
            }
        }
    }

    async fn read_as(&mut self, directory: &Directory, password: Option<&str>) -> Result<(), DirectoryFault> {
        let Find::Search { reader: Some(reader), .. } = &directory.find else { return Ok(()) };
        let Some(password) = password.filter(|password| !password.is_empty()) else { return Err(DirectoryFault::Reader) };
        if self.is_password_of(reader.as_str(), password).await? { Ok(()) } else { Err(DirectoryFault::Reader) }
    }

    async fn is_password_of(&mut self, name: &str, password: &str) -> Result<bool, DirectoryFault> {
        let answer = self.0.simple_bind(name, password).await.map_err(|error| fault(&error))?;
        match answer.rc {
            0 => Ok(true),
            // No such object, a name that is none, a kind of proof that the entry does not take, wrong credentials, and what directories
            // say of accounts that are locked.
            32 | 34 | 48 | 49 | 50 | 53 => Ok(false),
            code => Err(DirectoryFault::Code(code)),
        }
    }

    /// The one entry that is found; none when there is none.
    async fn one(
        &mut self,
        directory: &Directory,
        base: &str,
        scope: Scope,
        filter: &str,
    ) -> Result<Option<SearchEntry>, DirectoryFault> {
        let read = &directory.attributes;
        let mut wanted = vec!["uid", read.name.as_str(), read.email.as_str(), read.groups.as_str()];
        wanted.extend(read.id.as_ref().map(Attribute::as_str));
        let mut found = self.search(base, scope, filter, &wanted).await?;
        if found.len() > 1 { Err(DirectoryFault::Several) } else { Ok(found.pop()) }
    }

    async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        wanted: &[&str],
    ) -> Result<Vec<SearchEntry>, DirectoryFault> {
        let most = i32::try_from(limits::SSO_GROUPS).unwrap_or(i32::MAX);
        self.0.with_search_options(SearchOptions::new().sizelimit(most));
        let found = self.0.search(base, scope, filter, wanted.to_vec()).await.map_err(|error| fault(&error))?;
        let LdapResult { rc, .. } = found.1;
        match rc {
            0 => {}
            // More than the directory gives out at once: what came is looked at.
            4 => {}
            32 => return Ok(Vec::new()),
            code => return Err(DirectoryFault::Code(code)),
        }
        // References to other directories are not followed.
        let entries = found.0.into_iter().filter(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok(entries.map(SearchEntry::construct).collect())
    }

    async fn claims(&mut self, directory: &Directory, entry: &SearchEntry) -> Result<Claims, DirectoryFault> {
        let read = &directory.attributes;
        let subject = match &read.id {
            None => entry.dn.clone(),
            Some(attribute) => id(entry, attribute).ok_or_else(|| DirectoryFault::NoId(attribute.as_str().to_owned()))?,
        };
        if !Claims::is_subject(&subject) {
            return Err(DirectoryFault::NoId(read.id.as_ref().map_or("name", Attribute::as_str).to_owned()));
        }
        let mut groups = values(entry, read.groups.as_str()).to_vec();
        if let Some(base) = &directory.group_base {
            let name = escaped(&entry.dn);
            let mut filter = format!("(|(member={name})(uniqueMember={name})");
            for uid in values(entry, "uid").iter().take(1) {
                filter.push_str(&format!("(memberUid={})", escaped(uid)));
            }
            filter.push(')');
            groups.extend(self.search(base.as_str(), Scope::Subtree, &filter, &["1.1"]).await?.into_iter().map(|group| group.dn));
        }
        let first = |attribute: &Attribute| values(entry, attribute.as_str()).first();
        Ok(Claims {
            issuer: directory.server.url(),
            subject,
            name: first(&read.name).and_then(|name| Name::parse(name).ok()),
            email: first(&read.email).and_then(|email| EmailAddress::parse(email).ok()),
            // Whoever runs the directory gave it to them.
            email_is_verified: true,
            groups: Claims::bounded_groups(groups),
            sid: None,
            source: Source::Directory,
        })
    }

    async fn end(mut self) {
        if self.0.unbind().await.is_err() {
            tracing::debug!("the directory had hung up already");
        }
    }
}

/// Attributes are called the same in small and capital letters.
fn values<'a>(entry: &'a SearchEntry, name: &str) -> &'a [String] {
    entry.attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(&[], |(_, values)| values)
}

/// The id of an entry: as it is, or in hexadecimal where it is bytes, as `objectGUID` always is.
fn id(entry: &SearchEntry, attribute: &Attribute) -> Option<String> {
    let name = attribute.as_str();
    let is_bytes = name.eq_ignore_ascii_case("objectGUID");
    let text = values(entry, name).first().map(|text| if is_bytes { HEXLOWER.encode(text.as_bytes()) } else { text.clone() });
    text.or_else(|| {
        let bytes = entry.bin_attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.first()?;
        Some(HEXLOWER.encode(bytes))
    })
}

fn fault(error: &LdapError) -> DirectoryFault {
    match error {
        LdapError::LdapResult { result } => DirectoryFault::Code(result.rc),
        LdapError::Timeout { .. } => Trouble::Slow.into(),
        LdapError::Io { source } => http::tls_trouble(source).unwrap_or(Trouble::NoConnection).into(),
        LdapError::FilterParsing => Trouble::NotUnderstood.into(),
        _ => Trouble::NoConnection.into(),
    }
}
