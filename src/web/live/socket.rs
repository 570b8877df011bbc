//! Frames over a WebSocket (RFC 6455). The server asks every 25 s whether the other side is there, and gives up on it when
//! nothing was heard for a minute, or when it does not take what it is sent for half a minute.

use std::time::Duration;

use actix_web::web::Payload;
use actix_web::{HttpRequest, rt};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session};
use tokio::time::{Instant, sleep_until, timeout};

use crate::domain::limits;
use crate::live::frames::{self, Bye};
use crate::web::extract::Peer;
use crate::web::{Answer, App, Error, guard};

use super::dialogue::Dialogue;

const TAKEN_WITHIN: Duration = Duration::from_secs(30);

pub async fn open(request: HttpRequest, body: Payload, app: App, peer: Peer) -> Answer {
    guard::origin::check(&request)?;
    guard::count_line(&request)?;
    let (response, session, stream) = actix_ws::handle(&request, body)
        .map_err(|_| Error::bad_request("This address takes WebSockets (RFC 6455), version 13, and nothing else."))?;
    let stream = stream.max_frame_size(limits::FRAME_BYTES).aggregate_continuations().max_continuation_size(limits::FRAME_BYTES);
    rt::spawn(converse(app, peer, session, stream));
    Ok(response)
}

async fn converse(app: App, peer: Peer, mut session: Session, mut stream: AggregatedMessageStream) {
    let bye = match greeting(&app, peer, &mut session, &mut stream).await {
        Ok(dialogue) => talk(&dialogue, &mut session, &mut stream).await,
        Err(bye) => bye,
    };
    // Nobody may be there to read it; then the connection is gone already.
    if let Some(ending) = bye {
        let _ = timeout(TAKEN_WITHIN, farewell(session, ending)).await;
    }
}

/// How a connection ends: with a reason of ours, or with a mere close code for what breaks RFC 6455 itself.
#[derive(Clone, Copy)]
enum Ending {
    Bye(Bye),
    TooBig,
    Broken,
}

async fn farewell(mut session: Session, ending: Ending) {
    let code = match ending {
        Ending::Bye(bye) => {
            let _ = session.text(frames::bye(bye)).await;
            CloseCode::from(bye.close_code())
        }
        Ending::TooBig => CloseCode::Size,
        Ending::Broken => CloseCode::Protocol,
    };
    let _ = session.close(Some(CloseReason { code, description: None })).await;
}

/// Waits for the hello. `Err(None)`: the other side has gone.
async fn greeting(
    app: &App,
    peer: Peer,
    session: &mut Session,
    stream: &mut AggregatedMessageStream,
) -> Result<Dialogue, Option<Ending>> {
    let first = async {
        loop {
            match stream.recv().await {
                Some(Ok(AggregatedMessage::Text(frame))) => {
                    return Dialogue::open(app, &frame, peer).map_err(|bye| Some(Ending::Bye(bye)));
                }
                Some(Ok(AggregatedMessage::Ping(bytes))) => {
                    let _ = session.pong(&bytes).await;
                }
                Some(Ok(AggregatedMessage::Pong(_))) => {}
                other => return Err(ending_of(other)),
            }
        }
    };
    timeout(app.config.patience.hello, first).await.unwrap_or(Err(Some(Ending::Bye(Bye::Silent))))
}

async fn talk(dialogue: &Dialogue, session: &mut Session, stream: &mut AggregatedMessageStream) -> Option<Ending> {
    let mut heard_at = Instant::now();
    let mut ping_at = heard_at + limits::PING_EVERY;
    loop {
        tokio::select! {
            () = dialogue.outbox.filled() => {
                let (frames, bye) = dialogue.outbox.drain();
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
                        if let Err(bye) = dialogue.hear(&frame) {
                            return Some(Ending::Bye(bye));
                        }
                    }
                    Some(Ok(AggregatedMessage::Ping(bytes))) => {
                        if session.pong(&bytes).await.is_err() {
                            return None;
                        }
                    }
                    Some(Ok(AggregatedMessage::Pong(_))) => {}
                    other => return ending_of(other),
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

fn ending_of(message: Option<Result<AggregatedMessage, ProtocolError>>) -> Option<Ending> {
    match message {
        Some(Ok(AggregatedMessage::Binary(_))) => Some(Ending::Bye(Bye::Binary)),
        Some(Err(ProtocolError::Overflow)) => Some(Ending::TooBig),
        Some(Err(ProtocolError::Io(_))) | None => None,
        Some(Ok(_)) => None,
        Some(Err(_)) => Some(Ending::Broken),
    }
}
