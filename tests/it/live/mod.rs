//! The live protocol, from the first frame to the last.

mod among_staff;
mod bad_input;
mod chatting;
mod entering;
mod files;
mod frames;
mod polling;
mod returning;
mod routing;
mod slow;
mod storm;
