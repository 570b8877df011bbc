//! Starting, stopping, and every way in which starting fails: its own sentence, its own exit code, nothing changed on disk.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::disk;
use crate::harness::process::{self, Server, parlor, said};

/// Starting fails with this code and these words, and leaves the directory as it was.
#[track_caller]
fn refuses(data: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let folder = data.parent().unwrap();
    let before = disk::snapshot(folder);
    match Server::try_start(data, arguments) {
        Ok(server) => panic!("it started: {:?}", server.heard),
        Err((status, heard)) => {
            let heard = heard.join("\n");
            assert_eq!(status.code(), Some(code), "{heard}");
            for word in words {
                assert!(heard.contains(word), "{word:?} is not in: {heard}");
            }
            assert!(!heard.contains("panicked"), "{heard}");
        }
    }
    assert_eq!(before.keys().collect::<Vec<_>>(), disk::snapshot(folder).keys().collect::<Vec<_>>(), "files came or went");
    assert!(before == disk::snapshot(folder), "something on the disk was changed");
}

/// A data directory with something in it, and nothing running.
fn used(folder: &Path) -> std::path::PathBuf {
    let data = folder.join("data");
    process::set_up(&data);
    data
}

#[test]
fn it_says_its_version_and_explains_itself() {
    let output = process::run(&["--version"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("parlor {}", env!("CARGO_PKG_VERSION")));
    let help = process::run(&["--help"]);
    for command in ["serve", "setup", "doctor", "allowlist", "receipts", "verify"] {
        assert!(said(&help).contains(command), "{command}");
    }
    let wrong = process::run(&["frobnicate"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
}

#[test]
fn another_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let key = data.with_extension("key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "the key is the owner's alone");
    let other = folder.path().join("other");
    process::set_up(&other);
    fs::copy(other.with_extension("key"), &key).unwrap();
    refuses(&data, &[], 1, &["key"]);
}

#[test]
fn a_missing_key_is_asked_for_and_never_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let key = data.with_extension("key");
    fs::remove_file(&key).unwrap();
    refuses(&data, &[], 1, &["key", &key.display().to_string()]);
    assert!(!key.exists(), "a new key would open nothing and hide that the old one is missing");
}

#[test]
fn a_second_instance_waits_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let first = Server::start(&data, &[]);
    let second = Server::try_start(&data, &[]);
    let Err((status, heard)) = second else { panic!("two at once") };
    let heard = heard.join("\n");
    assert_eq!(status.code(), Some(4), "{heard}");
    assert!(heard.contains("already"), "{heard}");
    assert!(first.stop().success());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let Err((status, heard)) = Server::try_start(&data, &["--listen", &address]) else { panic!("it started") };
    let heard = heard.join("\n");
    assert!(!status.success() && heard.contains(&address), "{status}: {heard}");
    assert_eq!(status.code(), Some(4), "{heard}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Root may write anywhere, so the place itself is impossible: a file stands where the directory should be.
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let data = file.join("data");
    let Err((status, heard)) = Server::try_start(&data, &[]) else { panic!("it started") };
    let heard = heard.join("\n");
    assert_eq!(status.code(), Some(1), "{heard}");
    assert!(heard.contains(&data.display().to_string()) || heard.contains(&file.display().to_string()), "{heard}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn a_wrong_setting_is_named_with_its_source_and_what_was_expected() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("parlor.toml");
    let data = folder.path().join("data");
    for (text, words) in [
        ("listen = \"nonsense\"\n", vec!["listen", "parlor.toml"]),
        ("no_such_setting = 1\n", vec!["no_such_setting", "parlor.toml"]),
        ("this is not toml\n", vec!["parlor.toml"]),
        ("trusted_proxies = [\"ten\"]\n", vec!["trusted_proxies", "parlor.toml", "ten"]),
    ] {
        fs::write(&config, text).unwrap();
        let output = parlor().arg("serve").arg("--config").arg(&config).arg("--data-dir").arg(&data).output().unwrap();
        assert!(!output.status.success(), "{text}");
        assert!(output.status.code().is_some_and(|code| code == 1 || code == 2), "{:?}", output.status);
        for word in words {
            assert!(said(&output).contains(word), "{word:?} is not in: {}", said(&output));
        }
        assert!(!data.exists(), "nothing is made before the settings are understood");
    }
    let output = parlor().arg("serve").arg("--data-dir").arg(&data).env("PARLOR_LISTEN", "nonsense").output().unwrap();
    assert!(!output.status.success());
    assert!(said(&output).contains("PARLOR_LISTEN"), "{}", said(&output));
    let missing = parlor().args(["serve", "--config", "/nonexistent/parlor.toml"]).output().unwrap();
    assert!(said(&missing).contains("/nonexistent/parlor.toml"), "{}", said(&missing));
}

#[test]
fn it_stops_cleanly_and_leaves_no_socket_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let server = Server::start(&data, &[]);
    let status = server.stop();
    assert!(status.success(), "{status}");
    let server = Server::start(&data, &[]);
    server.kill();
    // Killed, it leaves its socket; the next start is not troubled by it.
    let server = Server::start(&data, &[]);
    assert!(server.stop().success());
}

#[test]
fn nothing_readable_by_others_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let server = Server::start(&data, &[]);
    server.stop();
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o077, 0, "the data directory");
    assert_eq!(fs::metadata(data.with_extension("key")).unwrap().permissions().mode() & 0o077, 0, "the key");
}

#[test]
fn the_allowlist_is_reset_on_the_host_running_or_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let reset = || parlor().args(["allowlist", "reset", "--data-dir"]).arg(&data).output().unwrap();
    let stopped = reset();
    assert!(stopped.status.success(), "{}", said(&stopped));
    let server = Server::start(&data, &[]);
    let running = reset();
    assert!(running.status.success(), "{}", said(&running));
    server.stop();
}

#[tokio::test]
async fn whoever_locked_everybody_out_gets_back_in_from_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let server = Server::start(&data, &[]);
    let door = server.door().await;
    let inside = crate::harness::actors::Operator::at_the_door(&door, process::ADMIN, Some("127.0.0.5".parse().unwrap()));
    inside.sign_in(process::PASSWORD).await.expect_done();
    inside.browser.submit("/admin/security", "/admin/security", &[("networks", "127.0.0.5")]).await.expect_done();
    let outside = crate::harness::http::Browser::new(&door);
    assert_eq!(outside.get("/login").await.status, 403);
    let output = parlor().args(["allowlist", "reset", "--data-dir"]).arg(&data).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    outside.get("/login").await.expect(200);
    server.stop();
}

#[test]
fn the_doctor_looks_at_everything_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = used(folder.path());
    let output = parlor().arg("doctor").arg("--data-dir").arg(&data).args(["--listen", "127.0.0.1:0"]).output().unwrap();
    let text = said(&output).to_lowercase();
    assert!(output.status.success(), "{text}");
    for subject in ["port", "permission", "clock", "disk", "key", "certificate"] {
        assert!(text.contains(subject), "{subject} is not in: {text}");
    }
    // With the key gone it says so, and its exit code does too.
    fs::remove_file(data.with_extension("key")).unwrap();
    let output = parlor().arg("doctor").arg("--data-dir").arg(&data).args(["--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("key"), "{}", said(&output));
}
