//! The load generator: pairs of visitors and operators over TLS against a running Parlor, and every figure beside a ceiling
//! measured in the same run. `cargo bench --bench load -- --help` lists the options; README.md says how to read the table.
//!
//! Start reading at `measure`. `pairs` are talks, `crowd` is people who only stay connected, `echo` and `ceiling` are what
//! the machine could do at best.

// A bench reads the clock; the product gets it injected.
#![allow(clippy::disallowed_methods)]

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser as _;

mod ceiling;
mod crowd;
mod echo;
mod http;
mod machine;
mod options;
mod pairs;
mod process;
mod report;
mod returning;
mod server;
mod socket;
mod staff;
mod timetable;
mod tls;
mod weight;

use machine::Cores;
use options::{Options, Part, Role, Run};
use pairs::{Load, Pace, Round};
use report::{Goal, Report, milliseconds};
use server::{Installation, Subject};
use staff::Account;

pub type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Fallible<()> {
    // More than one cryptography library may be linked in; this one is used.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = Options::parse();
    if let Some(Role::Echo { port, workers, certificate }) = options.command {
        return echo::serve(port, workers, &certificate);
    }
    let files = machine::raise_file_limit();
    println!("Up to {files} open files.");
    measure(&options.run)
}

/// How much is measured.
struct Extent {
    rounds: usize,
    pairs: usize,
    rates: Vec<f64>,
    measured: Duration,
    warm_up: Duration,
    starts: usize,
    storm: usize,
    returning: usize,
    visitors: Vec<usize>,
    visitor_rate: f64,
}

impl Extent {
    fn of(run: &Run) -> Self {
        let quick = run.quick;
        // A Parlor started here is told to let visitors write faster; one that runs already keeps its limit.
        let usual = if run.url.is_some() { parlor::domain::limits::VISITOR_MESSAGES_PER_SECOND / 2.0 } else { 1_000.0 };
        Self {
            rounds: run.rounds.unwrap_or(if quick { 1 } else { 3 }),
            pairs: run.pairs.unwrap_or(if quick { 4 } else { 50 }),
            rates: run.rates.clone().unwrap_or_else(|| if quick { vec![50.0] } else { vec![50.0, 500.0, 2_000.0, 5_000.0] }),
            measured: Duration::from_secs_f64(run.seconds.unwrap_or(if quick { 1.0 } else { 5.0 })),
            warm_up: Duration::from_millis(if quick { 200 } else { 1_000 }),
            starts: if quick { 3 } else { 20 },
            storm: if quick { 100 } else { 3_000 },
            returning: run.returning.unwrap_or(if quick { 100 } else { 5_000 }),
            visitors: run.visitors.clone().unwrap_or_else(|| if quick { vec![0, 100] } else { vec![0, 1_000, 10_000] }),
            visitor_rate: run.visitor_rate.unwrap_or(usual),
        }
    }
}

/// The two servers of a run: Parlor, and the reference beside it.
struct Bench<'a> {
    run: &'a Run,
    extent: Extent,
    cores: Cores,
    directory: tempfile::TempDir,
    installation: Option<Installation>,
    report: Report,
}

fn measure(run: &Run) -> Fallible<()> {
    let extent = Extent::of(run);
    let directory = tempfile::tempdir()?;
    let address = run.address()?;
    // A server that runs already is left where it is.
    let cores = Cores::split();
    let installation = match address {
        Some(_) => None,
        None if run.rehearse => None,
        None => {
            let binary = run.parlor.clone().unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_parlor")));
            Some(Installation::set_up(&binary, directory.path(), extent.visitor_rate)?)
        }
    };
    let mut bench = Bench { run, extent, cores, directory, installation, report: Report::default() };
    if run.wants(Part::Start) {
        bench.start()?;
    }
    if run.wants(Part::Memory) {
        bench.memory()?;
    }
    if run.wants(Part::Noise) {
        bench.noise()?;
    }
    if [Part::Weight, Part::Latency, Part::Flood, Part::Storm, Part::Return].iter().any(|part| run.wants(*part)) {
        bench.under_load()?;
    }
    if bench.report.print() || run.quick { Ok(()) } else { Err("a goal was missed: see the table".into()) }
}

impl Bench<'_> {
    fn threads(&self) -> usize {
        self.cores.client_threads
    }

    /// Parlor, fresh when it is ours.
    fn parlor(&self) -> Fallible<Subject> {
        if let Some(installation) = &self.installation {
            return Ok(installation.start(Some(&self.cores))?.0);
        }
        if self.run.rehearse {
            return self.echo();
        }
        let (address, authority) = self.run.address()?.ok_or("no --url")?;
        let (Some(ca), Some(site)) = (&self.run.ca, &self.run.site) else { return Err("--ca and --site are needed".into()) };
        Subject::running(address, authority, ca, site.clone(), self.run.origin.clone(), self.run.pid)
    }

    fn echo(&self) -> Fallible<Subject> {
        Ok(server::start_echo(Some(&self.cores), self.cores.server_workers, self.directory.path())?.0)
    }

    /// From exec to the first answer over TLS.
    fn start(&mut self) -> Fallible<()> {
        let Some(installation) = &self.installation else { return Ok(()) };
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..self.extent.starts {
            let (mut subject, took) = installation.start(None)?;
            subject.stop()?;
            ours.push(took.as_secs_f64() * 1e3);
            let (mut subject, took) = server::start_echo(None, self.cores.server_workers, self.directory.path())?;
            subject.stop()?;
            bare.push(took.as_secs_f64() * 1e3);
        }
        self.report.add("Cold start, exec to first answer", "ms", ours, bare, Goal::AtMost(50.0));
        let bytes = std::fs::metadata(&installation.binary)?.len();
        #[expect(clippy::cast_precision_loss, reason = "the size of a file")]
        let megabytes = bytes as f64 / 1e6;
        self.report.add("Binary", "MB", vec![megabytes], Vec::new(), Goal::AtMost(16.0));
        Ok(())
    }

    /// Memory of a fresh server at each number of visitors.
    fn memory(&mut self) -> Fallible<()> {
        if self.installation.is_none() && self.run.pid.is_none() && !self.run.rehearse {
            return Ok(());
        }
        let mut subject = self.parlor()?;
        let ours = crowd::weigh(&subject, &self.extent.visitors, self.threads())?;
        subject.stop()?;
        let mut subject = self.echo()?;
        let bare = crowd::weigh(&subject, &self.extent.visitors, self.threads())?;
        subject.stop()?;
        for ((number, ours), (_, bare)) in ours.iter().zip(&bare) {
            let goal = if *number == 0 { Goal::AtMost(24.0) } else { Goal::None };
            let what = format!("RSS with {number} connected visitors");
            self.report.add(what, "MB", vec![ours.rss_kib * 1024.0 / 1e6], vec![bare.rss_kib * 1024.0 / 1e6], goal);
            let what = format!("PSS with {number} connected visitors");
            self.report.add(what, "MB", vec![ours.pss_kib * 1024.0 / 1e6], vec![bare.pss_kib * 1024.0 / 1e6], Goal::None);
        }
        let first = ours.first().zip(bare.first());
        for ((number, ours), (_, bare)) in ours.iter().zip(&bare).skip(1) {
            let Some(((_, ours_idle), (_, bare_idle))) = first else { continue };
            #[expect(clippy::cast_precision_loss, reason = "a count of visitors")]
            let each = |full: f64, idle: f64| (full - idle) / *number as f64;
            self.report.add(
                format!("RSS of one idle visitor, of {number}"),
                "KiB",
                vec![each(ours.rss_kib, ours_idle.rss_kib)],
                vec![each(bare.rss_kib, bare_idle.rss_kib)],
                Goal::RatioAtMost(1.15),
            );
        }
        Ok(())
    }

    /// Everything that needs staff.
    fn under_load(&mut self) -> Fallible<()> {
        let mut parlor = self.parlor()?;
        if self.run.rehearse {
            let echo = self.echo()?;
            return self.talks(&parlor, &echo);
        }
        let account = match (&self.installation, &self.run.operator_email, &self.run.operator_password_file) {
            (Some(installation), ..) => installation.admin.clone(),
            (None, Some(email), Some(file)) => {
                Account { email: email.clone(), password: std::fs::read_to_string(file)?.trim_end().to_owned() }
            }
            _ => return Err("--operator-email and --operator-password-file are needed".into()),
        };
        let operators = self.extent.pairs.max(if self.run.wants(Part::Flood) { self.flood_pairs() } else { 0 });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        if self.installation.is_some() || self.run.make_operators {
            runtime.block_on(parlor.staff_with_new(&account, operators))?;
        } else {
            runtime.block_on(parlor.staff_with_one(&account))?;
        }
        if self.run.wants(Part::Weight) {
            self.weights(&runtime.block_on(weight::weigh(&parlor))?);
        }
        let mut echo = self.echo()?;
        self.talks(&parlor, &echo)?;
        echo.stop()?;
        parlor.stop()
    }

    fn talks(&mut self, parlor: &Subject, echo: &Subject) -> Fallible<()> {
        if self.run.wants(Part::Latency) {
            self.latency(parlor, echo)?;
        }
        if self.run.wants(Part::Flood) {
            self.flood(parlor, echo)?;
        }
        if self.run.wants(Part::Storm) {
            self.storm(parlor, echo)?;
        }
        if self.run.wants(Part::Return) && !self.run.rehearse {
            self.come_back(parlor)?;
        }
        Ok(())
    }

    fn weights(&mut self, weights: &weight::Weights) {
        let mut add = |what: &str, weight: weight::Weight, bytes: f64, requests: f64| {
            #[expect(clippy::cast_precision_loss, reason = "a few kilobytes")]
            let (size, count) = (weight.bytes as f64, weight.requests as f64);
            self.report.add(format!("{what}, brotli"), "bytes", vec![size], Vec::new(), Goal::AtMost(bytes));
            let goal = if requests > 0.0 { Goal::AtMost(requests) } else { Goal::None };
            self.report.add(format!("{what}, requests"), "", vec![count], Vec::new(), goal);
        };
        add("Widget before a click", weights.loader, 3.0 * 1024.0, 1.0);
        add("Whole panel", weights.panel, 20.0 * 1024.0, 0.0);
        if let Some(console) = weights.console {
            add("Console, first load", console, 60.0 * 1024.0, 8.0);
        }
    }

    fn latency(&mut self, parlor: &Subject, echo: &Subject) -> Fallible<()> {
        let pairs = self.extent.pairs;
        let closed = (format!("{pairs} pairs, closed loop"), Pace::InFlight(1), Goal::None, Goal::None);
        let mut steps = vec![closed];
        for rate in self.extent.rates.clone() {
            let first = rate == self.extent.rates[0];
            let (p50, p99) = if first { (Goal::AtMost(1.0), Goal::AtMost(5.0)) } else { (Goal::None, Goal::None) };
            steps.push((format!("{pairs} pairs, {rate}/s"), Pace::PerSecond(rate), p50, p99));
        }
        for (what, pace, p50, p99) in steps {
            let load = self.load(pairs, pace);
            let (ours, bare) = self.rounds(parlor, echo, &load)?;
            for (name, quantile, goal) in [("p50", 0.5, p50), ("p99", 0.99, p99), ("p99.9", 0.999, Goal::None)] {
                let one_way = |rounds: &[Round]| rounds.iter().map(|round| milliseconds(&round.one_way(), quantile)).collect();
                self.report.add(format!("Send → seen {name}, {what}"), "ms", one_way(&ours), one_way(&bare), goal);
            }
            let toward =
                |quantile| -> Vec<f64> { ours.iter().map(|round| milliseconds(&round.from_visitor, quantile)).collect() };
            if ours.iter().any(|round| !round.from_visitor.is_empty()) {
                self.report.add(format!("… visitor to operator p50, {what}"), "ms", toward(0.5), Vec::new(), Goal::None);
                self.report.add(format!("… visitor to operator p99, {what}"), "ms", toward(0.99), Vec::new(), Goal::None);
            }
            for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
                let trip = |rounds: &[Round]| rounds.iter().map(|round| milliseconds(&round.round_trip, quantile)).collect();
                self.report.add(format!("Send → ack {name}, {what}"), "ms", trip(&ours), trip(&bare), Goal::None);
            }
            if let Pace::PerSecond(rate) = pace {
                self.disk(rate)?;
            }
            // Below that, ticks of 10 ms say nothing about so few messages.
            if !matches!(pace, Pace::PerSecond(rate) if rate < 500.0) {
                self.cost(&what, &ours, &bare, Goal::None);
            }
        }
        Ok(())
    }

    /// What a message costs the disk alone at this rate; the greatest part of what Parlor takes longer than the reference.
    fn disk(&mut self, rate: f64) -> Fallible<()> {
        let mut rounds = Vec::new();
        for _ in 0..self.extent.rounds {
            rounds.push(ceiling::one_at_a_time(self.directory.path(), rate, self.extent.measured / 3)?);
        }
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            let took = rounds.iter().map(|round| milliseconds(round, quantile)).collect();
            self.report.add(format!("fdatasync of a message {name}, {rate}/s"), "ms", Vec::new(), took, Goal::None);
        }
        Ok(())
    }

    /// As many durable messages as fit through.
    fn flood(&mut self, parlor: &Subject, echo: &Subject) -> Fallible<()> {
        let pairs = self.flood_pairs();
        let load = self.load(pairs, Pace::InFlight(self.run.in_flight.div_ceil(pairs)));
        let (ours, bare) = self.rounds(parlor, echo, &load)?;
        let what = format!("{} in flight", self.run.in_flight);
        let rate = |rounds: &[Round]| -> Vec<f64> { rounds.iter().map(|round| round.per_second).collect() };
        self.report.add(
            format!("Durable messages, {what}; beside echoes"),
            "/s",
            rate(&ours),
            rate(&bare),
            Goal::AtLeast(10_000.0),
        );
        let mut disk = Vec::new();
        for _ in 0..self.extent.rounds {
            disk.push(ceiling::group_commit(self.directory.path(), self.run.in_flight, self.extent.measured / 2)?);
        }
        self.report.add(format!("Durable messages, {what}; beside group commit"), "/s", rate(&ours), disk, Goal::None);
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            let trip = |rounds: &[Round]| rounds.iter().map(|round| milliseconds(&round.round_trip, quantile)).collect();
            self.report.add(format!("Send → ack {name}, {what}"), "ms", trip(&ours), trip(&bare), Goal::None);
        }
        self.cost(&what, &ours, &bare, Goal::AtMost(60.0));
        Ok(())
    }

    fn storm(&mut self, parlor: &Subject, echo: &Subject) -> Fallible<()> {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..self.extent.rounds {
            ours.push(crowd::storm(parlor, self.extent.storm, self.threads())?);
            bare.push(crowd::storm(echo, self.extent.storm, self.threads())?);
        }
        for storm in ours.iter().chain(&bare) {
            self.report.others_had(storm.others_cores);
            if storm.failed > 0 {
                println!("  {} of {} visitors could not connect", storm.failed, self.extent.storm);
            }
        }
        let rate = |storms: &[crowd::Storm]| storms.iter().map(|storm| storm.per_second).collect();
        self.report.add("Visitors who connect: TLS, ticket, hello", "/s", rate(&ours), rate(&bare), Goal::None);
        let cost = |storms: &[crowd::Storm]| storms.iter().filter_map(|storm| storm.server_cpu_us_each).collect();
        self.report.add("Server CPU per visitor who connects", "µs", cost(&ours), cost(&bare), Goal::None);
        Ok(())
    }

    /// Thousands of visitors with open chats come back at once, while others talk on; beside it the same talks in peace.
    fn come_back(&mut self, parlor: &Subject) -> Fallible<()> {
        let count = self.extent.returning;
        let away = returning::leave(parlor, count)?;
        let measured = if self.run.quick { Duration::from_secs(2) } else { Duration::from_secs(15) };
        let load = Load { measured, ..self.load(8.min(self.extent.pairs), Pace::PerSecond(100.0)) };
        let quiet = pairs::run(parlor, &load, 1)?;
        let threads = self.threads().saturating_sub(1).max(1);
        let warm_up = load.warm_up;
        let (meanwhile, returned) = std::thread::scope(|scope| {
            let talks = scope.spawn(|| pairs::run(parlor, &load, 1));
            std::thread::sleep(warm_up + Duration::from_millis(500));
            let returned = away.come_back(parlor, threads);
            (talks.join(), returned)
        });
        let (meanwhile, returned) = (meanwhile.map_err(|_| "a client thread panicked")??, returned?);
        if let Some(trouble) = &returned.first_trouble {
            println!("  {} lost, {} wrong: {trouble}", returned.lost, returned.wrong);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of visitors")]
        let counts = [returned.lost + returned.wrong, usize::try_from(returned.retries)?].map(|count| count as f64);
        let what = format!("{count} visitors come back at once");
        self.report.add(
            format!("{what}: until the last has caught up"),
            "s",
            vec![returned.seconds],
            Vec::new(),
            Goal::AtMost(30.0),
        );
        self.report.add(
            format!("{what}: lost, or a message not exactly once"),
            "",
            vec![counts[0]],
            Vec::new(),
            Goal::AtMost(0.0),
        );
        self.report.add(format!("{what}: connections tried again"), "", vec![counts[1]], Vec::new(), Goal::None);
        if let Some(cost) = returned.server_cpu_us_each {
            self.report.add(format!("{what}: server CPU for each"), "µs", vec![cost], Vec::new(), Goal::None);
        }
        for (name, quantile, goal) in [("p50", 0.5, Goal::None), ("p99", 0.99, Goal::AtMost(200.0))] {
            let one_way = |round: &Round| vec![milliseconds(&round.one_way(), quantile)];
            let name = format!("Send → seen {name} of other talks meanwhile; beside before");
            self.report.add(name, "ms", one_way(&meanwhile), one_way(&quiet), goal);
        }
        Ok(())
    }

    /// One visitor sends a thousand messages a second, under the limits that Parlor ships with; beside it the same talks in peace.
    fn noise(&mut self) -> Fallible<()> {
        let Some(installation) = &self.installation else { return Ok(()) };
        let limit = parlor::domain::limits::VISITOR_MESSAGES_PER_SECOND;
        let mut subject = installation.start_with(Some(&self.cores), parlor::domain::limits::VISITOR_MESSAGE_BURST, limit)?.0;
        let admin = installation.admin.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let pairs = 8.min(self.extent.pairs);
        runtime.block_on(subject.staff_with_new(&admin, pairs))?;
        let load = Load { visitor_messages_per_second: limit / 2.0, ..self.load(pairs, Pace::PerSecond(100.0)) };
        let (mut noisy, mut quiet, mut flooded) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.extent.rounds {
            quiet.push(pairs::run(&subject, &load, 1)?);
            let lasting = load.warm_up + load.measured;
            let (round, flood) = std::thread::scope(|scope| {
                let flood = scope.spawn(|| returning::flood(&subject, 1_000, lasting));
                (pairs::run(&subject, &load, 1), flood.join())
            });
            noisy.push(round?);
            flooded.push(flood.map_err(|_| "a client thread panicked")??);
        }
        subject.stop()?;
        #[expect(clippy::cast_precision_loss, reason = "a count of messages")]
        let share = flooded.iter().map(|it| 100.0 * it.acked as f64 / it.sent.max(1) as f64).collect();
        self.report.add("Of 1,000 messages a second of one visitor, taken", "%", share, Vec::new(), Goal::AtMost(5.0));
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            let one_way = |rounds: &[Round]| rounds.iter().map(|round| milliseconds(&round.one_way(), quantile)).collect();
            let name = format!("Send → seen {name} of other talks meanwhile; beside before");
            self.report.add(name, "ms", one_way(&noisy), one_way(&quiet), Goal::None);
        }
        Ok(())
    }

    fn load(&self, pairs: usize, pace: Pace) -> Load {
        Load {
            pairs,
            pace,
            warm_up: self.extent.warm_up,
            measured: self.extent.measured,
            visitor_messages_per_second: self.extent.visitor_rate,
        }
    }

    fn flood_pairs(&self) -> usize {
        if self.run.quick { self.extent.pairs } else { self.run.pairs.unwrap_or(64) }
    }

    /// Ours and the reference in turn, so that a noisy neighbour meets both.
    fn rounds(&mut self, parlor: &Subject, echo: &Subject, load: &Load) -> Fallible<(Vec<Round>, Vec<Round>)> {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..self.extent.rounds {
            ours.push(pairs::run(parlor, load, self.threads())?);
            bare.push(pairs::run(echo, load, self.threads())?);
        }
        for round in ours.iter().chain(&bare) {
            self.report.others_had(round.others_cores);
            if matches!(load.pace, Pace::PerSecond(_)) {
                self.report.sent_late(milliseconds(&round.late, 0.99));
            }
        }
        for round in &ours {
            if round.acked != round.sent || round.seen != round.sent {
                println!("  sent {}, acknowledged {}, seen {}, refused {}", round.sent, round.acked, round.seen, round.refused);
            }
        }
        Ok((ours, bare))
    }

    fn cost(&mut self, what: &str, ours: &[Round], bare: &[Round], goal: Goal) {
        let cost = |rounds: &[Round]| rounds.iter().filter_map(|round| round.cpu_us_per_message).collect();
        self.report.add(format!("Server CPU per message, {what}"), "µs", cost(ours), cost(bare), goal);
    }
}
