//! One live connection: ticket, WebSocket, hello. Small buffers, so that ten thousand fit.

use std::borrow::Cow;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::Fallible;
use crate::http::Target;

/// With what a ticket is fetched.
#[derive(Debug, Clone)]
pub enum Credential {
    Visitor {
        token: String,
        site: String,
    },
    Operator {
        cookie: String,
        csrf: String,
    },
    /// The reference server asks nobody.
    None,
}

/// What the client reads of a server's frame.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    #[serde(borrow)]
    pub t: Cow<'a, str>,
    #[serde(borrow, default)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub conversation: Option<Cow<'a, str>>,
    #[serde(default)]
    pub seq: Option<u32>,
    #[serde(borrow, default)]
    pub kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub from: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub text: Option<Cow<'a, str>>,
}

pub struct Socket {
    stream: WebSocketStream<TlsStream<TcpStream>>,
}

impl Socket {
    /// From a new TCP connection to the answer to `hello`.
    pub async fn open(target: &Target, credential: &Credential, source: u8) -> Fallible<Self> {
        Self::open_after(target, credential, source, "{}").await
    }

    /// The same, for somebody who comes back: `after` is a JSON object with the last number seen of each conversation.
    pub async fn open_after(target: &Target, credential: &Credential, source: u8, after: &str) -> Fallible<Self> {
        let mut connection = target.connect(source).await?;
        let origin = target.origin();
        let mut headers = vec![("Origin", origin.as_str()), ("Content-Type", "application/json")];
        headers.push(("Sec-Fetch-Site", "same-origin"));
        let (bearer, body);
        match credential {
            Credential::Visitor { token, site } => {
                bearer = format!("Bearer {token}");
                headers.push(("Authorization", &bearer));
                body = format!("{{\"site\":\"{site}\"}}");
            }
            Credential::Operator { cookie, csrf } => {
                headers.push(("Cookie", cookie));
                headers.push(("X-Parlor-Csrf", csrf));
                body = "{}".to_owned();
            }
            Credential::None => body = "{}".to_owned(),
        }
        let answer = connection.request("POST", "/live/ticket", &headers, body.as_bytes()).await?;
        let answer = answer.expect_status(200, "POST /live/ticket")?;
        let ticket: Ticket = serde_json::from_slice(&answer.body)?;

        let mut request = format!("wss://{}/live", target.authority).into_client_request()?;
        request.headers_mut().insert("origin", origin.parse()?);
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(16 * 1024);
        let (stream, _) = tokio_tungstenite::client_async_with_config(request, connection.into_stream(), Some(small)).await?;
        let mut socket = Self { stream };
        let hello = format!("{{\"t\":\"hello\",\"v\":1,\"ticket\":\"{}\",\"after\":{after}}}", ticket.ticket);
        socket.queue(hello).await?;
        socket.flush().await?;
        let first = socket.next().await?;
        let frame: Frame = serde_json::from_str(&first)?;
        // The reference server sends the hello back.
        if frame.t != "welcome" && frame.t != "hello" {
            return Err(format!("not welcome: {first}").into());
        }
        Ok(socket)
    }

    /// Puts a frame into the buffer; `flush` sends it.
    pub async fn queue(&mut self, text: String) -> Fallible<()> {
        Ok(self.stream.feed(Message::text(text)).await?)
    }

    pub async fn flush(&mut self) -> Fallible<()> {
        Ok(self.stream.flush().await?)
    }

    /// The next text frame. Pings are answered on the way.
    pub async fn next(&mut self) -> Fallible<Utf8Bytes> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(reason))) => return Err(format!("the server closed: {reason:?}").into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err("the connection ended".into()),
            }
        }
    }

    /// A text frame that is here already.
    pub fn next_if_there(&mut self) -> Fallible<Option<Utf8Bytes>> {
        self.next().now_or_never().transpose()
    }

    /// Sends one frame and reads until the answer with this type comes; a refusal is an error.
    pub async fn ask(&mut self, frame: String, wanted: &str) -> Fallible<Utf8Bytes> {
        self.queue(frame).await?;
        self.flush().await?;
        loop {
            let text = self.next().await?;
            let frame: Frame = serde_json::from_str(&text)?;
            if frame.t == wanted {
                return Ok(text);
            }
            if frame.t == "refused" || frame.t == "bye" {
                return Err(format!("refused: {text}").into());
            }
        }
    }
}

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
}
