use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::time::Timestamp;
use crate::service::stage::{Stage, refused};

const ANNA: AccountDigest = [1; 32];
const HERS: DeviceId = DeviceId([9; 32]);

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A stage at its beginning, and a way to say how many seconds have passed.
fn stage() -> Stage {
    Stage::bare()
}

fn try_password(stage: &Stage, account: AccountDigest, from: &str, device: Option<DeviceId>) -> Result<Attempt, Failure> {
    attempt(&stage.ctx(&Actor::Stranger), account, address(from), device)
}

fn wait_of(result: Result<Attempt, Failure>) -> u32 {
    match result {
        Err(Failure::TooMany { seconds }) => seconds,
        other => panic!("{other:?}"),
    }
}

#[test]
fn guessing_is_slowed_and_never_stopped_for_good() {
    let mut stage = stage();
    for _ in 0..limits::SIGN_IN_BURST {
        assert!(try_password(&stage, ANNA, "192.0.2.1", None).is_ok());
    }
    assert_eq!(wait_of(try_password(&stage, ANNA, "198.51.100.9", None)), 30);
    stage.advance(Duration::from_secs(20));
    assert_eq!(wait_of(try_password(&stage, ANNA, "198.51.100.9", None)), 10);
    stage.advance(Duration::from_secs(10));
    assert!(try_password(&stage, ANNA, "198.51.100.9", None).is_ok());
    assert!(try_password(&stage, [2; 32], "198.51.100.9", None).is_ok(), "another account is not touched");
}

#[test]
fn a_device_that_is_known_gets_in_whatever_strangers_do() {
    let stage = stage();
    // From her own address, as in a clinic where one of the visitors guesses, and for her own account.
    for n in 0..500_u32 {
        let _ = try_password(&stage, ANNA, "192.0.2.1", None);
        let _ = try_password(&stage, [n as u8; 32], "192.0.2.1", None);
        let _ = try_password(&stage, ANNA, &format!("198.51.{}.{}", n / 250, n % 250), None);
    }
    assert!(try_password(&stage, ANNA, "203.0.113.1", None).is_err());
    assert!(try_password(&stage, [77; 32], "192.0.2.1", None).is_err());
    let attempt = try_password(&stage, ANNA, "192.0.2.1", Some(HERS)).unwrap();
    assert!(attempt.is_known());
    // A stolen device has no more than anybody else.
    let more = (0..20).filter(|_| try_password(&stage, ANNA, "192.0.2.1", Some(HERS)).is_ok()).count();
    assert_eq!(more, limits::SIGN_IN_BURST as usize - 1);
    assert!(try_password(&stage, ANNA, "192.0.2.1", Some(DeviceId([8; 32]))).is_ok(), "another device of hers");
}

#[test]
fn a_place_that_is_known_gets_in_while_strangers_guess() {
    let stage = stage();
    let first = try_password(&stage, ANNA, "2001:db8::1", None).unwrap();
    succeeded(&stage.ctx(&Actor::Stranger), &first);
    for n in 0..100 {
        let _ = try_password(&stage, ANNA, &format!("198.51.100.{n}"), None);
    }
    assert!(try_password(&stage, ANNA, "198.51.100.200", None).is_err());
    assert!(try_password(&stage, ANNA, "2001:db8::ffff", None).unwrap().is_known(), "the same /64");
    assert!(try_password(&stage, ANNA, "2001:db8:0:1::1", None).is_err(), "another /64");
    assert!(try_password(&stage, [2; 32], "2001:db8::ffff", None).is_ok_and(|it| !it.is_known()), "another account");
}

#[test]
fn what_was_right_does_not_count() {
    let stage = stage();
    for _ in 0..100 {
        let attempt = try_password(&stage, ANNA, "192.0.2.1", None).unwrap();
        succeeded(&stage.ctx(&Actor::Stranger), &attempt);
    }
}

#[test]
fn one_address_cannot_try_many_accounts_nor_one_network_with_many_addresses() {
    let stage = stage();
    let tried = (0..200_u8).filter(|n| try_password(&stage, [*n; 32], "192.0.2.1", None).is_ok()).count();
    assert_eq!(tried, 20);
    assert!(try_password(&stage, [250; 32], "::ffff:192.0.2.1", None).is_err(), "the other spelling is the same address");
    let tried = (0..2_000_u32)
        .filter(|n| {
            let account = Sha256::digest(n.to_be_bytes()).into();
            try_password(&stage, account, &format!("2001:db8:7:{n:x}::1"), None).is_ok()
        })
        .count();
    assert_eq!(tried, 200, "a /48 has ten times the stock of a /64");
    assert!(try_password(&stage, [251; 32], "2001:db8:8::1", None).is_ok(), "the neighbours' /48");
}

#[test]
fn of_fifty_codes_at_the_same_moment_five_are_looked_at() {
    let stage = stage();
    let looked_at = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..50)
            .map(|n| {
                let stage = &stage;
                scope.spawn(move || {
                    let from = address(&format!("198.51.{n}.1"));
                    code_attempt(&stage.ctx(&Actor::Stranger), ANNA, from, None).is_ok()
                })
            })
            .collect();
        guesses.into_iter().map(|it| it.join().unwrap()).filter(|it| *it).count()
    });
    assert_eq!(looked_at, 5);
}

#[test]
fn a_flood_does_not_make_attempts_forgotten() {
    let stage = stage();
    while try_password(&stage, ANNA, "192.0.2.1", None).is_ok() {}
    // One attempt for each of many accounts, from as many networks.
    for n in 0..(2 * limits::REMEMBERED_STOCKS as u32) {
        let account = Sha256::digest(n.to_be_bytes()).into();
        let _ = attempt(&stage.ctx(&Actor::Stranger), account, IpAddr::V4((n << 8).into()), None);
    }
    assert!(try_password(&stage, ANNA, "203.0.113.1", None).is_err(), "her stock is still empty");
    let counted = stage.memory.throttle.counted.lock();
    for stocks in counted.stocks.iter().flatten() {
        assert!(stocks.len() <= limits::REMEMBERED_STOCKS);
    }
}

#[test]
fn a_clock_that_was_set_back_locks_nobody_out() {
    let mut stage = stage();
    while try_password(&stage, ANNA, "192.0.2.1", None).is_ok() {}
    stage.now = Timestamp::from_millis(stage.now.as_millis() - 365 * 24 * 3_600_000);
    assert!(wait_of(try_password(&stage, ANNA, "192.0.2.1", None)) <= 30);
}

#[test]
fn this_machine_and_proxies_are_spared_but_for_guessing() {
    let mut stage = stage();
    stage.memory.throttle =
        Throttle::new(crate::domain::network::parse_networks("192.0.2.0/24").unwrap(), Limit::Messages.usual());
    let ctx = stage.ctx(&Actor::Stranger);
    let most =
        |limit: Limit, from: &str| (0..100_000).take_while(|_| take(&ctx, limit, By::Address(address(from))).is_ok()).count();
    for spared in ["127.0.0.1", "::1", "192.0.2.7"] {
        assert_eq!(most(Limit::Visitors, spared), 100_000, "{spared}");
        assert_eq!(most(Limit::Links, spared), 20, "{spared}");
    }
    assert_eq!(most(Limit::Visitors, "198.51.100.7"), 100);
}

#[test]
fn a_limit_is_changed_at_once_and_within_bounds() {
    let (mut stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let form = |burst: &str, per_hour: &str| RateForm { burst: burst.to_owned(), per_hour: per_hour.to_owned() };
    assert_eq!(refused(change(&stage.ctx(&admin), Limit::Passwords, &form("0", "x"))), ["burst", "per_hour"]);
    assert_eq!(refused(change(&stage.ctx(&admin), Limit::Passwords, &form("5", "100000"))), ["per_hour"]);
    change(&stage.ctx(&admin), Limit::Passwords, &form("3", "60")).unwrap();
    assert_eq!(stage.last_audit(), AuditAction::LimitChanged(Limit::Passwords));
    while try_password(&stage, ANNA, "192.0.2.1", None).is_ok() {}
    let listed = |stage: &Stage| list(&stage.ctx(&admin)).unwrap().0[Limit::Passwords as usize];
    assert_eq!((listed(&stage).rate, listed(&stage).usual), (Rate { burst: 3, per_hour: 60 }, Limit::Passwords.usual()));
    assert_eq!((listed(&stage).hour, listed(&stage).day), (1, 1));
    stage.advance(Duration::from_secs(2 * 3_600));
    assert_eq!((listed(&stage).hour, listed(&stage).day), (0, 1));
    reset(&stage.ctx(&admin), Limit::Passwords).unwrap();
    assert_eq!(listed(&stage).rate, Limit::Passwords.usual());
    assert!(stage.store.house().precautions.limits.is_empty());

    let bert = stage.join(&admin, "Bert", "operator");
    let bert = stage.actor(bert);
    assert!(matches!(change(&stage.ctx(&bert), Limit::Passwords, &form("3", "60")), Err(Failure::Denied(_))));
    assert!(matches!(list(&stage.ctx(&bert)), Err(Failure::Denied(_))));
    let stale = Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    assert!(matches!(change(&stale, Limit::Passwords, &form("3", "60")), Err(Failure::ProofNeeded)));
}

/// One step of people trying: how long after the step before, who, from where, and with which device.
fn step() -> impl Strategy<Value = (u64, u8, u8, Option<u8>)> {
    (prop_oneof![Just(0), 0..5_u64, 0..120_u64], 0..3_u8, 0..6_u8, prop::option::weighted(0.2, 0..2_u8))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the order: of one account, from unknown places, never more than the stock and what came back meanwhile; of one address
    /// likewise; and an account that nobody tried has its whole stock.
    #[test]
    fn never_more_than_the_stock_and_what_came_back(steps in prop::collection::vec(step(), 1..400)) {
        let mut stage = stage();
        let start = stage.now;
        let (mut by_account, mut by_address, mut by_device) = ([0_u64; 3], [0_u64; 6], [0_u64; 6]);
        for (seconds, account, from, device) in steps {
            stage.advance(Duration::from_secs(seconds));
            let known = device.map(|device| DeviceId([device; 32]));
            if try_password(&stage, [account; 32], &format!("198.51.{from}.1"), known).is_ok() {
                match device {
                    Some(device) => by_device[usize::from(account * 2 + device)] += 1,
                    None => {
                        by_account[usize::from(account)] += 1;
                        by_address[usize::from(from)] += 1;
                    }
                }
            }
            let passed = stage.now.since(start).as_secs();
            for count in by_account.iter().chain(&by_device) {
                prop_assert!(*count <= 5 + passed / 30, "{count} in {passed} s");
            }
            for count in by_address {
                prop_assert!(count <= 20 + passed / 5, "{count} in {passed} s");
            }
        }
        let untouched = (0..5).filter(|_| try_password(&stage, [99; 32], "203.0.113.200", None).is_ok()).count();
        prop_assert_eq!(untouched, 5);
    }
}
