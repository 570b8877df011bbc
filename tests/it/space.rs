//! A disk that fills up: new chats are declined kindly, everything else goes on, staff are told, and all is well within seconds
//! of space returning.

use std::time::{Duration, Instant};

use parlor::domain::space::Reading;
use serde_json::{Value, json};

use crate::harness::actors::{Operator, Visitor};
use crate::harness::app::TestApp;
use crate::harness::process::{self, Server, parlor, said};
use crate::harness::small_disk::SmallDisk;

impl TestApp {
    /// The disk has so much room below or above its floor, and the ballast is whole. Who looks at it is told as by the timer.
    pub fn finds_free(&self, beside_floor: i64) {
        let bounds = self.app.store.space().bounds();
        let free_bytes = bounds.floor_bytes.checked_add_signed(beside_floor).unwrap();
        parlor::jobs::space::take_in(&self.app, Reading { free_bytes, ballast_bytes: bounds.ballast_bytes }).unwrap();
    }
}

/// What is said to whoever begins a chat now.
async fn declined(visitor: &mut Visitor) -> String {
    let refused = visitor.start_with("a chat that finds no room", json!({})).await.unwrap_err();
    assert_eq!(refused.code, "no_room");
    refused.message
}

pub fn of_disk(room: &str) -> impl Fn(&Value) -> bool {
    let room = room.to_owned();
    move |frame| frame["t"] == "disk" && frame["room"] == room.as_str()
}

#[tokio::test]
async fn new_chats_are_declined_and_all_else_goes_on() {
    let app = TestApp::start().await;
    let (mut maria, mut tom) = (app.visitor("maria").await, app.visitor("tom").await);
    let mut bert = app.operator("bert").await;
    let theirs = maria.start("a chat from before the lack").await.conversation;
    app.finds_free(-1);

    let said = declined(&mut tom).await;
    assert!(said.contains("try again") && said.contains("stays here"), "{said}");
    tom.expect("no new chats", |frame| frame["t"] == "presence" && frame["taking"] == false).await;
    assert_eq!(app.stranger().browser.get("/readyz").await.expect(200).body, "ready\n", "a stranger learns nothing of it");

    // The talk that is open goes on to its end.
    bert.accept(&theirs).await;
    bert.send(&theirs, "an answer while there is little room").await;
    maria.hears("an answer while there is little room").await;
    maria.send(&theirs, "and a word of thanks after that").await;
    bert.hears("and a word of thanks after that").await;
    bert.close(&theirs).await;

    // Signing in, reading and erasing go on as well.
    let admin = app.admin().await;
    admin.browser.get(&format!("/console/conversations/{theirs}")).await.expect(200);
    admin.browser.submit("/admin/privacy", "/admin/privacy/purge", &[("confirm", "on")]).await.expect_done();
    bert.expect("the end of it", |frame| frame["t"] == "purged").await;
    admin.browser.submit("/admin/security", "/admin/security", &[("networks", "127.0.0.0/8")]).await.expect_done();

    app.finds_free(1 << 30);
    tom.expect("chats are taken again", |frame| frame["t"] == "presence" && frame["taking"] == true).await;
    tom.start("a chat that finds room again").await;
}

#[tokio::test]
async fn staff_are_told_at_once_and_when_it_is_over() {
    let app = TestApp::start().await;
    let mut bert = app.operator("bert").await;
    bert.expect("that all is well", of_disk("plenty")).await;
    app.finds_free(-1);
    let notice = bert.expect("that there is little room", of_disk("low")).await;
    assert!(notice["html"].as_str().unwrap().contains("New chats are declined"), "{notice}");
    let before = notice["free_mib"].as_u64().unwrap();
    app.finds_free(-(2 << 20));
    let later = bert.expect("the new figure", of_disk("low")).await;
    assert!(later["free_mib"].as_u64().unwrap() < before);

    // On every page of staff, for those who come now, and on nobody else's.
    let admin = app.admin().await;
    for page in ["/console", "/console/closed", "/account", "/admin", "/admin/system", "/admin/sites"] {
        let body = admin.browser.get(page).await.expect(200).body;
        assert!(body.contains("New chats are declined"), "{page}");
    }
    assert!(!app.stranger().browser.get("/login").await.expect(200).body.contains("declined"));

    app.finds_free(1 << 30);
    let over = bert.expect("that it is over", of_disk("plenty")).await;
    assert!(over.get("html").is_none(), "{over}");
    assert!(!admin.browser.get("/console").await.expect(200).body.contains("New chats are declined"));
}

#[tokio::test]
async fn a_real_disk_fills_up_and_is_emptied_again() {
    const MIB: u64 = 1 << 20;
    let disk = SmallDisk::new(256);
    let data = disk.data();
    let site = process::set_up(&data).site;
    let mut server = Server::start(&data, &[]);
    let door = server.door().await;
    let mut maria = Visitor::new(&door, &site, "maria").await;
    maria.connect().await;
    let theirs = maria.start("a chat from before the lack").await.conversation;
    let mut anna = Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await;
    anna.connect().await;
    anna.accept(&theirs).await;

    disk.leave_free(20 * MIB);
    server.says("nearly full: new chats are declined");
    let mut tom = Visitor::new(&door, &site, "tom").await;
    tom.connect().await;
    declined(&mut tom).await;
    maria.send(&theirs, "written with little room").await;

    disk.leave_free(0);
    server.says("the disk is full");
    assert!(!disk.has_ballast(), "it is given up for what follows");
    maria.send(&theirs, "written with no room at all").await;
    anna.hears("written with no room at all").await;
    anna.close(&theirs).await;
    Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await.browser.get("/console/closed").await.expect(200);
    let purged = parlor().args(["purge", "--all-closed", "--data-dir"]).arg(&data).output().unwrap();
    assert!(purged.status.success() && said(&purged).contains('1'), "{}", said(&purged));
    let doctor = parlor().args(["doctor", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data).output().unwrap();
    assert!(said(&doctor).contains("new chats are declined"), "{}", said(&doctor));

    let freed = Instant::now();
    disk.make_room();
    server.says("there is room on the disk again");
    assert!(freed.elapsed() < Duration::from_secs(10), "{:?}", freed.elapsed());
    assert!(disk.has_ballast());
    let found = tom.start("a chat that finds room again").await.conversation;

    // A full disk keeps nobody from starting while there is a ballast; what was said is there.
    assert!(server.stop().success());
    disk.leave_free(0);
    let mut server = Server::start(&data, &[]);
    assert!(!disk.has_ballast());
    server.says("the disk is full");
    let door = server.door().await;
    let mut anna = Operator::signed_in(&door, process::ADMIN, process::PASSWORD).await;
    anna.connect().await;
    anna.accept(&found).await;
    let mut lisa = Visitor::new(&door, &site, "lisa").await;
    lisa.connect().await;
    declined(&mut lisa).await;
    assert!(server.stop().success());

    // Without one it says what is missing, and leaves everything as it is.
    disk.leave_free(0);
    let Err((status, heard)) = Server::try_start(&data, &[]) else { panic!("it started on nothing") };
    let heard = heard.join("\n");
    assert_eq!(status.code(), Some(1), "{heard}");
    assert!(heard.contains("Only 0 MiB are free") && heard.contains("Make room"), "{heard}");
    disk.make_room();
    assert!(Server::start(&data, &[]).stop().success());
}
