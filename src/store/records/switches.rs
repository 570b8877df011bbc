//! A site's switches, as a part of its record.

use serde::{Deserialize, Serialize};

use super::unfit;
use crate::domain::switches::{AddressPolicy, BeforeConsent, Switches};
use crate::domain::text::EmailAddress;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "as in the domain")]
pub(super) struct SwitchesRecord {
    visitor_files: bool,
    operator_files: bool,
    operators_mail_transcripts: bool,
    mail_transcript_at_close: bool,
    visitor_transcripts: bool,
    transcript_mailboxes: Vec<String>,
    address: AddressRecord,
    sneak_peek: bool,
    monitoring: bool,
    web_push: bool,
    before_consent: BeforeConsentRecord,
}

#[derive(Serialize, Deserialize)]
enum AddressRecord {
    Hidden,
    Shortened,
    Full,
    Never,
}

#[derive(Serialize, Deserialize)]
enum BeforeConsentRecord {
    Nothing,
    Session,
}

impl From<&Switches> for SwitchesRecord {
    fn from(it: &Switches) -> Self {
        Self {
            visitor_files: it.visitor_files,
            operator_files: it.operator_files,
            operators_mail_transcripts: it.operators_mail_transcripts,
            mail_transcript_at_close: it.mail_transcript_at_close,
            visitor_transcripts: it.visitor_transcripts,
            transcript_mailboxes: it.transcript_mailboxes.iter().map(|address| address.as_str().to_owned()).collect(),
            address: match it.address {
                AddressPolicy::Hidden => AddressRecord::Hidden,
                AddressPolicy::Shortened => AddressRecord::Shortened,
                AddressPolicy::Full => AddressRecord::Full,
                AddressPolicy::Never => AddressRecord::Never,
            },
            sneak_peek: it.sneak_peek,
            monitoring: it.monitoring,
            web_push: it.web_push,
            before_consent: match it.before_consent {
                BeforeConsent::Nothing => BeforeConsentRecord::Nothing,
                BeforeConsent::Session => BeforeConsentRecord::Session,
            },
        }
    }
}

impl SwitchesRecord {
    pub(super) fn switches(self) -> Result<Switches, StoreError> {
        let mailboxes = self.transcript_mailboxes.iter().map(|address| EmailAddress::parse(address).map_err(unfit));
        Ok(Switches {
            visitor_files: self.visitor_files,
            operator_files: self.operator_files,
            operators_mail_transcripts: self.operators_mail_transcripts,
            mail_transcript_at_close: self.mail_transcript_at_close,
            visitor_transcripts: self.visitor_transcripts,
            transcript_mailboxes: mailboxes.collect::<Result<_, _>>()?,
            address: match self.address {
                AddressRecord::Hidden => AddressPolicy::Hidden,
                AddressRecord::Shortened => AddressPolicy::Shortened,
                AddressRecord::Full => AddressPolicy::Full,
                AddressRecord::Never => AddressPolicy::Never,
            },
            sneak_peek: self.sneak_peek,
            monitoring: self.monitoring,
            web_push: self.web_push,
            before_consent: match self.before_consent {
                BeforeConsentRecord::Nothing => BeforeConsent::Nothing,
                BeforeConsentRecord::Session => BeforeConsent::Session,
            },
        })
    }
}
