//! `/account/authenticator`: the secret for an app that makes one-time passwords, as a picture to scan and as text to type.

use std::fmt::Write as _;

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::service::factors::{recovery, totp};
use crate::web::extract::{CsrfForm, Enrolling, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

/// White space around the picture that scanners need (ISO/IEC 18004).
const QUIET: i32 = 4;

pub struct Form {
    code: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { code: fields.take("code") }
    }
}

#[derive(Template)]
#[template(path = "auth/authenticator.html")]
struct Page<'a> {
    chrome: Chrome,
    typed: &'a str,
    qr: Qr,
    /// Whether it takes the place of another one.
    replaces: bool,
    errors: &'a Errors,
}

/// The dark squares as one path, in squares of 1.
struct Qr {
    side: i32,
    path: String,
}

impl Qr {
    fn of(text: &str) -> Result<Self, Error> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Error::internal())?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Ok(Self { side: code.size() + 2 * QUIET, path })
    }
}

pub async fn show(app: App, Enrolling(staff): Enrolling) -> Answer {
    draw(&app, &staff, &Errors::default()).await
}

pub async fn confirm(app: App, Enrolling(staff): Enrolling, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let session = staff.session;
    let confirmed = staff.act(&app, move |ctx| {
        let renewed = totp::confirm(ctx, &session, &form.code)?;
        // Whoever has codes keeps them; the first authenticator brings the first ones.
        let codes = recovery::make_first(ctx)?;
        Ok((renewed, codes))
    });
    match confirmed.await? {
        Ok((renewed, Some(codes))) => super::recovery::show(&app, &staff, &renewed, &codes),
        Ok((renewed, None)) => Ok(super::enter(&app, &renewed, &format!("{}?added", urls::SECOND_FACTOR))),
        Err(failure) => draw(&app, &staff, &Errors::from(failure)?).await,
    }
}

pub async fn remove(app: App, staff: Staff, CsrfForm(()): CsrfForm<()>) -> Answer {
    match staff.act(&app, totp::remove).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?removed", urls::SECOND_FACTOR))),
        Err(failure) => super::second_factor::draw(&app, &staff, "", &Errors::from(failure)?),
    }
}

async fn draw(app: &App, staff: &Staff, errors: &Errors) -> Answer {
    let session = staff.session;
    let enrolment = staff.act(app, move |ctx| totp::enrol(ctx, &session)).await??;
    let replaces = staff.look(app, crate::service::factors::own)?.totp.is_some();
    let chrome = Chrome::new(app, staff, "account");
    let qr = Qr::of(&enrolment.address)?;
    page::form(&Page { chrome, typed: &enrolment.typed, qr, replaces, errors }, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_corners_and_white_around_them() {
        let qr = Qr::of("otpauth://totp/Clinic:anna%40example%2Eorg?secret=AAAA&issuer=Clinic").unwrap();
        assert!(qr.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"));
        assert!(!qr.path.contains("M3 ") && !qr.path.contains("M0 "));
        assert!(qr.side >= 21 + 8, "{}", qr.side);
    }
}
