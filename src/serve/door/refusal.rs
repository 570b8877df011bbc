//! What is said to whoever is not let in: one sentence, all headers, and the end of the connection.

use bytes::Bytes;

use crate::domain::limits;
use crate::web::bare_answer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    Slow,
    LengthRequired,
    LongTarget,
    LargeHead,
    Version,
}

impl Refusal {
    pub fn answer(self) -> Bytes {
        let (status, sentence) = match self {
            Self::Malformed => {
                (400, "This request can be read in more than one way, or in none, so nothing was done.".to_owned())
            }
            Self::Slow => (408, "The request did not arrive in time. Check the connection and try again.".to_owned()),
            Self::LengthRequired => (411, "Say in Content-Length how long the request is.".to_owned()),
            Self::LongTarget => (414, format!("The address is longer than {} bytes.", limits::REQUEST_LINE_BYTES)),
            Self::LargeHead => {
                (431, format!("The headers are longer than {} bytes, or more than {}.", limits::HEAD_BYTES, limits::HEADERS))
            }
            Self::Version => (505, "This server speaks HTTP/1.1 and nothing else.".to_owned()),
        };
        bare_answer(status, &sentence)
    }
}
