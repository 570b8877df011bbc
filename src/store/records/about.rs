//! What is known of a conversation, as a part of its head.

use serde::{Deserialize, Serialize};

use super::conversation::AssigneeRecord;
use super::event::RatingRecord;
use super::form::AnswerRecord;
use super::{language, unfit};
use crate::domain::about::{About, Attribute, CameFrom, Channel, Identity};
use crate::domain::id::{DepartmentId, OperatorId, WindowId};
use crate::domain::text::{Line, Name, Tag};
use crate::domain::time::Timestamp;
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
pub(super) struct AboutRecord {
    is_message: bool,
    department: Option<[u8; 16]>,
    window: Option<[u8; 16]>,
    language: String,
    answers: Vec<AnswerRecord>,
    came_from: CameFromRecord,
    identity: Option<IdentityRecord>,
    attributes: Vec<(String, String)>,
    tags: Vec<String>,
    guests: Vec<AssigneeRecord>,
    invited: Vec<[u8; 16]>,
    rating: Option<RatingRecord<'static>>,
    answered_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct CameFromRecord {
    page: Option<String>,
    title: Option<String>,
    referrer: Option<String>,
    browser: Option<String>,
    address: Option<String>,
    host: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct IdentityRecord {
    id: String,
    email_is_proven: bool,
}

fn text(line: Option<&Line>) -> Option<String> {
    line.map(|line| line.as_str().to_owned())
}

fn line(text: Option<String>) -> Result<Option<Line>, StoreError> {
    text.as_deref().map(Line::parse).transpose().map_err(unfit)
}

impl From<&About> for AboutRecord {
    fn from(it: &About) -> Self {
        let CameFrom { page, title, referrer, browser, address, host } = &it.came_from;
        Self {
            is_message: it.channel == Channel::Message,
            department: it.department.map(|id| *id.as_bytes()),
            window: it.window.map(|id| *id.as_bytes()),
            language: it.language.tag().to_owned(),
            answers: it.answers.iter().map(AnswerRecord::from).collect(),
            came_from: CameFromRecord {
                page: text(page.as_ref()),
                title: text(title.as_ref()),
                referrer: text(referrer.as_ref()),
                browser: text(browser.as_ref()),
                address: text(address.as_ref()),
                host: text(host.as_ref()),
            },
            identity: it.identity.as_ref().map(|identity| IdentityRecord {
                id: identity.id.as_str().to_owned(),
                email_is_proven: identity.email_is_proven,
            }),
            attributes: it.attributes.iter().map(|it| (it.name.as_str().to_owned(), it.value.as_str().to_owned())).collect(),
            tags: it.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
            guests: it.guests.iter().map(AssigneeRecord::from).collect(),
            invited: it.invited.iter().map(|id| *id.as_bytes()).collect(),
            rating: it.rating.as_ref().map(|rating| RatingRecord::from(rating).owned()),
            answered_at: it.answered_at.map(Timestamp::as_millis),
        }
    }
}

impl AboutRecord {
    pub(super) fn about(self) -> Result<About, StoreError> {
        let CameFromRecord { page, title, referrer, browser, address, host } = self.came_from;
        let attribute = |(name, value): (String, String)| {
            Ok(Attribute { name: Name::parse(&name).map_err(unfit)?, value: Line::parse(&value).map_err(unfit)? })
        };
        Ok(About {
            channel: if self.is_message { Channel::Message } else { Channel::Chat },
            department: self.department.map(DepartmentId::from_bytes),
            window: self.window.map(WindowId::from_bytes),
            language: language(&self.language)?,
            answers: self.answers.into_iter().map(AnswerRecord::answer).collect::<Result<_, _>>()?,
            came_from: CameFrom {
                page: line(page)?,
                title: line(title)?,
                referrer: line(referrer)?,
                browser: line(browser)?,
                address: line(address)?,
                host: line(host)?,
            },
            identity: match self.identity {
                Some(it) => Some(Identity { id: Line::parse(&it.id).map_err(unfit)?, email_is_proven: it.email_is_proven }),
                None => None,
            },
            attributes: self.attributes.into_iter().map(attribute).collect::<Result<_, StoreError>>()?,
            tags: self.tags.iter().map(|tag| Tag::parse(tag).map_err(unfit)).collect::<Result<_, _>>()?,
            guests: self.guests.into_iter().map(AssigneeRecord::assignee).collect::<Result<_, _>>()?,
            invited: self.invited.into_iter().map(OperatorId::from_bytes).collect(),
            rating: self.rating.map(RatingRecord::rating).transpose()?,
            answered_at: self.answered_at.map(Timestamp::from_millis),
            // These stand behind it in the head.
            is_restricted: false,
            consent_withdrawn_at: None,
            is_anonymised: false,
        })
    }
}
