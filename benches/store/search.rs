//! Reading everything: looking for words, and handing all of it out.

use std::hint::black_box;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::time::Instant;

use memchr::memmem;
use parlor::domain::conversation::Conversation;
use parlor::domain::event::{Author, Event, EventKind};
use parlor::domain::id::OperatorId;
use parlor::domain::limits;
use parlor::domain::search::Query;
use parlor::domain::text::SearchWords;
use parlor::store::{Horizon, Sight, Store};
use serde::Serialize;

use crate::million::Archive;
use crate::report::Goal;
use crate::text::{MEAN_BYTES, Writer};
use crate::{Bench, Fallible, files, talks};

const ONE: NonZero<usize> = NonZero::<usize>::MIN;
/// Conversations in memory, which the reference of the export encodes again and again.
const IN_MEMORY: usize = 500;
const HITS: usize = limits::SEARCH_HITS;

/// What is looked for, and in how many of the conversations of an archive it stands.
fn queries() -> Fallible<Vec<(&'static str, Query)>> {
    let words = |words: &str| SearchWords::parse(words).map(Some);
    let nobody = OperatorId::from_bytes([9; 16]);
    Ok(vec![
        ("a rare phrase", Query { words: words(&format!("\"{}\"", talks::RARE))?, ..Query::default() }),
        ("a rare word", Query { words: words("heliotrope")?, ..Query::default() }),
        ("a common word", Query { words: words("appointment")?, ..Query::default() }),
        ("two words, seldom together", Query { words: words("fiddlehead eucalyptus")?, ..Query::default() }),
        ("a word that nobody wrote", Query { words: words("quetzalcoatl")?, ..Query::default() }),
        ("… and is like many", Query { words: words("mentation")?, ..Query::default() }),
        ("a number that nobody wrote", Query { words: words("100007")?, ..Query::default() }),
        ("two letters", Query { words: words("qz")?, ..Query::default() }),
        (
            "a common word, by somebody without chats",
            Query { words: words("order")?, operator: Some(nobody), ..Query::default() },
        ),
        ("nothing, by somebody without chats", Query { operator: Some(nobody), ..Query::default() }),
        ("nothing: the newest", Query::default()),
    ])
}

pub fn search(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let store = talks::open_with_key_file(&archive.data_dir)?;
    let all = std::thread::available_parallelism()?;
    let text = plain_text(archive.messages);
    let everything = Horizon { site: &|_| Sight::All, conversation: &|_| true };
    let finder = memmem::Finder::new(talks::RARE);
    for (name, query) in queries()? {
        let (mut plain, mut one, mut many) = (Vec::new(), Vec::new(), Vec::new());
        let (mut hits, mut is_more) = (0, false);
        for _ in 0..bench.extent.rounds.max(2) {
            one.push(
                bench.beside_others(|_| {
                    timed(|| {
                        let page = store.search(&query, None, HITS, ONE, &everything)?;
                        (hits, is_more) = (page.hits.len(), page.next.is_some());
                        Ok(())
                    })
                })? * 1e3,
            );
            many.push(
                bench.beside_others(|_| {
                    timed(|| store.search(&query, None, HITS, all, &everything).map(drop).map_err(Into::into))
                })? * 1e3,
            );
            plain.push(
                timed(|| {
                    black_box(finder.find_iter(black_box(&text)).count());
                    Ok(())
                })? * 1e3,
            );
        }
        let more = if is_more { " and more" } else { "" };
        let what =
            format!("First page, {} messages, {name}: {hits}{more}, one thread (beside memmem in plain text)", archive.messages);
        bench.report.add(what, "ms", one, plain, Goal::AtMost(200.0));
        bench.report.add(format!("… {all} threads"), "ms", many, Vec::new(), Goal::AtMost(200.0));
    }
    store.close();
    Ok(())
}

fn timed(work: impl FnOnce() -> Fallible<()>) -> Fallible<f64> {
    let since = Instant::now();
    work()?;
    Ok(since.elapsed().as_secs_f64())
}

fn plain_text(messages: usize) -> Vec<u8> {
    let mut writer = Writer::new("plain text", 0);
    let mut message = String::new();
    let mut text = Vec::with_capacity(messages * MEAN_BYTES);
    for _ in 0..messages {
        writer.message(&mut message);
        text.extend_from_slice(message.as_bytes());
    }
    text
}

pub fn export(bench: &mut Bench, archive: &Archive) -> Fallible<()> {
    let store = talks::open_with_key_file(&archive.data_dir)?;
    let all = std::thread::available_parallelism()?;
    let mut few = Vec::new();
    store.each_conversation(
        ONE,
        |conversation, events| (conversation, events),
        |it| {
            few.push(it);
            if few.len() == IN_MEMORY { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )?;
    for threads in [all, ONE] {
        let (mut ours, mut encoding) = (Vec::new(), Vec::new());
        for _ in 0..bench.extent.rounds {
            ours.push(bench.beside_others(|_| exported(&store, threads))?);
            encoding.push(encoded(&few, threads)?);
        }
        let goal = if threads == all { Goal::AtLeast(1e6) } else { Goal::None };
        let plural = if threads == ONE { "thread" } else { "threads" };
        let what = format!("Export as JSON, {threads} {plural} (beside encoding alone)");
        bench.report.add(what, "messages/s", ours, encoding, goal);
    }
    store.close();
    Ok(())
}

/// Messages per second, opened and encoded.
fn exported(store: &Store, threads: NonZero<usize>) -> Fallible<f64> {
    let since = Instant::now();
    let (mut messages, mut bytes) = (0, 0);
    store.each_conversation(
        threads,
        |conversation, events| (events.len(), json(&conversation, &events).map_or(0, |json| json.len())),
        |(events, length)| {
            messages += events;
            bytes += length;
            ControlFlow::Continue(())
        },
    )?;
    black_box(bytes);
    Ok(files::per(messages, 1) / since.elapsed().as_secs_f64())
}

/// Messages per second when they are in memory already.
fn encoded(conversations: &[(Conversation, Vec<Event>)], threads: NonZero<usize>) -> Fallible<f64> {
    const TIMES: usize = 20;
    let since = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads.get() {
            scope.spawn(|| {
                for (conversation, events) in std::iter::repeat_n(conversations, TIMES).flatten() {
                    let _ = black_box(json(conversation, events));
                }
            });
        }
    });
    let messages: usize = conversations.iter().map(|(_, events)| events.len()).sum();
    Ok(files::per(messages * TIMES * threads.get(), 1) / since.elapsed().as_secs_f64())
}

#[derive(Serialize)]
struct Exported<'a> {
    id: String,
    site: String,
    started_at: String,
    state: &'static str,
    events: Vec<ExportedEvent<'a>>,
}

#[derive(Serialize)]
struct ExportedEvent<'a> {
    seq: u32,
    at: String,
    from: &'static str,
    name: Option<&'a str>,
    kind: &'static str,
    text: Option<&'a str>,
}

fn json(conversation: &Conversation, events: &[Event]) -> Fallible<String> {
    Ok(serde_json::to_string(&Exported {
        id: conversation.id.to_string(),
        site: conversation.site.to_string(),
        started_at: conversation.started_at.to_string(),
        state: conversation.state_word(),
        events: events.iter().map(exported_event).collect(),
    })?)
}

fn exported_event(event: &Event) -> ExportedEvent<'_> {
    let (from, name) = match &event.author {
        Author::Visitor => ("visitor", None),
        Author::Operator { name, .. } => ("operator", Some(name.as_str())),
        Author::System => ("system", None),
    };
    let text = match &event.kind {
        EventKind::Message(text) => Some(text.as_str()),
        _ => None,
    };
    ExportedEvent { seq: event.seq, at: event.at.to_string(), from, name, kind: event.kind.word(), text }
}
