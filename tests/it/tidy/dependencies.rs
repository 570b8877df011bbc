//! What is linked in. `cargo deny` knows more; this needs nothing but the lock file and cargo itself.

use std::process::Command;

use super::none;
use crate::harness::source::root;

fn deny() -> toml::Value {
    toml::from_str(&std::fs::read_to_string(root().join("deny.toml")).unwrap()).unwrap()
}

/// Name and licence of every package that is linked in or helps to build.
fn linked() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let all: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(package, licence)| (package.split(' ').next().unwrap().to_owned(), licence.trim_end_matches(" (*)").to_owned()))
        .collect();
    assert!(all.iter().any(|(name, _)| name == "rustls"), "the tree was not read");
    all
}

#[test]
fn nothing_banned_is_linked_in() {
    let banned: Vec<_> =
        deny()["bans"]["deny"].as_array().unwrap().iter().map(|entry| entry["crate"].as_str().unwrap().to_owned()).collect();
    let mut offences: Vec<_> = linked().into_iter().map(|(name, _)| name).filter(|name| banned.contains(name)).collect();
    offences.dedup();
    none("banned by deny.toml and linked in all the same", &offences);
}

/// Whether a licence expression (SPDX) can be met with these licences alone.
fn can_be_met(expression: &str, allowed: &[String]) -> bool {
    // `/` is the old way to write OR. No expression among our packages nests deeper than one pair of brackets.
    let expression = expression.replace('/', " OR ");
    if let Some((before, rest)) = expression.split_once('(')
        && let Some((inside, after)) = rest.split_once(')')
    {
        let word = if can_be_met(inside, allowed) { "yes" } else { "no" };
        return can_be_met(&format!("{before}{word}{after}"), allowed);
    }
    expression.split(" OR ").any(|choice| {
        choice.split(" AND ").map(str::trim).all(|licence| licence == "yes" || allowed.iter().any(|it| it == licence))
    })
}

#[test]
fn every_licence_lets_the_binary_be_given_away() {
    let allowed: Vec<String> =
        deny()["licenses"]["allow"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    let mut offences: Vec<_> = linked()
        .into_iter()
        .filter(|(name, licence)| name != "parlor" && !can_be_met(licence, &allowed))
        .map(|(name, licence)| format!("{name}: {licence:?}"))
        .collect();
    offences.sort();
    offences.dedup();
    none("a licence that deny.toml does not allow", &offences);
}

#[test]
fn a_licence_expression_is_read_as_it_is_meant() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    assert!(can_be_met("MIT OR GPL-3.0", &allowed) && can_be_met("GPL-3.0/MIT", &allowed));
    assert!(can_be_met("ISC AND (GPL-3.0 OR MIT)", &allowed));
    assert!(!can_be_met("MIT AND GPL-3.0", &allowed) && !can_be_met("", &allowed));
    assert!(!can_be_met("ISC AND (GPL-3.0 OR Apache-2.0)", &allowed));
}

#[test]
fn every_package_comes_from_the_registry() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let odd: Vec<_> = lock
        .lines()
        .filter(|line| {
            line.starts_with("source = ") && *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        })
        .map(str::to_owned)
        .collect();
    none("from somewhere else", &odd);
}
