//! When both sides have said goodbye, the server lets go of the connection, at once (RFC 6455, section 7.1.1). The library would go on
//! listening for seconds, since to HTTP the request has not come to its end, and so long browsers keep a closed socket from being
//! opened anew.

use std::convert::Infallible;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tokio::sync::oneshot;

/// Held while the sides talk.
pub(super) struct Open(#[expect(dead_code, reason = "dropping it is what it is for")] oneshot::Sender<Infallible>);

pub(super) struct Closed(oneshot::Receiver<Infallible>);

pub(super) fn pair() -> (Open, Closed) {
    let (open, closed) = oneshot::channel();
    (Open(open), Closed(closed))
}

impl Closed {
    /// The same bytes, and the end of the connection behind them.
    pub(super) fn after(self, body: BoxBody) -> BoxBody {
        Parting { body, closed: self.0, is_sent: false }.boxed()
    }
}

struct Parting {
    body: BoxBody,
    closed: oneshot::Receiver<Infallible>,
    /// Whether the library had a chance to send the last bytes.
    is_sent: bool,
}

/// An error ends the connection where an end would not.
#[derive(Debug, thiserror::Error)]
#[error("the socket was closed")]
struct SocketClosed;

impl MessageBody for Parting {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.is_sent {
            return Poll::Ready(Some(Err(Box::new(SocketClosed))));
        }
        if let Some(next) = ready!(Pin::new(&mut self.body).poll_next(context)) {
            return Poll::Ready(Some(next));
        }
        let _ = ready!(Pin::new(&mut self.closed).poll(context));
        self.is_sent = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
