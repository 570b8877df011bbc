//! What a disk is going to do to whoever uses it.

/// What a disk is going to do to whoever uses it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    pub cut: Option<Cut>,
    pub fault: Option<Fault>,
}

/// Power fails instead of carrying out this operation that would change something, counted from 1.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub at: u64,
    /// Only operations on the file of this name count.
    pub only: Option<&'static str>,
}

/// The n-th operation of a kind fails with an input/output error, counted from 1.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    pub kind: Kind,
    pub at: u64,
    pub lasts: Lasts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    Once,
    ForEver,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Read,
    /// Writing, and everything that makes, moves or removes a file.
    Write,
    Sync,
}

/// How often each kind of operation was asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) reads: u64,
    pub(super) writes: u64,
    pub(super) syncs: u64,
}
