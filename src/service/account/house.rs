//! What the house keeps: settings, sites, people and what else is small. A secret is told by whether there is one.

use serde_json::{Value, json};

use super::name::Sheet;
use super::row::{Cell, Rows};
use super::{Ctx, Failure};
use crate::domain::block::Blocked;
use crate::domain::department::Members;
use crate::domain::form::{Consent, FieldKind, Form};
use crate::domain::hold::HeldThing;
use crate::domain::hours::{Hours, Span};
use crate::domain::look::{Launcher, Look, Position, Scheme};
use crate::domain::network::Network;
use crate::domain::operator::{Membership, Operator, Part, Role, Standing as Account};
use crate::domain::posture::Profile;
use crate::domain::purge_rule::Standing;
use crate::domain::redaction::Redaction;
use crate::domain::routing::{Assignment, Routing};
use crate::domain::secure_form::{SecureForm, SecureKind};
use crate::domain::site::Site;
use crate::domain::switches::{AddressPolicy, BeforeConsent, Switches};
use crate::domain::webhook::{DeliveryOutcome, WebhookEvent};
use crate::service::{audit_log, evidence, paperwork};
use crate::store::House;

pub(super) fn fill(ctx: &Ctx, sheet: Sheet, rows: &mut Rows) -> Result<(), Failure> {
    let house = ctx.store.house();
    match sheet {
        Sheet::Settings => settings(ctx, &house, rows),
        Sheet::Sites => house.sites.values().try_for_each(|it| rows.row(&site(it))),
        Sheet::Departments => house.departments.values().try_for_each(|it| {
            rows.row(&[
                Cell::of(it.id),
                Cell::of(it.site),
                Cell::text(it.name.as_str()),
                match &it.members {
                    Members::AllOfSite => Cell::text("all"),
                    Members::Only(members) => Cell::Parts(ids(members)),
                },
                it.hours.as_ref().map_or(Cell::None, |it| Cell::Parts(hours(it))),
                it.routing.as_ref().map_or(Cell::None, |it| Cell::Parts(routing(it))),
                Cell::of(it.created_at),
            ])
        }),
        Sheet::People => house.operators.values().try_for_each(|it| rows.row(&person(&house, it))),
        Sheet::Canned => house.canned.values().try_for_each(|it| {
            rows.row(&[
                Cell::of(it.id),
                Cell::of_maybe(it.owner),
                Cell::of_maybe(it.site),
                Cell::text(it.shortcut.as_str()),
                Cell::text(it.title.as_str()),
                Cell::text(it.text.as_str()),
                Cell::maybe(it.language.map(|it| it.tag())),
                Cell::of(it.created_at),
            ])
        }),
        Sheet::Blocks => house.blocks.values().try_for_each(|it| {
            rows.row(&[
                Cell::of(it.id),
                Cell::of_maybe(it.site),
                match &it.whom {
                    // The keyed hash says nothing to anybody but this installation.
                    Blocked::Visitor(_) => Cell::text("a visitor"),
                    Blocked::Network(network) => Cell::of(network),
                },
                Cell::of_maybe(it.until),
                Cell::maybe(it.reason.as_ref().map(|it| it.as_str())),
                Cell::of(it.by),
                Cell::of(it.at),
            ])
        }),
        Sheet::PurgeRules => house.orders.values().try_for_each(|it| {
            rows.row(&[
                Cell::of(it.id),
                Cell::text(it.name.as_str()),
                Cell::text(paperwork::class(it.what.class)),
                Cell::of_maybe(it.what.site),
                Cell::of_maybe(it.what.department),
                Cell::maybe(it.what.tag.as_ref().map(|it| it.as_str())),
                Cell::of(paperwork::when(&it.when)),
                Cell::text(paperwork::how(it.how)),
                match it.standing {
                    Standing::Draft => Cell::None,
                    Standing::Armed { since } => Cell::of(since),
                },
                it.last.map_or(Cell::None, |run| {
                    Cell::Parts(json!({ "at": run.at.to_string(), "erased": run.drawers, "held": run.held }))
                }),
                Cell::of(it.created_at),
            ])
        }),
        Sheet::Holds => house.holds.values().try_for_each(|it| {
            let (on, what) = match it.on {
                HeldThing::Conversation(id) => ("conversation", Cell::of(id)),
                HeldThing::Submission(id) => ("submission", Cell::of(id)),
                HeldThing::Person(_) => ("person", Cell::None),
                HeldThing::Site(id) => ("site", Cell::of(id)),
            };
            rows.row(&[Cell::of(it.id), Cell::text(on), what, Cell::text(it.reason.as_str()), Cell::of(it.by), Cell::of(it.at)])
        }),
        Sheet::Forms => house.forms.values().try_for_each(|it| rows.row(&form(it))),
        Sheet::Webhooks => house.webhooks.values().try_for_each(|it| {
            let events = WebhookEvent::ALL.into_iter().filter(|event| it.events.contains(*event));
            rows.row(&[
                Cell::of(it.id),
                Cell::of_maybe(it.site),
                Cell::text(it.name.as_str()),
                Cell::text(&it.url.host()),
                Cell::Parts(events.map(|event| Value::from(event_word(event))).collect()),
                Cell::Flag(it.with_transcript),
                Cell::Flag(it.is_on),
                Cell::of(it.created_at),
            ])
        }),
        Sheet::Deliveries => house.deliveries.values().try_for_each(|it| {
            let (outcome, status, at) = match it.outcome {
                DeliveryOutcome::Waiting => ("waiting", None, it.next_at),
                DeliveryOutcome::Delivered { at, status } => ("delivered", Some(status), at),
                DeliveryOutcome::GivenUp { at, status } => ("given up", status, at),
                DeliveryOutcome::Lapsed { at } => ("lapsed", None, at),
            };
            rows.row(&[
                Cell::of(it.id),
                Cell::of(it.webhook),
                Cell::text(event_word(it.event)),
                Cell::of_maybe(it.site),
                Cell::of_maybe(it.conversation),
                Cell::of(it.since),
                Cell::Number(it.tries.into()),
                Cell::text(outcome),
                status.map_or(Cell::None, |it| Cell::Number(it.into())),
                Cell::of(at),
            ])
        }),
        Sheet::Alerts => house.alerts.values().try_for_each(|it| {
            rows.row(&[
                Cell::of(it.id),
                Cell::text(evidence::alerted(it.kind)),
                Cell::of(it.since),
                Cell::of(it.last_at),
                Cell::Number(it.count.into()),
                Cell::of_maybe(it.from),
                Cell::of_maybe(it.acknowledged.map(|(by, _)| by)),
                Cell::of_maybe(it.acknowledged.map(|(_, at)| at)),
            ])
        }),
        Sheet::Evidence => house.evidence.keys().try_for_each(|id| {
            let Some(it) = ctx.store.evidence(*id)? else { return Ok(()) };
            rows.row(&[Cell::of(it.id), Cell::of(it.at), Cell::of(&it.json)])
        }),
        Sheet::Counters => counters(ctx, rows),
        Sheet::Audit => audit(ctx, &house, rows),
        // Those lie in drawers of their own, see `chats`.
        Sheet::Submissions | Sheet::Conversations | Sheet::Events => Ok(()),
    }
}

fn settings(ctx: &Ctx, house: &House, rows: &mut Rows) -> Result<(), Failure> {
    let organisation = house.organisation.as_ref();
    let policy = &house.policy;
    let lists = &house.allowlist.lists;
    let roles =
        |is_in: &dyn Fn(Role) -> bool| Role::ALL.into_iter().filter(|role| is_in(*role)).map(Role::tag).collect::<Vec<_>>();
    let networks = |list: &[Network]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let by_role: serde_json::Map<_, _> =
        lists.by_role.iter().map(|(role, list)| (role.tag().to_owned(), networks(list).into())).collect();
    let enforced: serde_json::Map<_, _> = house
        .posture
        .enforced
        .iter()
        .map(|(profile, it)| {
            (profile.title().to_owned(), json!({ "since": it.since.to_string(), "by": it.by.map(|it| it.to_string()) }))
        })
        .collect();
    let locked: Vec<_> =
        Profile::ALL.into_iter().filter(|it| house.posture.enforced.contains_key(it)).map(Profile::title).collect();
    let sso = &house.sso;
    let plan = &house.retention;
    let all = [
        ("format", json!("parlor account 1")),
        ("made_at", json!(ctx.now.to_string())),
        ("version", json!(env!("CARGO_PKG_VERSION"))),
        ("installation", json!(data_encoding::HEXLOWER.encode(&ctx.store.installation()))),
        ("organisation", json!(organisation.map(|it| it.name.as_str()))),
        ("set_up_at", json!(organisation.map(|it| it.set_up_at.to_string()))),
        ("reporting_days", json!(house.reporting.get())),
        ("audit_days", json!(house.audit_days.get())),
        ("messages_erased", json!(plan.messages.as_ref().map(|it| it.promise()))),
        ("submissions_erased", json!(plan.submissions.promise())),
        ("deliveries_erased", json!(plan.deliveries.promise())),
        ("second_factor_of", json!(roles(&|role| policy.second_factor.contains(role)))),
        ("idle_minutes", json!(policy.idle_minutes)),
        ("absolute_hours", json!(policy.absolute_hours)),
        ("dormant_days", json!(policy.dormant_days)),
        ("staff_networks", json!(networks(&lists.everybody))),
        ("staff_networks_by_role", Value::Object(by_role)),
        ("operators_may", json!(may(house, Role::Operator))),
        ("supervisors_may", json!(may(house, Role::Supervisor))),
        ("single_sign_on", json!(sso.is_on)),
        ("single_sign_on_enforced", json!(sso.is_in_force())),
        ("single_sign_on_issuer", json!(sso.provider.as_ref().map(|it| it.issuer.as_str()))),
        ("directory", json!(sso.directory.as_ref().map(|it| it.server.url()))),
        ("alerts_by_mail", json!(house.precautions.mails_alerts)),
        ("profiles_enforced", Value::Object(enforced)),
        ("profiles", json!(locked)),
    ];
    all.into_iter().try_for_each(|(name, value)| {
        let value = match value {
            Value::Null => Cell::None,
            Value::String(text) => Cell::of(text),
            other => Cell::Parts(other),
        };
        rows.row(&[Cell::text(name), value])
    })
}

/// What a role may beyond what comes with it, as the page Permissions calls it.
fn may(house: &House, role: Role) -> Vec<&'static str> {
    use crate::domain::rights::{Grant, table};
    table(&house.permissions).iter().filter(|right| right.of(role) == Grant::Chosen(true)).map(|right| right.title).collect()
}

fn site(it: &Site) -> Vec<Cell<'_>> {
    let origins = it.origins.iter().map(|it| Value::from(it.as_str()));
    let windows = it.windows.iter().map(|it| {
        json!({ "id": it.id.to_string(), "name": it.name.as_str(), "look": look(&it.look), "department": it.department.map(|it| it.to_string()) })
    });
    let texts = it.texts.iter().map(|((language, key), text)| json!({ "language": language.tag(), "key": key, "text": text }));
    let rules = it.invitations.iter().map(|it| {
        json!({
            "id": it.id.to_string(), "name": it.name.as_str(), "text": it.text.as_str(), "is_on": it.is_on,
            "page": it.page.as_ref().map(|it| it.as_str()), "referrer": it.referrer.as_ref().map(|it| it.as_str()),
            "seconds_on_page": it.seconds_on_page, "pages_seen": it.pages_seen, "scrolled_percent": it.scrolled_percent,
            "exit_intent": it.exit_intent, "again_after_days": it.again_after_days,
        })
    });
    let networks = |list: &[Network]| Cell::Parts(list.iter().map(|it| Value::from(it.to_string())).collect());
    vec![
        Cell::of(it.id),
        Cell::text(it.name.as_str()),
        Cell::Parts(origins.collect()),
        Cell::text(it.zone.as_str()),
        Cell::text(it.language.tag()),
        Cell::Parts(look(&it.look)),
        Cell::Parts(windows.collect()),
        Cell::text(it.welcome.as_str()),
        Cell::text(it.closing.as_str()),
        Cell::Parts(texts.collect()),
        it.consent.as_ref().map_or(Cell::None, |it| Cell::Parts(consent(it))),
        Cell::Parts(it.former_consents.iter().map(consent).collect()),
        Cell::Parts(fields(&it.pre_chat)),
        Cell::Parts(fields(&it.offline)),
        Cell::Parts(hours(&it.hours)),
        Cell::Parts(routing(&it.routing)),
        Cell::Parts(switches(&it.switches)),
        Cell::Flag(it.rating),
        Cell::Parts(it.tags.iter().map(|it| Value::from(it.as_str())).collect()),
        Cell::Flag(it.wrap_up_required),
        Cell::Flag(it.identity_secret.is_some()),
        Cell::Parts(rules.collect()),
        networks(&it.visitors.only),
        networks(&it.visitors.never),
        Cell::of(it.purge.promise()),
        Cell::of_maybe(it.clocks.messages.as_ref().map(|it| it.promise())),
        Cell::of_maybe(it.clocks.submissions.as_ref().map(|it| it.promise())),
        Cell::Parts(redaction(&it.redaction)),
        Cell::Number(it.idle_close_minutes.into()),
        Cell::Flag(it.demo),
        Cell::of(it.created_at),
    ]
}

fn look(it: &Look) -> Value {
    let scheme = match it.scheme {
        Scheme::Auto => "auto",
        Scheme::Light => "light",
        Scheme::Dark => "dark",
    };
    let position = match it.position {
        Position::Left => "left",
        Position::Right => "right",
    };
    let launcher = match &it.launcher {
        Launcher::Icon => json!("icon"),
        Launcher::Text(text) => json!({ "text": text.as_str() }),
        Launcher::Image(address) => json!({ "image": address.as_str() }),
        Launcher::Hidden => json!("hidden"),
    };
    json!({ "accent": it.accent.to_string(), "scheme": scheme, "position": position, "launcher": launcher })
}

fn consent(it: &Consent) -> Value {
    json!({ "version": it.version, "since": it.since.to_string(), "text": it.text.as_str() })
}

fn fields(form: &Form) -> Value {
    let field = |it: &crate::domain::form::Field| {
        let (kind, options) = match &it.kind {
            FieldKind::Text => ("text", None),
            FieldKind::Email => ("email", None),
            FieldKind::Phone => ("phone", None),
            FieldKind::Choice(options) => ("choice", Some(options.iter().map(|it| it.as_str()).collect::<Vec<_>>())),
            FieldKind::Department => ("department", None),
        };
        json!({ "id": it.id.as_str(), "label": it.label.as_str(), "kind": kind, "options": options, "is_required": it.is_required })
    };
    form.fields.iter().map(field).collect()
}

fn hours(it: &Hours) -> Value {
    let Hours::Weekly(week) = it else { return json!("always") };
    let spans = |spans: &[Span]| spans.iter().map(|it| json!([it.from_minute, it.to_minute])).collect::<Value>();
    let holidays = week
        .holidays
        .iter()
        .map(|it| json!({ "date": it.date.date().to_string(), "name": it.name.as_str(), "spans": spans(&it.spans) }));
    let days = week.days.iter().map(|day| spans(day));
    json!({ "zone": week.zone.as_str(), "days": days.collect::<Value>(), "holidays": holidays.collect::<Value>() })
}

fn routing(it: &Routing) -> Value {
    let assignment = match it.assignment {
        Assignment::Manual => "manual",
        Assignment::LeastBusy => "least busy",
        Assignment::RoundRobin => "round robin",
    };
    json!({
        "assignment": assignment, "answer_within_seconds": it.answer_within_seconds,
        "leave_message_after_seconds": it.leave_message_after_seconds,
    })
}

fn switches(it: &Switches) -> Value {
    let address = match it.address {
        AddressPolicy::Hidden => "hidden",
        AddressPolicy::Shortened => "shortened",
        AddressPolicy::Full => "full",
        AddressPolicy::Never => "never",
    };
    let before_consent = match it.before_consent {
        BeforeConsent::Nothing => "nothing",
        BeforeConsent::Session => "session",
    };
    let mailboxes: Vec<_> = it.transcript_mailboxes.iter().map(|it| it.as_str()).collect();
    json!({
        "visitor_files": it.visitor_files, "operator_files": it.operator_files,
        "operators_mail_transcripts": it.operators_mail_transcripts, "mail_transcript_at_close": it.mail_transcript_at_close,
        "visitor_transcripts": it.visitor_transcripts, "transcript_mailboxes": mailboxes, "address": address,
        "sneak_peek": it.sneak_peek, "monitoring": it.monitoring, "before_consent": before_consent,
    })
}

fn redaction(it: &Redaction) -> Value {
    let patterns = it.patterns.iter().map(|it| json!({ "name": it.name.as_str(), "pattern": it.pattern.as_str() }));
    json!({ "cards": it.cards, "ssn": it.ssn, "iban": it.iban, "patterns": patterns.collect::<Value>() })
}

fn ids<'a, T: ToString + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Value {
    ids.into_iter().map(|id| Value::from(id.to_string())).collect()
}

fn person<'a>(house: &House, it: &'a Operator) -> Vec<Cell<'a>> {
    let sites = match &it.membership {
        Membership::AllSites => json!("all"),
        Membership::Sites(sites) => sites
            .iter()
            .map(|(site, part)| match part {
                Part::Whole => json!({ "site": site.to_string() }),
                Part::Departments(theirs) => json!({ "site": site.to_string(), "departments": ids(theirs) }),
            })
            .collect(),
    };
    let standing = match it.standing {
        Account::Invited { .. } => "invited",
        Account::Active => "active",
        Account::Disabled => "disabled",
    };
    let factors = house.factors.get(&it.id);
    let mut second = Vec::new();
    second.extend(factors.and_then(|it| it.totp.as_ref()).map(|_| "authenticator".to_owned()));
    second.extend(factors.into_iter().flat_map(|it| &it.passkeys).map(|_| "passkey".to_owned()));
    vec![
        Cell::of(it.id),
        Cell::text(it.name.as_str()),
        Cell::text(it.email.as_str()),
        Cell::text(it.role.tag()),
        Cell::Parts(sites),
        Cell::text(standing),
        Cell::Number(it.capacity.into()),
        Cell::Flag(it.password_hash.is_some()),
        Cell::Parts(second.into_iter().map(Value::from).collect()),
        Cell::maybe(it.sso.as_ref().map(|it| it.issuer.as_str())),
        Cell::of(it.created_at),
        Cell::of_maybe(it.last_seen_at),
    ]
}

fn form(it: &SecureForm) -> Vec<Cell<'_>> {
    let fields = it.fields.iter().map(|it| {
        let kind = match &it.kind {
            SecureKind::Text => json!("text"),
            SecureKind::LongText => json!("long text"),
            SecureKind::Email => json!("email"),
            SecureKind::Phone => json!("phone"),
            SecureKind::Date => json!("date"),
            SecureKind::Choice(options) => json!({ "choice": options.iter().map(|it| it.as_str()).collect::<Vec<_>>() }),
            SecureKind::Card { keeps_all } => json!({ "card": { "keeps_all": keeps_all } }),
            SecureKind::Expiry => json!("expiry"),
        };
        json!({
            "id": it.id.as_str(), "label": it.label.as_str(), "help": it.help.as_ref().map(|it| it.as_str()), "kind": kind,
            "is_required": it.is_required, "is_sensitive": it.is_sensitive,
        })
    });
    let translations = it.translations.iter().map(|(language, it)| {
        let fields = it.fields.iter().map(|(field, said)| {
            let options: Vec<_> = said.options.iter().map(|it| it.as_str()).collect();
            let (label, help) = (said.label.as_ref().map(|it| it.as_str()), said.help.as_ref().map(|it| it.as_str()));
            json!({ "id": field.as_str(), "label": label, "help": help, "options": options })
        });
        json!({
            "language": language.tag(), "name": it.name.as_ref().map(|it| it.as_str()), "intro": it.intro.as_ref().map(|it| it.as_str()),
            "consent": it.consent.as_ref().map(|it| it.as_str()), "fields": fields.collect::<Value>(),
        })
    });
    vec![
        Cell::of(it.id),
        Cell::of_maybe(it.site),
        Cell::text(it.name.as_str()),
        Cell::maybe(it.intro.as_ref().map(|it| it.as_str())),
        Cell::Parts(fields.collect()),
        Cell::maybe(it.consent.as_ref().map(|it| it.as_str())),
        Cell::Parts(translations.collect()),
        Cell::Flag(it.purge_on_first_view),
        Cell::Flag(it.purge_at_close),
        Cell::Flag(it.is_archived),
        Cell::of(it.created_at),
    ]
}

const fn event_word(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::ConversationClosed => "conversation closed",
        WebhookEvent::MessageLeft => "message left",
        WebhookEvent::FormSubmitted => "form submitted",
        WebhookEvent::Purged => "purged",
        WebhookEvent::Test => "test",
    }
}

fn counters(ctx: &Ctx, rows: &mut Rows) -> Result<(), Failure> {
    let mut all = ctx.store.all_counters()?;
    all.sort_by_key(|(counted, _)| *counted);
    for (counted, tally) in &all {
        rows.row(&[
            Cell::of(counted.day),
            Cell::of(counted.site),
            Cell::of_maybe(counted.department),
            Cell::of_maybe(counted.operator),
            Cell::Number(tally.answered.into()),
            Cell::Number(tally.missed.into()),
            Cell::Number(tally.messages.into()),
            Cell::Parts(json!(tally.by_hour)),
            Cell::Parts(json!(tally.waiting.0)),
            Cell::Parts(json!(tally.handling.0)),
            Cell::Parts(json!(tally.ratings)),
        ])?;
    }
    Ok(())
}

fn audit(ctx: &Ctx, house: &House, rows: &mut Rows) -> Result<(), Failure> {
    use crate::domain::audit::{AuditActor, Outcome};
    for row in ctx.store.audit_rows_after(0)? {
        let row = row?.entry;
        let told = audit_log::told(&row.action);
        rows.row(&[
            Cell::Number(row.number),
            Cell::of(row.at),
            Cell::text(audit_log::who(house, &row.actor)),
            match &row.actor {
                AuditActor::Staff(id) => Cell::of(id),
                _ => Cell::None,
            },
            Cell::of_maybe(row.from),
            Cell::text(told.what),
            Cell::of_maybe(audit_log::details(&row.action)),
            Cell::maybe(told.about.name(house)),
            Cell::of_maybe(told.about.id().map(|_| told.about)),
            Cell::text(match row.outcome {
                Outcome::Done => "done",
                Outcome::Refused => "refused",
            }),
            Cell::Number(row.times.into()),
        ])?;
    }
    Ok(())
}
