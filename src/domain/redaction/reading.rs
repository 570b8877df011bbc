//! A text as a detector reads it: digits of every script, full-width letters, odd spaces and dashes are brought into one plain form, what
//! has no width is left out, and each byte knows where it came from. Without that, a number would be hidden by how it is typed.

use std::ops::Range;

/// Stands between two messages that are read as one; nobody can type it, since texts lose their control characters.
pub(super) const JUNCTION: char = '\u{1e}';

/// Stands for what was masked.
pub(super) const MASK: char = '•';

/// The zeros of all decimal digits of Unicode 16 beyond ASCII; the other nine follow each.
const ZEROS: [u32; 65] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040,
    0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0,
    0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650,
    0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
    0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// Digits one to nine that stand for themselves in circles, brackets and the like.
const ONES: [u32; 7] = [0x2460, 0x2474, 0x2488, 0x2776, 0x2780, 0x278A, 0x24F5];

#[derive(Debug)]
pub(super) struct Reading {
    pub plain: String,
    /// For each byte of `plain`, and for its end: where the character stood that it was made of.
    origins: Vec<usize>,
}

impl Reading {
    pub fn of(text: &str) -> Self {
        let mut plain = String::with_capacity(text.len());
        let mut origins = Vec::with_capacity(text.len() + 1);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let at = text.len() - rest.len();
            let (c, length) = escaped(rest).unwrap_or((first, first.len_utf8()));
            // One is a separator, several are what was masked before: nothing goes on across them.
            let is_mask = c == MASK && (plain.ends_with(MASK) || rest[length..].starts_with(MASK));
            if let Some(c) = if is_mask { Some(c) } else { plainly(c) } {
                plain.push(c);
                origins.resize(plain.len(), at);
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        origins.push(text.len());
        Self { plain, origins }
    }

    /// The bytes of the text that a stretch of the plain form stands for, with what has no width in between and behind.
    pub fn origin(&self, plain: &Range<usize>) -> Range<usize> {
        let at = |index: usize| self.origins.get(index).or(self.origins.last()).copied().unwrap_or_default();
        at(plain.start)..at(plain.end)
    }
}

/// A character as addresses on the web write it, such as `%20`.
fn escaped(text: &str) -> Option<(char, usize)> {
    let code = text.strip_prefix('%')?.get(..2)?;
    let c = char::from(u8::from_str_radix(code, 16).ok().filter(|_| code.bytes().all(|byte| byte.is_ascii_hexdigit()))?);
    (c.is_ascii_graphic() || c == ' ').then_some((c, 1 + code.len()))
}

/// `None` for what nobody sees.
fn plainly(c: char) -> Option<char> {
    match c {
        ' '..='~' | '\n' => Some(c),
        // Soft hyphens, joiners, marks of direction, variation selectors, combining strokes and key caps.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
        '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}' => {
            None
        }
        JUNCTION => Some(c),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{301c}' | '\u{3030}' | '\u{fe58}' | '\u{fe63}' => {
            Some('-')
        }
        '·' | '•' | '․' | '‧' | '∙' | '・' | '。' | '｡' | '･' | '⋅' => Some('.'),
        '，' | '、' | '،' => Some(','),
        '×' => Some('x'),
        c if c.is_whitespace() => Some(' '),
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21),
        c => digit(c).or(Some(c)),
    }
}

fn digit(c: char) -> Option<char> {
    let point = u32::from(c);
    let of = |zero: u32| (zero..zero + 10).contains(&point).then(|| point - zero);
    let value = match c {
        '⁰' | '⁴'..='⁹' => point - 0x2070,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '₀'..='₉' => point - 0x2080,
        '⓪' => 0,
        _ => ZEROS
            .iter()
            .find_map(|zero| of(*zero))
            .or_else(|| ONES.iter().find_map(|one| of(one - 1).filter(|value| *value > 0)))?,
    };
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_read_alike() {
        for raw in [
            "4111",
            "４１１１",
            "٤١١١",
            "۴۱۱۱",
            "४१११",
            "𝟒𝟏𝟏𝟏",
            "④①①①",
            "⁴¹¹¹",
            "₄₁₁₁",
            "4\u{200b}1\u{fe0f}\u{20e3}1\u{ad}1",
            "4̶1̶1̶1̶",
        ] {
            assert_eq!(Reading::of(raw).plain, "4111", "{raw:?}");
        }
        assert_eq!(Reading::of("4111•1111 ••••").plain, "4111.1111 ••••");
        assert_eq!(Reading::of("pay/4111%201111%2D1111").plain, "pay/4111 1111-1111");
        assert_eq!(Reading::of("100% sure, %zz, 5%").plain, "100% sure, %zz, 5%");
        assert_eq!(Reading::of("4\u{a0}1\u{2003}1–1−1．1").plain, "4 1 1-1-1.1");
    }

    #[test]
    fn every_stretch_knows_where_it_came_from() {
        let text = "ab ４\u{200b}１ é";
        let reading = Reading::of(text);
        assert_eq!(reading.plain, "ab 41 é");
        assert_eq!(&text[reading.origin(&(3..5))], "４\u{200b}１");
        assert_eq!(&text[reading.origin(&(0..reading.plain.len()))], text);
        assert_eq!(&text[reading.origin(&(5..6))], " ");
    }
}
