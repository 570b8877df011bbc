//! What each role may, line by line, for people to read. Whether a role may something is asked of `authorize`, so this page and
//! the rules cannot say two things; an action without a line here fails a test.

use super::about::About;
use super::access::{Action, Actor, authorize};
use super::conversation::{Conversation, State};
use super::id::{ConversationId, OperatorId, SiteId};
use super::operator::{Membership, Role};
use super::permission::{Permission, Permissions, RolePermissions};
use super::time::Timestamp;
use super::visitor::Visitor;

/// One line of the table.
pub struct Right {
    pub title: &'static str,
    pub help: &'static str,
    /// What can be granted and taken away; `None` for what comes with the role.
    pub permission: Option<Permission>,
    grants: [Grant; Role::ALL.len()],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Comes with the role.
    Always,
    Never,
    /// As the administrators decide; at present so.
    Chosen(bool),
}

impl Right {
    #[must_use]
    pub fn of(&self, role: Role) -> Grant {
        Role::ALL.iter().position(|it| *it == role).map_or(Grant::Never, |place| self.grants[place])
    }
}

/// Everything there is to be allowed, what answering chats needs first.
#[must_use]
pub fn table(permissions: &RolePermissions) -> Vec<Right> {
    let chat = sample();
    actions(&chat).into_iter().filter_map(|action| Right::of_action(action, permissions)).collect()
}

impl Right {
    fn of_action(action: Action<'_>, permissions: &RolePermissions) -> Option<Self> {
        let (title, help) = words(action)?;
        let permission = match action {
            Action::UseIn(permission, _)
            | Action::UsePart(permission, ..)
            | Action::Use(permission, _)
            | Action::UseEverywhere(permission) => Some(permission),
            _ => None,
        };
        let grants = Role::ALL.map(|role| {
            let may = |permissions| authorize(&somebody(role, permissions), action).is_ok();
            match (may(Permissions::NONE), may(Permissions::ALL)) {
                (true, _) => Grant::Always,
                (false, true) => Grant::Chosen(may(permissions.of(role))),
                (false, false) => Grant::Never,
            }
        });
        Some(Self { title, help, permission, grants })
    }
}

/// In the order in which they are read. Those that say the same about more or less of a site stand there once.
fn actions(chat: &Conversation) -> Vec<Action<'_>> {
    let site = chat.site;
    let permissions = Permission::ALL.into_iter().map(|permission| match permission {
        Permission::SeeReports | Permission::SeeLeads => Action::UsePart(permission, site, None),
        Permission::InviteVisitors => Action::Use(permission, site),
        Permission::ManageSharedCanned => Action::UseEverywhere(permission),
        _ => Action::UseIn(permission, chat),
    });
    [Action::StartConversation(site), Action::AskForOwnData(chat), Action::UseConsole, Action::ServeConversation(chat)]
        .into_iter()
        .chain([Action::ServeSite(site), Action::ServePart(site, None)])
        .chain(permissions)
        .chain([
            Action::ReadAudit,
            Action::ReadPosture,
            Action::ReadSystem,
            Action::ManageSites,
            Action::ManagePeople,
            Action::ManageAllowlist,
            Action::ManagePrivacy,
            Action::Purge,
            Action::BackUp,
            Action::ExportEverything,
            Action::DisableDormant,
            Action::ManageRootKey,
            Action::Export,
        ])
        .collect()
}

/// What it is called, and what it means, or why it cannot be granted. `None` for what is no right of a role: a visitor's, or
/// what another line says already.
const fn words(action: Action<'_>) -> Option<(&'static str, &'static str)> {
    let words = match action {
        Action::StartConversation(_)
        | Action::AskForOwnData(_)
        | Action::ServeSite(_)
        | Action::ServePart(..)
        | Action::ServeConversation(_) => return None,
        Action::UseConsole => (
            "Answer chats",
            "Of their sites, or of their departments there; and chats of others that they were asked to join. Comes with the role.",
        ),
        Action::UseIn(permission, _)
        | Action::UsePart(permission, ..)
        | Action::Use(permission, _)
        | Action::UseEverywhere(permission) => words_of(permission),
        Action::ReadAudit => (
            "Read the audit log",
            "Who did what and when, never what was written. Whoever answers chats should not also watch over them, so it comes with the role.",
        ),
        Action::ReadPosture => ("Look at security, permissions and receipts", "And change nothing there. Comes with the role."),
        Action::ReadSystem => ("Look at the system", "Version, certificate, key, room on the disk. Comes with the role."),
        Action::ManageSites => {
            ("Change sites, forms and departments", "Decides what visitors are asked and told, so it stays with administrators.")
        }
        Action::ManagePeople => (
            "Invite people, change what they may",
            "Whoever may this can give themselves everything, so it stays with administrators.",
        ),
        Action::ManageAllowlist => {
            ("Decide from where staff sign in", "A wrong list locks everybody out, so it stays with administrators.")
        }
        Action::ManagePrivacy => ("Decide how long chats are kept", "A promise to visitors, so it stays with administrators."),
        Action::Purge => ("Erase closed chats at once", "Nothing brings them back, so it stays with administrators."),
        Action::ExportEverything => {
            ("Take everything along in files", "The files hold everything in clear, so it stays with administrators.")
        }
        Action::BackUp => ("Make backups", "A backup holds everything, so it stays with administrators."),
        Action::DisableDormant => {
            ("Shut out accounts that nobody uses", "The appliance does it by itself, when the policy for signing in says so.")
        }
        Action::ManageRootKey => (
            "Change the root key",
            "Only the owner of the machine, on its command line. No account can, so none can be stolen for it.",
        ),
        Action::Export => (
            "Export everything",
            "Only the owner of the machine, on its command line. No account can, so none can be stolen for it.",
        ),
    };
    Some(words)
}

const fn words_of(permission: Permission) -> (&'static str, &'static str) {
    match permission {
        Permission::SendFiles => ("Send files and ask for them", "Where the site allows it. What was sent is out of your hands."),
        Permission::MailTranscripts => {
            ("E-mail a copy of a chat", "Where the site allows it. The copy leaves this appliance and outlives the chat.")
        }
        Permission::ExportTranscripts => {
            ("Save a chat as a file", "The file outlives the chat, on a computer of theirs. The audit log says who saved what.")
        }
        Permission::Block => ("Block visitors", "Keep somebody out by address or browser, for a time, and let them in again."),
        Permission::SeeAddress => ("See IP addresses", "As far as the site shows them: in full, shortened, or not at all."),
        Permission::InviteVisitors => (
            "See who browses, and invite them",
            "Where the site allows it, and for those who work for all of it: who browses belongs to no department.",
        ),
        Permission::Supervise => (
            "Look after the others’ chats",
            "Listen in, whisper to the operator, take a chat over. Visitors are not told that somebody listens.",
        ),
        Permission::SeeReports => {
            ("See reports", "Numbers about chats, waiting and ratings, by operator too. Nothing about visitors.")
        }
        Permission::ManageSharedCanned => ("Change shared canned responses", "Everybody may keep some of their own."),
        Permission::SeeLeads => (
            "See leads",
            "Who left a name, an address or a number, as one list and as a file. No message. Each look leaves a line in the audit log.",
        ),
        Permission::SendForms => {
            ("Send secure forms", "Into a chat, or as a link. They see answers masked; seeing them in clear is the next line.")
        }
        Permission::RevealAnswers => (
            "See answers to secure forms in clear",
            "One at a time and for a reason, or all of them once, as the form says; and erase them. Each time leaves a line in the audit log.",
        ),
    }
}

fn somebody(role: Role, permissions: Permissions) -> Actor {
    Actor::Staff { id: OperatorId::from_bytes([0; 16]), role, membership: Membership::AllSites, permissions }
}

fn sample() -> Conversation {
    Conversation {
        id: ConversationId::from_bytes([0; 16]),
        site: SiteId::from_bytes([0; 16]),
        visitor: Visitor::default(),
        token_index: [0; 32],
        state: State::Waiting,
        started_at: Timestamp::from_millis(0),
        about: About::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names of the variants, as they stand in the source.
    fn variants() -> BTreeSet<String> {
        let source = include_str!("access.rs");
        let (_, body) = source.split_once("pub enum Action<'a> {").unwrap();
        let (body, _) = body.split_once("\n}").unwrap();
        let lines = body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        lines.map(|line| line.split(['(', ',']).next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_action_and_every_permission_has_its_line() {
        let chat = sample();
        let actions = actions(&chat);
        let name = |action: &Action<'_>| format!("{action:?}").split('(').next().unwrap().to_owned();
        assert_eq!(actions.iter().map(name).collect::<BTreeSet<_>>(), variants());
        let table = table(&RolePermissions::default());
        for permission in Permission::ALL {
            assert_eq!(table.iter().filter(|right| right.permission == Some(permission)).count(), 1, "{permission:?}");
        }
        let titles: BTreeSet<_> = table.iter().map(|right| right.title).collect();
        assert_eq!(titles.len(), table.len());
    }

    #[test]
    fn the_table_says_what_holds() {
        let operator = Permissions::NONE.with(Permission::Block);
        let table = table(&RolePermissions { operator, supervisor: Permissions::ALL });
        let right = |permission| table.iter().find(|right| right.permission == Some(permission)).unwrap();
        let grants = |permission| Role::ALL.map(|role| right(permission).of(role));
        use Grant::{Always, Chosen, Never};
        assert_eq!(grants(Permission::Block), [Always, Chosen(true), Chosen(true), Never, Never]);
        assert_eq!(grants(Permission::Supervise), [Always, Chosen(true), Chosen(false), Never, Never]);
        assert_eq!(grants(Permission::SeeLeads), [Always, Chosen(true), Chosen(false), Never, Always]);
        let titled = |title: &str| Role::ALL.map(|role| table.iter().find(|right| right.title == title).unwrap().of(role));
        assert_eq!(titled("Read the audit log"), [Always, Never, Never, Always, Never]);
        assert_eq!(titled("Answer chats"), [Always, Always, Always, Never, Never]);
        assert_eq!(titled("Export everything"), [Never; 5]);
    }
}
