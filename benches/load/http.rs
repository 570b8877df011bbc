//! A small HTTP/1.1 client over TLS. It shows every byte of an answer as it came, and lets a WebSocket go on over the
//! connection that fetched its ticket.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Fallible;

/// Where a server is, and how to talk to it.
#[derive(Debug, Clone)]
pub struct Target {
    pub address: SocketAddr,
    /// `127.0.0.1:8443`, as it stands in `Host` and after `https://` in `Origin`.
    pub authority: String,
    pub tls: Arc<ClientConfig>,
}

pub struct Connection {
    stream: TlsStream<TcpStream>,
    authority: String,
    unread: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers_named(name).next()
    }

    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The answer when it has this status, else an error that says what came.
    pub fn expect_status(self, wanted: u16, what: &str) -> Fallible<Self> {
        if self.status == wanted {
            return Ok(self);
        }
        let start: String = self.text().chars().take(300).collect();
        Err(format!("{what}: status {} where {wanted} was expected: {start}", self.status).into())
    }
}

impl Target {
    pub fn origin(&self) -> String {
        format!("https://{}", self.authority)
    }

    /// Connects from loopback address 127.0.0.`source`: one address has ports for 28,000 connections only.
    pub async fn connect(&self, source: u8) -> Fallible<Connection> {
        let socket = if self.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if self.address.ip().is_loopback() && self.address.is_ipv4() {
            socket.bind(SocketAddr::new(Ipv4Addr::new(127, 0, 0, source.max(1)).into(), 0))?;
        }
        let tcp = socket.connect(self.address).await?;
        tcp.set_nodelay(true)?;
        let host = self.authority.rsplit_once(':').map_or(self.authority.as_str(), |(host, _)| host);
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
        let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await?;
        Ok(Connection { stream, authority: self.authority.clone(), unread: Vec::new() })
    }
}

impl Connection {
    pub async fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Fallible<Answer> {
        use std::fmt::Write as _;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.authority);
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        if method != "GET" {
            write!(head, "Content-Length: {}\r\n", body.len())?;
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await?;
        self.answer().await
    }

    /// The bare stream, for a protocol that goes on over it.
    pub fn into_stream(self) -> TlsStream<TcpStream> {
        self.stream
    }

    async fn answer(&mut self) -> Fallible<Answer> {
        let end = self.read_until(b"\r\n\r\n", 0).await?;
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        self.unread.drain(..end + 4);
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("an answer without a status")?.parse()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            answer.body = self.chunks().await?;
        } else if let Some(length) = answer.header("content-length") {
            let length: usize = length.parse()?;
            self.read_at_least(length).await?;
            answer.body = self.unread.drain(..length).collect();
        }
        Ok(answer)
    }

    async fn chunks(&mut self) -> Fallible<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.read_until(b"\r\n", 0).await?;
            let size = String::from_utf8_lossy(&self.unread[..end]).into_owned();
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
            self.unread.drain(..end + 2);
            self.read_at_least(size + 2).await?;
            body.extend(self.unread.drain(..size));
            self.unread.drain(..2);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn read_until(&mut self, mark: &[u8], mut from: usize) -> Fallible<usize> {
        loop {
            let found = self.unread[from..].windows(mark.len()).position(|window| window == mark);
            if let Some(at) = found {
                return Ok(from + at);
            }
            from = self.unread.len().saturating_sub(mark.len());
            self.read_more().await?;
        }
    }

    async fn read_at_least(&mut self, length: usize) -> Fallible<()> {
        while self.unread.len() < length {
            self.read_more().await?;
        }
        Ok(())
    }

    async fn read_more(&mut self) -> Fallible<()> {
        let mut part = [0; 4096];
        let count = self.stream.read(&mut part).await?;
        if count == 0 {
            return Err("the server closed the connection in the middle of an answer".into());
        }
        self.unread.extend_from_slice(&part[..count]);
        Ok(())
    }
}
