//! What is kept on the devices of others: every cookie and every entry of a browser's storage, with what it is for and how long it stays.
//! The paperwork shows this table, and a tidy test holds it against the source: what sets something else there fails.

use super::limits;

/// On whose device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Visitors,
    Staff,
}

impl Whose {
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Visitors => "Visitors",
            Self::Staff => "Staff",
        }
    }
}

/// Where in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Secure, HttpOnly, of this host alone, and sent to nobody else.
    Cookie,
    /// What the browser keeps until it is told otherwise.
    Local,
    /// What the tab forgets when it is closed.
    Session,
}

impl Place {
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Local => "local storage",
            Self::Session => "session storage",
        }
    }
}

/// When something comes to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// They came to a form of the staff's.
    SignIn,
    /// They opened the chat, or wrote in it.
    Chat,
    /// They came to a page of a site that watches its visitors, and that lets the tab remember the visit.
    Visit,
    /// They chose it.
    Choice,
    /// They work in the console.
    Work,
}

impl Since {
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "signing in",
            Self::Chat => "opening the chat or writing in it",
            Self::Visit => "visiting, where the site lets the tab remember that; else with the first chat",
            Self::Choice => "choosing it",
            Self::Work => "working in the console",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its name; `…` stands for an id.
    pub name: &'static str,
    pub whose: Whose,
    pub place: Place,
    /// Of which website it is: of the appliance's own address, or of the website with the chat.
    pub is_of_the_website: bool,
    pub since: Since,
    pub purpose: &'static str,
    pub life: Life,
    /// The file of the source that sets it.
    pub set_by: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Until the sign-in policy ends the session.
    StaffSession,
    Seconds(u64),
    /// Until the tab is closed.
    Tab,
    /// Until the browser is closed.
    Browser,
    /// Removed in the same moment.
    Moment,
    /// Until what it is for is over, or the browser's data are cleared.
    Until(&'static str),
}

impl Kept {
    /// What its name begins with, whatever id stands behind it.
    #[must_use]
    pub fn head(&self) -> &'static str {
        self.name.split('…').next().unwrap_or(self.name)
    }
}

const fn cookie(name: &'static str, whose: Whose, since: Since, purpose: &'static str, life: Life, set_by: &'static str) -> Kept {
    Kept { name, whose, place: Place::Cookie, is_of_the_website: false, since, purpose, life, set_by }
}

const fn visitors(name: &'static str, place: Place, purpose: &'static str, life: Life, set_by: &'static str) -> Kept {
    Kept { name, whose: Whose::Visitors, place, is_of_the_website: false, since: Since::Chat, purpose, life, set_by }
}

const fn staff(name: &'static str, place: Place, purpose: &'static str, life: Life, set_by: &'static str) -> Kept {
    Kept { name, whose: Whose::Staff, place, is_of_the_website: false, since: Since::Work, purpose, life, set_by }
}

/// Visitors first, as in a notice on a website.
pub const TABLE: &[Kept] = &[
    visitors(
        "parlor-visitor:…",
        Place::Local,
        "The random token by which the visitor's own chat is found again. It says nothing about who they are.",
        Life::Until("the website takes the chat off its page, or the browser's data are cleared"),
        "assets/widget/panel/visit.js",
    ),
    Kept {
        is_of_the_website: true,
        ..visitors(
            "parlor:…",
            Place::Session,
            "Whether the chat was open or put away on the page before, so that it stands the same on the next one.",
            Life::Tab,
            "assets/widget/loader.js",
        )
    },
    visitors(
        "parlor-draft:…",
        Place::Session,
        "What is typed and not sent yet, so that a reload does not lose it.",
        Life::Tab,
        "assets/widget/panel/composer.js",
    ),
    visitors(
        "parlor-outbox:…",
        Place::Session,
        "What was sent and has not arrived yet, so that a lost line does not lose it.",
        Life::Tab,
        "assets/widget/panel/panel.js",
    ),
    visitors(
        "parlor-form:…",
        Place::Session,
        "Answers to the questions before a chat, until they are sent.",
        Life::Tab,
        "assets/widget/panel/panel.js",
    ),
    visitors(
        "parlor-leave:…",
        Place::Session,
        "A message that is typed while nobody is there, until it is sent.",
        Life::Tab,
        "assets/widget/panel/panel.js",
    ),
    visitors(
        "parlor-seen:…",
        Place::Session,
        "Up to which message the visitor has read.",
        Life::Tab,
        "assets/widget/panel/talk.js",
    ),
    Kept {
        since: Since::Choice,
        ..visitors(
            "parlor-sound",
            Place::Local,
            "That the visitor wants no sound. Not there while there is sound.",
            Life::Until("sound is switched on again, or the browser's data are cleared"),
            "assets/widget/panel/sound.js",
        )
    },
    Kept {
        since: Since::Visit,
        ..visitors(
            "parlor-visit:…",
            Place::Session,
            "That it is still the same visit, where the site watches its visitors.",
            Life::Tab,
            "assets/widget/visits/frame.js",
        )
    },
    Kept {
        since: Since::Visit,
        ..visitors(
            "parlor-invited:…",
            Place::Session,
            "Which invitations were shown already, so that nobody is asked twice. In local storage once the visitor has had a chat here.",
            Life::Tab,
            "assets/widget/visits/frame.js",
        )
    },
    visitors("parlor-probe", Place::Session, "Whether anything can be kept at all.", Life::Moment, "assets/js/live/shelf.js"),
    cookie(
        "__Host-parlor-chat-…",
        Whose::Visitors,
        Since::Chat,
        "The same token as parlor-visitor, for the chat without JavaScript. Set with the first message and not before.",
        Life::Seconds(limits::CHAT_COOKIE_LIFE.as_secs()),
        "src/web/widget/chat/visit.rs",
    ),
    cookie(
        "__Host-parlor",
        Whose::Staff,
        Since::SignIn,
        "The session of a member of staff.",
        Life::StaffSession,
        "src/web/extract/staff.rs",
    ),
    cookie(
        "__Host-parlor-half",
        Whose::Staff,
        Since::SignIn,
        "A sign-in that waits for its second step.",
        Life::Seconds(limits::PENDING_SIGN_IN_LIFE.as_secs()),
        "src/web/auth/mod.rs",
    ),
    cookie(
        "__Host-parlor-device",
        Whose::Staff,
        Since::SignIn,
        "That somebody has signed in with this browser before, so that strangers who try passwords do not lock them out.",
        Life::Seconds(limits::DEVICE_LIFE.as_secs()),
        "src/web/extract/mod.rs",
    ),
    cookie(
        "__Host-parlor-pre",
        Whose::Staff,
        Since::SignIn,
        "Ties the forms before signing in to this browser, so that no other website can send them.",
        Life::Browser,
        "src/web/extract/form.rs",
    ),
    cookie(
        "__Host-parlor-sso",
        Whose::Staff,
        Since::SignIn,
        "Ties the way to the provider of single sign-on and back to this browser.",
        Life::Seconds(limits::SSO_LIFE.as_secs()),
        "src/web/auth/sso.rs",
    ),
    staff(
        "parlor:drafts:…",
        Place::Session,
        "Replies that are typed and not sent yet.",
        Life::Tab,
        "assets/js/console/drafts.js",
    ),
    staff("parlor:notes:…", Place::Session, "Notes that are typed and not sent yet.", Life::Tab, "assets/js/console/notes.js"),
    staff("parlor:outbox:…", Place::Session, "What was sent and has not arrived yet.", Life::Tab, "assets/js/live/outbox.js"),
    staff("parlor:seen:…", Place::Session, "How far each chat was read.", Life::Tab, "assets/js/console/drafts.js"),
    staff("parlor:panes:…", Place::Session, "Which chats stand side by side.", Life::Tab, "assets/js/console/drafts.js"),
    staff("parlor:filter:…", Place::Session, "Which chats the list shows.", Life::Tab, "assets/js/console/filters.js"),
    Kept {
        since: Since::Choice,
        ..staff(
            "parlor:keys",
            Place::Local,
            "Whether keys of the keyboard act.",
            Life::Until("the browser's data are cleared"),
            "assets/js/console/keys.js",
        )
    },
    Kept {
        since: Since::Choice,
        ..staff(
            "parlor:sound",
            Place::Local,
            "Whether a sound is wanted.",
            Life::Until("the browser's data are cleared"),
            "assets/js/console/sound.js",
        )
    },
    Kept {
        since: Since::Choice,
        ..staff(
            "parlor:alerts",
            Place::Local,
            "Whether the desktop shows notifications.",
            Life::Until("the browser's data are cleared"),
            "assets/js/console/notify.js",
        )
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_stands_there_once_and_says_what_it_is_for() {
        for (n, kept) in TABLE.iter().enumerate() {
            assert!(kept.purpose.ends_with('.') && !kept.head().is_empty(), "{}", kept.name);
            assert!(TABLE[..n].iter().all(|before| before.name != kept.name), "{}", kept.name);
            let is_cookie = kept.name.starts_with("__Host-");
            assert_eq!(is_cookie, kept.place == Place::Cookie, "{}", kept.name);
        }
    }
}
