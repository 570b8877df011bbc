//! Who may do what. Every act of every face asks `authorize`, and nothing else decides.

use super::conversation::Conversation;
use super::id::{DepartmentId, OperatorId, SiteId};
use super::operator::{Membership, Operator, Role};
use super::permission::{Permission, Permissions};

/// Who is acting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A visitor of one site, known by the keyed hash of their token and by nothing else.
    Visitor { site: SiteId, token_index: [u8; 32] },
    Staff {
        id: OperatorId,
        role: Role,
        membership: Membership,
        /// What their role may beyond answering chats.
        permissions: Permissions,
    },
    /// The owner of the host: the command line, and setup with its one-time token.
    Host,
    /// A timer of the appliance itself.
    Timer,
    /// Somebody who has not proven anything yet: at sign-in, at setup and at the door of an invitation. May nothing; those
    /// acts ask for their own proof.
    Stranger,
}

/// What is wanted. What belongs to a site, or to a part of one, names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action<'a> {
    StartConversation(SiteId),
    /// Read, answer, accept or close this conversation, and be told of it.
    ServeConversation(&'a Conversation),
    /// Know of a site: work for it, or for one of its departments.
    ServeSite(SiteId),
    /// Know of a part of a site: a department, or, with `None`, what belongs to none.
    ServePart(SiteId, Option<DepartmentId>),
    UseConsole,
    /// See, take along and have erased what is kept about oneself.
    AskForOwnData(&'a Conversation),
    /// Something that not every role may, in this conversation.
    UseIn(Permission, &'a Conversation),
    /// The same for what belongs to a department of a site, or to none.
    UsePart(Permission, SiteId, Option<DepartmentId>),
    /// The same for a site as a whole.
    Use(Permission, SiteId),
    /// The same on every site, those to come included.
    UseEverywhere(Permission),
    ManageSites,
    ManagePeople,
    /// Shut out who has not been here for long.
    DisableDormant,
    ManageAllowlist,
    ManagePrivacy,
    /// Look at how the installation is set up, and change nothing.
    ReadPosture,
    ReadSystem,
    /// Change the root key or print it in parts: for the owner of the host alone.
    ManageRootKey,
    ReadAudit,
    Purge,
    /// Make backups and rehearse their restoring.
    BackUp,
    /// Read everything at once, in clear; the host's owner alone.
    Export,
    /// Take everything along that is kept, in files.
    ExportEverything,
}

/// The actor may not; the edge answers as if the thing did not exist where that would tell something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct Denied;

/// # Errors
/// `Denied` when the actor may not; the reason is the rule below and needs no more words.
pub fn authorize(actor: &Actor, action: Action<'_>) -> Result<(), Denied> {
    let allowed = match (actor, action) {
        (Actor::Host, _) => true,
        (
            Actor::Timer,
            Action::DisableDormant | Action::Purge | Action::ServeConversation(_) | Action::BackUp | Action::ReadSystem,
        ) => true,
        (Actor::Visitor { site, .. }, Action::StartConversation(wanted)) => *site == wanted,
        (Actor::Visitor { site, token_index }, Action::ServeConversation(it) | Action::AskForOwnData(it)) => {
            *site == it.site && *token_index == it.token_index
        }
        (Actor::Staff { id, role, membership, permissions }, action) => {
            Member { id: *id, role: *role, membership, permissions: *permissions }.may(action)
        }
        _ => false,
    };
    if allowed { Ok(()) } else { Err(Denied) }
}

/// The same rules for a member of staff who is not asking: whether something can be handed to them.
#[must_use]
pub fn is_open_to(person: &Operator, action: Action<'_>) -> bool {
    let &Operator { id, role, ref membership, .. } = person;
    person.is_active() && Member { id, role, membership, permissions: Permissions::NONE }.may(action)
}

struct Member<'a> {
    id: OperatorId,
    role: Role,
    membership: &'a Membership,
    permissions: Permissions,
}

impl Member<'_> {
    fn may(&self, action: Action<'_>) -> bool {
        match action {
            Action::UseConsole => self.role.serves(),
            Action::ServeSite(site) => self.role.serves() && self.membership.includes(site),
            Action::ServePart(site, department) => self.role.serves() && self.membership.covers(site, department),
            // Who was brought into a conversation sees it, whatever department it belongs to, as long as they work for its site.
            // What is kept and not used any more is for those who look after the rights of people, and for nobody else.
            Action::ServeConversation(it) if it.is_withheld() && self.role != Role::Admin => false,
            Action::ServeConversation(it) => {
                self.may(Action::ServePart(it.site, it.about.department))
                    || (self.may(Action::ServeSite(it.site)) && it.was_opened_to(self.id))
            }
            Action::UseIn(permission, it) => self.has(permission) && self.may(Action::ServeConversation(it)),
            Action::UsePart(permission, site, department) => self.has(permission) && self.membership.covers(site, department),
            Action::Use(permission, site) => self.may(Action::UsePart(permission, site, None)),
            Action::UseEverywhere(permission) => self.has(permission) && *self.membership == Membership::AllSites,
            Action::ManageSites
            | Action::ManagePeople
            | Action::ManageAllowlist
            | Action::ManagePrivacy
            | Action::Purge
            | Action::BackUp
            | Action::ExportEverything => self.role == Role::Admin,
            Action::ReadPosture | Action::ReadSystem | Action::ReadAudit => matches!(self.role, Role::Admin | Role::Auditor),
            Action::StartConversation(_)
            | Action::AskForOwnData(_)
            | Action::DisableDormant
            | Action::ManageRootKey
            | Action::Export => false,
        }
    }

    fn has(&self, permission: Permission) -> bool {
        match self.role {
            Role::Admin => true,
            Role::Supervisor | Role::Operator => self.permissions.contains(permission),
            Role::Client => permission == Permission::SeeLeads,
            Role::Auditor => false,
        }
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
