//! How far something is, in one line at a terminal that is drawn over itself; nowhere else.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(100);
const CELLS: u64 = 30;

pub(super) struct Progress {
    shown: bool,
    last: Option<(&'static str, Instant)>,
}

impl Progress {
    /// Silent where standard error is no terminal, or a program listens.
    pub(super) fn new(is_wanted: bool) -> Self {
        Self { shown: is_wanted && std::io::stderr().is_terminal(), last: None }
    }

    pub(super) fn show(&mut self, what: &'static str, done: u64, all: u64) {
        let is_new = self.last.is_none_or(|(before, _)| before != what);
        if !self.shown || !(is_new || self.last.is_some_and(|(_, at)| at.elapsed() >= EVERY)) {
            return;
        }
        let mut out = std::io::stderr().lock();
        let end = if is_new && self.last.is_some() { "\n" } else { "" };
        let _ = write!(out, "{end}\r{}", drawn(what, done, all)).and_then(|()| out.flush());
        self.last = Some((what, Instant::now()));
    }
}

fn drawn(what: &str, done: u64, all: u64) -> String {
    // What was foreseen is nearly exact, and more than everything would look strange.
    let done = done.min(all);
    let full = done.saturating_mul(CELLS).checked_div(all).unwrap_or(0);
    let percent = done.saturating_mul(100).checked_div(all).unwrap_or(0);
    let bar: String = (0..CELLS).map(|cell| if cell < full { '█' } else { '░' }).collect();
    format!("{what:<12} {bar} {percent:>3} %")
}

impl Drop for Progress {
    /// The next line begins on a line of its own.
    fn drop(&mut self) {
        if self.last.is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn a_bar_never_runs_over() {
        assert!(drawn("Reading", 0, 0).ends_with("  0 %"));
        assert!(drawn("Reading", 5, 10).ends_with(" 50 %"));
        assert!(drawn("Reading", 30, 10).ends_with("100 %"));
    }
}
