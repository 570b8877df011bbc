//! The recovery kit on paper: printed once and kept nowhere, and put together again.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use super::key::{absolute, hint};
use super::{Exit, Refusal, reach, say, settings, unexpected};
use crate::config::Flags;
use crate::serve::control::{KeyRequest, KitView, Reply, Request};
use crate::store;
use crate::vault::{Kit, KitError, Share, ShareReader};

/// Bytes of a file with shares; more is some other file.
const FILE_BYTES_MAX: u64 = 256 * 1024;

#[derive(Args)]
pub struct Print {
    #[command(flatten)]
    flags: Flags,
    /// How many papers, from 2 to 20
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    shares: u8,
    /// How many of them it takes to bring the key back
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    threshold: u8,
}

#[derive(Args)]
pub struct Recover {
    #[command(flatten)]
    flags: Flags,
    /// A file with one or more shares as they were printed or typed; may be repeated [default: standard input]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    shares: Vec<PathBuf>,
    /// The key file to write
    #[arg(long, value_name = "PATH")]
    to: PathBuf,
}

pub fn print(command: &Print) -> Result<(), Refusal> {
    let request = KeyRequest::Kit { shares: command.shares, threshold: command.threshold };
    let kit = match reach(&command.flags)?.ask(Request::Key(request))? {
        Reply::Kit(kit) => kit,
        other => return Err(unexpected(other)),
    };
    let pages = pages(&kit);
    let mut out = io::stdout().lock();
    out.write_all(pages.as_bytes()).and_then(|()| out.flush()).map_err(|error| {
        Refusal::new(
            Exit::Refused,
            format!("The kit could not be written whole ({error}). Print another; this one is of no use."),
        )
    })?;
    if !io::stdout().is_terminal() {
        let _ = writeln!(
            io::stderr(),
            "parlor: These {} pages together are the root key. Print them, and erase the file if they went into one.",
            kit.shares.len()
        );
    }
    Ok(())
}

/// A page for each share, a form feed after each, so that a printer begins a new sheet.
fn pages(kit: &KitView) -> Zeroizing<String> {
    let count = kit.shares.len();
    let mut pages = Zeroizing::new(String::with_capacity(count * 4_096));
    for (number, share) in (1..).zip(&kit.shares) {
        let day = kit.made_at.get(..10).unwrap_or(&kit.made_at);
        let code = share.expose().lines().fold(Zeroizing::new(String::with_capacity(256)), |mut code, line| {
            let _ = writeln!(*code, "    {line}");
            code
        });
        // Writing to a string does not fail.
        let _ = write!(
            *pages,
            "\
Parlor recovery kit - share {number} of {count}

Kit            {}
Installation   {}
Made on        {day}

This is one part of the root key of a Parlor appliance. Any {} of the {count} parts bring the
key back when it is lost; fewer tell nothing at all. With the key and the data, everything that
has not been purged can be read. Without either, nobody can help.

  * Keep this paper as you keep a deed: dry, locked away, and never with {} others.
  * Never photograph it, scan it, send it or type it into anything but the command below.
  * It is worthless as soon as the root key is changed or rotated. Destroy it then.

{}
To bring the key back, on the machine with the data:

    parlor key recover --data-dir DIR --to NEW-KEY-FILE

It asks for {} shares. Type the four lines and the checksum as they stand here; small letters
will do, and spaces do not matter. The last two characters of a line check it, so that a slip
is noticed at once. There is no letter O, I, L or U.
\x0c",
            kit.kit,
            kit.installation,
            kit.threshold,
            kit.threshold - 1,
            *code,
            kit.threshold
        );
    }
    pages
}

pub fn recover(command: &Recover) -> Result<(), Refusal> {
    let config = settings(&command.flags)?;
    let to = absolute(&command.to)?;
    let dir = config.data_dir.display();
    let tip = store::tip_of(&config.data_dir).map_err(|error| Refusal::new(Exit::Refused, error))?.ok_or_else(|| {
        Refusal::new(
            Exit::Refused,
            format!("There is no readable tip in {dir}, against which a key could be checked. Name the data directory with --data-dir DIR."),
        )
    })?;
    let shares = if command.shares.is_empty() { from_input()? } else { from_files(&command.shares)? };
    let refused = |error: KitError| Refusal::new(Exit::Refused, error);
    let key = Kit::join(&shares).map_err(refused)?;
    if tip.open(&key).is_err() {
        return Err(Refusal::new(
            Exit::Refused,
            format!(
                "These shares make a key, but not that of {dir}: the kit is of another installation, or the key was changed after it was printed. Nothing was written."
            ),
        ));
    }
    key.write_file(&to).map_err(|error| Refusal::new(Exit::Refused, error))?;
    say(format_args!("The root key fits {dir} and lies in {} now. Start with --root-key file:{}", to.display(), to.display()));
    say(
        "The papers have been in use: once it runs, make a new key (parlor key rotate) and a new kit (parlor key kit), and destroy them.",
    );
    Ok(())
}

fn from_files(paths: &[PathBuf]) -> Result<Vec<Share>, Refusal> {
    let mut shares = Vec::new();
    for path in paths {
        let wrong = |why: String| Refusal::new(Exit::Refused, format!("{}: {why}", path.display()));
        let mut text = Zeroizing::new(String::new());
        File::open(path)
            .and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text))
            .map_err(|error| wrong(format!("it cannot be read ({error}).")))?;
        let mut reader = ShareReader::default();
        for line in text.lines() {
            shares.extend(reader.take(line).map_err(|error| wrong(error.to_string()))?);
        }
        reader.finish().map_err(|error| wrong(error.to_string()))?;
    }
    Ok(shares)
}

/// Until there are enough, or nothing comes any more. Whoever types hears of a slip at once and types that line again.
fn from_input() -> Result<Vec<Share>, Refusal> {
    let is_typed = io::stdin().is_terminal();
    hint("Type the shares, each with its four lines and the checksum, labels included (1: … Checksum: …).");
    let mut reader = ShareReader::default();
    let mut shares: Vec<Share> = Vec::new();
    for line in BufReader::new(io::stdin().take(FILE_BYTES_MAX)).lines() {
        let line =
            Zeroizing::new(line.map_err(|error| Refusal::new(Exit::Refused, format!("The shares cannot be read: {error}.")))?);
        match reader.take(&line) {
            Ok(None) => continue,
            Ok(Some(share)) => shares.push(share),
            Err(error) if is_typed => {
                hint(&error.to_string());
                continue;
            }
            Err(error) => return Err(Refusal::new(Exit::Refused, error)),
        }
        match Kit::join(&shares) {
            Ok(_) if is_typed => return Ok(shares),
            Err(KitError::TooFew { have, need, .. }) => hint(&format!("Share noted: {have} of {need}.")),
            Err(error) if is_typed => {
                hint(&error.to_string());
                shares.pop();
            }
            _ => {}
        }
    }
    reader.finish().map_err(|error| Refusal::new(Exit::Refused, error))?;
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::secret::Secret;
    use crate::vault::RootKey;

    #[test]
    fn what_is_printed_can_be_read_back_page_by_page() {
        let key = RootKey::from_bytes([9; 32]);
        let kit = Kit::split(&key, 5, 3).unwrap();
        let shares = kit.shares().iter().map(|share| Secret::new(share.lines().join("\n"))).collect();
        let text = pages(&KitView {
            installation: "abcdefghijklmnopqrstuvwxyz".to_owned(),
            kit: kit.shares()[0].kit(),
            threshold: 3,
            made_at: "2026-11-22T04:45:00Z".to_owned(),
            shares,
        });
        let pages: Vec<&str> = text.split_terminator('\x0c').collect();
        assert_eq!(pages.len(), 5);
        let mut read = Vec::new();
        for (number, page) in (1..).zip(pages) {
            for words in
                [&format!("share {number} of 5"), "Any 3 of the 5", "abcdefghijklmnopqrstuvwxyz", "2026-11-22", "2 others"]
            {
                assert!(page.contains(words), "{words}: {page}");
            }
            assert!(page.lines().all(|line| line.chars().count() <= 98), "it fits on paper");
            let mut reader = ShareReader::default();
            read.extend(page.lines().filter_map(|line| reader.take(line).unwrap()));
        }
        assert_eq!(read.len(), 5);
        assert_eq!(Kit::join(&read[1..4]).unwrap().expose(), key.expose());
    }
}
