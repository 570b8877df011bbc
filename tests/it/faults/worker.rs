//! A store in a process of its own, which can be killed: this test binary started once more, told by a variable what to do.
//! It prints what it asks of the store before it does, and the answer once it has one, a line each.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use parlor::store::Store;
use parlor::vault::RootKey;
use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::disk::{Disk, Plan};
use super::history::{Entry, History};
use super::house;
use super::load::{Person, Writes, look, share_out};

/// What the worker reads its order from.
const ORDER: &str = "PARLOR_TEST_WORKER";
const THIS_TEST: &str = "faults::worker::a_worker_works_when_it_is_told_to";
/// What stands before each line that is meant for the campaign.
const MARK: &str = "@worker ";
/// So long without a word, and the worker hangs: itself a failure. A store gives a database that does not answer 60 s, and 20 s
/// more when it closes.
const PATIENCE: Duration = Duration::from_secs(90);
const PEOPLE: usize = 3;
/// The campaigns' own root key.
pub const ROOT_KEY: &[u8; 32] = b"the root key of these campaigns ";
/// Numbers of acts for one run of one worker.
pub const ACTS_PER_RUN: u64 = 1_000_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub data_dir: PathBuf,
    /// Where the root key is, if it is not the campaigns' own.
    pub key_file: Option<PathBuf>,
    /// Makes this run's texts and numbers different from those of every other run of the same history.
    pub run: u64,
    pub seed: u64,
    /// For each of the people; with 0 the worker only looks.
    pub acts: u64,
}

impl Order {
    /// To open the store, show everything and close it.
    pub fn to_look(data_dir: &Path, run: u64) -> Self {
        Self { data_dir: data_dir.to_owned(), key_file: None, run, seed: 0, acts: 0 }
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum Said {
    Entry(Entry),
    /// The store did not open, for this reason and with this exit code.
    Refused {
        sentence: String,
        code: u8,
    },
    /// The store opened and takes no more writes.
    Trouble {
        sentence: String,
    },
    Panicked {
        place: String,
    },
    Closed,
}

enum Heard {
    Said(Said),
    PowerCut,
    Ended,
}

/// How a run went.
#[derive(Debug, Default)]
pub struct Ran {
    /// What the checker found at the looks of this run.
    pub wrong: Vec<String>,
    pub looked: bool,
    pub unreadable: Vec<String>,
    pub refused: Option<(String, u8)>,
    pub trouble: Option<String>,
    pub panics: Vec<String>,
    pub closed: bool,
    pub killed: bool,
    pub status: Option<ExitStatus>,
}

impl Ran {
    /// A person must get a sentence: whatever happens, the process does not die of it.
    pub fn died(&self) -> Option<String> {
        let excused = self.killed || self.closed || self.refused.is_some() || self.trouble.is_some();
        let of_ours = self.panics.iter().find(|place| place.starts_with("src/"));
        match (excused, of_ours) {
            (_, Some(place)) => Some(format!("it panicked at {place}")),
            (false, None) => Some(format!("it ended with {:?} and without a sentence; panics: {:?}", self.status, self.panics)),
            (true, None) if self.closed && !self.looked => Some("it closed and had not looked".to_owned()),
            (true, None) => None,
        }
    }
}

/// Lets a worker run on a mounted or plain directory until it ends, or until the disk's power is cut: then it is killed.
pub fn run(order: &Order, history: &mut History, disk: Option<(&Disk, Plan)>) -> Ran {
    let (sender, heard) = channel();
    if let Some((disk, plan)) = disk {
        let sender = sender.clone();
        disk.plan(plan, Some(Box::new(move || drop(sender.send(Heard::PowerCut)))));
    }
    let mut child = Running::start(order, sender);
    let mut ran = Ran::default();
    loop {
        match heard.recv_timeout(PATIENCE) {
            Ok(Heard::Said(said)) => ran.take(said, order.run, history),
            Ok(Heard::PowerCut) => {
                ran.killed = true;
                child.kill();
            }
            Ok(Heard::Ended) => break,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                ran.wrong.push(format!("nothing was heard of the worker for {PATIENCE:?}"));
                child.kill();
                break;
            }
        }
    }
    ran.status = Some(child.wait());
    ran
}

impl Ran {
    fn take(&mut self, said: Said, run: u64, history: &mut History) {
        match said {
            Said::Entry(entry) => {
                let entry = match entry {
                    Entry::Asked { number, act } => Entry::Asked { number: run * ACTS_PER_RUN + number, act },
                    Entry::Answered { number, answer } => Entry::Answered { number: run * ACTS_PER_RUN + number, answer },
                    Entry::Looked { talks, whole, house } => {
                        self.looked = true;
                        let told = talks.iter().filter_map(|it| it.unreadable.as_ref().map(|why| format!("{}: {why}", it.talk)));
                        self.unreadable.extend(told);
                        Entry::Looked { talks, whole, house }
                    }
                    other => other,
                };
                self.wrong.extend(history.note(entry));
            }
            Said::Refused { sentence, code } => self.refused = Some((sentence, code)),
            Said::Trouble { sentence } => self.trouble = Some(sentence),
            Said::Panicked { place } => self.panics.push(place),
            Said::Closed => self.closed = true,
        }
    }
}

/// The process. Killed when it goes out of scope.
struct Running(Child);

impl Running {
    fn start(order: &Order, sender: Sender<Heard>) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", THIS_TEST, "--nocapture", "--test-threads=1"])
            .env(ORDER, serde_json::to_string(order).unwrap())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || hear(lines, &sender));
        Self(child)
    }

    fn kill(&mut self) {
        // It may have ended by itself a moment ago.
        let _ = self.0.kill();
    }

    fn wait(&mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Hands on what the worker says, up to the end of its output, which is its end.
fn hear(lines: BufReader<impl Read>, sender: &Sender<Heard>) {
    for line in lines.split(b'\n').map_while(Result::ok) {
        // The last line of a killed worker may be torn.
        let said = line.strip_prefix(MARK.as_bytes()).and_then(|line| serde_json::from_slice(line).ok());
        if let Some(said) = said
            && sender.send(Heard::Said(said)).is_err()
        {
            return;
        }
    }
    let _ = sender.send(Heard::Ended);
}

fn say(said: &Said) {
    let line = format!("\n{MARK}{}\n", serde_json::to_string(said).unwrap());
    // One write, so that the lines of several threads do not mix. It begins a line, since the test runner may be in the middle
    // of one. Nobody may be listening any more.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

/// The other side: the worker itself. Started as a test among the others it has nothing to do.
#[test]
fn a_worker_works_when_it_is_told_to() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Order = serde_json::from_str(&order).unwrap();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        say(&Said::Panicked { place: format!("{place} {panic}") });
    }));
    std::process::exit(work(&order).into());
}

fn work(order: &Order) -> u8 {
    let store = match Store::open(&order.data_dir, &root_key(order), Box::new(|_| {})) {
        Ok(store) => store,
        Err(error) => {
            say(&Said::Refused { sentence: error.to_string(), code: error.exit_code() });
            return error.exit_code();
        }
    };
    let talks = look(&store);
    let house = match house::look(&store) {
        Ok(house) => house,
        Err(error) => {
            say(&Said::Trouble { sentence: error.to_string() });
            return 1;
        }
    };
    say(&Said::Entry(Entry::Looked { talks, whole: true, house }));
    let trouble = if order.acts == 0 { None } else { act(&store, order) };
    if let Some(sentence) = trouble.or(store.not_writable()) {
        say(&Said::Trouble { sentence });
        return 1;
    }
    store.close();
    say(&Said::Closed);
    0
}

/// Several people at once; what stopped the first of them, if anything did.
fn act(store: &Store, order: &Order) -> Option<String> {
    if let Err(error) = house::furnish(store) {
        return Some(error.to_string());
    }
    let mut dice = Dice::new(order.seed);
    let writes = if dice.below(4) == 0 { Writes::Novels } else { Writes::Chats };
    let numbers = AtomicU64::new(1);
    let tell = |entry| say(&Said::Entry(entry));
    std::thread::scope(|scope| {
        let people: Vec<_> = (0..PEOPLE)
            .zip(share_out(store, PEOPLE))
            .map(|(number, (open, closed))| {
                let dice = dice.fork();
                let name = format!("r{}p{number}", order.run);
                let mut person = Person { store, dice, name, open, closed, tell: &tell, numbers: &numbers, said: 0, writes };
                scope.spawn(move || person.act(order.acts))
            })
            .collect();
        let outcomes: Vec<_> = people.into_iter().map(|person| person.join()).collect();
        outcomes.into_iter().find_map(|outcome| match outcome {
            Ok(Ok(())) => None,
            Ok(Err(sentence)) => Some(sentence),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn root_key(order: &Order) -> RootKey {
    match &order.key_file {
        Some(path) => RootKey::read_file(path).unwrap(),
        None => RootKey::from_bytes(*ROOT_KEY),
    }
}
