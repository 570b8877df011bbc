//! Privacy: what is kept and for how long, what goes by itself, and the proof of both. A page of its own for each: a new one is a file
//! here, its routes in `routes.rs`, a line in `TABS`, and a template that extends `admin/privacy/layout.html` and gets a `head`.

use crate::web::extract::Staff;
use crate::web::urls;

pub mod breach;
pub mod evidence;
pub mod export;
pub mod forms;
pub mod holds;
pub mod kept;
pub mod paper;
pub mod profiles;
pub mod receipts;
pub mod records;
pub mod rules;
pub mod subjects;

/// A page as the row of tabs lists it.
pub struct Tab {
    pub address: &'static str,
    pub title: &'static str,
    /// Whether those who only look see it too.
    is_for_overseers: bool,
}

/// For administrators.
const fn tab(address: &'static str, title: &'static str) -> Tab {
    Tab { address, title, is_for_overseers: false }
}

/// For auditors too.
const fn open_tab(address: &'static str, title: &'static str) -> Tab {
    Tab { address, title, is_for_overseers: true }
}

/// In the order in which they are shown.
pub const TABS: &[Tab] = &[
    tab(urls::PRIVACY, "What is kept"),
    open_tab(urls::PURGE_RULES, "Purge rules"),
    tab(urls::HOLDS, "Holds"),
    tab(urls::SUBJECTS, "Requests of people"),
    tab(urls::SECURE_FORMS, "Secure forms"),
    open_tab(urls::PROFILES, "Profiles"),
    open_tab(urls::RECEIPTS, "Receipts"),
    open_tab(urls::EVIDENCE, "Evidence"),
    open_tab(urls::RECORDS, "Paperwork"),
    tab(urls::EXPORT, "Export"),
];

/// What stands above every page.
pub struct Head {
    is_admin: bool,
    address: &'static str,
}

impl Head {
    /// Of the page at this address, or of one that belongs to it.
    #[must_use]
    pub fn new(staff: &Staff, address: &'static str) -> Self {
        Self { is_admin: staff.is_admin(), address }
    }

    #[must_use]
    pub fn title(&self) -> &'static str {
        TABS.iter().find(|tab| tab.address == self.address).map_or("", |tab| tab.title)
    }

    /// Those that this reader may open, and whether it is the one that is shown.
    #[must_use]
    pub fn tabs(&self) -> Vec<(&'static Tab, bool)> {
        let shown = TABS.iter().filter(|tab| self.is_admin || tab.is_for_overseers);
        shown.map(|tab| (tab, tab.address == self.address)).collect()
    }
}
