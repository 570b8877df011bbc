//! The project's rules about its own source. A failure names the file and the line.

mod assets;
mod dependencies;
mod devices;
mod layers;
mod texts;
mod words;

/// Fails with one line for each offence.
#[track_caller]
fn none(rule: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{rule}:\n  {}\n", offences.join("\n  "));
}
