//! A client that says whatever it likes, byte by byte, over real TLS or in clear. What it hears is taken apart by rules of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;

use super::http::Door;
use super::world::must_come;

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

pub struct Raw {
    line: Box<dyn Line>,
    heard: Vec<u8>,
}

/// An answer as it came over the line.
#[derive(Debug, Clone)]
pub struct Said {
    pub status: u16,
    /// Its headers, in lower case.
    pub head: String,
    pub body: String,
}

impl Said {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}

impl Raw {
    pub async fn open(door: &Door) -> Self {
        Self::open_taking(door, None).await
    }

    /// The kernel takes about this many bytes for a reader that does not read.
    pub async fn open_taking(door: &Door, bytes: Option<u32>) -> Self {
        super::install_crypto();
        let stream = Self::tcp(SocketAddr::new(door.host, door.port), bytes).await;
        let connector = TlsConnector::from(Arc::clone(&door.tls));
        let line = must_come("a TLS handshake", connector.connect(ServerName::IpAddress(door.host.into()), stream)).await;
        Self { line: Box::new(line.unwrap()), heard: Vec::new() }
    }

    /// Without TLS.
    pub async fn in_clear(address: SocketAddr) -> Self {
        Self { line: Box::new(Self::tcp(address, None).await), heard: Vec::new() }
    }

    async fn tcp(address: SocketAddr, bytes: Option<u32>) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = must_come("a TCP connection", socket.connect(address)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Whether the other side still took it.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.line.write_all(bytes.as_ref()).await.is_ok() && self.line.flush().await.is_ok()
    }

    /// The next answer; `None` when the line has ended instead.
    pub async fn hear(&mut self) -> Option<Said> {
        loop {
            if let Some((said, length)) = answer_in(&self.heard) {
                self.heard.drain(..length);
                return Some(said);
            }
            if must_come("an answer or the end", self.hear_more()).await == 0 {
                return None;
            }
        }
    }

    /// All that comes until the line ends, which has to happen.
    pub async fn hear_to_the_end(&mut self) -> Vec<Said> {
        let mut all = Vec::new();
        while let Some(said) = self.hear().await {
            all.push(said);
        }
        assert!(self.heard.is_empty(), "half an answer: {}", String::from_utf8_lossy(&self.heard));
        all
    }

    /// Hears for so long at most; whether the line has ended.
    pub async fn has_ended_within(&mut self, span: Duration) -> bool {
        tokio::time::timeout(span, self.hear_more()).await == Ok(0)
    }

    /// A line that breaks has ended, too.
    async fn hear_more(&mut self) -> usize {
        let mut piece = [0; 16 * 1024];
        let count = self.line.read(&mut piece).await.unwrap_or(0);
        self.heard.extend_from_slice(&piece[..count]);
        count
    }
}

/// The first whole answer among these bytes, and how long it is.
fn answer_in(bytes: &[u8]) -> Option<(Said, usize)> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let rest = head.strip_prefix("http/1.1 ").or_else(|| head.strip_prefix("http/1.0 "));
    let status = rest.and_then(|rest| rest.get(..3)?.parse().ok());
    let mut said = Said { status: status.unwrap_or_else(|| panic!("no answer: {head}")), head, body: String::new() };
    let start = end + 4;
    if said.header("transfer-encoding") == Some("chunked") {
        let mut at = start;
        loop {
            let line = find(&bytes[at..], b"\r\n")?;
            let size = usize::from_str_radix(std::str::from_utf8(&bytes[at..at + line]).unwrap(), 16).unwrap();
            let data = at + line + 2;
            let next = data + size + 2;
            if bytes.len() < next {
                return None;
            }
            said.body.push_str(&String::from_utf8_lossy(&bytes[data..data + size]));
            at = next;
            if size == 0 {
                return Some((said, at));
            }
        }
    }
    let length = said.header("content-length").map_or(0, |length| length.parse().unwrap());
    let whole = bytes.get(start..start + length)?;
    said.body = String::from_utf8_lossy(whole).into_owned();
    Some((said, start + length))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|at| at == what)
}
