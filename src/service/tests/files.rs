use super::*;
use crate::domain::audit::AuditAction;
use crate::domain::event::{EventKind, Seq};
use crate::domain::file::{FileKind, FileRef};
use crate::domain::id::{ConversationId, FileId, SiteId};
use crate::domain::limits;
use crate::domain::news::{News, Origin};
use crate::domain::permission::{Permissions, RolePermissions};
use crate::domain::retention::RetentionClass;
use crate::domain::site::Site;
use crate::domain::text::{ClientId, FileName, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::blocks::{self, BlockForm};
use crate::service::conversations::{self, Start};
use crate::service::retention;
use crate::service::setup::Finished;
use crate::service::stage::Stage;

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn allow(stage: &Stage, site: SiteId, change: impl FnOnce(&mut Site)) {
    let mut site = (*stage.store.house().sites[&site]).clone();
    change(&mut site);
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
}

/// A chat between a visitor and the administrator, on a site where both may send files.
fn chat() -> (Stage, Finished, Actor, ConversationId) {
    let (stage, finished) = Stage::set_up();
    allow(&stage, finished.site, |site| {
        site.switches.visitor_files = true;
        site.switches.operator_files = true;
    });
    let visitor = Actor::Visitor { site: finished.site, token_index: [1; 32] };
    let start = Start::saying(MessageText::parse("look").unwrap());
    let id = conversations::start(&stage.ctx(&visitor), &Allowance::default(), start, origin("a")).unwrap();
    let admin = stage.actor(finished.operator);
    conversations::accept(&stage.ctx(&admin), id, origin("b")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    (stage, finished, visitor, id)
}

fn sending(conversation: ConversationId, id: &str, name: &str, bytes: u64) -> Sending {
    let (client_id, name) = (ClientId::parse(id).unwrap(), FileName::parse(name).unwrap());
    Sending { conversation, client_id, name, bytes, address: None }
}

fn send(ctx: &Ctx, conversation: ConversationId, id: &str, name: &str, content: &[u8]) -> Result<Seq, Failure> {
    match begin(ctx, sending(conversation, id, name, content.len() as u64))? {
        Begun::Repeated(seq, _) => Ok(seq),
        Begun::Upload(mut upload) => {
            content.chunks(7_000).try_for_each(|part| upload.take(ctx, part))?;
            upload.finish(ctx).map(|(seq, _)| seq)
        }
    }
}

fn told(stage: &Stage, conversation: ConversationId, seq: Seq) -> FileRef {
    match stage.store.events(conversation, seq - 1, 1).unwrap().pop().unwrap().kind {
        EventKind::File(file) => file,
        other => panic!("{other:?}"),
    }
}

fn read(ctx: &Ctx, conversation: ConversationId, file: FileId) -> Result<Vec<u8>, Failure> {
    let (_, mut reader) = open(ctx, conversation, file)?;
    let mut all = Vec::new();
    while let Some(piece) = reader.piece()? {
        all.extend(piece);
    }
    Ok(all)
}

#[test]
fn a_file_reaches_the_people_in_the_chat_and_nobody_else() {
    let (stage, finished, visitor, id) = chat();
    let admin = stage.actor(finished.operator);
    let content = b"%PDF-1.7 findings ".repeat(3_000);
    let seq = send(&stage.ctx(&visitor), id, "f1", "../befund.pdf", &content).unwrap();
    let file = told(&stage, id, seq);
    assert_eq!((file.name.as_str(), file.kind, file.bytes), ("befund.pdf", FileKind::Other, content.len() as u64));
    assert_eq!(read(&stage.ctx(&visitor), id, file.id).unwrap(), content);
    assert_eq!(read(&stage.ctx(&admin), id, file.id).unwrap(), content);
    let answer = send(&stage.ctx(&admin), id, "f2", "answer.txt", b"all is well").unwrap();
    assert_eq!(read(&stage.ctx(&visitor), id, told(&stage, id, answer).id).unwrap(), b"all is well");

    let other_visitor = Actor::Visitor { site: finished.site, token_index: [2; 32] };
    let other_site = Actor::Visitor { site: SiteId::from_bytes([9; 16]), token_index: [1; 32] };
    let bert = stage.join(&admin, "Bert", "operator");
    let mut bert = stage.actor(bert);
    if let Actor::Staff { membership, .. } = &mut bert {
        *membership = crate::domain::operator::Membership::of_sites([SiteId::from_bytes([9; 16])]);
    }
    for stranger in [other_visitor, other_site, bert, Actor::Stranger] {
        let ctx = stage.ctx(&stranger);
        assert!(matches!(read(&ctx, id, file.id), Err(Failure::NotFound)), "{stranger:?}");
        assert!(matches!(send(&ctx, id, "x", "x", b"x"), Err(Failure::NotFound)), "{stranger:?}");
    }
    assert!(matches!(read(&stage.ctx(&visitor), id, FileId::from_bytes([9; 16])), Err(Failure::NotFound)));
}

#[test]
fn what_the_staff_are_given_is_on_record_by_its_id_and_what_a_visitor_gets_is_not() {
    let (stage, finished, visitor, id) = chat();
    let admin = stage.actor(finished.operator);
    let seq = send(&stage.ctx(&visitor), id, "f1", "befund-maria.pdf", b"%PDF-1.7").unwrap();
    let file = told(&stage, id, seq).id;
    let mut drawn = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(20, 10).write_to(&mut drawn, image::ImageFormat::Png).unwrap();
    let seq = send(&stage.ctx(&visitor), id, "f2", "rash.png", &drawn.into_inner()).unwrap();
    let picture = told(&stage, id, seq);
    assert!(matches!(picture.kind, FileKind::Picture { .. }));
    let rows = || stage.audit().into_iter().filter(|row| matches!(row, AuditAction::FileTaken(..))).collect::<Vec<_>>();
    for of in [file, picture.id] {
        read(&stage.ctx(&visitor), id, of).unwrap();
    }
    assert_eq!(rows(), []);
    let session = |n| Ctx {
        asked: crate::service::Asked { session: Some(crate::domain::id::SessionId::from_bytes([n; 16])), ..Default::default() },
        ..stage.ctx(&admin)
    };
    for n in [1, 1, 2] {
        read(&session(n), id, picture.id).unwrap();
    }
    assert_eq!(rows(), vec![AuditAction::FileTaken(id, picture.id); 2], "shown by the page: once in a session");
    for _ in 0..2 {
        read(&session(1), id, file).unwrap();
    }
    let saved = rows().into_iter().filter(|row| *row == AuditAction::FileTaken(id, file)).count();
    assert_eq!(saved, 2, "whoever saves it twice has it twice");
    assert!(open(&session(1), id, FileId::from_bytes([9; 16])).is_err());
    assert_eq!(rows().len(), 4, "what is not there was given to nobody");
}

#[test]
fn the_same_file_again_is_the_same_event_also_from_two_lines_at_once() {
    let (stage, _, visitor, id) = chat();
    let ctx = stage.ctx(&visitor);
    let Begun::Upload(mut slow) = begin(&ctx, sending(id, "f1", "a.txt", 4)).unwrap() else { panic!("it is new") };
    slow.take(&ctx, b"once").unwrap();
    let first = send(&ctx, id, "f1", "a.txt", b"once").unwrap();
    assert_eq!(slow.finish(&ctx).unwrap().0, first);
    assert_eq!(send(&ctx, id, "f1", "a.txt", b"once").unwrap(), first);
    let files =
        |stage: &Stage| stage.store.events(id, 0, 99).unwrap().iter().filter(|it| matches!(it.kind, EventKind::File(_))).count();
    assert_eq!(files(&stage), 1);
    conversations::end(&ctx, id, origin("end")).unwrap();
    // After the close too, when the answer was lost on the way.
    let admin = stage.actor(*stage.store.house().operators.keys().next().unwrap());
    conversations::close(&stage.ctx(&admin), id, origin("close")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    assert_eq!(send(&ctx, id, "f1", "a.txt", b"once").unwrap(), first);
    assert!(matches!(send(&ctx, id, "f2", "a.txt", b"once"), Err(Failure::Illegal(_))));
}

#[test]
fn nothing_is_sent_where_it_is_not_allowed() {
    let (stage, finished, visitor, id) = chat();
    let admin = stage.actor(finished.operator);
    allow(&stage, finished.site, |site| site.switches.visitor_files = false);
    let refused = |actor: &Actor, refusal: FileRefusal| {
        let sent = send(&stage.ctx(actor), id, "x", "x.txt", b"x");
        assert!(matches!(sent, Err(Failure::File(it)) if it == refusal), "{sent:?}");
    };
    refused(&visitor, FileRefusal::NotAllowed);
    // Whoever was asked may send one.
    request(&stage.ctx(&admin), id, origin("please")).unwrap();
    request(&stage.ctx(&admin), id, origin("please")).unwrap();
    send(&stage.ctx(&visitor), id, "asked", "x.txt", b"here").unwrap();
    refused(&visitor, FileRefusal::NotAllowed);
    let asked = |it: &crate::domain::event::Event| it.kind == EventKind::FileRequested;
    assert_eq!(stage.store.events(id, 0, 99).unwrap().iter().filter(|it| asked(it)).count(), 1);

    allow(&stage, finished.site, |site| site.switches.operator_files = false);
    refused(&admin, FileRefusal::NotAllowed);
    assert!(matches!(request(&stage.ctx(&admin), id, origin("again")), Err(Failure::File(_))));
    allow(&stage, finished.site, |site| site.switches.operator_files = true);
    // What was asked for before nobody may ask any more is not taken.
    request(&stage.ctx(&admin), id, origin("once-more")).unwrap();
    allow(&stage, finished.site, |site| site.switches.operator_files = false);
    refused(&visitor, FileRefusal::NotAllowed);
    allow(&stage, finished.site, |site| site.switches.operator_files = true);
    // A role that may not.
    let bert = stage.join(&admin, "Bert", "operator");
    let none = RolePermissions { operator: Permissions::NONE, supervisor: Permissions::NONE };
    let mut batch = stage.store.batch();
    batch.put_permissions(none);
    stage.store.commit(batch).wait().unwrap();
    conversations::transfer(&stage.ctx(&admin), id, conversations::Destination::Operator(bert), None, origin("handover"))
        .unwrap();
    let bert = stage.actor(bert);
    let _ = conversations::accept(&stage.ctx(&bert), id, origin("mine"));
    refused(&bert, FileRefusal::NotAllowed);
    let mine = send(&stage.ctx(&admin), id, "not-mine", "x.txt", b"x");
    assert!(matches!(mine, Err(Failure::Illegal(_))), "it is Bert's now: {mine:?}");
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let (stage, _, visitor, id) = chat();
    let ctx = stage.ctx(&visitor);
    let refusal = |sent: Result<Seq, Failure>| match sent {
        Err(Failure::File(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    assert!(matches!(begin(&ctx, sending(id, "x", "x", limits::FILE_BYTES + 1)), Err(Failure::File(FileRefusal::TooLarge))));
    // More, and less, than was announced.
    let Begun::Upload(mut upload) = begin(&ctx, sending(id, "x", "x", 3)).unwrap() else { panic!("it is new") };
    assert!(matches!(upload.take(&ctx, b"four"), Err(Failure::File(FileRefusal::TooLarge))));
    drop(upload);
    let Begun::Upload(mut upload) = begin(&ctx, sending(id, "x", "x", 5)).unwrap() else { panic!("it is new") };
    upload.take(&ctx, b"four").unwrap();
    assert!(matches!(upload.finish(&ctx), Err(Failure::File(FileRefusal::Incomplete))));
    assert_eq!(refusal(send(&ctx, id, "x", "x.png", b"\x89PNG\r\n\x1a\n and no picture")), FileRefusal::Unreadable);
    assert_eq!(stage.memory.files.under_way(id), 0);
    assert_eq!(stage.store.open_conversation(id).unwrap().lock().files, []);
    // Nothing at all is a file, too.
    send(&ctx, id, "empty", "empty.txt", b"").unwrap();
}

#[test]
fn a_visitor_in_haste_waits_and_a_chat_has_room_for_so_many() {
    let (mut stage, finished, visitor, id) = chat();
    for number in 0..limits::VISITOR_FILE_BURST {
        send(&stage.ctx(&visitor), id, &format!("f{number}"), "x.txt", b"x").unwrap();
    }
    let sent = send(&stage.ctx(&visitor), id, "more", "x.txt", b"x");
    assert!(matches!(sent, Err(Failure::TooMany { seconds: 5 })), "{sent:?}");
    stage.advance(std::time::Duration::from_secs(3_600));
    let admin = stage.actor(finished.operator);
    for number in limits::VISITOR_FILE_BURST as usize..limits::FILES_PER_CHAT {
        send(&stage.ctx(&admin), id, &format!("f{number}"), "x.txt", b"x").unwrap();
    }
    for actor in [&visitor, &admin] {
        let sent = send(&stage.ctx(actor), id, "last", "x.txt", b"x");
        assert!(matches!(sent, Err(Failure::File(FileRefusal::TooMany))), "{sent:?}");
    }
}

#[test]
fn a_picture_is_kept_as_it_was_drawn_anew() {
    let (stage, _, visitor, id) = chat();
    let mut gif = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(20, 10).write_to(&mut gif, image::ImageFormat::Gif).unwrap();
    let mut gif = gif.into_inner();
    gif.extend_from_slice(b"<script>");
    let seq = send(&stage.ctx(&visitor), id, "f", "evil.html", &gif).unwrap();
    let file = told(&stage, id, seq);
    assert_eq!((file.name.as_str(), file.kind), ("evil.png", FileKind::Picture { width: 20, height: 10 }));
    let kept = read(&stage.ctx(&visitor), id, file.id).unwrap();
    assert_eq!(picture::format_of(&kept), Some(image::ImageFormat::Png));
    assert!(memchr::memmem::find(&kept, b"<script>").is_none());
}

#[test]
fn the_news_go_out_when_all_is_durable_and_files_go_with_the_chat() {
    let (stage, finished, visitor, id) = chat();
    stage.take_news();
    let seq = send(&stage.ctx(&visitor), id, "f1", "x.txt", b"content").unwrap();
    let news = stage.take_news();
    assert!(matches!(&news[..], [News::Event { event, origin: Some(_), .. }] if event.seq == seq), "{news:?}");
    let file = told(&stage, id, seq).id;
    let admin = stage.actor(finished.operator);
    assert_eq!(retention::erase_files(&stage.ctx(&Actor::Timer)).unwrap(), 0);
    conversations::close(&stage.ctx(&admin), id, origin("close")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    for actor in [&visitor, &admin] {
        assert!(matches!(read(&stage.ctx(actor), id, file), Err(Failure::NotFound)));
    }
    assert!(matches!(retention::erase_files(&stage.ctx(&Actor::Timer)), Ok(1)));
    let AuditAction::Purged(receipt) = stage.last_audit() else { panic!("a receipt") };
    assert_eq!((receipt.class, receipt.drawers, receipt.events), (RetentionClass::Attachments, 1, 1));
    assert_eq!(told(&stage, id, seq).name.as_str(), "x.txt", "that there was one is in the transcript");
}

#[test]
fn who_is_kept_out_sends_no_file_either() {
    let (stage, finished, visitor, id) = chat();
    send(&stage.ctx(&visitor), id, "f1", "a.txt", b"before").unwrap();
    let admin = stage.actor(finished.operator);
    let form = BlockForm { whom: "visitor".to_owned(), ..BlockForm::default() };
    blocks::block_visitor(&stage.ctx(&admin), id, None, &form).unwrap();
    assert!(matches!(send(&stage.ctx(&visitor), id, "f2", "b.txt", b"after"), Err(Failure::Blocked)));
    assert!(send(&stage.ctx(&admin), id, "f3", "c.txt", b"of the staff").is_ok());
}
