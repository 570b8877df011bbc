//! What the files of an export are called, and which of them there are.

use std::fmt;
use std::str::FromStr;

use super::Failure;
use super::row::Format;
use crate::domain::id::ConversationId;
use crate::domain::limits;

/// One kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    Settings,
    Sites,
    Departments,
    People,
    Canned,
    Blocks,
    PurgeRules,
    Holds,
    Forms,
    Webhooks,
    Deliveries,
    Alerts,
    Evidence,
    Counters,
    Audit,
    Submissions,
    Conversations,
    Events,
}

impl Sheet {
    pub const ALL: [Self; 18] = [
        Self::Settings,
        Self::Sites,
        Self::Departments,
        Self::People,
        Self::Canned,
        Self::Blocks,
        Self::PurgeRules,
        Self::Holds,
        Self::Forms,
        Self::Webhooks,
        Self::Deliveries,
        Self::Alerts,
        Self::Evidence,
        Self::Counters,
        Self::Audit,
        Self::Submissions,
        Self::Conversations,
        Self::Events,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Sites => "sites",
            Self::Departments => "departments",
            Self::People => "people",
            Self::Canned => "canned-responses",
            Self::Blocks => "blocks",
            Self::PurgeRules => "purge-rules",
            Self::Holds => "holds",
            Self::Forms => "secure-forms",
            Self::Webhooks => "webhooks",
            Self::Deliveries => "webhook-deliveries",
            Self::Alerts => "alerts",
            Self::Evidence => "evidence",
            Self::Counters => "counters",
            Self::Audit => "audit",
            Self::Submissions => "submissions",
            Self::Conversations => "conversations",
            Self::Events => "events",
        }
    }

    /// Whether there may be so many that they come in shares.
    #[must_use]
    pub const fn is_in_shares(self) -> bool {
        matches!(self, Self::Conversations | Self::Events)
    }

    /// What a row says, in the order in which it says it.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Settings => &["name", "value"],
            Self::Sites => &[
                "id",
                "name",
                "origins",
                "zone",
                "language",
                "look",
                "windows",
                "welcome",
                "closing",
                "texts",
                "consent",
                "former_consents",
                "pre_chat",
                "offline",
                "hours",
                "routing",
                "switches",
                "rating",
                "tags",
                "wrap_up_required",
                "has_identity_secret",
                "invitations",
                "visitors_only",
                "visitors_never",
                "erased",
                "messages_erased",
                "submissions_erased",
                "redaction",
                "idle_close_minutes",
                "demo",
                "created_at",
            ],
            Self::Departments => &["id", "site", "name", "members", "hours", "routing", "created_at"],
            Self::People => &[
                "id",
                "name",
                "email",
                "role",
                "sites",
                "standing",
                "capacity",
                "has_password",
                "second_factors",
                "single_sign_on",
                "created_at",
                "last_seen_at",
            ],
            Self::Canned => &["id", "owner", "site", "shortcut", "title", "text", "language", "created_at"],
            Self::Blocks => &["id", "site", "whom", "until", "reason", "by", "at"],
            Self::PurgeRules => {
                &["id", "name", "class", "site", "department", "tag", "when", "how", "armed_since", "last_run", "created_at"]
            }
            Self::Holds => &["id", "on", "what", "reason", "by", "at"],
            Self::Forms => &[
                "id",
                "site",
                "name",
                "intro",
                "fields",
                "consent",
                "translations",
                "purge_on_first_view",
                "purge_at_close",
                "is_archived",
                "created_at",
            ],
            Self::Webhooks => &["id", "site", "name", "host", "events", "with_transcript", "is_on", "created_at"],
            Self::Deliveries => &["id", "webhook", "event", "site", "conversation", "since", "tries", "outcome", "status", "at"],
            Self::Alerts => &["id", "kind", "since", "last_at", "count", "from", "acknowledged_by", "acknowledged_at"],
            Self::Evidence => &["id", "at", "document"],
            Self::Counters => &[
                "day",
                "site",
                "department",
                "operator",
                "answered",
                "missed",
                "messages",
                "by_hour",
                "waiting",
                "handling",
                "ratings",
            ],
            Self::Audit => &["row", "at", "who", "who_id", "from", "what", "details", "about", "about_id", "result", "times"],
            Self::Submissions => &[
                "id",
                "site",
                "form",
                "form_name",
                "conversation",
                "at",
                "language",
                "consent",
                "viewed_at",
                "field",
                "label",
                "is_sensitive",
                "value",
            ],
            Self::Conversations => &[
                "id",
                "site",
                "state",
                "channel",
                "department",
                "window",
                "language",
                "started_at",
                "answered_at",
                "closed_at",
                "visitor_name",
                "visitor_email",
                "visitor_phone",
                "consent_version",
                "consented_at",
                "identity",
                "identity_email_proven",
                "page",
                "page_title",
                "referrer",
                "browser",
                "address",
                "host",
                "operator",
                "operator_name",
                "guests",
                "tags",
                "answers",
                "attributes",
                "rating",
                "rating_comment",
                "is_restricted",
                "consent_withdrawn_at",
                "events",
            ],
            Self::Events => &["conversation", "seq", "at", "kind", "from", "operator", "operator_name", "text", "more"],
        }
    }
}

/// Which of the chats: those whose ids begin in the nth of so many equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// From 1 on.
    nth: u16,
    /// A power of two.
    of: u16,
}

impl Default for Share {
    /// All of them.
    fn default() -> Self {
        Self { nth: 1, of: 1 }
    }
}

impl Share {
    const MOST: u16 = 4_096;

    /// As many as so many chats take.
    pub(super) fn all(chats: usize) -> Vec<Self> {
        let wanted = chats.div_ceil(limits::EXPORT_SHARE).max(1).next_power_of_two();
        let of = u16::try_from(wanted).unwrap_or(Self::MOST).min(Self::MOST);
        (1..=of).map(|nth| Self { nth, of }).collect()
    }

    /// Whether this chat is in it.
    pub(super) fn has(self, id: ConversationId) -> bool {
        let [first, second, ..] = *id.as_bytes();
        let place = (u32::from(u16::from_be_bytes([first, second])) * u32::from(self.of)) >> 16;
        place == u32::from(self.nth - 1)
    }
}

/// `0003-of-0016`
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-of-{:04}", self.nth, self.of)
    }
}

impl FromStr for Share {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let parsed = || {
            let (nth, of) = text.split_once("-of-")?;
            let share = Self { nth: nth.parse().ok()?, of: of.parse().ok()? };
            let is_one = share.of <= Self::MOST && share.of.is_power_of_two() && (1..=share.of).contains(&share.nth);
            is_one.then_some(share)
        };
        parsed().filter(|share| share.to_string() == text).ok_or(Failure::NotFound)
    }
}

/// `people.csv`, `conversations-003-of-016.jsonl`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileName {
    pub sheet: Sheet,
    pub share: Option<Share>,
    pub format: Format,
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sheet.code())?;
        if let Some(share) = self.share {
            write!(f, "-{share}")?;
        }
        write!(f, ".{}", self.format.ending())
    }
}

/// As `Display` writes it; so nobody gets a path out of it.
impl FromStr for FileName {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let parsed = || {
            let (name, ending) = text.split_once('.')?;
            let format = Format::ALL.into_iter().find(|it| it.ending() == ending)?;
            if let Some(sheet) = Sheet::ALL.into_iter().find(|it| it.code() == name && !it.is_in_shares()) {
                return Some(Self { sheet, share: None, format });
            }
            let (code, share) = name.split_once('-')?;
            let sheet = Sheet::ALL.into_iter().find(|it| it.code() == code && it.is_in_shares())?;
            Some(Self { sheet, share: Some(share.parse().ok()?), format })
        };
        parsed().filter(|name| name.to_string() == text).ok_or(Failure::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_nothing_else_is() {
        for name in ["people.csv", "canned-responses.jsonl", "conversations-0003-of-0016.jsonl", "events-0001-of-0001.csv"] {
            assert_eq!(name.parse::<FileName>().unwrap().to_string(), name);
        }
        for wrong in [
            "people",
            "people.txt",
            "../people.csv",
            "people.csv/x",
            "events.csv",
            "people-0001-of-0001.csv",
            "events-0000-of-0001.csv",
            "events-0002-of-0001.csv",
            "events-0001-of-0003.csv",
            "events-1-of-1.csv",
            "events-0001-of-8192.csv",
            "",
        ] {
            assert!(wrong.parse::<FileName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_chat_is_in_one_share() {
        for chats in [0, 1, limits::EXPORT_SHARE, limits::EXPORT_SHARE + 1, limits::EXPORT_SHARE * 9, usize::MAX / 2] {
            let shares = Share::all(chats);
            for byte in [0, 1, 15, 16, 127, 128, 200, 255_u8] {
                let id = ConversationId::from_bytes([byte; 16]);
                assert_eq!(shares.iter().filter(|share| share.has(id)).count(), 1, "{chats} {byte}");
            }
        }
        assert_eq!(Share::all(limits::EXPORT_SHARE * 9).len(), 16);
    }
}
