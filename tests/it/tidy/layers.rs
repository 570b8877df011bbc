//! The layers look down only, and each outside library is spoken to in one place.

use super::none;
use crate::harness::source::{SourceFile, files, words};

/// From the ground up: each may use those before it.
const LAYERS: [&str; 13] =
    ["domain", "texts", "config", "vault", "store", "service", "live", "outbound", "app", "jobs", "web", "serve", "cli"];

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|known| *known == layer)
}

/// The modules that a line names at the root of the crate: `crate::store::…`, and the heads of `crate::{…}` groups.
fn named_at_root(line: &str) -> Vec<&str> {
    let mut named = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut start = 0;
            for (index, c) in group.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth < 0 || (depth == 0 && c == ',') {
                    named.extend(words(&group[start..index]).next());
                    start = index + 1;
                }
                if depth < 0 {
                    break;
                }
            }
        } else {
            named.extend(words(rest).next());
        }
    }
    named
}

#[test]
fn a_layer_uses_only_those_below_it() {
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        let Some(own) = rank(file.layer()) else { continue };
        for (number, line) in file.shipped_lines() {
            for named in named_at_root(line) {
                match rank(named) {
                    Some(other) if other > own => {
                        offences.push(format!("{}:{number} {} looks up to {named}", file.path, file.layer()));
                    }
                    Some(_) => {}
                    // A macro or item of lib.rs itself would be a way around the order.
                    None => offences.push(format!("{}:{number} names crate::{named}, which is no layer", file.path)),
                }
            }
            if line.contains("super::super::") && words(line).any(|word| rank(word).is_some_and(|other| other > own)) {
                offences.push(format!("{}:{number} climbs with super:: to a layer above", file.path));
            }
        }
    }
    none("layers look down only (ARCHITECTURE.md)", &offences);
}

#[test]
fn every_file_of_the_source_is_in_a_layer() {
    let strays: Vec<_> = files("src", &[".rs"])
        .iter()
        .filter(|file| !["lib", "main", "fuzzing"].contains(&file.layer()) && rank(file.layer()).is_none())
        .map(|file| file.path.clone())
        .collect();
    none("not in a layer", &strays);
}

#[test]
fn the_order_holds_for_names_in_groups() {
    assert_eq!(named_at_root("use crate::{store::{Store, x}, domain::id};"), ["store", "domain"]);
    assert_eq!(named_at_root("let x = crate::web::page::show(crate::domain::time);"), ["web", "domain"]);
}

/// A word, where alone it may stand, and why.
struct Home {
    /// Words that begin with this.
    prefix: &'static str,
    allowed: &'static [&'static str],
    why: &'static str,
}

const HOMES: [Home; 15] = [
    Home { prefix: "sled", allowed: &["src/store/"], why: "only store knows the database" },
    Home { prefix: "actix", allowed: &["src/web/", "src/serve/"], why: "only web and serve know the HTTP library" },
    Home { prefix: "reqwest", allowed: &["src/outbound/"], why: "no outgoing connection except through outbound" },
    Home { prefix: "ldap3", allowed: &["src/outbound/"], why: "no outgoing connection except through outbound" },
    Home { prefix: "openidconnect", allowed: &["src/outbound/"], why: "tokens are opened where they come in" },
    Home { prefix: "lettre", allowed: &["src/outbound/"], why: "no outgoing connection except through outbound" },
    Home { prefix: "hickory", allowed: &["src/outbound/"], why: "names are looked up by outbound alone" },
    Home { prefix: "hyper", allowed: &[], why: "no outgoing connection except through outbound" },
    Home { prefix: "webauthn", allowed: &["src/service/passkeys/"], why: "only passkeys know the library that checks them" },
    Home { prefix: "askama", allowed: &["src/web/", "src/live/"], why: "only faces draw pages and partials" },
    Home { prefix: "fluent", allowed: &["src/texts/"], why: "only texts knows how texts are written down" },
    Home { prefix: "aes_gcm", allowed: &["src/vault/"], why: "only vault holds a cipher" },
    Home { prefix: "tokio_cron_scheduler", allowed: &["src/jobs/"], why: "only jobs ticks" },
    Home { prefix: "ZipWriter", allowed: &["src/service/archive.rs"], why: "archives are written in one place" },
    Home { prefix: "clap", allowed: &["src/cli/", "src/config/"], why: "only the command line parses arguments" },
];

#[test]
fn each_library_has_its_home() {
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        for home in &HOMES {
            if home
                .allowed
                .iter()
                .any(|place| file.path.starts_with(place) || file.path == format!("{}.rs", place.trim_end_matches('/')))
            {
                continue;
            }
            for (number, line) in file.shipped_lines() {
                if words(line).any(|word| word.starts_with(home.prefix) && !line.contains('"')) {
                    offences.push(format!("{}:{number} says {}: {}", file.path, home.prefix, home.why));
                }
            }
        }
    }
    none("a library outside its home", &offences);
}

/// Pieces of text that a layer may not contain.
fn forbidden(file: &SourceFile, pieces: &[(&str, &str)]) -> Vec<String> {
    let mut offences = Vec::new();
    for (number, line) in file.shipped_lines() {
        for (piece, why) in pieces {
            if line.contains(piece) {
                offences.push(format!("{}:{number} contains {piece}: {why}", file.path));
            }
        }
    }
    offences
}

#[test]
fn the_domain_is_pure_and_services_do_not_wait() {
    let mut offences = Vec::new();
    for file in files("src/domain", &[".rs"]) {
        offences.extend(forbidden(
            &file,
            &[
                ("serde", "what is thought and what is stored are different types"),
                ("std::fs", "no input or output"),
                ("std::io", "no input or output"),
                ("std::env", "no environment"),
                ("tokio", "no async"),
                ("async fn", "no async"),
                (".await", "no async"),
                ("::now()", "the time is handed down"),
                ("getrandom", "randomness is handed down"),
                ("rand_", "randomness is handed down"),
                ("sha2", "no cryptography"),
                ("hmac", "no cryptography"),
            ],
        ));
    }
    for file in files("src/service", &[".rs"]) {
        offences.extend(forbidden(
            &file,
            &[
                (".await", "services are synchronous"),
                ("async fn", "services are synchronous"),
                ("StatusCode", "services know no HTTP"),
                ("HttpRe", "services know no HTTP"),
            ],
        ));
    }
    for file in files("src/vault", &[".rs"]) {
        offences.extend(forbidden(&file, &[("crate::domain::conversation", "the vault knows no nouns")]));
    }
    none("a layer does what it must not", &offences);
}

/// Places that may read the clock of the machine, each with its reason.
const CLOCKS: [(&str, &str); 11] = [
    ("src/app.rs", "the system clock itself"),
    ("src/live/", "pings and dead peers are counted in real time, not in the house's"),
    ("src/web/live", "pings and dead peers are counted in real time, not in the house's"),
    ("src/store/open.rs", "how long to wait for another process to let go of the lock"),
    ("src/store/files.rs", "how long to wait for another process to let go of the lock"),
    ("src/store/checkpoint.rs", "how long to wait for a database that does not answer"),
    ("src/service/backups/", "how long a backup and a rehearsal took, for the page about them"),
    ("src/serve/", "timeouts of the network, and the age of certificates"),
    ("src/cli/", "a command line talks to a person in real time"),
    ("src/jobs/", "the ticker"),
    ("src/web/guard/", "how long a request took, for the log"),
];

#[test]
fn only_one_place_tells_the_time_and_one_reads_the_environment() {
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        if !CLOCKS.iter().any(|(place, _)| file.path.starts_with(place)) {
            offences.extend(forbidden(
                &file,
                &[
                    ("SystemTime::now", "the time is read once per request or job and passed down"),
                    ("Instant::now", "the time is read once per request or job and passed down"),
                    ("Timestamp::now()", "the time is read once per request or job and passed down"),
                    ("Zoned::now()", "the time is read once per request or job and passed down"),
                ],
            ));
        }
        if file.layer() != "config" {
            offences.extend(forbidden(
                &file,
                &[("env::var", "only config reads the environment"), ("toml::", "only config reads settings files")],
            ));
        }
        if !["app", "vault", "service", "serve"].contains(&file.layer()) {
            offences.extend(forbidden(&file, &[("getrandom::", "randomness is passed down")]));
        }
    }
    none("the outside is reached from the wrong place", &offences);
}
