//! What a browser has to fetch: the loader, the panel, the console. Bytes are those of the bodies as they come over the
//! line, brotli as every browser asks for it.

use std::collections::BTreeSet;

use crate::Fallible;
use crate::http::Connection;
use crate::server::Subject;
use crate::socket::Credential;

#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    pub bytes: usize,
    pub requests: usize,
}

#[derive(Debug)]
pub struct Weights {
    pub loader: Weight,
    pub panel: Weight,
    pub console: Option<Weight>,
}

pub async fn weigh(subject: &Subject) -> Fallible<Weights> {
    let mut connection = subject.target().connect(1).await?;
    let loader = fetch(&mut connection, "/widget.js", None).await?.0;
    let site = subject.site().ok_or("no site")?;
    let panel = page(&mut connection, &format!("/widget/{site}"), None).await?;
    let console = match subject.operator(0) {
        Ok(Credential::Operator { cookie, .. }) => Some(page(&mut connection, "/console", Some(cookie)).await?),
        _ => None,
    };
    Ok(Weights { loader, panel, console })
}

/// A page with everything that it and its parts link to.
async fn page(connection: &mut Connection, path: &str, cookie: Option<&str>) -> Fallible<Weight> {
    let (mut sum, html) = fetch(connection, path, cookie).await?;
    let mut waiting: Vec<String> = links(&html, &["src=\"", "href=\""]);
    // Links to other pages are not fetched by a browser; assets are.
    waiting.retain(|link| is_asset(link));
    let mut seen = BTreeSet::new();
    while let Some(link) = waiting.pop() {
        let link = link.split(['#', '?']).next().unwrap_or_default().to_owned();
        if !seen.insert(link.clone()) {
            continue;
        }
        let (weight, text) = fetch(connection, &link, cookie).await?;
        sum.bytes += weight.bytes;
        sum.requests += weight.requests;
        waiting.extend(
            links(&text, &["url(\"", "url(", "from \"", "import \"", "import(\""]).into_iter().filter(|link| is_asset(link)),
        );
    }
    Ok(sum)
}

fn is_asset(link: &str) -> bool {
    link.starts_with("/assets/") || link == "/favicon.ico" || link == "/widget.js"
}

fn links(text: &str, marks: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for mark in marks {
        for part in text.split(mark).skip(1) {
            let end = part.find(['"', ')', '\'']).unwrap_or(0);
            found.push(part[..end].to_owned());
        }
    }
    found
}

async fn fetch(connection: &mut Connection, path: &str, cookie: Option<&str>) -> Fallible<(Weight, String)> {
    let mut headers = vec![("Accept-Encoding", "br"), ("Sec-Fetch-Site", "same-origin")];
    if let Some(cookie) = cookie {
        headers.push(("Cookie", cookie));
    }
    let answer = connection.request("GET", path, &headers, b"").await?.expect_status(200, path)?;
    let weight = Weight { bytes: answer.body.len(), requests: 1 };
    // The links inside are read from the clear form.
    let clear = if answer.header("content-encoding") == Some("br") {
        let plain = connection.request("GET", path, &headers[1..], b"").await?.expect_status(200, path)?;
        plain.text().into_owned()
    } else {
        answer.text().into_owned()
    };
    Ok((weight, clear))
}
