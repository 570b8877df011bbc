//! A second real browser with an engine of its own: headless Firefox, spoken to in WebDriver BiDi (a W3C standard), which it
//! understands without any driver in between. Each has a process and a profile of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::screen::In;

/// It neither phones home nor asks its first questions, and believes no certificate of the tests' own to be an accident.
const PREFERENCES: &str = r#"
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("extensions.update.enabled", false);
user_pref("focusmanager.testmode", true);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"#;

pub struct Firefox {
    child: Child,
    _profile: tempfile::TempDir,
    line: Mutex<Line>,
}

struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
    /// The tab that is looked at.
    tab: String,
    complaints: Vec<String>,
}

/// What went wrong in the browser, in its own words.
pub type Trouble = String;

impl Firefox {
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        std::fs::write(profile.path().join("user.js"), PREFERENCES).unwrap();
        let mut command = Command::new("firefox-esr");
        command.args([
            "--headless",
            "--foreground",
            "--no-remote",
            "--remote-debugging-port=0",
            "--width=1440",
            "--height=900",
            "--profile",
        ]);
        command.arg(profile.path()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|why| panic!("firefox-esr does not start ({why}): run tests/run, which installs it"));
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split("WebDriver BiDi listening on ").nth(1).map(str::to_owned));
        let address = address.expect("Firefox says where it listens");
        // It goes on talking; somebody has to listen, or it would wait for ever.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = tokio_tungstenite::connect_async(format!("{address}/session")).await.unwrap();
        let line = Line { socket, asked: 0, tab: String::new(), complaints: Vec::new() };
        let it = Self { child, _profile: profile, line: Mutex::new(line) };
        it.must("session.new", json!({"capabilities": {"alwaysMatch": {"acceptInsecureCerts": true}}})).await;
        it.must("session.subscribe", json!({"events": ["log.entryAdded"]})).await;
        let tree = it.must("browsingContext.getTree", json!({})).await;
        it.look_at(tree["contexts"][0]["context"].as_str().unwrap()).await;
        it
    }

    /// Says one thing and waits for the answer to it.
    pub async fn say(&self, method: &str, parameters: Value) -> Result<Value, Trouble> {
        let mut line = self.line.lock().await;
        line.asked += 1;
        let id = line.asked;
        let command = json!({"id": id, "method": method, "params": parameters});
        line.socket.send(Message::text(command.to_string())).await.map_err(|why| why.to_string())?;
        loop {
            let frame = line.socket.next().await.ok_or("Firefox hung up")?.map_err(|why| why.to_string())?;
            let Message::Text(text) = frame else { continue };
            let mut said: Value = serde_json::from_str(&text).map_err(|why| why.to_string())?;
            if said["method"] == "log.entryAdded" && said["params"]["level"] == "error" {
                line.complaints.push(said["params"]["text"].as_str().unwrap_or_default().to_owned());
            }
            if said["id"] == id {
                return match said["type"].as_str() {
                    Some("success") => Ok(said["result"].take()),
                    _ => Err(format!("{method}: {}", said["message"])),
                };
            }
        }
    }

    pub async fn must(&self, method: &str, parameters: Value) -> Value {
        self.say(method, parameters).await.unwrap_or_else(|why| panic!("{why}"))
    }

    pub async fn tab(&self) -> String {
        self.line.lock().await.tab.clone()
    }

    pub async fn look_at(&self, tab: &str) {
        self.must("browsingContext.activate", json!({"context": tab})).await;
        tab.clone_into(&mut self.line.lock().await.tab);
    }

    pub async fn new_tab(&self) -> String {
        let made = self.must("browsingContext.create", json!({"type": "tab"})).await;
        made["context"].as_str().unwrap().to_owned()
    }

    pub async fn goto(&self, url: &str) -> Result<(), Trouble> {
        let context = self.tab().await;
        self.say("browsingContext.navigate", json!({"context": context, "url": url, "wait": "complete"})).await.map(drop)
    }

    pub async fn document(&self, place: In) -> Option<String> {
        match place {
            In::Page => Some(self.tab().await),
            In::Panel | In::Invitation => self.framed(place).await,
        }
    }

    async fn framed(&self, place: In) -> Option<String> {
        let tree = self.say("browsingContext.getTree", json!({"root": self.tab().await})).await.ok()?;
        let children = tree["contexts"][0]["children"].as_array()?;
        let framed = children.iter().find(|child| child["url"].as_str().is_some_and(|url| place.is_at(url)))?;
        framed["context"].as_str().map(str::to_owned)
    }

    /// The value of an expression in a world of our own, which the page's policy does not bind; a promise is awaited.
    pub async fn eval(&self, context: &str, expression: &str) -> Result<Value, Trouble> {
        let as_text = format!("(async () => JSON.stringify((await ({expression})) ?? null))()");
        let target = json!({"context": context, "sandbox": "tests"});
        let ask = json!({"expression": as_text, "target": target, "awaitPromise": true, "userActivation": true});
        let answer = self.say("script.evaluate", ask).await?;
        match answer["type"].as_str() {
            Some("success") => {
                Ok(answer["result"]["value"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null))
            }
            _ => panic!("{expression}: {}", answer["exceptionDetails"]["text"]),
        }
    }

    /// Runs statements there, of which later expressions see what they have made.
    pub async fn run(&self, context: &str, script: &str) {
        let target = json!({"context": context, "sandbox": "tests"});
        self.must("script.evaluate", json!({"expression": script, "target": target, "awaitPromise": false})).await;
    }

    /// The document that the keyboard speaks to.
    async fn focused(&self) -> String {
        match self.framed(In::Panel).await {
            Some(panel) => {
                let tab = self.tab().await;
                let is_inside = self.eval(&tab, "document.activeElement?.localName === 'parlor-chat'").await;
                if is_inside == Ok(Value::Bool(true)) { panel } else { tab }
            }
            None => self.tab().await,
        }
    }

    pub async fn press_at(&self, x: f64, y: f64) {
        let context = self.tab().await;
        let (x, y) = (x.round(), y.round());
        let acts = json!([
            {"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0},
        ]);
        let mouse = json!({"type": "pointer", "id": "mouse", "actions": acts});
        self.must("input.performActions", json!({"context": context, "actions": [mouse]})).await;
    }

    pub async fn write(&self, text: &str) {
        let context = self.focused().await;
        let written = self.eval(&context, &format!("document.execCommand('insertText', false, {})", json!(text))).await;
        assert_eq!(written, Ok(Value::Bool(true)), "{text:?} was not written");
    }

    /// Presses keys together and lets them go, the last one first.
    pub async fn keys(&self, keys: &[&str]) {
        let codes: Vec<&str> = keys.iter().map(|key| code(key)).collect();
        let down = codes.iter().map(|code| json!({"type": "keyDown", "value": code}));
        let up = codes.iter().rev().map(|code| json!({"type": "keyUp", "value": code}));
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": down.chain(up).collect::<Vec<_>>()});
        // Without this a headless window is not in front, and Enter on a button presses nothing.
        let tab = self.tab().await;
        self.must("browsingContext.activate", json!({"context": tab})).await;
        let context = self.focused().await;
        if context == tab {
            let _ = self.eval(&tab, "window.focus()").await;
        }
        self.must("input.performActions", json!({"context": context, "actions": [keyboard]})).await;
    }

    pub async fn size(&self, width: u32, height: u32) {
        let context = self.tab().await;
        let viewport = json!({"width": width, "height": height});
        self.must("browsingContext.setViewport", json!({"context": context, "viewport": viewport})).await;
    }

    pub async fn offline(&self, offline: bool) {
        let conditions = if offline { json!({"type": "offline"}) } else { Value::Null };
        let context = self.tab().await;
        self.must("emulation.setNetworkConditions", json!({"networkConditions": conditions, "contexts": [context]})).await;
    }

    /// A picture of what is seen: PNG in base64.
    pub async fn picture(&self) -> String {
        let context = self.tab().await;
        let picture = self.must("browsingContext.captureScreenshot", json!({"context": context})).await;
        picture["data"].as_str().unwrap().to_owned()
    }

    pub async fn refresh(&self) {
        let context = self.tab().await;
        self.must("browsingContext.reload", json!({"context": context, "wait": "complete"})).await;
    }

    pub async fn close_tab(&self) {
        let context = self.tab().await;
        self.must("browsingContext.close", json!({"context": context})).await;
    }

    pub async fn complaints(&self) -> Vec<String> {
        // Whatever the page has said so far is here once it has answered something else.
        let _ = self.eval(&self.tab().await, "null").await;
        std::mem::take(&mut self.line.lock().await.complaints)
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code of a key as WebDriver writes it.
fn code(key: &str) -> &str {
    match key {
        "Enter" => "\u{e007}",
        "Tab" => "\u{e004}",
        "Escape" => "\u{e00c}",
        "Shift" => "\u{e008}",
        "Control" => "\u{e009}",
        "Backspace" => "\u{e003}",
        "ArrowLeft" => "\u{e012}",
        "ArrowUp" => "\u{e013}",
        "ArrowRight" => "\u{e014}",
        "ArrowDown" => "\u{e015}",
        "Home" => "\u{e011}",
        "End" => "\u{e010}",
        letter => letter,
    }
}
