//! How often a limit has refused somebody within the last day, in steps of ten minutes.

const STEP_MICROS: i64 = 600 * 1_000_000;
const STEPS: usize = 144;

#[derive(Debug, Clone)]
pub struct Hits {
    counts: [u32; STEPS],
    /// The step that was counted in last, since 1970.
    newest: i64,
}

impl Default for Hits {
    fn default() -> Self {
        Self { counts: [0; STEPS], newest: 0 }
    }
}

impl Hits {
    pub(super) fn note(&mut self, now: i64) {
        self.catch_up(now);
        let count = &mut self.counts[Self::slot(self.newest)];
        *count = count.saturating_add(1);
    }

    /// Within the last hour, and within the last day.
    pub(super) fn recent(&mut self, now: i64) -> (u32, u32) {
        self.catch_up(now);
        let last = |steps: i64| (0..steps).map(|back| self.counts[Self::slot(self.newest - back)]).fold(0, u32::saturating_add);
        (last(6), last(144))
    }

    /// Empties the steps in which nothing happened. A clock that was set back counts in the step where it was.
    fn catch_up(&mut self, now: i64) {
        let step = now.div_euclid(STEP_MICROS);
        for missed in (self.newest + 1..=step).rev().take(STEPS) {
            self.counts[Self::slot(missed)] = 0;
        }
        self.newest = self.newest.max(step);
    }

    fn slot(step: i64) -> usize {
        usize::try_from(step.rem_euclid(144)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * 1_000_000;

    #[test]
    fn an_hour_and_a_day_are_told_apart() {
        let start = 1_800_000_000 * 1_000_000;
        let mut hits = Hits::default();
        hits.note(start);
        hits.note(start + 5 * MINUTE);
        assert_eq!(hits.recent(start + 5 * MINUTE), (2, 2));
        assert_eq!(hits.recent(start + 65 * MINUTE), (0, 2));
        hits.note(start + 70 * MINUTE);
        // A clock that went back changes nothing that was counted.
        hits.note(start + 60 * MINUTE);
        assert_eq!(hits.recent(start + 70 * MINUTE), (2, 4));
        assert_eq!(hits.recent(start + 25 * 60 * MINUTE), (0, 2));
        assert_eq!(hits.recent(start + 1_000 * 60 * MINUTE), (0, 0));
    }
}
