//! Giving space back: what a message feels of it, and what is left on the disk after most was purged.

use std::time::{Duration, Instant};

use crate::live::Live;
use crate::million::Archive;
use crate::report::Goal;
use crate::{Bench, Fallible, files, purge, talks};

/// How long messages come in alone, for comparison, at least.
const ALONE: Duration = Duration::from_secs(2);
/// Of ten conversations, so many are purged.
const PURGED_TENTHS: usize = 9;

/// Everything is copied while messages come in.
pub fn beside_messages(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let (mut during, mut alone, mut seconds, mut plain) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.extent.rounds {
        let store = talks::open_with_key_file(&archive.data_dir)?;
        let mut live = Live::begin(&store, round, bench.extent.live_rate)?;
        let quiet = bench.beside_others(|_| live.alone(ALONE))?;
        let ((compacted, took), seen) = bench.beside_others(|_| {
            live.during(Duration::ZERO, || {
                let since = Instant::now();
                Ok((store.compact()?, since.elapsed().as_secs_f64()))
            })
        })?;
        bench.report.sent_late(quiet.late_p99());
        bench.report.sent_late(seen.late_p99());
        alone.push(quiet.p99());
        during.push(seen.p99());
        seconds.push(took);
        store.close();
        plain.push(files::seconds_to_write(bench.directory.path(), compacted.live)?);
    }
    let what = format!("p99 of a message, {}/s, during a compaction (beside without)", bench.extent.live_rate);
    bench.report.add(what, "ms", during, alone, Goal::RatioAtMost(2.0));
    let what = format!("… which takes, with {} messages (beside writing as many bytes)", archive.messages);
    bench.report.add(what, "s", seconds, plain, Goal::None);
    Ok(())
}

/// What is left after most was purged.
pub fn after_a_purge(bench: &mut Bench, archive: &mut Archive) -> Fallible<()> {
    let all = archive.messages / talks::MESSAGES;
    let gone = all - archive.ids.len();
    let doomed = archive.ids.split_off(archive.ids.len() - (all * PURGED_TENTHS / 10).saturating_sub(gone));
    let store = talks::open_with_key_file(&archive.data_dir)?;
    purge::purge(&store, &doomed)?;
    let since = Instant::now();
    let compacted = bench.beside_others(|_| Ok(store.compact()?))?;
    let took = since.elapsed().as_secs_f64();
    store.close();
    let (file, live) = (usize::try_from(compacted.after)?, usize::try_from(compacted.live)?);
    let what = format!("Index after purging 90 % of {} messages (beside what is alive)", archive.messages);
    bench.report.add(what, "MB", vec![files::per(file, 1_000_000)], vec![files::per(live, 1_000_000)], Goal::RatioAtMost(2.0));
    bench.report.add("… and the compaction takes", "s", vec![took], Vec::new(), Goal::None);
    Ok(())
}
