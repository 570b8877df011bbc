//! What went wrong, as HTTP. Handlers return `Error`; `guard::surround`, which knows the request, draws it as a page or as
//! `{code, message, request_id}`.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use crate::domain::file::FileRefusal;
use crate::live::frames::Bye;
use crate::service::Failure;

/// An answer that is not the one hoped for. The message is for people and never repeats what they typed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}")]
pub struct Error {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    extra: Extra,
    /// It is there, and not for whoever asked: told like what is not there, and on record.
    pub is_denied: bool,
}

#[derive(Debug, Clone)]
enum Extra {
    None,
    /// Methods for a 405.
    Allow(String),
    RetryAfter(u32),
    /// Not signed in: a page leads to the sign-in form, anything else stays a 401.
    SignIn,
    /// Signed in, and without the second factor that is asked for: a page leads to where one is added.
    SecondFactor,
    /// They have to show once more that it is them: a page asks for it and goes on from there.
    Proof,
}

impl Error {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), extra: Extra::None, is_denied: false }
    }

    /// Also what a stranger gets for what exists but is not theirs: the two must not differ.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "There is nothing at this address. It may have been deleted, or the link may be mistyped.",
        )
    }

    /// The same, and on record as what it is.
    #[must_use]
    pub fn denied() -> Self {
        Self { is_denied: true, ..Self::not_found() }
    }

    #[must_use]
    pub fn method_not_allowed(allowed: String) -> Self {
        let error =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take this kind of request.");
        Self { extra: Extra::Allow(allowed), ..error }
    }

    #[must_use]
    pub fn sign_in() -> Self {
        let error = Self::new(StatusCode::UNAUTHORIZED, "signed_out", "You are not signed in. Sign in and try again.");
        Self { extra: Extra::SignIn, ..error }
    }

    #[must_use]
    pub fn second_factor() -> Self {
        let message = "Your organisation asks you for a second factor. Add one under “Your account” to go on.";
        Self { extra: Extra::SecondFactor, ..Self::new(StatusCode::FORBIDDEN, "second_factor_needed", message) }
    }

    /// A bearer token that is not ours, or none at all.
    #[must_use]
    pub fn bad_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "bad_token", "This token is not valid here. Ask for a new one.")
    }

    /// The live channel's own reasons, where they come as an HTTP answer.
    #[must_use]
    pub fn bye(bye: Bye) -> Self {
        Self::new(StatusCode::FORBIDDEN, bye.code(), bye.message())
    }

    #[must_use]
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// Asked for under a name that is not this appliance's. The name is not repeated.
    #[must_use]
    pub fn misdirected() -> Self {
        let message = "This appliance does not go by the name in your address. Use one of its own; whoever runs it can add more with the setting network.names.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "misdirected", message)
    }

    #[must_use]
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "This is more than fits into one request.")
    }

    #[must_use]
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too_slow",
            "The request did not arrive in time. Check the connection and try again.",
        )
    }

    #[must_use]
    pub fn gone(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, code, message)
    }

    #[must_use]
    pub fn too_many(seconds: u32) -> Self {
        let error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            format!("Too many attempts. Try again in {seconds} seconds."),
        );
        Self { extra: Extra::RetryAfter(seconds), ..error }
    }

    /// Somebody at this address tried doors a moment ago. Who did not learns what is the matter, and when it is over.
    #[must_use]
    pub fn kept_out(seconds: u32) -> Self {
        let minutes = seconds.div_ceil(60);
        let message = format!(
            "Requests as they come from programs that look for weaknesses came from this address, so it has to wait for {minutes} \
             minutes. If this was not you, an administrator can let it in sooner, under Alerts."
        );
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "kept_out", message);
        Self { extra: Extra::RetryAfter(seconds), ..error }
    }

    #[must_use]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
    }

    #[must_use]
    pub fn internal() -> Self {
        let message =
            "Something in the appliance failed. Nothing you typed was wrong; try again, and tell your administrator if it stays.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// What an answer without words of its own means, such as one that actix itself gave.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(),
            StatusCode::REQUEST_TIMEOUT => Self::too_slow(),
            status if status.is_client_error() => Self::new(status, "bad_request", "The request could not be understood."),
            status => Self { status, ..Self::internal() },
        }
    }

    /// Seconds after which it is worth another try.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self.extra {
            Extra::RetryAfter(seconds) => Some(seconds),
            _ => None,
        }
    }

    #[must_use]
    pub fn asks_to_sign_in(&self) -> bool {
        matches!(self.extra, Extra::SignIn)
    }

    #[must_use]
    pub fn asks_for_second_factor(&self) -> bool {
        matches!(self.extra, Extra::SecondFactor)
    }

    #[must_use]
    pub fn asks_for_proof(&self) -> bool {
        matches!(self.extra, Extra::Proof)
    }
}

/// The one place where a service's answer becomes HTTP. A form that can show what is wrong beside its field asks
/// `Failure::fields` first; see `page::Errors`.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::not_found(),
            Failure::Denied(_) => Self::denied(),
            Failure::Invalid { message, .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message),
            Failure::InvalidFields(_) | Failure::InvalidAnswers(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", failure.to_string())
            }
            Failure::ProofNeeded => {
                Self { extra: Extra::Proof, ..Self::new(StatusCode::FORBIDDEN, "proof_needed", failure.to_string()) }
            }
            Failure::WrongCredentials => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_credentials", failure.to_string()),
            Failure::Sso(_) => Self::new(StatusCode::FORBIDDEN, "not_admitted", failure.to_string()),
            Failure::Locked(_) => Self::new(StatusCode::CONFLICT, "locked_by_profile", failure.to_string()),
            Failure::Conflict(message) => Self::new(StatusCode::CONFLICT, "conflict", message),
            Failure::Illegal(_) => Self::new(StatusCode::CONFLICT, "conflict", failure.to_string()),
            Failure::Blocked => Self::new(StatusCode::FORBIDDEN, "blocked", failure.to_string()),
            Failure::File(refusal) => {
                let status = match refusal {
                    FileRefusal::NotAllowed => StatusCode::FORBIDDEN,
                    FileRefusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                    FileRefusal::TooMany => StatusCode::CONFLICT,
                    FileRefusal::Incomplete => StatusCode::BAD_REQUEST,
                    FileRefusal::Unreadable | FileRefusal::TooManyPixels => StatusCode::UNPROCESSABLE_ENTITY,
                    FileRefusal::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
                };
                Self::new(status, refusal.code(), refusal.to_string())
            }
            Failure::NoRoom => Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_room", failure.to_string()),
            Failure::TooMany { seconds } => Self::too_many(seconds),
            Failure::Store(ref error) => {
                tracing::error!(%error, "the store refused");
                Self::unavailable(failure.to_string())
            }
        }
    }
}

impl From<crate::domain::access::Denied> for Error {
    fn from(_: crate::domain::access::Denied) -> Self {
        Self::denied()
    }
}

impl From<crate::store::StoreError> for Error {
    fn from(error: crate::store::StoreError) -> Self {
        Failure::Store(error).into()
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    /// Bare: `guard::surround` finds the error in the extensions and draws it.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        match &self.extra {
            Extra::Allow(methods) => response.insert_header((header::ALLOW, methods.as_str())),
            Extra::RetryAfter(seconds) => response.insert_header((header::RETRY_AFTER, seconds.to_string())),
            Extra::None | Extra::SignIn | Extra::SecondFactor | Extra::Proof => &mut response,
        };
        let mut response = response.finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}
