//! What the roles below the administrators may do beyond answering chats.

use super::operator::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Permission {
    /// Send files and ask for them, where the site allows it.
    SendFiles,
    /// Mail a transcript, where the site allows it.
    MailTranscripts,
    /// Write one transcript into a file.
    ExportTranscripts,
    /// Keep visitors out, and let them in again.
    Block,
    /// See a visitor's address, as far as the site shows it.
    SeeAddress,
    /// See who browses and invite them.
    InviteVisitors,
    /// Listen in, whisper, take chats over.
    Supervise,
    SeeReports,
    /// Change canned responses that all share.
    ManageSharedCanned,
    /// Read who left a name or an address, of many chats at once.
    SeeLeads,
    /// Send secure forms, into a chat or as a link.
    SendForms,
    /// See in clear what was filled in in one, for a reason.
    RevealAnswers,
}

impl Permission {
    pub const ALL: [Self; 12] = [
        Self::SendFiles,
        Self::MailTranscripts,
        Self::ExportTranscripts,
        Self::Block,
        Self::SeeAddress,
        Self::InviteVisitors,
        Self::Supervise,
        Self::SeeReports,
        Self::ManageSharedCanned,
        Self::SeeLeads,
        Self::SendForms,
        Self::RevealAnswers,
    ];
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u16);

impl Permissions {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self((1 << Permission::ALL.len()) - 1);

    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u8)
    }

    #[must_use]
    pub const fn without(self, permission: Permission) -> Self {
        Self(self.0 & !(1 << permission as u8))
    }

    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// As one bit each, in the order of `Permission::ALL`.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Bits that mean nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::ALL.0)
    }
}

/// What each role may. Administrators may everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolePermissions {
    pub operator: Permissions,
    pub supervisor: Permissions,
}

impl RolePermissions {
    /// What comes with a role, or was granted to it.
    #[must_use]
    pub const fn of(&self, role: Role) -> Permissions {
        match role {
            Role::Admin => Permissions::ALL,
            Role::Supervisor => self.supervisor,
            Role::Operator => self.operator,
            Role::Auditor => Permissions::NONE,
            Role::Client => Permissions::NONE.with(Permission::SeeLeads),
        }
    }
}

impl Default for RolePermissions {
    fn default() -> Self {
        let operator = Permissions::NONE
            .with(Permission::SendFiles)
            .with(Permission::MailTranscripts)
            .with(Permission::Block)
            .with(Permission::SeeAddress)
            .with(Permission::InviteVisitors)
            .with(Permission::SendForms);
        Self { operator, supervisor: Permissions::ALL }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = Permissions::NONE.with(Permission::Block).with(Permission::SeeReports);
        for permission in Permission::ALL {
            assert_eq!(set.contains(permission), matches!(permission, Permission::Block | Permission::SeeReports));
            assert!(Permissions::ALL.contains(permission) && !Permissions::NONE.contains(permission));
        }
        assert_eq!(Permissions::from_bits(u16::MAX), Permissions::ALL);
        assert_eq!(Permissions::from_bits(set.bits()), set);
        assert!(!RolePermissions::default().operator.contains(Permission::Supervise));
    }
}
