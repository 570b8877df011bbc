//! The record of processing (GDPR, article 30): what is done with whose data, worked out of the settings of each site. What no setting can
//! know, such as the legal basis, is left for people to fill in, and says so.

use super::keeping::clocks;
use crate::domain::form::{Field, Form};
use crate::domain::operator::Role;
use crate::domain::redaction::Redaction;
use crate::domain::site::Site;
use crate::domain::switches::AddressPolicy;
use crate::service::paper::{Paper, Section};
use crate::service::surroundings::Surroundings;
use crate::store::House;

const OPEN: &str = "For you to fill in: ________________";
const COLUMNS: [&str; 5] = ["What for", "Whose data", "Which data", "Who sees them", "Kept"];

pub(super) fn fill(paper: &mut Paper, house: &House, surroundings: &Surroundings) {
    paper.lead.push("What no setting can know is marked for you to fill in.".to_owned());
    paper.sections.push(controller(house));
    for (n, site) in (1..).zip(house.sites.values()) {
        paper.sections.push(of_site(n, site, house, surroundings));
        paper.sections.push(rules_of_site(n, site));
    }
    paper.sections.push(staff(house));
    paper.sections.push(super::recipients(house, surroundings));
    paper.sections.push(measures(house, surroundings));
}

fn controller(house: &House) -> Section {
    let mut section = Section::facts("controller", "Who is responsible", "");
    section.fact("Controller", house.organisation.as_ref().map_or("", |it| it.name.as_str()));
    section.fact("Address and contact", OPEN);
    section.fact("Representative, joint controllers", OPEN);
    section.fact("Data protection officer", OPEN);
    section.fact("Legal basis", format!("{OPEN} (no setting can know it; where a site asks for consent, its text stands below)"));
    section.fact("Processor of the chats", "None: this appliance is run by the controller, on a host of the controller’s choice");
    section.fact("Host", format!("{OPEN} (who runs the machine, and in which country it stands)"));
    section
}

/// Each thing that is done on the site as it is set up, and nothing that is switched off.
fn of_site(n: usize, site: &Site, house: &House, surroundings: &Surroundings) -> Section {
    let websites = site.origins.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
    let about = if websites.is_empty() { "On no website yet.".to_owned() } else { format!("On {websites}.") };
    let title = format!("Processing on {}", site.name.as_str());
    let mut section = Section::table(&format!("site-{n}"), &title, &about, &COLUMNS);
    let staff = format!("{} who serve the site", counted(serving(house, site), "member of staff", "members of staff"));
    let clocks = clocks(house, site);
    let chats = clocks.chats.told_of_closed();
    let writers = "Visitors who write";
    let mut add = |what_for: &str, whose: &str, which: String, who: String, goes: String| {
        section.row([what_for.to_owned(), whose.to_owned(), which, who, goes]);
    };
    let mut data = vec!["what they write".to_owned()];
    data.extend(asked(&site.pre_chat));
    data.push("the page they come from, language, browser by family".to_owned());
    data.extend(address(site.switches.address));
    add("Answering questions in a chat", writers, data.join("; "), staff.clone(), chats.clone());
    let mut left = vec!["what they write".to_owned()];
    left.extend(asked(&site.offline));
    add(
        "Answering messages that are left while nobody is there",
        writers,
        left.join("; "),
        staff.clone(),
        clocks.messages.told_of_closed(),
    );
    if site.identity_secret.is_some() {
        let which = "an id that the website proves, name, e-mail address, what else the website says of them";
        add("Recognising customers of the website", writers, which.to_owned(), staff.clone(), chats.clone());
    }
    if site.switches.visitor_files || site.switches.operator_files {
        let who = match (site.switches.visitor_files, site.switches.operator_files) {
            (true, true) => "visitors and operators may send them",
            (true, false) => "visitors may send them",
            _ => "operators may send them",
        };
        let which = format!("files; {who}; pictures are drawn anew, so that nothing but the pixels is kept");
        add("Exchanging files", writers, which, format!("{staff}, and the visitor"), "Until the chat is closed".to_owned());
    }
    for form in house.forms.values().filter(|form| !form.is_archived && form.site.is_none_or(|it| it == site.id)) {
        let fields: Vec<_> = form.fields.iter().map(|field| field.label.as_str()).collect();
        let mut goes = clocks.submissions.told_of_forms();
        if form.purge_on_first_view {
            goes = format!("Until it is first looked at, and no longer than this: {goes}");
        } else if form.purge_at_close {
            goes = format!("Until its chat is closed, and no longer than this: {goes}");
        }
        let who = format!("{staff}; sensitive answers one by one, for a reason that is on record");
        add(&format!("Secure form “{}”", form.name.as_str()), "Visitors who fill it in", fields.join(", "), who, goes);
    }
    if site.rating {
        add("Asking how it was", writers, "one to five stars, a comment".to_owned(), staff.clone(), chats.clone());
    }
    if site.switches.sneak_peek {
        let which = "what they type and have not sent; they are told so";
        add("Preparing an answer", writers, which.to_owned(), staff.clone(), "Never written down".to_owned());
    }
    if site.switches.monitoring {
        let which = "the pages they look at and where they came from, without what stands behind ? or #";
        let goes = "Until 90 seconds after they were last heard of; never written down".to_owned();
        add("Seeing who browses, and inviting them", "Visitors of the website", which.to_owned(), staff, goes);
    }
    if surroundings.mail_host.is_some() {
        let all_mail = site.switches.mail_transcript_at_close && !site.switches.transcript_mailboxes.is_empty();
        let mut who = Vec::new();
        if all_mail {
            who.push(counted(site.switches.transcript_mailboxes.len(), "mailbox of yours", "mailboxes of yours"));
        }
        if site.switches.operators_mail_transcripts {
            who.push("addresses that operators write".to_owned());
        }
        if site.switches.visitor_transcripts {
            who.push("the visitor, at an address that is proven to be theirs".to_owned());
        }
        if !who.is_empty() {
            let goes = "Here as long as the chat; in mailboxes until you see to it".to_owned();
            add("Mailing transcripts", writers, "the chat".to_owned(), who.join("; "), goes);
        }
    }
    section
}

/// What stands beside the table: consent, and what is made unreadable before anything is stored.
fn rules_of_site(n: usize, site: &Site) -> Section {
    let mut section =
        Section::facts(&format!("site-{n}-rules"), &format!("{}: consent and minimisation", site.name.as_str()), "");
    match &site.consent {
        None => section.fact("Consent", "Not asked for"),
        Some(consent) => {
            section.fact("Consent", format!("Version {} of {}: “{}”", consent.version, consent.since, consent.text.as_str()));
        }
    }
    section.fact(
        "IP address and host name",
        address(site.switches.address).unwrap_or_else(|| match site.switches.address {
            AddressPolicy::Never => "never recorded".to_owned(),
            _ => "neither shown nor kept with the chat".to_owned(),
        }),
    );
    section.fact("Made unreadable before it is stored", redacted(&site.redaction));
    let networks = site.visitors.only.len() + site.visitors.never.len();
    if networks > 0 {
        section.fact("Visitors’ networks", format!("{} named", counted(networks, "network is", "networks are")));
    }
    section
}

fn asked(form: &Form) -> Option<String> {
    let label = |field: &Field| {
        let optional = if field.is_required { "" } else { " (optional)" };
        format!("{}{optional}", field.label.as_str())
    };
    let fields: Vec<_> = form.fields.iter().map(label).collect();
    (!fields.is_empty()).then(|| format!("answers to: {}", fields.join(", ")))
}

fn address(policy: AddressPolicy) -> Option<String> {
    match policy {
        AddressPolicy::Full => Some("IP address and host name, in full".to_owned()),
        AddressPolicy::Shortened => Some("IP address, shortened to its network".to_owned()),
        _ => None,
    }
}

fn redacted(redaction: &Redaction) -> String {
    let mut what = Vec::new();
    if redaction.cards {
        what.push("numbers of payment cards".to_owned());
    }
    if redaction.ssn {
        what.push("social security numbers of the United States".to_owned());
    }
    if redaction.iban {
        what.push("bank accounts (IBAN)".to_owned());
    }
    what.extend(redaction.patterns.iter().map(|it| it.name.as_str().to_owned()));
    if what.is_empty() { "Nothing".to_owned() } else { what.join(", ") }
}

fn serving(house: &House, site: &Site) -> usize {
    house.operators.values().filter(|it| it.is_active() && it.role.serves() && it.membership.includes(site.id)).count()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What is done with the data of those who work here.
fn staff(house: &House) -> Section {
    let mut section = Section::table("staff", "Processing of staff’s data", "", &COLUMNS);
    let people = "Members of staff";
    let admins = "Administrators".to_owned();
    let log = format!("{} days", house.audit_days.get());
    let rows = [
        (
            "Signing in",
            "name, e-mail address, role, password as a hash, second factors",
            admins.clone(),
            "While the account is there".to_owned(),
        ),
        (
            "Guarding sessions",
            "when, from which address, in which browser by family",
            "Administrators, and each their own".to_owned(),
            format!("At most {} hours", house.policy.absolute_hours),
        ),
        ("Proving who did what", "acts, times, addresses, never content", "Administrators and auditors".to_owned(), log),
        (
            "Reporting",
            "how many chats they answered, how fast, how they were rated",
            "Who may see reports".to_owned(),
            format!("{} days", house.reporting.get()),
        ),
        (
            "Keeping intruders out",
            "addresses from which passwords were tried, in memory",
            admins,
            "Until the next start at the latest".to_owned(),
        ),
    ];
    for (what_for, which, who, goes) in rows {
        section.row([what_for.to_owned(), people.to_owned(), which.to_owned(), who, goes]);
    }
    section
}

/// Technical and organisational measures (article 32), as far as they are facts.
fn measures(house: &House, surroundings: &Surroundings) -> Section {
    let mut section = Section::facts("measures", "How it is protected", "Facts of this installation at this moment.");
    section.fact("On the wire", "TLS 1.2 and 1.3 alone, with AEAD suites");
    section.fact(
        "On the disk",
        "Sealed with AES-256-GCM; each chat and each submission under a key of its own, which erasing destroys",
    );
    section.fact("Root key", surroundings.root_key.clone());
    let networks = house.allowlist.lists.count();
    section
        .fact("Staff come in from", if networks == 0 { "anywhere".to_owned() } else { counted(networks, "network", "networks") });
    section.fact("A second factor is asked of", second_factor(house));
    section.fact("Who did what", "An audit log whose rows are chained and sealed");
    section.fact("Backups", surroundings.backup_plan.clone().unwrap_or_else(|| "none are planned".to_owned()));
    section
}

/// Of which roles a second factor is asked.
pub(in crate::service) fn second_factor(house: &House) -> String {
    let roles: Vec<_> = Role::ALL.into_iter().filter(|role| house.policy.second_factor.contains(*role)).map(Role::tag).collect();
    if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") }
}
