//! Links to secure forms, and what people do with them: two at once, a second look, a form that was changed, withdrawn or is over
//! meanwhile. Nothing that was typed is lost, and nobody is told that something has arrived which has not.

use std::time::Duration;

use parlor::service::secure_forms::{self, Kind, SecureFormDraft};

use crate::harness::app::TestApp;
use crate::harness::http::{Answer, Browser};

const STORY: &str = "it hurts when I laugh";
const OTHER: &str = "it hurts when I cry";
const LEFT: &str = "only on Mondays";

/// Somebody with a link to a form of two questions, and what they see behind it.
struct Scene {
    app: TestApp,
    form: parlor::domain::id::FormId,
    link: String,
    somebody: Browser,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        for text in [STORY, OTHER, LEFT] {
            app.markers.note(text);
        }
        let actor = app.admin_actor();
        let ctx = app.app.ctx(&actor);
        let mut draft = SecureFormDraft {
            name: "Admission".to_owned(),
            consent: "I agree that the ward reads this.".to_owned(),
            ..SecureFormDraft::default()
        };
        for (row, label) in ["What hurts?", "Since when?", "Which ward?"].into_iter().enumerate() {
            draft.add(&ctx, if row == 2 { Kind::Choice } else { Kind::Text });
            draft.fields[row].label = label.to_owned();
        }
        draft.fields[2].options = "North\nSouth".to_owned();
        let form = secure_forms::create(&ctx, &draft).unwrap();
        let link = secure_forms::ask_by_link(&ctx, app.site_id(), &form.to_string()).unwrap().expose().to_owned();
        let somebody = Browser::new(&app.door);
        Self { app, form, link, somebody }
    }

    async fn open(&self) -> Answer {
        self.somebody.post("/form", &[("link", &self.link), ("lang", "en")]).await.expect(200)
    }

    /// Sends the page as a browser without a script does.
    async fn send(&self, page: &Answer, story: &str) -> Answer {
        let fields: Vec<_> = page.body.split("name=\"field-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let names: Vec<_> = fields.iter().map(|name| format!("field-{name}")).collect();
        let hidden: Vec<_> = ["link", "asked", "lang"].map(|name| (name, page.field(name).unwrap())).into();
        let mut sent: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sent.extend(names.iter().map(String::as_str).zip([story, LEFT, "1"]));
        sent.push(("consent", "on"));
        self.somebody.post("/form/answers", &sent).await
    }

    fn change(&self, change: impl FnOnce(&mut SecureFormDraft)) {
        let actor = self.app.admin_actor();
        let ctx = self.app.app.ctx(&actor);
        let mut draft = SecureFormDraft::of(&secure_forms::get(&ctx, self.form).unwrap());
        change(&mut draft);
        secure_forms::change(&ctx, self.form, &draft).unwrap();
    }

    fn kept(&self) -> Vec<String> {
        let store = &self.app.app.store;
        let kept = store.submissions().into_iter().flat_map(|it| store.submission(it.id).unwrap().unwrap().answers);
        kept.map(|it| it.value.as_str().to_owned()).collect()
    }
}

#[tokio::test]
async fn two_pages_of_one_link_are_sent_once_and_the_other_is_told_the_truth() {
    let scene = Scene::new().await;
    let (one, two) = (scene.open().await, scene.open().await);
    let (first, second) = tokio::join!(scene.send(&one, STORY), scene.send(&two, OTHER));
    let (taken, told) = if first.status == 200 { (first, second) } else { (second, first) };
    assert!(taken.body.contains("Your answers have arrived"), "{}", taken.gist());
    let told = told.expect(422);
    let lost = if scene.kept()[0] == STORY { OTHER } else { STORY };
    assert!(told.body.contains("sent before, so what stands here was not sent") && told.body.contains(lost), "{}", told.gist());
    assert_eq!(scene.app.app.store.submissions().len(), 1);

    // A reload, or a finger that was quicker than the line, sends the same once more.
    let (page, story) = if lost == OTHER { (&one, STORY) } else { (&two, OTHER) };
    let again = scene.send(page, story).await.expect(200);
    assert!(again.body.contains("Your answers have arrived"), "{}", again.gist());
    // The back button leads to a page that says so.
    let back = scene.open().await;
    assert!(back.body.contains("Your answers have arrived") && !back.body.contains("<input"), "{}", back.gist());
    assert_eq!(back.header("cache-control"), "no-store");
    assert_eq!(scene.app.app.store.submissions().len(), 1);
}

#[tokio::test]
async fn a_form_that_was_changed_meanwhile_is_shown_anew_with_what_was_typed() {
    let scene = Scene::new().await;
    let page = scene.open().await;
    // The options change their places, one question goes, and there is more to agree to.
    scene.change(|draft| {
        draft.fields[2].options = "East\nNorth\nSouth".to_owned();
        draft.fields.remove(1);
        draft.consent = "I agree that everybody reads this.".to_owned();
    });
    let shown = scene.send(&page, STORY).await.expect(422);
    assert!(shown.body.contains("has changed meanwhile, so nothing was sent"), "{}", shown.gist());
    assert!(shown.body.contains(STORY) && shown.body.contains("I agree that everybody reads this."), "{}", shown.gist());
    assert!(shown.body.contains("What you wrote") && shown.body.contains(LEFT), "what is asked no more is not lost either");
    assert!(!shown.body.contains(" checked") && !shown.body.contains(" selected>North"), "{}", shown.gist());
    assert!(scene.kept().is_empty());
    // A label alone is another question, too.
    let page = scene.open().await;
    scene.change(|draft| draft.fields[0].label = "What does not hurt?".to_owned());
    scene.send(&page, STORY).await.expect(422);
    let page = scene.open().await;
    let names: Vec<_> = page.body.split("name=\"field-").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let (what, ward) = (format!("field-{}", names[0]), format!("field-{}", names[1]));
    let asked = page.field("asked").unwrap();
    let sent = [("link", &*scene.link), ("asked", &*asked), ("lang", "en"), (&*what, STORY), (&*ward, "2"), ("consent", "on")];
    scene.somebody.post("/form/answers", &sent).await.expect(200);
    assert_eq!(scene.kept(), [STORY, "South"]);
}

#[tokio::test]
async fn what_leads_nowhere_any_more_gives_back_what_was_typed() {
    let scene = Scene::new().await;
    let page = scene.open().await;
    let actor = scene.app.admin_actor();
    secure_forms::archive(&scene.app.app.ctx(&actor), scene.form).unwrap();
    let gone = scene.send(&page, STORY).await.expect(422);
    assert!(gone.body.contains("not there any more") && gone.body.contains(STORY), "{}", gone.gist());
    secure_forms::restore(&scene.app.app.ctx(&actor), scene.form).unwrap();

    let request = *scene.app.app.store.house().requests.keys().next().unwrap();
    secure_forms::withdraw(&scene.app.app.ctx(&actor), request).unwrap();
    let withdrawn = scene.send(&page, STORY).await.expect(404);
    assert!(withdrawn.body.contains("nothing was stored") && withdrawn.body.contains(STORY), "{}", withdrawn.gist());
    // Nobody else can have a page of ours say what they like.
    let forged = scene.somebody.post("/form/answers", &[("link", "nonsense"), ("field-a", STORY)]).await.expect(404);
    assert!(!forged.body.contains(STORY));
    assert!(scene.kept().is_empty());

    let late = Scene::new().await;
    let page = late.open().await;
    late.app.advance(Duration::from_secs(24 * 3_600)).await;
    let over = late.send(&page, STORY).await.expect(422);
    assert!(over.body.contains("expired") && over.body.contains(STORY), "{}", over.gist());
}
