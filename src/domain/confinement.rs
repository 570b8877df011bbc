//! How far the process has shut itself in: what it could not do any more, even if somebody made it want to.

/// What the kernel holds it to. Nothing, in the tests and where the kernel cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confinement {
    /// Sees no file but its own, and starts no program.
    pub files: bool,
    /// Opens no further listener, and connects to no port but those in the settings.
    pub connections: bool,
    /// Sends no signal to any other process.
    pub signals: bool,
}

impl Confinement {
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.files && self.connections && self.signals
    }

    /// For the log, the doctor and the page about the machine.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match (self.files, self.connections, self.signals) {
            (true, true, true) => "the process reaches no file, port or process but its own",
            (true, true, false) => {
                "the process reaches no file or port but its own; Linux 6.12 would keep it from other processes, too"
            }
            (true, false, _) => {
                "the process reaches no file but its own; Linux 6.7 would keep it from other ports, and Linux 6.12 from other processes"
            }
            (false, ..) => {
                "the kernel does not keep the process from any file: Landlock is missing or switched off, which Linux 5.13 or newer has (lsm=landlock)"
            }
        }
    }
}
