//! What a file may be called. The name comes from somebody else's machine and goes to another's: to its screen, into a header
//! and, when it is saved, into its file system. Nothing of it may pretend to be a path, a device or another kind of file.

use super::limits;
use super::text::TextError;

/// What a name of nothing but forbidden characters becomes.
const UNNAMED: &str = "file";
/// Characters of an ending that is kept when a long name is cut.
const ENDING_CHARS: usize = 16;
/// Names that Windows takes for devices, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The last step of a path, without what hides, reorders or means something to a shell, a browser or a file system. Every text
/// becomes a name; one that is clean stays as it is.
pub(super) fn cleaned(raw: &str) -> Result<String, TextError> {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !is_hidden(*c)).map(plain).collect();
    // A leading dot hides a file, and Windows drops dots and spaces at the end: what follows them would become the ending.
    let name = shown.trim_matches(|c: char| c == '.' || c.is_whitespace());
    Ok(match name {
        "" => UNNAMED.to_owned(),
        name if is_device(name) => shortened(&format!("_{name}")),
        name => shortened(name),
    })
}

/// The same name with another ending, such as a picture gets that was drawn anew in another format.
pub(super) fn with_ending(name: &str, ending: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    shortened(&format!("{stem}.{ending}"))
}

/// Controls, marks of direction and what has no width: they make `gpj.exe` out of `exe.jpg`. What joins letters and emoji stays.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

fn plain(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Cut in the middle, so that the ending still tells the kind.
fn shortened(name: &str) -> String {
    let chars = name.chars().count();
    if chars <= limits::FILE_NAME_CHARS {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= ENDING_CHARS => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let kept: String = stem.chars().take(limits::FILE_NAME_CHARS - ending.chars().count()).collect();
    format!("{}{ending}", kept.trim_end_matches(|c: char| c == '.' || c.is_whitespace()))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_lowercase();
    let bare = stem.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(&stem);
    DEVICES.contains(&bare) && (stem == bare) == DEVICES[..4].contains(&bare)
}

#[cfg(test)]
mod tests {
    use crate::domain::limits;
    use crate::domain::text::FileName;

    fn cleaned(raw: &str) -> String {
        FileName::parse(raw).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_name_is_a_name_and_nothing_else() {
        for (raw, name) in [
            ("Röntgen 2.jpg", "Röntgen 2.jpg"),
            ("日本語の書類.pdf", "日本語の書類.pdf"),
            ("family 👨\u{200d}👩\u{200d}👧.png", "family 👨\u{200d}👩\u{200d}👧.png"),
            ("تقرير.pdf", "تقرير.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\anna\\notes.txt", "notes.txt"),
            ("..", "file"),
            ("", "file"),
            ("/", "file"),
            (" . ", "file"),
            (".htaccess", "htaccess"),
            ("invoice.pdf. . ", "invoice.pdf"),
            ("annual\u{202e}fdp.exe", "annualfdp.exe"),
            ("a\u{2067}b\u{200b}c\u{feff}d.txt", "abcd.txt"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
            ("a\u{2003}b.txt", "a b.txt"),
            ("\"><img src=x>.png", "__<img src=x>.png".replace(['<', '>'], "_").as_str()),
            ("nul", "_nul"),
            ("CON.txt", "_CON.txt"),
            ("lpt1.doc", "_lpt1.doc"),
            ("lpt.doc", "lpt.doc"),
            ("console.log", "console.log"),
        ] {
            assert_eq!(cleaned(raw), name, "{raw:?}");
            assert_eq!(cleaned(&cleaned(raw)), name, "what is clean stays as it is");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_keeps_its_ending() {
        let long = format!("{}.pdf", "ä".repeat(300));
        let name = cleaned(&long);
        assert_eq!((name.chars().count(), name.ends_with("ä.pdf")), (limits::FILE_NAME_CHARS, true));
        let name = cleaned(&"😀".repeat(300));
        assert_eq!(name, "😀".repeat(limits::FILE_NAME_CHARS));
    }

    #[test]
    fn a_picture_drawn_anew_is_called_what_it_is() {
        let named = |raw: &str, ending| FileName::parse(raw).unwrap().with_ending(ending).as_str().to_owned();
        assert_eq!(named("holiday.webp", "png"), "holiday.png");
        assert_eq!(named("evil.html", "jpg"), "evil.jpg");
        assert_eq!(named("photo", "jpg"), "photo.jpg");
        let long = named(&"x".repeat(300), "png");
        assert_eq!((long.chars().count(), long.ends_with("x.png")), (limits::FILE_NAME_CHARS, true));
    }
}
