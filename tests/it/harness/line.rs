//! The live protocol as a client speaks it, over a WebSocket or by polling: the same frames either way.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::http::{Browser, Door};
use super::world::must_come;

/// What the other side did next.
#[derive(Debug)]
pub enum Heard {
    Frame(Value),
    Closed { code: u16, reason: String },
}

pub enum Line {
    Socket(Box<WebSocketStream<TlsStream<TcpStream>>>),
    Poll { browser: Box<Browser>, secret: Option<String>, next: u64, waiting: VecDeque<Value> },
}

impl Line {
    /// Opens a WebSocket; `Err` is the HTTP status that refused it.
    pub async fn socket(door: &Door, origin: &str, from: Option<IpAddr>) -> Result<Self, u16> {
        Self::socket_taking(door, origin, from, None).await
    }

    /// The same; the kernel takes about this many bytes for a reader that does not read.
    pub async fn socket_taking(door: &Door, origin: &str, from: Option<IpAddr>, bytes: Option<u32>) -> Result<Self, u16> {
        super::install_crypto();
        let address = SocketAddr::new(door.host, door.port);
        let mut request = format!("{}/live", door.origin().replacen("https", "wss", 1)).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let stream = must_come("a TCP connection", async {
            let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.unwrap();
            if let Some(bytes) = bytes {
                socket.set_recv_buffer_size(bytes).unwrap();
            }
            if let Some(from) = from {
                socket.bind(SocketAddr::new(from, 0)).unwrap();
            }
            socket.connect(address).await.unwrap()
        })
        .await;
        stream.set_nodelay(true).unwrap();
        let connector = TlsConnector::from(Arc::clone(&door.tls));
        let name = ServerName::IpAddress(door.host.into());
        let stream = must_come("a TLS handshake", connector.connect(name, stream)).await.unwrap();
        match must_come("a WebSocket handshake", tokio_tungstenite::client_async(request, stream)).await {
            Ok((socket, _)) => Ok(Self::Socket(Box::new(socket))),
            Err(WsError::Http(response)) => Err(response.status().as_u16()),
            Err(why) => panic!("{why}"),
        }
    }

    /// Sends by POST and hears by GET.
    pub fn poll(browser: &Browser) -> Self {
        Self::Poll { browser: Box::new(browser.clone()), secret: None, next: 0, waiting: VecDeque::new() }
    }

    pub async fn send(&mut self, frame: &Value) {
        match self {
            Self::Socket(socket) => {
                let text = frame.to_string();
                must_come("a frame being sent", socket.send(Message::text(text))).await.unwrap();
            }
            Self::Poll { browser, secret, .. } => {
                let body = json!([frame]);
                match secret {
                    None => {
                        let answer = browser.post_json("/live/commands", &body, &[]).await.expect(200);
                        *secret = Some(answer.json()["poll"].as_str().unwrap().to_owned());
                    }
                    Some(secret) => {
                        let bearer = format!("Poll {secret}");
                        browser.post_json("/live/commands", &body, &[("authorization", &bearer)]).await.expect(204);
                    }
                }
            }
        }
    }

    /// Sends if the other side still is there.
    pub async fn try_send(&mut self, frame: &Value) -> bool {
        let Self::Socket(socket) = self else { panic!("only a socket breaks in the middle") };
        must_come("a frame being sent", socket.send(Message::text(frame.to_string()))).await.is_ok()
    }

    /// Something that is no frame of ours.
    pub async fn send_raw(&mut self, message: Message) {
        let Self::Socket(socket) = self else { panic!("only a socket takes raw messages") };
        must_come("a message being sent", socket.send(message)).await.unwrap();
    }

    /// The next frame, or how the line ended.
    pub async fn hear(&mut self) -> Heard {
        match self {
            Self::Socket(socket) => loop {
                match must_come("a frame", socket.next()).await {
                    Some(Ok(Message::Text(text))) => return Heard::Frame(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Heard::Closed { code: frame.code.into(), reason: frame.reason.to_string() };
                    }
                    Some(Ok(Message::Close(None))) => return Heard::Closed { code: 1005, reason: String::new() },
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                    Some(Ok(Message::Binary(_))) => panic!("the appliance never sends binary frames"),
                    // The connection went without a close frame, as with a killed server.
                    Some(Err(_)) | None => return Heard::Closed { code: 1006, reason: String::new() },
                }
            },
            Self::Poll { browser, secret, next, waiting } => loop {
                if let Some(frame) = waiting.pop_front() {
                    return Heard::Frame(frame);
                }
                let bearer = format!("Poll {}", secret.as_ref().expect("hello goes first"));
                let path = format!("/live/events?after={next}");
                let answer = Browser::answer(
                    browser
                        .request(reqwest::Method::GET, &path)
                        .header("sec-fetch-site", "same-origin")
                        .header("authorization", bearer),
                )
                .await;
                if answer.status == 410 {
                    return Heard::Closed { code: 410, reason: String::new() };
                }
                let answer = answer.expect(200).json();
                *next = answer["next"].as_u64().unwrap();
                waiting.extend(answer["frames"].as_array().unwrap().iter().cloned());
            },
        }
    }
}
