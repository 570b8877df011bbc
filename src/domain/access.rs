//! Who may do what. Every act of every face asks `authorize`, and nothing else decides.

use super::id::{OperatorId, SiteId};
use super::operator::{Membership, Role};
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

/// What is wanted. What belongs to a site names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    StartConversation(SiteId),
    /// Read, answer, accept or close a conversation of this site.
    ServeConversation(SiteId),
    UseConsole,
    /// Something on a site that not every role may.
    Use(Permission, SiteId),
    /// The same on every site, those to come included.
    UseEverywhere(Permission),
    ManageSites,
    ManagePeople,
    /// Shut out who has not been here for long.
    DisableDormant,
    ManageAllowlist,
    ManagePrivacy,
    ReadSystem,
    /// Change the root key or print it in parts: for the owner of the host alone.
    ManageRootKey,
    ReadAudit,
    Purge,
    /// Make backups and rehearse their restoring.
    BackUp,
    /// Read everything at once, in clear; the host's owner alone.
    Export,
}

/// The actor may not; the edge answers as if the thing did not exist where that would tell something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct Denied;

/// # Errors
/// `Denied` when the actor may not; the reason is the rule below and needs no more words.
pub fn authorize(actor: &Actor, action: Action) -> Result<(), Denied> {
    let allowed = match (actor, action) {
        (Actor::Host, _) => true,
        (
            Actor::Timer,
            Action::DisableDormant | Action::Purge | Action::ServeConversation(_) | Action::BackUp | Action::ReadSystem,
        ) => true,
        (Actor::Visitor { site, .. }, Action::StartConversation(wanted)) => *site == wanted,
        (Actor::Staff { membership, .. }, Action::ServeConversation(site)) => membership.includes(site),
        (Actor::Staff { .. }, Action::UseConsole) => true,
        (Actor::Staff { role, membership, permissions, .. }, Action::Use(permission, site)) => {
            membership.includes(site) && (*role == Role::Admin || permissions.contains(permission))
        }
        (Actor::Staff { role, membership, permissions, .. }, Action::UseEverywhere(permission)) => {
            *membership == Membership::AllSites && (*role == Role::Admin || permissions.contains(permission))
        }
        (
            Actor::Staff { role: Role::Admin, .. },
            Action::ManageSites
            | Action::ManagePeople
            | Action::ManageAllowlist
            | Action::ManagePrivacy
            | Action::ReadSystem
            | Action::ReadAudit
            | Action::Purge
            | Action::BackUp,
        ) => true,
        _ => false,
    };
    if allowed { Ok(()) } else { Err(Denied) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_serves_only_their_sites_and_manages_nothing() {
        let mine = SiteId::from_bytes([1; 16]);
        let other = SiteId::from_bytes([2; 16]);
        let operator = Actor::Staff {
            id: OperatorId::from_bytes([9; 16]),
            role: Role::Operator,
            membership: Membership::of_sites([mine]),
            permissions: Permissions::NONE.with(Permission::Block),
        };
        assert_eq!(authorize(&operator, Action::ServeConversation(mine)), Ok(()));
        assert_eq!(authorize(&operator, Action::ServeConversation(other)), Err(Denied));
        assert_eq!(authorize(&operator, Action::Use(Permission::Block, mine)), Ok(()));
        assert_eq!(authorize(&operator, Action::Use(Permission::Block, other)), Err(Denied));
        assert_eq!(authorize(&operator, Action::Use(Permission::Supervise, mine)), Err(Denied));
        for action in [Action::ManageSites, Action::ManagePeople, Action::ManageAllowlist, Action::ManagePrivacy, Action::Purge] {
            assert_eq!(authorize(&operator, action), Err(Denied), "{action:?}");
        }
    }

    #[test]
    fn a_visitor_may_only_start_on_their_own_site() {
        let site = SiteId::from_bytes([1; 16]);
        let visitor = Actor::Visitor { site, token_index: [0; 32] };
        assert_eq!(authorize(&visitor, Action::StartConversation(site)), Ok(()));
        assert_eq!(authorize(&visitor, Action::StartConversation(SiteId::from_bytes([2; 16]))), Err(Denied));
        assert_eq!(authorize(&visitor, Action::UseConsole), Err(Denied));
    }
}
