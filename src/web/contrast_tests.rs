//! The colours of `assets/css/tokens.css`, in both schemes: text reaches 4.5:1 on whatever it may stand on, what has to be
//! seen but not read 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../assets/css/tokens.css");
const DARK: &str = "@media (prefers-color-scheme: dark) {";

const SURFACES: &[&str] = &["surface", "surface-page", "surface-sunken", "surface-hover", "surface-pressed"];
const TEXT: &[(&str, &[&str])] = &[
    ("text", SURFACES),
    ("text-quiet", SURFACES),
    ("accent-ink", SURFACES),
    ("danger-ink", SURFACES),
    ("text", &["info-tint", "success-tint", "warning-tint", "danger-tint"]),
    ("text-quiet", &["info-tint", "success-tint", "warning-tint", "danger-tint"]),
    ("accent-ink", &["accent-tint", "success-tint", "warning-tint", "danger-tint"]),
    ("info-ink", &["info-tint"]),
    ("success-ink", &["success-tint", "surface"]),
    ("warning-ink", &["warning-tint", "surface"]),
    ("danger-ink", &["danger-tint"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("on-danger", &["danger", "danger-strong"]),
];
const SEEN: &[(&str, &[&str])] =
    &[("control-edge", &["surface", "surface-page"]), ("focus", SURFACES), ("accent", &["surface", "surface-page"])];

type Names = BTreeMap<String, String>;

/// Later declarations win, as in the browser: the dark ones are read after the light ones.
fn read(css: &str, names: &mut Names) {
    for line in css.lines().map(str::trim).filter(|line| line.starts_with("--")) {
        if let Some((name, value)) = line.trim_end_matches(';').split_once(": ") {
            names.insert(name.trim_start_matches("--").to_owned(), value.to_owned());
        }
    }
}

fn schemes() -> [(&'static str, Names); 2] {
    let (before, rest) = TOKENS.split_once(DARK).unwrap();
    let (dark, after) = rest.split_once("\n}\n").unwrap();
    let mut light = Names::new();
    read(before, &mut light);
    read(after, &mut light);
    let mut darkened = light.clone();
    read(dark, &mut darkened);
    [("light", light), ("dark", darkened)]
}

fn luminance(names: &Names, name: &str) -> f64 {
    let value = names.get(name).unwrap_or_else(|| panic!("no token --{name}"));
    if let Some(other) = value.strip_prefix("var(--").and_then(|rest| rest.strip_suffix(')')) {
        return luminance(names, other);
    }
    let parts =
        value.strip_prefix("oklch(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_else(|| panic!("--{name}: {value}"));
    let numbers: Vec<f64> = parts.split_whitespace().take(3).map(|part| part.parse().unwrap()).collect();
    of_oklch(numbers[0], numbers[1], numbers[2].to_radians())
}

/// Relative luminance of an OKLCH colour (CSS Color 4), channels outside of sRGB cut off as a browser's screen would.
fn of_oklch(lightness: f64, chroma: f64, hue: f64) -> f64 {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let cube = |v: f64| v * v * v;
    let l = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

fn contrast(names: &Names, one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(names, one), luminance(names, other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_pair_can_be_read_or_seen_in_both_schemes() {
    let mut wrong = Vec::new();
    for (scheme, names) in schemes() {
        for (pairs, least) in [(TEXT, 4.5), (SEEN, 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let reached = contrast(&names, front, back);
                    if reached < least {
                        wrong.push(format!("{scheme}: --{front} on --{back} reaches {reached:.2}:1, not {least}:1"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const PANEL: &str = include_str!("../../assets/widget/panel/panel.css");
const PANEL_TEXT: &[(&str, &[&str])] =
    &[("text", &["ground", "raised"]), ("quiet", &["ground", "raised"]), ("danger", &["ground"]), ("warn-text", &["warn"])];
const PANEL_SEEN: &[(&str, &[&str])] = &[("line", &["ground"]), ("star", &["ground"]), ("text", &["ground"])];

/// The visitor's window has a few colours of its own, written in hexadecimal: light, dark by wish, and dark by device.
#[test]
fn every_pair_of_the_visitors_window_can_be_read_or_seen_in_both_schemes() {
    let of_hex = |hex: &str| {
        let wide: String = if hex.len() == 4 { hex.chars().skip(1).flat_map(|c| [c, c]).collect() } else { hex[1..].to_owned() };
        let channel = |at: usize| f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
        let linear = |c: f64| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(channel(0)) + 0.7152 * linear(channel(2)) + 0.0722 * linear(channel(4))
    };
    let block = |from: &str| {
        let (_, rest) = PANEL.split_once(from).unwrap();
        let mut names = Names::new();
        read(rest.split_once('}').unwrap().0, &mut names);
        names
    };
    let light = block(":root {");
    let [wished, device] = [":root[data-scheme=\"dark\"] {", ":root:not([data-scheme=\"light\"]) {"].map(block);
    assert_eq!(wished, device, "dark is dark");
    let mut dark = light.clone();
    dark.extend(wished);
    let mut wrong = Vec::new();
    for (scheme, names) in [("light", light), ("dark", dark)] {
        for (pairs, least) in [(PANEL_TEXT, 4.5), (PANEL_SEEN, 3.0)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let (one, other) = (of_hex(&names[*front]), of_hex(&names[*back]));
                    let reached = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                    if reached < least {
                        wrong.push(format!("{scheme}: --{front} on --{back} reaches {reached:.2}:1, not {least}:1"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn black_on_white_is_21_to_1() {
    let names = Names::from([("a".to_owned(), "oklch(0 0 0)".to_owned()), ("b".to_owned(), "oklch(1 0 0)".to_owned())]);
    assert!((contrast(&names, "a", "b") - 21.0).abs() < 0.01);
}
