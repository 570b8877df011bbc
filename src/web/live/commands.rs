//! What a client may say: one JSON object a frame. Anything else, a field too many included, is not of the protocol.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::event::Seq;

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
        name: Option<String>,
        #[serde(default)]
        email: Option<String>,
        #[serde(default)]
        consent: bool,
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
    Typing {
        conversation: String,
        on: bool,
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
