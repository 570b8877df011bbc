//! Single sign-on: against a real provider and a real directory, and against ones that lie.

mod directory;
mod provider;
