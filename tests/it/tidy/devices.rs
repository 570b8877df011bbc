//! What is kept on visitors' and staff's devices stands in one table (`domain/on_device.rs`), which the privacy paperwork shows. Who
//! sets a cookie or an entry of the browser's storage that is not in it fails here.

use parlor::domain::on_device::TABLE;

use super::none;
use crate::harness::source::{SourceFile, files};

/// Ways to keep something on a device that nothing here takes.
const NEVER: [&str; 7] =
    ["document.cookie", "cookieStore", "indexedDB", "caches.", "navigator.storage", "serviceWorker", "SharedWorker"];
/// Names of ours that are none of storage: an element of the website, a lock with its channel, and what each page names otherwise.
const NOT_KEPT: [&str; 3] = ["parlor-chat", "parlor-line:", "parlor-outbox"];
/// Every place that puts something there, by file, and under which name of the table.
const WRITES: [(&str, &str); 19] = [
    ("assets/js/console/drafts.js", "this.#key(what)"),
    ("assets/js/console/filters.js", "this.key"),
    ("assets/js/console/keys.js", "keysShelf"),
    ("assets/js/console/notes.js", "this.key"),
    ("assets/js/console/notify.js", "alertsShelf"),
    ("assets/js/console/sound.js", "soundKey"),
    ("assets/js/live/outbox.js", "this.#key"),
    ("assets/js/live/shelf.js", "key"),
    ("assets/js/live/shelf.js", "probe"),
    ("assets/widget/loader.js", "flag"),
    ("assets/widget/panel/composer.js", "this.#key"),
    ("assets/widget/panel/drafts.js", "key"),
    ("assets/widget/panel/questions.js", "this.#key"),
    ("assets/widget/panel/sound.js", "SOUND"),
    ("assets/widget/panel/talk.js", "this.#key"),
    ("assets/widget/panel/visit.js", "this.#key"),
    ("assets/widget/visits/frame.js", "invitedKey"),
    ("assets/widget/visits/frame.js", "visitKey"),
    // The preview of a window keeps nothing: it takes the way to do so away.
    ("assets/js/preview.js", ""),
];
/// Every place that makes a cookie, by file, and what it is called there.
const COOKIES: [(&str, &str); 5] = [
    ("src/web/auth/mod.rs", "DEVICE_COOKIE"),
    ("src/web/auth/mod.rs", "name"),
    ("src/web/auth/sso.rs", "COOKIE"),
    ("src/web/extract/form.rs", "PRE_COOKIE"),
    ("src/web/widget/chat/visit.rs", "name(self.site)"),
];
/// What a receiver of `set` is called that puts things on a device.
const SHELVES: [&str; 7] =
    ["helf.set(", "drafts.set(", "tab.set(", "browser.set(", "local.set(", "torage.setItem(", "shelf.setItem("];

const WHERE: &str = "is not in domain/on_device.rs: add it there with its purpose and its life";

fn scripts() -> Vec<SourceFile> {
    files("assets", &[".js"])
}

fn code(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(file.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// What literals of this line begin with that have such a beginning, up to what is put into them.
fn literals<'a>(line: &'a str, beginning: &'static str) -> impl Iterator<Item = &'a str> {
    line.match_indices(beginning).filter_map(move |(at, _)| {
        let before = line[..at].chars().next_back()?;
        let end = line[at..].find(['"', '\'', '`', '$', ' ', '='])?;
        matches!(before, '"' | '\'' | '`').then(|| &line[at..at + end])
    })
}

fn is_in_table(head: &str) -> bool {
    TABLE.iter().any(|kept| kept.head() == head)
}

#[test]
fn nothing_is_kept_on_a_device_in_another_way() {
    let mut offences = Vec::new();
    for file in scripts() {
        for (number, line) in code(&file) {
            if let Some(way) = NEVER.iter().find(|way| line.contains(**way)) {
                offences.push(format!("{}:{number} {way}", file.path));
            }
        }
    }
    none("only cookies of the server's, local and session storage are used", &offences);
}

#[test]
fn every_name_in_storage_is_in_the_table() {
    let mut offences = Vec::new();
    for file in scripts() {
        for (number, line) in code(&file) {
            for head in literals(line, "parlor:").chain(literals(line, "parlor-")) {
                if !is_in_table(head) && !NOT_KEPT.contains(&head) {
                    offences.push(format!("{}:{number} {head} {WHERE}", file.path));
                }
            }
            for shelf in SHELVES {
                for (at, _) in line.match_indices(shelf) {
                    let rest = &line[at + shelf.len()..];
                    let under = rest.split_once(", ").map_or(rest, |(under, _)| under);
                    if !WRITES.contains(&(file.path.as_str(), under)) {
                        offences
                            .push(format!("{}:{number} {shelf}{under}: what is kept here {WHERE}, and to this test", file.path));
                    }
                }
            }
            let touches =
                ["openShelf(", "localStorage", "sessionStorage", "Storage.prototype"].iter().any(|way| line.contains(way));
            if touches && !WRITES.iter().any(|(path, _)| *path == file.path) {
                offences.push(format!("{}:{number} touches the browser's storage: what it keeps {WHERE}", file.path));
            }
        }
    }
    none("what is kept in a browser is written down", &offences);
}

#[test]
fn every_cookie_is_in_the_table() {
    let mut offences = Vec::new();
    for file in files("src", &[".rs"]) {
        if file.is_of_tests() || file.path == "src/domain/on_device.rs" {
            continue;
        }
        for (number, line) in file.shipped_lines() {
            for head in ["__Host-", "__Secure-"].into_iter().flat_map(|prefix| literals(line, prefix)) {
                if !is_in_table(head) {
                    offences.push(format!("{}:{number} {head} {WHERE}", file.path));
                }
            }
            for maker in ["Cookie::build(", "Cookie::new(", "Cookie::named("] {
                for (at, _) in line.match_indices(maker) {
                    let rest = &line[at + maker.len()..];
                    let name = rest.split_once(", ").map_or(rest, |(name, _)| name);
                    if !COOKIES.contains(&(file.path.as_str(), name)) {
                        offences.push(format!("{}:{number} {maker}{name}: this cookie {WHERE}, and to this test", file.path));
                    }
                }
            }
            if line.to_ascii_lowercase().replace('_', "-").contains("set-cookie") {
                offences.push(format!("{}:{number} sets a cookie by hand", file.path));
            }
        }
    }
    none("every cookie is written down", &offences);
}

#[test]
fn what_the_table_says_is_in_the_source() {
    let sources: Vec<_> = scripts().into_iter().chain(files("src", &[".rs"])).collect();
    let gone: Vec<_> = TABLE
        .iter()
        .filter(|kept| !sources.iter().any(|file| file.path == kept.set_by))
        .map(|kept| format!("{}: {} is not there", kept.name, kept.set_by))
        .collect();
    none("each line of the table names the file that sets it", &gone);
}
