//! `/your-data`: what is kept of a visitor, for whoever shows the code that the chat window shows to its visitor: to read, to take along,
//! to have erased. The code stands in forms and in no address. `sheet` draws the page in an archive, the administrators' as well.

mod page;
mod sheet;

pub use page::{ask, erase, file, show, withdraw};
pub use sheet::answer as archive;
