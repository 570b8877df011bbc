//! The root key from the command line: moved, renewed, lost and brought back, running and stopped.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::harness::disk;
use crate::harness::process::{self, Server, parlor, said};

const PASSPHRASE: &str = "harbour violin cactus";
const OTHER_PASSPHRASE: &str = "meadow trumpet walnut";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// Set up, with a key file beside the data.
    fn set_up() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        process::set_up(&place.data());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn key(&self) -> PathBuf {
        self.path("data.key")
    }

    /// A file that only its owner can read.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn parlor_key(&self, act: &str) -> Command {
        let mut command = parlor();
        command.args(["key", act, "--data-dir"]).arg(self.data());
        command
    }

    /// Starts it from this place and stops it again.
    fn opens(&self, arguments: &[&str]) {
        assert!(Server::start(&self.data(), arguments).stop().success());
    }

    fn refuses(&self, arguments: &[&str], words: &str) {
        let Err((status, heard)) = Server::try_start(&self.data(), arguments) else { panic!("it started: {arguments:?}") };
        let heard = heard.join("\n");
        assert!(status.code() == Some(1) && heard.contains(words), "{status}: {heard}");
    }
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

fn with_input(command: &mut Command, text: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn a_key_is_rotated_running_and_stopped_and_old_copies_open_nothing() {
    let place = Place::set_up();
    let mut old = vec![fs::read_to_string(place.key()).unwrap()];
    let server = Server::start(&place.data(), &[]);
    let told = done(&place.parlor_key("rotate").output().unwrap());
    assert!(told.contains("data.key") && told.contains("parlor key kit"), "{told}");
    old.push(fs::read_to_string(place.key()).unwrap());
    assert!(server.stop().success());
    done(&place.parlor_key("rotate").output().unwrap());
    let new = fs::read_to_string(place.key()).unwrap();
    assert!(old[0] != old[1] && !old.contains(&new) && !place.path("data.key.new").exists());
    place.opens(&[]);
    for old in old {
        let copy = place.file("copy.key", &old);
        place.refuses(&["--root-key", &format!("file:{}", text(&copy))], "does not fit");
    }
}

#[test]
fn the_key_becomes_a_passphrase_while_it_runs_and_a_file_again() {
    let place = Place::set_up();
    let new = place.file("new", &format!("{PASSPHRASE}\n"));
    let server = Server::start(&place.data(), &[]);
    let mut change = place.parlor_key("change");
    let told = done(&change.args(["--to", "passphrase", "--new-passphrase-file"]).arg(&new).output().unwrap());
    assert!(told.contains("--root-key passphrase") && told.contains(&text(&place.key())), "{told}");
    let shown = done(&place.parlor_key("show").output().unwrap());
    assert!(shown.contains("the passphrase that you chose") && shown.contains("since"), "{shown}");
    // It still runs, and a new key takes a new passphrase.
    let rotated = with_input(&mut place.parlor_key("rotate"), &format!("{OTHER_PASSPHRASE}\n"));
    done(&rotated);
    let heard = server.heard.join("\n");
    assert!(server.stop().success());

    place.refuses(&[], "--root-key passphrase");
    place.refuses(&["--root-key", "passphrase", "--root-key-passphrase-file", &text(&new)], "not the passphrase");
    let other = place.file("other", OTHER_PASSPHRASE);
    let arguments = ["--root-key", "passphrase", "--root-key-passphrase-file", &text(&other)];
    place.opens(&arguments);
    // A wrong passphrase on standard input, and a right one.
    let mut show = place.parlor_key("show");
    show.args(["--root-key", "passphrase"]);
    assert!(said(&with_input(&mut show, "something else entirely\n")).contains("not the passphrase"));
    done(&with_input(&mut show, &format!("{OTHER_PASSPHRASE}\n")));

    // Stopped, and to a file that is made.
    let mut back = place.parlor_key("change");
    let to = format!("file:{}", text(&place.path("back.key")));
    done(&back.args(arguments).args(["--to", &to]).output().unwrap());
    place.refuses(&arguments, "opened with a key from a file");
    place.opens(&["--root-key", &to]);
    // No passphrase is written anywhere, nor said.
    for words in [PASSPHRASE, OTHER_PASSPHRASE] {
        assert!(!heard.contains(words));
        for path in disk::files(&place.data()) {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(words.len()).any(|at| at == words.as_bytes()), "{words} in {}", path.display());
        }
    }
}

#[test]
fn a_weak_passphrase_is_refused_and_nothing_changes() {
    let place = Place::set_up();
    let mut change = place.parlor_key("change");
    let output = with_input(change.args(["--to", "passphrase"]), "passwordpassword\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("attacker tries"), "{}", said(&output));
    let nothing = place.parlor_key("change").args(["--to", "passphrase"]).output().unwrap();
    assert!(said(&nothing).contains("none was given"), "{}", said(&nothing));
    let odd = place.parlor_key("change").args(["--to", "the cellar"]).output().unwrap();
    assert_eq!(odd.status.code(), Some(2), "{}", said(&odd));
    place.opens(&[]);
}

#[test]
fn a_kit_brings_back_a_lost_key() {
    let place = Place::set_up();
    let server = Server::start(&place.data(), &[]);
    let kit = place.parlor_key("kit").args(["--shares", "4", "--threshold", "2"]).output().unwrap();
    assert!(kit.status.success(), "{}", said(&kit));
    assert!(server.stop().success());
    let paper = String::from_utf8(kit.stdout).unwrap();
    let pages: Vec<&str> = paper.split_terminator('\x0c').collect();
    assert_eq!(pages.len(), 4);
    for path in disk::files(place.folder.path()) {
        let bytes = fs::read(&path).unwrap();
        let line = paper.lines().find(|line| line.trim().starts_with("2: ")).unwrap().trim();
        assert!(!bytes.windows(line.len()).any(|at| at == line.as_bytes()), "the kit is kept in {}", path.display());
    }

    // The key is gone. One paper is not enough, two are, typed or from files.
    fs::remove_file(place.key()).unwrap();
    place.refuses(&[], "is missing");
    let back = place.path("back.key");
    let recover = |shares: &[&str]| {
        let mut command = place.parlor_key("recover");
        command.arg("--to").arg(&back);
        for (number, share) in shares.iter().enumerate() {
            command.arg("--shares").arg(place.file(&format!("share-{number}"), share));
        }
        command
    };
    let few = recover(&pages[1..2]).output().unwrap();
    assert!(few.status.code() == Some(1) && said(&few).contains("it takes 2"), "{}", said(&few));
    let slip = pages[2].replacen("1: ", "1: Z", 1);
    let slipped = recover(&[pages[1], &slip]).output().unwrap();
    assert!(said(&slipped).contains("Line 1 of the share does not check"), "{}", said(&slipped));
    assert!(!back.exists());
    done(&with_input(&mut recover(&[]), &[pages[3], pages[0]].concat().to_lowercase()));
    assert_eq!(fs::metadata(&back).unwrap().permissions().mode() & 0o777, 0o600);
    let there = recover(&pages[..2]).output().unwrap();
    assert!(said(&there).contains("already"), "no file is overwritten: {}", said(&there));
    let to = format!("file:{}", text(&back));
    place.opens(&["--root-key", &to]);

    // Once the key is rotated, the papers are worth nothing.
    done(&place.parlor_key("rotate").args(["--root-key", &to]).output().unwrap());
    fs::remove_file(&back).unwrap();
    let late = recover(&pages[..2]).output().unwrap();
    assert!(said(&late).contains("changed after it was printed") && !back.exists(), "{}", said(&late));
    let another = Place::set_up();
    let foreign = another
        .parlor_key("recover")
        .arg("--to")
        .arg(&back)
        .arg("--shares")
        .arg(place.path("share-0"))
        .arg(place.path("share-1"))
        .output()
        .unwrap();
    assert!(said(&foreign).contains("another installation"), "{}", said(&foreign));
}

#[test]
fn a_kill_between_the_tip_and_the_file_is_mended_by_the_next_start() {
    let place = Place::set_up();
    // As a rotation leaves it whose process dies right after the tip has changed.
    fs::rename(place.key(), place.path("data.key.new")).unwrap();
    fs::write(place.key(), "ab".repeat(32)).unwrap();
    fs::set_permissions(place.key(), fs::Permissions::from_mode(0o600)).unwrap();
    place.opens(&[]);
    assert!(!place.path("data.key.new").exists());
    place.opens(&[]);
}

#[test]
fn a_kill_anywhere_in_a_rotation_leaves_a_key_that_opens() {
    let place = Place::set_up();
    for round in 0..6 {
        let server = Server::start(&place.data(), &[]);
        let tip = || fs::read(place.data().join("tip")).unwrap();
        let before = tip();
        let mut rotation = place.parlor_key("rotate").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // First comes the new file and then the tip: seeing one of them is the sign to pull the plug.
        let seen = || if round % 2 == 0 { place.path("data.key.new").exists() } else { tip() != before };
        while !seen() && rotation.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        server.kill();
        rotation.wait().unwrap();
        // Whichever key counts now, the next start finds it where it always looks.
        place.opens(&[]);
        assert!(done(&place.parlor_key("show").output().unwrap()).contains("data.key"), "round {round}");
    }
}

/// A terminal of its own, as a person sits at it.
#[test]
fn the_passphrase_is_asked_for_twice_on_the_terminal() {
    let place = Place::set_up();
    let line = format!("'{}' key change --data-dir '{}' --to passphrase", env!("CARGO_BIN_EXE_parlor"), text(&place.data()));
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    let output = with_input(&mut terminal, &format!("{PASSPHRASE}\n{PASSPHRASE}\n"));
    let told = done(&output);
    assert!(told.contains("New passphrase") && told.contains("once more") && told.contains("--root-key passphrase"), "{told}");
    let typed = place.file("typed", PASSPHRASE);
    place.opens(&["--root-key", "passphrase", "--root-key-passphrase-file", &text(&typed)]);
}

#[test]
fn a_first_start_with_a_passphrase_says_what_it_means() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place { folder };
    let file = place.file("passphrase", PASSPHRASE);
    let arguments = ["--root-key", "passphrase", "--root-key-passphrase-file", &text(&file)];
    let server = Server::start(&place.data(), &arguments);
    let heard = server.heard.join("\n");
    assert!(heard.contains("recovered by anybody") && heard.contains("parlor key kit"), "{heard}");
    assert!(server.stop().success());
    assert!(!place.key().exists());
    place.opens(&arguments);
    let doctor =
        parlor().args(["doctor", "--listen", "127.0.0.1:0", "--data-dir"]).arg(place.data()).args(arguments).output().unwrap();
    assert!(done(&doctor).contains("passphrase"), "{}", said(&doctor));
}

#[test]
fn tests_may_put_the_key_into_a_variable_and_it_is_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = parlor();
    command.args(["doctor", "--root-key", "variable", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data);
    let output = command.env("PARLOR_ROOT_KEY_VALUE", "not a key at all").output().unwrap();
    assert!(!said(&output).contains("not a key at all"), "{}", said(&output));
}
