//! Charts, drawn by the server as plain SVG: they need no script, print as they are, and come with words for those who do not see
//! them. The numbers stand in a table beside each.

/// The drawing's own units; the page scales it.
const WIDTH: u32 = 720;
const LEFT: u32 = 48;
const TOP: u32 = 12;
const FLOOR: u32 = 184;
/// Room that a label under the bars takes.
const LABEL: u32 = 56;

/// Bars in a row, each of one or two pieces on top of each other.
pub struct Chart {
    /// What ids in the drawing begin with.
    pub id: &'static str,
    pub title: &'static str,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// What the pieces count, from the floor up; the second may be missing.
    pub series: &'static [&'static str],
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    pub labels: Vec<Label>,
}

/// One column with its pieces, from the floor up.
pub struct Bar {
    /// What a pointer that rests on it is told.
    pub words: String,
    pub x: String,
    pub width: String,
    /// Top and height of each piece that is there, and whether it is of the second series.
    pub pieces: Vec<Piece>,
}

pub struct Piece {
    pub y: String,
    pub height: String,
    pub is_second: bool,
}

/// A line across with its number.
pub struct Tick {
    pub y: String,
    pub value: u64,
}

/// Words under a bar.
pub struct Label {
    pub x: String,
    pub words: String,
}

/// What one bar stands for.
pub struct Column {
    /// Under the bar.
    pub label: String,
    /// In full, for the words that go with it.
    pub name: String,
    pub values: [u32; 2],
}

impl Chart {
    #[must_use]
    pub fn new(id: &'static str, title: &'static str, series: &'static [&'static str], columns: &[Column]) -> Self {
        let total = |column: &Column| u64::from(column.values[0]) + u64::from(column.values[1]);
        let most = columns.iter().map(total).max().unwrap_or_default();
        let top = ceiling(most);
        let step = f64::from(WIDTH - LEFT) / amount(columns.len().max(1));
        let y = |value: u64| f64::from(FLOOR) - f64::from(FLOOR - TOP) * amount(value) / amount(top);
        let bar = |(n, column): (usize, &Column)| {
            let mut pieces = Vec::new();
            let mut below = 0;
            for (index, value) in column.values.into_iter().enumerate().filter(|(_, value)| *value > 0) {
                let above = below + u64::from(value);
                pieces.push(Piece { y: short(y(above)), height: short(y(below) - y(above)), is_second: index == 1 });
                below = above;
            }
            let width = (step * 0.72).min(64.0);
            let x = f64::from(LEFT) + step * (amount(n) + 0.5) - width / 2.0;
            Bar { words: words(column, series), x: short(x), width: short(width), pieces }
        };
        // As many labels as fit, each n-th.
        let each = (f64::from(LABEL) / step).ceil().max(1.0);
        let label = |(n, column): (usize, &Column)| {
            let is_shown = amount(n) % each < 0.5;
            is_shown.then(|| Label { x: short(f64::from(LEFT) + step * (amount(n) + 0.5)), words: column.label.clone() })
        };
        Self {
            id,
            title,
            description: describe(columns, series, most, total),
            series,
            bars: columns.iter().enumerate().map(bar).collect(),
            ticks: [0, top / 2, top].into_iter().map(|value| Tick { y: short(y(value)), value }).collect(),
            labels: columns.iter().enumerate().filter_map(label).collect(),
        }
    }
}

/// The first even number of the kind 2, 4, 10, 20, 40, 100… that is not below: the top of the drawing, whose half is whole.
fn ceiling(most: u64) -> u64 {
    let mut power = 1;
    loop {
        for step in [2, 4, 10] {
            if step * power >= most {
                return step * power;
            }
        }
        power *= 10;
    }
}

fn words(column: &Column, series: &[&str]) -> String {
    let parts: Vec<_> = series.iter().zip(column.values).map(|(name, value)| format!("{value} {name}")).collect();
    format!("{}: {}", column.name, parts.join(", "))
}

fn describe(columns: &[Column], series: &[&str], most: u64, total: impl Fn(&Column) -> u64) -> String {
    let sum: u64 = columns.iter().map(&total).sum();
    if sum == 0 {
        return "Nothing was counted.".to_owned();
    }
    let counted = series.join(" and ");
    let highest = columns.iter().find(|column| total(column) == most);
    let highest = highest.map(|column| format!(" The highest: {}.", words(column, series))).unwrap_or_default();
    format!("Bars for {counted}, {sum} altogether.{highest} All numbers stand in the table.")
}

/// Far below the numbers that a float cannot hold.
#[expect(clippy::cast_precision_loss, reason = "a drawing is exact to a tenth of a pixel and no more")]
fn amount(value: impl TryInto<u64>) -> f64 {
    value.try_into().unwrap_or_default() as f64
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, values: [u32; 2]) -> Column {
        Column { label: name.to_owned(), name: name.to_owned(), values }
    }

    #[test]
    fn the_highest_bar_fits_and_the_lines_are_round() {
        for (most, top) in [(0, 2), (1, 2), (3, 4), (7, 10), (11, 20), (99, 100), (101, 200), (4_000, 4_000)] {
            assert_eq!(ceiling(most), top, "{most}");
        }
        let chart = Chart::new("c", "Chats", &["answered", "missed"], &[column("Mon", [3, 1]), column("Tue", [0, 0])]);
        assert_eq!(
            chart.ticks.iter().map(|tick| (tick.value, tick.y.as_str())).collect::<Vec<_>>(),
            [(0, "184"), (2, "98"), (4, "12")]
        );
        let [bar, none] = &chart.bars[..] else { panic!("a bar each") };
        assert_eq!(
            bar.pieces.iter().map(|it| (it.y.as_str(), it.height.as_str(), it.is_second)).collect::<Vec<_>>(),
            [("55", "129", false), ("12", "43", true)]
        );
        assert!(none.pieces.is_empty());
        assert_eq!(bar.words, "Mon: 3 answered, 1 missed");
        assert_eq!(
            chart.description,
            "Bars for answered and missed, 4 altogether. The highest: Mon: 3 answered, 1 missed. All numbers stand in the table."
        );
        assert_eq!(Chart::new("c", "Chats", &["answered"], &[]).description, "Nothing was counted.");
    }

    #[test]
    fn labels_do_not_run_into_each_other() {
        let many: Vec<_> = (0..31).map(|n| column(&n.to_string(), [n, 0])).collect();
        let chart = Chart::new("c", "Chats", &["answered"], &many);
        assert_eq!(chart.bars.len(), 31);
        let shown: Vec<_> = chart.labels.iter().map(|label| label.words.as_str()).collect();
        assert_eq!(shown, ["0", "3", "6", "9", "12", "15", "18", "21", "24", "27", "30"]);
    }
}
