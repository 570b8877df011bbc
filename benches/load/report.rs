//! The table that is printed: each figure with its spread, its ceiling from the same run, and what it should reach. The bench of the
//! store prints the same.

use hdrhistogram::Histogram;

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// At most this many times the ceiling.
    RatioAtMost(f64),
    #[allow(dead_code, reason = "only the bench of the store asks for it")]
    RatioAtLeast(f64),
    None,
}

#[derive(Debug)]
pub struct Line {
    pub what: String,
    pub unit: &'static str,
    pub ours: Vec<f64>,
    pub ceiling: Vec<f64>,
    pub goal: Goal,
}

#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<Line>,
    others: Vec<f64>,
    late: Vec<f64>,
}

impl Report {
    /// Prints a figure at once and keeps it for the table.
    pub fn add(&mut self, what: impl Into<String>, unit: &'static str, ours: Vec<f64>, ceiling: Vec<f64>, goal: Goal) {
        let line = Line { what: what.into(), unit, ours, ceiling, goal };
        eprintln!("{}", line.row());
        self.lines.push(line);
    }

    /// Cores that others kept busy during one measurement.
    pub fn others_had(&mut self, cores: f64) {
        self.others.push(cores);
    }

    /// By how many milliseconds the client itself missed the moments meant (p99 of a round).
    pub fn sent_late(&mut self, milliseconds: f64) {
        self.late.push(milliseconds);
    }

    /// The whole table in Markdown, and how quiet the machine was. `false` when a goal was missed.
    pub fn print(&self) -> bool {
        println!("\n| Figure | Parlor | Ceiling | Ratio | Goal | |\n|---|---|---|---|---|---|");
        for line in &self.lines {
            println!("{}", line.row());
        }
        let (others, late) = (Spread::of(&self.others), Spread::of(&self.late));
        let cores = std::fs::read_to_string("/proc/cpuinfo").map_or(0, |text| text.matches("processor\t").count());
        println!(
            "\nEach figure is the median of its rounds (least to greatest). While measuring, other programs kept {} of \
             {cores} cores busy ({} to {}).",
            figure(others.median),
            figure(others.least),
            figure(others.greatest),
        );
        if !self.late.is_empty() {
            println!(
                "In the open loop 99 % were sent less than {} ms after the moment meant ({} to {}).",
                figure(late.median),
                figure(late.least),
                figure(late.greatest)
            );
        }
        self.lines.iter().all(|line| line.verdict() != Some(false))
    }
}

impl Line {
    fn row(&self) -> String {
        let ratio = match (Spread::of(&self.ours).median, Spread::of(&self.ceiling).median) {
            (ours, ceiling) if !self.ours.is_empty() && ceiling > 0.0 => format!("{:.2}", ours / ceiling),
            _ => String::new(),
        };
        let goal = match self.goal {
            Goal::AtMost(most) => format!("≤ {} {}", figure(most), self.unit),
            Goal::AtLeast(least) => format!("≥ {} {}", figure(least), self.unit),
            Goal::RatioAtMost(most) => format!("ratio ≤ {most}"),
            Goal::RatioAtLeast(least) => format!("ratio ≥ {least}"),
            Goal::None => String::new(),
        };
        let verdict = match self.verdict() {
            Some(true) => "reached",
            Some(false) => "missed",
            None => "",
        };
        format!("| {} | {} | {} | {ratio} | {goal} | {verdict} |", self.what, self.cell(&self.ours), self.cell(&self.ceiling))
    }

    fn cell(&self, figures: &[f64]) -> String {
        let spread = Spread::of(figures);
        match figures.len() {
            0 => String::new(),
            1 => format!("{} {}", figure(spread.median), self.unit),
            _ => format!("{} {} ({} to {})", figure(spread.median), self.unit, figure(spread.least), figure(spread.greatest)),
        }
    }

    fn verdict(&self) -> Option<bool> {
        if self.ours.is_empty() {
            return None;
        }
        let ours = Spread::of(&self.ours).median;
        match self.goal {
            Goal::AtMost(most) => Some(ours <= most),
            Goal::AtLeast(least) => Some(ours >= least),
            Goal::RatioAtMost(most) => Some(ours <= most * Spread::of(&self.ceiling).median),
            Goal::RatioAtLeast(least) => Some(ours >= least * Spread::of(&self.ceiling).median),
            Goal::None => None,
        }
    }
}

struct Spread {
    median: f64,
    least: f64,
    greatest: f64,
}

impl Spread {
    fn of(figures: &[f64]) -> Self {
        let mut sorted = figures.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
        let (low, high) = (at(sorted.len().saturating_sub(1) / 2), at(sorted.len() / 2));
        Self { median: f64::midpoint(low, high), least: at(0), greatest: at(sorted.len().saturating_sub(1)) }
    }
}

fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => {
            let digits = format!("{value:.0}");
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            grouped
        }
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Milliseconds at a quantile of a histogram of nanoseconds.
pub fn milliseconds(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a latency")]
    let nanoseconds = histogram.value_at_quantile(quantile) as f64;
    nanoseconds / 1e6
}
