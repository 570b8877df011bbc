//! The one client for what this server asks of others over https. Where it asks is often somebody else's word (an address in the admin
//! panel, a link in an answer), so each request is bounded in every way: TLS alone, an address that `Reach` permits and that is then
//! connected to as it was checked, no redirect, no proxy, no cookie, no compression, ten seconds, 64 KiB.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;
use zeroize::Zeroizing;

use super::{Trouble, names, trust};
use crate::config::Config;
use crate::domain::limits;
use crate::domain::reach::Reach;

pub struct Http {
    reach: Reach,
    /// With an air gap nothing is asked and no name is looked up.
    is_closed: bool,
    /// So many at a time: whoever has this server ask others gets no more of it than that.
    places: Semaphore,
}

/// What to ask. Does not print: forms and headers hold secrets.
pub struct Question<'a> {
    pub url: &'a str,
    /// The authority (PEM) to believe instead of the web's.
    pub authority: Option<&'a str>,
    /// Sent with POST; without one it is GET.
    pub form: Option<&'a [(&'a str, &'a str)]>,
    pub authorization: Option<Zeroizing<String>>,
}

/// What to hand over. Does not print.
pub struct Parcel<'a> {
    pub url: &'a str,
    pub authority: Option<&'a str>,
    pub headers: &'a [(&'static str, &'a str)],
    pub json: Zeroizing<Vec<u8>>,
}

/// Does not print: an answer may hold tokens.
pub struct Answer {
    pub status: u16,
    pub body: Zeroizing<Vec<u8>>,
}

impl Http {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            reach: Reach::new(config.outbound_private.clone()),
            is_closed: config.air_gap,
            places: Semaphore::new(limits::OUTBOUND_PARALLEL),
        }
    }

    /// # Errors
    /// In words for the administrator, without anything that the other side said.
    pub async fn ask(&self, question: &Question<'_>) -> Result<Answer, Trouble> {
        let _place = self.place()?;
        tokio::time::timeout(limits::OUTBOUND_PATIENCE, self.ask_at_leisure(question)).await.unwrap_or(Err(Trouble::Slow))
    }

    /// Hands something over with POST. Gives the number of the answer, of which nothing more is read: a body that comes slowly, or never
    /// ends, holds nobody up.
    ///
    /// # Errors
    /// As `ask`.
    pub async fn deliver(&self, parcel: Parcel<'_>) -> Result<u16, Trouble> {
        let _place = self.place()?;
        tokio::time::timeout(limits::OUTBOUND_PATIENCE, self.deliver_at_leisure(parcel)).await.unwrap_or(Err(Trouble::Slow))
    }

    /// Held for as long as a connection is open.
    ///
    /// # Errors
    /// `Busy` when there are too many.
    pub(super) fn place(&self) -> Result<SemaphorePermit<'_>, Trouble> {
        self.places.try_acquire().map_err(|_| Trouble::Busy)
    }

    /// The addresses of a host that may be connected to; for connections that are not https.
    ///
    /// # Errors
    /// When there is none, or with an air gap.
    pub(super) async fn permitted(&self, host: &str) -> Result<Vec<IpAddr>, Trouble> {
        if self.is_closed {
            return Err(Trouble::AirGap);
        }
        let found = names::addresses(host).await.map_err(|names::Unknown| Trouble::NameUnknown)?;
        let (permitted, refused): (Vec<IpAddr>, Vec<IpAddr>) =
            found.into_iter().partition(|address| self.reach.permits(*address));
        match refused.first() {
            Some(address) if permitted.is_empty() => Err(Trouble::Private(*address)),
            _ => Ok(permitted),
        }
    }

    async fn ask_at_leisure(&self, question: &Question<'_>) -> Result<Answer, Trouble> {
        let url = https(question.url)?;
        let client = self.client_for(&url, question.authority).await?;
        let mut request = match question.form {
            Some(fields) => client
                .request(Method::POST, url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()),
            None => client.request(Method::GET, url),
        };
        request = request.header(ACCEPT, "application/json");
        if let Some(authorization) = &question.authorization {
            let mut value = HeaderValue::from_str(authorization).map_err(|_| Trouble::NotUnderstood)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let mut response = request.send().await.map_err(|error| trouble(&error))?;
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
            if body.len() + chunk.len() > limits::OUTBOUND_ANSWER_BYTES {
                return Err(Trouble::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status().as_u16(), body })
    }

    async fn deliver_at_leisure(&self, parcel: Parcel<'_>) -> Result<u16, Trouble> {
        let url = https(parcel.url)?;
        let client = self.client_for(&url, parcel.authority).await?;
        let mut request = client.request(Method::POST, url).header(CONTENT_TYPE, "application/json");
        for (name, value) in parcel.headers {
            request = request.header(*name, *value);
        }
        let body = Bytes::from_owner(Wiped(parcel.json));
        let response = request.body(body).send().await.map_err(|error| trouble(&error))?;
        Ok(response.status().as_u16())
    }

    /// A client that can connect to this host alone, at the addresses that were checked.
    async fn client_for(&self, url: &Url, authority: Option<&str>) -> Result<Client, Trouble> {
        let port = url.port_or_known_default().unwrap_or(443);
        let addresses = self.permitted(url.host_str().unwrap_or_default()).await?;
        let pinned = addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect();
        client(pinned, authority)
    }
}

/// What a library holds while it is sent, wiped when it lets go.
struct Wiped(Zeroizing<Vec<u8>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// An address that begins with https and names a host; no account in it, which would be a secret in a place that is shown.
fn https(text: &str) -> Result<Url, Trouble> {
    let url = Url::parse(text).map_err(|_| Trouble::NotHttps)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    if url.scheme() == "https" && url.host_str().is_some_and(|host| !host.is_empty()) && is_plain {
        Ok(url)
    } else {
        Err(Trouble::NotHttps)
    }
}

fn client(addresses: Vec<SocketAddr>, authority: Option<&str>) -> Result<Client, Trouble> {
    Client::builder()
        .tls_backend_preconfigured(trust::tls(authority)?)
        .dns_resolver(Pinned(Arc::new(addresses)))
        .https_only(true)
        .http1_only()
        .redirect(Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .referer(false)
        .retry(reqwest::retry::never())
        .user_agent("Parlor")
        .timeout(limits::OUTBOUND_PATIENCE)
        .build()
        .map_err(|_| Trouble::NoConnection)
}

/// Whatever is asked for, it is where the check found it: a second look-up could be answered differently.
struct Pinned(Arc<Vec<SocketAddr>>);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses = Vec::clone(&self.0);
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as Addrs) })
    }
}

/// What kind of trouble it is, without anybody's words.
fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::Slow;
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(kind) = tls_trouble(inner) {
            return kind;
        }
        cause = inner.source();
    }
    if error.is_connect() { Trouble::NoConnection } else { Trouble::NotUnderstood }
}

/// A failure of TLS, which libraries hand up inside errors of input and output, one in another.
pub(super) fn tls_trouble(error: &(dyn std::error::Error + 'static)) -> Option<Trouble> {
    if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        return tls_trouble(inner);
    }
    let tls = error.downcast_ref::<rustls::Error>()?;
    Some(match tls {
        rustls::Error::InvalidCertificate(_) => Trouble::Certificate,
        _ => Trouble::NoTls,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_nothing_else() {
        assert!(https("https://id.clinic.example/realm").is_ok());
        for wrong in [
            "http://id.clinic.example",
            "ftp://id.clinic.example",
            "file:///etc/passwd",
            "https://",
            "https://user@id.clinic.example",
            "https://user:word@id.clinic.example",
            "//id.clinic.example",
            "gopher://127.0.0.1:25/",
            "",
        ] {
            assert_eq!(https(wrong).unwrap_err(), Trouble::NotHttps, "{wrong}");
        }
    }

    #[tokio::test]
    async fn private_addresses_are_refused_before_anything_is_sent_however_they_are_written() {
        let mut http = Http { reach: Reach::default(), is_closed: false, places: Semaphore::new(1) };
        for url in [
            "https://127.0.0.1/",
            "https://localhost:1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.1.2.3/",
            "https://0/",
        ] {
            let question = Question { url, authority: None, form: None, authorization: None };
            assert!(matches!(http.ask(&question).await.err(), Some(Trouble::Private(_))), "{url}");
        }
        let question = Question { url: "https://id.clinic.example/", authority: None, form: None, authorization: None };
        http.is_closed = true;
        assert_eq!(http.ask(&question).await.err(), Some(Trouble::AirGap));
        let _taken = http.place().unwrap();
        assert_eq!(http.ask(&question).await.err(), Some(Trouble::Busy));
    }
}
