//! Reports: what was counted about chats, for those whose role may see it, as drawings with tables beside them and as a file.
//! Everything is drawn here and works without a script.

mod asked;
mod chart;
mod csv;
mod page;
mod tables;

pub use page::{file, show};
