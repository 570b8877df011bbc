//! Pairs of a visitor and an operator who write to each other, and how long each message took.
//!
//! Each text begins with the moment at which it was *meant* to be sent, so a client or server that falls behind cannot
//! hide its delay (coordinated omission). Sender and receiver are in one process and read one clock. In the open loop the
//! client's threads never sleep, so that what it takes to wake them is not blamed on the server; how late they still sent is
//! told beside.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Fallible;
use crate::http::Target;
use crate::machine::{self, Busy, now_ns};
use crate::server::Subject;
use crate::socket::{Credential, Frame, Socket};
use crate::timetable::Timetable;

/// As long as an average chat message.
const TEXT_BYTES: usize = 143;
/// How often a client says what it has received and seen.
const RECEIPTS_EVERY: Duration = Duration::from_millis(250);
/// How long answers to what was sent may take after the end.
const DRAIN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each operator keeps this many messages unacknowledged and sends the next at an ack.
    InFlight(usize),
    /// Messages per second of all pairs together, whatever comes back.
    PerSecond(f64),
}

#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub pairs: usize,
    pub pace: Pace,
    pub warm_up: Duration,
    pub measured: Duration,
    /// What the product allows one visitor; operators send the rest.
    pub visitor_messages_per_second: f64,
}

#[derive(Debug)]
pub struct Round {
    pub from_visitor: Histogram<u64>,
    pub from_operator: Histogram<u64>,
    pub round_trip: Histogram<u64>,
    pub sent: u64,
    pub acked: u64,
    pub seen: u64,
    pub refused: u64,
    pub per_second: f64,
    pub cpu_us_per_message: Option<f64>,
    /// Between the moment meant and the moment sent: the client's own fault.
    pub late: Histogram<u64>,
    pub others_cores: f64,
}

impl Round {
    /// Both directions.
    pub fn one_way(&self) -> Histogram<u64> {
        let mut both = self.from_visitor.clone();
        // Same bounds: adding cannot fail.
        let _ = both.add(&self.from_operator);
        both
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Visitor,
    Operator,
}

struct Shared {
    ready: Barrier,
    start: AtomicU64,
    /// Sends meant for earlier moments warm up and are not counted.
    measured_from: AtomicU64,
    stop: AtomicBool,
}

struct Tally {
    one_way: Histogram<u64>,
    round_trip: Histogram<u64>,
    late: Histogram<u64>,
    sent: u64,
    acked: u64,
    seen: u64,
    refused: u64,
    first_error: Option<String>,
}

impl Tally {
    fn new() -> Fallible<Self> {
        let empty = || Histogram::new_with_bounds(1, 60_000_000_000, 3);
        Ok(Self {
            one_way: empty()?,
            round_trip: empty()?,
            late: empty()?,
            sent: 0,
            acked: 0,
            seen: 0,
            refused: 0,
            first_error: None,
        })
    }

    fn add(&mut self, other: &Self) -> Fallible<()> {
        self.one_way.add(&other.one_way)?;
        self.round_trip.add(&other.round_trip)?;
        self.late.add(&other.late)?;
        self.sent += other.sent;
        self.acked += other.acked;
        self.seen += other.seen;
        self.refused += other.refused;
        if self.first_error.is_none() {
            self.first_error.clone_from(&other.first_error);
        }
        Ok(())
    }
}

/// One round with new sockets and new conversations.
pub fn run(subject: &Subject, load: &Load, threads: usize) -> Fallible<Round> {
    let shared = Shared {
        ready: Barrier::new(threads + 1),
        start: AtomicU64::new(u64::MAX),
        measured_from: AtomicU64::new(u64::MAX),
        stop: AtomicBool::new(false),
    };
    let (conducted, visitor, operator) = std::thread::scope(|scope| {
        let shared = &shared;
        let workers: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || work(subject, load, shared, (thread, threads)))).collect();
        shared.ready.wait();
        let conducted = conduct(subject, load, shared);
        shared.stop.store(true, Ordering::Relaxed);
        let mut sums = (Tally::new()?, Tally::new()?);
        for worker in workers {
            let (visitor, operator) = worker.join().map_err(|_| "a client thread panicked")??;
            sums.0.add(&visitor)?;
            sums.1.add(&operator)?;
        }
        Fallible::Ok((conducted?, sums.0, sums.1))
    })?;
    if let Some(error) = visitor.first_error.as_ref().or(operator.first_error.as_ref()) {
        eprintln!("  a connection broke: {error}");
    }
    let (mut round_trip, mut late) = (visitor.round_trip, visitor.late);
    round_trip.add(&operator.round_trip)?;
    late.add(&operator.late)?;
    #[expect(clippy::cast_precision_loss, reason = "a count of messages")]
    let messages = round_trip.len() as f64;
    Ok(Round {
        // What the operator's side received was sent by the visitor.
        from_visitor: operator.one_way,
        from_operator: visitor.one_way,
        sent: visitor.sent + operator.sent,
        acked: visitor.acked + operator.acked,
        seen: visitor.seen + operator.seen,
        refused: visitor.refused + operator.refused,
        per_second: messages / conducted.seconds,
        cpu_us_per_message: conducted.server_cpu_seconds.map(|cpu| cpu * 1e6 / messages.max(1.0)),
        round_trip,
        late,
        others_cores: conducted.others_cores,
    })
}

struct Conducted {
    seconds: f64,
    server_cpu_seconds: Option<f64>,
    others_cores: f64,
}

/// Says when it begins, and reads the machine's figures around what is measured.
fn conduct(subject: &Subject, load: &Load, shared: &Shared) -> Fallible<Conducted> {
    let start = now_ns() + 1_000_000;
    let measured_from = start + nanos(load.warm_up);
    let end = measured_from + nanos(load.measured);
    shared.measured_from.store(measured_from, Ordering::Relaxed);
    shared.start.store(start, Ordering::Release);
    sleep_until(measured_from);
    let cpu = subject.pid().map(machine::cpu_seconds).transpose()?;
    let busy = Busy::begin(subject.pid())?;
    let began = now_ns();
    sleep_until(end);
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds of a measurement of minutes fit into 52 bits")]
    let seconds = (now_ns() - began) as f64 / 1e9;
    let others_cores = busy.others()?;
    let server_cpu_seconds = match (subject.pid(), cpu) {
        (Some(pid), Some(before)) => Some(machine::cpu_seconds(pid)? - before),
        _ => None,
    };
    Ok(Conducted { seconds, server_cpu_seconds, others_cores })
}

fn sleep_until(at: u64) {
    let now = now_ns();
    if at > now {
        std::thread::sleep(Duration::from_nanos(at - now));
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// One client thread with its share of the pairs.
fn work(subject: &Subject, load: &Load, shared: &Shared, (thread, threads): (usize, usize)) -> Fallible<(Tally, Tally)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(7).build()?;
    let opened = runtime.block_on(async {
        let mut pairs = Vec::new();
        for number in (thread..load.pairs).step_by(threads) {
            pairs.push(open_pair(subject, number).await?);
        }
        Fallible::Ok(pairs)
    });
    // Also after a failure: the others wait here.
    shared.ready.wait();
    let pairs = opened?;
    let (window, rate) = match load.pace {
        Pace::InFlight(window) => (window, 0.0),
        #[expect(clippy::cast_precision_loss, reason = "a count of pairs")]
        Pace::PerSecond(rate) => (0, rate * pairs.len() as f64 / load.pairs as f64),
    };
    while shared.start.load(Ordering::Acquire) > now_ns() {
        std::hint::spin_loop();
    }
    runtime.block_on(async {
        let mut talks = Vec::new();
        let (mut visitors, mut operators) = (Vec::new(), Vec::new());
        for pair in pairs {
            let visitor = Talk::new(Role::Visitor, pair.visitor, pair.conversation.clone(), shared)?;
            let operator = Talk::new(Role::Operator, pair.operator, pair.conversation, shared)?;
            let (to_visitor, for_visitor) = unbounded_channel();
            let (to_operator, for_operator) = unbounded_channel();
            visitors.push(to_visitor);
            operators.push(to_operator);
            talks.push(async move { tokio::join!(visitor.run(for_visitor, 0), operator.run(for_operator, window)) });
        }
        let visitor_rate = load.visitor_messages_per_second;
        let timetable = Timetable::new(shared.start.load(Ordering::Acquire), rate, visitor_rate, visitors, operators);
        let (talked, ()) = tokio::join!(futures_util::future::join_all(talks), conduct_thread(timetable, rate > 0.0, shared));
        let (mut visitors, mut operators) = (Tally::new()?, Tally::new()?);
        for (visitor, operator) in talked {
            visitors.add(&visitor)?;
            operators.add(&operator)?;
        }
        Ok((visitors, operators))
    })
}

/// Gives the orders when they are due, without ever sleeping in the open loop. Dropping the timetable ends the talks.
async fn conduct_thread(mut timetable: Timetable, is_open_loop: bool, shared: &Shared) {
    while !shared.stop.load(Ordering::Relaxed) {
        if is_open_loop {
            timetable.order_until(now_ns());
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

struct Pair {
    visitor: Socket,
    operator: Socket,
    conversation: String,
}

/// The visitor starts, the operator accepts.
async fn open_pair(subject: &Subject, number: usize) -> Fallible<Pair> {
    let target: &Target = subject.target();
    let source = u8::try_from(number % 8 + 1)?;
    let Some(site) = subject.site() else {
        return Ok(Pair {
            visitor: Socket::open(target, &Credential::None, source).await?,
            operator: Socket::open(target, &Credential::None, source).await?,
            conversation: "cnv_none".to_owned(),
        });
    };
    let mut operator = Socket::open(target, subject.operator(number)?, source).await?;
    let token = subject.visitor_token(source).await?;
    let credential = Credential::Visitor { token, site: site.to_owned() };
    let mut visitor = Socket::open(target, &credential, source).await?;
    let ack = visitor.ask("{\"t\":\"start\",\"id\":\"start\",\"text\":\"Good morning\"}".to_owned(), "ack").await?;
    let frame: Frame = serde_json::from_str(&ack)?;
    let conversation = frame.conversation.ok_or("an ack without its conversation")?.into_owned();
    let accept = format!("{{\"t\":\"accept\",\"id\":\"accept-{number}\",\"conversation\":\"{conversation}\"}}");
    operator.ask(accept, "ack").await?;
    Ok(Pair { visitor, operator, conversation })
}

struct Talk<'a> {
    role: Role,
    socket: Socket,
    conversation: String,
    shared: &'a Shared,
    tally: Tally,
    outstanding: u64,
    serial: u64,
    last: u32,
    told: u32,
    filling: String,
}

impl<'a> Talk<'a> {
    fn new(role: Role, socket: Socket, conversation: String, shared: &'a Shared) -> Fallible<Self> {
        let filling = "Thank you for waiting, I am looking at your order now. ".repeat(3);
        Ok(Self {
            role,
            socket,
            conversation,
            shared,
            tally: Tally::new()?,
            outstanding: 0,
            serial: 0,
            last: 0,
            told: 0,
            filling,
        })
    }

    async fn run(mut self, orders: UnboundedReceiver<u64>, window: usize) -> Tally {
        if let Err(error) = self.converse(orders, window).await {
            self.tally.first_error = Some(error.to_string());
        }
        self.tally
    }

    async fn converse(&mut self, mut orders: UnboundedReceiver<u64>, window: usize) -> Fallible<()> {
        for _ in 0..window {
            self.send(now_ns()).await?;
        }
        self.socket.flush().await?;
        let mut receipts = tokio::time::interval(RECEIPTS_EVERY);
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(meant) => {
                        self.send(meant).await?;
                        self.socket.flush().await?;
                    }
                    None => break,
                },
                text = self.socket.next() => {
                    self.take(&text?, window).await?;
                    while let Some(text) = self.socket.next_if_there()? {
                        self.take(&text, window).await?;
                    }
                    self.socket.flush().await?;
                }
                _ = receipts.tick() => self.receipts().await?,
            }
        }
        // What is under way may still arrive, and the other side's last words too.
        let end = tokio::time::sleep(DRAIN);
        tokio::pin!(end);
        let mut quiet = tokio::time::interval(Duration::from_millis(100));
        let mut heard = true;
        loop {
            tokio::select! {
                text = self.socket.next() => {
                    self.take(&text?, 0).await?;
                    heard = true;
                }
                _ = quiet.tick() => {
                    if !heard && self.outstanding == 0 {
                        break;
                    }
                    heard = false;
                }
                () = &mut end => break,
            }
        }
        self.part().await
    }

    /// A finished chat is closed, so that the next round does not carry its weight.
    async fn part(&mut self) -> Fallible<()> {
        if self.role == Role::Operator && self.conversation != "cnv_none" {
            let close = format!("{{\"t\":\"close\",\"id\":\"close\",\"conversation\":\"{}\"}}", self.conversation);
            self.socket.ask(close, "ack").await?;
        }
        Ok(())
    }

    async fn send(&mut self, meant: u64) -> Fallible<()> {
        if self.counts(meant) {
            self.tally.late.record(now_ns().saturating_sub(meant))?;
        }
        self.serial += 1;
        self.outstanding += 1;
        self.tally.sent += 1;
        let mut text = format!("@{meant}@ ");
        text.push_str(&self.filling[..TEXT_BYTES - text.len()]);
        let frame = format!(
            "{{\"t\":\"send\",\"id\":\"{meant}_{}\",\"conversation\":\"{}\",\"text\":\"{text}\"}}",
            self.serial, self.conversation
        );
        self.socket.queue(frame).await
    }

    async fn take(&mut self, text: &str, window: usize) -> Fallible<()> {
        let now = now_ns();
        let frame: Frame = serde_json::from_str(text)?;
        match &*frame.t {
            "ack" => self.acked(frame.id.as_deref(), now, window).await?,
            // An account with several sockets hears on each what belongs to the others.
            "event" if frame.conversation.as_deref() == Some(&*self.conversation) => {
                self.last = self.last.max(frame.seq.unwrap_or(0));
                let own = match self.role {
                    Role::Visitor => "visitor",
                    Role::Operator => "operator",
                };
                if frame.kind.as_deref() == Some("message") && frame.from.as_deref() != Some(own) {
                    self.seen(frame.text.as_deref().and_then(stamp_of_text), now)?;
                }
            }
            // The reference server's answer is ack and event in one.
            "send" => {
                self.seen(frame.text.as_deref().and_then(stamp_of_text), now)?;
                self.acked(frame.id.as_deref(), now, window).await?;
            }
            "refused" => {
                self.tally.refused += 1;
                self.outstanding = self.outstanding.saturating_sub(1);
                if self.tally.first_error.is_none() {
                    self.tally.first_error = Some(text.to_owned());
                }
            }
            "bye" => return Err(format!("the server said: {text}").into()),
            _ => {}
        }
        Ok(())
    }

    async fn acked(&mut self, id: Option<&str>, now: u64, window: usize) -> Fallible<()> {
        self.tally.acked += 1;
        self.outstanding = self.outstanding.saturating_sub(1);
        if let Some(meant) = id.and_then(|id| id.split_once('_')).and_then(|(stamp, _)| stamp.parse().ok())
            && self.counts(meant)
        {
            self.tally.round_trip.record(now.saturating_sub(meant))?;
        }
        if window > 0 && !self.shared.stop.load(Ordering::Relaxed) {
            self.send(now).await?;
        }
        Ok(())
    }

    fn seen(&mut self, meant: Option<u64>, now: u64) -> Fallible<()> {
        let Some(meant) = meant else { return Ok(()) };
        self.tally.seen += 1;
        if self.counts(meant) {
            self.tally.one_way.record(now.saturating_sub(meant))?;
        }
        Ok(())
    }

    fn counts(&self, meant: u64) -> bool {
        meant >= self.shared.measured_from.load(Ordering::Relaxed) && !self.shared.stop.load(Ordering::Relaxed)
    }

    /// As a page does that is open and visible.
    async fn receipts(&mut self) -> Fallible<()> {
        if self.last > self.told {
            self.told = self.last;
            for t in ["delivered", "seen"] {
                let frame = format!("{{\"t\":\"{t}\",\"conversation\":\"{}\",\"seq\":{}}}", self.conversation, self.last);
                self.socket.queue(frame).await?;
            }
            self.socket.flush().await?;
        }
        Ok(())
    }
}

fn stamp_of_text(text: &str) -> Option<u64> {
    text.strip_prefix('@')?.split_once('@')?.0.parse().ok()
}
