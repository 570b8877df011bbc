//! Tests: who is declined while the disk is nearly full, who is not, and what is written down about it.

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::AuditActor;
use crate::domain::news::Origin;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::stage::Stage;
use crate::service::visitors::{HostPage, admit, recognise};

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).unwrap()
}

fn begin(stage: &Stage, visitor: &Actor, id: &str) -> Result<crate::domain::id::ConversationId, Failure> {
    let start = Start::saying(text("good morning"));
    conversations::start(&stage.ctx(visitor), &Allowance::default(), start, origin(id))
}

impl Stage {
    /// So much is free, and the ballast is whole.
    fn finds_free(&self, free_bytes: u64) -> bool {
        let ballast_bytes = self.store.space().bounds().ballast_bytes;
        take_in(&self.ctx(&Actor::Timer), Reading { free_bytes, ballast_bytes }).unwrap()
    }
}

#[test]
fn a_nearly_full_disk_declines_new_chats_and_nothing_else() {
    let (stage, made) = Stage::set_up();
    let visitor = || {
        let token = admit(&stage.store, stage.ctx(&Actor::Host).random, made.site, &HostPage::Demo).unwrap();
        recognise(&stage.store, made.site, &token).unwrap()
    };
    let (maria, tom) = (visitor(), visitor());
    let theirs = begin(&stage, &maria, "m1").unwrap();

    let floor = stage.store.space().bounds().floor_bytes;
    assert!(!stage.finds_free(floor));
    assert!(stage.finds_free(floor - 1));
    assert!(matches!(begin(&stage, &tom, "t1"), Err(Failure::NoRoom)));
    assert_eq!(stage.store.open_conversations().len(), 1, "nothing was begun");

    // What is open goes on, in whatever way its visitor writes.
    conversations::send(&stage.ctx(&maria), &Allowance::default(), theirs, text("and one more"), origin("m2")).unwrap();
    assert_eq!(begin(&stage, &maria, "m3").unwrap(), theirs);
    assert_eq!(begin(&stage, &maria, "m1").unwrap(), theirs, "and what came before the lack is acknowledged again");
    stage.admin_session();
    let admin = stage.actor(made.operator);
    conversations::close(&stage.ctx(&admin), theirs, origin("a1")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    assert!(matches!(begin(&stage, &maria, "m4"), Err(Failure::NoRoom)), "a closed chat makes no exception");
    assert_eq!(crate::service::retention::purge_now(&stage.ctx(&admin), None).unwrap().gone, 1);

    assert!(stage.finds_free(2 * floor));
    begin(&stage, &tom, "t1").unwrap();
}

#[test]
fn each_change_of_state_is_one_row() {
    let (stage, _) = Stage::set_up();
    let floor = stage.store.space().bounds().floor_bytes;
    let before = stage.audit().len();
    for free in [floor - 1, floor / 2, floor, 0, 0, 2 * floor] {
        stage.finds_free(free);
    }
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let rows: Vec<_> = stage.store.audit_rows(None, 1_000).unwrap().into_iter().rev().skip(before).collect();
    assert!(rows.iter().all(|row| row.actor == AuditActor::Timer));
    let rooms: Vec<_> = rows
        .iter()
        .filter_map(|row| if let AuditAction::RoomChanged { room, .. } = row.action { Some(room) } else { None })
        .collect();
    assert_eq!(rooms, [Room::Low, Room::Critical, Room::Plenty]);
}

#[test]
fn nobody_but_the_house_itself_says_how_much_room_there_is() {
    let (stage, made) = Stage::set_up();
    let reading = Reading { free_bytes: 0, ballast_bytes: 1 };
    let operator = stage.join(&stage.actor(made.operator), "Olga", "operator");
    for actor in [Actor::Stranger, stage.actor(operator)] {
        assert!(matches!(take_in(&stage.ctx(&actor), reading), Err(Failure::Denied(_))));
    }
    assert_eq!(stage.store.space().room(), Room::Plenty);
}
