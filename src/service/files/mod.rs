//! Files in chats.

pub mod picture;
