//! Settings from all their sources, and every way of getting one wrong.

use std::path::{Path, PathBuf};

use super::*;

fn load(flags: &Flags, variables: &Variables) -> Result<Config, String> {
    Config::load(flags, variables).map(|loaded| loaded.config).map_err(|error| error.to_string())
}

fn variables<const N: usize>(given: [(&str, &str); N]) -> Variables {
    Variables(given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn file(dir: &Path, text: &str) -> Flags {
    let path = dir.join("parlor.toml");
    std::fs::write(&path, text).unwrap();
    Flags { config: Some(path), ..Flags::default() }
}

#[test]
fn without_any_setting_it_answers_on_this_machine_alone() {
    let config = load(&Flags::default(), &Variables::default()).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("./parlor-data"));
    assert_eq!(config.root_key, RootKeySource::File("./parlor-data.key".into()));
    assert_eq!(config.listen, ["127.0.0.1:8443".parse().unwrap(), "[::1]:8443".parse().unwrap()]);
    assert!(config.redirect_listen.is_empty() && config.trusted_proxies.is_empty());
}

#[test]
fn a_flag_beats_a_variable_and_a_variable_beats_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut flags = file(
        dir.path(),
        "[network]\nlisten = [\"127.0.0.1:1\"]\npublic_url = \"https://file.example\"\n[log]\nformat = \"json\"\n",
    );
    let given = variables([("PARLOR_LISTEN", "127.0.0.1:2, [::1]:2"), ("PARLOR_PUBLIC_URL", "https://variable.example/")]);
    flags.listen = vec!["127.0.0.1:3".to_owned()];
    let config = load(&flags, &given).unwrap();
    assert_eq!(config.listen, ["127.0.0.1:3".parse().unwrap()]);
    assert_eq!(config.public_url.as_deref(), Some("https://variable.example"));
    assert_eq!(config.log, LogFormat::Json);
}

#[test]
fn an_error_names_the_setting_its_source_and_what_was_expected() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("parlor.toml");
    let at = at.display();
    let cases = [
        (
            "[network]\nlisten = [\"here\"]",
            format!(
                "setting network.listen ({at}:2): \"here\" is not an address with a port; expected addresses with ports, such as 0.0.0.0:443 or [::]:443"
            ),
        ),
        (
            "\n\n[log]\nlevel = 2026-11-22",
            format!(
                "setting log.level ({at}:4) is neither a text in quotes, a number, true, false nor a list of texts; expected error, warn, info, debug or trace"
            ),
        ),
        (
            "[limits]\nvisitor_burst = 0",
            format!(
                "setting limits.visitor_burst ({at}:2): \"0\" is not in the range; expected a whole number from 1 to 1000000"
            ),
        ),
        (
            "[storage]\nroot_key = \"secret\"",
            format!(
                "setting storage.root_key ({at}:2): \"secret\" is not a place for a key; expected file:PATH, passphrase or credential:NAME"
            ),
        ),
        (
            "[certificate]\nchain = \"a.pem\"",
            format!("setting certificate.chain ({at}:2) needs certificate.key beside it; expected both or neither"),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(load(&file(dir.path(), text), &Variables::default()).unwrap_err(), expected);
    }
    let flags = Flags { root_key: Some("file:".to_owned()), ..Flags::default() };
    assert!(
        load(&flags, &Variables::default()).unwrap_err().starts_with("setting storage.root_key (flag --root-key): \"file:\"")
    );
    let given = variables([("PARLOR_PUBLIC_URL", "http://chat.example.org")]);
    assert_eq!(
        load(&Flags::default(), &given).unwrap_err(),
        "setting network.public_url (variable PARLOR_PUBLIC_URL): \"http://chat.example.org\" does not begin with https://; expected an https address without a path, such as https://chat.example.org"
    );
}

#[test]
fn an_unknown_key_is_refused_and_a_near_one_suggested() {
    let dir = tempfile::tempdir().unwrap();
    for (text, line, hint) in [
        ("[storage]\nlisten = [\"127.0.0.1:1\"]", 2, "storage.listen"),
        ("listen = [\"127.0.0.1:1\"]", 1, "did you mean network.listen?"),
        ("[netwrok]\n", 1, "setting netwrok"),
    ] {
        let error = load(&file(dir.path(), text), &Variables::default()).unwrap_err();
        assert!(
            error.contains(&format!("parlor.toml:{line})")) && error.contains("is not known") && error.contains(hint),
            "{error}"
        );
    }
    let error = load(&file(dir.path(), "[network]\nlisten = \n"), &Variables::default()).unwrap_err();
    assert!(error.contains("parlor.toml:2"), "{error}");
    let flags = Flags { config: Some(dir.path().join("none.toml")), ..Flags::default() };
    assert!(load(&flags, &Variables::default()).unwrap_err().contains("flag --config"));
}

#[test]
fn a_variable_that_is_no_setting_is_told_about() {
    let loaded = Config::load(&Flags::default(), &variables([("PARLOR_ROOTKEY", "file:x"), ("PARLOR_LISTEN", "")])).unwrap();
    assert_eq!(loaded.warnings, ["The variable PARLOR_ROOTKEY is not a setting of Parlor and was passed over."]);
    assert_eq!(loaded.config.listen.len(), 2);
}

#[test]
fn a_path_in_the_file_counts_from_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let config = load(
        &file(dir.path(), "[storage]\ndata_dir = \"data\"\nroot_key = \"file:/etc/parlor/root.key\""),
        &Variables::default(),
    )
    .unwrap();
    assert_eq!(config.data_dir, dir.path().join("data"));
    assert_eq!(config.root_key, RootKeySource::File("/etc/parlor/root.key".into()));
}

#[test]
fn a_credential_is_found_where_systemd_shows_it() {
    let flags = Flags { root_key: Some("credential:parlor.root".to_owned()), ..Flags::default() };
    let config = load(&flags, &variables([("CREDENTIALS_DIRECTORY", "/run/credentials/parlor.service")])).unwrap();
    assert_eq!(
        config.root_key,
        RootKeySource::Credential { name: "parlor.root".to_owned(), path: "/run/credentials/parlor.service/parlor.root".into() }
    );
    assert!(load(&flags, &Variables::default()).unwrap_err().contains("LoadCredential"));
}

#[test]
fn backups_are_made_only_where_there_is_a_place_for_them() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(load(&file(dir.path(), "[backup]\nhour = 4\n"), &Variables::default()).unwrap().backups, None);
    let text = "[backup]\ndirectory = \"copies\"\nhour = 4\nzone = \"Europe/Berlin\"\nkeep = 5\nkeep_days = 30\n";
    let backups = load(&file(dir.path(), text), &Variables::default()).unwrap().backups.unwrap();
    assert_eq!(backups.directory, dir.path().join("copies"));
    let plan = &backups.plan;
    assert_eq!((plan.hour, plan.zone.as_str(), plan.keep, plan.keep_days), (4, "Europe/Berlin", 5, 30));
    assert_eq!(plan.rehearse_days, 7);
    for wrong in ["hour = 24", "zone = \"Mars/Olympus\"", "keep = 0", "keep_days = -1", "rehearse_days = \"weekly\""] {
        let error = load(&file(dir.path(), &format!("[backup]\n{wrong}\n")), &Variables::default()).unwrap_err();
        assert!(error.contains("parlor.toml:2") && error.contains("backup."), "{error}");
    }
}

#[test]
fn the_example_file_can_be_taken_as_it_is_and_with_every_line_switched_on() {
    let example = include_str!("../../packaging/parlor.example.toml");
    let dir = tempfile::tempdir().unwrap();
    load(&file(dir.path(), example), &Variables::default()).unwrap();
    let all: String = example
        .lines()
        .map(|line| match line.strip_prefix("#") {
            Some(setting) if setting.contains(" = ") && !setting.starts_with(' ') => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let loaded = load(&file(dir.path(), &all), &Variables::default()).unwrap();
    assert!(loaded.certificate.is_some() && loaded.public_url.is_some() && !loaded.trusted_proxies.is_empty());
    for setting in sources::ALL {
        let key = setting.name.rsplit('.').next().unwrap();
        assert!(all.lines().any(|line| line.starts_with(&format!("{key} = "))), "{} has no line in the example", setting.name);
    }
}

#[test]
fn a_passphrase_is_asked_for_or_read_from_where_it_is_said() {
    let from = |file: Option<&str>| {
        let flags = Flags {
            root_key: Some("passphrase".to_owned()),
            root_key_passphrase_file: file.map(str::to_owned),
            ..Flags::default()
        };
        load(&flags, &variables([("CREDENTIALS_DIRECTORY", "/run/credentials/parlor.service")])).unwrap().root_key
    };
    assert_eq!(from(None), RootKeySource::Passphrase(PassphraseFrom::Person));
    assert_eq!(from(Some("-")), RootKeySource::Passphrase(PassphraseFrom::Person));
    assert_eq!(from(Some("/etc/it")), RootKeySource::Passphrase(PassphraseFrom::File("/etc/it".into())));
    let shown = "/run/credentials/parlor.service/it";
    assert_eq!(from(Some(shown)), RootKeySource::Passphrase(PassphraseFrom::Credential(shown.into())));
    // The file alone says enough; beside another place for the key it says nothing.
    let flags = Flags { root_key_passphrase_file: Some("/etc/it".to_owned()), ..Flags::default() };
    assert_eq!(load(&flags, &Variables::default()).unwrap().root_key.to_string(), "passphrase");
    let flags = Flags { root_key: Some("file:/etc/key".to_owned()), ..flags };
    let loaded = Config::load(&flags, &Variables::default()).unwrap();
    assert!(loaded.warnings[0].contains("storage.root_key_passphrase_file"), "{:?}", loaded.warnings);
    assert_eq!(loaded.config.root_key.to_string(), "file:/etc/key");
}

#[test]
fn a_key_in_a_variable_is_never_repeated_back() {
    let flags = Flags { root_key: Some("variable".to_owned()), ..Flags::default() };
    assert!(load(&flags, &Variables::default()).unwrap_err().contains("PARLOR_ROOT_KEY_VALUE"));
    let given = variables([("PARLOR_ROOT_KEY_VALUE", "abab")]);
    let loaded = Config::load(&flags, &given).unwrap();
    assert!(loaded.warnings.is_empty());
    assert!(!format!("{:?}", loaded.config).contains("abab"));
    assert!(matches!(loaded.config.root_key, RootKeySource::Variable(key) if key.expose() == "abab"));
}

#[test]
fn the_address_that_people_are_told_can_be_reached() {
    let at = |listen: &str| Config { listen: vec![listen.parse().unwrap()], ..Config::new("data") }.address();
    assert_eq!(at("0.0.0.0:443"), "https://127.0.0.1:443");
    assert_eq!(at("[::]:8443"), "https://[::1]:8443");
    assert_eq!(at("192.0.2.7:8443"), "https://192.0.2.7:8443");
    let named = Config { public_url: Some("https://chat.example.org".to_owned()), ..Config::new("data") };
    assert_eq!(named.address(), "https://chat.example.org");
}

#[test]
fn names_and_ports_are_checked_and_an_air_gap_calls_nobody() {
    let given = variables([("PARLOR_NAMES", "Desk.Example, [2001:db8::5], ::ffff:192.0.2.1"), ("PARLOR_CONNECT_PORTS", "8443")]);
    let config = load(&Flags::default(), &given).unwrap();
    assert_eq!(config.names, ["desk.example", "2001:db8::5", "192.0.2.1"]);
    assert!(config.connect_ports.contains(&8443) && config.connect_ports.contains(&443) && !config.connect_ports.contains(&25));
    let mail = variables([("PARLOR_MAIL_SERVER", "smtp.example.org:2525"), ("PARLOR_MAIL_FROM", "chat@example.org")]);
    assert!(load(&Flags::default(), &mail).unwrap().connect_ports.contains(&2525));
    let gap = variables([("PARLOR_AIR_GAP", "true"), ("PARLOR_CONNECT_PORTS", "8443")]);
    assert!(load(&Flags::default(), &gap).unwrap().connect_ports.is_empty());
    for (name, value) in [
        ("PARLOR_NAMES", "*.example"),
        ("PARLOR_NAMES", "desk:8443"),
        ("PARLOR_NAMES", "https://desk"),
        ("PARLOR_CONNECT_PORTS", "0"),
        ("PARLOR_CONNECT_PORTS", "65536"),
    ] {
        assert!(load(&Flags::default(), &variables([(name, value)])).is_err(), "{value}");
    }
}
