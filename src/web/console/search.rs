//! `/console/closed`: the closed chats, and all chats that have what is asked for, page by page. What is asked comes in a form and is in
//! no address, so it is in no history and no log.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;

use crate::domain::access::Action;
use crate::domain::department::Department;
use crate::domain::event::Event;
use crate::domain::limits;
use crate::domain::operator::Operator;
use crate::domain::retention::ZoneName;
use crate::domain::search::{Place, Query, Which, text_of};
use crate::domain::site::Site;
use crate::domain::text::{SearchWords, Tag};
use crate::domain::time::Timestamp;
use crate::live::partials::visitor_name;
use crate::service::search::{self, Found, Match, Stays};
use crate::service::{Ctx, sites};
use crate::store::House;
use crate::web::extract::{CsrfForm, Fields, FromFields, Staff};
use crate::web::page::{self, Chrome, Errors};
use crate::web::{Answer, App};

/// Characters shown of a message, and how many of them before the words.
const EXCERPT_CHARS: usize = 200;
const CHARS_BEFORE: usize = 60;

/// What is asked, as typed; an empty field does not count.
#[derive(Clone, Default)]
pub struct Form {
    words: String,
    which: String,
    site: String,
    operator: String,
    department: String,
    tag: String,
    /// Days in the reader's own zone, as `2026-11-22`.
    from: String,
    until: String,
    /// The name of that zone, which the page's script fills in.
    zone: String,
    /// Where the page before ended.
    after: String,
}

impl FromFields for Form {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            words: fields.take("words"),
            which: fields.take("which"),
            site: fields.take("site"),
            operator: fields.take("operator"),
            department: fields.take("department"),
            tag: fields.take("tag"),
            from: fields.take("from"),
            until: fields.take("until"),
            zone: fields.take("zone"),
            after: fields.take("after"),
        }
    }
}

impl Form {
    /// The query, or what is wrong with it.
    fn query(&self) -> Result<(Query, Option<Place>), Errors> {
        let mut errors = Errors::default();
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let words = given(&self.words).map(|words| SearchWords::parse(&words)).transpose();
        let words = words.map_err(|error| errors.add("words", error.to_string())).ok().flatten();
        // The lists give what is there; what is not was purged or renamed meanwhile, and nothing bears it.
        let mut known = |field: &'static str, is_known: bool| {
            if !is_known {
                errors.add(field, "This is not in the list any more. Choose again.");
            }
        };
        let (site, operator) = (given(&self.site).map(|it| it.parse()), given(&self.operator).map(|it| it.parse()));
        let (department, tag) = (given(&self.department).map(|it| it.parse()), given(&self.tag).map(|it| Tag::parse(&it)));
        known("site", !matches!(site, Some(Err(_))));
        known("operator", !matches!(operator, Some(Err(_))));
        known("department", !matches!(department, Some(Err(_))));
        known("tag", !matches!(tag, Some(Err(_))));
        let zone = ZoneName::parse(&self.zone).or_else(|_| ZoneName::parse("UTC")).ok();
        let mut day = |field: &'static str, text: &str| {
            let day = given(text).map(|day| zone.as_ref().and_then(|zone| zone.day(&day)));
            if day == Some(None) {
                errors.add(field, "Write a day like 2026-11-22.");
            }
            day.flatten()
        };
        let (from, until) = (day("from", &self.from), day("until", &self.until));
        if from.zip(until).is_some_and(|(from, until)| from.0 >= until.1) {
            errors.add("until", "This day is before the first one.");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let which = match self.which.as_str() {
            "open" => Which::Open,
            "closed" => Which::Closed,
            _ => Which::All,
        };
        let query = Query {
            words,
            which,
            site: site.and_then(Result::ok),
            operator: operator.and_then(Result::ok),
            department: department.and_then(Result::ok),
            tag: tag.and_then(Result::ok),
            from: from.map(|(begin, _)| begin),
            until: until.map(|(_, end)| end),
            is_lead: false,
        };
        Ok((query, self.after.parse().ok()))
    }

    /// The fields for days.
    fn days(&self) -> [(&'static str, &'static str, &str); 2] {
        [("from", "From", &self.from), ("until", "Until", &self.until)]
    }

    /// What the next page asks again.
    fn carried(&self, is_plain: &bool) -> [(&'static str, &str); 9] {
        [
            ("words", &self.words),
            ("which", if *is_plain { "closed" } else { &self.which }),
            ("site", &self.site),
            ("operator", &self.operator),
            ("department", &self.department),
            ("tag", &self.tag),
            ("from", &self.from),
            ("until", &self.until),
            ("zone", &self.zone),
        ]
    }

    /// Whether more is asked than words.
    fn has_filters(&self) -> bool {
        [&self.site, &self.operator, &self.department, &self.tag, &self.from, &self.until].iter().any(|it| !it.is_empty())
            || matches!(self.which.as_str(), "open" | "closed")
    }
}

#[derive(Template)]
#[template(path = "console/closed.html")]
struct SearchPage<'a> {
    chrome: Chrome,
    form: &'a Form,
    /// Nothing was asked: the newest closed ones.
    is_plain: bool,
    chats: Vec<Chat<'a>>,
    next: Option<Place>,
    /// How many a full page shows.
    limit: usize,
    filters: Vec<Filter<'a>>,
    errors: &'a Errors,
    now: Timestamp,
}

/// Something that can be chosen.
struct Filter<'a> {
    name: &'static str,
    label: &'static str,
    /// What stands there while nothing is.
    any: &'static str,
    chosen: &'a str,
    choices: Vec<Choice>,
}

struct Choice {
    value: String,
    words: String,
}

impl Choice {
    fn new(value: impl ToString, words: &str) -> Self {
        Self { value: value.to_string(), words: words.to_owned() }
    }
}

/// What there is to choose from, for one who serves these sites.
fn filters<'a>(ctx: &Ctx, form: &'a Form, house: &House, sites: &[Arc<Site>]) -> Vec<Filter<'a>> {
    let is_served = |it: &&Arc<Department>| ctx.authorize(Action::ServePart(it.site, Some(it.id))).is_ok();
    let serves = |operator: &&Arc<Operator>| sites.iter().any(|site| operator.membership.includes(site.id));
    let people = house.operators.values().filter(serves).map(|it| Choice::new(it.id, it.name.as_str()));
    let departments = house.departments.values().filter(is_served).map(|it| Choice::new(it.id, it.name.as_str()));
    let tags: BTreeSet<&Tag> = sites.iter().flat_map(|site| &site.tags).collect();
    let which = vec![Choice::new("open", "Open"), Choice::new("closed", "Closed")];
    let site = sites.iter().map(|it| Choice::new(it.id, it.name.as_str())).collect();
    let tags = tags.into_iter().map(|tag| Choice::new(tag.as_str(), tag.as_str())).collect();
    let filter = |name, label, any, chosen, choices| Filter { name, label, any, chosen, choices };
    let all = [
        filter("which", "Chats", "Open and closed", form.which.as_str(), which),
        filter("site", "Site", "All sites", &form.site, site),
        filter("operator", "Answered by", "Anybody", &form.operator, by_words(people.collect())),
        filter("department", "Department", "All departments", &form.department, by_words(departments.collect())),
        filter("tag", "Tag", "Any", &form.tag, tags),
    ];
    // Where there is nothing to choose, nothing is asked.
    all.into_iter().filter(|it| !it.choices.is_empty()).collect()
}

fn by_words(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.sort_by_cached_key(|choice| choice.words.to_lowercase());
    choices
}

struct Chat<'a> {
    found: &'a Match,
    site: &'a str,
    department: Option<&'a str>,
    excerpt: Option<String>,
}

/// The newest closed ones.
pub async fn show(app: App, staff: Staff) -> Answer {
    let query = Query { which: Which::Closed, ..Query::default() };
    let found = staff.act(&app, move |ctx| search::search(ctx, &query, None)).await??;
    draw(&app, &staff, &Form::default(), &found, &Errors::default(), true)
}

/// What is asked for.
pub async fn find(app: App, staff: Staff, CsrfForm(form): CsrfForm<Form>) -> Answer {
    let nothing = Found { matches: Vec::new(), next: None };
    match form.query() {
        Ok((query, after)) => {
            let found = staff.act(&app, move |ctx| search::search(ctx, &query, after)).await??;
            draw(&app, &staff, &form, &found, &Errors::default(), false)
        }
        Err(errors) => draw(&app, &staff, &form, &nothing, &errors, false),
    }
}

fn draw(app: &App, staff: &Staff, form: &Form, found: &Found, errors: &Errors, is_plain: bool) -> Answer {
    let house = app.store.house();
    let chats = found.matches.iter().map(|it| Chat {
        found: it,
        site: house.sites.get(&it.conversation.site).map_or("", |site| site.name.as_str()),
        department: it.conversation.about.department.and_then(|id| house.departments.get(&id)).map(|it| it.name.as_str()),
        excerpt: it.event.as_ref().and_then(excerpt_of(form.words.trim())),
    });
    let chats = chats.collect();
    let ctx = staff.ctx(app);
    let filters = filters(&ctx, form, &house, &sites::served(&ctx));
    let chrome = Chrome::new(app, staff, "closed");
    let (next, limit, now) = (found.next, limits::SEARCH_HITS, app.now());
    page::form(&SearchPage { chrome, form, is_plain, chats, next, limit, filters, errors, now }, errors)
}

impl Chat<'_> {
    fn name(&self) -> &str {
        visitor_name(&self.found.conversation)
    }

    fn is_open(&self) -> bool {
        self.found.conversation.closed_at().is_none()
    }

    fn is_note(&self) -> bool {
        self.found.event.as_ref().is_some_and(|event| event.kind.is_internal())
    }

    fn stars(&self) -> Option<u8> {
        self.found.conversation.about.rating.as_ref().map(|rating| rating.stars.get())
    }

    fn stays(&self) -> Option<&'static str> {
        self.found.stays.map(|stays| match stays {
            Stays::Held => "not before its legal hold is lifted",
            Stays::Restricted => "not before its restriction is lifted",
        })
    }

    /// The next purge takes it; a time in the past would read as a broken promise.
    fn is_due(&self, now: &Timestamp) -> bool {
        self.found.purge_due_at.is_some_and(|due| due <= *now)
    }
}

fn excerpt_of(words: &str) -> impl Fn(&Event) -> Option<String> + '_ {
    move |event| text_of(event).map(|text| excerpt(text, words))
}

/// What stands around the words, or the first of them, on one line.
fn excerpt(message: &str, words: &str) -> String {
    let small = |c: &char| c.to_lowercase().next();
    let message: Vec<char> = message.chars().collect();
    let place = |words: &str| {
        let words: Vec<char> = words.chars().collect();
        let is_here = |window: &[char]| window.iter().map(small).eq(words.iter().map(small));
        message.windows(words.len().max(1)).position(is_here)
    };
    let is_mark = |c: char| matches!(c, '"' | '“' | '”' | '„' | '«' | '»');
    let at = place(words.trim_matches(is_mark))
        .or_else(|| words.split(|c: char| c.is_whitespace() || is_mark(c)).filter_map(place).min());
    let from = at.unwrap_or(0).saturating_sub(CHARS_BEFORE);
    let to = message.len().min(from + EXCERPT_CHARS);
    let shown: String = message[from..to].iter().map(|c| if c.is_whitespace() { ' ' } else { *c }).collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < message.len() { "…" } else { "" });
    format!("{before}{shown}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_words_and_what_is_around_them() {
        assert_eq!(excerpt("My foot\nhurts", "FOOT"), "My foot hurts");
        assert_eq!(excerpt("Short", "elsewhere"), "Short");
        let long = format!("{} Ärger {}", "a".repeat(300), "b".repeat(300));
        for words in ["ärger", "zzz ärger", "\"ärger\"", "„zzz“ ärger"] {
            let shown = excerpt(&long, words);
            assert!(shown.starts_with("…aaa") && shown.contains(" Ärger bbb") && shown.ends_with("b…"), "{shown}");
            assert_eq!(shown.chars().count(), EXCERPT_CHARS + 2);
        }
    }

    #[test]
    fn a_day_is_one_of_the_readers_zone() {
        let form = |from: &str, until: &str, zone: &str| Form {
            from: from.to_owned(),
            until: until.to_owned(),
            zone: zone.to_owned(),
            ..Form::default()
        };
        let spanned =
            |form: Form| form.query().map(|(query, _)| (query.from.unwrap().to_string(), query.until.unwrap().to_string()));
        let berlin = spanned(form("2026-11-22", "2026-11-22", "Europe/Berlin")).ok();
        assert_eq!(berlin, Some(("2026-11-21T23:00:00.000Z".to_owned(), "2026-11-22T23:00:00.000Z".to_owned())));
        let unknown = spanned(form("2026-11-22", "2026-11-23", "Nowhere/Nothing")).ok();
        assert_eq!(unknown, Some(("2026-11-22T00:00:00.000Z".to_owned(), "2026-11-24T00:00:00.000Z".to_owned())));
        assert!(!form("22.11.2026", "", "").query().unwrap_err().of("from").is_empty());
        assert!(!form("2026-11-23", "2026-11-22", "").query().unwrap_err().of("until").is_empty());
        assert!(!Form { site: "sit_x".to_owned(), ..Form::default() }.query().unwrap_err().of("site").is_empty());
    }
}
