//! Secure forms from one end to the other: built, sent, filled in without a script, seen masked and for a reason, destroyed; and what was
//! filled in is nowhere else.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use parlor::domain::access::Actor;
use parlor::domain::filled::Given;
use parlor::domain::id::{FormId, SiteId, SubmissionId};
use parlor::domain::language::Language;
use parlor::domain::permission::{Permission, RolePermissions};
use parlor::domain::retention::PurgePolicy;
use parlor::domain::text::EmailAddress;
use parlor::service::Ctx;
use parlor::service::secure_forms::{self, Kind, SecureFormDraft};
use parlor::store::Destination;

use crate::harness::actors::{Admin, Operator, Visitor};
use crate::harness::app::TestApp;
use crate::harness::disk;
use crate::harness::http::{Answer, Browser};
use crate::harness::mailbox::Mailbox;

const STORY: &str = "my left knee since the accident in Bremen";
const CARD: &str = "4111 1111 1111 1111";
const CARD_DIGITS: &str = "4111111111111111";
const FORMS: &str = "/admin/privacy/forms";

/// A form with one field, made as the builder makes it.
pub fn a_form(ctx: &Ctx) -> FormId {
    let mut draft = SecureFormDraft { name: "Admission".to_owned(), ..SecureFormDraft::default() };
    draft.add(ctx, Kind::Text);
    draft.fields[0].label = "What is it about?".to_owned();
    secure_forms::create(ctx, &draft).unwrap()
}

pub fn a_link(ctx: &Ctx, site: SiteId) -> String {
    let form = a_form(ctx).to_string();
    secure_forms::ask_by_link(ctx, site, &form).unwrap().expose().to_owned()
}

pub fn a_submission(ctx: &Ctx, site: SiteId) -> SubmissionId {
    let before: Vec<_> = ctx.store.submissions().into_iter().map(|it| it.id).collect();
    let link = a_link(ctx, site);
    let form = secure_forms::open(ctx, &link).unwrap().form;
    let given: Given = [(form.fields[0].id.as_str().to_owned(), STORY.to_owned())].into();
    let stranger = Ctx { actor: &Actor::Stranger, ..Ctx { asked: ctx.asked, ..*ctx } };
    secure_forms::submit(&stranger, &link, &given, Language::English).unwrap();
    ctx.store.submissions().into_iter().find(|it| !before.contains(&it.id)).unwrap().id
}

/// Builds a form in the browser, button by button: a longer text and a card.
async fn build(admin: &Admin, more: &[(&str, &str)]) -> String {
    let new = format!("{FORMS}/new");
    let mut fields: Vec<(String, String)> = [("name", "Admission"), ("intro", "For the ward")]
        .into_iter()
        .chain(more.iter().copied())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (row, kind) in ["long", "card"].into_iter().enumerate() {
        let mut adding = fields.clone();
        adding.extend([("act".to_owned(), "add".to_owned()), ("adding".to_owned(), kind.to_owned())]);
        let page = submit(&admin.browser, &new, &adding).await.expect(200);
        for name in ["id", "kind", "label"] {
            let name = format!("{name}_{row}");
            let value = page.field(&name).unwrap_or_else(|| panic!("{name}: {}", page.gist()));
            fields.push((name, value));
        }
        fields.extend([(format!("required_{row}"), "on".to_owned()), (format!("sensitive_{row}"), "on".to_owned())]);
    }
    fields.retain(|(name, _)| name != "label_0");
    fields.push(("label_0".to_owned(), "What happened?".to_owned()));
    fields.push(("act".to_owned(), "save".to_owned()));
    let saved = submit(&admin.browser, &new, &fields).await.expect_done();
    saved.location().trim_start_matches(FORMS).trim_matches('/').split('?').next().unwrap().to_owned()
}

async fn submit(browser: &Browser, page: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(page, page, &fields).await
}

/// A talk, and a form that was sent into it.
struct Scene {
    app: TestApp,
    admin: Admin,
    bert: Operator,
    maria: Visitor,
    chat: String,
    form: String,
}

impl Scene {
    async fn new(app: TestApp, more: &[(&str, &str)]) -> Self {
        for text in [STORY, CARD, CARD_DIGITS] {
            app.markers.note(text);
        }
        let granted = RolePermissions::default();
        let operator = granted.operator.with(Permission::RevealAnswers).with(Permission::ExportTranscripts);
        let mut batch = app.app.store.batch();
        batch.put_permissions(RolePermissions { operator, ..granted });
        app.app.store.commit(batch).wait().unwrap();
        let admin = app.admin().await;
        let form = build(&admin, more).await;
        let mut bert = app.operator("bert").await;
        let mut maria = app.visitor("maria").await;
        let chat = maria.start("may I come in today please").await.conversation;
        bert.accept(&chat).await;
        let mut it = Self { app, admin, bert, maria, chat, form };
        it.ask().await;
        it
    }

    async fn ask(&mut self) -> String {
        let page = format!("/console/conversations/{}/forms", self.chat);
        let shown = self.bert.browser.get(&page).await.expect(200);
        let id = shown.field("id").unwrap();
        let fields = [("form", self.form.as_str()), ("id", &id)];
        self.bert.browser.submit(&page, &page, &fields).await.expect_done();
        // An impatient finger.
        self.bert.browser.submit(&page, &page, &fields).await.expect_done();
        let event = self.maria.hears_kind(&self.chat, "form_asked").await;
        event["form"]["request"].as_str().unwrap().to_owned()
    }

    /// What the window sends when somebody presses the button.
    async fn open(&self, request: &str) -> Answer {
        let fields = [
            ("site", self.app.site.as_str()),
            ("conversation", &self.chat),
            ("request", request),
            ("visitor", &self.maria.token),
            ("lang", "de"),
        ];
        self.maria.browser.post("/form", &fields).await
    }

    fn requests(&self) -> Vec<String> {
        let house = self.app.app.store.house();
        let mut all: Vec<_> = house.requests.values().filter(|it| it.used_at.is_none()).collect();
        all.sort_by_key(|it| it.at);
        all.into_iter().map(|it| it.id.to_string()).collect()
    }

    async fn filled(&self) -> SubmissionId {
        let page = self.open(&self.requests()[0]).await.expect(200);
        let done = send(&self.maria.browser, &page, &[STORY, CARD], &[]).await.expect(200);
        assert!(done.body.contains("Ihre Angaben sind angekommen"), "{}", done.gist());
        self.app.app.store.submissions()[0].id
    }

    fn fields(&self) -> Vec<String> {
        let form = self.app.app.store.house().forms[&self.form.parse().unwrap()].clone();
        form.fields.iter().map(|field| field.id.as_str().to_owned()).collect()
    }
}

/// What an export writes.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Destination for Written {}

/// Fills in the form on this page and sends it, as a browser without a script does.
pub async fn send(browser: &Browser, page: &Answer, values: &[&str], more: &[(&str, &str)]) -> Answer {
    let hidden: Vec<_> =
        ["link", "asked", "lang"].into_iter().filter_map(|name| Some((name.to_owned(), page.field(name)?))).collect();
    let names = page.body.split("name=\"field-").skip(1).map(|rest| format!("field-{}", rest.split('"').next().unwrap()));
    let mut fields: Vec<(String, String)> = hidden;
    fields.extend(names.zip(values).map(|(name, value)| (name, (*value).to_owned())));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/form/answers", &fields).await
}

#[tokio::test]
async fn a_form_is_built_sent_filled_in_seen_for_a_reason_and_destroyed_with_the_chat() {
    let app = TestApp::start().await;
    let mut scene = Scene::new(app, &[("purge_at_close", "on"), ("consent", "I agree that the ward reads this.")]).await;
    let request = scene.requests()[0].clone();
    let page = scene.open(&request).await.expect(200);
    assert!(page.body.contains("<html lang=\"de\"") && page.body.contains("Formular senden"), "{}", page.gist());
    assert!(page.body.contains("erste") && page.body.contains("geschlossen"), "what is kept of a card, and when all goes");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
    assert!(page.header("set-cookie").is_empty() && !page.body.contains("<script"));
    let foreign: Vec<_> = page.body.split('"').filter(|part| part.starts_with("http")).collect();
    assert!(foreign.is_empty(), "not a byte from elsewhere: {foreign:?}");

    // Wrong digits and no agreement: everything at once, and nothing typed is lost.
    let again = send(&scene.maria.browser, &page, &[STORY, "4111 1111 1111 1112"], &[]).await.expect(422);
    assert!(
        again.body.contains("keine Kartennummer") && again.body.contains("stimmen Sie vor dem Senden zu"),
        "{}",
        again.gist()
    );
    assert!(again.body.contains(STORY) && again.body.contains("4111 1111 1111 1112"));
    // Another language on the way.
    let spoken = send(&scene.maria.browser, &again, &[STORY, CARD], &[("act", "speak"), ("speak", "en")]).await.expect(200);
    assert!(spoken.body.contains("Send form") && spoken.body.contains(STORY) && spoken.body.contains(CARD));
    let done = send(&scene.maria.browser, &spoken, &[STORY, CARD], &[("consent", "on")]).await.expect(200);
    assert!(done.body.contains("Your answers have arrived"), "{}", done.gist());
    let twice = send(&scene.maria.browser, &spoken, &[STORY, CARD], &[("consent", "on")]).await.expect(200);
    assert!(twice.body.contains("Your answers have arrived") && scene.app.app.store.submissions().len() == 1);
    let used = scene.open(&request).await.expect(200);
    assert!(used.body.contains("Ihre Angaben sind angekommen") && !used.body.contains("<input"), "{}", used.gist());
    scene.maria.hears_kind(&scene.chat, "form_sent").await;
    scene.bert.hears_kind(&scene.chat, "form_sent").await;

    // Beside the chat, masked.
    let beside = scene.bert.browser.get(&format!("/console/conversations/{}", scene.chat)).await.expect(200);
    assert!(beside.body.contains("••••••••1111") && !beside.body.contains("accident"), "{}", beside.gist());
    let id = scene.app.app.store.submissions()[0].id;
    let page = format!("/console/submissions/{id}");
    let field = scene.fields()[0].clone();
    let reveal = format!("{page}/answers");
    let refused = scene.bert.browser.submit(&page, &reveal, &[("field", &field), ("reason", "")]).await.expect(422);
    assert!(!refused.body.contains("accident"));
    let quoted = [("field", field.as_str()), ("reason", STORY)];
    scene.bert.browser.submit(&page, &reveal, &quoted).await.expect(422);
    let seen =
        scene.bert.browser.submit(&page, &reveal, &[("field", &field), ("reason", "the ward asked for it")]).await.expect(200);
    assert!(seen.body.contains(STORY) && !seen.body.contains(CARD), "{}", seen.gist());
    let rows = scene.admin.browser.get("/admin/audit").await.expect(200);
    assert!(rows.body.contains("the ward asked for it") && !rows.body.contains("accident"), "{}", rows.gist());

    scene.bert.close(&scene.chat.clone()).await;
    scene.maria.hears_kind(&scene.chat, "closed").await;
    scene.app.run_due_jobs().await;
    assert!(scene.app.app.store.submissions().is_empty(), "it went with the close");
    scene.bert.browser.get(&page).await.expect(404);
    let receipts = scene.admin.browser.get("/admin/privacy/receipts").await.expect(200);
    assert!(receipts.body.contains("form"), "{}", receipts.gist());
}

#[tokio::test]
async fn what_was_filled_in_is_in_no_search_transcript_letter_log_or_audit_row_nor_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mailbox = Mailbox::open(folder.path()).await;
    let settings = mailbox.settings.clone();
    let app = TestApp::with_config(move |config| config.mail = Some(settings)).await;
    app.change_site(|site| {
        site.purge = PurgePolicy::DaysAfterClose(7);
        site.switches.transcript_mailboxes = vec![EmailAddress::parse("archive@clinic.example").unwrap()];
        site.switches.visitor_transcripts = true;
    });
    let mut scene = Scene::new(app, &[]).await;
    let id = scene.filled().await;
    assert_eq!(scene.app.app.store.submission(id).unwrap().unwrap().answers[0].value.as_str(), STORY, "it is there");
    let secret = |text: &str| text.contains("accident") || text.contains(CARD_DIGITS) || text.contains(CARD);

    let export = format!("/console/conversations/{}/export", scene.chat);
    let print = format!("/console/conversations/{}/print", scene.chat);
    for format in ["text", "json", "html"] {
        let file = scene.admin.browser.submit(&print, &export, &[("format", format), ("notes", "on")]).await.expect(200);
        assert!(file.body.contains("may I come in today please") && !secret(&file.body), "{format}");
    }
    let written = Written::default();
    parlor::service::export::write_all(&scene.app.app.ctx(&Actor::Host), written.clone()).unwrap();
    let everything = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(everything.contains("may I come in today please") && !secret(&everything));
    for frame in scene.maria.all_frames().iter().chain(&scene.bert.all_frames()) {
        assert!(!secret(&frame.to_string()), "{frame}");
    }

    scene.bert.close(&scene.chat.clone()).await;
    scene.maria.hears_kind(&scene.chat, "closed").await;
    let post = scene.app.app.post.clone().unwrap();
    parlor::jobs::mail::deliver(&scene.app.app, &*post).await.unwrap();
    let received = mailbox.received();
    assert!(received.len() == 1 && received[0].text.contains("may I come in today please") && !secret(&received[0].text));
    for words in ["accident", "Bremen", "1111"] {
        let found =
            scene.admin.browser.submit("/console/closed", "/console/closed/matches", &[("words", words)]).await.expect(200);
        assert!(!found.body.contains(&format!("/console/conversations/{}", scene.chat)), "{words}: {}", found.gist());
    }
    let found =
        scene.admin.browser.submit("/console/closed", "/console/closed/matches", &[("words", "come in today")]).await.expect(200);
    assert!(found.body.contains(&scene.chat), "the search finds what was said: {}", found.gist());

    let page = format!("/console/submissions/{id}");
    let field = scene.fields()[0].clone();
    let asked = [("field", field.as_str()), ("reason", "needed for the ward")];
    let seen = scene.bert.browser.submit(&page, &format!("{page}/answers"), &asked).await.expect(200);
    assert!(seen.body.contains(STORY));
    for row in scene.app.app.store.audit_rows(None, 1_000).unwrap() {
        let row = format!("{:?}", row.event);
        assert!(!secret(&row), "{row}");
    }
    assert!(disk::search(&scene.app.data_dir(), &[STORY.to_owned(), CARD.to_owned(), CARD_DIGITS.to_owned()]).is_empty());

    scene.bert.browser.submit(&page, &format!("{page}/erasure"), &[]).await.expect_done();
    assert!(scene.app.app.store.submission(id).unwrap().is_none());
    scene.app.restart();
    assert!(scene.app.app.store.submissions().is_empty(), "nothing brings it back");
}

#[tokio::test]
async fn what_is_shown_once_cannot_be_seen_again() {
    let app = TestApp::start().await;
    let scene = Scene::new(app, &[("purge_on_first_view", "on")]).await;
    let id = scene.filled().await;
    let page = format!("/console/submissions/{id}");
    let before = scene.bert.browser.get(&page).await.expect(200);
    assert!(before.body.contains("Show once and destroy") && !before.body.contains("accident"), "{}", before.gist());
    let view = format!("{page}/view");
    scene.bert.browser.submit(&page, &view, &[("reason", "")]).await.expect(422);
    let shown = scene.bert.browser.submit(&page, &view, &[("reason", "needed for the ward")]).await.expect(200);
    assert!(shown.body.contains(STORY) && shown.body.contains("411111••••••1111"), "{}", shown.gist());
    scene.bert.browser.get(&page).await.expect(404);
    assert!(scene.app.app.store.submissions().is_empty());
}

#[tokio::test]
async fn a_link_without_a_chat_has_its_secret_behind_the_mark_and_is_good_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let form = build(&admin, &[]).await;
    app.markers.note(STORY);
    let chosen = format!("{} {form}", app.site);
    let made = admin.browser.submit("/console/forms", "/console/forms", &[("form", &chosen)]).await.expect(200);
    let link = made.body.split("id=\"link\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let (address, secret) = link.split_once('#').or_else(|| link.split_once("&#35;")).unwrap();
    assert!(address.ends_with("/form") && secret.len() == 52, "{link}");
    let listed = admin.browser.get("/console/forms").await.expect(200);
    assert!(!listed.body.contains(secret) && listed.body.contains("Withdraw"), "it is shown once: {}", listed.gist());

    let somebody = Browser::new(&app.door);
    let way_in = somebody.get("/form").await.expect(200);
    assert!(way_in.body.contains("name=\"link\"") && way_in.header("set-cookie").is_empty());
    let page = somebody.post("/form", &[("link", secret), ("lang", "ar")]).await.expect(200);
    assert!(page.body.contains("dir=\"rtl\""), "{}", page.gist());
    for wrong in ["", "nonsense", &secret[1..], &secret.replace(&secret[..4], "aaaa")] {
        somebody.post("/form", &[("link", wrong)]).await.expect(404);
        somebody.post("/form/answers", &[("link", wrong)]).await.expect(404);
    }
    // A day later the words are still there, and the link is not.
    app.advance(Duration::from_secs(24 * 3_600)).await;
    let late = send(&somebody, &page, &[STORY, CARD], &[]).await.expect(422);
    assert!(late.body.contains(STORY) && app.app.store.submissions().is_empty(), "{}", late.gist());
    somebody.post("/form", &[("link", secret)]).await.expect(410);
}

#[tokio::test]
async fn a_chat_without_a_script_opens_its_form_with_a_button() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let form = build(&admin, &[]).await;
    for text in [STORY, "is anybody there at all"] {
        app.markers.note(text);
    }
    let chat = format!("/chat/{}", app.site);
    let browser = Browser::new(&app.door);
    let first = browser.get(&chat).await.expect(200);
    let hidden: Vec<_> =
        ["csrf", "visitor", "id", "language"].into_iter().map(|name| (name, first.field(name).unwrap())).collect();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("field-name", "Maria"), ("text", "is anybody there at all")]);
    browser.post(&chat, &fields).await.expect_done();
    let conversation = browser.get(&chat).await.expect(200).field("conversation").unwrap();
    let mut bert = app.operator("bert").await;
    bert.accept(&conversation).await;
    let page = format!("/console/conversations/{conversation}/forms");
    let id = bert.browser.get(&page).await.expect(200).field("id").unwrap();
    bert.browser.submit(&page, &page, &[("form", &form), ("id", &id)]).await.expect_done();

    let talk = browser.get(&chat).await.expect(200);
    assert!(talk.body.contains("asks you to fill in a form") && talk.body.contains("Open the form"), "{}", talk.gist());
    let link = talk.field("link").unwrap();
    let form = browser.post("/form", &[("link", &link)]).await.expect(200);
    send(&browser, &form, &[STORY, CARD], &[]).await.expect(200);
    assert_eq!(app.app.store.submissions().len(), 1);
    assert!(browser.get(&chat).await.expect(200).body.contains("Your answers have arrived"));
    // The line of somebody else never holds it.
    let others = Browser::new(&app.door).get(&chat).await.expect(200);
    assert!(!others.body.contains(&link));
}
