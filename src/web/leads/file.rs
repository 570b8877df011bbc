//! Leads as a file for a spreadsheet.

use crate::domain::lead::Lead;
use crate::service::csv::line;
use crate::store::House;

use super::page::names;

const HEADER: [&str; 9] = ["when", "site", "department", "channel", "name", "e-mail", "telephone", "answers", "page"];

pub fn write(house: &House, leads: &[Lead]) -> String {
    let mut file = String::new();
    line(&mut file, HEADER);
    for lead in leads {
        let [site, department] = names(house, lead).map(|name| name.unwrap_or_default().to_owned());
        let answers = lead.answers.iter().map(|it| format!("{}: {}", it.label.as_str(), it.value.as_str()));
        line(
            &mut file,
            [
                lead.at.to_string(),
                site,
                department,
                lead.channel.word().to_owned(),
                lead.name.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                lead.email.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                lead.phone.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
                answers.collect::<Vec<_>>().join("; "),
                lead.page.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            ],
        );
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::about::Channel;
    use crate::domain::id::SiteId;
    use crate::domain::text::{EmailAddress, Name, PhoneNumber};
    use crate::domain::time::Timestamp;

    #[test]
    fn what_somebody_wrote_is_no_formula() {
        let lead = Lead {
            site: SiteId::from_bytes([1; 16]),
            department: None,
            channel: Channel::Message,
            at: Timestamp::from_millis(0),
            name: Name::parse("=HYPERLINK(\"https://evil.example\")").ok(),
            email: EmailAddress::parse("maria@example.org").ok(),
            phone: PhoneNumber::parse("+49 30 1234567").ok(),
            answers: Vec::new(),
            page: None,
        };
        let file = write(&House::default(), &[lead]);
        let expected =
            "1970-01-01T00:00:00.000Z,,,message,\"'=HYPERLINK(\"\"https://evil.example\"\")\",maria@example.org,\"'+49";
        assert!(file.lines().nth(1).is_some_and(|line| line.starts_with(expected)), "{file}");
    }
}
