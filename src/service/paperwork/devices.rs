//! Cookies and browser storage, from the table that the source is held against.

use crate::domain::on_device::{Life, Place, TABLE, Whose};
use crate::domain::policy::SignInPolicy;
use crate::domain::switches::BeforeConsent;
use crate::service::paper::{Paper, Section};
use crate::store::House;

pub(super) fn fill(paper: &mut Paper, house: &House) {
    paper.lead.push(
        "There is no tracking and no third party among them: each is set by the appliance itself, and read by it alone."
            .to_owned(),
    );
    for whose in [Whose::Visitors, Whose::Staff] {
        paper.sections.push(listed(whose, &house.policy));
    }
    let mut section = Section::table(
        "before",
        "Before a visitor writes or agrees",
        "What a site lets a visitor’s browser keep before they open the chat, write, or agree.",
        &["Site", "Is kept", "Visits are watched"],
    )
    .or("There is no site.");
    for site in house.sites.values() {
        let kept = match site.switches.before_consent {
            BeforeConsent::Nothing => "Nothing",
            BeforeConsent::Session => "What the tab forgets when it is closed",
        };
        let watched = if site.switches.monitoring { "Yes, in memory for as long as the visit lasts" } else { "No" };
        section.row([site.name.as_str().to_owned(), kept.to_owned(), watched.to_owned()]);
    }
    paper.sections.push(section);
}

fn listed(whose: Whose, policy: &SignInPolicy) -> Section {
    let (id, about) = match whose {
        Whose::Visitors => (
            "visitors",
            "On the device of somebody who opens the chat. Who merely comes to the website with the chat has none of these.",
        ),
        Whose::Staff => ("staff", "On the device of somebody who signs in here."),
    };
    let columns = ["Name", "What", "Of", "Purpose", "Set by", "Stays"];
    let mut section = Section::table(id, whose.title(), about, &columns);
    for kept in TABLE.iter().filter(|kept| kept.whose == whose) {
        let of = if kept.is_of_the_website { "the website with the chat" } else { "the appliance’s address" };
        section.row([
            kept.name.to_owned(),
            kept.place.title().to_owned(),
            of.to_owned(),
            kept.purpose.to_owned(),
            kept.since.title().to_owned(),
            stays(kept.life, kept.place, policy),
        ]);
    }
    section
}

fn stays(life: Life, place: Place, policy: &SignInPolicy) -> String {
    match life {
        Life::StaffSession => {
            format!("until {} minutes without use, at most {} hours", policy.idle_minutes, policy.absolute_hours)
        }
        Life::Seconds(seconds) => span(seconds),
        Life::Tab => "until the tab is closed".to_owned(),
        Life::Browser if place == Place::Cookie => "until the browser is closed, or the sign-in is done".to_owned(),
        Life::Browser => "until the browser is closed".to_owned(),
        Life::Moment => "removed in the same moment".to_owned(),
        Life::Until(what) => format!("until {what}"),
    }
}

fn span(seconds: u64) -> String {
    const DAY: u64 = 24 * 60 * 60;
    if seconds >= DAY { format!("{} days", seconds / DAY) } else { format!("{} minutes", seconds / 60) }
}
