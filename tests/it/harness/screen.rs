//! A real browser: headless Chromium, driven over its driver and the DevTools protocol, or with `PARLOR_BROWSER=firefox` Firefox, whose
//! engine shares nothing with it. A missing browser fails a test; it never skips it. Everything that is awaited is awaited inside the
//! page, by its own condition.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use data_encoding::BASE64;
use serde_json::{Value, json};
use thirtyfour::common::types::WindowHandle;
use thirtyfour::{CapabilitiesHelper, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use super::firefox::Firefox;
use super::source::root;
use super::world::DEADLINE;

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];

/// Browsers to be had: one driver for all tests that run at the moment, and for each screen a browser with a profile of its own.
pub enum Browsers {
    Chromium(Arc<Driver>),
    Firefox,
}

pub struct Driver {
    child: Child,
    url: String,
}

static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

impl Browsers {
    pub fn start() -> Self {
        super::install_crypto();
        match std::env::var("PARLOR_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => {}
            Ok("firefox") => return Self::Firefox,
            Ok(other) => panic!("PARLOR_BROWSER is {other}: it may be chromium or firefox"),
        }
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return Self::Chromium(driver);
        }
        // It takes a free port of IPv4 and then wants the same of IPv6, which somebody else may have: then it ends at once.
        let driver = (0..5).find_map(|_| Driver::start()).map(Arc::new).expect("chromedriver ended without a word");
        *running = Arc::downgrade(&driver);
        Self::Chromium(driver)
    }

    pub async fn open(&self) -> Screen {
        let Self::Chromium(driver) = self else {
            let screen = Screen { engine: Engine::Firefox(Box::new(Firefox::start().await)) };
            screen.size(1440, 900).await;
            return screen;
        };
        let mut wishes = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wishes.add_arg(flag).unwrap();
        }
        wishes.set_binary("/usr/bin/chromium").unwrap();
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        wishes.accept_insecure_certs(true).unwrap();
        let driver = WebDriver::new(&driver.url, wishes).await.unwrap_or_else(|why| panic!("no browser: {why}"));
        let screen = Screen { engine: Engine::Chromium(driver) };
        screen.size(1440, 900).await;
        screen
    }
}

impl Driver {
    fn start() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        // A group of its own, so that no browser is left behind when a test fails.
        command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut child =
            command.spawn().unwrap_or_else(|why| panic!("chromedriver does not start ({why}): run tests/run, which installs it"));
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        let port: Option<u16> =
            lines.find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        let Some(port) = port else {
            let _ = child.wait();
            return None;
        };
        // It goes on talking; somebody has to listen, or it would wait for ever.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { child, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Which document is meant: the page itself, the chat window in the frame that the widget made, or its other frame, in which an
/// invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum In {
    Page,
    Panel,
    Invitation,
}

impl In {
    /// Whether the document at this address is the one, of those in frames.
    pub fn is_at(self, url: &str) -> bool {
        (url.contains("/widget/") || url.contains("/preview/")) && url.contains("/visit?") == (self == Self::Invitation)
    }
}

pub struct Screen {
    engine: Engine,
}

enum Engine {
    Chromium(WebDriver),
    Firefox(Box<Firefox>),
}

/// The frame of a chat window somewhere in a page, also in the preview beside the settings of a site.
fn framed_in(tree: &Value, place: In) -> Option<&str> {
    let is_it = |child: &Value| child["frame"]["url"].as_str().is_some_and(|url| place.is_at(url));
    tree["childFrames"]
        .as_array()?
        .iter()
        .find_map(|child| if is_it(child) { child["frame"]["id"].as_str() } else { framed_in(child, place) })
}

impl Screen {
    /// Chromium's own protocol, for what no standard has. Firefox does not speak it; a test that needs it is Chromium's alone.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.chromium().cdp().send_raw(command, parameters).await.unwrap_or_else(|why| panic!("{command}: {why}"))
    }

    fn chromium(&self) -> &WebDriver {
        match &self.engine {
            Engine::Chromium(driver) => driver,
            Engine::Firefox(_) => panic!("only Chromium can do this"),
        }
    }

    /// Whether this is Chromium, which tells more about itself.
    pub fn is_chromium(&self) -> bool {
        matches!(self.engine, Engine::Chromium(_))
    }

    pub async fn goto(&self, url: &str) {
        match &self.engine {
            Engine::Chromium(driver) => driver.goto(url).await.unwrap_or_else(|why| panic!("{url}: {why}")),
            Engine::Firefox(firefox) => firefox.goto(url).await.unwrap_or_else(|why| panic!("{url}: {why}")),
        }
    }

    pub async fn refresh(&self) {
        match &self.engine {
            Engine::Chromium(driver) => driver.refresh().await.unwrap(),
            Engine::Firefox(firefox) => firefox.refresh().await,
        }
    }

    pub async fn title(&self) -> String {
        self.eval(In::Page, "document.title").await.as_str().unwrap_or_default().to_owned()
    }

    /// The tab that is looked at.
    pub async fn tab(&self) -> String {
        match &self.engine {
            Engine::Chromium(driver) => driver.window().await.unwrap().to_string(),
            Engine::Firefox(firefox) => firefox.tab().await,
        }
    }

    /// A further window of the same browser, which is looked at from now on.
    pub async fn new_tab(&self) -> String {
        let tab = match &self.engine {
            Engine::Chromium(driver) => driver.new_window().await.unwrap().to_string(),
            Engine::Firefox(firefox) => firefox.new_tab().await,
        };
        self.look_at(&tab).await;
        tab
    }

    pub async fn look_at(&self, tab: &str) {
        match &self.engine {
            Engine::Chromium(driver) => driver.switch_to_window(WindowHandle::from(tab.to_owned())).await.unwrap(),
            Engine::Firefox(firefox) => firefox.look_at(tab).await,
        }
    }

    /// Closes the tab that is looked at; another one has to be chosen next.
    pub async fn close_tab(&self) {
        match &self.engine {
            Engine::Chromium(driver) => driver.close_window().await.unwrap(),
            Engine::Firefox(firefox) => firefox.close_tab().await,
        }
    }

    pub async fn size(&self, width: u32, height: u32) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.size(width, height).await;
        }
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        )
        .await;
    }

    /// Light or dark, as the device would have it. Pictures in both are Chromium's; no standard lets a test tell Firefox.
    pub async fn scheme(&self, scheme: &str) {
        if !self.is_chromium() {
            return;
        }
        self.cdp("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]})).await;
    }

    pub async fn offline(&self, offline: bool) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.offline(offline).await;
        }
        self.cdp("Network.enable", json!({})).await;
        let wire = json!({"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.cdp("Network.emulateNetworkConditions", wire).await;
    }

    /// A world of our own in the document: it sees what the page sees, and the page's policy does not bind it.
    async fn world(&self, place: In) -> Option<i64> {
        let tree = self.chromium().cdp().send_raw("Page.getFrameTree", json!({})).await.ok()?;
        let top = &tree["frameTree"];
        let frame = match place {
            In::Page => top["frame"]["id"].as_str()?,
            In::Panel | In::Invitation => framed_in(top, place)?,
        };
        let made = self.chromium().cdp().send_raw("Page.createIsolatedWorld", json!({"frameId": frame})).await.ok()?;
        made["executionContextId"].as_i64()
    }

    /// The value of an expression; a promise is awaited. `None` when the document went away meanwhile.
    async fn try_eval(&self, place: In, expression: &str) -> Option<Value> {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.eval(&firefox.document(place).await?, expression).await.ok();
        }
        let context = self.world(place).await?;
        let ask = json!({"expression": expression, "contextId": context, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let answer = self.chromium().cdp().send_raw("Runtime.evaluate", ask).await.ok()?;
        if let Some(wrong) = answer.get("exceptionDetails") {
            panic!("{expression}: {wrong}");
        }
        Some(answer["result"].get("value").cloned().unwrap_or(Value::Null))
    }

    pub async fn eval(&self, place: In, expression: &str) -> Value {
        self.try_eval(place, expression).await.unwrap_or_else(|| panic!("{place:?} is not there for {expression}"))
    }

    /// As a script of the page itself would, such as one that calls `window.Parlor`.
    pub async fn run(&self, expression: &str) -> Value {
        let ask = json!({"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true});
        let answer = self.cdp("Runtime.evaluate", ask).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"].get("value").cloned().unwrap_or(Value::Null)
    }

    /// Waits inside the page until the condition holds, across loads of new pages.
    pub async fn until(&self, place: In, what: &str, condition: &str) {
        let started = Instant::now();
        let asked = format!(
            "new Promise((done) => {{
                const holds = () => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }};
                if (holds()) return done(true);
                const again = setInterval(() => {{ if (holds()) {{ clearInterval(again); done(true); }} }}, 20);
                setTimeout(() => {{ clearInterval(again); done(false); }}, 1500);
            }})"
        );
        while self.try_eval(place, &asked).await != Some(Value::Bool(true)) {
            if started.elapsed() > DEADLINE * 2 {
                let shot = self.shot("failed").await;
                let text = self.try_eval(In::Page, "document.body.innerText").await;
                let panel = self.try_eval(In::Panel, "document.body.innerText").await;
                let log = self.complaints(&[]).await;
                panic!(
                    "{what} did not come ({condition}); see {}; page: {text:?}; panel: {panel:?}; log: {log:?}",
                    shot.display()
                );
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn until_there(&self, place: In, selector: &str) {
        self.until(place, selector, &format!("document.querySelector({})?.checkVisibility()", json!(selector))).await;
    }

    /// Waits until some element that this selector names shows the text.
    pub async fn until_text(&self, place: In, selector: &str, text: &str) {
        let condition = format!(
            "[...document.querySelectorAll({})].some((it) => it.checkVisibility() && it.textContent.includes({}))",
            json!(selector),
            json!(text)
        );
        self.until(place, &format!("{text:?} in {selector}"), &condition).await;
    }

    /// Waits until an element shows the text on a page that runs no scripts: there no timer of ours runs either, so it is asked
    /// again and again from out here.
    pub async fn until_shown(&self, selector: &str, text: &str) {
        let started = Instant::now();
        let shown =
            format!("[...document.querySelectorAll({})].some((it) => it.textContent.includes({}))", json!(selector), json!(text));
        while self.try_eval(In::Page, &shown).await != Some(Value::Bool(true)) {
            assert!(started.elapsed() < DEADLINE * 2, "{text:?} never stood in {selector}");
            tokio::task::yield_now().await;
        }
    }

    /// The same on a page that does not change by itself: a person would load it again.
    pub async fn until_text_after_reload(&self, selector: &str, text: &str) {
        let started = Instant::now();
        while !self.texts(In::Page, selector).await.iter().any(|it| it.contains(text)) {
            assert!(started.elapsed() < DEADLINE * 2, "{text:?} never stood in {selector}");
            self.refresh().await;
        }
    }

    pub async fn texts(&self, place: In, selector: &str) -> Vec<String> {
        let all =
            self.eval(place, &format!("[...document.querySelectorAll({})].map((it) => it.textContent)", json!(selector))).await;
        serde_json::from_value(all).unwrap()
    }

    pub async fn click(&self, place: In, selector: &str) {
        self.until_there(place, selector).await;
        self.eval(place, &format!("document.querySelector({}).click()", json!(selector))).await;
    }

    /// Presses the mouse there, as a person does: what lies on top is what is hit.
    pub async fn press_at(&self, x: f64, y: f64) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.press_at(x, y).await;
        }
        for kind in ["mousePressed", "mouseReleased"] {
            self.cdp("Input.dispatchMouseEvent", json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})).await;
        }
    }

    /// Opens the chat window from the button in the corner of a host page.
    pub async fn press_launcher(&self, width: f64, height: f64) {
        self.until(In::Page, "the chat's button", "document.querySelector('parlor-chat')").await;
        self.press_at(width - 48.0, height - 48.0).await;
        self.until_there(In::Panel, "#text").await;
    }

    /// Types over whatever the field holds.
    pub async fn fill(&self, place: In, selector: &str, text: &str) {
        self.until_there(place, selector).await;
        self.eval(
            place,
            &format!("(() => {{ const it = document.querySelector({}); it.focus(); it.select?.(); }})()", json!(selector)),
        )
        .await;
        self.write(text).await;
    }

    /// Types into whatever has the focus.
    pub async fn write(&self, text: &str) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.write(text).await;
        }
        self.cdp("Input.insertText", json!({"text": text})).await;
    }

    pub async fn key(&self, key: &str) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.keys(&[key]).await;
        }
        let (code, text): (u32, Option<&str>) = match key {
            "Enter" => (13, Some("\r")),
            "Tab" => (9, None),
            "Escape" => (27, None),
            "ArrowDown" => (40, None),
            " " => (32, Some(" ")),
            letter => (u32::from(letter.to_uppercase().as_bytes()[0]), Some(letter)),
        };
        let mut down = json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.cdp("Input.dispatchKeyEvent", down).await;
        self.cdp("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}))
            .await;
    }

    /// A letter with the Control key held.
    pub async fn chord(&self, letter: &str) {
        if let Engine::Firefox(firefox) = &self.engine {
            return firefox.keys(&["Control", letter]).await;
        }
        let code = u32::from(letter.to_uppercase().as_bytes()[0]);
        for kind in ["rawKeyDown", "keyUp"] {
            let key = json!({"type": kind, "key": letter, "code": letter, "windowsVirtualKeyCode": code, "modifiers": 2});
            self.cdp("Input.dispatchKeyEvent", key).await;
        }
    }

    /// Walks with Tab until this element has the focus: what cannot be reached so cannot be used without a mouse.
    pub async fn tab_to(&self, place: In, selector: &str) {
        // A headless Firefox takes its own window for the one in front only now and then.
        let front = if self.is_chromium() { "document.hasFocus()" } else { "true" };
        let here = format!("{front} && document.activeElement?.matches({})", json!(selector));
        for _ in 0..60 {
            if self.eval(place, &here).await == Value::Bool(true) {
                return;
            }
            self.key("Tab").await;
        }
        panic!("{selector} is not reached with the Tab key");
    }

    pub async fn sign_in(&self, origin: &str, email: &str, password: &str) {
        self.goto(&format!("{origin}/login")).await;
        self.fill(In::Page, "input[name=email]", email).await;
        self.fill(In::Page, "input[name=password]", password).await;
        self.key("Enter").await;
        self.until(In::Page, "being signed in", "location.pathname !== '/login'").await;
    }

    /// A picture of what is seen, under tests/artefacts.
    pub async fn shot(&self, name: &str) -> PathBuf {
        let folder = root().join("tests/artefacts");
        std::fs::create_dir_all(&folder).unwrap();
        let browser = if self.is_chromium() { "" } else { "firefox-" };
        let path = folder.join(format!("{browser}{name}.png"));
        let image = match &self.engine {
            Engine::Chromium(_) => {
                let image = self.cdp("Page.captureScreenshot", json!({"format": "png"})).await;
                image["data"].as_str().unwrap().to_owned()
            }
            Engine::Firefox(firefox) => firefox.picture().await,
        };
        std::fs::write(&path, BASE64.decode(image.as_bytes()).unwrap()).unwrap();
        path
    }

    /// What axe-core finds wrong with a document (WCAG 2.2 A and AA, and its best practices).
    pub async fn violations(&self, place: In) -> Vec<String> {
        let path = root().join("tests/browser/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&path)
            .unwrap_or_else(|why| panic!("{}: {why}; run tests/run, which installs it", path.display()));
        let ask = "axe.run(document, { iframes: false, resultTypes: ['violations'] }).then((found) => found.violations.flatMap((rule) =>
                rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\\n', ' ')}`)))";
        let ask = match &self.engine {
            Engine::Chromium(_) => format!("{axe}; {ask}"),
            Engine::Firefox(firefox) => {
                if let Some(context) = firefox.document(place).await {
                    firefox.run(&context, &axe).await;
                }
                ask.to_owned()
            }
        };
        serde_json::from_value(self.eval(place, &ask).await).unwrap()
    }

    /// Errors and warnings of the browser's console since the last time, policy reports included; what a test expects itself
    /// is left out.
    pub async fn complaints(&self, expected: &[&str]) -> Vec<String> {
        let log: Vec<String> = match &self.engine {
            Engine::Chromium(driver) => {
                let log = driver.browser_log().await.unwrap_or_default();
                let bad = log.into_iter().filter(|entry| entry.level == "SEVERE" || entry.level == "WARNING");
                bad.map(|entry| entry.message).collect()
            }
            Engine::Firefox(firefox) => firefox.complaints().await,
        };
        log.into_iter().filter(|message| !expected.iter().any(|piece| message.contains(piece))).collect()
    }

    pub async fn quit(self) {
        if let Engine::Chromium(driver) = self.engine {
            let _ = driver.quit().await;
        }
    }
}
