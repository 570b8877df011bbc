//! Words and rules. Everything here is pure: no input or output, no clock, no cryptography, no storage format, no async.
//! Text that came from outside becomes one of these types at the edge and is not checked again further in.
//! Start reading at `conversation`, the noun that the product exists for.

pub mod about;
pub mod access;
pub mod assignment;
pub mod audit;
pub mod backup;
pub mod block;
pub mod canned;
pub mod conversation;
pub mod credential;
pub mod department;
pub mod draft;
pub mod event;
pub mod file;
mod file_name;
pub mod filled;
pub mod form;
pub mod hours;
pub mod id;
pub mod invitation;
pub mod language;
pub mod limits;
pub mod links;
pub mod look;
pub mod mail;
pub mod network;
pub mod news;
pub mod opening;
pub mod operator;
pub mod permission;
pub mod report;
pub mod retention;
pub mod root_key;
pub mod routing;
pub mod search;
pub mod serving;
pub mod site;
pub mod space;
pub mod switches;
pub mod text;
pub mod time;
pub mod told;
pub mod visit;
pub mod visitor;
pub mod waits;
