//! What visitors do beside writing: answering questions, leaving a message, rating.

use crate::domain::about::{Channel, Identity};
use crate::domain::access::Actor;
use crate::domain::audit::AuditAction;
use crate::domain::event::{EventKind, Rating, Stars};
use crate::domain::filled::Given;
use crate::domain::form::{Consent, Form};
use crate::domain::id::{ConversationId, SiteId};
use crate::domain::news::{News, Origin};
use crate::domain::site::Site;
use crate::domain::text::{ClientId, EmailAddress, Line, MessageText, Notice};
use crate::domain::told::Told;
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Leave, Start};
use crate::service::purge_rules::{self, RuleForm};
use crate::service::stage::Stage;
use crate::service::{Failure, mailing};

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn text(words: &str) -> MessageText {
    MessageText::parse(words).unwrap()
}

fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
}

fn change(stage: &Stage, id: SiteId, with: impl FnOnce(&mut Site)) {
    let mut site = Site::clone(&stage.store.house().sites[&id]);
    with(&mut site);
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
}

fn left(words: Option<&str>, answers: &[(&str, &str)], consented: bool) -> Leave {
    Leave { text: words.map(text), answers: given(answers), consented, language: None, told: Default::default() }
}

fn settle(stage: &Stage) {
    stage.store.commit(stage.store.batch()).wait().unwrap();
}

fn rating(stars: u8) -> Rating {
    Rating { stars: Stars::new(stars).unwrap(), comment: Notice::parse("as it was").ok() }
}

#[test]
fn a_chat_in_which_somebody_waits_becomes_a_message_once() {
    let (stage, finished) = Stage::set_up();
    change(&stage, finished.site, |site| {
        let text = Notice::parse("I agree").unwrap();
        site.consent = Some(Consent { text, version: 2, since: stage.now });
        site.offline = Form::offline();
    });
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let ctx = stage.ctx(&visitor);
    let leave = |what, id| conversations::leave(&ctx, &Allowance::default(), what, origin(id));
    assert!(matches!(leave(left(Some("call me"), &[], false), "a"), Err(Failure::Invalid { field: "consent", .. })));
    assert!(matches!(leave(left(Some("call me"), &[], true), "a"), Err(Failure::InvalidAnswers(_))));
    let address = [("email", "maria@example.org")];
    assert!(matches!(leave(left(None, &address, true), "a"), Err(Failure::InvalidAnswers(_))), "there is nothing to leave");

    let start = Start { consented: true, ..Start::saying(text("is anybody there?")) };
    let id = conversations::start(&ctx, &Allowance::default(), start, origin("b")).unwrap();
    assert_eq!(leave(left(None, &address, true), "c").unwrap(), id);
    assert_eq!(leave(left(Some("call me"), &address, true), "d").unwrap(), id);
    assert_eq!(leave(left(Some("call me"), &address, true), "d").unwrap(), id, "the same command again");
    settle(&stage);
    let head = stage.store.conversation(id).unwrap().unwrap();
    assert_eq!((head.about.channel, head.visitor.email.unwrap().as_str()), (Channel::Message, "maria@example.org"));
    assert_eq!(head.visitor.consent.map(|given| given.version), Some(2));
    let messages = stage.store.events(id, 0, 9).unwrap().into_iter().filter(|it| matches!(it.kind, EventKind::Message(_)));
    assert_eq!(messages.count(), 2);
}

#[test]
fn a_chat_is_rated_when_it_is_over_and_as_often_as_the_visitor_likes() {
    let (stage, finished) = Stage::set_up();
    let admin = stage.actor(finished.operator);
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let stranger = Actor::Visitor { site: finished.site, token_index: [2; 32] };
    let rate = |actor: &Actor, id: ConversationId, stars, command| {
        conversations::rate(&stage.ctx(actor), id, rating(stars), origin(command))
    };
    let stars = |id| {
        settle(&stage);
        stage.store.conversation(id).unwrap().unwrap().about.rating.map(|rating| rating.stars.get())
    };
    let id =
        conversations::start(&stage.ctx(&visitor), &Allowance::default(), Start::saying(text("hello")), origin("a")).unwrap();
    conversations::accept(&stage.ctx(&admin), id, origin("b")).unwrap();
    assert!(matches!(rate(&visitor, id, 4, "c"), Err(Failure::NotFound)), "the site does not ask");
    change(&stage, finished.site, |site| site.rating = true);
    assert!(matches!(rate(&visitor, id, 4, "c"), Err(Failure::Conflict(_))), "it is not over");
    conversations::end(&stage.ctx(&visitor), id, origin("d")).unwrap();
    assert!(matches!(rate(&stranger, id, 4, "e"), Err(Failure::NotFound)));
    rate(&visitor, id, 4, "f").unwrap();
    rate(&visitor, id, 4, "f").unwrap();
    assert_eq!(stars(id), Some(4));
    let rated = stage.store.events(id, 0, 9).unwrap().into_iter().filter(|it| matches!(it.kind, EventKind::Rated(_)));
    assert_eq!(rated.count(), 1);

    conversations::close(&stage.ctx(&admin), id, origin("g")).unwrap();
    rate(&visitor, id, 2, "h").unwrap();
    assert_eq!(stars(id), Some(2));
    assert!(
        stage.store.conversation(id).unwrap().unwrap().closed_at().is_some(),
        "rated while it was being closed, it stays closed"
    );
    settle(&stage);
    stage.take_news();
    rate(&visitor, id, 5, "i").unwrap();
    settle(&stage);
    assert_eq!(stars(id), Some(5));
    let is_told = |news: &News| matches!(news, News::Changed { conversation, origin: Some(_), .. } if conversation.id == id);
    assert_eq!(stage.take_news().iter().filter(|news| is_told(news)).count(), 1, "whoever rates hears that it was taken");
    assert!(matches!(rate(&stranger, id, 1, "j"), Err(Failure::NotFound)));

    // Nobody came to the next one, so there is nobody to rate.
    let id =
        conversations::start(&stage.ctx(&visitor), &Allowance::default(), Start::saying(text("hello?")), origin("k")).unwrap();
    conversations::end(&stage.ctx(&visitor), id, origin("l")).unwrap();
    settle(&stage);
    assert!(matches!(rate(&visitor, id, 1, "m"), Err(Failure::NotFound)));
}

#[test]
fn a_copy_goes_to_the_proven_address_and_only_where_the_site_allows_it() {
    let (mut stage, finished) = Stage::set_up();
    stage.memory.sends_mail = true;
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let stranger = Actor::Visitor { site: finished.site, token_index: [2; 32] };
    let ask = |actor: &Actor, id| mailing::request(&stage.ctx(actor), id, origin("m"));
    let begin = |actor: &Actor, email_is_proven| {
        let identity = Identity { id: Line::parse("4711").unwrap(), email_is_proven };
        let email = EmailAddress::parse("maria@example.org").ok();
        let told = Told { identity: Some(identity), email, ..Told::default() };
        let start = Start { told, ..Start::saying(text("hello")) };
        let id = conversations::start(&stage.ctx(actor), &Allowance::default(), start, origin("s")).unwrap();
        settle(&stage);
        id
    };
    let (id, other) = (begin(&visitor, true), begin(&stranger, false));
    assert!(matches!(ask(&visitor, id), Err(Failure::NotFound)), "the site does not allow it");
    change(&stage, finished.site, |site| site.switches.visitor_transcripts = true);
    assert!(matches!(ask(&stranger, id), Err(Failure::NotFound)), "it is somebody else's");
    assert!(matches!(ask(&stranger, other), Err(Failure::NotFound)), "nobody proved the address");
    // What is typed into the form for messages proves nothing, and takes the place of no address that is proven.
    let leave = left(None, &[("email", "somebody.else@example.org")], false);
    conversations::leave(&stage.ctx(&visitor), &Allowance::default(), leave, origin("v")).unwrap();
    ask(&visitor, id).unwrap();
    settle(&stage);
    let due = mailing::due(&stage.ctx(&Actor::Timer)).unwrap();
    let letters: Vec<_> = due.iter().flat_map(|outgoing| &outgoing.letters).map(|letter| letter.to.as_str()).collect();
    assert_eq!(letters, ["maria@example.org"]);
    // It has not gone out yet when the site takes it back: nobody gets one, and nothing says that somebody did.
    change(&stage, finished.site, |site| site.switches.visitor_transcripts = false);
    assert!(mailing::due(&stage.ctx(&Actor::Timer)).unwrap().is_empty());
    assert!(stage.store.house().mails.is_empty() && !stage.audit().contains(&AuditAction::TranscriptMailed(id)));
    change(&stage, finished.site, |site| site.switches.visitor_transcripts = true);
    ask(&visitor, id).unwrap();
    settle(&stage);
    let due = mailing::due(&stage.ctx(&Actor::Timer)).unwrap();

    // While that copy goes out the chat is closed: what is mailed of it then is still to come, and the copy was not the transcript.
    let archive = EmailAddress::parse("archive@example.org").unwrap();
    change(&stage, finished.site, |site| site.switches.transcript_mailboxes = vec![archive.clone()]);
    let rule =
        RuleForm { name: "Mailed".to_owned(), class: "messages".to_owned(), when: "mailed".to_owned(), ..RuleForm::default() };
    let admin = stage.actor(finished.operator);
    let rule = purge_rules::create(&stage.ctx(&admin), &rule).unwrap();
    purge_rules::arm(&stage.ctx(&admin), rule).unwrap();
    conversations::close(&stage.ctx(&admin), id, origin("close")).unwrap();
    mailing::sent(&stage.ctx(&Actor::Timer), &due[0]).unwrap();
    let run = || purge_rules::run_due(&stage.ctx(&Actor::Timer)).unwrap().gone;
    assert_eq!((run(), stage.is_there(id)), (0, true));
    let due = mailing::due(&stage.ctx(&Actor::Timer)).unwrap();
    let letters: Vec<_> = due.iter().flat_map(|outgoing| &outgoing.letters).map(|letter| letter.to.as_str()).collect();
    assert_eq!(letters, ["maria@example.org", "archive@example.org"]);
    mailing::sent(&stage.ctx(&Actor::Timer), &due[0]).unwrap();
    assert_eq!((run(), stage.is_there(id)), (1, false));
}

#[test]
fn without_a_mail_server_nothing_waits_for_one() {
    let (mut stage, finished) = Stage::set_up();
    change(&stage, finished.site, |site| {
        site.switches.transcript_mailboxes = EmailAddress::parse("archive@example.org").into_iter().collect();
    });
    let admin = stage.actor(finished.operator);
    let close = |stage: &Stage, token, id: &str| {
        let visitor = Actor::Visitor { site: finished.site, token_index: [token; 32] };
        let start = Start::saying(text("hello"));
        let chat = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin(id)).unwrap();
        conversations::close(&stage.ctx(&admin), chat, origin(id)).unwrap();
        settle(stage);
    };
    close(&stage, 1, "a");
    assert!(stage.store.house().mails.is_empty());
    // One that was there is taken out of the settings again.
    stage.memory.sends_mail = true;
    close(&stage, 2, "b");
    mailing::give_up(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!(stage.store.house().mails.len(), 1);
    stage.memory.sends_mail = false;
    mailing::give_up(&stage.ctx(&Actor::Timer)).unwrap();
    assert!(stage.store.house().mails.is_empty());
}
