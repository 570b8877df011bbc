//! Tests: who waits in vain, and what was left for later.

use super::*;
use crate::domain::access::Actor;
use crate::domain::form::Field;
use crate::domain::id::ConversationId;
use crate::domain::news::{News, Origin};
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::stage::Stage;

fn origin() -> Origin {
    Origin { connection: 1, client_id: ClientId::parse("a").unwrap() }
}

fn start(stage: &Stage, visitor: &Actor, email: Option<&str>) -> ConversationId {
    let answers = email.map(|email| (Field::EMAIL.to_owned(), email.to_owned())).into_iter().collect();
    let start = Start { answers, ..Start::saying(MessageText::parse("Hello").unwrap()) };
    conversations::start(&stage.ctx(visitor), &Allowance::default(), start, origin()).unwrap()
}

fn state(stage: &Stage, id: ConversationId) -> (&'static str, Channel) {
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let head = stage.store.conversation(id).unwrap().unwrap();
    (head.state_word(), head.about.channel)
}

#[test]
fn who_waited_in_vain_is_answered_later_if_that_is_possible() {
    let (mut stage, done) = Stage::set_up();
    let mut site = Site::clone(&stage.store.house().sites[&done.site]);
    site.pre_chat.fields.push(Field::email());
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    let visitor = |number| Actor::Visitor { site: done.site, token_index: [number; 32] };
    let (reachable, unknown) = (start(&stage, &visitor(1), Some("maria@example.org")), start(&stage, &visitor(2), None));
    stage.take_news();
    stage.advance(Duration::from_secs(60 * 60));
    assert_eq!(close_idle(&stage.ctx(&Actor::Timer)).unwrap(), 1);
    assert_eq!(state(&stage, unknown), ("closed", Channel::Chat));
    assert_eq!(state(&stage, reachable), ("waiting", Channel::Message));
    assert!(stage.take_news().iter().any(|it| matches!(it, News::Changed { conversation, .. } if conversation.id == reachable)));

    // The message waits for days, and its answer as well.
    stage.advance(Duration::from_secs(7 * 86_400));
    let admin = stage.actor(done.operator);
    assert_eq!(close_idle(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    conversations::accept(&stage.ctx(&admin), reachable, origin()).unwrap();
    stage.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(close_idle(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    assert_eq!(state(&stage, reachable), ("active", Channel::Message));
    stage.advance(limits::MESSAGE_KEPT_OPEN);
    assert_eq!(close_idle(&stage.ctx(&Actor::Timer)).unwrap(), 1);
}
