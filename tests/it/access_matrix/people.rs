//! One house, and everybody of the table in it.

use std::collections::BTreeMap;

use parlor::domain::access::Actor;
use parlor::domain::allowlist::{Allowlist, Lists};
use parlor::domain::department::{Department, Members};
use parlor::domain::id::{DepartmentId, SiteId};
use parlor::domain::operator::{Membership, Part, Role};
use parlor::domain::text::Name;
use parlor::service::people::{self, PersonForm};
use parlor::service::sessions;
use parlor::service::visitors::{self, HostPage};

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::{ADMIN, PASSWORD, TestApp, address};
use crate::harness::http::Browser;

/// The first site with two departments, and another customer's site.
pub struct World {
    pub app: TestApp,
    pub site: SiteId,
    pub other: SiteId,
    /// Where the talk of the tests belongs.
    pub reception: DepartmentId,
    pub billing: DepartmentId,
}

/// What one of the people holds: cookies, a token for forms, a bearer token.
pub struct Person {
    pub browser: Browser,
    pub csrf: String,
    pub bearer: Option<String>,
    pub site: String,
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let (site, other) = (app.site_id(), app.add_site("Another practice").parse().unwrap());
        app.change_site(|site| {
            site.rating = true;
            let switches = &mut site.switches;
            (switches.visitor_files, switches.operator_files) = (true, true);
            (switches.monitoring, switches.sneak_peek, switches.operators_mail_transcripts) = (true, true, true);
        });
        let [reception, billing] = ["Reception", "Billing"].map(|name| {
            let id = DepartmentId::from_bytes(app.app.ctx(&Actor::Host).random_bytes());
            app.put_department(&Department {
                id,
                site,
                name: Name::parse(name).unwrap(),
                members: Members::AllOfSite,
                hours: None,
                routing: None,
                created_at: app.app.now(),
            });
            id
        });
        Self { app, site, other, reception, billing }
    }

    /// Everybody of the table. Who comes from elsewhere is shut out last, since the list of addresses is one for all.
    pub async fn people(&self, names: &[&'static str], maria: &Visitor) -> BTreeMap<&'static str, Person> {
        let mut all = BTreeMap::new();
        for name in names {
            all.insert(*name, self.person(name, maria).await);
        }
        self.shut_out();
        all
    }

    /// Whoever is not at this address may not come in, from now on and again.
    pub fn shut_out(&self) {
        let house = self.app.app.store.house();
        let networks = parlor::domain::network::parse_networks("127.0.0.1").unwrap();
        if house.allowlist.lists.everybody == networks {
            return;
        }
        let mut batch = self.app.app.store.batch();
        batch.put_allowlist(&Allowlist { lists: Lists { everybody: networks, ..Lists::default() }, trial: None });
        self.app.app.store.commit(batch).wait().unwrap();
    }

    pub async fn person(&self, name: &'static str, maria: &Visitor) -> Person {
        let of_site = Membership::of_sites([self.site]);
        let of_billing = Membership::Sites([(self.site, Part::Departments([self.billing].into()))].into());
        match name {
            "stranger" => self.unknown(Browser::keeping(&self.app.door, None), None).await,
            "visitor" => self.visitor(maria.token.clone(), self.site).await,
            "passer-by" => self.visitor(self.token(self.site), self.site).await,
            "neighbour" => self.visitor(self.token(self.other), self.other).await,
            "operator" => self.staff(name, Role::Operator, of_site).await,
            "elsewhere" => self.staff(name, Role::Operator, Membership::of_sites([self.other])).await,
            "confined" => self.staff(name, Role::Operator, of_billing).await,
            // In no column: whoever else looks at a talk.
            "desk" => self.staff(name, Role::Operator, of_site).await,
            "supervisor" => self.staff(name, Role::Supervisor, of_site).await,
            "auditor" => self.staff(name, Role::Auditor, Membership::AllSites).await,
            "client" => self.staff(name, Role::Client, of_site).await,
            "admin" => self.sign_in(ADMIN, None).await,
            "invited" => {
                self.invite("ivan");
                self.unknown(Browser::keeping(&self.app.door, None), None).await
            }
            "disabled" => {
                let person = self.staff(name, Role::Operator, of_site).await;
                people::disable(&self.app.app.ctx(&Actor::Host), self.app.operator_id("disabled@clinic.example")).unwrap();
                person
            }
            // The cookie is still there, since nobody told the browser.
            "signed-out" => {
                let person = self.staff(name, Role::Admin, Membership::AllSites).await;
                let me = self.app.operator_id("signed-out@clinic.example");
                let sessions = self.app.app.store.sessions().unwrap();
                for (hash, _) in sessions.into_iter().filter(|(_, session)| session.operator == me) {
                    sessions::end(&self.app.app.ctx(&Actor::Host), &hash).unwrap();
                }
                person
            }
            "outside" => self.sign_in(ADMIN, Some("127.0.0.2")).await,
            other => panic!("nobody knows who {other} is"),
        }
    }

    async fn unknown(&self, browser: Browser, bearer: Option<(String, SiteId)>) -> Person {
        let csrf = browser.get("/login").await.expect(200).field("csrf").unwrap();
        let (bearer, site) = bearer.map_or((None, self.site), |(token, site)| (Some(token), site));
        Person { browser, csrf, bearer, site: site.to_string() }
    }

    async fn visitor(&self, token: String, site: SiteId) -> Person {
        self.unknown(Browser::keeping(&self.app.door, None), Some((token, site))).await
    }

    pub fn token(&self, site: SiteId) -> String {
        let app = &self.app.app;
        visitors::admit(&app.store, &*app.random, site, &HostPage::Own).unwrap()
    }

    async fn staff(&self, name: &'static str, role: Role, membership: Membership) -> Person {
        let email = self.app.employ(name, &[]);
        self.app.change_operator(&email, |it| (it.role, it.membership) = (role, membership));
        self.sign_in(&email, None).await
    }

    async fn sign_in(&self, email: &str, from: Option<&str>) -> Person {
        let mut operator = Operator::at_the_door(&self.app.door, email, None);
        operator.browser = Browser::keeping(&self.app.door, from.map(address));
        operator.sign_in(PASSWORD).await.expect_done();
        let csrf = operator.browser.get("/account").await.expect(200).field("csrf").unwrap();
        Person { browser: operator.browser, csrf, bearer: None, site: self.site.to_string() }
    }

    pub async fn session_of_sara(&self) -> String {
        let email = self.app.employ("sara", &[]);
        Operator::at_the_door(&self.app.door, &email, None).sign_in(PASSWORD).await.expect_done();
        let sara = self.app.operator_id(&email);
        let sessions = self.app.app.store.sessions().unwrap();
        sessions.iter().find(|(_, session)| session.operator == sara).unwrap().1.id.to_string()
    }

    /// Somebody who has not joined yet; gives the id of their account.
    pub fn invite(&self, who: &str) -> String {
        let email = format!("{who}@clinic.example");
        self.app.markers.note(&email);
        let form =
            PersonForm { name: who.to_owned(), email, role: "operator".to_owned(), all_sites: true, ..PersonForm::default() };
        people::invite(&self.app.app.ctx(&Actor::Host), &form).unwrap().operator.to_string()
    }

    /// A talk of the first site's reception that its visitor has just begun.
    pub async fn talk(&self, who: &str) -> (Visitor, String) {
        let mut visitor = self.app.visitor(who).await;
        let conversation = visitor.start("words that somebody may read").await.conversation;
        self.move_to(&conversation, Some(self.reception));
        (visitor, conversation)
    }

    /// As if its visitor had chosen this department.
    pub fn move_to(&self, conversation: &str, department: Option<DepartmentId>) {
        let open = self.app.app.store.open_conversation(conversation.parse().unwrap()).unwrap();
        let mut open = open.lock();
        open.head.about.department = department;
        let mut batch = self.app.app.store.batch();
        batch.put_conversation(&open.head);
        batch.tell(parlor::domain::news::News::Changed {
            conversation: std::sync::Arc::new(open.head.clone()),
            last: open.last,
            at: self.app.app.now(),
            origin: None,
        });
        self.app.app.store.commit(batch).wait().unwrap();
    }
}
