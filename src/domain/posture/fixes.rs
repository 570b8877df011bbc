//! What one click does where it takes more than a switch. Each leaves alone what holds already.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::checks::{Broken, GIVEN, is_given_and_kept, kept_too_long};
use super::picture::{Settings, Supplies};
use crate::domain::consent;
use crate::domain::id::{FormId, OrderId, SiteId};
use crate::domain::purge_rule::{How, PurgeOrder, Standing, What, When};
use crate::domain::retention::{AuditDays, PurgePolicy, ReportingDays, RetentionClass};
use crate::domain::secure_form::{SecureField, SecureForm, SecureKind};
use crate::domain::site::Site;
use crate::domain::text::{FieldId, Label, Name, Notice};

/// Sites of which something is broken.
fn sites(broken: impl IntoIterator<Item = Broken>) -> Vec<SiteId> {
    broken.into_iter().filter_map(|it| if let Broken::Site(site) = it { Some(site) } else { None }).collect()
}

fn change(settings: &mut Settings, sites: Vec<SiteId>, change: fn(&mut Site)) {
    for id in sites {
        if let Some(site) = settings.sites.get_mut(&id) {
            change(Arc::make_mut(site));
        }
    }
}

pub(super) fn submissions_go_in_a_day(it: &mut Settings, _: &Supplies) {
    const DAY: PurgePolicy = PurgePolicy::DaysAfterClose(1);
    it.retention.submissions = DAY;
    let left = sites(kept_too_long(it, |clocks| &clocks.submissions, 24));
    change(it, left, |site| site.clocks.submissions = None);
}

/// Sites go back to the clock of the house where theirs runs for too long, and the house has one of its own where the chats' does.
pub(super) fn messages_go_in_a_month(it: &mut Settings, _: &Supplies) {
    const HOURS: u64 = 30 * 24;
    it.retention.messages = Some(PurgePolicy::DaysAfterClose(30));
    let left = sites(kept_too_long(it, |clocks| &clocks.messages, HOURS));
    change(it, left, |site| site.clocks.messages = None);
}

/// Two years for what is kept for longer.
pub(super) fn nothing_for_ever(it: &mut Settings, _: &Supplies) {
    const TWO_YEARS: PurgePolicy = PurgePolicy::DaysAfterClose(730);
    const HOURS: u64 = 731 * 24;
    let long = sites(kept_too_long(it, |clocks| &clocks.chats, HOURS));
    change(it, long, |site| site.purge = TWO_YEARS);
    let is_long = |policy: &PurgePolicy| matches!(policy, PurgePolicy::DaysAfterClose(days) if *days > 730);
    if it.retention.messages.as_ref().is_some_and(is_long) {
        it.retention.messages = Some(TWO_YEARS);
    }
    for clock in [&mut it.retention.submissions, &mut it.retention.deliveries] {
        if is_long(clock) {
            *clock = TWO_YEARS;
        }
    }
    let long = sites(kept_too_long(it, |clocks| &clocks.messages, HOURS));
    change(it, long, |site| site.clocks.messages = None);
    let long = sites(kept_too_long(it, |clocks| &clocks.submissions, HOURS));
    change(it, long, |site| site.clocks.submissions = None);
    if let (true, Ok(days)) = (it.reporting.get() > 730, ReportingDays::new(730)) {
        it.reporting = days;
    }
}

pub(super) fn audit_days(days: u16) -> AuditDays {
    // Bounds of ours that a test holds against those of the setting.
    AuditDays::new(days).unwrap_or_default()
}

pub(super) fn shorten_cards(it: &mut Settings, _: &Supplies) {
    for form in it.forms.values_mut() {
        if form.fields.iter().any(|field| field.kind == SecureKind::Card { keeps_all: true }) {
            for field in &mut Arc::make_mut(form).fields {
                if matches!(field.kind, SecureKind::Card { .. }) {
                    field.kind = SecureKind::Card { keeps_all: false };
                }
            }
        }
    }
}

/// Plain words that hold anywhere. Whoever knows better writes their own.
pub(super) fn inform_visitors(site: &mut Site, supplies: &Supplies) {
    let text = "What you write here is read by our staff, to answer you, and is erased afterwards as it says below the chat. \
                You can ask us at any time what is kept about you, have it corrected or erased, and take your agreement back. \
                I agree to this.";
    consent::put(site, Notice::parse(text).ok(), supplies.now);
}

/// A rule beside each webhook that is told transcripts which stay here, for chats and for messages left: what it has goes from here.
pub(super) fn purge_after_delivery(it: &mut Settings, supplies: &Supplies) {
    let webhooks: Vec<_> = it.webhooks.values().cloned().collect();
    let pairs = webhooks.iter().flat_map(|webhook| GIVEN.map(|given| (webhook, given)));
    for (n, (webhook, given)) in (0..).zip(pairs) {
        // What an earlier one of these rules takes needs no second.
        if !is_given_and_kept(it, webhook, given) {
            continue;
        }
        let (class, _) = given;
        let called = if class == RetentionClass::Messages { "Messages, after delivery" } else { "After delivery" };
        let Ok(name) = Name::parse(called) else { return };
        let what = What { class, site: webhook.site, department: None, tag: None };
        if let Some(draft) = it.orders.values_mut().find(|it| it.what == what && it.when == When::AfterDelivered) {
            Arc::make_mut(draft).standing = Standing::Armed { since: supplies.now };
            continue;
        }
        let order = PurgeOrder {
            id: OrderId::from_bytes(supplies.id(n)),
            name,
            what,
            when: When::AfterDelivered,
            how: How::Erase,
            standing: Standing::Armed { since: supplies.now },
            last: None,
            created_at: supplies.now,
        };
        it.orders.insert(order.id, Arc::new(order));
    }
}

pub(super) fn add_form_for_secrets(it: &mut Settings, supplies: &Supplies) {
    let fields = [("details", "What should not stand in the chat", SecureKind::LongText)];
    add_form(
        it,
        supplies,
        0x80,
        (
            "Confidential details",
            "What you write here is not part of the chat. It is encrypted on its own, shown to those who need it, and erased soon.",
        ),
        &fields,
    );
}

pub(super) fn add_form_for_cards(it: &mut Settings, supplies: &Supplies) {
    let fields = [("card", "Card number", SecureKind::Card { keeps_all: false }), ("expiry", "Valid until", SecureKind::Expiry)];
    add_form(
        it,
        supplies,
        0x81,
        ("Card details", "Only the first six and last four digits are kept. Nobody asks you for the code on the back."),
        &fields,
    );
}

/// A form that every site may send. Not where a constant is none of its kind, which a test would tell.
fn add_form(it: &mut Settings, supplies: &Supplies, n: u8, (name, intro): (&str, &str), fields: &[(&str, &str, SecureKind)]) {
    let field = |(id, label, kind): &(&str, &str, SecureKind)| {
        Some(SecureField {
            id: FieldId::parse(id).ok()?,
            label: Label::parse(label).ok()?,
            help: None,
            kind: kind.clone(),
            is_required: true,
            is_sensitive: true,
        })
    };
    let (Ok(name), Ok(intro)) = (Name::parse(name), Notice::parse(intro)) else { return };
    let form = SecureForm {
        id: FormId::from_bytes(supplies.id(n)),
        site: None,
        name,
        intro: Some(intro),
        fields: fields.iter().filter_map(field).collect(),
        consent: None,
        translations: BTreeMap::new(),
        purge_on_first_view: false,
        purge_at_close: true,
        is_archived: false,
        created_at: supplies.now,
    };
    it.forms.insert(form.id, Arc::new(form));
}
