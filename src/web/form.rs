//! What is wrong with a form, and where on the page it is said: beside the field, and in the summary above the form.

use std::borrow::Cow;

use crate::domain::posture::LockedBy;
use crate::service::Failure;

use super::error::Error;

/// What is wrong with a form, by field.
#[derive(Debug, Default, Clone)]
pub struct Errors {
    said: Vec<(Cow<'static, str>, String)>,
    retry_after: Option<u32>,
    /// What profiles hold of what was to be changed.
    locked: Vec<LockedBy>,
}

impl Errors {
    /// # Errors
    /// What is no refusal of a form.
    pub fn from(failure: Failure) -> Result<Self, Error> {
        let mut errors = Self::default();
        errors.take(failure)?;
        Ok(errors)
    }

    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.said.push((field.into(), message.into()));
    }

    /// Takes up a service's refusal: what names a field stands beside it, what concerns the whole form above it.
    ///
    /// # Errors
    /// What is no refusal of this form.
    pub fn take(&mut self, failure: Failure) -> Result<(), Error> {
        match failure {
            Failure::Invalid { .. } | Failure::InvalidFields(_) => {
                self.said.extend(failure.fields().into_iter().map(|it| (it.field, it.message)));
                Ok(())
            }
            Failure::TooMany { seconds } => {
                self.retry_after = Some(seconds);
                self.add("", failure.to_string());
                Ok(())
            }
            Failure::Locked(locked) => {
                for it in &locked {
                    self.add(it.control.words().field.unwrap_or_default(), it.to_string());
                }
                self.locked = locked;
                Ok(())
            }
            Failure::Conflict(_) | Failure::Illegal(_) | Failure::File(_) | Failure::WrongCredentials | Failure::Sso(_) => {
                self.add("", failure.to_string());
                Ok(())
            }
            Failure::NotFound
            | Failure::Denied(_)
            | Failure::NoRoom
            | Failure::Blocked
            | Failure::InvalidAnswers(_)
            | Failure::ProofNeeded
            | Failure::Store(_) => Err(failure.into()),
        }
    }

    /// The same of a form in which one choice changes what stands on other pages: what a profile holds of it is said beside the choice.
    ///
    /// # Errors
    /// What is no refusal of this form.
    pub fn take_beside(&mut self, field: &'static str, failure: Failure) -> Result<(), Error> {
        let Failure::Locked(locked) = failure else { return self.take(failure) };
        for it in &locked {
            self.add(field, it.to_string());
        }
        self.locked = locked;
        Ok(())
    }

    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.said.iter().find(|(name, _)| *name == field).map_or("", |(_, message)| message)
    }

    /// Seconds to wait, when nothing was wrong but the haste.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// Empty unless a profile holds something that was to be changed.
    #[must_use]
    pub fn locked(&self) -> &[LockedBy] {
        &self.locked
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    /// For the summary above the form: the field, what it is called, and what is wrong with it.
    #[must_use]
    pub fn all(&self) -> Vec<(&str, &'static str, &str)> {
        self.said.iter().map(|(field, message)| (&**field, called(field), message.as_str())).collect()
    }
}

/// What a field is called on its page.
pub(super) fn called(field: &str) -> &'static str {
    match field.split_once('_').filter(|(_, row)| row.parse::<usize>().is_ok()).map_or(field, |(name, _)| name) {
        "absolute_hours" => "End every session after",
        "authority" => "Authority",
        "base" => "Where to look",
        "client_id" => "Client ID",
        "client_secret" => "Client secret",
        "creates_accounts" => "New people",
        "email_attribute" => "E-mail address",
        "filter" => "Filter",
        "find" => "How people are found",
        "group" => "Group",
        "group_base" => "Where groups name their members",
        "groups_attribute" => "Groups",
        "groups_claim" => "Claim with the groups",
        "id_attribute" => "Identity",
        "issuer" => "Issuer",
        "logout_networks" => "Where it may call from",
        "name_attribute" => "Name",
        "reader" => "Reader",
        "reader_password" => "Its password",
        "rule-role" => "Role",
        "rule-site" => "Site",
        "scopes" => "Scopes",
        "security" => "Protection",
        "server" => "Server",
        "sso_name" => "Name",
        "subject" => "Identity",
        "template" => "Pattern",
        "accent" => "Colour",
        "address" => "IP address and host name",
        "admin_email" => "Your e-mail address",
        "admin_name" => "Your name",
        "answer_within" => "Time to accept",
        "assignment" => "Who takes a new chat",
        "ban_minutes" => "The first time",
        "before_consent" => "In the visitor’s browser",
        "burst" => "At once",
        "capacity" => "Chats at once",
        "closing" => "Farewell",
        "confirm" => "Confirmation",
        "date" | "holiday" | "holidays" => "Holidays",
        "day" => "The week",
        "leave_after" => "Offer to leave a message",
        "members" => "Who answers",
        "code" => "Code",
        "consent" => "Consent",
        "current_password" => "Present password",
        "department" => "Department",
        "dormant_days" => "Unused accounts",
        "email" => "E-mail address",
        "from" => "First day",
        "idle_minutes" => "End a session without activity after",
        "idle_close_minutes" => "Close a silent chat after",
        "is_shared" => "Who may use it",
        "language" => "Language",
        "label" => "Question",
        "adding" => "Fields",
        "intro" => "Introduction",
        "help" => "Help",
        "form" => "Form",
        "launcher" | "launcher_text" | "launcher_image" => "Button that opens the chat",
        "hours" => "How long",
        "name" => "Name",
        "network" => "Address or network",
        "networks" => "Allowed addresses",
        "new_password" => "New password",
        "options" => "Options",
        "organisation" => "Organisation",
        "origins" => "Websites",
        "password" => "Password",
        "per_hour" => "After that, in an hour",
        "position" => "Corner of the page",
        "purge" | "purge_hours" | "purge_days" | "purge_hour" | "purge_zone" => "Erasure",
        "reporting_days" => "Numbers for reports",
        "role" => "Role",
        "second_factor" => "Second factor",
        "shortcut" => "Shortcut",
        "site" | "sites" => "Sites",
        "site_name" => "Name of the site",
        "text" => "Text",
        "title" => "Title",
        "scheme" => "Light or dark",
        "tags" => "Tags",
        "to" => "Last day",
        "token" => "Code",
        "transcript_mailboxes" => "Every closed chat goes to",
        "welcome" => "Welcome",
        "zone" => "Time zone",
        "reason" => "Reason",
        "rules" => "Rules",
        "class" => "What goes",
        "days" => "Some days later",
        "every" => "How often",
        "hour" => "Hour",
        "how" => "What becomes of it",
        "month_day" => "Day of the month",
        "tag" => "Tag",
        "weekday" => "Day of the week",
        "when" => "When",
        "whom" => "Whom",
        _ => "",
    }
}
