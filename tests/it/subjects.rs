//! What people may ask for, over the wire: an administrator who answers them, and a visitor who has nothing but a code.

use reqwest::Method;
use serde_json::json;

use crate::harness::actors::Operator;
use crate::harness::app::TestApp;
use crate::harness::http::{Answer, Browser};

const PEOPLE: &str = "/admin/privacy/people";

async fn ask(admin: &Operator, action: &str, fields: &[(&str, &str)]) -> Answer {
    admin.browser.submit(PEOPLE, &format!("{PEOPLE}{action}"), fields).await
}

/// A form whose answer is an archive.
async fn archive(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> (String, Vec<u8>) {
    let request = browser
        .request(Method::POST, path)
        .header("origin", browser.door.origin())
        .header("sec-fetch-site", "same-origin")
        .form(fields);
    let response = request.send().await.unwrap().error_for_status().unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.bytes().await.unwrap().to_vec())
}

fn of_archive(bytes: &[u8], name: &str) -> String {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn an_administrator_finds_hands_out_corrects_and_erases() {
    let app = TestApp::start().await;
    app.change_site(|site| site.pre_chat.fields.push(parlor::domain::form::Field::email()));
    let mut maria = app.visitor("maria").await;
    let answers = json!({"answers": {"name": "Maria Lindqvist", "email": "maria@post.example"}});
    let it = maria.start_with("the rash on my left arm", answers).await.unwrap().conversation;
    let admin = app.admin().await;
    let mark = ("mark", "Maria@post.example");

    let page = ask(&admin, "", &[mark]).await.expect(200);
    assert!(page.body.contains("Maria Lindqvist") && page.body.contains(&it), "{}", page.gist());
    let nobody = ask(&admin, "", &[("mark", "nobody@post.example")]).await.expect(200);
    assert!(nobody.body.contains("Nothing is kept about this person"), "{}", nobody.gist());
    ask(&admin, "", &[("mark", "somebody")]).await.expect(422);

    let form = admin.browser.get(PEOPLE).await.expect(200);
    let csrf = form.field("csrf").unwrap();
    let (kind, bytes) = archive(&admin.browser, &format!("{PEOPLE}/file"), &[("csrf", csrf.as_str()), mark]).await;
    assert_eq!(kind, "application/zip");
    let page = of_archive(&bytes, "index.html");
    assert!(page.contains("the rash on my left arm") && page.contains("Maria Lindqvist"));
    assert!(!page.contains("src=") && !page.contains("href="), "it loads nothing");
    assert!(of_archive(&bytes, "data.json").contains("maria@post.example"));
    let nobody = ask(&admin, "/file", &[("mark", "nobody@post.example")]).await.expect(422);
    assert!(nobody.body.contains("there is nothing to hand out"), "{}", nobody.gist());

    for text in ["Maria Lindqvist", "maria@post.example", "berg@post.example", "Maria Berg"] {
        app.markers.note(text);
    }
    let corrected = ask(&admin, "/correction", &[mark, ("name", "Maria Berg"), ("email", "berg@post.example")]).await.expect(200);
    assert!(corrected.body.contains("Corrected in 1 chat") && corrected.body.contains("Maria Berg"), "{}", corrected.gist());
    let mark = ("mark", "berg@post.example");
    let restricted = ask(&admin, "/restriction", &[mark]).await.expect(200);
    assert!(restricted.body.contains("1 chat restricted"), "{}", restricted.gist());
    let chat = admin.browser.get(&format!("/console/conversations/{it}")).await.expect(200);
    assert!(chat.body.contains("From when this chat is closed it is kept and not used"), "{}", chat.gist());
    assert!(chat.body.contains("not before its restriction is lifted"), "{}", chat.gist());
    ask(&admin, "/restriction/removal", &[mark]).await.expect(200);

    let unsure = ask(&admin, "/erasure", &[mark]).await.expect(422);
    assert!(unsure.body.contains("Nothing was erased"), "{}", unsure.gist());
    let erased = ask(&admin, "/erasure", &[mark, ("confirm", "on")]).await.expect(200);
    assert!(erased.body.contains("of the audit log") && !erased.body.contains("It was erased before"), "{}", erased.gist());
    maria.expect("that it is gone", |frame| frame["t"] == "purged").await;
    let again = ask(&admin, "/erasure", &[mark, ("confirm", "on")]).await.expect(200);
    assert!(again.body.contains("It was erased before"), "{}", again.gist());
    let (first, second) = (row(&erased), row(&again));
    assert!(first.is_some() && first == second, "the same receipt: {first:?} {second:?}");
}

fn row(page: &Answer) -> Option<String> {
    let (_, rest) = page.body.split_once("<dd>Row ")?;
    Some(rest.split(' ').next()?.to_owned())
}

#[tokio::test]
async fn a_visitor_needs_nothing_but_the_code() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let mut tom = app.visitor("tom").await;
    let ticket = maria.ticket().await;
    let line = maria.open_line().await;
    let code = maria.hello(line, &ticket).await["code"].as_str().unwrap().to_owned();
    let answers = json!({"answers": {"name": "Maria Lindqvist"}});
    maria.start_with("the rash on my left arm", answers).await.unwrap();
    let welcome = tom.connect().await;
    assert!(welcome["code"] != code.as_str());
    let toms = tom.start("a question about my bill").await.conversation;

    let browser = app.stranger().browser;
    let page = browser.get("/your-data").await.expect(200);
    assert!(page.header("content-security-policy").contains("default-src 'none'") && page.header("set-cookie").is_empty());
    let wrong = browser.post("/your-data", &[("mark", "abcd")]).await.expect(422);
    assert!(wrong.body.contains("This is not a code"), "{}", wrong.gist());
    let unknown = browser.post("/your-data", &[("mark", "AAAA-BBBB-CCCC-DDDD")]).await.expect(422);
    assert!(unknown.body.contains("Nothing is kept under this code"), "{}", unknown.gist());
    let foreign = browser.request(Method::POST, "/your-data").header("origin", "https://evil.example").form(&[("mark", &code)]);
    Browser::answer(foreign).await.expect(403);

    let shown = browser.post("/your-data?lang=de", &[("mark", &code.to_lowercase())]).await.expect(200);
    assert!(shown.body.contains("Maria Lindqvist") && shown.body.contains("Noch offen"), "{}", shown.gist());
    assert!(!shown.body.contains("rash"), "what was said is in the archive alone");
    let (kind, bytes) = archive(&browser, "/your-data/file?lang=de", &[("mark", &code)]).await;
    let page = of_archive(&bytes, "index.html");
    assert!(kind == "application/zip" && page.contains("the rash on my left arm") && page.contains("Begonnen"));
    assert!(!of_archive(&bytes, "data.json").contains("bill"));

    let unsure = browser.post("/your-data/erasure", &[("mark", &code)]).await.expect(422);
    assert!(unsure.body.contains("Nothing was deleted"), "{}", unsure.gist());
    let done = browser.post("/your-data/erasure", &[("mark", &code), ("confirm", "on")]).await.expect(200);
    assert!(done.body.contains("Your data has been deleted.") && done.body.contains("Receipt "), "{}", done.gist());
    maria.expect("that it is gone", |frame| frame["t"] == "purged").await;
    let after = browser.post("/your-data", &[("mark", &code)]).await.expect(200);
    assert!(after.body.contains("Receipt ") && !after.body.contains("Maria"), "{}", after.gist());
    tom.send(&toms, "still here").await;

    // Whoever tries codes is told to wait, on this machine too.
    let mut last = 0;
    for _ in 0..40 {
        last = browser.post("/your-data", &[("mark", "AAAA-BBBB-CCCC-DDDD")]).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_visitor_is_told_that_something_stays_when_it_does() {
    let app = TestApp::start().await;
    let mut maria = app.visitor("maria").await;
    let ticket = maria.ticket().await;
    let line = maria.open_line().await;
    let code = maria.hello(line, &ticket).await["code"].as_str().unwrap().to_owned();
    let held = maria.start("the rash on my left arm").await.conversation;
    maria.end(&held).await;
    let admin = app.admin().await;
    let (page, hold) = ("/admin/privacy/holds", [("on", "chat"), ("chat", held.as_str()), ("reason", "The court of Kiel asks")]);
    admin.browser.submit(page, page, &hold).await.expect_done();
    maria.start("and one more thing").await;

    let browser = app.stranger().browser;
    let wish = [("mark", code.as_str()), ("confirm", "on")];
    for _ in 0..2 {
        let done = browser.post("/your-data/erasure", &wish).await.expect(200);
        let told = "Your data has been deleted, except for what stands below: it has to be kept for a legal reason.";
        assert!(done.body.contains(told) && done.body.contains("Receipt "), "{}", done.gist());
        assert!(done.body.contains("Not for now") && !done.body.contains("Kiel"), "{}", done.gist());
    }
}
