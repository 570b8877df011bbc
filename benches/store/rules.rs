//! Purge rules: what messages feel while one takes ten thousand conversations at once, be they erased or anonymised. The whole path is
//! measured, from the look into the catalogue over each head that is opened to the receipt. And what it costs to find nothing to do, which
//! is what happens each minute.

use std::time::{Duration, Instant};

use parlor::domain::access::Actor;
use parlor::domain::id::OrderId;
use parlor::domain::purge_rule::{How, PurgeOrder, Standing, What, When};
use parlor::domain::retention::{PurgePolicy, RetentionClass};
use parlor::domain::site::Site;
use parlor::domain::text::{Name, Tag};
use parlor::domain::time::Timestamp;
use parlor::service::{Asked, Ctx, Memory, Random, purge_rules, retention};
use parlor::store::Store;

use crate::live::Live;
use crate::report::Goal;
use crate::{Bench, Fallible, talks};

/// How long messages come in alone, for comparison, at least.
const ALONE: Duration = Duration::from_secs(2);
/// The rule takes what is older than an hour, and is run two hours later.
const LATER: Duration = Duration::from_secs(2 * 3_600);

/// Nothing here is left to chance.
struct NoChance;

impl Random for NoChance {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// What a look takes at most, however many chats are kept.
const LOOK_MS: f64 = 5.0;

pub fn measure(bench: &mut Bench) -> Fallible<()> {
    looks(bench)?;
    let batch = bench.extent.batch;
    for (how, words) in [(How::Erase, "erases"), (How::Anonymise, "anonymises")] {
        let (mut during, mut alone, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
        let (mut longest, mut longest_alone) = (Vec::new(), Vec::new());
        for round in 0..bench.extent.rounds {
            let directory = bench.new_directory()?;
            let store = talks::open(directory.path())?;
            talks::fill(&store, batch)?;
            store.close();
            // So nothing of that is still on its way to the index.
            let store = talks::open(directory.path())?;
            arm(&store, how)?;
            let mut live = Live::begin(&store, round, bench.extent.live_rate)?;
            let quiet = bench.beside_others(|_| live.alone(ALONE))?;
            // As long as without: a run may be over before a hundred messages came in, and has no hundredth of them then.
            let (spent, seen) = bench.beside_others(|_| live.during(ALONE, || run(&store, batch)))?;
            bench.report.sent_late(quiet.late_p99());
            bench.report.sent_late(seen.late_p99());
            alone.push(quiet.p99());
            during.push(seen.p99());
            longest.push(seen.longest());
            longest_alone.push(quiet.longest());
            seconds.push(spent);
            store.close();
        }
        let what = format!("A rule {words} {batch} conversations of {} messages", talks::MESSAGES);
        bench.report.add(what, "s", seconds, Vec::new(), Goal::None);
        let what =
            format!("p99 of a message, {}/s, in the {} s around that (beside without)", bench.extent.live_rate, ALONE.as_secs());
        bench.report.add(what, "ms", during, alone, Goal::RatioAtMost(2.0));
        bench.report.add("the longest that one of them took", "ms", longest, longest_alone, Goal::None);
    }
    Ok(())
}

fn arm(store: &Store, how: How) -> Fallible<()> {
    put(store, rule(5, When::HoursAfter(1), how)?)
}

fn rule(id: u8, when: When, how: How) -> Fallible<PurgeOrder> {
    Ok(PurgeOrder {
        id: OrderId::from_bytes([id; 16]),
        name: Name::parse("Old chats")?,
        what: What { class: RetentionClass::Transcripts, site: None, department: None, tag: None },
        when,
        how,
        standing: Standing::Armed { since: Timestamp::default() },
        last: None,
        created_at: Timestamp::default(),
    })
}

fn put(store: &Store, rule: PurgeOrder) -> Fallible<()> {
    let mut batch = store.batch();
    batch.put_order(&rule);
    store.commit(batch).wait()?;
    Ok(())
}

/// What each minute takes, and what a page takes that shows what is kept, while there is nothing to be purged.
fn looks(bench: &mut Bench) -> Fallible<()> {
    let (count, rounds) = (bench.extent.kept, bench.extent.rounds.max(5));
    let directory = bench.new_directory()?;
    let store = talks::open(directory.path())?;
    talks::fill_small(&store, count)?;
    store.close();
    let store = talks::open(directory.path())?;
    let site = Site::new(talks::SITE, Name::parse("Clinic")?, vec![], Timestamp::default());
    let mut batch = store.batch();
    batch.put_site(&Site { purge: PurgePolicy::DaysAfterClose(3_650), ..site });
    store.commit(batch).wait()?;
    put(&store, rule(5, When::DaysAfter(30), How::Erase)?)?;
    let of_tag = rule(6, When::HoursAfter(1), How::Anonymise)?;
    put(&store, PurgeOrder { what: What { tag: Some(Tag::parse("vip")?), ..of_tag.what.clone() }, ..of_tag })?;
    let memory = Memory::default();
    let now = talks::now().plus(LATER);
    let ctx = Ctx { actor: &Actor::Host, now, random: &NoChance, store: &store, memory: &memory, asked: Asked::default() };
    // The first look of a rule about a tag opens every head, once.
    purge_rules::run_due(&ctx)?;
    type Look = fn(&Ctx) -> Fallible<()>;
    let looks: [(&str, Look); 4] = [
        ("Looking by the clocks", |ctx| Ok(retention::purge_due(ctx).map(drop)?)),
        ("Looking by two rules", |ctx| Ok(purge_rules::run_due(ctx).map(drop)?)),
        ("What is kept", |ctx| Ok(retention::overview(ctx).map(drop)?)),
        ("What presets would take", |ctx| Ok(retention::foresee(ctx).map(drop)?)),
    ];
    for (what, look) in looks {
        let mut spent = Vec::new();
        for _ in 0..rounds {
            let since = Instant::now();
            bench.beside_others(|_| look(&ctx))?;
            spent.push(since.elapsed().as_secs_f64() * 1e3);
        }
        // One of the presets keeps nothing, so it counts everything.
        let goal = if what.starts_with("What presets") { Goal::None } else { Goal::AtMost(LOOK_MS) };
        bench.report.add(format!("{what}, of {count} closed chats"), "ms", spent, Vec::new(), goal);
    }
    store.close();
    Ok(())
}

/// One run of all rules, as the timer does it.
fn run(store: &Store, expected: usize) -> Fallible<f64> {
    let memory = Memory::default();
    let now = talks::now().plus(LATER);
    let ctx = Ctx { actor: &Actor::Timer, now, random: &NoChance, store, memory: &memory, asked: Asked::default() };
    let since = Instant::now();
    let went = purge_rules::run_due(&ctx)?.gone;
    if went == expected { Ok(since.elapsed().as_secs_f64()) } else { Err(format!("{went} of {expected} went").into()) }
}
