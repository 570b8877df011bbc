//! The head of a request (RFC 9112), read strictly: what a proxy in front might read in another way is refused. Where the standard lets a
//! server choose, this one chooses no.

use actix_web::http::Uri;
use memchr::{memchr, memchr_iter};

use super::refusal::Refusal;
use crate::domain::limits;

/// What belongs to the request behind its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Nothing,
    Bytes(u64),
    Chunks,
    /// The client asks to speak something else from here on (RFC 6455).
    Anything,
}

/// Where the head ends, once it is there as a whole. The first `seen` bytes were looked at before.
pub(super) fn end(input: &[u8], seen: usize) -> Result<Option<usize>, Refusal> {
    for at in memchr_iter(b'\n', &input[seen..]).map(|at| seen + at) {
        let so_far = &input[..=at];
        if !so_far.ends_with(b"\r\n") {
            return Err(Refusal::Malformed);
        }
        if so_far.ends_with(b"\r\n\r\n") {
            return if so_far.len() > limits::HEAD_BYTES { Err(Refusal::LargeHead) } else { Ok(Some(so_far.len())) };
        }
    }
    if input.len() > limits::REQUEST_LINE_BYTES && memchr(b'\n', input).is_none() {
        return Err(Refusal::LongTarget);
    }
    if input.len() > limits::HEAD_BYTES { Err(Refusal::LargeHead) } else { Ok(None) }
}

/// Reads a whole head, with the empty line at its end.
pub(super) fn read(head: &[u8]) -> Result<Follows, Refusal> {
    let text = head.strip_suffix(b"\r\n\r\n").ok_or(Refusal::Malformed)?;
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let request = Request::read(lines.next().unwrap_or_default())?;
    let mut fields = Fields::default();
    for (count, line) in lines.enumerate() {
        if count == limits::HEADERS {
            return Err(Refusal::LargeHead);
        }
        fields.add(line)?;
    }
    fields.framing(&request)
}

struct Request<'a> {
    method: &'a [u8],
    is_1_1: bool,
}

impl<'a> Request<'a> {
    fn read(line: &'a [u8]) -> Result<Self, Refusal> {
        if line.len() > limits::REQUEST_LINE_BYTES {
            return Err(Refusal::LongTarget);
        }
        let mut words = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next()) else {
            return Err(Refusal::Malformed);
        };
        let is_1_1 = match version {
            b"HTTP/1.1" => true,
            b"HTTP/1.0" => false,
            other if other.starts_with(b"HTTP/") => return Err(Refusal::Version),
            _ => return Err(Refusal::Malformed),
        };
        // What follows CONNECT would be a tunnel, which is nothing that this server has.
        if !is_token(method) || method == b"CONNECT" || !is_target(method, target) {
            return Err(Refusal::Malformed);
        }
        Ok(Self { method, is_1_1 })
    }
}

/// A path, or a whole address, whose host is judged later; `*` for OPTIONS alone.
fn is_target(method: &[u8], target: &[u8]) -> bool {
    let has_form = match target {
        [b'/', ..] => true,
        b"*" => method == b"OPTIONS",
        other => starts_with(other, b"https://") || starts_with(other, b"http://"),
    };
    has_form && target.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'#') && Uri::try_from(target).is_ok()
}

fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// What the headers say about where the request ends.
#[derive(Default)]
struct Fields {
    hosts: usize,
    length: Option<u64>,
    is_chunked: bool,
    is_upgrade: bool,
}

impl Fields {
    fn add(&mut self, line: &[u8]) -> Result<(), Refusal> {
        let colon = memchr(b':', line).ok_or(Refusal::Malformed)?;
        let (name, value) = (&line[..colon], trimmed(&line[colon + 1..]));
        // A line that begins with a space would continue the one before (obs-fold), and its name is no token.
        if !is_token(name) || !value.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f)) {
            return Err(Refusal::Malformed);
        }
        if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = length(value).filter(|_| self.length.is_none());
            self.length = Some(length.ok_or(Refusal::Malformed)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Refusal::Malformed);
            }
            self.is_chunked = true;
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            self.is_upgrade |= value.eq_ignore_ascii_case(b"websocket");
        }
        Ok(())
    }

    fn framing(&self, request: &Request<'_>) -> Result<Follows, Refusal> {
        let is_ambiguous = self.hosts > 1
            || (request.is_1_1 && self.hosts == 0)
            || (self.is_chunked && (self.length.is_some() || !request.is_1_1))
            || (self.is_upgrade
                && (self.is_chunked || self.length.unwrap_or(0) > 0 || request.method != b"GET" || !request.is_1_1));
        if is_ambiguous {
            return Err(Refusal::Malformed);
        }
        match self.length {
            _ if self.is_chunked => Ok(Follows::Chunks),
            _ if self.is_upgrade => Ok(Follows::Anything),
            Some(0) => Ok(Follows::Nothing),
            Some(length) => Ok(Follows::Bytes(length)),
            None if !request.is_1_1 && request.method == b"POST" => Err(Refusal::LengthRequired),
            None => Ok(Follows::Nothing),
        }
    }
}

/// Digits alone: no sign, no list, no more than fit.
fn length(value: &[u8]) -> Option<u64> {
    let are_digits = (1..=18).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    are_digits.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

/// Without the spaces and tabs around it, and only those (RFC 9110, section 5.6.3).
fn trimmed(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    &value[start..end]
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
