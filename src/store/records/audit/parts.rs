//! What acts say beside ids and counts.

use serde::{Deserialize, Serialize};

use crate::domain::audit::{Area, FactorKind, PurgeRule, SiteSection};
use crate::domain::id::OrderId;
use crate::domain::root_key::KeyPlace;
use crate::domain::space::Room;

#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum AreaRecord {
    Admin,
    Console,
    Live,
    Account,
    Leads,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum SectionRecord {
    General,
    Look,
    Windows,
    Chat,
    Hours,
    Queue,
    Form,
    OfflineForm,
    Texts,
    Invitations,
    Privacy,
    Visitors,
    Redaction,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum FactorRecord {
    Totp,
    Passkey,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum KeyPlaceRecord {
    File,
    Credential,
    Passphrase,
    Variable,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(in crate::store) enum RuleRecord {
    Policy,
    ByHand,
    Tombstone,
    Order([u8; 16]),
    Request,
    Form,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store::records) enum RoomRecord {
    Plenty,
    Low,
    Critical,
}

/// The same variants under the same names.
macro_rules! alike {
    ($domain:ty, $record:ty, $($variant:ident),+) => {
        impl From<$domain> for $record {
            fn from(it: $domain) -> Self {
                match it {
                    $(<$domain>::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$record> for $domain {
            fn from(it: $record) -> Self {
                match it {
                    $(<$record>::$variant => Self::$variant,)+
                }
            }
        }
    };
}

alike!(Area, AreaRecord, Admin, Console, Live, Account, Leads);
alike!(
    SiteSection,
    SectionRecord,
    General,
    Look,
    Windows,
    Chat,
    Hours,
    Queue,
    Form,
    OfflineForm,
    Texts,
    Invitations,
    Privacy,
    Visitors,
    Redaction
);

impl From<FactorKind> for FactorRecord {
    fn from(kind: FactorKind) -> Self {
        match kind {
            FactorKind::Totp => Self::Totp,
            FactorKind::Passkey => Self::Passkey,
        }
    }
}

impl From<FactorRecord> for FactorKind {
    fn from(record: FactorRecord) -> Self {
        match record {
            FactorRecord::Totp => Self::Totp,
            FactorRecord::Passkey => Self::Passkey,
        }
    }
}

impl From<PurgeRule> for RuleRecord {
    fn from(rule: PurgeRule) -> Self {
        match rule {
            PurgeRule::Policy => Self::Policy,
            PurgeRule::ByHand => Self::ByHand,
            PurgeRule::Tombstone => Self::Tombstone,
            PurgeRule::Order(id) => Self::Order(*id.as_bytes()),
            PurgeRule::Request => Self::Request,
            PurgeRule::Form => Self::Form,
        }
    }
}

impl From<RuleRecord> for PurgeRule {
    fn from(record: RuleRecord) -> Self {
        match record {
            RuleRecord::Policy => Self::Policy,
            RuleRecord::ByHand => Self::ByHand,
            RuleRecord::Tombstone => Self::Tombstone,
            RuleRecord::Order(id) => Self::Order(OrderId::from_bytes(id)),
            RuleRecord::Request => Self::Request,
            RuleRecord::Form => Self::Form,
        }
    }
}

impl From<Room> for RoomRecord {
    fn from(room: Room) -> Self {
        match room {
            Room::Plenty => Self::Plenty,
            Room::Low => Self::Low,
            Room::Critical => Self::Critical,
        }
    }
}

impl From<RoomRecord> for Room {
    fn from(record: RoomRecord) -> Self {
        match record {
            RoomRecord::Plenty => Self::Plenty,
            RoomRecord::Low => Self::Low,
            RoomRecord::Critical => Self::Critical,
        }
    }
}

impl From<KeyPlace> for KeyPlaceRecord {
    fn from(place: KeyPlace) -> Self {
        match place {
            KeyPlace::File => Self::File,
            KeyPlace::Credential => Self::Credential,
            KeyPlace::Passphrase => Self::Passphrase,
            KeyPlace::Variable => Self::Variable,
        }
    }
}

impl From<KeyPlaceRecord> for KeyPlace {
    fn from(record: KeyPlaceRecord) -> Self {
        match record {
            KeyPlaceRecord::File => Self::File,
            KeyPlaceRecord::Credential => Self::Credential,
            KeyPlaceRecord::Passphrase => Self::Passphrase,
            KeyPlaceRecord::Variable => Self::Variable,
        }
    }
}
