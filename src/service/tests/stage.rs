//! A stage for the tests of services: a real store in a directory of its own, a clock that only the test moves, seeded
//! randomness, and a record of the news.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::conversations::{self, Start};
use super::people::{self, PersonForm};
use super::sessions::{self, NewSession};
use super::setup::{self, Finished, SetUp};
use super::sign_in::steps::Pending;
use super::sign_in::{Step, sign_in};
use super::{Asked, Ctx, Failure, Memory, Random, webhooks};
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::credential::Password;
use crate::domain::factor::{Factors, Totp, TotpSecret};
use crate::domain::id::{ConversationId, FormId, OperatorId, SiteId, SubmissionId};
use crate::domain::language::Language;
use crate::domain::news::{News, Origin};
use crate::domain::secure_form::Submission;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::time::Timestamp;
use crate::domain::visitor::Allowance;
use crate::store::Store;
use crate::vault::RootKey;

pub(super) const PASSWORD: &str = "harbour violin cactus";
pub(super) const TOTP_SECRET: &[u8] = b"a secret of 20 bytes";
pub(super) const ADMIN_EMAIL: &str = "anna@example.org";

pub(super) struct Stage {
    pub store: Store,
    pub memory: Memory,
    pub now: Timestamp,
    random: Seeded,
    news: Arc<Mutex<Vec<News>>>,
    // Last, so that it outlives the store.
    _dir: tempfile::TempDir,
}

struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&Sha256::digest(number.to_be_bytes())[..chunk.len()]);
        }
    }
}

impl Stage {
    /// Nothing is set up yet.
    pub fn bare() -> Self {
        Self::on(tempfile::tempdir().unwrap(), &RootKey::from_bytes([7; 32]))
    }

    /// What an older version wrote: the frozen data directory of a format.
    pub fn thawed(format: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sample = format!("{}/tests/frozen/format-{format}.tar.gz", env!("CARGO_MANIFEST_DIR"));
        let status = std::process::Command::new("tar").args(["-xzf", &sample, "-C"]).arg(dir.path()).status().unwrap();
        assert!(status.success(), "tar unpacks the sample");
        // The root key of every sample: it protects nothing but samples.
        Self::on(dir, &RootKey::from_bytes([0x51; 32]))
    }

    fn on(dir: tempfile::TempDir, root: &RootKey) -> Self {
        let news = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&news);
        let store = Store::open(&dir.path().join("data"), root, Box::new(move |it| heard.lock().push(it))).unwrap();
        let now = Timestamp::from_millis(1_800_000_000_000);
        Self { store, memory: Memory::default(), now, random: Seeded(AtomicU64::new(0)), news, _dir: dir }
    }

    /// With one administrator and one site.
    pub fn set_up() -> (Self, Finished) {
        let stage = Self::bare();
        let finished = setup::finish_on_host(&stage.ctx(&Actor::Host), set_up_form()).unwrap();
        (stage, finished)
    }

    pub fn ctx<'a>(&'a self, actor: &'a Actor) -> Ctx<'a> {
        Ctx {
            actor,
            now: self.now,
            random: &self.random,
            store: &self.store,
            memory: &self.memory,
            asked: Asked { proved_at: Some(self.now), ..Asked::default() },
        }
    }

    pub fn advance(&mut self, span: Duration) {
        self.now = self.now.plus(span);
    }

    pub fn actor(&self, id: OperatorId) -> Actor {
        let house = self.store.house();
        sessions::actor(&house, &house.operators[&id])
    }

    /// The context of an act that came over the network.
    pub fn from<'a>(&'a self, actor: &'a Actor, from: &str) -> Ctx<'a> {
        let from: IpAddr = from.parse().unwrap();
        let ctx = self.ctx(actor);
        Ctx { asked: Asked { from: Some(from), ..ctx.asked }, ..ctx }
    }

    /// The context of an act in a session, with the proof that there is.
    pub fn in_session<'a>(&'a self, actor: &'a Actor, session: &NewSession) -> Ctx<'a> {
        let found = self.store.session(&session.secret.hash()).unwrap().unwrap();
        Ctx { asked: Asked { proved_at: Some(found.proved_at), ..Asked::default() }, ..self.ctx(actor) }
    }

    /// Signs in somebody who has no second factor.
    pub fn sign_in(&self, email: &str, password: &str, from: &str) -> Result<NewSession, Failure> {
        match sign_in(&self.from(&Actor::Stranger, from), email, &Password::typed(password.to_owned()))? {
            Step::In(session) => Ok(session),
            Step::Second(_) => panic!("a second factor was asked for"),
        }
    }

    /// The administrator of `set_up` has an authenticator and knocks with the password.
    pub fn halfway(&self) -> Pending {
        let ctx = self.from(&Actor::Stranger, "192.0.2.1");
        match sign_in(&ctx, ADMIN_EMAIL, &Password::typed(PASSWORD.to_owned())).unwrap() {
            Step::Second(pending) => pending,
            Step::In(_) => panic!("no second factor was asked for"),
        }
    }

    /// An authenticator with a secret that the test knows.
    pub fn give_totp(&self, id: OperatorId) {
        let secret = TotpSecret(zeroize::Zeroizing::new(TOTP_SECRET.to_vec()));
        let totp = Some(Totp { secret, since: self.now, last_step: 0 });
        let mut batch = self.store.batch();
        batch.put_factors(id, &Factors { totp, ..Factors::default() });
        self.store.commit(batch).wait().unwrap();
    }

    /// What that authenticator shows now.
    pub fn code(&self) -> String {
        Self::code_of(TOTP_SECRET, self.now)
    }

    pub fn code_of(secret: &[u8], now: Timestamp) -> String {
        let totp = totp_rs::Builder::new().with_secret(secret.to_vec()).build().unwrap();
        totp.generate(u64::try_from(now.as_millis()).unwrap() / 1_000).to_string()
    }

    /// Signed in as the administrator of `set_up`.
    pub fn admin_session(&self) -> NewSession {
        self.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").unwrap()
    }

    pub fn is_valid(&self, session: &NewSession) -> bool {
        sessions::resolve(&self.store, &self.memory, session.secret.expose(), self.now).unwrap().is_some()
    }

    /// Somebody who was invited and has joined.
    pub fn join(&self, by: &Actor, name: &str, role: &str) -> OperatorId {
        let invitation = people::invite(&self.ctx(by), &person(name, role)).unwrap();
        people::join(&self.ctx(&Actor::Stranger), invitation.token.expose(), PASSWORD.to_owned()).unwrap()
    }

    /// A visitor writes once.
    pub fn begin(&self, site: SiteId, visitor: u8) -> ConversationId {
        let actor = Actor::Visitor { site, token_index: [visitor; 32] };
        let start = Start::saying(MessageText::parse("my foot hurts").unwrap());
        conversations::start(&self.ctx(&actor), &Allowance::default(), start, origin("a")).unwrap()
    }

    /// And leaves, which closes the conversation while nobody has taken it.
    pub fn end(&self, site: SiteId, visitor: u8, id: ConversationId) {
        let actor = Actor::Visitor { site, token_index: [visitor; 32] };
        conversations::end(&self.ctx(&actor), id, origin("b")).unwrap();
        self.store.commit(self.store.batch()).wait().unwrap();
    }

    pub fn talk(&self, site: SiteId, visitor: u8) -> ConversationId {
        let id = self.begin(site, visitor);
        self.end(site, visitor, id);
        id
    }

    /// Something was filled in in a secure form, perhaps in a chat.
    pub fn filled_in(&self, site: SiteId, number: u8, conversation: Option<ConversationId>) -> SubmissionId {
        let submission = Submission {
            id: SubmissionId::from_bytes([number; 16]),
            site,
            form: FormId::from_bytes([8; 16]),
            form_name: Name::parse("Intake").unwrap(),
            conversation,
            at: self.now,
            language: Language::default(),
            consent: None,
            answers: vec![],
            viewed_at: None,
        };
        let mut batch = self.store.batch();
        batch.start_submission(&submission);
        webhooks::note_submission(&self.ctx(&Actor::Timer), &mut batch, (site, submission.form), submission.id, conversation);
        self.store.commit(batch).wait().unwrap();
        submission.id
    }

    pub fn is_there(&self, id: ConversationId) -> bool {
        self.store.conversation(id).unwrap().is_some()
    }

    pub fn take_news(&self) -> Vec<News> {
        std::mem::take(&mut self.news.lock())
    }

    /// Oldest first.
    pub fn audit(&self) -> Vec<AuditAction> {
        let mut rows = self.store.audit_rows(None, 1_000).unwrap();
        rows.reverse();
        rows.into_iter().map(|row| row.event.action).collect()
    }

    pub fn last_audit(&self) -> AuditAction {
        self.audit().pop().unwrap()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.store.close();
    }
}

/// Of a command of somebody's.
pub(super) fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

pub(super) fn set_up_form() -> SetUp {
    SetUp {
        organisation: "Clinic Nord".to_owned(),
        admin_name: "Anna".to_owned(),
        admin_email: ADMIN_EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        site_name: "Reception".to_owned(),
        origins: "https://clinic.example.org\n".to_owned(),
    }
}

pub(super) fn person(name: &str, role: &str) -> PersonForm {
    PersonForm {
        name: name.to_owned(),
        email: format!("{}@example.org", name.to_lowercase()),
        role: role.to_owned(),
        capacity: String::new(),
        all_sites: true,
        ..PersonForm::default()
    }
}

/// The names of the fields that were refused.
pub(super) fn refused<T>(result: Result<T, Failure>) -> Vec<Cow<'static, str>> {
    let Err(failure) = result else { return Vec::new() };
    failure.fields().into_iter().map(|it| it.field).collect()
}
