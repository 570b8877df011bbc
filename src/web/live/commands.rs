//! What a client may say: one JSON object a frame. Anything else, a field too many included, is not of the protocol.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::event::Seq;
use crate::domain::id::ConversationId;

#[derive(Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    Hello {
        v: u32,
        ticket: String,
        #[serde(default)]
        after: BTreeMap<String, Seq>,
    },
    Start {
        id: String,
        text: String,
        #[serde(default)]
        answers: BTreeMap<String, String>,
        #[serde(default)]
        consent: bool,
        #[serde(default)]
        language: Option<String>,
    },
    Leave {
        id: String,
        #[serde(default)]
        text: String,
        #[serde(default)]
        answers: BTreeMap<String, String>,
        #[serde(default)]
        consent: bool,
        #[serde(default)]
        language: Option<String>,
    },
    /// The visitor wants a copy by mail.
    Copy {
        id: String,
        conversation: String,
    },
    Rate {
        id: String,
        conversation: String,
        stars: u8,
        #[serde(default)]
        comment: Option<String>,
    },
    Send {
        id: String,
        conversation: String,
        text: String,
    },
    Accept {
        id: String,
        conversation: String,
    },
    End {
        id: String,
        conversation: String,
    },
    Close {
        id: String,
        conversation: String,
    },
    Note {
        id: String,
        conversation: String,
        text: String,
    },
    Transfer {
        id: String,
        conversation: String,
        to: String,
        note: Option<String>,
    },
    Invite {
        id: String,
        conversation: String,
        operator: String,
    },
    Join {
        id: String,
        conversation: String,
    },
    Depart {
        id: String,
        conversation: String,
    },
    Decline {
        id: String,
        conversation: String,
    },
    Tags {
        id: String,
        conversation: String,
        tags: Vec<String>,
    },
    RequestFile {
        id: String,
        conversation: String,
    },
    Typing {
        conversation: String,
        on: bool,
    },
    Peek {
        conversation: String,
        text: String,
    },
    Delivered {
        conversation: String,
        seq: Seq,
    },
    Seen {
        conversation: String,
        seq: Seq,
    },
    Resume {
        conversation: String,
        after: Seq,
    },
    Watch {
        conversation: String,
    },
    Unwatch {
        conversation: String,
    },
    Active {},
    Available {
        on: bool,
    },
    /// The page that shows the window.
    Visit {
        #[serde(default)]
        page: String,
        #[serde(default)]
        title: String,
        #[serde(default)]
        referrer: String,
        #[serde(default)]
        window: String,
        /// As which they browsed.
        #[serde(default)]
        visit: String,
    },
    /// Who the website says the visitor is.
    Identify {
        #[serde(default)]
        id: String,
        #[serde(default)]
        name: String,
        #[serde(default)]
        email: String,
        #[serde(default)]
        hash: String,
    },
    /// What else it says of them.
    Set {
        attributes: BTreeMap<String, String>,
    },
}

impl Command {
    /// Whether a person at a keyboard does it, and no page by itself: that keeps a session of the staff alive.
    pub fn is_of_a_person(&self) -> bool {
        !matches!(
            self,
            Self::Hello { .. }
                | Self::Delivered { .. }
                | Self::Seen { .. }
                | Self::Resume { .. }
                | Self::Watch { .. }
                | Self::Unwatch { .. }
        )
    }

    /// Under which id the client waits for an answer, and about which conversation, where the command can be refused.
    pub fn names(&self) -> (Option<String>, Option<ConversationId>) {
        match self {
            Self::Start { id, .. } | Self::Leave { id, .. } => (Some(id.clone()), None),
            Self::Send { id, conversation, .. }
            | Self::Rate { id, conversation, .. }
            | Self::Copy { id, conversation }
            | Self::Accept { id, conversation }
            | Self::End { id, conversation }
            | Self::Close { id, conversation }
            | Self::Note { id, conversation, .. }
            | Self::Transfer { id, conversation, .. }
            | Self::Invite { id, conversation, .. }
            | Self::Join { id, conversation }
            | Self::Depart { id, conversation }
            | Self::Decline { id, conversation }
            | Self::RequestFile { id, conversation }
            | Self::Tags { id, conversation, .. } => (Some(id.clone()), conversation.parse().ok()),
            Self::Resume { conversation, .. } | Self::Watch { conversation } => (None, conversation.parse().ok()),
            // The rest asks for nothing that could be refused.
            Self::Hello { .. }
            | Self::Typing { .. }
            | Self::Peek { .. }
            | Self::Delivered { .. }
            | Self::Seen { .. }
            | Self::Unwatch { .. }
            | Self::Active {}
            | Self::Available { .. }
            | Self::Visit { .. }
            | Self::Identify { .. }
            | Self::Set { .. } => (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_of_the_protocol_or_refused() {
        assert!(serde_json::from_str::<Command>(r#"{"t":"send","id":"a","conversation":"cnv_x","text":"hi"}"#).is_ok());
        assert!(serde_json::from_str::<Command>(r#"{"t":"active"}"#).is_ok());
        for wrong in [
            r#"{"t":"send","id":"a","conversation":"cnv_x","text":"hi","admin":true}"#,
            r#"{"t":"active","x":1}"#,
            r#"{"t":"delete"}"#,
            r#"{"t":"send","id":"a"}"#,
            r#"{"t":"seen","conversation":"c","seq":-1}"#,
            r#"[{"t":"active"}]"#,
            "hello",
            "",
        ] {
            assert!(serde_json::from_str::<Command>(wrong).is_err(), "{wrong}");
        }
    }
}
