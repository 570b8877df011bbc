//! `POST /live/files`: a file on its way into a chat, and `GET /live/files/{conversation}/{file}`: out of it again, for the people in
//! that chat alone. Who is asking stands in headers, never in the address; what the file is called does not either.

use std::future::poll_fn;
use std::pin::pin;

use actix_web::body::SizedStream;
use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{Stream, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use crate::domain::access::Actor;
use crate::domain::event::Seq;
use crate::domain::file::{FileKind, FileRef, FileRefusal};
use crate::domain::id::{ConversationId, FileId, SiteId};
use crate::domain::limits;
use crate::domain::text::{ClientId, FileName};
use crate::service::files::{self, Begun, Sending, Upload};
use crate::service::{Failure, visitors};
use crate::store::FileReader;
use crate::web::extract::{MaybeStaff, Peer, Staff};
use crate::web::{Answer, App, Error, guard, page};

/// What is told before the bytes: the site (by visitors), the chat, the client's id of this command, and the percent-encoded name.
const SITE: &str = "x-parlor-site";
const CONVERSATION: &str = "x-parlor-conversation";
const ID: &str = "x-parlor-id";
const NAME: &str = "x-parlor-name";
/// RFC 8187, section 3.2.1: what may stand in a header's extended value as it is.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

#[derive(Serialize)]
struct Told {
    seq: Seq,
    at: String,
}

pub async fn send(request: HttpRequest, app: App, peer: Peer, staff: MaybeStaff, payload: web::Payload) -> Answer {
    guard::origin::check(&request)?;
    let actor = match visitor(&request, &app)? {
        Some(visitor) => visitor,
        None => {
            let staff = of_staff(&request, staff)?;
            staff.check_csrf_header(&request)?;
            staff.actor
        }
    };
    let sending = announced(request.headers(), peer)?;
    let (begun_by, begun_in) = (actor.clone(), app.clone());
    let begun = page::block(move || files::begin(&begun_in.ctx(&begun_by), sending)).await?;
    let (seq, at) = match begun {
        Begun::Repeated(seq, at) => (seq, at),
        Begun::Upload(upload) => {
            let arriving = take_in(&app, &actor, upload, payload.into_inner());
            let upload = tokio::time::timeout(limits::UPLOAD_LIFE, arriving).await.map_err(|_| Error::too_slow())??;
            page::block(move || upload.finish(&app.ctx(&actor))).await?
        }
    };
    Ok(HttpResponse::Ok().json(Told { seq, at: at.to_string() }))
}

/// The bytes as they come: the next are asked for when the last ones are where they belong.
async fn take_in(app: &App, actor: &Actor, mut upload: Box<Upload>, payload: Payload) -> Result<Box<Upload>, Error> {
    let mut payload = pin!(payload);
    loop {
        let next = poll_fn(|context| payload.as_mut().poll_next(context));
        let part = tokio::time::timeout(limits::UPLOAD_PAUSE, next).await.map_err(|_| Error::too_slow())?;
        let Some(part) = part else { return Ok(upload) };
        let part = part.map_err(|_| Error::bad_request("The file broke off before it was complete."))?;
        let (app, actor) = (app.clone(), actor.clone());
        upload = page::block(move || {
            upload.take(&app.ctx(&actor), &part)?;
            Ok::<_, Failure>(upload)
        })
        .await?;
    }
}

pub(super) fn announced(headers: &HeaderMap, peer: Peer) -> Result<Sending, Error> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let lacks = || Error::bad_request("Say in the headers which chat the file belongs to, what it is called and how long it is.");
    // Only this type makes a browser ask before it sends the request across origins.
    if text(CONTENT_TYPE.as_str()) != Some("application/octet-stream") {
        return Err(Error::bad_request("Send the file as it is, with the content type application/octet-stream."));
    }
    let bytes: u64 = text(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok()).ok_or_else(lacks)?;
    if bytes > limits::FILE_BYTES {
        return Err(Failure::from(FileRefusal::TooLarge).into());
    }
    let name = percent_decode_str(text(NAME).ok_or_else(lacks)?).decode_utf8_lossy();
    Ok(Sending {
        conversation: text(CONVERSATION).and_then(|id| id.parse().ok()).ok_or_else(Error::not_found)?,
        client_id: text(ID).and_then(|id| ClientId::parse(id).ok()).ok_or_else(lacks)?,
        name: FileName::parse(&name).map_err(|_| lacks())?,
        bytes,
        address: Some(peer.0),
    })
}

pub async fn show(request: HttpRequest, app: App, staff: MaybeStaff, path: web::Path<(String, String)>) -> Answer {
    let actor = match visitor(&request, &app)? {
        Some(visitor) => visitor,
        None => of_staff(&request, staff)?.actor,
    };
    let (conversation, file) = path.into_inner();
    let conversation: ConversationId = conversation.parse().map_err(|_| Error::not_found())?;
    let file: FileId = file.parse().map_err(|_| Error::not_found())?;
    let (told, reader) = page::block(move || files::open(&app.ctx(&actor), conversation, file)).await?;
    let bytes = reader.bytes();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type(&told)))
        .insert_header((CONTENT_DISPOSITION, disposition(&told)))
        .body(SizedStream::new(bytes, pieces(reader))))
}

/// Piece by piece, off the threads that serve sockets. A chat that closes meanwhile cuts the answer off.
fn pieces(reader: FileReader) -> impl Stream<Item = Result<Bytes, Error>> {
    stream::unfold(Some(reader), |reader| async move {
        let mut reader = reader?;
        let read = page::block(move || Ok::<_, Failure>((reader.piece()?, reader))).await;
        match read {
            Ok((Some(piece), reader)) => Some((Ok(Bytes::from(piece)), Some(reader))),
            Ok((None, _)) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// Only what we have drawn ourselves is called what it is.
fn content_type(file: &FileRef) -> &'static str {
    match file.kind {
        FileKind::Picture { .. } if file.name.as_str().ends_with(".jpg") => "image/jpeg",
        FileKind::Picture { .. } => "image/png",
        FileKind::Other => "application/octet-stream",
    }
}

/// RFC 6266: a plain name for old browsers, and the whole one, encoded.
pub(super) fn disposition(file: &FileRef) -> String {
    let kind = match file.kind {
        FileKind::Picture { .. } => "inline",
        FileKind::Other => "attachment",
    };
    let name = file.name.as_str();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '(' | ')') { c } else { '_' })
        .collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTR_CHAR))
}

/// Who shows a token. `None` where there is none: then it is the staff, or nobody.
fn visitor(request: &HttpRequest, app: &App) -> Result<Option<Actor>, Error> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(token) = text(AUTHORIZATION.as_str()) else { return Ok(None) };
    let site = text(SITE).and_then(|site| site.parse::<SiteId>().ok());
    let actor = site.zip(token.strip_prefix("Bearer ")).and_then(|(site, token)| visitors::recognise(&app.store, site, token));
    actor.map(Some).ok_or_else(Error::bad_token)
}

fn of_staff(request: &HttpRequest, staff: MaybeStaff) -> Result<Staff, Error> {
    guard::check_allowlist(request)?;
    let staff = staff.0.ok_or_else(Error::sign_in)?;
    staff.check_place(request)?;
    Ok(staff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, kind: FileKind) -> FileRef {
        FileRef { id: FileId::from_bytes([1; 16]), name: FileName::parse(name).unwrap(), kind, bytes: 1 }
    }

    #[test]
    fn a_name_stands_in_the_header_in_two_ways_and_breaks_out_of_neither() {
        let named = |name: &str| disposition(&file(name, FileKind::Other));
        assert_eq!(named("report (2).pdf"), "attachment; filename=\"report (2).pdf\"; filename*=UTF-8''report%20%282%29.pdf");
        assert_eq!(named("Röntgen.pdf"), "attachment; filename=\"R_ntgen.pdf\"; filename*=UTF-8''R%C3%B6ntgen.pdf");
        for hostile in ["a\"; filename=b.exe", "a\r\nSet-Cookie: x", "a%00\\b;c=d", "\u{202e}😀'*'"] {
            let header = named(hostile);
            let (plain, whole) = header.split_once("; filename*=UTF-8''").unwrap();
            assert_eq!(plain.matches('"').count(), 2, "{header}");
            assert!(whole.bytes().all(|b| b.is_ascii_alphanumeric() || b"%!#$&+-.^_`|~".contains(&b)), "{header}");
        }
    }

    #[test]
    fn only_pictures_of_our_own_drawing_are_shown_in_place() {
        let picture = FileKind::Picture { width: 1, height: 1 };
        for (it, kind, shown) in [
            (file("x.jpg", picture), "image/jpeg", "inline"),
            (file("x.png", picture), "image/png", "inline"),
            (file("x.png", FileKind::Other), "application/octet-stream", "attachment"),
            (file("x.svg", FileKind::Other), "application/octet-stream", "attachment"),
        ] {
            assert_eq!(content_type(&it), kind);
            assert!(disposition(&it).starts_with(shown));
        }
    }
}
