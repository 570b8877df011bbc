//! Who else gets any of the data: whoever is named in the settings, by host, and nobody where nobody is.

use url::Url;

use crate::domain::directory::Security;
use crate::service::paper::Section;
use crate::service::surroundings::Surroundings;
use crate::store::House;

const COLUMNS: [&str; 4] = ["Host", "What for", "What it gets", "Set up under"];

/// The list, empty unless mail, single sign-on, a directory or a webhook is set up.
pub(in crate::service) fn section(house: &House, surroundings: &Surroundings) -> Section {
    let about = "The appliance itself is run by you and sends nothing to whoever wrote it. Whether a host below is a sub-processor, and in which country it stands, you know.";
    let none = if surroundings.air_gap {
        "There is none: an air gap is set, so no connection to anywhere is opened."
    } else {
        "There is none: no mail server, single sign-on, directory or webhook is set up."
    };
    let mut section = Section::table("recipients", "Who else receives data", about, &COLUMNS).or(none);
    if surroundings.air_gap {
        return section;
    }
    let mut add = |host: String, purpose: &str, what: String, place: &str| {
        section.row([host, purpose.to_owned(), what, place.to_owned()]);
    };
    if let Some(host) = &surroundings.mail_host {
        add(host.clone(), "Mail", mailed(house), "[mail] in the settings file");
    }
    if let Some(provider) = house.sso.provider_in_use() {
        let what = "Who signs in and when; it sends name, e-mail address and groups of staff. Nothing about visitors.";
        add(host_of(provider.issuer.as_str()), "Single sign-on", what.to_owned(), "Security, Single sign-on");
    }
    if let Some(directory) = house.sso.directory_in_use() {
        let way = if directory.server.security == Security::None { ", on this very machine" } else { "" };
        let what = format!("Names and passwords of staff who sign in with it{way}. Nothing about visitors.");
        add(directory.server.host.clone(), "Directory", what, "Security, Single sign-on");
    }
    for webhook in house.webhooks.values().filter(|webhook| webhook.is_on) {
        let site = match webhook.site {
            None => "all sites".to_owned(),
            Some(id) => house.sites.get(&id).map_or("a site that is gone", |site| site.name.as_str()).to_owned(),
        };
        let what = if webhook.with_transcript {
            format!("Events of {site}, with what was written in closed chats")
        } else {
            format!("Events of {site}, by id and time, without what was written")
        };
        add(webhook.url.host(), &format!("Webhook “{}”", webhook.name.as_str()), what, "Webhooks");
    }
    section
}

/// What the mail server is handed, as the switches of the sites say.
fn mailed(house: &House) -> String {
    let mut what = vec!["letters to staff about their own accounts, and alerts"];
    let any = |is: fn(&crate::domain::switches::Switches) -> bool| house.sites.values().any(|site| is(&site.switches));
    if any(|it| it.mail_transcript_at_close && !it.transcript_mailboxes.is_empty()) {
        what.push("transcripts of closed chats, to mailboxes of yours");
    }
    if any(|it| it.operators_mail_transcripts) {
        what.push("transcripts that operators send");
    }
    if any(|it| it.visitor_transcripts) {
        what.push("transcripts that visitors ask for");
    }
    let mut text = what.join("; ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// The host of an address; the address itself is nobody's business here, since a path may hold a secret.
fn host_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    url.and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_else(|| "an address that does not read".to_owned())
}
