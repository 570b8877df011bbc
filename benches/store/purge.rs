//! Destroying: single drawers and many at once, of very many; whole conversations with all their records; and what a message feels
//! of it.

use std::time::{Duration, Instant};

use parlor::domain::audit::{AuditActor, PurgeRule};
use parlor::domain::id::ConversationId;
use parlor::store::{Purge, Store};

use crate::live::Live;
use crate::million::Archive;
use crate::report::Goal;
use crate::talks;
use crate::{Bench, Fallible, files, group_commit};

/// Purges of a single drawer.
const SINGLES: usize = 20;
/// What a purge of one syncs one after the other: what goes on, new nodes, the tip twice, old nodes, records, the receipt.
const SYNCS: usize = 7;
/// How long messages come in alone, for comparison, at least.
const ALONE: Duration = Duration::from_secs(2);

pub fn purge(store: &Store, conversations: &[ConversationId]) -> Fallible<f64> {
    let purge = Purge {
        site: talks::SITE,
        conversations: conversations.to_vec(),
        rule: PurgeRule::Policy,
        actor: AuditActor::Timer,
        now: talks::now(),
    };
    let since = Instant::now();
    store.purge(purge).wait()?;
    Ok(since.elapsed().as_secs_f64())
}

/// Few and many of very many drawers.
pub fn drawers(bench: &mut Bench) -> Fallible<()> {
    let (count, batch, rounds) = (bench.extent.messages, bench.extent.batch, bench.extent.rounds);
    let directory = bench.new_directory()?;
    let store = talks::open(directory.path())?;
    let filled = talks::fill_small(&store, count)?;
    store.close();
    eprintln!("{count} drawers with one message each, made in {:.1} s.", filled.seconds);
    let store = talks::open(directory.path())?;
    let mut ids = filled.ids;
    let mut take = |count: usize| ids.split_off(ids.len().saturating_sub(count));

    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..SINGLES {
        let doomed = take(1);
        ours.push(bench.beside_others(|_| purge(&store, &doomed))? * 1e3);
        raw.push(group_commit::syncs_in_turn(bench.directory.path(), SYNCS)?);
    }
    let what = format!("Purging one of {count} drawers (beside {SYNCS} fdatasyncs)");
    bench.report.add(what, "ms", ours, raw, Goal::AtMost(10.0));

    let mut seconds = Vec::new();
    for _ in 0..rounds {
        let doomed = take(batch);
        seconds.push(bench.beside_others(|_| purge(&store, &doomed))?);
    }
    bench.report.add(format!("Purging {batch} of {count} at random, one batch"), "s", seconds, Vec::new(), Goal::AtMost(1.0));

    store.close();
    let (mut during, mut alone) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let doomed = take(batch);
        // So nothing of the round before is still on its way to the index.
        let store = talks::open(directory.path())?;
        let mut live = Live::begin(&store, round, bench.extent.live_rate)?;
        let quiet = bench.beside_others(|_| live.alone(ALONE))?;
        let (_, seen) = bench.beside_others(|_| live.during(Duration::ZERO, || purge(&store, &doomed)))?;
        bench.report.sent_late(quiet.late_p99());
        bench.report.sent_late(seen.late_p99());
        alone.push(quiet.p99());
        during.push(seen.p99());
        store.close();
    }
    let what = format!("p99 of a message, {}/s, during that (beside without)", bench.extent.live_rate);
    bench.report.add(what, "ms", during, alone, Goal::RatioAtMost(1.5));
    Ok(())
}

/// Conversations of many messages, with their records and what lists them, in the middle of others.
pub fn records(bench: &mut Bench, archive: &mut Archive) -> Fallible<()> {
    let batch = bench.extent.batch.min(archive.ids.len() / 8);
    let (mut answered, mut taken_over) = (Vec::new(), Vec::new());
    for _ in 0..bench.extent.rounds {
        let doomed = archive.ids.split_off(archive.ids.len() - batch);
        let store = talks::open_with_key_file(&archive.data_dir)?;
        let (purged, all) = bench.beside_others(|_| {
            let since = Instant::now();
            let purged = purge(&store, &doomed)?;
            store.close();
            Ok((purged, since.elapsed().as_secs_f64()))
        })?;
        answered.push(files::per(batch, 1) / purged);
        taken_over.push(files::per(batch, 1) / all);
    }
    let what = format!("Purging {batch} whole conversations of {} messages", talks::MESSAGES);
    bench.report.add(what, "/s", answered, Vec::new(), Goal::AtLeast(5_000.0));
    bench.report.add("… until the index has taken it over", "/s", taken_over, Vec::new(), Goal::AtLeast(5_000.0));
    Ok(())
}
