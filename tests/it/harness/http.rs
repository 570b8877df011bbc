//! A person's browser, as far as HTTP goes: cookies, forms with their hidden token, an address of its own, no redirect
//! followed unless asked.

use std::net::IpAddr;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;

use super::disk::Markers;
use super::world::{ManualClock, must_come};

/// Where an appliance is to be found and what is needed to trust it.
#[derive(Clone)]
pub struct Door {
    pub host: IpAddr,
    /// What it is called, where that matters; otherwise it is called by its address.
    pub name: Option<&'static str>,
    pub port: u16,
    pub tls: Arc<rustls::ClientConfig>,
    pub markers: Markers,
}

impl Door {
    /// `clock` judges certificates; without one the machine's does.
    pub fn new(host: IpAddr, port: u16, authority_pem: &[u8], clock: Option<ManualClock>, markers: Markers) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority_pem) {
            roots.add(certificate.unwrap()).unwrap();
        }
        assert!(!roots.is_empty(), "the authority's certificate is no PEM");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = match clock {
            Some(clock) => rustls::ClientConfig::builder_with_details(provider, Arc::new(clock)),
            None => rustls::ClientConfig::builder_with_provider(provider),
        };
        let tls = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth();
        Self { host, name: None, port, tls: Arc::new(tls), markers }
    }

    /// The same appliance under a name of this machine.
    pub fn named(&self, name: &'static str) -> Self {
        Self { name: Some(name), ..self.clone() }
    }

    pub fn origin(&self) -> String {
        if let Some(name) = self.name {
            return format!("https://{name}:{}", self.port);
        }
        match self.host {
            IpAddr::V4(v4) => format!("https://{v4}:{}", self.port),
            IpAddr::V6(v6) => format!("https://[{v6}]:{}", self.port),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why} in {:?}", self.body))
    }

    /// The value of a hidden or filled field of a form.
    pub fn field(&self, name: &str) -> Option<String> {
        let tag = self.tags("input").find(|tag| attribute(tag, "name").as_deref() == Some(name))?;
        attribute(tag, "value")
    }

    /// The content of a `<meta name=…>`.
    pub fn meta(&self, name: &str) -> Option<String> {
        let tag = self.tags("meta").find(|tag| attribute(tag, "name").as_deref() == Some(name))?;
        attribute(tag, "content")
    }

    fn tags<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.body.split('<').filter_map(move |tag| {
            let rest = tag.strip_prefix(name)?;
            rest.starts_with(|c: char| c.is_whitespace()).then(|| rest.split('>').next().unwrap_or(rest))
        })
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location(), self.gist());
        self
    }

    /// What a person would read of it, for the message of a failed assertion.
    pub fn gist(&self) -> String {
        let main = self.body.find("<main").map_or(self.body.as_str(), |at| &self.body[at..]);
        let words: String =
            main.split('<').filter_map(|piece| piece.split_once('>').map(|(_, text)| text)).collect::<Vec<_>>().join(" ");
        let text = if main.contains('<') { words } else { main.to_owned() };
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(800).collect()
    }

    /// A form was taken: the answer leads to the next page.
    #[track_caller]
    pub fn expect_done(self) -> Self {
        assert_eq!(self.status.as_u16(), 303, "{}", self.gist());
        self
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\"")).or_else(|| tag.find(&format!("\n{name}=\"")))? + name.len() + 3;
    let value = &tag[start..];
    let value = &value[..value.find('"')?];
    let named = [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&#60;", "<"), ("&gt;", ">"), ("&#62;", ">")];
    let value = named.into_iter().fold(value.to_owned(), |value, (escaped, plain)| value.replace(escaped, plain));
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

#[derive(Clone)]
pub struct Browser {
    pub door: Door,
    client: Client,
    /// Headers that go with every request, such as a forwarded address.
    extra: HeaderMap,
}

impl Browser {
    pub fn new(door: &Door) -> Self {
        Self::build(door, None, 0)
    }

    /// The same, seen by the appliance as coming from `address`, which must be of this machine.
    pub fn from_address(door: &Door, address: IpAddr) -> Self {
        Self::build(door, Some(address), 0)
    }

    /// For many requests one after the other. It has to go before the appliance stops, which would wait for its connection.
    pub fn keeping(door: &Door, address: Option<IpAddr>) -> Self {
        Self::build(door, address, 1)
    }

    fn build(door: &Door, address: Option<IpAddr>, kept: usize) -> Self {
        super::install_crypto();
        let client = Client::builder()
            .tls_backend_preconfigured((*door.tls).clone())
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // A connection that is kept would be waited for when the appliance stops.
            .pool_max_idle_per_host(kept)
            .local_address(address)
            .build()
            .unwrap();
        Self { door: door.clone(), client, extra: HeaderMap::new() }
    }

    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.extra.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("https:") || path.starts_with("http:") {
            path.to_owned()
        } else {
            format!("{}{path}", self.door.origin())
        };
        self.client.request(method, url).headers(self.extra.clone())
    }

    pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
        must_come("an HTTP answer", async {
            let response = request.send().await.unwrap_or_else(|why| panic!("{why:?}"));
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.bytes().await.unwrap();
            Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
        })
        .await
    }

    /// Sends what was put together by hand; the status of the answer.
    pub async fn execute(&self, request: reqwest::Request) -> u16 {
        must_come("an HTTP answer", async { self.client.execute(request).await.unwrap().status().as_u16() }).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Self::answer(self.request(Method::GET, path).header("accept", "text/html")).await
    }

    /// A form as a browser sends it from a page of the same origin.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("accept", "text/html")
            .header("origin", self.door.origin())
            .header("sec-fetch-site", "same-origin")
            .form(fields);
        Self::answer(request).await
    }

    /// Opens `page`, fills its form in and sends it to `action` with the hidden token found on the page.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.get(page).await.expect(200);
        let csrf = form.field("csrf").unwrap_or_else(|| panic!("{page} has no form token: {}", form.gist()));
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }

    pub async fn post_json(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self
            .request(Method::POST, path)
            .header("origin", self.door.origin())
            .header("sec-fetch-site", "same-origin")
            .json(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Self::answer(request).await
    }
}
