//! Assembly: the appliance as one value, put together the same way by the binary and by the tests.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::config::{Config, RootKeySource};
use crate::domain::access::Actor;
use crate::domain::confinement::Confinement;
use crate::domain::event::EventKind;
use crate::domain::news::News;
use crate::domain::posture::{CertificateFacts, Machine};
use crate::domain::root_key::KeyPlace;
use crate::domain::time::Timestamp;
use crate::live::Hub;
use crate::outbound::Post;
use crate::outbound::directory::Ldap;
use crate::outbound::http::Http;
use crate::outbound::mail::Smtp;
use crate::outbound::openid::OpenId;
use crate::outbound::webhook::Receivers;
use crate::service::surroundings::{Certificate, Surroundings};
use crate::service::throttle::Throttle;
use crate::service::{Asked, Clock, Ctx, Memory, Random, starts};
use crate::store::{OpenError, Store};
use crate::vault::RootKey;

/// One running appliance.
pub struct App {
    pub config: Config,
    pub store: Store,
    pub hub: Arc<Hub>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    /// What the services remember in memory only: attempts, activity, who is changing something.
    pub memory: Memory,
    /// What the web shows of the certificate in use; none until the listener has one.
    pub certificate: ArcSwapOption<CertificateInfo>,
    /// How far this process has shut itself in, once it has.
    pub confinement: OnceLock<Confinement>,
    /// Where the root key is kept: as the settings say, until it is changed.
    pub root_key_place: Mutex<RootKeySource>,
    /// Rung when a conversation was closed, since its policy may ask to purge it at once.
    pub closed: Arc<Notify>,
    /// Rung at the same time, for those who mail transcripts.
    pub closed_for_mail: Arc<Notify>,
    /// Rung when a letter to somebody of the staff is owed, or somebody asked for a link.
    pub letters_due: Arc<Notify>,
    /// Rung when a webhook is to be told something.
    pub deliveries_due: Arc<Notify>,
    /// Asks the provider of identities, and the directory.
    pub openid: OpenId,
    pub ldap: Ldap,
    /// Tells webhooks what happened.
    pub receivers: Receivers,
    /// Takes letters; none without a mail server in the settings.
    pub post: Option<Arc<dyn Post>>,
}

/// The certificate in use, as people are told of it.
#[derive(Debug, Clone)]
pub struct CertificateInfo {
    /// The local authority's certificate in PEM, to be trusted on people's machines; none with the owner's own certificate.
    pub authority_pem: Option<String>,
    /// SHA-256 of the leaf in colon-separated hex, as browsers show it.
    pub fingerprint: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub names: Vec<String>,
}

impl App {
    /// Opens the store and puts everything together. Nothing listens yet and no timer runs.
    ///
    /// # Errors
    /// Says why the store does not open; nothing on disk has changed then.
    pub fn open(
        config: Config,
        root_key: &RootKey,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Arc<Self>, OpenError> {
        let hub = Arc::new(Hub::default());
        let (closed, closed_for_mail) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let mut memory = Memory::default();
        memory.sends_mail = config.mail.is_some();
        memory.throttle = Throttle::new(config.trusted_proxies.clone(), config.visitor_allowance.into());
        memory.suspicions.spared = config.trusted_proxies.clone();
        memory.links_lead_to = config.public_url.clone();
        memory.reaches_out = !config.air_gap;
        let (letters_due, deliveries_due) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let store = {
            let (hub, identities) = (Arc::clone(&hub), memory.identities());
            let (closed, closed_for_mail) = (Arc::clone(&closed), Arc::clone(&closed_for_mail));
            let (letters_due, deliveries_due) = (Arc::clone(&letters_due), Arc::clone(&deliveries_due));
            Store::open(
                &config.data_dir,
                root_key,
                Box::new(move |news| {
                    let is_closing = matches!(&news, News::Event { event, .. } if event.kind == EventKind::Closed);
                    if let News::Purged { conversation, site } = &news {
                        identities.forget(*site, *conversation);
                    }
                    if matches!(news, News::LetterOwed) {
                        letters_due.notify_one();
                    }
                    if matches!(news, News::DeliveryOwed) {
                        deliveries_due.notify_one();
                    }
                    hub.tell(news);
                    if is_closing {
                        closed.notify_one();
                        closed_for_mail.notify_one();
                    }
                }),
            )?
        };
        hub.attach(store.clone(), Arc::clone(&clock));
        let root_key_place = Mutex::new(config.root_key.clone());
        let post = config.mail.clone().map(|server| Arc::new(Smtp::new(server)) as Arc<dyn Post>);
        let http = Arc::new(Http::new(&config));
        let (openid, ldap, receivers) = (OpenId::new(Arc::clone(&http)), Ldap::new(Arc::clone(&http)), Receivers::new(http));
        let app = Arc::new(Self {
            config,
            store,
            hub,
            clock,
            random,
            memory,
            certificate: ArcSwapOption::empty(),
            confinement: OnceLock::new(),
            root_key_place,
            closed,
            closed_for_mail,
            letters_due,
            deliveries_due,
            post,
            openid,
            ldap,
            receivers,
        });
        if let Err(error) = starts::note_findings(&app.ctx(&Actor::Timer)) {
            // A full disk must not keep the appliance from opening; what was found is in the log of the process then.
            tracing::error!(%error, findings = ?app.store.findings(), "what this start found could not be put on record");
        }
        Ok(app)
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Since when the root key is the one: its last change, or the day of the setup.
    #[must_use]
    pub fn root_key_since(&self) -> Option<Timestamp> {
        self.store.root_key_since().or_else(|| self.store.house().organisation.as_ref().map(|it| it.set_up_at))
    }

    /// What papers say about this process and its settings.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings {
        // Before the place of the root key is looked at below: both take its lock.
        let machine = self.machine();
        let certificate = self.certificate.load();
        let certificate = certificate.as_ref().map(|it| Certificate {
            names: it.names.clone(),
            fingerprint: it.fingerprint.clone(),
            not_before: it.not_before,
            not_after: it.not_after,
            is_own: it.authority_pem.is_some(),
        });
        Surroundings {
            certificate,
            mail_host: self.config.mail.as_ref().map(|it| it.host.clone()),
            air_gap: self.config.air_gap,
            backup_plan: self.config.backups.as_ref().map(|it| it.plan.in_words()),
            root_key: match self.root_key_place.lock().place() {
                KeyPlace::File => "in a file",
                KeyPlace::Credential => "in a systemd credential",
                KeyPlace::Passphrase => "made of a passphrase that is stored nowhere",
                KeyPlace::Variable => "in a variable of the environment, as only tests have it",
            }
            .to_owned(),
            root_key_since: self.root_key_since(),
            confinement: self.confinement.get().copied().unwrap_or_default().in_words().to_owned(),
            machine,
        }
    }

    /// What profiles look at that is no setting of the house.
    #[must_use]
    pub fn machine(&self) -> Machine {
        let is_apart = match &*self.root_key_place.lock() {
            RootKeySource::File(path) => !is_same_disk(path, &self.config.data_dir),
            RootKeySource::Passphrase(_) | RootKeySource::Credential { .. } | RootKeySource::Variable(_) => true,
        };
        let certificate = self.certificate.load();
        Machine {
            key_is_apart: is_apart,
            is_confined: self.confinement.get().is_some_and(|it| it.is_whole()),
            certificate: certificate
                .as_ref()
                .map(|it| CertificateFacts { ends_at: it.not_after, is_home_made: it.authority_pem.is_some() }),
        }
    }

    /// The context of one act of this actor, now.
    #[must_use]
    pub fn ctx<'a>(&'a self, actor: &'a Actor) -> Ctx<'a> {
        self.ctx_asked(actor, Asked::default())
    }

    /// The same for an act that came over the network.
    #[must_use]
    pub fn ctx_asked<'a>(&'a self, actor: &'a Actor, asked: Asked) -> Ctx<'a> {
        Ctx { actor, now: self.now(), random: &*self.random, store: &self.store, memory: &self.memory, asked }
    }
}

/// Whether two files go when one disk goes. Where that cannot be seen, they do.
fn is_same_disk(one: &Path, other: &Path) -> bool {
    let disk = |path: &Path| std::fs::metadata(path).map(|facts| facts.dev()).ok();
    disk(one).zip(disk(other)).is_none_or(|(one, other)| one == other)
}
