//! A real identity provider: npm's `oidc-provider` as a process of its own, over TLS (`tests/sso/provider.mjs`), and a browser that
//! signs in there.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::authority::Authority;
use super::source::root;
use super::world::must_come;

pub const CLIENT: &str = "parlor";
pub const CLIENT_SECRET: &str = "a secret + that / needs % encoding";
pub const CALLBACK: &str = "/login/sso/callback";
pub const LOGOUT: &str = "/login/sso/logout";

pub struct Provider {
    pub issuer: String,
    pub authority: Authority,
    child: Child,
    talk: Mutex<Talk>,
    _folder: tempfile::TempDir,
}

struct Talk {
    say: ChildStdin,
    hear: BufReader<std::process::ChildStdout>,
}

impl Provider {
    /// For the client at this origin, whose certificate comes from `trusted` (PEM), with these people: `{"anna": {"email": …, "groups": […]}}`.
    pub fn start(origin: &str, trusted: &str, people: Value) -> Self {
        Self::begin(origin, trusted, people, false)
    }

    /// One that tells claims at its userinfo endpoint alone.
    pub fn lean(origin: &str, trusted: &str, people: Value) -> Self {
        Self::begin(origin, trusted, people, true)
    }

    fn begin(origin: &str, authority_of_client: &str, people: Value, lean: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let (certificate, key) = authority.make(&["localhost"]).write(folder.path());
        let trusted = folder.path().join("trusted.pem");
        std::fs::write(&trusted, authority_of_client).unwrap();
        let settings = json!({
            "host": "127.0.0.1",
            "name": "localhost",
            "certificate": certificate,
            "key": key,
            "people": people,
            "lean": lean,
            "client": {
                "client_id": CLIENT,
                "client_secret": CLIENT_SECRET,
                "redirect_uris": [format!("{}{CALLBACK}", origin)],
                "grant_types": ["authorization_code"],
                "response_types": ["code"],
                "backchannel_logout_uri": format!("{}{LOGOUT}", origin),
                "backchannel_logout_session_required": true,
            },
        });
        let file = folder.path().join("settings.json");
        std::fs::write(&file, settings.to_string()).unwrap();
        let script = root().join("tests/sso/provider.mjs");
        assert!(
            root().join("tests/sso/node_modules/oidc-provider").exists(),
            "the identity provider is missing: run `npm ci` in tests/sso, or tests/run"
        );
        let mut child = Command::new("node")
            .args([script.as_path(), Path::new(&file)])
            // It tells this client that sessions are over, and has to believe its certificate.
            .env("NODE_EXTRA_CA_CERTS", &trusted)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut talk = Talk { say: child.stdin.take().unwrap(), hear: BufReader::new(child.stdout.take().unwrap()) };
        let issuer = talk.heard()["issuer"].as_str().unwrap().to_owned();
        Self { issuer, authority, child, talk: Mutex::new(talk), _folder: folder }
    }

    /// New keys, as providers take them now and then.
    pub fn rotate(&self) {
        self.command(&json!({"do": "rotate"}));
    }

    /// What is known of somebody from now on.
    pub fn change(&self, person: &str, claims: Value) {
        self.command(&json!({"do": "change", "person": person, "claims": claims}));
    }

    /// Tells the appliance that this person's session is over; returns when it has taken that.
    pub fn logout(&self, person: &str) {
        self.command(&json!({"do": "logout", "person": person}));
    }

    fn command(&self, command: &Value) {
        let mut talk = self.talk.lock().unwrap();
        talk.say.write_all(format!("{command}\n").as_bytes()).unwrap();
        let answer = talk.heard();
        assert_eq!(answer["done"], command["do"], "{answer}");
    }

    /// A browser that nobody has signed in with yet.
    pub fn browser(&self) -> ProviderBrowser {
        let authority = reqwest::Certificate::from_pem(self.authority.pem.as_bytes()).unwrap();
        let client = Client::builder()
            .tls_certs_only([authority])
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        ProviderBrowser { client, issuer: self.issuer.clone() }
    }
}

impl Talk {
    fn heard(&mut self) -> Value {
        let mut line = String::new();
        self.hear.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: the provider said {line:?}"))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What somebody's browser does at the provider.
pub struct ProviderBrowser {
    client: Client,
    issuer: String,
}

impl ProviderBrowser {
    /// Goes where the appliance sent it, signs in as this person (nobody: refuses), and returns the address that it is sent back to.
    pub async fn visit(&self, way: &str, person: &str) -> String {
        must_come("the provider's answer", async {
            let mut url = url::Url::parse(way).unwrap();
            loop {
                assert!(url.as_str().starts_with(&self.issuer), "led away to {url}");
                let mut answer = self.client.get(url.clone()).send().await.unwrap();
                if answer.status() == StatusCode::OK {
                    assert!(url.path().starts_with("/interaction/"), "stuck at {url}: {}", answer.text().await.unwrap());
                    let request = self.client.post(url.clone()).header("content-type", "application/x-www-form-urlencoded");
                    answer = request.body(format!("person={person}")).send().await.unwrap();
                }
                let (status, location) = (answer.status(), answer.headers().get("location").cloned());
                let Some(location) = location else { panic!("{status} at {url}: {}", answer.text().await.unwrap()) };
                url = url.join(location.to_str().unwrap()).unwrap();
                if url.path() == CALLBACK {
                    return url.into();
                }
            }
        })
        .await
    }
}
