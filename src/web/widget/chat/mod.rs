//! `/chat/{site}`: the chat without JavaScript, as pages and plain forms. The same services as behind the window, so the same rules.
//!
//! Whoever merely looks gets no cookie. The form for the first message holds a token that was minted for it; with the message it
//! becomes a cookie of this address alone, and never stands in a URL. Each form also has an id of its own, so that a form that is
//! sent twice says nothing twice.

mod acts;
mod page;
mod talk;
mod visit;

pub use acts::{end, send, start};
pub(super) use page::dressed;
pub use page::{log, show};
