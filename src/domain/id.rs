//! Identifiers: 128 random bits, typed, unguessable. Outside they read `cnv_` and 26 characters of lower-case base32
//! (RFC 4648 without padding), so that a person can see what an id names and a log line gives nothing away.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

#[expect(clippy::unwrap_used, reason = "the specification is a constant that a test below exercises")]
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    spec.encoding().unwrap()
});

/// Writes bytes as lower-case base32 without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    BASE32.encode(bytes)
}

/// Reads lower-case base32 without padding; `None` for anything else.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    BASE32.decode(text.as_bytes()).ok()
}

/// What an id was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id of the expected kind")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// What stands before the underscore in the text form.
            pub const PREFIX: &'static str = $prefix;

            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, base32(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = text
                    .strip_prefix(Self::PREFIX)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .ok_or(NotAnId)?;
                let bytes = from_base32(digits).ok_or(NotAnId)?;
                <[u8; 16]>::try_from(bytes).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id!(/** A site: one website or brand with its chat window. */ SiteId, "sit");
id!(/** A member of the staff, whatever their role. */ OperatorId, "opr");
id!(/** A queue of a site with its members. */ DepartmentId, "dep");
id!(/** A further chat window of a site. */ WindowId, "win");
id!(/** A canned response. */ CannedId, "can");
id!(/** An entry of the list of those who are kept out. */ BlockId, "blk");
id!(/** Something that administrators have to see. */ AlertId, "alt");
id!(/** A session of a member of staff, whatever its secret is at the moment. */ SessionId, "ses");
id!(/** A passkey. */ PasskeyId, "pky");
id!(/** A file in a conversation. */ FileId, "fil");
id!(/** A rule that invites visitors. */ RuleId, "rul");
id!(/** Somebody who browses a website, for as long as they do. */ VisitId, "vis");
id!(/** A rule by which something is purged. */ OrderId, "ord");
id!(/** A legal hold. */ HoldId, "hld");
id!(/** A secure form. */ FormId, "frm");
id!(/** A secure form that somebody was asked to fill in. */ RequestId, "req");
id!(/** What somebody filled in, which is also the name of its drawer. */ SubmissionId, "sub");
id!(/** A receiver of events. */ WebhookId, "whk");
id!(/** One event on its way to one receiver. */ DeliveryId, "dlv");
id!(/** A report on how the installation is set up. */ EvidenceId, "evd");
id!(/** A conversation, which is also the name of its drawer. */ ConversationId, "cnv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form_and_refuses_other_kinds() {
        let id = ConversationId::from_bytes([7; 16]);
        let text = id.to_string();
        assert_eq!(text.len(), 4 + 26);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.parse::<SiteId>(), Err(NotAnId));
        assert_eq!("cnv_".parse::<ConversationId>(), Err(NotAnId));
        assert_eq!(text.to_uppercase().parse::<ConversationId>(), Err(NotAnId));
    }
}
