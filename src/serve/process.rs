//! What the process asks of the kernel for itself, before anything secret is in its memory.

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit, umask};

/// Files are for this user alone, and memory never becomes a file: a core dump would hold keys and messages in clear.
pub fn harden() {
    umask(rustix::fs::Mode::from_raw_mode(0o077));
    // Both can only fail where the kernel lacks them; then there is nothing to switch off either.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Every connection is a file. The soft limit of 1,024 that most shells give is for programs of another age (select(2)).
/// Yields what now holds.
pub(super) fn raise_file_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let now = getrlimit(Resource::Nofile).current;
    match raised {
        Ok(()) => tracing::info!(files = now, "open files allowed"),
        Err(error) => tracing::warn!(files = now, %error, "the limit of open files cannot be raised"),
    }
    now.unwrap_or(u64::MAX)
}

/// How many files this process may open once it has raised its limit; `None` without one.
#[must_use]
pub fn file_limit() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Says where something panicked and never with what: a message may quote what somebody wrote.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        tracing::error!(place, "a task panicked: this is a defect, please report the place");
    }));
}
