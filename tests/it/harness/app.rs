//! The appliance under test: the real thing, on a thread of its own, in a directory of its own, on a port of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use parlor::app::App;
use parlor::config::Config;
use parlor::domain::access::Actor;
use parlor::domain::department::Department;
use parlor::domain::id::{OperatorId, SiteId};
use parlor::domain::news::News;
use parlor::domain::site::Site;
use parlor::serve::Bind;
use parlor::service::people::PersonForm;
use parlor::service::setup::SetUp;
use parlor::service::{people, setup};
use parlor::vault::RootKey;
use tokio::sync::oneshot;

use super::actors::{Admin, Operator, Stranger, Visitor};
use super::disk::{self, Markers};
use super::http::Door;
use super::panics;
use super::world::{ManualClock, SeededRandom};

pub const ADMIN: &str = "anna.admin@clinic.example";
pub const PASSWORD: &str = "harbour violin cactus";
pub const ORIGIN: &str = "https://www.clinic.example";

pub struct TestApp {
    pub app: Arc<App>,
    pub door: Door,
    pub clock: ManualClock,
    /// The first site; none before setup.
    pub site: String,
    pub markers: Markers,
    /// Where it listens, in the order of the settings, and where it only redirects.
    pub addresses: Vec<SocketAddr>,
    pub redirect_addresses: Vec<SocketAddr>,
    config: Config,
    root_key: [u8; 32],
    starts: u64,
    house: Option<House>,
    folder: tempfile::TempDir,
}

/// The thread that the appliance lives on.
struct House {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// How an appliance begins.
pub struct Beginning {
    pub clock: ManualClock,
    pub set_up: bool,
    pub change: Box<dyn FnOnce(&mut Config)>,
}

impl Default for Beginning {
    fn default() -> Self {
        Self { clock: ManualClock::new(), set_up: true, change: Box::new(|_| {}) }
    }
}

impl TestApp {
    /// Set up: one organisation, one administrator, one site with the demo page.
    pub async fn start() -> Self {
        Self::begin(Beginning::default()).await
    }

    pub async fn not_set_up() -> Self {
        Self::begin(Beginning { set_up: false, ..Beginning::default() }).await
    }

    pub async fn with_config(change: impl FnOnce(&mut Config) + 'static) -> Self {
        Self::begin(Beginning { change: Box::new(change), ..Beginning::default() }).await
    }

    #[allow(clippy::unused_async, reason = "every beginning reads alike")]
    pub async fn begin(beginning: Beginning) -> Self {
        panics::watch();
        super::install_crypto();
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().join("data"));
        config.listen = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
        // The machine's owner runs faster than any visitor may.
        config.visitor_allowance.burst = 1_000_000;
        (beginning.change)(&mut config);
        std::fs::create_dir_all(&config.data_dir).unwrap();
        let root_key = *b"the root key of this test's own ";
        let markers = Markers::default();
        let Opened { app, door, house, addresses, redirect_addresses } = open(&config, root_key, &beginning.clock, 1, &markers);
        let mut it = Self {
            app,
            door,
            clock: beginning.clock,
            site: String::new(),
            markers,
            addresses,
            redirect_addresses,
            config,
            root_key,
            starts: 1,
            house: Some(house),
            folder,
        };
        if beginning.set_up {
            it.set_up();
        }
        it
    }

    fn set_up(&mut self) {
        let form = SetUp {
            organisation: "Clinic Nord".to_owned(),
            admin_name: "Anna Admin".to_owned(),
            admin_email: ADMIN.to_owned(),
            password: PASSWORD.to_owned(),
            site_name: "Clinic Nord website".to_owned(),
            origins: ORIGIN.to_owned(),
        };
        for text in [&form.organisation, &form.admin_name, &form.admin_email, &form.password, &form.site_name, &form.origins] {
            self.markers.note(text);
        }
        let finished = setup::finish_on_host(&self.app.ctx(&Actor::Host), form).unwrap();
        self.site = finished.site.to_string();
    }

    pub fn data_dir(&self) -> PathBuf {
        self.config.data_dir.clone()
    }

    pub fn site_id(&self) -> SiteId {
        self.site.parse().unwrap()
    }

    /// The first administrator, as who is signed in.
    pub fn admin_actor(&self) -> Actor {
        let house = self.app.store.house();
        parlor::service::sessions::actor(&house, &house.operators[&self.operator_id(ADMIN)])
    }

    /// Changes the first site as its settings page would.
    pub fn change_site(&self, change: impl FnOnce(&mut Site)) {
        let mut site = Site::clone(&self.app.store.house().sites[&self.site_id()]);
        change(&mut site);
        let mut batch = self.app.store.batch();
        batch.put_site(&site);
        batch.tell(News::Site(site.id));
        self.app.store.commit(batch).wait().unwrap();
    }

    /// Changes a member of staff as their page would.
    pub fn change_operator(&self, email: &str, change: impl FnOnce(&mut parlor::domain::operator::Operator)) {
        let mut operator = self.app.store.house().operators[&self.operator_id(email)].as_ref().clone();
        change(&mut operator);
        let mut batch = self.app.store.batch();
        batch.put_operator(&operator);
        batch.tell(News::Operator(operator.id));
        self.app.store.commit(batch).wait().unwrap();
    }

    pub fn put_department(&self, department: &Department) {
        let mut batch = self.app.store.batch();
        batch.put_department(department);
        batch.tell(News::Site(department.site));
        self.app.store.commit(batch).wait().unwrap();
    }

    /// One more site, which nobody but those who work for all sites works for.
    pub fn add_site(&self, name: &str) -> String {
        let id = SiteId::from_bytes(self.app.ctx(&Actor::Host).random_bytes());
        let site = Site::new(id, name.parse_name(), Vec::new(), self.app.now());
        let mut batch = self.app.store.batch();
        batch.put_site(&site);
        self.app.store.commit(batch).wait().unwrap();
        id.to_string()
    }

    pub fn stranger(&self) -> Stranger {
        Stranger::new(&self.door)
    }

    /// A visitor with an open chat window who has written nothing yet.
    pub async fn visitor(&self, who: &str) -> Visitor {
        let mut visitor = Visitor::new(&self.door, &self.site, who).await;
        visitor.connect().await;
        visitor
    }

    /// An operator of the first site, at the console.
    pub async fn operator(&self, who: &str) -> Operator {
        let mut operator = self.operator_of(who, &[&self.site]).await;
        operator.connect().await;
        operator
    }

    /// An operator of these sites, signed in, with no line open.
    pub async fn operator_of(&self, who: &str, sites: &[&str]) -> Operator {
        let email = self.employ(who, sites);
        Operator::signed_in(&self.door, &email, PASSWORD).await
    }

    /// Invites somebody and has them join; gives their e-mail address.
    pub fn employ(&self, who: &str, sites: &[&str]) -> String {
        let email = format!("{who}@clinic.example");
        self.markers.note(&email);
        let ctx = self.app.ctx(&Actor::Host);
        let form = PersonForm {
            name: format!("{who} of the clinic"),
            email: email.clone(),
            role: "operator".to_owned(),
            capacity: String::new(),
            all_sites: false,
            sites: sites.iter().map(|site| (*site).to_owned()).collect(),
            ..PersonForm::default()
        };
        self.markers.note(&form.name);
        let invitation = people::invite(&ctx, &form).unwrap();
        people::join(&ctx, invitation.token.expose(), PASSWORD.to_owned()).unwrap();
        email
    }

    pub fn operator_id(&self, email: &str) -> OperatorId {
        self.app.store.house().operators.values().find(|it| it.email.as_str() == email).unwrap().id
    }

    /// The administrator, signed in, with no line open.
    pub async fn admin(&self) -> Admin {
        Admin(Operator::signed_in(&self.door, ADMIN, PASSWORD).await)
    }

    /// Lets time pass and runs whatever became due.
    pub async fn advance(&self, span: Duration) {
        self.clock.advance(span);
        self.run_due_jobs().await;
    }

    pub async fn run_due_jobs(&self) {
        let app = Arc::clone(&self.app);
        tokio::task::spawn_blocking(move || parlor::jobs::run_due(&app, app.now())).await.unwrap().unwrap();
    }

    /// Closed talks that should be gone by now.
    fn overdue(&self) -> Vec<String> {
        let house = self.app.store.house();
        let closed = self.app.store.closed();
        let due =
            closed.filter(|it| house.sites.get(&it.site).is_some_and(|site| site.purge.due_at(it.closed_at) <= self.app.now()));
        due.map(|it| it.id.to_string()).collect()
    }

    /// Stops and starts on the same directory; nobody's line survives.
    pub fn restart(&mut self) {
        self.stop();
        self.starts += 1;
        let opened = open(&self.config, self.root_key, &self.clock, self.starts, &self.markers);
        (self.app, self.door, self.house) = (opened.app, opened.door, Some(opened.house));
        (self.addresses, self.redirect_addresses) = (opened.addresses, opened.redirect_addresses);
    }

    pub fn stop(&mut self) {
        if let Some(house) = self.house.take() {
            let _ = house.stop.send(());
            assert!(house.thread.join().is_ok(), "the appliance's thread panicked");
        }
    }
}

trait ParseName {
    fn parse_name(&self) -> parlor::domain::text::Name;
}

impl ParseName for str {
    fn parse_name(&self) -> parlor::domain::text::Name {
        parlor::domain::text::Name::parse(self).unwrap()
    }
}

struct Opened {
    app: Arc<App>,
    door: Door,
    house: House,
    addresses: Vec<SocketAddr>,
    redirect_addresses: Vec<SocketAddr>,
}

fn open(config: &Config, root_key: [u8; 32], clock: &ManualClock, seed: u64, markers: &Markers) -> Opened {
    let (ready, started) = channel();
    let (stop, stopped) = oneshot::channel();
    let (config, clock_inside) = (config.clone(), clock.clone());
    let thread = std::thread::Builder::new()
        .name("appliance".to_owned())
        .spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let random = Arc::new(SeededRandom::new(seed));
                let app = App::open(config.clone(), &RootKey::from_bytes(root_key), Arc::new(clock_inside), random).unwrap();
                let running = parlor::serve::start(Arc::clone(&app), Bind::from_config(&config).unwrap()).unwrap();
                ready.send((Arc::clone(&app), running.addresses().to_vec(), running.redirect_addresses().to_vec())).unwrap();
                let _ = stopped.await;
                running.stop().await;
            });
        })
        .unwrap();
    let (app, addresses, redirect_addresses) = started.recv().expect("the appliance starts");
    let authority = app.certificate.load().as_ref().and_then(|it| it.authority_pem.clone()).expect("a local authority");
    let address = addresses[0];
    let door = Door::new(address.ip(), address.port(), authority.as_bytes(), Some(clock.clone()), markers.clone());
    Opened { app, door, house: House { stop, thread }, addresses, redirect_addresses }
}

impl Drop for TestApp {
    /// What nobody may leave behind: a panicked task, a job that was due, a word that people wrote on the disk.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let due = if self.house.is_some() { self.overdue() } else { Vec::new() };
        self.stop();
        let panics = panics::seen();
        assert!(panics.is_empty(), "something of the appliance panicked: {panics:#?}");
        let leaks = disk::leaks(self.folder.path(), &self.markers);
        assert!(leaks.is_empty(), "in clear on the disk:\n  {}", leaks.join("\n  "));
        assert!(due.is_empty(), "purges that were due and not done: {due:?}");
    }
}

/// The address that a test speaks from when it matters.
pub fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
#[should_panic(expected = "in clear on the disk")]
async fn a_word_left_on_the_disk_fails_a_test() {
    let app = TestApp::start().await;
    app.markers.note("words that were written down");
    std::fs::write(app.data_dir().join("stray"), "here are words that were written down in clear").unwrap();
}

#[tokio::test]
#[should_panic(expected = "purges that were due and not done")]
async fn a_purge_left_undone_fails_a_test() {
    let app = TestApp::start().await;
    app.change_site(|site| site.purge = parlor::domain::retention::PurgePolicy::AtClose);
    let mut maria = app.visitor("maria").await;
    let it = maria.start("a talk that should be gone at once").await.conversation;
    maria.end(&it).await;
}
