//! How long things are kept, what purges them, and what is held.

use crate::domain::clocks::Clocks;
use crate::domain::hold::HeldThing;
use crate::domain::limits;
use crate::domain::purge_rule::{Every, How, PurgeOrder, Standing, When};
use crate::domain::retention::RetentionClass;
use crate::domain::site::Site;
use crate::service::paper::Section;
use crate::store::House;

/// One of a site's clocks, in words.
type Told = fn(&Clocks) -> String;

/// Sites of one clock that are named.
const SITES_NAMED: usize = 20;

/// What is kept for how long, on each site and on all of them.
pub(in crate::service) fn retention(house: &House) -> Section {
    let columns = ["What", "Site", "Kept", "How it goes"];
    let about = "Each chat and each submission has a key of its own; erasing it destroys the key. What a legal hold keeps stays until the hold ends.";
    let mut section = Section::table("retention", "How long things are kept", about, &columns);
    let key = "Its key is destroyed, and what was sealed with it is removed";
    let of_sites: [(&str, Told); 5] = [
        ("Chats, with all that was written in them and about their visitor", |it| it.chats.told_of_closed()),
        ("Messages left while nobody was there", |it| it.messages.told_of_closed()),
        ("What is left of anonymised chats: when they were, and how they were marked", |it| it.anonymised.told_of_closed()),
        ("Submissions of secure forms", |it| it.submissions.told_of_forms()),
        ("Files sent in a chat", |_| "Until the chat is closed".to_owned()),
    ];
    let mut add = |what: &str, sites: &str, goes: String, how: &str| {
        section.row([what.to_owned(), sites.to_owned(), goes, how.to_owned()]);
    };
    for (what, goes) in of_sites {
        let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
        for site in house.sites.values() {
            let goes = goes(&clocks(house, site));
            match alike.iter_mut().find(|(same, _)| *same == goes) {
                Some((_, sites)) => sites.push(site.name.as_str()),
                None => alike.push((goes, vec![site.name.as_str()])),
            }
        }
        for (goes, sites) in alike {
            add(what, &listed(&sites), goes, key);
        }
    }
    let all = "All";
    let removed = "Removed, with a receipt";
    add("Numbers for reports, which name no visitor", all, days(house.reporting.get()), removed);
    add(
        "Rows of the audit log, purge receipts among them",
        all,
        days(house.audit_days.get()),
        "Removed, oldest first, with a row that says so",
    );
    add(
        "What was told to webhooks, without content",
        all,
        house.retention.deliveries.told("Until it has arrived", "it has arrived"),
        "Removed",
    );
    let session =
        format!("Until {} minutes without use, at most {} hours", house.policy.idle_minutes, house.policy.absolute_hours);
    add("Sessions of staff", all, session, "Removed");
    add("Accounts of staff", all, dormant(house.policy.dormant_days), "Kept by name, so that the audit log can be read");
    let visit = format!("Until {} seconds after they were last heard of", limits::VISIT_LIFE.as_secs());
    add("Who browses a website that is watched", all, visit, "Was never written down");
    add("Drafts of replies", all, "Until they are sent, at the latest until the chat is closed".to_owned(), key);
    add("Evidence reports", all, format!("Until there are {} newer ones", limits::EVIDENCE_KEPT), "Removed");
    section
}

/// The clocks of a site.
pub(super) fn clocks(house: &House, site: &Site) -> Clocks {
    Clocks::of(Some(site), &house.retention, house.reporting)
}

/// The names of a few; of many, the first of them and how many more there are.
fn listed(sites: &[&str]) -> String {
    match sites.len().checked_sub(SITES_NAMED) {
        None | Some(0) => sites.join(", "),
        Some(more) => format!("{} and {more} more", sites[..SITES_NAMED].join(", ")),
    }
}

fn days(days: u16) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn dormant(days: Option<u16>) -> String {
    match days {
        Some(days) => format!("Disabled after {days} days without a sign-in"),
        None => "Until an administrator disables them".to_owned(),
    }
}

/// Purge rules, armed and drafted.
pub(in crate::service) fn orders(house: &House) -> Section {
    let columns = ["Rule", "What", "When", "How", "Stands", "Last run"];
    let mut section =
        Section::table("rules", "Purge rules", "", &columns).or("There is no purge rule: the times above are all there is.");
    for order in house.orders.values() {
        let stands = match order.standing {
            Standing::Draft => "drafted, does nothing yet".to_owned(),
            Standing::Armed { since } => format!("armed since {since}"),
        };
        let last =
            order.last.map_or_else(|| "never".to_owned(), |run| format!("{}: {} erased, {} held", run.at, run.drawers, run.held));
        section.row([
            order.name.as_str().to_owned(),
            what(house, order),
            when(&order.when),
            how(order.how).to_owned(),
            stands,
            last,
        ]);
    }
    section
}

fn what(house: &House, order: &PurgeOrder) -> String {
    let mut text = class(order.what.class).to_owned();
    if let Some(site) = order.what.site {
        text.push_str(&format!(" of {}", house.sites.get(&site).map_or("a site that is gone", |it| it.name.as_str())));
    }
    if let Some(department) = order.what.department {
        let name = house.departments.get(&department).map_or("a department that is gone", |it| it.name.as_str());
        text.push_str(&format!(", department {name}"));
    }
    if let Some(tag) = &order.what.tag {
        text.push_str(&format!(", marked {}", tag.as_str()));
    }
    text
}

/// What a class is called in papers.
pub(in crate::service) const fn class(class: RetentionClass) -> &'static str {
    match class {
        RetentionClass::Transcripts => "Chats",
        RetentionClass::Attachments => "Files",
        RetentionClass::Reporting => "Numbers for reports",
        RetentionClass::Messages => "Messages left",
        RetentionClass::Submissions => "Form submissions",
        RetentionClass::Deliveries => "Webhook deliveries",
    }
}

/// What a rule does.
pub(in crate::service) const fn how(how: How) -> &'static str {
    match how {
        How::Erase => "erased",
        How::Anonymise => "made anonymous",
    }
}

/// When a rule does it.
pub(in crate::service) fn when(when: &When) -> String {
    let hours = |count: u16, noun: &str| if count == 1 { format!("1 {noun} after") } else { format!("{count} {noun}s after") };
    match when {
        When::AtClose => "at close".to_owned(),
        When::AfterMailed => "once the transcript was mailed".to_owned(),
        When::AfterDelivered => "once a webhook’s receiver has taken it".to_owned(),
        When::OnFirstView => "on first view".to_owned(),
        When::OnConsentWithdrawn => "when consent is withdrawn".to_owned(),
        When::HoursAfter(count) => hours(*count, "hour"),
        When::DaysAfter(count) => hours(*count, "day"),
        When::Schedule(schedule) => {
            let at = format!("at {:02}:00 ({})", schedule.hour, schedule.zone.as_str());
            match schedule.every {
                Every::Hour => "each hour".to_owned(),
                Every::Day => format!("each day {at}"),
                Every::Week(day) => format!("each {} {at}", weekday(day)),
                Every::Month(day) => format!("each month on day {day} {at}"),
            }
        }
    }
}

const fn weekday(day: u8) -> &'static str {
    match day {
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        6 => "Saturday",
        _ => "Sunday",
    }
}

/// Legal holds: on what and since when. Why, somebody wrote in words of their own, which do not leave with a paper; nor does who a
/// person is.
pub(in crate::service) fn holds(house: &House) -> Section {
    let columns = ["Hold", "On", "Since", "By"];
    let about = "What nobody and nothing erases at present. The reasons stand on the page Holds.";
    let mut section = Section::table("holds", "Legal holds", about, &columns).or("There is none.");
    for hold in house.holds.values() {
        let on = match hold.on {
            HeldThing::Conversation(id) => format!("chat {id}"),
            HeldThing::Submission(id) => format!("submission {id}"),
            HeldThing::Person(_) => "a person".to_owned(),
            HeldThing::Site(id) => format!("site {}", house.sites.get(&id).map_or("that is gone", |it| it.name.as_str())),
        };
        let by = house.operators.get(&hold.by).map_or("somebody who is gone", |it| it.name.as_str());
        section.row([hold.id.to_string(), on, hold.at.to_string(), by.to_owned()]);
    }
    section
}
