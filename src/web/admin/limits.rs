//! How often what may be done: every limit with what it does, what it is, and how often it was reached; and what happens to those
//! who scan. Each limit has a page of its own on which it is changed.

use actix_web::{HttpRequest, web};
use askama::Template;

use crate::domain::suspicion::Precautions;
use crate::domain::throttle::{Limit, Rate};
use crate::service::Failure;
use crate::service::throttle::{self, BanForm, Listed, RateForm};
use crate::web::extract::{Admin, CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App, Error, urls};

impl FromFields for RateForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { burst: fields.take("burst"), per_hour: fields.take("per_hour") }
    }
}

impl FromFields for BanForm {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { bans: fields.ticked("bans"), ban_minutes: fields.take("ban_minutes") }
    }
}

/// One row of a table.
struct Row {
    listed: Listed,
    title: &'static str,
    /// For whom it is counted.
    per: &'static str,
}

struct Group {
    title: &'static str,
    help: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/limits.html")]
struct Page<'a> {
    chrome: Chrome,
    groups: Vec<Group>,
    bans: BanForm,
    may_change: bool,
    errors: &'a Errors,
}

#[derive(Template)]
#[template(path = "admin/limit.html")]
struct LimitPage<'a> {
    chrome: Chrome,
    listed: Listed,
    title: &'static str,
    per: &'static str,
    help: &'static str,
    least: Rate,
    most: Rate,
    typed: &'a RateForm,
    errors: &'a Errors,
}

pub async fn list(app: App, request: HttpRequest, staff: Staff) -> Answer {
    let said = if page::says(&request, "saved") { "Saved. It holds from now on." } else { "" };
    draw(&app, &staff, None, &Errors::default(), said)
}

pub async fn save(app: App, Admin(staff): Admin, CsrfForm(form): CsrfForm<BanForm>) -> Answer {
    let typed = form.clone();
    match staff.act(&app, move |ctx| throttle::change_bans(ctx, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::LIMITS))),
        Err(failure) => draw(&app, &staff, Some(typed), &Errors::from(failure)?, ""),
    }
}

fn draw(app: &App, staff: &Staff, typed: Option<BanForm>, errors: &Errors, said: &'static str) -> Answer {
    let (listed, precautions) = staff.look(app, throttle::list)?;
    let bans = typed.unwrap_or_else(|| form_of(&precautions));
    let chrome = Chrome::new(app, staff, "security").saying(said);
    page::form(&Page { chrome, groups: groups(&listed), bans, may_change: staff.is_admin(), errors }, errors)
}

fn form_of(precautions: &Precautions) -> BanForm {
    BanForm { bans: precautions.bans, ban_minutes: precautions.ban_minutes.to_string() }
}

pub async fn show(app: App, Admin(staff): Admin, path: web::Path<String>) -> Answer {
    let limit = limit_of(&path)?;
    draw_one(&app, &staff, limit, None, &Errors::default())
}

pub async fn change(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(form): CsrfForm<RateForm>) -> Answer {
    let limit = limit_of(&path)?;
    let typed = form.clone();
    match staff.act(&app, move |ctx| throttle::change(ctx, limit, &form)).await? {
        Ok(()) => Ok(page::see_other(&format!("{}?saved", urls::LIMITS))),
        Err(failure) => draw_one(&app, &staff, limit, Some(&typed), &Errors::from(failure)?),
    }
}

/// Back to what it usually is.
pub async fn reset(app: App, Admin(staff): Admin, path: web::Path<String>, CsrfForm(()): CsrfForm<()>) -> Answer {
    let limit = limit_of(&path)?;
    staff.act(&app, move |ctx| throttle::reset(ctx, limit)).await??;
    Ok(page::see_other(&format!("{}?saved", urls::LIMITS)))
}

fn draw_one(app: &App, staff: &Staff, limit: Limit, typed: Option<&RateForm>, errors: &Errors) -> Answer {
    let (listed, _) = staff.look(app, throttle::list)?;
    let listed = listed.into_iter().find(|it| it.limit == limit).ok_or(Failure::NotFound)?;
    let as_it_is = RateForm { burst: listed.rate.burst.to_string(), per_hour: listed.rate.per_hour.to_string() };
    let ((title, per, help), (least, most)) = (words(limit), limit.bounds());
    let chrome = Chrome::new(app, staff, "security");
    page::form(&LimitPage { chrome, listed, title, per, help, least, most, typed: typed.unwrap_or(&as_it_is), errors }, errors)
}

fn limit_of(word: &str) -> Result<Limit, Error> {
    Limit::of_word(word).ok_or_else(Error::not_found)
}

fn groups(listed: &[Listed]) -> Vec<Group> {
    let rows = |limits: &[Limit]| {
        let row = |listed: &Listed| {
            let (title, per, _) = words(listed.limit);
            Row { listed: *listed, title, per }
        };
        listed.iter().filter(|it| limits.contains(&it.limit)).map(row).collect()
    };
    vec![
        Group {
            title: "Getting in",
            help: "What somebody tries who does not belong here. Nobody is ever locked out for good: tries come back with time, and a browser that has signed in before keeps tries of its own, whatever strangers do.",
            rows: rows(&[Limit::Passwords, Limit::Codes, Limit::Guesses, Limit::Resets, Limit::ResetsFrom, Limit::Links]),
        },
        Group {
            title: "Visitors",
            help: "A chat that is open goes on by its own count, whatever others do behind the same address.",
            rows: rows(&[
                Limit::Visitors,
                Limit::Chats,
                Limit::ChatsFrom,
                Limit::Messages,
                Limit::MessagesFrom,
                Limit::Files,
                Limit::FilesFrom,
                Limit::Lines,
                Limit::DataCodes,
            ]),
        },
        Group {
            title: "Staff",
            help: "Who is signed in counts for themselves.",
            rows: rows(&[Limit::Searches, Limit::Letters, Limit::StaffRequests]),
        },
        Group { title: "Everything", help: "Before anything else is looked at.", rows: rows(&[Limit::Requests]) },
    ]
}

/// What a limit is called, for whom it is counted, and what it is good for.
const fn words(limit: Limit) -> (&'static str, &'static str, &'static str) {
    match limit {
        Limit::Passwords => (
            "Passwords",
            "account",
            "Wrong passwords for one account. A browser or an address from which somebody has signed in to it before has tries of its own.",
        ),
        Limit::Codes => (
            "Codes of a second factor",
            "account",
            "Wrong codes for one account, counted before they are compared. With these numbers, whoever has the password guesses for a year or more, and you hear of it after the tenth.",
        ),
        Limit::Guesses => {
            ("Passwords and codes", "address", "Whichever account they are for. Browsers that are known do not count.")
        }
        Limit::Resets => ("Letters to choose a new password", "account", "So that nobody’s mailbox is filled by strangers."),
        Limit::ResetsFrom => ("New passwords asked for", "address", "Whichever account it is for."),
        Limit::Links => {
            ("Links of invitations and resets", "address", "Each link can be used once; this is for those who guess links.")
        }
        Limit::Visitors => (
            "New visitors",
            "address",
            "Browsers that open the chat for the first time. A school or a clinic shares one address.",
        ),
        Limit::Chats => ("Chats begun", "visitor", "New chats, and messages left while nobody is there, from one browser."),
        Limit::ChatsFrom => {
            ("Chats begun", "address", "New chats, and messages left while nobody is there, from all browsers of an address.")
        }
        Limit::Messages => ("Messages", "chat", "What one visitor writes. The settings file may say what is usual here."),
        Limit::MessagesFrom => ("Messages", "address", "What all visitors of an address write."),
        Limit::Files => ("Files", "chat", "Where the site allows files."),
        Limit::FilesFrom => ("Files", "address", "From all visitors of an address."),
        Limit::Lines => {
            ("Connections opened", "address", "Whoever reloads a page or comes back from another network opens a new one.")
        }
        Limit::Searches => ("Searches", "person", "A search opens chats one after the other, which takes work."),
        Limit::Letters => (
            "Chats sent by e-mail",
            "person",
            "So that an account that fell into the wrong hands is no way to empty the archive by mail.",
        ),
        Limit::StaffRequests => (
            "Requests of staff",
            "session",
            "Counts when others have used up what the address has: then who is signed in goes on with this.",
        ),
        Limit::DataCodes => (
            "Codes of visitors",
            "address",
            "Typed by who wants to see, or have erased, what is kept about them. A code has 80 bits, so nobody guesses one.",
        ),
        Limit::Requests => ("Requests of any kind", "address", "Pages, pictures, files and everything else."),
    }
}

impl LimitPage<'_> {
    fn span(&self, least: u32, most: u32) -> String {
        format!("From {} to {}.", grouped(least), grouped(most))
    }
}

impl Row {
    fn is_changed(&self) -> bool {
        self.listed.rate != self.listed.usual
    }
}

/// In words: `5 at once, then 120 an hour`.
fn rate(rate: &Rate) -> String {
    format!("{} at once, then {} an hour", grouped(rate.burst), grouped(rate.per_hour))
}

/// How long one takes to come back.
fn every(rate: &Rate) -> String {
    let millis = rate.every().as_millis();
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{} s", (millis + 500) / 1_000),
        _ => format!("{} min", (millis + 30_000) / 60_000),
    }
}

fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_as_people_say_it() {
        assert_eq!(rate(&Limit::Requests.usual()), "1,000 at once, then 180,000 an hour");
        assert_eq!(every(&Limit::Requests.usual()), "20 ms");
        assert_eq!(every(&Limit::Passwords.usual()), "30 s");
        assert_eq!(every(&Limit::Resets.usual()), "10 min");
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn each_limit_stands_on_the_page_once() {
        let listed: Vec<_> = Limit::ALL
            .into_iter()
            .map(|limit| Listed { limit, rate: limit.usual(), usual: limit.usual(), hour: 0, day: 0 })
            .collect();
        let mut shown: Vec<_> = groups(&listed).iter().flat_map(|group| &group.rows).map(|row| row.listed.limit).collect();
        shown.sort();
        assert_eq!(shown, Limit::ALL);
    }
}
