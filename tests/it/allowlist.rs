//! From where staff may come in. The list covers every staff surface, and never the visitors'.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use parlor::domain::network::Network;
use serde_json::json;

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::{ADMIN, PASSWORD, TestApp, address};
use crate::harness::http::{Browser, Door};
use crate::harness::line::Line;

/// Saves a list as an administrator does, without confirming anything.
async fn save(admin: &Operator, networks: &str, more: &[(&str, &str)]) -> crate::harness::http::Answer {
    let fields = [&[("networks", networks)], more].concat();
    admin.browser.submit("/admin/security", "/admin/security", &fields).await
}

#[tokio::test]
async fn only_listed_addresses_reach_staff_surfaces() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let outside = Operator::at_the_door(&app.door, ADMIN, Some(address("127.0.0.2")));
    outside.sign_in(PASSWORD).await.expect_done();
    let mut outside_line = Operator::at_the_door(&app.door, ADMIN, Some(address("127.0.0.2")));
    outside_line.sign_in(PASSWORD).await.expect_done();
    outside_line.connect().await;
    outside.browser.get("/console").await.expect(200);

    save(&admin, "127.0.0.1\n2001:db8::/32 # the branch office", &[]).await.expect_done();
    for path in ["/login", "/console", "/console/closed", "/admin", "/admin/security", "/account", "/setup", "/join"] {
        let answer = outside.browser.get(path).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.body.contains("127.0.0.2"), "it says which address to ask for: {}", answer.gist());
        assert!(!answer.body.contains("branch office") && !answer.body.contains("2001:db8"), "and nothing about the list");
    }
    // An open socket from there ends, and no ticket is given any more.
    let (code, _) = outside_line.expect_end().await;
    assert!(code == 1008 || code == 1012, "{code}");
    let ticket = outside.browser.post_json("/live/ticket", &json!({}), &[("x-parlor-csrf", "whatever")]).await;
    assert_eq!(ticket.status, 403);

    // Visitors are not staff: their surfaces stay open from everywhere.
    let elsewhere = Browser::from_address(&app.door, address("127.0.0.2"));
    for path in ["/healthz", "/readyz", "/widget.js", "/demo", &format!("/widget/{}", app.site)] {
        elsewhere.get(path).await.expect(200);
    }
    let mut maria = Visitor::new(&app.door, &app.site, "maria").await;
    maria.browser = elsewhere;
    maria.connect().await;
    maria.start("written from outside of the list").await;
    admin.browser.get("/console").await.expect(200);
}

#[tokio::test]
async fn a_socket_that_was_let_in_elsewhere_cannot_be_opened_from_outside() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    save(&admin, "127.0.0.1", &[]).await.expect_done();
    // A ticket from inside, carried outside.
    let ticket = admin.ticket().await;
    let Ok(mut line) = Line::socket(&app.door, &app.door.origin(), Some(address("127.0.0.2"))).await else { return };
    line.send(&json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
    loop {
        match line.hear().await {
            crate::harness::line::Heard::Frame(frame) => assert_eq!(frame["t"], "bye", "{frame}"),
            crate::harness::line::Heard::Closed { code, .. } => {
                assert_eq!(code, 1008);
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let app = TestApp::with_config(|config| config.trusted_proxies = vec![Network::parse("127.0.0.9").unwrap()]).await;
    let admin = app.admin().await;
    save(&admin, "127.0.0.1\n203.0.113.0/24\n2001:db8:1::/48", &[]).await.expect_done();
    let status = async |from: &str, forwarded: &str| {
        let browser = Browser::from_address(&app.door, address(from)).with_header("x-forwarded-for", forwarded);
        browser.get("/login").await.status.as_u16()
    };
    assert_eq!(status("127.0.0.9", "203.0.113.7").await, 200);
    assert_eq!(status("127.0.0.9", "::ffff:203.0.113.7").await, 200, "a mapped address is the address");
    assert_eq!(status("127.0.0.9", "2001:db8:1::5").await, 200);
    assert_eq!(status("127.0.0.9", "2001:db8:2::5").await, 403);
    assert_eq!(status("127.0.0.9", "203.0.113.7, 198.51.100.1").await, 403, "the right-most hop is the peer");
    assert_eq!(status("127.0.0.9", "198.51.100.1, 203.0.113.7").await, 200);
    assert_eq!(status("127.0.0.2", "203.0.113.7").await, 403, "nobody else is believed");
}

#[tokio::test]
async fn a_list_holds_for_ipv6_as_well() {
    let app = TestApp::with_config(|config| config.listen.push(SocketAddr::from((Ipv6Addr::LOCALHOST, 0)))).await;
    let admin = app.admin().await;
    save(&admin, "127.0.0.1", &[]).await.expect_done();
    let v6 = Door { host: IpAddr::V6(Ipv6Addr::LOCALHOST), port: app.addresses[1].port(), ..app.door.clone() };
    assert_eq!(Browser::new(&v6).get("/login").await.status, 403);
    save(&admin, "127.0.0.1\n::1", &[]).await.expect_done();
    Browser::new(&v6).get("/login").await.expect(200);
    // A mapped network is the network.
    save(&admin, "::ffff:127.0.0.0/120", &[]).await.expect_done();
    admin.browser.get("/console").await.expect(200);
    assert_eq!(Browser::new(&v6).get("/login").await.status, 403);
}

#[tokio::test]
async fn whoever_would_lock_themselves_out_is_warned_and_the_trial_reverts() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let warned = save(&admin, "203.0.113.7", &[]).await;
    assert_ne!(warned.status, 303, "nothing changes before they were warned");
    assert!(warned.body.contains("127.0.0.1"), "{}", warned.gist());
    admin.browser.get("/console").await.expect(200);

    save(&admin, "203.0.113.7", &[("trial", "on")]).await.expect(200);
    assert_eq!(admin.browser.get("/console").await.status, 403);
    app.advance(Duration::from_secs(119)).await;
    assert_eq!(admin.browser.get("/console").await.status, 403);
    app.advance(Duration::from_secs(1)).await;
    admin.browser.get("/console").await.expect(200);
    assert!(app.app.store.house().allowlist.lists.everybody.is_empty());
    assert!(app.app.store.house().allowlist.trial.is_none(), "the trial is written off");
}

#[tokio::test]
async fn a_trial_is_confirmed_from_an_address_that_it_allows() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let inside = Operator::at_the_door(&app.door, ADMIN, Some(address("127.0.0.5")));
    inside.sign_in(PASSWORD).await.expect_done();
    save(&admin, "127.0.0.5", &[("trial", "on")]).await.expect(200);
    inside.browser.submit("/admin/security", "/admin/security/confirmation", &[]).await.expect_done();
    app.advance(Duration::from_secs(600)).await;
    inside.browser.get("/admin/security").await.expect(200);
    assert_eq!(admin.browser.get("/admin/security").await.status, 403);
}

#[tokio::test]
async fn a_line_that_is_no_network_is_shown_again_with_a_sentence() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = save(&admin, "127.0.0.1\nten of them", &[]).await;
    assert_ne!(answer.status, 303);
    assert!(answer.body.contains("ten of them") && answer.body.contains("is not an address or network"), "{}", answer.gist());
    assert!(app.app.store.house().allowlist.lists.everybody.is_empty());
}

#[tokio::test]
async fn a_role_may_be_held_to_networks_of_its_own() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bert = app.operator("bert").await.email.clone();
    let outside = |email: &str| Operator::at_the_door(&app.door, email, Some(address("127.0.0.3")));
    let mut at_home = outside(&bert);
    at_home.sign_in(PASSWORD).await.expect_done();
    at_home.connect().await;
    let elsewhere = outside(ADMIN);
    elsewhere.sign_in(PASSWORD).await.expect_done();

    let tried = save(&admin, "", &[("networks_operator", "127.0.0.1"), ("rehearsal", "on")]).await.expect(200);
    assert!(tried.body.contains("127.0.0.3") && tried.body.contains("Nothing was changed"), "{}", tried.gist());
    at_home.browser.get("/console").await.expect(200);

    save(&admin, "", &[("networks_operator", "127.0.0.1")]).await.expect_done();
    let (code, _) = at_home.expect_end().await;
    assert!(code == 1008 || code == 1012, "{code}");
    assert_ne!(at_home.browser.get("/console").await.status, 200);
    elsewhere.browser.get("/console").await.expect(200);
    let again = outside(&bert);
    again.browser.get("/login").await.expect(200);
    let refused = again.sign_in(PASSWORD).await;
    assert!(refused.status == 422 && !refused.body.contains("127.0.0.1"), "{}", refused.gist());
    let inside = Operator::at_the_door(&app.door, &bert, None);
    inside.sign_in(PASSWORD).await.expect_done();
    // Their session, carried elsewhere, is worth nothing there.
    let ticket = inside.ticket().await;
    let Ok(mut line) = Line::socket(&app.door, &app.door.origin(), Some(address("127.0.0.3"))).await else { return };
    line.send(&json!({"t": "hello", "v": 1, "ticket": ticket, "after": {}})).await;
    loop {
        if let crate::harness::line::Heard::Closed { code, .. } = line.hear().await {
            assert!(code == 1008 || code == 1012, "{code}");
            break;
        }
    }
}
