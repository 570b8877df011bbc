//! Files on their way into a chat, and what comes out of it again.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::actors::{Operator, Visitor};
use super::http::{Answer, Browser};

/// A file that somebody sends.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    pub conversation: &'a str,
    pub id: &'a str,
    pub name: &'a str,
    pub content: &'a [u8],
}

impl Outgoing<'_> {
    /// With what this person shows of themselves.
    pub fn by(&self, browser: &Browser, shown: &[(&str, &str)]) -> reqwest::RequestBuilder {
        // Neither may ever stand on the disk.
        browser.door.markers.note(self.name);
        browser.door.markers.note(&String::from_utf8_lossy(&self.content[..self.content.len().min(48)]));
        let mut request = browser
            .request(Method::POST, "/live/files")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/octet-stream")
            .header("x-parlor-conversation", self.conversation)
            .header("x-parlor-id", self.id)
            .header("x-parlor-name", utf8_percent_encode(self.name, NON_ALPHANUMERIC).to_string())
            .body(self.content.to_vec());
        for (name, value) in shown {
            request = request.header(*name, *value);
        }
        request
    }

    pub async fn of_visitor(&self, visitor: &Visitor) -> Answer {
        let bearer = format!("Bearer {}", visitor.token);
        Browser::answer(self.by(&visitor.browser, &[("authorization", &bearer), ("x-parlor-site", &visitor.site)])).await
    }

    pub async fn of_operator(&self, operator: &Operator) -> Answer {
        let csrf = operator.csrf().await;
        Browser::answer(self.by(&operator.browser, &[("x-parlor-csrf", &csrf)])).await
    }
}

/// What came back, byte by byte.
pub struct Incoming {
    pub status: u16,
    pub headers: HeaderMap,
    pub content: Vec<u8>,
}

impl Incoming {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.header("sec-fetch-site", "same-origin").send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, content: answer.bytes().await.unwrap().to_vec() }
    }

    pub async fn to_visitor(visitor: &Visitor, conversation: &str, file: &str) -> Self {
        let request = visitor.browser.request(Method::GET, &format!("/live/files/{conversation}/{file}"));
        let bearer = format!("Bearer {}", visitor.token);
        Self::of(request.header("authorization", bearer).header("x-parlor-site", &visitor.site)).await
    }

    pub async fn to_operator(operator: &Operator, conversation: &str, file: &str) -> Self {
        Self::of(operator.browser.request(Method::GET, &format!("/live/files/{conversation}/{file}"))).await
    }
}
