//! Every table on one page. All of them live in one sled tree, told apart by the first byte of the key: so a group of batches
//! is one write that is there as a whole after a crash, or not at all.
//!
//! | tag | table | key | value | sealed under |
//! |---|---|---|---|---|
//! | 0x01 | meta | name | format, installation, commit number | clear: they say nothing about anybody |
//! | 0x02 | keys | level 1 ‖ index 4 ‖ epoch 8 | node of the key tree | the key in the node above |
//! | 0x05 | catalogue | number of the page 4 | the drawers in 32 neighbouring slots | house |
//! | 0x10 | settings | name | organisation, allowlist, a change of the root key between its first and last write | house |
//! | 0x11 | sites | site id 16 | site | house |
//! | 0x12 | operators | operator id 16 | operator | house |
//! | 0x13 | sessions | SHA-256 of the session 32 | session | house |
//! | 0x14 | secrets | name | bytes | house |
//! | 0x15 | audit | number 8 | entry with the hash of the one before | house |
//! | 0x16 | purges | epoch 8 | a purge between its first and last write | house |
//! | 0x17 | tombstones | epoch 8 | the drawers destroyed in it | house |
//! | 0x18 | departments | department id 16 | department | house |
//! | 0x19 | canned | canned response id 16 | canned response | house |
//! | 0x1a | blocks | block id 16 | who is kept out, and until when | house |
//! | 0x1b | counters | keyed hash of the day 8 ‖ keyed hash of the rest 16 | a counter for reports | house |
//! | 0x1c | letters | operator id 16 | which letters about their account they are owed | house |
//! | 0x1d | mails | drawer id 16 | that its transcript is yet to be mailed | house |
//! | 0x1e | factors | operator id 16 | one-time passwords, recovery codes and passkeys of somebody | house |
//! | 0x1f | alerts | alert id 16 | what administrators have to see | house |
//! | 0x20 | heads | drawer id 16 | conversation | drawer |
//! | 0x21 | events | drawer id 16 ‖ seq 4 | event | drawer |
//! | 0x22 | transcripts | drawer id 16 ‖ part 2 | a closed conversation with all its events (see `transcript`) | drawer |
//! | 0x23 | files | drawer id 16 ‖ file id 16 | how long a file is (see `attachments`) | drawer |
//! | | | drawer id 16 ‖ file id 16 ‖ chunk 4 | a piece of it | drawer |
//! | 0x24 | drafts | drawer id 16 ‖ operator id 16 ‖ kind 1 | what somebody has typed in an open conversation and not sent | drawer |
//! | 0x25 | signatures | drawer id 16 | what words a closed conversation may hold (see `search/signature`) | drawer |
//! | 0x26 | submissions | drawer id 16 | what was filled in in a secure form | drawer |
//! | 0x27 | orders | order id 16 | purge rule | house |
//! | 0x28 | due | drawer id 16 | a drawer that has to go because of something that happened | house |
//! | 0x29 | holds | hold id 16 | legal hold | house |
//! | 0x2a | forms | form id 16 | secure form | house |
//! | 0x2b | requests | request id 16 | a secure form that somebody was asked to fill in | house |
//! | 0x2c | webhooks | webhook id 16 | a receiver of events | house |
//! | 0x2d | deliveries | delivery id 16 | an event on its way to a receiver | house |
//! | 0x2e | evidence | evidence id 16 | a report on how the installation is set up | house |
//! | 0x2f | subjects | subject hash 16 ‖ drawer id 16 | that the drawer is about this person | one byte, clear: the key says all |
//! | 0x30 | subjects of | drawer id 16 ‖ subject hash 16 | the same the other way round | one byte, clear: the key says all |
//!
//! A value larger than `parts::PART_BYTES` goes on under the same key with one more byte: 1, 2, 3… (see `parts`).

use crate::domain::event::Seq;
use crate::domain::id::ConversationId;

/// Grows by one whenever what is on disk changes its shape.
pub(super) const FORMAT: u16 = 5;
/// The oldest format that differs from this one in nothing but what records may hold: each says its own version, so a start reads
/// them as they are and only notes in the tip that older programs would not understand what is written from now on.
pub(super) const FORMAT_ALIKE: u16 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Meta,
    Keys,
    Catalogue,
    Settings,
    Sites,
    Operators,
    Sessions,
    Secrets,
    Audit,
    Purges,
    Tombstones,
    Departments,
    Canned,
    Blocks,
    Counters,
    Mails,
    Letters,
    Factors,
    Alerts,
    Heads,
    Events,
    Transcripts,
    Files,
    Drafts,
    Signatures,
    Submissions,
    Orders,
    Due,
    Holds,
    Forms,
    Requests,
    Webhooks,
    Deliveries,
    Evidence,
    Subjects,
    SubjectsOf,
}

pub(super) const META_FORMAT: &[u8] = b"format";
pub(super) const META_INSTALLATION: &[u8] = b"installation";
pub(super) const META_COMMIT: &[u8] = b"commit";
pub(super) const META_LIVE: &[u8] = b"live";
pub(super) const META_CHECK: &[u8] = b"check";
pub(super) const SETTING_ORGANISATION: &[u8] = b"organisation";
pub(super) const SETTING_BACKUPS: &[u8] = b"backups";
pub(super) const SETTING_ALLOWLIST: &[u8] = b"allowlist";
pub(super) const SETTING_PERMISSIONS: &[u8] = b"permissions";
pub(super) const SETTING_POLICY: &[u8] = b"sign-in";
pub(super) const SETTING_PRECAUTIONS: &[u8] = b"precautions";
/// Single sign-on.
pub(super) const SETTING_SSO: &[u8] = b"sso";
/// How long things are kept where their site says nothing else, whether anything is purged, and what is enforced.
pub(super) const SETTING_RETENTION: &[u8] = b"retention";
pub(super) const SETTING_PURGING: &[u8] = b"purging";
pub(super) const SETTING_POSTURE: &[u8] = b"posture";
/// How far the index of people has come with what is older than it.
pub(super) const SETTING_BACKLOG: &[u8] = b"backlog";
pub(super) const SETTING_REPORTING: &[u8] = b"reporting";
/// For how long the audit log is kept, and what the last start was like.
pub(super) const SETTING_AUDIT: &[u8] = b"audit";
pub(super) const SETTING_START: &[u8] = b"start";
/// Audit rows that a rescue could not bring back.
pub(super) const SETTING_GAPS: &[u8] = b"audit gaps";
/// Only while the root key changes.
pub(super) const SETTING_REKEY: &[u8] = b"rekey";

impl Table {
    pub(super) const ALL: [Self; 36] = [
        Self::Meta,
        Self::Keys,
        Self::Catalogue,
        Self::Settings,
        Self::Sites,
        Self::Operators,
        Self::Sessions,
        Self::Secrets,
        Self::Audit,
        Self::Purges,
        Self::Tombstones,
        Self::Departments,
        Self::Canned,
        Self::Blocks,
        Self::Counters,
        Self::Mails,
        Self::Letters,
        Self::Factors,
        Self::Alerts,
        Self::Heads,
        Self::Events,
        Self::Transcripts,
        Self::Files,
        Self::Drafts,
        Self::Signatures,
        Self::Submissions,
        Self::Orders,
        Self::Due,
        Self::Holds,
        Self::Forms,
        Self::Requests,
        Self::Webhooks,
        Self::Deliveries,
        Self::Evidence,
        Self::Subjects,
        Self::SubjectsOf,
    ];

    /// The table that a key of the tree belongs to.
    pub(super) fn of_key(key: &[u8]) -> Option<Self> {
        let tag = key.first()?;
        Self::ALL.into_iter().find(|table| table.tag() == *tag)
    }

    pub(super) const fn tag(self) -> u8 {
        match self {
            Self::Meta => 0x01,
            Self::Keys => 0x02,
            Self::Catalogue => 0x05,
            Self::Settings => 0x10,
            Self::Sites => 0x11,
            Self::Operators => 0x12,
            Self::Sessions => 0x13,
            Self::Secrets => 0x14,
            Self::Audit => 0x15,
            Self::Purges => 0x16,
            Self::Tombstones => 0x17,
            Self::Departments => 0x18,
            Self::Canned => 0x19,
            Self::Blocks => 0x1a,
            Self::Counters => 0x1b,
            Self::Mails => 0x1d,
            Self::Letters => 0x1c,
            Self::Factors => 0x1e,
            Self::Alerts => 0x1f,
            Self::Heads => 0x20,
            Self::Events => 0x21,
            Self::Transcripts => 0x22,
            Self::Files => 0x23,
            Self::Drafts => 0x24,
            Self::Signatures => 0x25,
            Self::Submissions => 0x26,
            Self::Orders => 0x27,
            Self::Due => 0x28,
            Self::Holds => 0x29,
            Self::Forms => 0x2a,
            Self::Requests => 0x2b,
            Self::Webhooks => 0x2c,
            Self::Deliveries => 0x2d,
            Self::Evidence => 0x2e,
            Self::Subjects => 0x2f,
            Self::SubjectsOf => 0x30,
        }
    }

    /// The name that sealed values are bound to.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Keys => "keys",
            Self::Catalogue => "catalogue",
            Self::Settings => "settings",
            Self::Sites => "sites",
            Self::Operators => "operators",
            Self::Sessions => "sessions",
            Self::Secrets => "secrets",
            Self::Audit => "audit",
            Self::Purges => "purges",
            Self::Tombstones => "tombstones",
            Self::Departments => "departments",
            Self::Canned => "canned",
            Self::Blocks => "blocks",
            Self::Counters => "counters",
            Self::Mails => "mails",
            Self::Letters => "letters",
            Self::Factors => "factors",
            Self::Alerts => "alerts",
            Self::Heads => "heads",
            Self::Events => "events",
            Self::Transcripts => "transcripts",
            Self::Files => "files",
            Self::Drafts => "drafts",
            Self::Signatures => "signatures",
            Self::Submissions => "submissions",
            Self::Orders => "orders",
            Self::Due => "due",
            Self::Holds => "holds",
            Self::Forms => "forms",
            Self::Requests => "requests",
            Self::Webhooks => "webhooks",
            Self::Deliveries => "deliveries",
            Self::Evidence => "evidence",
            Self::Subjects => "subjects",
            Self::SubjectsOf => "subjects of",
        }
    }

    /// How many parts a value may have.
    pub(super) const fn parts_max(self) -> u8 {
        match self {
            Self::Sites | Self::Forms => 128,
            Self::Settings
            | Self::Operators
            | Self::Secrets
            | Self::Departments
            | Self::Canned
            | Self::Factors
            | Self::Submissions => 16,
            Self::Purges | Self::Tombstones | Self::Evidence => u8::MAX,
            Self::Heads => 6,
            Self::Holds => 2,
            Self::Events | Self::Drafts => 5,
            _ => 1,
        }
    }

    /// Whether a value may become shorter: then what is left of a longer one is removed with each write.
    pub(super) const fn may_shrink(self) -> bool {
        matches!(
            self,
            Self::Settings
                | Self::Sites
                | Self::Operators
                | Self::Secrets
                | Self::Departments
                | Self::Canned
                | Self::Factors
                | Self::Heads
                | Self::Drafts
                | Self::Forms
                | Self::Submissions
                | Self::Evidence
        )
    }

    /// The key in the tree.
    pub(super) fn key(self, key: &[u8]) -> Vec<u8> {
        let mut full = Vec::with_capacity(1 + key.len() + 1);
        full.push(self.tag());
        full.extend_from_slice(key);
        full
    }
}

pub(super) fn event_key(drawer: ConversationId, seq: Seq) -> [u8; 20] {
    let mut key = [0; 20];
    key[..16].copy_from_slice(drawer.as_bytes());
    key[16..].copy_from_slice(&seq.to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tables_share_a_tag_or_a_name() {
        let all = Table::ALL;
        let tags: std::collections::BTreeSet<_> = all.iter().map(|table| table.tag()).collect();
        let names: std::collections::BTreeSet<_> = all.iter().map(|table| table.name()).collect();
        assert_eq!((tags.len(), names.len()), (all.len(), all.len()));
    }

    #[test]
    fn events_sort_by_their_number() {
        let drawer = ConversationId::from_bytes([1; 16]);
        assert!(event_key(drawer, 2) < event_key(drawer, 10));
        assert!(event_key(drawer, 255) < event_key(drawer, 256));
    }
}
