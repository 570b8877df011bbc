//! The audit log: what a row costs a commit, whose head follows outside the database; and a log of a million rows, opened and read.

use std::time::Instant;

use parlor::domain::access::Actor;
use parlor::domain::audit::{AuditAction, AuditActor};
use parlor::domain::id::{ConversationId, OperatorId};
use parlor::domain::operator::{Membership, Role};
use parlor::domain::permission::Permissions;
use parlor::service::audit_log::{self, Filter, Kind};
use parlor::service::subjects::find::{self, Question, Reach};
use parlor::service::{Asked, Ctx, Memory, Random};
use parlor::store::Store;

use crate::report::Goal;
use crate::{Bench, Fallible, talks};

/// Commits of each kind, in turn, so that both find the disk alike.
const COMMITS: usize = 2_000;
/// What a row is in the journal, about.
const ROW_BYTES: usize = 150;
/// Rows of one commit while the long log is made.
const AT_ONCE: usize = 5_000;

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

pub fn measure(bench: &mut Bench) -> Fallible<()> {
    cost(bench)?;
    long(bench)
}

/// One row for each commit, beside the same bytes that are no row.
fn cost(bench: &mut Bench) -> Fallible<()> {
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..bench.extent.rounds {
        let directory = bench.new_directory()?;
        let store = talks::open(directory.path())?;
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        for _ in 0..COMMITS {
            rows.push(took(&store, true)?);
            others.push(took(&store, false)?);
        }
        store.close();
        ours.push(median(rows));
        plain.push(median(others));
    }
    bench.report.add("A commit with an audit row (beside one of the same bytes)", "µs", ours, plain, Goal::None);
    Ok(())
}

fn took(store: &Store, is_row: bool) -> Fallible<f64> {
    let mut batch = store.batch();
    if is_row {
        batch.audit(talks::now(), AuditActor::Host, AuditAction::BackedUp);
    } else {
        batch.put_secret("beside", &[7; ROW_BYTES]);
    }
    let since = Instant::now();
    store.commit(batch).wait()?;
    Ok(since.elapsed().as_secs_f64() * 1e6)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all[all.len() / 2]
}

fn long(bench: &mut Bench) -> Fallible<()> {
    let rows = bench.extent.messages;
    let directory = bench.new_directory()?;
    let store = talks::open(directory.path())?;
    for piece in 0..rows.div_ceil(AT_ONCE) {
        let mut batch = store.batch();
        for n in 0..AT_ONCE {
            // Every other one is a reading, about which people ask.
            let action = if n % 2 == 0 {
                AuditAction::AllowlistChanged { networks: u32::try_from(n)? }
            } else {
                AuditAction::ConversationOpened(ConversationId::from_bytes(((piece * AT_ONCE + n) as u128).to_le_bytes()))
            };
            batch.audit(talks::now(), AuditActor::Host, action);
        }
        store.commit(batch).wait()?;
    }
    store.close();
    drop(store);
    let mut opened = Vec::new();
    for _ in 0..bench.extent.rounds {
        let since = Instant::now();
        let store = talks::open(directory.path())?;
        opened.push(since.elapsed().as_secs_f64() * 1e3);
        store.close();
    }
    bench.report.add(format!("Store::open with {rows} audit rows, each looked at"), "ms", opened, Vec::new(), Goal::None);
    let store = talks::open(directory.path())?;
    let memory = Memory::default();
    let admin = Actor::Staff {
        id: OperatorId::from_bytes([1; 16]),
        role: Role::Admin,
        membership: Membership::AllSites,
        permissions: Permissions::ALL,
    };
    let ctx = Ctx { actor: &admin, now: talks::now(), random: &Zeros, store: &store, memory: &memory, asked: Asked::default() };
    for (what, filter) in [
        ("the newest", Filter::default()),
        (
            "a filter that nothing passes, looked through as far as one page does",
            Filter { kind: Some(Kind::Keys), ..Filter::default() },
        ),
    ] {
        let mut took = Vec::new();
        for _ in 0..20 {
            let since = Instant::now();
            audit_log::page(&ctx, &filter, None)?;
            took.push(since.elapsed().as_secs_f64() * 1e3);
        }
        bench.report.add(format!("A page of {rows} rows: {what}"), "ms", took, Vec::new(), Goal::AtMost(250.0));
    }
    readers(bench, &ctx, rows)?;
    store.close();
    Ok(())
}

/// Who has read about somebody: whoever asks first goes through the log, the others through what has come to it since.
fn readers(bench: &mut Bench, ctx: &Ctx, rows: usize) -> Fallible<()> {
    let question = Question::read("nobody@example.org", Reach::Mark)?;
    let mut took = Vec::new();
    for _ in 0..20 {
        let since = Instant::now();
        let found = find::find(ctx, &question)?;
        find::readers(ctx, &found)?;
        took.push(since.elapsed().as_secs_f64() * 1e3);
    }
    let following = took.split_off(1);
    bench.report.add(
        format!("Who has read about a person, of {rows} rows: the first to ask"),
        "ms",
        took,
        Vec::new(),
        Goal::None,
    );
    let what = format!("Who has read about a person, of {rows} rows: those who ask afterwards");
    bench.report.add(what, "ms", following, Vec::new(), Goal::AtMost(250.0));
    Ok(())
}
