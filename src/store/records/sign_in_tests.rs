//! What belongs to signing in comes back as it was written.

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::*;
use crate::domain::alert::{Alert, AlertKind};
use crate::domain::directory::{Attribute, Attributes, Directory, Find, Security, Server};
use crate::domain::factor::{Factors, Passkey, Totp, TotpSecret};
use crate::domain::id::SiteId;
use crate::domain::id::{AlertId, OperatorId, SessionId, WebhookId};
use crate::domain::letter::{LetterKind, OwedLetter};
use crate::domain::operator::Role;
use crate::domain::policy::{Roles, SignInPolicy};
use crate::domain::session::{Session, SignInMethod, SsoSession};
use crate::domain::sso::{Admission, Authority, GroupRule, Issuer, Provider, Scope, SingleSignOn, SsoRefusal};
use crate::domain::suspicion::{Precautions, Suspicion};
use crate::domain::text::{Label, Line, Name};
use crate::domain::throttle::Limit;
use crate::domain::time::Timestamp;

const ANNA: OperatorId = OperatorId::from_bytes([3; 16]);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn addresses() -> [Option<IpAddr>; 3] {
    [None, Some([192, 0, 2, 1].into()), Some("2001:db8::7".parse().unwrap())]
}

#[test]
fn a_session_comes_back_however_it_began() {
    for by in SignInMethod::ALL {
        for address in addresses() {
            let sso =
                SsoSession { issuer: "https://id.example.org".to_owned(), subject: "4711".to_owned(), sid: Some("s".to_owned()) };
            let session = Session {
                active_at: at(2),
                proved_at: at(3),
                address,
                agent: Some(Label::parse("Firefox on Linux").unwrap()),
                sso: Some(sso),
                ..Session::new(SessionId::from_bytes([8; 16]), ANNA, by, at(1))
            };
            let bytes = encode(&SessionRecord::from(&session)).unwrap();
            assert_eq!(decode::<SessionRecord>(&bytes).unwrap().session().unwrap(), session);
        }
    }
}

#[test]
fn factors_come_back() {
    let passkey = Passkey {
        credential_id: vec![1, 2, 3],
        name: Label::parse("The blue key").unwrap(),
        record: vec![7; 400],
        created_at: at(1),
        used_at: Some(at(2)),
    };
    let totp = Totp { secret: TotpSecret(Zeroizing::new(vec![5; 20])), since: at(1), last_step: u64::MAX };
    let factors = Factors { totp: Some(totp), recovery: vec![[1; 32], [2; 32]], passkeys: vec![passkey] };
    let bytes = encode(&FactorsRecord::from(&factors)).unwrap();
    assert_eq!(decode::<FactorsRecord>(&bytes).unwrap().factors().unwrap(), factors);
}

#[test]
fn letters_come_back() {
    let kinds = [
        LetterKind::Invitation,
        LetterKind::PasswordReset,
        LetterKind::PasswordChanged,
        LetterKind::SecondFactorRemoved,
        LetterKind::RecoveryCodeUsed { left: 9 },
        LetterKind::CodesRefused,
    ];
    let letters = kinds.map(|kind| OwedLetter { tries: 3, next_at: at(2), ..OwedLetter::new(kind, at(1)) });
    let bytes = encode(&LettersRecord::from(&letters[..])).unwrap();
    assert_eq!(decode::<LettersRecord>(&bytes).unwrap().letters(), letters);
}

#[test]
fn the_policy_comes_back() {
    let second_factor = Roles::NONE.with(Role::Admin).with(Role::Auditor);
    let policy =
        SignInPolicy { second_factor, idle_minutes: 7, absolute_hours: 8, dormant_days: None, sso_is_second_factor: true };
    let bytes = encode(&PolicyRecord::from(policy)).unwrap();
    assert_eq!(SignInPolicy::from(decode::<PolicyRecord>(&bytes).unwrap()), policy);
}

#[test]
fn an_alert_comes_back() {
    let suspicious = [
        Suspicion::Spray,
        Suspicion::WideSpray,
        Suspicion::Stuffing(ANNA),
        Suspicion::Wave,
        Suspicion::Codes(ANNA),
        Suspicion::Scan,
        Suspicion::Enumeration,
        Suspicion::Tokens,
        Suspicion::Overreach(ANNA),
    ];
    let done = [
        AlertKind::UserReset(ANNA),
        AlertKind::AllowlistReset,
        AlertKind::SsoDisabled,
        AlertKind::PasskeyCopied(ANNA),
        AlertKind::AccountsDormant,
        AlertKind::AuditHeadMissing,
        AlertKind::PurgingPaused,
        AlertKind::WebhookGivenUp(WebhookId::from_bytes([6; 16])),
    ];
    for kind in done.into_iter().chain(suspicious.map(AlertKind::Suspicious)) {
        for from in addresses() {
            let acknowledged = from.map(|_| (ANNA, at(9)));
            let alert = Alert {
                id: AlertId::from_bytes([4; 16]),
                kind,
                since: at(1),
                last_at: at(2),
                count: 3,
                from,
                acknowledged,
                mailed_at: from.map(|_| at(8)),
            };
            let bytes = encode(&AlertRecord::from(&alert)).unwrap();
            assert_eq!(decode::<AlertRecord>(&bytes).unwrap().alert(alert.id), alert);
        }
    }
}

#[test]
fn precautions_come_back() {
    let limits = Limit::ALL.into_iter().map(|limit| (limit, limit.usual())).collect();
    let precautions = Precautions { limits, bans: false, ban_minutes: 7, mails_alerts: true };
    let bytes = encode(&PrecautionsRecord::from(&precautions)).unwrap();
    assert_eq!(Precautions::from(decode::<PrecautionsRecord>(&bytes).unwrap()), precautions);
    // A limit that there is not, as a later version may write it.
    assert!(decode::<PrecautionsRecord>(&[1, 1, 200, 1, 1, 0, 1, 0]).is_err());
}

#[test]
fn single_sign_on_comes_back() {
    let line = |text| Line::parse(text).unwrap();
    let attribute = |text| Attribute::parse(text).unwrap();
    let authority = || Some(Authority::parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").unwrap());
    let provider = Provider {
        name: Name::parse("Clinic ID").unwrap(),
        issuer: Issuer::parse("https://id.example.org/Realm/").unwrap(),
        client_id: line("parlor"),
        scopes: Scope::parse_list("email profile").unwrap(),
        groups_claim: Label::parse("realm_access.roles").unwrap(),
        authority: authority(),
        logout_networks: crate::domain::network::parse_networks("192.0.2.0/24").unwrap(),
    };
    let directory = |security, find, host| Directory {
        server: Server::parse(host, security).unwrap(),
        authority: authority(),
        find,
        group_base: Some(line("ou=groups,dc=example")),
        attributes: Attributes {
            id: Some(attribute("entryUUID")),
            name: attribute("cn"),
            email: attribute("mail"),
            groups: attribute("memberOf"),
        },
    };
    let rules = Role::ALL.map(|role| GroupRule { group: line("staff"), role, site: Some(SiteId::from_bytes([1; 16])) });
    let admission = Admission { rules: rules.to_vec(), creates_accounts: true, links_by_email: true };
    let by_name = Find::by_name(line("uid={user},dc=example")).unwrap();
    let by_search = Find::by_search(Some(line("cn=reader")), line("dc=example"), line("(uid={user})")).unwrap();
    for directory in [
        None,
        Some(directory(Security::Tls, by_name, "ldap.example.org")),
        Some(directory(Security::StartTls, by_search.clone(), "ldap.example.org")),
        Some(directory(Security::None, by_search, "127.0.0.1:3890")),
    ] {
        let (provider, admission) = (Some(provider.clone()), admission.clone());
        let sso = SingleSignOn { is_on: true, provider, directory, admission, is_enforced: true };
        let bytes = encode(&SsoRecord::from(&sso)).unwrap();
        assert_eq!(decode::<SsoRecord>(&bytes).unwrap().sso().unwrap(), sso);
    }
    let none = SingleSignOn::default();
    let bytes = encode(&SsoRecord::from(&none)).unwrap();
    assert_eq!(decode::<SsoRecord>(&bytes).unwrap().sso().unwrap(), none);
}

#[test]
fn a_refusal_keeps_its_number() {
    for (number, refusal) in SsoRefusal::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(u8::from(super::sso::SsoRefusalRecord(refusal))), number, "{refusal:?}");
    }
}
