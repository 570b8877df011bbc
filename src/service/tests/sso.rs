//! Tests: who comes in through single sign-on and as what, how that ends, and that it locks nobody out.

use std::time::Duration;

use super::*;
use crate::domain::audit::AuditAction;
use crate::domain::id::{OperatorId, SiteId};
use crate::domain::news::News;
use crate::domain::operator::{Membership, Operator, Part, SsoIdentity, Standing};
use crate::domain::policy::SignInPolicy;
use crate::domain::session::{SignInMethod, SsoSession};
use crate::domain::sso::{Claims, LogoutNotice};
use crate::domain::text::EmailAddress;
use crate::service::people::{self, PersonForm};
use crate::service::sessions::NewSession;
use crate::service::sign_in::{Step, steps};
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage};
use crate::service::tokens::hash_of;

const ISSUER: &str = "https://id.clinic.example";

fn form() -> ProviderForm {
    ProviderForm {
        name: "Clinic ID".to_owned(),
        issuer: ISSUER.to_owned(),
        client_id: "parlor".to_owned(),
        client_secret: Zeroizing::new("between us".to_owned()),
        scopes: "email".to_owned(),
        groups_claim: "groups".to_owned(),
        ..ProviderForm::default()
    }
}

/// A house with a provider, one administrator and one site.
fn house() -> (Stage, Actor, SiteId) {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    put_provider(&stage.ctx(&admin), &form()).unwrap();
    (stage, admin, finished.site)
}

fn rule(group: &str, role: &str, site: Option<SiteId>) -> RuleForm {
    let site = site.map(|site| site.to_string()).unwrap_or_default();
    RuleForm { group: group.to_owned(), role: role.to_owned(), site }
}

fn admit(stage: &Stage, admin: &Actor, rules: Vec<RuleForm>, creates_accounts: bool, links_by_email: bool) {
    put_admission(&stage.ctx(admin), &AdmissionForm { rules, creates_accounts, links_by_email }).unwrap();
}

fn claims(subject: &str, email: &str, groups: &[&str]) -> Claims {
    Claims {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        name: Name::parse("Somebody There").ok(),
        email: EmailAddress::parse(email).ok(),
        email_is_verified: true,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        sid: Some("sid-1".to_owned()),
        source: Source::Provider,
    }
}

fn come(stage: &Stage, claims: &Claims) -> Result<NewSession, Failure> {
    match enter(&stage.from(&Actor::Stranger, "192.0.2.1"), claims)? {
        Step::In(session) => Ok(session),
        Step::Second(_) => panic!("a second factor is asked for"),
    }
}

#[track_caller]
fn refusal<T>(done: Result<T, Failure>) -> SsoRefusal {
    match done {
        Err(Failure::Sso(refusal)) => refusal,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was let in"),
    }
}

fn invite(stage: &Stage, admin: &Actor, email: &str, site: SiteId) -> (OperatorId, String) {
    let form = PersonForm {
        name: "Olga".to_owned(),
        email: email.to_owned(),
        role: "operator".to_owned(),
        sites: vec![site.to_string()],
        ..PersonForm::default()
    };
    let invitation = people::invite(&stage.ctx(admin), &form).unwrap();
    (invitation.operator, invitation.token.expose().to_owned())
}

fn person(stage: &Stage, id: OperatorId) -> Operator {
    Operator::clone(&stage.store.house().operators[&id])
}

#[test]
fn a_stranger_with_an_account_there_is_nobody_here() {
    let (stage, _, _) = house();
    assert_eq!(refusal(come(&stage, &claims("s-1", "olga@example.org", &[]))), SsoRefusal::Unknown);
    assert_eq!(stage.last_audit(), AuditAction::SsoRefused(SsoRefusal::Unknown));
    // Not even with the administrator's own address: nobody switched that on.
    assert_eq!(refusal(come(&stage, &claims("s-1", ADMIN_EMAIL, &[]))), SsoRefusal::Unknown);
    let elsewhere = Claims { issuer: "https://evil.example".to_owned(), ..claims("s-1", ADMIN_EMAIL, &[]) };
    assert_eq!(refusal(come(&stage, &elsewhere)), SsoRefusal::Off);
}

#[test]
fn an_address_finds_its_account_once_and_only_if_it_is_verified() {
    let (stage, admin, site) = house();
    let (olga, _) = invite(&stage, &admin, "olga@example.org", site);
    admit(&stage, &admin, Vec::new(), false, true);
    let unverified = Claims { email_is_verified: false, ..claims("s-1", "olga@example.org", &[]) };
    assert_eq!(refusal(come(&stage, &unverified)), SsoRefusal::Unknown);
    let session = come(&stage, &claims("s-1", "olga@example.org", &[])).unwrap();
    assert_eq!((session.operator, session.by), (olga, SignInMethod::SingleSignOn));
    let linked = person(&stage, olga);
    assert_eq!((linked.standing, linked.sso.unwrap().subject.as_str()), (Standing::Active, "s-1"));
    // From here on the identity counts. Whoever is given the address later is nobody.
    assert_eq!(refusal(come(&stage, &claims("s-2", "olga@example.org", &[]))), SsoRefusal::Unknown);
    assert_eq!(come(&stage, &claims("s-1", "married@example.org", &[])).unwrap().operator, olga);
}

#[test]
fn groups_make_accounts_and_set_roles_at_each_sign_in() {
    let (stage, admin, site) = house();
    let rules = vec![rule("leads", "supervisor", None), rule("desk", "operator", Some(site))];
    admit(&stage, &admin, rules, true, false);
    assert_eq!(refusal(come(&stage, &claims("s-1", "olga@example.org", &["others"]))), SsoRefusal::NoGroup);
    let unverified = Claims { email_is_verified: false, ..claims("s-1", "olga@example.org", &["desk"]) };
    assert_eq!(refusal(come(&stage, &unverified)), SsoRefusal::Incomplete);
    let olga = come(&stage, &claims("s-1", "olga@example.org", &["desk"])).unwrap().operator;
    let before = person(&stage, olga);
    assert_eq!((before.role, &before.membership), (Role::Operator, &Membership::of_sites([site])));
    assert!(before.password_hash.is_none());
    come(&stage, &claims("s-1", "olga@example.org", &["desk", "leads"])).unwrap();
    assert_eq!((person(&stage, olga).role, person(&stage, olga).membership), (Role::Supervisor, Membership::AllSites));
    // Whoever leaves all groups is out.
    assert_eq!(refusal(come(&stage, &claims("s-1", "olga@example.org", &[]))), SsoRefusal::NoGroup);
    assert_eq!(refusal(come(&stage, &claims("s-2", "olga@example.org", &["desk"]))), SsoRefusal::Unknown, "her address is hers");
    people::disable(&stage.ctx(&admin), olga).unwrap();
    assert_eq!(refusal(come(&stage, &claims("s-1", "olga@example.org", &["leads"]))), SsoRefusal::Disabled);
}

#[test]
fn a_part_of_a_site_stays_a_part() {
    let (stage, admin, site) = house();
    admit(&stage, &admin, vec![rule("desk", "operator", Some(site))], true, false);
    let olga = come(&stage, &claims("s-1", "olga@example.org", &["desk"])).unwrap().operator;
    let part = Part::Departments([crate::domain::id::DepartmentId::from_bytes([1; 16])].into());
    let narrow = Membership::Sites([(site, part)].into());
    let mut batch = stage.store.batch();
    batch.put_operator(&Operator { membership: narrow.clone(), ..person(&stage, olga) });
    stage.store.commit(batch).wait().unwrap();
    come(&stage, &claims("s-1", "olga@example.org", &["desk"])).unwrap();
    assert_eq!(person(&stage, olga).membership, narrow);
}

#[test]
fn groups_never_take_the_last_administrator_away() {
    let (stage, admin, site) = house();
    let Actor::Staff { id, .. } = &admin else { unreachable!() };
    link_by_hand(&stage.ctx(&admin), *id, Source::Provider, "s-0").unwrap();
    admit(&stage, &admin, vec![rule("desk", "operator", Some(site)), rule("owners", "admin", None)], true, false);
    come(&stage, &claims("s-0", ADMIN_EMAIL, &["desk"])).unwrap();
    assert_eq!(person(&stage, *id).role, Role::Admin);
    let second = come(&stage, &claims("s-9", "second@example.org", &["owners"])).unwrap().operator;
    assert_eq!(person(&stage, second).role, Role::Admin);
    come(&stage, &claims("s-0", ADMIN_EMAIL, &["desk"])).unwrap();
    assert_eq!(person(&stage, *id).role, Role::Operator, "there is another one now");
}

#[test]
fn an_invitation_is_accepted_with_an_identity_and_an_identity_is_one_persons() {
    let (stage, admin, site) = house();
    let (olga, token) = invite(&stage, &admin, "olga@example.org", site);
    let invitation = hash_of(&token).unwrap();
    let stranger = Actor::Stranger;
    let other_address = claims("s-1", "private@example.net", &[]);
    let Step::In(session) = join(&stage.ctx(&stranger), &invitation, &other_address).unwrap() else { panic!() };
    assert_eq!(session.operator, olga);
    assert_eq!(refusal(join(&stage.ctx(&stranger), &invitation, &other_address)), SsoRefusal::Unknown, "it is used up");
    let (_, second) = invite(&stage, &admin, "paula@example.org", site);
    assert_eq!(refusal(join(&stage.ctx(&stranger), &hash_of(&second).unwrap(), &other_address)), SsoRefusal::Taken);

    let session = stage.admin_session();
    let own = stage.ctx(&admin);
    assert_eq!(refusal(link(&own, &session.secret.hash(), &other_address)), SsoRefusal::Taken);
    link(&own, &session.secret.hash(), &claims("s-2", ADMIN_EMAIL, &[])).unwrap();
    assert_eq!(refusal(link_by_hand(&own, olga, Source::Provider, "s-2")), SsoRefusal::Taken);
    let of_olga = stage.actor(olga);
    assert_eq!(
        refusal(link(&stage.ctx(&of_olga), &session.secret.hash(), &claims("s-3", "x@example.org", &[]))),
        SsoRefusal::NotBegun,
        "another's session"
    );
    assert!(matches!(unlink(&stage.ctx(&of_olga)), Err(Failure::Conflict(_))), "she has no password");
    unlink(&own).unwrap();
    link_by_hand(&own, olga, Source::Provider, "").unwrap();
    assert_eq!(person(&stage, olga).sso, None::<SsoIdentity>);
    assert_eq!(refusal(come(&stage, &other_address)), SsoRefusal::Unknown);
}

#[test]
fn a_second_factor_is_asked_for_unless_the_provider_does() {
    let (stage, admin, _) = house();
    let Actor::Staff { id, .. } = &admin else { unreachable!() };
    link_by_hand(&stage.ctx(&admin), *id, Source::Provider, "s-0").unwrap();
    stage.give_totp(*id);
    let there = claims("s-0", ADMIN_EMAIL, &[]);
    let Ok(Step::Second(pending)) = enter(&stage.from(&Actor::Stranger, "192.0.2.1"), &there) else { panic!("it was enough") };
    let ctx = stage.from(&Actor::Stranger, "192.0.2.1");
    let session = steps::with_code(&ctx, pending.secret.expose(), &stage.code()).unwrap();
    let stored = stage.store.session(&session.secret.hash()).unwrap().unwrap();
    assert_eq!((stored.by, stored.sso.unwrap().sid.as_deref()), (SignInMethod::Totp, Some("sid-1")));

    // What waits for a second step ends with the provider's session too.
    let Ok(Step::Second(pending)) = enter(&ctx, &there) else { panic!() };
    end_by_provider(&ctx, &notice(&stage, "j-1", None, Some("sid-1"))).unwrap();
    assert!(matches!(steps::with_code(&ctx, pending.secret.expose(), &stage.code()), Err(Failure::NotFound)));

    let mut batch = stage.store.batch();
    batch.put_policy(SignInPolicy { sso_is_second_factor: true, ..SignInPolicy::default() });
    stage.store.commit(batch).wait().unwrap();
    come(&stage, &there).unwrap();
}

fn notice(stage: &Stage, id: &str, subject: Option<&str>, sid: Option<&str>) -> LogoutNotice {
    LogoutNotice {
        issuer: ISSUER.to_owned(),
        subject: subject.map(str::to_owned),
        sid: sid.map(str::to_owned),
        id: id.to_owned(),
        issued_at: stage.now,
    }
}

#[test]
fn the_provider_ends_the_sessions_that_it_means_and_no_others() {
    let (mut stage, admin, _) = house();
    admit(&stage, &admin, vec![rule("desk", "operator", None)], true, false);
    let with_sid = |sid: &str| Claims { sid: Some(sid.to_owned()), ..claims("s-1", "olga@example.org", &["desk"]) };
    let (first, second) = (come(&stage, &with_sid("a")).unwrap(), come(&stage, &with_sid("b")).unwrap());
    let other = come(&stage, &claims("s-2", "paula@example.org", &["desk"])).unwrap();
    let local = stage.admin_session();
    let end = |stage: &Stage, notice: &LogoutNotice| end_by_provider(&stage.ctx(&Actor::Stranger), notice).unwrap();
    let strange = LogoutNotice { issuer: "https://evil.example".to_owned(), ..notice(&stage, "j-0", Some("s-1"), None) };
    assert_eq!(end(&stage, &strange), 0);
    assert_eq!(end(&stage, &notice(&stage, "j-1", Some("s-2"), Some("a"))), 0, "session and person do not belong together");
    stage.take_news();
    assert_eq!(end(&stage, &notice(&stage, "j-2", Some("s-1"), Some("a"))), 1);
    assert!(!stage.is_valid(&first) && stage.is_valid(&second));
    assert_eq!(stage.last_audit(), AuditAction::SsoSessionEnded(first.operator));
    let is_told = |news: &News| matches!(news, News::SessionEnded(hash) if *hash == first.secret.hash());
    assert!(stage.take_news().iter().any(is_told), "open sockets hear of it");
    assert_eq!(end(&stage, &notice(&stage, "j-3", Some("s-1"), None)), 1, "all of hers");
    assert!(!stage.is_valid(&second) && stage.is_valid(&other) && stage.is_valid(&local));

    // The same notice again ends nothing, neither at once nor when it is forgotten.
    let replayed = notice(&stage, "j-3", Some("s-1"), None);
    let later = come(&stage, &with_sid("c")).unwrap();
    assert_eq!(end(&stage, &replayed), 0);
    stage.advance(Duration::from_secs(120));
    let latest = come(&stage, &with_sid("d")).unwrap();
    stage.memory.sso_notices = Once::default();
    assert_eq!(end(&stage, &replayed), 1, "{}", later.operator);
    assert!(stage.is_valid(&latest), "it began after that was written");
}

#[test]
fn enforced_nothing_else_opens_and_whoever_asked_for_it_came_that_way() {
    let (stage, admin, _) = house();
    let Actor::Staff { id, .. } = &admin else { unreachable!() };
    let by_password = stage.admin_session();
    let session = by_password.secret.hash();
    assert!(matches!(enforce(&stage.ctx(&admin), &session), Err(Failure::Conflict(_))), "not proven to work");
    link_by_hand(&stage.ctx(&admin), *id, Source::Provider, "s-0").unwrap();
    let through = come(&stage, &claims("s-0", ADMIN_EMAIL, &[])).unwrap();
    enforce(&stage.ctx(&admin), &through.secret.hash()).unwrap();
    assert!(!stage.is_valid(&by_password) && stage.is_valid(&through));
    for password in [PASSWORD, "a wrong one altogether"] {
        let tried = stage.sign_in(ADMIN_EMAIL, password, "192.0.2.1");
        assert_eq!(refusal(tried), SsoRefusal::Enforced, "nobody learns whether it was right");
    }
    let admitted = steps::admit(&stage.ctx(&Actor::Stranger), *id, crate::service::sign_in::First::by(SignInMethod::Link));
    assert_eq!(refusal(admitted), SsoRefusal::Enforced);
    let other = ProviderForm { issuer: "https://other.example".to_owned(), ..form() };
    assert!(matches!(put_provider(&stage.ctx(&admin), &other), Err(Failure::Conflict(_))), "nobody has come through that one");
    let come_again = come(&stage, &claims("s-0", ADMIN_EMAIL, &[])).unwrap();
    assert!(stage.is_valid(&come_again));

    // The owner of the host opens the door again.
    assert!(matches!(disable(&stage.ctx(&admin)), Err(Failure::Denied(_))));
    assert!(disable(&stage.ctx(&Actor::Host)).unwrap());
    assert!(!disable(&stage.ctx(&Actor::Host)).unwrap());
    assert!(!stage.is_valid(&come_again), "whoever came through it is out");
    assert_eq!(refusal(come(&stage, &claims("s-0", ADMIN_EMAIL, &[]))), SsoRefusal::Off);
    stage.sign_in(ADMIN_EMAIL, PASSWORD, "192.0.2.1").unwrap();
    assert!(stage.store.house().alerts.values().any(|alert| alert.kind == AlertKind::SsoDisabled));
    switch_on(&stage.ctx(&admin)).unwrap();
    come(&stage, &claims("s-0", ADMIN_EMAIL, &[])).unwrap();
    assert!(!view(&stage.ctx(&admin)).unwrap().sso.is_enforced);
}

#[test]
fn a_secret_is_shown_to_the_one_it_was_meant_for() {
    let (stage, admin, _) = house();
    let ctx = stage.ctx(&admin);
    let kept = || client_secret(&ctx).unwrap().map(|secret| secret.to_string());
    assert_eq!(kept().as_deref(), Some("between us"));
    put_provider(&ctx, &ProviderForm { client_secret: Zeroizing::default(), name: "New name".to_owned(), ..form() }).unwrap();
    assert_eq!(kept().as_deref(), Some("between us"), "an empty field keeps it");
    let other = ProviderForm { issuer: "https://evil.example".to_owned(), client_secret: Zeroizing::default(), ..form() };
    put_provider(&ctx, &other).unwrap();
    assert_eq!(kept(), None, "another provider does not get it");
    let directory = DirectoryForm {
        server: "ldap.example.org".to_owned(),
        reader: "cn=reader".to_owned(),
        reader_password: Zeroizing::new("also between us".to_owned()),
        base: "dc=example".to_owned(),
        ..DirectoryForm::of(None)
    };
    put_directory(&ctx, &directory).unwrap();
    assert!(reader_password(&ctx).unwrap().is_some());
    let elsewhere = DirectoryForm { server: "evil.example".to_owned(), reader_password: Zeroizing::default(), ..directory };
    put_directory(&ctx, &elsewhere).unwrap();
    assert!(reader_password(&ctx).unwrap().is_none());
    remove(&ctx, Source::Provider).unwrap();
    remove(&ctx, Source::Directory).unwrap();
    assert!(!view(&ctx).unwrap().sso.is_on);
}

#[test]
fn settings_ask_for_a_proof_and_for_an_administrator() {
    let (stage, admin, site) = house();
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(put_provider(&stale, &form()), Err(Failure::ProofNeeded)));
    assert!(matches!(put_admission(&stale, &AdmissionForm::default()), Err(Failure::ProofNeeded)));
    assert!(matches!(remove(&stale, Source::Provider), Err(Failure::ProofNeeded)));
    let (_, token) = invite(&stage, &admin, "olga@example.org", site);
    let olga = people::join(&stage.ctx(&Actor::Stranger), &token, "lantern pepper ocean".to_owned()).unwrap();
    let olga = stage.actor(olga);
    assert!(matches!(view(&stage.ctx(&olga)), Err(Failure::Denied(_))));
    assert!(matches!(put_provider(&stage.ctx(&olga), &form()), Err(Failure::Denied(_))));
    assert!(matches!(stop_enforcing(&stage.ctx(&olga)), Err(Failure::Denied(_))));
    let rules = AdmissionForm { creates_accounts: true, ..AdmissionForm::default() };
    assert!(matches!(put_admission(&stage.ctx(&admin), &rules), Err(Failure::InvalidFields(_))), "nobody would know the role");
}

#[test]
fn a_way_is_walked_by_the_browser_that_set_out_once_and_in_time() {
    let (mut stage, _, _) = house();
    let begun = begin(&stage.ctx(&Actor::Stranger), Purpose::SignIn, "/admin?x=1.2");
    let other = begin(&stage.ctx(&Actor::Stranger), Purpose::SignIn, "/console");
    let ctx = stage.ctx(&Actor::Stranger);
    let flow = recognise(&ctx, &begun.cookie, &begun.state).unwrap();
    assert_eq!((flow.purpose, flow.next.as_str(), flow.nonce.as_str()), (Purpose::SignIn, "/admin?x=1.2", begun.nonce.as_str()));
    let challenge = data_encoding::BASE64URL_NOPAD.encode(&<sha2::Sha256 as sha2::Digest>::digest(flow.verifier.as_bytes()));
    assert_eq!(challenge, begun.challenge);
    assert!(flow.verifier.len() >= 43 && begun.state != begun.nonce);
    assert!(!begun.state.contains(flow.verifier.as_str()));
    for (cookie, state) in [
        (other.cookie.as_str(), begun.state.as_str()),
        (begun.cookie.as_str(), other.state.as_str()),
        (begun.cookie.as_str(), ""),
        ("", begun.state.as_str()),
        (begun.cookie.rsplit_once('.').unwrap().0, begun.state.as_str()),
        (&begun.cookie.replace(".in.", ".link."), begun.state.as_str()),
        (&format!("{}x", *begun.cookie), begun.state.as_str()),
    ] {
        assert_eq!(recognise(&ctx, cookie, state).err(), Some(SsoRefusal::NotBegun), "{cookie} {state}");
    }
    assert!(walk(&ctx, &flow).is_ok());
    assert_eq!(walk(&ctx, &flow), Err(SsoRefusal::NotBegun), "once");
    stage.advance(limits::SSO_LIFE);
    assert_eq!(recognise(&stage.ctx(&Actor::Stranger), &other.cookie, &other.state).err(), Some(SsoRefusal::NotBegun));
    let session = SsoSession { issuer: String::new(), subject: String::new(), sid: None };
    assert_eq!(format!("{session:?}"), "SsoSession(…)");
}
