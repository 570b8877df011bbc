//! Tests: who may take a chat away, what is left out of it, and what that leaves behind.

use super::*;
use crate::domain::access::Actor;
use crate::domain::event::{Author, TransferTarget};
use crate::domain::id::DepartmentId;
use crate::domain::id::SiteId;
use crate::domain::news::Origin;
use crate::domain::operator::{Membership, Role};
use crate::domain::permission::Permissions;
use crate::domain::text::{ClientId, MessageText, Name};
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::stage::Stage;

fn talk(stage: &Stage, site: SiteId) -> ConversationId {
    let visitor = Actor::Visitor { site, token_index: [1; 32] };
    let origin = Origin { connection: 1, client_id: ClientId::parse("a").unwrap() };
    let start = Start::saying(MessageText::parse("=1+1").unwrap());
    let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin).unwrap();
    // What the staff alone may read, as other acts write it.
    let open = stage.store.open_conversation(id).unwrap();
    let mut open = open.lock();
    let mut batch = stage.store.batch();
    let to = TransferTarget::Department { id: DepartmentId::from_bytes([1; 16]), name: Name::parse("Sales").unwrap() };
    let note = MessageText::parse("a secret note").unwrap();
    let kinds = [
        EventKind::Note(note.clone()),
        EventKind::Transferred(Transfer { to, note: Some(note) }),
        EventKind::Message(MessageText::parse("Goodbye").unwrap()),
    ];
    for kind in kinds {
        open.last += 1;
        batch.put_event(id, &Event { seq: open.last, at: stage.now, author: Author::System, kind, client_id: None });
    }
    stage.store.commit(batch).wait().unwrap();
    id
}

#[test]
fn notes_are_left_out_without_a_trace_unless_somebody_asks() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let id = talk(&stage, finished.site);
    let kept = read(&stage.ctx(&admin), id, Notes::Kept).unwrap();
    assert_eq!(kept.events.len(), 5);
    assert_eq!(json(&kept).matches("a secret note").count(), 1);
    for view in [read(&stage.ctx(&admin), id, Notes::LeftOut).unwrap(), export(&stage.ctx(&admin), id, Notes::LeftOut).unwrap()] {
        assert_eq!(view.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
        let json = json(&view);
        assert!(!json.contains("a secret note") && json.contains("Goodbye") && json.contains("Sales"), "{json}");
    }
    assert_eq!(stage.last_audit(), AuditAction::TranscriptExported(id));
}

#[test]
fn whatever_is_printed_is_on_record_open_or_closed_and_each_time() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let id = talk(&stage, finished.site);
    let printed = |stage: &Stage| stage.audit().into_iter().filter(|row| *row == AuditAction::TranscriptPrinted(id)).count();
    for _ in 0..2 {
        read(&stage.ctx(&admin), id, Notes::LeftOut).unwrap();
    }
    assert_eq!(printed(&stage), 2, "an open chat");
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let origin = Origin { connection: 1, client_id: ClientId::parse("b").unwrap() };
    conversations::end(&stage.ctx(&visitor), id, origin).unwrap();
    for _ in 0..2 {
        read(&stage.ctx(&admin), id, Notes::LeftOut).unwrap();
    }
    assert_eq!(printed(&stage), 4, "and a closed one");
    assert!(read(&stage.ctx(&Actor::Stranger), id, Notes::LeftOut).is_err());
    assert_eq!(printed(&stage), 4, "what nobody was shown was not printed");
}

#[test]
fn only_who_may_takes_a_chat_away() {
    let (stage, finished) = Stage::set_up();
    let id = talk(&stage, finished.site);
    let head = stage.store.conversation(id).unwrap().unwrap();
    let Actor::Staff { id: me, .. } = stage.actor(finished.operator) else { panic!("an administrator is staff") };
    let operator = |site, permissions| {
        let membership = Membership::of_sites([site]);
        Actor::Staff { id: me, role: Role::Operator, membership, permissions }
    };
    let may = Permissions::NONE.with(Permission::ExportTranscripts);
    let (here, elsewhere) = (operator(finished.site, Permissions::NONE), operator(SiteId::from_bytes([9; 16]), may));
    for actor in [&here, &elsewhere, &Actor::Visitor { site: finished.site, token_index: [1; 32] }] {
        assert!(export(&stage.ctx(actor), id, Notes::LeftOut).is_err());
    }
    assert!(!may_export(&stage.ctx(&here), &head) && read(&stage.ctx(&here), id, Notes::LeftOut).is_ok());
    let is_on_record = |stage: &Stage| stage.audit().contains(&AuditAction::TranscriptExported(id));
    assert!(!is_on_record(&stage), "nothing was taken away");
    let allowed = operator(finished.site, may);
    assert!(may_export(&stage.ctx(&allowed), &head) && export(&stage.ctx(&allowed), id, Notes::LeftOut).is_ok());
    assert!(is_on_record(&stage));
}
