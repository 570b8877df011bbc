//! What is left to do after setup. Each step looks at the installation itself and ticks itself off.

use askama::Template;

use crate::store::House;
use crate::web::extract::Overseer;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App, urls};

struct Step {
    done: bool,
    title: &'static str,
    why: &'static str,
    link: String,
    action: &'static str,
}

#[derive(Template)]
#[template(path = "admin/checklist.html")]
struct Page {
    chrome: Chrome,
    steps: Vec<Step>,
    left: usize,
}

pub async fn show(app: App, Overseer(staff): Overseer) -> Answer {
    let house = app.store.house();
    let talked = app.store.closed_count() > 0 || app.store.open_count() > 0;
    let steps = steps(&house, talked);
    let left = steps.iter().filter(|step| !step.done).count();
    page::show(&Page { chrome: Chrome::new(&app, &staff, "checklist"), steps, left })
}

fn steps(house: &House, talked: bool) -> Vec<Step> {
    let first = house.sites.values().min_by_key(|site| site.created_at);
    let edit = first.map_or_else(|| urls::SITES.to_owned(), |site| urls::site(site.id));
    let privacy = first.map_or_else(|| urls::SITES.to_owned(), |site| urls::site_section(site.id, "privacy"));
    let snippet = first.map_or_else(|| urls::SITES.to_owned(), |site| urls::snippet(site.id));
    vec![
        Step {
            done: true,
            title: "Set up Parlor",
            why: "Your organisation, your account and your first site are there.",
            link: urls::ADMIN.to_owned(),
            action: "Look",
        },
        Step {
            done: talked,
            title: "Try a chat with yourself",
            why: "Open the demo page in one window and the chats in another, and write to yourself.",
            link: "/demo".to_owned(),
            action: "Open the demo page",
        },
        Step {
            done: house.sites.values().any(|site| !site.origins.is_empty()),
            title: "Name the websites that may show the chat",
            why: "Only pages of these websites can open the chat window. Anywhere else it stays hidden.",
            link: edit.clone(),
            action: "Add websites",
        },
        Step {
            done: house.sites.values().any(|site| !site.origins.is_empty()) && talked,
            title: "Put the chat on your website",
            why: "One line of HTML, pasted before the end of the page.",
            link: snippet,
            action: "Show the line",
        },
        Step {
            done: house.operators.len() > 1,
            title: "Invite a colleague",
            why: "Chats go unanswered when you are away. An invitation is a link that works once.",
            link: "/admin/people/new".to_owned(),
            action: "Invite",
        },
        Step {
            done: house.sites.values().any(|site| site.consent.is_some()),
            title: "Decide whether to ask for consent",
            why: "If your rules ask for it, visitors agree to a text of yours before their first message.",
            link: format!("{privacy}#consent"),
            action: "Write the text",
        },
        Step {
            done: !house.allowlist.lists.everybody.is_empty(),
            title: "Limit from where staff may sign in",
            why: "With a list of addresses, nobody outside your offices even sees the sign-in page. The chat itself stays open to visitors.",
            link: urls::SECURITY.to_owned(),
            action: "Set addresses",
        },
    ]
}
