//! Archives: several files as one, written as they come, so that a large one needs no room of its own. The only place that knows the
//! format. What is in an archive is in clear; it is made on its way out, and never lies on our disk.

use std::io::{self, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Failure;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// An archive that is being written into `W`. What is written belongs to the file that was begun last.
pub struct Archive<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    made_at: DateTime,
}

impl<W: Write> Archive<W> {
    /// All files bear this time, so that an archive says nothing but when it was made.
    pub fn new(out: W, made_at: Timestamp) -> Self {
        Self { zip: ZipWriter::new_stream(out), made_at: date(made_at) }
    }

    /// Begins a file. Names are our own: no path leads out of where somebody unpacks it.
    ///
    /// # Errors
    /// When `W` does not take more.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(self.made_at)
            .unix_permissions(0o600)
            // How long it will be is not known yet.
            .large_file(true);
        Ok(self.zip.start_file(harmless(name), options)?)
    }

    /// A whole file.
    ///
    /// # Errors
    /// When `W` does not take more.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.write_all(bytes)
    }

    /// Writes the list of all files, without which it is no archive.
    ///
    /// # Errors
    /// When `W` does not take it.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.zip.finish()?.into_inner();
        out.flush()?;
        Ok(out)
    }
}

impl<W: Write> Write for Archive<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// A name as it stands in an archive: folders are kept, ways up and roots are not, nor what means something else to some system than to others.
#[must_use]
pub fn harmless(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| !part.is_empty() && !part.chars().all(|c| c == '.'));
    let is_odd = |c: char| c.is_control() || matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|');
    parts.collect::<Vec<_>>().join("/").replace(is_odd, "_")
}

/// Whoever the archive is for takes no more of it.
#[must_use]
pub fn not_taken(error: io::Error) -> Failure {
    StoreError::NotCopied(error.to_string()).into()
}

/// The format has no time zone; ours is UTC. What it cannot say is its first day.
fn date(at: Timestamp) -> DateTime {
    let text = at.to_string();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let small = |from, to| number(from, to).and_then(|it| u8::try_from(it).ok());
    let read = || {
        let (year, month, day) = (number(0, 4)?, small(5, 7)?, small(8, 10)?);
        DateTime::from_date_and_time(year, month, day, small(11, 13)?, small(14, 16)?, small(17, 19)?).ok()
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn a_name_is_the_same_file_everywhere() {
        for (name, written) in [
            ("files/fil_1/../../x", "files/fil_1/x"),
            ("..\\..\\x", "x"),
            ("C:\\boot.ini", "C_/boot.ini"),
            ("report.txt:hidden", "report.txt_hidden"),
            ("a\0b<c>|?*\"", "a_b_c_____"),
            ("...", ""),
        ] {
            assert_eq!(harmless(name), written);
        }
    }

    #[test]
    fn what_was_put_in_comes_out_and_no_name_leads_anywhere() {
        let mut archive = Archive::new(Vec::new(), Timestamp::from_millis(1_800_000_000_000));
        archive.add("index.html", b"<p>hello").unwrap();
        archive.begin("files/../../etc/passwd").unwrap();
        archive.write_all(b"in ").unwrap();
        archive.write_all(b"pieces").unwrap();
        archive.add("/\u{e4}.txt", &[7; 100_000]).unwrap();
        let bytes = archive.finish().unwrap();
        assert!(bytes.len() < 10_000, "it is compressed");
        let mut read = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = |name: &str| {
            let mut text = Vec::new();
            read.by_name(name).unwrap().read_to_end(&mut text).unwrap();
            text
        };
        assert_eq!(text("index.html"), b"<p>hello");
        assert_eq!(text("files/etc/passwd"), b"in pieces");
        assert_eq!(text("\u{e4}.txt"), [7; 100_000]);
        let file = read.by_name("index.html").unwrap();
        let at = file.last_modified().unwrap();
        assert_eq!((at.year(), at.month(), at.day(), at.hour()), (2027, 1, 15, 8));
    }
}
