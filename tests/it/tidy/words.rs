//! What the source may not say, and what it must.

use super::none;
use crate::harness::source::{files, words};

#[test]
fn nothing_that_ships_can_panic_by_wish() {
    const PIECES: [&str; 7] = [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!(", "dbg!("];
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        if file.is_of_tests() {
            continue;
        }
        let lines: Vec<_> = file.text.lines().collect();
        for (number, line) in file.shipped_lines() {
            if PIECES.iter().any(|piece| line.contains(piece)) {
                // A truly impossible case says so right above, with its reason, and clippy checks that it is still needed.
                let explained = lines[number.saturating_sub(12)..number].iter().any(|line| line.contains("#[expect(clippy::"));
                if !explained {
                    offences.push(format!("{}:{number} {}", file.path, line.trim()));
                }
            }
        }
    }
    none("no unwrap, expect or panic outside tests without #[expect(…, reason)]", &offences);
}

#[test]
fn every_file_says_what_lives_in_it() {
    let silent: Vec<_> = files("src", &[".rs"])
        .iter()
        .filter(|file| !file.is_of_tests() && !file.text.starts_with("//!"))
        .map(|file| format!("{}:1", file.path))
        .collect();
    none("a file opens with a sentence about what lives in it", &silent);
}

#[test]
fn nothing_goes_past_a_legal_hold() {
    // What a restore purges again was purged before, so no hold ever kept it.
    const WAYS: [&str; 2] = ["src/service/retention/mod.rs", "src/service/restoration.rs"];
    let mut offences = Vec::new();
    for file in files("src/service", &[".rs"]) {
        if file.is_of_tests() || WAYS.contains(&file.path.as_str()) {
            continue;
        }
        let past = file.shipped_lines().filter(|(_, line)| line.contains("store.purge("));
        offences.extend(past.map(|(number, line)| format!("{}:{number} {}", file.path, line.trim())));
    }
    none("whatever destroys a drawer does it through `retention::erase`, which looks at the holds", &offences);
}

#[test]
fn unsafe_code_is_forbidden() {
    for file in ["src/lib.rs", "src/main.rs"] {
        let text = std::fs::read_to_string(crate::harness::source::root().join(file)).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file} does not forbid unsafe code");
    }
}

#[test]
fn every_limit_is_kept_somewhere() {
    let sources = files("src", &[".rs"]);
    let limits = sources.iter().find(|file| file.path == "src/domain/limits.rs").unwrap();
    let mut unused = Vec::new();
    for (number, line) in limits.shipped_lines() {
        let Some(rest) = line.strip_prefix("pub const ") else { continue };
        let Some(name) = words(rest).next() else { continue };
        let used = sources
            .iter()
            .filter(|file| file.path != limits.path)
            .any(|file| file.shipped_lines().any(|(_, line)| words(line).any(|word| word == name)));
        if !used {
            unused.push(format!("{}:{number} {name} bounds nothing", limits.path));
        }
    }
    none("a limit that nothing keeps is a promise that nobody holds", &unused);
}

#[test]
fn logs_never_name_what_people_wrote() {
    const MACROS: [&str; 5] = ["trace!(", "debug!(", "info!(", "warn!(", "error!("];
    const SECRETS: [&str; 9] = ["text", "name", "email", "password", "token", "cookie", "body", "peer", "address"];
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        for (number, line) in file.shipped_lines() {
            let Some(at) = MACROS.iter().find_map(|name| line.find(name)) else { continue };
            // Fields of a tracing macro stand before the message or after `%` and `?`; the message's own words do not count.
            let fields: String = line[at..].split('"').step_by(2).collect();
            if words(&fields).any(|word| SECRETS.contains(&word)) {
                offences.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    none("logs hold ids and counts only", &offences);
}
