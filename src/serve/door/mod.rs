//! The door: what stands between the line and the HTTP library. It reads the head of each request itself, hands on only what can be
//! read in one way alone, and answers everything else with all headers and the end of the connection, so that no two programs ever
//! disagree about where a request ends. It also ends connections whose other side lets us wait. The library behind it does neither:
//! it takes bare line feeds, and it is patient with the second request of a connection and with whoever takes no answer.
//! Start reading at `look`.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::domain::patience::Patience;

mod chunks;
mod head;
mod refusal;
#[cfg(test)]
mod tests;

use chunks::Chunks;
use head::Follows;
use refusal::Refusal;

/// Bytes that are read at once while they still have to be looked at.
const PIECE: usize = 4 * 1024;
/// How long, and how much, is still read from somebody who was refused: closing at once would take the answer from them (RFC 9112,
/// section 9.6).
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 256 * 1024;

/// A line with the door before it.
pub struct Door<S> {
    line: S,
    arrived_at: Option<IpAddr>,
    patience: Patience,
    phase: Phase,
    /// Read and not handed on yet.
    input: BytesMut,
    /// How much of it was looked through for the end of a head, and how much may be handed on.
    searched: usize,
    cleared: usize,
    /// One empty line before a request is passed over (RFC 9112, section 2.2).
    passed_over: bool,
    reading: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
    lingering: Option<Lingering>,
}

/// What comes next.
enum Phase {
    Head,
    Bytes(u64),
    Chunks(Chunks),
    /// No HTTP any more.
    Anything,
    /// Nothing is heard any more; this is still to be said.
    Refused(Bytes),
}

struct Lingering {
    until: Pin<Box<Sleep>>,
    bytes: usize,
}

impl<S> Door<S> {
    /// `arrived_at` is the address of ours that the other side connected to.
    pub fn new(line: S, arrived_at: Option<IpAddr>, patience: Patience) -> Self {
        Self {
            line,
            arrived_at,
            patience,
            phase: Phase::Head,
            input: BytesMut::new(),
            searched: 0,
            cleared: 0,
            passed_over: false,
            reading: Some(Box::pin(sleep(patience.head))),
            writing: None,
            lingering: None,
        }
    }

    pub fn arrived_at(&self) -> Option<IpAddr> {
        self.arrived_at
    }

    /// Decides about what has come.
    fn look(&mut self) {
        let looked = match &mut self.phase {
            Phase::Head => self.look_for_head(),
            Phase::Bytes(left) => {
                self.cleared = self.input.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= self.cleared as u64;
                Ok(())
            }
            Phase::Chunks(chunks) => chunks.take(&self.input).map(|taken| self.cleared = taken),
            Phase::Anything => {
                self.cleared = self.input.len();
                Ok(())
            }
            Phase::Refused(_) => Ok(()),
        };
        match looked {
            Ok(()) if self.is_body_over() => self.phase = Phase::Head,
            Ok(()) => {}
            Err(refusal) => self.refuse(Some(refusal)),
        }
    }

    fn look_for_head(&mut self) -> Result<(), Refusal> {
        if !self.passed_over && self.searched == 0 && self.input.starts_with(b"\r\n") {
            self.input.advance(2);
            self.passed_over = true;
        }
        let Some(end) = head::end(&self.input, self.searched)? else {
            // One byte alone may be half of an empty line.
            self.searched = if self.input.len() == 1 { 0 } else { self.input.len() };
            if self.reading.is_none() && !self.input.is_empty() {
                self.reading = Some(Box::pin(sleep(self.patience.head)));
            }
            return Ok(());
        };
        self.phase = match head::read(&self.input[..end])? {
            Follows::Nothing => Phase::Head,
            Follows::Bytes(count) => Phase::Bytes(count),
            Follows::Chunks => Phase::Chunks(Chunks::default()),
            Follows::Anything => Phase::Anything,
        };
        (self.cleared, self.searched, self.passed_over, self.reading) = (end, 0, false, None);
        Ok(())
    }

    fn is_body_over(&self) -> bool {
        match &self.phase {
            Phase::Bytes(left) => *left == 0,
            Phase::Chunks(chunks) => chunks.are_over(),
            _ => false,
        }
    }

    /// From here on the library sees the end of the line. It finishes what it was asked before, and closes; then the refusal is said. In
    /// the middle of a body it has the word itself: whoever waits for the rest answers that it broke off.
    fn refuse(&mut self, refusal: Option<Refusal>) {
        let says = refusal.filter(|_| matches!(self.phase, Phase::Head)).map(Refusal::answer);
        self.phase = Phase::Refused(says.unwrap_or_default());
        (self.input, self.cleared, self.reading) = (BytesMut::new(), 0, None);
    }

    /// Gives the library what it may have.
    fn hand_on(&mut self, out: &mut ReadBuf<'_>) {
        let count = self.cleared.min(out.remaining());
        out.put_slice(&self.input[..count]);
        self.input.advance(count);
        self.cleared -= count;
        if self.input.is_empty() {
            // Most connections are idle most of the time, and then they shall cost nothing.
            self.input = BytesMut::new();
        }
    }
}

impl<S: AsyncRead + Unpin> Door<S> {
    /// How many of the next bytes need no look, since they are a body's or nobody's.
    fn unseen(&self) -> Option<usize> {
        match self.phase {
            Phase::Bytes(left) if self.input.is_empty() => Some(usize::try_from(left).unwrap_or(usize::MAX)),
            Phase::Anything if self.input.is_empty() => Some(usize::MAX),
            _ => None,
        }
    }

    fn read_straight(&mut self, context: &mut Context<'_>, out: &mut ReadBuf<'_>, most: usize) -> Poll<io::Result<()>> {
        let room = out.remaining().min(most);
        let mut part = ReadBuf::new(out.initialize_unfilled_to(room));
        ready!(Pin::new(&mut self.line).poll_read(context, &mut part))?;
        let count = part.filled().len();
        out.advance(count);
        if let Phase::Bytes(left) = &mut self.phase {
            *left -= count as u64;
            if *left == 0 {
                self.phase = Phase::Head;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads more to look at; 0 is the end of the line.
    fn read_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut piece = [0; PIECE];
        let mut piece = ReadBuf::new(&mut piece);
        ready!(Pin::new(&mut self.line).poll_read(context, &mut piece))?;
        self.input.extend_from_slice(piece.filled());
        Poll::Ready(Ok(piece.filled().len()))
    }

    /// Reads away what somebody who was refused still sends, for a moment.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let lingering = self.lingering.get_or_insert_with(|| Lingering { until: Box::pin(sleep(LINGER)), bytes: 0 });
            if lingering.bytes > LINGER_BYTES || lingering.until.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let count = match ready!(self.read_more(context)) {
                Ok(count) if count > 0 => count,
                _ => return Poll::Ready(()),
            };
            self.input.clear();
            if let Some(lingering) = &mut self.lingering {
                lingering.bytes += count;
            }
        }
    }
}

impl<S> Door<S> {
    /// Nothing of what waits is taken: for a while that is a slow network, and then it is somebody who holds a place.
    fn stalled<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let patience = self.patience.write;
        let limit = self.writing.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(limit.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn moved<T>(&mut self, moved: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if moved.is_pending() {
            return self.stalled(context);
        }
        self.writing = None;
        moved
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Door<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.cleared == 0 && !this.input.is_empty() {
                this.look();
            }
            if this.cleared > 0 {
                this.hand_on(out);
                return Poll::Ready(Ok(()));
            }
            if matches!(this.phase, Phase::Refused(_)) {
                return Poll::Ready(Ok(()));
            }
            if let Some(most) = this.unseen() {
                return this.read_straight(context, out, most);
            }
            match this.read_more(context) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    let Some(limit) = &mut this.reading else { return Poll::Pending };
                    ready!(limit.as_mut().poll(context));
                    // Browsers open lines ahead of time: who never said a word needs no answer.
                    let refusal = (!this.input.is_empty()).then_some(Refusal::Slow);
                    this.refuse(refusal);
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Door<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let moved = Pin::new(&mut this.line).poll_write(context, bytes);
        this.moved(moved, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let moved = Pin::new(&mut this.line).poll_flush(context);
        this.moved(moved, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            while let Phase::Refused(words) = &mut this.phase
                && !words.is_empty()
            {
                let moved = Pin::new(&mut this.line).poll_write(context, words);
                match moved {
                    Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                    Poll::Ready(Ok(count)) => words.advance(count),
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => return this.stalled(context),
                }
            }
            let moved = Pin::new(&mut this.line).poll_shutdown(context);
            ready!(this.moved(moved, context))?;
        }
        if matches!(this.phase, Phase::Refused(_)) {
            ready!(this.linger(context));
        }
        Poll::Ready(Ok(()))
    }
}
