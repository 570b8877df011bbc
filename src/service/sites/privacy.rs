//! What a site asks agreement to, what it lets leave the appliance or be seen, and when it forgets.

use super::{Ctx, Failure, Fields, Section, number};
use crate::domain::audit::SiteSection;
use crate::domain::consent;
use crate::domain::limits;
use crate::domain::retention::SiteClocks;
use crate::domain::site::{Site, SiteError};
use crate::domain::switches::{AddressPolicy, BeforeConsent, Switches};
use crate::domain::text::{EmailAddress, Notice, TextError};
use crate::service::purging::PurgeForm;

#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the form")]
pub struct PrivacyForm {
    /// Empty: visitors are not asked.
    pub consent: String,
    /// `nothing` or `session`
    pub before_consent: String,
    pub visitor_files: bool,
    pub operator_files: bool,
    pub operators_mail_transcripts: bool,
    pub mail_transcript_at_close: bool,
    pub visitor_transcripts: bool,
    /// One address a line.
    pub transcript_mailboxes: String,
    /// `never`, `hidden`, `shortened` or `full`
    pub address: String,
    pub sneak_peek: bool,
    pub monitoring: bool,
    pub web_push: bool,
    pub purging: PurgeForm,
    /// `same`: as the plan of the house says.
    pub messages: PurgeForm,
    pub submissions: PurgeForm,
    pub idle_close_minutes: String,
}

impl Section for PrivacyForm {
    const NAME: SiteSection = SiteSection::Privacy;

    fn of(site: &Site) -> Self {
        let switches = &site.switches;
        Self {
            consent: site.consent.as_ref().map(|it| it.text.as_str().to_owned()).unwrap_or_default(),
            before_consent: match switches.before_consent {
                BeforeConsent::Nothing => "nothing",
                BeforeConsent::Session => "session",
            }
            .to_owned(),
            visitor_files: switches.visitor_files,
            operator_files: switches.operator_files,
            operators_mail_transcripts: switches.operators_mail_transcripts,
            mail_transcript_at_close: switches.mail_transcript_at_close,
            visitor_transcripts: switches.visitor_transcripts,
            transcript_mailboxes: switches.transcript_mailboxes.iter().map(EmailAddress::as_str).collect::<Vec<_>>().join("\n"),
            address: match switches.address {
                AddressPolicy::Hidden => "hidden",
                AddressPolicy::Shortened => "shortened",
                AddressPolicy::Full => "full",
                AddressPolicy::Never => "never",
            }
            .to_owned(),
            sneak_peek: switches.sneak_peek,
            monitoring: switches.monitoring,
            web_push: switches.web_push,
            purging: PurgeForm::of(&site.purge),
            messages: PurgeForm::of_own(site.clocks.messages.as_ref()),
            submissions: PurgeForm::of_own(site.clocks.submissions.as_ref()),
            idle_close_minutes: site.idle_close_minutes.to_string(),
        }
    }

    fn apply(&self, ctx: &Ctx, site: &mut Site) -> Result<(), Failure> {
        let mut fields = Fields::default();
        let text = if self.consent.trim().is_empty() {
            Some(None)
        } else {
            fields.take("consent", Notice::parse(&self.consent)).map(Some)
        };
        let switches = self.parse_switches(&mut fields);
        let purge = self.purging.parse("purge", &mut fields);
        let messages = self.messages.parse_own("messages", &mut fields);
        let submissions = self.submissions.parse_own("submissions", &mut fields);
        let clocks = messages.zip(submissions).map(|(messages, submissions)| SiteClocks { messages, submissions });
        let idle = number(&self.idle_close_minutes).filter(|minutes| (5..=10_080).contains(minutes));
        let idle = fields.take("idle_close_minutes", idle.ok_or(SiteError::IdleClose));
        let (Some(text), Some(switches), Some(purge), Some(clocks), Some(idle)) = (text, switches, purge, clocks, idle) else {
            return Err(fields.failure());
        };
        consent::put(site, text, ctx.now);
        site.switches = switches;
        site.purge = purge;
        site.clocks = clocks;
        site.idle_close_minutes = idle;
        Ok(())
    }
}

impl PrivacyForm {
    fn parse_switches(&self, fields: &mut Fields) -> Option<Switches> {
        let before_consent = match self.before_consent.as_str() {
            "nothing" => Ok(BeforeConsent::Nothing),
            "session" => Ok(BeforeConsent::Session),
            _ => Err("Choose what may be stored before a visitor writes or agrees."),
        };
        let before_consent = fields.take("before_consent", before_consent);
        let address = match self.address.as_str() {
            "hidden" => Ok(AddressPolicy::Hidden),
            "shortened" => Ok(AddressPolicy::Shortened),
            "full" => Ok(AddressPolicy::Full),
            "never" => Ok(AddressPolicy::Never),
            _ => Err("Choose how much of an address operators see."),
        };
        let address = fields.take("address", address);
        let transcript_mailboxes = fields.take("transcript_mailboxes", parse_mailboxes(&self.transcript_mailboxes));
        Some(Switches {
            visitor_files: self.visitor_files,
            operator_files: self.operator_files,
            operators_mail_transcripts: self.operators_mail_transcripts,
            mail_transcript_at_close: self.mail_transcript_at_close,
            visitor_transcripts: self.visitor_transcripts,
            transcript_mailboxes: transcript_mailboxes?,
            address: address?,
            sneak_peek: self.sneak_peek,
            monitoring: self.monitoring,
            web_push: self.web_push,
            before_consent: before_consent?,
        })
    }
}

/// One address a line; empty lines do not count, repetitions count once.
fn parse_mailboxes(text: &str) -> Result<Vec<EmailAddress>, String> {
    let mut mailboxes = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mailbox = EmailAddress::parse(line).map_err(|error: TextError| error.to_string())?;
        if !mailboxes.contains(&mailbox) {
            mailboxes.push(mailbox);
        }
    }
    if mailboxes.len() > limits::TRANSCRIPT_MAILBOXES {
        return Err(format!("At most {} addresses fit.", limits::TRANSCRIPT_MAILBOXES));
    }
    Ok(mailboxes)
}
