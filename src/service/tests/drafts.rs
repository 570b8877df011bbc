//! Tests: whose a draft is, and when it goes.

use super::*;
use crate::domain::news::Origin;
use crate::domain::operator::{Membership, Role};
use crate::domain::permission::Permissions;
use crate::domain::text::ClientId;
use crate::domain::visitor::Allowance;
use crate::service::conversations::Start;
use crate::service::stage::Stage;

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn texts(stage: &Stage, actor: &Actor, id: ConversationId) -> Vec<(DraftKind, String)> {
    let drafts = of(&stage.ctx(actor), id).unwrap();
    drafts.into_iter().map(|(kind, draft)| (kind, draft.text.as_str().to_owned())).collect()
}

#[test]
fn a_draft_is_its_writers_own_until_the_chat_closes() {
    let (stage, finished) = Stage::set_up();
    let anna = stage.actor(finished.operator);
    let bert = stage.actor(stage.join(&anna, "Bert", "operator"));
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let start = Start::saying(MessageText::parse("Hello").unwrap());
    let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin("a")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();

    keep(&stage.ctx(&anna), id, DraftKind::Reply, "half a rep").unwrap();
    keep(&stage.ctx(&anna), id, DraftKind::Reply, "half a reply").unwrap();
    keep(&stage.ctx(&anna), id, DraftKind::Note, "a note").unwrap();
    keep(&stage.ctx(&bert), id, DraftKind::Reply, "mine").unwrap();
    let of_anna = [(DraftKind::Reply, "half a reply".to_owned()), (DraftKind::Note, "a note".to_owned())];
    assert_eq!(texts(&stage, &anna, id), of_anna);
    assert_eq!(texts(&stage, &bert, id), [(DraftKind::Reply, "mine".to_owned())]);
    keep(&stage.ctx(&anna), id, DraftKind::Reply, " \n").unwrap();
    assert_eq!(texts(&stage, &anna, id), of_anna[1..]);
    assert!(matches!(keep(&stage.ctx(&anna), id, DraftKind::Reply, &"x".repeat(4_001)), Err(Failure::Invalid { .. })));

    // To visitors, and to staff of other sites, there is none.
    assert!(matches!(keep(&stage.ctx(&visitor), id, DraftKind::Reply, "x"), Err(Failure::NotFound)));
    let other = Membership::of_sites([crate::domain::id::SiteId::from_bytes([9; 16])]);
    let Actor::Staff { id: me, .. } = anna else { panic!("an administrator is staff") };
    let elsewhere = Actor::Staff { id: me, role: Role::Operator, membership: other, permissions: Permissions::NONE };
    assert!(matches!(of(&stage.ctx(&elsewhere), id), Err(Failure::NotFound)));
    assert!(matches!(keep(&stage.ctx(&elsewhere), id, DraftKind::Reply, "x"), Err(Failure::NotFound)));

    conversations::close(&stage.ctx(&anna), id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    assert_eq!(texts(&stage, &anna, id), []);
    assert!(matches!(keep(&stage.ctx(&anna), id, DraftKind::Reply, "late"), Err(Failure::Conflict(_))));
}
