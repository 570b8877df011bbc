//! The heads of the frames that a client sends (RFC 6455, section 5.2), looked at before any of it is kept. The library behind the
//! socket measures a frame when all of it has arrived, so that whoever announced a terabyte could fill the memory; here the line
//! ends with the head that breaks a rule, and the frames before it are still heard.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::Stream;

use crate::web::Error;

/// What is wrong with what a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Broken,
    TooBig,
    NotText,
}

/// Where the fault is told to whoever ends the line.
#[derive(Clone, Default)]
pub(super) struct Found(Rc<Cell<Option<Fault>>>);

impl Found {
    pub(super) fn fault(&self) -> Option<Fault> {
        self.0.get()
    }
}

/// The same bytes, as long as the heads among them are in order and no message is longer than `message_bytes`.
pub(super) async fn watched(request: &HttpRequest, body: Payload, message_bytes: usize, found: Found) -> Result<Payload, Error> {
    let stream = Watched { body, heads: Heads::new(message_bytes), found, rest: Bytes::new(), is_between: false };
    let mut payload: dev::Payload = dev::Payload::Stream { payload: Box::pin(stream) };
    Payload::from_request(request, &mut payload).await.map_err(|_| Error::internal())
}

struct Watched {
    body: Payload,
    heads: Heads,
    found: Found,
    /// What has come and was not passed on.
    rest: Bytes,
    /// A frame has just ended. The library forgets what it has read before a fault when both come at once, so each frame comes alone.
    is_between: bool,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.found.fault().is_some() {
            return Poll::Ready(None);
        }
        if std::mem::take(&mut self.is_between) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let Some(next) = ready!(Pin::new(&mut self.body).poll_next(context)) else { return Poll::Ready(None) };
            self.rest = next?;
        }
        let Self { heads, rest, .. } = &mut *self;
        let sound = match heads.frame(rest) {
            Ok(bytes) => bytes,
            Err((bytes, fault)) => {
                self.found.0.set(Some(fault));
                bytes
            }
        };
        self.is_between = self.heads.is_between();
        Poll::Ready(Some(Ok(self.rest.split_to(sound))))
    }
}

const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const OPCODE: u8 = 0x0f;
const MASKED: u8 = 0x80;
const CONTROL_BYTES: u64 = 125;
const MASK_BYTES: usize = 4;
/// The longest head: two bytes, eight of length, the mask.
const HEAD_BYTES: usize = 14;

/// Where in the frames the bytes are that come next.
pub(super) struct Heads {
    message_bytes: u64,
    /// The head that is arriving.
    head: [u8; HEAD_BYTES],
    has: usize,
    /// Bytes of the present frame that are still to come.
    left: u64,
    /// Bytes so far of the message that goes on in further frames.
    unfinished: Option<u64>,
}

impl Heads {
    pub(super) fn new(message_bytes: usize) -> Self {
        Self { message_bytes: message_bytes as u64, head: [0; HEAD_BYTES], has: 0, left: 0, unfinished: None }
    }

    /// Passes over the next bytes as far as the end of a frame, and says how many they are; an error too, up to the fault.
    pub(super) fn frame(&mut self, bytes: &[u8]) -> Result<usize, (usize, Fault)> {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.left == 0 {
                self.head[self.has] = rest[0];
                self.has += 1;
                self.judge().map_err(|fault| (at, fault))?;
                at += 1;
            } else {
                let passed = rest.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
                self.left -= passed as u64;
                at += passed;
            }
            if self.is_between() {
                break;
            }
        }
        Ok(at)
    }

    /// Whether the next byte begins a frame.
    fn is_between(&self) -> bool {
        self.has == 0 && self.left == 0
    }

    /// Looks at the head as far as it has come.
    fn judge(&mut self) -> Result<(), Fault> {
        let [first, second, length @ ..] = &self.head;
        if self.has < 2 {
            return Ok(());
        }
        let (opcode, short) = (first & OPCODE, second & !MASKED);
        let is_control = opcode >= 8;
        let is_known = matches!(opcode, 0..=2 | 8..=10);
        let is_whole = first & FINAL != 0;
        if first & RESERVED != 0 || !is_known || second & MASKED == 0 || (is_control && !is_whole) {
            return Err(Fault::Broken);
        }
        // A message goes on in frames of opcode 0 until one is final; between them nothing but control frames may come.
        if !is_control && (opcode == 0) != self.unfinished.is_some() {
            return Err(Fault::Broken);
        }
        let length_bytes = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        if is_control && u64::from(short) > CONTROL_BYTES {
            return Err(Fault::Broken);
        }
        if self.has < 2 + length_bytes {
            return Ok(());
        }
        let long = length[..length_bytes].iter().fold(0, |long, byte| long << 8 | u64::from(*byte));
        let bytes = if length_bytes == 0 { u64::from(short) } else { long };
        // The shortest form alone is allowed, and the highest bit of the longest one is not.
        let is_shortest = match length_bytes {
            0 => true,
            2 => bytes > CONTROL_BYTES,
            _ => bytes > u64::from(u16::MAX) && bytes >> 63 == 0,
        };
        if !is_shortest {
            return Err(Fault::Broken);
        }
        let message = self.unfinished.unwrap_or_default().saturating_add(bytes);
        if !is_control && message > self.message_bytes {
            return Err(Fault::TooBig);
        }
        if self.has < 2 + length_bytes + MASK_BYTES {
            return Ok(());
        }
        self.has = 0;
        self.left = bytes;
        if !is_control {
            self.unfinished = (!is_whole).then_some(message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Heads};

    /// Passes over all of them in pieces of this length.
    fn pass(bytes: &[u8], piece: usize) -> Result<(), (usize, Fault)> {
        let mut heads = Heads::new(300);
        let mut at = 0;
        for mut piece in bytes.chunks(piece) {
            while !piece.is_empty() {
                let passed = heads.frame(piece).map_err(|(sound, fault)| (at + sound, fault))?;
                at += passed;
                piece = &piece[passed..];
            }
        }
        Ok(())
    }

    fn frame(first: u8, text: &[u8]) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        [&[first, 0x80 | length, 0, 0, 0, 0], text].concat()
    }

    /// All of it at once, and byte by byte.
    #[track_caller]
    fn expect(bytes: &[u8], expected: Result<(), (usize, Fault)>) {
        assert_eq!(pass(bytes, bytes.len()), expected);
        assert_eq!(pass(bytes, 1), expected);
    }

    #[test]
    fn frames_in_order_pass() {
        let longer = [&[0x81, 0xfe, 1, 44, 1, 2, 3, 4][..], &[b'x'; 300]].concat();
        let ping = frame(0x89, &[0; 125]);
        let talk = [frame(0x81, b"hello"), ping.clone(), frame(0x01, b"a"), ping, frame(0x00, b""), frame(0x80, b"b"), longer];
        expect(&talk.concat(), Ok(()));
    }

    #[test]
    fn a_message_is_measured_when_it_is_announced() {
        expect(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0], Err((9, Fault::TooBig)));
        expect(&[0x81, 0xfe, 1, 45], Err((3, Fault::TooBig)));
        let part = frame(0x01, &[b'x'; 125]);
        let more = frame(0x00, &[b'x'; 125]);
        let sound = part.len() + more.len();
        expect(&[part, more.clone(), more].concat(), Err((sound + 1, Fault::TooBig)));
    }

    #[test]
    fn what_the_rfc_forbids_ends_the_line() {
        let sound = frame(0x81, b"heard").len();
        for wrong in [
            &[0xc1, 0x80][..],
            &[0xa1, 0x80],
            &[0x91, 0x80],
            &[0x83, 0x80],
            &[0x8b, 0x80],
            &[0x81, 0x05],
            &[0x09, 0x80],
            &[0x89, 0xfe],
            &[0x80, 0x80],
            &[0x00, 0x80],
        ] {
            expect(&[&frame(0x81, b"heard")[..], wrong].concat(), Err((sound + 1, Fault::Broken)));
        }
        expect(&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), Err((frame(0x01, b"a").len() + 1, Fault::Broken)));
        expect(&[0x81, 0xfe, 0, 125], Err((3, Fault::Broken)));
        expect(&[0x81, 0xff, 0, 0, 0, 0, 0, 0, 255, 255], Err((9, Fault::Broken)));
        expect(&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0], Err((9, Fault::Broken)));
    }
}
