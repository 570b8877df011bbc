//! What is handed out about somebody, and what is not in it.

use super::*;

#[test]
fn everything_is_handed_out_in_one_archive_without_what_is_among_the_staff() {
    let (stage, finished, admin) = asking();
    let id = begin(&stage, finished.site, 1, &[("name", "=SUM(A1)"), ("email", "maria@example.org")], "My foot\nhurts");
    let ctx = stage.ctx(&admin);
    conversations::accept(&ctx, id, origin("accept")).unwrap();
    conversations::note(&ctx, id, MessageText::parse("She is difficult").unwrap(), origin("note")).unwrap();
    stage.store.commit(stage.store.batch()).wait().unwrap();
    let made = dossier::export(&ctx, &question("maria@example.org"), Notes::LeftOut).unwrap();
    assert!(matches!(stage.last_audit(), AuditAction::SubjectExported { found: 1, .. }));
    let text = |name: &str| file_of(&stage, &made, name);
    let (json, chats, messages) = (text("data.json"), text("chats.csv"), text("messages.csv"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["conversations"][0]["visitor"]["email"], "maria@example.org");
    assert_eq!(json["conversations"][0]["consent"]["text"], "You may keep this.");
    assert_eq!(json["conversations"][0]["events"][1]["text"], "My foot\nhurts");
    assert!(chats.contains("'=SUM(A1)") && messages.contains("\"My foot\nhurts\""), "{chats}{messages}");
    assert!(!json.to_string().contains("difficult") && !messages.contains("difficult"));
    let kept = dossier::export(&ctx, &question("maria@example.org"), Notes::Kept).unwrap();
    let events = |made: &dossier::Dossier| made.events(&stage.store, &made.found.chats[0]).unwrap().len();
    assert!(events(&kept) > events(&made));
    assert!(file_of(&stage, &kept, "messages.csv").contains("difficult"));

    let nobody = dossier::export(&ctx, &question("nobody@example.org"), Notes::LeftOut);
    assert!(matches!(nobody, Err(Failure::Conflict(_))));
    assert!(matches!(stage.last_audit(), AuditAction::SubjectExported { found: 0, .. }), "on record all the same");
    let unproved = crate::service::Ctx { asked: crate::service::Asked::default(), ..stage.ctx(&admin) };
    let refused = dossier::export(&unproved, &question("maria@example.org"), Notes::LeftOut);
    assert!(matches!(refused, Err(Failure::ProofNeeded)));
}

#[test]
fn a_visitor_takes_along_neither_why_something_is_held_nor_what_the_staff_call_it() {
    let (stage, finished, admin) = asking();
    let mut site = (*stage.store.house().sites[&finished.site]).clone();
    site.tags = vec![Tag::parse("difficult").unwrap()];
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    conversations::accept(&stage.ctx(&admin), id, origin("accept")).unwrap();
    conversations::tag(&stage.ctx(&admin), id, vec![Tag::parse("difficult").unwrap()], origin("tag")).unwrap();
    hold(&stage, finished.operator, HeldThing::Conversation(id));
    let code = code_of(&stage.store, &[1; 32]).written();
    let taken = own::export(&stage.from(&Actor::Stranger, "192.0.2.7"), &code).unwrap();
    let handed = dossier::export(&stage.ctx(&admin), &question(&code), Notes::LeftOut).unwrap();
    for made in [taken, handed] {
        let json = file_of(&stage, &made, "data.json");
        assert!(!json.contains("Hamburg") && !json.contains("difficult"), "{json}");
        assert!(json.contains("\"held\": true") && json.contains("My foot hurts"), "{json}");
    }
    let kept = dossier::export(&stage.ctx(&admin), &question(&code), Notes::Kept).unwrap();
    let json = file_of(&stage, &kept, "data.json");
    assert!(json.contains("Hamburg") && json.contains("difficult"), "{json}");
    let held = own::erase(&stage.from(&Actor::Stranger, "192.0.2.7"), &code);
    assert!(matches!(held, Err(Failure::Conflict(_))));
}

/// What stands in a file of the archive.
fn file_of(stage: &Stage, made: &dossier::Dossier, name: &str) -> String {
    let mut archive = Archive::new(Vec::new(), stage.now);
    made.write(&stage.store, &mut archive).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(archive.finish().unwrap())).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn files_of_open_chats_go_along_until_they_are_gone_and_only_so_many_archives_are_written_at_once() {
    let (stage, finished, admin) = asking();
    let mut site = (*stage.store.house().sites[&finished.site]).clone();
    site.switches.visitor_files = true;
    let mut batch = stage.store.batch();
    batch.put_site(&site);
    stage.store.commit(batch).wait().unwrap();
    let id = begin(&stage, finished.site, 1, &MARIA, "My foot hurts");
    let maria = visitor(finished.site, 1);
    let (client_id, name) = (ClientId::parse("f1").unwrap(), FileName::parse("foot: left.txt").unwrap());
    let sending = files::Sending { conversation: id, client_id, name, bytes: 9, address: None };
    let files::Begun::Upload(mut upload) = files::begin(&stage.ctx(&maria), sending).unwrap() else { panic!("it is new") };
    upload.take(&stage.ctx(&maria), b"it is red").unwrap();
    upload.finish(&stage.ctx(&maria)).unwrap();

    let ask = || dossier::export(&stage.ctx(&admin), &question("maria@example.org"), Notes::LeftOut);
    let made = ask().unwrap();
    let data: serde_json::Value = serde_json::from_str(&file_of(&stage, &made, "data.json")).unwrap();
    let path = data["files"][0]["path"].as_str().unwrap();
    assert_eq!(data["files"][0]["enclosed"], true);
    assert!(path.starts_with("files/fil_") && path.ends_with("/foot_ left.txt"), "{path}");
    assert_eq!(file_of(&stage, &made, path), "it is red");
    end(&stage, finished.site, 1, id);
    let data: serde_json::Value = serde_json::from_str(&file_of(&stage, &made, "data.json")).unwrap();
    assert_eq!(data["files"].as_array().map(Vec::len), Some(0), "it went with its chat while the archive was on its way");
    assert_eq!(data["conversations"][0]["events"][1]["text"], "My foot hurts");

    let mut held: Vec<_> = (1..limits::SUBJECT_ARCHIVES).map(|_| ask().unwrap()).collect();
    assert!(matches!(ask(), Err(Failure::TooMany { .. })));
    held.pop();
    assert!(ask().is_ok(), "whoever is done makes room");
    drop(made);
}

#[test]
fn what_was_filled_in_is_found_by_its_address_and_stays_masked() {
    let (stage, finished, admin) = asking();
    let chat = begin(&stage, finished.site, 1, &[("name", "Maria")], "My foot hurts");
    let submission = filled_in(&stage, finished.site, chat);
    let ctx = stage.ctx(&admin);
    let found = find::find(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((found.chats.len(), found.submissions.len()), (0, 1), "the chat itself says nothing of the address");
    let code = code_of(&stage.store, &[1; 32]).written();
    let made = dossier::export(&ctx, &question(&code), Notes::LeftOut).unwrap();
    assert_eq!((made.found.chats.len(), made.found.submissions.len()), (1, 1));
    for name in ["forms.csv", "data.json"] {
        let text = file_of(&stage, &made, name);
        assert!(text.contains("Illness") && !text.contains("gout"), "{text}");
    }
    let erased = erase::erase(&ctx, &question("maria@example.org")).unwrap();
    assert_eq!((erased.receipt.what.conversations, erased.receipt.what.submissions), (0, 1));
    assert!(stage.store.submission(submission.id).unwrap().is_none() && stage.store.conversation(chat).unwrap().is_some());
}
