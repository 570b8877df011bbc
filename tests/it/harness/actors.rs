//! The people of the tests. Each does what a person of that kind can do, and nothing else.

use std::net::IpAddr;
use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};

use super::chat::{Acked, Chat, Refused};
use super::http::{Answer, Browser, Door};
use super::line::Line;

/// How a line is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Socket,
    Poll,
}

/// Somebody who knows the address and nothing else.
pub struct Stranger {
    pub browser: Browser,
}

impl Stranger {
    pub fn new(door: &Door) -> Self {
        Self { browser: Browser::new(door) }
    }
}

/// A person on a website with the chat window.
pub struct Visitor {
    pub browser: Browser,
    pub site: String,
    pub token: String,
    chat: Chat,
    via: Via,
}

impl Deref for Visitor {
    type Target = Chat;
    fn deref(&self) -> &Chat {
        &self.chat
    }
}

impl DerefMut for Visitor {
    fn deref_mut(&mut self) -> &mut Chat {
        &mut self.chat
    }
}

impl Visitor {
    /// Opens the chat window on the demo page of the appliance itself.
    pub async fn new(door: &Door, site: &str, who: &str) -> Self {
        Self::from_website(door, site, who, &door.origin()).await
    }

    /// Opens it on a page of the site's own website.
    pub async fn from_website(door: &Door, site: &str, who: &str, origin: &str) -> Self {
        let browser = Browser::new(door);
        let answer = Self::ask_token(&browser, site, origin).await.expect(200);
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Self { browser, site: site.to_owned(), token, chat: Chat::new(who, door.markers.clone()), via: Via::Socket }
    }

    pub fn polling(mut self) -> Self {
        self.via = Via::Poll;
        self
    }

    /// What the panel asks when it was opened on a page of `host_origin`.
    pub async fn ask_token(browser: &Browser, site: &str, host_origin: &str) -> Answer {
        browser.post_json(&format!("/widget/{site}/session"), &json!({"origin": host_origin}), &[]).await
    }

    pub async fn ticket_answer(&self) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.browser.post_json("/live/ticket", &json!({"site": self.site}), &[("authorization", &bearer)]).await
    }

    pub async fn ticket(&self) -> String {
        self.ticket_answer().await.expect(200).json()["ticket"].as_str().unwrap().to_owned()
    }

    pub async fn open_line(&self) -> Line {
        match self.via {
            Via::Socket => Line::socket(&self.browser.door, &self.browser.door.origin(), None).await.expect("the socket opens"),
            Via::Poll => Line::poll(&self.browser),
        }
    }

    pub async fn connect(&mut self) -> Value {
        let ticket = self.ticket().await;
        let line = self.open_line().await;
        self.chat.hello(line, &ticket).await
    }

    /// The first message, which makes the conversation.
    pub async fn start(&mut self, text: &str) -> Acked {
        self.start_with(text, json!({})).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    /// The same with more fields: a name, an address, agreement.
    pub async fn start_with(&mut self, text: &str, more: Value) -> Result<Acked, Refused> {
        let id = self.chat.new_id();
        self.start_as(&id, text, more).await
    }

    pub async fn start_as(&mut self, id: &str, text: &str, more: Value) -> Result<Acked, Refused> {
        self.chat.note(text);
        let mut frame = json!({"t": "start", "id": id, "text": text});
        for (key, value) in more.as_object().unwrap() {
            if let Some(text) = value.as_str() {
                self.chat.note(text);
            }
            frame[key] = value.clone();
        }
        self.chat.command(frame).await
    }

    pub async fn send(&mut self, conversation: &str, text: &str) -> Acked {
        let id = self.chat.new_id();
        self.chat.send_as(&id, conversation, text).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    pub async fn end(&mut self, conversation: &str) -> Acked {
        let id = self.chat.new_id();
        let frame = json!({"t": "end", "id": id, "conversation": conversation});
        self.chat.command(frame).await.unwrap_or_else(|why| panic!("{why:?}"))
    }
}

/// A member of the staff who answers chats.
pub struct Operator {
    pub browser: Browser,
    pub email: String,
    chat: Chat,
    from: Option<IpAddr>,
    via: Via,
}

impl Deref for Operator {
    type Target = Chat;
    fn deref(&self) -> &Chat {
        &self.chat
    }
}

impl DerefMut for Operator {
    fn deref_mut(&mut self) -> &mut Chat {
        &mut self.chat
    }
}

impl Operator {
    /// At the sign-in page, not signed in yet.
    pub fn at_the_door(door: &Door, email: &str, from: Option<IpAddr>) -> Self {
        let browser = from.map_or_else(|| Browser::new(door), |from| Browser::from_address(door, from));
        let who = email.split('@').next().unwrap_or(email).replace('.', "-");
        Self { browser, email: email.to_owned(), chat: Chat::new(&who, door.markers.clone()), from, via: Via::Socket }
    }

    pub async fn signed_in(door: &Door, email: &str, password: &str) -> Self {
        let operator = Self::at_the_door(door, email, None);
        operator.sign_in(password).await.expect_done();
        operator
    }

    pub fn polling(mut self) -> Self {
        self.via = Via::Poll;
        self
    }

    pub async fn sign_in(&self, password: &str) -> Answer {
        self.browser.submit("/login", "/login", &[("email", &self.email), ("password", password)]).await
    }

    pub async fn csrf(&self) -> String {
        let page = self.browser.get("/console").await.expect(200);
        page.meta("csrf").unwrap_or_else(|| panic!("the console has no token for its scripts"))
    }

    pub async fn ticket_answer(&self) -> Answer {
        let csrf = self.csrf().await;
        self.browser.post_json("/live/ticket", &json!({}), &[("x-parlor-csrf", &csrf)]).await
    }

    pub async fn ticket(&self) -> String {
        self.ticket_answer().await.expect(200).json()["ticket"].as_str().unwrap().to_owned()
    }

    pub async fn open_line(&self) -> Line {
        match self.via {
            Via::Socket => {
                Line::socket(&self.browser.door, &self.browser.door.origin(), self.from).await.expect("the socket opens")
            }
            Via::Poll => Line::poll(&self.browser),
        }
    }

    pub async fn connect(&mut self) -> Value {
        let ticket = self.ticket().await;
        let line = self.open_line().await;
        self.chat.hello(line, &ticket).await
    }

    /// Any command about a conversation, with the fields that it has besides.
    pub async fn try_to(&mut self, act: &str, conversation: &str, more: Value) -> Result<Acked, Refused> {
        let id = self.chat.new_id();
        let mut frame = json!({"t": act, "id": id, "conversation": conversation});
        for (key, value) in more.as_object().unwrap() {
            if let Some(text) = value.as_str() {
                self.chat.note(text);
            }
            frame[key] = value.clone();
        }
        self.chat.command(frame).await
    }

    #[track_caller]
    pub fn does(&mut self, act: &str, conversation: &str, more: Value) -> impl Future<Output = Acked> {
        let caller = std::panic::Location::caller();
        let what = format!("{caller}: {act}");
        async move { self.try_to(act, conversation, more).await.unwrap_or_else(|why| panic!("{what}: {why:?}")) }
    }

    async fn act(&mut self, act: &str, conversation: &str) -> Result<Acked, Refused> {
        let id = self.chat.new_id();
        self.chat.command(json!({"t": act, "id": id, "conversation": conversation})).await
    }

    pub async fn accept(&mut self, conversation: &str) -> Acked {
        self.act("accept", conversation).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    pub async fn try_accept(&mut self, conversation: &str) -> Result<Acked, Refused> {
        self.act("accept", conversation).await
    }

    pub async fn close(&mut self, conversation: &str) -> Acked {
        self.act("close", conversation).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    pub async fn send(&mut self, conversation: &str, text: &str) -> Acked {
        let id = self.chat.new_id();
        self.chat.send_as(&id, conversation, text).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    /// Waits until the list shows the conversation in this state.
    #[track_caller]
    pub fn sees_row(&mut self, conversation: &str, state: &str) -> impl Future<Output = Value> {
        let (conversation, state) = (conversation.to_owned(), state.to_owned());
        self.chat.expect(format!("a row {state}"), move |frame| {
            frame["t"] == "row" && frame["conversation"] == conversation.as_str() && frame["state"] == state.as_str()
        })
    }
}

/// A member of the staff who runs the installation.
pub struct Admin(pub Operator);

impl Deref for Admin {
    type Target = Operator;
    fn deref(&self) -> &Operator {
        &self.0
    }
}

impl DerefMut for Admin {
    fn deref_mut(&mut self) -> &mut Operator {
        &mut self.0
    }
}
