//! What a site allows that could carry personal data away or show it to more people. All of it is off until somebody decides.

use super::text::EmailAddress;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on one page of settings")]
pub struct Switches {
    /// Visitors may send files.
    pub visitor_files: bool,
    /// Operators may send files, and ask for them.
    pub operator_files: bool,
    pub operators_mail_transcripts: bool,
    pub mail_transcript_at_close: bool,
    /// Visitors may ask for a copy, to an address that is proven to be theirs.
    pub visitor_transcripts: bool,
    /// Each closed chat is mailed there.
    pub transcript_mailboxes: Vec<EmailAddress>,
    pub address: AddressPolicy,
    /// Operators see what a visitor types before it is sent. The visitor is told.
    pub sneak_peek: bool,
    /// Operators see who browses the website, and may invite them.
    pub monitoring: bool,
    pub web_push: bool,
    pub before_consent: BeforeConsent,
}

/// What is kept, and what operators see, of a visitor's IP address. Host names are looked up for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressPolicy {
    #[default]
    Hidden,
    /// The network: the first 24 bits of IPv4, the first 48 of IPv6.
    Shortened,
    Full,
    /// Known to the connection alone: not to whoever looks at who browses, nor to be kept out by.
    Never,
}

/// What a visitor's browser may keep before they write or agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BeforeConsent {
    #[default]
    Nothing,
    /// What the tab forgets when it is closed.
    Session,
}
