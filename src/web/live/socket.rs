//! Frames over a WebSocket (RFC 6455). The server asks every 25 s whether the other side is there, and gives up on it when
//! nothing was heard for a minute, or when it does not take what it is sent for half a minute.

use std::io::ErrorKind;
use std::time::Duration;

use actix_web::web::Payload;
use actix_web::{HttpRequest, rt};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session};
use bytestring::ByteString;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::domain::limits;
use crate::live::frames::{self, Bye};
use crate::live::outbox::Outbox;
use crate::web::extract::Peer;
use crate::web::{Answer, App, Error, guard};

use super::dialogue::Dialogue;
use super::frame_heads::{self, Fault, Found};
use super::parting;

const TAKEN_WITHIN: Duration = Duration::from_secs(30);
/// How long the connection stays for the client's answer to a close, and for it to read one after which nothing can be heard.
const CLOSED_WITHIN: Duration = Duration::from_secs(2);
const READ_WITHIN: Duration = Duration::from_millis(500);

/// Whom the client talks with: a `Dialogue`, or the echo that the Autobahn suite wants to hear (`tests/quality/echo.rs`).
pub trait Party {
    /// # Errors
    /// With the reason to end the connection.
    fn hear(&self, frame: &str) -> Result<(), Bye>;

    fn outbox(&self) -> &Outbox;
}

impl Party for Dialogue {
    fn hear(&self, frame: &str) -> Result<(), Bye> {
        Self::hear(self, frame)
    }

    fn outbox(&self) -> &Outbox {
        &self.outbox
    }
}

pub async fn open(request: HttpRequest, body: Payload, app: App, peer: Peer) -> Answer {
    guard::origin::check(&request)?;
    guard::count_line(&request)?;
    let bounds = Bounds { message_bytes: limits::FRAME_BYTES, hello: app.config.patience.hello };
    accept(&request, body, bounds, move |hello: &str| Dialogue::open(&app, hello, peer)).await
}

/// How long a message may be, and how long the first may take.
pub struct Bounds {
    pub message_bytes: usize,
    pub hello: Duration,
}

/// Answers the handshake. The first frame decides whom the client talks with.
///
/// # Errors
/// When the request asks for no WebSocket.
pub async fn accept<P: Party + 'static>(
    request: &HttpRequest,
    body: Payload,
    Bounds { message_bytes, hello }: Bounds,
    meet: impl FnOnce(&str) -> Result<P, Bye> + 'static,
) -> Answer {
    let found = Found::default();
    let body = frame_heads::watched(request, body, message_bytes, found.clone()).await?;
    let (response, session, stream) = actix_ws::handle(request, body)
        .map_err(|_| Error::bad_request("This address takes WebSockets (RFC 6455), version 13, and nothing else."))?;
    let stream = stream.max_frame_size(message_bytes).aggregate_continuations().max_continuation_size(message_bytes);
    let (open, closed) = parting::pair();
    rt::spawn(async move {
        converse(Line { session, stream, found }, hello, meet).await;
        drop(open);
    });
    Ok(response.map_body(|_, body| closed.after(body)))
}

struct Line {
    session: Session,
    stream: AggregatedMessageStream,
    /// What in the client's frames ended the stream, if anything did.
    found: Found,
}

async fn converse<P: Party>(mut line: Line, hello: Duration, meet: impl FnOnce(&str) -> Result<P, Bye>) {
    let ending = match greeting(&mut line, hello, meet).await {
        Ok(party) => {
            let ending = talk(&party, &mut line).await;
            if !matches!(ending, None | Some(Ending::Answered(_) | Ending::Bye(Bye::Lagging))) {
                // What was heard before it came to this is answered still.
                let (frames, _) = party.outbox().drain();
                let _ = timeout(TAKEN_WITHIN, send(&mut line.session, frames)).await;
            }
            ending
        }
        Err(ending) => ending,
    };
    // Nobody may be there to read it; then the connection is gone already.
    if let Some(ending) = ending {
        let answer = ending.answer();
        if timeout(TAKEN_WITHIN, farewell(line.session, ending)).await.is_ok() {
            answer.wait(line.stream).await;
        }
    }
}

/// How a connection ends: with a reason of ours, with the close code for what breaks RFC 6455 itself, or because the client says so.
enum Ending {
    Bye(Bye),
    Fault(Fault),
    Answered(Option<CloseReason>),
}

async fn send(session: &mut Session, frames: impl IntoIterator<Item = ByteString>) {
    for frame in frames {
        if session.text(frame).await.is_err() {
            return;
        }
    }
}

impl Ending {
    fn answer(&self) -> ToCome {
        match self {
            Self::Bye(_) | Self::Fault(Fault::NotText) => ToCome::Close,
            Self::Fault(Fault::Broken | Fault::TooBig) => ToCome::Nothing,
            Self::Answered(_) => ToCome::Came,
        }
    }
}

/// What is still to be heard from the client when the server has closed.
enum ToCome {
    Close,
    /// Its frames cannot be read any more. It gets a moment to read ours.
    Nothing,
    Came,
}

impl ToCome {
    async fn wait(self, mut stream: AggregatedMessageStream) {
        match self {
            Self::Close => {
                let closed = async { while !matches!(stream.recv().await, Some(Ok(AggregatedMessage::Close(_))) | None) {} };
                let _ = timeout(CLOSED_WITHIN, closed).await;
            }
            Self::Nothing => {
                // Without it the library throws away what else comes.
                drop(stream);
                sleep(READ_WITHIN).await;
            }
            Self::Came => {}
        }
    }
}

async fn farewell(mut session: Session, ending: Ending) {
    let code = match ending {
        Ending::Bye(bye) => {
            let _ = session.text(frames::bye(bye)).await;
            Some(CloseCode::from(bye.close_code()))
        }
        Ending::Fault(Fault::TooBig) => Some(CloseCode::Size),
        Ending::Fault(Fault::Broken) => Some(CloseCode::Protocol),
        Ending::Fault(Fault::NotText) => Some(CloseCode::Invalid),
        // RFC 6455, section 5.5.1: a close is answered with a close, typically with the same code.
        Ending::Answered(reason) => reason.map(|reason| reason.code),
    };
    let _ = session.close(code.map(|code| CloseReason { code, description: None })).await;
}

/// Waits for the hello. `Err(None)`: the other side has gone.
async fn greeting<P>(line: &mut Line, within: Duration, meet: impl FnOnce(&str) -> Result<P, Bye>) -> Result<P, Option<Ending>> {
    let first = async {
        loop {
            match line.stream.recv().await {
                Some(Ok(AggregatedMessage::Text(frame))) => return meet(&frame).map_err(|bye| Some(Ending::Bye(bye))),
                Some(Ok(AggregatedMessage::Ping(bytes))) => {
                    let _ = line.session.pong(&bytes).await;
                }
                Some(Ok(AggregatedMessage::Pong(_))) => {}
                other => return Err(ending_of(other, &line.found)),
            }
        }
    };
    timeout(within, first).await.unwrap_or(Err(Some(Ending::Bye(Bye::Silent))))
}

async fn talk(party: &impl Party, line: &mut Line) -> Option<Ending> {
    let Line { session, stream, found } = line;
    let mut heard_at = Instant::now();
    let mut ping_at = heard_at + limits::PING_EVERY;
    loop {
        tokio::select! {
            () = party.outbox().filled() => {
                let (frames, bye) = party.outbox().drain();
                for frame in frames {
                    match timeout(TAKEN_WITHIN, session.text(frame)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) => return None,
                        Err(_) => return Some(Ending::Bye(Bye::Lagging)),
                    }
                }
                if let Some(bye) = bye {
                    return Some(Ending::Bye(bye));
                }
            }
            message = stream.recv() => {
                heard_at = Instant::now();
                match message {
                    Some(Ok(AggregatedMessage::Text(frame))) => {
                        if let Err(bye) = party.hear(&frame) {
                            return Some(Ending::Bye(bye));
                        }
                    }
                    Some(Ok(AggregatedMessage::Ping(bytes))) => {
                        if session.pong(&bytes).await.is_err() {
                            return None;
                        }
                    }
                    Some(Ok(AggregatedMessage::Pong(_))) => {}
                    other => return ending_of(other, found),
                }
            }
            () = sleep_until(ping_at) => {
                if heard_at.elapsed() >= limits::DEAD_AFTER {
                    return Some(Ending::Bye(Bye::Silent));
                }
                if session.ping(b"").await.is_err() {
                    return None;
                }
                ping_at += limits::PING_EVERY;
            }
        }
    }
}

fn ending_of(message: Option<Result<AggregatedMessage, ProtocolError>>, found: &Found) -> Option<Ending> {
    match message {
        Some(Ok(AggregatedMessage::Binary(_))) => Some(Ending::Bye(Bye::Binary)),
        Some(Ok(AggregatedMessage::Close(reason))) => Some(Ending::Answered(reason)),
        // Of frames whose heads are in order, the library calls nothing invalid data but what is no UTF-8.
        Some(Err(ProtocolError::Io(error))) if error.kind() == ErrorKind::InvalidData => Some(Ending::Fault(Fault::NotText)),
        Some(Err(ProtocolError::Overflow)) => Some(Ending::Fault(Fault::TooBig)),
        Some(Ok(_) | Err(ProtocolError::Io(_))) => None,
        Some(Err(_)) => Some(Ending::Fault(Fault::Broken)),
        None => found.fault().map(Ending::Fault),
    }
}
